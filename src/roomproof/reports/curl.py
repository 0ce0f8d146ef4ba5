"""A curl line that repeats a request, with the names of environment variables in place of secrets."""

from __future__ import annotations

import re
import shlex
from urllib.parse import unquote_plus, urlsplit

from roomproof.auth.registry import authentication
from roomproof.auth.scheme import Authentication, Carrier
from roomproof.contract.model import CredentialsSpec
from roomproof.interaction import SHOWN_BODY, Credentials, Request, header
from roomproof.legible import one_line

_NOT_SHOWN = frozenset(("authorization", "cookie"))
_OF_THE_CONNECTION = frozenset((
    "accept-encoding", "connection", "content-length", "expect", "host", "http2-settings", "keep-alive",
    "priority", "te", "trailer",
    "transfer-encoding", "upgrade", "upgrade-insecure-requests",
))  # fmt: skip
"""Headers that a client makes for each connection (RFC 9110, 7.6.1 and 7.2) or that a browser adds by
itself.
"""
_OF_TOOLS = ("proxy-", "sec-fetch-", "sec-ch-ua", "x-recording-")
"""How such headers, and those for a recording proxy, begin."""
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""A header's name (RFC 9110, 5.1); what else stands there, such as HTTP/2's `:path`, is none."""


def curl(request: Request, spec: CredentialsSpec) -> str:
    """Return the line; what a shell would read is quoted, but the variables of the credentials are left for
    it to fill in.

    What belonged to the connection of a client that somebody else recorded is left out: curl makes its own.
    """
    way = authentication(spec.scheme)
    not_shown = {*_NOT_SHOWN, *way.adds, spec.carrier.name.lower()}
    url = _without_key(request.url, spec.carrier)
    words = ["curl", "-i", *_as_it_is(url), "-X", _quoted(request.method), _quoted(url)]
    for name, value in request.headers:
        lowered = name.lower()
        if lowered not in not_shown and _NAME.fullmatch(name) and not _is_of_the_connection(lowered, request):
            # An empty value after a colon would take the header away.
            words += ["-H", _quoted(f"{name}: {value}" if value else f"{name};")]
    if request.body and header(request.headers, "content-type") is None:
        # Without this curl would call the body a form.
        words += ["-H", "'Content-Type:'"]
    words += _proof(request.credentials, spec, way)
    if request.body and len(request.body) > SHOWN_BODY:
        words += ["--data-binary", f"'<a body of {len(request.body)} bytes>'"]
    elif request.body:
        # --data-binary takes what follows an @ for the name of a file.
        option = "--data-raw" if request.body.startswith(b"@") else "--data-binary"
        words += [option, _quoted(request.body.decode("utf-8", "surrogateescape"))]
    return " ".join(words)


def _as_it_is(url: str) -> list[str]:
    """Return what keeps curl from taking brackets for patterns, and dots for segments to go back by."""
    dots = ["--path-as-is"] if re.search(r"/\.{1,2}(?:/|$)", urlsplit(url).path) else []
    return [*(["-g"] if re.search(r"[\[\]{}]", url) else []), *dots]


def _is_of_the_connection(name: str, request: Request) -> bool:
    return request.credentials is Credentials.UNKNOWN and (
        name in _OF_THE_CONNECTION or name.startswith(_OF_TOOLS)
    )


def _without_key(url: str, carrier: Carrier) -> str:
    """Return a URL without the parameter that carries a key."""
    path, mark, query = url.partition("?")
    if not mark or carrier.place != "query":
        return url
    kept = [pair for pair in query.split("&") if unquote_plus(pair.partition("=")[0]) != carrier.name]
    return f"{path}?{'&'.join(kept)}" if kept else path


def _proof(credentials: Credentials, spec: CredentialsSpec, way: Authentication) -> tuple[str, ...]:
    if credentials is Credentials.MISSING:
        return ()
    if credentials is Credentials.WRONG:
        return spec.carrier.curl("<wrong credentials>")
    secret = "unscoped" if credentials is Credentials.UNSCOPED else way.parts[-1]
    return way.curl({**spec.environment, way.parts[-1]: spec.environment[secret]}, spec.carrier)


def _quoted(text: str) -> str:
    """Return a text, undecodable bytes as surrogates, as one word on one line; what is not legible stands in
    the escapes of $'...'.
    """
    if one_line(text) == text:
        return shlex.quote(text)
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return (
        f"$'{one_line(''.join(letter if letter.isprintable() else _escaped(letter) for letter in escaped))}'"
    )


def _escaped(letter: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in letter.encode("utf-8", "surrogateescape"))
