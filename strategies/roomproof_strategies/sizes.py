"""Values of a chosen size: the places of a body schema whose values can be made larger and smaller, for the
search for limits.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from math import ceil, floor

from roomproof.contract.keywords import KEYWORDS, LIMITS, SizeKind
from roomproof_strategies import formats
from roomproof_strategies.plain import Plain
from roomproof_strategies.sample import LONGEST, MOST, Json, Sample, Schema
from roomproof_strategies.schema import (
    Node,
    Path,
    alternatives,
    breaks,
    matcher,
    require_known,
    types,
    validator,
)
from roomproof_strategies.spots import Spot, spots
from roomproof_strategies.valid import Fields

FARTHEST = 2**63
"""No signed integer of 64 bits holds this number; larger ones are not tried."""
FARTHEST_FRACTION = 2**40
"""Numbers in steps of a fraction are not tried beyond this one: doubles have too few digits to tell the steps
apart (IEEE 754).
"""
_SHORTEST_URL = 30
_DIGITS = 6
_OURS = frozenset(KEYWORDS[name].rule for name in LIMITS)


@dataclass(frozen=True)
class Scale:
    """A place whose values have a size: a number itself, in steps of `unit`, or how many characters, items or
    fields there are.

    Sizes from `least` to `most` can be made; `usual` is that of a plain value, which a provider accepts.
    """

    spot: Spot
    kind: SizeKind
    node: Node
    plain: Plain
    unit: Fraction
    usual: int
    least: int
    most: int

    @property
    def path(self) -> Path:
        """The way to the place, as in `Sample.path`."""
        return self.spot.path

    def sample(self, size: int, alphabet: str = "ASCII", start: str = "") -> Sample:
        """Return the smallest body with a value of a size. A text is in one of `formats.ALPHABETS`, and holds
        `start` if it can.
        """
        body = self.spot.wrap(self.value(size, alphabet, start))
        return Sample(body, self.path, f"{self.kind}-limit", False, f"{self.kind} {self.amount(size)}")

    def value(self, size: int, alphabet: str = "ASCII", start: str = "") -> Json:
        """Return a value of a size."""
        if self.kind is SizeKind.NUMBER:
            return self.amount(size)
        if self.kind is SizeKind.ITEMS:
            return self.plain.items(self.node, self.path, size, 1)
        if self.kind is SizeKind.PROPERTIES:
            return _map(self.node, self.path, size, self.plain)
        if self.node.get("format") == "uri":
            return formats.url_of_length(size)
        text = formats.words(alphabet, size)
        started = (start + text)[:size] if len(start) < size else start[len(start) - size :]
        offers = (started if alphabet == "ASCII" else text, text, "1" * size)
        allowed = matcher({"pattern": self.node.get("pattern", "")})
        return next((offer for offer in offers if allowed(offer)), text)

    def amount(self, size: int) -> float:
        """Return a size in what documents count in."""
        amount = size * self.unit
        return int(amount) if amount.denominator == 1 else float(amount)

    def within(self, limit: float, *, outward: int, exclusive: bool) -> int:
        """Return the outermost size that a limit allows; `outward` is 1 for an upper limit, -1 for a lower
        one.
        """
        steps = Fraction(str(limit)) / self.unit
        size = floor(steps) if outward > 0 else ceil(steps)
        return size - outward if exclusive and size == steps else size

    def measured(self, value: Json) -> int | None:
        """Return the size of a value, None where it has none of this kind."""
        size = self.kind.measured(value)
        return None if size is None else round(Fraction(size) / self.unit)


def scales(schema: Schema, fields: Fields | None = None, *, anchor: datetime) -> Iterator[Scale]:
    """Yield the places of an object schema whose values have a size, in the order of the schema; arguments as
    those of `boundary`.

    A place whose values are listed, or have a format or a pattern that fixes their size, has none. Raises
    ValueError for a keyword that is not read.
    """
    require_known(schema)
    plain = Plain(fields or {}, anchor)
    for spot in spots(schema, plain):
        if spot.is_key or any("enum" in node for node in alternatives(spot.schema, settled=True)):
            continue
        found = {
            kind: (node, unit)
            for node in alternatives(spot.schema, settled=False)
            for kind, unit in _kinds(node)
        }
        for kind, (node, unit) in found.items():
            scale = _bounded(Scale(spot, kind, node, plain, unit, 0, *_bounds(kind, node, unit)))
            if scale is not None:
                yield scale


def _kinds(node: Node) -> Iterator[tuple[SizeKind, Fraction]]:
    """Yield the kinds of sizes that the values of a node have, each with its unit."""
    kinds = types(node)
    if "integer" in kinds or "number" in kinds:
        yield SizeKind.NUMBER, Fraction(str(node.get("multipleOf", 1 if "number" not in kinds else 0.5)))
    if "string" in kinds and node.get("format", "uri") == "uri":
        yield SizeKind.LENGTH, Fraction(1)
    if "array" in kinds and "items" in node:
        yield SizeKind.ITEMS, Fraction(1)
    if "object" in kinds and isinstance(node.get("additionalProperties"), dict):
        yield SizeKind.PROPERTIES, Fraction(1)


def _bounds(kind: SizeKind, node: Node, unit: Fraction) -> tuple[int, int]:
    if kind is SizeKind.NUMBER:
        most = floor((FARTHEST if unit.denominator == 1 else FARTHEST_FRACTION) / unit)
        return -most, most
    if kind is SizeKind.LENGTH:
        return (_SHORTEST_URL if "format" in node else 0), LONGEST
    return 0, MOST


def _bounded(scale: Scale) -> Scale | None:
    """Return a scale with the size of its plain value, and with the sizes that can be made if a pattern or
    the like forbids some.
    """
    usual = scale.measured(scale.plain.value(scale.spot.schema, scale.path))
    if usual is None:
        return None
    usual = min(max(usual, scale.least), scale.most)
    whole = replace(scale, usual=usual)
    if not {"pattern", "uniqueItems", "additionalProperties"} & set(scale.node):
        return whole
    bounded = replace(whole, least=_reach(whole, scale.least), most=_reach(whole, scale.most))
    return bounded if bounded.least < bounded.most else None


def _reach(scale: Scale, end: int) -> int:
    """Return the size nearest to `end` that can be made, on the way there from the usual one."""
    if _fits(scale, end):
        return end
    good, bad = scale.usual, end
    while abs(bad - good) > 1:
        middle = (good + bad) // 2
        good, bad = (middle, bad) if _fits(scale, middle) else (good, middle)
    return good


def _fits(scale: Scale, size: int) -> bool:
    """Whether the value that is made for a size has it, and breaks nothing but limits of size."""
    value = scale.value(size)
    broken = breaks(validator(scale.spot.schema), value)
    return scale.measured(value) == size and all(not path and rule in _OURS for path, rule in broken)


def _map(node: Node, path: Path, size: int, plain: Plain) -> dict[str, Json]:
    """Return so many fields with one plain value; their names are a plain one with numbers at its end."""
    name = plain.key(node, path)
    value = plain.value(node["additionalProperties"], (*path, "values"))
    return {f"{name[:-_DIGITS]}{number:0{_DIGITS}}": value for number in range(size)}
