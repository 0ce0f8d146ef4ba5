"""A mock of Telnyx video rooms, API version 2.

Sources: the document "Update a room" and the specification of 2026-06-15 that the vendor publishes. What they
leave open follows real responses, rows T1 to T20 of the observed behaviour, named where a rule rests on one.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from roomproof.mocks import Mock, wire
from roomproof.mocks.credentials import has_bearer
from roomproof.mocks.lateness import Lateness
from roomproof.mocks.rules import boolean, integer, nullable, read_fields, text, url
from roomproof.mocks.telnyx_query import Entry, listing, of_days, page_of, query_boolean
from roomproof.mocks.telnyx_sessions import Sessions, timestamp
from roomproof.mocks.telnyx_tokens import Tokens
from roomproof.mocks.wire import Reason, RejectedError, read_object, response

API_KEY = "mock-telnyx-key"

_REFRESH = "refresh_client_token"
_ROOM_ID = "5e3b9c0e-2a3f-4a57-8f06-9d1c4f7ab210"
_FIELDS = {
    "unique_name": text(),
    "max_participants": integer(2, 50),
    "enable_recording": boolean,
    "webhook_event_url": url,
    "webhook_event_failover_url": nullable(url),
    # The document gives the upper limit only; that zero is the lower one the specification says (row T5).
    "webhook_timeout_secs": nullable(integer(0, 30)),
}
"""Update a room, Body."""

_ERRORS = {
    Reason.CREDENTIALS: (401, "10009", "Authentication failed"),
    Reason.MISSING: (404, "10005", "Resource not found"),
    Reason.METHOD: (405, "10015", "Bad Request"),
    Reason.MEDIA_TYPE: (422, "10015", "Bad Request"),
    Reason.MALFORMED: (422, "10015", "Bad Request"),
    Reason.VALUE: (422, "10027", "Unprocessable Entity"),
    Reason.CONFLICT: (422, "10027", "Unprocessable Entity"),
}

_Room = dict[str, object]


@dataclass(frozen=True)
class _Account:
    """The rooms of one account, by id, with their sessions and client tokens."""

    rooms: dict[str, _Room] = field(default_factory=dict)
    sessions: Sessions = field(default_factory=Sessions)
    tokens: Tokens = field(default_factory=Tokens)
    lateness: Lateness = field(default_factory=Lateness)

    async def list(self, request: Request) -> Response:
        """One page of the rooms, of those that the query asks for."""
        show = self._shown(request)
        name = request.query_params.get("filter[unique_name]")
        rooms = [
            room for room in self.lateness.shown(self.rooms) if name is None or room["unique_name"] == name
        ]
        return page_of(request, of_days(request, rooms, "created_at", "updated_at"), show)

    async def create(self, request: Request) -> Response:
        """A new room; no field is required."""
        room = self.new_room(str(uuid.uuid4()), await self._fields(request, ""))
        return response({"data": room}, 201)

    async def get(self, request: Request) -> Response:
        """The room."""
        return response({"data": self._shown(request)(self._room(request))})

    async def update(self, request: Request) -> Response:
        """Update a room: fields that the body does not name stay as they are."""
        room = self._room(request)
        room |= await self._fields(request, str(room["id"]))
        room["updated_at"] = timestamp()
        self.lateness.note(self.rooms)
        # The sample of this operation shows sessions; no parameter asks for them here (row T7).
        return response({"data": {**room, "sessions": self.sessions.of_room(room["id"])}})

    async def delete(self, request: Request) -> Response:
        """Remove the room; who is in it is sent out."""
        room_id = str(self._room(request)["id"])
        del self.rooms[room_id]
        self.sessions.end(room_id)
        self.lateness.note(self.rooms)
        return Response(status_code=204)

    async def list_sessions(self, request: Request) -> Response:
        """One page of the sessions of a room."""
        room = self._room(request)
        return self.sessions.listed(request, self.sessions.of_room(room["id"]))

    async def create_token(self, request: Request) -> Response:
        """A client token to join the room."""
        return await self.tokens.create(request, str(self._room(request)["id"]))

    async def refresh_token(self, request: Request) -> Response:
        """A new client token for an earlier one's refresh token."""
        return await self.tokens.refresh(request, str(self._room(request)["id"]))

    def new_room(self, room_id: str, fields: _Room) -> _Room:
        """Keep a room with the values of a real one that nobody has set (rows T2 to T8)."""
        self.rooms[room_id] = {
            "id": room_id,
            "unique_name": None,
            "max_participants": 10,
            "enable_recording": False,
            "webhook_event_url": None,
            "webhook_event_failover_url": "",
            "webhook_timeout_secs": None,
            "active_session_id": None,
            "video_codecs": ["h264", "vp8"],
            "created_at": timestamp(),
            "updated_at": timestamp(),
            "record_type": "room",
            **fields,
        }
        self.lateness.note(self.rooms)
        return self.rooms[room_id]

    def _shown(self, request: Request) -> Callable[[Entry], Entry]:
        """What is shown of a room: its sessions only where the query asks for them (row T7)."""
        if not query_boolean(request, "include_sessions"):
            return lambda room: room
        return lambda room: {**room, "sessions": self.sessions.of_room(room["id"])}

    def _room(self, request: Request) -> _Room:
        # An id that is no UUID is just one that no room has.
        room = self.rooms.get(request.path_params["room_id"].lower())
        if room is None:
            raise RejectedError(Reason.MISSING, "there is no room with this id", "room_id")
        return room

    async def _fields(self, request: Request, own_id: str) -> _Room:
        """The fields to set; a unique_name may belong to one room of the account (Body, unique_name)."""
        fields = read_fields(await read_object(request, "application/json"), _FIELDS)
        name = fields.get("unique_name")
        others = (room for room_id, room in self.rooms.items() if room_id != own_id)
        if name is not None and any(room["unique_name"] == name for room in others):
            raise RejectedError(Reason.CONFLICT, "another room has this name", "unique_name")
        return fields


async def _admit(request: Request) -> None:
    # Who has a refresh token needs no key (the specification's `security` of this operation).
    if request.url.path.endswith(f"/{_REFRESH}"):
        return
    if not has_bearer(request, API_KEY):
        raise RejectedError(Reason.CREDENTIALS, "the request carries no valid API key")


def _reject(rejection: RejectedError) -> Response:
    """A list with one error (row T15); that a room or a session is not there is told by an error that stands
    alone (row T14).
    """
    status, code, title = _ERRORS[rejection.reason]
    error: dict[str, object] = {"code": code, "title": title, "detail": rejection.message}
    if rejection.field and rejection.reason is Reason.MISSING:
        return response(error, status)
    if rejection.field:
        error["source"] = {"pointer": f"/{rejection.field}"}
    return response({"errors": [error]}, status)


def _build() -> Starlette:
    return _build_late(0.0)


def _build_late(seconds: float) -> Starlette:
    account = _Account(lateness=Lateness(seconds))
    account.new_room(_ROOM_ID, {"active_session_id": account.sessions.hold(_ROOM_ID)})
    one, actions = "/rooms/{room_id}", "/rooms/{room_id}/actions"
    operations: wire.Operations = {
        "/rooms": {"GET": listing(account.list), "POST": account.create},
        one: {"GET": account.get, "PATCH": account.update, "DELETE": account.delete},
        f"{one}/sessions": {"GET": listing(account.list_sessions)},
        f"{actions}/generate_join_client_token": {"POST": account.create_token},
        f"{actions}/{_REFRESH}": {"POST": account.refresh_token},
        "/room_sessions": {"GET": listing(account.sessions.list)},
        "/room_sessions/{room_session_id}": {"GET": account.sessions.get},
    }
    return wire.application(MOCK.prefix, operations, _admit, _reject, "Bearer")


MOCK = Mock(
    provider="telnyx",
    build=_build,
    prefix="/v2",
    environment={"TELNYX_API_KEY": API_KEY},
    room_id=_ROOM_ID,
    build_late=_build_late,
)
