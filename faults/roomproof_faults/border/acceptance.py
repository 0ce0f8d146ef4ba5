"""Faults of what a provider takes and rejects: wrong requests that it takes, right ones that it rejects.

A wrong value is hidden from the mock behind a right one, and stands in the responses as it was sent.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from roomproof_faults.border.exchange import INVALID, FaultyRequest, FaultyResponse, Handle, On, Wrap
from roomproof_faults.border.memory import Moment, remembering
from roomproof_faults.border.right import is_right, right
from roomproof_faults.border.values import ABSENT, Change, Test, altered

Json = Any


def accepts_instead(way: str, wrong: Test, right: Json, on: On = None, shown: bool = True) -> Wrap:
    """Take wrong values of a field of the body as if they were `right` (a value, or a function of the wrong
    one).

    `way` leads to the field, `*` in it to all entries; an empty one to the whole body. `on` names the
    operation, all by default. `shown` tells whether the wrong value is shown in responses, or the right one
    in its place.
    """
    parts = way.split(".") if way else []
    change = right if callable(right) else lambda _: right

    def before(call: FaultyRequest) -> FaultyRequest:
        if not call.within(on):
            return call
        hidden = altered(call.document, parts, lambda value: change(value) if wrong(value) else value)
        # Compared as texts: 1, 1.0 and true are equal in Python.
        return call if repr(hidden) == repr(call.document) else call.with_sent(hidden)

    def after(moment: Moment) -> None:
        if shown and parts[:1] and parts[0] in moment.call.sent and before(moment.call) is not moment.call:
            moment.shown[parts[0]] = moment.call.sent[parts[0]]

    return remembering(after, before)


def rejects(way: str, right: Test, on: On = None) -> Wrap:
    """Reject right values of a field of the body, of the whole of it where `way` is empty."""

    def before(call: FaultyRequest) -> FaultyRequest:
        parts = way.split(".") if way else []
        met: list[Json] = []
        if call.within(on):
            altered(call.document, parts, lambda value: met.append(value) if right(value) else None)
        wrong = {**call.sent, parts[0]: INVALID} if call.sent else INVALID
        return call.with_sent(wrong) if met else call

    return passing(before)


def rejects_when(field_name: str, wrong: Callable[[dict[str, Json]], bool]) -> Wrap:
    """Reject bodies whose fields pass together; `field_name` is made invalid for it."""

    def before(call: FaultyRequest) -> FaultyRequest:
        return (
            call.with_sent({**call.sent, field_name: INVALID}) if call.writes and wrong(call.sent) else call
        )

    return passing(before)


def rejects_together(*fields: str) -> Wrap:
    """Reject bodies that hold all these fields, whatever their values."""
    return rejects_when(fields[0], lambda sent: set(fields) <= set(sent))


def accepts_rejected(*fields: str, right: Test, stand_in: Change) -> Wrap:
    """Take fields that pass `right` by themselves, although the mock rejects them together or because of
    other rooms.

    The mock gets what `stand_in` makes of each instead.
    """

    def sent(call: FaultyRequest) -> dict[str, Json]:
        return {name: call.sent[name] for name in fields if call.writes and name in call.sent}

    def retried(handle: Handle) -> Handle:
        async def taking(call: FaultyRequest) -> FaultyResponse:
            reply = await handle(call)
            if reply.ok or not sent(call) or not all(map(right, sent(call).values())):
                return reply
            instead = {**call.sent, **{name: stand_in(value) for name, value in sent(call).items()}}
            return await handle(
                call.with_sent({name: value for name, value in instead.items() if value is not ABSENT})
            )

        return taking

    def as_sent(moment: Moment) -> None:
        moment.shown.update({name: value for name, value in sent(moment.call).items() if right(value)})

    return in_order(remembering(as_sent), retried)


def keeps_taken(field_name: str, names: Callable[[Json], list[Json]]) -> Wrap:
    """Reject to give a room what another one has ever had, although that one has given it up or is gone.

    `names` reads what must be unique from a value.
    """

    def wrap(handle: Handle) -> Handle:
        owners: dict[Json, str] = {}

        async def taking(call: FaultyRequest) -> FaultyResponse:
            wanted = names(call.sent.get(field_name)) if call.updates else []
            if any(owners.get(name, call.room_id) != call.room_id for name in wanted):
                return await handle(call.with_sent({**call.sent, field_name: INVALID}))
            reply = await handle(call)
            for name in wanted if reply.ok else ():
                owners.setdefault(name, call.room_id)
            return reply

        return taking

    return wrap


def accepts_body(wrong: Callable[[bytes], bool], on: frozenset[str]) -> Wrap:
    """Take wrong bodies as if they were one that leaves the room as it is: an empty object, or all that must
    be sent.
    """

    def wrap(handle: Handle) -> Handle:
        async def taking(call: FaultyRequest) -> FaultyResponse:
            if call.operation not in on or not wrong(call.body):
                return await handle(call)
            operation = call.api.operation(call.operation)
            stand_in: Json = {} if is_right(operation.schema, {}) else right(operation.schema)
            if stand_in and call.room_id:
                stand_in = (await handle(call.reading())).room
            typed = call.with_header("content-type", operation.media_type or "")
            return await handle(typed.with_sent(stand_in))

        return taking

    return wrap


def accepts_media_type(on: frozenset[str]) -> Wrap:
    """Take a body of any media type as if it had the right one."""

    def before(call: FaultyRequest) -> FaultyRequest:
        right = call.api.operation(call.operation).media_type if call.operation in on else None
        return call.with_header("content-type", right) if right else call

    return passing(before)


def rejects_media_type(right: str, on: frozenset[str]) -> Wrap:
    """Reject bodies of the documented media type."""

    def before(call: FaultyRequest) -> FaultyRequest:
        rejected = call.operation in on and call.header("content-type") == right
        return call.with_header("content-type", "text/plain") if rejected else call

    return passing(before)


def accepts_without(field_name: str, on: frozenset[str]) -> Wrap:
    """Take a body that lacks a required field; the room's own value stands in for it."""

    def wrap(handle: Handle) -> Handle:
        async def taking(call: FaultyRequest) -> FaultyResponse:
            if call.operation in on and call.sent and field_name not in call.sent:
                room = (await handle(call.reading())).room
                return await handle(
                    call.with_sent({**call.sent, field_name: room[field_name]})
                    if field_name in room
                    else call
                )
            return await handle(call)

        return taking

    return wrap


def accepts_query(name: str, wrong: Callable[[str], bool], right: str, on: frozenset[str]) -> Wrap:
    """Take a wrong or missing query parameter as if it were right."""

    def before(call: FaultyRequest) -> FaultyRequest:
        if call.operation not in on or not wrong(call.query(name)):
            return call
        others = call.without_query(name).scope["query_string"].decode("latin-1")
        return call.with_query("&".join(part for part in (others, f"{name}={quote(right)}") if part))

    return passing(before)


def accepts_header(
    name: str, wrong: Callable[[str], bool], right: Callable[[], str], on: frozenset[str]
) -> Wrap:
    """Take a wrong or missing header as if it were right; `right` makes another one for each call."""

    def before(call: FaultyRequest) -> FaultyRequest:
        return call.with_header(name, right()) if call.operation in on and wrong(call.header(name)) else call

    return passing(before)


def passing(before: Callable[[FaultyRequest], FaultyRequest]) -> Wrap:
    """Change calls on their way to the mock."""

    def wrap(handle: Handle) -> Handle:
        async def changed(call: FaultyRequest) -> FaultyResponse:
            return await handle(before(call))

        return changed

    return wrap


def in_order(*wraps: Wrap) -> Wrap:
    """Several faults at once, the first one outermost."""

    def wrap(handle: Handle) -> Handle:
        for inner in reversed(wraps):
            handle = inner(handle)
        return handle

    return wrap


def empty(body: bytes) -> bool:
    """No body at all."""
    return not body.strip()


def null(body: bytes) -> bool:
    """The JSON text null."""
    return body.strip() == b"null"


def no_object(body: bytes) -> bool:
    """A JSON text that is neither an object nor null."""
    return body.strip()[:1] not in (b"", b"{", b"n")
