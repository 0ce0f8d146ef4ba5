"""Valid values of any schema: JSON Schema drives Hypothesis.

Values are ordinary ones, that a provider can have no reason to reject; what is exotic is enumerated in
`boundary`.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from string import ascii_lowercase
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from roomproof_strategies.formats import plain_date_time, plain_http_date
from roomproof_strategies.makers import Check, Maker, constants, kept, leaf, lists, made, objects, one_of
from roomproof_strategies.patterns import matching_texts
from roomproof_strategies.sample import LONGEST, Json, Schema
from roomproof_strategies.schema import (
    Node,
    Path,
    alternatives,
    flatten,
    integer_range,
    is_free,
    matcher,
    require_known,
    types,
)
from roomproof_strategies.texts import ordinary_texts

Fields = Mapping[Path, SearchStrategy[Json]]

DAYS = 60
_INT32 = (-(2**31), 2**31 - 1)
_WIDE = 1e9
_FAR = 2.0**62
_FEW = 4
# What stands in an array that says nothing of its items; arrays again would never end.
SCALARS: Schema = {"type": ["string", "integer", "boolean", "null"]}
_CONSTANTS: Mapping[str, Sequence[Json]] = {"boolean": (False, True), "null": (None,)}
# (fraction digits, offset in minutes): plain ones mostly.
_SPELLINGS = st.sampled_from(
    (
        *((0, None),) * 20,
        *((digits, None) for digits in range(1, 8)),
        *((0, minutes) for minutes in (0, 60, -480, 330)),
        (3, 120),
    )
)
_FRACTIONS = st.integers(0, 9_999_999)
# Days and seconds apart: in a wide range Hypothesis prefers small numbers.
_DAY = st.integers(0, DAYS - 1)
_SECOND = st.integers(0, 86_399)
_DATE = st.integers(0, DAYS)
# Hosts under example.com belong to nobody (RFC 2606, 3), so that no webhook reaches a stranger.
_ENDS = ("", "/", "/{}", ":8443/hook", "/hook", "/hook?room=1&kind={}", "/a/b%20c#{}")
_URLS = st.sampled_from([scheme + "://{}.example.com" + end for scheme in ("https", "http") for end in _ENDS])
# A text is drawn letter by letter; a word in so many letters is one number.
_WORDS = st.integers(0, 26**10 - 1)
_NAMES = st.text("abcdefghijklmnopqrstuvwxyz", min_size=3, max_size=8)
_FREE_VALUES = st.integers(0, 1000) | st.booleans() | st.sampled_from(("a text", "Zürich"))
_OCTETS = st.binary(min_size=16, max_size=16)


def valid(schema: Schema | bool, fields: Fields | None = None, *, anchor: datetime) -> SearchStrategy[Json]:
    """Return a strategy for the ordinary values of a JSON Schema (2020-12) whose references are resolved.

    `fields` gives the strategy at a schema path instead of the schema there; date-times fall in the 60 days
    after `anchor`. Values keep to `x-observed` and stay out of `x-unsettled`. Raises ValueError for a keyword
    that is not read.
    """
    require_known(schema)
    make = valid_maker(schema, fields, anchor=anchor)
    return st.nothing() if make is None else made(make)


def valid_maker(schema: Schema | bool, fields: Fields | None = None, *, anchor: datetime) -> Maker | None:
    """Return the maker of the values of `valid`, None if there are none."""
    return _Builder(fields or {}, anchor).value(schema, ())


def canonical(value: Json) -> str:
    """Return a text that is equal for equal JSON values (RFC 8259; fields have no order)."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


@dataclass(frozen=True)
class _Builder:
    fields: Fields
    anchor: datetime

    def value(self, schema: Schema | bool, path: Path) -> Maker | None:
        if path in self.fields:
            return leaf(self.fields[path])
        drawn = one_of(
            [offer for node in alternatives(schema, settled=True) for offer in self._offers(node, path)]
        )
        branches = flatten(schema, settled=False).get("oneOf")
        # Only values that two branches share are lost.
        return drawn if drawn is None or branches is None else kept(drawn, matcher({"oneOf": branches}))

    def _offers(self, node: Node, path: Path) -> Iterator[Maker]:
        """Yield a maker for each type that a node allows, or the one of the values that it lists."""
        if "enum" in node:
            rest = matcher({key: value for key, value in node.items() if not key.startswith("x-")})
            listed = constants([field for field in node["enum"] if rest(field)])
            yield from () if listed is None else (listed,)
            return
        leftover: Schema = {key: node[key] for key in node if key in ("not", "allOf")}
        holds = matcher(leftover) if leftover else None
        for kind in types(node):
            offer = self._typed(kind, node, path, holds)
            yield from () if offer is None else (offer,)

    def _typed(self, kind: str, node: Node, path: Path, holds: Check | None) -> Maker | None:
        if kind in _CONSTANTS:
            return constants([value for value in _CONSTANTS[kind] if holds is None or holds(value)])
        if kind == "string":
            return _string(node, self.anchor, holds)
        if kind == "object":
            drawn = self._object(node, path)
        elif kind == "array":
            drawn = self._array(node, path)
        else:
            drawn = _integers(node) if kind == "integer" else _numbers(node)
        return drawn if drawn is None or holds is None else kept(drawn, holds)

    def _array(self, node: Node, path: Path) -> Maker | None:
        least = node.get("minItems", 0)
        most = min(node.get("maxItems", least + _FEW), least + _FEW)
        if least > most:
            return None
        items = self.value(node.get("items", SCALARS), (*path, "items"))
        if items is None:
            return None if least else lambda _draw: []
        return lists(items, least, most, canonical if node.get("uniqueItems") else None)

    def _object(self, node: Node, path: Path) -> Maker | None:
        listed = node.get("properties", {})
        least, most = node.get("minProperties", 0), node.get("maxProperties")
        if is_free(node):
            greatest = max(least, 3) if most is None else min(most, max(least, 3))
            sizes = {"min_size": max(least, min(greatest, 1)), "max_size": greatest}
            return leaf(st.dictionaries(_NAMES, _FREE_VALUES, **sizes)) if least <= greatest else None
        needed = node.get("required", ())
        required = {name: self.value(listed.get(name, {}), (*path, name)) for name in needed}
        fields = {name: make for name, make in required.items() if make is not None}
        others = {
            name: self.value(field, (*path, name)) for name, field in listed.items() if name not in required
        }
        optional = {name: make for name, make in others.items() if make is not None}
        if len(fields) < len(required):
            return None
        if isinstance(node.get("additionalProperties"), dict):
            return self._open(node, path, objects(fields, optional, 0, len(optional)) if listed else None)
        fewest = max(least - len(fields), 0)
        greatest = len(optional) if most is None else min(len(optional), most - len(fields))
        return objects(fields, optional, fewest, greatest) if fewest <= greatest else None

    def _open(self, node: Node, path: Path, listed: Maker | None) -> Maker | None:
        """Return the maker of objects with unlisted fields; beside listed ones there need not be any."""
        undocumented = self._map(node, path, mixed=listed is not None)
        if undocumented is None or listed is None:
            return undocumented
        least, most = node.get("minProperties", 0), node.get("maxProperties", math.inf)
        return kept(
            lambda draw: {**undocumented(draw), **listed(draw)}, lambda body: least <= len(body) <= most
        )

    def _map(self, node: Node, path: Path, *, mixed: bool) -> Maker | None:
        least = 0 if mixed else node.get("minProperties", 0)
        most = min(node.get("maxProperties", least + _FEW), least + _FEW)
        if least > most:
            return None
        names = {"allOf": [{"type": "string"}, node.get("propertyNames", True)]}
        keys, values = (
            self.value(names, (*path, "keys")),
            self.value(node["additionalProperties"], (*path, "values")),
        )
        if keys is None or values is None:
            return None if least else lambda _draw: {}
        several = lists(keys, least, most, str)
        return lambda draw: {name: values(draw) for name in several(draw)}


def _integers(node: Node) -> Maker | None:
    low, high = integer_range(node)
    factor = int(node.get("multipleOf", 1)) or 1
    low = min(_INT32[0], high or 0) if low is None else low
    high = max(_INT32[1], low) if high is None else high
    low, high = -(-low // factor), high // factor
    if low > high:
        return None
    drawn = st.integers(low, high)
    return lambda draw: draw(drawn) * factor


def _numbers(node: Node) -> Maker | None:
    if "multipleOf" in node:
        factor = node["multipleOf"]
        bounds = {
            key: max(-_FAR, min(node[key] / factor, _FAR)) for key in node if key in ("minimum", "maximum")
        }
        whole = integer_range(bounds)
        low, high = (
            bound if bound is not None else edge for bound, edge in zip(whole, (-1000, 1000), strict=True)
        )
        if low > high:
            return None
        steps = st.integers(low, high)
        return kept(lambda draw: draw(steps) * factor, matcher({**node, "type": "number"}))
    least = max(_bounds(node, "minimum", "exclusiveMinimum", math.inf), default=None)
    most = min(_bounds(node, "maximum", "exclusiveMaximum", -math.inf), default=None)
    least = min(-_WIDE, most or 0.0) if least is None else least
    most = max(_WIDE, least) if most is None else most
    if least > most:
        return None
    # Between two subnormal numbers there is no other.
    return leaf(
        st.floats(
            least, most, allow_nan=False, allow_subnormal=max(abs(least), abs(most)) < sys.float_info.min
        )
    )


def _bounds(node: Node, inclusive: str, exclusive: str, inside: float) -> list[float]:
    """Return the limits on one side, the exclusive one as the next number inside."""
    found = [float(node[inclusive])] if inclusive in node else []
    return found + ([math.nextafter(float(node[exclusive]), inside)] if exclusive in node else [])


def _string(node: Node, anchor: datetime, holds: Check | None) -> Maker | None:
    least, most = node.get("minLength", 0), node.get("maxLength")
    most = None if most is None else min(most, max(least, LONGEST))
    if most is not None and least > most:
        return None
    pattern, form = node.get("pattern"), _FORMATS.get(node.get("format", ""))
    checks: list[Check] = [] if holds is None else [holds]
    if pattern is not None:
        checks.append(matcher({"pattern": pattern}))
    if form is None:
        drawn = ordinary_texts(least, most) if pattern is None else matching_texts(pattern, least, most)
    else:
        drawn = form.make(anchor)
        if least > form.shortest or (most is not None and most < form.longest):
            checks.append(lambda text: least <= len(text) <= (len(text) if most is None else most))
    return kept(drawn, lambda text: all(check(text) for check in checks)) if drawn and checks else drawn


def _spelled(moment: datetime, digits: int, fraction: int, minutes: int | None) -> str:
    """Return a date-time with so many digits of a fraction, at an offset from UTC in minutes or, for None,
    with Z.
    """
    text = plain_date_time(moment + timedelta(minutes=minutes or 0))[:-1]
    if digits:
        text += "." + f"{fraction:07}"[:digits]
    if minutes is None:
        return text + "Z"
    return f"{text}{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def _moment(draw: st.DrawFn, anchor: datetime) -> datetime:
    return anchor + timedelta(days=draw(_DAY), seconds=draw(_SECOND))


def _date_times(anchor: datetime) -> Maker:
    start = anchor.replace(microsecond=0)

    def make_date_time(draw: st.DrawFn) -> str:
        moment = _moment(draw, start)
        digits, minutes = draw(_SPELLINGS)
        return _spelled(moment, digits, draw(_FRACTIONS) if digits else 0, minutes)

    return make_date_time


def _dates(anchor: datetime) -> Maker:
    return lambda draw: (anchor + timedelta(days=draw(_DATE))).date().isoformat()


def _http_dates(anchor: datetime) -> Maker:
    return lambda draw: plain_http_date(_moment(draw, anchor))


def _word(number: int) -> str:
    """Return a number as a word of one letter or more: a, b, ... z, ba, bb and so on."""
    rest, last = divmod(number, 26)
    return (_word(rest) if rest else "") + ascii_lowercase[last]


def _urls(_anchor: datetime) -> Maker:
    def make_url(draw: st.DrawFn) -> str:
        form, label = draw(_URLS), _word(draw(_WORDS))
        return form.format(label, label)

    return make_url


def _uuids(_anchor: datetime) -> Maker:
    return lambda draw: str(UUID(bytes=draw(_OCTETS), version=4))


@dataclass(frozen=True)
class _Format:
    """How values of a format are drawn after an anchor, and how many characters they have: what fits anyway
    needs no check.
    """

    make: Callable[[datetime], Maker]
    shortest: int
    longest: int


_FORMATS: Mapping[str, _Format] = {
    "date-time": _Format(_date_times, 20, 33),
    "date": _Format(_dates, 10, 10),
    "http-date": _Format(_http_dates, 29, 29),
    "uri": _Format(_urls, 20, 61),
    "uuid": _Format(_uuids, 36, 36),
}
