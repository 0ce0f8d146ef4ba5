"""User and password in `Authorization: Basic` (RFC 7617, 2)."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from roomproof.auth.scheme import Authentication, Carrier, Scheme, Variable, Verbatim, unlike
from roomproof.auth.slips import fits_a_header, near_misses, other_letters
from roomproof.interaction import Headers
from roomproof.secrets import Secret


def pair(username: str, password: str) -> str:
    """Return user and password as Basic sends them."""
    return base64.b64encode(f"{username}:{password}".encode()).decode()


@dataclass(frozen=True)
class Basic:
    """`Authorization: Basic base64(USER:PASSWORD)`."""

    username: str = field(repr=False)
    password: str = field(repr=False)

    def headers(self, method: str, url: str, body: bytes | None) -> Headers:  # noqa: ARG002 - no content
        return (("Authorization", Secret(f"Basic {pair(self.username, self.password)}")),)

    def query(self) -> Mapping[str, str]:
        return {}

    def invalid_credentials(self) -> Mapping[str, Scheme]:
        passwords, users = near_misses(self.password), other_letters(self.username)
        near: dict[str, Scheme] = {
            **{f"the password {what}": replace(self, password=text) for what, text in passwords.items()},
            # Users may be addresses of mail, the same in any case: only another letter makes another user.
            **{f"the user {what}": replace(self, username=text) for what, text in users.items()},
        }
        both = pair(self.username, self.password)
        others: dict[str, Scheme] = {
            "another password": replace(self, password="roomproof-wrong"),
            "another user": replace(self, username="roomproof-nobody"),
            "an empty password": replace(self, password=""),
            "an empty user": replace(self, username=""),
            "the password with one more letter": replace(self, password=self.password + "x"),
            "user and password swapped": Basic(self.password, self.username),
            "bearer instead of basic": Verbatim("Bearer roomproof-wrong"),
            "user and password under the scheme Bearer": Verbatim(f"Bearer {both}"),
            "user and password under another scheme": Verbatim(f"Token {both}"),
            "user and password without a scheme": Verbatim(both),
            "the scheme without user and password": Verbatim("Basic"),
        }
        if fits_a_header(self.password):
            # No header carries every password (RFC 9110, 5.5); Basic does, by its base64.
            others["the password as a bearer token"] = Verbatim(f"Bearer {self.password}")
        return unlike(self, {**others, **near})

    def with_secret(self, secret: Variable) -> Scheme:
        return replace(self, password=secret.sendable())

    def secrets(self) -> tuple[str, ...]:
        near = near_misses(self.password).values()
        users = (self.username, "roomproof-nobody", "", *other_letters(self.username).values())
        pairs = (pair(user, self.password) for user in users)
        return (self.password, *near, *pairs, pair(self.password, self.username))


def _scheme(parts: Mapping[str, Variable], _: Carrier) -> Scheme:
    return Basic(parts["username"].sendable(), parts["password"].sendable())


def _curl(variables: Mapping[str, str], _: Carrier) -> tuple[str, ...]:
    return "-u", f'"${variables["username"]}:${variables["password"]}"'


BASIC = Authentication("HTTP Basic", ("username", "password"), _scheme, _curl)
