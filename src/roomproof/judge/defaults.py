"""Rooms whose creation was seen: what nobody ever set in them, they have by default."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from roomproof.contract.clause import Clause, values_at
from roomproof.contract.formats import Instant, instant
from roomproof.judge.equality import same_value
from roomproof.judge.evidence import Evidence, ShownValue, broken, kept, shown
from roomproof.judge.judged_interaction import JudgedInteraction
from roomproof.judge.rules.replayed_once import is_replay

CLOCK = timedelta(minutes=2)
"""How far two moments of one request may lie apart and still both be "now"."""


def is_from_creation(seen: JudgedInteraction) -> bool:
    """Whether all that was ever set in the room of a response is known."""
    if not seen.sent_is_known or is_replay(seen):
        return False
    state = seen.state
    if seen.room_id is None:
        return True
    return state is not None and state.created_with is not None and state.history_known


def judged_default(clause: Clause, name: str, wanted: Any, got: Any) -> Evidence:
    """Return what the value of a field that was never set says of its default."""
    if same_value(wanted, got):
        return kept(clause)
    text = f"{name} was never set; it is {shown(got)}, documented is {shown(wanted)}"
    return broken(clause, text, expected=ShownValue(wanted), received=ShownValue(got))


def never_set(seen: JudgedInteraction, clause: Clause, default: Any) -> Iterator[Evidence]:
    """Compare a field with its default; what was set of that name, in the room or below it, may have been
    handed down.
    """
    name = clause.path[-1]
    if not seen.response.accepted or seen.response.room is None or not is_from_creation(seen):
        return
    if name not in seen.request.sent and (seen.state is None or name not in seen.state.told):
        for _, value in values_at(seen.response.room, clause.path):
            yield judged_default(clause, clause.field, default, value)


def moment(value: Any) -> Instant | None:
    """Return the time that a value names, None if it names none."""
    return instant(value) if isinstance(value, str) else None
