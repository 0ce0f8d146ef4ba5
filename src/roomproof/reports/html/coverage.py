"""Coverage: which clauses the last run of each provider did not exercise, or could not judge, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from roomproof.report.provider import ClauseCoverage, DocumentReport, ProviderReport
from roomproof.reports.coverage import coverage_of
from roomproof.reports.html.columns import Column
from roomproof.reports.html.findings import of_the_web


@dataclass(frozen=True)
class Gap:
    """Clauses that were not exercised for one reason."""

    why: str
    clauses: tuple[str, ...]


@dataclass(frozen=True)
class DocumentCoverage:
    """A document that clauses rest on, and a line about it; `anchor` is its id on the page; `url` is empty
    unless it is an address of the web.
    """

    anchor: str
    title: str
    url: str
    told: str


@dataclass(frozen=True)
class ProviderCoverage:
    """How much of a provider's contract was exercised; `share` in per cent, rounded down, so that 100 is all
    of it.

    `documented` tells the same of the documented clauses.
    """

    provider: str
    exercised: int
    clauses: int
    gaps: tuple[Gap, ...]
    documented: ClauseCoverage
    documents: tuple[DocumentCoverage, ...]

    @property
    def share(self) -> int:
        """The exercised clauses of a hundred."""
        return 100 * self.exercised // max(self.clauses, 1)


def coverage(columns: Sequence[Column]) -> tuple[ProviderCoverage, ...]:
    """Return the coverage of each provider, the reasons that explain most first."""
    return tuple(_covered(column) for column in columns if column.is_last)


def _covered(column: Column) -> ProviderCoverage:
    clauses = column.node.clauses
    gaps: dict[str, list[str]] = {}
    for clause in clauses:
        if not clause.is_proven:
            gaps.setdefault(clause.why or "the report does not say why", []).append(clause.id)
    ranked = sorted(gaps.items(), key=lambda gap: -len(gap[1]))
    missing = sum(len(ids) for _, ids in ranked)
    named = tuple(Gap(why, tuple(ids)) for why, ids in ranked)
    return ProviderCoverage(
        column.provider, len(clauses) - missing, len(clauses), named, coverage_of(clauses),
        tuple(_document(column.node, one) for one in column.node.documents or ()),
    )  # fmt: skip


def document_anchor(provider: ProviderReport, title: str) -> str:
    """Return the id on the page of a document by its title, empty where the report does not list it."""
    titles = [document.title for document in provider.documents or ()]
    return f"document-{provider.provider}-{titles.index(title)}" if title in titles else ""


def _document(provider: ProviderReport, document: DocumentReport) -> DocumentCoverage:
    told = [f"{document.exercised} of {document.clauses} clauses exercised"]
    if (said := document.statements) is not None:
        became = f"{said.claimed} claimed, {said.exercised} exercised, {said.waived} waived"
        told.append(f"{said.count} statements: {became}")
    told += [f"version {document.version}"] if document.version else []
    told += [f"read on {document.retrieved}"] if document.retrieved else []
    anchor = document_anchor(provider, document.title)
    return DocumentCoverage(anchor, document.title, of_the_web(document.url), ", ".join(told))
