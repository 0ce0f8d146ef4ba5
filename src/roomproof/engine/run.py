"""One run against one provider, from its first room to its last."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from roomproof.contract.model import Operation
from roomproof.engine.bodies import CaseParts
from roomproof.engine.case import Seat
from roomproof.engine.explore import explore
from roomproof.engine.fuzz import fuzz
from roomproof.engine.limits import measure_broken
from roomproof.engine.others import exercise_others
from roomproof.engine.plan import plan, told_and_looked_at
from roomproof.engine.quiet import QuietRooms
from roomproof.engine.readback import Readback
from roomproof.engine.rooms import open_rooms, require_hearing
from roomproof.engine.session import Options, Result, Session, Subject
from roomproof.engine.whole_run import whole_run
from roomproof.events import Listener
from roomproof.judge.rules import unchanged

if TYPE_CHECKING:
    from roomproof.engine.sequences import Explanation

SETTING = 2
"""The first cases of a plan set every field of the rooms; no selection leaves them out."""
__all__ = ["Options", "Result", "Run", "Subject"]


class Run:
    """Verifies one provider."""

    def __init__(self, subject: Subject, options: Options, listener: Listener) -> None:
        self.session = Session(subject, options, listener)

    def verify(self, concluded: Callable[[Result], None] = lambda _: None) -> Result:
        """Do the whole run, as `whole_run` says."""
        return whole_run(self.session, self._exercise_everything, concluded)

    def _exercise_everything(self) -> None:
        session = self.session
        open_rooms(session)
        for operation in session.contract.telling:
            self._exercise(operation)
        quiet, readback = QuietRooms(session), Readback(session)
        quiet.begin()
        readback.begin()
        explanation = self._follow_sequences()
        readback.end()
        quiet.end()
        exercise_others(session)
        explanation.give_to_each()

    def _exercise(self, operation: Operation) -> None:
        bench = self.session.bench(operation)
        if self.session.selection.wants_operation(operation):
            self._send_plan(bench)
            fuzz(self.session, bench)
            explore(self.session, bench)
        self._look_at_what_is_stored(operation)
        measure_broken(self.session, bench)

    def _send_plan(self, bench: CaseParts) -> None:
        session = self.session
        first = next(
            operation
            for operation in session.contract.telling
            if session.selection.wants_operation(operation)
        )
        several = session.selection.is_everything and len(session.contract.telling) > 1
        for number, case in enumerate(plan(bench, session.random, is_one_of_several=several)):
            if number >= SETTING:
                session.offer(case)
                continue
            interaction, _ = session.send(case)
            # Who has made the rooms was heard already: what is wrong with them is a finding.
            if number == 0 and bench.operation is first and session.contract.maker is None:
                require_hearing(session, interaction)

    def _follow_sequences(self) -> Explanation:
        # Late, since it loads a part of Hypothesis that nothing else needs.
        from roomproof.engine.sequences import follow

        return follow(self.session)

    def _look_at_what_is_stored(self, operation: Operation) -> None:
        """Tell the room, or a new one, everything through an operation; then look at it by an update that
        leaves the rest alone.
        """
        session = self.session
        looker = next((other for other in session.contract.telling if unchanged.RULE.clauses(other)), None)
        wanted = session.selection.wants_operation
        if looker is None or session.is_settled or not (wanted(looker) or wanted(operation)):
            return
        bench, looking, seats = session.bench(operation), session.bench(looker), session.seats
        for told, look in told_and_looked_at(bench, looking):
            session.send(told)
            made = session.made
            if made or not bench.makes_rooms:
                # The new room sits where the look is made for, so that it gets no value of another one's.
                session.seats = {**seats, Seat.MAIN: made[-1]} if bench.makes_rooms else seats
                session.send(looking.case(look))
                session.seats = seats
