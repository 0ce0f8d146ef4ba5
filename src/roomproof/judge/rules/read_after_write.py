"""`read-after-write`: a room that was updated a while ago is read as the response to the update said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from roomproof.contract.clause import Clause
from roomproof.judge.delay import DelayOptions, is_over, within_seconds
from roomproof.judge.equality import echoes, same_value
from roomproof.judge.evidence import Evidence, ShownValue, broken, kept, shown, unproven
from roomproof.judge.judged_interaction import JudgedInteraction
from roomproof.judge.options import FieldPlace
from roomproof.judge.rooms import LastUpdate
from roomproof.judge.rule import Circumstances, Rule, Sight

LONGEST_PAIRED = 100
"""Items of lists that are compared whatever their order."""


def read_after_write(seen: JudgedInteraction) -> Iterator[Evidence]:
    """Updates a room and reads it seconds later: the read shows what the response to the update showed."""
    written, room = seen.state.written if seen.state else None, seen.response.room
    if seen.state is None or written is None or written.operation != seen.operation.id or seen.state.deleted:
        return
    for clause in RULE.clauses(seen.operation):
        name = clause.path[0]
        if name not in written.shown or not _is_late_enough(seen, written, clause):
            continue
        if not seen.response.accepted:
            yield unproven(clause, f"status {seen.response.response.status} answers the read")
        elif room is None or name not in room:
            yield unproven(clause, f"the read shows no {name if room else 'room'}")
        else:
            yield compared(
                clause, written.shown[name], room[name], after="the last update", where="a read after it"
            )


def _is_late_enough(seen: JudgedInteraction, written: LastUpdate, clause: Clause) -> bool:
    """Whether the read comes so late that a provider whose copies agree after a while has no excuse any more.

    What others have recorded is no proof: somebody else may have updated the room in between.
    """
    at, answered = seen.interaction.at, written.answered_by
    if seen.is_second_hand or at is None or answered is None:
        return False
    return is_over(within_seconds(clause), answered, at)


def compared(clause: Clause, told: Any, found: Any, *, after: str, where: str, entry: str = "") -> Evidence:
    """Return whether a field is shown as the response to a request told it.

    `after` names the request in words, `where` what shows the field now, `entry` the key of an entry of a
    list.
    """
    if agree(told, found):
        return kept(clause)
    text = (
        f"the response to {after} says that {clause.path[0]} is {shown(told)}, but {where} says "
        f"{shown(found)}"
    )
    return broken(clause, text, expected=ShownValue(told), received=ShownValue(found), entry=entry)


def agree(one: Any, other: Any) -> bool:
    """Whether two responses mean the same.

    Null, an empty text and an absent field are alike, and so are two spellings of a time or a URL.
    """
    if one in (None, "") and other in (None, ""):
        return True
    if isinstance(one, dict) and isinstance(other, dict):
        return all(agree(one.get(name), other.get(name)) for name in one.keys() | other.keys())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and _are_paired(one, list(other))
    if isinstance(one, str) and isinstance(other, str):
        return echoes(one, other, None) or echoes(other, one, None)
    return same_value(one, other)


def _are_paired(items: list[Any], left: list[Any]) -> bool:
    """Whether each item agrees with one of those that are left: no document promises an order.

    Long lists are compared in their order: to look for each item among thousands takes minutes.
    """
    if len(items) > LONGEST_PAIRED or all(map(agree, items, left)):
        return all(map(agree, items, left))
    for item in items:
        match = next((index for index, candidate in enumerate(left) if agree(item, candidate)), None)
        if match is None:
            return False
        del left[match]
    return True


def _unexercised(known: Circumstances) -> str:
    if known.contract.reading is None:
        return "no operation that reads: the contract has none that shows a room"
    return "no recording of a run reads a room some seconds after its last update" if known.recordings else ""


RULE = Rule(
    "read-after-write",
    read_after_write,
    sees=(Sight.READING,),
    about=FieldPlace.BODY,
    options=DelayOptions,
    row="shown when read later",
    unexercised=_unexercised,
)
