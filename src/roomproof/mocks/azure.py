"""A mock of Azure Communication Services Rooms, version 2025-03-13.

Sources: the documents "Rooms - Create" and "Rooms - Update", and the specification of that version, which has
the other operations. What they leave open follows recordings of the real service, rows A1 to A21 of the
observed behaviour, named where a rule rests on one.
"""

from __future__ import annotations

import base64
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeVar

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from roomproof.mocks import Mock, wire
from roomproof.mocks.azure_pages import Collection, Document
from roomproof.mocks.azure_signature import is_signed
from roomproof.mocks.lateness import Lateness
from roomproof.mocks.rules import boolean, mapping, one_of, string, unfit
from roomproof.mocks.timestamps import DAY, format_instant, now, parse_date_time, parse_http_date
from roomproof.mocks.wire import Reason, RejectedError, read_object

ACCESS_KEY = b"mock-azure-access-key"
API_VERSIONS = ("2023-06-14", "2023-10-30-preview", "2024-04-15", "2025-03-13")
LONGEST_WINDOW = 180 * DAY
"""Both the default length of a room's window (Create, validUntil) and its limit (row A9)."""

_MERGE_PATCH = "application/merge-patch+json"
_VERSIONS_HEADER = {"api-supported-versions": ", ".join(API_VERSIONS)}
_STATUSES = {
    Reason.CREDENTIALS: (401, "Denied"),
    Reason.MISSING: (404, "NotFound"),
    Reason.METHOD: (405, "MethodNotAllowed"),
    Reason.MEDIA_TYPE: (415, "UnsupportedMediaType"),
}
_ROOM_ID = re.compile(r"[0-9]{16,18}")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_RAW_ID = re.compile(r"(?:4:|28:|8:(?:acs|dod-acs|gcch-acs|spool|orgid|dod|gcch|teamsvisitor):).+", re.DOTALL)
_DEFAULT_ROLE = "Attendee"
_INVITED = 20
"""So many participants are on a page."""

_T = TypeVar("_T")
_role = one_of("Presenter", "Attendee", "Consumer", "Collaborator")
_json = partial(wire.response, media_type="application/json; charset=utf-8")


@dataclass(frozen=True)
class AzureRoom:
    """A room; its instants are those of `roomproof.mocks.timestamps`."""

    id: str
    created_at: int
    valid_from: int
    valid_until: int
    pstn_dial_out_enabled: bool
    participants: Mapping[str, str]

    def invited(self) -> list[Document]:
        """Its participants as responses carry them (specification, RoomParticipant)."""
        return [{"rawId": raw_id, "role": role} for raw_id, role in self.participants.items()]

    def document(self) -> dict[str, object]:
        """The room as responses carry it (Create and Update, RoomModel)."""
        return {
            "id": self.id,
            "createdAt": _instant_text(self.created_at),
            "validFrom": _instant_text(self.valid_from),
            "validUntil": _instant_text(self.valid_until),
            "pstnDialOutEnabled": self.pstn_dial_out_enabled,
        }


@dataclass
class _Resource:
    """The rooms of one Communication resource, and its responses to repeatable requests.

    Its lists show a change only `list_delay` seconds after it.
    """

    list_delay: float = 0.0
    rooms: dict[str, AzureRoom] = field(default_factory=dict)
    responses: dict[str, Response] = field(default_factory=dict)
    listed_rooms: Collection = field(init=False)
    listed_participants: dict[str, Collection] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.listed_rooms = Collection("id", Lateness(self.list_delay), newest_first=True)
        self.listed_rooms.note(self._documents)

    async def list_rooms(self, request: Request) -> Response:
        """A page of the rooms, the newest first (specification, Rooms_List)."""
        return _reply(self.listed_rooms.page(request, self._documents()))

    async def create(self, request: Request) -> Response:
        """Rooms - Create, executed once for each Repeatability-Request-ID."""
        request_id = _repeatability_request_id(request)
        if request_id in self.responses:
            return self.responses[request_id]
        room = self._new_room(await read_object(request, "application/json"))
        self._keep(room)
        if request_id is None:
            return _reply(room.document(), 201, {"Location": room.id})
        headers = {"Location": room.id, "Repeatability-Result": "accepted"}
        self.responses[request_id] = _reply(room.document(), 201, headers)
        return self.responses[request_id]

    async def get(self, request: Request) -> Response:
        """The room, without its participants."""
        return _reply(self._room(request).document())

    async def update(self, request: Request) -> Response:
        """Rooms - Update: what the body leaves out, or sets to null (row A7), stays as it was."""
        room = self._room(request)
        document = await read_object(request, _MERGE_PATCH)
        valid_from = _given(document, "validFrom", _date_time)
        valid_until = _given(document, "validUntil", _date_time)
        pstn_dial_out_enabled = _given(document, "pstnDialOutEnabled", boolean)
        changed = replace(
            room,
            valid_from=room.valid_from if valid_from is None else valid_from,
            valid_until=room.valid_until if valid_until is None else valid_until,
            pstn_dial_out_enabled=(
                room.pstn_dial_out_enabled if pstn_dial_out_enabled is None else pstn_dial_out_enabled
            ),
        )
        # A room whose window is over can still be given another dial-out flag.
        if valid_from is not None or valid_until is not None:
            _check_window(changed.valid_from, changed.valid_until)
        self._keep(changed)
        return _reply(changed.document())

    async def delete(self, request: Request) -> Response:
        """Remove the room, which is unknown afterwards (row A20)."""
        room_id = self._room(request).id
        del self.rooms[room_id], self.listed_participants[room_id]
        self.listed_rooms.note(self._documents)
        return Response(status_code=204, headers=_VERSIONS_HEADER)

    async def list_participants(self, request: Request) -> Response:
        """A page of the participants, in the order of their invitation (specification, Participants_List)."""
        room = self._room(request)
        return _reply(self.listed_participants[room.id].page(request, room.invited()))

    async def update_participants(self, request: Request) -> Response:
        """Invite participants, change their roles, or remove those whose value is null (row A15).

        As in any merge patch who is not named stays (RFC 7396).
        """
        room = self._room(request)
        document = await read_object(request, _MERGE_PATCH)
        participants = dict(room.participants)
        for raw_id, properties in mapping(document.get("participants", {}), "$.participants").items():
            _check_raw_id(raw_id)
            if properties is None:
                participants.pop(raw_id, None)
            else:
                before = participants.get(raw_id, _DEFAULT_ROLE)
                participants[raw_id] = _participant_role(raw_id, properties, before)
        self._keep(replace(room, participants=participants))
        return _reply({})

    def _keep(self, room: AzureRoom) -> None:
        """Take over a room that is new, or was changed."""
        self.rooms[room.id] = room
        self.listed_rooms.number([room.id])
        self.listed_rooms.note(self._documents)
        if room.id not in self.listed_participants:
            self.listed_participants[room.id] = Collection("rawId", Lateness(self.list_delay), size=_INVITED)
        self.listed_participants[room.id].number(room.participants)
        self.listed_participants[room.id].note(room.invited)

    def _documents(self) -> list[Document]:
        return [room.document() for room in self.rooms.values()]

    def _room(self, request: Request) -> AzureRoom:
        room_id = request.path_params["room_id"]
        if _ROOM_ID.fullmatch(room_id) is None:
            raise RejectedError(Reason.MALFORMED, "a room id has 16 to 18 digits")
        if room_id not in self.rooms:
            raise RejectedError(Reason.MISSING, "there is no such room")
        return self.rooms[room_id]

    def _new_room(self, document: dict[str, object]) -> AzureRoom:
        """The room that a body asks for, with the defaults of what it leaves out (Create, Request Body)."""
        asked_at = now()
        valid_from = _given(document, "validFrom", _date_time)
        valid_until = _given(document, "validUntil", _date_time)
        room = AzureRoom(
            id=self._new_id(),
            valid_from=asked_at if valid_from is None else valid_from,
            valid_until=asked_at + LONGEST_WINDOW if valid_until is None else valid_until,
            pstn_dial_out_enabled=_given(document, "pstnDialOutEnabled", boolean) or False,
            participants=_given(document, "participants", _invited) or {},
            # Read last: a room that opens at once opens before it exists (row A11).
            created_at=now(),
        )
        _check_window(room.valid_from, room.valid_until)
        return room

    def _new_id(self) -> str:
        # A number and not a text of fixed width: some ids are one digit shorter (row A12).
        room_id = f"99{secrets.randbelow(10**15 - 10**13) + 10**13}"
        return self._new_id() if room_id in self.rooms else room_id


async def _admit(request: Request) -> None:
    """Check the signature (Security) and the required api-version (URI Parameters)."""
    if not is_signed(request, await request.body(), ACCESS_KEY):
        raise RejectedError(
            Reason.CREDENTIALS, "the request is not signed with the access key of this resource"
        )
    versions = set(request.query_params.getlist("api-version"))
    if len(versions) != 1 or not versions.issubset(API_VERSIONS):
        message = f"api-version must be one of {', '.join(API_VERSIONS)}"
        raise RejectedError(Reason.MALFORMED, message, "api-version")


def _reject(rejection: RejectedError) -> Response:
    """The error body and its header (Responses, Other Status Codes); details exclude the header (row A13)."""
    inner = {"code": "BadArgument", "message": rejection.message}
    details = [{**inner, "target": rejection.field}]
    if rejection.reason is Reason.VALUE:
        message = "a value in the request is not allowed"
        return _json({"error": {"code": "BadRequest", "message": message, "details": details}}, 400)
    status, code = _STATUSES.get(rejection.reason, (400, "BadRequest"))
    error: dict[str, object] = {"code": code, "message": rejection.message}
    if rejection.field:
        error |= {"target": rejection.field, "details": details, "innererror": inner}
    return _reply({"error": error}, status, {"x-ms-error-code": code})


def _reply(document: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return _json(document, status, {**_VERSIONS_HEADER, **(headers or {})})


def _repeatability_request_id(request: Request) -> str | None:
    """The id of a repeatable request: a UUID with an IMF-fixdate beside it (Create, Request Header)."""
    request_id = request.headers.get("repeatability-request-id")
    first_sent = request.headers.get("repeatability-first-sent")
    if first_sent is not None and parse_http_date(first_sent) is None:
        raise RejectedError(Reason.MALFORMED, "Repeatability-First-Sent must be an IMF-fixdate")
    if request_id is not None and first_sent is None:
        raise RejectedError(
            Reason.MALFORMED, "Repeatability-Request-ID needs Repeatability-First-Sent beside it"
        )
    if request_id is not None and _UUID.fullmatch(request_id) is None:
        raise RejectedError(Reason.MALFORMED, "Repeatability-Request-ID must be a UUID")
    return request_id


def _given(document: Mapping[str, object], name: str, rule: Callable[[object, str], _T]) -> _T | None:
    """The value that a body gives to a field: null gives nothing, like an absent field (rows A7, A11)."""
    value = document.get(name)
    return None if value is None else rule(value, f"$.{name}")


def _date_time(value: object, place: str) -> int:
    """An RFC 3339 date-time (Create and Update, validFrom and validUntil)."""
    instant = parse_date_time(string(value, place))
    if instant is None:
        raise unfit("must be an RFC 3339 date-time", place)
    return instant


def _check_window(valid_from: int, valid_until: int) -> None:
    """The window must end in the future, not before it starts, and last at most 180 days (row A9)."""
    if valid_until < now():
        raise unfit("the window ends in the past", "ValidUntil")
    if not 0 <= valid_until - valid_from <= LONGEST_WINDOW:
        raise unfit("the window ends before it starts, or is longer than 180 days", "ValidUntil")


def _invited(value: object, place: str) -> dict[str, str]:
    """The participants of a new room (Create, participants)."""
    participants = mapping(value, place)
    for raw_id in participants:
        _check_raw_id(raw_id)
    return {raw_id: _participant_role(raw_id, properties) for raw_id, properties in participants.items()}


def _participant_role(raw_id: str, properties: object, before: str = _DEFAULT_ROLE) -> str:
    """One of the four roles, Attendee where none is given (Create, Role) and there was none before."""
    place = f"$.participants.{raw_id}"
    return _role(mapping(properties, place).get("role", before), f"{place}.role")


def _check_raw_id(raw_id: str) -> None:
    if _RAW_ID.fullmatch(raw_id) is None:
        raise RejectedError(Reason.MALFORMED, "a participant is named by a communication identifier")


def _instant_text(instant: int) -> str:
    """Digits of 100 nanoseconds, without the last zeros, and a numeric offset (rows A1, A3)."""
    return format_instant(instant, 7, "+00:00", trim=True)


def _build() -> Starlette:
    return _build_late(0.0)


def _build_late(list_delay: float) -> Starlette:
    resource = _Resource(list_delay)
    operations: wire.Operations = {
        "/rooms": {"GET": resource.list_rooms, "POST": resource.create},
        "/rooms/{room_id}": {"GET": resource.get, "PATCH": resource.update, "DELETE": resource.delete},
        "/rooms/{room_id}/participants": {
            "GET": resource.list_participants,
            "PATCH": resource.update_participants,
        },
    }
    return wire.application(MOCK.prefix, operations, _admit, _reject, "HMAC-SHA256")


MOCK = Mock(
    provider="azure",
    build=_build,
    prefix="",
    environment={
        "AZURE_COMMUNICATION_CONNECTION_STRING": (
            f"endpoint=http://127.0.0.1/;accesskey={base64.b64encode(ACCESS_KEY).decode()}"
        )
    },
    room_id=None,
    build_late=_build_late,
)
