"""The report as a whole: the providers, their sum, what became of recordings, what was asked of the run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from roomproof.json_data import from_json
from roomproof.report.provider import ClauseCoverage, ClauseReport, ProviderReport
from roomproof.verdict import Verdict

REPORT_VERSION = 1


@dataclass(frozen=True, kw_only=True)
class Summary:
    """Clauses of all providers by verdict."""

    clauses: int
    pass_: int
    fail: int
    warning: int
    deviation: int
    inconclusive: int
    unexercised: int
    exercised: ClauseCoverage | None = None

    @property
    def counts(self) -> Mapping[Verdict, int]:
        """How many clauses have each verdict, the worst first."""
        return {
            Verdict.FAIL: self.fail,
            Verdict.WARNING: self.warning,
            Verdict.DEVIATION: self.deviation,
            Verdict.INCONCLUSIVE: self.inconclusive,
            Verdict.PASS: self.pass_,
            Verdict.UNEXERCISED: self.unexercised,
        }


@dataclass(frozen=True, kw_only=True)
class UnreadableEntry:
    """An entry of a recording that cannot be read, and why."""

    file: str
    place: str
    why: str


@dataclass(frozen=True, kw_only=True)
class UnreadableEntries:
    """How many entries cannot be read, and the first of them."""

    count: int
    entries: tuple[UnreadableEntry, ...]


@dataclass(frozen=True, kw_only=True)
class SkippedFile:
    """A file of a folder that is no recording, and why."""

    file: str
    why: str


@dataclass(frozen=True, kw_only=True)
class SkippedFiles:
    """How many files were passed over, and the first of them."""

    count: int
    files: tuple[SkippedFile, ...]


@dataclass(frozen=True, kw_only=True)
class RecordingEntries:
    """What became of the entries of recordings."""

    judged: int
    learned: int
    foreign: int
    unreadable: UnreadableEntries
    bodies_missing: int
    skipped: SkippedFiles


@dataclass(frozen=True, kw_only=True)
class UnmatchedRequests:
    """Recorded requests that belong to no operation of any contract, and how often each was recorded."""

    count: int
    requests: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class Baseline:
    """What became of the clauses that failed in an earlier report, and of those that fail now, by their ids.

    NEW: fails, and did not in this way; KNOWN: fails, and did so; FIXED: failed, and was tested again
    without failing or a warning; UNEXERCISED: failed, and was not tested again, so that nobody knows.
    """

    path: str
    new: tuple[str, ...]
    known: tuple[str, ...]
    healed: tuple[str, ...]
    unexercised: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Report:
    """The whole. `recording` and `unmatched` are None of a run; shares are in per cent, None where none was
    asked for.
    """

    roomproof: str
    report_version: int
    seed: int
    providers: tuple[ProviderReport, ...]
    summary: Summary
    recording: RecordingEntries | None = None
    unmatched: UnmatchedRequests | None = None
    hints: tuple[str, ...] = ()
    client_fails: bool = False
    strict_deviations: bool = False
    fail_under: float | None = None
    max_unanswered: float | None = None
    baseline: Baseline | None = None

    @property
    def clauses(self) -> Iterator[ClauseReport]:
        """The clauses of all providers."""
        return (clause for provider in self.providers for clause in provider.clauses)

    def is_known(self, clause_id: str) -> bool:
        """Whether the baseline knows that a clause fails, so that the run does not fail for it."""
        return self.baseline is not None and clause_id in self.baseline.known


def report_from(node: object) -> Report:
    """Return JSON data as a report, whatever it holds (`from_json`); whether it is one, who reads it has to
    look at before.
    """
    return from_json(Report, node)
