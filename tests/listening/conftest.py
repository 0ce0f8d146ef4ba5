"""A provider on loopback that accepts more participants than it may, with detours on the way to it, and
clients of every kind.
"""

from __future__ import annotations

import asyncio
import gzip
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import httpx
import pytest
import requests
import urllib3
import uvicorn
from starlette.responses import RedirectResponse, Response
from starlette.types import Message, Receive, Scope, Send

from roomproof.providers import find_fault, find_mock
from roomproof.targets.serve import LOOPBACK, listen

TELNYX = find_mock("telnyx")
ROOM = f"/rooms/{TELNYX.room_id}"
HEADERS = {
    "Authorization": f"Bearer {TELNYX.environment['TELNYX_API_KEY']}",
    "Content-Type": "application/json",
}
GOOD = b'{"max_participants": 7}'


class Provider:
    """Telnyx's mock with the fault `max-64`.

    Below /moved it is somewhere else, below /busy each request has to be repeated, below /coded responses are
    compressed.
    """

    def __init__(self) -> None:
        self.requests = self.busy = 0
        self._app: Any = None
        self.begin()

    def begin(self) -> None:
        """Be in the first state again."""
        self._app = find_fault("telnyx", "max-64").around(TELNYX.build())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.requests += 1
        way, _, path = scope["path"].lstrip("/").partition("/")
        self.busy += way == "busy"
        if way == "moved":
            await RedirectResponse(f"/{path}", 307)(scope, receive, send)
        elif way == "busy" and self.busy % 2:
            await Response(status_code=503, headers={"Retry-After": "0"})(scope, receive, send)
        elif way in ("busy", "coded"):
            await self._app(
                {**scope, "path": f"/{path}"}, receive, compressed(send) if way == "coded" else send
            )
        else:
            await self._app(scope, receive, send)


def compressed(send: Send) -> Send:
    """Compress a response whose body comes in one piece."""
    started: list[Message] = []

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            started.append(message)
            return
        body = gzip.compress(message["body"])
        headers = [(name, value) for name, value in started[0]["headers"] if name != b"content-length"]
        coded = [*headers, (b"content-encoding", b"gzip"), (b"content-length", str(len(body)).encode())]
        await send({**started[0], "headers": coded})
        await send({**message, "body": body})

    return sending


@dataclass(frozen=True)
class Place:
    """Where the provider listens, and the headers that it wants."""

    origin: str
    provider: Provider
    headers: dict[str, str]

    def url(self, path: str = ROOM, way: str = "") -> str:
        """The URL of a path of the provider, perhaps by a detour."""
        return f"{self.origin}{way}{TELNYX.prefix}{path}"


@pytest.fixture(scope="session")
def served() -> Iterator[Place]:
    """Serve the provider."""
    provider = Provider()
    listening = listen(LOOPBACK, 0)
    server = uvicorn.Server(
        uvicorn.Config(provider, log_level="critical", access_log=False, lifespan="off", ws="none")
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    while not server.started:
        time.sleep(0.005)
    yield Place(f"http://{LOOPBACK}:{listening.getsockname()[1]}", provider, HEADERS)
    server.should_exit = True
    thread.join(timeout=10)


@pytest.fixture
def place(served: Place) -> Place:
    """The provider as nobody has used it before."""
    served.provider.begin()
    return served


class Use(Protocol):
    """A client of one kind, and how it sends an update."""

    client: Any

    def patch(self, url: str, body: bytes = GOOD) -> Any:
        """Send it, follow redirects, and return the response, read."""
        ...

    def stream(self, url: str) -> bytes:
        """Send one, and return what is left in the stream of the response."""
        ...


class Httpx:
    def __init__(self) -> None:
        self.client = httpx.Client(headers=HEADERS, follow_redirects=True)

    def patch(self, url: str, body: bytes = GOOD) -> Any:
        return self.client.patch(url, content=body)

    def stream(self, url: str) -> bytes:
        with self.client.stream("PATCH", url, content=GOOD) as response:
            return b"".join(response.iter_bytes())


class AsyncHttpx:
    def __init__(self) -> None:
        self.client = httpx.AsyncClient(
            headers=HEADERS, follow_redirects=True, limits=httpx.Limits(max_keepalive_connections=0)
        )

    def patch(self, url: str, body: bytes = GOOD) -> Any:
        return asyncio.run(self.client.patch(url, content=body))

    def stream(self, url: str) -> bytes:
        async def streaming() -> bytes:
            async with self.client.stream("PATCH", url, content=GOOD) as response:
                return b"".join([piece async for piece in response.aiter_bytes()])

        return asyncio.run(streaming())


class Requests:
    def __init__(self) -> None:
        self.client = requests.Session()
        self.client.headers.update(HEADERS)

    def patch(self, url: str, body: bytes = GOOD) -> Any:
        return self.client.patch(url, data=body)

    def stream(self, url: str) -> bytes:
        with self.client.patch(url, data=GOOD, stream=True) as response:
            return b"".join(response.iter_content(None))


class Urllib3:
    def __init__(self) -> None:
        self.client = urllib3.PoolManager(headers=HEADERS)

    def patch(self, url: str, body: bytes = GOOD) -> Any:
        return self.client.request("PATCH", url, body=body)

    def stream(self, url: str) -> bytes:
        response = self.client.request("PATCH", url, body=GOOD, preload_content=False)
        return b"".join(response.stream())


KINDS: dict[str, Callable[[], Use]] = {
    "httpx": Httpx,
    "httpx-async": AsyncHttpx,
    "requests": Requests,
    "urllib3": Urllib3,
}


@pytest.fixture(params=KINDS)
def use(request: pytest.FixtureRequest) -> Use:
    """A client of each kind."""
    return KINDS[request.param]()
