"""A server on raw sockets, a faithful mock whose responses a test may spoil byte by byte, and runs against
it.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from ssl import SSLContext
from typing import Any

import pytest
from starlette.types import ASGIApp, Message

from roomproof import api
from roomproof.commands.outputs import Outputs
from roomproof.commands.replay import run_replay
from roomproof.commands.verify import run_verify
from roomproof.engine.run import Options
from roomproof.errors import RoomproofError, UnprovenError
from roomproof.mocks import Mock
from roomproof.providers import find_mock
from roomproof.targets.http import HttpTarget

ABOUT = {"telnyx": ("telnyx.update-room.*",)}
"""What the runs here are about where nothing else is said: how a run stands a server shows in one
operation.
"""


@dataclass
class Call:
    """One request that arrived, the faithful response to it, and the socket on which a test may answer
    otherwise.

    `number` counts all requests from 1; `first` tells that it is the first one on its connection.
    """

    number: int
    first: bool
    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    connection: socket.socket
    status: int = 0
    response_headers: list[tuple[str, str]] = field(default_factory=list)
    content: bytes = b""

    @property
    def json(self) -> Any:
        """The JSON value of the faithful response."""
        return json.loads(self.content)

    def faithful(self, content: bytes | None = None, *extra: str, status: int | str | None = None) -> bytes:
        """Return the faithful response as bytes, or the same with another content, more header lines, another
        status.
        """
        body = self.content if content is None else content
        lines = [f"HTTP/1.1 {status or self.status} X"]
        lines += [
            f"{name}: {value}" for name, value in self.response_headers if name.lower() != "content-length"
        ]
        return "\r\n".join((*lines, f"Content-Length: {len(body)}", *extra, "\r\n")).encode() + body

    def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        self.connection.sendall(data)

    def reset(self) -> None:
        """Close the connection with RST instead of FIN."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def close(self) -> None:
        """Close the connection."""
        # Without a shutdown no FIN is sent as long as another thread waits in accept or recv.
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)
        self.connection.close()


Behaviour = Callable[[Call], object]
"""What a server does with a request instead of answering it: returns None if it answered, False if the
faithful response is to be sent.
"""


class Hostile:
    """Serves a mock on loopback; every request passes through a behaviour first."""

    def __init__(self, mock: Mock, behaviour: Behaviour, context: SSLContext | None = None) -> None:
        self.calls: list[Call] = []
        self.connections = 0
        self._app: ASGIApp = mock.build()
        self._behaviour = behaviour
        self._context = context
        self._lock = threading.Lock()
        self._open: list[socket.socket] = []
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listening.getsockname()[1]
        self.base_url = f"{'https' if context else 'http'}://127.0.0.1:{self.port}{mock.prefix}"

    def serve(self) -> None:
        """Accept connections until closed."""
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._open.append(connection)
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def close(self) -> None:
        """Close the socket that listens and every connection."""
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for connection in self._open:
            connection.close()

    def _talk(self, connection: socket.socket) -> None:
        # A client that hangs up, or a test that closes the connection, ends the talk.
        with suppress(OSError, ValueError):
            if self._context is not None:
                connection = self._context.wrap_socket(connection, server_side=True)
                self._open.append(connection)
            first = True
            with connection, connection.makefile("rb") as stream:
                while (call := self._heard(connection, stream, first)) is not None:
                    if self._behaviour(call) is False:
                        call.send(call.faithful())
                    first = False

    def _heard(self, connection: socket.socket, stream: Any, first: bool) -> Call | None:
        line = stream.readline().decode("latin-1").split()
        if len(line) != 3:
            return None
        headers: dict[str, str] = {}
        while text := stream.readline().decode("latin-1").strip():
            name, _, value = text.partition(":")
            headers[name.lower()] = value.strip()
        body = stream.read(int(headers.get("content-length", 0)))
        with self._lock:
            call = Call(len(self.calls) + 1, first, line[0], line[1], headers, body, connection)
            self.calls.append(call)
            asyncio.run(self._response(call))
        return call

    async def _response(self, call: Call) -> None:
        path, _, query = call.target.partition("?")
        path = "/" + path.split("/", 3)[3] if "://" in path else path
        pairs = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in call.headers.items()]
        scope = {"type": "http", "method": call.method, "path": path, "raw_path": path.encode(),
            "query_string": query.encode(),
                 "headers": pairs, "http_version": "1.1", "scheme": "http", "root_path": ""}  # fmt: skip

        async def receive() -> Message:
            return {"type": "http.request", "body": call.body, "more_body": False}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                call.status = message["status"]
                call.response_headers = [
                    (name.decode("latin-1"), value.decode("latin-1")) for name, value in message["headers"]
                ]
            else:
                call.content += message.get("body", b"")

        await self._app(scope, receive, send)


Serve = Callable[..., Hostile]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serve a provider's mock with a behaviour for the length of a test."""
    with ExitStack() as stack:

        def start(
            behaviour: Behaviour, provider: str = "telnyx", context: SSLContext | None = None
        ) -> Hostile:
            server = Hostile(find_mock(provider), behaviour, context)
            thread = threading.Thread(target=server.serve, daemon=True)
            thread.start()
            stack.callback(thread.join, 5)
            stack.callback(server.close)
            return server

        yield start


@dataclass(frozen=True)
class Told:
    """What a run came to: exit code, the error that the command line would print, seconds, the JSON report,
    the server.
    """

    code: int
    error: str
    seconds: float
    report: Any
    server: Hostile

    @property
    def provider(self) -> Any:
        return self.report["providers"][0]

    @property
    def fails(self) -> set[str]:
        """The clauses that fail, without the provider and the operation."""
        return {
            one["clause"].split(".", 2)[2] for one in self.provider["findings"] if one["verdict"] == "fail"
        }

    @property
    def passes(self) -> int:
        return int(self.report["summary"]["pass"])

    @property
    def unanswered(self) -> dict[str, int]:
        """How many requests got no usable response, by why."""
        return dict(self.provider.get("unanswered", {}))


Verify = Callable[..., Told]


@pytest.fixture
def verify(serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Verify:
    """Verify a provider with a behaviour, and return what came of it; every exchange may take `seconds`,
    `host` is the server's name.
    """

    def run(
        behaviour: Behaviour,
        provider: str = "telnyx",
        *,
        seconds: float = 2.0,
        context: SSLContext | None = None,
        env: dict[str, str] | None = None,
        ca_bundle: Path | None = None,
        base_url: str | None = None,
        host: str = "127.0.0.1",
        record: Path | None = None,
        **options: Any,
    ) -> Told:
        server, mock = serve(behaviour, provider, context), find_mock(provider)
        base_url = base_url or server.base_url.replace("127.0.0.1", host)
        monkeypatch.setattr(
            "roomproof.runs.subject.HttpTarget", partial(HttpTarget, seconds=seconds, pauses=(0.05, 0.1))
        )
        environment = {**mock.environment, "ROOMPROOF_STATE": str(tmp_path), **(env or {})}
        monkeypatch.setattr(api, "Options", partial(Options, backoff=options.pop("backoff", (0.01,))))
        whom = {
            "base_url": base_url,
            "room_id": mock.room_id,
            "environment": environment,
            "ca_bundle": ca_bundle,
        }
        asked = partial(
            api.verify,
            provider,
            **whom,
            record=record,
            **{"max_examples": 0, "max_requests": 90, "only": ABOUT.get(provider, ()), **options},
        )
        path, error, began = tmp_path / "report.json", "", time.monotonic()
        try:
            code = run_verify(asked, Outputs({"json": path, "junit": tmp_path / "report.xml"}), environment)
        except RoomproofError as problem:
            code, error = problem.exit_code, str(problem)
        return Told(
            code,
            error,
            time.monotonic() - began,
            json.loads(path.read_text(), parse_constant=_no_json),
            server,
        )

    return run


def _no_json(constant: str) -> None:
    raise AssertionError(f"{constant} stands in the report, which is no JSON")


@pytest.fixture
def replay(tmp_path: Path) -> Callable[[Path], tuple[int, Any]]:
    """Judge a recording, and return the exit code and the report."""

    def run(cassette: Path) -> tuple[int, Any]:
        path = tmp_path / "replayed.json"
        try:
            code = run_replay(partial(api.replay, cassette), Outputs({"json": path}))
        except UnprovenError as problem:
            code = problem.exit_code
        return code, json.loads(path.read_text(), parse_constant=_no_json)

    return run


@dataclass(frozen=True)
class Measured:
    """How a run in a process of its own ended: exit code, what it printed, seconds, and its greatest memory
    in megabytes.
    """

    code: int
    out: str
    err: str
    seconds: float
    megabytes: float
    report: Any


_MEASURING = """
import re, resource, sys
from pathlib import Path
from roomproof.cli import main
status = Path("/proc/self/status")
try:
    main()
finally:
    # On Linux what getrusage tells begins with the memory of the process that started this one.
    own = re.search(r"VmHWM:\\s+(\\d+)", status.read_text()) if status.exists() else None
    Path("memory").write_text(own[1] if own else str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))
"""


@pytest.fixture
def measured(serve: Serve, tmp_path: Path) -> Callable[..., Measured]:
    """Verify a provider with a behaviour in a process of its own, with the limits that a user gets."""

    def run(behaviour: Behaviour, *words: object) -> Measured:
        server, mock = serve(behaviour), find_mock("telnyx")
        fixed = (
            "verify",
            "telnyx",
            "--base-url",
            server.base_url,
            "--room-id",
            mock.room_id,
            "--max-examples",
            0,
            "--only",
            *ABOUT["telnyx"],
            "--json",
            "report.json",
        )
        began = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-c", _MEASURING, *map(str, (*fixed, *words))],
            cwd=tmp_path, env={**os.environ, **mock.environment}, capture_output=True, encoding="utf-8",
            timeout=60, check=False,
        )  # fmt: skip
        seconds = time.monotonic() - began
        assert "Traceback" not in done.stderr, done.stderr
        # Kilobytes, but bytes on macOS.
        megabytes = int((tmp_path / "memory").read_text()) / (1e6 if sys.platform == "darwin" else 1e3)
        return Measured(
            done.returncode,
            done.stdout,
            done.stderr,
            seconds,
            megabytes,
            json.loads((tmp_path / "report.json").read_text()),
        )

    return run
