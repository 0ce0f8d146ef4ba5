"""An entry of a HAR file (HTTP Archive 1.2) as an interaction, whatever browser, proxy or test tool has
written it.

Browsers keep a body decoded and its Content-Encoding header as it was. What the provider did not answer
itself (a cache, a service worker or a test's route did, or nobody) is an interaction without a response, and
says nothing of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from roomproof.cassettes.entry import Entry, EntryError, known, moment, url_of
from roomproof.cassettes.formats import entry_parts
from roomproof.cassettes.formats.entry_parts import MISSING, NO_BODY, RecordedBody
from roomproof.cassettes.formats.format import Around, Format
from roomproof.cassettes.formats.pairs import pairs_of
from roomproof.cassettes.formats.wrapped import (
    as_bytes,
    from_base64,
    from_chunk_text,
    from_hexadecimal,
    from_silent_base64,
)
from roomproof.cassettes.layout import is_json
from roomproof.interaction import Credentials, Headers, Interaction, Request, Response, RoomKnowledge, header

_Node = Mapping[str, Any]
_CACHE, _WORKER, _TEST = (
    "a cache has answered, not the provider",
    "a service worker has answered, not the provider",
    "a test has answered",
)
_FETCHED = {
    "memory cache": _CACHE,
    "disk cache": _CACHE,
    "service worker": _WORKER,
    "inspector override": _TEST,
}
"""What Safari writes as `_fetchType` where the response did not come over the network."""
_MILLISECONDS_FROM = 1e11
"""A time in digits is in milliseconds from here on: in seconds this would be the year 5138."""


def entry_of(node: Any, around: Around = Around()) -> Entry:  # noqa: B008 - it is frozen
    """Return an entry. Raises EntryError if it has no request.

    One whose response has lost its body keeps the status and has an empty one.
    """
    entry = _object(node)
    asked, response, ours = (_object(entry.get(name)) for name in ("request", "response", "_roomproof"))
    method, url = asked.get("method"), asked.get("url")
    if not isinstance(url, str) or not isinstance(method, str) or not method:
        raise EntryError(
            "an entry needs a request with the texts method and url", url if isinstance(url, str) else ""
        )
    request = Request(method.upper(), url_of(url), pairs_of(asked.get("headers")))
    started, took = _started(entry.get("startedDateTime")), _took(entry.get("time"))
    status, headers = _status(response.get("status")), pairs_of(response.get("headers"))
    if ours and status is not None:
        return Entry(
            _own(request, asked, status, headers, _object(response.get("content")), ours, started),
            started,
            took,
        )
    sent = _sent(asked, around)
    if status is None or (why := _who_else(entry, response, status)):
        return entry_parts.unanswered(
            request, sent, why if status else "the recording has no response to this request", started, took
        )
    came = _came(_object(response.get("content")), headers, around)
    if not came.content and (response.get("_error") or entry_parts.is_bodiless(request.method, status)):
        came = MISSING if response.get("_error") else NO_BODY
    return entry_parts.entry(request, sent, status, headers, came, started, took)


FORMAT = Format("HAR", ("log", "entries"), lambda node, around: iter((entry_of(node, around),)))


def _object(node: Any) -> _Node:
    return node if isinstance(node, dict) else {}


def _started(value: Any) -> datetime | None:
    """Return a time from ISO 8601, or from seconds or milliseconds since 1970."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return moment(value.strip()) if isinstance(value, str) else None
    try:
        return datetime.fromtimestamp(value / 1000 if abs(value) >= _MILLISECONDS_FROM else value, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _took(value: Any) -> timedelta | None:
    """Return a duration from milliseconds; below zero they say that it is not known."""
    try:
        return (
            timedelta(milliseconds=value)
            if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
            else None
        )
    except (ValueError, OverflowError):
        return None


def _status(value: Any) -> int | None:
    """Return the status of a response, None where there was none: no number, 0 or -1."""
    digits = value.split()[0] if isinstance(value, str) and value.strip() else value
    try:
        number = None if isinstance(digits, bool) else int(digits)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if number is not None and 100 <= number <= 999 else None


def _who_else(entry: _Node, response: _Node, status: int) -> str:
    """Return who has answered in place of the provider; nothing where the provider itself has."""
    if entry.get("_resourceType") == "websocket" or entry.get("_webSocketMessages") or status < 200:
        return "the connection became another protocol's"
    if status == 304 or entry.get("_fromCache"):
        return _CACHE
    if response.get("_fetchedViaServiceWorker"):
        return _WORKER
    return _TEST if entry.get("_wasFulfilled") else _FETCHED.get(str(entry.get("_fetchType")).lower(), "")


def _sent(asked: _Node, around: Around) -> RecordedBody:
    """Return the body of a request: HTTP Toolkit keeps one that is no text as `_content`."""
    posted = _object(asked.get("postData") or asked.get("_content"))
    body = _text_of(posted, around)
    if not body.content and (parameters := posted.get("params")):
        return _form(str(posted.get("mimeType", "")), parameters)
    if not body.content and asked.get("_requestBodyStatus"):
        return MISSING
    return _unless_cut(body, max(_number(asked.get("bodySize")), _number(posted.get("size"))))


def _form(kind: str, parameters: Any) -> RecordedBody:
    """Return a form that was taken apart; how one with files was put together nobody knows."""
    if not kind.lower().startswith("application/x-www-form-urlencoded"):
        return MISSING
    return RecordedBody(urlencode(pairs_of(parameters), errors="replace").encode(), respelt=True)


def _came(content: _Node, headers: Headers, around: Around) -> RecordedBody:
    """Return the body of a response: Polly keeps one that came in a coding as a list of its chunks, in
    JSON.
    """
    text = content.get("text")
    if isinstance(text, str) and (header(headers, "content-encoding") or _is_wrapped(content)):
        chunks = from_chunk_text(text, any_base64=_is_wrapped(content))
        if chunks is not None:
            return RecordedBody(chunks)
    return _unless_cut(_text_of(content, around), _number(content.get("size")))


def _text_of(node: _Node, around: Around) -> RecordedBody:
    """Return a body from the file that is named, from Base64 whether it is announced or not, or from text."""
    if isinstance(name := node.get("_file"), str):
        content = around.attached(name)
        return MISSING if content is None else RecordedBody(content)
    text = node.get("text")
    if not isinstance(text, str) or not text:
        return RecordedBody(b"") if text == "" else NO_BODY
    if (
        _is_wrapped(node)
        and (content := from_hexadecimal(text) if _is_hexadecimal(node) else from_base64(text)) is not None
    ):
        # One tool has wrapped it, and then another.
        return RecordedBody(from_silent_base64(content.decode("latin-1")) or content)
    plain = as_bytes(text)
    if plain is None or (_is_wrapped(node) and not is_json(plain)):
        return MISSING
    return RecordedBody(from_silent_base64(text) or plain)


def _is_wrapped(node: _Node) -> bool:
    """Whether the text of a body is said to stand for bytes; Polly's older recordings say `_isBinary`, and
    mean hexadecimal digits.
    """
    return str(node.get("encoding")).lower().strip() == "base64" or _is_hexadecimal(node)


def _is_hexadecimal(node: _Node) -> bool:
    return node.get("encoding") == "hex" or (node.get("_isBinary") is True and not node.get("encoding"))


def _number(value: Any) -> float:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else 0


def _unless_cut(body: RecordedBody, size: float) -> RecordedBody:
    """Return a body, unless the recording says that it was longer; one that is JSON is whole whatever it
    says.
    """
    content = body.content or b""
    return MISSING if size > len(content) and not is_json(content) else body


def _own(
    request: Request,
    asked: _Node,
    status: int,
    headers: Headers,
    content: _Node,
    ours: _Node,
    at: datetime | None,
) -> Interaction:
    """Return what roomproof itself has recorded, as it was: nothing has to be guessed (har_writing.py)."""
    exact, left_out = _object(ours.get("bytes")).get("request"), ours.get("left_out")
    posted = {"text": exact, "encoding": "base64"} if exact else _object(asked.get("postData"))
    asked_by = replace(
        request,
        body=_written(posted),
        credentials=known(Credentials, ours.get("credentials"), Credentials.UNKNOWN),
        room=known(RoomKnowledge, ours.get("room"), RoomKnowledge.UNKNOWN),
    )
    rest = left_out if isinstance(left_out, int) and left_out > 0 else 0
    return Interaction(asked_by, Response(status, headers, _written(content) or b"", rest), at)


def _written(node: _Node) -> bytes | None:
    text = node.get("text")
    if not isinstance(text, str):
        return None
    return from_base64(text) if node.get("encoding") == "base64" else text.encode("utf-8", "replace")
