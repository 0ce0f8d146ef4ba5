"""Operators on whole life cycles: what reads, lists and deletes may not do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from roomproof.contract.clause import Part, Path, path_of
from roomproof.contract.resource import Effect, value_at
from roomproof_faults.border.acceptance import passing
from roomproof_faults.border.exchange import FaultyRequest, FaultyResponse, Handle, Wrap, put
from roomproof_faults.border.responses import changing
from roomproof_faults.border.values import shifted, swapped
from roomproof_faults.fault import FaultKind
from roomproof_faults.operators.operator import Breaches, Demand, operator

Json = Any
Entries = list[dict[str, Json]]


@operator(FaultKind.LIFE_CYCLE, Part.BEHAVIOUR, "gone-after-delete")
def not_gone(demand: Demand) -> Breaches:
    status = demand.api.operation(demand.clause.operation).success.status
    kept = keeps_deleted(int(status) if status.isdigit() else 204)
    yield "readable", "shows a room after it was deleted", keeps_deleted_readable()
    yield "kept", "says that it deletes rooms and keeps them", kept


@operator(FaultKind.LIFE_CYCLE, Part.BEHAVIOUR, "delete-repeated")
def delete_twice(demand: Demand) -> Breaches:
    for status in (200, 204, 404, 409, 500):
        if status != demand.clause.options["status"]:
            what = f"answers with {status} where a room is deleted again"
            yield f"{status}", what, responses_second_delete(status)


@operator(FaultKind.LIFE_CYCLE, Part.BEHAVIOUR, "listed")
def not_listed(_: Demand) -> Breaches:
    yield "newest-missing", "lists all rooms but the newest one", lists_without_newest()
    yield "first-missing", "leaves the first room off lists", lists(lambda found: found[1:])
    yield "last-missing", "leaves the last room of each page off", lists(lambda found: found[:-1])
    yield "empty", "lists no room", lists(lambda _: [])


@operator(FaultKind.LIFE_CYCLE, Part.BEHAVIOUR, "listed-after-write")
def listed_otherwise(demand: Demand) -> Breaches:
    name = demand.clause.path[0]
    yield (
        "other",
        f"lists rooms with another {name}",
        lists(lambda found: [_otherwise(one, name) for one in found]),
    )


@operator(FaultKind.LIFE_CYCLE, Part.BEHAVIOUR, "not-listed")
def listed_after_delete(_: Demand) -> Breaches:
    yield "deleted", "lists a room after it was deleted", lists_deleted()


@operator(FaultKind.LIFE_CYCLE, Part.BEHAVIOUR, "paging")
def other_pages(demand: Demand) -> Breaches:
    listing = demand.api.operation(demand.clause.operation).listing
    yield "first-again", "answers each page with the first one", same_page_for_all()
    yield "repeated", "lists the last room of a page twice", lists(lambda found: [*found, *found[-1:]])
    if listing and listing.size:
        yield "size-ignored", "ignores the page size", without(listing.size, demand.operations)


@operator(FaultKind.LIFE_CYCLE, Part.BEHAVIOUR, "counted")
def miscounts(demand: Demand) -> Breaches:
    for word, way in demand.clause.options.items():
        yield word, f"tells of one too many in {way}", counts_one_more(path_of(way), demand.operations)


@operator(FaultKind.LIFE_CYCLE, Part.BEHAVIOUR, "of-its-room")
def in_another_room(demand: Demand) -> Breaches:
    name = demand.clause.options["field"]
    other = changing(
        lambda call, reply: (
            _listed(call, reply, lambda found: [_otherwise(one, name) for one in found])
            if call.operation in demand.operations
            else reply
        )
    )
    yield "other", f"lists entries with another {name}", other


@operator(FaultKind.LIFE_CYCLE, Part.BEHAVIOUR, "filter")
def other_filter(demand: Demand) -> Breaches:
    name = demand.clause.options["parameter"]
    nothing = changing(lambda call, reply: _listed(call, reply, lambda _: []) if call.query(name) else reply)
    yield "ignored", f"ignores the filter {name}", without(name, demand.operations)
    yield "empty", f"lists no room where {name} is asked for", nothing


@operator(FaultKind.LIFE_CYCLE, Part.BEHAVIOUR, "days")
def other_days(demand: Demand) -> Breaches:
    name = demand.clause.options["parameter"]
    yield "ignored", f"ignores the days of {name}", without(name, demand.operations)


@operator(FaultKind.LIFE_CYCLE, Part.BEHAVIOUR, "included")
def not_included(demand: Demand) -> Breaches:
    name = demand.clause.options["parameter"]
    yield "ignored", f"shows the same whatever {name} says", without(name, demand.operations)


@operator(FaultKind.LIFE_CYCLE, Part.BEHAVIOUR, "found-by")
def not_found(demand: Demand) -> Breaches:
    yield "unknown", f"finds no room by its {demand.clause.path[0]}", found_by_id_alone()


@operator(FaultKind.LIFE_CYCLE, Part.BEHAVIOUR, "lasts")
def not_so_long(demand: Demand) -> Breaches:
    way = (*demand.api.contract.room.at, *demand.path)
    yield (
        "a-day-less",
        f"shows a {demand.path[-1]} that is a day too early",
        dated_back(way, demand.operations),
    )


@operator(FaultKind.LIFE_CYCLE, Part.BEHAVIOUR, "issued")
def made_up(demand: Demand) -> Breaches:
    options, name = demand.clause.options, demand.path[0]
    way = path_of(options["field"])
    yield "made-up", f"accepts any {name}", accepts_any(name, options["by"], way, demand.operations)


@operator(FaultKind.LIFE_CYCLE, Part.BEHAVIOUR, "safe")
def reads_change(demand: Demand) -> Breaches:
    changing_it = changes_by_asking(demand.operations)
    yield "changed-by-read", "changes a room although it is only asked for something", changing_it


def lists(change: Callable[[Entries], Entries]) -> Wrap:
    """Change the rooms that lists show."""
    return changing(lambda call, reply: _listed(call, reply, change))


def _listed(
    call: FaultyRequest, reply: FaultyResponse, change: Callable[[Entries], Entries]
) -> FaultyResponse:
    listing = call.listing if reply.ok else None
    found = listing.shown(reply.document) if listing else None
    return (
        reply.with_document(put(reply.document, listing.entries, change(found)))
        if listing and found is not None
        else reply
    )


def counts_one_more(way: Path, on: frozenset[str]) -> Wrap:
    """Tell of one more in a number that a list tells."""

    def changed(call: FaultyRequest, reply: FaultyResponse) -> FaultyResponse:
        told = value_at(reply.document, way) if call.operation in on and reply.ok else None
        return reply.with_document(put(reply.document, way, told + 1)) if isinstance(told, int) else reply

    return changing(changed)


def _otherwise(room: dict[str, Json], name: str) -> dict[str, Json]:
    return {**room, name: _nth(room[name], 1)} if room.get(name) is not None else room


def keeps_deleted_readable() -> Wrap:
    """Response a read of a deleted room with what was last said of it."""

    def wrap(handle: Handle) -> Handle:
        last: dict[str, FaultyResponse] = {}

        async def readable(call: FaultyRequest) -> FaultyResponse:
            if call.effect is Effect.DELETE and call.room_id not in last:
                last[call.room_id] = await handle(call.reading())
            reply = await handle(call)
            if call.effect is Effect.READ and reply.ok:
                last[call.room_id] = reply
            shown = call.effect is Effect.READ and not reply.ok and call.room_id in last
            return last[call.room_id] if shown else reply

        return readable

    return wrap


def keeps_deleted(status: int) -> Wrap:
    """Response a deletion with the status of a success, and do nothing."""

    def wrap(handle: Handle) -> Handle:
        async def kept(call: FaultyRequest) -> FaultyResponse:
            if call.effect is not Effect.DELETE:
                return await handle(call)
            found = await handle(call.reading())
            return replace(found, status=status, body=b"") if found.ok else await handle(call)

        return kept

    return wrap


def responses_second_delete(status: int) -> Wrap:
    """Answer with a status where a room is deleted that was deleted before."""

    def wrap(handle: Handle) -> Handle:
        gone: set[str] = set()

        async def again(call: FaultyRequest) -> FaultyResponse:
            reply = await handle(call)
            if call.effect is not Effect.DELETE:
                return reply
            second = call.room_id in gone
            gone.update([call.room_id] if reply.ok else [])
            return replace(reply, status=status, body=b"") if second else reply

        return again

    return wrap


def lists_without_newest() -> Wrap:
    """List all rooms but the one that was made last."""

    def wrap(handle: Handle) -> Handle:
        newest: list[Json] = []

        async def listed(call: FaultyRequest) -> FaultyResponse:
            reply = await handle(call)
            if call.effect is Effect.CREATE and reply.room:
                newest[:] = [reply.room[reply.api.id]]
            return _listed(
                call, reply, lambda found: [one for one in found if one[reply.api.id] not in newest]
            )

        return listed

    return wrap


def lists_deleted() -> Wrap:
    """List deleted rooms beside those that are there."""

    def wrap(handle: Handle) -> Handle:
        gone: Entries = []

        async def listed(call: FaultyRequest) -> FaultyResponse:
            before = await handle(call.reading()) if call.effect is Effect.DELETE else None
            reply = await handle(call)
            if before is not None and before.room and reply.ok:
                gone.append(before.room)
            return _listed(call, reply, lambda found: [*found, *gone])

        return listed

    return wrap


def same_page_for_all() -> Wrap:
    """Response each request for a page with the first page that was asked for."""

    def wrap(handle: Handle) -> Handle:
        first: list[FaultyResponse] = []

        async def same(call: FaultyRequest) -> FaultyResponse:
            paged = call.effect is Effect.LIST and call.scope["query_string"] != b""
            reply = first[0] if paged and first else await handle(call)
            if paged and reply.ok and not first:
                first.append(reply)
            return reply

        return same

    return wrap


def found_by_id_alone() -> Wrap:
    """Answer a read that names a room by something else than its id as one of a room that does not exist."""

    def change(call: FaultyRequest, reply: FaultyResponse) -> FaultyResponse:
        shown = str(reply.room.get(reply.api.id, "")) if call.effect is Effect.READ and reply.ok else ""
        is_by_id = shown.lower() == unquote(call.room_id).lower()
        return reply if not shown or is_by_id else replace(reply, status=404, body=b"{}")

    return changing(change)


def without(parameter: str, on: frozenset[str]) -> Wrap:
    """Ignore a query parameter."""
    return passing(lambda call: call.without_query(parameter) if call.operation in on else call)


def dated_back(way: Path, on: frozenset[str]) -> Wrap:
    """Date what stands at a way of responses back by a day."""

    def changed(call: FaultyRequest, reply: FaultyResponse) -> FaultyResponse:
        told = value_at(reply.document, way) if reply.ok and call.operation in on else None
        return reply if told is None else reply.with_document(put(reply.document, way, shifted(-1)(told)))

    return changing(changed)


def accepts_any(name: str, by: str, way: Path, on: frozenset[str]) -> Wrap:
    """Accept any text in a field as if it were the value that a response gave last."""

    def wrap(handle: Handle) -> Handle:
        last: list[Json] = []

        async def accepting(call: FaultyRequest) -> FaultyResponse:
            if call.operation in on and last and isinstance(call.sent.get(name), str):
                call = call.with_sent({**call.sent, name: last[-1]})
            reply = await handle(call)
            if call.operation == by and reply.ok:
                last[:] = [value_at(reply.document, way)]
            return reply

        return accepting

    return wrap


def changes_by_asking(on: frozenset[str]) -> Wrap:
    """Show in reads another value of a field that can be set, after each of these requests."""

    def wrap(handle: Handle) -> Handle:
        asked = 0

        async def changed(call: FaultyRequest) -> FaultyResponse:
            nonlocal asked
            reply = await handle(call)
            name = next((one for one in reply.room if one in call.api.settable), "")
            if name and call.effect is Effect.READ:
                reply = reply.with_room({**reply.room, name: _nth(reply.room[name], asked)})
            asked += call.operation in on and reply.ok
            return reply

        return changed

    return wrap


def _nth(value: Json, number: int) -> Json:
    """Another value for each number, of the same type where that is easy."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value + number
    if isinstance(value, str):
        return value + number * "x"
    return swapped(value) if number % 2 else value
