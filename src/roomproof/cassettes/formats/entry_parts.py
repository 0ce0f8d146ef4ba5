"""What a recording has of an exchange, put together as its entry: a body that is not there costs the body,
not the status.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from roomproof.cassettes.coding import coding_of, decoded, without_wire
from roomproof.cassettes.entry import Entry, answered_at
from roomproof.interaction import Headers, Interaction, Request, Response, header

_LONG = re.compile(r"0*[1-9][0-9]*", re.ASCII)


@dataclass(frozen=True)
class RecordedBody:
    """A body as far as a recording has it.

    `content` is None where the exchange had none, or where it `is_missing`: there was one, and the recording
    does not have it. `respelt`: its bytes are our spelling of the value that the recorder had parsed, so that
    neither length nor spelling are those of what was sent. `is_doubtful`: it may just as well have been a
    form.
    """

    content: bytes | None = None
    is_missing: bool = False
    respelt: bool = False
    is_doubtful: bool = False


NO_BODY = RecordedBody()
MISSING = RecordedBody(is_missing=True)


def entry(
    request: Request,
    sent: RecordedBody,
    status: int,
    headers: Headers,
    came: RecordedBody,
    started: datetime | None = None,
    took: timedelta | None = None,
) -> Entry:
    """Return an exchange as an entry, its bodies without their content coding. `request` has no body yet."""
    sent, came = _decoded(sent, request.headers), _decoded(came, headers)
    if (
        not is_bodiless(request.method, status)
        and not came.content
        and _LONG.fullmatch(header(headers, "content-length") or "")
    ):
        came = MISSING
    request = _request(request, sent)
    response = Response(status, _headers(headers, came), came.content or b"", respelt=came.respelt)
    at = started or answered_at(headers)
    return Entry(
        Interaction(request, response, at), started, took, bodies_missing=sent.is_missing or came.is_missing
    )


def unanswered(
    request: Request,
    sent: RecordedBody,
    why: str,
    started: datetime | None = None,
    took: timedelta | None = None,
) -> Entry:
    """Return a request as an entry without the provider's response, and why there is none."""
    sent = _decoded(sent, request.headers)
    return Entry(
        Interaction(_request(request, sent), None, started, failure=why),
        started,
        took,
        bodies_missing=sent.is_missing,
    )


def is_bodiless(method: str, status: int) -> bool:
    """Whether a response has no body whatever its headers say (RFC 9110, 6.4.1)."""
    return method == "HEAD" or status in (204, 205, 304)


def _request(request: Request, sent: RecordedBody) -> Request:
    return Request(
        request.method,
        request.url,
        _headers(request.headers, sent),
        sent.content,
        request.credentials,
        request.room,
    )


def _decoded(body: RecordedBody, headers: Headers) -> RecordedBody:
    if body.content is None:
        return body
    plain = decoded(body.content, coding_of(headers))
    return MISSING if isinstance(plain, str) else replace(body, content=plain)


def _headers(headers: Headers, body: RecordedBody) -> Headers:
    """Return headers without those that would speak of a body which is not here as it was."""
    if not (body.is_missing or body.respelt):
        return headers
    return without_wire(headers)
