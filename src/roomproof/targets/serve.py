"""Serve a mock on a socket: in the foreground for people, in a child process for a run.

The child prints where it listens when it is ready, and ends when its standard input closes, so it never
outlives its parent.
"""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn
from starlette.types import ASGIApp

from roomproof.errors import UnreachableError, UsageError
from roomproof.mocks import Fault
from roomproof.providers import find_fault, find_mock

LOOPBACK = "127.0.0.1"


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket; port 0 takes a free one. Raises UsageError if the address cannot be had."""
    # A socket made for TCP by name: asyncio turns Nagle's algorithm off for no other, and each response would
    # wait 40 ms.
    listening = socket.socket(
        socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP
    )
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        raise UsageError(
            f"cannot listen on {host}:{port} ({error.strerror}); choose another --port, or 0 for a free one"
        ) from error
    return listening


def _server(provider: str, fault: Fault | None, list_delay: float = 0.0) -> uvicorn.Server:
    mock = find_mock(provider)
    if list_delay and mock.build_late is None:
        raise UsageError(f"the lists of {provider}'s mock cannot be late; leave --list-delay out")
    app: ASGIApp = mock.build_late(list_delay) if list_delay and mock.build_late else mock.build()
    if fault is not None:
        app = fault.around(app)
    return uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False, lifespan="off", ws="none"))


def serve(
    provider: str, listening: socket.socket, fault: Fault | None = None, list_delay: float = 0.0
) -> None:
    """Serve a provider's mock until interrupted, with a fault if one is given.

    Its lists show a change only `list_delay` seconds after it. Raises UsageError if they cannot be late.
    """
    _server(provider, fault, list_delay).run(sockets=[listening])


async def _serve_child(provider: str, listening: socket.socket, fault: str | None) -> None:
    server = _server(provider, None if fault is None else find_fault(provider, fault))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.buffer.read)
    server.should_exit = True
    await serving


@dataclass(frozen=True)
class Serving:
    """A mock that answers: where, the credentials it accepts, the room it has from the start."""

    base_url: str
    environment: Mapping[str, str]
    room_id: str | None


@contextmanager
def mock_process(provider: str, fault: str | None = None) -> Iterator[Serving]:
    """Serve a provider's mock from a child process while the context lasts, with a fault if one is named.

    Raises UsageError if there is no such fault, UnreachableError if the mock does not start.
    """
    if fault is not None:
        find_fault(provider, fault)
    command = [
        sys.executable,
        "-m",
        "roomproof.targets.serve",
        provider,
        *([fault] if fault is not None else []),
    ]
    # A session of its own: Ctrl-C is for the run, which then still needs the mock to clean up.
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            line = child.stdout.readline()
            if not line:
                raise UnreachableError("the built-in mock did not start; `roomproof mock PROVIDER` shows why")
            yield Serving(**json.loads(line))
        finally:
            child.stdin.close()
            try:
                child.wait(timeout=5)
            except subprocess.TimeoutExpired:
                child.kill()


def main() -> None:
    """Serve the provider named on the command line, with the fault named after it, to a parent process."""
    listening = listen(LOOPBACK, 0)
    mock = find_mock(sys.argv[1])
    base_url = f"http://{LOOPBACK}:{listening.getsockname()[1]}{mock.prefix}"
    print(
        json.dumps({"base_url": base_url, "environment": dict(mock.environment), "room_id": mock.room_id}),
        flush=True,
    )
    asyncio.run(_serve_child(sys.argv[1], listening, sys.argv[2] if len(sys.argv) > 2 else None))


if __name__ == "__main__":
    main()
