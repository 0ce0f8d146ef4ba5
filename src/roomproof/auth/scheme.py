"""What a way to authenticate offers: its credentials, what carries them in a request, how curl sends them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from roomproof.errors import UsageError
from roomproof.interaction import Headers, Request
from roomproof.secrets import Secret


class Variable(NamedTuple):
    """An environment variable that holds a part of credentials."""

    name: str
    text: str

    def sendable(self, encoding: str = "utf-8") -> str:
        """Return the text. Raises UsageError, which names the variable, if no request can carry it."""
        try:
            self.text.encode(encoding)
        except UnicodeEncodeError:
            # Not told in which letter: the error would show it.
            raise UsageError(f"{self.name} holds a letter that no request can carry; copy it again") from None
        if any(letter < " " or letter == "\x7f" for letter in self.text):
            raise UsageError(f"{self.name} holds a line break or another control character; set it without")
        return Secret(self.text)


class Scheme(Protocol):
    """Credentials, ready to be put on requests."""

    def headers(self, method: str, url: str, body: bytes | None) -> Headers:
        """Return the headers that carry the proof for one request; `url` has its whole query."""
        ...

    def query(self) -> Mapping[str, str]:
        """Return the query parameters that carry it, not encoded yet."""
        ...

    def invalid_credentials(self) -> Mapping[str, Scheme]:
        """Return the same scheme with proofs that are wrong, by what is wrong with them."""
        ...

    def with_secret(self, secret: Variable) -> Scheme:
        """Return the same with another secret. Raises UsageError if no request can carry that one."""
        ...

    def secrets(self) -> tuple[str, ...]:
        """Return the texts that may never be shown, those of invalid credentials that give them away among
        them.
        """
        ...


@dataclass(frozen=True)
class Verbatim:
    """An Authorization header as it stands, whatever a scheme would make of it, and without invalid
    credentials.
    """

    authorization: str = field(repr=False)

    def headers(self, method: str, url: str, body: bytes | None) -> Headers:  # noqa: ARG002 - no content
        return (("Authorization", Secret(self.authorization)),)

    def query(self) -> Mapping[str, str]:
        return {}

    def invalid_credentials(self) -> Mapping[str, Scheme]:
        return {}

    def with_secret(self, secret: Variable) -> Scheme:
        return Verbatim(secret.sendable("latin-1"))

    def secrets(self) -> tuple[str, ...]:
        return (self.authorization,)


@dataclass(frozen=True)
class Carrier:
    """What carries credentials in a request: `place` is `header`, `query` or `cookie`, `name` its name."""

    place: str = "header"
    name: str = "Authorization"

    def values(self, request: Request) -> Iterator[str]:
        """Yield what a request has there."""
        if self.place == "query":
            yield from (value for name, value in request.query.items() if name == self.name)
            return
        for name, value in request.headers:
            if self.place == "header" and name.lower() == self.name.lower():
                yield value.strip()
            elif self.place == "cookie" and name.lower() == "cookie":
                # RFC 6265, 4.2.1.
                pairs = (cookie.strip().partition("=") for cookie in value.split(";"))
                yield from (text for key, _, text in pairs if key == self.name)

    def keys(self, request: Request) -> tuple[str, ...]:
        """Return the keys that a request has there; none for Authorization, whoever sends it."""
        return () if self == AUTHORIZATION else tuple(self.values(request))

    def curl(self, text: str) -> tuple[str, ...]:
        """Return the words by which curl sends a text there; a shell fills in a variable in it."""
        mark = '"' if "$" in text else "'"
        option, pair = _OF_CURL[self.place]
        return option, f"{mark}{self.name}{pair}{text}{mark}"


_OF_CURL = {"header": ("-H", ": "), "query": ("--url-query", "="), "cookie": ("-b", "=")}
AUTHORIZATION = Carrier()


@dataclass(frozen=True)
class Authentication:
    """A way to authenticate, as an entry point of the group `roomproof.auth` offers it.

    `title` is what people call it. `parts` are those of its credentials, the secret last: an environment
    variable holds each. `scheme` makes credentials of them, given what carries them; it raises UsageError,
    which names the variable, for what no request can carry. `curl` returns the words by which curl sends
    them, given the names of the variables by part. `adds` are further headers, in lower case; `is_signature`:
    the proof differs from request to request, and so names no account.
    """

    title: str
    parts: tuple[str, ...]
    scheme: Callable[[Mapping[str, Variable], Carrier], Scheme]
    curl: Callable[[Mapping[str, str], Carrier], tuple[str, ...]]
    adds: tuple[str, ...] = ()
    is_signature: bool = False


def unlike(scheme: Scheme, invalid_credentials: Mapping[str, Scheme]) -> dict[str, Scheme]:
    """Return the invalid credentials that are none by chance: a token of digits, say, is the same in another
    case.
    """
    return {what: forged for what, forged in invalid_credentials.items() if _sent(forged) != _sent(scheme)}


def _sent(scheme: Scheme) -> tuple[Headers, Mapping[str, str]]:
    # White space around a header's value is none of it (RFC 9110, 5.5).
    return tuple((name, value.strip()) for name, value in scheme.headers("GET", "", None)), scheme.query()
