"""A file of flows that mitmproxy has saved: tnetstrings, one a flow (`LENGTH:CONTENT}`), read one after the
other.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, BinaryIO

from roomproof.cassettes.damage import MAX_ENTRY, DamageError
from roomproof.cassettes.entry import Entry, EntryError, Unreadable, url_of
from roomproof.cassettes.formats import entry_parts
from roomproof.cassettes.formats.entry_parts import MISSING, RecordedBody
from roomproof.interaction import Headers, Request, header

_DIGITS = 12
_DEEPEST = 20


def entries(file: BinaryIO) -> Iterator[Entry | Unreadable]:
    """Yield the flows of HTTP; others are passed over. Raises DamageError where one is cut off."""
    number = 0
    while size := _length(file):
        number += 1
        place = f"flow {number}"
        content = file.read(size + 1) if size <= MAX_ENTRY else b""
        if size > MAX_ENTRY:
            file.seek(size + 1, 1)
            yield Unreadable(place, f"it is longer than {MAX_ENTRY} bytes")
        elif len(content) <= size:
            raise DamageError(f"ends within {place}")
        else:
            try:
                flow = _value(content[:-1], content[-1:], _DEEPEST)
                if isinstance(flow, dict) and flow.get("type") in ("http", b"http", None):
                    yield _entry(flow, place)
            except EntryError as error:
                yield Unreadable(place, str(error), error.url)


def _length(file: BinaryIO) -> int:
    digits = b""
    while len(digits) <= _DIGITS and (letter := file.read(1)):
        if letter == b":" and digits:
            return int(digits)
        if not letter.isdigit():
            break
        digits += letter
    else:
        if not digits:
            return 0
    raise DamageError("is broken: a flow of mitmproxy begins with its length")


def _value(content: bytes, kind: bytes, levels: int) -> Any:
    """Return the value of a tnetstring. Raises EntryError."""
    try:
        match kind:
            case b",":
                return content
            case b";":
                return content.decode("utf-8", "surrogateescape")
            case b"#":
                return int(content[: _DIGITS + 8])
            case b"^":
                return float(content)
            case b"!":
                return content == b"true"
            case b"~":
                return None
    except ValueError as error:
        raise EntryError("a number in the flow is none") from error
    if kind not in (b"]", b"}") or not levels:
        raise EntryError("the flow is broken or nested too deeply")
    items = list(_items(content, levels - 1))
    return (
        items
        if kind == b"]"
        else {_text(name): value for name, value in zip(items[::2], items[1::2], strict=False)}
    )


def _items(content: bytes, levels: int) -> Iterator[Any]:
    at = 0
    while at < len(content):
        colon = content.find(b":", at, at + _DIGITS)
        if colon < 0 or not content[at:colon].isdigit():
            raise EntryError("the flow is broken: a value in it has no length")
        end = colon + 1 + int(content[at:colon])
        yield _value(content[colon + 1 : end], content[end : end + 1], levels)
        at = end + 1


def _entry(flow: dict[str, Any], place: str) -> Entry:
    asked, came = flow.get("request"), flow.get("response")
    if not isinstance(asked, dict):
        raise EntryError("the flow holds no request")
    headers = _headers(asked.get("headers"))
    scheme, path = _text(asked.get("scheme")) or "https", _text(asked.get("path"))
    named = (
        header(headers, "host")
        or _text(asked.get("authority"))
        or f"{_text(asked.get('host'))}:{asked.get('port')}"
    )
    request = Request(
        _text(asked.get("method")).upper(),
        url_of(path if "://" in path else f"{scheme}://{named}{path}"),
        headers,
    )
    if not request.method:
        raise EntryError("the flow's request has no method", request.url)
    started, ended = (
        _moment(asked.get("timestamp_start")),
        _moment(came.get("timestamp_end") if isinstance(came, dict) else None),
    )
    took = ended - started if started and ended and ended >= started else None
    sent = _body(asked.get("content"))
    status = came.get("status_code") if isinstance(came, dict) else None
    if (
        not isinstance(came, dict)
        or not isinstance(status, int)
        or flow.get("websocket")
        or not 200 <= status <= 999
    ):
        found = entry_parts.unanswered(
            request, sent, "the recording has no response to this request", started, took
        )
    else:
        found = entry_parts.entry(
            request, sent, status, _headers(came.get("headers")), _body(came.get("content")), started, took
        )
    return Entry(found.interaction, found.started, found.took, place, found.bodies_missing)


def _moment(seconds: Any) -> datetime | None:
    return (
        datetime.fromtimestamp(seconds, UTC)
        if isinstance(seconds, int | float) and 0 <= seconds < 1e11
        else None
    )


def _headers(node: Any) -> Headers:
    pairs = (
        (pair for pair in node if isinstance(pair, list) and len(pair) == 2) if isinstance(node, list) else ()
    )
    return tuple((_text(name), _text(value)) for name, value in pairs)


def _body(node: Any) -> RecordedBody:
    return RecordedBody(node) if isinstance(node, bytes) else MISSING


def _text(node: Any) -> str:
    return (
        node.decode("utf-8", "surrogateescape")
        if isinstance(node, bytes)
        else node
        if isinstance(node, str)
        else ""
    )
