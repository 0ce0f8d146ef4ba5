"""What a recording has of an exchange, put together as its entry: a body that is not there costs the body,
not the status.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from roomproof.cassettes.coding import decoded
from roomproof.cassettes.entry import Entry, EntryError, answered_at
from roomproof.cassettes.formats.vcrpy import url_of
from roomproof.interaction import Headers, Interaction, Request, Response, header

_LONG = re.compile(r"0*[1-9][0-9]*", re.ASCII)
_OF_THE_BODY = ("content-length", "content-encoding", "transfer-encoding")
"""Headers that speak of a body as it was on the wire."""


@dataclass(frozen=True)
class Body:
    """A body as far as a recording has it.

    `content` is None where the exchange had none, or where it is `missing`. `rebuilt` says that the recorder
    had parsed it, so that its length and its spelling are not those of the bytes that were sent.
    """

    content: bytes | None = None
    missing: bool = False
    rebuilt: bool = False


NO_BODY = Body()
MISSING = Body(missing=True)


def entry(
    request: Request, sent: Body, status: int, headers: Headers, came: Body, started: datetime | None = None, took: timedelta | None = None
) -> Entry:
    """Return an exchange as an entry, its bodies without their content coding. `request` has no body yet."""
    sent, came = _decoded(sent, request.headers), _decoded(came, headers)
    if not is_bodiless(request.method, status) and not came.content and _LONG.fullmatch(header(headers, "content-length") or ""):
        came = MISSING
    request = _request(request, sent)
    response = Response(status, _headers(headers, came), came.content or b"", respelt=came.rebuilt)
    at = started or answered_at(headers)
    return Entry(Interaction(request, response, at), started, took, bodies_missing=sent.missing or came.missing)


def unanswered(request: Request, sent: Body, why: str, started: datetime | None = None, took: timedelta | None = None) -> Entry:
    """Return a request as an entry without the provider's answer, and why there is none."""
    sent = _decoded(sent, request.headers)
    return Entry(Interaction(_request(request, sent), None, started, failure=why), started, took, bodies_missing=sent.missing)


def address(url: str) -> str:
    """Return a URL as it is. Raises EntryError, with the URL, for a text that cannot be taken apart as one."""
    try:
        return url_of(url)
    except EntryError as error:
        raise EntryError(str(error), url) from error


def is_bodiless(method: str, status: int) -> bool:
    """Whether an answer has no body whatever its headers say (RFC 9110, 6.4.1)."""
    return method == "HEAD" or status in (204, 205, 304)


def _request(request: Request, sent: Body) -> Request:
    return Request(request.method, request.url, _headers(request.headers, sent), sent.content, request.credentials, request.room)


def _decoded(body: Body, headers: Headers) -> Body:
    if body.content is None:
        return body
    codings = ", ".join(value for name, value in headers if name.lower() == "content-encoding")
    plain = decoded(body.content, codings)
    return MISSING if isinstance(plain, str) else Body(plain, body.missing, body.rebuilt)


def _headers(headers: Headers, body: Body) -> Headers:
    """Return headers without those that would speak of a body which is not here as it was."""
    if not (body.missing or body.rebuilt):
        return headers
    return tuple((name, value) for name, value in headers if name.lower() not in _OF_THE_BODY)
