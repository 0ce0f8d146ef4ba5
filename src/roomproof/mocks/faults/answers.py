"""Faults of answers: members, statuses, headers, error bodies, and server errors in place of answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from roomproof.mocks.faults.exchange import Call, Handle, Reply, Wrap
from roomproof.mocks.faults.values import Change, Test, altered, gone

Json = Any
When = Callable[[Call, Reply], bool]


def changing(change: Callable[[Call, Reply], Reply]) -> Wrap:
    """Change answers on their way out."""

    def wrap(handle: Handle) -> Handle:
        async def changed(call: Call) -> Reply:
            return change(call, await handle(call))

        return changed

    return wrap


def shows(way: str, change: Change, on: str = "", when: When = lambda _call, _reply: True) -> Wrap:
    """Show something else at a place in the room, in every answer that shows one."""

    def changed(call: Call, reply: Reply) -> Reply:
        room = reply.room if on in ("", call.operation) and when(call, reply) else {}
        return reply.with_room(altered(room, way.split("."), change)) if room else reply

    return changing(changed)


def shows_all(change: Change, *ways: str) -> Wrap:
    """Show something else at several places in the room."""

    def changed(_: Call, reply: Reply) -> Reply:
        room = reply.room
        for way in ways:
            room = altered(room, way.split("."), change)
        return reply.with_room(room) if room else reply

    return changing(changed)


def drops(*ways: str, on: str = "") -> Wrap:
    """Show the room without some members."""
    wrapped = shows_all(gone, *ways)
    return only(wrapped, on)


def adds(member: str, value: Json) -> Wrap:
    """Show the room with one more member, or with another value for it."""
    return changing(lambda _, reply: reply.with_room({**reply.room, member: value}) if reply.room else reply)


def says(status: int, when: When, document: Json = None, keep: bool = False) -> Wrap:
    """Give another status, with a document of its own, or with the body that was there if it is to be kept."""
    body = b"" if document is None else json.dumps(document).encode()

    def changed(call: Call, reply: Reply) -> Reply:
        return replace(reply, status=status, body=reply.body if keep else body) if when(call, reply) else reply

    return changing(changed)


def crashes(when: When) -> Wrap:
    """Fail with a server error."""
    return says(500, when, {"error": "internal"})


def crashes_at(member: str, test: Test) -> Wrap:
    """Fail with a server error over one value that should be taken."""
    return crashes(lambda call, reply: reply.ok and call.writes and member in call.sent and test(call.sent[member]))


def says_body(body: bytes, media_type: str, when: When) -> Wrap:
    """Give another body, of another media type if one is named."""

    def changed(call: Call, reply: Reply) -> Reply:
        if not when(call, reply):
            return reply
        given = replace(reply, body=body)
        return given.with_header("content-type", media_type) if media_type else given

    return changing(changed)


BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def begins_with(start: bytes, when: When) -> Wrap:
    """Put bytes in front of the body."""
    return changing(lambda call, reply: replace(reply, body=start + reply.body) if when(call, reply) and reply.body else reply)


def cuts(when: When) -> Wrap:
    """Cut the last byte off the body."""
    return changing(lambda call, reply: replace(reply, body=reply.body[:-1]) if when(call, reply) else reply)


def says_header(name: str, value: str, when: When) -> Wrap:
    """Give another value for a header, or leave it off for an empty one."""
    return changing(lambda call, reply: reply.with_header(name, value) if when(call, reply) else reply)


def says_errors(change: Change, *ways: str) -> Wrap:
    """Show something else at places in the body of a refusal."""

    def changed(call: Call, reply: Reply) -> Reply:
        document = None if reply.ok or call.operation == "" else reply.document
        for way in ways:
            document = altered(document, way.split("."), change)
        return reply if document is None else reply.with_document(document)

    return changing(changed)


def only(wrap: Wrap, on: str) -> Wrap:
    """The fault in one operation alone; in all of them, if none is named."""

    def wrapped(handle: Handle) -> Handle:
        faulty = wrap(handle)

        async def chosen(call: Call) -> Reply:
            return await (faulty if on in ("", call.operation) else handle)(call)

        return chosen

    return wrapped


def read(call: Call, _: Reply) -> bool:
    """A read of a room."""
    return call.method == "GET" and bool(call.room_id)


def done(on: str = "") -> When:
    """An operation that was carried out; any documented one, if none is named."""
    return lambda call, reply: reply.ok and call.operation != "" and on in ("", call.operation)


def refused(*statuses: int, on: str = "") -> When:
    """An operation that was refused, with one of these statuses if some are named."""
    return lambda call, reply: (
        not reply.ok and call.operation != "" and on in ("", call.operation) and (not statuses or reply.status in statuses)
    )


def finds_another_room(*missing: int) -> Wrap:
    """Where no room has the id, answer with one that was there last; `missing` are the statuses that tell so."""

    def wrap(handle: Handle) -> Handle:
        last: list[str] = []

        async def found(call: Call) -> Reply:
            reply = await handle(call)
            if reply.room:
                last[:] = [str(reply.room[reply.api.id])]
            return await handle(call.to_room(last[0])) if reply.status in missing and call.updates and last else reply

        return found

    return wrap
