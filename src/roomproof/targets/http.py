"""Send requests to a provider over HTTP, one kept-alive connection, and bring back interactions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from http.client import HTTPException
from pathlib import Path
from time import monotonic, sleep
from types import MappingProxyType
from urllib.parse import urlencode, urlsplit

import urllib3
from urllib3.exceptions import HTTPError, LocationValueError, NewConnectionError, ProtocolError

from roomproof.errors import UsageError
from roomproof.interaction import Interaction, Request, Response
from roomproof.secrets import without_login
from roomproof.targets.bounds import MAX_BODY, Bounds, TooMuchError, connections
from roomproof.targets.failure import why
from roomproof.targets.target import Outgoing
from roomproof.targets.way import manager

SECONDS = 15.0
"""How long an exchange may take, from the first byte sent to the last one received."""
CONNECT = 5.0
"""How many seconds of them an address may take to let in."""
PAUSES = (0.25, 0.5, 1.0)
"""Seconds to wait before each further try where the connection is refused: nothing was sent yet, the server may only be starting."""
IDLE = 4.0
"""A connection that was idle for so many seconds is not used again: many servers close theirs after five."""
LOST = 2
"""After so many kept-alive connections that turned out to be closed, each request gets a connection of its own."""
_IDEMPOTENT = ("GET", "HEAD", "OPTIONS", "PUT", "DELETE")
_NOTHING: Mapping[str, str] = MappingProxyType({})
_VISIBLE = re.compile(r"[!-~]+")
"""What a URL is made of (RFC 3986, 2): no spaces, no control characters, nothing beyond ASCII."""


class HttpTarget:
    """A provider behind a base URL (path prefix included). Redirects are not followed: credentials go nowhere else."""

    def __init__(
        self,
        base_url: str,
        *,
        seconds: float = SECONDS,
        pauses: tuple[float, ...] = PAUSES,
        ca_bundle: Path | None = None,
        environment: Mapping[str, str] = _NOTHING,
    ) -> None:
        """`environment` may name proxies and trusted certificates, `ca_bundle` is a file or a folder of the latter.

        Raises UsageError if the URL is none that HTTP can use, if the certificates cannot be read, or if the proxy is none of HTTP.
        """
        no_address = UsageError(f"--base-url {without_login(base_url)!r} is no HTTP address; write it like https://api.example.com/v2")
        try:
            parts = urlsplit(base_url)
        except ValueError as error:
            raise no_address from error
        if parts.scheme not in ("http", "https") or not parts.hostname or not _VISIBLE.fullmatch(base_url):
            raise no_address
        if "@" in parts.netloc:
            raise UsageError("--base-url holds credentials; take them out, they come from the environment")
        self.base_url = base_url.rstrip("/")
        self._seconds = seconds
        self._timeout = _timeout(seconds)
        self._pauses = pauses
        self._bounds = Bounds()
        self._manager = manager(self.base_url, ca_bundle, environment)
        try:
            pool = self._manager.connection_from_url(self.base_url)
        except LocationValueError as error:
            raise no_address from error
        plain, tls = connections(self._bounds)
        pool.ConnectionCls = tls if isinstance(pool, urllib3.HTTPSConnectionPool) else plain
        # A manager takes URLs apart once more, which only a proxy needs.
        proxied = self._manager.proxy is not None
        self._urlopen: Callable[..., urllib3.BaseHTTPResponse] = self._manager.urlopen if proxied else pool.urlopen
        self._target: Callable[[str], str] = str if proxied else _target
        self._let_go: Callable[[], None] = lambda: None
        self._last = monotonic()
        self._lost = 0
        self._refused = False

    def send(self, outgoing: Outgoing) -> Interaction:
        """Send one request. A connection that fails gives an interaction without a response, and why."""
        url = self.base_url + outgoing.path + (f"?{urlencode(outgoing.query)}" if outgoing.query else "")
        proof = outgoing.scheme.headers(outgoing.method, url, outgoing.body) if outgoing.scheme else ()
        headers = (("Accept", "application/json"), *outgoing.headers, *proof)
        request = Request(outgoing.method, url, headers, outgoing.body, outgoing.credentials, outgoing.room)
        seconds = self._seconds if outgoing.seconds is None else min(self._seconds, outgoing.seconds)
        at = datetime.now(UTC)
        try:
            return Interaction(request, self._answered(request, seconds, repeatable=outgoing.repeatable), at)
        except (HTTPError, HTTPException, OSError) as error:
            return Interaction(request, None, at, failure=why(error, seconds))

    def _answered(self, request: Request, seconds: float, *, repeatable: bool) -> Response:
        """Send a request, again only if it was never sent, or was lost with a connection that was closed and may be repeated."""
        bounds = self._bounds
        bounds.begin(seconds)
        if monotonic() - self._last > IDLE:
            self._let_go()
        pauses = iter(() if self._refused else self._pauses)
        while True:
            try:
                response = self._exchange(request, seconds)
            except NewConnectionError as error:
                self._wait_for_start(error, pauses)
            except ProtocolError:
                if bounds.connected or bounds.received:
                    raise
                self._lost += 1
                # RFC 9110, 9.2.2: only what is idempotent, or known to be executed once, may be sent again.
                if request.method not in _IDEMPOTENT and not repeatable:
                    raise
            else:
                self._refused, self._last = False, monotonic()
                return response
            bounds.try_again()

    def _wait_for_start(self, error: NewConnectionError, pauses: Iterator[float]) -> None:
        """Wait for a server that refuses connections; raise the error where that was in vain, or time is up."""
        pause = next(pauses, None) if isinstance(error.__cause__, ConnectionRefusedError) else None
        if pause is None or pause >= self._bounds.left():
            self._refused = True
            raise error
        sleep(pause)

    def _exchange(self, request: Request, seconds: float) -> Response:
        answer = self._urlopen(
            request.method,
            self._target(request.url),
            headers=urllib3.HTTPHeaderDict(request.headers),
            body=request.body,
            timeout=self._timeout if seconds == self._seconds else _timeout(seconds),
            retries=False,
            redirect=False,
            preload_content=False,
        )
        connection = answer.connection
        self._let_go = connection.close if connection is not None else lambda: None
        whole = False
        try:
            body = _body(answer)
            whole = True
        finally:
            if not whole or self._bounds.rest or self._lost >= LOST:
                self._let_go()
            answer.release_conn()
        return Response(answer.status, tuple(answer.headers.items()), body)

    def close(self) -> None:
        """Close the connection."""
        self._manager.clear()


def _timeout(seconds: float) -> urllib3.Timeout:
    return urllib3.Timeout(connect=min(CONNECT, seconds), read=seconds)


def _body(answer: urllib3.BaseHTTPResponse) -> bytes:
    """Return the decoded body. Raises TooMuchError if it is too large, ProtocolError if its chunks are none."""
    try:
        body = answer.read(MAX_BODY + 1, decode_content=True)
    except ValueError as error:
        raise ProtocolError("the chunks of the answer's body are broken") from error
    if len(body) > MAX_BODY:
        raise TooMuchError(f"the answer's body is larger than {MAX_BODY} bytes")
    return body


def _target(url: str) -> str:
    """Return what stands in the request line (RFC 9112, 3.2.1): the path and the query."""
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
