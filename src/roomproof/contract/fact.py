"""What a contract says, fact by fact, each with its source: the stuff that a comparison of
providers is made of.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from roomproof.auth.registry import authentication
from roomproof.contract.clause import Clause, Json, Level, Part, Path, Source
from roomproof.contract.keywords import KEYWORDS
from roomproof.contract.model import Contract, Operation, Parameter, ResponseSpec
from roomproof.contract.resource import Effect

_KINDS = {"string": "text", "null": "null"}


@dataclass(frozen=True)
class Fact:
    """One thing that one operation of a contract says.

    `field` is the field or parameter that it is about, `body` for the whole, empty where it is about none;
    `what` the kind of fact: a keyword of JSON Schema, a behaviour's rule, or a word of its own; `value`
    what it says as data, `text` for people; `clause` the id of the clause that tests it, empty where there is
    none.
    """

    operation: str
    field: str
    what: str
    value: Json
    text: str
    level: Level
    source: Source
    clause: str = ""


def of_fields(operation: Operation) -> Iterator[tuple[Path, Fact]]:
    """Yield what is said of every field of a request's body, with the way to it."""
    for clause in operation.clauses:
        if clause.part is Part.REQUEST and clause.options.get("in", "body") == "body" and clause.path:
            found = _of_value(clause)
            if found is not None:
                yield clause.path, found


def of_rule(clause: Clause) -> Fact:
    """Return what a behaviour's line says; its sentence begins with the field if it is about one."""
    text = clause.demands.removeprefix(f"{clause.field}: ")
    field = clause.field if text != clause.demands else ""
    return _stated(
        clause, clause.rule, {key: value for key, value in clause.options.items() if key != "in"}, text, field
    )


def of_absence(operation: Operation) -> Iterator[Fact]:
    """Yield which fields have to be sent."""
    for clause in operation.by_rule.get((Part.REQUEST, "required"), ()):
        if clause.options["in"] == "body" and len(clause.path) == 1:
            yield _stated(clause, "required", True, "must be sent")


def of_null(operation: Operation) -> Iterator[Fact]:
    """Yield which fields may be null, and of which no document says so."""
    for rule, text in (("nullable", "may be null"), ("null", "no document allows null")):
        for clause in operation.by_rule.get((Part.REQUEST, rule), ()):
            if len(clause.path) == 1:
                yield _stated(clause, "nullable", rule == "nullable", text)


def of_call(operation: Operation) -> Fact:
    """Return the method and the path of an operation."""
    text = f"{operation.method} {operation.path}"
    return Fact(operation.id, "", "call", text, text, operation.level, operation.source)


def of_body(operation: Operation) -> Iterator[Fact]:
    """Yield how the body is sent, and how large it may be."""
    for clause in operation.clauses:
        if clause.part is not Part.REQUEST or clause.path:
            continue
        if clause.rule == "media-type":
            yield _stated(
                clause, "media-type", clause.options["media-type"], str(clause.options["media-type"]), ""
            )
        elif clause.rule == "required":
            yield _stated(clause, "required", True, "must be sent", "")
        elif clause.schema is not None and clause.rule != "type":
            found = _of_value(clause)
            if found is not None:
                yield found


def of_parameters(operation: Operation) -> Iterator[Fact]:
    """Yield every parameter of an operation but that of its path."""
    for parameter in operation.parameters:
        if parameter.place != "path":
            yield _of_parameter(operation, parameter)


def of_room(contract: Contract, operation: Operation) -> Iterator[Fact]:
    """Yield where a room's id stands: in the path of a request, in a response."""
    for parameter in operation.parameters:
        if parameter.place == "path" and parameter.name == contract.room.parameter:
            yield _of_parameter(operation, parameter)
    if not _shows_a_room(contract, operation):
        return
    way = ".".join((*contract.room.at, contract.room.id))
    clause = operation.clause(Part.RESPONSE, (*contract.room.at, contract.room.id), "present")
    level, source = (
        (clause.level, clause.source) if clause else (operation.success.level, operation.success.source)
    )
    yield Fact(
        operation.id, "", "room-id", way, f"{way} in the response", level, source, clause.id if clause else ""
    )


def of_server(contract: Contract) -> Fact:
    """Return the URL that every path is added to."""
    return Fact(
        "", "", "server", contract.server, contract.server, contract.server_level, contract.server_source
    )


def of_credentials(contract: Contract) -> Fact:
    """Return how a request proves who sends it."""
    spec = contract.credentials
    title = authentication(spec.scheme).title
    return Fact("", "", "credentials", spec.scheme, title, spec.level, spec.source)


def of_success(operation: Operation) -> Iterator[Fact]:
    """Yield the status of a request that is accepted."""
    for clause in operation.by_rule.get((Part.RESPONSE, "status"), ()):
        if clause.status.startswith("2"):
            yield _stated(clause, "status", clause.status, clause.status, "")


def of_rejection(operation: Operation, when: str) -> Iterator[Fact]:
    """Yield the status that answers a request which is rejected, for one reason of `x-when`."""
    spec = operation.rejection(when)
    if spec is not None:
        text = spec.status if spec.status != "default" else "4xx, which one is not said"
        yield Fact(operation.id, "", "status", spec.status, text, spec.level, spec.source)


def of_error_body(operation: Operation) -> Iterator[Fact]:
    """Yield the fields of a rejection's body and its headers."""
    for spec in operation.responses:
        if not spec.status.startswith("2"):
            yield from _fields(operation, spec, lambda clause: clause.rule == "type" and clause.path != ())
            yield from _fields(operation, spec, lambda clause: clause.options.get("in") == "header")


def of_response(contract: Contract, operation: Operation) -> Iterator[Fact]:
    """Yield the fields of the room in a response."""
    if not _shows_a_room(contract, operation):
        return
    depth = len(contract.room.at) + 1
    for clause in operation.by_rule.get((Part.RESPONSE, "present"), ()):
        here = clause.status == operation.success.status and clause.options.get("in") == "body"
        if here and len(clause.path) == depth and clause.path[:-1] == contract.room.at:
            yield _stated(clause, "present", clause.path[-1], "in the response", clause.path[-1])


def _shows_a_room(contract: Contract, operation: Operation) -> bool:
    """Whether the response to an operation is a room, and not a list, something else or nothing."""
    shows = operation.effect in (Effect.CREATE, Effect.READ) or operation.effect.changes
    return shows and operation.resource is contract.room


def _fields(operation: Operation, spec: ResponseSpec, wanted: Any) -> Iterator[Fact]:
    named: set[str] = set()
    for clause in operation.clauses:
        if (
            clause.part is Part.RESPONSE
            and clause.status == spec.status
            and wanted(clause)
            and clause.field not in named
        ):
            named.add(clause.field)
            place = "header" if clause.options.get("in") == "header" else "body"
            yield _stated(clause, place, clause.field, f"in the {place}")


def _stated(clause: Clause, what: str, value: Json, text: str, field: str | None = None) -> Fact:
    return Fact(
        clause.operation,
        clause.field if field is None else field,
        what,
        value,
        text,
        clause.level,
        clause.source,
        clause.id,
    )


def _of_value(clause: Clause) -> Fact | None:
    """Return what a request clause says of a value, None where another one says it."""
    if clause.rule == "required":
        return _stated(clause, "required", True, "must be sent")
    if clause.rule == "nullable":
        return _stated(clause, "nullable", True, "may be null")
    if clause.rule == "default":
        value = clause.options["default"]
        return _stated(clause, "default", value, f"default {_word(value)}")
    if clause.rule == "additional-properties":
        return _stated(clause, "additionalProperties", False, "no other fields")
    if clause.schema is None:
        return None
    ((keyword, value),) = clause.schema.items()
    return _stated(clause, keyword, value, described(keyword, value))


def described(keyword: str, value: Json) -> str:
    """Return a keyword of JSON Schema in few words."""
    if keyword == "type":
        kinds = [value] if isinstance(value, str) else value
        return " or ".join(_KINDS.get(kind, kind) for kind in kinds if kind != "null" or kinds == ["null"])
    if keyword in ("anyOf", "oneOf"):
        return " or ".join(_all_of(branch) for branch in value)
    words = ", ".join(map(_word, value)) if keyword == "enum" else _word(value)
    return _short(keyword).format(words) or keyword


def _short(keyword: str) -> str:
    return KEYWORDS[keyword].short if keyword in KEYWORDS else ""


def _all_of(schema: Any) -> str:
    if not isinstance(schema, Mapping):
        return "anything" if schema else "nothing"
    return (
        ", ".join(described(key, value) for key, value in schema.items() if not key.startswith("x-"))
        or "anything"
    )


def _word(value: Json) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "null" if value is None else str(value)


def _of_parameter(operation: Operation, parameter: Parameter) -> Fact:
    said = [described(key, value) for key, value in parameter.schema.items() if "{}" in _short(key)]
    words = [*(["must be sent"] if parameter.required and parameter.place != "path" else []), *said]
    text = f"{', '.join(words)} ({parameter.place})" if words else f"in the {parameter.place}"
    value = {"in": parameter.place, "required": parameter.required, "schema": parameter.schema}
    return Fact(operation.id, parameter.name, "parameter", value, text, parameter.level, parameter.source)
