"""How much was tested of how much could be: the documented clauses that were exercised."""

from __future__ import annotations

from collections.abc import Iterable

from roomproof.contract.clause import Level
from roomproof.report.provider import ClauseCoverage, ClauseReport


def coverage_of(clauses: Iterable[ClauseReport]) -> ClauseCoverage:
    """Return how many of some clauses were exercised; a report of any age tells it by its clauses."""
    documented = [clause.is_proven for clause in clauses if clause.level is Level.DOCUMENTED]
    return ClauseCoverage(sum(documented), len(documented))
