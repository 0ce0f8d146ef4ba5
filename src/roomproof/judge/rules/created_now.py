"""`created-now`: a new room was made when the response says that it was sent."""

from __future__ import annotations

from collections.abc import Iterator
from email.utils import parsedate_to_datetime

from roomproof.contract.formats import Instant
from roomproof.interaction import header
from roomproof.judge.defaults import CLOCK, moment
from roomproof.judge.evidence import Evidence, broken, kept, shown
from roomproof.judge.options import Place
from roomproof.judge.rule import Rule, Shown, needs_new_room
from roomproof.judge.rules.replayed_once import is_replay
from roomproof.judge.seen import Seen


def created_now(seen: Seen) -> Iterator[Evidence]:
    """Compares a new room's time of creation with the Date header of the answer."""
    sent_at = header(seen.answer.response.headers, "date")
    if not seen.answer.accepted or seen.answer.room is None or seen.room_id is not None or sent_at is None:
        return
    try:
        now = Instant.of(parsedate_to_datetime(sent_at))
    except (ValueError, TypeError):
        return
    for clause in RULE.clauses(seen.operation):
        got = moment(seen.answer.room.get(clause.path[0]))
        if got is None or is_replay(seen):
            continue
        if abs(got - now) <= CLOCK:
            yield kept(clause)
        else:
            received = shown(seen.answer.room[clause.path[0]])
            text = f"the new room says it was created at {received}, the answer is of {sent_at}"
            yield broken(clause, text, expected=sent_at, received=received)


RULE = Rule(
    "created-now",
    created_now,
    about=Place.ROOM,
    shown=Shown.BY_ACCEPTED,
    row="made by the provider",
    unexercised=needs_new_room,
)
