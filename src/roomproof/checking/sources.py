"""Whether sources name documents that documents.yaml lists, and whether each listed document is named."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from roomproof.checking.mistake import Problem
from roomproof.contract.clause import Json, Path
from roomproof.contract.model import Contract
from roomproof.errors import did_you_mean

_STANDARD = re.compile(
    r"(RFC|ISO|IEEE|IETF|W3C|WHATWG|ECMA|OpenAPI|JSON Schema|URL Living Standard)\b.*", re.IGNORECASE
)
"""Documents that need no entry: everybody finds them by their name."""
_OWN_NOTES = re.compile(r"[\w./-]+\.(md|rst|txt|html|adoc)")
"""Pages of whoever wrote the contract, which stand in the same project."""
_HOLDERS = ("x-source", "source")


def source_problems(raw: Mapping[str, Any], titles: Iterable[str]) -> Iterator[Problem]:
    """Yield the sources of a contract, as data, that name a document which is not listed."""
    known = tuple(titles)
    for pointer, title in _named(raw, ()):
        if title and title not in known and not _needs_no_entry(title):
            text = f"documents.yaml lists no document {title!r}{did_you_mean(title, known)}"
            yield Problem(f"{text}; list it, or name one that is listed", pointer)


def _needs_no_entry(title: str) -> bool:
    return bool(_STANDARD.fullmatch(title) or _OWN_NOTES.fullmatch(title))


def idle_documents(contract: Contract, titles: Iterable[str]) -> Iterator[Problem]:
    """Yield remarks on documents that no clause comes from, each with the way to it in documents.yaml."""
    named = {clause.source.document for clause in contract.clauses.values()}
    named |= {title for _, title in _named(contract.raw, ())}
    for index, title in enumerate(titles):
        if title not in named:
            text = f"no source of the contract names the document {title!r}"
            yield Problem(text, ("documents", str(index)), is_remark=True)


def _named(node: Json, pointer: Path) -> Iterator[tuple[Path, str]]:
    """Yield the title of every document that a source names, with the way to it."""
    if isinstance(node, list):
        for index, item in enumerate(node):
            yield from _named(item, (*pointer, str(index)))
    if not isinstance(node, dict):
        return
    for name, inner in node.items():
        here = (*pointer, name)
        if name == "x-sources" and isinstance(inner, dict):
            for keyword, source in inner.items():
                yield from _of_source(source, (*here, keyword))
        elif name in _HOLDERS and _is_source(pointer, name):
            yield from _of_source(inner, here)
        elif name not in ("example", "examples", "default", "enum", "const", "x-body"):
            yield from _named(inner, here)


def _is_source(pointer: Path, name: str) -> bool:
    """Whether a field is a source of ours: `source` is one only inside of our own fields."""
    return name == "x-source" or any(step.startswith("x-") for step in pointer[-3:])


def _of_source(node: Json, pointer: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(node, dict) and isinstance(node.get("document"), str):
        yield (*pointer, "document"), node["document"]
