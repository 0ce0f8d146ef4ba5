"""A mock in a process of its own that knows when each request came:
`python -m benchmarks.served PROVIDER FAULT documented`.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import urllib3
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from roomproof.contract.model import Contract
from roomproof.providers import find_contract, find_fault, find_mock
from roomproof.targets.serve import LOOPBACK, listen

_ASK = "/benchmark-times"


@dataclass
class Clock:
    """An application that notes the moment of each request to another one, and tells and forgets them when
    asked.
    """

    app: ASGIApp
    moments: list[float]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] != _ASK:
            self.moments.append(time.time())
            await self.app(scope, receive, send)
            return
        body = json.dumps(self.moments).encode()
        self.moments.clear()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


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


@contextmanager
def served(provider: str, fault: str = "", *, documented_only: bool = False) -> Iterator[Served]:
    """Serve a mock, or one with a fault, from a child process while the context lasts."""
    command = [
        sys.executable,
        "-m",
        "benchmarks.served",
        provider,
        fault,
        "documented" if documented_only else "",
    ]
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
    provider, fault, documented_only = sys.argv[1:]
    mock, listening = find_mock(provider), listen(LOOPBACK, 0)
    app = find_fault(provider, fault).around(mock.build()) if fault else mock.build()
    app = Documented(app, find_contract(provider)[0]) if documented_only else app
    origin = f"http://{LOOPBACK}:{listening.getsockname()[1]}"
    told = {
        "origin": origin,
        "base_url": origin + mock.prefix,
        "environment": dict(mock.environment),
        "room_id": mock.room_id,
    }
    print(json.dumps(told), flush=True)
    asyncio.run(_serve(Clock(app, []), listening))


if __name__ == "__main__":
    main()
