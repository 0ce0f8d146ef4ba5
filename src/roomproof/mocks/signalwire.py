"""A mock of SignalWire video rooms.

Source: the document "Update a Room", and for every other operation the vendor's specification. What the
document leaves open follows the specification, too, rows S1 to S19 of the observed behaviour, named where a
rule rests on one. Where the two give a field different names (row S1), an update is told by the document's, a
new room by the specification's, and whatever is not the response to an update shows both.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from roomproof.mocks import Mock, wire
from roomproof.mocks.credentials import has_basic
from roomproof.mocks.lateness import Lateness
from roomproof.mocks.rules import (
    boolean,
    integer,
    mapping,
    matching,
    one_of,
    read_fields,
    string,
    text,
    unfit,
)
from roomproof.mocks.signalwire_lists import asked_flag, filtered, moment, paged
from roomproof.mocks.signalwire_sessions import Session, timestamp
from roomproof.mocks.timestamps import SECOND, now
from roomproof.mocks.wire import Reason, RejectedError, read_object, response

PROJECT_ID = "a7c2e4d6-1b3f-4c5d-8e9f-0123456789ab"
API_TOKEN = "mock-signalwire-token"
API_TOKEN_WITHOUT_SCOPE = "mock-signalwire-token-without-video-scope"
SPACE = "mock-space"

_ROOM_ID = "b84d1f37-6c05-4e92-a1d8-3f7e9a2c5b60"
_QUIET_ROOM_ID = "5d0e7b92-41c8-4f3a-b6d7-92e8a1c3f504"
_PREFIX = "/api/video"
_STATUSES = {
    Reason.CREDENTIALS: (401, "Unauthorized"),
    Reason.MISSING: (404, "Not Found"),
    Reason.METHOD: (405, "Method Not Allowed"),
    Reason.MEDIA_TYPE: (400, "Bad Request"),
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
    instant = moment(string(value, place))
    if instant is None:
        raise unfit("must be an RFC 3339 date-time or date", place)
    return timestamp(instant)


def _meta(value: object, place: str) -> dict[str, object]:
    """An object of at most 2000 characters when it is serialised (row S3)."""
    kept = mapping(value, place)
    if len(json.dumps(kept, ensure_ascii=False, separators=(",", ":"))) > 2000:
        raise unfit("must have at most 2000 characters when serialised", place)
    return kept


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
    "meta": _meta,
}
"""What both operations take; the layouts are those of the specification (row S7)."""

_OF_UPDATE = {**_FIELDS, "audio_video_sync": boolean}
_NEW_NAME = "sync_audio_video"
_SYNC = ("audio_video_sync", _NEW_NAME)
"""Both names of one switch (row S1)."""
_OF_CREATE = {**_FIELDS, _NEW_NAME: boolean}

_NAME = {"name": matching("[A-Za-z0-9_-]{1,100}", "must have 1 to 100 of the characters A-Z a-z 0-9 _ -")}
"""Schema, name; the body of an update has no such field."""

_Room = dict[str, object]


@dataclass(frozen=True)
class _Space:
    """The video rooms of one project and the sessions of some of them, by id; the serial number of each room
    that there ever was.
    """

    lateness: Lateness
    rooms: dict[str, _Room] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    serials: dict[str, int] = field(default_factory=dict)

    async def list(self, request: Request) -> Response:
        """One page of the rooms that the query asks for, with links to its neighbours."""
        shows_session = asked_flag(request, "include_active_session")
        rooms = filtered(request, self.lateness.shown(self.rooms))
        links, page = paged(request, f"{_PREFIX}/rooms", rooms, self.serials)
        data = [self._shown(room) if shows_session else room for room in page]
        return response({"links": links, "data": data})

    async def create(self, request: Request) -> Response:
        """A new room: its name is required and unique, and the response is 200 (row S12, S19)."""
        document = await read_object(request, "application/json")
        if "name" not in document:
            raise unfit("must be present", "name")
        fields = read_fields(document, _NAME | _OF_CREATE)
        if any(room["name"] == fields["name"] for room in self.rooms.values()):
            raise RejectedError(Reason.CONFLICT, "another room has this name", "name")
        return response(self.new_room(str(uuid.uuid4()), fields))

    async def get(self, request: Request) -> Response:
        """The room with this id or name, with its session where the query asks for it."""
        shows_session = asked_flag(request, "include_active_session")
        name = request.path_params["room_id"]
        named = next((room for room in self.rooms.values() if room["name"] == name), None)
        room = self._room(request) if named is None else named
        return response(self._shown(room) if shows_session else room)

    async def update(self, request: Request) -> Response:
        """Update a room: no field is required, and those that the body does not name stay (row S14).

        The document lists the session among what is answered, and no parameter that asks for it; of the
        switch with two names it knows one.
        """
        room = self._room(request)
        room |= _under_both_names(read_fields(await read_object(request, "application/json"), _OF_UPDATE))
        room["updated_at"] = timestamp(now())
        self.lateness.note(self.rooms)
        return response({name: value for name, value in self._shown(room).items() if name != _NEW_NAME})

    async def delete(self, request: Request) -> Response:
        """Remove the room."""
        room_id = str(self._room(request)["id"])
        del self.rooms[room_id]
        self.sessions.pop(room_id, None)
        self.lateness.note(self.rooms)
        return Response(status_code=204)

    def new_room(self, room_id: str, fields: _Room) -> _Room:
        """Keep a room with the documented defaults, and null where there is none (rows S2, S5, S9)."""
        created_at = timestamp(now())
        self.serials[room_id] = len(self.serials) + 1
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
            "tone_on_entry_and_exit": True,
            "room_join_video_off": False,
            "user_join_video_off": False,
            "enable_room_previews": False,
            "audio_video_sync": None,
            "sync_audio_video": None,
            "meta": None,
            "prioritize_handraise": False,
            "fps": 20,
            "created_at": created_at,
            "updated_at": created_at,
            **_under_both_names(fields),
        }
        self.lateness.note(self.rooms)
        return self.rooms[room_id]

    def _shown(self, room: Mapping[str, object]) -> Mapping[str, object]:
        session = self.sessions.get(str(room["id"]))
        return room if session is None else {**room, "active_session": session.shown()}

    def _room(self, request: Request) -> _Room:
        # An id that is no UUID is just one that no room has.
        room = self.rooms.get(request.path_params["room_id"].lower())
        if room is None:
            raise RejectedError(Reason.MISSING, "there is no room with this id")
        return room


def _under_both_names(fields: _Room) -> _Room:
    """Fields as they are kept: the switch for sound and picture under both of its names."""
    sent = next((fields[name] for name in _SYNC if name in fields), None)
    return fields if sent is None else {**fields, **dict.fromkeys(_SYNC, sent)}


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


def _build(seconds: float = 0.0) -> Starlette:
    space, began = _Space(Lateness()), now() - 60 * SECOND
    busy = space.new_room(_ROOM_ID, {"name": "mock-room"})
    space.sessions[_ROOM_ID] = Session(dict(busy), began)
    quiet = space.new_room(_QUIET_ROOM_ID, {"name": "mock-room-after-hours"})
    space.sessions[_QUIET_ROOM_ID] = Session(dict(quiet), began, began + 30 * SECOND)
    # Late is what changes from now on: the rooms that are there from the start are in every list.
    space = replace(space, lateness=Lateness(seconds))
    space.lateness.note(space.rooms)
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
    build_late=_build,
)
