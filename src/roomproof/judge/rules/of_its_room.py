"""`of-its-room`: what a list inside a room shows stands in the room that the path names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from roomproof.contract.clause import path_of, spoken, values_at
from roomproof.contract.resource import Effect
from roomproof.judge.evidence import Evidence, ShownValue, broken, kept, shown
from roomproof.judge.judged_interaction import JudgedInteraction
from roomproof.judge.options import read_options
from roomproof.judge.rule import Rule
from roomproof.judge.walk import entries_of


@dataclass(frozen=True)
class OfItsRoomOptions:
    """The field of an entry that holds the id of its room."""

    field: str


def of_its_room(seen: JudgedInteraction) -> Iterator[Evidence]:
    """Lists what stands inside a room: each entry says that it is in that room."""
    named = seen.parameters.get(seen.contract.room.parameter)
    # A recorder may have replaced an id in one place and not in another.
    if named is None or not seen.response.accepted or seen.is_second_hand or seen.request.violations:
        return
    for clause in RULE.clauses(seen.operation):
        way = path_of(read_options(OfItsRoomOptions, clause).field)
        values = [
            value
            for entry in entries_of(seen.operation, seen.response.body)
            for _, value in values_at(entry, way)
            if value is not None
        ]
        wrong = next((value for value in values if str(value).lower() != named.lower()), None)
        if wrong is not None:
            text = f"{spoken(way)} is {shown(wrong)} in the list of room {named}"
            yield broken(clause, text, expected=ShownValue(named), received=ShownValue(wrong))
        elif values:
            yield kept(clause)


RULE = Rule(
    "of-its-room",
    of_its_room,
    effects=frozenset({Effect.LIST}),
    options=OfItsRoomOptions,
    row="in the room of the path",
)
