"""What changed through several versions, with the clauses that each change concerns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from roomproof.contract.clause import Clause, Part
from roomproof.contract.keywords import KEYWORDS
from roomproof.contract.model import Contract, Operation
from roomproof.derive.drift.change import Change, ChangeSide, Completeness
from roomproof.derive.drift.compare import Differences, differences
from roomproof.derive.drift.endpoints import without_names
from roomproof.derive.drift.traffic import Sightings, Traffic
from roomproof.derive.drift.version import Version
from roomproof.errors import ContractError, UsageError
from roomproof.interaction import Interaction

_PARTS = {ChangeSide.REQUEST: Part.REQUEST, ChangeSide.RESPONSE: Part.RESPONSE}
_RULES = {
    "became-nullable": ("null", "nullable", "type"),
    "became-not-nullable": ("null", "nullable", "type"),
    "enum-added": ("enum", "const"),
    "enum-removed": ("enum", "const"),
    "value-added": ("enum", "const"),
    "value-removed": ("enum", "const"),
    "became-required": ("required", "present"),
    "became-optional": ("required", "present"),
    "default": ("default", "default-value", "default-on-create"),
}
"""The rules of the clauses that a kind of change concerns; of other kinds all clauses at the place."""
_FAMILIES = {
    **dict.fromkeys(("added", "removed", "body-added", "body-removed", "status"), "presence"),
    **dict.fromkeys(("became-required", "became-optional"), "required"),
    **dict.fromkeys(("became-nullable", "became-not-nullable"), "null"),
    **dict.fromkeys(("enum-added", "enum-removed", "value-added", "value-removed"), "values"),
}
"""Kinds of change that undo each other."""


@dataclass(frozen=True)
class DriftChange:
    """A change, the ids of the clauses that it concerns, the version whose state it brings back, empty where
    there was none, what recordings show of it, None where nobody looked, and where in both documents it is.
    """

    change: Change
    clauses: tuple[str, ...] = ()
    back_to: str = ""
    sightings: Sightings | None = None
    old_at: str = ""
    new_at: str = ""


@dataclass(frozen=True)
class DriftStep:
    """What changed from one version to the next, and how many operations are in both."""

    old: str
    new: str
    changes: tuple[DriftChange, ...]
    operations: int


def drift(versions: Sequence[Version], contract: Contract | None = None) -> tuple[DriftStep, ...]:
    """Return what changed from each of some versions to the next; clauses are those of a contract.

    Raises UsageError where nothing could be compared, ContractError for what is nested beyond measure.
    """
    steps: list[DriftStep] = []
    before: list[tuple[str, Change]] = []
    for old, new in pairwise(versions):
        found = _found(old, new)
        if not found.operations and not (old.is_whole and new.is_whole):
            raise UsageError(f"{old.name} and {new.name} have no operation in common: nothing was compared")
        told = [
            DriftChange(
                one,
                tuple(clauses_of(one, contract)),
                _back_to(one, before),
                old_at=old.location(one.place),
                new_at=new.location(one.place),
            )
            for one in found.changes
        ]
        before += [(old.name, one) for one in found.changes]
        steps.append(DriftStep(old.name, new.name, tuple(told), found.operations))
    return tuple(steps)


def _found(old: Version, new: Version) -> Differences:
    try:
        return differences(old.root, new.root, Completeness(old.is_whole, new.is_whole))
    except RecursionError as error:
        deep = "components refer to one another on more levels than anybody reads; write them flat"
        raise ContractError(f"{old.name} and {new.name}: {deep}") from error


def with_traffic(steps: Iterable[DriftStep], traffic: Iterable[Interaction]) -> tuple[DriftStep, ...]:
    """Return steps with what interactions show of each change."""
    steps = tuple(steps)
    looks = {id(one): Traffic(one.change) for step in steps for one in step.changes}
    by_method: dict[str, list[Traffic]] = {}
    for look in looks.values():
        by_method.setdefault(look.change.place.method, []).append(look)
    for interaction in traffic:
        for look in by_method.get(interaction.request.method, ()):
            look.note(interaction)
    return tuple(
        replace(step, changes=tuple(replace(one, sightings=looks[id(one)].sightings) for one in step.changes))
        for step in steps
    )


def _back_to(change: Change, before: Iterable[tuple[str, Change]]) -> str:
    """Return the last version that was as a change makes it again."""
    back = ""
    for name, one in before:
        is_alike = one.place == change.place and _family(one) == _family(change)
        if is_alike and (one.old, one.new) == (change.new, change.old):
            back = name
    return back


def _family(change: Change) -> str:
    return _FAMILIES.get(change.kind, change.kind)


def clauses_of(change: Change, contract: Contract | None) -> Iterator[str]:
    """Yield the ids of the clauses that a change concerns: those about its place, of its rule if it is about
    one keyword; of a field that is gone all about it and below it.
    """
    operation = None if contract is None else _operation(change, contract)
    if operation is not None:
        yield from (clause.id for clause in operation.clauses if _is_concerned(clause, change))


def _operation(change: Change, contract: Contract) -> Operation | None:
    place = change.place
    for operation in contract.operations:
        path = without_names(operation.path)
        if operation.method == place.method and f"/{place.path.strip('/')}".endswith(f"/{path.strip('/')}"):
            return operation
    return None


def _is_concerned(clause: Clause, change: Change) -> bool:
    place = change.place
    if place.side is ChangeSide.OPERATION:
        is_about_the_sender = clause.path[:1] == ("authentication",)
        return change.kind == "removed" or (change.kind == "security" and is_about_the_sender)
    way = (place.label, *place.way[1:]) if place.label else place.way
    here, is_below = clause.path[: len(way)] == way, clause.path == way
    if clause.part is Part.BEHAVIOUR:
        return bool(way) and here and change.kind in ("removed", "type")
    if clause.part is not _PARTS[place.side] or clause.options.get("in", "body") != (place.carrier or "body"):
        return False
    if clause.status and place.status and clause.status != place.status:
        return False
    if change.kind in ("removed", "type"):
        return here and bool(way)
    if change.kind == "status":
        return clause.status == place.status
    rules = _RULES.get(change.kind) or ((KEYWORDS[change.kind].rule,) if change.kind in KEYWORDS else ())
    return is_below and (not rules or clause.rule in rules)
