"""What a report says of one provider: its clauses, its findings, its limits, and what a client sent it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as member
from enum import StrEnum
from fractions import Fraction
from math import floor

from roomproof.contract.clause import Level, Source
from roomproof.contract.resource import Effect
from roomproof.judge.seen_deviations import StaleReason
from roomproof.report.finding import FindingReport
from roomproof.verdict import Verdict

UNPROVEN = (Verdict.UNEXERCISED, Verdict.INCONCLUSIVE)
"""The verdicts that say nothing of a clause; every other one rests on an interaction that tested it."""


class Severity(StrEnum):
    """How bad it is that a client sent something."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class ContractLine:
    """A line of a contract's file, counted from 1. The file is relative, or absolute where it stands
    elsewhere; with `/`.
    """

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True)
class ClauseCoverage:
    """How many clauses of level documented were exercised, of how many."""

    documented: int
    of: int

    @property
    def share(self) -> Fraction:
        """The exercised clauses of a hundred; 0 where there is none."""
        return Fraction(100 * self.documented, self.of) if self.of else Fraction(0)

    @property
    def percent(self) -> str:
        """The share with one decimal at most, rounded down, so that 100 is all of it."""
        return f"{floor(self.share * 10) / 10:g} %"

    def __str__(self) -> str:
        if not self.of:
            return "no documented clause"
        return f"{self.documented} of {self.of} documented clauses exercised ({self.percent})"


@dataclass(frozen=True, kw_only=True)
class ClauseReport:
    """A clause and its verdict; `why` says why nothing is known of it where that is so."""

    id: str
    operation: str
    level: Level
    verdict: Verdict
    cases: int
    demands: str
    source: Source
    why: str = ""
    contract: ContractLine | None = None

    @property
    def is_proven(self) -> bool:
        """Whether an interaction has tested it."""
        return self.verdict not in UNPROVEN


@dataclass(frozen=True, kw_only=True)
class OperationReport:
    """An operation of the contract: what it does to which resource; the resource is empty where it is about
    none.
    """

    id: str
    method: str
    path: str
    effect: Effect
    resource: str
    level: Level


@dataclass(frozen=True, kw_only=True)
class StaleDeviation:
    """A known deviation that has to be looked at again; dates as ISO 8601 has them."""

    clause: str
    reason: str
    evidence: str
    seen: str
    expires: str
    why: StaleReason


@dataclass(frozen=True, kw_only=True)
class TriedReport:
    """A value that was tried; `accepted` is None where the response was no plain yes or no, and `why` says
    what it was.
    """

    value: float
    accepted: bool | None
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class BoundaryReport:
    """A limited field, and what was tried around its limits; the ends of a range are `minimum`,
    `exclusive_minimum` and so on.
    """

    operation: str
    field: str
    what: str
    documented: Mapping[str, float]
    observed: Mapping[str, float] = member(default_factory=dict)
    clauses: tuple[str, ...] | None = None
    tried: tuple[TriedReport, ...]
    left_out: int = 0


@dataclass(frozen=True, kw_only=True)
class StatementsReport:
    """How many statements a document has, how many of them clauses claim, how many none does for a reason,
    and of how many a clause was exercised.
    """

    count: int
    claimed: int
    waived: int
    exercised: int


@dataclass(frozen=True, kw_only=True)
class DocumentReport:
    """A document that sources name: its title, address, version and the day on which it was read, empty where
    nobody knows; how many clauses rest on it, and how many of them were exercised. `statements` is None where
    they are not listed.
    """

    title: str
    url: str
    version: str = ""
    retrieved: str = ""
    clauses: int
    exercised: int
    statements: StatementsReport | None = None


@dataclass(frozen=True, kw_only=True)
class FieldReport:
    """A field of the responses of an operation with one status; `field` is the way to it.

    One that no document mentions was seen so many `times`, its values of these JSON types; one that documents
    promise was missing so many times, which was every time.
    """

    operation: str
    status: str
    field: str
    times: int
    types: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class FirstReport:
    """Where something was met first: the file, the place in it, and the time (RFC 3339) if it is known."""

    file: str
    place: str
    at: str = ""


@dataclass(frozen=True, kw_only=True)
class ClientEntry:
    """One kind of what a client sent outside the contract."""

    clause: str
    level: Level
    severity: Severity
    doubtful: bool
    place: str
    what: str
    sent: str
    demands: str
    source: Source
    times: int
    first: FirstReport
    known: bool = False

    @property
    def is_error(self) -> bool:
        """Whether it is an error, and not only a warning."""
        return self.severity is Severity.ERROR


@dataclass(frozen=True, kw_only=True)
class RecordingTimes:
    """The first and the last moment of some recordings (RFC 3339)."""

    from_: str
    to: str


@dataclass(frozen=True)
class VerdictChange:
    """A clause of which a recording says something else now; `same_contract`: the contract cannot be the
    reason.
    """

    cassette: str
    clause: str
    before: str
    now: str
    same_contract: bool


@dataclass(frozen=True, kw_only=True)
class ProviderReport:
    """What is said of one provider. What is None was not written by the version of then, or not known; see
    the schema.
    """

    provider: str
    contract_version: str | None = None
    target: str
    started: str | None = None
    requests: int
    seconds: float
    stopped: str
    account: str = ""
    unanswered: Mapping[str, int] = member(default_factory=dict)
    left_behind: tuple[str, ...] | None = None
    remarks: tuple[str, ...] | None = None
    only: tuple[str, ...] = ()
    recordings: bool = False
    cassette: str = ""
    regressions: tuple[str, ...] = ()
    recorded: RecordingTimes | None = None
    rejudged: tuple[VerdictChange, ...] | None = None
    exercised: ClauseCoverage | None = None
    operations: tuple[OperationReport, ...] | None = None
    clauses: tuple[ClauseReport, ...]
    findings: tuple[FindingReport, ...]
    stale_deviations: tuple[StaleDeviation, ...] | None = None
    boundaries: tuple[BoundaryReport, ...] | None = None
    documents: tuple[DocumentReport, ...] | None = None
    undocumented: tuple[FieldReport, ...] | None = None
    never_seen: tuple[FieldReport, ...] | None = None
    client: tuple[ClientEntry, ...] | None = None

    @property
    def label(self) -> str:
        """Whom it is about, with the account if one was named."""
        return f"{self.provider} {self.account}".rstrip()

    @property
    def is_proven(self) -> bool:
        """Whether anything was judged of the operations of documents; where there are none, anything at
        all.
        """
        documented = {clause.operation for clause in self.clauses if clause.level is Level.DOCUMENTED}
        about = [clause for clause in self.clauses if clause.operation in documented or not documented]
        return any(clause.is_proven for clause in about)
