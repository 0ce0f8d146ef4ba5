"""Whether deviations are about clauses that there are, and whether their witnesses can ever be seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from roomproof.checking.mistake import Problem
from roomproof.contract.clause import Part, Path, is_named_by
from roomproof.contract.deviation import deviation_errors
from roomproof.contract.model import Contract
from roomproof.errors import did_you_mean
from roomproof.judge.deviation_match import DOCUMENT_FIELDS


def deviation_problems(entries: Any, contract: Contract | None, file: str) -> Iterator[Problem]:
    """Yield what is wrong in a list of deviations, as data; without a contract only what an entry itself
    shows.
    """
    if not isinstance(entries, list):
        yield Problem("is not a list of deviations; write `- clause: ...` for each, or [] for none", ("0",))
        return
    for index, entry in enumerate(entries):
        where = f"{file}, entry {index + 1}"
        errors = [*deviation_errors(entry, where)]
        for error in errors:
            text = str(error).removeprefix(where).removeprefix(": ").removeprefix(", ")
            yield Problem(text, (str(index), *error.pointer))
        if not errors and contract is not None:
            yield from _of_entry(entry, contract, (str(index),))


def _of_entry(entry: Mapping[str, Any], contract: Contract, way: Path) -> Iterator[Problem]:
    named = [one for one in contract.clauses.values() if is_named_by(one.id, entry["clause"])]
    if not named:
        yield Problem(unknown_clause(entry["clause"], list(contract.clauses)), (*way, "clause"))
    for pointer in entry["witness"]:
        steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
        if text := _never(steps):
            yield Problem(f"witness {pointer}: {text}", (*way, "witness", pointer))
    statuses = {one.status for one in named if one.part is Part.RESPONSE}
    wanted = entry["witness"].get("/response/status")
    status = wanted.get("const") if isinstance(wanted, dict) else None
    only = next(iter(statuses)) if len(statuses) == 1 and len(named) > 0 else ""
    is_other = isinstance(status, int) and only.isdigit() and str(status) != only
    if is_other and all(one.part is Part.RESPONSE and one.rule != "status" for one in named):
        text = f"witness /response/status: the clause is about responses of status {only}, not {status}"
        yield Problem(text, (*way, "witness", "/response/status"))


def unknown_clause(pattern: str, known: Sequence[str]) -> str:
    """Return a sentence about a deviation whose clause names none."""
    nearest = did_you_mean(pattern, known) if "*" not in pattern else ""
    return f"clause {pattern!r} names no clause of the contract{nearest}; `roomproof clauses` lists them"


def _never(steps: Sequence[str]) -> str:
    """Return why a witness's pointer leads to nothing that an interaction has; nothing if it may."""
    if not steps or steps[0] not in DOCUMENT_FIELDS:
        nearest = did_you_mean(steps[0], DOCUMENT_FIELDS) if steps else ""
        return f"it begins with neither /request nor /response{nearest}"
    known = DOCUMENT_FIELDS[steps[0]]
    if len(steps) > 1 and steps[1] not in known:
        nearest = did_you_mean(steps[1], known)
        return f"a {steps[0]} has no {steps[1]!r}{nearest}; it has {', '.join(known)}"
    if len(steps) > 2 and steps[1] == "headers" and steps[2] != steps[2].lower():
        return f"names of headers are in lower case; write {steps[2].lower()}"
    return ""
