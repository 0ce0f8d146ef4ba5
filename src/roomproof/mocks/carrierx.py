"""A mock of CarrierX meeting rooms, Conference API version 2.

Source: the document "Update Meeting Room". What it leaves open follows the provider's other documents and
client code, rows C1 to C10 of the observed behaviour, named where a rule rests on one.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from roomproof.mocks import Mock, carrierx_lists, wire
from roomproof.mocks.credentials import has_basic
from roomproof.mocks.lateness import Lateness
from roomproof.mocks.rules import mapping, matching, nullable, one_of, read_fields, text, unfit
from roomproof.mocks.wire import Reason, RejectedError, read_object, response

USERNAME = "mock-carrierx-user"
PASSWORD = "mock-carrierx-password"
ACCOUNT_SID = "6d0a7c1f-93a4-4f1e-8a55-0c9d3f6b2e17"

_ROOM_SID = "c0b6f9a2-4d3e-4b7a-9e21-7a5f8d1c3b64"

_ACCESS_CODE = {
    "access_code": matching("[0-9]+", "must be a string of digits"),
    "role": one_of("host", "listener", "participant"),
}
"""One entry of access_codes (Sample Response; the roles of row C3)."""


def _access_codes(value: object, place: str) -> list[object]:
    """A list of codes, each with its role (Sample Response, access_codes)."""
    if not isinstance(value, list):
        raise unfit("must be a list", place)
    return [_access_code(entry, f"{place}[{index}]") for index, entry in enumerate(value)]


def _access_code(value: object, place: str) -> dict[str, object]:
    entry = mapping(value, place)
    _require(entry, _ACCESS_CODE, place)
    return read_fields(entry, _ACCESS_CODE, f"{place}.")


def _require(document: Mapping[str, object], names: Iterable[str], place: str) -> None:
    for name in names:
        if name not in document:
            raise unfit(f"must have the field {name}", place)


_MODIFIABLE = {
    "access_codes": _access_codes,
    "properties": mapping,
    "did_group_sid": nullable(text()),
    "name": text(),
}
"""Body Arguments, the fields that can be modified; null is shown for did_group_sid (row C1)."""

_READ_ONLY = {"account_sid": text(), "meeting_room_sid": text()}
_STATUSES = {
    Reason.CREDENTIALS: 401,
    Reason.MISSING: 404,
    Reason.METHOD: 405,
    Reason.MEDIA_TYPE: 415,
    Reason.MALFORMED: 400,
    Reason.VALUE: 422,
    Reason.CONFLICT: 409,
}

_Room = dict[str, object]


@dataclass(frozen=True)
class _Endpoint:
    """The meeting rooms of one conference endpoint, by secure id."""

    rooms: dict[str, _Room] = field(default_factory=dict)
    lateness: Lateness = field(default_factory=Lateness)

    async def list(self, request: Request) -> Response:
        """A page of the meeting rooms."""
        return response(carrierx_lists.page(request, self.lateness.shown(self.rooms)))

    async def create(self, request: Request) -> Response:
        """A new meeting room; no field is required, and the response is 200 (row C7)."""
        fields = self._fields(await read_object(request, "application/json"), "")
        return response(self.new_room(str(uuid.uuid4()), fields))

    async def get(self, request: Request) -> Response:
        """The meeting room."""
        return response(self._room(request))

    async def patch(self, request: Request) -> Response:
        """Update with PATCH: only the fields in the body change."""
        room = self._room(request)
        fields = self._fields(await read_object(request, "application/json"), str(room["meeting_room_sid"]))
        return response(self._update(room, fields))

    async def put(self, request: Request) -> Response:
        """Update with PUT: all fields must be present, and those that cannot be modified stay (note)."""
        room = self._room(request)
        document = await read_object(request, "application/json")
        _require(document, room, "body")
        return response(self._update(room, self._fields(document, str(room["meeting_room_sid"]))))

    async def delete(self, request: Request) -> Response:
        """Remove the meeting room (row C8)."""
        del self.rooms[str(self._room(request)["meeting_room_sid"])]
        self.lateness.note(self.rooms)
        return Response(status_code=204)

    def new_room(self, sid: str, fields: _Room) -> _Room:
        """Keep a meeting room with the fields of the document, empty where nothing is given."""
        self.rooms[sid] = {
            "access_codes": [],
            "account_sid": ACCOUNT_SID,
            "properties": {},
            "did_group_sid": None,
            "meeting_room_sid": sid,
            "name": "",
            **fields,
        }
        self.lateness.note(self.rooms)
        return self.rooms[sid]

    def _update(self, room: _Room, fields: _Room) -> _Room:
        room |= fields
        self.lateness.note(self.rooms)
        return room

    def _room(self, request: Request) -> _Room:
        room = self.rooms.get(request.path_params["meeting_room_sid"])
        if room is None:
            raise RejectedError(Reason.MISSING, "there is no meeting room with this sid")
        return room

    def _fields(self, document: dict[str, object], own_sid: str) -> _Room:
        """The fields to set; an access code opens one room of the endpoint, in one role (row C4)."""
        read_fields(document, _READ_ONLY)
        fields = read_fields(document, _MODIFIABLE)
        codes = list(_codes(fields))
        taken = {code for sid, room in self.rooms.items() if sid != own_sid for code in _codes(room)}
        if len(set(codes)) < len(codes) or not taken.isdisjoint(codes):
            raise RejectedError(Reason.CONFLICT, "an access code is already in use", "access_codes")
        return fields


def _codes(room: _Room) -> Iterator[object]:
    entries = room.get("access_codes", [])
    assert isinstance(entries, list)
    return (entry["access_code"] for entry in entries)


async def _admit(request: Request) -> None:
    """HTTP Basic with the credentials of the endpoint (Sample Request; row C9)."""
    if not has_basic(request, USERNAME, PASSWORD):
        raise RejectedError(Reason.CREDENTIALS, "the request carries no valid endpoint credentials")


def _reject(rejection: RejectedError) -> Response:
    """A list with one error message (row C6: statuses of the provider's table, the body of its client)."""
    message = f"{rejection.field}: {rejection.message}" if rejection.field else rejection.message
    return response({"errors": [{"message": message}]}, _STATUSES[rejection.reason])


def _build(late: float = 0.0) -> Starlette:
    """An application whose lists show a change only after `late` seconds."""
    endpoint = _Endpoint(lateness=Lateness(late))
    endpoint.new_room(
        _ROOM_SID,
        {
            "name": "Mock meeting room",
            "did_group_sid": "7d3b1f60-2c58-4c0e-8f17-95e2a4d6b813",
            "access_codes": [
                {"access_code": "310577", "role": "host"},
                {"access_code": "480216", "role": "listener"},
                {"access_code": "729043", "role": "participant"},
            ],
        },
    )
    operations: wire.Operations = {
        "/meeting_rooms": {"GET": endpoint.list, "POST": endpoint.create},
        "/meeting_rooms/{meeting_room_sid}": {
            "GET": endpoint.get,
            "PATCH": endpoint.patch,
            "PUT": endpoint.put,
            "DELETE": endpoint.delete,
        },
    }
    return wire.application(MOCK.prefix, operations, _admit, _reject, 'Basic realm="conference"')


MOCK = Mock(
    provider="carrierx",
    build=_build,
    prefix="/conference/v2",
    environment={"CARRIERX_USERNAME": USERNAME, "CARRIERX_PASSWORD": PASSWORD},
    room_id=_ROOM_SID,
    build_late=_build,
)
