"""The documents of a provider: what they are called, where they stand, and in which version they were read.

`documents.yaml` beside a contract lists them: `documents: [{title, url, version, retrieved, kind, digest,
file, statements, around}]`. A source names one of them by its title; claims.py tells of the last two.
Standards need no entry: an RFC stands at the address that the RFC Editor gives it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from roomproof.contract.claims import ListedStatement, listed_statements, statement_errors
from roomproof.contract.clause import Path, Source
from roomproof.contract.yaml_text import parse_yaml
from roomproof.errors import ContractError, raise_first

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
    else; further errors stand besides.
    """
    whole = parse_yaml(text, name)
    raise_first(document_errors(whole, name))
    return tuple(_document(entry) for entry in whole["documents"])


def _document(entry: dict[str, Any]) -> Document:
    texts = {name: value for name, value in entry.items() if name not in _LISTS}
    return Document(**texts, statements=listed_statements(entry.get("statements"), entry.get("around")))


def document_errors(whole: Any, name: str) -> Iterator[ContractError]:
    """Yield what is wrong with a list of documents, each with the names that lead there."""
    listed = whole.get("documents") if isinstance(whole, dict) else None
    if not isinstance(listed, list):
        yield ContractError(f"{name}: is no list of documents; write `documents: [{{title, url}}]`")
        return
    titles: set[str] = set()
    for index, entry in enumerate(listed):
        found = [*_entry_errors(entry, f"{name}, entry {index + 1}", ("documents", str(index)))]
        yield from found
        if not found and entry["title"] in titles:
            message = (
                f"{name}: two documents have the title {entry['title']!r}; sources tell them apart by it"
            )
            yield ContractError(message, ("documents", str(index), "title"))
        titles |= set() if found else {entry["title"]}


def _entry_errors(entry: Any, where: str, place: Path) -> Iterator[ContractError]:
    if not isinstance(entry, dict) or not entry.keys() <= {*_FIELDS, *_LISTS} or not entry.get("title"):
        what = f"write a title, and of {', '.join((*_FIELDS[1:], *_LISTS))} what is known"
        yield ContractError(f"{where}: {what}", place)
        return
    if any(not isinstance(value, str) for name, value in entry.items() if name not in _LISTS):
        what = f"{', '.join(_FIELDS)} are texts; put numbers and dates in quotes"
        yield ContractError(f"{where}: {what}", place)
        return
    url, day = entry.get("url", ""), entry.get("retrieved", "")
    if url and not _WEB.fullmatch(url):
        message = f"{where}: url {url!r} does not begin with https:// or http://"
        yield ContractError(message, (*place, "url"))
    try:
        if day:
            date.fromisoformat(day)
    except ValueError:
        message = f"{where}: retrieved {day!r} is no day like 2026-02-01"
        yield ContractError(message, (*place, "retrieved"))
    yield from statement_errors(entry.get("statements"), entry.get("around"), where, place)


def url_of(source: Source, documents: Iterable[Document]) -> str:
    """Return the address of the document that a source names, of an RFC that of its section; empty where it
    has none.
    """
    if rfc := _RFC.fullmatch(source.document):
        section = _SECTION.match(source.section)
        return f"https://www.rfc-editor.org/rfc/rfc{rfc[1]}" + (f"#section-{section[0]}" if section else "")
    return next((document.url for document in documents if document.title == source.document), "")
