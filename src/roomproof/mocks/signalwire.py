"""A mock of SignalWire video rooms.

Source: the document "Update a Room". What it leaves open follows the provider's specification, rows S1 to S19
of the observed behaviour, named where a rule rests on one. Where the two give a field different names (row
S1), the document is followed.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from roomproof.mocks import Mock, wire
from roomproof.mocks.credentials import has_basic
from roomproof.mocks.rules import boolean, integer, matching, one_of, read_fields, string, text, unfit
from roomproof.mocks.timestamps import format_instant, now, parse_date_time, parse_full_date
from roomproof.mocks.wire import Reason, RejectedError, query_integer, read_object, response

PROJECT_ID = "a7c2e4d6-1b3f-4c5d-8e9f-0123456789ab"
API_TOKEN = "mock-signalwire-token"
API_TOKEN_WITHOUT_SCOPE = "mock-signalwire-token-without-video-scope"
SPACE = "mock-space"

_ROOM_ID = "b84d1f37-6c05-4e92-a1d8-3f7e9a2c5b60"
_PREFIX = "/api/video"
_STATUSES = {
    Reason.CREDENTIALS: (401, "Unauthorized"),
    Reason.MISSING: (404, "Not Found"),
    Reason.METHOD: (405, "Method Not Allowed"),
    Reason.MEDIA_TYPE: (415, "Unsupported Media Type"),
    Reason.MALFORMED: (400, "Bad Request"),
}
_LAYOUTS = (
    "grid-responsive",
    "grid-responsive-mobile",
    "highlight-1-responsive",
    *("1x1", "2x1", "2x2", "5up", "3x3", "4x4", "5x5", "6x6", "8x8", "10x10"),
)


def _moment(value: object, place: str) -> str:
    """An RFC 3339 date-time, or a date that stands for its first second in UTC (Body, join_from)."""
    sent = string(value, place)
    instant = parse_date_time(sent)
    if instant is None:
        instant = parse_full_date(sent)
    if instant is None:
        raise unfit("must be an RFC 3339 date-time or date", place)
    return _timestamp(instant)


def _timestamp(instant: int) -> str:
    """Whole seconds and Z (row S11)."""
    return format_instant(instant, 0)


_FIELDS = {
    "display_name": text(200),
    "description": text(3000),
    "max_members": integer(1, 300),
    "quality": one_of("720p", "1080p"),
    "join_from": _moment,
    "join_until": _moment,
    "remove_at": _moment,
    # The document says int32 and gives no limits; the specification does (row S6).
    "remove_after_seconds_elapsed": integer(1, 200_000),
    "layout": one_of(*_LAYOUTS),
    "record_on_start": boolean,
    "enable_room_previews": boolean,
    "audio_video_sync": boolean,
}
"""Update a Room, Body; the layouts are those of the specification (row S7)."""

_NAME = {"name": matching("[A-Za-z0-9_-]{1,100}", "must have 1 to 100 of the characters A-Z a-z 0-9 _ -")}
"""Schema, name; the body of an update has no such field."""

_Room = dict[str, object]


@dataclass(frozen=True)
class _Space:
    """The video rooms of one project, by id; nobody ever joins one, so no room has an active session."""

    rooms: dict[str, _Room] = field(default_factory=dict)

    async def list(self, request: Request) -> Response:
        """One page of the rooms, with links to its neighbours."""
        size = query_integer(request, "page_size", 50, 1, 1000)
        number = query_integer(request, "page_number", 0, 0, 1_000_000)
        last = max(0, len(self.rooms) - 1) // size
        pages = {"self": number, "first": 0, "next": number + 1, "prev": number - 1}
        links = {
            name: f"{_PREFIX}/rooms?page_number={page}&page_size={size}"
            for name, page in pages.items()
            if name == "self" or 0 <= page <= last
        }
        page_start = number * size
        return response({"links": links, "data": list(self.rooms.values())[page_start : page_start + size]})

    async def create(self, request: Request) -> Response:
        """A new room: its name is required and unique, and the response is 200 (row S12, S19)."""
        document = await read_object(request, "application/json")
        if "name" not in document:
            raise unfit("must be present", "name")
        fields = read_fields(document, _NAME | _FIELDS)
        if any(room["name"] == fields["name"] for room in self.rooms.values()):
            raise RejectedError(Reason.CONFLICT, "another room has this name", "name")
        return response(self.new_room(str(uuid.uuid4()), fields))

    async def get(self, request: Request) -> Response:
        """The room with this id or name."""
        name = request.path_params["room_id"]
        named = next((room for room in self.rooms.values() if room["name"] == name), None)
        return response(self._room(request) if named is None else named)

    async def update(self, request: Request) -> Response:
        """Update a room: no field is required, and those that the body does not name stay (row S14)."""
        room = self._room(request)
        room |= read_fields(await read_object(request, "application/json"), _FIELDS)
        room["updated_at"] = _timestamp(now())
        return response(room)

    async def delete(self, request: Request) -> Response:
        """Remove the room."""
        del self.rooms[str(self._room(request)["id"])]
        return Response(status_code=204)

    def new_room(self, room_id: str, fields: _Room) -> _Room:
        """Keep a room with the defaults of the document, and null where it gives none (rows S5, S9)."""
        created_at = _timestamp(now())
        self.rooms[room_id] = {
            "id": room_id,
            "name": fields["name"],
            "display_name": fields["name"],
            "description": None,
            "max_members": 20,
            "quality": "720p",
            "join_from": None,
            "join_until": None,
            "remove_at": None,
            "remove_after_seconds_elapsed": None,
            "layout": "grid-responsive",
            "record_on_start": False,
            "enable_room_previews": False,
            "audio_video_sync": None,
            "fps": 20,
            "created_at": created_at,
            "updated_at": created_at,
            **fields,
        }
        return self.rooms[room_id]

    def _room(self, request: Request) -> _Room:
        # An id that is no UUID is just one that no room has.
        room = self.rooms.get(request.path_params["room_id"].lower())
        if room is None:
            raise RejectedError(Reason.MISSING, "there is no room with this id")
        return room


async def _admit(request: Request) -> None:
    """HTTP Basic with a token that has the scope Video (Permissions; row S13); any other token is
    rejected.
    """
    if not has_basic(request, PROJECT_ID, API_TOKEN):
        raise RejectedError(Reason.CREDENTIALS, "the request carries no valid token with the scope Video")


def _reject(rejection: RejectedError) -> Response:
    """One word for the status, or for a bad value a list with one error that names it (row S12)."""
    if rejection.reason in _STATUSES:
        status, phrase = _STATUSES[rejection.reason]
        return response({"error": phrase}, status)
    error = {
        "type": "validation_error",
        "code": "invalid_parameter",
        "message": rejection.message,
        "attribute": rejection.field or None,
        "url": "https://signalwire.com/docs/apis/error-codes",
    }
    return response({"errors": [error]}, 422)


def _build() -> Starlette:
    space = _Space()
    space.new_room(_ROOM_ID, {"name": "mock-room"})
    operations: wire.Operations = {
        "/rooms": {"GET": space.list, "POST": space.create},
        "/rooms/{room_id}": {"GET": space.get, "PUT": space.update, "DELETE": space.delete},
    }
    return wire.application(MOCK.prefix, operations, _admit, _reject, 'Basic realm="video"')


MOCK = Mock(
    provider="signalwire",
    build=_build,
    prefix=_PREFIX,
    environment={
        "SIGNALWIRE_PROJECT_ID": PROJECT_ID,
        "SIGNALWIRE_API_TOKEN": API_TOKEN,
        "SIGNALWIRE_API_TOKEN_WITHOUT_SCOPE": API_TOKEN_WITHOUT_SCOPE,
        "SIGNALWIRE_SPACE": SPACE,
    },
    room_id=_ROOM_ID,
)
