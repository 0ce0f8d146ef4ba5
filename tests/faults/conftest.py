"""Mocks with a fault around them, asked without a socket and with valid credentials."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import pytest
from starlette.types import ASGIApp, Message

from roomproof.auth.scheme import Scheme
from roomproof.contract.model import Contract
from roomproof.mocks import Fault
from roomproof.providers import find_contract, find_faults, find_mock
from roomproof.targets.credentials import scheme_from

Json = Any
QUERY = "api-version=2025-03-13"


@dataclass
class Response:
    """A response: its status, its headers in lower case, the JSON value or the bytes in its body."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Json:
        return json.loads(self.body)


@dataclass
class Asked:
    """An application that is asked for one room, or for all, with the credentials of its mock."""

    app: ASGIApp
    collection: str
    room_id: str
    scheme: Scheme | None
    media_types: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, method: str, body: Json = None, **other: Any) -> Response:
        """Send a request about the room, or `to` another one, "" for all of them; `raw` is a body as it
        stands.
        """
        to = other.get("to", self.room_id)
        path = f"{self.collection}/{to}" if to else self.collection
        raw = other.get("raw", b"" if body is None else json.dumps(body).encode())
        media_type = other.get("media_type", self.media_types.get(method, "application/json"))
        query = other.get("query", QUERY)
        url = f"http://127.0.0.1:1{path}" + (f"?{query}" if query else "")
        proof = self.scheme.headers(method, url, raw) if self.scheme else ()
        headers = {
            "host": "127.0.0.1:1",
            "content-type": media_type,
            **{name.lower(): value for name, value in proof},
        }
        headers |= other.get("headers", {})
        return self.send(
            method, path, query, {name: value for name, value in headers.items() if value is not None}, raw
        )

    def send(self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes) -> Response:
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }
        answered: list[Message] = []

        async def give() -> Message:
            return {"type": "http.request", "body": body}

        async def take(message: Message) -> None:
            answered.append(message)

        async def exchange() -> None:
            await self.app(scope, give, take)

        asyncio.run(exchange())
        start, *parts = answered
        told = {name.decode().lower(): value.decode() for name, value in start["headers"]}
        return Response(start["status"], told, b"".join(part.get("body", b"") for part in parts))

    def room(self, response: Response) -> dict[str, Json]:
        """The room in a response."""
        value = response.json
        return dict(value.get("data", value))


Ask = Callable[[str, str], Asked]


@cache
def contract_of(provider: str) -> Contract:
    return find_contract(provider)[0]


@cache
def faults(provider: str) -> Mapping[str, Fault]:
    return find_faults(provider)


@pytest.fixture
def ask() -> Ask:
    """Return a provider's mock with a fault, asked about the room that is there from the start, or that is
    made first.
    """

    def of(provider: str, fault: str) -> Asked:
        mock, contract = find_mock(provider), contract_of(provider)
        app = mock.build()
        path = next(one.path for one in contract.operations if "{" in one.path).partition("/{")[0]
        scheme = scheme_from(contract.credentials, mock.environment)
        media_types = {one.method: one.body.media_type for one in contract.operations if one.body}
        asked = Asked(app, mock.prefix + path, mock.room_id or "", scheme, media_types)
        if not asked.room_id:
            asked.room_id = asked("POST", {}, to="").json["id"]
        return replace(asked, app=faults(provider)[fault].around(app)) if fault else asked

    return of


@pytest.fixture
def miniature() -> Callable[[ASGIApp], Asked]:
    """Return an application asked about `/rooms` without credentials."""
    return lambda app: Asked(app, "/rooms", "room-0", None)
