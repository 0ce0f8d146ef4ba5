"""Candidates for invalid values at a spot, and the judgement which keyword, if just one, a body breaks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from roomproof.contract.keywords import SizeKind, limits_of
from roomproof_strategies import formats
from roomproof_strategies.plain import Plain
from roomproof_strategies.sample import LONGEST, MOST, Json, Sample, Schema
from roomproof_strategies.schema import Node, Path, alternatives, breaks, limits, matcher, remarks, types
from roomproof_strategies.spots import Spot
from roomproof_strategies.valid import canonical

_FAR = 1000
_BEYOND_INTS = (-1, 0, 2**31, -(2**31) - 1, 2**32, 2**63, -(2**63) - 1, 2**64, 10**30)
_OTHER_TYPES: tuple[Json, ...] = (
    None, True, False, 0, 1, 10, -1, 1.5, "text", "", "10", "1.5", "true", "false", "null",
    [], ["text"], [10], {}, {"a": 1},
)  # fmt: skip

Wrong = tuple[Json, str]


def judged(schema: Schema, checker: Any, body: Json, note: str) -> Sample | None:
    """Return the sample of a body that breaks just one keyword, None if it breaks none or more."""
    broken = breaks(checker, body)
    if len(broken) != 1:
        return None
    path, rule = broken[0]
    return Sample(body, path, rule, False, "; ".join([*remarks(schema, body), note]))


def wrong_values(place: Spot, plain: Plain) -> Iterator[Wrong]:
    """Yield (value, note) candidates for a spot; most of them break one of its keywords."""
    if place.is_key:
        yield from (wrong for wrong in _inside(place, plain) if isinstance(wrong[0], str))
        return
    yield from _inside(place, plain)
    yield from _other_types(place, plain)


def _inside(place: Spot, plain: Plain) -> Iterator[Wrong]:
    for node in alternatives(place.schema, settled=False):
        if "enum" in node:
            yield from _outside_list(node["enum"])
            continue
        for kind in types(node):
            if kind in ("integer", "number"):
                yield from _numbers(node)
            elif kind == "string":
                yield from _strings(node, plain, place)
            elif kind == "array":
                yield from _arrays(node, plain, place.path)
            elif kind == "object":
                yield from _objects(node, plain, place)


def _outside_list(fields: list[Json]) -> Iterator[Wrong]:
    words = [field for field in fields if isinstance(field, str)]
    for field in words:
        others = [other for other in words if other != field]
        yield from ((text, f"{note}, near {field}") for text, note in formats.near_misses(field, others))
    for field in fields:
        if isinstance(field, int | float) and not isinstance(field, bool):
            yield from ((field + step, f"near {field}") for step in (1, -1, _FAR))


def _numbers(node: Node) -> Iterator[Wrong]:
    for _, limit in limits(node, limits_of(SizeKind.NUMBER)):
        for step in (0, 1, -1, _FAR, -_FAR, 0.5, -0.5):
            yield limit + step, f"{limit + step}, limit {limit}"
        for wrapped in (limit + 2**32, limit + 2**16, limit - 2**32):
            yield wrapped, f"{wrapped}, which is {limit} where integers wrap around"
    yield from ((number, f"number {number}") for number in _BEYOND_INTS)
    if "multipleOf" in node:
        factor = node["multipleOf"]
        yield from (
            (factor * count + step, f"no multiple of {factor}")
            for count in (1, 10, 25)
            for step in (factor / 2, 1)
        )


def _strings(node: Node, plain: Plain, place: Spot) -> Iterator[Wrong]:
    least, most = node.get("minLength", 0), node.get("maxLength")
    for length in sorted({least - 1, least // 2, 0} - {least}) if least else ():
        yield from (
            (formats.words(alphabet, length), f"{length} code points, {alphabet}")
            for alphabet in formats.ALPHABETS
        )
    if most is not None:
        lengths = (most + 1, most + 2, 2 * most + 2, most + _FAR)
        for length in (length for length in lengths if length <= LONGEST):
            yield from (
                (formats.words(alphabet, length), f"{length} code points, {alphabet}")
                for alphabet in formats.ALPHABETS
            )
            yield "1" * length, f"{length} digits"
            if node.get("format") == "uri" and length >= 30:
                yield formats.url_of_length(length), f"{length} characters"
    yield from _misses(node, plain.anchor)
    if "pattern" in node:
        good = str(plain.value(place.schema, place.path))
        yield from _pattern_misses(good)


def _misses(node: Node, anchor: datetime) -> Iterator[Wrong]:
    listed: dict[str, Callable[[], formats.Noted]] = {
        "date-time": lambda: formats.date_time_misses(anchor),
        "date": lambda: (*formats.date_misses(anchor), *formats.date_time_misses(anchor)),
        "uri": formats.url_misses,
        "uuid": formats.uuid_misses,
        "http-date": lambda: formats.http_date_misses(anchor),
    }
    yield from listed.get(node.get("format", ""), tuple)()


def _pattern_misses(good: str) -> Iterator[Wrong]:
    """Yield texts that are one step away from a text that fits a pattern."""
    middle = len(good) // 2
    yield f"{good}\n", "newline behind"
    yield f"{good} ", "space behind"
    yield f" {good}", "space in front"
    yield f"{good[:middle]} {good[middle:]}", "space inside"
    yield f"{good}!", "exclamation mark behind"
    yield f"{good[:middle]}/{good[middle:]}", "slash inside"
    yield f"{good}\u00e9", "accented letter behind"
    yield f"{good[:-1]}\uff11", "full-width digit"
    yield f"{good[:-1]}\u0661", "Arabic-Indic digit"
    yield good.swapcase(), "case swapped"
    yield good[:-1], "last character missing"
    yield good + good[-1:], "last character twice"
    yield good + good, "twice"
    yield "", "empty"
    yield "text", "a word"
    yield "10", "digits"


def _arrays(node: Node, plain: Plain, path: Path) -> Iterator[Wrong]:
    least, most = node.get("minItems", 0), node.get("maxItems")
    sizes = [*range(least)][-2:] + ([] if most is None else [most + 1, 2 * most + 2])
    yield from ((plain.items(node, path, size), f"{size} items") for size in sizes if size <= MOST)
    if node.get("uniqueItems"):
        item = plain.items(node, path, 1)
        yield [*item, *item], "an item twice"


def _objects(node: Node, plain: Plain, place: Spot) -> Iterator[Wrong]:
    least = plain.least(place.schema, place.path)
    full = plain.full(place.schema, place.path)
    for name in node.get("required", ()):
        yield {key: value for key, value in least.items() if key != name}, f"without {name}"
    if node.get("additionalProperties") is False:
        yield {**least, "unlisted": 1}, "an unlisted field"
        yield from (
            ({**least, key: value}, f"{key} for {name}")
            for name, value in full.items()
            for key in _respelled(name)
        )
    sizes = [node["minProperties"] - 1] if node.get("minProperties") else []
    sizes += [node["maxProperties"] + 1, 2 * node["maxProperties"] + 2] if "maxProperties" in node else []
    for size in (size for size in sizes if size <= MOST):
        yield dict(list(full.items())[:size]), f"{size} members"
        yield plain.map(node, place.path, size), f"{size} members"


def _respelled(name: str) -> Iterator[str]:
    yield from dict.fromkeys(other for other in (name.upper(), name.lower(), f"{name} ") if other != name)


def _other_types(place: Spot, plain: Plain) -> Iterator[Wrong]:
    """Yield values of every JSON type, and the plain value in the guise of another; those of the right type
    drop out later.
    """
    good = plain.value(place.schema, place.path)
    allowed = matcher(place.schema)
    guises: list[Json] = [[good], {"value": good}]
    if isinstance(good, bool):
        guises += [str(good).lower(), str(good), int(good)]
    elif isinstance(good, int | float):
        guises += [str(good), f"{good}.0", good + 0.5]
    for value in (*_OTHER_TYPES, *guises):
        note = f"{_kind(value)} {canonical(value)[:40]}"
        yield value, f"{note}, coercible" if any(allowed(cast) for cast in _casts(value)) else note


def _kind(value: Json) -> str:
    names = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}
    return names.get(type(value), "null")


def _casts(value: Json) -> Iterator[Json]:
    """Yield what lenient parsers make of a value: text of a number, number or truth value of a text, truth
    value of 0 and 1.
    """
    if isinstance(value, bool):
        yield from (str(value).lower(), int(value))
    elif isinstance(value, int | float):
        yield from (canonical(value), *([bool(value)] if value in (0, 1) else []))
    elif isinstance(value, str):
        if value.lower() in ("true", "false"):
            yield value.lower() == "true"
        digits = value.removeprefix("-").replace(".", "", 1)
        if digits.isascii() and digits.isdigit():
            yield float(value)
