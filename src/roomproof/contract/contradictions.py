"""What a schema cannot mean: limits that leave nothing, and lists of values of which none is left.

A request with such a field cannot be made, and every response with one would break the contract, whatever the
provider does: reading the contract fails. Only what follows from the keywords of one schema, and of its
`allOf`, is told; JSON Schema 2020-12 itself allows all of it (Validation, 6).
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping
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
    yield from _no_type_left(whole)
    yield from _too_few_or_many(schema, pointer)
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


def _no_type_left(whole: list[Place]) -> Iterator[ContractError]:
    """Yield that no type is one of a schema and of all parts of its allOf."""
    told = [(at, _types(held["type"])) for at, held in whole if "type" in held]
    for index, (pointer, types) in enumerate(told[1:], 1):
        common = set.intersection(*(before for _, before in told[:index]))
        if common and not common & types:
            words = f"{' or '.join(sorted(types))} and {' or '.join(sorted(common))}"
            message = f"{_told(whole[0][0])}: no value is of the types {words} at once; correct one of them"
            yield ContractError(message, (*pointer, "type"))


def _types(told: Json) -> set[str]:
    """Return the types that a keyword names; every integer is a number."""
    types = {told} if isinstance(told, str) else {*told}
    return types | {"integer"} if "number" in types else types


def _too_few_or_many(schema: Mapping[str, Any], pointer: Path) -> Iterator[ContractError]:
    """Yield that an object needs more fields than it may have."""
    needed, most = len(schema.get("required", ())), schema.get("maxProperties")
    if most is not None and needed > most:
        message = f"{_told(pointer)}: {needed} fields are required, and maxProperties is {most}; correct one"
        yield ContractError(message, (*pointer, "maxProperties"))
    known = len({*schema.get("properties", ()), *schema.get("x-read-only", ())})
    least = schema.get("minProperties", 0)
    if schema.get("additionalProperties") is False and least > known:
        message = (
            f"{_told(pointer)}: minProperties is {least}, and only {known} fields are allowed; correct one"
        )
        yield ContractError(message, (*pointer, "minProperties"))


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
        if not any(map(which_fit(schema), values)):
            what = "the value of const is" if keyword == "const" else "all values of enum are"
            message = (
                f"{_told(pointer)}: {what} rejected by the other keywords of the schema; make them agree"
            )
            yield ContractError(message, (*pointer, keyword))
            return
    lists = [(at, held["enum"]) for at, held in _all_of(schema, pointer) if "enum" in held]
    if "enum" not in schema and len(lists) > 1:
        others = [which_fit({"enum": held}) for _, held in lists[1:]]
        common = any(all(fit(value) for fit in others) for value in lists[0][1])
        if not common:
            message = f"{_told(pointer)}: the lists of enum under allOf have no value in common; correct them"
            yield ContractError(message, (*lists[-1][0], "enum"))


def fits(value: Json, schema: Mapping[str, Any]) -> bool:
    """Whether a value is one that a schema allows; see `which_fit`."""
    return which_fit(schema)(value)


def which_fit(schema: Mapping[str, Any]) -> Callable[[Json], bool]:
    """Return what tells whether a schema allows a value; formats and our own fields say nothing.

    A schema that no validator reads allows everything: its error is told elsewhere.
    """
    kept = {key: held for key, held in schema.items() if key not in _BESIDE and not key.startswith("x-")}
    try:
        return _validator(json.dumps(kept)).is_valid
    except (jsonschema_rs.ValidationError, ValueError, TypeError):
        return lambda _: True


@lru_cache(maxsize=64)
def _validator(schema: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(json.loads(schema))


def _told(pointer: Path) -> str:
    """Return the name of the field whose schema stands at a pointer, or what else it is the schema of."""
    inner = pointer[len(pointer) - pointer[::-1].index("schema") :] if "schema" in pointer else pointer
    names = [one for before, one in pairwise(inner) if before == "properties"]
    return ".".join(names) or ("the parameter" if "parameters" in pointer else "the body")
