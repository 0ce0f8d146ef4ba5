"""Verdicts: what all the evidence says of each clause, with the smallest counterexample of what is broken."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from roomproof.contract.clause import Clause, Level
from roomproof.contract.deviation import Deviation
from roomproof.contract.model import Contract
from roomproof.interaction import Interaction, remembered
from roomproof.judge.counterexample import Counterexample, is_later
from roomproof.judge.evidence import Evidence, Outcome, Side
from roomproof.judge.kind import SEVERAL, kind_of
from roomproof.judge.seen_deviations import SeenDeviations
from roomproof.limit import Limit


class Verdict(StrEnum):
    """What the evidence says of a clause; the order is from the worst to the least."""

    FAIL = "fail"
    WARNING = "warning"
    DEVIATION = "deviation"
    INCONCLUSIVE = "inconclusive"
    PASS = "pass"
    UNEXERCISED = "unexercised"


@dataclass
class Record:
    """What is known of one clause: how often each outcome was seen, the smallest counterexample of each
    verdict, and each way of being broken.

    `sides` are those from which it was seen to hold, None among them where it has none.
    `doubt` is a reason why an interaction says nothing certain, empty where none was given.
    """

    counts: dict[Outcome, int] = field(default_factory=dict)
    broken: dict[Verdict, Counterexample] = field(default_factory=dict)
    suspicions: dict[frozenset[str], Counterexample] = field(default_factory=dict)
    kinds: dict[Verdict, frozenset[str]] = field(default_factory=dict)
    sides: set[Side | None] = field(default_factory=set)
    latest: Interaction | None = None
    doubt: str = ""

    @property
    def cases(self) -> int:
        """How many interactions really tested the clause."""
        return sum(count for outcome, count in self.counts.items() if outcome is not Outcome.INCONCLUSIVE)

    def add(self, verdict: Verdict, counterexample: Counterexample) -> None:
        """Keep a counterexample if it is the smallest of its kind."""
        known = self.broken.get(verdict)
        if known is None or counterexample.is_before(known):
            self.broken[verdict] = counterexample

    def suspect(self, counterexample: Counterexample) -> None:
        """Keep a counterexample that other clauses may explain, if it is the smallest of those that the same
        ones may.
        """
        suspects = frozenset(counterexample.evidence.suspects)
        known = self.suspicions.get(suspects)
        if known is None or counterexample.is_before(known):
            self.suspicions[suspects] = counterexample

    def note_doubt(self, why: str) -> None:
        """Keep a reason of doubt: of several the first in the order of texts, so that it is the same in
        whatever order they come.
        """
        self.doubt = min(self.doubt or why, why or self.doubt)


@dataclass(frozen=True)
class Finding:
    """A broken clause with its smallest known counterexample; if it is a limit that was measured, where the
    limit really lies.

    `kinds` are the ways in which the run saw it broken, the counterexample's among them.
    """

    clause: Clause
    verdict: Verdict
    counterexample: Counterexample
    limit: Limit | None = None
    kinds: tuple[str, ...] = ()


_CALM = (Outcome.PASS, Outcome.INCONCLUSIVE)
"""What is no counterexample: said again it changes no more than a number."""
_MOST_ALIKE = 5_000
"""So many pieces of calm evidence are known as ones that came before."""


@dataclass
class _Alike:
    """A calm piece of evidence that several interactions gave: how many since it was counted in, and the
    latest of them.
    """

    evidence: Evidence
    times: int = 0
    latest: Interaction | None = None

    def count_in(self, records: Mapping[str, Record]) -> None:
        if self.latest is None:
            return
        record = records[self.evidence.clause]
        record.counts[self.evidence.outcome] += self.times
        if is_later(self.latest, record.latest):
            record.latest = self.latest
        self.times, self.latest = 0, None


class Verdicts:
    """Collects evidence and says the verdict of every clause. Two collections merge into one."""

    def __init__(
        self, contract: Contract, deviations: Iterable[Deviation] = (), *, strict: bool = False
    ) -> None:
        """`strict` makes a fail of every broken clause, harmless leniency included, but of what was only
        observed.
        """
        self._contract = contract
        self._strict = strict
        self._records: dict[str, Record] = {}
        self._alike: dict[int, _Alike] = {}
        self._not_counted_in: list[_Alike] = []
        self.limits: dict[str, Limit] = {}
        self.deviations = SeenDeviations(contract, deviations)

    @property
    def records(self) -> dict[str, Record]:
        """What is known of each clause of which anything was said."""
        if self._not_counted_in:
            for alike in self._not_counted_in:
                alike.count_in(self._records)
            self._not_counted_in = []
        return self._records

    def __getstate__(self) -> dict[str, Any]:
        # What is alike is known by the identity of its evidence, which is another one elsewhere.
        return {**self.__dict__, "_records": self.records, "_alike": {}, "_not_counted_in": []}

    def add_all(self, evidence: Sequence[Evidence], interaction: Interaction) -> None:
        """Count all that one interaction says.

        Most of it others have said before, in the same objects: that a clause is kept. Of that only the
        number and the latest interaction are noted, and counted in when somebody asks.
        """
        known, kept = self._alike, remembered(interaction)
        for item in evidence:
            alike = known.get(id(item))
            if alike is None:
                self._add(item, interaction, kept)
                if item.outcome in _CALM and not self.deviations.are_about(item.clause):
                    self._note_alike(item)
                continue
            if alike.latest is None:
                self._not_counted_in.append(alike)
            alike.times += 1
            if is_later(interaction, alike.latest):
                alike.latest = kept

    def _note_alike(self, evidence: Evidence) -> None:
        if len(self._alike) >= _MOST_ALIKE:
            self._records, self._alike = self.records, {}
        self._alike[id(evidence)] = _Alike(evidence)

    def add(self, evidence: Evidence, interaction: Interaction) -> None:
        """Count a piece of evidence, and keep its interaction if it is the smallest counterexample."""
        self._add(evidence, interaction, remembered(interaction))

    def _add(self, evidence: Evidence, interaction: Interaction, kept: Interaction) -> None:
        record = self._records.get(evidence.clause)
        if record is None:
            record = self._records[evidence.clause] = Record()
        outcome = evidence.outcome
        record.counts[outcome] = record.counts.get(outcome, 0) + 1
        if outcome is Outcome.PASS:
            record.sides.add(evidence.side)
        if is_later(interaction, record.latest):
            record.latest = kept
        if outcome is Outcome.INCONCLUSIVE:
            record.note_doubt(evidence.summary)
        deviation_for = self.deviations.note(evidence, interaction)
        if outcome is Outcome.PASS or outcome is Outcome.INCONCLUSIVE:
            return
        counterexample = Counterexample(evidence, kept, deviation_for)
        if deviation_for is not None:
            record.add(Verdict.DEVIATION, counterexample)
        elif evidence.suspects:
            record.suspect(counterexample)
        else:
            self._add_broken(record, counterexample)

    def blames(self, evidence: Evidence, interaction: Interaction) -> bool:
        """Whether a piece of evidence makes its clause fail by itself: no deviation covers it, and no other
        clause may explain it.
        """
        if evidence.outcome not in (Outcome.FAIL, Outcome.WARN) or evidence.suspects:
            return False
        return (
            self._verdict_of(evidence) is Verdict.FAIL
            and self.deviations.deviation_for(evidence, interaction) is None
        )

    def explain(self, counterexample: Counterexample) -> None:
        """Add what a counterexample needs, which was found after its evidence was added."""
        record = self.records.setdefault(counterexample.evidence.clause, Record())
        if counterexample.evidence.suspects:
            record.suspect(counterexample)
        else:
            self._add_broken(record, counterexample)

    def _add_broken(self, record: Record, counterexample: Counterexample) -> None:
        verdict = self._verdict_of(counterexample.evidence)
        record.add(verdict, counterexample)
        record.kinds[verdict] = record.kinds.get(verdict, frozenset()) | {self._kind_of(counterexample)}

    def _kind_of(self, counterexample: Counterexample) -> str:
        return kind_of(
            self._contract.clauses[counterexample.evidence.clause],
            counterexample.evidence,
            counterexample.interaction,
        )

    def _verdict_of(self, evidence: Evidence) -> Verdict:
        # Strictness follows the level and nothing else: what was only observed never fails.
        level = self._contract.clauses[evidence.clause].level
        strict = self._strict and level is not Level.OBSERVED and not evidence.doubtful
        return Verdict.FAIL if evidence.outcome is Outcome.FAIL or strict else Verdict.WARNING

    def broken(self) -> dict[Verdict, int]:
        """Return how many clauses are broken as a fail, and how many as a warning, by now."""
        # A list first: the run goes on while this is counted.
        records = list(self._records.values())
        return {
            word: sum(word in record.broken for record in records) for word in (Verdict.FAIL, Verdict.WARNING)
        }

    def broken_as(self, clause_id: str) -> frozenset[Verdict]:
        """Return as what a clause is broken by itself, by now; nothing where it is not."""
        record = self._records.get(clause_id)
        return frozenset(record.broken if record else ())

    def merge(self, other: Verdicts) -> None:
        """Take over what another collection of the same contract has seen.

        The order and the grouping in which collections merge make no difference, in one process or in
        several.
        """
        for clause_id, limit in other.limits.items():
            self.limits[clause_id] = min(self.limits.get(clause_id, limit), limit, key=repr)
        self.deviations.merge(other.deviations)
        for clause_id, theirs in other.records.items():
            mine = self.records.setdefault(clause_id, Record())
            for outcome, count in theirs.counts.items():
                mine.counts[outcome] = mine.counts.get(outcome, 0) + count
            mine.sides |= theirs.sides
            if theirs.latest is not None and is_later(theirs.latest, mine.latest):
                mine.latest = theirs.latest
            mine.note_doubt(theirs.doubt)
            for verdict, counterexample in theirs.broken.items():
                mine.add(verdict, counterexample)
            for verdict, kinds in theirs.kinds.items():
                mine.kinds[verdict] = mine.kinds.get(verdict, frozenset()) | kinds
            for counterexample in theirs.suspicions.values():
                mine.suspect(counterexample)

    def merge_old(self, old: Verdicts, how_old: str) -> None:
        """Take over, as warnings, what another collection says of clauses on which this one has nothing.

        Its evidence is too old to count, but it is all there is; `how_old` ends the warning's summary.
        """
        old_words = old.verdicts()
        # What replaces a record has none of what was counted into that.
        self._records, self._alike = self.records, {}
        for clause_id, theirs in old.records.items():
            if theirs.cases and theirs.latest is not None and not self.records.get(clause_id, Record()).cases:
                when = (
                    f"last recorded {theirs.latest.at:%Y-%m-%d}"
                    if theirs.latest.at
                    else "recorded nobody knows when"
                )
                received = f"{old_words[clause_id].value} then"
                evidence = Evidence(
                    clause_id,
                    Outcome.WARN,
                    f"{when}, {how_old}",
                    expected="a recent recording",
                    received=received,
                )
                record = Record(
                    {Outcome.WARN: theirs.cases},
                    {Verdict.WARNING: Counterexample(evidence, theirs.latest)},
                    latest=theirs.latest,
                )
                self.records[clause_id] = record

    def findings(self) -> list[Finding]:
        """Return every broken clause, fails first, then in the order of the contract.

        A suspicion that a clause broken by itself explains is none.
        """
        blamed = {clause_id for clause_id, record in self.records.items() if Verdict.FAIL in record.broken}
        found: list[Finding] = []
        for clause in self._contract.clauses.values():
            record = self.records.get(clause.id)
            if record is None:
                continue
            broken, kinds = (
                dict(record.broken),
                {verdict: set(ways) for verdict, ways in record.kinds.items()},
            )
            unexplained = [
                counterexample
                for suspects, counterexample in record.suspicions.items()
                if not suspects & blamed
            ]
            for counterexample in unexplained:
                verdict = self._verdict_of(counterexample.evidence)
                kinds.setdefault(verdict, set()).add(self._kind_of(counterexample))
                if verdict not in broken or counterexample.is_before(broken[verdict]):
                    broken[verdict] = counterexample
            limits = {Verdict.FAIL: self.limits.get(clause.id)}
            found += [
                Finding(
                    clause, verdict, counterexample, limits.get(verdict), _telling(kinds.get(verdict, set()))
                )
                for verdict, counterexample in broken.items()
            ]
        return sorted(found, key=lambda finding: list(Verdict).index(finding.verdict))

    def verdicts(self) -> Mapping[str, Verdict]:
        """Return the verdict of every clause of the contract, in its order."""
        worst: dict[str, Verdict] = {}
        for finding in self.findings():
            worst.setdefault(finding.clause.id, finding.verdict)
        listening = self._operations_that_accept()
        return {
            name: worst.get(name) or self._calm(clause, listening)
            for name, clause in self._contract.clauses.items()
        }

    def missing_side(self, clause: Clause) -> Side | None:
        """Return the side from which a clause, so far kept, has to be seen as well before that is a pass;
        None if there is none.
        """
        return self._missing_side(clause, self._operations_that_accept())

    def _missing_side(self, clause: Clause, listening: Container[str]) -> Side | None:
        sides = self.records.get(clause.id, Record()).sides
        if clause.is_limit and Side.ACCEPTED in sides and Side.REJECTED not in sides:
            return Side.REJECTED
        if sides == {Side.REJECTED} and (clause.is_limit or clause.operation not in listening):
            return Side.ACCEPTED
        return None

    def _operations_that_accept(self) -> frozenset[str]:
        """Return the operations that accepted something: who rejects everything has not looked at what was
        sent.
        """
        clauses = self._contract.clauses
        return frozenset(
            clauses[name].operation for name, record in self.records.items() if Side.ACCEPTED in record.sides
        )

    def _calm(self, clause: Clause, listening: Container[str]) -> Verdict:
        """Return the verdict of a clause that nothing breaks."""
        record = self.records.get(clause.id, Record())
        if record.counts.get(Outcome.PASS) and self._missing_side(clause, listening) is None:
            return Verdict.PASS
        return Verdict.INCONCLUSIVE if record.counts.get(Outcome.INCONCLUSIVE) else Verdict.UNEXERCISED


def _telling(kinds: set[str]) -> tuple[str, ...]:
    return tuple(sorted(kinds - {SEVERAL} or kinds))
