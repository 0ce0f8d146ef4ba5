"""A token in `Authorization: Bearer` (RFC 6750, 2.1), one of OAuth 2.0 (RFC 6749) or any other.

The user asks for a token of OAuth and puts it into an environment variable: no server of tokens is called.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from roomproof.auth.basic import pair
from roomproof.auth.scheme import Authentication, Carrier, Scheme, Variable, Verbatim, unlike
from roomproof.auth.slips import fits_a_header, near_misses
from roomproof.interaction import Headers
from roomproof.secrets import Secret


@dataclass(frozen=True)
class Bearer:
    """`Authorization: Bearer TOKEN`."""

    token: str = field(repr=False)

    def headers(self, method: str, url: str, body: bytes | None) -> Headers:  # noqa: ARG002 - no content
        return (("Authorization", Secret(f"Bearer {self.token}")),)

    def query(self) -> Mapping[str, str]:
        return {}

    def invalid_credentials(self) -> Mapping[str, Scheme]:
        tokens = near_misses(self.token).items()
        others: dict[str, Scheme] = {
            "another token": Bearer("roomproof-a-token-that-no-account-has"),
            "the token with one more letter": Bearer(self.token + "x"),
            "basic instead of bearer": Verbatim(f"Basic {pair('roomproof', 'wrong')}"),
            "the token as a password in Basic": Verbatim(f"Basic {pair('roomproof', self.token)}"),
            "the token as a user in Basic": Verbatim(f"Basic {pair(self.token, '')}"),
            "the token under another scheme": Verbatim(f"Token {self.token}"),
            "the token without a scheme": Verbatim(self.token),
            "the scheme without a token": Verbatim("Bearer"),
        }
        near = {f"the token {what}": Bearer(token) for what, token in tokens if fits_a_header(token)}
        return unlike(self, {**others, **near})

    def with_secret(self, secret: Variable) -> Scheme:
        return Bearer(secret.sendable("latin-1"))

    def secrets(self) -> tuple[str, ...]:
        return (
            self.token,
            *near_misses(self.token).values(),
            pair("roomproof", self.token),
            pair(self.token, ""),
        )


def _scheme(parts: Mapping[str, Variable], _: Carrier) -> Scheme:
    return Bearer(parts["token"].sendable("latin-1"))


def _curl(variables: Mapping[str, str], carrier: Carrier) -> tuple[str, ...]:
    return carrier.curl(f"Bearer ${variables['token']}")


BEARER = Authentication("bearer token", ("token",), _scheme, _curl)
OAUTH2 = Authentication("OAuth 2.0 access token", ("token",), _scheme, _curl)
