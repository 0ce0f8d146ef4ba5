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
from roomproof.engine.session import Session
from roomproof.engine.turns import ANCHOR
from roomproof.judge.delay import within_seconds
from roomproof.judge.rules import (
    gone_after_delete,
    listed_after_write,
    read_after_write,
    safe,
    unknown_refused,
)
from roomproof_strategies import plain

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
        shown = (read_after_write.RULE, listed_after_write.RULE)
        told = [one for rule in shown for one in rule.clauses(creating)] if can_make and creating else []
        gone = gone_after_delete.RULE.clauses(deleting) if can_make and deleting is not None else ()
        wants_safe = can_make and any(clause.rule == safe.RULE.name for clause in every)
        # That a read changes nothing shows only where no update can still be on its way.
        clauses = [one for each in contract.operations for one in read_after_write.RULE.clauses(each)]
        self._made_for = _longest(clauses if wants_safe else [one for one in told if one in every])
        self._deleted_for = _longest([one for one in gone if one in every])
        self._rejecting = [
            one
            for one in contract.operations
            if _names_a_room_alone(one, contract.room.step)
            and any(covers(clause.id) for clause in unknown_refused.RULE.clauses(one))
        ]
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
            session.quiet_room = self._made_whole()
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
        session.judging.catch_up()
        for operation in self._rejecting if self._deleted is not None else ():
            bench = session.bench(operation)
            case = bench.case(plain_body(bench))
            session.send(replace(case, path_id=self._deleted, note=f"{operation.id} of a deleted room"))

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


def _names_a_room_alone(operation: Operation, step: str) -> bool:
    """Whether a path names a room and nothing else; of a second deletion other clauses speak."""
    return step in operation.path and operation.path.count("{") == 1 and operation.effect is not Effect.DELETE


def _longest(clauses: list[Clause]) -> float:
    return max(map(within_seconds, clauses), default=0.0)
