"""Operators on requests that are sent again: made again, forgotten, answered in another way."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace

from roomproof.contract.clause import Part
from roomproof.contract.formats import is_uuid
from roomproof_faults.border.acceptance import passing
from roomproof_faults.border.exchange import FaultyRequest, FaultyResponse, Handle, Wrap
from roomproof_faults.fault import FaultKind
from roomproof_faults.operators.operator import Breaches, Demand, operator


@operator(FaultKind.REPEATABILITY, Part.BEHAVIOUR, "replayed-once")
def carried_out_again(demand: Demand) -> Breaches:
    name = demand.clause.options["id"].lower()

    def renamed(new: Callable[[], str]) -> Wrap:
        return passing(lambda call: call.with_header(name, new()) if is_uuid(call.header(name)) else call)

    def told(status: int) -> Wrap:
        return _at_repeat(name, lambda reply: replace(reply, status=status))

    yield "again", "makes another room for a repeated request", renamed(lambda: str(uuid.uuid4()))
    yield "one-for-all", "accepts all repeatable requests for one", renamed(lambda: str(uuid.UUID(int=4)))
    yield (
        "last-only",
        "makes another room for a request that is repeated after another one",
        _remembers_one(name),
    )
    yield "409", "answers a repeated request with 409", told(409)
    yield "200", "answers a repeated request with 200", told(200)
    yield "other-room", "answers a repeated request with another room", _at_repeat(name, _other_room)


@operator(FaultKind.REPEATABILITY, Part.BEHAVIOUR, "pair-required")
def half_a_pair(demand: Demand) -> Breaches:
    name, time = demand.clause.options["id"].lower(), demand.clause.options["first-sent"].lower()

    def whole(call: FaultyRequest) -> FaultyRequest:
        return call.with_header(name, "") if call.header(name) and not call.header(time) else call

    yield "half", "accepts a request id without the time of its first sending", passing(whole)


def _remembers_one(name: str) -> Wrap:
    """Keep the response to the last repeatable request only."""

    def wrap(handle: Handle) -> Handle:
        last, alias = "", ""

        async def forgetting(call: FaultyRequest) -> FaultyResponse:
            nonlocal last, alias
            sent = call.header(name)
            if not is_uuid(sent):
                return await handle(call)
            if sent != last:
                last, alias = sent, str(uuid.uuid4())
            return await handle(call.with_header(name, alias))

        return forgetting

    return wrap


def _at_repeat(name: str, change: Callable[[FaultyResponse], FaultyResponse]) -> Wrap:
    """Response a repeated request in another way than the first time."""

    def wrap(handle: Handle) -> Handle:
        seen: set[str] = set()

        async def repeated(call: FaultyRequest) -> FaultyResponse:
            reply, sent = await handle(call), call.header(name)
            if not reply.ok or not is_uuid(sent):
                return reply
            again = sent in seen
            seen.add(sent)
            return change(reply) if again else reply

        return repeated

    return wrap


def _other_room(reply: FaultyResponse) -> FaultyResponse:
    room = reply.room
    return reply.with_room({**room, reply.api.id: "991" + f"{room[reply.api.id]}"[3:]}) if room else reply
