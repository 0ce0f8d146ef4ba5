"""`found-by`: a read finds a room by another field as well, its name for instance, where its id may stand."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote

from roomproof.contract.resource import Effect
from roomproof.judge.equality import same
from roomproof.judge.evidence import Evidence, ShownValue, broken, kept
from roomproof.judge.judged_interaction import REJECTS_THE_ROOM, JudgedInteraction
from roomproof.judge.options import FieldPlace
from roomproof.judge.rule import Rule, Scene, WantedRequest, unrecorded


def found_by(seen: JudgedInteraction) -> Iterator[Evidence]:
    """Reads a room with the field's value in the place of its id: the response shows that room."""
    matched = seen.contract.match(seen.interaction.request.method, seen.interaction.request.path)
    asked = unquote((matched[1] if matched else {}).get(seen.resource.parameter, ""))
    if seen.by_stranger or asked in ("", seen.room_id):
        # It is the id itself, or a text that no room is known to be called.
        return
    room, status = seen.response.room or {}, seen.response.response.status
    for clause in RULE.clauses(seen.operation):
        name = clause.path[0]
        if seen.response.accepted and same(room.get(name), asked):
            yield kept(clause)
        elif seen.response.accepted and name in room:
            text = f"a room was asked for whose {name} is {asked}, and the response shows another one"
            yield broken(clause, text, expected=asked, received=ShownValue(room[name]))
        elif status in REJECTS_THE_ROOM and _is_certain(seen):
            text = f"there is a room whose {name} is {asked}, and it is not found"
            yield broken(clause, text, expected=f"the room {seen.room_id}", received=f"status {status}")


def _is_certain(seen: JudgedInteraction) -> bool:
    """Whether the room is there, and its field as it was seen last."""
    state = seen.state
    return (
        state is not None
        and not (state.deleted or state.may_be_gone or state.uncertain)
        and not seen.is_second_hand
    )


def _wants(scene: Scene) -> Iterator[WantedRequest]:
    for clause in RULE.clauses(scene.operation):
        shown = (one.get(clause.path[0]) for one in (scene.room(), *list(scene.known())[::-1]))
        value = next((one for one in shown if isinstance(one, str) and one), None)
        if value is not None:
            yield WantedRequest(f"the {clause.path[0]} of the room in place of its id", room_id=value)


RULE = Rule(
    "found-by",
    found_by,
    effects=frozenset({Effect.READ}),
    about=FieldPlace.ROOM,
    wants=(_wants,),
    row="found by",
    unexercised=unrecorded("no recorded request is known to name a room by it"),
)
