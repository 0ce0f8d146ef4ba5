"""`unique`: no two rooms may share a value; which another room has, which may be taken unseen, which one gave
up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson

from roomproof.contract.clause import Clause
from roomproof.contract.model import Contract
from roomproof.judge.evidence import shown
from roomproof.judge.judged_interaction import (
    Classification,
    JudgedInteraction,
    Question,
    RejectionReason,
    Violation,
)
from roomproof.judge.obstacles import rejected_for_what_exists
from roomproof.judge.options import FieldPlace, ItemField, read_options
from roomproof.judge.register import rule_of
from roomproof.judge.rooms import RoomState
from roomproof.judge.rule import (
    Base,
    Circumstances,
    HiddenBy,
    ReadableRequest,
    Rule,
    Scene,
    ShowingRequests,
    WantedRequest,
)

Json = Any
Values = Mapping[str, Json]


@dataclass(frozen=True)
class UniqueOptions:
    """The field that must be unique in every entry of a list; None where the whole value must be."""

    each: ItemField | None = None


def _rejects(asked: ReadableRequest, clause: Clause) -> Iterator[Violation]:
    """Yield a violation for a value that another room is known to have."""
    name, wanted = clause.path[0], _values(clause, asked.readable)
    if not wanted:
        return
    others = (other for other in asked.rooms.others(_id(asked.state)) if not other.uncertain)
    taken = {_as_key(value) for other in others for value in _values(clause, other.known)}
    clash = next((value for value in wanted if _as_key(value) in taken), None)
    if clash is not None:
        yield Violation(clause, RejectionReason.INVALID, f"{name} {shown(clash)}, which another room has")


def _leaves_open(asked: ReadableRequest, clause: Clause) -> Iterator[Question]:
    """Yield that a value may be taken, where a response did not show what another room has now, or only a
    list has shown the room that has it.
    """
    name = clause.path[0]
    if name not in asked.readable:
        return
    values = _values(clause, asked.readable)
    is_open = any(other.uncertain for other in asked.rooms.others(_id(asked.state)))
    if is_open or any(asked.rooms.is_theirs(name, value) for value in values):
        yield Question(f"another room may have this {name}", (name,))


def _id(state: RoomState | None) -> str | None:
    return state.id if state else None


def without_uniqueness(request: Classification) -> Classification:
    """Return a request of which nobody can tell whether another room has its unique values, or the room
    itself under another id.
    """
    kept = tuple(item for item in request.violations if rule_of(item.clause) is not RULE)
    if len(kept) == len(request.violations):
        return request
    asked = Question("the recording does not tell whether another room has the same name")
    return replace(request, violations=kept, unsettled=(*request.unsettled, asked))


def _unseen(seen: JudgedInteraction, clause: Clause) -> bool:
    """Whether a request sends a value that a room may have of which nothing was seen.

    What the room itself has is no other one's. A run makes its names up, so that nobody else has what one of
    its rooms had and gave up.
    """
    own = {_as_key(value) for value in _values(clause, seen.state.known)} if seen.state else set()
    new = (value for value in _values(clause, seen.request.sent) if _as_key(value) not in own)
    return not all(not seen.is_second_hand and seen.rooms.was_given_up(clause.path[0], one) for one in new)


def listed_values(contract: Contract, entry: Values) -> Iterator[tuple[str, Json]]:
    """Yield what an entry of a list has that must be unique, each value with the name of its field."""
    for operation in contract.operations:
        for clause in RULE.clauses(operation):
            yield from ((clause.path[0], value) for value in _values(clause, entry))


def given_up(contract: Contract, before: Values, now: Values) -> Iterator[tuple[str, Json]]:
    """Yield the unique values, each with the name of its field, that a room had and has no more."""
    for operation in contract.operations:
        for clause in RULE.clauses(operation):
            left = {_as_key(value) for value in _values(clause, now)}
            gone = (value for value in _values(clause, before) if _as_key(value) not in left)
            yield from ((clause.path[0], value) for value in gone)


def _as_key(value: Json) -> str | bytes:
    """Return what is equal for equal values, and can be looked up: a long list is compared with another one
    in no time.
    """
    return value if isinstance(value, str) else orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def _values(clause: Clause, room: Mapping[str, Json]) -> list[Json]:
    value, each = room.get(clause.path[0]), read_options(UniqueOptions, clause).each
    if each is None:
        return [] if value in (None, "") else [value]
    entries = value if isinstance(value, list) else []
    return [item[each] for item in entries if isinstance(item, dict) and item.get(each)]


def _wanted(scene: Scene) -> Iterator[WantedRequest]:
    """Yield requests that give one room what another one has, and what it has itself."""
    for clause in RULE.clauses(scene.operation):
        name = clause.path[0]
        for room, note in (
            (scene.other, f"the {name} of another room"),
            (scene.room, f"the room's own {name}"),
        ):
            value = room().get(name)
            if scene.has_other and value not in (None, "", []):
                yield WantedRequest(note, Base.REQUIRED, {name: value})


def _unexercised(known: Circumstances) -> str:
    return "" if known.recordings or known.makes_rooms else "needs a second room, and no call makes one"


RULE = Rule(
    "unique",
    rejected_for_what_exists,
    about=FieldPlace.BODY,
    options=UniqueOptions,
    shown=ShowingRequests.BY_FIELD,
    wants=(_wanted,),
    rejects=_rejects,
    leaves_open=_leaves_open,
    unseen=_unseen,
    hidden_by=HiddenBy.ANYTHING,
    lost_with_creation=True,
    row="unique",
    unexercised=_unexercised,
)
