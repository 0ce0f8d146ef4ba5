"""What a schema means, however it is written: every `$ref` followed, every `allOf` merged, null a type.

Sources: JSON Schema 2020-12, Core, 10 and 11, and Validation, 6; OpenAPI 3.0.3, 4.7.24 (`nullable`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from roomproof.contract.formats import ASSERTED
from roomproof.derive.statements.openapi import NESTING

Json = Any
Schema = Mapping[str, Any]
NUMBERS = ("minimum", "maximum")
SIZES = ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties")
LIMITS = (*NUMBERS, *SIZES)
_SYNONYMS = {"url": "uri", "datetime": "date-time", "date_time": "date-time", "timestamp": "date-time"}
_NUMBER_FORMATS = frozenset(("int32", "int64", "float", "double"))
_TYPES = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}
_MOST_REFERENCES = 40
_NEEDLESS = re.compile(r"\\([-/_#@%&:;<>=!~,\"' ])")
"""A backslash in a pattern that changes nothing."""
_NOTHING_SAID = frozenset(
    (
        "title",
        "description",
        "example",
        "examples",
        "deprecated",
        "externalDocs",
        "xml",
        "$comment",
        "nullable",
    )
)


@dataclass(frozen=True)
class Shape:
    """A schema in one form. What is None, or missing, is not stated.

    `types` has `null` where null is allowed. `limits` are inclusive bounds by keyword. `enum` holds values as
    canonical JSON. `fields`, `items` and `values` (of what `additionalProperties` says) are what the schemas
    below are made of; `branches` are the alternatives, each with all that stands beside them. `is_unknown`
    tells that a part of it stands where nobody can read it, and `is_loose` that a page does not show where
    the object ends: what is in it may stand beside it.
    """

    types: frozenset[str] | None = None
    limits: Mapping[str, float] = field(default_factory=dict)
    enum: frozenset[str] | None = None
    format: str | None = None
    pattern: str | None = None
    multiple: float | None = None
    is_unique: bool = False
    default: str | None = None
    fields: Mapping[str, tuple[Schema, ...]] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    items: tuple[Schema, ...] = ()
    values: tuple[Schema, ...] = ()
    is_closed: bool = False
    branches: tuple[tuple[Schema, ...], ...] = ()
    is_read_only: bool = False
    is_write_only: bool = False
    is_unknown: bool = False
    is_loose: bool = False


NOWHERE: Schema = {"$ref": ""}
"""What a reference leads to whose target is not there: nothing is known of it."""


class Shapes:
    """Reads the schemas of one document."""

    def __init__(self, root: Mapping[str, Any]) -> None:
        self._root = root
        self._known: dict[tuple[int, ...], tuple[tuple[Schema, ...], Shape]] = {}

    def of(self, *schemas: Schema) -> Shape:
        """Return what several schemas for one value mean together."""
        key = tuple(map(id, schemas))
        if key not in self._known:
            # The schemas are kept, so that no other object gets their ids.
            self._known[key] = (schemas, self._read(schemas))
        return self._known[key][1]

    def found(self, node: Any) -> Any:
        """Return a node, a `$ref` followed; what leads nowhere is NOWHERE."""
        for _ in range(_MOST_REFERENCES):
            if not isinstance(node, Mapping) or not isinstance(node.get("$ref"), str):
                return node
            target: Any = self._root
            for step in node["$ref"].removeprefix("#").strip("/").split("/"):
                step = step.replace("~1", "/").replace("~0", "~")
                target = target.get(step) if isinstance(target, Mapping) else None
            if target is None:
                return NOWHERE
            node = target
        return NOWHERE

    def _read(self, schemas: tuple[Schema, ...]) -> Shape:
        parts: list[Schema] = []
        for schema in schemas:
            self._flatten(schema, parts, set())
        nullable = any(part.get("nullable") is True for part in parts)
        unions: list[list[Schema]] = []
        while (union := self._next_union(parts)) is not None:
            alternatives, has_null = union
            nullable = nullable or has_null
            if len(alternatives) == 1:
                self._flatten(alternatives[0], parts, set())
            elif alternatives:
                unions.append(alternatives)
        shape = _merged(parts, nullable)
        if not unions:
            return shape
        plain = self._as_one(unions[0]) if len(unions) == 1 else None
        if plain is not None:
            return _merged([*parts, plain], nullable)
        # Of several unions the first counts: both rarely stand side by side.
        rest = tuple(parts)
        return _with_branches(shape, tuple((*rest, alternative) for alternative in unions[0]), nullable)

    def _flatten(self, schema: Any, parts: list[Schema], met: set[int]) -> None:
        """Add a schema, and all that `$ref` and `allOf` add to it, without these keywords."""
        schema_found = self.found(schema)
        if schema is False:
            parts.append({"enum": []})
        if not isinstance(schema_found, Mapping) or id(schema_found) in met:
            return
        met = met | {id(schema_found)}
        beside = schema if isinstance(schema, Mapping) and "$ref" in schema and len(schema) > 1 else {}
        own = {key: value for key, value in schema_found.items() if key not in ("allOf", "$ref")}
        own |= NOWHERE if schema_found is NOWHERE else {}
        own |= {key: value for key, value in beside.items() if key not in ("allOf", "$ref")}
        parts.append(own)
        for inner in (*_list(schema_found.get("allOf")), *_list(beside.get("allOf"))):
            self._flatten(inner, parts, met)

    def _next_union(self, parts: list[Schema]) -> tuple[list[Schema], bool] | None:
        """Take a union out of the parts: its alternatives but null, and whether null is one."""
        for index, part in enumerate(parts):
            for keyword in ("anyOf", "oneOf"):
                if isinstance(part.get(keyword), list):
                    parts[index] = {key: value for key, value in part.items() if key != keyword}
                    every = part[keyword]
                    others = [one for one in every if not self._is_null(one)]
                    return [one for one in others if isinstance(one, Mapping)], len(others) < len(every)
        return None

    def _is_null(self, schema: Any) -> bool:
        found = self.found(schema)
        if not isinstance(found, Mapping):
            return False
        return (
            found.get("type") in ("null", ["null"])
            or found.get("enum") == [None]
            or ("const" in found and found["const"] is None)
        )

    def _as_one(self, alternatives: list[Schema]) -> Schema | None:
        """Return alternatives that are a type each, or a list of values each, as one schema; else None."""
        found = [self.found(one) for one in alternatives]
        said = [set(one) - _NOTHING_SAID for one in found]
        if all(keys == {"type"} for keys in said):
            return {"type": sorted({word for one in found for word in _words(one["type"])})}
        if all(keys - {"type"} in ({"enum"}, {"const"}) for keys in said):
            return {"enum": [value for one in found for value in _list(one.get("enum", [one.get("const")]))]}
        return None


def _with_branches(shape: Shape, branches: tuple[tuple[Schema, ...], ...], nullable: bool) -> Shape:
    types = shape.types
    return Shape(
        types=types | {"null"} if nullable and types is not None else types,
        default=shape.default,
        branches=branches,
        is_read_only=shape.is_read_only,
        is_write_only=shape.is_write_only,
    )


def _merged(parts: list[Schema], nullable: bool) -> Shape:
    fields: dict[str, list[Schema]] = {}
    for part in parts:
        for name, inner in _items(part.get("properties")):
            fields.setdefault(name, []).append(inner)
    every = {key: [part[key] for part in parts if key in part] for key in _keys(parts)}
    enum = _enum(parts)
    types = _types(parts, enum, nullable, bool(fields))
    is_whole = types is not None and types - {"null"} == {"integer"}
    values = [one for one in every.get("additionalProperties", ()) if isinstance(one, Mapping) and one]
    default = next((_canonical(one) for one in every.get("default", ())), None)
    return Shape(
        types,
        dict(_limits(parts, is_whole)),
        None if enum is None else frozenset(one for one in enum if one != "null"),
        _format(every.get("format", ())),
        "&".join(sorted({_NEEDLESS.sub(r"\1", str(one)) for one in every.get("pattern", ())})) or None,
        next((one for one in every.get("multipleOf", ()) if isinstance(one, int | float)), None),
        True in every.get("uniqueItems", ()),
        default,
        {name: tuple(some) for name, some in fields.items()},
        frozenset(str(name) for part in parts for name in _list(part.get("required"))),
        tuple(one for one in every.get("items", ()) if isinstance(one, Mapping) and one),
        tuple(values),
        any(one is False for one in every.get("additionalProperties", ())),
        is_read_only=True in every.get("readOnly", ()),
        is_write_only=True in every.get("writeOnly", ()),
        is_unknown=any(part.get("$ref") == "" for part in parts),
        is_loose=any(part.get("x-guess") == NESTING for part in parts),
    )


def _keys(parts: list[Schema]) -> Iterator[str]:
    yield from dict.fromkeys(key for part in parts for key in part)


def _types(
    parts: list[Schema], enum: frozenset[str] | None, nullable: bool, has_fields: bool
) -> frozenset[str] | None:
    types: frozenset[str] | None = None
    for part in parts:
        if "type" in part:
            told = frozenset(_words(part["type"]))
            types = told if types is None else _common(types, told)
    if types is None:
        keys = set(_keys(parts))
        if enum:
            types = frozenset(_TYPES.get(type(json.loads(one)), "null") for one in enum)
        elif has_fields or keys & {"additionalProperties", "minProperties", "maxProperties"}:
            types = frozenset(("object",))
        elif keys & {"items", "minItems", "maxItems", "uniqueItems"}:
            types = frozenset(("array",))
    return types | {"null"} if nullable and types is not None else types


def _common(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    common = one & other
    if "integer" in one | other and "number" in one | other:
        common |= {"integer"}
    return common


def _enum(parts: list[Schema]) -> frozenset[str] | None:
    enum: frozenset[str] | None = None
    for part in parts:
        listed = _list(part["enum"]) if "enum" in part else [part["const"]] if "const" in part else None
        if listed is not None:
            told = frozenset(map(_canonical, listed))
            enum = told if enum is None else enum & told
    return enum


def _limits(parts: list[Schema], is_whole: bool) -> Iterator[tuple[str, float]]:
    """Yield inclusive bounds: those of whole numbers as whole numbers, others a little inside where a bound
    itself is excluded.
    """
    for keyword in LIMITS:
        is_lower = keyword.startswith("min")
        found = [part[keyword] for part in parts if _is_number(part.get(keyword))]
        if keyword in NUMBERS:
            strict = "exclusiveMinimum" if is_lower else "exclusiveMaximum"
            step = (1 if is_whole else 1e-9) * (1 if is_lower else -1)
            for part in parts:
                if _is_number(part.get(strict)):
                    found.append(part[strict] + step)
                elif part.get(strict) is True and _is_number(part.get(keyword)):
                    found.append(part[keyword] + step)
        if found:
            bound = max(found) if is_lower else min(found)
            if not (keyword in SIZES and is_lower and bound <= 0):
                yield keyword, bound


def _format(told: Any) -> str | None:
    """Return a format that says something of values, by the one name of those that mean the same."""
    names = [_SYNONYMS.get(str(one), str(one)) for one in told]
    return next((one for one in names if one in ASSERTED or one in _NUMBER_FORMATS), None)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _words(told: Any) -> list[str]:
    return [told] if isinstance(told, str) else [str(one) for one in _list(told)]


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _items(node: Any) -> list[tuple[str, Any]]:
    return list(node.items()) if isinstance(node, Mapping) else []


def _list(node: Any) -> list[Any]:
    return node if isinstance(node, list) else []
