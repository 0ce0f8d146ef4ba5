"""One spelling for an address, whoever wrote it down: RFC 3986, 6.2, and RFC 9110, 4.2.3 and 7.1."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from urllib.parse import unquote, urlsplit, urlunsplit

from roomproof.interaction import Request, header
from roomproof.judge.placeholder import is_placeholder

_PLAIN = re.compile(r"https?://[a-z0-9.-]*[a-z0-9](?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*(?:\?[^#]*)?")
"""What most recordings hold: nothing about it could be spelled otherwise."""
_METHOD = re.compile(r"[A-Z]+\s+(?=https?://|/)", re.IGNORECASE)
_INNER = re.compile(r".+?(?=https?://)", re.IGNORECASE)
_SCHEMELESS = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?::\d+)?(?:/|$)")
_ESCAPED = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")
_DEFAULT_PORTS = {"http": 80, "https": 443}


def addressed(request: Request) -> Request:
    """Return a request whose URL is spelled as most are, without what names no place: user information and a
    fragment.
    """
    url = _spelled(request.url, header(request.headers, "host") or "")
    return request if url == request.url else replace(request, url=url)


def is_plain(url: str) -> bool:
    """Whether a URL has one spelling only."""
    return _PLAIN.fullmatch(url) is not None


@lru_cache(maxsize=4096)
def _spelled(url: str, host: str) -> str:
    if is_plain(url):
        return url
    text = _absolute(_METHOD.sub("", url.strip(), count=1), host)
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return url
    scheme = parts.scheme.lower()
    name = (parts.hostname or "").rstrip(".").lower()
    name = f"[{name}]" if ":" in name else name
    authority = f"{name}:{port}" if port is not None and port != _DEFAULT_PORTS.get(scheme) else name
    path = _path(parts.path)
    # A word that stands for a server, as in `{{base_url}}/rooms`, is no path.
    return urlunsplit(
        (scheme, authority, path if authority or parts.path.startswith("/") else path[1:], parts.query, "")
    ).strip()


def _absolute(text: str, host: str) -> str:
    """Return the address that a text names in any form of a request's target.

    To a proxy the whole address is sent (RFC 9110, 7.1), and some recorders write the proxy's own before it.
    """
    before, _, query = text.partition("?")
    while inner := _INNER.match(before):
        before = before[inner.end() :]
    if before.startswith("/") and not before.startswith("//") and host:
        before = f"https://{host}{before}"
    elif before.startswith("//"):
        before = f"https:{before}"
    elif "://" not in before and _SCHEMELESS.match(before):
        before = f"https://{before}"
    return f"{before}?{query}" if query else before


def _path(path: str) -> str:
    """Return a path without dot segments (RFC 3986, 5.2.4), empty segments and needless escapes; a
    placeholder stands as it was written.
    """
    kept: list[str] = []
    for segment in map(_segment, path.split("/")):
        if segment == "..":
            del kept[-1:]
        elif segment not in ("", "."):
            kept.append(segment)
    return "/" + "/".join(kept)


def _segment(text: str) -> str:
    plain = unquote(text)
    if is_placeholder(plain) and not set(plain) & set("/?#"):
        return plain
    return _ESCAPED.sub(_as_it_is_spelled, text)


def _as_it_is_spelled(escape: re.Match[str]) -> str:
    """Return an escape of a letter that needs none as that letter, any other in capitals (RFC 3986,
    6.2.2).
    """
    letter = chr(int(escape[1], 16))
    return letter if _UNRESERVED.fullmatch(letter) else escape[0].upper()
