"""Servers on other ports of this machine, which stand for other hosts."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress

import pytest


class Host:
    """A server that keeps the head of each request, and answers it with some headers."""

    def __init__(self) -> None:
        self.heads: list[str] = []
        self.response = "200 OK"
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self.origin = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=self._talk, args=(self._listening.accept()[0],), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with suppress(OSError), connection, connection.makefile("rb") as stream:
            while line := stream.readline():
                self.heads.append(
                    "".join(one.decode("latin-1") for one in (line, *iter(stream.readline, b"\r\n")))
                )
                connection.sendall(f"HTTP/1.1 {self.response}\r\nContent-Length: 2\r\n\r\n{{}}".encode())


@pytest.fixture
def hosts() -> Iterator[Callable[[], Host]]:
    with ExitStack() as stack:

        def start() -> Host:
            host = Host()
            stack.callback(host.close)
            return host

        yield start
