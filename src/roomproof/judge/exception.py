"""Does an interaction match a deviation's witness pattern?"""

from __future__ import annotations

from typing import Any

from roomproof.contract.deviation import Deviation
from roomproof.interaction import Headers, Interaction
from roomproof.judge.seen import NoJson, read_json
from roomproof.judge.validators import validator

_MISSING = object()


def document(interaction: Interaction) -> dict[str, Any]:
    """Return an interaction as the JSON document that witness patterns and reports speak of; header names in lower case."""
    request, response = interaction.request, interaction.response
    shown: dict[str, Any] = {
        "request": {
            "method": request.method,
            "url": request.url,
            "path": request.path,
            "query": request.query,
            "headers": _lower(request.headers),
            "body": _body(request.body),
        }
    }
    if response is not None:
        shown["response"] = {"status": response.status, "headers": _lower(response.headers), "body": _body(response.body)}
    return shown


def _lower(headers: Headers) -> dict[str, str]:
    return {name.lower(): value for name, value in headers}


def _body(body: bytes | None) -> Any:
    value = read_json(body)
    if isinstance(value, NoJson):
        return body.decode("utf-8", "replace") if body else None
    return value


def _at(value: Any, pointer: str) -> Any:
    for raw in pointer.split("/")[1:]:
        step = raw.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and step in value:
            value = value[step]
        elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return _MISSING
    return value


def matches(deviation: Deviation, clause_id: str, interaction: Interaction) -> bool:
    """Whether a deviation excuses what an interaction shows of a clause."""
    if not deviation.covers(clause_id):
        return False
    shown = document(interaction)
    for pointer, schema in deviation.witness.items():
        value = _at(shown, pointer)
        if (value is _MISSING) != (schema is False):
            return False
        if value is not _MISSING and not validator(schema).is_valid(value):
            return False
    return True
