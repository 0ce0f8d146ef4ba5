"""The HMAC-SHA256 request signature of Azure Communication Services, as its official clients make it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from urllib.parse import unquote

from starlette.requests import Request

from roomproof.mocks.credentials import same_secret
from roomproof.mocks.timestamps import SECOND, now, parse_http_date

CLOCK_SKEW = 15 * 60 * SECOND

_AUTHORIZATION = re.compile(r"HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=(\S+)")


def is_signed(request: Request, body: bytes, key: bytes) -> bool:
    """Whether the request was signed with `key`, for this body and in the last minutes.

    Source: "Rooms - Create" and "Rooms - Update", Security; the parts that are signed are known from the
    client azure-communication-rooms.
    """
    headers = request.headers
    authorization = _AUTHORIZATION.fullmatch(headers.get("authorization", ""))
    date = headers.get("x-ms-date", "")
    sent_at = parse_http_date(date)
    content_hash = base64.b64encode(hashlib.sha256(body).digest()).decode()
    if authorization is None or sent_at is None or abs(now() - sent_at) > CLOCK_SKEW:
        return False
    if not same_secret(headers.get("x-ms-content-sha256", ""), content_hash):
        return False
    signed = f"{date};{headers.get('host', '')};{content_hash}"
    # The Python client signs the URL with its percent-encoding undone, the others sign it as sent.
    url = _path_and_query(request)
    return any(
        same_secret(authorization[1], _signature(key, f"{request.method}\n{form}\n{signed}"))
        for form in dict.fromkeys((url, unquote(url)))
    )


def _path_and_query(request: Request) -> str:
    path: bytes = request.scope["raw_path"]
    query: bytes = request.scope["query_string"]
    return (path + b"?" + query if query else path).decode("latin-1")


def _signature(key: bytes, text: str) -> str:
    return base64.b64encode(hmac.digest(key, text.encode(), "sha256")).decode()
