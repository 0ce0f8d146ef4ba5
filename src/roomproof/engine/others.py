"""The operations that do not tell a room what to be like: they are exercised after those that do, deletions
last.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from roomproof.contract.model import Contract, Operation
from roomproof.contract.resource import Effect, Listing, Resource
from roomproof.engine.asking import parameter_cases, plain_body
from roomproof.engine.case import Seat
from roomproof.engine.deletions import Deletions
from roomproof.engine.explore import explore
from roomproof.engine.fuzz import fuzz
from roomproof.engine.pages import largest_pages
from roomproof.engine.plain_requests import (
    MOST_PAGES,
    MOST_PAGES_IN_ALL,
    ask,
    can_be_made,
    made,
    plain_case,
    walk,
)
from roomproof.engine.plan import plan
from roomproof.engine.session import Session
from roomproof.engine.wanted import filters
from roomproof.interaction import SAFE
from roomproof.judge.delay import longest, within_seconds
from roomproof.judge.rules import issued, listed, read_after_write, safe

_INSIDE = (
    Effect.CREATE,
    Effect.READ,
    Effect.LIST,
    Effect.ACTION,
    Effect.UPDATE,
    Effect.REPLACE,
    Effect.DELETE,
)
"""What is inside a room is made before it is read, and read before a list is to show some of it."""
_ROOMS = (
    Effect.LIST,
    Effect.READ,
    Effect.CREATE,
    Effect.UPDATE,
    Effect.REPLACE,
    Effect.ACTION,
    Effect.DELETE,
)
MOST_READ = 5
"""So many things that the run has not made are read one by one."""


def exercise_others(session: Session) -> None:
    """Send what can be sent to each of these operations. Raises CutShortError where the run has to end."""
    contract = session.contract
    others = [
        one
        for one in contract.operations
        if one not in contract.telling and session.selection.wants_operation(one)
    ]
    # A room that is made is told of wherever the run makes one.
    others = [one for one in others if one.effect is not Effect.CREATE or one.resource is not contract.room]
    inside = [one for one in others if one.resource is not None and one.resource is not contract.room]
    rest = [one for one in others if one not in inside]
    in_order, deletions = (*_in_order(inside, _INSIDE), *_in_order(rest, _ROOMS)), Deletions(session)
    deletions.begin(in_order)
    for operation in in_order:
        if session.is_settled:
            return
        if deletions.deletes_own(operation):
            deletions.exercise(operation)
        elif _is_ready(session, operation):
            _exercise(session, operation)


def _in_order(operations: list[Operation], order: tuple[Effect, ...]) -> list[Operation]:
    return sorted(operations, key=lambda one: order.index(one.effect))


def _exercise(session: Session, operation: Operation) -> None:
    bench = session.bench(operation)
    with session.in_own_room(is_lasting=operation.method not in SAFE), _where_it_may_be(session, operation):
        _have_issued(session, operation)
        for number, case in enumerate(plan(bench, session.random)):
            # That the plain one is accepted is what a rejection of another one is held against.
            if number == 0 and not session.is_settled:
                session.send(case)
            else:
                session.offer(case)
        _read_each(session, operation)
        _read_what_was_written(session, operation)
        fuzz(session, bench)
        if operation.body is not None:
            explore(session, bench)
        if operation.effect is Effect.LIST and operation.listing is not None:
            _turn_pages(session, operation, operation.listing)
        if operation.method in SAFE:
            _look_before_and_after(session, operation)


def _have_issued(session: Session, operation: Operation) -> None:
    """Ask for the values that only a response of another operation can give."""
    for clause in issued.RULE.clauses(operation):
        giving = session.contract.by_id(clause.options["by"])
        if giving is not None:
            session.send(plain_case(session, giving))


@contextmanager
def _where_it_may_be(session: Session, operation: Operation) -> Iterator[None]:
    """Look into the room that was named for what the run cannot make: no room of its own has any of it."""
    seats, resource = session.seats, operation.resource
    is_unmade = resource is not None and not can_be_made(session, resource)
    if operation.method in SAFE and session.contract.is_inside(operation) and is_unmade:
        session.seats = {**seats, Seat.MAIN: seats.get(Seat.NAMED, seats[Seat.MAIN])}
    try:
        yield
    finally:
        session.seats = seats


def _turn_pages(session: Session, operation: Operation, listing: Listing) -> None:
    """Ask for page after page: small ones, where the contract says how, all of them as large as they may be,
    and of some entries.
    """
    small, largest = {listing.size: "1"} if listing.size else {}, largest_pages(operation, listing)
    if small:
        walk(session, operation, listing, small, MOST_PAGES)
    if operation.resource is not None and _has_to_list(session.contract, operation.resource):
        # What was made last is what a list may lack, and nothing has changed it yet.
        made(session, operation.resource)
    walk(session, operation, listing, largest, MOST_PAGES_IN_ALL)
    if listing.next is not None and listing.page is not None:
        # Where pages have numbers, too, the links are to lead to them as well.
        walk(session, operation, replace(listing, page=None), small, MOST_PAGES)
    for query in list(filters(session.bench(operation), session.random)):
        walk(session, operation, listing, {**largest, **query}, MOST_PAGES_IN_ALL)


def _has_to_list(contract: Contract, resource: Resource) -> bool:
    creating = contract.about(resource, Effect.CREATE)
    return creating is not None and bool(listed.RULE.clauses(creating))


def _look_before_and_after(session: Session, operation: Operation) -> None:
    """Read a room, ask, and read it again: an operation that only asks changes nothing.

    A new room is best, since nothing that was sent to it before can show only now, or one that was left alone
    until that is over.
    """
    resource = operation.resource or session.contract.room
    reading = session.contract.about(resource, Effect.READ)
    if reading is None or not safe.RULE.clauses(operation):
        return
    quiet = session.quiet_room if resource is session.contract.room else None
    own_id = quiet or made(session, resource) or _seated(session, resource)
    if not own_id:
        return
    if own_id != quiet and (delay := _delay_of_reads(session, resource)):
        # Only the next request tells that the last one has been answered.
        ask(session, reading, own_id)
        session.wait(delay)
    ask(session, reading, own_id)
    if operation is not reading:
        ask(session, operation, own_id if operation.names_one else None)
    ask(session, reading, own_id)


def _delay_of_reads(session: Session, resource: Resource) -> float:
    """Return how many seconds after an update a read of a room may show what was before it."""
    return longest(read_after_write.RULE, session.contract) if resource is session.contract.room else 0


def _read_each(session: Session, operation: Operation) -> None:
    """Read whatever there is of what the run cannot make, and the room that was named: each of it may show
    what another one does not.
    """
    resource = operation.resource
    if operation.effect is not Effect.READ or resource is None or not operation.names_one:
        return
    bench = session.bench(operation)
    cases = [case for case in parameter_cases(bench, bench.case(plain_body(bench))) if case.valid]
    if resource is session.contract.room and Seat.NAMED in session.seats:
        for case in cases:
            session.offer(replace(case, seat=Seat.NAMED))
    elif not can_be_made(session, resource):
        for own_id in session.known(resource)[:MOST_READ]:
            for case in cases:
                session.offer(replace(case, path_id=own_id))


def _read_what_was_written(session: Session, operation: Operation) -> None:
    """Write once more to what stands beside or inside a room, and read it as late as a clause says."""
    resource, clauses = operation.resource, read_after_write.RULE.clauses(operation)
    reading = None if resource is None else session.contract.about(resource, Effect.READ)
    if (
        resource is None
        or resource is session.contract.room
        or reading is None
        or not clauses
        or session.is_settled
    ):
        return
    session.send(plain_case(session, operation))
    own_id = _seated(session, resource)
    if own_id:
        session.wait(max(map(within_seconds, clauses)))
        ask(session, reading, own_id)


def _is_ready(session: Session, operation: Operation) -> bool:
    """Whether there is something that an operation can be about: one inside a room is looked for, else
    made.
    """
    resource = operation.resource
    if resource is None or resource is session.contract.room or not operation.names_one:
        return True
    ways = [one for one in session.contract.operations if one.resource is resource]
    # A list of all there is tells of more than that of one room.
    lists = sorted((one for one in ways if one.effect is Effect.LIST), key=session.contract.is_inside)
    for found in (*lists, *[one for one in ways if one.effect is Effect.CREATE][:1]):
        if session.known(resource):
            return True
        session.send(plain_case(session, found))
    return bool(session.known(resource))


def _seated(session: Session, resource: Resource) -> str | None:
    """Return the id of what the next request of a resource is about: the main room, or what was made last."""
    if resource is session.contract.room:
        return session.seats.get(Seat.MAIN)
    return next(iter(session.known(resource)[::-1]), None)
