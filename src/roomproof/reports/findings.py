"""What every view tells of the findings in a report: which are shown, in which words, and where their clause
stands.
"""

from __future__ import annotations

from collections.abc import Iterator

from roomproof.legible import one_line
from roomproof.report.document import Report
from roomproof.report.finding import FindingReport
from roomproof.report.provider import ContractLine
from roomproof.verdict import Verdict


def findings(report: Report, *verdicts: Verdict) -> Iterator[tuple[FindingReport, ContractLine | None]]:
    """Yield the findings of some verdicts, provider by provider, with the place of their clause; older
    reports do not say it.
    """
    for provider in report.providers:
        known = {clause.id: clause.contract for clause in provider.clauses}
        for finding in provider.findings:
            if finding.verdict in verdicts:
                yield finding, known.get(finding.clause)


def stale(report: Report) -> Iterator[tuple[str, str]]:
    """Yield the deviations that have to be looked at again: the clause, and why."""
    for provider in report.providers:
        for entry in provider.stale_deviations or ():
            why = f"{entry.why}: seen {entry.seen}, expires {entry.expires}, {entry.evidence}: {entry.reason}"
            yield entry.clause, one_line(why)


def stopped(report: Report) -> list[tuple[str, str]]:
    """Return the providers whose run did not come to its end, and why."""
    return [(provider.label, provider.stopped) for provider in report.providers if provider.stopped]


def remarks(report: Report) -> Iterator[tuple[str, str]]:
    """Yield what could not be done about rooms: whose run it was, and the sentence."""
    return ((provider.provider, remark) for provider in report.providers for remark in provider.remarks or ())


def told(finding: FindingReport) -> list[str]:
    """Return what a finding says, a line each: what is wrong, expected, received, the source, the reason of a
    deviation.
    """
    lines = [
        finding.summary,
        f"expected  {finding.expected}",
        f"received  {finding.received}",
        f"source    {finding.source.words}",
        *([f"reason    {finding.reason}"] if finding.reason else []),
    ]
    return [one_line(line) for line in lines]
