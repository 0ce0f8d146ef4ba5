"""`default-from`: a field that nobody ever set has the value of another one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from roomproof.contract.clause import path_of, values_at
from roomproof.contract.model import Operation
from roomproof.judge.defaults import never_set
from roomproof.judge.evidence import Evidence
from roomproof.judge.judged_interaction import JudgedInteraction
from roomproof.judge.options import FieldPlace, RoomField, read_options
from roomproof.judge.rule import Rule, ShowingRequests, Sight, needs_new_room


@dataclass(frozen=True)
class DefaultFromOptions:
    """The way to the field whose value is the default."""

    from_: RoomField


def default_from(seen: JudgedInteraction) -> Iterator[Evidence]:
    """Looks at rooms whose creation was seen: a field that nobody ever set has the value of another one."""
    for clause in RULE.clauses(seen.operation):
        for _, origin in values_at(
            seen.response.room, path_of(read_options(DefaultFromOptions, clause).from_)
        ):
            yield from never_set(seen, clause, origin)


def origins(operation: Operation) -> Mapping[str, str]:
    """Return the way to the field that each one has its default from."""
    clauses = RULE.clauses(operation)
    return {clause.path[0]: read_options(DefaultFromOptions, clause).from_ for clause in clauses}


RULE = Rule(
    "default-from",
    default_from,
    sees=(Sight.OPERATION, Sight.CREATION),
    about=FieldPlace.ROOM,
    options=DefaultFromOptions,
    shown=ShowingRequests.BY_ACCEPTED,
    lost_with_creation=True,
    row="default",
    unexercised=needs_new_room,
)
