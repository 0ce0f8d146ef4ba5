"""Findings as a page shows them: those of each provider's last run, the worst first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from roomproof.report.finding import FindingReport, StepReport
from roomproof.reports.html.columns import Column, moment
from roomproof.reports.html.marking import Message, request_message, response_message
from roomproof.verdict import Verdict

MOST_STEPS = 12
LONGEST_LINE = 2000
"""So many characters of a command line are shown: a longer one is in the JSON report."""
_WEB = ("https://", "http://")
"""How an address begins that may be opened from a page: a report may be anybody's."""


def of_the_web(address: str) -> str:
    """Return an address that may be opened from a page, nothing in the place of any other."""
    return address if address.startswith(_WEB) else ""


@dataclass(frozen=True)
class FindingStep:
    """One exchange: the request, the response, and the line that sends it again."""

    number: int
    request: Message
    response: Message | None
    curl: str


@dataclass(frozen=True)
class FindingView:
    """A finding. `anchor` is the clause's id for the first finding of it, else empty; `at` is when it was
    seen.
    """

    anchor: str
    clause: str
    provider: str
    verdict: str
    level: str
    summary: str
    demands: str
    expected: str
    received: str
    source: str
    source_url: str
    reason: str
    at: str
    reproduce: str
    exchange: FindingStep
    steps: tuple[FindingStep, ...]
    left_out: int
    known: bool


@dataclass(frozen=True)
class Heap:
    """The findings of one verdict."""

    verdict: str
    findings: tuple[FindingView, ...]


def heaps(columns: Sequence[Column], known: frozenset[str]) -> tuple[Heap, ...]:
    """Return the findings of each provider's last run by verdict, the worst first; verdicts that nothing has
    are left out.

    What is `known` since a baseline comes after what is new.
    """
    shown: list[FindingView] = []
    anchored: set[str] = set()
    for column in columns:
        for finding in column.node.findings if column.is_last else ():
            anchor = finding.clause if finding.clause not in anchored else ""
            anchored.add(finding.clause)
            shown.append(_shown(finding, column, anchor, known=finding.clause in known))
    shown.sort(key=lambda item: item.known)
    by_verdict = {word: tuple(item for item in shown if item.verdict == word) for word in Verdict}
    return tuple(Heap(word, items) for word, items in by_verdict.items() if items)


def _shown(finding: FindingReport, column: Column, anchor: str, *, known: bool) -> FindingView:
    sequence = finding.sequence
    return FindingView(
        anchor,
        finding.clause,
        column.provider,
        finding.verdict,
        finding.level,
        finding.summary,
        finding.demands,
        finding.expected,
        finding.received,
        finding.source.words,
        of_the_web(finding.source_url),
        finding.reason,
        moment(finding.at),
        _command(finding.reproduce),
        _step(finding, finding, 0),
        tuple(_step(exchange, finding, number) for number, exchange in enumerate(sequence[:MOST_STEPS], 1)),
        max(0, len(sequence) - MOST_STEPS),
        known,
    )


def _step(exchange: FindingReport | StepReport, finding: FindingReport, number: int) -> FindingStep:
    """Return an exchange; only in the last of a sequence, and in one that is alone, is anything marked."""
    is_last = number in (0, len(finding.sequence))
    part, field = finding.clause.split(".")[2], finding.field if is_last else ""
    received = finding.received if is_last else ""
    return FindingStep(
        number,
        request_message(exchange.request, part, field),
        response_message(exchange.response, part, field, received),
        _command(exchange.curl),
    )


def _command(line: str) -> str:
    return (
        line
        if len(line) <= LONGEST_LINE
        else f"{line[:LONGEST_LINE]}... [{len(line):,} characters; the JSON report has the whole line]"
    )
