"""What a fault sees: a call on its way to the mock, the mock's reply on its way out, and the application
around both.

A fault is a `Wrap`: it takes the handler that the mock is, and returns one that does something wrong. It has
a memory of its own for as long as an application lives.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, quote, unquote_plus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from roomproof.contract.model import Operation, path_pattern
from roomproof.contract.parameters import read_form, write_form
from roomproof.contract.read import is_form
from roomproof.contract.resource import Effect, Listing
from roomproof_faults.border.interface import Interface

Json = Any
Headers = tuple[tuple[bytes, bytes], ...]
On = frozenset[str] | None
"""The operations that a fault is in, by their ids; None for whatever writes a room, documented or not."""

INVALID = 0.5
"""A value that no field of any body may have."""
_ON_ROOMS = frozenset(Effect) - {Effect.ACTION}


@dataclass(frozen=True)
class FaultyRequest:
    """A request. `scope` is the one of ASGI that it came with, without method, path and headers that were
    changed since.
    """

    api: Interface
    scope: Scope
    method: str
    path: str
    headers: Headers
    body: bytes

    @cached_property
    def _found(self) -> tuple[Operation, Mapping[str, str]] | None:
        return self.api.contract.match(self.method, self.path)

    @property
    def operation(self) -> str:
        """The operation's id, or an empty text for a call that the contract does not have."""
        return self._found[0].id if self._found else ""

    @property
    def effect(self) -> Effect | None:
        """What it does to rooms; None for what is about something else, or only about a part of one."""
        operation = self._found[0] if self._found else None
        about_rooms = operation is not None and operation.resource is self.api.contract.room
        return operation.effect if operation and about_rooms and operation.effect in _ON_ROOMS else None

    @property
    def listing(self) -> Listing | None:
        """How the list of rooms that it asks for shows them; None where it asks for none."""
        return self._found[0].listing if self._found and self.effect is Effect.LIST else None

    @property
    def room_id(self) -> str:
        """The room that it is about, or an empty text."""
        named = self._found[1] if self._found and self.effect else {}
        return named.get(self.api.contract.room.parameter, "")

    @property
    def writes(self) -> bool:
        """Whether it makes or changes a room."""
        return self.effect is Effect.CREATE or self.updates

    @property
    def updates(self) -> bool:
        """Whether it changes a room that is there."""
        return self.effect is not None and self.effect.changes

    def within(self, on: On) -> bool:
        """Whether it is one of these operations."""
        return self.writes if on is None else self.operation in on

    @cached_property
    def document(self) -> Json:
        """The JSON value in the body, or the fields of a form; None if there is neither."""
        if self._is_form:
            schema = self._found[0].schema if self._found else {}
            return read_form(schema, parse_qsl(self.body.decode("latin-1"), keep_blank_values=True))
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    @property
    def _is_form(self) -> bool:
        return is_form(self.header("content-type"))

    @property
    def sent(self) -> dict[str, Json]:
        """The fields of the body, none if it is no JSON object."""
        return self.document if isinstance(self.document, dict) else {}

    def header(self, name: str) -> str:
        """A header's value, or an empty text."""
        return next((value.decode("latin-1") for key, value in self.headers if key == name.encode()), "")

    def with_header(self, name: str, value: str) -> FaultyRequest:
        """The same call with one header set anew; an empty value takes it away."""
        kept = tuple(pair for pair in self.headers if pair[0] != name.encode())
        return replace(self, headers=(*kept, (name.encode(), value.encode("latin-1"))) if value else kept)

    def with_body(self, body: bytes) -> FaultyRequest:
        """The same call with another body; where the signature covers it and was right, it is right again."""
        return self.resealed(replace(self, body=body).with_header("content-length", str(len(body))))

    def with_sent(self, document: Json) -> FaultyRequest:
        """The same call with another JSON value in its body, or with other fields of a form."""
        if self._is_form and isinstance(document, dict):
            return self.with_body(write_form(document))
        return self.with_body(json.dumps(document).encode())

    def reading(self) -> FaultyRequest:
        """The call that reads the room which this one names."""
        return self.resealed(replace(self, method="GET", body=b"").with_header("content-length", ""))

    def query(self, name: str) -> str:
        """The value of a query parameter, or an empty text."""
        return unquote_plus(dict(self._query).get(name, ""))

    def without_query(self, name: str) -> FaultyRequest:
        """The same call without a query parameter."""
        kept = [f"{quote(key)}={value}" for key, value in self._query if key != name]
        return self if len(kept) == len(self._query) else self.with_query("&".join(kept))

    @property
    def _query(self) -> list[tuple[str, str]]:
        pairs = [pair.partition("=") for pair in self.scope["query_string"].decode("latin-1").split("&")]
        return [(unquote_plus(key), value) for key, _, value in pairs if key]

    def with_query(self, query: str) -> FaultyRequest:
        """The same call with another query."""
        return self.resealed(replace(self, scope={**self.scope, "query_string": query.encode("latin-1")}))

    def to_room(self, room_id: str) -> FaultyRequest:
        """The same call to another room."""
        if self._found is None or not self.room_id:
            return self
        pattern, names = path_pattern(self._found[0].path)
        found = pattern.search(self.path)
        begin, end = found.span(names.index(self.api.contract.room.parameter) + 1) if found else (0, 0)
        return self.resealed(replace(self, path=self.path[:begin] + room_id + self.path[end:]))

    def signed(self) -> FaultyRequest:
        """The same call with valid credentials."""
        return self.api.identity.sign(self)

    def resealed(self, changed: FaultyRequest) -> FaultyRequest:
        """The changed call with valid credentials, if those of this one cover what was changed."""
        return changed.signed() if self.api.identity.is_signed(self) else changed

    def as_scope(self) -> Scope:
        """The call as ASGI carries it."""
        here = {"method": self.method, "path": self.path, "headers": list(self.headers)}
        raw = {} if self.path == self.scope["path"] else {"raw_path": self.path.encode()}
        return {**self.scope, **here, **raw}


@dataclass(frozen=True)
class FaultyResponse:
    """A response; `api` tells where in it the room stands."""

    api: Interface
    status: int
    headers: Headers
    body: bytes

    @property
    def ok(self) -> bool:
        """Whether the request was accepted."""
        return 200 <= self.status < 300

    @cached_property
    def document(self) -> Json:
        """The JSON value in the body, or None if there is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    @property
    def room(self) -> dict[str, Json]:
        """The room that the response shows, an empty object if it shows none or several."""
        room = self.api.contract.room.representation(self.document) if self.ok else None
        return dict(room) if room is not None and self.api.id in room else {}

    def with_document(self, document: Json) -> FaultyResponse:
        """The same response with another JSON value in its body."""
        return replace(self, body=json.dumps(document, ensure_ascii=False).encode("utf-8", "surrogatepass"))

    def with_room(self, room: Json) -> FaultyResponse:
        """The same response with another room in it."""
        return self.with_document(put(self.document, self.api.contract.room.at, room))

    def with_header(self, name: str, value: str) -> FaultyResponse:
        """The same response with one header set anew; an empty value takes it away."""
        kept = tuple(pair for pair in self.headers if pair[0].lower() != name.encode())
        return replace(self, headers=(*kept, (name.encode(), value.encode())) if value else kept)


def put(document: Json, at: tuple[str, ...], value: Json) -> Json:
    """Return a document with another value at a way that it has."""
    return {**document, at[0]: put(document[at[0]], at[1:], value)} if at else value


Handle = Callable[[FaultyRequest], Awaitable[FaultyResponse]]
Wrap = Callable[[Handle], Handle]
When = Callable[[FaultyRequest, FaultyResponse], bool]


@dataclass(frozen=True)
class FaultyMock:
    """A mock with a wrap around it, as an ASGI application."""

    app: ASGIApp
    api: Interface
    wrap: Wrap
    handle: Handle = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "handle", self.wrap(self._pass_on))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = b""
        while (message := await receive())["type"] == "http.request":
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        call = FaultyRequest(self.api, scope, scope["method"], scope["path"], tuple(scope["headers"]), body)
        reply = await self.handle(call)
        length = str(len(reply.body)) if call.method != "HEAD" and reply.status != 204 else ""
        headers = list((reply.with_header("content-length", length) if length else reply).headers)
        await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        await send({"type": "http.response.body", "body": reply.body})

    async def _pass_on(self, call: FaultyRequest) -> FaultyResponse:
        """Let the mock itself response."""
        answered: list[Message] = []

        async def give() -> Message:
            return {"type": "http.request", "body": call.body, "more_body": False}

        async def take(message: Message) -> None:
            answered.append(message)

        await self.app(call.as_scope(), give, take)
        start, *parts = answered
        body = b"".join(part.get("body", b"") for part in parts)
        return FaultyResponse(self.api, start["status"], tuple(start["headers"]), body)
