"""Providers side by side: what each contract says of the same thing, fact by fact.

Fields are the same thing where contracts give them the same `x-concept`; any other field has a row of its
own, by its name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from roomproof.contract.clause import Clause, Part, spoken
from roomproof.contract.fact import (
    Fact,
    of_absence,
    of_body,
    of_call,
    of_credentials,
    of_error_body,
    of_fields,
    of_null,
    of_parameters,
    of_rejection,
    of_response,
    of_room,
    of_rule,
    of_server,
    of_success,
)
from roomproof.contract.model import Contract, Operation
from roomproof.contract.register import concepts
from roomproof.contract.resource import Effect

_MEANING = (
    *("left out", "null", "shown in the response", "shown when read later", "default", "converted"),
    *("cannot be changed", "made by the provider", "the same value", "unique", "times", "sent again"),
)
"""The rows about what an update means, in the order in which people read them; those of other rules come
after them.
"""
_REJECTIONS = {
    "without credentials": "unauthenticated",
    "unknown room": "unknown-room",
    "rejected value": "invalid",
    "any input": "",
}
"""The rows about what is rejected, with the word of `x-when` for it."""
RowOf = Callable[[Clause], str]
"""Returns the title of the row in which a clause about a behaviour stands."""


@dataclass(frozen=True)
class MatrixRow:
    """One thing, and what each provider says of it; `concept` is the word that contracts have for it, empty
    where a name is all.
    """

    title: str
    cells: Mapping[str, tuple[Fact, ...]]
    concept: str = ""


class MatrixSide(StrEnum):
    """A side of the providers that is compared; the values are what people read."""

    CALLS = "Calls"
    ASKED = "What can be asked"
    VALUES = "What can be set"
    MEANING = "What it means"
    RESPONSES = "Responses and rejections"


@dataclass(frozen=True)
class Section:
    """The rows about one side of the providers."""

    side: MatrixSide
    rows: tuple[MatrixRow, ...]


@dataclass(frozen=True)
class Matrix:
    """Some providers side by side: `fields` are those of each operation's body, by provider and operation."""

    providers: tuple[str, ...]
    sections: tuple[Section, ...]
    fields: Mapping[tuple[str, str], frozenset[str]]


def matrix(contracts: Sequence[Contract], row_of: RowOf) -> Matrix:
    """Return the contracts side by side, in their order; rows of which no contract says anything are left
    out.
    """
    fields = {
        (contract.provider, operation.id): frozenset(operation.schema.get("properties", {}))
        for contract in contracts
        for operation in contract.operations
    }
    sections = (
        Section(MatrixSide.CALLS, _rows(contracts, {**_operation_rows(contracts), **_CALLS})),
        Section(MatrixSide.ASKED, tuple(_parameter_rows(contracts))),
        Section(MatrixSide.VALUES, tuple(_field_rows(contracts))),
        Section(MatrixSide.MEANING, _rows(contracts, _rule_rows(contracts, row_of))),
        Section(MatrixSide.RESPONSES, _rows(contracts, _response_rows(row_of))),
    )
    return Matrix(tuple(contract.provider for contract in contracts), sections, fields)


Says = Callable[[Contract], Iterable[Fact]]


def _each(of: Callable[[Operation], Iterable[Fact]]) -> Says:
    return lambda contract: [fact for operation in contract.operations for fact in of(operation)]


def _each_in(of: Callable[[Contract, Operation], Iterable[Fact]]) -> Says:
    return lambda contract: [fact for operation in contract.operations for fact in of(contract, operation)]


def _ruled(title: str, row_of: RowOf) -> Says:
    def stated(operation: Operation) -> list[Fact]:
        return [of_rule(clause) for clause in operation.behaviours if row_of(clause) == title]

    return _each(stated)


def _both(first: Says, second: Says) -> Says:
    return lambda contract: [*first(contract), *second(contract)]


_CALLS: Mapping[str, Says] = {
    "server": lambda contract: [of_server(contract)],
    "credentials": lambda contract: [of_credentials(contract)],
    "body": _each(of_body),
    "room id": _each_in(of_room),
}
_OF_ROOMS = {
    Effect.CREATE: "create a room",
    Effect.READ: "read a room",
    Effect.LIST: "list rooms",
    Effect.UPDATE: "update a room",
    Effect.REPLACE: "replace a room",
    Effect.DELETE: "delete a room",
    Effect.ACTION: "other calls about a room",
}
"""The rows of the operations on what a contract is about, whatever it calls that; then come other things."""
_ELSE = "other calls"
"""The row of what is about no thing at all."""


def _operation_rows(contracts: Sequence[Contract]) -> Mapping[str, Says]:
    """Return the rows of operations: by what they do, to rooms first, so that those of one effect stand side
    by side.
    """
    every = [(contract, operation) for contract in contracts for operation in contract.operations]
    beside = sorted(
        {_does(*one): list(Effect).index(one[1].effect) for one in every}.items(),
        key=lambda found: (found[0] == _ELSE, found[0].partition(" ")[2], found[1]),
    )
    titles = dict.fromkeys((*_OF_ROOMS.values(), *(title for title, _ in beside)))
    return {title: _each_that(title) for title in titles}


def _each_that(title: str) -> Says:
    return lambda contract: [of_call(one) for one in contract.operations if _does(contract, one) == title]


def _does(contract: Contract, operation: Operation) -> str:
    """Return what an operation does, as the title of a row."""
    if operation.resource is contract.room:
        return _OF_ROOMS[operation.effect]
    if operation.resource is None:
        return _ELSE
    return f"{operation.effect} {_spoken_name(operation.resource.name)}"


def _spoken_name(name: str) -> str:
    """Return a name in small words, in whatever way a contract writes it: `meetingRoom`, `meeting_room`."""
    return re.sub(r"[\s_-]+", " ", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)).strip().lower()


def _parameter_rows(contracts: Sequence[Contract]) -> Iterator[MatrixRow]:
    """Yield a row for each thing that can be asked for beside a body, by what it means; what most providers
    have comes first.
    """
    found: dict[str, dict[str, list[Fact]]] = {}
    for contract in contracts:
        for operation in contract.operations:
            for fact in of_parameters(operation):
                title = _asks(contract, operation, fact.field)
                found.setdefault(title, {}).setdefault(contract.provider, []).append(fact)
    for title, cells in sorted(found.items(), key=lambda item: -len(item[1])):
        yield MatrixRow(
            title, {contract.provider: tuple(cells.get(contract.provider, ())) for contract in contracts}
        )


def _asks(contract: Contract, operation: Operation, name: str) -> str:
    """Return what a parameter asks for, as the title of a row: by the contract's word for it, else by its
    name.
    """
    schema = next((one.schema for one in operation.parameters if one.name == name), {})
    if word := schema.get("x-concept"):
        return str(word).replace("-", " ")
    listing = operation.listing
    if listing is not None:
        if name == listing.size:
            return "entries on a page"
        if listing.page is not None and name == listing.page.parameter:
            return "number of a page"
        if listing.may_be_cursor(name):
            return "where a page begins"
    for clause in operation.by_rule.get((Part.BEHAVIOUR, "filter"), ()):
        if clause.options.get("parameter") == name:
            field = str(clause.options["field"])
            return f"only those of one {_concepts(contract).get(field, field)}"
    if name in (operation.repeatability or ()):
        return "sent again"
    return name


def _concepts(contract: Contract) -> Mapping[str, str]:
    """Return the contract's word for each field that operations can tell a room."""
    named = (each for operation in contract.telling for each in concepts(operation.schema))
    return {path[-1]: word.replace("-", " ") for path, word in named if path}


def _response_rows(row_of: RowOf) -> Mapping[str, Says]:
    return {
        "carried out": _each(of_success),
        "fields of the room": _each_in(of_response),
        **{title: _both(_rejected(when), _ruled(title, row_of)) for title, when in _REJECTIONS.items()},
        "a rejection holds": _each(of_error_body),
    }


def _rejected(when: str) -> Says:
    return _each(lambda operation: of_rejection(operation, when) if when else ())


def _rule_rows(contracts: Sequence[Contract], row_of: RowOf) -> Mapping[str, Says]:
    """Return the rows of what an update means."""
    operations = (operation for contract in contracts for operation in contract.operations)
    named = (row_of(clause) for operation in operations for clause in operation.behaviours)
    rows = {title: _ruled(title, row_of) for title in (*_MEANING, *named) if title not in _REJECTIONS}
    for title, of in (("left out", of_absence), ("null", of_null)):
        rows[title] = _both(_each(of), rows[title])
    return rows


def _rows(contracts: Sequence[Contract], rows: Mapping[str, Says]) -> tuple[MatrixRow, ...]:
    filled = (
        (title, {contract.provider: tuple(says(contract)) for contract in contracts})
        for title, says in rows.items()
    )
    return tuple(MatrixRow(title, cells) for title, cells in filled if any(cells.values()))


def _field_rows(contracts: Sequence[Contract]) -> Iterator[MatrixRow]:
    """Yield a row for every concept and for every field that has none; what most providers have comes
    first.
    """
    found: dict[tuple[str, str], dict[str, list[Fact]]] = {}
    for contract in contracts:
        for operation in contract.operations:
            named = dict(concepts(operation.schema))
            thing = operation.resource if operation.resource is not contract.room else None
            beside = f"{_spoken_name(thing.name)}: " if thing is not None else ""
            for path, fact in of_fields(operation):
                concept = named.get(path, "")
                title = beside + (concept.replace("-", " ") or spoken(path))
                cells = found.setdefault((concept, title), {})
                cells.setdefault(contract.provider, []).append(fact)
    words = {title for concept, title in found if concept}
    for (concept, title), cells in sorted(found.items(), key=lambda item: -len(item[1])):
        yield MatrixRow(
            # What is called as a concept is, and means another thing, stands apart from it.
            f"{title}, as the field is called" if not concept and title in words else title,
            {contract.provider: tuple(cells.get(contract.provider, ())) for contract in contracts},
            concept,
        )
