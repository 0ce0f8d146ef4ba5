"""Right values: what the mock gets in the place of a wrong one, and what stands around a wrong one where the
mock shows nothing.

What a schema asks for is all that is known here; texts are fresh ones, because no two rooms may have the
same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import count
from typing import Any
from uuid import UUID

import jsonschema_rs
import orjson

from roomproof.contract.clause import ITEMS, VALUES, Path
from roomproof.contract.formats import FORMATS

Json = Any
MOMENT = "2031-03-04T05:06:07Z"
_OF_FORMAT: Mapping[str, Callable[[int], str]] = {
    "date-time": lambda _: MOMENT,
    "date": lambda _: MOMENT[:10],
    "uuid": lambda number: str(UUID(int=number, version=4)),
    "uri": lambda _: "https://example.com/hook",
    "http-date": lambda _: "Sat, 05 Jul 2025 10:00:00 GMT",
    "email": lambda number: f"somebody-{number}@example.com",
}
_serial = count(900_000_000)


def right(schema: Json) -> Json:
    """Return a value that a schema takes, objects with all their fields; a text is another one each time."""
    for keyword in ("const", "default"):
        if keyword in schema:
            return schema[keyword]
    if "enum" in schema:
        return schema["enum"][0]
    kind = next((one for one in kinds_of(schema) if one != "null"), "null")
    if kind == "object":
        return {name: right(inner) for name, inner in schema.get("properties", {}).items()}
    if kind == "array":
        return [right(schema.get("items", {})) for _ in range(schema.get("minItems", 0))]
    if kind in ("integer", "number"):
        return _number(schema)
    return False if kind == "boolean" else None if kind == "null" else _text(schema)


def _number(schema: Mapping[str, Json]) -> Json:
    low = schema.get("minimum", schema.get("exclusiveMinimum", -1) + 1)
    return min(max(low, 1), schema.get("maximum", max(low, 1)))


def _text(schema: Mapping[str, Json]) -> str:
    number = next(_serial)
    for branch in (schema, *schema.get("anyOf", ()), *schema.get("oneOf", ())):
        if branch.get("format") in _OF_FORMAT:
            return _OF_FORMAT[branch["format"]](number)
    candidates = (f"stand-in-{number}", f"{number}", f"stand_in_{number}", "A", "a")
    found = next((text for text in candidates if re.search(schema.get("pattern", ""), text)), candidates[0])
    return found.ljust(schema.get("minLength", 0), "x")[: schema.get("maxLength")]


def kinds_of(schema: Json) -> tuple[str, ...]:
    """Return the JSON types that a schema names; a text where it names none."""
    named = schema.get("type", "object" if "properties" in schema else "string")
    return (named,) if isinstance(named, str) else tuple(named)


def filled_in(document: Json, way: Path, schema: Json) -> Json:
    """Return a document with something at the end of a way: what it lacks there is made up, and right."""
    if not way or document is None:
        return document
    step, *rest = way
    if step == ITEMS:
        inner = schema.get("items", {})
        entries = document if isinstance(document, list) and document else [right(inner)]
        return [filled_in(entry, tuple(rest), inner) for entry in entries]
    if step == VALUES:
        inner = schema.get("additionalProperties", {})
        fields = document if isinstance(document, dict) and document else {"someone": right(inner)}
        return {name: filled_in(entry, tuple(rest), inner) for name, entry in fields.items()}
    if not isinstance(document, dict):
        return document
    inner = schema.get("properties", {}).get(step, {})
    there = document.get(step)
    value = right(inner) if step not in document or (there is None and rest) else there
    return {**document, step: filled_in(value, tuple(rest), inner)}


def is_right(schema: Json, value: Json) -> bool:
    """Whether a schema takes a value, the formats of roomproof.contract.formats asserted."""
    return _validator(orjson.dumps(schema, option=orjson.OPT_SORT_KEYS)).is_valid(value)


_TEXTS = (
    *("Ab", "a b  c", "a\nb", "<b>&", "O'Brien", "%25", "Zoë", "\U0001f600", "7", "0042", "None"),
    *(count * "x" for count in (65, 129, 201, 256, 2001)),
    *(
        "https://example.com:8080/hook?b='%25'",
        "https://example.com/",
        *(f"https://example.com/{count * 'x'}" for count in (201, 2001)),
    ),
    *("2031-03-04", "2032-02-29T01:02:03.1234567Z", "2131-03-04T00:30:00+05:45", "2031-04-30T23:59:59Z"),
    *("2031-03-30T01:02:03+13:30", "2031-10-26t01:02:03z", "2031-11-02T01:02:03Z"),
    *("8D6E2C1A-93A4-4F1E-8A55-0C9D3F6B2E17", "Somebody@example.com"),
)
_NUMBERS = (0, 1, 17, 37, 86_400, 4096, 1.5)
_NESTED = {"a": {"b": {"c": 1, "d": 0}}, "e": ""}


def right_ones(schema: Json) -> list[Json]:
    """Return values of many sorts, those of them that a schema takes: a fault needs one that can be sent."""
    lists = [count * [right(schema.get("items", {}))] for count in (0, 1, 3, 4)]
    named = schema.get("additionalProperties")
    many = {f"x{number}": right(named if isinstance(named, dict) else {}) for number in range(21)}
    objects = [{}, _NESTED, many]
    tried = [*_TEXTS, *_NUMBERS, *lists, *objects, True, False, None, right(schema)]
    return [value for value in tried if is_right(schema, value)]


@lru_cache(maxsize=4096)
def _validator(schema: bytes) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(
        orjson.loads(schema), validate_formats=True, formats=dict(FORMATS)
    )
