"""What may stand in a request: what HTTP's grammar lets through, and what every server reads alike.

Whoever writes the texts that a request is made of (a recording, a contract, the response of a server),
nothing of them may end a line, begin another request, or lead to another room or method than the guard has
seen.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from urllib.parse import parse_qsl, quote, unquote

from roomproof.interaction import SAFE, Headers, media_type

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""RFC 9110, 5.6.2: a method (9.1) or the name of a header (5.1)."""
_FIELD_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
"""RFC 9110, 5.5."""
_SEGMENT = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})*")
"""RFC 3986, 3.3: pchar."""
_TO_THE_CONNECTION = frozenset(
    (
        *("connection", "content-length", "expect", "host", "http2-settings", "keep-alive", "te", "trailer"),
        *("transfer-encoding", "upgrade"),
    )
)
"""Headers that say where a request ends and whom it is for: the client alone writes them.

Sources: RFC 9110, 7.2, 7.6.1 and 8.6; RFC 9112, 6.
"""
_ELSEWHERE = frozenset(("forwarded", "x-host", "x-original-host", "x-original-url", "x-rewrite-url"))
"""Headers by which servers behind a proxy are told of another address than that of the request."""
_OVERRIDES = frozenset(
    (
        "_method",
        "x-http-method",
        "x-http-method-override",
        "x-method-override",
        "x-original-method",
        "x-rewrite-method",
    )
)
"""Headers, query parameters and fields by which many servers are told of another method."""
_DECODED = 5
"""What is still encoded after so many decodings is no name of anything."""
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_FORM_NAME = re.compile(rb"""name="?([^";\r\n]*)""", re.IGNORECASE)


def is_field(name: str, value: str) -> bool:
    """Whether a name and a value make a header (RFC 9110, 5.1 and 5.5)."""
    return _TOKEN.fullmatch(name) is not None and _FIELD_VALUE.fullmatch(value) is not None


def leads_elsewhere(name: str) -> bool:
    """Whether a header of this name changes where a request ends, whom it is for, or what its method is."""
    lowered = name.lower()
    return (
        lowered in _TO_THE_CONNECTION
        or lowered in _ELSEWHERE
        or lowered in _OVERRIDES
        or lowered.startswith(("proxy-", "x-forwarded-"))
    )


def segment(text: str) -> str:
    """Return a text, such as a room's id, as one segment of a path (RFC 3986, 2.1).

    A lone surrogate, which UTF-8 does not have, stands as three bytes all the same.
    """
    return quote(text, safe="", errors="surrogatepass")


def unnameable(room_id: str) -> str:
    """Return why no path can name a room that has an id, an empty text if one can."""
    return _wrong_path(f"/{segment(room_id)}", is_safe=False)


def unsendable(method: str, path: str, query: Mapping[str, str], headers: Headers, body: bytes | None) -> str:
    """Return why a request must not be sent, an empty text if it may.

    `path` is what stands after the base URL, still percent-encoded; `query` is not encoded yet.
    """
    if not _TOKEN.fullmatch(method):
        return "the method is none (RFC 9110, 9.1)"
    wrong = next(_wrong_headers(headers), "") or _wrong_path(path, is_safe=method in SAFE)
    if not wrong and (
        name := next((name for name in (*query, *_fields(headers, body)) if name.lower() in _OVERRIDES), "")
    ):
        wrong = f"{name!r} tells many servers of another method"
    return wrong


def _wrong_headers(headers: Headers) -> Iterator[str]:
    for name, value in headers:
        if not is_field(name, value):
            yield f"the header {name!r} holds what no header can (RFC 9110, 5.1 and 5.5)"
        elif leads_elsewhere(name):
            yield f"the header {name!r} tells a server of another end, host or method of the request"


def _wrong_path(path: str, *, is_safe: bool) -> str:
    """Return what is wrong with a path: that it is none (RFC 9112, 3.2.1), or that servers read it in several
    ways.

    The latter may be asked for and never changed: what is changed has to be what the guard has seen.
    """
    first, *segments = path.split("/")
    if first or not segments:
        return "the path does not begin with a slash (RFC 9112, 3.2.1)"
    if not all(map(_SEGMENT.fullmatch, segments)):
        return "the path holds what no path can (RFC 3986, 3.3)"
    if not is_safe and ("" in segments[:-1] or any(map(_is_ambiguous, segments))):
        return (
            "servers read the path in several ways: dots, nothing, a semicolon, an encoded slash, "
            "backslash or NUL stand in it"
        )
    return ""


def _is_ambiguous(part: str) -> bool:
    """Whether some server takes a segment for more or less: without its parameters, or decoded, once or
    more.
    """
    if ";" in part:
        return True
    for _ in range(_DECODED):
        if part.partition(";")[0] in (".", "..") or any(letter in part for letter in "/\\\0"):
            return True
        before, part = part, unquote(part, errors="replace")
        if part == before:
            return False
    return True


def _fields(headers: Headers, body: bytes | None) -> Iterator[str]:
    """Yield the names in a body that may be one of _OVERRIDES: those of a form, and of a JSON object."""
    if not body or (b"method" not in body.lower() and b"\\u" not in body and b"%" not in body):
        return
    if (media_type(headers) or "") in _FORMS:
        yield from (name for name, _ in parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
        yield from (name.decode("utf-8", "replace").strip() for name in _FORM_NAME.findall(body))
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return
    if isinstance(found, dict):
        yield from found
