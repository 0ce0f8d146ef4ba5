"""A key in a header, query parameter or cookie of its own, as a security scheme of type `apiKey` names it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from roomproof.auth.scheme import Authentication, Carrier, Scheme, Variable, unlike
from roomproof.auth.slips import fits_a_header, near_misses
from roomproof.errors import UsageError
from roomproof.interaction import Headers
from roomproof.secrets import Secret

_ENCODING = {"header": "latin-1", "cookie": "ascii", "query": "utf-8"}
"""What each place can hold (RFC 9110, 5.5; RFC 6265, 4.1.1); a query is percent-encoded (RFC 3986, 2.1)."""
_NO_COOKIE = re.compile(r'[\s",;\\]')
_EITHER_CASE = re.compile(r"[0-9A-Fa-f-]+")


@dataclass(frozen=True)
class ApiKey:
    """A key, and what carries it."""

    key: str = field(repr=False)
    carrier: Carrier

    def headers(self, method: str, url: str, body: bytes | None) -> Headers:  # noqa: ARG002 - no content
        name, place = self.carrier.name, self.carrier.place
        if place == "query":
            return ()
        in_cookie = (("Cookie", Secret(f"{name}={self.key}")),)
        return in_cookie if place == "cookie" else ((name, Secret(self.key)),)

    def query(self) -> Mapping[str, str]:
        return {self.carrier.name: Secret(self.key)} if self.carrier.place == "query" else {}

    def invalid_credentials(self) -> Mapping[str, Scheme]:
        keys = {
            "another key": "roomproof-a-key-that-no-account-has",
            "an empty key": "",
            "the key with one more letter": self.key + "x",
            **{f"the key {what}": key for what, key in self._near().items() if fits_a_header(key)},
        }
        return unlike(self, {what: replace(self, key=key) for what, key in keys.items()})

    def with_secret(self, secret: Variable) -> Scheme:
        return replace(self, key=_sendable(secret, self.carrier))

    def secrets(self) -> tuple[str, ...]:
        return (self.key, *self._near().values())

    def _near(self) -> dict[str, str]:
        near = near_misses(self.key)
        if _EITHER_CASE.fullmatch(self.key):
            # A UUID is the same in either case (RFC 9562, 4), and so is a number in hexadecimal digits.
            near.pop("in another case", None)
        return near


def _sendable(key: Variable, carrier: Carrier) -> str:
    if carrier.place == "cookie" and _NO_COOKIE.search(key.text):
        raise UsageError(f"{key.name} holds what no cookie can carry (RFC 6265, 4.1.1); copy it again")
    return key.sendable(_ENCODING[carrier.place])


def _scheme(parts: Mapping[str, Variable], carrier: Carrier) -> Scheme:
    return ApiKey(_sendable(parts["key"], carrier), carrier)


def _curl(variables: Mapping[str, str], carrier: Carrier) -> tuple[str, ...]:
    return carrier.curl(f"${variables['key']}")


API_KEY = Authentication("API key", ("key",), _scheme, _curl)
