"""What became of the statements of a document: which vanished, which moved, which say something else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from roomproof.contract.claims import ListedStatement
from roomproof.derive.statements.statement import Statement


class Fate(StrEnum):
    """What became of a statement."""

    CHANGED = "changed"
    MOVED = "moved"
    VANISHED = "vanished"
    NEW = "new"


@dataclass(frozen=True)
class StatementChange:
    """One change: the statement that was listed, None for a new one, and the one that is there now, None
    where it vanished.
    """

    fate: Fate
    before: ListedStatement | None
    after: Statement | None


def statement_changes(
    listed: Sequence[ListedStatement], present: Sequence[Statement]
) -> tuple[StatementChange, ...]:
    """Return the changes between the statements that are listed of a document and those that it has.

    The same words at another place have moved; other words at the same place are a changed statement, first
    those of the same form.
    """
    known, there = {one.key for one in listed}, {one.key for one in present}
    old = [one for one in listed if one.key not in there]
    new = [one for one in present if one.key not in known]
    found: list[StatementChange] = []
    for fate, key_before, key_after in _PAIRINGS:
        pairs = _paired(old, new, key_before, key_after)
        found += [StatementChange(fate, before, after) for before, after in pairs]
        gone, come = {before.key for before, _ in pairs}, {after.key for _, after in pairs}
        old = [one for one in old if one.key not in gone]
        new = [one for one in new if one.key not in come]
    found += [StatementChange(Fate.VANISHED, one, None) for one in old]
    found += [StatementChange(Fate.NEW, None, one) for one in new]
    return tuple(found)


def _plain(name: str) -> tuple[str, ...]:
    """A name without the ordinal that only tells equal ones apart: form and digest."""
    form, _, rest = name.rpartition("-")
    return (form, rest) if len(rest) == _DIGITS else (form.rpartition("-")[0], form.rpartition("-")[2])


_DIGITS = 8
_KeyBefore = Callable[[ListedStatement], object]
_KeyAfter = Callable[[Statement], object]
_PAIRINGS: tuple[tuple[Fate, _KeyBefore, _KeyAfter], ...] = (
    (Fate.CHANGED, lambda one: (one.place, one.form), lambda one: (one.place, str(one.form))),
    (
        Fate.MOVED,
        lambda one: (_plain(one.name), one.place.split(" > ")[-1]),
        lambda one: (_plain(one.name), one.place.split(" > ")[-1]),
    ),
    (Fate.MOVED, lambda one: _plain(one.name), lambda one: _plain(one.name)),
    (Fate.CHANGED, lambda one: one.place, lambda one: one.place),
)
"""In which order, and by what, what was listed finds what is there."""


def _paired(
    old: Iterable[ListedStatement], new: Iterable[Statement], before: _KeyBefore, after: _KeyAfter
) -> list[tuple[ListedStatement, Statement]]:
    waiting: dict[object, list[Statement]] = defaultdict(list)
    for one in new:
        waiting[after(one)].append(one)
    return [(one, waiting[before(one)].pop(0)) for one in old if waiting[before(one)]]
