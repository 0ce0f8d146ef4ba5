"""Providers side by side: what each contract says of the same thing, statement by statement.

Members are the same thing where contracts give them the same `x-concept`; any other member has a row of its own, by its name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from roomproof.contract.clause import Part, spoken
from roomproof.contract.model import Contract, Operation
from roomproof.contract.register import concepts
from roomproof.contract.statement import (
    Statement,
    of_absence,
    of_answer,
    of_body,
    of_call,
    of_credentials,
    of_error_body,
    of_fields,
    of_making,
    of_null,
    of_parameters,
    of_refusal,
    of_room,
    of_rule,
    of_server,
    of_success,
)

_MEANING = {
    "left out": ("unchanged", "kept-or-default"),
    "null": ("null-unchanged",),
    "shown in the answer": ("echo", "listed-echo"),
    "shown when read later": ("read-after-write",),
    "default": ("default-from", "default-value", "default-now", "listed-default"),
    "converted": ("date-only",),
    "cannot be changed": ("constant", "read-only"),
    "made by the provider": ("server-generated", "created-now"),
    "the same value": ("fields-agree",),
    "unique": ("unique",),
    "times": ("window",),
    "sent again": ("replayed-once", "pair-required"),
}
_REFUSALS = {
    "without credentials": ("unauthenticated", ("missing-refused", "wrong-refused", "scope-required")),
    "unknown room": ("unknown-room", ("unknown-refused",)),
    "refused value": ("invalid", ()),
    "any input": ("", ("no-server-error",)),
}
"""What is refused: the word of `x-when` for it, the rules that speak of it."""


@dataclass(frozen=True)
class Row:
    """One thing, and what each provider says of it; `concept` is the word that contracts have for it, empty where a name is all."""

    title: str
    cells: Mapping[str, tuple[Statement, ...]]
    concept: str = ""


class Side(StrEnum):
    """A side of the providers that is compared; the values are what people read."""

    CALLS = "Calls"
    VALUES = "What can be set"
    MEANING = "What it means"
    ANSWERS = "Answers and refusals"


@dataclass(frozen=True)
class Section:
    """The rows about one side of the providers."""

    side: Side
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Matrix:
    """Some providers side by side: `members` are those of each operation's body, by provider and operation."""

    providers: tuple[str, ...]
    sections: tuple[Section, ...]
    members: Mapping[tuple[str, str], frozenset[str]]


def matrix(contracts: Sequence[Contract]) -> Matrix:
    """Return the contracts side by side, in their order; rows of which no contract says anything are left out."""
    members = {
        (contract.provider, operation.id): frozenset(operation.body.schema.get("properties", {}))
        for contract in contracts
        for operation in contract.operations
    }
    sections = (
        Section(Side.CALLS, _rows(contracts, _CALLS)),
        Section(Side.VALUES, tuple(_field_rows(contracts))),
        Section(Side.MEANING, _rows(contracts, _rule_rows(contracts))),
        Section(Side.ANSWERS, _rows(contracts, _ANSWERS)),
    )
    return Matrix(tuple(contract.provider for contract in contracts), sections, members)


Says = Callable[[Contract], Iterable[Statement]]


def _each(of: Callable[[Operation], Iterable[Statement]]) -> Says:
    return lambda contract: [statement for operation in contract.operations for statement in of(operation)]


def _each_in(of: Callable[[Contract, Operation], Iterable[Statement]]) -> Says:
    return lambda contract: [statement for operation in contract.operations for statement in of(contract, operation)]


def _ruled(rules: tuple[str, ...]) -> Says:
    return _each(lambda operation: [of_rule(clause) for clause in operation.clauses if _is_rule(clause.part, clause.rule, rules)])


def _is_rule(part: Part, rule: str, rules: tuple[str, ...]) -> bool:
    return part is Part.BEHAVIOUR and rule in rules


def _both(first: Says, second: Says) -> Says:
    return lambda contract: [*first(contract), *second(contract)]


def _refused(when: str, rules: tuple[str, ...]) -> Says:
    return _both(_each(lambda operation: of_refusal(operation, when) if when else ()), _ruled(rules))


_CALLS: Mapping[str, Says] = {
    "operation": _each(lambda operation: [of_call(operation)]),
    "server": lambda contract: [of_server(contract)],
    "credentials": lambda contract: [of_credentials(contract)],
    "body": _each(of_body),
    "parameters": _each(of_parameters),
    "room id": _each_in(of_room),
    "a room is made by": of_making,
}
_ANSWERS: Mapping[str, Says] = {
    "carried out": _each(of_success),
    "members of the room": _each_in(of_answer),
    **{title: _refused(when, rules) for title, (when, rules) in _REFUSALS.items()},
    "a refusal holds": _each(of_error_body),
}


def _rule_rows(contracts: Sequence[Contract]) -> Mapping[str, Says]:
    """Return the rows of what an update means; a rule that has no row of its own gets one that is called like it."""
    rows = {title: _ruled(rules) for title, rules in _MEANING.items()}
    known = {rule for rules in (*_MEANING.values(), *(rules for _, rules in _REFUSALS.values())) for rule in rules}
    clauses = (clause for contract in contracts for clause in contract.clauses.values())
    others = dict.fromkeys(clause.rule for clause in clauses if clause.part is Part.BEHAVIOUR and clause.rule not in known)
    rows |= {rule: _ruled((rule,)) for rule in others}
    for title, of in (("left out", of_absence), ("null", of_null)):
        rows[title] = _both(_each(of), rows[title])
    return rows


def _rows(contracts: Sequence[Contract], rows: Mapping[str, Says]) -> tuple[Row, ...]:
    filled = ((title, {contract.provider: tuple(says(contract)) for contract in contracts}) for title, says in rows.items())
    return tuple(Row(title, cells) for title, cells in filled if any(cells.values()))


def _field_rows(contracts: Sequence[Contract]) -> Iterator[Row]:
    """Yield a row for every concept and for every member that has none; what most providers have comes first."""
    found: dict[tuple[str, str], dict[str, list[Statement]]] = {}
    for contract in contracts:
        for operation in contract.operations:
            named = dict(concepts(operation.body.schema))
            for path, statement in of_fields(operation):
                concept = named.get(path, "")
                cells = found.setdefault((concept, concept.replace("-", " ") or spoken(path)), {})
                cells.setdefault(contract.provider, []).append(statement)
    for (concept, title), cells in sorted(found.items(), key=lambda item: -len(item[1])):
        yield Row(title, {contract.provider: tuple(cells.get(contract.provider, ())) for contract in contracts}, concept)
