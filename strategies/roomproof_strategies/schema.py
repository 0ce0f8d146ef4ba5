"""Read a JSON Schema (2020-12) node: merge what it says, list its limits, tell which keyword a value breaks.

Three x- fields count beside the standard keywords: `x-observed` (keywords that real providers keep to),
`x-sample` (keywords that a document's samples keep to) and `x-unsettled` (`{reason, schema}`: values whose
acceptance no document settles).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache, reduce
from typing import Any

import jsonschema_rs
import orjson

from roomproof.contract.formats import FORMATS
from roomproof.contract.keywords import KEYWORDS as TABLE
from roomproof.contract.keywords import LIMITS, VALUE_KEYWORDS, Role, beyond, names_of
from roomproof.errors import did_you_mean
from roomproof_strategies.sample import Json, Schema

Path = tuple[str, ...]
Node = dict[str, Any]

ALL_TYPES = ("string", "integer", "number", "boolean", "array", "object", "null")
_NESTED = {"items", "additionalProperties", "propertyNames"}
_STEPS = {"items": "items", "additionalProperties": "values", "propertyNames": "keys"}
_NATURAL = {name: keyword.speaks_of for name, keyword in TABLE.items() if keyword.speaks_of}
_FURTHER = {
    "x-observed": ("observed-", "beyond what real providers accept"),
    "x-sample": ("sample-", "unlike the samples"),
}
KEYWORDS = {*_NATURAL, *VALUE_KEYWORDS}
_HARMLESS = {*names_of(Role.ANNOTATION), "default", "deprecated", "readOnly", "writeOnly", "$schema", "$id"}
"""Keywords that limit no value."""


def require_known(schema: Schema | bool, place: str = "the schema") -> None:
    """Raise ValueError, with the place and the nearest known one, for a keyword that the strategies do not
    heed.

    To pass it over would call values valid that it excludes.
    """
    if isinstance(schema, bool):
        return
    for key, value in schema.items():
        if key not in KEYWORDS and key not in _HARMLESS and not key.startswith("x-"):
            near = did_you_mean(key, sorted(KEYWORDS))
            hint = "resolve it first" if key == "$ref" else f"known are {', '.join(sorted(KEYWORDS))}"
            raise ValueError(f"{place}: the keyword {key!r} is not read{near}; {hint}")
        for where, inner in _inner(key, value):
            require_known(inner, f"{place}, {where}")


def _inner(key: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield the schemas that stand in the value of a keyword, each with the way there in words."""
    if key == "properties":
        yield from value.items()
    elif key in ("anyOf", "oneOf", "allOf"):
        yield from ((f"{key} {number}", branch) for number, branch in enumerate(value))
    elif key in _NESTED or key == "not":
        yield key, value
    elif key == "x-unsettled":
        yield key, value["schema"]
    elif key in _FURTHER:
        yield key, {name: inner for name, inner in value.items() if name != "source"}


@lru_cache(maxsize=256)
def ecma(pattern: str) -> re.Pattern[str]:
    """Return a JSON Schema pattern as ECMA-262 reads it (2020-12, 6.4): `$` is the very end, `\\d` and `\\w`
    are ASCII.

    Python's own `$` also matches before a last newline, and would let `name\\n` through.
    """
    ended = re.sub(
        r"\\.|\[(?:\\.|[^\]\\])*\]|\$", lambda match: r"\Z" if match[0] == "$" else match[0], pattern
    )
    return re.compile(ended, re.ASCII)


def validator(schema: Schema | bool) -> jsonschema_rs.Draft202012Validator:
    """Return the compiled validator of a schema; the formats of roomproof.contract.formats are asserted."""
    return _compiled(orjson.dumps(schema))


@lru_cache(maxsize=2048)
def _compiled(text: bytes) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(
        orjson.loads(text), validate_formats=True, formats=dict(FORMATS)
    )


def matcher(schema: Schema | bool) -> Callable[[Json], bool]:
    """Return a function that says whether a value matches the schema."""
    return validator(schema).is_valid


def breaks(checker: jsonschema_rs.Draft202012Validator, body: Json) -> tuple[tuple[Path, str], ...]:
    """Return what a body breaks, as (schema path, rule), given the `validator` of its schema.

    A null where none is allowed is `null`; a missing field is `required` at the field's own path. Where a
    value has the wrong type, no other keyword of that schema is named: they speak of values of the right
    type.
    """
    found: list[tuple[Path, str]] = []
    for error in checker.iter_errors(body):
        *steps, keyword = (str(step) for step in error.schema_path)
        path = _sample_path(steps)
        if isinstance(error.kind, jsonschema_rs.ValidationErrorKind.Required):
            found.append(((*path, error.kind.property), "required"))
        else:
            found.append((path, "null" if error.instance is None else TABLE[keyword].rule))
    typed = {path for path, rule in found if rule in ("type", "null")}
    return tuple(dict.fromkeys(item for item in found if item[1] in ("type", "null") or item[0] not in typed))


def _sample_path(steps: Sequence[str]) -> Path:
    """Return the path in a sample's words of the steps that lead to a schema."""
    path: list[str] = []
    remaining = iter(steps)
    for step in remaining:
        if step == "properties":
            path.append(next(remaining))
        elif step in _STEPS:
            path.append(_STEPS[step])
    return tuple(path)


def remarks(schema: Schema | bool, value: Json) -> Iterator[str]:
    """Yield why a person should not expect a valid value to be accepted: unsettled regions it lies in,
    observed keywords it breaks.
    """
    if isinstance(schema, bool):
        return
    unsettled = schema.get("x-unsettled")
    if unsettled is not None and matcher(unsettled["schema"])(value):
        yield f"unsettled: {unsettled['reason']}"
    for field, (_, remark) in _FURTHER.items():
        if field in schema and not matcher(_keywords(schema[field]))(value):
            yield remark
    for branch in (*schema.get("allOf", ()), *schema.get("anyOf", ()), *schema.get("oneOf", ())):
        yield from remarks(branch, value)
    if isinstance(value, list):
        for item in value:
            yield from remarks(schema.get("items", True), item)
    if isinstance(value, dict):
        fields = schema.get("properties", {})
        for name, field in value.items():
            yield from remarks(fields.get(name, schema.get("additionalProperties", True)), field)
            yield from remarks(schema.get("propertyNames", True), name)


def _keywords(schema: Schema) -> Node:
    return {key: value for key, value in schema.items() if key in KEYWORDS}


def types(node: Schema) -> tuple[str, ...]:
    """Return the JSON types that a node allows, null last; without `type`, those that its keywords speak of,
    else all.
    """
    named = node.get("type")
    if named is None:
        natural = {_NATURAL[key] for key in node if key in _NATURAL}
        named = [kind for kind in ALL_TYPES if kind in natural] or [
            kind for kind in ALL_TYPES if kind != "number"
        ]
    listed = [named] if isinstance(named, str) else list(named)
    return tuple(sorted(listed, key=lambda kind: kind == "null"))


def is_free(node: Schema) -> bool:
    """Whether a node allows objects of any fields: it says nothing of their names nor of their values."""
    is_open = node.get("additionalProperties", True) is True
    return (
        "object" in types(node)
        and is_open
        and not any(key in node for key in ("properties", "required", "propertyNames"))
    )


def merge(first: Schema, second: Schema) -> Node:
    """Return a node that demands what both demand; what has no simple merge is kept as `allOf` of the
    result.
    """
    merged = dict(first)
    for key, value in second.items():
        if key not in KEYWORDS:
            merged.setdefault(key, value)
        elif key not in merged or merged[key] == value:
            merged[key] = value
        elif key in LIMITS:
            merged[key] = (max if LIMITS[key].outward < 0 else min)(merged[key], value)
        else:
            merged.update(_join(key, merged, value))
    return merged


def _join(key: str, merged: Schema, value: Any) -> Node:
    held = merged[key]
    if key == "type":
        common = _common(types({key: held}), types({key: value}))
        return {key: common} if common else {"enum": []}
    if key == "enum":
        return {key: [field for field in held if matcher({"enum": value})(field)]}
    if key == "required":
        return {key: list(dict.fromkeys([*held, *value]))}
    if key == "properties":
        shared = {name: {"allOf": [held[name], value[name]]} for name in held if name in value}
        return {key: {**held, **value, **shared}}
    if key in _NESTED:
        return {key: {"allOf": [held, value]}}
    if key == "not":
        return {key: {"anyOf": [held, value]}}
    if key == "pattern":
        # The later one is the narrower in practice (a settled region inside a format's own pattern): it is
        # drawn from.
        return {key: value, "allOf": [*merged.get("allOf", ()), {key: held}]}
    return {"allOf": [*merged.get("allOf", ()), {key: value}]}


def _common(first: Sequence[str], second: Sequence[str]) -> list[str]:
    both = [kind for kind in first if kind in second or (kind == "integer" and "number" in second)]
    return both + [kind for kind in second if kind == "integer" and "number" in first and kind not in both]


def complement(region: Schema | bool) -> Node:
    """Return a schema for all values outside a region, in keywords that narrow a range where that is
    possible.
    """
    if isinstance(region, bool):
        return flatten(not region, settled=False)
    keys = {key for key in region if key in KEYWORDS}
    if keys == {"anyOf"}:
        return reduce(merge, (complement(branch) for branch in region["anyOf"]), {})
    if "not" in keys and keys <= {"not", "type"} and isinstance(region["not"], dict):
        inside = region["not"]
        spoken = {_NATURAL.get(key) for key in inside if key in KEYWORDS}
        # Keywords of one type hold for all values of another, so that `type` beside `not` excludes nothing
        # more.
        if keys == {"not"} or spoken == {region["type"]}:
            return dict(inside)
    limit = next((key for key in keys if key in LIMITS), None)
    kind = "number" if region.get("type") == "integer" else region.get("type")
    if limit and keys <= {limit, "type"} and kind in (None, _NATURAL[limit]):
        opposite, shift = beyond(limit)
        # A limit says nothing of other types: without a type, they all lie in the region.
        typed = {"type": _NATURAL[limit]} if kind is None else {}
        return {opposite: region[limit] + shift, **typed}
    return {"not": dict(region)}


def flatten(schema: Schema | bool, *, settled: bool) -> Node:
    """Return one node with its `allOf` merged in and `const` as an `enum`.

    `settled` also keeps to `x-observed` and `x-sample`, and keeps out of `x-unsettled`; without it the node
    says just what the schema says.
    """
    if isinstance(schema, bool):
        return {} if schema else {"enum": []}
    left_out = {"allOf", "const", "x-unsettled", *_FURTHER}
    node = {key: value for key, value in schema.items() if key not in left_out}
    if "const" in schema:
        node = merge(node, {"enum": [schema["const"]]})
    for part in schema.get("allOf", ()):
        node = merge(node, flatten(part, settled=settled))
    for field in _FURTHER:
        if settled and field in schema:
            node = merge(node, _keywords(schema[field]))
    if settled and "x-unsettled" in schema:
        node = merge(node, complement(schema["x-unsettled"]["schema"]))
    return node


def alternatives(schema: Schema | bool, *, settled: bool) -> list[Node]:
    """Return the nodes that a schema offers: one for each branch of its `anyOf` or `oneOf`, with all that
    stands beside them.
    """
    node = flatten(schema, settled=settled)
    for keyword in ("anyOf", "oneOf"):
        if keyword in node:
            rest = {key: value for key, value in node.items() if key != keyword}
            branches = [merge(rest, flatten(branch, settled=settled)) for branch in node[keyword]]
            return [offer for branch in branches for offer in alternatives(branch, settled=settled)]
    return [node]


def limits(schema: Schema | bool, keywords: AbstractSet[str], level: str = "") -> Iterator[tuple[str, Any]]:
    """Yield (rule, limit) for every limit of the named keywords, also in branches, `x-observed` and
    `x-unsettled`.

    The rule of an observed limit starts with `observed-`, of a sample's with `sample-`; that of an unsettled
    one is `type`, since no clause speaks of it.
    """
    if isinstance(schema, bool):
        return
    for key in [key for key in schema if key in keywords]:
        yield ("type" if level == "unsettled" else f"{level}{TABLE[key].rule}"), schema[key]
    for branch in (*schema.get("allOf", ()), *schema.get("anyOf", ()), *schema.get("oneOf", ())):
        yield from limits(branch, keywords, level)
    for field, (prefix, _) in _FURTHER.items():
        if field in schema:
            yield from limits(schema[field], keywords, prefix)
    if "x-unsettled" in schema:
        yield from limits(schema["x-unsettled"]["schema"], keywords, "unsettled")
    if level == "unsettled" and "not" in schema:
        yield from limits(schema["not"], keywords, level)


def integer_range(node: Mapping[str, Any]) -> tuple[int | None, int | None]:
    """Return the least and the greatest integer that a node's limits allow; None where there is no limit."""
    low = [-(-node["minimum"] // 1)] if "minimum" in node else []
    low += [node["exclusiveMinimum"] // 1 + 1] if "exclusiveMinimum" in node else []
    high = [node["maximum"] // 1] if "maximum" in node else []
    high += [-(-node["exclusiveMaximum"] // 1) - 1] if "exclusiveMaximum" in node else []
    return (int(max(low)) if low else None), (int(min(high)) if high else None)
