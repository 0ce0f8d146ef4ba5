"""`fields-agree`: fields of one response that hold the same thing, a room's id twice for instance, agree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from roomproof.contract.clause import Clause, Path, path_of, spoken, values_at
from roomproof.contract.formats import is_uuid
from roomproof.judge.equality import same
from roomproof.judge.evidence import Evidence, ShownValue, broken, kept, shown
from roomproof.judge.judged_interaction import JudgedInteraction
from roomproof.judge.options import FieldPlace, RoomField, read_options
from roomproof.judge.rule import Rule


@dataclass(frozen=True)
class FieldsAgreeOptions:
    """The way to the field that holds the same value, and fields that the object around it has."""

    same_as: RoomField
    where: Mapping[str, Any] | None = None


def fields_agree(seen: JudgedInteraction) -> Iterator[Evidence]:
    """Compares a field of the response's room with the one that holds the same value; none at all says
    nothing, and null only that there is no such object.
    """
    room = seen.response.room
    if not seen.response.accepted or room is None:
        return
    for clause in RULE.clauses(seen.operation):
        others = list(_others(clause, room))
        is_picked = bool(read_options(FieldsAgreeOptions, clause).where)
        for way, value in values_at(room, clause.path):
            if value is None and not is_picked:
                continue
            # A null is wrong where an object is there that it should name.
            like = [other for other in others if value is None or type(other) is type(value)]
            if not like or None in like:
                continue
            if any(_agree(value, other) for other in like):
                yield kept(clause)
            else:
                name, wanted = spoken(way), ShownValue(like[0])
                same_as = read_options(FieldsAgreeOptions, clause).same_as
                text = f"{name} is {shown(value)}, while {same_as} is {wanted}"
                yield broken(clause, text, expected=wanted, received=ShownValue(value))


def _others(clause: Clause, room: Mapping[str, Any]) -> Iterator[Any]:
    """Yield the values that a field has to agree with one of; `where` picks the objects that they stand in by
    other fields.
    """
    options = read_options(FieldsAgreeOptions, clause)
    where = options.where or {}
    for way, value in values_at(room, path_of(options.same_as)):
        if all(same(wanted, _beside(room, way).get(name)) for name, wanted in where.items()):
            yield value


def _beside(room: Any, way: Path) -> Mapping[str, Any]:
    """Return the object in which the value at a way stands."""
    for step in way[:-1]:
        room = room[int(step)] if isinstance(room, list) else room[step]
    return room if isinstance(room, Mapping) else {}


def _agree(one: Any, other: Any) -> bool:
    """Whether two values are the same; of UUIDs the case is no difference (RFC 9562, 4)."""
    if isinstance(one, str) and is_uuid(one):
        return one.lower() == str(other).lower()
    return same(one, other)


RULE = Rule(
    "fields-agree", fields_agree, about=FieldPlace.ROOM, options=FieldsAgreeOptions, row="the same value"
)
