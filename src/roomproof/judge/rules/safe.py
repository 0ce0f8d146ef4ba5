"""`safe`: an operation that only asks changes nothing (RFC 9110, 9.2.1)."""

from __future__ import annotations

from collections.abc import Iterator

from roomproof.contract.resource import Effect
from roomproof.judge.delay import is_over, longest
from roomproof.judge.evidence import Evidence, ShownValue, broken, kept
from roomproof.judge.judged_interaction import JudgedInteraction
from roomproof.judge.rooms import RoomState
from roomproof.judge.rule import Circumstances, Rule, Sight
from roomproof.judge.rules import read_after_write


def safe(seen: JudgedInteraction) -> Iterator[Evidence]:
    """Reads a room, asks, and reads it again, and nothing else: what requests can set is the same."""
    room, state = seen.response.room, seen.state
    before = state.read if state is not None else None
    # Somebody else may have changed the room between two reads that others have recorded.
    if room is None or state is None or before is None or not seen.response.accepted or seen.is_second_hand:
        return
    if before.number <= seen.rooms.changed or seen.by_stranger or _may_still_change(seen, state):
        return
    told = _told(seen)
    for clause in RULE.clauses(seen.operation):
        was_asked = seen.asked is None or seen.rooms.asked.get(seen.operation.id, 0) > before.number
        if not was_asked:
            continue
        compared = [name for name in before.room if name in told and name in room]
        changed = [name for name in compared if not read_after_write.agree(before.room[name], room[name])]
        if changed:
            name = changed[0]
            text = (
                f"{name} changes between two reads, although nothing was sent in between that changes a room"
            )
            yield broken(
                clause, text, expected=ShownValue(before.room[name]), received=ShownValue(room[name])
            )
        elif compared:
            yield kept(clause)


def _told(seen: JudgedInteraction) -> frozenset[str]:
    """Return the fields that requests can set: a count, a time of use or a fresh link changes by itself."""
    operations = [one for one in seen.contract.operations if one.resource == seen.operation.resource]
    properties = [one.schema.get("properties", {}) for one in operations if one.body is not None]
    return frozenset(name for fields in properties for name in fields)


def _may_still_change(seen: JudgedInteraction, state: RoomState) -> bool:
    """Whether an earlier change may show only now: nobody knows what it did, or reads have time to agree."""
    if state.written is None:
        return not state.history_known
    return not is_over(
        longest(read_after_write.RULE, seen.contract), state.written.answered_by, seen.interaction.at
    )


def _unexercised(known: Circumstances) -> str:
    if known.contract.reading is None:
        return "no operation that reads: the contract has none that shows a room"
    return "no two reads of a room showed a field that requests can set"


RULE = Rule(
    "safe",
    safe,
    effects=frozenset({Effect.READ, Effect.LIST, Effect.ACTION}),
    sees=(Sight.OPERATION, Sight.READING),
    row="changes nothing",
    unexercised=_unexercised,
)
