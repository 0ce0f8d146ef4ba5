"""What a list of a room's members shows of how the room was made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from roomproof.contract.clause import Clause, Part
from roomproof.judge.check import Sight, check
from roomproof.judge.evidence import Evidence, broken, kept, shown, unproven
from roomproof.judge.placeholder import is_scrubbed
from roomproof.judge.seen import NoJson, Seen


@check(Part.BEHAVIOUR, "listed-default", sees=(Sight.LISTING,))
def listed_default(seen: Seen) -> Iterator[Evidence]:
    """Makes a room with a list entry that leaves the member out, and reads the list: the entry has the default."""
    for clause in seen.behaviours("listed-default"):
        listed = _listed(seen, clause)
        for key, entry in _made_with(seen, clause).items():
            if isinstance(entry, dict) and clause.options["member"] not in entry:
                yield from _compared(seen, clause, listed, (key, clause.options["default"]))


@check(Part.BEHAVIOUR, "listed-echo", sees=(Sight.LISTING,))
def listed_echo(seen: Seen) -> Iterator[Evidence]:
    """Makes a room with list entries, and reads the list: every entry is there as it was sent."""
    for clause in seen.behaviours("listed-echo"):
        listed = _listed(seen, clause)
        for key, entry in _made_with(seen, clause).items():
            if isinstance(entry, dict) and isinstance(entry.get(clause.options["member"]), str):
                yield from _compared(seen, clause, listed, (key, entry[clause.options["member"]]))


def _made_with(seen: Seen, clause: Clause) -> Mapping[str, Any]:
    made = seen.state.created_with if seen.state and seen.state.history_known and seen.state.created_with is not None else {}
    entries = made.get(clause.path[0])
    if not isinstance(entries, dict):
        return {}
    return {} if seen.is_second_hand and is_scrubbed(entries) else entries


def _listed(seen: Seen, clause: Clause) -> dict[str, dict[str, Any]] | None:
    """Return the first entry of each key where the contract's x-support says lists and keys stand; None where
    no list was to be seen.
    """
    if not seen.answer.accepted or isinstance(seen.answer.body, NoJson):
        return None
    call = seen.contract.support[clause.options["call"]]
    listed = seen.answer.body
    for step in call.options["at"]:
        listed = listed.get(step) if isinstance(listed, dict) else None
    entries = [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []
    name = call.options["key"]
    return {item[name]: item for item in reversed(entries) if isinstance(item.get(name), str)}


def _may_be_elsewhere(seen: Seen, clause: Clause) -> bool:
    """Whether an entry may stand on another page of the list than the one that somebody else has recorded, or under a made-up name."""
    beside = {**seen.answer.body} if isinstance(seen.answer.body, dict) else {}
    entries = beside.pop(next(iter(seen.contract.support[clause.options["call"]].options["at"]), ""), None)
    return any(beside.values()) or is_scrubbed(entries)


def _compared(seen: Seen, clause: Clause, listed: dict[str, dict[str, Any]] | None, wanted_at: tuple[str, Any]) -> Iterator[Evidence]:
    key, wanted = wanted_at
    if listed is None:
        if seen.answer.accepted and isinstance(seen.answer.body, NoJson) and seen.answer.body is not NoJson.UNRECORDED:
            yield unproven(clause, f"the list is {seen.answer.body.value}")
        return
    entry = listed.get(key)
    member = clause.options["member"]
    if seen.is_second_hand and (_may_be_elsewhere(seen, clause) if entry is None else is_scrubbed(entry.get(member))):
        return
    if entry is None:
        yield broken(clause, f"{key} was put into the room, but the list has no such entry", expected=key, received="no such entry")
    elif entry.get(member) == wanted:
        yield kept(clause)
    else:
        text = f"the {member} of {key} is {shown(entry.get(member))}, expected is {shown(wanted)}"
        yield broken(clause, text, expected=shown(wanted), received=shown(entry.get(member)))
