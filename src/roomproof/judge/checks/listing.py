"""What a list of a room's members shows of how the room was made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from roomproof.contract.clause import Clause, Part
from roomproof.judge.check import Sight, check
from roomproof.judge.evidence import Evidence, broken, kept, shown, unproven
from roomproof.judge.seen import NoJson, Seen


@check(Part.BEHAVIOUR, "listed-default", sees=(Sight.LISTING,))
def listed_default(seen: Seen) -> Iterator[Evidence]:
    """Makes a room with a list entry that leaves the member out, and reads the list: the entry has the default."""
    for clause in seen.behaviours("listed-default"):
        for key, entry in _made_with(seen, clause).items():
            if isinstance(entry, dict) and clause.options["member"] not in entry:
                yield from _compared(seen, clause, key, clause.options["default"])


@check(Part.BEHAVIOUR, "listed-echo", sees=(Sight.LISTING,))
def listed_echo(seen: Seen) -> Iterator[Evidence]:
    """Makes a room with list entries, and reads the list: every entry is there as it was sent."""
    for clause in seen.behaviours("listed-echo"):
        for key, entry in _made_with(seen, clause).items():
            if isinstance(entry, dict) and isinstance(entry.get(clause.options["member"]), str):
                yield from _compared(seen, clause, key, entry[clause.options["member"]])


def _made_with(seen: Seen, clause: Clause) -> Mapping[str, Any]:
    made = seen.state.created_with if seen.state and seen.state.history_known and seen.state.created_with is not None else {}
    entries = made.get(clause.path[0])
    return entries if isinstance(entries, dict) else {}


def _compared(seen: Seen, clause: Clause, key: str, wanted: Any) -> Iterator[Evidence]:
    """Find the entry of a key where the contract's x-support says lists and keys stand, and compare."""
    if not seen.answer.accepted or seen.answer.body is NoJson.UNRECORDED:
        return
    if isinstance(seen.answer.body, NoJson):
        yield unproven(clause, f"the list is {seen.answer.body.value}")
        return
    call = seen.contract.support[clause.options["call"]]
    listed = seen.answer.body
    for step in call.options["at"]:
        listed = listed.get(step) if isinstance(listed, dict) else None
    entries = listed if isinstance(listed, list) else []
    entry = next((item for item in entries if isinstance(item, dict) and item.get(call.options["key"]) == key), None)
    member = clause.options["member"]
    if entry is None:
        yield broken(clause, f"{key} was put into the room, but the list has no such entry", expected=key, received="no such entry")
    elif entry.get(member) == wanted:
        yield kept(clause)
    else:
        text = f"the {member} of {key} is {shown(entry.get(member))}, expected is {shown(wanted)}"
        yield broken(clause, text, expected=shown(wanted), received=shown(entry.get(member)))
