"""A curl line that repeats a request, with the names of environment variables in place of secrets."""

from __future__ import annotations

import shlex

from roomproof.contract.model import CredentialsSpec
from roomproof.interaction import Credentials, Request

_NOT_SHOWN = frozenset(("authorization", "cookie", "x-ms-date", "x-ms-content-sha256"))


def curl(request: Request, spec: CredentialsSpec) -> str:
    """Return the line; what a shell would read is quoted, but the variables of the credentials are left for it to fill in."""
    words = ["curl", "-i", "-X", request.method, shlex.quote(request.url)]
    for name, value in request.headers:
        if name.lower() not in _NOT_SHOWN:
            words += ["-H", shlex.quote(f"{name}: {value}")]
    words += _proof(request.credentials, spec)
    if request.body:
        words += ["--data-binary", _quoted_body(request.body)]
    return " ".join(words)


def _proof(credentials: Credentials, spec: CredentialsSpec) -> list[str]:
    if credentials is Credentials.MISSING:
        return []
    if credentials is Credentials.WRONG:
        return ["-H", "'Authorization: <wrong credentials>'"]
    names = spec.environment
    if spec.scheme == "bearer":
        return ["-H", f'"Authorization: Bearer ${names["token"]}"']
    if spec.scheme == "basic":
        password = names["unscoped"] if credentials is Credentials.UNSCOPED else names["password"]
        return ["-u", f'"${names["username"]}:${password}"']
    return ["-H", f"'Authorization: <signed with the key in {names['connection-string']}>'"]


def _quoted_body(body: bytes) -> str:
    """Return the body as one word for a shell; what a terminal would obey, or is no text, is spelled out as `$'...'` (bash, zsh)."""
    text = body.decode(errors="replace")
    if text.isprintable() and text.encode() == body:
        return shlex.quote(text)
    return "$'" + "".join(chr(byte) if 32 <= byte < 127 and byte not in b"'\\" else f"\\x{byte:02x}" for byte in body) + "'"
