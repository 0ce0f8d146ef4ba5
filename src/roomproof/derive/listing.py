"""Write documents.yaml anew: the statements that a document has now, with the claims that they had."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from roomproof.contract.claims import ListedStatement
from roomproof.contract.documents import Document
from roomproof.derive.statement_changes import Fate, statement_changes
from roomproof.derive.statements.statement import StatedDocument, Statement

_PLAIN = re.compile(r"[A-Za-z_./][\w ./:@+-]*[\w/.+)-]|[A-Za-z]")
_ID = re.compile(r"[A-Za-z][\w.*-]*")
_RESERVED = frozenset(("true", "false", "null", "yes", "no", "on", "off", "y", "n"))
_WIDE = 150


def listed_anew(document: Document, stated: StatedDocument) -> tuple[Document, Mapping[str, ListedStatement]]:
    """Return a document with the statements that its saved copy has, and what changed statements were before,
    by their keys now.

    What is as it was, or has only moved, keeps its claims; what says something else has to be claimed anew.
    """
    kept = {one.key: one for one in document.statements}
    before: dict[str, ListedStatement] = {}
    for change in statement_changes(document.statements, stated.statements):
        if change.before is not None and change.after is not None:
            target = kept if change.fate is Fate.MOVED else before
            target[change.after.key] = change.before
    statements = tuple(_listed(one, kept.get(one.key)) for one in stated.statements)
    return replace(document, kind=stated.layout, digest=stated.digest, statements=statements), before


def _listed(one: Statement, old: ListedStatement | None) -> ListedStatement:
    if not one.form.needs_claim:
        return ListedStatement(one.place, one.name, around=True)
    claims, waived = (old.claims, old.waived) if old else ((), "")
    return ListedStatement(one.place, one.name, claims, waived)


def documents_yaml(
    documents: Iterable[Document], comments: str = "", before: Mapping[str, ListedStatement] | None = None
) -> str:
    """Return the text of documents.yaml; `comments` are the lines that stand above the list, and `before`
    tells what claimed a statement while it said something else, which stands beside it as a comment.
    """
    return "\n".join([*comments.splitlines(), "documents:", *_lines(documents, before or {})]) + "\n"


def _lines(documents: Iterable[Document], before: Mapping[str, ListedStatement]) -> Iterator[str]:
    for document in documents:
        yield f"  - title: {json.dumps(document.title, ensure_ascii=False)}"
        for name in ("url", "version", "retrieved", "kind", "digest", "file"):
            if value := getattr(document, name):
                yield f"    {name}: {_scalar(value)}"
        claimed = [one for one in document.statements if not one.around]
        around = [one for one in document.statements if one.around]
        if claimed:
            yield "    statements:"
        for place in dict.fromkeys(one.place for one in claimed):
            yield f"      {_scalar(place)}:"
            for one in claimed:
                if one.place == place:
                    yield from _claims(one, before.get(one.key))
        if around:
            yield "    around:"
        for place in dict.fromkeys(one.place for one in around):
            names = ", ".join(one.name for one in around if one.place == place)
            yield f"      {_scalar(place)}: [{names}]"


def _claims(one: ListedStatement, before: ListedStatement | None) -> Iterator[str]:
    if one.waived:
        yield f"        {one.name}: {{waived: {_scalar(one.waived)}}}"
    elif len(one.claims) == 1:
        yield f"        {one.name}: {_pattern(one.claims[0])}"
    elif one.claims:
        flow = f"        {one.name}: [{', '.join(map(_pattern, one.claims))}]"
        if len(flow) <= _WIDE:
            yield flow
        else:
            yield f"        {one.name}:"
            yield from (f"          - {_pattern(claim)}" for claim in one.claims)
    else:
        was = f" # before: {', '.join(before.claims)}" if before and before.claims else ""
        yield f"        {one.name}:{was}"


def _pattern(text: str) -> str:
    return text if _ID.fullmatch(text) else json.dumps(text)


def _scalar(text: str) -> str:
    """Return a text as YAML has it: without quotation marks where it can be nothing else."""
    plain = _PLAIN.fullmatch(text) and ": " not in text and " #" not in text
    return text if plain and text.lower() not in _RESERVED else json.dumps(text, ensure_ascii=False)
