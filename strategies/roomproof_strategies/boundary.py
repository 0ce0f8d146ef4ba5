"""Boundary samples of a body schema: complete, deterministic, all of them allowed by the schema."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from itertools import combinations

from roomproof.contract.formats import FORMATS
from roomproof.contract.keywords import SizeKind, limits_of
from roomproof_strategies import formats
from roomproof_strategies.free_form import FREE_FORM
from roomproof_strategies.plain import Plain
from roomproof_strategies.sample import LONGEST, MOST, Json, Sample, Schema
from roomproof_strategies.schema import (
    Node,
    Path,
    alternatives,
    flatten,
    integer_range,
    is_free,
    limits,
    matcher,
    remarks,
    require_known,
    types,
)
from roomproof_strategies.spots import Spot, spots
from roomproof_strategies.valid import Fields, canonical

ENUMERATED = 512
UNLIMITED = 4096
_SMALL = (1, 2, 3)
_INT32 = (-(2**31), 2**31 - 1)
_UNITS = (
    60,
    100,
    600,
    900,
    1000,
    1440,
    3600,
    7200,
    10_000,
    43_200,
    86_400,
    100_000,
    604_800,
    1_000_000,
    10**9,
)
"""Powers of ten; a minute, an hour, a day, a week in seconds or minutes: where limits are, and conditions."""
_ROUND = (
    *_UNITS,
    90,
    120,
    180,
    200,
    250,
    255,
    300,
    365,
    500,
    1200,
    1800,
    2000,
    5000,
    5400,
    14_400,
    21_600,
    28_800,
    50_000,
    172_800,
)

Edge = tuple[Json, str, str]


def boundary(
    schema: Schema, fields: Fields | None = None, *, anchor: datetime, enumerated: bool = True
) -> Iterator[Sample]:
    """Yield the samples at the edges of an object schema, the same ones every time, cheap and telling ones
    first.

    `fields` gives strategies for schema paths whose values only the provider can know; `anchor` is an aware
    time in the future. Every sample is valid. A note that starts with `unsettled` or `beyond` marks a value
    that no provider is bound to accept, `exotic` one that the format allows and few people send. Where they
    are not to be `enumerated`, integers between the limits are left out. Raises ValueError for a keyword that
    is not read.
    """
    require_known(schema)
    run = _BoundaryRun(schema, Plain(fields or {}, anchor))
    places = list(spots(schema, run.plain))
    yield from run.samples(run.whole(0, "all fields"))
    for place in places:
        yield from run.at(place, run.edges(place))
    for place in places[1:]:
        yield from run.samples(run.alone(place))
    yield from run.samples(run.whole(1, "all fields again, other values"))
    yield from run.samples(run.combined(places))
    for place in places if enumerated else ():
        yield from run.at(place, _enumeration(place.schema))


def plain(schema: Schema, fields: Fields | None = None, *, anchor: datetime, variant: int = 0) -> Sample:
    """Return the sample of all fields with plain values; another `variant` has other values wherever there is
    a choice.

    Raises ValueError for a keyword that is not read.
    """
    require_known(schema)
    body, path, rule, note = next(
        _BoundaryRun(schema, Plain(fields or {}, anchor)).whole(variant, "all fields")
    )
    return Sample(body, path, rule, True, note)


@dataclass
class _BoundaryRun:
    schema: Schema
    plain: Plain
    seen: set[tuple[Path, str]] = field(default_factory=set)
    variant: int = 1

    def __post_init__(self) -> None:
        self.allows: Callable[[Json], bool] = matcher(self.schema)

    def samples(self, candidates: Iterable[tuple[Json, Path, str, str]]) -> Iterator[Sample]:
        """Keep the candidates that the schema allows, what stands against their acceptance put in front of
        the note.
        """
        for body, path, rule, note in candidates:
            if self.allows(body):
                yield Sample(
                    body, path, rule, True, "; ".join(dict.fromkeys([*remarks(self.schema, body), note]))
                )

    def at(self, place: Spot, edges: Iterable[Edge]) -> Iterator[Sample]:
        """Place the edge values of a spot, each once."""
        for value, rule, note in edges:
            if place.is_key and not isinstance(value, str):
                continue
            key = (place.path, canonical(value))
            if key not in self.seen:
                self.seen.add(key)
                yield from self.samples([(place.wrap(value), place.path, rule, note)])

    def edges(self, place: Spot) -> Iterator[Edge]:
        """Yield what is telling and cheap at a spot."""
        if place.path in self.plain.fields:
            yield from (
                (value, "accepted", "a value of the provider's own kind")
                for value in self.plain.drawn(place.path)[:8]
            )
            return
        for rule, members in limits(place.schema, {"enum"}):
            yield from ((field_name, rule, f"member {canonical(field_name)}") for field_name in members)
        yield from (
            (constant, rule, f"constant {canonical(constant)}")
            for rule, constant in limits(place.schema, {"const"})
        )
        for node in alternatives(place.schema, settled=False):
            for kind in types(node) if "enum" not in node else ():
                yield from self._typed(kind, node, place)

    def _typed(self, kind: str, node: Node, place: Spot) -> Iterator[Edge]:
        if kind == "null":
            yield None, "nullable", "null"
        elif kind == "boolean":
            yield from ((value, "type", str(value).lower()) for value in (True, False))
        elif kind in ("integer", "number"):
            yield from _numbers(place.schema, kind)
        elif kind == "string":
            yield from _strings(node, place.schema, self.plain)
        elif kind == "array":
            for size, rule in _counts(place.schema, limits_of(SizeKind.ITEMS)):
                yield self.plain.items(node, place.path, size, 1), rule, f"{size} items"
        elif is_free(node):
            yield from ((value, "type", note) for value, note in FREE_FORM)
        elif isinstance(node.get("additionalProperties"), dict):
            for size, rule in _counts(place.schema, limits_of(SizeKind.PROPERTIES)):
                yield self.plain.map(node, place.path, size, 1), rule, f"a map of {size}"

    def whole(self, variant: int, note: str) -> Iterator[tuple[Json, Path, str, str]]:
        yield self.plain.full(self.schema, (), variant), (), "accepted", note

    def alone(self, place: Spot) -> Iterator[tuple[Json, Path, str, str]]:
        """One plain value, another one each time, so that it differs from what stood there before."""
        self.variant += 1
        position = list(self.plain.object_node(self.schema).get("properties", {})).index(place.path[0])
        value = self.plain.value(place.schema, place.path, self.variant, position)
        if not place.is_key or isinstance(value, str):
            yield place.wrap(value), place.path, "accepted", "this field alone"

    def combined(self, places: list[Spot]) -> Iterator[tuple[Json, Path, str, str]]:
        """No field and every pair of fields of the body; no field and all fields of the objects in it."""
        yield {}, (), "accepted", "no field"
        node = self.plain.object_node(self.schema)
        required = node.get("required", ())
        if required:
            yield self.plain.members(node, (), required), (), "accepted", "no optional field"
        for pair in combinations(node.get("properties", {}), 2):
            self.variant += 1
            members = self.plain.members(node, (), {*required, *pair}, self.variant)
            yield members, (), "accepted", f"only {pair[0]} and {pair[1]}"
        yield from self.nulls(node, required)
        for place in places[1:]:
            if place.path not in self.plain.fields and "properties" in (
                inner := self.plain.object_node(place.schema)
            ):
                yield place.wrap({}), place.path, "accepted", "an empty object"
                yield (
                    place.wrap(self.plain.members(inner, place.path, inner["properties"], 1)),
                    place.path,
                    "accepted",
                    "all fields",
                )

    def nulls(self, node: Node, required: Iterable[str]) -> Iterator[tuple[Json, Path, str, str]]:
        """Every pair of nullable fields as null, and all of them."""
        names = [name for name, field_name in node.get("properties", {}).items() if matcher(field_name)(None)]
        for chosen in (*combinations(names, 2), *([tuple(names)] if len(names) > 2 else [])):
            body = self.plain.members(node, (), required) | dict.fromkeys(chosen)
            yield body, (), "accepted", f"null for {', '.join(chosen)}"


def _numbers(schema: Schema | bool, kind: str) -> Iterator[Edge]:
    for rule, limit in limits(schema, limits_of(SizeKind.NUMBER)):
        steps = (0, 1, -1) if kind == "integer" else (0, 1, -1, 0.5, -0.5)
        for step in steps:
            number = limit + step
            yield (int(number) if number == int(number) else number), rule, f"{number}, limit {limit}"
    for number in (0, 1, -1, *_INT32, *(2.5, 0.1, -0.5) * (kind == "number")):
        yield number, "type", f"number {number}"


def _strings(node: Node, schema: Schema | bool, plain: Plain) -> Iterator[Edge]:
    if node.get("format") in FORMATS:
        rule = "any-of" if "format" not in flatten(schema, settled=False) else "format"
        yield from ((text, rule, note) for text, note in _formatted(node["format"], plain.anchor))
        if node["format"] == "uri":
            for length, limit in _lengths(node, schema):
                if length >= 30:
                    yield formats.url_of_length(length), limit, f"{length} characters"
        return
    most = min(node.get("maxLength", UNLIMITED), LONGEST)
    for length, rule in _lengths(node, schema):
        for alphabet in formats.ALPHABETS if length >= most - 1 or rule != "type" else formats.ALPHABETS[:1]:
            yield formats.words(alphabet, length), rule, f"{length} code points, {alphabet}"
        if "pattern" in node:
            yield "1" * length, rule if rule != "type" else "pattern", f"{length} digits"
    yield from ((text, "type", note) for text, note in formats.texts())


def _formatted(name: str, anchor: datetime) -> formats.Noted:
    listed: dict[str, Callable[[], formats.Noted]] = {
        "date-time": lambda: formats.date_times(anchor),
        "date": lambda: formats.dates(anchor),
        "http-date": lambda: formats.http_dates(anchor),
        "uri": formats.urls,
        "uuid": formats.uuids,
    }
    return listed[name]()


def _lengths(node: Node, schema: Schema | bool) -> list[tuple[int, str]]:
    """Return lengths worth trying with the rule they aim at: on each limit and beside it, small ones, around
    powers of two.
    """
    most = min(node.get("maxLength", UNLIMITED), LONGEST)
    found: dict[int, str] = {}
    for rule, limit in limits(schema, limits_of(SizeKind.LENGTH)):
        for length in (limit, limit - 1, limit + 1):
            found.setdefault(length, rule)
    powers = [2**exponent + step for exponent in range(2, most.bit_length()) for step in (-1, 0, 1)]
    for length in (0, *_SMALL, *powers):
        found.setdefault(length, "type")
    return [
        (length, rule) for length, rule in found.items() if 0 <= length <= max(most, node.get("minLength", 0))
    ]


def _counts(schema: Schema | bool, keywords: AbstractSet[str]) -> list[tuple[int, str]]:
    found: dict[int, str] = {}
    for rule, limit in limits(schema, keywords):
        for size in (limit, limit - 1, limit + 1):
            found.setdefault(size, rule)
    for size in (0, *_SMALL):
        found.setdefault(size, "type")
    return [(size, rule) for size, rule in found.items() if 0 <= size <= MOST]


def _enumeration(schema: Schema | bool) -> Iterator[Edge]:
    """Yield every integer of a small range; of a large one powers of two and what people say, and
    neighbours.
    """
    for node in alternatives(schema, settled=True):
        if "enum" in node or "integer" not in types(node):
            continue
        low, high = integer_range(node)
        low, high = (_INT32[0] if low is None else low), (_INT32[1] if high is None else high)
        if high - low < ENUMERATED:
            yield from (
                (number, "type", f"{number}, of all from {low} to {high}") for number in range(low, high + 1)
            )
            continue
        for exponent in range(1, 63):
            for number in (2**exponent - 1, 2**exponent, 2**exponent + 1):
                yield from (
                    (signed, "type", f"{signed}, at a power of two")
                    for signed in (number, -number)
                    if low <= signed <= high
                )
        for number in _ROUND:
            beside = (-1, 0, 1) if number in _UNITS else (0,)
            yield from (
                (number + step, "type", f"{number + step}, at a round number")
                for step in beside
                if low <= number + step <= high
            )
