"""Rooms are read a while after their last update: a provider may have answered with what it did not store.

The rooms are updated before the run's sequences, which take place in other rooms where some can be made, and
read after them, so that there is little to wait for.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import cycle
from time import monotonic

from roomproof.contract.model import Operation
from roomproof.engine.attempt import SEATS
from roomproof.engine.case import Seat
from roomproof.engine.session import MARGIN, Session
from roomproof.engine.turns import ANCHOR
from roomproof.judge.delay import within_seconds
from roomproof.judge.rooms import LastUpdate
from roomproof.judge.rules import read_after_write
from roomproof_strategies import plain

Wave = tuple[tuple[Operation, Seat], ...]
"""Which operation updates which room before all of these are read."""


class Readback:
    """Updates the rooms of a run, and reads them when their provider has had time to store that."""

    def __init__(self, session: Session) -> None:
        self._session = session
        seats = [seat for seat in SEATS if seat in session.seats]
        covers = session.selection.covers
        of = read_after_write.RULE.clauses
        wanted = [one for one in session.contract.changing if any(covers(clause.id) for clause in of(one))]
        if session.contract.reading is None or session.is_settled:
            wanted = []
        clauses = (clause for one in wanted for clause in of(one))
        self._seconds = max(map(within_seconds, clauses), default=0)
        # Every operation updates a room, and every room is updated by one.
        size = max(len(seats), 1)
        parts = (wanted[begun : begun + size] for begun in range(0, len(wanted), size))
        self._told: list[LastUpdate | None] = []
        self._updated = 0.0
        self._waves: list[Wave] = [tuple(zip(cycle(part), seats, strict=False)) for part in parts]

    def begin(self) -> None:
        """Tell the rooms every field, by as many operations as there are rooms."""
        for wave in self._waves[:1]:
            self._tell(wave)
            self._told = self._last(wave)

    def end(self) -> None:
        """Read the rooms as soon as it says something; then the same with the operations that are left."""
        for number, wave in enumerate(self._waves):
            # Where no rooms can be made, sequences take place in these, too.
            if number or any(one is not told for one, told in zip(self._last(wave), self._told, strict=True)):
                self._tell(wave)
            self._wait_for(wave)
            for _, seat in wave:
                self._read(seat)

    def _tell(self, wave: Wave) -> None:
        """Tell each room two bodies that differ; the last one, which is read, holds no defaults."""
        for operation, seat in wave:
            bench = self._session.bench(operation)
            setting = self._session.setting(seat)
            for variant in (1, 0):
                fields = bench.special.fields(setting)
                self._session.send(
                    bench.case(
                        plain(operation.schema, fields, anchor=setting.now + ANCHOR, variant=variant), seat
                    )
                )
        self._updated = monotonic()

    def _wait_for(self, wave: Wave) -> None:
        last = [written for written in self._last(wave) if written is not None]
        if any(written.answered_by is None for written in last):
            # Only the next request tells that the last one has been answered.
            self._read(wave[0][1])
        answered = [written.answered_by for written in last if written.answered_by is not None]
        if answered:
            whole = timedelta(seconds=self._seconds + MARGIN)
            # The judge reads one clock, and that one may be set meanwhile: so it takes no longer, and no
            # less.
            left = min(max(answered) + whole - datetime.now(UTC), whole)
            passed = timedelta(seconds=monotonic() - self._updated)
            self._session.wait(max(left, whole - passed, timedelta()).total_seconds())

    def _last(self, wave: Wave) -> list[LastUpdate | None]:
        """Return the last update of each room, None where it is not known."""
        states = [self._session.judging.rooms.get(self._session.seats[seat]) for _, seat in wave]
        return [state.written if state else None for state in states]

    def _read(self, seat: Seat) -> None:
        reading = self._session.contract.reading
        assert reading is not None, "nothing is told to be read where there is no way to read it"
        self._session.call(reading, self._session.seats[seat])
        self._session.judging.catch_up()
