"""One exchange of a request for its response by libcurl, which bounds the time of the whole and skips interim
responses.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Callable, Mapping
from time import sleep
from typing import Any

from roomproof.interaction import Loss, Request, Response, header
from roomproof.targets.failure import CUT_SHORT, NO_STATUS, Facts, loss_of, why
from roomproof.targets.libcurl import pycurl

MAX_BODY = 8_000_000
"""Bytes of a response body that are read, once it is decoded; a room is a few hundred."""
CONNECT = 5.0
"""How many seconds a server may take to let in."""
IDLE = 4
"""A connection that was idle for so many seconds is not used again: many servers close theirs after five."""
SIGHT = 1.0
"""Seconds after which curl looks at the time itself, where nothing arrives."""
NAP = 0.01
"""Seconds to wait where there is no socket yet to wait for, while a name is looked up."""
LOST = 2
"""After so many kept-alive connections that turned out to be closed, each request gets a connection of its
own.
"""
_IDEMPOTENT = ("GET", "HEAD", "OPTIONS", "PUT", "DELETE")
_WITH_BODY = ("PATCH", "POST", "PUT")
_AS_WRITTEN: tuple[tuple[int, Any], ...] = (
    (pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1),
    (pycurl.PATH_AS_IS, 1),
    (pycurl.ACCEPT_ENCODING, ""),
    (pycurl.USERAGENT, "roomproof"),
    (pycurl.NOSIGNAL, 1),
    (pycurl.MAXAGE_CONN, IDLE),
    (pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS),
    (pycurl.NETRC, pycurl.NETRC_IGNORED),
    (pycurl.FOLLOWLOCATION, 0),
)
"""What curl is to do of itself: decode what is coded all the same, and nothing to the request; it goes
nowhere else, with no login.
"""
_NOT_ADDED = ("Accept-Encoding: identity", "Expect:")
"""Nothing coded is asked for, and no leave to send a body."""
_STATUS_LINE = re.compile(rb"HTTP/1\.\d +(\d{3})")


class NoResponseError(Exception):
    """There is no usable response; the message says why.

    `rejected` tells that nobody listened, so that nothing was sent; `loss` what became of a request that was
    sent, as far as is known.
    """

    def __init__(self, reason: str, *, rejected: bool = False, loss: Loss | None = None) -> None:
        super().__init__(reason)
        self.rejected = rejected
        self.loss = loss


class Exchange:
    """Sends requests over one kept-alive connection, one after the other."""

    def __init__(self, way: Mapping[int, Any]) -> None:
        """`way` are the options of curl for the way to the server."""
        self._curl = pycurl.Curl()
        # Many at once is what curl calls it when it gives control back while it waits.
        self._transfers = pycurl.CurlMulti()
        for option, value in (*_AS_WRITTEN, *way.items()):
            self._curl.setopt(option, value)
        self._transfers.setopt(pycurl.M_MAXCONNECTS, 1)
        self._curl.setopt(pycurl.PREREQFUNCTION, self._about_to_send)
        self._curl.setopt(pycurl.HEADERFUNCTION, self._read_line)
        self._curl.setopt(pycurl.WRITEFUNCTION, self._read_body)
        self._proxied = bool(way.get(pycurl.PROXY))
        self._lost = 0
        self._begin(may_repeat=False)

    def response(
        self,
        request: Request,
        seconds: float,
        *,
        repeatable: bool,
        meanwhile: Callable[[], object] | None = None,
    ) -> Response:
        """Send a request and return the response, if all of it comes within so many seconds. Raises
        NoResponseError.

        `meanwhile` is done while the response is awaited. A request that was lost with a kept-alive
        connection is sent again only if the server may execute it twice (RFC 9110, 9.2.2), or, being
        `repeatable`, executes it only once.
        """
        curl = self._curl
        self._begin(may_repeat=repeatable or request.method in _IDEMPOTENT)
        self._write(request)
        curl.setopt(pycurl.TIMEOUT_MS, max(1, int(seconds * 1000)))
        curl.setopt(pycurl.CONNECTTIMEOUT_MS, max(1, int(min(seconds, CONNECT) * 1000)))
        failed = self._transfer(meanwhile)
        if failed is not None:
            raise self._no_response(*failed, seconds)
        curl.setopt(pycurl.FRESH_CONNECT, self._lost >= LOST)
        if not self._status:
            raise NoResponseError(NO_STATUS, loss=Loss.BROKEN)
        if self._in_head:
            # curl takes the end of the connection for that of the head, and the connection for one that
            # lives.
            curl.setopt(pycurl.FRESH_CONNECT, 1)
            raise NoResponseError(CUT_SHORT, loss=Loss.BROKEN)
        return Response(self._status, tuple(self._headers), b"".join(self._body))

    def close(self) -> None:
        """Close the connection."""
        self._transfers.close()
        self._curl.close()

    def _transfer(self, meanwhile: Callable[[], object] | None) -> tuple[int, str] | None:
        """Let curl do its work, and return its error's code and words if it comes to one."""
        transfers = self._transfers
        transfers.add_handle(self._curl)
        try:
            under_way = transfers.perform()[1]
            if meanwhile is not None:
                meanwhile()
            while under_way:
                if transfers.select(SIGHT) < 0:
                    sleep(NAP)
                under_way = transfers.perform()[1]
            failed = transfers.info_read()[2]
        finally:
            transfers.remove_handle(self._curl)
        return failed[0][1:3] if failed else None

    def _begin(self, *, may_repeat: bool) -> None:
        self._may_repeat = may_repeat
        self._tries = 0
        self._status = 0
        self._in_head = False
        self._headers: list[tuple[str, str]] = []
        self._body: list[bytes] = []
        self._size = 0

    def _write(self, request: Request) -> None:
        curl, body = self._curl, request.body
        if body is None and request.method in _WITH_BODY:
            body = b""  # RFC 9110, 8.6: whoever could send content says how much it is.
        curl.setopt(pycurl.NOBODY, request.method == "HEAD")
        if body is not None:
            curl.setopt(pycurl.POSTFIELDS, body)
        elif request.method != "HEAD":
            curl.setopt(pycurl.HTTPGET, 1)
        curl.setopt(pycurl.CUSTOMREQUEST, request.method)
        curl.setopt(pycurl.URL, request.url)
        lines = [f"{name}: {value}" if value.strip() else f"{name};" for name, value in request.headers]
        untold = (
            () if body is None or header(request.headers, "Content-Type") is not None else ("Content-Type:",)
        )
        curl.setopt(pycurl.HTTPHEADER, [line.encode("latin-1") for line in (*lines, *_NOT_ADDED, *untold)])

    def _about_to_send(self, *_: object) -> int:
        """Count the tries of one exchange: curl repeats whatever was lost with a kept-alive connection.

        What was heard so far is of a proxy, which had to let through first.
        """
        self._tries += 1
        self._status = 0
        if self._tries == 1:
            return pycurl.PREREQFUNC_OK
        self._lost += 1
        return pycurl.PREREQFUNC_OK if self._may_repeat else pycurl.PREREQFUNC_ABORT

    def _read_line(self, line: bytes) -> None:
        """Take a line of a head. A final response's is the last: what follows its body (trailers, RFC 9110,
        6.5) is left out.
        """
        if self._in_head:
            self._in_head = line not in (b"\r\n", b"\n")
            name, colon, value = line.decode("latin-1").partition(":")
            if colon:
                self._headers.append((name, value.strip(" \t\r\n")))
        elif self._status < 200 and (start := _STATUS_LINE.match(line)):
            self._in_head, self._status = True, int(start[1])
            self._headers.clear()

    def _read_body(self, data: bytes) -> int:
        self._size += len(data)
        if self._size > MAX_BODY:
            return 0
        self._body.append(data)
        return len(data)

    def _no_response(self, code: int, words: str, seconds: float) -> NoResponseError:
        if code == pycurl.E_WRITE_ERROR:
            return NoResponseError(f"the response's body is larger than {MAX_BODY} bytes")
        curl = self._curl
        facts = Facts(
            code,
            words,
            seconds,
            number=curl.getinfo(pycurl.OS_ERRNO),
            certificate=curl.getinfo(pycurl.SSL_VERIFYRESULT),
            tunnel=curl.getinfo(pycurl.HTTP_CONNECTCODE),
            proxied=self._proxied,
            sent=self._tries > 0,
            heard=self._status > 0,
        )
        rejected = code == pycurl.E_COULDNT_CONNECT and facts.number == errno.ECONNREFUSED
        return NoResponseError(why(facts), rejected=rejected, loss=loss_of(facts))
