"""Interactions: a request and the response it got, as plain data.

The same dataclasses carry live, mock and recorded traffic; nothing here knows where they come from.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from urllib.parse import parse_qsl, urlsplit

Headers = tuple[tuple[str, str], ...]


class Credentials(StrEnum):
    """What the sender knows of the credentials that a request carries; a recording by others says
    `unknown`.
    """

    VALID = "valid"
    WRONG = "wrong"
    MISSING = "missing"
    UNSCOPED = "unscoped"
    UNKNOWN = "unknown"


class RoomKnowledge(StrEnum):
    """What the sender knows of the room that a request names."""

    EXISTS = "exists"
    NONE = "none"
    UNKNOWN = "unknown"


def header(headers: Headers, name: str) -> str | None:
    """Return the first value of a header, its name compared without case (RFC 9110, 5.1), or None."""
    wanted = name.lower()
    for key, value in headers:
        if key.lower() == wanted:
            return value
    return None


def media_type(headers: Headers) -> str | None:
    """Return the media type of Content-Type in lower case and without parameters (RFC 9110, 8.3.1), or
    None.
    """
    value = header(headers, "content-type")
    return None if value is None else value.split(";", 1)[0].strip().lower()


LARGEST_BODY = 512_000
"""Bytes of a body that is judged and recorded as it is: a room has a few hundred, the largest request of a
run 24,000."""
SHOWN_BODY = 32_768
"""Bytes of a body that are shown, and kept of one that is larger than is judged."""
_BEYOND = 8_192
"""So many bytes more are kept than are shown, so that a secret which is cut off there is still known by its
end."""

SAFE = ("GET", "HEAD", "OPTIONS")
"""Methods that change nothing (RFC 9110, 9.2.1)."""
BUSY = (429, 503)
"""Statuses of a provider that has no time (RFC 6585, 4; RFC 9110, 15.6.4): they say nothing of the request,
which may come again.
"""


class Loss(StrEnum):
    """How a request that a server received got no usable response: a closed connection, something broken,
    nothing whole in time.
    """

    DROPPED = "dropped"
    BROKEN = "broken"
    LATE = "late"


@dataclass(frozen=True)
class Request:
    """A request as it went out: absolute URL, header pairs in order, body bytes (None: no body)."""

    method: str
    url: str
    headers: Headers = ()
    body: bytes | None = None
    credentials: Credentials = Credentials.UNKNOWN
    room: RoomKnowledge = RoomKnowledge.UNKNOWN

    @cached_property
    def path(self) -> str:
        """The path of the URL, still percent-encoded."""
        return urlsplit(self.url).path

    @cached_property
    def query(self) -> dict[str, str]:
        """The query parameters; of a repeated one the last."""
        return dict(parse_qsl(urlsplit(self.url).query, keep_blank_values=True))

    @cached_property
    def cookies(self) -> dict[str, str]:
        """The cookies that it carries (RFC 6265, 4.2.1)."""
        pairs = (pair.strip().partition("=") for pair in (header(self.headers, "cookie") or "").split(";"))
        return {name: value for name, equals, value in pairs if equals}


@dataclass(frozen=True)
class Response:
    """A response as it came in: status code, header pairs in order, body bytes after content decoding.

    `left_out` counts the bytes that the body had beyond those that are here. `respelt`: the body is a
    recorder's spelling of the value that the body had; how the server spelt it is lost.
    """

    status: int
    headers: Headers = ()
    body: bytes = b""
    left_out: int = 0
    respelt: bool = False

    @property
    def is_too_large(self) -> bool:
        """Whether the body is not here as a whole, or is larger than is judged."""
        return self.left_out > 0 or len(self.body) > LARGEST_BODY

    def cut(self, most: int) -> Response:
        """Return the response with so many bytes of its body at most, no letter cut in two; the same object
        where it has no more.
        """
        body = self.body[:most]
        if len(body) < len(self.body):
            # Of UTF-8 a letter has three further bytes at most, and each of them says that it
            # is one (RFC 3629, 3).
            last = next(
                (at for at in range(most, max(0, most - 3), -1) if self.body[at] & 0xC0 != 0x80), most
            )
            body = body[:last]
        return (
            self
            if body == self.body
            else replace(self, body=body, left_out=self.left_out + len(self.body) - len(body))
        )


@dataclass(frozen=True)
class Interaction:
    """A request with its response, or with the failure that kept the response away.

    `at` is the time of sending, None where a recording does not say; it always has an offset. `loss` tells of
    a failure that the server received the request, and what it did in place of answering it; None where that
    is not known. `never_sent` tells that nobody listened, so that nothing was sent.
    """

    request: Request
    response: Response | None
    at: datetime | None = None
    failure: str = ""
    loss: Loss | None = None
    never_sent: bool = False


def bounded(interaction: Interaction) -> Interaction:
    """Return an interaction as it is judged: without the rest of a body that is larger than that."""
    response = interaction.response
    return interaction if response is None or len(response.body) <= LARGEST_BODY else remembered(interaction)


def remembered(interaction: Interaction) -> Interaction:
    """Return an interaction as it is kept once it is judged: of the body no more than is shown. The request
    stays the same object.
    """
    response = interaction.response
    if response is None or len(response.body) <= SHOWN_BODY + _BEYOND:
        return interaction
    return replace(interaction, response=response.cut(SHOWN_BODY + _BEYOND))
