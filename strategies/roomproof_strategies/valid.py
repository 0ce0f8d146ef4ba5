"""Valid values of any schema: JSON Schema drives Hypothesis.

Values are ordinary ones, that a provider can have no reason to refuse; what is exotic is enumerated in `boundary`.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from roomproof_strategies.formats import plain_date_time, plain_http_date
from roomproof_strategies.sample import LONGEST, Json, Schema
from roomproof_strategies.schema import Node, Path, alternatives, ecma, flatten, integer_range, matcher, types

Check = Callable[[Json], bool]
Fields = Mapping[Path, SearchStrategy[Json]]

DAYS = 60
USUAL_LENGTH = 100
_INT32 = (-(2**31), 2**31 - 1)
_WIDE = 1e9
_FAR = 2.0**62
_FEW = 4
# What stands in an array that says nothing of its items; arrays again would never end.
SCALARS: Schema = {"type": ["string", "integer", "boolean", "null"]}
_CONSTANTS: Mapping[str, Sequence[Json]] = {"boolean": (False, True), "null": (None,)}
# Control characters, surrogates, unassigned and private code points, and odd spaces are nothing that an ordinary text holds.
_TEXT = st.characters(exclude_categories=("C", "Z"), include_characters=" ")
# (fraction digits, offset in minutes): plain ones mostly.
_SPELLINGS: Sequence[tuple[int, int | None]] = (
    *((0, None),) * 20,
    *((digits, None) for digits in range(1, 8)),
    *((0, minutes) for minutes in (0, 60, -480, 330)),
    (3, 120),
)
_LABEL = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=10)


def valid(schema: Schema | bool, fields: Fields | None = None, *, anchor: datetime) -> SearchStrategy[Json]:
    """Return a strategy for the ordinary values of a JSON Schema (2020-12) whose references are resolved.

    `fields` gives the strategy at a schema path instead of the schema there; date-times fall in the 60 days after `anchor`.
    Values keep to `x-observed` and stay out of `x-unsettled`.
    """
    return _Builder(fields or {}, anchor).value(schema, ())


def canonical(value: Json) -> str:
    """Return a text that is equal for equal JSON values (RFC 8259; members have no order)."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


@dataclass(frozen=True)
class _Builder:
    fields: Fields
    anchor: datetime

    def value(self, schema: Schema | bool, path: Path) -> SearchStrategy[Json]:
        if path in self.fields:
            return self.fields[path]
        offers = [self._alternative(node, path) for node in alternatives(schema, settled=True)]
        drawn = st.one_of(offers) if len(offers) > 1 else offers[0]
        one_of = flatten(schema, settled=False).get("oneOf")
        # Only values that two branches share are lost.
        return drawn if one_of is None else drawn.filter(matcher({"oneOf": one_of}))

    def _alternative(self, node: Node, path: Path) -> SearchStrategy[Json]:
        if "enum" in node:
            rest = matcher({key: value for key, value in node.items() if not key.startswith("x-")})
            members = [member for member in node["enum"] if rest(member)]
            return st.sampled_from(members) if members else st.nothing()
        leftover: Schema = {key: node[key] for key in node if key in ("not", "allOf")}
        holds = matcher(leftover) if leftover else None
        offers = [self._typed(kind, node, path, holds) for kind in types(node)]
        return st.one_of(offers) if len(offers) > 1 else offers[0] if offers else st.nothing()

    def _typed(self, kind: str, node: Node, path: Path, holds: Check | None) -> SearchStrategy[Json]:
        if kind in _CONSTANTS:
            kept = [value for value in _CONSTANTS[kind] if holds is None or holds(value)]
            return st.sampled_from(kept) if kept else st.nothing()
        if kind == "string":
            return _string(node, self.anchor, holds)
        if kind == "object":
            drawn = self._object(node, path)
        elif kind == "array":
            drawn = self._array(node, path)
        else:
            drawn = _integers(node) if kind == "integer" else _numbers(node)
        return drawn if holds is None else drawn.filter(holds)

    def _array(self, node: Node, path: Path) -> SearchStrategy[Json]:
        least = node.get("minItems", 0)
        most = min(node.get("maxItems", least + _FEW), least + _FEW)
        if least > most:
            return st.nothing()
        items = self.value(node.get("items", SCALARS), (*path, "items"))
        if items.is_empty:
            return st.nothing() if least else st.just([])
        unique = canonical if node.get("uniqueItems") else None
        return st.lists(items, min_size=least, max_size=most, unique_by=unique)

    def _object(self, node: Node, path: Path) -> SearchStrategy[Json]:
        listed = node.get("properties", {})
        least, most = node.get("minProperties", 0), node.get("maxProperties")
        is_map = isinstance(node.get("additionalProperties"), dict)
        if least > len(listed) and not is_map:
            return st.nothing()
        needed = list(listed) if least == len(listed) and not is_map else node.get("required", ())
        required = {name: self.value(listed.get(name, {}), (*path, name)) for name in needed}
        others = {name: self.value(member, (*path, name)) for name, member in listed.items() if name not in required}
        optional = {name: member for name, member in others.items() if not member.is_empty}
        drawn: SearchStrategy[Json] = st.fixed_dictionaries(required, optional=optional)
        greatest = len(required) + len(optional)
        if is_map:
            unlisted = self._map(node, path, bool(listed))
            drawn = st.tuples(unlisted, drawn).map(lambda pair: {**pair[0], **pair[1]}) if listed else unlisted
            greatest += _FEW if listed else 0
        if len(required) >= least and (most is None or greatest <= most):
            return drawn
        return drawn.filter(lambda body: least <= len(body) <= (len(body) if most is None else most))

    def _map(self, node: Node, path: Path, mixed: bool) -> SearchStrategy[Json]:
        """Draw unlisted members; beside listed ones there need not be any."""
        least = 0 if mixed else node.get("minProperties", 0)
        most = min(node.get("maxProperties", least + _FEW), least + _FEW)
        if least > most:
            return st.nothing()
        names = {"allOf": [{"type": "string"}, node.get("propertyNames", True)]}
        keys, values = self.value(names, (*path, "keys")), self.value(node["additionalProperties"], (*path, "values"))
        if keys.is_empty or values.is_empty:
            return st.nothing() if least else st.just({})
        return st.dictionaries(keys, values, min_size=least, max_size=most)


def _integers(node: Node) -> SearchStrategy[Json]:
    low, high = integer_range(node)
    factor = int(node.get("multipleOf", 1)) or 1
    low = min(_INT32[0], high or 0) if low is None else low
    high = max(_INT32[1], low) if high is None else high
    low, high = -(-low // factor), high // factor
    if low > high:
        return st.nothing()
    drawn = st.integers(low, high)
    return drawn if factor == 1 else drawn.map(lambda number: number * factor)


def _numbers(node: Node) -> SearchStrategy[Json]:
    if "multipleOf" in node:
        factor = node["multipleOf"]
        bounds = {key: max(-_FAR, min(node[key] / factor, _FAR)) for key in node if key in ("minimum", "maximum")}
        whole = integer_range(bounds)
        low, high = (bound if bound is not None else edge for bound, edge in zip(whole, (-1000, 1000), strict=True))
        if low > high:
            return st.nothing()
        return st.integers(low, high).map(lambda number: number * factor).filter(matcher({**node, "type": "number"}))
    least = max(_bounds(node, "minimum", "exclusiveMinimum", math.inf), default=None)
    most = min(_bounds(node, "maximum", "exclusiveMaximum", -math.inf), default=None)
    least = min(-_WIDE, most or 0.0) if least is None else least
    most = max(_WIDE, least) if most is None else most
    if least > most:
        return st.nothing()
    # Between two subnormal numbers there is no other.
    return st.floats(least, most, allow_nan=False, allow_subnormal=max(abs(least), abs(most)) < sys.float_info.min)


def _bounds(node: Node, inclusive: str, exclusive: str, inside: float) -> list[float]:
    """Return the limits on one side, the exclusive one as the next number inside."""
    found = [float(node[inclusive])] if inclusive in node else []
    return found + ([math.nextafter(float(node[exclusive]), inside)] if exclusive in node else [])


def _string(node: Node, anchor: datetime, holds: Check | None) -> SearchStrategy[Json]:
    least, most = node.get("minLength", 0), node.get("maxLength")
    most = None if most is None else min(most, max(least, LONGEST))
    if most is not None and least > most:
        return st.nothing()
    pattern = ecma(node["pattern"]) if "pattern" in node else None
    form = _FORMATS.get(node.get("format", ""))
    if form is None and pattern is None:
        drawn = _texts(least, most)
        return drawn if holds is None else drawn.filter(holds)
    drawn = form.make(anchor) if form else st.from_regex(ecma(node["pattern"]), alphabet=_TEXT)
    checks: list[Check] = [] if holds is None else [holds]
    if form is None or least > form.shortest or (most is not None and most < form.longest):
        checks.append(lambda text: least <= len(text) <= (len(text) if most is None else most))
    if pattern:
        checks.append(matcher({"pattern": node["pattern"]}))
    if form is None:
        checks.append(_is_trimmed)
    return drawn.filter(lambda text: all(check(text) for check in checks)) if checks else drawn


def _is_trimmed(text: str) -> bool:
    return text == text.strip() and text != ""


def _texts(least: int, most: int | None) -> SearchStrategy[Json]:
    if most == 0:
        return st.just("")
    usual = USUAL_LENGTH if most is None else min(most, USUAL_LENGTH)
    if least > usual:
        unit = st.text(_TEXT, min_size=1, max_size=usual)
        return st.tuples(unit, st.integers(least, most or 2 * least)).map(lambda drawn: _stretched(*drawn))
    short = st.text(_TEXT, min_size=max(least, 1), max_size=usual)
    if most is None or most <= usual:
        return short.map(_trimmed)
    # One text in eight is long: a short one repeated, since drawing thousands of characters takes long. Which one follows from
    # the text, since a second draw would take as long as the first.
    lengths = (0,) * 28 + (usual + 1, (usual + most) // 2, most - 1, most)

    def some_are_long(text: str) -> str:
        length = lengths[sum(map(ord, text)) % len(lengths)]
        return _stretched(text, length) if length else _trimmed(text)

    return short.map(some_are_long)


def _trimmed(text: str) -> str:
    """Return a text of the same length with no space at its ends. To refuse one and draw again would take twice as long."""
    return text if _is_trimmed(text) else _solid(text)


def _solid(text: str) -> str:
    return text.replace(" ", "_")


def _stretched(unit: str, length: int) -> str:
    """Return a text of so many code points that repeats a shorter one; it may end anywhere, so that it holds no spaces."""
    solid = _solid(unit)
    return (solid * (length // len(solid) + 1))[:length]


def _spelled(moment: datetime, fraction: int, spelling: tuple[int, int | None]) -> str:
    digits, minutes = spelling
    local = moment + timedelta(minutes=minutes or 0)
    text = plain_date_time(local)[:-1]
    if digits:
        text += "." + f"{fraction:07}"[:digits]
    if minutes is None:
        return text + "Z"
    return f"{text}{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def _date_times(anchor: datetime) -> SearchStrategy[Json]:
    # Days and seconds apart: in a wide range Hypothesis prefers small numbers.
    parts = st.tuples(st.integers(0, DAYS - 1), st.integers(0, 86_399), st.integers(0, 9_999_999), st.sampled_from(_SPELLINGS))
    start = anchor.replace(microsecond=0)
    return parts.map(lambda part: _spelled(start + timedelta(days=part[0], seconds=part[1]), part[2], part[3]))


def _dates(anchor: datetime) -> SearchStrategy[Json]:
    return st.integers(0, DAYS).map(lambda days: (anchor + timedelta(days=days)).date().isoformat())


def _http_dates(anchor: datetime) -> SearchStrategy[Json]:
    parts = st.tuples(st.integers(0, DAYS - 1), st.integers(0, 86_399))
    return parts.map(lambda part: plain_http_date(anchor + timedelta(days=part[0], seconds=part[1])))


def _urls(_anchor: datetime) -> SearchStrategy[Json]:
    # Hosts under example.com belong to nobody (RFC 2606, 3), so that no webhook reaches a stranger.
    ends = ("", "/", "/{}", ":8443/hook", "/hook", "/hook?room=1&kind={}", "/a/b%20c#{}")
    forms = [scheme + "://{}.example.com" + end for scheme in ("https", "http") for end in ends]
    return st.builds(lambda form, label: form.format(label, label), st.sampled_from(forms), _LABEL)


def _uuids(_anchor: datetime) -> SearchStrategy[Json]:
    return st.binary(min_size=16, max_size=16).map(lambda octets: str(UUID(bytes=octets, version=4)))


@dataclass(frozen=True)
class _Format:
    """How values of a format are drawn after an anchor, and how many characters they have: what fits anyway needs no check."""

    make: Callable[[datetime], SearchStrategy[Json]]
    shortest: int
    longest: int


_FORMATS: Mapping[str, _Format] = {
    "date-time": _Format(_date_times, 20, 33),
    "date": _Format(_dates, 10, 10),
    "http-date": _Format(_http_dates, 29, 29),
    "uri": _Format(_urls, 20, 61),
    "uuid": _Format(_uuids, 36, 36),
}
