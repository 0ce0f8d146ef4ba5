"""The text of a HAR file (HTTP Archive 1.2) that browsers and proxies open, an entry a line.

What HAR has no place for stands under `_roomproof`, which other programs overlook: of the file what it is of,
of an entry what the sender knew of credentials and room, how much of the body is left out, and the bytes of a
request that is no text.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from http.client import responses
from typing import Any

import orjson

from roomproof import __version__
from roomproof.cassettes.coding import without_wire
from roomproof.cassettes.entry import answered_at
from roomproof.interaction import Headers, Interaction, header

HAR_END = b"\n]}}\n"
_UNKNOWN_TYPE = "x-unknown"
"""What browsers write where there was no Content-Type."""
_NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)


def har_head(told: Mapping[str, str]) -> str:
    """Return what stands before the entries."""
    creator = {"name": "roomproof", "version": __version__}
    return (
        f'{{"log": {{"version": "1.2", "creator": {_json(creator)}, "_roomproof": '
        f'{_json(dict(told))}, "entries": ['
    )


def har_entry(interaction: Interaction) -> str:
    """Return an interaction that has a response as one line. How long it took nobody has measured: its times
    are 0.
    """
    request, response = interaction.request, interaction.response
    assert response is not None, "an entry without a response would say nothing"
    headers = without_wire(response.headers)
    started = interaction.at or answered_at(response.headers) or _NO_TIME
    sent, exact = _text(request.body or b"")
    text, encoded = _text(response.body)
    content = {
        "size": len(response.body),
        "mimeType": header(response.headers, "content-type") or _UNKNOWN_TYPE,
    }
    posted = {"mimeType": header(request.headers, "content-type") or _UNKNOWN_TYPE, "text": sent}
    ours = {
        "credentials": request.credentials.value,
        "room": request.room.value,
        **({"left_out": response.left_out} if response.left_out else {}),
        **({"bytes": {"request": exact}} if exact else {}),
    }
    return _json({
        "startedDateTime": started.isoformat(),
        "time": 0,
        "request": {
            "method": request.method,
            "url": request.url,
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": _pairs(request.headers),
            "queryString": _pairs(request.query.items()),
            **({} if request.body is None else {"postData": posted}),
            "headersSize": -1,
            "bodySize": len(request.body or b""),
        },
        "response": {
            "status": response.status,
            "statusText": responses.get(response.status, ""),
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": _pairs(headers),
            "content": {**content, **({"text": encoded,
            "encoding": "base64"} if encoded else {"text": text})},
            "redirectURL": header(response.headers, "location") or "",
            "headersSize": -1,
            "bodySize": -1,
        },
        "cache": {},
        "timings": {"send": 0, "wait": 0, "receive": 0},
        "_roomproof": ours,
    })  # fmt: skip


def _pairs(pairs: Headers | Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]


def _text(body: bytes) -> tuple[str, str]:
    """Return a body as text as far as it is one, and in Base64 if it is none."""
    try:
        return body.decode(), ""
    except UnicodeDecodeError:
        return body.decode("utf-8", "replace"), base64.b64encode(body).decode()


def _json(node: Any) -> str:
    return orjson.dumps(node).decode()
