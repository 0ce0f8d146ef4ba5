"""What was asked for and could not be judged, so that a report in which nothing fails proves less than it seems to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from fractions import Fraction
from typing import Any

from roomproof.reports.exercised import UNPROVEN, exercised_in

MOST_UNANSWERED = 1.0
"""Per cent of a run's requests that may get no usable answer, where nothing else was asked for; of fewer than FEW nothing is said."""
FEW = 5
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
    most = report.get("max_unanswered")
    judged = (node for node in report["providers"] if not node.get("stopped"))
    found = [Shortfall(node["provider"], what) for node in judged for what in _of_provider(node, most)]
    asked = report.get("fail_under")
    exercised = exercised_in(report)
    if asked is not None and exercised.share < Fraction(str(asked)):
        found.append(Shortfall("", f"{exercised.percent} of the documented clauses were exercised, --fail-under asks for {asked:g} %"))
    return found


def _of_provider(node: Mapping[str, Any], most_unanswered: float | None) -> Iterator[str]:
    clauses: Sequence[Mapping[str, Any]] = node["clauses"]
    unanswered: Mapping[str, int] = node.get("unanswered", {})
    if unanswered and sum(unanswered.values()) >= node["requests"]:
        yield f"no request got a usable answer: {min(unanswered)}"
        return
    if is_unproven(node) and not ("recordings" in node or "recorded" in node or "only" in node):
        yield "no clause was exercised"
        return
    if "recordings" not in node:
        yield from _unanswered(node["requests"], unanswered, most_unanswered)
    for pattern in node.get("only", ()):
        wanted = [clause for clause in clauses if fnmatchcase(clause["id"], pattern)]
        if wanted and not any(map(_is_proven, wanted)):
            yield f"--only {pattern} asks for what was not exercised: {_named(wanted)}"
    doubtful = [clause for clause in clauses if clause["level"] == "documented" and clause["verdict"] == "inconclusive"]
    if doubtful:
        are = "documented clause is" if len(doubtful) == 1 else "documented clauses are"
        yield f"{len(doubtful)} {are} inconclusive: {_named(doubtful)}"


def _unanswered(requests: int, by_why: Mapping[str, int], most: float | None) -> Iterator[str]:
    """Yield that more requests of a run got no usable answer than may: what became of the others is then no picture of the provider."""
    count = sum(by_why.values())
    allowed = MOST_UNANSWERED if most is None else most
    if (count >= FEW or most is not None) and count * 100 > allowed * requests:
        often = max(sorted(by_why), key=lambda why: by_why[why])
        share = count * 100 / requests
        yield f"{count} of {requests} requests got no usable answer ({share:.3g} %), --max-unanswered allows {allowed:g} %: {often}"


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
