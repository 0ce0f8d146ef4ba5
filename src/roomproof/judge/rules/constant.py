"""`constant`: what is fixed when a room is made, its id and the time of its creation, never changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote

from roomproof.judge.equality import same_value
from roomproof.judge.evidence import Evidence, ShownValue, broken, kept, shown
from roomproof.judge.judged_interaction import JudgedInteraction
from roomproof.judge.memory import known_before, speaks_of_the_room, unchanged_value
from roomproof.judge.options import FieldPlace, read_options
from roomproof.judge.placeholder import is_placeholder
from roomproof.judge.rule import Rule, ShowingRequests
from roomproof.judge.wanted import other_values


@dataclass(frozen=True)
class ConstantOptions:
    """`open` where the documents do not say what becomes of one that a request carries."""

    when_sent: Literal["open"] | None = None


def constant(seen: JudgedInteraction) -> Iterator[Evidence]:
    """Compares ids and times of creation with the path and with every earlier response about the room.

    Where the documents leave open what becomes of one that a request carries (`when-sent: open`), a change is
    no more than a warning.
    """
    room = seen.response.room
    if not speaks_of_the_room(seen) or room is None:
        return
    for clause in RULE.clauses(seen.operation):
        name = clause.path[0]
        if name not in room:
            continue
        is_id = name == seen.resource.id and seen.room_id is not None
        if is_id and seen.is_second_hand and any(map(is_placeholder, (str(room[name]), seen.room_id or ""))):
            continue
        asked = unquote(seen.room_id or "")
        if is_id and not same_value(str(room[name]).lower(), asked.lower()):
            text = f"the response is about room {shown(room[name])}, the request about {asked}"
            here, there = ShownValue(asked), ShownValue(room[name])
            yield broken(clause, text, expected=here, received=there)
        elif name in known_before(seen):
            when_sent = read_options(ConstantOptions, clause).when_sent
            left_open = when_sent == "open" and name in seen.request.sent
            text, before = f"{name} changes, although it is fixed at creation", known_before(seen)[name]
            yield unchanged_value(clause, before, room[name], text, doubtful=left_open)
        elif name == seen.resource.id:
            yield kept(clause)


RULE = Rule(
    "constant",
    constant,
    about=FieldPlace.ROOM,
    options=ConstantOptions,
    shown=ShowingRequests.BY_ACCEPTED,
    wants=(other_values,),
    row="cannot be changed",
)
