"""Walk a body schema: every place where a value can stand, with the smallest body that holds just that
value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from roomproof_strategies.plain import Plain
from roomproof_strategies.sample import Json, Schema
from roomproof_strategies.schema import Node, Path, alternatives, types


@dataclass(frozen=True)
class Spot:
    """A place in a body: its schema path, its schema, and the function that puts a value there in an
    otherwise minimal body.
    """

    path: Path
    schema: Schema | bool
    wrap: Callable[[Json], Json]
    is_key: bool = False


def spots(
    schema: Schema | bool, plain: Plain, path: Path = (), wrap: Callable[[Json], Json] = lambda body: body
) -> Iterator[Spot]:
    """Yield the spot of a schema and of everything below it, outermost first; nothing below a path that is
    overridden.
    """
    yield Spot(path, schema, wrap)
    if path in plain.fields:
        return
    seen: set[Path] = set()
    for node in alternatives(schema, settled=False):
        for below in (*_fields(node, plain, schema, path, wrap), *_items(node, plain, path, wrap)):
            if below.path not in seen:
                seen.add(below.path)
                yield from [below] if below.is_key else spots(below.schema, plain, below.path, below.wrap)


def _fields(
    node: Node, plain: Plain, schema: Schema | bool, path: Path, wrap: Callable[[Json], Json]
) -> Iterator[Spot]:
    if "object" not in types(node):
        return
    for name, field in node.get("properties", {}).items():
        if field is False:
            continue
        yield Spot((*path, name), field, _beside(plain.least(schema, path, beside=name), name, wrap))
    extra = node.get("additionalProperties")
    if isinstance(extra, dict):
        key, least = plain.key(node, path), plain.least(schema, path)
        value = plain.value(extra, (*path, "values"))
        yield Spot((*path, "values"), extra, lambda field: wrap({**least, key: field}))
        names = node.get("propertyNames", {"type": "string"})
        others = {name: field for name, field in least.items() if name != key}
        yield Spot((*path, "keys"), names, lambda name: wrap({**others, name: value}), is_key=True)


def _beside(others: dict[str, Json], name: str, wrap: Callable[[Json], Json]) -> Callable[[Json], Json]:
    return lambda value: wrap({**others, name: value})


def _items(node: Node, plain: Plain, path: Path, wrap: Callable[[Json], Json]) -> Iterator[Spot]:
    if "array" in types(node) and "items" in node:
        others = plain.items(node, path, max(node.get("minItems", 1), 1), 1)[1:]
        yield Spot((*path, "items"), node["items"], lambda item: wrap([item, *others]))
