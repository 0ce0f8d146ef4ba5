"""The two HTTP authentication schemes that several providers use (RFC 6750 Bearer, RFC 7617 Basic)."""

from __future__ import annotations

import base64
import binascii
import hmac

from starlette.requests import Request


def has_bearer(request: Request, token: str) -> bool:
    """Whether the request carries exactly this Bearer token."""
    return same_secret(_credentials(request, "bearer"), token)


def has_basic(request: Request, user: str, password: str) -> bool:
    """Whether the request carries exactly this user and password."""
    try:
        decoded = base64.b64decode(_credentials(request, "basic"), validate=True)
    except (binascii.Error, ValueError):
        return False
    return hmac.compare_digest(decoded, f"{user}:{password}".encode())


def same_secret(left: str, right: str) -> bool:
    """Compare two secrets in a time that does not tell where they differ."""
    return hmac.compare_digest(left.encode(), right.encode())


def _credentials(request: Request, scheme: str) -> str:
    sent, _, credentials = request.headers.get("authorization", "").partition(" ")
    return credentials.strip() if sent.lower() == scheme else ""
