"""The values in responses to the same request: which ones changed, and which differ in every recording."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from roomproof.comparison.alignment import DistinctRequest, Pair
from roomproof.comparison.provenance import ValueOrigin
from roomproof.comparison.scalars import LongText, Scalar, Scalars
from roomproof.comparison.volatile import is_no_more_or_again, is_volatile_pair
from roomproof.contract.clause import Path, spoken
from roomproof.judge.evidence import shown

Json = Any

_NEARLY = 0.9
"""The share of differing pairs from which on a value is one that differs every time."""
_FEW = 3


@dataclass(frozen=True)
class ValueChange:
    """A value that changed: in how many of how many responses to the same request, and the smallest request
    as an example.
    """

    operation: str
    status: int
    path: str
    before: str
    after: str
    answers: int
    of: int
    example: str


@dataclass(frozen=True)
class VolatileField:
    """A field whose value differs in every recording."""

    operation: str
    status: int
    path: str


@dataclass(frozen=True)
class Difference:
    """Two values at the same place of two responses to the same request."""

    pair: Pair
    before: Scalar
    after: Scalar

    @property
    def is_unsent(self) -> bool:
        """Whether no field of the requests sets the value."""
        return self.before.unsent and self.after.unsent


@dataclass
class PathComparison:
    """What the pairs say of the values at one path."""

    compared: int = 0
    volatile: int = 0
    differing: list[Difference] = field(default_factory=list)

    def changed(self, *, unsteady: bool) -> list[Difference]:
        """Return the differences that the provider has to answer for; `unsteady` if the value differs within
        one recording.
        """
        free = unsteady or self._differs_every_time()
        return [difference for difference in self.differing if not (free and difference.is_unsent)]

    def _differs_every_time(self) -> bool:
        """Whether the provider sets the value anew each time, so that hardly any two are equal in or across
        the recordings.
        """
        sides = [item.before.value for item in self.differing], [item.after.value for item in self.differing]
        varied = all(len(set(side)) > 1 for side in sides)
        return varied and self.compared >= _FEW and len(self.differing) >= _NEARLY * self.compared


Place = tuple[str, int, Path]


def compare_values(
    pairs: Iterable[Pair], unsteady: set[Place]
) -> tuple[list[ValueChange], list[VolatileField]]:
    """Return the values that changed, and the fields that are volatile; `unsteady` are those that differ
    within a recording.
    """
    observed: dict[Place, PathComparison] = {}
    for pair in pairs:
        if (
            pair.before.status == pair.after.status
            and pair.before.values is not None
            and pair.after.values is not None
        ):
            _observe(pair, pair.before.values, pair.after.values, observed)
    changes, volatile = [], []
    for place, seen in sorted(observed.items()):
        operation, status, path = place
        changed = seen.changed(unsteady=place in unsteady)
        if changed:
            changes.append(_change(place, changed, seen.compared))
        elif seen.volatile or seen.differing:
            volatile.append(VolatileField(operation, status, spoken(path)))
    return changes, volatile


def _observe(pair: Pair, before: Scalars, after: Scalars, observed: dict[Place, PathComparison]) -> None:
    for key, old in before.items():
        new = after.get(key)
        if (
            new is None
            or ValueOrigin.BEFORE in (old.origin, new.origin)
            or old.origin is new.origin is ValueOrigin.KEPT
        ):
            continue
        seen = observed.setdefault((pair.subject, pair.before.status, key[0]), PathComparison())
        seen.compared += 1
        if _equal(old.value, new.value):
            continue
        if _is_expected(pair, old, new):
            seen.volatile += 1
        else:
            seen.differing.append(Difference(pair, old, new))


def _is_expected(pair: Pair, old: Scalar, new: Scalar) -> bool:
    """Whether two values differ only as the requests do, or as ids and times do; a lost echo is neither."""
    if (old.in_path and new.in_path) or (old.echo and new.echo):
        return True
    return _is_volatile(old, new) and not (pair.exact and old.echo)


def _is_volatile(old: Scalar, new: Scalar) -> bool:
    if isinstance(old.value, str) and isinstance(new.value, str):
        return is_volatile_pair(old.value, new.value)
    return old.unsent and new.unsent and is_no_more_or_again(old.value, new.value)


def _equal(one: Json, other: Json) -> bool:
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _shown(value: Json) -> str:
    return value.shown if isinstance(value, LongText) else shown(value)


def _change(place: Place, changed: list[Difference], of: int) -> ValueChange:
    operation, status, path = place
    smallest = min(changed, key=lambda item: (item.pair.example.size, item.pair.example.text))
    before, after = _shown(smallest.before.value), _shown(smallest.after.value)
    return ValueChange(
        operation, status, spoken(path) or "body", before, after, len(changed), of, smallest.pair.example.text
    )


def unsteady_places(asked: Iterable[DistinctRequest]) -> tuple[set[Place], set[Place]]:
    """Return the places whose value the provider sets otherwise for the same request, and those of which that
    could have shown.
    """
    unsteady: set[Place] = set()
    repeated: set[Place] = set()
    for request in asked:
        first: dict[tuple[int, Path, int], Scalar] = {}
        for response in request.answers:
            for (path, number), scalar in (response.values or {}).items():
                known = first.setdefault((response.status, path, number), scalar)
                place = request.kin.subject, response.status, path
                if known is scalar or not scalar.unsent:
                    continue
                repeated.add(place)
                if known.origin is scalar.origin is ValueOrigin.OWN and not _equal(known.value, scalar.value):
                    unsteady.add(place)
    return unsteady, repeated
