"""Verdicts: what all the evidence says of each clause, with the smallest counterexample of what is broken."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from roomproof.contract.clause import Clause, Level
from roomproof.contract.deviation import Deviation
from roomproof.contract.model import Contract
from roomproof.interaction import Interaction, remembered
from roomproof.judge.evidence import Evidence, Outcome, Side
from roomproof.judge.kind import SEVERAL, kind_of
from roomproof.judge.seen_deviations import SeenDeviations
from roomproof.limit import Limit

NO_TIME = datetime.min.replace(tzinfo=UTC)
"""Stands for the time of an interaction that has none: earlier than any other."""


class Verdict(StrEnum):
    """What the evidence says of a clause; the order is from the worst to the least."""

    FAIL = "fail"
    WARNING = "warning"
    DEVIATION = "deviation"
    INCONCLUSIVE = "inconclusive"
    PASS = "pass"
    UNEXERCISED = "unexercised"


@dataclass(frozen=True)
class Counterexample:
    """An interaction that breaks a clause, and the evidence that says so.

    `sequence` are the interactions that show it from a known state on, itself the last, or itself alone if it
    needs no other; empty where nobody knows what it needs.
    """

    evidence: Evidence
    interaction: Interaction
    deviation: Deviation | None = None
    sequence: tuple[Interaction, ...] = ()

    @property
    def steps(self) -> tuple[Interaction, ...]:
        """The interactions that show it together, itself the last; none where it is enough, as far as is
        known.
        """
        return self.sequence if len(self.sequence) > 1 else ()

    @property
    def is_unanswered(self) -> bool:
        """Whether it is a request that was never answered: it was sent again and again to see that, so
        nothing smaller is looked for.
        """
        return self.interaction.response is None

    @property
    def size(self) -> tuple[bool, int, int, int, bytes]:
        """How large it is: of two counterexamples the smaller tells more, and one of which it is known what
        it needs the most.
        """
        body = self.interaction.request.body or b""
        return not self.sequence, len(self.sequence), body.count(b":"), len(body), body

    def is_before(self, other: Counterexample) -> bool:
        """Whether this one is kept where there are both. The order is total, so that collections merge in any
        order.
        """
        mine, theirs = self.size, other.size
        return mine < theirs if mine != theirs else self._identity < other._identity

    @property
    def _identity(self) -> tuple[object, ...]:
        heard = tuple(map(_moment_and_content, (self.interaction, *self.sequence)))
        said = self.evidence
        reason = self.deviation.reason if self.deviation else ""
        return (
            heard,
            (said.outcome, said.summary, str(said.expected), str(said.received), said.suspects),
            reason,
        )


def _moment_and_content(interaction: Interaction) -> tuple[object, ...]:
    """Return what tells interactions apart, in an order that is the same in every process: the time first."""
    request, response = interaction.request, interaction.response
    answered = (response.status, response.headers, response.body) if response else (0, (), b"")
    sent = (
        request.method,
        request.url,
        request.headers,
        request.body or b"",
        request.credentials,
        request.room,
    )
    return interaction.at or NO_TIME, sent, answered, interaction.failure


def _is_later(one: Interaction, other: Interaction | None) -> bool:
    """Whether an interaction took place after another; of two at one time, or at none, the order of what they
    hold decides.
    """
    if other is None or one is other:
        return other is None
    mine, theirs = one.at or NO_TIME, other.at or NO_TIME
    return mine > theirs if mine != theirs else _moment_and_content(one) > _moment_and_content(other)


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
        self.records: dict[str, Record] = {}
        self.limits: dict[str, Limit] = {}
        self.deviations = SeenDeviations(contract, deviations)

    def add(self, evidence: Evidence, interaction: Interaction) -> None:
        """Count a piece of evidence, and keep its interaction if it is the smallest counterexample."""
        record = self.records.get(evidence.clause)
        if record is None:
            record = self.records[evidence.clause] = Record()
        outcome = evidence.outcome
        record.counts[outcome] = record.counts.get(outcome, 0) + 1
        if outcome is Outcome.PASS:
            record.sides.add(evidence.side)
        if _is_later(interaction, record.latest):
            record.latest = remembered(interaction)
        if outcome is Outcome.INCONCLUSIVE:
            record.note_doubt(evidence.summary)
        deviation_for = self.deviations.note(evidence, interaction)
        if outcome is Outcome.PASS or outcome is Outcome.INCONCLUSIVE:
            return
        counterexample = Counterexample(evidence, remembered(interaction), deviation_for)
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
        records = list(self.records.values())
        return {
            word: sum(word in record.broken for record in records) for word in (Verdict.FAIL, Verdict.WARNING)
        }

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
            if theirs.latest is not None and _is_later(theirs.latest, mine.latest):
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
