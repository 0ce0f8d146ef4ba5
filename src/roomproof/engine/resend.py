"""Send recorded requests again: to the rooms of this run, with its credentials, and as if they were written
today.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import unquote
from uuid import UUID, uuid4

from roomproof.auth.scheme import Scheme
from roomproof.cassettes.layout import compact
from roomproof.contract.formats import is_date_time
from roomproof.contract.model import Contract, Operation
from roomproof.contract.resource import Effect
from roomproof.engine.case import Seat
from roomproof.engine.request_line import path_of
from roomproof.engine.session import Session
from roomproof.interaction import Credentials, Interaction, Request, RoomKnowledge
from roomproof.judge.evidence import Evidence
from roomproof.judge.judged_interaction import read_response
from roomproof.judge.rules import window
from roomproof.targets.grammar import is_field, leads_elsewhere, segment, unsendable
from roomproof.targets.target import UnsentRequest

_KEPT = frozenset(
    (
        *(
            "accept-language",
            "content-language",
            "content-type",
            "if-match",
            "if-modified-since",
            "if-none-match",
        ),
        *("if-unmodified-since", "prefer"),
    )
)
"""Headers that belong to what is asked and not to the old connection, credentials or client; a contract may
name further ones.
"""
_CREDENTIALS = ("authorization", "cookie")


def rejection(contract: Contract, request: Request) -> str:
    """Return why a recorded request cannot be sent again, an empty text if it can, or if it is none of the
    contract's operations.
    """
    if not all(is_field(name, value) for name, value in request.headers):
        return "a header holds what no header can (RFC 9110, 5.1 and 5.5)"
    matched = contract.match(request.method, request.path)
    if matched is None:
        return unsendable(request.method, "/", {}, (), None)
    operation, parameters = matched
    query, key = _query(operation, request, contract), contract.credentials.carrier.name
    if other := next((name for name in request.query if name not in (*query, key)), None):
        return f"the contract has no query parameter {other!r}"
    room = unquote(parameters.get(contract.room.parameter, ""))
    path = operation.path.replace("{" + contract.room.parameter + "}", segment(room))
    headers = tuple(pair for pair in request.headers if _is_kept(operation, pair[0], contract))
    return unsendable(operation.method, path, query, headers, request.body)


def _is_kept(operation: Operation, name: str, contract: Contract) -> bool:
    """Whether a header of a recording is sent again: one of _KEPT or the contract's, no credentials."""
    declared = (parameter.name.lower() for parameter in operation.parameters if parameter.place == "header")
    own = {*declared, *(header.lower() for header in operation.repeatability or ())}
    lowered = name.lower()
    credentials = (*_CREDENTIALS, contract.credentials.carrier.name.lower())
    return lowered in _KEPT | own and lowered not in credentials and not leads_elsewhere(lowered)


def _query(operation: Operation, request: Request, contract: Contract) -> dict[str, str]:
    """Return those parameters of a recorded request's query that the contract has, but for its key."""
    known = {parameter.name for parameter in operation.parameters if parameter.place == "query"}
    known.discard(contract.credentials.carrier.name)
    return {name: value for name, value in request.query.items() if name in known}


@dataclass
class Resender:
    """Translates requests of a recording into requests of a session.

    A room that the recording makes is made anew; of the others that of the last request becomes the main
    room.
    """

    session: Session
    recorded: Sequence[Interaction]
    _rooms: dict[str, Seat] = field(default_factory=dict)
    _made: dict[str, str] = field(default_factory=dict)
    _keys: dict[str, str] = field(default_factory=dict)
    _inside: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for interaction in reversed(self.recorded):
            room = self._room_of(interaction.request)
            seats = [seat for seat in (Seat.MAIN, Seat.OTHER) if seat in self.session.seats]
            if interaction.request.room is RoomKnowledge.EXISTS and len(self._rooms) < len(seats):
                self._rooms.setdefault(room, seats[len(self._rooms)])

    def send(self, interaction: Interaction) -> list[Evidence]:
        """Send one of the requests, with wrong credentials once in each way in which they can be wrong;
        return what the responses say.
        """
        return [item for _, evidence in self.sent(interaction) for item in evidence]

    def sent(self, interaction: Interaction) -> list[tuple[Interaction, list[Evidence]]]:
        """Do the same, and return each interaction with what it says."""
        matched = self.session.contract.match(interaction.request.method, interaction.request.path)
        earlier = frozenset(self.session.made)
        sent: list[tuple[Interaction, list[Evidence]]] = []
        if matched is None:
            pass
        elif matched[0] is self.session.contract.deleting and matched[0].is_documented:
            sent = self._deleted(matched[0], interaction)
        elif self._is_housekeeping(matched[0]):
            self._make_or_delete(*matched)
        else:
            schemes = self._schemes(interaction.request.credentials)
            sent = [
                self.session.repeat(self._unsent_request(matched[0], interaction, scheme))
                for scheme in schemes
            ]
        made = [room_id for room_id in self.session.made if room_id not in earlier]
        if made and interaction.response is not None:
            room = self.session.contract.room.representation(read_response(interaction.response.body)) or {}
            self._made[str(room.get(self.session.contract.room.id))] = made[-1]
        if matched is not None and sent:
            self._note_inside(matched[0], interaction, sent[-1][0])
        return sent

    def _deleted(
        self, operation: Operation, interaction: Interaction
    ) -> list[tuple[Interaction, list[Evidence]]]:
        """Delete a room that was made for the recording, and no other one; return what the responses say."""
        if self._room_of(interaction.request) not in self._made:
            return []
        return [
            self.session.repeat(self._unsent_request(operation, interaction, scheme))
            for scheme in self._schemes(interaction.request.credentials)
        ]

    def _note_inside(self, operation: Operation, recorded: Interaction, sent: Interaction) -> None:
        """Take note which id something has now that a recording makes inside a room."""
        resource = operation.resource
        if (
            operation.effect is not Effect.CREATE
            or resource is None
            or resource is self.session.contract.room
        ):
            return
        ids = [
            (resource.representation(read_response(one.response.body)) or {}).get(resource.id)
            for one in (recorded, sent)
            if one.response is not None
        ]
        if len(ids) == 2 and None not in ids:
            self._inside[str(ids[0])] = str(ids[1])

    def _is_housekeeping(self, operation: Operation) -> bool:
        """Whether a run only makes use of an operation: of what no document has, and of deletions, the rest
        is left out.
        """
        contract = self.session.contract
        return operation not in contract.telling and (
            not operation.is_documented or operation is contract.deleting
        )

    def _make_or_delete(self, operation: Operation, parameters: Mapping[str, str]) -> None:
        """Make or delete a room as a recording does."""
        room = self._made.get(unquote(parameters.get(self.session.contract.room.parameter, "")))
        if operation is self.session.contract.creating:
            self.session.call(operation)
        elif operation is self.session.contract.deleting and room is not None:
            self.session.call(operation, room)

    def _schemes(self, credentials: Credentials) -> list[Scheme | None]:
        subject = self.session.subject
        if credentials is Credentials.WRONG:
            return list(subject.scheme.invalid_credentials().values())
        if credentials is Credentials.UNSCOPED:
            return [subject.unscoped] if subject.unscoped else []
        return [None if credentials is Credentials.MISSING else subject.scheme]

    def _unsent_request(
        self, operation: Operation, interaction: Interaction, scheme: Scheme | None
    ) -> UnsentRequest:
        request = interaction.request
        room = self._room_of(request)
        seat = self._rooms.get(room)
        known = self._made.get(room) or (self.session.seats[seat] if seat else None)
        here = known or (self.session.unknown_room_id() if request.room is RoomKnowledge.NONE else room)
        parameters = (self.session.contract.match(request.method, request.path) or (operation, {}))[1]
        named = {name: unquote(value) for name, value in parameters.items()}
        named = {name: self._inside.get(value, value) for name, value in named.items()}
        path = path_of(
            operation, self.session.contract.room, here, {**named, self.session.contract.room.parameter: here}
        )
        knowledge = RoomKnowledge.EXISTS if known else request.room
        headers = tuple(self._headers(operation, request))
        query = _query(operation, request, self.session.contract)
        body = self._body(operation, interaction, room, here)
        credentials = Credentials.VALID if request.credentials is Credentials.UNKNOWN else request.credentials
        return UnsentRequest(operation.method, path, query, headers, body, scheme, credentials, knowledge)

    def _room_of(self, request: Request) -> str:
        matched = self.session.contract.match(request.method, request.path)
        return unquote(matched[1].get(self.session.contract.room.parameter, "")) if matched else ""

    def _headers(self, operation: Operation, request: Request) -> Iterator[tuple[str, str]]:
        key, first_sent = (name.lower() for name in operation.repeatability or ("", ""))
        for name, value in request.headers:
            if not _is_kept(operation, name, self.session.contract):
                continue
            if name.lower() == key:
                yield name, self._new_key(value)
            elif name.lower() == first_sent and value.endswith("GMT"):
                yield name, format_datetime(datetime.now(UTC), usegmt=True)
            else:
                yield name, value

    def _new_key(self, value: str) -> str:
        """Return another id for a well-formed one, always the same: the provider may remember the old one."""
        try:
            UUID(value)
        except ValueError:
            return value
        return self._keys.setdefault(value, str(uuid4()))

    def _body(self, operation: Operation, interaction: Interaction, room: str, here: str) -> bytes | None:
        body = interaction.request.body
        if body is None:
            return None
        try:
            text = compact(body.decode())
        except UnicodeDecodeError:
            return body
        text = text.replace(json.dumps(room), json.dumps(here)) if room else text
        return _moved(text, operation, interaction.at).encode()


def _moved(text: str, operation: Operation, at: datetime | None) -> str:
    """Return a body whose windows lie as far in the future as they did when it was recorded: whole days
    later.
    """
    names = {name for clause in window.RULE.clauses(operation) for name in window.RULE.fields(clause)}
    days = (datetime.now(UTC) - at).days if at else 0
    if not names or days < 1:
        return text
    try:
        body = json.loads(text)
    except ValueError:
        return text
    moved = (
        {name: _later(body[name], days) for name in names if name in body} if isinstance(body, dict) else {}
    )
    for name, (before, after) in moved.items():
        text = text.replace(f'"{name}":{json.dumps(before)}', f'"{name}":{json.dumps(after)}')
    return text


def _later(value: Any, days: int) -> tuple[Any, Any]:
    """Return a value, and the same some days later if it is a date-time."""
    if not isinstance(value, str) or not is_date_time(value):
        return value, value
    try:
        day = datetime.fromisoformat(value[:10]) + timedelta(days=days)
    except (ValueError, OverflowError):
        return value, value
    return value, day.strftime("%Y-%m-%d") + value[10:]
