"""Statements against clauses: what no clause claims, what no statement says, what became of a document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from roomproof.contract.claims import ListedStatement, named_by
from roomproof.contract.clause import Clause, Level
from roomproof.contract.documents import Document
from roomproof.contract.model import Contract
from roomproof.derive.statement_changes import StatementChange, statement_changes
from roomproof.derive.statements.statement import Form, StatedDocument

_RESTING = (Level.DOCUMENTED, Level.SAMPLE)
"""Levels of clauses that rest on a statement of a document."""


@dataclass(frozen=True)
class TracedChange:
    """A change of a document, and the ids of the clauses that rest on it."""

    change: StatementChange
    clauses: tuple[str, ...]


@dataclass(frozen=True)
class IdleClaim:
    """A claim that names no clause of the contract."""

    place: str
    name: str
    claim: str


@dataclass(frozen=True)
class DocumentTrace:
    """What trace finds of one document.

    `file` is the saved copy that was taken for it, empty if there is none; `unsettled` are statements that
    are neither claimed nor waived; `is_altered` says that the text differs in a way that no statement shows.
    """

    document: Document
    file: str = ""
    changes: tuple[TracedChange, ...] = ()
    unsettled: tuple[ListedStatement, ...] = ()
    idle: tuple[IdleClaim, ...] = ()
    unstated: tuple[Clause, ...] = ()
    is_altered: bool = False

    @property
    def counts(self) -> Mapping[str, int]:
        """How many statements it has, without what is around them, and of what kind."""
        listed = [one for one in self.document.statements if not one.around]
        counted = Counter(
            "claimed" if one.claims else "waived" if one.waived else "unclaimed" for one in listed
        )
        words = {word: counted[word] for word in ("claimed", "waived", "unclaimed")}
        understood = sum(one.form == Form.NOT_UNDERSTOOD for one in listed)
        return {"statements": len(listed), **words, "not understood": understood}

    @property
    def has_findings(self) -> bool:
        """Whether anything is to be done about it."""
        return bool(self.changes or self.unsettled or self.idle or self.unstated or self.is_altered)


@dataclass(frozen=True)
class ProviderTrace:
    """What trace finds of one provider; `unlisted` counts the clauses that rest on documents whose statements
    are not listed, by document.
    """

    provider: str
    documents: tuple[DocumentTrace, ...]
    unlisted: Mapping[str, int]

    @property
    def has_findings(self) -> bool:
        """Whether anything is to be done."""
        return any(one.has_findings for one in self.documents)


def trace(contract: Contract, present: Mapping[str, StatedDocument]) -> ProviderTrace:
    """Return what a contract's claims leave open, and what changed in the documents that are at hand, by
    title.

    A clause of level documented or sample has to be claimed by a statement of the document that its source
    names, where its statements are listed.
    """
    resting = [clause for clause in contract.clauses.values() if clause.level in _RESTING]
    traces = tuple(
        _of_document(contract, document, resting, present.get(document.title))
        for document in contract.documents
        if document.statements
    )
    listed = {one.document.title for one in traces}
    unlisted = Counter(clause.source.document for clause in resting if clause.source.document not in listed)
    return ProviderTrace(contract.provider, traces, dict(unlisted))


def _of_document(
    contract: Contract, document: Document, resting: Iterable[Clause], present: StatedDocument | None
) -> DocumentTrace:
    own = [clause for clause in resting if clause.source.document == document.title]
    claims = {claim for one in document.statements for claim in one.claims}
    named = named_by(claims, contract.clauses)
    claimed = {clause_id for claim in claims for clause_id in named[claim]}
    idle = tuple(
        IdleClaim(one.place, one.name, claim)
        for one in document.statements
        for claim in one.claims
        if not named[claim]
    )
    changes = () if present is None else _changes(document, present, named)
    return DocumentTrace(
        document,
        present.name if present else "",
        changes,
        tuple(one for one in document.statements if not one.is_settled),
        idle,
        tuple(clause for clause in own if clause.id not in claimed),
        bool(present and document.digest and present.digest != document.digest and not changes),
    )


def _changes(
    document: Document, present: StatedDocument, named: Mapping[str, Sequence[str]]
) -> tuple[TracedChange, ...]:
    return tuple(
        TracedChange(change, _clauses_of(change, document, named))
        for change in statement_changes(document.statements, present.statements)
    )


def _clauses_of(
    change: StatementChange, document: Document, named: Mapping[str, Sequence[str]]
) -> tuple[str, ...]:
    """Return the clauses that rest on a statement. On a heading rest those of all that stands below it; what
    is new, or claimed by none, is about what else is told at its place.
    """
    if change.before is not None and change.before.claims:
        concerned = [change.before]
    elif change.before is not None and change.before.form == Form.HEADING:
        concerned = [one for one in document.statements if _is_below(one.place, change.before.place)]
    elif place := _told_at(change):
        concerned = [one for one in document.statements if one.place == place]
    else:
        concerned = []
    return tuple(
        dict.fromkeys(clause for one in concerned for claim in one.claims for clause in named.get(claim, ()))
    )


def _told_at(change: StatementChange) -> str:
    """Return the place whose other statements a change is about, empty if it is only around the page."""
    if change.before is not None:
        return "" if change.before.around else change.before.place
    after = change.after
    return after.place if after is not None and after.form.needs_claim else ""


def _is_below(place: str, heading: str) -> bool:
    return place == heading or place.startswith(f"{heading} > ")
