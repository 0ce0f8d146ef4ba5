"""`default-now`: a field that is not sent when a room is made is the time of creation, plus some days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from roomproof.judge.defaults import CLOCK, moment
from roomproof.judge.evidence import Evidence, ShownValue, broken, kept
from roomproof.judge.judged_interaction import JudgedInteraction
from roomproof.judge.options import FieldPlace, NumberRange, RoomField, read_options
from roomproof.judge.rule import HiddenBy, Rule, ShowingRequests, needs_new_room
from roomproof.judge.rules.replayed_once import is_replay


@dataclass(frozen=True)
class DefaultNowOptions:
    """How many days are added, and the field that holds the time of creation."""

    plus_days: Annotated[float, NumberRange(-36_500, 36_500)]
    created: RoomField


def default_now(seen: JudgedInteraction) -> Iterator[Evidence]:
    """Creates rooms without the field: it is the time of creation, plus the documented number of days.

    Where it counts from a date-time that was sent, a limit on the length of windows may be why: that proves
    nothing.
    """
    room = seen.response.room
    if not seen.response.accepted or room is None or seen.room_id is not None:
        return
    if seen.request.unsettled or is_replay(seen):
        return
    for clause in RULE.clauses(seen.operation):
        options, name = read_options(DefaultNowOptions, clause), clause.path[0]
        created, got = moment(room.get(options.created)), moment(room.get(name))
        if name in seen.request.sent or created is None or got is None:
            continue
        days = timedelta(days=options.plus_days)
        sent = (start for key in seen.request.sent if (start := moment(room.get(key))) is not None)
        if abs(got - created - days) <= CLOCK:
            yield kept(clause)
        elif not days or not any(abs(got - start - days) <= CLOCK for start in sent):
            received, wanted = ShownValue(room[name]), f"the time of creation plus {days.days} days"
            text = f"{name} was not sent; it is {received}, which is not {wanted}"
            yield broken(clause, text, expected=f"{options.created} + {days.days} days", received=received)


RULE = Rule(
    "default-now",
    default_now,
    about=FieldPlace.ROOM,
    options=DefaultNowOptions,
    shown=ShowingRequests.BY_ACCEPTED,
    hidden_by=HiddenBy.NEW_ROOMS,
    row="default",
    unexercised=needs_new_room,
)
