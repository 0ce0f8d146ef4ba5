"""Credentials: read from the environment, put on requests, and forged in the ways that a provider must refuse.

Sources: RFC 6750 (2.1, Bearer), RFC 7617 (2, Basic), and the HMAC-SHA256 scheme as its official client signs it: the
string to sign is method, path with query, and date, host and content hash joined by semicolons.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Protocol
from urllib.parse import urlsplit

from roomproof.contract.model import CredentialsSpec
from roomproof.environment import value_of
from roomproof.errors import UsageError
from roomproof.interaction import Headers
from roomproof.secrets import Secret

_WRONG_KEY = base64.b64encode(b"roomproof: a key that no account has").decode()


class Scheme(Protocol):
    """A way to prove who sends a request."""

    def headers(self, method: str, url: str, body: bytes | None) -> Headers:
        """Return the headers that carry the proof for one request."""
        ...

    def forgeries(self) -> Mapping[str, Scheme]:
        """Return the same scheme with proofs that are wrong, by what is wrong with them."""
        ...

    def secrets(self) -> tuple[str, ...]:
        """Return the texts that may never be shown, those of forgeries that give them away among them."""
        ...


@dataclass(frozen=True)
class Bearer:
    """`Authorization: Bearer TOKEN`."""

    token: str = field(repr=False)

    def headers(self, method: str, url: str, body: bytes | None) -> Headers:  # noqa: ARG002 - a bearer token covers no content
        return (("Authorization", Secret(f"Bearer {self.token}")),)

    def forgeries(self) -> Mapping[str, Scheme]:
        return {
            "another token": Bearer("roomproof-a-token-that-no-account-has"),
            "the token cut short": Bearer(self.token[:-1]),
            "the token with one more letter": Bearer(self.token + "x"),
            "the token in another case": Bearer(self.token.swapcase()),
            "basic instead of bearer": Basic("roomproof", "wrong"),
        }

    def secrets(self) -> tuple[str, ...]:
        return (self.token, self.token[:-1], self.token.swapcase())


@dataclass(frozen=True)
class Basic:
    """`Authorization: Basic base64(USER:PASSWORD)`."""

    username: str = field(repr=False)
    password: str = field(repr=False)

    def headers(self, method: str, url: str, body: bytes | None) -> Headers:  # noqa: ARG002 - Basic covers no content
        text = f"{self.username}:{self.password}".encode()
        return (("Authorization", Secret("Basic " + base64.b64encode(text).decode())),)

    def forgeries(self) -> Mapping[str, Scheme]:
        return {
            "another password": replace(self, password="roomproof-wrong"),
            "another user": replace(self, username="roomproof-nobody"),
            "the password cut short": replace(self, password=self.password[:-1]),
            "an empty password": replace(self, password=""),
            "user and password swapped": Basic(self.password, self.username),
            "bearer instead of basic": Bearer("roomproof-wrong"),
        }

    def secrets(self) -> tuple[str, ...]:
        return (self.password, self.password[:-1], base64.b64encode(f"{self.username}:{self.password}".encode()).decode())


@dataclass(frozen=True)
class HmacSha256:
    """A signature over method, path and query, date, host and content hash; `key` is base64."""

    key: str = field(repr=False)
    signed_method: str | None = None

    def headers(self, method: str, url: str, body: bytes | None) -> Headers:
        parts = urlsplit(url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        digest = base64.b64encode(hashlib.sha256(body or b"").digest()).decode()
        date = datetime.now(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
        text = f"{self.signed_method or method}\n{target}\n{date};{parts.netloc};{digest}"
        signature = base64.b64encode(hmac.new(base64.b64decode(self.key), text.encode(), hashlib.sha256).digest()).decode()
        proof = f"HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={signature}"
        return (("x-ms-date", date), ("x-ms-content-sha256", digest), ("Authorization", Secret(proof)))

    def forgeries(self) -> Mapping[str, Scheme]:
        return {
            "another key": replace(self, key=_WRONG_KEY),
            "a signature of another method": replace(self, signed_method="OPTIONS"),
            "bearer instead of a signature": Bearer("roomproof-wrong"),
        }

    def secrets(self) -> tuple[str, ...]:
        return (self.key,)


def scheme_from(spec: CredentialsSpec, environment: Mapping[str, str]) -> Scheme:
    """Return the credentials that the environment holds. Raises UsageError, naming the variables, if some are missing or cannot be sent."""
    needed = {part: name for part, name in spec.environment.items() if part != "unscoped"}
    held = {part: value_of(name, environment) for part, name in needed.items()}
    missing = [needed[part] for part, value in held.items() if value is None]
    if missing:
        raise UsageError(f"no credentials: set {', '.join(missing)} in the environment")
    parts = {part: _sendable(value or "", needed[part], spec.scheme) for part, value in held.items()}
    if spec.scheme == "bearer":
        return Bearer(parts["token"])
    if spec.scheme == "basic":
        return Basic(parts["username"], parts["password"])
    return HmacSha256(_access_key(parts["connection-string"], needed["connection-string"]))


def unscoped_from(spec: CredentialsSpec, scheme: Scheme, environment: Mapping[str, str]) -> Scheme | None:
    """Return credentials that are right but lack a documented scope, None where the environment holds none.

    Raises UsageError if the variable is set but empty, or holds what cannot be sent.
    """
    variable = spec.environment.get("unscoped", "")
    held = value_of(variable, environment)
    if held is None:
        return None
    value = _sendable(held, variable, spec.scheme)
    return replace(scheme, password=value) if isinstance(scheme, Basic) else Bearer(value)


def _sendable(text: str, variable: str, scheme: str) -> str:
    """Return a credential that can be sent: a header takes lines of Latin-1 (RFC 9110, 5.5), Basic any text, but in UTF-8."""
    try:
        text.encode("latin-1" if scheme == "bearer" else "utf-8")
    except UnicodeEncodeError:
        # Not told in which letter: the error would show it.
        raise UsageError(f"{variable} holds a letter that no request can carry; copy it again") from None
    if any(letter < " " or letter == "\x7f" for letter in text):
        raise UsageError(f"{variable} holds a line break or another control character; set it without")
    return Secret(text)


def _access_key(connection_string: str, variable: str) -> str:
    """Return the access key of `endpoint=...;accesskey=...`."""
    for part in connection_string.split(";"):
        name, _, value = part.partition("=")
        if name.strip().lower() == "accesskey":
            try:
                base64.b64decode(value, validate=True)
            except ValueError:
                raise UsageError(f"the accesskey in {variable} is not base64; copy the whole connection string") from None
            return Secret(value)
    raise UsageError(f"{variable} holds no accesskey; it looks like 'endpoint=https://...;accesskey=...'")
