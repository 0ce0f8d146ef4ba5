"""An exchange as a cassette of vcrpy holds it in memory, as the plain data that it is on the disk."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from roomproof.cassettes.entry import EntryError


def node_of(request: Any, response: Mapping[str, Any]) -> dict[str, Any]:
    """Return an exchange as an entry of a cassette; nothing of it is used up. Raises EntryError for a body of
    another kind.
    """
    return {
        "request": {
            "method": str(request.method),
            "uri": str(request.uri),
            "headers": grouped(request.headers.items()),
            "body": body_of(request.body),
        },
        "response": {**response, "headers": grouped(_items(response.get("headers") or {}))},
    }


def grouped(headers: Iterable[tuple[Any, Any]]) -> dict[str, list[str]]:
    """Return headers as a map of names to lists of values, whatever a stub has made of them."""
    found: dict[str, list[str]] = {}
    for name, values in headers:
        several = values if isinstance(values, list | tuple) else [values]
        found.setdefault(_text(name), []).extend(map(_text, several))
    return found


def body_of(body: Any) -> bytes | None:
    """Return the body of a request: a text, bytes, a file or pieces, each of which vcrpy gives anew; of plain
    data its JSON.

    Raises EntryError for anything else.
    """
    if body is None or isinstance(body, bytes):
        return body
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, dict | list):
        return json.dumps(body, default=str).encode()
    if hasattr(body, "read"):
        return body_of(body.read())
    try:
        pieces = list(body)
        if pieces and isinstance(pieces[0], int):
            return bytes(pieces)
        return b"".join(piece.encode() if isinstance(piece, str) else bytes(piece) for piece in pieces)
    except (TypeError, ValueError) as error:
        raise EntryError(f"the body of a request is a {type(body).__name__}") from error


def _items(headers: Any) -> Iterable[tuple[Any, Any]]:
    return headers.items() if isinstance(headers, Mapping) else headers


def _text(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
