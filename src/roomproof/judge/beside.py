"""Calls that ran at the same time: what the one shows of a room, the other may have changed, before or
after.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from roomproof.contract.clause import Clause
from roomproof.contract.model import Contract
from roomproof.interaction import Request
from roomproof.judge.identity import room_key
from roomproof.judge.judged_interaction import Question, request_json
from roomproof.judge.register import rule_of
from roomproof.judge.rule import HiddenBy

IN_THE_WAY = Question("another request about the room ran at the same time")


@dataclass(frozen=True)
class ConcurrentRequests:
    """The requests that may change something and ran at the same time as another one; `more`: others did, and
    nobody knows which.
    """

    requests: tuple[Request, ...] = ()
    more: bool = False

    def __bool__(self) -> bool:
        return bool(self.requests) or self.more


ALONE = ConcurrentRequests()


@dataclass(frozen=True)
class ConcurrentChange:
    """What calls beside another one may have changed.

    `rooms` are the rooms that their paths may name, each with the fields that were sent to it, None for any;
    `deleted` those that they may have deleted; `made` whether they may have made rooms; `anything` whether
    nobody knows what they did.
    """

    rooms: Mapping[str, frozenset[str] | None]
    deleted: frozenset[str]
    made: bool
    anything: bool

    def is_about(self, room_id: str | None) -> bool:
        """Whether a room may have been changed; None stands for one that is being made."""
        return room_id is not None and (self.anything or room_id in self.rooms)

    def hides(self, clause: Clause, room_id: str | None) -> bool:
        """Whether a response about a room is no evidence on a clause, since another call may be why it is as
        it is.
        """
        hidden_by = rule_of(clause).hidden_by
        if hidden_by is HiddenBy.ANYTHING:
            return True
        if hidden_by is HiddenBy.NEW_ROOMS:
            return self.made or self.anything
        if hidden_by is HiddenBy.NOTHING or not self.is_about(room_id):
            return False
        sent = None if self.anything or room_id is None else self.rooms[room_id]
        return sent is None or clause.path[0] in sent


def touched_by(beside: ConcurrentRequests, contract: Contract) -> ConcurrentChange:
    """Return what some calls may have changed, by their paths and bodies."""
    rooms: dict[str, frozenset[str] | None] = {}
    deleted: set[str] = set()
    made = False
    for request in beside.requests:
        matched = contract.match(request.method, request.path)
        segments = [key for segment in request.path.split("/") if (key := room_key(request, segment))]
        body = request_json(request)
        sent = frozenset(body) if matched and isinstance(body, dict) else None
        for segment in segments:
            known = rooms.get(segment, frozenset())
            rooms[segment] = None if sent is None or known is None else known | sent
        if request.method == "DELETE" and segments:
            deleted.add(segments[-1])
        made = made or request.method == "POST" or matched is None
    return ConcurrentChange(rooms, frozenset(deleted), made, beside.more)
