"""Values that no two rooms may share: which another room has, which may be taken unseen, which a room gave up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import orjson

from roomproof.contract.clause import Clause, Part
from roomproof.contract.model import Contract
from roomproof.judge.evidence import shown
from roomproof.judge.rooms import Rooms, RoomState
from roomproof.judge.seen import Classification, Obstacle, Question, Refusal

Json = Any
Unique = Iterable[Clause]
"""The clauses of the rule `unique`; `each` names the member that must be unique in every entry of a list."""


def taken_values(unique: Unique, sent: Mapping[str, Json], rooms: Rooms, state: RoomState | None) -> Iterator[Obstacle]:
    """Yield an obstacle for a value that another room is known to have."""
    for clause in unique:
        name, wanted = clause.path[0], _values(clause, sent)
        if not wanted:
            continue
        others = (other for other in rooms.others(state.id if state else None) if not other.uncertain)
        taken = {_as_key(value) for other in others for value in _values(clause, other.known)}
        clash = next((value for value in wanted if _as_key(value) in taken), None)
        if clash is not None:
            yield Obstacle(clause, Refusal.INVALID, f"{name} {shown(clash)}, which another room has")


def uncertain_values(unique: Unique, sent: Mapping[str, Json], rooms: Rooms, state: RoomState | None) -> Iterator[Question]:
    """Yield that a value may be taken, where an answer did not show what another room has now."""
    for clause in unique:
        if clause.path[0] in sent and any(other.uncertain for other in rooms.others(state.id if state else None)):
            yield Question(f"another room may have this {clause.path[0]}", clause.path[:1])


def without_uniqueness(request: Classification) -> Classification:
    """Return a request of which nobody can tell whether another room has its unique values, or the room itself under another id."""
    kept = tuple(item for item in request.obstacles if item.clause.rule != "unique")
    if len(kept) == len(request.obstacles):
        return request
    asked = Question("the recording does not tell whether another room has the same name")
    return replace(request, obstacles=kept, unsettled=(*request.unsettled, asked))


def perhaps_taken(unique: Unique, sent: Mapping[str, Json], rooms: Rooms | None, state: RoomState | None) -> list[str]:
    """Return the members sent with a value that a room may have of which nothing was seen.

    What the room itself has is no other one's, and neither is what one of some rooms had and gave up.
    """
    found = []
    for clause in unique:
        own = {_as_key(value) for value in _values(clause, state.known)} if state else set()
        new = (value for value in _values(clause, sent) if _as_key(value) not in own)
        if not all(rooms is not None and rooms.was_given_up(clause.path[0], value) for value in new):
            found.append(clause.path[0])
    return found


def given_up(contract: Contract, before: Mapping[str, Json], now: Mapping[str, Json]) -> Iterator[tuple[str, Json]]:
    """Yield the unique values, each with the name of its member, that a room had and has no more."""
    for operation in contract.operations:
        for clause in operation.by_rule.get((Part.BEHAVIOUR, "unique"), ()):
            left = {_as_key(value) for value in _values(clause, now)}
            yield from ((clause.path[0], value) for value in _values(clause, before) if _as_key(value) not in left)


def _as_key(value: Json) -> str | bytes:
    """Return what is equal for equal values, and can be looked up: a long list is compared with another one
    in no time.
    """
    return value if isinstance(value, str) else orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def _values(clause: Clause, room: Mapping[str, Json]) -> list[Json]:
    value, each = room.get(clause.path[0]), clause.options.get("each")
    if each is None:
        return [] if value in (None, "") else [value]
    return [item[each] for item in value if isinstance(item, dict) and item.get(each)] if isinstance(value, list) else []
