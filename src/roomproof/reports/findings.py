"""What every view tells of the findings in a report: which are shown, in which words, and where their clause stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from roomproof.legible import one_line


@dataclass(frozen=True)
class Place:
    """A line of a contract's file, counted from 1. The file is relative, or absolute where it stands elsewhere; with `/`."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


def places(provider: dict[str, Any]) -> dict[str, Place]:
    """Return where the clauses of a provider stand, by id; older reports do not say it."""
    return {clause["id"]: Place(**clause["contract"]) for clause in provider["clauses"] if "contract" in clause}


def findings(report: dict[str, Any], *verdicts: str) -> Iterator[tuple[dict[str, Any], Place | None]]:
    """Yield the findings of some verdicts, provider by provider, with the place of their clause where it is known."""
    for provider in report["providers"]:
        known = places(provider)
        for finding in provider["findings"]:
            if finding["verdict"] in verdicts:
                yield finding, known.get(finding["clause"])


def is_known(report: dict[str, Any], finding: dict[str, Any]) -> bool:
    """Whether a finding is one that the baseline knows, so that the run does not fail for it."""
    return finding["clause"] in report.get("baseline", {}).get("known", ())


def stale(report: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the deviations that have to be looked at again: the clause, and why."""
    for provider in report["providers"]:
        for entry in provider.get("stale_deviations", ()):
            why = f"{entry['why']}: seen {entry['seen']}, expires {entry['expires']}, {entry['evidence']}: {entry['reason']}"
            yield entry["clause"], one_line(why)


def stopped(report: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the providers whose run did not come to its end, and why."""
    return [(provider["provider"], provider["stopped"]) for provider in report["providers"] if provider["stopped"]]


def remarks(report: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what could not be done about rooms: whose run it was, and the sentence."""
    for provider in report["providers"]:
        for remark in provider.get("remarks", ()):
            yield provider["provider"], remark


def told(finding: dict[str, Any]) -> list[str]:
    """Return what a finding says, a line each: what is wrong, expected, received, the source, the reason of a deviation."""
    lines = [
        finding["summary"],
        f"expected  {finding['expected']}",
        f"received  {finding['received']}",
        f"source    {', '.join(part for part in finding['source'].values() if part)}",
        *([f"reason    {finding['reason']}"] if finding["reason"] else []),
    ]
    return [one_line(line) for line in lines]
