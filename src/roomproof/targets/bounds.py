"""How long one exchange may take and how much may come back, whatever the server does.

Timeouts of sockets start anew with every byte, and http.client reads interim answers and chunks without end; so the reader that
http.client reads through keeps the account. A server that sends more is not read any further.
"""

from __future__ import annotations

import io
import socket
from collections.abc import Callable
from functools import partial
from http.client import HTTPException, HTTPResponse, IncompleteRead, parse_headers
from time import monotonic
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection

MAX_BODY = 8_000_000
"""Bytes of a response body that are read; a room is a few hundred."""
_MAX_RECEIVED = MAX_BODY + 1_000_000
"""Bytes that are read for one answer, with its headers and chunk sizes."""
_MAX_INTERIM = 100
"""How many interim answers (1xx) are skipped."""


class TooMuchError(OSError):
    """The server sends more than anybody reads; the message says of what."""


class Bounds:
    """The account of the exchange that is under way. One target has one exchange at a time.

    `connected` tells that the exchange made its own connection, `received` how many bytes came back, `rest` that some came
    which belong to no answer.
    """

    def __init__(self) -> None:
        self._until = 0.0
        self.connected = False
        self.received = 0
        self.rest = False

    def begin(self, seconds: float) -> None:
        """Start the account of an exchange that may take so many seconds."""
        self._until = monotonic() + seconds
        self.try_again()

    def try_again(self) -> None:
        """Start another try of the same exchange, in the time that is left."""
        self.connected, self.received, self.rest = False, 0, False

    def left(self) -> float:
        """Return how many seconds are left. Raises TimeoutError if none are."""
        left = self._until - monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        return left


class _Account(io.RawIOBase):
    """Reads from a socket within bounds."""

    def __init__(self, connection: socket.socket, bounds: Bounds) -> None:
        self._connection = connection
        self._source = connection.makefile("rb", buffering=0)
        self._bounds = bounds
        self.ended = False
        self.at_end = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if self.ended:
            return None
        bounds = self._bounds
        self._connection.settimeout(bounds.left())
        count = self._source.readinto(buffer)
        self.at_end = count == 0
        bounds.received += count or 0
        if bounds.received > _MAX_RECEIVED:
            raise TooMuchError(f"the answer is larger than {_MAX_RECEIVED} bytes")
        return count

    def close(self) -> None:
        self._source.close()
        super().close()


class _Reader(io.BufferedReader):
    """Notes when it is closed whether bytes came that nobody asked for: the next answer must not begin with them."""

    def __init__(self, account: _Account, bounds: Bounds) -> None:
        super().__init__(account)
        self._account = account
        self._bounds = bounds

    def close(self) -> None:
        if not self.closed:
            self._account.ended = True
            self._bounds.rest = self._bounds.rest or bool(self.peek())
        super().close()


class _Source:
    """Stands in for the socket where http.client asks it for a file to read from."""

    def __init__(self, connection: socket.socket, bounds: Bounds) -> None:
        self.account = _Account(connection, bounds)
        self._bounds = bounds

    def makefile(self, _mode: str) -> _Reader:
        return _Reader(self.account, self._bounds)


class _Answer(HTTPResponse):
    """An answer that is read within bounds, its interim answers (RFC 9110, 15.2) skipped."""

    def __init__(self, bounds: Bounds, connection: socket.socket, *arguments: Any, **named: Any) -> None:
        source = _Source(connection, bounds)
        super().__init__(source, *arguments, **named)  # type: ignore[arg-type]
        self._account = source.account

    def begin(self) -> None:
        super().begin()
        # http.client takes the end of the connection for the end of the headers.
        if self._account.at_end:
            raise IncompleteRead(b"")

    def _read_status(self) -> tuple[str, int, str]:
        for _ in range(_MAX_INTERIM):
            version, status, reason = super()._read_status()  # type: ignore[misc]
            if status >= 200 or status == 101:
                return version, status, reason
            parse_headers(self.fp)
        raise HTTPException(f"more than {_MAX_INTERIM} interim answers (1xx)")


def connections(bounds: Bounds) -> tuple[type[HTTPConnection], type[HTTPSConnection]]:
    """Return the classes of connections, plain and over TLS, that keep to some bounds."""
    answer: Callable[..., _Answer] = partial(_Answer, bounds)

    class Plain(HTTPConnection):
        response_class = staticmethod(answer)  # type: ignore[assignment]

        def connect(self) -> None:
            bounds.connected = True
            super().connect()

        def send(self, data: Any) -> None:
            if self.sock is not None:
                self.sock.settimeout(bounds.left())
            super().send(data)

    class Tls(Plain, HTTPSConnection):
        pass

    return Plain, Tls
