"""Two schemas that a value has to fit at once, written as one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]
_LEAST = ("minimum", "minLength", "minItems", "minProperties")
_MOST = ("maximum", "maxLength", "maxItems", "maxProperties")
_LAST_COUNTS = ("title", "description", "example", "examples", "default", "deprecated", "externalDocs", "xml")
_EITHER = ("readOnly", "writeOnly", "uniqueItems")


def merged(one: Schema, other: Schema) -> dict[str, Any] | None:
    """Return the schema that says what both say; None where no plain schema does."""
    whole = dict(one)
    for key, value in other.items():
        if key not in whole or whole[key] == value:
            whole[key] = value
            continue
        joined = _joined(key, whole[key], value)
        if joined is None:
            return None
        whole[key] = joined
    # A value is null only where every schema allows it.
    if "nullable" in whole and not (one.get("nullable") and other.get("nullable")):
        said = [part for part in (one, other) if part.get("type") is not None]
        if not all(part.get("nullable") for part in said):
            del whole["nullable"]
    return whole


def _joined(key: str, one: Any, other: Any) -> Any:
    if key == "properties" and isinstance(one, dict) and isinstance(other, dict):
        return {
            **one,
            **{name: _field(one[name], value) if name in one else value for name, value in other.items()},
        }
    if key == "required" and isinstance(one, list) and isinstance(other, list):
        return [*one, *(name for name in other if name not in one)]
    if key in _LEAST and isinstance(one, int | float) and isinstance(other, int | float):
        return max(one, other)
    if key in _MOST and isinstance(one, int | float) and isinstance(other, int | float):
        return min(one, other)
    if key == "enum" and isinstance(one, list) and isinstance(other, list):
        return [value for value in other if value in one] or None
    if key in _LAST_COUNTS:
        return other
    if key in _EITHER:
        return bool(one or other)
    if key == "discriminator":
        return other
    if key == "nullable":
        return one and other
    return None


def _field(one: Any, other: Any) -> Any:
    """Return the schema of a field that two schemas have: the second one refines the first where it can."""
    if one == other or not isinstance(one, dict) or not isinstance(other, dict):
        return other
    if "$ref" in one or "$ref" in other:
        return other if "$ref" in other else {**one, **other}
    return merged(one, other) or {"allOf": [one, other]}
