"""Faults of what a provider takes and refuses: wrong requests that it takes, right ones that it refuses.

A wrong value is hidden from the mock behind a right one, and stands in the answers as it was sent.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from roomproof.mocks.faults.exchange import INVALID, Call, Handle, Reply, Wrap
from roomproof.mocks.faults.memory import Moment, remembering
from roomproof.mocks.faults.values import Change, Test, altered

Json = Any


def takes(way: str, wrong: Test, right: Json, on: str = "", shown: bool = True) -> Wrap:
    """Take wrong values of a member of the body as if they were `right` (a value, or a function of the wrong one).

    `way` leads to the member, `*` in it to all entries. `on` names the operation, all by default. `shown` tells whether the
    wrong value is shown in answers, or the right one that it is taken for.
    """
    parts = way.split(".")
    change = right if callable(right) else lambda _: right

    def before(call: Call) -> Call:
        if on not in ("", call.operation) or not call.writes or parts[0] not in call.sent:
            return call
        hidden = altered(call.sent, parts, lambda value: change(value) if wrong(value) else value)
        # Compared as texts: 1, 1.0 and true are equal in Python.
        return call if repr(hidden) == repr(call.sent) else call.with_sent(hidden)

    def after(moment: Moment) -> None:
        if shown and moment.call.writes and before(moment.call) is not moment.call:
            moment.shown[parts[0]] = moment.call.sent[parts[0]]

    return remembering(after, before)


def refuses(way: str, right: Test, on: str = "") -> Wrap:
    """Refuse right values of a member of the body."""

    def before(call: Call) -> Call:
        head, *rest = way.split(".")
        met: list[Json] = []
        if on in ("", call.operation) and call.writes and head in call.sent:
            altered(call.sent[head], rest, lambda value: met.append(value) if right(value) else None)
        return call.with_sent({**call.sent, head: INVALID}) if met else call

    return passing(before)


def refuses_together(*members: str) -> Wrap:
    """Refuse bodies that hold all these members, whatever their values."""

    def before(call: Call) -> Call:
        together = call.writes and set(members) <= set(call.sent)
        return call.with_sent({**call.sent, members[0]: INVALID}) if together else call

    return passing(before)


def takes_refused(*members: str, right: Test, stand_in: Change) -> Wrap:
    """Take members that pass `right` by themselves, although the mock refuses them together or because of other rooms.

    The mock gets what `stand_in` makes of each instead.
    """

    def sent(call: Call) -> dict[str, Json]:
        return {name: call.sent[name] for name in members if call.writes and name in call.sent}

    def retried(handle: Handle) -> Handle:
        async def taking(call: Call) -> Reply:
            reply = await handle(call)
            if reply.ok or not sent(call) or not all(map(right, sent(call).values())):
                return reply
            return await handle(call.with_sent({**call.sent, **{name: stand_in(value) for name, value in sent(call).items()}}))

        return taking

    def as_sent(moment: Moment) -> None:
        moment.shown.update({name: value for name, value in sent(moment.call).items() if right(value)})

    return in_order(remembering(as_sent), retried)


def keeps_taken(member: str, names: Callable[[Json], list[Json]]) -> Wrap:
    """Refuse to give a room what another one has ever had, although that one has given it up or is gone.

    `names` reads what must be unique from a value.
    """

    def wrap(handle: Handle) -> Handle:
        owners: dict[Json, str] = {}

        async def taking(call: Call) -> Reply:
            wanted = names(call.sent.get(member)) if call.updates else []
            if any(owners.get(name, call.room_id) != call.room_id for name in wanted):
                return await handle(call.with_sent({**call.sent, member: INVALID}))
            reply = await handle(call)
            for name in wanted if reply.ok else ():
                owners.setdefault(name, call.room_id)
            return reply

        return taking

    return wrap


def takes_body(wrong: Callable[[bytes], bool], on: str = "", whole: bool = False) -> Wrap:
    """Take wrong bodies as if they were an empty object; where a body must be `whole`, as the room that is there."""

    def wrap(handle: Handle) -> Handle:
        async def taking(call: Call) -> Reply:
            if call.operation == "" or on not in ("", call.operation) or not wrong(call.body):
                return await handle(call)
            stand_in = (await handle(call.reading())).room if whole else {}
            return await handle(call.with_header("content-type", call.media_type).with_sent(stand_in))

        return taking

    return wrap


def takes_media_type(right: str, on: str = "", wrong: Callable[[str], bool] = lambda _: True) -> Wrap:
    """Take a body of another media type, if its name passes `wrong`, as if it had the right one."""

    def before(call: Call) -> Call:
        sent = call.header("content-type")
        taken = call.operation != "" and on in ("", call.operation) and wrong(sent)
        return call.with_header("content-type", right) if taken else call

    return passing(before)


def refuses_media_type(right: str) -> Wrap:
    """Refuse bodies of the documented media type."""
    return passing(lambda call: call.with_header("content-type", "text/plain") if call.header("content-type") == right else call)


def takes_without(member: str, on: str) -> Wrap:
    """Take a body that lacks a required member; the room's own value stands in for it."""

    def wrap(handle: Handle) -> Handle:
        async def taking(call: Call) -> Reply:
            if call.operation == on and call.sent and member not in call.sent:
                room = (await handle(call.reading())).room
                return await handle(call.with_sent({**call.sent, member: room[member]}) if room else call)
            return await handle(call)

        return taking

    return wrap


def takes_query(name: str, wrong: Callable[[str], bool], right: str, on: str = "") -> Wrap:
    """Take a wrong or missing query parameter as if it were right."""

    def before(call: Call) -> Call:
        pairs = dict(pair.partition("=")[::2] for pair in call.scope["query_string"].decode("latin-1").split("&") if pair)
        if call.operation == "" or on not in ("", call.operation) or not wrong(pairs.get(name, "")):
            return call
        query = "&".join(f"{key}={value}" for key, value in {**pairs, name: right}.items())
        return call.resealed(call.with_query(query))

    return passing(before)


def takes_header(name: str, wrong: Callable[[str], bool], right: str) -> Wrap:
    """Take a wrong or missing header as if it were right."""
    return passing(lambda call: call.with_header(name, right) if call.operation and wrong(call.header(name)) else call)


def passing(before: Callable[[Call], Call]) -> Wrap:
    """Change calls on their way to the mock."""

    def wrap(handle: Handle) -> Handle:
        async def changed(call: Call) -> Reply:
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
