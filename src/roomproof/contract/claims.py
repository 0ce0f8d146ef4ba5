"""Which clauses rest on which statement of a document, as documents.yaml lists it.

`statements` maps each place of a document to its statements by name, and each name to the clauses that claim
it: an id, or a pattern in which `*` stands for any text, or a list of them, or `{waived: reason}` where none
does and why. `around` maps places to the names of headings and of what else says nothing. No sentence of a
document stands in it: a name is made of the statement's form and a digest of its words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from roomproof.contract.clause import is_named_by
from roomproof.errors import ContractError

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


def listed_statements(statements: Any, around: Any, where: str) -> tuple[ListedStatement, ...]:
    """Return what documents.yaml lists of one document. Raises ContractError, with where it stands, for what
    has no meaning.
    """
    found = [*_claimed(statements or {}, where), *_around(around or {}, where)]
    counted = Counter(one.key for one in found)
    twice = next((key for key, count in counted.items() if count > 1), None)
    if twice is not None:
        raise ContractError(f"{where}: statement {twice} is listed twice; keep one of them")
    return tuple(found)


def _claimed(statements: Any, where: str) -> Iterator[ListedStatement]:
    for place, name, value in _entries(statements, where):
        if value is None or value == []:
            yield ListedStatement(place, name)
        elif isinstance(value, str):
            yield ListedStatement(place, name, (value,))
        elif isinstance(value, list) and all(isinstance(one, str) and one for one in value):
            yield ListedStatement(place, name, tuple(value))
        elif isinstance(value, dict) and value.keys() == {"waived"} and _is_text(value["waived"]):
            yield ListedStatement(place, name, waived=value["waived"])
        else:
            raise ContractError(
                f"{where}: {place}: {name}: write a clause's id, a list of ids, or {{waived: reason}}"
            )


def _around(around: Any, where: str) -> Iterator[ListedStatement]:
    if not isinstance(around, Mapping):
        raise ContractError(f"{where}: around maps each place to a list of names")
    for place, names in around.items():
        if not _is_text(place) or not isinstance(names, list) or not all(_is_name(name) for name in names):
            raise ContractError(f"{where}: around: {place}: write a list of names such as heading-0a1b2c3d")
        yield from (ListedStatement(place, name, around=True) for name in names)


def _entries(statements: Any, where: str) -> Iterator[tuple[str, str, Any]]:
    if not isinstance(statements, Mapping):
        raise ContractError(
            f"{where}: statements maps each place to its statements, as `trace --write` writes them"
        )
    for place, named in statements.items():
        if not _is_text(place) or not isinstance(named, Mapping):
            raise ContractError(f"{where}: statements: {place}: write names of statements with their claims")
        for name, value in named.items():
            if not _is_name(name):
                raise ContractError(
                    f"{where}: {place}: {name!r} is no name of a statement as `trace --write` writes it"
                )
            yield place, name, value


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and bool(_NAME.fullmatch(value))
