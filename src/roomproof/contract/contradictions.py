"""What a schema cannot mean: limits that leave nothing, and lists of values of which none is left.

A request with such a field cannot be made, and every response with one would break the contract, whatever the
provider does: reading the contract fails. Only what follows from the keywords of one schema, and of its
`allOf`, is told; JSON Schema 2020-12 itself allows all of it (Validation, 6).
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import jsonschema_rs

from roomproof.contract.clause import HOLDERS, Json, Path
from roomproof.contract.keywords import BRANCHES, LIMITS, SizeKind
from roomproof.contract.shape import METHODS
from roomproof.errors import ContractError

_OF_KIND = {
    SizeKind.NUMBER: ("number", "integer"),
    SizeKind.LENGTH: ("string",),
    SizeKind.ITEMS: ("array",),
    SizeKind.PROPERTIES: ("object",),
}
_BESIDE = ("default", "example", "examples", "title", "description", "format")
"""What says nothing of values, or nothing that a validator tests alike everywhere."""

Place = tuple[Path, Mapping[str, Any]]
"""Where a schema stands, and the schema."""


def contradictions(root: Mapping[str, Any]) -> Iterator[ContractError]:
    """Yield an error for each schema of a contract, its shape checked, that nothing can fit."""
    for pointer, schema in schemas(root):
        yield from _impossible(schema, pointer)


def schemas(root: Mapping[str, Any]) -> Iterator[Place]:
    """Yield every schema of a contract's operations, with those below it."""
    for where in ("paths", "x-observed-paths"):
        for path, item in root.get(where, {}).items():
            for pointer, schema in _of_path(item, (where, path)):
                yield from within(schema, pointer)


def _of_path(item: Mapping[str, Any], way: Path) -> Iterator[Place]:
    yield from _of_parameters(item, way)
    for method in (name for name in METHODS if name in item):
        node, here = item[method], (*way, method)
        yield from _of_parameters(node, here)
        yield from _of_content(node.get("requestBody", {}), (*here, "requestBody"))
        for status, response in node.get("responses", {}).items():
            there = (*here, "responses", status)
            for name, header in response.get("headers", {}).items():
                yield (*there, "headers", name, "schema"), header["schema"]
            yield from _of_content(response, there)


def _of_parameters(node: Mapping[str, Any], way: Path) -> Iterator[Place]:
    for index, parameter in enumerate(node.get("parameters", ())):
        yield (*way, "parameters", str(index), "schema"), parameter["schema"]


def _of_content(node: Mapping[str, Any], way: Path) -> Iterator[Place]:
    for media, content in node.get("content", {}).items():
        if "schema" in content:
            yield (*way, "content", media, "schema"), content["schema"]


def within(schema: Json, pointer: Path) -> Iterator[Place]:
    """Yield a schema and every schema below it, for the same value or for one inside of it."""
    if not isinstance(schema, Mapping):
        return
    yield pointer, schema
    for name, field in schema.get("properties", {}).items():
        yield from within(field, (*pointer, "properties", name))
    for keyword in HOLDERS.values():
        yield from within(schema.get(keyword), (*pointer, keyword))
    for keyword in BRANCHES:
        for index, branch in enumerate(schema.get(keyword, ())):
            yield from within(branch, (*pointer, keyword, str(index)))


def _impossible(schema: Mapping[str, Any], pointer: Path) -> Iterator[ContractError]:
    """Yield why nothing fits a schema, as far as its own keywords and those of its allOf tell."""
    whole = [(pointer, schema), *_all_of(schema, pointer)]
    for kind in SizeKind:
        yield from _empty_range(whole, kind)
    yield from _no_value_left(schema, pointer)
    closed = schema.get("additionalProperties") is False
    for index, name in enumerate(schema.get("required", ()) if closed else ()):
        if name not in (*schema.get("properties", ()), *schema.get("x-read-only", ())):
            message = f"{_told(pointer)} requires {name!r} and allows no such field; list it under properties"
            yield ContractError(message, (*pointer, "required", str(index)))


def _all_of(schema: Mapping[str, Any], pointer: Path) -> Iterator[Place]:
    for index, branch in enumerate(schema.get("allOf", ())):
        if isinstance(branch, Mapping):
            here = (*pointer, "allOf", str(index))
            yield here, branch
            yield from _all_of(branch, here)


@dataclass(frozen=True)
class _Limit:
    """A limit that a keyword sets: the last value that it allows (`is_strict`: the first one that it does
    not), what is written, and where.
    """

    last: float
    is_strict: bool
    keyword: str
    written: float
    pointer: Path


def _empty_range(whole: list[Place], kind: SizeKind) -> Iterator[ContractError]:
    """Yield that two limits of one kind leave nothing; null, which no limit is about, does not count."""
    told = [held["type"] for _, held in whole if "type" in held]
    types = {one for held in told for one in ([held] if isinstance(held, str) else held)}
    if types and types.isdisjoint(_OF_KIND[kind]):
        return
    is_whole = kind is not SizeKind.NUMBER or ("number" not in types and "integer" in types)
    upper, lower = (_nearest(whole, kind, outward, is_whole=is_whole) for outward in (1, -1))
    if upper is None or lower is None or lower.last < upper.last:
        return
    if lower.last > upper.last or lower.is_strict or upper.is_strict:
        message = (
            f"{_told(whole[0][0])}: {lower.keyword} {lower.written} and {upper.keyword} {upper.written} "
            f"leave no value; exchange or correct them"
        )
        yield ContractError(message, max(lower.pointer, upper.pointer, key=len))


def _nearest(whole: list[Place], kind: SizeKind, outward: int, *, is_whole: bool) -> _Limit | None:
    """Return the limit on one side that allows least, None where there is none."""
    found = []
    for pointer, schema in whole:
        for name, end in LIMITS.items():
            if end.kind is kind and end.outward == outward and name in schema:
                limit, is_strict = schema[name], end.is_exclusive
                if is_whole:
                    # Whole numbers: the next one inward is the last.
                    inward = math.floor(limit) if outward > 0 else math.ceil(limit)
                    is_next = is_strict and inward == limit
                    limit, is_strict = inward - (outward if is_next else 0), False
                found.append(_Limit(limit, is_strict, name, schema[name], (*pointer, name)))
    return min(found, key=lambda one: (one.last * outward, not one.is_strict), default=None)


def _no_value_left(schema: Mapping[str, Any], pointer: Path) -> Iterator[ContractError]:
    """Yield that every value of an enum, or the one of a const, is rejected by what stands beside it."""
    for keyword in ("const", "enum"):
        if keyword not in schema:
            continue
        values = [schema["const"]] if keyword == "const" else schema["enum"]
        if not any(fits(value, schema) for value in values):
            what = "the value of const is" if keyword == "const" else "all values of enum are"
            message = (
                f"{_told(pointer)}: {what} rejected by the other keywords of the schema; make them agree"
            )
            yield ContractError(message, (*pointer, keyword))
            return
    lists = [(at, held["enum"]) for at, held in _all_of(schema, pointer) if "enum" in held]
    if "enum" not in schema and len(lists) > 1:
        common = [value for value in lists[0][1] if all(fits(value, {"enum": held}) for _, held in lists[1:])]
        if not common:
            message = f"{_told(pointer)}: the lists of enum under allOf have no value in common; correct them"
            yield ContractError(message, (*lists[-1][0], "enum"))


def fits(value: Json, schema: Mapping[str, Any]) -> bool:
    """Whether a value is one that a schema allows; formats and our own fields say nothing.

    A schema that no validator reads allows everything: its error is told elsewhere.
    """
    kept = {key: held for key, held in schema.items() if key not in _BESIDE and not key.startswith("x-")}
    try:
        return _validator(json.dumps(kept)).is_valid(value)
    except (jsonschema_rs.ValidationError, ValueError, TypeError):
        return True


@lru_cache(maxsize=64)
def _validator(schema: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(json.loads(schema))


def _told(pointer: Path) -> str:
    """Return the name of the field whose schema stands at a pointer, or what else it is the schema of."""
    inner = pointer[len(pointer) - pointer[::-1].index("schema") :] if "schema" in pointer else pointer
    names = [one for before, one in pairwise(inner) if before == "properties"]
    return ".".join(names) or ("the parameter" if "parameters" in pointer else "the body")
