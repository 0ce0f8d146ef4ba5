"""What was asked for and could not be judged, so that a report in which nothing fails proves less than it seems to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from fractions import Fraction
from typing import Any

from roomproof.reports.exercised import UNPROVEN, exercised_in

_NAMED = 3
"""So many clauses are named; the others are counted."""


@dataclass(frozen=True)
class Shortfall:
    """Something that was asked for and could not be judged: of whom, empty if of nobody alone, and a sentence."""

    provider: str
    what: str

    def __str__(self) -> str:
        return f"{self.provider}: {self.what}" if self.provider else self.what


def shortfalls(report: Mapping[str, Any]) -> list[Shortfall]:
    """Return what could not be judged. A provider whose run stopped early is left out: it says so itself."""
    found = [Shortfall(node["provider"], what) for node in report["providers"] if not node.get("stopped") for what in _of_provider(node)]
    asked = report.get("fail_under")
    exercised = exercised_in(report)
    if asked is not None and exercised.share < Fraction(str(asked)):
        found.append(Shortfall("", f"{exercised.percent} of the documented clauses were exercised, --fail-under asks for {asked:g} %"))
    return found


def _of_provider(node: Mapping[str, Any]) -> Iterator[str]:
    clauses: Sequence[Mapping[str, Any]] = node["clauses"]
    unanswered: Mapping[str, int] = node.get("unanswered", {})
    if unanswered and sum(unanswered.values()) >= node["requests"]:
        yield f"no request got a usable answer: {min(unanswered)}"
        return
    if is_unproven(node) and not ("recordings" in node or "recorded" in node or "only" in node):
        yield "no clause was exercised"
        return
    for pattern in node.get("only", ()):
        wanted = [clause for clause in clauses if fnmatchcase(clause["id"], pattern)]
        if wanted and not any(map(_is_proven, wanted)):
            yield f"--only {pattern} asks for what was not exercised: {_named(wanted)}"
    doubtful = [clause for clause in clauses if clause["level"] == "documented" and clause["verdict"] == "inconclusive"]
    if doubtful:
        are = "documented clause is" if len(doubtful) == 1 else "documented clauses are"
        yield f"{len(doubtful)} {are} inconclusive: {_named(doubtful)}"


def is_unproven(node: Mapping[str, Any]) -> bool:
    """Whether nothing at all was judged of a provider in a report."""
    return not any(map(_is_proven, node["clauses"]))


def _is_proven(clause: Mapping[str, Any]) -> bool:
    return clause["verdict"] not in UNPROVEN


def _named(clauses: Sequence[Mapping[str, Any]]) -> str:
    """Return the first of some clauses, each with the reason why nothing is known of it."""
    names = [f"{clause['id']} ({clause.get('why') or 'no reason is known'})" for clause in clauses[:_NAMED]]
    more = [f"and {len(clauses) - _NAMED} more"] if len(clauses) > _NAMED else []
    return ", ".join((*names, *more))
