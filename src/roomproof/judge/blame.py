"""Who is to blame for a valid request that was not accepted: the field with a value that was never accepted,
and what it sits on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from roomproof.contract.clause import Clause, Level, Part
from roomproof.contract.model import Operation
from roomproof.judge.judged_interaction import Classification
from roomproof.judge.rooms import Rooms


@dataclass(frozen=True)
class Blame:
    """What may be to blame: fields; clauses of values that only a standard or a sample allows; those that the
    fields sit on.

    Where no field can be, `suspects` are the clauses of all of them.
    """

    fields: tuple[str, ...]
    fragile: tuple[Clause, ...]
    suspects: tuple[Clause, ...]

    @property
    def is_only_fragile(self) -> bool:
        """Whether one field alone may be to blame, and no document says that its value is valid."""
        return bool(self.fragile) and len({clause.path[0] for clause in self.fragile} | set(self.fields)) == 1

    @property
    def field(self) -> str:
        """The one field with a documented value that is to blame, empty where there may be others."""
        return self.fields[0] if len(self.fields) == 1 and not self.fragile else ""


def blame(operation: Operation, request: Classification, rooms: Rooms) -> Blame:
    """Return what may be to blame, given what the rooms accepted before."""
    fields = tuple(_fields(operation, request, rooms))
    suspects = tuple(_suspects(operation, request, fields))
    documented = tuple(clause for clause in suspects if clause.level is Level.DOCUMENTED)
    fragile = tuple(clause for clause in request.fragile if not fields or clause.path[0] in fields)
    return Blame(fields, fragile, documented or suspects)


def clauses_of_field(
    operation: Operation, request: Classification, rooms: Rooms, found: Blame
) -> list[Clause]:
    """Return what the field to blame sits on; where none of its values was ever accepted, also that it may be
    set at all.
    """
    edges = [clause for clause in request.edges[found.field] if clause in found.suspects] or list(
        found.suspects
    )
    settable = operation.clause(Part.REQUEST, (found.field,), "accepted")
    if settable is None or settable in edges or rooms.was_ever_accepted(operation.id, found.field):
        return edges
    return [*edges, settable]


def clause_of_success(operation: Operation, request: Classification) -> Clause:
    """Return what says that a request is accepted: the success status, or, where only a sample shows that,
    that values may be set.
    """
    status = operation.by_rule[Part.RESPONSE, "status"][0]
    settable = (
        clause
        for clause in operation.by_rule.get((Part.REQUEST, "accepted"), ())
        if clause.path[0] in request.sent
    )
    return next((clause for clause in (status, *settable) if clause.level is Level.DOCUMENTED), status)


def _fields(operation: Operation, request: Classification, rooms: Rooms) -> list[str]:
    """Return the fields that may be to blame: the only one sent, else those with a value that was never
    accepted before.

    A field that has to be another one in each room is always new: with others beside it, it is not to blame
    once any value of it was accepted.
    """
    names = list(request.edges)
    if len(names) <= 1:
        return names
    new = [name for name in names if not rooms.was_accepted(operation.id, name, request.sent[name])]
    unique = {clause.path[0] for clause in operation.by_rule.get((Part.BEHAVIOUR, "unique"), ())}
    known = {name for name in unique & {*new} if rooms.was_ever_accepted(operation.id, name)}
    return [name for name in new if name not in known] or new


def _suspects(operation: Operation, request: Classification, fields: tuple[str, ...]) -> Iterator[Clause]:
    """Yield the clauses that the fields to blame sit on; of all fields where none is."""
    for name in fields or request.edges:
        accepted = operation.clause(Part.REQUEST, (name,), "accepted")
        yield from request.edges[name]
        if accepted is not None:
            yield accepted
