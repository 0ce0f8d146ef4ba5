"""Whose account a request of a recording is, by its credentials. These leave here as a digest only."""

from __future__ import annotations

import base64
import re
from functools import lru_cache
from hashlib import blake2b
from urllib.parse import unquote, urlsplit

import orjson

from roomproof.auth.registry import authentication
from roomproof.contract.model import Contract
from roomproof.interaction import Request, header
from roomproof.judge.placeholder import is_placeholder

_SIGNER = re.compile(r"""\b(?:credential|key-?id|access-?key-?id)\s*=\s*"?([^\s",;&/]+)""", re.IGNORECASE)
"""Who has signed, in the parameters of an Authorization header (RFC 9421, 2.3; the header's form is RFC 9110,
11.4).
"""
_KEY_NAME = re.compile(r"(?:api|access|auth|subscription)[-_]?(?:key|token)$", re.IGNORECASE)
_OF_THE_MOMENT = frozenset(("exp", "nbf", "iat", "jti", "auth_time"))
"""Claims that differ from token to token of one account (RFC 7519, 4.1; OpenID Connect Core 1.0, 2)."""


def account_of(request: Request, contract: Contract) -> str | None:
    """Return a digest that is equal for requests of one account, None where the recording does not tell the
    account.

    `request` is as it was recorded: user information in its URL counts. Two accounts of one server never
    share a digest; one may have several, where its tokens change and do not say whose they are.
    """
    spec = contract.credentials
    sent = next(spec.carrier.values(request), "")
    proof = sent or header(request.headers, "authorization") or _key(request)
    named = _named(authentication(spec.scheme).is_signature, proof, _user(request.url))
    return (
        None if named is None else blake2b(named.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
    )


def _key(request: Request) -> str:
    """Return a key that stands in a header or parameter of its own, as gateways want it; an empty text if
    there is none.
    """
    pairs = (*request.headers, *request.query.items())
    return next((value for name, value in pairs if _KEY_NAME.search(name)), "")


def server_of(request: Request) -> str:
    """Return the host and port of a request's URL, which tell the server, and with many providers the
    account, too.
    """
    return urlsplit(request.url).netloc.rpartition("@")[2]


@lru_cache(maxsize=1024)
def _named(is_signature: bool, authorization: str, user: str) -> str | None:
    """Return what names the account in an Authorization header or in the user information of a URL; None if
    nothing does.

    A signature differs from request to request, and so names nobody; without a key's id the server does.
    """
    word, _, proof = authorization.strip().partition(" ")
    proof = proof.strip()
    if is_placeholder(authorization) or is_placeholder(proof):
        return None
    if not proof:
        if user and not is_placeholder(user):
            return f"user {user}"
        return f"key {_claims(word) or word}" if word else None
    if is_signature or "signature=" in proof.lower():
        signer = _SIGNER.search(proof)
        return f"signer {signer[1] if signer else ''}"
    if word.lower() == "basic":
        return _basic(proof)
    return f"token {_claims(proof) or proof}"


def _user(url: str) -> str:
    try:
        return unquote(urlsplit(url).username or "")
    except ValueError:
        return ""


def _basic(proof: str) -> str | None:
    """Return the user of basic credentials (RFC 7617, 2): a password may change, and the account stays."""
    try:
        user, colon, password = (
            base64.b64decode(proof, validate=True).decode("utf-8", "replace").partition(":")
        )
    except ValueError:
        return None
    return None if not colon or is_placeholder(user) or is_placeholder(password) else f"user {user}"


def _claims(token: str) -> str:
    """Return what a JSON Web Token says of its owner (RFC 7519), whenever it was made; an empty text for any
    other token.
    """
    parts = token.split(".")
    if len(parts) != 3 or not parts[0].startswith("eyJ"):
        return ""
    try:
        claims = orjson.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return ""
    if not isinstance(claims, dict):
        return ""
    return orjson.dumps(
        {name: claims[name] for name in sorted(claims) if name not in _OF_THE_MOMENT}
    ).decode()
