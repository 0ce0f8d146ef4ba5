"""Operators on responses: fields, bodies, headers and statuses that are not as they are documented."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from roomproof.contract.clause import ITEMS, KEYS, VALUES, Part, Path, path_of
from roomproof_faults.border.exchange import FaultyRequest, FaultyResponse, When, Wrap
from roomproof_faults.border.interface import schema_at
from roomproof_faults.border.responses import (
    BYTE_ORDER_MARK,
    begins_with,
    changing,
    cuts,
    says,
    says_body,
    says_header,
    shows,
)
from roomproof_faults.border.right import filled_in, is_right, kinds_of, right
from roomproof_faults.border.values import Change, altered, constant, filled, gone, swapped
from roomproof_faults.fault import FaultKind
from roomproof_faults.operators.operator import LIMITING, Breaches, Demand, operator

Json = Any
_SUCCESSES, _REJECTIONS = (200, 201, 202, 204), (400, 403, 404, 409, 422)
_REDIRECT = 302
_SPOILING: Mapping[str, Callable[[Json], Change]] = {
    "maximum": lambda limit: constant(limit + 1),
    "exclusive-maximum": constant,
    "minimum": lambda limit: constant(limit - 1),
    "exclusive-minimum": constant,
    "multiple-of": lambda step: constant(step / 2),
    "max-length": lambda size: lambda text: f"{text}" + (size + 1) * "x",
    "min-length": lambda size: lambda text: f"{text}"[: max(size - 1, 0)],
    "max-items": lambda size: lambda items: [*items, *((items or ["x"]) * (size + 1))],
    "min-items": lambda size: lambda items: items[: max(size - 1, 0)],
    "max-properties": lambda size: (
        lambda fields: {**fields, **{f"x{number}": number for number in range(size + 1)}}
    ),
    "min-properties": lambda _: constant({}),
    "unique-items": lambda _: lambda items: [*items, *(items or ["x", "x"])],
    "additional-properties": lambda _: lambda fields: {**fields, "x-unlisted": 1},
}
"""What breaks a keyword, by its value."""
_FORMS: Mapping[str, Change] = {
    "date-time": lambda text: text.replace("T", " ").partition("+")[0].rstrip("Z"),
    "uri": lambda text: text.partition("://")[2] or text,
    "uuid": lambda text: text.replace("-", "") + "x",
}
_LAST_RESORTS: tuple[Change, ...] = (
    lambda value: f"{value} ~",
    *map(constant, ("other", 25, "", [], {}, 0.5, "2031-02-30")),
    lambda value: not value,
)


def answered(demand: Demand) -> When:
    """Return whether a reply is the response of which the clause of its operation speaks."""
    statuses = {clause.operation: clause.status for clause in demand.clauses}

    def here(call: FaultyRequest, reply: FaultyResponse) -> bool:
        if call.operation not in statuses:
            return False
        operation = call.api.operation(call.operation)
        spec = operation.response(reply.status) or (operation.success if reply.ok else None)
        return statuses[call.operation] == (spec.status if spec else "default")

    return here


def altering(demand: Demand, change: Change) -> Wrap:
    """Show something else at the field; what the mock leaves out on the way there is made up first."""
    at = demand.api.contract.room.at
    if not demand.is_rejection and demand.is_in_room and len(demand.path) > len(at):
        return _in_room(demand, change)
    concerns = answered(demand)

    def changed(call: FaultyRequest, reply: FaultyResponse) -> FaultyResponse:
        anywhere = demand.on is None and bool(reply.room) and not demand.is_rejection
        if reply.document is None or not (anywhere or concerns(call, reply)):
            return reply
        whole = filled_in(reply.document, demand.path, demand.whole)
        return reply.with_document(altered(whole, _starred(demand.path), change))

    return changing(changed)


def _in_room(demand: Demand, change: Change) -> Wrap:
    at = demand.api.contract.room.at
    below, schema = demand.path[len(at) :], schema_at(demand.whole, at)
    shown = shows(change, demand.way, on=demand.on)

    def filling(call: FaultyRequest, reply: FaultyResponse) -> FaultyResponse:
        room = reply.room if demand.on is None or call.operation in demand.on else {}
        # What a request can set shows by itself.
        whole = room if not room or below[0] in demand.api.settable else filled_in(room, below, schema)
        return reply if whole == room else reply.with_room(_agreeing(demand, whole))

    return lambda handle: shown(changing(filling)(handle))


def _agreeing(demand: Demand, room: Json) -> Json:
    """The room in which what was made up agrees with the rest, where the contract says that it does."""
    for clause in demand.api.operation(demand.clause.operation).clauses:
        here = clause.rule == "fields-agree" and clause.path[0] == demand.way.split(".")[0]
        if here and "where" not in clause.options:
            value = room.get(path_of(clause.options["same-as"])[0])
            room = altered(room, _starred(clause.path), constant(value))
    return room


def _starred(path: Path) -> list[str]:
    return ["*" if step in (ITEMS, VALUES) else step for step in path]


def _field(demand: Demand, word: str, what: str, change: Change) -> Breaches:
    """The breach at the field, in the header or the body that carries it; none for a whole body."""
    if demand.carrier == "header":
        value = change("roomproof")
        text = value if isinstance(value, str) else ""
        yield word, what, says_header(demand.path[0].lower(), text, answered(demand))
    elif demand.path[-1:] == (KEYS,):
        holder = replace(demand, clauses=tuple(replace(one, path=one.path[:-1]) for one in demand.clauses))
        yield word, what, altering(holder, _renaming(change))
    elif demand.path:
        yield word, what, altering(demand, change)


def _renaming(change: Change) -> Change:
    """A change of the names of an object's fields."""
    return lambda fields: {f"{change(name)}": value for name, value in (fields or {"someone": {}}).items()}


def _said(demand: Demand) -> str:
    return f"{demand.field} of a rejection" if demand.is_rejection else demand.field


@operator(FaultKind.TYPES, Part.RESPONSE, "type")
def other_type(demand: Demand) -> Breaches:
    named = demand.value if isinstance(demand.value, list) else [demand.value]
    number = "seven" if {"integer", "number"} & set(named) else 7
    yield from _field(demand, "other", f"shows {_said(demand)} with another JSON type", filled(swapped))
    yield from _field(demand, "constant", f"shows {number!r} for {_said(demand)}", constant(number))
    if "string" not in named:
        yield from _field(demand, "text", f"shows a text for {_said(demand)}", constant("none"))


@operator(FaultKind.NULLABILITY, Part.RESPONSE, "null")
def null(demand: Demand) -> Breaches:
    yield from _field(demand, "shown", f"shows {_said(demand)} as null", constant(None))


@operator(FaultKind.PRESENCE, Part.RESPONSE, "present")
def absent(demand: Demand) -> Breaches:
    yield from _field(demand, "absent", f"leaves {_said(demand)} off", gone)


@operator(FaultKind.LIMITS, Part.RESPONSE, *LIMITING, "any-of", "one-of")
def other_value(demand: Demand) -> Breaches:
    """A value that the keyword forbids."""
    keyword, schema = demand.rule, demand.clause.schema
    first = [_SPOILING[keyword](demand.value)] if keyword in _SPOILING else []
    form = [_FORMS[demand.value]] if keyword == "format" and demand.value in _FORMS else []

    def spoilt(value: Json) -> Json:
        if value is None and (form or "null" in kinds_of(demand.schema)):
            return value
        there = right(demand.schema) if value is None else value
        made = (change(there) for change in (*first, *form, *_LAST_RESORTS))
        return next((one for one in made if not is_right(schema, one)), value)

    what = f"shows a value of {_said(demand)} that the rule {demand.clause.rule} forbids"
    yield from _field(demand, "other", what, spoilt)


@operator(FaultKind.TYPES, Part.RESPONSE, "any-of", "one-of")
def no_alternative(demand: Demand) -> Breaches:
    if not demand.path and not is_right(demand.clause.schema, {}):
        yield "empty", "answers with an empty object", says_body(b"{}", "", answered(demand))


@operator(FaultKind.FORMATS, Part.RESPONSE, "format")
def constant_text(demand: Demand) -> Breaches:
    yield from _field(demand, "constant", f"shows the text none for {_said(demand)}", constant("none"))


operator(FaultKind.FORMATS, Part.RESPONSE, "format", "pattern")(other_value)
operator(FaultKind.ENUMS, Part.RESPONSE, "enum", "const")(other_value)


@operator(FaultKind.TYPES, Part.RESPONSE, "type")
def list_for_body(demand: Demand) -> Breaches:
    if not demand.path:
        yield "list", "answers with a list", says_body(b"[]", "", answered(demand))


@operator(FaultKind.CONTENT_TYPE, Part.RESPONSE, "type")
def cut_body(demand: Demand) -> Breaches:
    if not demand.path:
        yield "cut", "answers with JSON that is cut short", cuts(answered(demand))


@operator(FaultKind.NULLABILITY, Part.RESPONSE, "null")
def null_for_body(demand: Demand) -> Breaches:
    if not demand.path:
        yield "shown", "answers with null", says_body(b"null", "", answered(demand))


@operator(FaultKind.RARE, Part.RESPONSE, "json")
def byte_order_mark(demand: Demand) -> Breaches:
    yield (
        "byte-order-mark",
        "begins its JSON with a byte order mark",
        begins_with(BYTE_ORDER_MARK, answered(demand)),
    )


@operator(FaultKind.CONTENT_TYPE, Part.RESPONSE, "media-type")
def other_media_type(demand: Demand) -> Breaches:
    yield "html", "calls its JSON text/html", says_header("content-type", "text/html", answered(demand))
    yield "page", "answers with a page", says_body(b"<p>no</p>", "text/html", answered(demand))


@operator(FaultKind.STATUS, Part.RESPONSE, "status")
def other_status(demand: Demand) -> Breaches:
    documented, operation = demand.clause.status, demand.api.operation(demand.clause.operation)
    statuses = _REJECTIONS if demand.is_rejection else _SUCCESSES
    # Another success that is documented is right, too; another rejection is one of something else.
    known = {status: spec.status for status in statuses if (spec := operation.response(status))}
    right_ones = {documented} if demand.is_rejection else set(known.values())
    wrong = [status for status in statuses if known.get(status) not in right_ones]
    for status in wrong or [_REDIRECT]:
        what = f"answers with {status} where {documented} is documented"
        yield f"{status}", what, says(status, answered(demand), keep=status != 204)
