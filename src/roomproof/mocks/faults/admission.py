"""Faults of who is let in: credentials that are missing, wrong or short of a scope, and are taken all the same."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable

from roomproof.mocks.faults.acceptance import passing
from roomproof.mocks.faults.exchange import Call, Wrap


def lets_in(whom: Callable[[str], bool], on: str = "") -> Wrap:
    """Take a call for one with valid credentials where its Authorization header passes; it is empty if there is none."""
    return passing(
        lambda call: call.api.sign(call) if call.operation and on in ("", call.operation) and whom(call.header("authorization")) else call
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
    return lambda text: len(text) == len(secret) and sum(one != other for one, other in zip(text, secret, strict=True)) <= 1


def behind(proof: str, *schemes: str) -> Callable[[str], bool]:
    """Who brings a proof behind the name of one of these schemes, an empty one for none."""
    return lambda authorization: authorization in [f"{scheme} {proof}".strip() for scheme in schemes]


def bearer(token: str) -> Callable[[Call], Call]:
    """Return what gives a call a Bearer token."""
    return lambda call: call.with_header("authorization", f"Bearer {token}")


def basic(user: str, password: str) -> Callable[[Call], Call]:
    """Return what gives a call a user and a password."""
    proof = base64.b64encode(f"{user}:{password}".encode()).decode()
    return lambda call: call.with_header("authorization", f"Basic {proof}")
