"""Faults of who is let in: credentials that are missing, wrong or short of a scope, and are taken all the
same.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from roomproof_faults.border.acceptance import passing
from roomproof_faults.border.exchange import FaultyRequest, Wrap


def lets_in(whom: Callable[[str], bool], on: frozenset[str]) -> Wrap:
    """Take a call for one with valid credentials where its Authorization header passes; it is empty if there
    is none.
    """
    return passing(
        lambda call: call.signed() if call.operation in on and whom(call.header("authorization")) else call
    )


def anybody(_: str) -> bool:
    """Whoever calls."""
    return True


def nobody(authorization: str) -> bool:
    """Who brings no credentials at all."""
    return authorization == ""


def some(scheme: str) -> Callable[[str], bool]:
    """Who brings any credentials of a scheme."""
    return lambda authorization: authorization.lower().startswith(scheme.lower() + " ")


def bearing(test: Callable[[str], bool]) -> Callable[[str], bool]:
    """Who brings a Bearer token that passes."""
    return lambda authorization: authorization.startswith("Bearer ") and test(authorization[7:])


def naming(test: Callable[[str, str], bool]) -> Callable[[str], bool]:
    """Who brings a user and a password in Basic that pass."""

    def whom(authorization: str) -> bool:
        try:
            user, _, password = base64.b64decode(authorization[6:], validate=True).decode().partition(":")
        except (binascii.Error, ValueError):
            return False
        return authorization.startswith("Basic ") and test(user, password)

    return whom


def almost(secret: str) -> Callable[[str], bool]:
    """A text that differs from a secret in one letter at most."""
    return lambda text: (
        len(text) == len(secret) and sum(one != other for one, other in zip(text, secret, strict=True)) <= 1
    )


def behind(proof: str, *schemes: str) -> Callable[[str], bool]:
    """Who brings a proof behind the name of one of these schemes, an empty one for none."""
    return lambda authorization: authorization in [f"{scheme} {proof}".strip() for scheme in schemes]


@dataclass(frozen=True)
class Unsigned:
    """The identity of a scheme whose proof covers nothing but itself; `authorization` is its header."""

    authorization: str = field(repr=False)

    def sign(self, call: FaultyRequest) -> FaultyRequest:
        return call.with_header("authorization", self.authorization) if self.authorization else call

    def is_signed(self, _: FaultyRequest) -> bool:
        return False


def bearer(secrets: Mapping[str, str]) -> Unsigned:
    """Return the identity of who has a Bearer token (RFC 6750, 2.1)."""
    return Unsigned(f"Bearer {secrets['token']}")


def basic(secrets: Mapping[str, str]) -> Unsigned:
    """Return the identity of who has a user and a password (RFC 7617, 2)."""
    pair = f"{secrets['username']}:{secrets['password']}"
    return Unsigned(f"Basic {base64.b64encode(pair.encode()).decode()}")
