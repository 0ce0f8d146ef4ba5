"""Does an interaction match a deviation's witness pattern, and could it have?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from roomproof.contract.clause import ITEMS, VALUES, Clause, Part, Path
from roomproof.contract.deviation import Deviation
from roomproof.interaction import Headers, Interaction
from roomproof.judge.judged_interaction import BYTE_ORDER_MARK, NoJson, read_json
from roomproof.judge.validators import validator

_MISSING = object()


def document(interaction: Interaction) -> dict[str, Any]:
    """Return an interaction as the JSON document that witness patterns speak of; headers in lower case."""
    messages = {"request": interaction.request, "response": interaction.response}
    return {
        name: {field: of(message) for field, of in DOCUMENT_FIELDS[name].items()}
        for name, message in messages.items()
        if message is not None
    }


def lower_case(headers: Headers) -> dict[str, str]:
    """Return headers by their names in lower case; of several with one name the last."""
    return {name.lower(): value for name, value in headers}


def body_value(body: bytes | None) -> Any:
    """Return the value of a JSON body, any other body as text, None where there is none."""
    value = read_json(body)
    if isinstance(value, NoJson):
        return body.decode("utf-8", "replace") if body else None
    return value


DOCUMENT_FIELDS: Mapping[str, Mapping[str, Callable[[Any], Any]]] = {
    "request": {
        "method": lambda request: request.method,
        "url": lambda request: request.url,
        "path": lambda request: request.path,
        "query": lambda request: request.query,
        "headers": lambda request: lower_case(request.headers),
        "body": lambda request: body_value(request.body),
    },
    "response": {
        "status": lambda response: response.status,
        "headers": lambda response: lower_case(response.headers),
        "body": lambda response: body_value(response.body.removeprefix(BYTE_ORDER_MARK)),
    },
}
"""What the document of a request and of a response consists of."""


@lru_cache(maxsize=1024)
def _steps(pointer: str) -> Path:
    return tuple(raw.replace("~1", "/").replace("~0", "~") for raw in pointer.split("/")[1:])


def _shown_at(interaction: Interaction, steps: Path) -> Any:
    """Return the value at a place of an interaction's document; only the field that it lies in is made for
    that.
    """
    if len(steps) < 2:
        return _at(document(interaction), steps)
    message = {"request": interaction.request, "response": interaction.response}.get(steps[0])
    if message is None or steps[1] not in DOCUMENT_FIELDS[steps[0]]:
        return _MISSING
    return _at(DOCUMENT_FIELDS[steps[0]][steps[1]](message), steps[2:])


def _at(value: Any, steps: Path) -> Any:
    for step in steps:
        if isinstance(value, dict) and step in value:
            value = value[step]
        elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return _MISSING
    return value


def matches(deviation: Deviation, clause_id: str, interaction: Interaction) -> bool:
    """Whether a deviation covers what an interaction shows of a clause."""
    return deviation.covers(clause_id) and holds(deviation, deviation.witness, interaction)


def circumstances(deviation: Deviation, clause: Clause, at: Path) -> tuple[str, ...]:
    """Return the pointers of a witness that hold where the provider could have shown what a deviation expects
    of a clause.

    They are all but what the clause speaks of, which is its own place in the response and, unless it is a
    response's clause about something else, the status. `at` is the way to the room in a response.
    """
    in_header = clause.options.get("in") == "header"
    if clause.part is not Part.RESPONSE:
        outcomes: tuple[Path, ...] = (("response", "status"), ("response", "body", *at, *clause.path))
    elif clause.rule == "status":
        outcomes = (("response", "status"), ("response", "body"))
    else:
        outcomes = (
            ("response", "headers", clause.path[-1].lower())
            if in_header
            else ("response", "body", *clause.path),
        )
    return tuple(
        pointer
        for pointer in deviation.witness
        if not any(_is_below(_steps(pointer), place) for place in outcomes)
    )


def _is_below(steps: Path, place: Path) -> bool:
    return len(steps) >= len(place) and all(
        step == wanted or wanted == VALUES or (wanted == ITEMS and step.isdigit())
        for step, wanted in zip(steps, place, strict=False)
    )


def holds(deviation: Deviation, pointers: Iterable[str], interaction: Interaction) -> bool:
    """Whether an interaction is what a deviation's witness says it is at some of its pointers."""
    for pointer in pointers:
        schema = deviation.witness[pointer]
        value = _shown_at(interaction, _steps(pointer))
        if (value is _MISSING) != (schema is False):
            return False
        if value is not _MISSING and not validator(schema).is_valid(value):
            return False
    return True
