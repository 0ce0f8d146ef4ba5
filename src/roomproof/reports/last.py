"""The report of the last run in a folder: where it is kept, and what it said of a clause. Read tolerantly,
since anybody may edit it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from roomproof import files
from roomproof.report.document import report_from
from roomproof.report.provider import ProviderReport

MAX_BYTES = 50_000_000
"""A larger report is not read; the report on four providers has some 300,000 bytes."""


@dataclass(frozen=True)
class LastVerdict:
    """What the last run said of a clause: the verdict, over how many cases, of whom, when (ISO 8601, empty if
    unknown), why if broken.
    """

    verdict: str
    cases: int
    target: str
    started: str
    summary: str


def last_report_path(folder: Path = Path()) -> Path:
    """Return where a run in a folder leaves its JSON report."""
    return folder / ".roomproof" / "last.json"


def last_words(path: Path) -> dict[str, LastVerdict]:
    """Return what a report says of each clause; nothing of what is no report, or where there is none."""
    try:
        report = json.loads(files.read(path, MAX_BYTES))
    except (OSError, ValueError, RecursionError):
        return {}
    providers = report_from(report).providers
    return {name: word for provider in providers for name, word in _of_provider(provider).items()}


def _of_provider(provider: ProviderReport) -> dict[str, LastVerdict]:
    summaries = {(finding.clause, finding.verdict): finding.summary for finding in provider.findings}
    return {
        clause.id: LastVerdict(
            clause.verdict,
            clause.cases,
            provider.target,
            provider.started or "",
            summaries.get((clause.id, clause.verdict), ""),
        )
        for clause in provider.clauses
        if clause.id
    }
