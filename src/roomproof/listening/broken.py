"""What is said of a stream that was heard: its findings in the words of every other view, and that nothing could be judged."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from roomproof.legible import one_line
from roomproof.listening.stream import Hearing, Listening
from roomproof.reports.report import Judged, report
from roomproof.reports.wording import whole
from roomproof.verdict import Finding


class BrokenClauseError(AssertionError):
    """A clause is broken; the message has each finding as the report tells it, `findings` has them as data."""

    def __init__(self, message: str, findings: tuple[Finding, ...]) -> None:
        super().__init__(message)
        self.findings = findings


class NothingJudgedError(AssertionError):
    """Something was to be judged, and nothing could be."""


def findings_of(hearing: Hearing, secrets: Iterable[str]) -> list[dict[str, Any]]:
    """Return the findings of a provider as the report tells them, fails first; no secret stands in them."""
    if not hearing.verdicts.findings():
        return []
    judged = Judged(
        hearing.contract, hearing.verdicts, "", hearing.requests, 0.0, datetime.now(UTC), secrets=tuple(secrets), recordings=True
    )
    found: list[dict[str, Any]] = report([judged], 0)["providers"][0]["findings"]
    return found


def text_of(finding: dict[str, Any]) -> str:
    """Return all of a finding: verdict and clause, then what is wrong, expected, received, the source, when, the curl line."""
    return f"{finding['verdict']} {one_line(finding['clause'])}\n{whole(finding, {'stopped': ''})}"


def nothing_judged(listening: Listening, provider: str, where: str) -> str:
    """Return in a sentence why nothing was judged of a provider, an empty text if something was; `where` was listened."""
    hearing = listening.hearing_of(provider)
    if hearing.telling:
        return ""
    doubts = [*(doubt for doubt in sorted(hearing.doubts) if doubt), *listening.unreadable]
    why = f": {one_line(doubts[0])}" if doubts else ""
    if not hearing.requests:
        return f"nothing was judged: no request of {provider} was seen {where}{why}"
    requests = "the one request" if hearing.requests == 1 else f"none of the {hearing.requests} requests"
    tests = "tests no clause" if hearing.requests == 1 else "tests a clause"
    return f"nothing was judged: {requests} of {provider} that was seen {tests}{why}"
