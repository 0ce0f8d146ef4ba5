"""Which fields a contract may name outside of its schemas: one that no schema has would make clauses that
nothing ever tests.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from roomproof.contract.clause import HOLDERS, Part, Path, spoken
from roomproof.contract.keywords import BRANCHES
from roomproof.contract.model import Operation
from roomproof.contract.resource import Effect, Resource
from roomproof.errors import ContractError, did_you_mean


@dataclass(frozen=True)
class FieldReference:
    """A field that a contract names: the way to it below a schema, what holds it in words, and where in the
    contract it stands.
    """

    path: Path
    schema: Any
    holder: str
    pointer: Path


def require_known_fields(operation: Operation, room: Resource) -> None:
    """Raise ContractError, with the place and the nearest known word, for a field that the schema it is to
    stand in does not have.

    A schema that lists no properties may hold any field.
    """
    require_known(operation, (*_of_room(operation, room), *_of_order(operation)))


def require_known(operation: Operation, fields: Iterable[FieldReference]) -> None:
    """Raise as `require_known_fields` does for fields that are named elsewhere."""
    for named in fields:
        unknown = _unknown_step(named.schema, named.path)
        if unknown is not None:
            step, known = unknown
            message = (
                f"{named.holder} has no field {spoken(named.path)!r}{did_you_mean(step, known)}; "
                f"known are {', '.join(known) or 'none'}"
            )
            raise ContractError(f"{operation.id}: {message}", named.pointer)


def _of_room(operation: Operation, room: Resource) -> Iterator[FieldReference]:
    if operation.resource is None or operation.effect in (Effect.LIST, Effect.DELETE, Effect.ACTION):
        return
    holder = "the response to a request that is accepted"
    yield FieldReference((*room.at, room.id), operation.success.schema, holder, room.pointer)
    # A contract may leave the time out that others have; it is not to misspell it.
    shown = below(operation.success.schema, room.at)
    known = [*shown.get("properties", ())] if isinstance(shown, Mapping) else []
    if room.created and did_you_mean(room.created, known):
        yield FieldReference(
            (*room.at, room.created), operation.success.schema, holder, (*room.pointer, "created")
        )


def _of_order(operation: Operation) -> Iterator[FieldReference]:
    body = operation.clause(Part.REQUEST, (), "type")
    for name in operation.schema.get("x-unsettled-order", {}).get("members", ()):
        pointer = (*body.pointer[:-1], "x-unsettled-order") if body else ()
        yield FieldReference((name,), operation.schema, "the body", pointer)


def below(schema: Any, way: Iterable[str]) -> Any:
    """Return the schema at the end of a way of field names below a schema, None where it says nothing of
    that.
    """
    for step in way:
        schema = schema.get("properties", {}).get(step) if isinstance(schema, Mapping) else None
    return schema


def _unknown_step(schema: Any, path: Path) -> tuple[str, tuple[str, ...]] | None:
    """Return the first step of a path that leads to nothing, and what a schema lists in its place; None if
    all may be there.
    """
    for step in path:
        if not isinstance(schema, Mapping) or any(branches in schema for branches in BRANCHES):
            return None
        if step in HOLDERS:
            if HOLDERS[step] not in schema and "properties" in schema:
                return spoken(("", step)).removeprefix("."), tuple(schema["properties"])
            schema = schema.get(HOLDERS[step])
        elif "properties" not in schema:
            return None
        elif step in schema["properties"]:
            schema = schema["properties"][step]
        elif isinstance(schema.get("additionalProperties"), Mapping):
            schema = schema["additionalProperties"]
        else:
            return step, tuple(schema["properties"])
    return None
