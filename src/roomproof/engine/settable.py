"""What a run can set in a room, and so put back: which operation does it, which fields, and which found
values it can send.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from roomproof.contract.model import Contract, Operation
from roomproof.interaction import Interaction
from roomproof.judge.evidence import shown
from roomproof.judge.judged_interaction import read_json, read_response
from roomproof.judge.rules import read_only, unchanged
from roomproof.judge.validators import validator
from roomproof.targets.target import UnsentRequest

Json = Any


def settable(contract: Contract) -> tuple[Operation, tuple[str, ...]] | None:
    """Return the operation that changes a room, and the fields that it can set; None if there is none. One
    that replaces comes last.
    """
    changing = [operation for operation in contract.changing if operation in contract.telling]
    operation = next((one for one in changing if changes_fields(one)), changing[0] if changing else None)
    if operation is None:
        return None
    fixed = {clause.path[0] for clause in read_only.RULE.clauses(operation)}
    return operation, tuple(name for name in operation.schema.get("properties", {}) if name not in fixed)


def fields_in(contract: Contract, interaction: Interaction, asked: str) -> Mapping[str, Json] | None:
    """Return the fields that can be set of the room that was asked for, None if the response shows none, or
    another one.
    """
    response, known = interaction.response, settable(contract)
    if response is None or response.status >= 300 or known is None:
        return None
    room = contract.room.representation(read_response(response.body))
    if room is None or not _responses_to(room, contract.room.id, asked):
        return None
    return {name: room[name] for name in known[1] if name in room}


def _responses_to(room: Mapping[str, Json], id_field: str, asked: str) -> bool:
    """Whether a room has the id that was asked for, in any case, or none; a room may answer to its name,
    too.
    """
    told = [room[id_field]] if id_field in room else []
    names = [value for value in room.values() if isinstance(value, str)]
    return not told or asked.casefold() in (str(value).casefold() for value in (*told, *names))


def unrestorable(contract: Contract, found: Mapping[str, Json]) -> Mapping[str, Json]:
    """Return the fields of a room as it was found that no update can set back, as far as the contract says:
    their values are not allowed.

    A field that is not set may be null or an empty text, and so may what is sent to set it back.
    """
    known = settable(contract)
    if known is None:
        return {}
    schemas = known[0].schema.get("properties", {})

    def allowed(name: str) -> bool:
        values = ("", None) if found[name] in ("", None) else (found[name],)
        return any(validator(schemas[name]).is_valid(value) for value in values)

    return {name: value for name, value in found.items() if not allowed(name)}


def names_of_change(contract: Contract, unsent: UnsentRequest) -> frozenset[str]:
    """Return the fields of a room that a request may change, if it is accepted: those that it names, or all
    that can be set.
    """
    matched, known = contract.match(unsent.method, unsent.path), settable(contract)
    if matched is None or known is None:
        return frozenset()
    body = read_json(unsent.body)
    return frozenset(body if isinstance(body, dict) and changes_fields(matched[0]) else known[1])


def changes_fields(operation: Operation) -> bool:
    """Whether an operation leaves as it is what a body does not name."""
    return operation.method == "PATCH" or bool(unchanged.RULE.clauses(operation))


def told(value: Json) -> str:
    """Return a value of somebody's room as a remark tells it: of lists and objects, in which access codes may
    stand, only what they are.
    """
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "an object"
    return shown(value)
