"""Credentials: read from the environment, put on requests, and forged in the ways that a provider must refuse.

Sources: RFC 6750 (2.1, Bearer), RFC 7617 (2, Basic), and the HMAC-SHA256 scheme as its official client signs it: the
string to sign is method, path with query, and date, host and content hash joined by semicolons.
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
from typing import Protocol
from urllib.parse import urlsplit

from roomproof.contract.model import CredentialsSpec
from roomproof.environment import value_of
from roomproof.errors import UsageError
from roomproof.interaction import Headers
from roomproof.secrets import Secret

_WRONG_KEY = base64.b64encode(b"roomproof: a key that no account has").decode()
_OTHER_BODY = b'{"roomproof":"another body"}'
_SIGNED_HEADERS = "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature="
_POSITIONS = {"with another first letter": 0, "with another letter inside": None, "with another last letter": -1}
"""Where a letter is changed; None is the middle."""
_STALE = {
    "an hour ago": timedelta(hours=-1),
    "a year ago": timedelta(days=-365),
    "an hour ahead": timedelta(hours=1),
    "a year ahead": timedelta(days=365),
}
"""Dates that no service takes: a sibling that documents how far a clock may be off says 15 minutes."""


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
class Verbatim:
    """An Authorization header as it stands, whatever a scheme would make of it, and without forgeries."""

    authorization: str = field(repr=False)

    def headers(self, method: str, url: str, body: bytes | None) -> Headers:  # noqa: ARG002 - it covers no content
        return (("Authorization", Secret(self.authorization)),)

    def forgeries(self) -> Mapping[str, Scheme]:
        return {}

    def secrets(self) -> tuple[str, ...]:
        return (self.authorization,)


@dataclass(frozen=True)
class Bearer:
    """`Authorization: Bearer TOKEN`."""

    token: str = field(repr=False)

    def headers(self, method: str, url: str, body: bytes | None) -> Headers:  # noqa: ARG002 - a bearer token covers no content
        return (("Authorization", Secret(f"Bearer {self.token}")),)

    def forgeries(self) -> Mapping[str, Scheme]:
        near = {f"the token {what}": Bearer(token) for what, token in _near_misses(self.token).items() if _fits_a_header(token)}
        others: dict[str, Scheme] = {
            "another token": Bearer("roomproof-a-token-that-no-account-has"),
            "the token with one more letter": Bearer(self.token + "x"),
            "basic instead of bearer": Basic("roomproof", "wrong"),
            "the token as a password in Basic": Basic("roomproof", self.token),
            "the token as a user in Basic": Basic(self.token, ""),
            "the token under another scheme": Verbatim(f"Token {self.token}"),
            "the token without a scheme": Verbatim(self.token),
            "the scheme without a token": Verbatim("Bearer"),
        }
        return _unlike(self, {**others, **near})

    def secrets(self) -> tuple[str, ...]:
        in_basic = (_pair("roomproof", self.token), _pair(self.token, ""))
        return (self.token, *_near_misses(self.token).values(), *in_basic)


@dataclass(frozen=True)
class Basic:
    """`Authorization: Basic base64(USER:PASSWORD)`."""

    username: str = field(repr=False)
    password: str = field(repr=False)

    def headers(self, method: str, url: str, body: bytes | None) -> Headers:  # noqa: ARG002 - Basic covers no content
        return (("Authorization", Secret(f"Basic {_pair(self.username, self.password)}")),)

    def forgeries(self) -> Mapping[str, Scheme]:
        near: dict[str, Scheme] = {
            **{f"the password {what}": replace(self, password=text) for what, text in _near_misses(self.password).items()},
            # Users may be addresses of mail, the same in any case: only another letter makes another user.
            **{f"the user {what}": replace(self, username=text) for what, text in _other_letters(self.username).items()},
        }
        pair = _pair(self.username, self.password)
        others: dict[str, Scheme] = {
            "another password": replace(self, password="roomproof-wrong"),
            "another user": replace(self, username="roomproof-nobody"),
            "an empty password": replace(self, password=""),
            "an empty user": replace(self, username=""),
            "the password with one more letter": replace(self, password=self.password + "x"),
            "user and password swapped": Basic(self.password, self.username),
            "bearer instead of basic": Bearer("roomproof-wrong"),
            "user and password under the scheme Bearer": Bearer(pair),
            "user and password under another scheme": Verbatim(f"Token {pair}"),
            "user and password without a scheme": Verbatim(pair),
            "the scheme without user and password": Verbatim("Basic"),
            # No header carries every password (RFC 9110, 5.5); Basic does, by its base64.
            **({"the password as a bearer token": Bearer(self.password)} if _fits_a_header(self.password) else {}),
        }
        return _unlike(self, {**others, **near})

    def secrets(self) -> tuple[str, ...]:
        near = _near_misses(self.password).values()
        users = ("roomproof-nobody", "", *_other_letters(self.username).values())
        pairs = (_pair(user, self.password) for user in users)
        return (self.password, *near, _pair(self.username, self.password), *pairs, _pair(self.password, self.username))


@dataclass(frozen=True)
class Signed:
    """What a signature covers, as it stands in the text that is signed; `digest` is the body's SHA-256 in base64."""

    method: str
    target: str
    date: str
    host: str
    digest: str

    def text(self) -> bytes:
        """Return the text that is signed."""
        return f"{self.method}\n{self.target}\n{self.date};{self.host};{self.digest}".encode()


def _as_it_is(signed: Signed) -> Signed:
    return signed


def _in_full(signature: bytes) -> str:
    return f"{_SIGNED_HEADERS}{base64.b64encode(signature).decode()}"


@dataclass(frozen=True)
class HmacSha256:
    """A signature over method, path and query, date, host and content hash; `key` is base64.

    What a forgery changes: `says` what the headers tell, and is signed with them; `signs` what only the
    signature covers; `writes` how the signature stands in Authorization. The key itself is never sent, since
    this scheme is there to keep it back.
    """

    key: str = field(repr=False)
    says: Callable[[Signed], Signed] = _as_it_is
    signs: Callable[[Signed], Signed] = _as_it_is
    writes: Callable[[bytes], str] = _in_full

    def headers(self, method: str, url: str, body: bytes | None) -> Headers:
        parts = urlsplit(url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        said = self.says(Signed(method, target, _http_date(), parts.netloc, _digest(body or b"")))
        signature = hmac.digest(base64.b64decode(self.key), self.signs(said).text(), "sha256")
        proof = Secret(self.writes(signature))
        return (("x-ms-date", said.date), ("x-ms-content-sha256", said.digest), ("Authorization", proof))

    def forgeries(self) -> Mapping[str, Scheme]:
        keys = _other_bytes(base64.b64decode(self.key))
        near: dict[str, Scheme] = {f"the key {what}": replace(self, key=base64.b64encode(key).decode()) for what, key in keys.items()}
        others: dict[str, Scheme] = {
            "another key": replace(self, key=_WRONG_KEY),
            "a signature of another method": replace(self, signs=partial(replace, method="OPTIONS")),
            "a signature of another path": replace(self, signs=_with_another_path),
            "a signature of another query": replace(self, signs=_with_another_query),
            "a signature of another host": replace(self, signs=partial(replace, host="roomproof.example")),
            "a signature of another body": replace(self, signs=partial(replace, digest=_digest(_OTHER_BODY))),
            "the hash of another body, signed": replace(self, says=partial(replace, digest=_digest(_OTHER_BODY))),
            "a signature of another date": replace(self, signs=partial(_dated, timedelta(minutes=-1))),
            **{f"a date {what}, signed": replace(self, says=partial(_dated, ahead)) for what, ahead in _STALE.items()},
            **{f"the signature {what}": replace(self, writes=partial(_altered, position=at)) for what, at in _POSITIONS.items()},
            "an empty signature": replace(self, writes=lambda _: _SIGNED_HEADERS),
            "the scheme without a signature": replace(self, writes=lambda _: "HMAC-SHA256"),
            "the signature under the scheme Bearer": replace(self, writes=lambda made: f"Bearer {base64.b64encode(made).decode()}"),
            "bearer instead of a signature": Bearer("roomproof-wrong"),
        }
        return {**others, **near}

    def secrets(self) -> tuple[str, ...]:
        return (self.key,)


def _unlike(scheme: Scheme, forgeries: Mapping[str, Scheme]) -> dict[str, Scheme]:
    """Return the forgeries that are none by chance: a token of digits, say, is the same in another case."""
    right = scheme.headers("GET", "", None)
    # White space around a header's value is none of it (RFC 9110, 5.5).
    return {what: forged for what, forged in forgeries.items() if _trimmed(forged.headers("GET", "", None)) != _trimmed(right)}


def _trimmed(headers: Headers) -> Headers:
    return tuple((name, value.strip()) for name, value in headers)


def _near_misses(text: str) -> dict[str, str]:
    """Return texts that are almost a secret, by what is wrong with them, the empty one not among them."""
    found = {"cut short": text[:-1], "without its first letter": text[1:], "in another case": text.swapcase(), **_other_letters(text)}
    return {what: near for what, near in found.items() if near and near != text}


def _other_letters(text: str) -> dict[str, str]:
    """Return texts of the same length in which one letter is another one."""
    places = {what: _at(position, len(text)) for what, position in _POSITIONS.items()} if text else {}
    return {what: text[:at] + _other_letter(text[at]) + text[at + 1 :] for what, at in places.items()}


def _other_letter(letter: str) -> str:
    """Return another letter of the same kind, which is another one without regard to case, too."""
    first = "0" if letter.isdecimal() else "A" if letter.isupper() else "a"
    return first if letter.lower() != first.lower() else chr(ord(first) + 1)


def _other_bytes(data: bytes) -> dict[str, bytes]:
    """Return data in which one byte is another one.

    Not letters of its base64, which has spare bits at its end: another last letter may spell the same.
    """
    return {what: _flipped(data, position) for what, position in _POSITIONS.items()} if data else {}


def _at(position: int | None, length: int) -> int:
    return length // 2 if position is None else position % length


def _flipped(data: bytes, position: int | None) -> bytes:
    at = _at(position, len(data))
    return data[:at] + bytes((data[at] ^ 1,)) + data[at + 1 :]


def _altered(signature: bytes, *, position: int | None) -> str:
    return _in_full(_flipped(signature, position))


def _with_another_path(signed: Signed) -> Signed:
    return replace(signed, target=f"/roomproof{signed.target}")


def _with_another_query(signed: Signed) -> Signed:
    return replace(signed, target=f"{signed.target}{'&' if '?' in signed.target else '?'}roomproof=1")


def _dated(ahead: timedelta, signed: Signed) -> Signed:
    return replace(signed, date=_http_date(ahead))


def _http_date(ahead: timedelta = timedelta(0)) -> str:
    """Return the present time, or one so far ahead, as HTTP writes it (RFC 9110, 5.6.7)."""
    return format_datetime(datetime.now(UTC) + ahead, usegmt=True)


def _digest(body: bytes) -> str:
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


def _pair(username: str, password: str) -> str:
    return base64.b64encode(f"{username}:{password}".encode()).decode()


def _fits_a_header(text: str) -> bool:
    """Whether every client and server lets a text through in a header: Latin-1, no controls (RFC 9110, 5.5)."""
    return text.isprintable() and all(ord(letter) < 256 for letter in text)


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
            if not value.strip():
                raise UsageError(f"the accesskey in {variable} is empty; copy the whole connection string")
            try:
                base64.b64decode(value, validate=True)
            except ValueError:
                raise UsageError(f"the accesskey in {variable} is not base64; copy the whole connection string") from None
            return Secret(value)
    raise UsageError(f"{variable} holds no accesskey; it looks like 'endpoint=https://...;accesskey=...'")
