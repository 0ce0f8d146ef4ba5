"""What a contract is silent about: a request that runs into it may be accepted or rejected, and neither is a
finding.

A document that leaves a rule out does not say that the opposite holds. Each reason here stands in for a rule
that another contract has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from roomproof.contract.formats import is_http_date, is_uuid
from roomproof.contract.keywords import KEYWORDS, Role
from roomproof.contract.model import Operation
from roomproof.interaction import Credentials, Request, RoomKnowledge, header
from roomproof.judge.compiled import RequestRules
from roomproof.judge.judged_interaction import NoJson, RejectionReason, Violation, is_second_hand
from roomproof.judge.rooms import RoomState
from roomproof.judge.rules import pair_required

Json = Any
_HAVE_NO_RIGHTS = (Credentials.MISSING, Credentials.WRONG, Credentials.UNSCOPED)
_TYPES: Mapping[type, str] = {str: "string", int: "number", float: "number", list: "array", dict: "object"}


def silences(
    operation: Operation,
    rules: RequestRules,
    request: Request,
    named: tuple[RoomState | None, ...],
    body: Json,
    violations: list[Violation],
) -> Iterator[str]:
    """Yield why nobody can say whether a request has to be accepted, where no rule of its contract says that
    it has to be rejected.

    `named` are the room that its path names, and what it names inside that, as far as they are known.
    """
    rejected_for = {violation.rejection for violation in violations}
    if request.credentials in _HAVE_NO_RIGHTS and RejectionReason.UNAUTHENTICATED not in rejected_for:
        yield "the sender has no rights"
    if RejectionReason.UNKNOWN_ROOM not in rejected_for:
        yield from _absent_room(request, [state for state in named if state is not None])
    if body is NoJson.ABSENT and rules.body_required is None and operation.body is not None:
        yield "there is no body, and no document says that it may be left out"
    yield from _unruled_headers(operation, rules, request)
    yield from (
        f"no document says what {'.'.join(way)} may hold" for way in untyped(operation.schema, body, ())
    )


def _absent_room(request: Request, named: list[RoomState]) -> Iterator[str]:
    if request.room is RoomKnowledge.NONE or any(state.deleted for state in named):
        yield "there is no such room, and no document says what follows"
    elif any(state.may_be_gone for state in named):
        yield "the room may be gone, since nobody knows what became of its deletion"


def _unruled_headers(operation: Operation, rules: RequestRules, request: Request) -> Iterator[str]:
    """Yield what is odd about the headers that make a request repeatable, where neither a parameter nor a
    pair's rule speaks of it.
    """
    names = operation.repeatability
    if names is None or is_second_hand(request):
        return
    sent = [header(request.headers, name) for name in names]
    if not pair_required.RULE.clauses(operation) and sent.count(None) == 1:
        yield f"{names[0]} and {names[1]} do not come together"
    ruled = {parameter.name.lower() for parameter in rules.parameters if parameter.place == "header"}
    for name, value, is_good in zip(names, sent, (is_uuid, is_http_date), strict=True):
        if value is not None and name.lower() not in ruled and not is_good(value):
            yield f"no document says what {name} may hold"


def untyped(schema: Mapping[str, Any], value: Json, way: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the ways to values of a body that fit their schema only because it does not say of which type
    they are.
    """
    if isinstance(value, list) and isinstance(schema.get("items"), dict):
        for index, item in enumerate(value):
            yield from _untyped_field(schema["items"], item, (*way, str(index)))
    if isinstance(value, dict):
        for name, item in value.items():
            field = schema.get("properties", {}).get(name, schema.get("additionalProperties"))
            if isinstance(field, dict):
                yield from _untyped_field(field, item, (*way, name))


def _untyped_field(schema: Mapping[str, Any], value: Json, way: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if any(_says_what(keyword, value) for keyword in schema):
        yield from untyped(schema, value, way)
    else:
        yield way


def _says_what(name: str, value: Json) -> bool:
    """Whether a keyword says which values there are, or that those of a value's type may come.

    Each that speaks of one type does (JSON Schema 2020-12, Validation, 6), and of the others all but `not`.
    """
    keyword = KEYWORDS.get(name)
    if keyword is None or keyword.role is Role.ANNOTATION:
        return False
    if keyword.speaks_of:
        return keyword.speaks_of == _TYPES.get(type(value))
    return keyword.role is Role.VALUE and name != "not"
