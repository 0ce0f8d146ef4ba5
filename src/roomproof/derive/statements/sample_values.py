"""The values that samples of a page show, put together again, and schemas of what they show."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from roomproof.contract.formats import is_date_time, is_uuid
from roomproof.derive.statements.statement import Form, Statement

_SAMPLE = "read from a sample"


def sample_value(statements: Iterable[Statement]) -> Any:
    """Return the value that the statements of one sample show; None where there is none."""
    root: Any = None
    for one in statements:
        if one.form is not Form.SAMPLE or "way" not in one.facts:
            continue
        way, value = one.facts["way"], one.facts["value"]
        value = type(value)() if isinstance(value, dict | list) else value
        if not way:
            root = value if root is None else root
        else:
            _put(root, way, value)
    return root


def _put(root: Any, way: list[str], value: Any) -> None:
    holder = root
    for step in way[:-1]:
        if isinstance(holder, list):
            holder = holder[-1] if holder else None
        elif isinstance(holder, dict):
            holder = holder.get(step)
    if isinstance(holder, list):
        holder.append(value)
    elif isinstance(holder, dict):
        holder[way[-1]] = value


def schema_of(value: Any) -> dict[str, Any]:
    """Return a schema of what a sample shows, with each guess marked: other values may be right, too."""
    if isinstance(value, dict):
        return {"type": "object", "properties": {name: schema_of(inner) for name, inner in value.items()}}
    if isinstance(value, list):
        return {"type": "array", **({"items": schema_of(value[0])} if value else {}), "x-guess": _SAMPLE}
    if isinstance(value, bool):
        return {"type": "boolean", "x-guess": _SAMPLE}
    if isinstance(value, int | float):
        return {"type": "integer" if isinstance(value, int) else "number", "x-guess": _SAMPLE}
    if isinstance(value, str):
        known = "uuid" if is_uuid(value) else "date-time" if is_date_time(value) else ""
        return {"type": "string", **({"format": known} if known else {}), "x-guess": _SAMPLE}
    return {"x-guess": "a sample shows null, and not what else it may be"}
