"""The kinds of value that a schema allows, and which of them are versions of one another."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from hashlib import blake2b
from itertools import islice

from roomproof.derive.drift.shape import Shape, Shapes
from roomproof.derive.drift.stated import Schema

_LEVELS = 5
"""What lies deeper in a shape does not count for what it means."""
_MOST_LEVELS = 8
_MOST = 200
_TEXT = frozenset(("string",))


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
            sorted(shape.required & shape.fields.keys()),
            [below(shape.items), below(shape.values), sorted(shape.others.items()), shape.is_nullable],
            sorted(below(some) for some in shape.branches),
        )
        return blake2b(json.dumps(told).encode(errors="replace"), digest_size=16).hexdigest()


def alternatives(shape: Shape, shapes: Shapes) -> list[Shape]:
    """Return the kinds of value that a shape allows, one if it has no branches; null is told apart.

    A list of texts says nothing beside an alternative that is any text.
    """
    every = list(islice(_leaves(shape, shapes, 0), _MOST))
    has_any_text = len(every) > 1 and any(one == _ANY_TEXT for one in map(_bare, every))
    return [one for one in every if not (has_any_text and one.enum is not None and one.types == _TEXT)]


def is_nullable(shape: Shape, shapes: Shapes, level: int = 0) -> bool:
    """Whether null is among the values of a shape that says of which types they are."""
    if shape.is_nullable or "null" in (shape.types or ()):
        return True
    return level < _MOST_LEVELS and any(
        is_nullable(shapes.of(*some), shapes, level + 1) for some in shape.branches
    )


def likeness(one: Shape, other: Shape) -> float:
    """Return how much two alternatives share: their types, and the names of their fields."""
    if one.types is not None and other.types is not None and not (one.types & other.types):
        return 0.0
    names = one.fields.keys() | other.fields.keys()
    return len(one.fields.keys() & other.fields.keys()) / len(names) if names else 1.0


def named(shape: Shape) -> str:
    """Return what to call an alternative."""
    types = " or ".join(sorted(shape.types)) if shape.types else "any value"
    return f"{types} with {', '.join(list(shape.fields)[:4])}" if shape.fields else types


def _leaves(shape: Shape, shapes: Shapes, level: int) -> Iterator[Shape]:
    if not shape.branches:
        # One without null stays the same object: it is compared once, wherever it is an alternative.
        types = shape.types or frozenset()
        yield replace(shape, types=types - {"null"}, is_nullable=False) if "null" in types else shape
    elif level < _MOST_LEVELS:
        for some in shape.branches:
            yield from _leaves(shapes.of(*some), shapes, level + 1)


_ANY_TEXT = Shape(types=_TEXT)


def _bare(shape: Shape) -> Shape:
    return replace(shape, default=None)
