"""Which documents the clauses of a report rest on, and how much of each was exercised."""

from __future__ import annotations

from collections.abc import Iterable

from roomproof.contract.claims import named_by
from roomproof.contract.documents import Document, url_of
from roomproof.contract.model import Contract
from roomproof.report.provider import ClauseReport, DocumentReport, StatementsReport


def documents_of(contract: Contract, clauses: Iterable[ClauseReport]) -> tuple[DocumentReport, ...]:
    """Return the documents that the sources of some clauses name, in the order in which they are named."""
    resting: dict[str, list[ClauseReport]] = {}
    for clause in clauses:
        resting.setdefault(clause.source.document, []).append(clause)
    proven = frozenset(clause.id for some in resting.values() for clause in some if clause.is_proven)
    known = {document.title: document for document in contract.documents}
    return tuple(
        DocumentReport(
            title=title,
            url=url_of(some[0].source, contract.documents).partition("#")[0],
            version=known[title].version if title in known else "",
            retrieved=known[title].retrieved if title in known else "",
            clauses=len(some),
            exercised=sum(clause.is_proven for clause in some),
            statements=_statements(known[title], contract, proven) if title in known else None,
        )
        for title, some in resting.items()
    )


def _statements(document: Document, contract: Contract, proven: frozenset[str]) -> StatementsReport | None:
    """Return what became of the statements of a document; None where they are not listed."""
    listed = [one for one in document.statements if not one.around]
    claimed = [one for one in listed if one.claims]
    clauses = named_by((claim for one in claimed for claim in one.claims), contract.clauses)
    return (
        StatementsReport(
            count=len(listed),
            claimed=len(claimed),
            waived=sum(bool(one.waived) for one in listed),
            exercised=sum(
                any(not proven.isdisjoint(clauses[claim]) for claim in one.claims) for one in claimed
            ),
        )
        if listed
        else None
    )
