"""An entry of a vcrpy cassette: an interaction as the plain data that vcrpy keeps, and back; with it the
entries of its relatives.

They keep the same things in other places: `roomproof.cassettes.formats` has a table of who keeps what where.

What vcrpy does not keep stands beside its two fields, where vcrpy and what is built on it overlook it:
`recorded_at`, `sender`, what the sender knew of credentials and room, `left_out`, how many bytes the body
of the response had beyond those that are kept, and `as_sent`, the digests of bodies that are laid out anew.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from http.client import responses
from typing import Any

from roomproof.cassettes.body_digest import FIELD, restored
from roomproof.cassettes.coding import coding_of, decoded, without_wire
from roomproof.cassettes.entry import Entry, EntryError, answered_at, known, url_of
from roomproof.cassettes.formats.bodies import request_body, response_body
from roomproof.cassettes.formats.entry_parts import MISSING, RecordedBody
from roomproof.cassettes.formats.times import before, duration_of, time_of
from roomproof.cassettes.yaml_tags import UnbuiltValue
from roomproof.interaction import Credentials, Headers, Interaction, Request, Response, RoomKnowledge, header

_STATUS = re.compile(r"(?:HTTP/[0-9.]{1,5} )?(-?[0-9]{1,5})(?![0-9])")
_NO_STATUS = 599
"""What Tornado says of a response that never came; then it has no headers either."""


def entry(interaction: Interaction) -> dict[str, Any]:
    """Return an interaction as an entry. Bodies are text where they are UTF-8, else bytes; only one with a
    response has an entry.
    """
    request, response = interaction.request, interaction.response
    assert response is not None, "vcrpy has no place for a request without a response"
    return {
        "request": {
            "method": request.method,
            "uri": request.url,
            "headers": _grouped(request.headers),
            "body": None if request.body is None else _text(request.body),
        },
        "response": {
            "status": {"code": response.status, "message": responses.get(response.status, "")},
            # A cassette holds the text that the bytes on the wire carried.
            "headers": _grouped(without_wire(response.headers)),
            "body": {"string": _text(response.body)},
        },
        "recorded_at": interaction.at.isoformat() if interaction.at else None,
        "sender": {"credentials": request.credentials.value, "room": request.room.value},
        **({"left_out": response.left_out} if response.left_out else {}),
    }


def entry_of(node: Any) -> Entry:
    """Return an entry, whoever recorded it. Raises EntryError if it has no interaction.

    A body that the recording has only in a coding that cannot be undone counts as one that it does not have.
    """
    request_node = _mapping(node, "request")
    url = _url(request_node)
    try:
        return _entry_of(node, request_node, url)
    except EntryError as error:
        raise EntryError(str(error), url) from error


def _entry_of(node: Mapping[str, Any], request_node: Mapping[str, Any], url: str) -> Entry:
    sender = _optional(node, "sender")
    sent, asked = _sent(node, request_node)
    request = Request(
        _method(request_node),
        url_of(url),
        asked,
        sent.content,
        known(Credentials, sender.get("credentials"), Credentials.UNKNOWN),
        known(RoomKnowledge, sender.get("room"), RoomKnowledge.UNKNOWN),
    )
    recorded = time_of(node.get("recorded_at"))
    if "response" in node and node["response"] is None:
        return Entry(_unanswered(request, recorded), recorded)
    response_node = _mapping(node, "response")
    status, received, answered = _status(response_node, is_ours=bool(sender)), *_received(node, response_node)
    took = duration_of(response_node.get("duration", response_node.get("elapsed")))
    # Who counts the time notes down when the response is there.
    started = before(recorded, took)
    at = started or answered_at(answered)
    if status <= 0 or (status == _NO_STATUS and not answered and not sender):
        return Entry(_unanswered(request, at), started, took)
    if sent.is_doubtful and not 200 <= status < 300:
        # Who accepts it has read it as JSON; else it may have been a form.
        sent, request = MISSING, replace(request, body=None)
    response = Response(
        status,
        answered,
        received.content or b"",
        _left_out(node, response_node, received),
        respelt=received.respelt,
    )
    bodiless = request.method == "HEAD" or status < 200 or status in (204, 304)
    missing = _is_missing(sent, asked) or (not bodiless and _is_missing(received, answered))
    return Entry(Interaction(request, response, at), started, took, bodies_missing=missing)


def _sent(node: Mapping[str, Any], request: Mapping[str, Any]) -> tuple[RecordedBody, Headers]:
    """Return the body of the request and its headers."""
    body, headers = request_body(request), headers_of(request.get("headers"))
    return _exact(node, "request", body, headers) or _uncoded(body, headers)


def _received(node: Mapping[str, Any], response: Mapping[str, Any]) -> tuple[RecordedBody, Headers]:
    """Return the body of the response and its headers."""
    body, headers = response_body(response), headers_of(response.get("headers"))
    return _exact(node, "response", body, headers) or _uncoded(body, headers)


def _exact(
    node: Mapping[str, Any], side: str, body: RecordedBody, headers: Headers
) -> tuple[RecordedBody, Headers] | None:
    """Return a body that roomproof has written byte by byte, beside what JSON could show of it if need be;
    None where others did.
    """
    encoded = _optional(node, "bytes").get(side)
    if not isinstance(encoded, str):
        exact = restored(body.content, _optional(node, FIELD).get(side))
        return (replace(body, content=exact), headers) if _optional(node, "sender") else None
    try:
        return RecordedBody(base64.b64decode(encoded, validate=True)), headers
    except ValueError as error:
        raise EntryError("what stands under bytes is no Base64") from error


def _uncoded(body: RecordedBody, headers: Headers) -> tuple[RecordedBody, Headers]:
    """Return a body without its codings, and the headers without those that speak of other bytes than
    these.
    """
    found = decoded(body.content, coding_of(headers)) if body.content and not body.respelt else body.content
    if found == body.content and not body.respelt and not body.is_missing:
        return body, headers
    return (MISSING if isinstance(found, str) else replace(body, content=found)), without_wire(headers)


def _is_missing(body: RecordedBody, headers: Headers) -> bool:
    length = header(headers, "content-length") or ""
    return body.is_missing or (not body.content and length.isdecimal() and int(length[:20]) > 0)


def _unanswered(request: Request, at: datetime | None) -> Interaction:
    return Interaction(request, None, at, failure="the recording has no response to this request")


def headers_of(node: Any) -> Headers:
    """Return header pairs from a map of names to a value or a list of values, or from a list of pairs or of
    lines.

    Raises EntryError for anything else.
    """
    if node is None:
        return ()
    if not isinstance(node, dict | list | tuple):
        raise EntryError("headers is neither a map of names to values nor a list of pairs")
    pairs = node.items() if isinstance(node, dict) else map(_pair, node)
    values = (
        (name, value)
        for name, given in pairs
        for value in (given if isinstance(given, list | tuple) else [given])
    )
    # HTTP/2's pseudo-headers (":status") are no headers.
    return tuple(
        (name, _plain(value))
        for name, value in ((_plain(name), value) for name, value in values)
        if not name.startswith(":")
    )


def _pair(node: Any) -> tuple[Any, Any]:
    match node:
        case [name, value]:
            return name, value
        case {"name": name, "value": value}:
            return name, value
        case str() if ":" in node:
            name, _, value = node.partition(":")
            return name, value.strip()
    raise EntryError("headers is a list of something else than pairs")


def _grouped(headers: Any) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, value in headers:
        grouped.setdefault(name, []).append(value)
    return grouped


def _text(body: bytes) -> str | bytes:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return body


def _mapping(node: Any, name: str) -> Mapping[str, Any]:
    found = node.get(name) if isinstance(node, dict) else node
    if isinstance(found, UnbuiltValue):
        raise EntryError(f"an interaction cannot be read: {found.why}")
    if not isinstance(node, dict) or not isinstance(found, dict):
        raise EntryError(f"an interaction needs a map named {name}")
    return found


def _optional(node: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = node.get(name)
    return found if isinstance(found, dict) else {}


def _method(node: Mapping[str, Any]) -> str:
    """Return the method of a request; Ruby wrote it as a symbol once, and Go calls GET by no name."""
    return (_text_of(node.get("method"), "method").removeprefix(":") or "GET").upper()


def _url(node: Mapping[str, Any]) -> str:
    """Return the URL of a request as it stands there, or from the parts that vcrpy kept before its version
    1.0.
    """
    found = next((node[name] for name in ("uri", "url") if name in node), None)
    scheme, host, port, path = (node.get(name) for name in ("protocol", "host", "port", "path"))
    if found is None and isinstance(scheme, str) and isinstance(host, str) and isinstance(path, str):
        is_usual = port == {"https": 443, "http": 80}.get(scheme) or not isinstance(port, str | int)
        return f"{scheme}://{host}{'' if is_usual else f':{port}'}{path}"
    return _text_of(found, "uri")


def _text_of(value: Any, name: str) -> str:
    if isinstance(value, UnbuiltValue):
        raise EntryError(f"the {name} of a request cannot be read: {value.why}")
    if not isinstance(value, str | bytes):
        raise EntryError(f"a request needs a text named {name}")
    return str(value) if isinstance(value, str) else value.decode("latin-1")


def _plain(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("latin-1")
    if isinstance(value, str | int | float) or value is None:
        return "" if value is None else str(value)
    if isinstance(value, UnbuiltValue):
        raise EntryError(f"a header cannot be read: {value.why}")
    raise EntryError("a header's value is neither a text nor a list of texts")


def _status(node: Mapping[str, Any], *, is_ours: bool) -> int:
    """Return the status code, which stands in the response itself or in its field `status`, as a number or at
    the head of a text.

    In what roomproof has written a text is an alteration.
    """
    status = node.get("status")
    places: tuple[tuple[Any, str], ...] = (
        (node, "status_code"),
        (node, "code"),
        (status, "code"),
        (status, "status_code"),
    )
    code = next(
        (place[name] for place, name in places if isinstance(place, dict) and place.get(name) is not None),
        status,
    )
    if isinstance(code, int) and not isinstance(code, bool):
        return code
    line = _STATUS.match(code) if isinstance(code, str) and not is_ours else None
    if line is None:
        raise EntryError("a response needs a status with a whole number as its code")
    return int(line[1])


def _left_out(node: Mapping[str, Any], response: Mapping[str, Any], body: RecordedBody) -> int:
    """Return how many bytes the body has lost at its end: as roomproof counts them, or as Schemathesis counts
    those of the whole.
    """
    whole = response.get("truncated_from")
    if isinstance(whole, int) and not isinstance(whole, bool):
        return max(0, whole - len(body.content or b""))
    count = node.get("left_out", 0)
    if not isinstance(count, int) or isinstance(count, bool) or count < 0:
        raise EntryError("what stands under left_out is no number of bytes")
    return count
