"""Invalid samples of a body schema: each breaks exactly one keyword and says which."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import lru_cache
from typing import Any

from hypothesis import reject
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from roomproof_strategies.makers import Maker, drawing, kept, one_of
from roomproof_strategies.plain import Plain
from roomproof_strategies.sample import LONGEST, Json, Sample, Schema
from roomproof_strategies.schema import (
    Node,
    Path,
    alternatives,
    breaks,
    integer_range,
    matcher,
    require_known,
    types,
    validator,
)
from roomproof_strategies.spots import Spot, spots
from roomproof_strategies.texts import any_texts
from roomproof_strategies.valid import Fields, canonical, valid_maker
from roomproof_strategies.wrong import judged, wrong_values

Change = tuple[Callable[[Json], Json], str]

_LONG_TEXT = 20
_SHORT_TEXT = 5


def invalid(schema: Schema, fields: Fields | None = None, *, anchor: datetime) -> Iterator[Sample]:
    """Yield samples of an object schema that break one keyword each, the same ones every time; the rest of
    each body is minimal.

    `path` and `rule` name what is broken (see `schema.breaks`). The word `coercible` in a note marks a value
    that lenient parsers take for one of the right type. `fields` and `anchor` are those of `boundary`. Raises
    ValueError for a keyword that is not read.
    """
    require_known(schema)
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
    """Return a strategy for samples that break one keyword somewhere in a random valid body; arguments as
    those of `invalid`.

    Build it outside of a running Hypothesis test.
    """
    require_known(schema)
    plain = Plain(fields or {}, anchor)
    checker = validator(schema)
    body = valid_maker(schema, fields, anchor=anchor)
    change = one_of(
        [offer for place in spots(schema, plain) if (offer := one_of(list(_changes(place, checker, plain))))]
    )
    return st.nothing() if body is None or change is None else _broken(body, change, schema, checker)


@st.composite
def _broken(draw: st.DrawFn, body: Maker, change: Maker, schema: Schema, checker: Any) -> Sample:
    whole = body(draw)
    changed, note = change(draw)
    sample = judged(schema, checker, changed(whole), note)
    if sample is None:
        reject()
    return sample


def _changes(place: Spot, checker: Any, plain: Plain) -> Iterator[Maker]:
    """Yield makers of changes that break one keyword at a spot: enumerated ones, random ones, a required
    field left out.
    """
    listed = [
        wrong for wrong in wrong_values(place, plain) if len(breaks(checker, place.wrap(wrong[0]))) == 1
    ]
    if listed:
        yield _replacing(place, drawing(st.sampled_from(listed)))
    fits = matcher(place.schema)
    nodes = alternatives(place.schema, settled=False)
    for node in nodes:
        yield from (
            _replacing(place, _noted(kept(make, lambda value: not fits(value)), note))
            for make, note in _outside(node)
        )
    allowed = {kind for node in nodes for kind in types(node)}
    others = [
        make
        for kind, make in _of_types().items()
        if kind not in allowed and not {"number", "integer"} <= {kind, *allowed}
    ]
    if not place.is_key:
        yield from (_replacing(place, _noted(make, "random value of another type")) for make in others)
    required = plain.object_node(place.schema).get("required", ())
    if required and not place.path:
        yield from (_leaving_out(name) for name in required)


def _noted(make: Maker, note: str) -> Maker:
    return lambda draw: (make(draw), note)


def _replacing(place: Spot, make: Maker) -> Maker:
    """Return the maker of a change that puts a noted value at a spot."""

    def make_change(draw: st.DrawFn) -> Change:
        value, note = make(draw)
        return lambda body: put(body, place, value), note

    return make_change


def _leaving_out(name: str) -> Maker:
    return lambda _draw: (lambda body: _without(body, name), f"without {name}")


@lru_cache(1)
def _of_types() -> dict[str, Maker]:
    """Return makers of values of every JSON type, to be put where another one belongs."""
    words, numbers = any_texts(0, _SHORT_TEXT), st.integers()
    return {
        "string": drawing(any_texts(0, _LONG_TEXT)),
        "integer": drawing(st.integers(-(2**40), 2**40)),
        "number": kept(drawing(st.floats(-1e12, 1e12)), lambda number: number != int(number)),
        "boolean": drawing(st.booleans()),
        "null": lambda _draw: None,
        "array": drawing(st.lists(numbers | words, max_size=3)),
        "object": drawing(st.dictionaries(words, numbers, max_size=3)),
    }


def _without(body: Json, name: str) -> Json:
    return {key: value for key, value in body.items() if key != name}


def _outside(node: Node) -> Iterator[tuple[Maker, str]]:
    """Yield makers of random values outside the limits of a node."""
    if "enum" in node:
        yield drawing(any_texts(0, 12)), "random text outside the list"
        return
    kinds = types(node)
    if "integer" in kinds:
        low, high = integer_range(node)
        if low is not None:
            yield drawing(st.integers(max_value=low - 1)), "random number below the minimum"
        if high is not None:
            yield drawing(st.integers(min_value=high + 1)), "random number above the maximum"
    if "string" in kinds and node.get("maxLength", LONGEST) < LONGEST:
        yield _too_long(node["maxLength"]), "random text that is too long"
    if "string" in kinds and ("format" in node or "pattern" in node):
        yield drawing(any_texts(0, 30)), "random text"


def _too_long(most: int) -> Maker:
    pieces, lengths = any_texts(1, 10), st.integers(most + 1, 2 * most + 10)

    def make_long(draw: st.DrawFn) -> str:
        piece, length = draw(pieces), draw(lengths)
        return (piece * length)[:length]

    return make_long


def put(body: Json, place: Spot, value: Json) -> Json:
    """Return a body with a value put at a spot: in an array in the first item, in a map in its first field or
    as that one's name.

    Where the body has nothing on the way, the field that the smallest body of the spot has is put in.
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
        raise LookupError("only an object has fields")
    if step in body or (not rest and step not in ("values", "keys")):
        return {**body, step: _put(body.get(step), rest, value)}
    first = next(iter(body.items()), None) if step in ("values", "keys") else None
    if first is None:
        raise LookupError("there is no field to change")
    if step == "keys":
        return {value: first[1], **{key: field for key, field in body.items() if key != first[0]}}
    return {**body, first[0]: _put(first[1], rest, value)}
