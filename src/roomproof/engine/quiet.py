"""Rooms that are left alone until a provider has had the time that clauses give it: one that was made, and
one that was deleted.

They are made before the run's sequences, and looked at after them, so that there is little to wait for.
"""

from __future__ import annotations

from dataclasses import replace
from time import monotonic

from roomproof.contract.clause import Clause
from roomproof.contract.model import Operation
from roomproof.contract.resource import Effect
from roomproof.engine.asking import plain_body
from roomproof.engine.case import Seat
from roomproof.engine.rooms import make_room
from roomproof.engine.session import MARGIN, Session
from roomproof.engine.turns import ANCHOR
from roomproof.judge.delay import within_seconds
from roomproof.judge.rule import Rule
from roomproof.judge.rules import (
    gone_after_delete,
    listed,
    listed_after_write,
    read_after_write,
    safe,
    unknown_refused,
)
from roomproof_strategies import plain


class QuietRooms:
    """Makes these rooms, where a clause gives time, and looks at them when that is over."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._deleted: str | None = None
        self._listing: Operation | None = None
        self._begun = self._made_for = self._deleted_for = 0.0
        contract = session.contract
        creating, listing = contract.creating, contract.listing
        if contract.reading is None or creating is None or session.is_settled or session.keeps_rooms:
            return
        shown = self._covered(creating, listed.RULE, listed_after_write.RULE)
        # Whoever asks for the list anyhow sees this room in it.
        self._listing = (
            listing if shown and listing and not session.selection.wants_operation(listing) else None
        )
        told = [*self._covered(creating, read_after_write.RULE), *(shown if self._listing else ())]
        if any(self._covered(one, safe.RULE) for one in contract.operations):
            # That a read changes nothing shows only where no update can still be on its way.
            told += [clause for one in contract.operations for clause in read_after_write.RULE.clauses(one)]
        self._made_for = max(map(within_seconds, told), default=0.0)
        gone = self._covered(contract.deleting, gone_after_delete.RULE) if contract.deleting else []
        self._deleted_for = max(map(within_seconds, gone), default=0.0)

    def _covered(self, operation: Operation, *rules: Rule) -> list[Clause]:
        """Return an operation's clauses of some rules that the run is about."""
        covers = self._session.selection.covers
        return [clause for rule in rules for clause in rule.clauses(operation) if covers(clause.id)]

    def begin(self) -> None:
        """Make one, and make and delete another one."""
        session, contract = self._session, self._session.contract
        if self._deleted_for and contract.deleting is not None:
            self._deleted = make_room(session)
            if self._deleted is not None:
                session.call(contract.deleting, self._deleted)
        if self._made_for:
            session.quiet_room = self._made_whole()
        if session.quiet_room is not None and contract.reading is not None:
            # Only the next request tells that the one before it has been answered.
            session.call(contract.reading, session.quiet_room)
        self._begun = monotonic()

    def end(self) -> None:
        """Look at them as soon as it says something."""
        session, reading = self._session, self._session.contract.reading
        known = [room_id for room_id in (self._deleted, session.quiet_room) if room_id is not None]
        if reading is None or not known:
            return
        passed = monotonic() - self._begun
        session.wait(max(max(self._made_for, self._deleted_for) + MARGIN - passed, 0.0))
        for room_id in known:
            session.call(reading, room_id)
        session.judging.catch_up()
        if session.quiet_room is not None and self._listing is not None:
            session.list_whole(self._listing)
            session.judging.catch_up()
        if self._deleted is not None:
            self._ask_for_deleted(self._deleted)

    def _ask_for_deleted(self, room_id: str) -> None:
        """Send whatever names a room to the one that is gone; of a second deletion other clauses speak."""
        session, step = self._session, self._session.contract.room.step
        for operation in session.contract.operations:
            names_it_alone = step in operation.path and operation.path.count("{") == 1
            if operation.effect is Effect.DELETE or not names_it_alone:
                continue
            if self._covered(operation, unknown_refused.RULE):
                bench = session.bench(operation)
                case = bench.case(plain_body(bench))
                session.send(replace(case, path_id=room_id, note=f"{operation.id} of a deleted room"))

    def _made_whole(self) -> str | None:
        """Make a room with every field, and return its id; None if none can be made."""
        session, maker = self._session, self._session.contract.maker
        if maker is None:
            return make_room(session)
        # As the other room, which gets another variant: a name that has to be unique is taken by nobody.
        seat = Seat.OTHER if Seat.OTHER in session.seats else Seat.MAIN
        earlier, bench, setting = frozenset(session.made), session.bench(maker), session.setting(seat)
        sample = plain(maker.schema, bench.special.fields(setting), anchor=setting.now + ANCHOR, variant=2)
        session.send(replace(bench.case(sample, seat), seat=Seat.MAIN))
        return next((room_id for room_id in session.made if room_id not in earlier), None)
