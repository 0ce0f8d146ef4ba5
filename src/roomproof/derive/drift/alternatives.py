"""The kinds of value that a schema allows, and which of them are versions of one another."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import blake2b
from itertools import islice

from roomproof.derive.drift.shape import Shape, Shapes
from roomproof.derive.drift.stated import Schema
from roomproof.derive.drift.typed import by_type, shared_types

_LEVELS = 5
"""What lies deeper in a shape does not count for what it means."""
_MOST_LEVELS = 8
_MOST = 200
_ALIKE = 0.34
"""Alternatives that share less than this are no versions of one another."""
_SCALARS = frozenset(("string", "number", "integer", "boolean"))


class Digests:
    """A short text for what each shape of a document means."""

    def __init__(self, shapes: Shapes) -> None:
        self._shapes = shapes
        self._known: dict[tuple[int, int], tuple[Shape, str]] = {}

    def of(self, shape: Shape, levels: int = _LEVELS) -> str:
        """Return a text that shapes of one meaning share."""
        key = id(shape), levels
        if key not in self._known:
            # The shape is kept, so that no other one gets its id.
            self._known[key] = (shape, self._digest(shape, levels))
        return self._known[key][1]

    def _digest(self, shape: Shape, levels: int) -> str:
        def below(some: tuple[Schema, ...]) -> str:
            return self.of(self._shapes.of(*some), levels - 1) if levels and some else ""

        told = (
            sorted(shape.types) if shape.types is not None else None,
            sorted(shape.limits.items()),
            sorted(shape.enum) if shape.enum is not None else None,
            [shape.format, shape.pattern, shape.multiple, shape.is_unique, shape.is_closed],
            [(name, below(some)) for name, some in sorted(shape.fields.items())],
            sorted(shape.required),
            [below(shape.items), below(shape.values), sorted(shape.others.items()), shape.is_nullable],
            sorted(below(some) for some in shape.branches),
        )
        return blake2b(json.dumps(told).encode(errors="replace"), digest_size=16).hexdigest()


def alternatives(shape: Shape, shapes: Shapes) -> list[Shape]:
    """Return the kinds of value that a shape allows, each of one type; null is told apart.

    What is a text, a number or a truth value says nothing beside an alternative that is any such value.
    """
    every = list(islice(_leaves(shape, shapes, 0), _MOST))
    whole = {word for one in every if says_types_only(one) for word in one.types or ()} & _SCALARS
    integers = {"integer"} if "number" in whole else set()

    def adds_values(one: Shape) -> bool:
        around = integers if says_types_only(one) else whole | integers
        return not one.types or not one.types <= around

    return [one for one in every if adds_values(one)]


def is_any_value(shape: Shape) -> bool:
    """Whether a shape says nothing of its values."""
    return shape.types is None and says_types_only(shape)


def says_types_only(shape: Shape) -> bool:
    """Whether a shape says of its values of which types they are, and no more."""
    return replace(shape, default=None, tag="", tags=frozenset()) == Shape(types=shape.types)


def is_nullable(shape: Shape, shapes: Shapes, level: int = 0) -> bool:
    """Whether null is among the values of a shape that says of which types they are."""
    if shape.is_nullable or "null" in (shape.types or ()):
        return True
    return level < _MOST_LEVELS and any(
        is_nullable(shapes.of(*some), shapes, level + 1) for some in shape.branches
    )


def versions(
    olds: Sequence[Shape], news: Sequence[Shape], old_shapes: Shapes, new_shapes: Shapes
) -> Iterator[tuple[int, int]]:
    """Yield which alternatives are versions of one another, by their places: those first that are most alike.

    Those are alike that have fields in common; those in which the same field can have another value only,
    such as a kind, are less so.
    """
    told = [
        [_only_values(one, shapes) for one in some]
        for some, shapes in ((olds, old_shapes), (news, new_shapes))
    ]
    scored = (
        (_likeness(one, other, told[0][left], told[1][right]), -abs(left - right), left, right)
        for left, one in enumerate(olds)
        for right, other in enumerate(news)
    )
    taken: tuple[set[int], set[int]] = (set(), set())
    for score, _, left, right in sorted(scored, reverse=True):
        if score >= _ALIKE and left not in taken[0] and right not in taken[1]:
            taken[0].add(left)
            taken[1].add(right)
            yield left, right


def _likeness(one: Shape, other: Shape, values: Mapping[str, str], others: Mapping[str, str]) -> float:
    shared = shared_types(one.types, other.types)
    if shared is not None and not shared:
        return 0.0
    names = one.fields.keys() | other.fields.keys()
    alike = len(one.fields.keys() & other.fields.keys()) / len(names) if names else 1.0
    is_other_kind = any(others.get(name, value) != value for name, value in values.items())
    return alike / 2 if is_other_kind else alike


def _only_values(shape: Shape, shapes: Shapes) -> dict[str, str]:
    """Return the fields that can have one value only, with it."""
    lists = {name: shapes.of(*some).enum or () for name, some in shape.fields.items()}
    return {name: next(iter(values)) for name, values in lists.items() if len(values) == 1}


def named(shape: Shape) -> str:
    """Return what to call an alternative."""
    types = " or ".join(sorted(shape.types)) if shape.types else "any value"
    return f"{types} with {', '.join(list(shape.fields)[:4])}" if shape.fields else types


def _leaves(shape: Shape, shapes: Shapes, level: int) -> Iterator[Shape]:
    if not shape.branches:
        # One of one type stays the same object: it is compared once, wherever it is an alternative.
        yield from by_type(shape)
    elif level < _MOST_LEVELS:
        for some in shape.branches:
            yield from _leaves(shapes.of(*some), shapes, level + 1)
