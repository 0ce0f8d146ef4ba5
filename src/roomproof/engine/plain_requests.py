"""Requests as they are meant to be, for several parts of a run: the plain one of an operation, one that makes
something, those for the pages of a list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from roomproof.contract.model import Operation
from roomproof.contract.resource import Effect, Listing, Resource
from roomproof.engine.case import Case, Seat
from roomproof.engine.pages import pages_of
from roomproof.engine.plan import plan
from roomproof.engine.rooms import make_room
from roomproof.engine.session import Session

MOST_PAGES = 5
"""So many small pages of a list are looked at."""
MOST_PAGES_IN_ALL = 20
"""So many pages of a list are looked at to see all that is in it."""


def plain_case(session: Session, operation: Operation) -> Case:
    """Return the plain request of an operation: its plan begins with it."""
    return next(plan(session.bench(operation), session.random))


def ask(session: Session, operation: Operation, own_id: str | None) -> None:
    """Send the plain request of an operation that only asks: about the thing of an id, or about all of
    them.
    """
    session.send(replace(plain_case(session, operation), note=f"calls {operation.id}", path_id=own_id))


def can_be_made(session: Session, resource: Resource) -> bool:
    """Whether the run can make a resource."""
    return session.contract.about(resource, Effect.CREATE) is not None


def made(session: Session, resource: Resource) -> str | None:
    """Make a room, or something inside the main one, and return its id; None if none can be made."""
    contract = session.contract
    if resource is contract.room:
        return make_room(session)
    creating, earlier = contract.about(resource, Effect.CREATE), session.known(resource)
    if creating is None:
        return None
    session.send(plain_case(session, creating))
    return next((own_id for own_id in session.known(resource) if own_id not in earlier), None)


def walk(
    session: Session, operation: Operation, listing: Listing, asked: Mapping[str, str], most: int
) -> None:
    """Ask for page after page of a list, with these parameters, at most so many, and have each judged."""
    room_id = session.seats.get(Seat.MAIN, "") if session.contract.room.step in operation.path else ""
    for _ in pages_of(
        listing, listing.key, lambda query: session.call(operation, room_id, {**query, **asked}), most
    ):
        session.judging.catch_up()
