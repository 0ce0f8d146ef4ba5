"""Faults of the Azure mock: its interface, and what its faults share."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from email.utils import formatdate
from typing import Any

from starlette.requests import Request

from roomproof.mocks.azure import ACCESS_KEY
from roomproof.mocks.azure_signature import is_signed
from roomproof.mocks.faults.exchange import Api, Call
from roomproof.mocks.timestamps import parse_date_time

Json = Any
WINDOW = ("validFrom", "validUntil")
REQUEST_ID = "repeatability-request-id"


def sign(call: Call) -> Call:
    """Sign a call as the provider's own clients do (see `roomproof.mocks.azure_signature`)."""
    dated = call.with_header("x-ms-date", formatdate(usegmt=True)).with_header("x-ms-content-sha256", digest(call))
    return dated.with_header("authorization", proof(dated))


def digest(call: Call) -> str:
    """The hash of a call's body, as its header has it."""
    return base64.b64encode(hashlib.sha256(call.body).digest()).decode()


def proof(call: Call) -> str:
    """The Authorization header of a call with the date and the hash that its headers tell, right or wrong."""
    query = call.scope["query_string"].decode("latin-1")
    headers = ";".join(map(call.header, ("x-ms-date", "host", "x-ms-content-sha256")))
    signed = f"{call.method}\n{call.path}{'?' if query else ''}{query}\n{headers}"
    signature = base64.b64encode(hmac.digest(ACCESS_KEY, signed.encode(), "sha256")).decode()
    return f"HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={signature}"


def is_moment(value: Json) -> bool:
    return isinstance(value, str) and parse_date_time(value) is not None


def is_uuid(text: str) -> bool:
    return re.fullmatch("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", text) is not None


API = Api(
    "/rooms",
    {("POST", False): "create-room", ("PATCH", True): "update-room"},
    "",
    "id",
    sign,
    lambda call: is_signed(Request(call.as_scope()), call.body, ACCESS_KEY),
    {"PATCH": "application/merge-patch+json"},
)
