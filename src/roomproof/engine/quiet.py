"""Rooms that are left alone until a provider has had the time that clauses give it: one that was made, and
one that was deleted.

They are made before the run's sequences, and looked at after them, so that there is little to wait for.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from time import monotonic

from roomproof.contract.clause import Clause
from roomproof.contract.model import Operation
from roomproof.engine.pages import pages_of
from roomproof.engine.rooms import make_room
from roomproof.engine.session import MOST_PAGES_INSIDE, Session
from roomproof.interaction import Interaction
from roomproof.judge.delay import within_seconds
from roomproof.judge.rules import gone_after_delete, listed, listed_after_write, read_after_write, safe

_MARGIN = 0.02


class QuietRooms:
    """Makes these rooms, where a clause gives time, and reads them when that is over."""

    def __init__(self, session: Session) -> None:
        self._session = session
        contract, covers = session.contract, session.selection.covers
        every = [clause for one in contract.operations for clause in one.clauses if covers(clause.id)]
        reading = contract.reading if not (session.is_settled or session.keeps_rooms) else None
        creating, deleting = contract.creating, contract.deleting
        can_make = reading is not None and creating is not None
        told = read_after_write.RULE.clauses(creating) if can_make and creating is not None else ()
        gone = gone_after_delete.RULE.clauses(deleting) if can_make and deleting is not None else ()
        wants_safe = can_make and any(clause.rule == safe.RULE.name for clause in every)
        # That a read changes nothing shows only where no update can still be on its way.
        clauses = [one for each in contract.operations for one in read_after_write.RULE.clauses(each)]
        made = clauses if wants_safe else [one for one in told if one in every]
        rules = (listed.RULE, listed_after_write.RULE) if can_make and creating is not None else ()
        shown = [one for rule in rules for one in rule.clauses(creating) if one in every] if creating else []
        # Whoever asks for the list anyhow sees this room in it.
        self._is_listed = bool(shown) and not all(map(session.selection.wants_operation, _lists(session)))
        self._made_for = _longest([*made, *(shown if self._is_listed else ())])
        self._deleted_for = _longest([one for one in gone if one in every])
        self._deleted: str | None = None
        self._begun = 0.0

    def begin(self) -> None:
        """Make one, and make and delete another one."""
        session = self._session
        if self._deleted_for and session.contract.deleting is not None:
            self._deleted = make_room(session)
            if self._deleted is not None:
                session.call(session.contract.deleting, self._deleted)
        if self._made_for:
            session.quiet_room = make_room(session)
        if session.quiet_room is not None and session.contract.reading is not None:
            # Only the next request tells that the one before it has been answered.
            session.call(session.contract.reading, session.quiet_room)
        self._begun = monotonic()

    def end(self) -> None:
        """Read them as soon as it says something."""
        session, reading = self._session, self._session.contract.reading
        known = [room_id for room_id in (self._deleted, session.quiet_room) if room_id is not None]
        if reading is None or not known:
            return
        passed = monotonic() - self._begun
        session.wait(max(max(self._made_for, self._deleted_for) + _MARGIN - passed, 0.0))
        for room_id in known:
            session.call(reading, room_id)
        for listing in _lists(session) if self._is_listed else ():
            if listing.listing is not None:
                ask = partial(_page, session, listing)
                for _ in pages_of(listing.listing, listing.listing.key, ask, MOST_PAGES_INSIDE):
                    session.judging.catch_up()
        session.judging.catch_up()


def _lists(session: Session) -> list[Operation]:
    return [session.contract.listing] if session.contract.listing is not None else []


def _page(session: Session, listing: Operation, query: Mapping[str, str]) -> Interaction:
    return session.call(listing, "", query)


def _longest(clauses: list[Clause]) -> float:
    return max(map(within_seconds, clauses), default=0.0)
