"""`lasts`: what a response gives expires as many seconds after it as the request asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime

from roomproof.contract.clause import values_at
from roomproof.contract.formats import Instant
from roomproof.contract.resource import Effect, value_at
from roomproof.interaction import header
from roomproof.judge.defaults import CLOCK, moment
from roomproof.judge.evidence import Evidence, ShownValue, broken, kept
from roomproof.judge.judged_interaction import JudgedInteraction
from roomproof.judge.options import BodyField, FieldPlace, read_options
from roomproof.judge.rule import Rule, ShowingRequests

LONGEST = timedelta.max.total_seconds()
"""More seconds than lie between two times that can be written."""


@dataclass(frozen=True)
class LastsOptions:
    """The field of the request that says for how many seconds, and how many they are where it is not sent."""

    seconds: BodyField
    default: float


def lasts(seen: JudgedInteraction) -> Iterator[Evidence]:
    """Asks for something that lasts for a while: it expires that long after the Date of the response."""
    now = _dated(seen)
    if not seen.response.accepted or seen.request.violations or not seen.sent_is_known or now is None:
        return
    shown = value_at(seen.response.body, seen.resource.at)
    for clause in RULE.clauses(seen.operation):
        options = read_options(LastsOptions, clause)
        seconds = seen.request.sent.get(options.seconds, options.default)
        for _, value in values_at(shown, clause.path):
            expires = moment(value)
            if expires is None or isinstance(seconds, bool) or not isinstance(seconds, int | float):
                continue
            if abs(seconds) > LONGEST:
                # No time is so far away.
                continue
            if abs((expires - now) - timedelta(seconds=seconds)) <= CLOCK:
                yield kept(clause)
            else:
                text = f"{clause.field} is {value}, which is not {seconds:g} s after the response"
                yield broken(clause, text, expected=f"{seconds:g} s later", received=ShownValue(value))


def _dated(seen: JudgedInteraction) -> Instant | None:
    dated = header(seen.response.response.headers, "date")
    try:
        return None if dated is None else Instant.of(parsedate_to_datetime(dated))
    except (ValueError, TypeError):
        return None


RULE = Rule(
    "lasts",
    lasts,
    effects=frozenset({Effect.ACTION, Effect.CREATE, Effect.UPDATE, Effect.REPLACE}),
    about=FieldPlace.ROOM,
    options=LastsOptions,
    shown=ShowingRequests.BY_ACCEPTED,
    row="how long it lasts",
)
