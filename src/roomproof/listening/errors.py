"""What is said of a stream that was heard: its findings in the words of every other view, what the client
sent outside the contract, and that nothing could be judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from roomproof.contract.model import Operation
from roomproof.legible import one_line
from roomproof.listening.stream import Hearing, Listening, judged_operations
from roomproof.report.provider import Severity
from roomproof.reports.client import TITLE
from roomproof.reports.client import told as lines_of
from roomproof.reports.client_violations import client_of
from roomproof.reports.report import ProviderResult, finding_of
from roomproof.reports.secrets import cleaned
from roomproof.reports.wording import whole
from roomproof.verdict import Finding


class BrokenClauseError(AssertionError):
    """A clause is broken; the message has each finding as the report tells it, `findings` has them as
    data.
    """

    def __init__(self, message: str, findings: tuple[Finding, ...]) -> None:
        super().__init__(message)
        self.findings = findings


class NothingJudgedError(AssertionError):
    """Something was to be judged, and nothing could be."""


def text_of(finding: Finding, hearing: Hearing, secrets: Iterable[str]) -> str:
    """Return all of a finding, without secrets: verdict and clause, what is wrong, expected, received,
    source, when, the curl line.
    """
    started = datetime.now(UTC)
    judged = ProviderResult(
        hearing.contract,
        hearing.verdicts,
        "",
        hearing.requests,
        0.0,
        started,
        secrets=tuple(secrets),
        recordings=True,
    )
    told = finding_of(finding, judged)
    return f"{told.verdict} {one_line(told.clause)}\n{whole(told)}"


def client_texts(hearing: Hearing, secrets: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """Yield what the client has sent outside the contract, without secrets: each kind as a text, and whether
    it is an error.
    """
    for entry in cleaned(client_of(hearing.client), secrets):
        lines = (f"{TITLE}: {one_line(entry.clause)}", *lines_of(entry))
        yield "\n".join(lines), entry.severity is Severity.ERROR


def nothing_judged(listening: Listening, provider: str, where: str) -> str:
    """Return in a sentence why nothing was judged of a provider, an empty text if something was; `where` was
    listened.
    """
    hearing = listening.hearing_of(provider)
    if hearing.telling:
        return ""
    doubts = [doubt for doubt in sorted(hearing.doubts) if doubt]
    why = f": {one_line(doubts[0])}" if doubts else ""
    if not hearing.requests:
        return f"nothing was judged: no request of {provider} was seen {where}{why}"
    clauses = f"the clauses are about {', '.join(map(_call, judged_operations(hearing.contract)))}"
    if hearing.requests == 1:
        return (
            f"nothing was judged: the one request of {provider} that was seen tests no "
            f"clause{why or f': {clauses}'}"
        )
    seen = f"none of the {hearing.requests} requests of {provider} that were seen tests a clause"
    return f"nothing was judged: {seen}{why or f': {clauses}'}"


def _call(operation: Operation) -> str:
    return f"{operation.method} {operation.path}"
