"""Invalid samples of a body schema: each breaks exactly one keyword and says which."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from roomproof_strategies.plain import Plain
from roomproof_strategies.sample import LONGEST, Json, Sample, Schema
from roomproof_strategies.schema import Node, Path, alternatives, breaks, integer_range, matcher, types, validator
from roomproof_strategies.spots import Spot, spots
from roomproof_strategies.valid import Fields, canonical, valid
from roomproof_strategies.wrong import judged, wrong_values

Change = tuple[Callable[[Json], Json], str]

_SCALARS: dict[str, SearchStrategy[Json]] = {
    "string": st.text(max_size=20),
    "integer": st.integers(-(2**40), 2**40),
    "number": st.floats(-1e12, 1e12).filter(lambda number: number != int(number)),
    "boolean": st.booleans(),
    "null": st.none(),
    "array": st.lists(st.integers() | st.text(max_size=5), max_size=3),
    "object": st.dictionaries(st.text(max_size=5), st.integers(), max_size=3),
}
_PIECE = st.text(min_size=1, max_size=10)


def invalid(schema: Schema, fields: Fields | None = None, *, anchor: datetime) -> Iterator[Sample]:
    """Yield samples of an object schema that break one keyword each, the same ones every time; the rest of each body is minimal.

    `path` and `rule` name what is broken (see `schema.breaks`). The word `coercible` in a note marks a value that lenient parsers
    take for one of the right type. `fields` and `anchor` are those of `boundary`.
    """
    plain = Plain(fields or {}, anchor)
    checker = validator(schema)
    seen: set[str] = set()
    places = list(spots(schema, plain))
    for place in (*places[1:], places[0]):
        for value, note in wrong_values(place, plain):
            body = place.wrap(value)
            sample = judged(schema, checker, body, note)
            key = f"{type(body).__name__}{canonical(body)}"
            if sample is not None and key not in seen:
                seen.add(key)
                yield sample


def mutations(schema: Schema, fields: Fields | None = None, *, anchor: datetime) -> SearchStrategy[Sample]:
    """Return a strategy for samples that break one keyword somewhere in a random valid body; arguments as those of `invalid`.

    Build it outside of a running Hypothesis test.
    """
    plain = Plain(fields or {}, anchor)
    checker = validator(schema)
    bodies = valid(schema, fields, anchor=anchor)
    changes = [st.one_of(offers) for place in spots(schema, plain) if (offers := list(_changes(place, checker, plain)))]
    if not changes:
        return st.nothing()

    @st.composite
    def broken(draw: st.DrawFn) -> Sample:
        body = draw(bodies)
        change, note = draw(draw(st.sampled_from(changes)))
        sample = judged(schema, checker, change(body), note)
        assume(sample is not None)
        assert sample is not None
        return sample

    return broken()


def _changes(place: Spot, checker: Any, plain: Plain) -> Iterator[SearchStrategy[Change]]:
    """Yield strategies for changes that break one keyword at a spot: enumerated ones, random ones, a required member left out."""
    listed = [wrong for wrong in wrong_values(place, plain) if len(breaks(checker, place.wrap(wrong[0]))) == 1]
    random = [st.sampled_from(listed)] if listed else []
    fits = matcher(place.schema)
    for node in alternatives(place.schema, settled=False):
        for strategy, note in _outside(node):
            random.append(_noted(strategy.filter(lambda value: not fits(value)), note))
    allowed = {kind for node in alternatives(place.schema, settled=False) for kind in types(node)}
    others = [strategy for kind, strategy in _SCALARS.items() if kind not in allowed and not {"number", "integer"} <= {kind, *allowed}]
    if others and not place.is_key:
        random.append(_noted(st.one_of(others), "random value of another type"))
    if random:
        yield st.one_of(random).map(lambda wrong: (lambda body: put(body, place, wrong[0]), wrong[1]))
    required = plain.object_node(place.schema).get("required", ())
    if required and not place.path:
        yield st.sampled_from(required).map(lambda name: (lambda body: _without(body, name), f"without {name}"))


def _noted(strategy: SearchStrategy[Json], note: str) -> SearchStrategy[tuple[Json, str]]:
    return strategy.map(lambda value: (value, note))


def _without(body: Json, name: str) -> Json:
    return {key: value for key, value in body.items() if key != name}


def _outside(node: Node) -> Iterator[tuple[SearchStrategy[Json], str]]:
    """Yield random values outside the limits of a node."""
    if "enum" in node:
        yield st.text(max_size=12), "random text outside the list"
        return
    kinds = types(node)
    if "integer" in kinds:
        low, high = integer_range(node)
        if low is not None:
            yield st.integers(max_value=low - 1), "random number below the minimum"
        if high is not None:
            yield st.integers(min_value=high + 1), "random number above the maximum"
    if "string" in kinds and node.get("maxLength", LONGEST) < LONGEST:
        most = node["maxLength"]
        long = st.tuples(_PIECE, st.integers(most + 1, 2 * most + 10))
        yield long.map(lambda pair: (pair[0] * pair[1])[: pair[1]]), "random text that is too long"
    if "string" in kinds and ("format" in node or "pattern" in node):
        yield st.text(max_size=30), "random text"


def put(body: Json, place: Spot, value: Json) -> Json:
    """Return a body with a value put at a spot: in an array in the first item, in a map in its first member or as that one's name.

    Where the body has nothing on the way, the member that the smallest body of the spot has is put in.
    """
    try:
        return _put(body, place.path, value)
    except LookupError:
        smallest, name = place.wrap(value), place.path[0]
        return {**body, name: smallest[name]} if name in smallest else smallest


def _put(body: Json, path: Path, value: Json) -> Json:
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(body, list):
        return [_put(body[0], rest, value), *body[1:]]
    if not isinstance(body, dict):
        raise LookupError("only an object has members")
    if step in body or (not rest and step not in ("values", "keys")):
        return {**body, step: _put(body.get(step), rest, value)}
    first = next(iter(body.items()), None) if step in ("values", "keys") else None
    if first is None:
        raise LookupError("there is no member to change")
    if step == "keys":
        return {value: first[1], **{key: member for key, member in body.items() if key != first[0]}}
    return {**body, first[0]: _put(first[1], rest, value)}
