"""A mock of Telnyx video rooms, API version 2.

Source: the document "Update a room." What it leaves open follows real responses and the provider's
specification, rows T1 to T20 of the observed behaviour, named where a rule rests on one.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from roomproof.mocks import Mock, wire
from roomproof.mocks.credentials import has_bearer
from roomproof.mocks.rules import boolean, integer, nullable, read_fields, text, url
from roomproof.mocks.timestamps import format_instant, now
from roomproof.mocks.wire import Reason, RejectedError, query_integer, read_object, response

API_KEY = "mock-telnyx-key"

_ROOM_ID = "5e3b9c0e-2a3f-4a57-8f06-9d1c4f7ab210"
_FIELDS = {
    "unique_name": text(),
    "max_participants": integer(2, 50),
    "enable_recording": boolean,
    "webhook_event_url": url,
    "webhook_event_failover_url": nullable(url),
    # The document gives the upper limit only; below zero is rejected by the provider's specification (row
    # T5).
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
    """The rooms of one account, by id; nobody ever joins one, so there are no sessions."""

    rooms: dict[str, _Room] = field(default_factory=dict)

    async def list(self, request: Request) -> Response:
        """One page of the rooms, of one name where the query asks for it."""
        size = query_integer(request, "page[size]", 20, 1, 250)
        number = query_integer(request, "page[number]", 1, 1, 1_000_000)
        name = request.query_params.get("filter[unique_name]")
        found = [room for room in self.rooms.values() if name is None or room["unique_name"] == name]
        page = found[(number - 1) * size : number * size]
        meta = {
            "total_pages": -(-len(found) // size),
            "total_results": len(found),
            "page_number": number,
            "page_size": size,
        }
        return response({"data": [_with_sessions(room, request) for room in page], "meta": meta})

    async def create(self, request: Request) -> Response:
        """A new room; no field is required."""
        room = self.new_room(str(uuid.uuid4()), await self._fields(request, ""))
        return response({"data": room}, 201)

    async def get(self, request: Request) -> Response:
        """The room."""
        return response({"data": _with_sessions(self._room(request), request)})

    async def update(self, request: Request) -> Response:
        """Update a room: fields that the body does not name stay as they are."""
        room = self._room(request)
        room |= await self._fields(request, str(room["id"]))
        room["updated_at"] = _timestamp()
        # The sample of this operation shows sessions; no parameter asks for them here (row T7).
        return response({"data": {**room, "sessions": []}})

    async def delete(self, request: Request) -> Response:
        """Remove the room."""
        del self.rooms[str(self._room(request)["id"])]
        return Response(status_code=204)

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
            "created_at": _timestamp(),
            "updated_at": _timestamp(),
            "record_type": "room",
            **fields,
        }
        return self.rooms[room_id]

    def _room(self, request: Request) -> _Room:
        # An id that is no UUID is just one that no room has.
        room = self.rooms.get(request.path_params["room_id"].lower())
        if room is None:
            raise RejectedError(Reason.MISSING, "there is no room with this id")
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
    if not has_bearer(request, API_KEY):
        raise RejectedError(Reason.CREDENTIALS, "the request carries no valid API key")


def _reject(rejection: RejectedError) -> Response:
    """A list with one error (rows T14, T15; the document lists 401, 404 and 422)."""
    status, code, title = _ERRORS[rejection.reason]
    error: dict[str, object] = {"code": code, "title": title, "detail": rejection.message}
    if rejection.field:
        error["source"] = {"pointer": f"/{rejection.field}"}
    return response({"errors": [error]}, status)


def _with_sessions(room: _Room, request: Request) -> _Room:
    """The room, with its sessions where the query asks for them (row T7)."""
    return {**room, "sessions": []} if request.query_params.get("include_sessions") == "true" else room


def _timestamp() -> str:
    """Six digits and Z (row T18)."""
    return format_instant(now(), 6)


def _build() -> Starlette:
    account = _Account()
    account.new_room(_ROOM_ID, {})
    operations: wire.Operations = {
        "/rooms": {"GET": account.list, "POST": account.create},
        "/rooms/{room_id}": {"GET": account.get, "PATCH": account.update, "DELETE": account.delete},
    }
    return wire.application(MOCK.prefix, operations, _admit, _reject, "Bearer")


MOCK = Mock(
    provider="telnyx",
    build=_build,
    prefix="/v2",
    environment={"TELNYX_API_KEY": API_KEY},
    room_id=_ROOM_ID,
)
