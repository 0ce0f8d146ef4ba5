"""The sessions of Telnyx rooms: one has ended, another one runs as long as its room is there, and the room of
a third one is gone.

Source: the vendor's specification, tag Room Sessions. Nobody can join by HTTP, so these are the only ones.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response

from roomproof.mocks.telnyx_query import Entry, of_days, page_of, query_boolean
from roomproof.mocks.timestamps import SECOND, format_instant, now
from roomproof.mocks.wire import Reason, RejectedError, response

_ENDED = "0f2b6f0a-5f1c-4c52-9a0e-6d3f1b7c8e21"
_RUNNING = "7c0d1f38-1b8e-4c4e-8f5d-2a9e6b3d4f10"
_GONE = "3d9a1c55-88c2-4f0b-b6d4-51e0a7f2c9b3"
_GONE_ROOM = "c1a7e2f4-6b3d-4d18-9f57-0e8b2a4c6d90"
_AGE = {_GONE: 900_000, _ENDED: 90_000, _RUNNING: 600}
"""How many seconds ago each session began."""


def timestamp(instant: int | None = None) -> str:
    """Six digits and Z (row T18)."""
    return format_instant(now() if instant is None else instant, 6)


@dataclass(frozen=True)
class Sessions:
    """All sessions of an account, by id."""

    known: dict[str, dict[str, object]] = field(default_factory=dict)

    def hold(self, room_id: str) -> str:
        """Keep two sessions of a room, one that has ended and one that is going on, after one of a room that
        is gone; the id of the one that is going on.
        """
        for session_id, age in _AGE.items():
            began = now() - age * SECOND
            ended = {"ended_at": timestamp(began + 60 * SECOND)} if session_id != _RUNNING else {}
            self.known[session_id] = {
                "id": session_id,
                "room_id": _GONE_ROOM if session_id == _GONE else room_id,
                "active": session_id == _RUNNING,
                "created_at": timestamp(began),
                "updated_at": timestamp(began + 60 * SECOND),
                **ended,
                "participants": [_participant(session_id, began, has_left=bool(ended))],
                "record_type": "room_session",
            }
        return _RUNNING

    def end(self, room_id: str) -> None:
        """End what goes on in a room: who is in it is sent out when it is deleted."""
        for session in self.known.values():
            if session["room_id"] == room_id and session["active"]:
                session |= {"active": False, "ended_at": timestamp(), "updated_at": timestamp()}

    def of_room(self, room_id: object) -> list[Entry]:
        """The sessions of a room."""
        return [session for session in self.known.values() if session["room_id"] == room_id]

    def listed(self, request: Request, sessions: list[Entry]) -> Response:
        """One page of some sessions, of those that the query asks for."""
        show = _shown(request)
        active = query_boolean(request, "filter[active]")
        if active is not None:
            sessions = [session for session in sessions if session["active"] is active]
        found = of_days(request, sessions, "created_at", "updated_at", "ended_at")
        return page_of(request, found, show)

    async def list(self, request: Request) -> Response:
        """One page of the sessions of the account, or of one room."""
        room_id = request.query_params.get("filter[room_id]")
        every: list[Entry] = list(self.known.values())
        return self.listed(request, every if room_id is None else self.of_room(room_id.lower()))

    async def get(self, request: Request) -> Response:
        """The session."""
        session = self.known.get(request.path_params["room_session_id"].lower())
        if session is None:
            raise RejectedError(Reason.MISSING, "there is no session with this id", "room_session_id")
        return response({"data": _shown(request)(session)})


def _participant(session_id: str, joined: int, *, has_left: bool) -> Mapping[str, object]:
    left = {"left_at": timestamp(joined + 50 * SECOND)} if has_left else {}
    return {
        "id": str(uuid.uuid5(uuid.UUID(session_id), "Alice")),
        "session_id": session_id,
        "context": "Alice",
        "joined_at": timestamp(joined),
        "updated_at": timestamp(joined),
        **left,
        "record_type": "room_participant",
    }


def _shown(request: Request) -> Callable[[Entry], Entry]:
    """What is shown of a session: who takes part only where the query asks for it."""
    is_asked_for = query_boolean(request, "include_participants")
    return lambda session: session if is_asked_for else {**session, "participants": []}
