"""Makers: functions that draw a value piece by piece.

Entering and leaving a strategy costs Hypothesis as much as drawing a number. So a schema does not become
strategies within strategies but one function, which calls others and asks Hypothesis only for what is random:
numbers, texts, which of several.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence

from hypothesis import reject
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from roomproof_strategies.sample import Json

Maker = Callable[[st.DrawFn], Json]
"""Takes the function that draws from a strategy and returns a value; None stands for one that has no
values.
"""
Check = Callable[[Json], bool]

_TRIES = 3


@st.composite
def made(draw: st.DrawFn, make: Maker) -> Json:
    """Return the strategy of what a maker makes."""
    return make(draw)


def leaf(strategy: SearchStrategy[Json]) -> Maker | None:
    """Return the maker that draws from a strategy, None if it has no values."""
    return None if strategy.is_empty else drawing(strategy)


def drawing(strategy: SearchStrategy[Json]) -> Maker:
    """Return the maker that draws from a strategy."""
    return lambda draw: draw(strategy)


def number(least: int, most: int) -> SearchStrategy[int]:
    """Return numbers that decide on a structure. Hypothesis takes all integers for alike, and would often try
    one in another's place.
    """
    return st.sampled_from(range(least, most + 1))


def constants(values: Sequence[Json]) -> Maker | None:
    """Return the maker of one of the values."""
    if not values:
        return None
    if len(values) == 1:
        return lambda _draw: values[0]
    chosen = st.sampled_from(values)
    return lambda draw: draw(chosen)


def one_of(makers: Sequence[Maker]) -> Maker | None:
    """Return the maker that uses one of the makers, each as often."""
    if len(makers) < 2:
        return next(iter(makers), None)
    which = number(0, len(makers) - 1)
    return lambda draw: makers[draw(which)](draw)


def kept(make: Maker, holds: Check) -> Maker:
    """Return the maker of those values that hold; after some tries in vain the example is given up."""

    def make_one(draw: st.DrawFn) -> Json:
        for _ in range(_TRIES):
            value = make(draw)
            if holds(value):
                return value
        return reject()

    return make_one


def lists(make: Maker, least: int, most: int, key: Callable[[Json], Hashable] | None = None) -> Maker:
    """Return the maker of lists with so many items, with `key` only of items that differ in it."""
    sizes = number(least, most)

    def make_list(draw: st.DrawFn) -> list[Json]:
        size = draw(sizes)
        if key is None:
            return [make(draw) for _ in range(size)]
        found: dict[Hashable, Json] = {}
        for _ in range(_TRIES * size):
            if len(found) < size:
                value = make(draw)
                found.setdefault(key(value), value)
        if len(found) < least:
            reject()
        return list(found.values())

    return make_list


def objects(required: Mapping[str, Maker], optional: Mapping[str, Maker], least: int, most: int) -> Maker:
    """Return the maker of objects with all required fields and from `least` to `most` of the optional ones,
    each number as often.

    A field's value is drawn together with its name, so that shrinking can leave out both.
    """
    sizes = number(least, most)
    indexes = [number(0, last) for last in range(len(optional))]

    def make_object(draw: st.DrawFn) -> dict[str, Json]:
        body = {name: make(draw) for name, make in required.items()}
        size, rest = draw(sizes) if least < most else least, list(optional)
        for _ in range(size):
            name = rest.pop(draw(indexes[len(rest) - 1]) if len(rest) > 1 else 0)
            body[name] = optional[name](draw)
        return body

    return make_object
