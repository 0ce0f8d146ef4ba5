"""Faults of responses: fields, statuses, headers, error bodies, and server errors in place of responses."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from roomproof.contract.resource import Effect
from roomproof_faults.border.exchange import FaultyRequest, FaultyResponse, Handle, On, When, Wrap
from roomproof_faults.border.values import Change, Test, altered

Json = Any


def changing(change: Callable[[FaultyRequest, FaultyResponse], FaultyResponse]) -> Wrap:
    """Change responses on their way out."""

    def wrap(handle: Handle) -> Handle:
        async def changed(call: FaultyRequest) -> FaultyResponse:
            return change(call, await handle(call))

        return changed

    return wrap


def shows(change: Change, *ways: str, on: On = None, when: When = lambda _call, _reply: True) -> Wrap:
    """Show something else at places in the room, in every response that shows one."""

    def changed(call: FaultyRequest, reply: FaultyResponse) -> FaultyResponse:
        room = reply.room if (on is None or call.operation in on) and when(call, reply) else {}
        altering = room
        for way in ways:
            altering = altered(altering, way.split("."), change)
        return reply.with_room(altering) if room else reply

    return changing(changed)


def says(status: int, when: When, document: Json = None, keep: bool = False) -> Wrap:
    """Give another status, with a document of its own, or with the body that was there."""
    body = b"" if document is None else json.dumps(document).encode()

    def changed(call: FaultyRequest, reply: FaultyResponse) -> FaultyResponse:
        return (
            replace(reply, status=status, body=reply.body if keep else body) if when(call, reply) else reply
        )

    return changing(changed)


def crashes(when: When) -> Wrap:
    """Fail with a server error."""
    return says(500, when, {"error": "internal"})


def crashes_at(field_name: str, test: Test, on: On = None) -> Wrap:
    """Fail with a server error over one value that should be accepted."""
    return crashes(
        lambda call, reply: (
            reply.ok and call.within(on) and field_name in call.sent and test(call.sent[field_name])
        )
    )


def says_body(body: bytes, media_type: str, when: When) -> Wrap:
    """Give another body, of another media type if one is named."""

    def changed(call: FaultyRequest, reply: FaultyResponse) -> FaultyResponse:
        if not when(call, reply):
            return reply
        given = replace(reply, body=body)
        return given.with_header("content-type", media_type) if media_type else given

    return changing(changed)


BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def begins_with(start: bytes, when: When) -> Wrap:
    """Put bytes in front of the body."""
    return changing(
        lambda call, reply: (
            replace(reply, body=start + reply.body) if when(call, reply) and reply.body else reply
        )
    )


def cuts(when: When) -> Wrap:
    """Cut the last byte off the body."""
    return changing(lambda call, reply: replace(reply, body=reply.body[:-1]) if when(call, reply) else reply)


def says_header(name: str, value: str, when: When) -> Wrap:
    """Give another value for a header, or leave it off for an empty one."""
    return changing(lambda call, reply: reply.with_header(name, value) if when(call, reply) else reply)


def read(call: FaultyRequest, _: FaultyResponse) -> bool:
    """A read of a room."""
    return call.effect is Effect.READ


def done(on: frozenset[str]) -> When:
    """One of these operations that was accepted."""
    return lambda call, reply: reply.ok and call.operation in on


def rejected(on: frozenset[str], *statuses: int) -> When:
    """One of these operations that was rejected, with one of these statuses if some are named."""
    return lambda call, reply: (
        not reply.ok and call.operation in on and (not statuses or reply.status in statuses)
    )


def finds_another(on: frozenset[str], missing: tuple[int, ...] = (400, 404, 410)) -> Wrap:
    """Where nothing has the id, as the statuses `missing` tell, answer with the room that was there last, or
    with whatever else the path named last.
    """

    def wrap(handle: Handle) -> Handle:
        rooms: list[str] = []
        paths: dict[str, str] = {}

        async def found(call: FaultyRequest) -> FaultyResponse:
            reply = await handle(call)
            if reply.room:
                rooms[:] = [str(reply.room[reply.api.id])]
            if reply.ok:
                paths[call.operation] = call.path
            if reply.status not in missing or call.operation not in on:
                return reply
            path = paths.get(call.operation, call.path)
            other = call.to_room(rooms[0]) if call.room_id and rooms else replace(call, path=path)
            return await handle(call.resealed(other))

        return found

    return wrap
