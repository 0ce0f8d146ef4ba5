"""Which clauses rest on which statement of a document, as documents.yaml lists it.

`statements` maps each place of a document to its statements by name, and each name to the clauses that claim
it: an id, or a pattern in which `*` stands for any text, or a list of them, or `{waived: reason}` where none
does and why. `around` maps places to the names of headings and of what else says nothing. No sentence of a
document stands in it: a name is made of the statement's form and a digest of its words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from roomproof.contract.clause import Path, is_named_by
from roomproof.errors import ContractError

_PATTERN = re.compile(r"[*?\[]")
_NAME = re.compile(r"([a-z-]+)-[0-9a-f]{8}(-[1-9]\d*)?")


@dataclass(frozen=True)
class ListedStatement:
    """A statement that a document had: its place, its name there, the clauses that claim it (ids or
    patterns), or why none does. `around` says that none has to.
    """

    place: str
    name: str
    claims: tuple[str, ...] = ()
    waived: str = ""
    around: bool = False

    @property
    def key(self) -> str:
        """The statement's key."""
        return f"{self.place}#{self.name}"

    @property
    def form(self) -> str:
        """The form of the statement, as its name tells it."""
        found = _NAME.fullmatch(self.name)
        return found[1] if found else ""

    @property
    def is_settled(self) -> bool:
        """Whether it is claimed, waived, or needs no claim."""
        return bool(self.claims or self.waived or self.around)

    def claims_clause(self, clause_id: str) -> bool:
        """Whether it claims a clause."""
        return any(is_named_by(clause_id, pattern) for pattern in self.claims)


def named_by(claims: Iterable[str], clause_ids: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """Return the ids of the clauses that each claim names, in the contract's order."""
    ids = tuple(clause_ids)
    return {claim: _named(claim, ids) for claim in claims}


@lru_cache(maxsize=10_000)
def _named(claim: str, ids: tuple[str, ...]) -> tuple[str, ...]:
    if not _PATTERN.search(claim):
        return (claim,) if claim in ids else ()
    return tuple(clause_id for clause_id in ids if is_named_by(clause_id, claim))


def listed_statements(statements: Any, around: Any) -> tuple[ListedStatement, ...]:
    """Return what documents.yaml lists of one document, in which `statement_errors` finds nothing wrong."""
    claimed = (
        ListedStatement(place, name, _claims(value), value["waived"] if isinstance(value, Mapping) else "")
        for place, named in (statements or {}).items()
        for name, value in named.items()
    )
    others = (
        ListedStatement(place, name, around=True) for place, names in (around or {}).items() for name in names
    )
    return (*claimed, *others)


def _claims(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else ()


def statement_errors(statements: Any, around: Any, where: str, place: Path) -> Iterator[ContractError]:
    """Yield what is wrong with the statements that documents.yaml lists of one document, each with the names
    that lead there; `where` begins the sentences, and `place` leads to the document.
    """
    seen: set[str] = set()
    for at, name, way, problem in (*_wrong_claims(statements), *_wrong_around(around)):
        if problem:
            yield ContractError(
                f"{where}: {at}: {name}: {problem}" if name else f"{where}: {at}: {problem}", (*place, *way)
            )
        elif f"{at}#{name}" in seen:
            yield ContractError(
                f"{where}: statement {at}#{name} is listed twice; keep one of them", (*place, *way)
            )
        seen.add(f"{at}#{name}")


_Found = tuple[str, str, Path, str]
"""A place, a name at it, the way to it in documents.yaml, and what is wrong with it, empty if nothing is."""


def _wrong_claims(statements: Any) -> Iterator[_Found]:
    if statements is not None and not isinstance(statements, Mapping):
        yield (
            "statements",
            "",
            ("statements",),
            "write each place with its statements, as `trace --write` does",
        )
        return
    for at, named in (statements or {}).items():
        way = ("statements", str(at))
        if not _is_text(at) or not isinstance(named, Mapping):
            yield str(at), "", way, "write names of statements with their claims"
            continue
        for name, value in named.items():
            yield str(at), str(name), (*way, str(name)), _problem(name, value)


def _problem(name: Any, value: Any) -> str:
    if not _is_name(name):
        return "is no name of a statement as `trace --write` writes it"
    claimed = value is None or _is_text(value) or (isinstance(value, list) and all(map(_is_text, value)))
    if claimed or (isinstance(value, Mapping) and value.keys() == {"waived"} and _is_text(value["waived"])):
        return ""
    return "write a clause's id, a list of ids, or {waived: reason}"


def _wrong_around(around: Any) -> Iterator[_Found]:
    if around is not None and not isinstance(around, Mapping):
        yield "around", "", ("around",), "write each place with a list of names"
        return
    for at, names in (around or {}).items():
        way = ("around", str(at))
        if not _is_text(at) or not isinstance(names, list) or not all(map(_is_name, names)):
            yield str(at), "", way, "write a list of names such as heading-0a1b2c3d"
            continue
        yield from ((str(at), name, way, "") for name in names)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and bool(_NAME.fullmatch(value))
