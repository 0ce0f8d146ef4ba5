"""The identity of who signs with HMAC-SHA256, as the clients of Azure Communication Services do
(roomproof.mocks.azure_signature).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import formatdate

from starlette.requests import Request

from roomproof.mocks.azure_signature import is_signed
from roomproof_faults.border.exchange import FaultyRequest


@dataclass(frozen=True)
class Signature:
    """Signs with a key; the proof covers method, path, query, date, host and body."""

    key: bytes = field(repr=False)

    def sign(self, call: FaultyRequest) -> FaultyRequest:
        dated = call.with_header("x-ms-date", formatdate(usegmt=True)).with_header(
            "x-ms-content-sha256", digest(call)
        )
        return dated.with_header("authorization", self.proof(dated))

    def is_signed(self, call: FaultyRequest) -> bool:
        return is_signed(Request(call.as_scope()), call.body, self.key)

    def proof(self, call: FaultyRequest) -> str:
        """The Authorization header of a call with the date and the hash that its headers tell, right or
        wrong.
        """
        query = call.scope["query_string"].decode("latin-1")
        headers = ";".join(map(call.header, ("x-ms-date", "host", "x-ms-content-sha256")))
        text = f"{call.method}\n{call.path}{'?' if query else ''}{query}\n{headers}"
        signature = base64.b64encode(hmac.digest(self.key, text.encode(), "sha256")).decode()
        return f"HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={signature}"


def digest(call: FaultyRequest) -> str:
    """The hash of a call's body, as its header has it."""
    return base64.b64encode(hashlib.sha256(call.body).digest()).decode()


def hmac_sha256(secrets: Mapping[str, str]) -> Signature:
    """Return the identity of who has a connection string."""
    return Signature(base64.b64decode(secrets["connection-string"].partition("accesskey=")[2]))
