"""`server-generated`: the provider makes a new value for each room, whatever a request asks for."""

from __future__ import annotations

from collections.abc import Iterator

from roomproof.judge.evidence import Evidence, ShownValue, broken, kept, shown
from roomproof.judge.identity import room_key
from roomproof.judge.judged_interaction import JudgedInteraction
from roomproof.judge.options import FieldPlace
from roomproof.judge.rule import HiddenBy, Rule, ShowingRequests, Sight, needs_new_room
from roomproof.judge.rules.replayed_once import is_replay
from roomproof.judge.wanted import other_values


def server_generated(seen: JudgedInteraction) -> Iterator[Evidence]:
    """Creates rooms, one with an id of its own choice: every id is new, and none is the sender's."""
    room = seen.response.room
    if not seen.response.accepted or room is None or seen.room_id is not None or is_replay(seen):
        return
    for clause in RULE.clauses(seen.operation):
        name = clause.path[0]
        if name not in room or seen.is_unread(room[name]):
            continue
        key = room_key(seen.interaction.request, str(room[name])) or ""
        if seen.rooms.was_there(key) and not seen.rooms.is_of_another_file(key):
            text = f"the new room has the id {shown(room[name])} of an earlier one"
            yield broken(clause, text, expected="a new id", received=ShownValue(room[name]))
        elif name in seen.request.sent and seen.request.sent[name] == room[name]:
            text = f"the new room has the id {shown(room[name])} that the request asked for"
            yield broken(clause, text, expected="an id of the server's", received=ShownValue(room[name]))
        else:
            yield kept(clause)


RULE = Rule(
    "server-generated",
    server_generated,
    sees=(Sight.OPERATION, Sight.CREATION),
    about=FieldPlace.ROOM,
    shown=ShowingRequests.BY_ACCEPTED,
    wants=(other_values,),
    hidden_by=HiddenBy.NEW_ROOMS,
    row="made by the provider",
    unexercised=needs_new_room,
)
