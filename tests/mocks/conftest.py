"""Mocks on real sockets: one server thread for each provider, a new application for each test."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json as json_module
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from email.utils import formatdate
from urllib.parse import urlsplit

import pytest
import urllib3
import uvicorn
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send

from roomproof.mocks import Mock

NO_BODY = object()


@dataclass
class Stage:
    """An ASGI application that plays whichever mock the current test has put on it."""

    app: Starlette
    origin: str

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


@contextmanager
def running(app: Starlette) -> Iterator[Stage]:
    # With the protocol left to its default, asyncio leaves Nagle's algorithm on: 40 ms for each response.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        stage = Stage(app, f"http://127.0.0.1:{listener.getsockname()[1]}")
        server = uvicorn.Server(uvicorn.Config(stage, lifespan="off", log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield stage
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="session")
def stages() -> Iterator[Callable[[Mock], Stage]]:
    with ExitStack() as stack:
        known: dict[str, Stage] = {}

        def stage(mock: Mock) -> Stage:
            if mock.provider not in known:
                known[mock.provider] = stack.enter_context(running(mock.build()))
            return known[mock.provider]

        yield stage


@pytest.fixture
def serve(stages: Callable[[Mock], Stage]) -> Callable[[Mock], str]:
    """Serve a mock in its first state and return its origin."""

    def serve(mock: Mock) -> str:
        stage = stages(mock)
        stage.app = mock.build()
        return stage.origin

    return serve


@pytest.fixture(scope="session")
def pool() -> urllib3.PoolManager:
    return urllib3.PoolManager(retries=False)


@pytest.fixture
def connect(
    serve: Callable[[Mock], str], pool: urllib3.PoolManager
) -> Callable[[Mock], Callable[..., urllib3.BaseHTTPResponse]]:
    """Serve a mock and return a function that sends it requests with credentials.

    `json` is sent as such, `body` as it is; a header whose value is None is left out. `signed_at` is the time
    of a signature, now if it is None.
    """

    def connect(mock: Mock) -> Callable[..., urllib3.BaseHTTPResponse]:
        base = serve(mock) + mock.prefix

        def send(
            method: str,
            path: str,
            json: object = NO_BODY,
            *,
            body: bytes = b"",
            headers: Mapping[str, str | None] | None = None,
            signed_at: float | None = None,
        ) -> urllib3.BaseHTTPResponse:
            sent = body if json is NO_BODY else json_module.dumps(json).encode()
            fields: dict[str, str | None] = {"Content-Type": "application/json"}
            fields |= {**credentials(mock, method, base + path, sent, signed_at), **(headers or {})}
            kept = {name: value for name, value in fields.items() if value is not None}
            return pool.request(method, base + path, body=sent, headers=kept)

        return send

    return connect


def credentials(
    mock: Mock, method: str, url: str, body: bytes, signed_at: float | None
) -> dict[str, str | None]:
    """The headers with which a client of this provider proves who it is, from the provider's environment."""
    values = tuple(mock.environment.values())
    if mock.provider == "azure":
        return signature(values[0].partition("accesskey=")[2], method, url, body, signed_at)
    if mock.provider == "telnyx":
        return {"Authorization": f"Bearer {values[0]}"}
    return {"Authorization": "Basic " + base64.b64encode(f"{values[0]}:{values[1]}".encode()).decode()}


def signature(key: str, method: str, url: str, body: bytes, signed_at: float | None) -> dict[str, str | None]:
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    date = formatdate(signed_at, usegmt=True)
    content_hash = base64.b64encode(hashlib.sha256(body).digest()).decode()
    text = f"{method}\n{target}\n{date};{parts.netloc};{content_hash}"
    signed = base64.b64encode(hmac.digest(base64.b64decode(key), text.encode(), "sha256")).decode()
    return {
        "x-ms-date": date,
        "x-ms-content-sha256": content_hash,
        "Authorization": f"HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={signed}",
    }
