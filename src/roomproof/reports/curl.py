"""A curl line that repeats a request, with the names of environment variables in place of secrets."""

from __future__ import annotations

import shlex

from roomproof.contract.model import CredentialsSpec
from roomproof.interaction import SHOWN_BODY, Credentials, Request
from roomproof.legible import one_line

_NOT_SHOWN = frozenset(("authorization", "cookie", "x-ms-date", "x-ms-content-sha256"))


def curl(request: Request, spec: CredentialsSpec) -> str:
    """Return the line; what a shell would read is quoted, but the variables of the credentials are left for it to fill in."""
    words = ["curl", "-i", "-X", _quoted(request.method), _quoted(request.url)]
    for name, value in request.headers:
        if name.lower() not in _NOT_SHOWN:
            words += ["-H", _quoted(f"{name}: {value}")]
    words += _proof(request.credentials, spec)
    if request.body and len(request.body) > SHOWN_BODY:
        words += ["--data-binary", f"'<a body of {len(request.body)} bytes>'"]
    elif request.body:
        words += ["--data-binary", _quoted(request.body.decode("utf-8", "surrogateescape"))]
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


def _quoted(text: str) -> str:
    """Return a text, undecodable bytes as surrogates, as one word on one line; what is not legible stands in the escapes of $'...'."""
    if one_line(text) == text:
        return shlex.quote(text)
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"$'{one_line(''.join(letter if letter.isprintable() else _escaped(letter) for letter in escaped))}'"


def _escaped(letter: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in letter.encode("utf-8", "surrogateescape"))
