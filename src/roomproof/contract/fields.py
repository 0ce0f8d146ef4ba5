"""Which fields a contract may name outside of its schemas: one that no schema has would make clauses that nothing ever tests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from roomproof.contract.clause import ITEMS, KEYS, VALUES, Clause, Part, Path, path_of, spoken
from roomproof.contract.model import Operation, Room
from roomproof.errors import ContractError, did_you_mean

_HOLDERS = {ITEMS: "items", VALUES: "additionalProperties", KEYS: "propertyNames"}
_BRANCHES = ("allOf", "anyOf", "oneOf")
OF_THE_BODY = frozenset((
    "echo", "unchanged", "null-unchanged", "kept-or-default", "read-after-write", "date-only", "unique", "listed-echo", "listed-default",
))  # fmt: skip
"""Rules about a member of the request's body."""
OF_THE_ROOM = frozenset(("constant", "read-only", "server-generated", "created-now", "default-now"))
"""Rules about a member of the room in an answer."""
BELOW_THE_ROOM = frozenset(("default-from", "default-value", "fields-agree"))
"""Rules about a field anywhere in the room of an answer; `items` and `values` lead into arrays and maps."""


@dataclass(frozen=True)
class Named:
    """A field that a contract names: the way to it below a schema, what holds it in words, and where in the contract it stands."""

    path: Path
    schema: Any
    holder: str
    pointer: Path


def require_known_fields(operation: Operation, room: Room) -> None:
    """Raise ContractError, with the place and the nearest known word, for a field that the schema it is to stand in does not have.

    A schema that lists no properties may hold any field.
    """
    for named in (*_of_room(operation, room), *_of_order(operation), *_of_behaviours(operation, room)):
        unknown = _unknown_step(named.schema, named.path)
        if unknown is not None:
            step, known = unknown
            message = f"{named.holder} has no field {spoken(named.path)!r}{did_you_mean(step, known)}; known are {', '.join(known)}"
            raise ContractError(f"{operation.id}: {message}", named.pointer)


def _of_room(operation: Operation, room: Room) -> Iterator[Named]:
    holder = "the answer to a request that is carried out"
    yield Named((*room.at, room.id), operation.success.schema, holder, ("x-room",))
    # A contract may leave the time out that others have; it is not to misspell it.
    shown = _below(operation.success.schema, room.at)
    known = [*shown.get("properties", ())] if isinstance(shown, Mapping) else []
    if room.created and did_you_mean(room.created, known):
        yield Named((*room.at, room.created), operation.success.schema, holder, ("x-room", "created"))


def _of_order(operation: Operation) -> Iterator[Named]:
    body = operation.clause(Part.REQUEST, (), "type")
    for name in operation.body.schema.get("x-unsettled-order", {}).get("members", ()):
        pointer = (*body.pointer[:-1], "x-unsettled-order") if body else ()
        yield Named((name,), operation.body.schema, "the body", pointer)


def _of_behaviours(operation: Operation, room: Room) -> Iterator[Named]:
    for clause in operation.clauses:
        if clause.part is Part.BEHAVIOUR:
            yield from _places(clause, operation, room)


def _places(clause: Clause, operation: Operation, room: Room) -> Iterator[Named]:
    """Yield the fields that a line of `x-behaviours` is about, and those that its options name."""
    shown = _below(operation.success.schema, room.at)
    in_room = "the room in an answer"
    if clause.rule in OF_THE_BODY:
        yield Named(clause.path, operation.body.schema, "the body", clause.pointer)
    elif clause.rule in OF_THE_ROOM | BELOW_THE_ROOM:
        yield Named(clause.path, shown, in_room, clause.pointer)
    for option, read in _OPTIONS.get(clause.rule, {}).items():
        if option in clause.options:
            path, schema, holder = read(clause, option, operation)
            yield Named(path, shown if schema is None else schema, holder or in_room, (*clause.pointer, "with", option))


_Read = Callable[[Clause, str, Operation], tuple[Path, Any, str]]


def _room_field(clause: Clause, option: str, _: Operation) -> tuple[Path, Any, str]:
    return path_of(clause.options[option]), None, ""


def _body_field(clause: Clause, option: str, operation: Operation) -> tuple[Path, Any, str]:
    return (clause.options[option],), operation.body.schema, "the body"


def _entry_field(step: str) -> _Read:
    """Return how to read a field of each entry of the array or map that a clause is about."""

    def read(clause: Clause, option: str, operation: Operation) -> tuple[Path, Any, str]:
        return (*clause.path, step, clause.options[option]), operation.body.schema, "the body"

    return read


def _header(clause: Clause, option: str, operation: Operation) -> tuple[Path, Any, str]:
    headers: dict[str, Any] = {parameter.name: {} for parameter in operation.parameters if parameter.place == "header"}
    # Who declares no header at all leaves them to the line.
    return (clause.options[option],), {"properties": headers} if headers else {}, "the header of a request"


_OPTIONS: Mapping[str, Mapping[str, _Read]] = {
    "unique": {"each": _entry_field(ITEMS)},
    "default-from": {"from": _room_field},
    "default-now": {"created": _room_field},
    "fields-agree": {"same-as": _room_field},
    "window": dict.fromkeys(("from", "until"), _body_field),
    "replayed-once": dict.fromkeys(("id", "first-sent"), _header),
    "pair-required": dict.fromkeys(("id", "first-sent"), _header),
    "listed-echo": {"member": _entry_field(VALUES)},
    "listed-default": {"member": _entry_field(VALUES)},
}
"""The options of each rule that name fields, and how to find what these stand in."""


def _below(schema: Any, way: Iterable[str]) -> Any:
    for step in way:
        schema = schema.get("properties", {}).get(step) if isinstance(schema, Mapping) else None
    return schema


def _unknown_step(schema: Any, path: Path) -> tuple[str, tuple[str, ...]] | None:
    """Return the first step of a path that leads to nothing, and what a schema lists in its place; None if all may be there."""
    for step in path:
        if not isinstance(schema, Mapping) or any(branches in schema for branches in _BRANCHES):
            return None
        if step in _HOLDERS:
            if _HOLDERS[step] not in schema and "properties" in schema:
                return spoken(("", step)).removeprefix("."), tuple(schema["properties"])
            schema = schema.get(_HOLDERS[step])
        elif "properties" not in schema:
            return None
        elif step in schema["properties"]:
            schema = schema["properties"][step]
        elif isinstance(schema.get("additionalProperties"), Mapping):
            schema = schema["additionalProperties"]
        else:
            return step, tuple(schema["properties"])
    return None
