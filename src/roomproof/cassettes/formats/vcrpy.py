"""An entry of a vcrpy cassette: an interaction as the plain data that vcrpy keeps, and back.

What vcrpy does not keep stands beside its two members, where vcrpy and what is built on it overlook it:
`recorded_at`, `sender`, what the sender knew of credentials and room, and `left_out`, how many bytes the body
of the response had beyond those that are kept.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from enum import StrEnum
from http.client import responses
from typing import Any, TypeVar
from urllib.parse import urlsplit

from roomproof.cassettes.coding import decoded
from roomproof.cassettes.entry import Entry, EntryError, answered_at, moment
from roomproof.interaction import Credentials, Headers, Interaction, Request, Response, RoomKnowledge, header
from roomproof.judge.placeholder import is_placeholder

_Kind = TypeVar("_Kind", bound=StrEnum)
_BRACKETED = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*://)(\[[\w -]+\])")
_NOT_KEPT = frozenset(("content-length", "content-encoding", "transfer-encoding"))
"""Headers that speak of the bytes on the wire; a cassette holds the text that they carried."""


def entry(interaction: Interaction) -> dict[str, Any]:
    """Return an interaction as an entry. Bodies are text where they are UTF-8, else bytes; only one with a response has an entry."""
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
            "headers": _grouped((name, value) for name, value in response.headers if name.lower() not in _NOT_KEPT),
            "body": {"string": _text(response.body)},
        },
        "recorded_at": interaction.at.isoformat() if interaction.at else None,
        "sender": {"credentials": request.credentials.value, "room": request.room.value},
        **({"left_out": response.left_out} if response.left_out else {}),
    }


def entry_of(node: Any) -> Entry:
    """Return an entry, whoever recorded it. Raises EntryError if it has no interaction.

    A body that the recording has only in a coding that cannot be undone leaves an interaction without a response.
    """
    request_node, response_node = _mapping(node, "request"), _mapping(node, "response")
    sender, exact = (_optional(node, name) for name in ("sender", "bytes"))
    request = Request(
        _string(request_node, "method").upper(),
        url_of(_string(request_node, "uri")),
        headers_of(request_node.get("headers")),
        _exact(exact.get("request"), _body(request_node.get("body"))),
        _known(Credentials, sender.get("credentials"), Credentials.UNKNOWN),
        _known(RoomKnowledge, sender.get("room"), RoomKnowledge.UNKNOWN),
    )
    headers = headers_of(response_node.get("headers"))
    started = moment(node.get("recorded_at"))
    at = started or answered_at(headers)
    body = decoded(_exact(exact.get("response"), _body(response_node.get("body"))) or b"", header(headers, "content-encoding"))
    if isinstance(body, str):
        return Entry(Interaction(request, None, at, failure=body), started)
    response = Response(_status(response_node.get("status")), headers, body, _left_out(node))
    return Entry(Interaction(request, response, at), started)


def headers_of(node: Any) -> Headers:
    """Return header pairs from a map of names to a value or a list of values. Raises EntryError for anything else."""
    if node is None:
        return ()
    if not isinstance(node, dict):
        raise EntryError("headers is no map of names to values")
    pairs = ((name, value) for name, values in node.items() for value in (values if isinstance(values, list | tuple) else [values]))
    return tuple((_plain(name), _plain(value)) for name, value in pairs)


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
    found = node.get(name) if isinstance(node, dict) else None
    if not isinstance(found, dict):
        raise EntryError(f"an interaction needs a map named {name}")
    return found


def _optional(node: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = node.get(name)
    return found if isinstance(found, dict) else {}


def _exact(encoded: Any, otherwise: bytes | None) -> bytes | None:
    """Return the bytes that a JSON cassette keeps beside what it could show of them."""
    try:
        return base64.b64decode(encoded, validate=True) if isinstance(encoded, str) else otherwise
    except ValueError as error:
        raise EntryError("what stands under bytes is no Base64") from error


def _string(node: Mapping[str, Any], name: str) -> str:
    if not isinstance(node.get(name), str):
        raise EntryError(f"a request needs a text named {name}")
    return str(node[name])


def url_of(text: str) -> str:
    """Return a URL as it is, but that a placeholder in brackets, which no host can be, is put into others.

    Raises EntryError for a text that cannot be taken apart as one.
    """
    try:
        urlsplit(text)
    except ValueError as error:
        bracketed = _BRACKETED.match(text)
        if bracketed is None or not is_placeholder(bracketed[2]):
            raise EntryError(f"the uri of a request is none ({error})") from error
        return f"{bracketed[1]}<{bracketed[2][1:-1]}>{text[bracketed.end() :]}"
    return text


def _plain(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("latin-1")
    if isinstance(value, str | int | float) or value is None:
        return "" if value is None else str(value)
    raise EntryError("a header's value is neither a text nor a list of texts")


def _body(node: Any) -> bytes | None:
    """Return a body from what vcrpy writes: a text, bytes, a map with `string` or, in old ones, `base64_string`."""
    found = next((node[name] for name in ("string", "base64_string") if name in node), None) if isinstance(node, dict) else node
    if found is None or isinstance(found, bytes):
        return found
    if isinstance(found, str):
        return found.encode("utf-8", "surrogatepass")
    raise EntryError("a body is neither a text nor bytes")


def _status(node: Any) -> int:
    code = node.get("code") if isinstance(node, dict) else node
    if not isinstance(code, int) or isinstance(code, bool):
        raise EntryError("a response needs a status with a whole number as its code")
    return code


def _left_out(node: Mapping[str, Any]) -> int:
    count = node.get("left_out", 0)
    if not isinstance(count, int) or isinstance(count, bool) or count < 0:
        raise EntryError("what stands under left_out is no number of bytes")
    return count


def _known(kind: type[_Kind], value: Any, otherwise: _Kind) -> _Kind:
    return kind(value) if isinstance(value, str) and value in set(kind) else otherwise
