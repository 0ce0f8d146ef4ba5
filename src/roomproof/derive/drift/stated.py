"""What schemas for one value state together, keyword by keyword.

Source: JSON Schema 2020-12, Validation, 6.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from roomproof.contract.formats import ASSERTED

Schema = Mapping[str, Any]
NUMBERS = ("minimum", "maximum")
SIZES = ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties")
LIMITS = (*NUMBERS, *SIZES)
_SYNONYMS = {"url": "uri", "datetime": "date-time", "date_time": "date-time", "timestamp": "date-time"}
NUMBER_FORMATS = frozenset(("int32", "int64", "float", "double"))
_TYPES = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}
_EVERY_TYPE = frozenset(("array", "boolean", "null", "number", "object", "string"))


def keywords_of(parts: list[Schema]) -> Iterator[str]:
    """Yield the keywords of some schemas, each once."""
    yield from dict.fromkeys(key for part in parts for key in part)


def types_of(
    parts: list[Schema], enum: frozenset[str] | None, nullable: bool, has_fields: bool
) -> frozenset[str] | None:
    """Return the types that all of some schemas allow, None where none of them says any."""
    types: frozenset[str] | None = None
    for part in parts:
        if "type" in part:
            told = frozenset(words_of(part["type"]))
            if part.get("nullable") is True:
                told |= {"null"}
            types = told if types is None else _common(types, told)
    if types is None:
        keys = set(keywords_of(parts))
        if enum:
            types = frozenset(type_of(json.loads(one)) for one in enum)
        elif has_fields or keys & {"additionalProperties", "minProperties", "maxProperties"}:
            types = frozenset(("object",))
        elif keys & {"items", "minItems", "maxItems", "uniqueItems"}:
            types = frozenset(("array",))
        elif keys & {"contentMediaType", "contentEncoding", "pattern", "minLength", "maxLength"}:
            types = frozenset(("string",))
        elif keys & {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}:
            types = frozenset(("number",))
    elif enum:
        listed = frozenset(type_of(json.loads(one)) for one in enum)
        # A type of none of these values is none; a document that lists those of other types alone is meant
        # otherwise.
        if has_values := frozenset(one for one in types - {"null"} if _common(frozenset((one,)), listed)):
            types = has_values | (types & {"null"})
    if types is not None and "number" in types:
        types -= {"integer"}
    types = types | {"null"} if nullable and types is not None else types
    return None if types is not None and types >= _EVERY_TYPE else types


def _common(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    common = one & other
    if ("integer" in one and "number" in other) or ("number" in one and "integer" in other):
        common |= {"integer"}
    return common


def enum_of(parts: list[Schema]) -> frozenset[str] | None:
    """Return the values that all of some schemas list, as canonical JSON, None where none lists any."""
    enum: frozenset[str] | None = None
    for part in parts:
        for listed in ([part["const"]] if "const" in part else None, part.get("enum")):
            if isinstance(listed, list):
                told = frozenset(map(canonical, listed))
                enum = told if enum is None else enum & told
    return enum


def limits_of(parts: list[Schema], is_whole: bool) -> Iterator[tuple[str, float]]:
    """Yield inclusive bounds: those of whole numbers as whole numbers, others a little inside where a bound
    itself is excluded.
    """
    for keyword in LIMITS:
        is_lower = keyword.startswith("min")
        found = [part[keyword] for part in parts if is_number(part.get(keyword))]
        if keyword in NUMBERS:
            strict = "exclusiveMinimum" if is_lower else "exclusiveMaximum"
            step = (1 if is_whole else 1e-9) * (1 if is_lower else -1)
            for part in parts:
                if is_number(part.get(strict)):
                    found.append(part[strict] + step)
                elif part.get(strict) is True and is_number(part.get(keyword)):
                    found.append(part[keyword] + step)
        if found:
            bound = max(found) if is_lower else min(found)
            if not (keyword in SIZES and is_lower and bound <= 0):
                yield keyword, bound


def format_of(told: Any) -> str | None:
    """Return a format that says something of values, by the one name of those that mean the same."""
    names = [_SYNONYMS.get(str(one), str(one)) for one in told]
    return next((one for one in names if one in ASSERTED or one in NUMBER_FORMATS), None)


def type_of(value: Any) -> str:
    """Return the type of a value of JSON."""
    return _TYPES.get(type(value), "null")


def is_number(value: Any) -> bool:
    """Whether a value is a number; true is none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def words_of(told: Any) -> list[str]:
    """Return what is a word, or a list of words, as a list."""
    return [told] if isinstance(told, str) else [str(one) for one in list_of(told)]


def canonical(value: Any) -> str:
    """Return a value as the one text of JSON that equal values share."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def as_allowed(canonical: str, types: frozenset[str]) -> str:
    """Return a value, as a text where nothing else can be meant: YAML may have read one as a number."""
    is_allowed = bool(_common(types, frozenset((type_of(json.loads(canonical)),))))
    return canonical if is_allowed or "string" not in types else json.dumps(canonical, ensure_ascii=False)


def items_of(node: Any) -> list[tuple[str, Any]]:
    """Return the fields of an object, none of anything else."""
    return list(node.items()) if isinstance(node, Mapping) else []


def list_of(node: Any) -> list[Any]:
    """Return a list, an empty one for anything else."""
    return node if isinstance(node, list) else []
