"""Why a clause was not exercised, or could not be judged, as far as the contract and the evidence on it and
its neighbours tell.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from roomproof.contract.clause import ITEMS, KEYS, VALUES, Clause, Part, Path, spoken
from roomproof.contract.model import Contract, Operation
from roomproof.judge.evidence import Outcome, Side
from roomproof.judge.register import rule_of
from roomproof.judge.rule import Circumstances
from roomproof.verdict import Record, Verdict, Verdicts

_INSIDE = (ITEMS, VALUES, KEYS)
NO_RESPONSE = "no usable response"
"""Why a clause is inconclusive where nothing else is known."""


def doubts(verdicts: Verdicts) -> Mapping[str, str]:
    """Return why nothing certain is known of each inconclusive clause, by its id."""
    words = verdicts.verdicts()
    inconclusive = (clause for clause, word in words.items() if word is Verdict.INCONCLUSIVE)
    return {clause: verdicts.records[clause].doubt or NO_RESPONSE for clause in inconclusive}


@dataclass(frozen=True)
class Coverage:
    """What a run or some recordings saw of a contract; `stopped` is why a run ended early, `recordings`
    whether nothing was sent.
    """

    contract: Contract
    verdicts: Verdicts
    stopped: str = ""
    recordings: bool = False

    def whys(self) -> Mapping[str, str]:
        """Return the reason of every unexercised clause, by its id."""
        words = self.verdicts.verdicts()
        operations = {operation.id: operation for operation in self.contract.operations}
        unexercised = (
            clause for clause in self.contract.clauses.values() if words[clause.id] is Verdict.UNEXERCISED
        )
        return {clause.id: self._why(clause, operations[clause.operation]) for clause in unexercised}

    def _why(self, clause: Clause, operation: Operation) -> str:
        if self._record(clause).counts.get(Outcome.PASS):
            return self._half_proven(clause)
        if not any(other.id in self.verdicts.records for other in operation.clauses):
            return self._never_called(operation)
        if clause.part is Part.RESPONSE:
            return self._never_answered(clause, operation)
        if clause.part is Part.BEHAVIOUR or rule_of(clause).hangs_on_history:
            why = self._out_of_reach(clause, operation)
            if why:
                return why
        if self.stopped:
            return f"the run ended before its turn: {self.stopped}"
        if self.recordings:
            return f"no recorded request puts {clause.field} to this test"
        return "nothing that was sent tests it by itself"

    def _half_proven(self, clause: Clause) -> str:
        """Return which side of a clause was not seen, where the other one was kept."""
        if self.verdicts.missing_side(clause) is Side.REJECTED:
            return "what it allows was accepted, and nothing else was sent that was rejected for it alone"
        return "what it excludes was rejected, and so was, or was never sent, what it allows"

    def _never_called(self, operation: Operation) -> str:
        if self.recordings:
            return f"the recordings hold no request of {operation.id}"
        return (
            f"the run ended before {operation.id}: {self.stopped}"
            if self.stopped
            else f"no request of {operation.id} was sent"
        )

    def _never_answered(self, clause: Clause, operation: Operation) -> str:
        """Return what no response had: the status, else the outermost field on the way to the clause's."""
        same = [
            other
            for other in operation.clauses
            if other.part is Part.RESPONSE and other.status == clause.status
        ]
        before = " before the run ended early" if self.stopped else ""
        if not any(self._record(other).cases for other in same):
            status = "an error" if clause.status == "default" else f"status {clause.status}"
            return f"the provider never answered with {status}{before}"
        if clause.options.get("in") == "header":
            return f"no response had the header {clause.path[-1]}{before}"
        if clause.rule == "media-type":
            return f"no response said its media type{before}"
        for depth in range(1, len(clause.path) + 1):
            way = clause.path[:depth]
            if not self._was_seen(same, way):
                if way[-1] in _INSIDE:
                    return f"{spoken(way[:-1]) or 'the answer'} was empty in every response{before}"
                return f"no response had {spoken(way)}{before}"
        return f"{clause.field} was null in every response{before}"

    def _was_seen(self, clauses: list[Clause], way: Path) -> bool:
        """Whether a response had something there; that it is missing is evidence on its presence, too."""
        records = [(clause.rule, self._record(clause)) for clause in clauses if clause.path == way]
        return any(
            record.counts.get(Outcome.PASS) if rule == "present" else record.cases for rule, record in records
        )

    def _out_of_reach(self, clause: Clause, operation: Operation) -> str:
        """Return what a behaviour needs that was not there, an empty text if nothing is known to be
        missing.
        """
        known = Circumstances(self.contract, clause, self.recordings, self.stopped)
        if why := rule_of(clause).unexercised(known):
            return why
        if (
            operation.success.schema is None
            and self.contract.reading is None
            and "call" not in clause.options
        ):
            return "no operation that reads"
        accepted = operation.clause(Part.REQUEST, clause.path, "accepted")
        if accepted is not None and not self._record(accepted).counts.get(Outcome.PASS) and not self.stopped:
            return f"no value of {clause.field} was accepted"
        return ""

    def _record(self, clause: Clause) -> Record:
        return self.verdicts.records.get(clause.id, Record())
