"""Values of parameters as text: of a path, a query, a header or a cookie all that is sent is text, whatever
its type.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from roomproof.contract.clause import Json

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,400})")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_WORDS: Mapping[str, Json] = {"true": True, "false": False}


def read_text(schema: Mapping[str, Any], text: str) -> Json:
    """Return the value that a text stands for by its schema's type (OpenAPI 3.1, style values `simple` and
    `form`).

    A text that stands for no value of the type stays a text, which then is of a wrong type.
    """
    kinds = schema.get("type", "string")
    for kind in [kinds] if isinstance(kinds, str) else kinds:
        if kind == "integer" and _INTEGER.fullmatch(text):
            return int(text)
        if kind == "number" and _NUMBER.fullmatch(text) and len(text) < 400:
            return float(text)
        if kind == "boolean" and text in _WORDS:
            return _WORDS[text]
        if kind == "array":
            items = schema.get("items", {})
            return (
                [read_text(items if isinstance(items, Mapping) else {}, part) for part in text.split(",")]
                if text
                else []
            )
    return text


def as_text(value: Json) -> str:
    """Return a value as it is sent in a parameter: a list's items with commas between them, words for true,
    false and null.
    """
    if isinstance(value, list):
        return ",".join(map(as_text, value))
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        # 30.0 is the same number as 30 in JSON, and another text.
        value = int(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def read_form(schema: Mapping[str, Any], pairs: list[tuple[str, str]]) -> dict[str, Json]:
    """Return the fields of a form as the values of the properties that a schema has; a field that comes again
    is one of a list.
    """
    properties = schema.get("properties", {})
    found: dict[str, Json] = {}
    for name, text in pairs:
        own = properties.get(name, {})
        is_list = isinstance(own, Mapping) and "array" in [
            own.get("type"),
            *(own["type"] if isinstance(own.get("type"), list) else ()),
        ]
        value = read_text(own.get("items", {}) if is_list else own, text)
        found[name] = [*found.get(name, []), value] if is_list else value
    return found


def write_form(fields: Mapping[str, Json]) -> bytes:
    """Return the fields of an object as a form; of a list each item is a field of that name (URL Living
    Standard, 5.2).
    """
    pairs = [
        (name, as_text(item))
        for name, value in fields.items()
        for item in (value if isinstance(value, list) else [value])
    ]
    return urlencode(pairs).encode()
