"""The documents of a provider: what they are called, where they stand, and in which version they were read.

`documents.yaml` beside a contract lists them: `documents: [{title, url, version, retrieved, kind, digest,
file, statements, around}]`. A source names one of them by its title; claims.py tells of `statements` and
`around`. Standards need no entry: an RFC stands at the address that the RFC Editor gives it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from roomproof.contract.claims import ListedStatement, listed_statements
from roomproof.contract.clause import Source
from roomproof.contract.yaml_text import parse_yaml
from roomproof.errors import ContractError

_FIELDS = ("title", "url", "version", "retrieved", "kind", "digest", "file")
_LISTS = ("statements", "around")
_RFC = re.compile(r"RFC (\d+)")
_SECTION = re.compile(r"\d+(\.\d+)*")
_WEB = re.compile(r"https?://[^\s<>\"]+")


@dataclass(frozen=True)
class Document:
    """A page or a specification: its title, by which sources name it, its address, its version, and the day
    on which it was read (ISO 8601).

    `kind` is the layout of the page that it is, or `openapi`; `digest` that of its text when its statements
    were listed; `file` what its saved copy is called. Each is empty where nobody knows. `statements` are
    those that it had when they were listed.
    """

    title: str
    url: str = ""
    version: str = ""
    retrieved: str = ""
    kind: str = ""
    digest: str = ""
    file: str = ""
    statements: tuple[ListedStatement, ...] = ()


def parse_documents(text: str, name: str) -> tuple[Document, ...]:
    """Return the documents that a YAML text lists. Raises ContractError, with the text's name, for anything
    else.
    """
    whole = parse_yaml(text, name)
    listed = whole.get("documents") if isinstance(whole, dict) else None
    if not isinstance(listed, list):
        raise ContractError(f"{name}: is no list of documents; write `documents: [{{title, url}}]`")
    found = tuple(_document(entry, f"{name}, entry {number}") for number, entry in enumerate(listed, 1))
    titles = [document.title for document in found]
    twice = next((title for title in titles if titles.count(title) > 1), None)
    if twice is not None:
        raise ContractError(f"{name}: two documents have the title {twice!r}; sources tell them apart by it")
    return found


def _document(entry: Any, where: str) -> Document:
    known = {*_FIELDS, *_LISTS}
    if not isinstance(entry, dict) or not entry.keys() <= known or not entry.get("title"):
        raise ContractError(
            f"{where}: write a title, and of {', '.join((*_FIELDS[1:], *_LISTS))} what is known"
        )
    texts = {name: value for name, value in entry.items() if name not in _LISTS}
    if any(not isinstance(value, str) for value in texts.values()):
        raise ContractError(f"{where}: {', '.join(_FIELDS)} are texts; put numbers and dates in quotes")
    listed = listed_statements(entry.get("statements"), entry.get("around"), where)
    document = Document(**texts, statements=listed)
    if document.url and not _WEB.fullmatch(document.url):
        raise ContractError(f"{where}: url {document.url!r} does not begin with https:// or http://")
    if document.retrieved:
        try:
            date.fromisoformat(document.retrieved)
        except ValueError as error:
            raise ContractError(
                f"{where}: retrieved {document.retrieved!r} is no day like 2026-02-01"
            ) from error
    return document


def url_of(source: Source, documents: Iterable[Document]) -> str:
    """Return the address of the document that a source names, of an RFC that of its section; empty where it
    has none.
    """
    if rfc := _RFC.fullmatch(source.document):
        section = _SECTION.match(source.section)
        return f"https://www.rfc-editor.org/rfc/rfc{rfc[1]}" + (f"#section-{section[0]}" if section else "")
    return next((document.url for document in documents if document.title == source.document), "")
