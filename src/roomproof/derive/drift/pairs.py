"""Pairs of shapes: each is compared once, wherever in two documents its values stand.

Specifications share their components, which contain one another: the ways through them are many more than
the pairs. So a pair is told at some of its places only, at the nearest ones.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from roomproof.derive.drift.change import Change, ChangePlace, ChangeSide
from roomproof.derive.drift.shape import Shape

_MOST_PLACES = 6
"""At so many places of one body a pair is told."""
Way = tuple[str, ...]
Key = tuple[int, int, ChangeSide]


@dataclass(frozen=True)
class Below:
    """A pair that stands below another one, and the way there."""

    way: Way
    old: Shape
    new: Shape


Compare = Callable[[Shape, Shape, ChangePlace], Iterable[Change | Below]]
"""Returns what is different in a pair by itself, and the pairs below."""


@dataclass
class _Pair:
    """What is known of a pair; its shapes are kept, so that no others get their ids. `has_changes` tells that
    it has some, or one below it does.
    """

    old: Shape
    new: Shape
    changes: tuple[Change, ...] = ()
    below: tuple[tuple[Way, Key], ...] = ()
    has_changes: bool = False


class Pairs:
    """All pairs that were met, with what is different in them."""

    def __init__(self, compare: Compare) -> None:
        self._compare = compare
        self._known: dict[Key, _Pair] = {}
        self._around: dict[Key, list[Key]] = {}

    def changes(self, old: Shape, new: Shape, place: ChangePlace) -> Iterator[Change]:
        """Yield the changes from a shape to another one, at a place and below."""
        root = id(old), id(new), place.side
        self._explore(root, old, new)
        times = Counter((root,))
        ahead: deque[tuple[Key, Way, frozenset[Key]]] = deque([(root, (), frozenset((root,)))])
        while ahead:
            key, way, around = ahead.popleft()
            pair = self._known[key]
            for change in pair.changes:
                whole = (*place.way, *way, *change.place.way)
                yield replace(change, place=replace(place, way=whole))
            for step, one in pair.below:
                # What contains itself is no other below than above.
                if self._known[one].has_changes and times[one] < _MOST_PLACES and one not in around:
                    times[one] += 1
                    ahead.append((one, (*way, *step), around | {one}))

    def _explore(self, root: Key, old: Shape, new: Shape) -> None:
        """Compare a pair, and all below it that were not met before."""
        ahead = [(root, old, new)]
        while ahead:
            key, old, new = ahead.pop()
            if key in self._known:
                continue
            pair = self._known[key] = _Pair(old, new)
            found = list(self._compare(old, new, ChangePlace("", "", key[2])))
            below = [one for one in found if isinstance(one, Below)]
            keys: list[Key] = [(id(one.old), id(one.new), key[2]) for one in below]
            pair.changes = tuple(one for one in found if isinstance(one, Change))
            pair.below = tuple((one.way, inner) for one, inner in zip(below, keys, strict=True))
            for inner, one in zip(keys, below, strict=True):
                self._around.setdefault(inner, []).append(key)
                ahead.append((inner, one.old, one.new))
            if pair.changes or any(inner in self._known and self._known[inner].has_changes for inner in keys):
                self._mark(key)

    def _mark(self, key: Key) -> None:
        """Note that a pair has changes, and so has all around it."""
        ahead = [key]
        while ahead:
            key = ahead.pop()
            pair = self._known[key]
            if not pair.has_changes:
                pair.has_changes = True
                ahead.extend(self._around.get(key, ()))
