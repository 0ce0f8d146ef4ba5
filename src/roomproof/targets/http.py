"""Send requests to a provider over HTTP, one kept-alive connection, and bring back interactions."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlencode, urlsplit

import urllib3
from urllib3.exceptions import HTTPError, ProtocolError

from roomproof.errors import UsageError
from roomproof.interaction import Interaction, Request, Response
from roomproof.secrets import without_login
from roomproof.targets.target import Outgoing

TIMEOUT = urllib3.Timeout(connect=5.0, read=15.0)
MAX_BODY = 8_000_000
"""Bytes of a response body that are read; a room is a few hundred."""


class HttpTarget:
    """A provider behind a base URL (path prefix included)."""

    def __init__(self, base_url: str) -> None:
        """Raises UsageError if the URL is none that HTTP can use."""
        parts = urlsplit(base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise UsageError(f"--base-url {without_login(base_url)!r} is no HTTP address; write it like https://api.example.com/v2")
        if "@" in parts.netloc:
            raise UsageError("--base-url holds credentials; take them out, they come from the environment")
        self.base_url = base_url.rstrip("/")
        self._pool = urllib3.connection_from_url(self.base_url, maxsize=1, retries=False, timeout=TIMEOUT)

    def send(self, outgoing: Outgoing) -> Interaction:
        """Send one request. A connection that fails gives an interaction without a response, and why."""
        url = self.base_url + outgoing.path + (f"?{urlencode(outgoing.query)}" if outgoing.query else "")
        proof = outgoing.scheme.headers(outgoing.method, url, outgoing.body) if outgoing.scheme else ()
        headers = (("Accept", "application/json"), *outgoing.headers, *proof)
        request = Request(outgoing.method, url, headers, outgoing.body, outgoing.credentials, outgoing.room)
        at = datetime.now(UTC)
        try:
            return Interaction(request, self._exchange(request), at)
        except HTTPError as error:
            return Interaction(request, None, at, failure=_plain(error))

    def _exchange(self, request: Request) -> Response:
        answer = self._pool.urlopen(
            request.method,
            _target(request.url),
            headers=urllib3.HTTPHeaderDict(request.headers),
            body=request.body,
            redirect=False,
            preload_content=False,
        )
        try:
            body = answer.read(MAX_BODY + 1, decode_content=True)
        finally:
            answer.release_conn()
        if len(body) > MAX_BODY:
            answer.close()
            raise ProtocolError(f"the body of the answer is larger than {MAX_BODY} bytes")
        return Response(answer.status, tuple(answer.headers.items()), body)

    def close(self) -> None:
        """Close the connection."""
        self._pool.close()


def _target(url: str) -> str:
    """Return what stands in the request line (RFC 9112, 3.2.1): the path and the query."""
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _plain(error: HTTPError) -> str:
    """Return what went wrong in a few words."""
    text = str(error.args[-1] if error.args else error)
    words = f"{type(error).__name__}: {text.split('>: ')[-1]}"
    return "".join(letter if letter.isprintable() else "?" for letter in words)[:200]
