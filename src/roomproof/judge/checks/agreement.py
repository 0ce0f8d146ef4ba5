"""Do fields of one answer that hold the same thing, a room's id twice for instance, agree?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from roomproof.contract.clause import Clause, Part, Path, path_of, spoken, values_at
from roomproof.contract.formats import is_uuid
from roomproof.judge.check import check
from roomproof.judge.equality import same
from roomproof.judge.evidence import Evidence, broken, kept, shown
from roomproof.judge.seen import Seen


@check(Part.BEHAVIOUR, "fields-agree")
def fields_agree(seen: Seen) -> Iterator[Evidence]:
    """Compares a field of the answer's room with the one that holds the same value; null, or none at all, says nothing."""
    room = seen.answer.room
    if not seen.answer.accepted or room is None:
        return
    for clause in seen.behaviours("fields-agree"):
        others = list(_others(clause, room))
        for way, value in values_at(room, clause.path):
            like = [other for other in others if type(other) is type(value)]
            if value is None or not like:
                continue
            if any(_agree(value, other) for other in like):
                yield kept(clause)
            else:
                name, wanted = spoken(way), shown(like[0])
                text = f"{name} is {shown(value)}, while {clause.options['same-as']} is {wanted}"
                yield broken(clause, text, expected=wanted, received=shown(value))


def _others(clause: Clause, room: Mapping[str, Any]) -> Iterator[Any]:
    """Yield the values that a field has to agree with one of; `where` picks the objects that they stand in by other members."""
    where: Mapping[str, Any] = clause.options.get("where", {})
    for way, value in values_at(room, path_of(clause.options["same-as"])):
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
