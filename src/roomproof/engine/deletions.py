"""Deletions: what is made for it is deleted, and looked for afterwards.

A provider may be given time until what was deleted is gone. So what such an operation deletes first is
deleted before everything else is asked, and looked for after that, and there is little to wait for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from time import monotonic

from roomproof.contract.model import Operation
from roomproof.contract.resource import Effect, Resource
from roomproof.engine.case import Case, Seat
from roomproof.engine.pages import largest_pages
from roomproof.engine.plain_requests import MOST_PAGES_IN_ALL, ask, can_be_made, made, walk
from roomproof.engine.plan import plan
from roomproof.engine.session import Session
from roomproof.judge.delay import within_seconds
from roomproof.judge.rules import gone_after_delete, not_listed

MOST_DELETIONS = 12
"""So many rooms are made only to be deleted."""


@dataclass(frozen=True)
class Deleted:
    """What was deleted, by which case, and when that was answered."""

    case: Case
    own_id: str
    at: float


class Deletions:
    """Goes through the operations that delete what the run can make."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._begun: dict[str, Deleted] = {}

    def begin(self, operations: Iterable[Operation]) -> None:
        """Delete something by each operation that is given time to do so: it is looked for when the operation
        has its turn.
        """
        for operation in operations:
            if self.deletes_own(operation) and _delay(operation) and not self._session.is_settled:
                with self._in_own_room(operation):
                    deleted = self._made_and_deleted(_resource(operation), next(self._cases(operation)))
                if deleted is not None:
                    self._begun[operation.id] = deleted

    def deletes_own(self, operation: Operation) -> bool:
        """Whether an operation deletes what the run can make; what others have made is never deleted."""
        resource, room = operation.resource, self._session.contract.room
        return (
            operation.effect is Effect.DELETE
            and operation.names_one
            and resource is not None
            and (resource is room or can_be_made(self._session, resource))
        )

    def exercise(self, operation: Operation) -> None:
        """Delete what is made for it, and look for it afterwards: by a read, in the list, and by another
        deletion.
        """
        session, resource = self._session, _resource(operation)
        begun = self._begun.pop(operation.id, None)
        with self._in_own_room(operation):
            for number, case in enumerate(self._cases(operation)):
                if number >= MOST_DELETIONS or not (number == 0 or session.selection.wants(case)):
                    continue
                if case.seat is Seat.UNKNOWN or case.path_id is not None:
                    session.send(case)
                    continue
                is_begun = begun is not None and number == 0
                deleted = begun if is_begun else self._made_and_deleted(resource, case)
                if deleted is None:
                    return
                # Once is enough to see that it is gone in time, and to see it each time takes long.
                self.look_for(resource, deleted, waits=number == 0)

    @contextmanager
    def _in_own_room(self, operation: Operation) -> Iterator[None]:
        is_lasting = operation.resource is not self._session.contract.room
        with self._session.in_own_room(is_lasting=is_lasting):
            yield

    def _cases(self, operation: Operation) -> Iterator[Case]:
        cases = list(plan(self._session.bench(operation), self._session.random))
        # Twice as it is meant to be: what was lost once need not be lost again.
        yield from (*cases[:1], *cases)

    def _made_and_deleted(self, resource: Resource, case: Case) -> Deleted | None:
        """Make something and delete it by a case; None if nothing can be made."""
        own_id = made(self._session, resource)
        return None if own_id is None else self.deleted(resource, case, own_id)

    def deleted(self, resource: Resource, case: Case, own_id: str) -> Deleted:
        """Send the case that deletes something, which may be an invalid one."""
        with self._seated(resource, own_id):
            self._session.send(case)
        return Deleted(case, own_id, monotonic())

    @contextmanager
    def _seated(self, resource: Resource, own_id: str) -> Iterator[None]:
        """Seat a room that is made to be deleted in the place of the main one."""
        session, seats = self._session, self._session.seats
        if resource is session.contract.room:
            session.seats = {**seats, Seat.MAIN: own_id}
        try:
            yield
        finally:
            session.seats = seats

    def look_for(self, resource: Resource, deleted: Deleted, *, waits: bool) -> None:
        """Look for what was deleted, if it was deleted as it is meant to be; with `waits` as late as the
        clauses say.
        """
        session, contract, case, own_id = self._session, self._session.contract, deleted.case, deleted.own_id
        reading, listing = contract.about(resource, Effect.READ), contract.about(resource, Effect.LIST)
        if case.proof is not None or not case.valid:
            return
        if waits:
            session.wait(max(deleted.at + _delay(case.operation) - monotonic(), 0.0))
        covers = session.selection.covers
        is_asked = any(covers(clause.id) for clause in not_listed.RULE.clauses(case.operation))
        with self._seated(resource, own_id):
            if reading is not None and gone_after_delete.RULE.clauses(case.operation):
                ask(session, reading, own_id)
            if listing is not None and listing.listing is not None and is_asked:
                largest = largest_pages(listing, listing.listing)
                walk(session, listing, listing.listing, largest, MOST_PAGES_IN_ALL)
            path_id = None if resource is contract.room else own_id
            session.send(replace(case, note="the same deletion again", path_id=path_id))


def _resource(operation: Operation) -> Resource:
    assert operation.resource is not None, "what is deleted is named"
    return operation.resource


def _delay(operation: Operation) -> float:
    """Return how many seconds after a deletion what is gone may still be seen."""
    rules = (gone_after_delete.RULE, not_listed.RULE)
    clauses = [clause for rule in rules for clause in rule.clauses(operation)]
    return max(map(within_seconds, clauses), default=0.0)
