"""What was asked for and could not be judged, so that a report in which nothing fails proves less than it
seems to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from roomproof.contract.clause import Level, is_named_by
from roomproof.report.document import Report
from roomproof.report.provider import ClauseReport, ProviderReport
from roomproof.reports.coverage import coverage_of
from roomproof.verdict import Verdict

MOST_UNANSWERED = 1.0
"""Per cent of a run's requests that may get no usable response, where nothing else was asked for; of fewer
than FEW nothing is said.
"""
FEW = 5
_OF_ALL = "of the documented clauses were exercised"
_NAMED = 3
"""So many clauses are named; the others are counted."""


@dataclass(frozen=True)
class Shortfall:
    """Something that was asked for and could not be judged: of whom, empty if of nobody alone, and a
    sentence.
    """

    provider: str
    what: str

    def __str__(self) -> str:
        return f"{self.provider}: {self.what}" if self.provider else self.what


def shortfalls(report: Report) -> list[Shortfall]:
    """Return what could not be judged. A provider whose run stopped early is left out: it says so itself."""
    judged = (provider for provider in report.providers if not provider.stopped)
    most, asked, exercised = report.max_unanswered, report.fail_under, coverage_of(report.clauses)
    found = [Shortfall(one.label, what) for one in judged for what in _of_provider(one, most)]
    if asked is not None and exercised.share < Fraction(str(asked)):
        found.append(
            Shortfall(
                "",
                f"{exercised.percent} {_OF_ALL}, --fail-under asks for {asked:g} %",
            )
        )
    return found


def _of_provider(provider: ProviderReport, most_unanswered: float | None) -> Iterator[str]:
    clauses, unanswered = provider.clauses, provider.unanswered
    if unanswered and sum(unanswered.values()) >= provider.requests:
        yield f"no request got a usable response: {min(unanswered)}"
        return
    if not (provider.is_proven or provider.recordings or provider.recorded or provider.only):
        yield "no clause was exercised"
        return
    if not provider.recordings:
        yield from _unanswered(provider.requests, unanswered, most_unanswered)
    for pattern in provider.only:
        wanted = [clause for clause in clauses if is_named_by(clause.id, pattern)]
        if wanted and not any(clause.is_proven for clause in wanted):
            yield f"--only {pattern} asks for what was not exercised: {_named(wanted)}"
    inconclusive = (clause for clause in clauses if clause.verdict is Verdict.INCONCLUSIVE)
    if doubtful := [clause for clause in inconclusive if clause.level is Level.DOCUMENTED]:
        are = "documented clause is" if len(doubtful) == 1 else "documented clauses are"
        yield f"{len(doubtful)} {are} inconclusive: {_named(doubtful)}"


def _unanswered(requests: int, by_why: Mapping[str, int], most: float | None) -> Iterator[str]:
    """Yield that more requests of a run got no usable response than may: what became of the others is then no
    picture of the provider.
    """
    count = sum(by_why.values())
    allowed = MOST_UNANSWERED if most is None else most
    if (count >= FEW or most is not None) and count * 100 > allowed * requests:
        often = max(sorted(by_why), key=lambda why: by_why[why])
        share = count * 100 / requests
        yield (
            f"{count} of {requests} requests got no usable response ({share:.3g} %), --max-unanswered "
            f"allows {allowed:g} %: {often}"
        )


def _named(clauses: Sequence[ClauseReport]) -> str:
    """Return the first of some clauses, each with the reason why nothing is known of it."""
    names = [f"{clause.id} ({clause.why or 'no reason is known'})" for clause in clauses[:_NAMED]]
    more = [f"and {len(clauses) - _NAMED} more"] if len(clauses) > _NAMED else []
    return ", ".join((*names, *more))
