"""The columns of a page: each provider of each run, runs in the order in which they were started."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from roomproof.verdict import Verdict

Report = Mapping[str, Any]
WORDS = tuple(verdict.value for verdict in Verdict)
"""The verdicts, from the worst to the least."""


@dataclass(frozen=True)
class Column:
    """What one run says of one provider. `run` counts runs from 1; `node` is the provider in its JSON report."""

    index: int
    provider: str
    run: int
    node: Mapping[str, Any]
    is_last: bool

    @property
    def started(self) -> str:
        """When the run was started, in UTC and to the minute as people read it; empty where the report does not say."""
        return moment(self.node.get("started", ""))


def moment(text: str) -> str:
    """Return a time of a report as people read it: `2026-11-21 16:38 UTC`."""
    return f"{text[:10]} {text[11:16]}{' UTC' if text.endswith('+00:00') else text[19:]}" if text[10:11] == "T" else text


def ordered(reports: Iterable[Report]) -> list[Report]:
    """Return reports in the order in which their runs were started; those that do not say so come first."""
    return sorted(reports, key=_started)


def _started(report: Report) -> str:
    return min((node["started"] for node in report["providers"] if node.get("started")), default="")


def columns_of(reports: Sequence[Report]) -> list[Column]:
    """Return the columns, provider by provider, the last run of each marked; a provider that was not verified has none."""
    names = dict.fromkeys(node["provider"] for report in reports for node in report["providers"])
    found: list[Column] = []
    for name in names:
        runs = [
            (run, node)
            for run, report in enumerate(reports, 1)
            for node in report["providers"]
            if node["provider"] == name and node["clauses"]
        ]
        found += [Column(len(found) + at, name, run, node, at == len(runs) - 1) for at, (run, node) in enumerate(runs)]
    return found


def worst(words: Iterable[str]) -> str:
    """Return the worst of some verdicts; of none, that nothing was exercised."""
    return min(words, key=WORDS.index, default="unexercised")


def counted(words: Iterable[str]) -> dict[str, int]:
    """Return how often each verdict occurs, the worst first."""
    counts = Counter(words)
    return {word: counts[word] for word in WORDS if counts[word]}


def told(counts: Mapping[str, int]) -> str:
    """Return counts as words: `1 fail, 29 pass`."""
    return ", ".join(f"{count:,} {word}" for word, count in counts.items()) or "none"
