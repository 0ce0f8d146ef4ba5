"""Which documents the clauses of a report rest on, and how many of them were exercised."""

from __future__ import annotations

from collections.abc import Iterable

from roomproof.contract.documents import url_of
from roomproof.contract.model import Contract
from roomproof.report.provider import ClauseReport, DocumentReport


def documents_of(contract: Contract, clauses: Iterable[ClauseReport]) -> tuple[DocumentReport, ...]:
    """Return the documents that the sources of some clauses name, in the order in which they are named."""
    resting: dict[str, list[ClauseReport]] = {}
    for clause in clauses:
        resting.setdefault(clause.source.document, []).append(clause)
    known = {document.title: document for document in contract.documents}
    return tuple(
        DocumentReport(
            title=title,
            url=url_of(some[0].source, contract.documents).partition("#")[0],
            version=known[title].version if title in known else "",
            retrieved=known[title].retrieved if title in known else "",
            clauses=len(some),
            exercised=sum(clause.is_proven for clause in some),
        )
        for title, some in resting.items()
    )
