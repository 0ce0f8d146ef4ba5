"""Send requests to a provider over HTTP, one kept-alive connection, and bring back interactions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep
from types import MappingProxyType
from urllib.parse import urlencode, urlsplit

from roomproof.errors import UsageError
from roomproof.interaction import Headers, Interaction, Loss, Request, Response
from roomproof.secrets import Secret, without_login
from roomproof.targets.exchange import Exchange, NoResponseError
from roomproof.targets.grammar import unsendable
from roomproof.targets.target import UnsentRequest
from roomproof.targets.way import way

SECONDS = 15.0
"""How long an exchange may take, from looking up the name to the last byte received."""
PAUSES = (0.25, 0.5, 1.0)
"""Seconds to wait before each further try where the connection is refused: nothing was sent yet, the server
may only be starting.
"""
_NOTHING: Mapping[str, str] = MappingProxyType({})
_VISIBLE = re.compile(r"[!-\[\]-~]+")
"""What a URL is made of (RFC 3986, 2): no spaces, no control characters, no backslash, nothing beyond
ASCII.
"""
_AUTHORITY = re.compile(r"(?:[A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+(?:%25[A-Za-z0-9._~-]+)?\])(?::[0-9]*)?")
"""A host and a port (RFC 3986, 3.2), the host a name, an IPv4 address or, in brackets, an IPv6 address with
or without its zone.
"""


class HttpTarget:
    """A provider behind a base URL (path prefix included). Redirects are not followed: credentials go nowhere
    else.
    """

    def __init__(
        self,
        base_url: str,
        *,
        seconds: float = SECONDS,
        pauses: tuple[float, ...] = PAUSES,
        ca_bundle: Path | None = None,
        environment: Mapping[str, str] = _NOTHING,
    ) -> None:
        """`environment` may name proxies and trusted certificates, `ca_bundle` is a file or a folder of the
        latter.

        Raises UsageError if the URL is none that HTTP can use, if the certificates cannot be read, or if the
        proxy is none of HTTP.
        """
        no_address = UsageError(
            f"--base-url {without_login(base_url)!r} is no HTTP address; write it like "
            f"https://api.example.com/v2"
        )
        try:
            parts = urlsplit(base_url)
            usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        except ValueError as error:
            raise no_address from error
        if not usable or not _VISIBLE.fullmatch(base_url):
            raise no_address
        if "?" in base_url or "#" in base_url:
            raise UsageError(
                "--base-url holds a query or a fragment; leave it out, every path is added to the URL"
            )
        if "@" in parts.netloc:
            raise UsageError("--base-url holds credentials; take them out, they come from the environment")
        if not _AUTHORITY.fullmatch(parts.netloc):
            raise no_address
        self.base_url = base_url.rstrip("/")
        self._seconds = seconds
        self._pauses = pauses
        self._exchange = Exchange(way(self.base_url, ca_bundle, environment))
        self._rejected = False

    def send(self, unsent: UnsentRequest) -> Interaction:
        """Send one request. A connection that fails gives an interaction without a response, and why; so does
        what may not be sent.
        """
        if why := unsendable(unsent.method, unsent.path, unsent.query, unsent.headers, unsent.body):
            request = Request(unsent.method, self.base_url, (), unsent.body, unsent.credentials, unsent.room)
            return Interaction(request, None, datetime.now(UTC), failure=f"not sent, since {why}")
        scheme = unsent.scheme
        query = urlencode({**unsent.query, **(scheme.query() if scheme else {})}, errors="surrogatepass")
        url = self.base_url + unsent.path + (f"?{query}" if query else "")
        proof = scheme.headers(unsent.method, url, unsent.body) if scheme else ()
        headers = _with_one_cookie((("Accept", "application/json"), *unsent.headers, *proof))
        request = Request(unsent.method, url, headers, unsent.body, unsent.credentials, unsent.room)
        seconds = self._seconds if unsent.seconds is None else min(self._seconds, unsent.seconds)
        at = datetime.now(UTC)
        try:
            return Interaction(request, self._answered(request, unsent, seconds), at)
        except NoResponseError as error:
            # Who gives a server less time than usual is not told that it never answers.
            loss = None if error.loss is Loss.LATE and seconds < self._seconds else error.loss
            return Interaction(request, None, at, failure=str(error), loss=loss, never_sent=error.rejected)

    def _answered(self, request: Request, unsent: UnsentRequest, seconds: float) -> Response:
        """Send a request, again after a while where nobody listens yet, as long as there is time. Raises
        NoResponseError.
        """
        until, left = monotonic() + seconds, seconds
        pauses = iter(() if self._rejected else self._pauses)
        while True:
            try:
                response = self._exchange.response(
                    request, left, repeatable=unsent.repeatable, meanwhile=unsent.meanwhile
                )
            except NoResponseError as error:
                pause = next(pauses, None) if error.rejected else None
                left = until - monotonic() - (pause or 0)
                if pause is None or left <= 0:
                    self._rejected = error.rejected
                    raise
                sleep(pause)
            else:
                self._rejected = False
                return response

    def close(self) -> None:
        """Close the connection."""
        self._exchange.close()


def _with_one_cookie(headers: Headers) -> Headers:
    """Return headers with all cookies in one, as every client sends them (RFC 6265, 5.4)."""
    cookies = [value for name, value in headers if name.lower() == "cookie"]
    if len(cookies) < 2:
        return headers
    others = (pair for pair in headers if pair[0].lower() != "cookie")
    return (*others, ("Cookie", Secret("; ".join(cookies))))
