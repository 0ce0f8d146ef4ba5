"""What a schema means, however it is written: every `$ref` followed, every `allOf` merged, null a type.

Sources: JSON Schema 2020-12, Core, 10 and 11, and Validation, 6; OpenAPI 3.0.3, 4.7.24 (`nullable`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice, product
from typing import Any

from roomproof.derive.drift.patterns import in_one_form
from roomproof.derive.drift.stated import (
    Schema,
    as_allowed,
    canonical,
    enum_of,
    format_of,
    is_number,
    items_of,
    keywords_of,
    limits_of,
    list_of,
    types_of,
    words_of,
)
from roomproof.derive.drift.steps import step_into, steps_of
from roomproof.derive.statements.openapi import NESTING

_MOST_REFERENCES = 40
_MOST_BRANCHES = 64
_MOST_LEVELS = 8
OTHERS = (
    *("not", "if", "then", "else", "dependentRequired", "dependentSchemas", "patternProperties"),
    *("propertyNames", "prefixItems", "contains", "minContains", "maxContains"),
)
"""Keywords that are compared as they stand, every `$ref` in them followed."""
_BESIDE_A_REFERENCE = frozenset(("$ref", "description", "summary", "title", "example"))
NULL_OPEN = "x-null-open"
"""Stands in a schema of which no document says whether null is allowed."""
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
    below are made of; `branches` are the alternatives, each with all that stands beside them. `is_nullable`
    tells whether null is one more, and `is_null_open` that nobody says so. `others` are keywords as they
    stand, `tag` the field that tells which alternative a value is, and `tags` what it says there; `has_kinds`
    tells that the first of them is what the others have in common. `is_unknown` tells that a part of it
    stands where nobody can read it, and `is_loose` that a page does not show where the object ends: what is
    in it may stand beside it. `pattern` is in one form, and `written_pattern` as the document has it.
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
    is_nullable: bool = False
    is_null_open: bool = False
    others: Mapping[str, str] = field(default_factory=dict)
    tag: str = ""
    tags: frozenset[str] = frozenset()
    has_kinds: bool = False
    is_read_only: bool = False
    is_write_only: bool = False
    is_unknown: bool = False
    is_loose: bool = False
    written_pattern: str | None = field(default=None, compare=False)


NOWHERE: Schema = {"$ref": ""}
"""What a reference leads to whose target is not there: nothing is known of it."""


class Shapes:
    """Reads the schemas of one document."""

    def __init__(self, root: Mapping[str, Any]) -> None:
        self._root = root
        self._known: dict[tuple[int, ...], tuple[tuple[Schema, ...], Shape]] = {}
        self._under_way: set[int] = set()
        self._alone: dict[int, Schema] = {}

    def of(self, *schemas: Schema) -> Shape:
        """Return what several schemas for one value mean together."""
        schemas = tuple(self._target(one) for one in schemas)
        key = tuple(map(id, schemas))
        if key not in self._known:
            fresh = {id(self.found(one)) for one in schemas} - self._under_way
            self._under_way |= fresh
            # The schemas are kept, so that no other object gets their ids.
            self._known[key] = (schemas, self._read(schemas))
            self._under_way -= fresh
        return self._known[key][1]

    def found(self, node: Any) -> Any:
        """Return a node, a `$ref` followed; what leads nowhere is NOWHERE."""
        for _ in range(_MOST_REFERENCES):
            if not isinstance(node, Mapping) or not isinstance(node.get("$ref"), str):
                return node
            target: Any = self._root
            for step in steps_of(node["$ref"]):
                target = step_into(target, step)
            if target is None:
                return NOWHERE
            node = target
        return NOWHERE

    def _target(self, schema: Schema) -> Schema:
        """Return what a schema refers to if it says nothing else, so that this has one shape wherever it is
        referred to.
        """
        is_only_reference = isinstance(schema, Mapping) and schema.keys() <= _BESIDE_A_REFERENCE
        found = self.found(schema) if is_only_reference else schema
        return found if isinstance(found, Mapping) else schema

    @cached_property
    def _kinds(self) -> Mapping[int, list[Schema]]:
        """The components that are kinds of another one: they have it in their `allOf`, and it says which
        field tells the kind (OpenAPI 3.1, Models with Polymorphism Support).
        """
        kinds: dict[int, list[Schema]] = {}
        for name, schema in items_of(step_into(step_into(self._root, "components"), "schemas")):
            for part in list_of(schema.get("allOf")) if isinstance(schema, Mapping) else ():
                found = self.found(part)
                if isinstance(found, Mapping) and isinstance(found.get("discriminator"), Mapping):
                    reference = {"$ref": "#/components/schemas/" + name.replace("~", "~0").replace("/", "~1")}
                    kinds.setdefault(id(found), []).append(reference)
        return kinds

    def _with_kinds(self, schema: Schema) -> Shape | None:
        """Return a component with its kinds as alternatives, and with itself; None where it has none."""
        kinds = self._kinds.get(id(schema), [])
        if not kinds or schema.keys() & {"oneOf", "anyOf"}:
            return None
        alone = self._alone.setdefault(id(schema), {**schema, "discriminator": {}})
        base = self.of(alone)
        branches = ((alone,), *((one,) for one in kinds))
        return replace(
            _with_branches(base, branches, base.is_nullable), has_kinds=True, is_unknown=base.is_unknown
        )

    def _read(self, schemas: tuple[Schema, ...]) -> Shape:
        if len(schemas) == 1 and (whole := self._with_kinds(schemas[0])) is not None:
            return whole
        parts: list[Schema] = []
        for schema in schemas:
            self._flatten(schema, parts, set())
        # Beside a type it is one more type of that part; elsewhere it is meant for the whole, as authors do
        # beside `allOf`.
        nullable = any(part.get("nullable") is True and "type" not in part for part in parts)
        unions: list[list[Schema]] = []
        while (union := self._next_union(parts)) is not None:
            alternatives, has_null = union
            nullable = nullable or has_null
            if len(alternatives) == 1:
                self._flatten(alternatives[0], parts, set())
            elif alternatives:
                unions.append(alternatives)
        shape = self._merged(parts, nullable)
        if not unions:
            return shape
        plain = self._as_one(unions[0]) if len(unions) == 1 else None
        if plain is not None:
            return self._merged([*parts, plain], nullable)
        if len(unions) == 1 and not _says_something(parts):
            apart = self._of_types_apart(unions[0], shape, nullable)
            if apart is not None:
                return apart
        # Of several unions each alternative goes with each of the others.
        every = islice(product(*unions), _MOST_BRANCHES)
        beside = [part for part in parts if part.keys() - _NOTHING_SAID]
        return _with_branches(shape, tuple((*beside, *some) for some in every), nullable)

    def _flatten(self, schema: Any, parts: list[Schema], met: set[int]) -> None:
        """Add a schema, and all that `$ref` and `allOf` add to it, without these keywords."""
        schema_found = self.found(schema)
        if schema is False:
            parts.append({"enum": []})
        if not isinstance(schema_found, Mapping) or id(schema_found) in met:
            return
        met = met | {id(schema_found)}
        beside = schema if isinstance(schema, Mapping) and "$ref" in schema and len(schema) > 1 else {}
        if beside:
            parts.append({key: value for key, value in beside.items() if key not in ("allOf", "$ref")})
        own = {key: value for key, value in schema_found.items() if key not in ("allOf", "$ref")}
        if schema_found is NOWHERE:
            own |= NOWHERE
        parts.append(own)
        for inner in (*list_of(schema_found.get("allOf")), *list_of(beside.get("allOf"))):
            self._flatten(inner, parts, met)

    def _next_union(self, parts: list[Schema]) -> tuple[list[Schema], bool] | None:
        """Take a union out of the parts: its alternatives but null, and whether null is one."""
        for index, part in enumerate(parts):
            for keyword in ("anyOf", "oneOf"):
                if isinstance(part.get(keyword), list):
                    parts[index] = {key: value for key, value in part.items() if key != keyword}
                    every = part[keyword]
                    others = [one for one in every if not self._is_null(one)]
                    # That it is one of its own alternatives adds no value to a schema.
                    apart = [one for one in others if id(self.found(one)) not in self._under_way]
                    known = [one for one in apart if isinstance(self.found(one), Mapping)]
                    return known, len(others) < len(every)
        return None

    def _is_null(self, schema: Any) -> bool:
        parts: list[Schema] = []
        self._flatten(schema, parts, set())
        return any(
            part.get("type") in ("null", ["null"])
            or part.get("enum") == [None]
            or ("const" in part and part["const"] is None)
            for part in parts
        )

    def _as_one(self, alternatives: list[Schema]) -> Schema | None:
        """Return alternatives that are a type each, or a list of values each, as one schema; else None."""
        found = [self.found(one) for one in alternatives]
        said = [set(one) - _NOTHING_SAID for one in found]
        if all(keys == {"type"} for keys in said):
            return {"type": sorted({word for one in found for word in words_of(one["type"])})}
        if all(keys - {"type"} in ({"enum"}, {"const"}) for keys in said):
            return {
                "enum": [value for one in found for value in list_of(one.get("enum", [one.get("const")]))]
            }
        return None

    def _of_types_apart(self, alternatives: list[Schema], around: Shape, nullable: bool) -> Shape | None:
        """Return alternatives no two of which have a type in common as one shape: each keyword speaks of
        values of one type only. None where they are not such, and where one has fields: as an alternative it
        stays what others refer to, too, and is compared once.
        """
        shapes = [self.of(one) for one in alternatives]
        met: set[str] = set()
        for one in shapes:
            types = (one.types or frozenset()) - {"null"}
            wide = types | ({"integer", "number"} if types & {"integer", "number"} else set())
            is_plain = one.enum is None and not (one.branches or one.fields or one.others or one.is_unknown)
            if not types or wide & met or not is_plain:
                return None
            met |= wide
        if sum(one.format is not None for one in shapes) > 1:
            return None
        types = frozenset(word for one in shapes for word in one.types or ())
        whole = replace(around, types=types | {"null"} if nullable else types)
        for one in shapes:
            whole = replace(
                whole,
                limits={**whole.limits, **one.limits},
                format=whole.format or one.format,
                pattern=whole.pattern or one.pattern,
                written_pattern=whole.written_pattern or one.written_pattern,
                multiple=whole.multiple or one.multiple,
                is_unique=whole.is_unique or one.is_unique,
                items=whole.items or one.items,
                values=whole.values or one.values,
                is_closed=whole.is_closed or one.is_closed,
                default=whole.default or one.default,
            )
        return whole

    def _merged(self, parts: list[Schema], nullable: bool) -> Shape:
        """Return what some schemas without references and alternatives mean together."""
        fields: dict[str, list[Schema]] = {}
        for part in parts:
            for name, inner in items_of(part.get("properties")):
                fields.setdefault(name, []).append(inner)
        every = {key: [part[key] for part in parts if key in part] for key in keywords_of(parts)}
        enum = enum_of(parts)
        types = types_of(parts, enum, nullable, bool(fields))
        words = (types or frozenset()) - {"null"}
        is_whole = "integer" in words
        if enum is not None:
            enum = frozenset(as_allowed(one, words) for one in enum if one != "null")
        default = next((canonical(one) for one in every.get("default", ())), None)
        written = sorted({str(one) for one in every.get("pattern", ()) if in_one_form(str(one))})
        multiple = next((one for one in every.get("multipleOf", ()) if is_number(one)), None)
        closing = (*every.get("additionalProperties", ()), *every.get("unevaluatedProperties", ()))
        tag, tags = self._tags(every.get("discriminator", ()))
        return Shape(
            types,
            dict(limits_of(parts, is_whole)),
            enum,
            format_of(every.get("format", ())),
            "&".join(sorted({in_one_form(one) for one in written})) or None,
            None if multiple == 1 and is_whole else multiple,
            True in every.get("uniqueItems", ()),
            as_allowed(default, words) if default is not None else None,
            {name: tuple(some) for name, some in fields.items()},
            frozenset(str(name) for part in parts for name in list_of(part.get("required"))),
            tuple(one for one in every.get("items", ()) if isinstance(one, Mapping) and one),
            tuple(one for one in every.get("additionalProperties", ()) if isinstance(one, Mapping) and one),
            any(one is False for one in closing),
            is_nullable=types is not None and "null" in types,
            is_null_open=any(NULL_OPEN in part for part in parts),
            others={
                key: "&".join(sorted(json.dumps(self._written(one), sort_keys=True) for one in every[key]))
                for key in OTHERS
                if key in every
            },
            tag=tag,
            tags=tags,
            is_read_only=True in every.get("readOnly", ()),
            is_write_only=True in every.get("writeOnly", ()),
            is_unknown=any(part.get("$ref") == "" or "$dynamicRef" in part for part in parts),
            is_loose=any(part.get("x-guess") == NESTING for part in parts),
            written_pattern=" and ".join(written) or None,
        )

    def _tags(self, discriminators: Any) -> tuple[str, frozenset[str]]:
        """Return the field that tells which alternative a value is, and what it says, if that is listed."""
        for one in discriminators:
            if isinstance(one, Mapping) and isinstance(one.get("propertyName"), str):
                return one["propertyName"], frozenset(name for name, _ in items_of(one.get("mapping")))
        return "", frozenset()

    def _written(self, node: Any, level: int = 0) -> Any:
        """Return a node as it stands, every `$ref` followed for some levels, without what says nothing."""
        node = self.found(node)
        if level > _MOST_LEVELS:
            return None
        if isinstance(node, list):
            every = [self._written(one, level + 1) for one in node]
            is_set = all(isinstance(one, str) for one in every)
            return sorted(every) if is_set else every
        if isinstance(node, Mapping):
            return {
                key: self._written(one, level + 1) for key, one in node.items() if key not in _NOTHING_SAID
            }
        return node


def _says_something(parts: list[Schema]) -> bool:
    """Whether schemas say anything of values."""
    return any(part.keys() - _NOTHING_SAID - {"default", "readOnly", "writeOnly"} for part in parts)


def _with_branches(shape: Shape, branches: tuple[tuple[Schema, ...], ...], nullable: bool) -> Shape:
    return Shape(
        types=shape.types,
        default=shape.default,
        branches=branches,
        is_nullable=nullable,
        is_null_open=shape.is_null_open,
        tag=shape.tag,
        tags=shape.tags,
        is_read_only=shape.is_read_only,
        is_write_only=shape.is_write_only,
    )
