"""What a fault sees: a call on its way to the mock, the mock's reply on its way out, and the application around both.

A fault is a `Wrap`: it takes the handler that the mock is, and returns one that does something wrong. It has a memory of its own
for as long as an application lives.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Json = Any
Headers = tuple[tuple[bytes, bytes], ...]

INVALID = 0.5
"""A value that no member of any body may have."""


@dataclass(frozen=True)
class Api:
    """What a fault must know of a provider's interface to find its way in it.

    `collection` is the path of all rooms, prefix included; `operations` names an operation by its method and whether its path
    names a room; `envelope` is the member of an answer that holds the room, none for the answer itself; `id` the room's id in it.
    `sign` gives a call valid credentials. `is_signed` says whether it has them, where they cover more than themselves: such a call
    is signed anew after a change. `media_types` holds those of bodies, by method, that are not application/json.
    """

    collection: str
    operations: Mapping[tuple[str, bool], str]
    envelope: str
    id: str
    sign: Callable[[Call], Call]
    is_signed: Callable[[Call], bool] = lambda _: False
    media_types: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Call:
    """A request. `scope` is the one of ASGI that it came with, without method, path and headers that were changed since."""

    api: Api
    scope: Scope
    method: str
    path: str
    headers: Headers
    body: bytes

    @property
    def room_id(self) -> str:
        """The room that the path names, or an empty text."""
        rest = self.path.removeprefix(self.api.collection)
        return rest[1:] if rest != self.path and rest[:1] == "/" and "/" not in rest[1:] else ""

    @property
    def operation(self) -> str:
        """The operation's name, or an empty text for a call that no document has."""
        known = bool(self.room_id) or self.path == self.api.collection
        return self.api.operations.get((self.method, bool(self.room_id)), "") if known else ""

    @property
    def writes(self) -> bool:
        """Whether it makes or changes a room."""
        return self.method in ("POST", "PUT", "PATCH") and (bool(self.room_id) or self.path == self.api.collection)

    @property
    def updates(self) -> bool:
        """Whether it changes a room that is there."""
        return self.writes and bool(self.room_id)

    @property
    def document(self) -> Json:
        """The JSON value in the body, or None if there is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    @property
    def sent(self) -> dict[str, Json]:
        """The members of the body, none if it is no JSON object."""
        document = self.document
        return document if isinstance(document, dict) else {}

    @property
    def media_type(self) -> str:
        """The documented media type of its body."""
        return self.api.media_types.get(self.method, "application/json")

    def header(self, name: str) -> str:
        """A header's value, or an empty text."""
        return next((value.decode("latin-1") for key, value in self.headers if key == name.encode()), "")

    def with_header(self, name: str, value: str) -> Call:
        """The same call with one header set anew; an empty value takes it away."""
        kept = tuple(pair for pair in self.headers if pair[0] != name.encode())
        return replace(self, headers=(*kept, (name.encode(), value.encode("latin-1"))) if value else kept)

    def with_body(self, body: bytes) -> Call:
        """The same call with another body; where the signature covers it and was right, it is right again."""
        return self.resealed(replace(self, body=body).with_header("content-length", str(len(body))))

    def with_sent(self, document: Json) -> Call:
        """The same call with another JSON value in its body."""
        return self.with_body(json.dumps(document).encode())

    def reading(self) -> Call:
        """The call that reads the room which this one names."""
        return self.resealed(replace(self, method="GET", body=b"").with_header("content-length", ""))

    def with_query(self, query: str) -> Call:
        """The same call with another query."""
        return replace(self, scope={**self.scope, "query_string": query.encode("latin-1")})

    def to_room(self, room_id: str) -> Call:
        """The same call to another room."""
        return self.resealed(replace(self, path=f"{self.api.collection}/{room_id}"))

    def resealed(self, changed: Call) -> Call:
        """The changed call with valid credentials, if this one has them."""
        return self.api.sign(changed) if self.api.is_signed(self) else changed

    def as_scope(self) -> Scope:
        """The call as ASGI carries it."""
        here = {"method": self.method, "path": self.path, "headers": list(self.headers)}
        raw = {} if self.path == self.scope["path"] else {"raw_path": self.path.encode()}
        return {**self.scope, **here, **raw}


@dataclass(frozen=True)
class Reply:
    """An answer; `api` tells where in it the room stands."""

    api: Api
    status: int
    headers: Headers
    body: bytes

    @property
    def ok(self) -> bool:
        """Whether the request was carried out."""
        return 200 <= self.status < 300

    @property
    def document(self) -> Json:
        """The JSON value in the body, or None if there is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    @property
    def room(self) -> dict[str, Json]:
        """The room that the answer shows, an empty object if it shows none or several."""
        document = self.document if self.ok else None
        room = document.get(self.api.envelope) if self.api.envelope and isinstance(document, dict) else document
        return room if isinstance(room, dict) and self.api.id in room else {}

    def with_document(self, document: Json) -> Reply:
        """The same answer with another JSON value in its body."""
        return replace(self, body=json.dumps(document, ensure_ascii=False).encode("utf-8", "surrogatepass"))

    def with_room(self, room: Json) -> Reply:
        """The same answer with another room in it."""
        return self.with_document({**self.document, self.api.envelope: room} if self.api.envelope else room)

    def with_header(self, name: str, value: str) -> Reply:
        """The same answer with one header set anew; an empty value takes it away."""
        kept = tuple(pair for pair in self.headers if pair[0].lower() != name.encode())
        return replace(self, headers=(*kept, (name.encode(), value.encode())) if value else kept)


Handle = Callable[[Call], Awaitable[Reply]]
Wrap = Callable[[Handle], Handle]


@dataclass(frozen=True)
class Wrapped:
    """A mock with a wrap around it, as an ASGI application."""

    app: ASGIApp
    api: Api
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
        call = Call(self.api, scope, scope["method"], scope["path"], tuple(scope["headers"]), body)
        reply = await self.handle(call)
        length = str(len(reply.body)) if call.method != "HEAD" and reply.status != 204 else ""
        headers = list((reply.with_header("content-length", length) if length else reply).headers)
        await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        await send({"type": "http.response.body", "body": reply.body})

    async def _pass_on(self, call: Call) -> Reply:
        """Let the mock itself answer."""
        answered: list[Message] = []

        async def give() -> Message:
            return {"type": "http.request", "body": call.body, "more_body": False}

        async def take(message: Message) -> None:
            answered.append(message)

        await self.app(call.as_scope(), give, take)
        start, *parts = answered
        body = b"".join(part.get("body", b"") for part in parts)
        return Reply(self.api, start["status"], tuple(start["headers"]), body)
