"""Plain values, one deterministic choice after another: what stands in a sample where nothing is aimed at."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from hypothesis.errors import Unsatisfiable
from hypothesis.strategies import SearchStrategy

from roomproof_strategies.drawing import distinct
from roomproof_strategies.formats import plain_date_time, plain_http_date
from roomproof_strategies.sample import Json, Schema
from roomproof_strategies.schema import (
    Node,
    Path,
    alternatives,
    flatten,
    integer_range,
    is_free,
    matcher,
    types,
)
from roomproof_strategies.valid import SCALARS, Fields, canonical, valid

_DRAWN = 60
_FALLBACK = 12
_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)
_REMEMBERED = 64
"""So many strategies are asked once only; a provider's own are used for several plain bodies."""


@lru_cache(_REMEMBERED)
def some(strategy: SearchStrategy[Json], count: int) -> list[Json]:
    """Return up to `count` different values of a strategy, the same ones every time. Not for use inside a
    running Hypothesis test.
    """
    if strategy.is_empty:
        return []
    # Where keywords contradict each other, no draw gets through, and there is nothing to return.
    with suppress(Unsatisfiable):
        return list(distinct(lambda draw: draw(strategy), count, canonical, 0))
    return []


@lru_cache(_REMEMBERED)
def _drawn_of(schema: str, anchor: datetime) -> list[Json]:
    """Return some values of a schema, given as JSON text: a draw takes longer than most requests do."""
    return some(valid(json.loads(schema), anchor=anchor), _FALLBACK)


class Plain:
    """Plain values of the nodes of one body schema; `variant` tells values for the same place apart,
    `position` places.
    """

    def __init__(self, fields: Fields, anchor: datetime) -> None:
        self.fields = fields
        self.anchor = anchor
        self._drawn: dict[Path, list[Json]] = {}

    def value(self, schema: Schema | bool, path: Path, variant: int = 0, position: int = 0) -> Json:
        """Return a plain value: no declared default if there is a choice, no null, nothing unsettled; few
        choices repeat.
        """
        found = self.drawn(path) if path in self.fields else self._choices(schema, path, variant, position)
        return found[variant % len(found)]

    def drawn(self, path: Path) -> list[Json]:
        """Return values of the strategy that overrides the schema at a path."""
        return self._remember(path, self.fields[path], _DRAWN)

    def _remember(self, path: Path, strategy: SearchStrategy[Json], count: int) -> list[Json]:
        if path not in self._drawn:
            self._drawn[path] = some(strategy, count)
        return self._drawn[path]

    def members(self, node: Node, path: Path, names: Iterable[str], variant: int = 0) -> dict[str, Json]:
        """Return an object of the named fields, each with a plain value."""
        known = node.get("properties", {})
        order = {name: index for index, name in enumerate(known)}
        return {
            name: self.value(known.get(name, {}), (*path, name), variant, order.get(name, len(order)))
            for name in sorted(names, key=lambda name: order.get(name, len(order)))
        }

    def least(
        self, schema: Schema | bool, path: Path, variant: int = 0, beside: str | None = None
    ) -> dict[str, Json]:
        """Return the smallest plain object: required fields and as many others as `minProperties` asks for,
        `beside` counted in.
        """
        node = self.object_node(schema)
        names = list(dict.fromkeys([*node.get("required", ()), *([] if beside is None else [beside])]))
        others = [
            name
            for name, field in node.get("properties", {}).items()
            if name not in names and field is not False
        ]
        missing = max(node.get("minProperties", 0) - len(names), 0)
        names = [name for name in (*names, *others[:missing]) if name != beside]
        undocumented = self.map(node, path, max(missing - len(others), 0), variant)
        return {**self.members(node, path, names, variant), **undocumented}

    def full(self, schema: Schema | bool, path: Path, variant: int = 0) -> dict[str, Json]:
        """Return an object of all listed fields, or a map of one field."""
        node = self.object_node(schema)
        if not node.get("properties"):
            return self.map(node, path, max(node.get("minProperties", 0), 1), variant)
        return self.members(
            node, path, [name for name, field in node["properties"].items() if field is not False], variant
        )

    def map(self, node: Node, path: Path, size: int, variant: int = 0) -> dict[str, Json]:
        """Return so many unlisted fields, or none where the schema describes none."""
        if is_free(node):
            return {f"key{variant + index}": f"{variant + index} Room" for index in range(size)}
        extra = node.get("additionalProperties")
        if not isinstance(extra, dict):
            return {}
        keys = [self.key(node, path, variant + index) for index in range(size)]
        return {key: self.value(extra, (*path, "values"), variant + index) for index, key in enumerate(keys)}

    def key(self, node: Node, path: Path, variant: int = 0) -> str:
        """Return a name for an unlisted field."""
        names = {"allOf": [{"type": "string"}, node.get("propertyNames", True)]}
        return str(self.value(names, (*path, "keys"), variant))

    @staticmethod
    def object_node(schema: Schema | bool) -> Node:
        """Return the alternative of a schema that is an object."""
        return next((node for node in alternatives(schema, settled=True) if "object" in types(node)), {})

    def _choices(self, schema: Schema | bool, path: Path, variant: int, position: int) -> list[Json]:
        holds = matcher({"allOf": [schema, flatten(schema, settled=True)]})
        default = schema.get("default") if isinstance(schema, dict) else None
        for node in alternatives(schema, settled=True):
            for kind in types(node):
                found = [value for value in self._typed(kind, node, path, variant, position) if holds(value)]
                if found:
                    return sorted(found, key=lambda value: canonical(value) == canonical(default))
        text = json.dumps(schema)
        # Without a format no value hangs on the time.
        return _drawn_of(text, self.anchor if '"format"' in text else _ANY_TIME) or [None]

    def _typed(self, kind: str, node: Node, path: Path, variant: int, position: int) -> list[Json]:
        if "enum" in node:
            return list(node["enum"])
        if kind == "boolean":
            return [True, False]
        if kind in ("integer", "number"):
            return _numbers(node, position)
        if kind == "string":
            return [_text(node, variant, position, self.anchor)]
        if kind == "array":
            return [self.items(node, path, max(node.get("minItems", 0), 1), variant)]
        if kind == "object":
            return [self.full(node, path, variant)]
        return [None]

    def items(self, node: Schema, path: Path, size: int, variant: int = 0) -> list[Json]:
        """Return an array of so many plain items."""
        items = node.get("items", SCALARS)
        return [self.value(items, (*path, "items"), variant + index) for index in range(size)]


def _numbers(node: Node, position: int) -> list[Json]:
    low, high = integer_range(node)
    if low is not None and high is not None:
        middle = low + (high - low) // 2
    else:
        middle = low + 20 if low is not None else high - 20 if high is not None else 20
    step = int(node.get("multipleOf", 1)) or 1
    near = (0, 1, -1, 2, -2, 3, -3, 4)
    return [(middle + position % 2) // step * step + shift * step for shift in near]


def _text(node: Node, variant: int, position: int, anchor: datetime) -> str:
    form = node.get("format")
    moment = anchor.replace(microsecond=0) + timedelta(days=10 + 5 * position, hours=variant % 48)
    if form == "date-time":
        return plain_date_time(moment)
    if form == "date":
        return (moment + timedelta(days=variant % 5)).date().isoformat()
    if form == "http-date":
        return plain_http_date(moment)
    if form == "uri":
        return f"https://hook{position}.example.com/room/{variant}"
    if form == "uuid":
        return f"00000000-0000-4000-8000-{position:06}{variant:06}"
    text = f"{variant}{position} Room"[: node.get("maxLength")].strip()
    return text.ljust(node.get("minLength", 0), "x")
