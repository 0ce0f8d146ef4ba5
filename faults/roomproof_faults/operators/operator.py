"""An operator: a function that takes a demand of a contract and yields ways to break it.

`@operator(Kind.LIMITS, Part.REQUEST, "maximum")` puts it to the rule whose clauses it breaks. What it yields
becomes a fault: a word, the last part of its id behind that of the clause; a sentence; and what is put around
the mock. `also=REJECTED` names the rules of other clauses that are broken at the same time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from roomproof.contract.clause import ITEMS, VALUES, Clause, Part, Path, spoken
from roomproof.contract.read import is_form
from roomproof_faults.border.exchange import On, Wrap
from roomproof_faults.border.interface import Interface, schema_at
from roomproof_faults.fault import Fault, FaultKind

Json = Any
LIMITING = (
    "minimum", "maximum", "exclusive-minimum", "exclusive-maximum", "multiple-of", "min-length", "max-length",
    "min-items", "max-items", "unique-items", "min-properties", "max-properties", "all-of", "not",
    "additional-properties",
)  # fmt: skip
"""Rules about how large a value is, and about what it is made of."""

REJECTED = ("accepted", "status")
"""The rules that are broken, too, where a right request is rejected."""


@dataclass(frozen=True)
class Demand:
    """What operators break: a clause in one operation, or the same clause of all operations that have it.

    `on` is where a fault is: None for whatever writes or shows a room, by a documented operation or not.
    """

    api: Interface
    clauses: tuple[Clause, ...]
    on: On

    @property
    def clause(self) -> Clause:
        """One of the clauses; they agree in all but the operation."""
        return self.clauses[0]

    @property
    def rule(self) -> str:
        """Its rule; a level before that is no part of its name: `observed-maximum`."""
        return _plain(self.clause)

    @property
    def operations(self) -> frozenset[str]:
        """The documented operations that have it."""
        return frozenset(clause.operation for clause in self.clauses)

    @property
    def path(self) -> Path:
        """The way to the field."""
        return self.clause.path

    @property
    def field(self) -> str:
        """The field as people read it."""
        return spoken(self._in_room) or "body"

    @property
    def way(self) -> str:
        """The way to the field, below the room for a response, with `*` for all entries."""
        return ".".join("*" if step in (ITEMS, VALUES) else step for step in self._in_room)

    @property
    def _in_room(self) -> Path:
        at = self.api.contract.room.at
        return self.path[len(at) :] if self.clause.part is Part.RESPONSE and self.is_in_room else self.path

    @property
    def is_in_room(self) -> bool:
        """Whether the field of a response is one of the room, and not of a list of rooms, say."""
        at = self.api.contract.room.at
        return self.path[: len(at)] == at and self.path[len(at) : len(at) + 1] != (ITEMS,)

    @property
    def value(self) -> Json:
        """The value of the keyword that made the clause."""
        return next(iter(self.clause.schema.values()))

    @property
    def carrier(self) -> str:
        """What holds the field: `body`, `query`, `header` or `path`."""
        return str(self.clause.options.get("in", "body"))

    @property
    def is_form(self) -> bool:
        """Whether the body is a form: all that it holds is text."""
        return is_form(self.api.operation(self.clause.operation).media_type or "")

    @cached_property
    def schema(self) -> Json:
        """The schema of the field in the body of a request or of a response."""
        operation = self.api.operation(self.clause.operation)
        if self.clause.part is Part.REQUEST and self.carrier != "body":
            return next(one.schema for one in operation.parameters if one.name == self.path[0])
        return schema_at(self.whole, self.path)

    @cached_property
    def whole(self) -> Json:
        """The schema of the whole body."""
        operation = self.api.operation(self.clause.operation)
        if self.clause.part is Part.RESPONSE:
            return operation.by_status[self.clause.status].schema or {}
        return operation.schema

    @cached_property
    def beside(self) -> tuple[Clause, ...]:
        """The other clauses about the same field."""
        operation = self.api.operation(self.clause.operation)
        here = (self.clause.part, self.path)
        return tuple(
            one for one in operation.clauses if (one.part, one.path) == here and one is not self.clause
        )

    def broken(self, also: tuple[str, ...]) -> tuple[str, ...]:
        """The ids of its clauses, and of those with one of the rules `also`: about the same field of a body
        or about none; about any where it is about no field itself, or about one that every body has.
        """
        names, required = self.whole.get("properties", {}), self.whole.get("required", ())
        field_name = tuple(name for name in self.path[:1] if name in names and name not in required)
        found = [
            clause.id
            for operation in map(self.api.operation, sorted(self.operations))
            for clause in operation.clauses
            if _plain(clause) in also
            and clause.status in ("", operation.success.status)
            and (not field_name or clause.path[:1] in ((), field_name))
        ]
        return tuple(dict.fromkeys((*(clause.id for clause in self.clauses), *found)))

    @property
    def is_rejection(self) -> bool:
        """Whether the clause is about the response to a request that is rejected."""
        return self.clause.part is Part.RESPONSE and not self.clause.status.startswith("2")


def _plain(clause: Clause) -> str:
    """The rule of a clause without a level before it."""
    return clause.rule.removeprefix("observed-").removeprefix("sample-")


Breaches = Iterator[tuple[str, str, Wrap]]
Operator = Callable[[Demand], Breaches]


@dataclass(frozen=True)
class _Put:
    kind: FaultKind
    function: Operator
    also: tuple[str, ...]


_OPERATORS: dict[tuple[Part, str], list[_Put]] = {}


def operator(
    kind: FaultKind, part: Part, *rules: str, also: tuple[str, ...] = ()
) -> Callable[[Operator], Operator]:
    """Return a decorator that puts an operator to rules; an `observed-` or `sample-` before a rule makes no
    difference.
    """

    def put(function: Operator) -> Operator:
        for rule in rules:
            _OPERATORS.setdefault((part, rule), []).append(_Put(kind, function, also))
        return function

    return put


def faults_of(id: str, demand: Demand) -> Iterator[Fault]:
    """Yield a fault for each way to break a demand; the id of each begins with `id`."""
    for put in _OPERATORS.get((demand.clause.part, demand.rule), ()):
        shape = demand.is_rejection and put.kind is not FaultKind.STATUS
        kind, broken = FaultKind.ERROR_SHAPE if shape else put.kind, demand.broken(put.also)
        for word, what, wrap in put.function(demand):
            yield Fault(f"{id}.{word}", kind, what, broken, wrap, demand.api)
