"""What a rule sees: the interaction taken apart, and the room as it was before."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum, StrEnum
from typing import Any
from urllib.parse import parse_qsl

import orjson

from roomproof.contract.clause import Clause, Path
from roomproof.contract.model import Contract, Operation
from roomproof.contract.parameters import read_form
from roomproof.contract.read import is_form, is_json
from roomproof.contract.resource import Resource
from roomproof.interaction import (
    LARGEST_BODY,
    Credentials,
    Interaction,
    Request,
    Response,
    header,
    media_type,
)
from roomproof.judge.compiled import CompiledRules
from roomproof.judge.placeholder import is_placeholder
from roomproof.judge.register import rule_of
from roomproof.judge.rooms import Rooms, RoomState
from roomproof.judge.walk import ListWalk

Json = Any
REJECTS_THE_SENDER = (401, 403, 407)
REJECTS_THE_ROOM = (404, 410)


class NoJson(Enum):
    """What stands in place of a body that holds no JSON value."""

    ABSENT = "absent"
    MALFORMED = "malformed"
    DISPUTED = "read by some parsers only"
    UNRECORDED = "not in the recording"
    VAST = f"larger than {LARGEST_BODY} bytes, which is not looked at"


NOT_HERE = (NoJson.UNRECORDED, NoJson.VAST)
"""What stands in place of a body of which nobody says that it is wrong: it was not looked at."""


class RejectionReason(StrEnum):
    """Why a request has to be rejected, in the words of the contract's `x-when`."""

    UNAUTHENTICATED = "unauthenticated"
    UNKNOWN_ROOM = "unknown-room"
    INVALID = "invalid"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class RequestPlace:
    """A place in a request: `body` and the way to a value in it, or `header`, `query`, `path` and a name."""

    part: str
    name: str = ""
    way: Path = ()

    def __str__(self) -> str:
        """The place in words, in a body as a JSON Pointer (RFC 6901): `body /size`, `header Content-Type`."""
        pointer = "".join(f"/{step.replace('~', '~0').replace('/', '~1')}" for step in self.way)
        return " ".join(filter(None, (self.part, self.name, pointer)))


@dataclass(frozen=True)
class Violation:
    """A reason to reject a request: the clause it breaks, the value, whether to accept it is harmless
    leniency, or perhaps no fault.

    `where` is the place of the value that is the reason, and `sent` that value; None where no single one is.
    """

    clause: Clause
    rejection: RejectionReason
    what: str
    lenient: bool = False
    doubtful: bool = False
    where: RequestPlace | None = None
    sent: Json = None

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields whose values are the reason, none where the whole body is."""
        return rule_of(self.clause).fields(self.clause)


@dataclass(frozen=True)
class Question:
    """Why nobody can say whether a request has to be accepted; `fields` are those whose values raise it,
    empty where none do.
    """

    why: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Classification:
    """A request held against the contract.

    `sent` are the fields of the body; `violations` what must get it rejected; `unsettled` why nobody can say
    whether it must be accepted; `doubtful` fields whose echo need not be exact. Of one that must be accepted,
    `fragile` are the clauses of values that only a standard or a sample allows, `edges` those whose limit it
    sits on, by field, and `inside` those without such a limit; of others all are empty. `scrubbed` are fields
    of the body whose values a recorder has made unreadable, and `open_if_rejected` is why nobody can say
    whether the request had to be accepted, which is of no interest where it was.
    """

    body: Json
    sent: Mapping[str, Json]
    violations: tuple[Violation, ...]
    unsettled: tuple[Question, ...]
    fragile: tuple[Clause, ...]
    edges: Mapping[str, tuple[Clause, ...]]
    inside: tuple[Clause, ...]
    doubtful: frozenset[str]
    scrubbed: frozenset[str] = frozenset()
    open_if_rejected: tuple[Question, ...] = ()

    @property
    def must_be_accepted(self) -> bool:
        """Whether the documents leave the provider no reason to reject it."""
        return not self.violations and not self.unsettled

    @property
    def told(self) -> str:
        """What the request holds, in few words: what is wrong with it, else the fields of its body."""
        return ", ".join(item.what for item in self.violations) or ", ".join(self.sent) or "an empty body"

    def rejected(self, *questions: Question) -> Classification:
        """Return it is once the request was rejected, which may have had some further reasons."""
        asked = (*self.open_if_rejected, *questions)
        if not asked:
            return self
        return replace(
            self, unsettled=(*self.unsettled, *asked), open_if_rejected=(), fragile=(), edges={}, inside=()
        )

    def other_reason(self, violation: Violation) -> str:
        """Return what else than a violation, and another field, may get the request rejected; empty where
        nothing may.
        """
        path = violation.clause.path
        for other in self.violations:
            if other.clause.path != path:
                return other.what
        own = set(violation.fields)
        others = (
            item for item in self.unsettled if not own.issuperset(item.fields) or (own and not item.fields)
        )
        return next((item.why for item in others), "")


@dataclass(frozen=True)
class ParsedResponse:
    """A response taken apart: its JSON value and the room in it.

    `scrubbed` are the fields that are left out of the room, since a recorder has made their values
    unreadable.
    """

    response: Response
    body: Json
    room: Mapping[str, Json] | None
    scrubbed: frozenset[str] = frozenset()

    @property
    def accepted(self) -> bool:
        """Whether the request was accepted (2xx)."""
        return 200 <= self.response.status < 300

    @property
    def rejected(self) -> bool:
        """Whether the request was rejected (4xx)."""
        return 400 <= self.response.status < 500


@dataclass(frozen=True)
class JudgedInteraction:
    """One interaction of one operation, with the state of its room before it; the rules read it and change
    nothing.

    `around` is the room in which that stands which the path names, None where it stands in none. `walk` is
    the page that a response of a list shows, with the pages before it. `asked` is the operation of the
    request where it is another one: a read, a list or a create shows what `operation` has done.
    """

    contract: Contract
    compiled: CompiledRules
    operation: Operation
    interaction: Interaction
    request: Classification
    response: ParsedResponse
    parameters: Mapping[str, str]
    rooms: Rooms
    state: RoomState | None
    asked: Operation | None = None
    around: RoomState | None = None
    walk: ListWalk | None = None

    @property
    def resource(self) -> Resource:
        """The resource that the operation is about; of none, the one that the contract is about."""
        return self.operation.resource or self.contract.room

    @property
    def room_id(self) -> str | None:
        """The room id in the path, None where the operation makes a room."""
        return self.parameters.get(self.resource.parameter)

    @property
    def inside(self) -> str:
        """The ids of those in which a list's entries stand, with a slash after each; empty where in none."""
        if self.resource == self.contract.room:
            return ""
        own = self.resource.parameter
        return "".join(f"{value}/" for name, value in self.parameters.items() if name != own)

    @property
    def is_list_of_others(self) -> bool:
        """Whether a list shows what stands in a room, and not what the operation is about."""
        return self.asked is not None and self.asked.resource != self.operation.resource

    @property
    def by_stranger(self) -> bool:
        """Whether the request proves no right to ask: it says nothing of what is there."""
        return any(item.rejection is RejectionReason.UNAUTHENTICATED for item in self.request.violations)

    @property
    def is_second_hand(self) -> bool:
        """Whether somebody else recorded the interaction."""
        return is_second_hand(self.interaction.request)

    def is_unread(self, value: Json) -> bool:
        """Whether the recorder has put something else in the place of a value."""
        return self.is_second_hand and isinstance(value, str) and is_placeholder(value)

    @property
    def sent_is_known(self) -> bool:
        """Whether it is known which fields were sent: a recorder may have left a body out, or made it
        unreadable.
        """
        return not (self.is_second_hand and isinstance(self.request.body, NoJson))

    @property
    def is_rejected(self) -> bool:
        """Whether the request was rejected for what it holds, as far as is known.

        A second-hand recording tells neither who asked nor, of a room never seen before, or not for long,
        whether it is there.
        """
        status = self.response.response.status
        unseen = self.room_id is not None and (self.state is None or self.state.uncertain)
        is_open = status in REJECTS_THE_SENDER or (status in REJECTS_THE_ROOM and unseen)
        return self.response.rejected and not (self.is_second_hand and is_open)


def is_second_hand(request: Request) -> bool:
    """Whether somebody else recorded a request: what is not in it may have been left out, what is in it made
    unreadable.
    """
    return request.credentials is Credentials.UNKNOWN


def request_json(request: Request) -> Json:
    """Return the JSON value of a request's body, or why there is none."""
    body = NoJson.VAST if request.body and len(request.body) > LARGEST_BODY else read_json(request.body)
    left_out = is_second_hand(request) and (body is NoJson.ABSENT or _is_blank(request.body, body))
    return NoJson.UNRECORDED if left_out else body


def sent_body(operation: Operation, request: Request) -> Json:
    """Return the value of a request's body, a form's fields as an object of them, or why there is none."""
    body, wanted = request.body, operation.media_type
    if body is None or wanted is None or is_json(wanted):
        return request_json(request)
    is_sent_so = media_type(request.headers) == wanted
    # A form without a field is empty, and a form all the same.
    if is_form(wanted) and (body or is_sent_so):
        if len(body) > LARGEST_BODY:
            return NoJson.VAST
        return read_form(operation.schema, _fields(body)) if is_sent_so else NoJson.MALFORMED
    return body.decode("utf-8", "replace") if body else request_json(request)


def _fields(form: bytes) -> list[tuple[str, str]]:
    return parse_qsl(form.decode("utf-8", "replace"), keep_blank_values=True)


def response_json(request: Request, response: Response) -> Json:
    """Return the JSON value of a response's body, or why there is none; recorders that leave bodies out keep
    their length.
    """
    body = NoJson.VAST if response.is_too_large else read_response(response.body)
    is_absent = body is NoJson.ABSENT and header(response.headers, "content-length") != "0"
    left_out = is_second_hand(request) and (is_absent or _is_blank(response.body, body))
    return NoJson.UNRECORDED if left_out else body


def _is_blank(text: bytes | None, body: Json) -> bool:
    """Whether a recorder put a placeholder in the place of a whole body, or where it makes one that is no
    JSON any more.
    """
    if isinstance(body, str):
        return is_placeholder(body)
    return body is NoJson.MALFORMED and is_placeholder((text or b"").decode("utf-8", "replace"))


BYTE_ORDER_MARK = b"\xef\xbb\xbf"
DEEPEST = 100
"""Values nested more deeply are not looked at: to compare them would take more stack than there is."""
MOST_VALUES = 300_000
"""Bodies of more values are not looked at (RFC 8259, 9): a value takes up to fifty times the memory of its
text.
"""


def read_response(body: bytes) -> Json:
    """Return the JSON value of a response's body, or why there is none; a byte order mark in front is ignored
    (RFC 8259, 8.1).
    """
    return read_json(body.removeprefix(BYTE_ORDER_MARK))


def read_json(body: bytes | None) -> Json:
    """Return the JSON value of a body, or why there is none (RFC 8259: UTF-8, no NaN, one value)."""
    if not body:
        return NoJson.ABSENT
    if len(body) > MOST_VALUES and sum(map(body.count, (b",", b"[", b"{"))) > MOST_VALUES:
        return NoJson.DISPUTED
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        return NoJson.DISPUTED if _is_disputed(body) else NoJson.MALFORMED
    may_be_deep = len(body) > DEEPEST and body.count(b"[") + body.count(b"{") > DEEPEST
    return NoJson.DISPUTED if may_be_deep and _is_deep(value, DEEPEST) else value


def _is_deep(value: Json, levels: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_is_deep(item, levels - 1) for item in inner)


class _RepeatedName(Exception):  # noqa: N818 - no error: it ends the search
    """An object has a name twice."""


def repeated_name(body: bytes, value: Json) -> str:
    """Return a name that an object in a JSON text has twice (RFC 8259, 4), an empty text if there is none.

    The text is one that `read_json` reads as that value, so it is neither deep nor vast. What the value is
    written as has each name once, and most servers write it so.
    """
    if orjson.dumps(value) == body:
        return ""
    try:
        json.loads(body, object_pairs_hook=_reject_repeated)
    except _RepeatedName as found:
        return str(found)
    return ""


def _reject_repeated(pairs: list[tuple[str, Json]]) -> None:
    met: set[str] = set()
    for name, _ in pairs:
        if name in met:
            raise _RepeatedName(name)
        met.add(name)


def _is_disputed(body: bytes) -> bool:
    """Whether the grammar allows a text that parsers may reject (RFC 8259): byte mark (8.1), lone surrogates
    (8.2), depth, digits (9).
    """
    try:
        json.loads(body.decode("utf-8-sig"), parse_constant=_reject, parse_int=str, parse_float=str)
    except RecursionError:
        return True
    except ValueError:
        return False
    return True


def _reject(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")
