"""A mock in a process of its own that knows when each request came:
`python -m benchmarks.served PROVIDER FAULT documented|keeping`.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any
from unittest.mock import patch

import urllib3
import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from roomproof.contract.model import Contract
from roomproof.providers import find_contract, find_fault, find_mock
from roomproof.targets.serve import LOOPBACK, listen

_ASK = "/benchmark-times"
_ASK_REQUESTS = "/benchmark-requests"
_OF_A_CONNECTION = (b"host", b"content-length")


@dataclass(frozen=True)
class Sent:
    """A request as it came in: what a loop needs to send the same again."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: str
    """In Latin-1, a letter a byte."""


@dataclass
class Clock:
    """An application that notes the moment of each request to another one, and tells and forgets them when
    asked; the requests, too, where they are kept.
    """

    app: ASGIApp
    keeping: bool = False
    moments: list[float] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        told: list[Any] | None = {_ASK: self.moments, _ASK_REQUESTS: self.requests}.get(scope["path"])
        if told is None:
            self.moments.append(time.time())
            await self.app(scope, self._kept(scope, receive) if self.keeping else receive, send)
            return
        body = json.dumps(told).encode()
        told.clear()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _kept(self, scope: Scope, receive: Receive) -> Receive:
        query = scope["query_string"]
        kept = Sent(
            scope["method"],
            (scope["raw_path"] + (b"?" + query if query else b"")).decode("latin-1"),
            [
                (name.decode("latin-1"), value.decode("latin-1"))
                for name, value in scope["headers"]
                if name not in _OF_A_CONNECTION
            ],
            "",
        ).__dict__
        self.requests.append(kept)

        async def received() -> Message:
            message = await receive()
            if message["type"] == "http.request":
                kept["body"] += message.get("body", b"").decode("latin-1")
            return message

        return received


@dataclass
class Documented:
    """An application that has the documented methods only: who tries all of them must not delete the room
    that the rest is about.
    """

    app: ASGIApp
    contract: Contract

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.contract.match(scope["method"], scope["path"]) is not None:
            await self.app(scope, receive, send)
            return
        allowed = ", ".join(
            one.method for one in self.contract.operations if self.contract.match(one.method, scope["path"])
        )
        status = 405 if allowed else 404
        await send(
            {
                "type": "http.response.start",
                "status": status,
                "headers": [(b"allow", allowed.encode()), (b"content-length", b"0")],
            }
        )
        await send({"type": "http.response.body"})


@dataclass(frozen=True)
class Served:
    """Where a mock answers, and what it takes."""

    origin: str
    base_url: str
    environment: dict[str, str]
    room_id: str | None

    def moments(self) -> list[float]:
        """Return when the requests came since this was asked last, in seconds of the machine's clock."""
        told: list[float] = urllib3.PoolManager().request("GET", self.origin + _ASK).json()
        return told

    def requests(self) -> list[Sent]:
        """Return the requests that came since this was asked last, where they are kept."""
        told = urllib3.PoolManager().request("GET", self.origin + _ASK_REQUESTS).json()
        return [Sent(**one) for one in told]


@contextmanager
def served(
    provider: str, fault: str = "", *, documented_only: bool = False, keeping: bool = False
) -> Iterator[Served]:
    """Serve a mock, or one with a fault, from a child process while the context lasts.

    Its ids are the same ones each time, so that requests that are kept find the same rooms in another one.
    """
    what = "documented" if documented_only else "keeping" if keeping else ""
    command = [sys.executable, "-m", "benchmarks.served", provider, fault, what]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            yield Served(**json.loads(child.stdout.readline()))
        finally:
            child.stdin.close()
            child.wait(timeout=10)


async def _serve(app: ASGIApp, listening: Any) -> None:
    server = uvicorn.Server(
        uvicorn.Config(app, log_level="error", access_log=False, lifespan="off", ws="none")
    )
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.buffer.read)
    server.should_exit = True
    await serving


def main() -> None:
    """Serve the provider named on the command line until standard input closes."""
    provider, fault, what = sys.argv[1:]
    mock, listening = find_mock(provider), listen(LOOPBACK, 0)
    app = find_fault(provider, fault).around(mock.build()) if fault else mock.build()
    app = Documented(app, find_contract(provider)[0]) if what == "documented" else app
    origin = f"http://{LOOPBACK}:{listening.getsockname()[1]}"
    told = {
        "origin": origin,
        "base_url": origin + mock.prefix,
        "environment": dict(mock.environment),
        "room_id": mock.room_id,
    }
    print(json.dumps(told), flush=True)
    ids = Random(0)
    with patch.object(uuid, "uuid4", lambda: uuid.UUID(int=ids.getrandbits(128), version=4)):
        asyncio.run(_serve(Clock(app, keeping=what == "keeping"), listening))


if __name__ == "__main__":
    main()
