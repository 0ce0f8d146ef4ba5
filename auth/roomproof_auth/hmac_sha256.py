"""A signature over the request by HMAC-SHA256, as the clients of Azure Communication Services make it.

The text that is signed is method, path with query, and date, host and content hash joined by semicolons.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from urllib.parse import urlsplit

from roomproof.auth.scheme import Authentication, Carrier, Scheme, Variable, Verbatim
from roomproof.auth.slips import other_bytes
from roomproof.errors import UsageError
from roomproof.interaction import Headers
from roomproof.secrets import Secret

_WRONG_KEY = b"roomproof: a key that no account has"
_OTHER_BODY = b'{"roomproof":"another body"}'
_SIGNED_HEADERS = "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature="
_SLIPS = tuple(other_bytes(bytes(3)))


@dataclass(frozen=True)
class Content:
    """What a signature covers, as the signed text has it; `digest` is the body's SHA-256 in base64."""

    method: str
    target: str
    date: str
    host: str
    digest: str

    def text(self) -> bytes:
        """Return the text that is signed."""
        return f"{self.method}\n{self.target}\n{self.date};{self.host};{self.digest}".encode()


def _as_it_is(content: Content) -> Content:
    return content


def _in_full(signature: bytes) -> str:
    return f"{_SIGNED_HEADERS}{_encoded(signature)}"


@dataclass(frozen=True)
class HmacSha256:
    """A signature over method, path and query, date, host and content hash; `key` is base64.

    What invalid credentials change: `says` what the headers tell, and is signed with them; `signs` what only
    the signature covers; `writes` how the signature stands in Authorization. The key itself is never sent,
    since this scheme is there to keep it back.
    """

    key: str = field(repr=False)
    says: Callable[[Content], Content] = _as_it_is
    signs: Callable[[Content], Content] = _as_it_is
    writes: Callable[[bytes], str] = _in_full

    def headers(self, method: str, url: str, body: bytes | None) -> Headers:
        parts = urlsplit(url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        said = self.says(Content(method, target, _http_date(), parts.netloc, _digest(body or b"")))
        signature = hmac.digest(base64.b64decode(self.key), self.signs(said).text(), "sha256")
        proof = Secret(self.writes(signature))
        return (("x-ms-date", said.date), ("x-ms-content-sha256", said.digest), ("Authorization", proof))

    def query(self) -> Mapping[str, str]:
        return {}

    def invalid_credentials(self) -> Mapping[str, Scheme]:
        another_body = partial(replace, digest=_digest(_OTHER_BODY))
        key = base64.b64decode(self.key)
        slips = other_bytes(key).items()
        near: dict[str, Scheme] = {
            f"the key {what}": replace(self, key=_encoded(slip)) for what, slip in slips
        }
        others: dict[str, Scheme] = {
            "another key": replace(self, key=_encoded(key + _WRONG_KEY)),
            "a signature of another method": replace(self, signs=partial(replace, method="OPTIONS")),
            "a signature of another path": replace(self, signs=_with_another_path),
            "a signature of another query": replace(self, signs=_with_another_query),
            "a signature of another host": replace(self, signs=partial(replace, host="roomproof.example")),
            "a signature of another body": replace(self, signs=another_body),
            "the hash of another body, signed": replace(self, says=another_body),
            "a signature of another date": replace(self, signs=partial(_dated, timedelta(minutes=-1))),
            **{f"a date {what}, signed": replace(self, says=says) for what, says in _STALE.items()},
            **{f"the signature {slip}": replace(self, writes=partial(_altered, slip)) for slip in _SLIPS},
            "an empty signature": replace(self, writes=lambda _: _SIGNED_HEADERS),
            "the scheme without a signature": replace(self, writes=lambda _: "HMAC-SHA256"),
            "the signature under the scheme Bearer": replace(self, writes=_as_a_bearer),
            "bearer instead of a signature": Verbatim("Bearer roomproof-wrong"),
        }
        return {**others, **near}

    def with_secret(self, secret: Variable) -> Scheme:
        return replace(self, key=_access_key(secret))

    def secrets(self) -> tuple[str, ...]:
        return (self.key,)


def _altered(slip: str, signature: bytes) -> str:
    return _in_full(other_bytes(signature)[slip])


def _as_a_bearer(signature: bytes) -> str:
    return f"Bearer {_encoded(signature)}"


def _with_another_path(content: Content) -> Content:
    return replace(content, target=f"/roomproof{content.target}")


def _with_another_query(content: Content) -> Content:
    return replace(content, target=f"{content.target}{'&' if '?' in content.target else '?'}roomproof=1")


def _dated(ahead: timedelta, content: Content) -> Content:
    return replace(content, date=_http_date(ahead))


_STALE = {
    "an hour ago": partial(_dated, timedelta(hours=-1)),
    "a year ago": partial(_dated, timedelta(days=-365)),
    "an hour ahead": partial(_dated, timedelta(hours=1)),
    "a year ahead": partial(_dated, timedelta(days=365)),
}
"""Dates that no service takes: a sibling that documents how far a clock may be off says 15 minutes."""


def _http_date(ahead: timedelta = timedelta(0)) -> str:
    """Return the present time, or one so far ahead, as HTTP writes it (RFC 9110, 5.6.7)."""
    return format_datetime(datetime.now(UTC) + ahead, usegmt=True)


def _digest(body: bytes) -> str:
    return _encoded(hashlib.sha256(body).digest())


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _access_key(variable: Variable) -> str:
    """Return the access key of `endpoint=...;accesskey=...`. Raises UsageError where there is none."""
    advice = "copy the whole connection string"
    for part in variable.sendable().split(";"):
        name, _, value = part.partition("=")
        if name.strip().lower() == "accesskey":
            if not value.strip():
                raise UsageError(f"the accesskey in {variable.name} is empty; {advice}")
            try:
                base64.b64decode(value, validate=True)
            except ValueError:
                raise UsageError(f"the accesskey in {variable.name} is not base64; {advice}") from None
            return Secret(value)
    looks = "it looks like 'endpoint=https://...;accesskey=...'"
    raise UsageError(f"{variable.name} holds no accesskey; {looks}")


def _scheme(parts: Mapping[str, Variable], _: Carrier) -> Scheme:
    return HmacSha256(_access_key(parts["connection-string"]))


def _curl(variables: Mapping[str, str], carrier: Carrier) -> tuple[str, ...]:
    return carrier.curl(f"<signed with the key in {variables['connection-string']}>")


HMAC_SHA256 = Authentication(
    "HMAC-SHA256 signature",
    ("connection-string",),
    _scheme,
    _curl,
    adds=("x-ms-date", "x-ms-content-sha256"),
    is_signature=True,
)
