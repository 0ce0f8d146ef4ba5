"""Which saved file is which document of a contract: told by what it says, not by its name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from roomproof.contract.documents import Document
from roomproof.contract.model import Contract
from roomproof.derive.statements.statement import Form, StatedDocument

_ALIKE = 0.4
"""A file is a document if it has this part of its statements."""
_PARAMETER = re.compile(r"\{[^}]*\}")


def assigned(contract: Contract, found: Sequence[StatedDocument]) -> Mapping[str, StatedDocument]:
    """Return the saved copy of each document of a contract that has one, by title; each file is one at most.

    What counts is the digest, then which part of the listed statements a file has, at their places and
    anywhere (another heading moves all that stands below it), and whether it is about the same call; of a
    document without any, the words of the title and a call that the contract has. The file's name decides
    where that is not enough.
    """
    degrees = sorted(
        (
            (_likeness(contract, document, stated), document.title, number)
            for document in contract.documents
            for number, stated in enumerate(found)
        ),
        key=lambda one: (-one[0], one[1:]),
    )
    taken: dict[str, int] = {}
    for degree, title, number in degrees:
        if degree >= _ALIKE and title not in taken and number not in taken.values():
            taken[title] = number
    return {title: found[number] for title, number in taken.items()}


def _likeness(contract: Contract, document: Document, stated: StatedDocument) -> float:
    if document.digest and document.digest == stated.digest:
        return 2.0
    named = 0.3 if document.file and re.split(r"[/\\]", stated.name)[-1] == document.file else 0.0
    if document.kind and document.kind != stated.layout:
        return named
    if not document.statements:
        return named + (0.4 if _is_titled(document, stated) and _has_call(contract, stated) else 0.0)
    keys, names = {one.key for one in stated.statements}, {one.name for one in stated.statements}
    here = sum(one.key in keys for one in document.statements) / len(document.statements)
    anywhere = sum(one.name in names for one in document.statements) / len(document.statements)
    calls = [
        one.name for one in document.statements if one.form == Form.REQUEST_LINE and " > " not in one.place
    ]
    same_call = not calls or any(name in names for name in calls)
    return named + (here + anywhere) / 2 * (1 if same_call else 0.5)


def _is_titled(document: Document, stated: StatedDocument) -> bool:
    """Whether a page has the title that a document is called by, behind the provider's name and without the
    version.
    """
    own = _words(re.sub(r"\([^)]*\)", "", document.title.partition(": ")[2] or document.title))
    return bool(own) and own <= _words(stated.title)


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


def _has_call(contract: Contract, stated: StatedDocument) -> bool:
    ours = {
        (operation.method.upper(), _PARAMETER.sub("{}", operation.path)) for operation in contract.operations
    }
    return any(
        str(call.get("method")) == method and _PARAMETER.sub("{}", str(call.get("path"))).endswith(path)
        for call in _calls(stated)
        for method, path in ours
    )


def _calls(stated: StatedDocument) -> Iterable[Mapping[str, object]]:
    return (one.facts for one in stated.statements if one.form is Form.REQUEST_LINE)
