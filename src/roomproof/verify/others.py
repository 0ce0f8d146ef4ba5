"""The operations that do not tell a room what to be like: they are exercised after those that do, deletions last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from roomproof.contract.model import Operation
from roomproof.contract.resource import Effect
from roomproof.interaction import SAFE
from roomproof.judge.rules import gone_after_delete, not_listed, safe
from roomproof.verify.case import Case, Seat
from roomproof.verify.explore import explore
from roomproof.verify.fuzz import fuzz
from roomproof.verify.pages import pages_of
from roomproof.verify.plan import plan
from roomproof.verify.rooms import make_room
from roomproof.verify.session import Session

_INSIDE = (Effect.LIST, Effect.CREATE, Effect.ACTION, Effect.READ, Effect.UPDATE, Effect.REPLACE, Effect.DELETE)
"""What is inside a room is made before it is read."""
_ROOMS = (Effect.LIST, Effect.READ, Effect.CREATE, Effect.UPDATE, Effect.REPLACE, Effect.ACTION, Effect.DELETE)
MOST_PAGES = 5
"""So many small pages of a list are looked at."""
MOST_PAGES_IN_ALL = 20
"""So many pages of a list are looked at to see all that is in it."""
MOST_DELETIONS = 12
"""So many rooms are made only to be deleted."""


def exercise_others(session: Session) -> None:
    """Send what can be sent to each of these operations. Raises CutShortError where the run has to end."""
    contract = session.contract
    others = [one for one in contract.operations if one not in contract.telling and session.selection.wants_operation(one)]
    # A room that is made is told of wherever the run makes one.
    others = [one for one in others if one.effect is not Effect.CREATE or one.resource is not contract.room]
    inside = [one for one in others if one.resource is not None and one.resource is not contract.room]
    rest = [one for one in others if one not in inside]
    for operation in (*_in_order(inside, _INSIDE), *_in_order(rest, _ROOMS)):
        if session.is_settled:
            return
        if operation.effect is Effect.DELETE and operation.resource is contract.room:
            _delete(session, operation)
        elif _is_ready(session, operation):
            _exercise(session, operation)


def _in_order(operations: list[Operation], order: tuple[Effect, ...]) -> list[Operation]:
    return sorted(operations, key=lambda one: order.index(one.effect))


def _exercise(session: Session, operation: Operation) -> None:
    bench = session.bench(operation)
    with session.in_own_room(is_lasting=operation.method not in SAFE):
        for case in plan(bench, session.random):
            session.offer(case)
        if operation.is_documented:
            fuzz(session, bench)
        if operation.body is not None:
            explore(session, bench)
        if operation.effect is Effect.LIST and operation.listing is not None:
            _turn_pages(session, operation)
        if operation.method in SAFE:
            _look_before_and_after(session, operation)


def _turn_pages(session: Session, operation: Operation) -> None:
    """Ask for page after page: small ones, where the contract says how, and then all of them as large as they come."""
    listing = operation.listing
    if listing is None:
        return
    if listing.size:
        _walk(session, operation, {listing.size: "1"}, MOST_PAGES)
    _walk(session, operation, {}, MOST_PAGES_IN_ALL)


def _walk(session: Session, operation: Operation, asked: Mapping[str, str], most: int) -> None:
    listing = operation.listing
    if listing is None or not session.selection.wants_operation(operation):
        return
    room_id = session.seats.get(Seat.MAIN, "") if session.contract.room.step in operation.path else ""
    for _ in pages_of(listing, listing.key, lambda query: session.call(operation, room_id, {**query, **asked}), most):
        session.judging.catch_up()


def _look_before_and_after(session: Session, operation: Operation) -> None:
    """Read a room, ask, and read it again: an operation that only asks changes nothing.

    A new room is best, since nothing that was sent to it before can show only now.
    """
    reading = session.contract.reading
    if reading is None or not safe.RULE.clauses(operation):
        return
    room_id = make_room(session) or session.seats.get(Seat.MAIN)
    if not room_id:
        return
    session.call(reading, room_id)
    if operation is not reading:
        session.call(operation, room_id if session.contract.room.step in operation.path else "")
    session.call(reading, room_id)


def _is_ready(session: Session, operation: Operation) -> bool:
    """Whether there is something that an operation can be about: one inside a room is looked for, else made."""
    resource = operation.resource
    if resource is None or resource is session.contract.room or not operation.names_one:
        return True
    for effect in (Effect.LIST, Effect.CREATE):
        if session.inside(operation):
            return True
        found = next((one for one in session.contract.operations if one.resource is resource and one.effect is effect), None)
        if found is not None:
            bench = session.bench(found)
            session.send(next(iter(plan(bench, session.random))))
    return bool(session.inside(operation))


def _delete(session: Session, operation: Operation) -> None:
    """Delete rooms that are made for it, and look for them afterwards: by a read, in the list, and by another deletion."""
    for number, case in enumerate(_deletions(session, operation)):
        if number >= MOST_DELETIONS or not session.selection.wants(case):
            continue
        if case.seat is Seat.NOBODY or case.path_id is not None:
            session.send(case)
            continue
        room_id = make_room(session)
        if room_id is None:
            return
        seats = session.seats
        session.seats = {**seats, Seat.MAIN: room_id}
        try:
            session.send(case)
            if case.proof is None and case.valid:
                _look_for_deleted(session, case, room_id)
        finally:
            session.seats = seats


def _deletions(session: Session, operation: Operation) -> Iterator[Case]:
    cases = list(plan(session.bench(operation), session.random))
    # Twice as it is meant to be: what was lost once need not be lost again.
    yield from (*cases[:1], *cases)


def _look_for_deleted(session: Session, case: Case, room_id: str) -> None:
    contract = session.contract
    if contract.reading is not None and gone_after_delete.RULE.clauses(case.operation):
        session.call(contract.reading, room_id)
    if contract.listing is not None and not_listed.RULE.clauses(case.operation):
        _walk(session, contract.listing, {}, MOST_PAGES_IN_ALL)
    session.send(replace(case, note="the same deletion again"))
