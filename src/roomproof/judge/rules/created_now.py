"""`created-now`: a new room was made when the response says that it was sent."""

from __future__ import annotations

from collections.abc import Iterator
from email.utils import parsedate_to_datetime

from roomproof.contract.formats import Instant
from roomproof.interaction import header
from roomproof.judge.defaults import CLOCK, moment
from roomproof.judge.evidence import Evidence, ShownValue, broken, kept
from roomproof.judge.judged_interaction import JudgedInteraction
from roomproof.judge.options import FieldPlace
from roomproof.judge.rule import Rule, ShowingRequests, needs_new_room
from roomproof.judge.rules.replayed_once import is_replay


def created_now(seen: JudgedInteraction) -> Iterator[Evidence]:
    """Compares a new room's time of creation with the Date header of the response."""
    sent_at = header(seen.response.response.headers, "date")
    if (
        not seen.response.accepted
        or seen.response.room is None
        or seen.room_id is not None
        or sent_at is None
    ):
        return
    try:
        now = Instant.of(parsedate_to_datetime(sent_at))
    except (ValueError, TypeError):
        return
    for clause in RULE.clauses(seen.operation):
        got = moment(seen.response.room.get(clause.path[0]))
        if got is None or is_replay(seen):
            continue
        if abs(got - now) <= CLOCK:
            yield kept(clause)
        else:
            received = ShownValue(seen.response.room[clause.path[0]])
            text = f"the new room says it was created at {received}, the response is of {sent_at}"
            yield broken(clause, text, expected=sent_at, received=received)


RULE = Rule(
    "created-now",
    created_now,
    about=FieldPlace.ROOM,
    shown=ShowingRequests.BY_ACCEPTED,
    row="made by the provider",
    unexercised=needs_new_room,
)
