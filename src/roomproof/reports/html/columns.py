"""The columns of a page: each provider of each run, runs in the order in which they were started."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from roomproof.report.document import Report
from roomproof.report.provider import ProviderReport
from roomproof.verdict import Verdict


@dataclass(frozen=True)
class Column:
    """What one run says of one provider. `run` counts runs from 1; `node` is what it says."""

    index: int
    provider: str
    run: int
    node: ProviderReport
    is_last: bool

    @property
    def started(self) -> str:
        """When the run was started, in UTC and to the minute as people read it; empty where the report does
        not say.
        """
        return moment(self.node.started or "")


def moment(text: str) -> str:
    """Return a time of a report as people read it: `2026-11-21 16:38 UTC`."""
    return (
        f"{text[:10]} {text[11:16]}{' UTC' if text.endswith('+00:00') else text[19:]}"
        if text[10:11] == "T"
        else text
    )


def ordered(reports: Iterable[Report]) -> list[Report]:
    """Return reports in the order in which their runs were started; those that do not say so come first."""
    return sorted(reports, key=_started)


def _started(report: Report) -> str:
    return min((node.started for node in report.providers if node.started), default="")


def columns_of(reports: Sequence[Report]) -> list[Column]:
    """Return the columns, provider by provider, the last run of each marked; a provider that was not verified
    has none.
    """
    names = dict.fromkeys(node.provider for report in reports for node in report.providers)
    found: list[Column] = []
    for name in names:
        every = ((run, node) for run, report in enumerate(reports, 1) for node in report.providers)
        runs = [(run, node) for run, node in every if node.provider == name and node.clauses]
        found += [
            Column(len(found) + at, name, run, node, at == len(runs) - 1)
            for at, (run, node) in enumerate(runs)
        ]
    return found


def worst(words: Iterable[Verdict]) -> Verdict:
    """Return the worst of some verdicts; of none, that nothing was exercised."""
    return min(words, key=list(Verdict).index, default=Verdict.UNEXERCISED)


def counted(words: Iterable[Verdict]) -> dict[Verdict, int]:
    """Return how often each verdict occurs, the worst first."""
    counts = Counter(words)
    return {word: counts[word] for word in Verdict if counts[word]}


def told(counts: Mapping[Verdict, int]) -> str:
    """Return counts as words: `1 fail, 29 pass`."""
    return ", ".join(f"{count:,} {word}" for word, count in counts.items()) or "none"
