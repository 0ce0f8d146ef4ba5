"""Does an interaction match a deviation's witness pattern, and could it have?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from roomproof.contract.clause import ITEMS, VALUES, Clause, Part, Path
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


def _steps(pointer: str) -> list[str]:
    return [raw.replace("~1", "/").replace("~0", "~") for raw in pointer.split("/")[1:]]


def _at(value: Any, pointer: str) -> Any:
    for step in _steps(pointer):
        if isinstance(value, dict) and step in value:
            value = value[step]
        elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return _MISSING
    return value


def matches(deviation: Deviation, clause_id: str, interaction: Interaction) -> bool:
    """Whether a deviation excuses what an interaction shows of a clause."""
    return deviation.covers(clause_id) and _holds(deviation, deviation.witness, interaction)


def could_match(deviation: Deviation, clause: Clause, at: Path, interaction: Interaction) -> bool:
    """Whether a clause was tested in such a way that the provider could have shown what a deviation expects of it.

    What remains of the witness then holds, its circumstances: all but what the clause speaks of, which is its own place in the answer
    and, unless it is a response's clause about something else, the status. `at` is the way to the room in an answer.
    """
    return deviation.covers(clause.id) and _holds(deviation, _circumstances(deviation, clause, at), interaction)


def _circumstances(deviation: Deviation, clause: Clause, at: Path) -> Iterable[str]:
    in_header = clause.options.get("in") == "header"
    if clause.part is not Part.RESPONSE:
        outcomes: tuple[Path, ...] = (("response", "status"), ("response", "body", *at, *clause.path))
    elif clause.rule == "status":
        outcomes = (("response", "status"), ("response", "body"))
    else:
        outcomes = (("response", "headers", clause.path[-1].lower()) if in_header else ("response", "body", *clause.path),)
    return [pointer for pointer in deviation.witness if not any(_is_below(_steps(pointer), place) for place in outcomes)]


def _is_below(steps: list[str], place: Path) -> bool:
    return len(steps) >= len(place) and all(
        step == wanted or wanted == VALUES or (wanted == ITEMS and step.isdigit()) for step, wanted in zip(steps, place, strict=False)
    )


def _holds(deviation: Deviation, pointers: Iterable[str], interaction: Interaction) -> bool:
    shown = document(interaction)
    for pointer in pointers:
        schema = deviation.witness[pointer]
        value = _at(shown, pointer)
        if (value is _MISSING) != (schema is False):
            return False
        if value is not _MISSING and not validator(schema).is_valid(value):
            return False
    return True
