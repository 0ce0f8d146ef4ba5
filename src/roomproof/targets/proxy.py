"""Which proxy the environment names for a server, as curl reads it, and what of that is secret.

`http_proxy` counts in lower case only, since a web server puts a request's header Proxy into HTTP_PROXY; of
the others the one in lower case counts before the one in capitals. This machine is never asked through a
proxy.

Source: curl's manual, ENVIRONMENT.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from urllib.parse import unquote, urlsplit

from roomproof.errors import UsageError
from roomproof.targets.target import is_loopback

_NAMES = {"http": ("http_proxy",), "https": ("https_proxy", "HTTPS_PROXY")}
_ALL = ("all_proxy", "ALL_PROXY")
_NONE = ("no_proxy", "NO_PROXY")
_HOST = re.compile(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+")
_LOGIN = re.compile(r"^(?:[^/@]*//)?(?P<login>.*)@")


@dataclass(frozen=True)
class Proxy:
    """A proxy: its URL without credentials, and user and password if it wants them."""

    url: str
    login: tuple[str, str] | None = field(default=None, repr=False)


def proxy_of(base_url: str, environment: Mapping[str, str]) -> Proxy | None:
    """Return the proxy for a server, None for none.

    Raises UsageError, naming the variable and not its value, for one that is no address or no HTTP proxy.
    """
    parts = urlsplit(base_url)
    name = next((name for name in (*_NAMES.get(parts.scheme, ()), *_ALL) if environment.get(name)), None)
    if name is None or is_loopback(base_url) or _is_exempt(parts.hostname or "", environment):
        return None
    return _read(name, environment[name])


def proxy_secrets(environment: Mapping[str, str]) -> Iterator[str]:
    """Yield what must not be shown of the proxies that the environment names.

    These are their passwords, alone and as they are sent (RFC 7617, 2).
    """
    for name in ("HTTP_PROXY", *_NAMES["http"], *_NAMES["https"], *_ALL):
        found = _LOGIN.match(environment.get(name, ""))
        if found is None:
            continue
        user, _, password = found["login"].partition(":")
        plain = f"{unquote(user)}:{unquote(password)}"
        yield from (found["login"], password, unquote(password)) if password else (found["login"],)
        yield from (plain, base64.b64encode(plain.encode("utf-8", "surrogateescape")).decode())


def _read(name: str, text: str) -> Proxy:
    no_address = UsageError(
        f"{name} is no address of a proxy: write it like http://proxy.example.com:3128, or unset it"
    )
    try:
        parts = urlsplit(text.strip() if "://" in text else f"http://{text.strip()}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        # Not told what is wrong: the error would show what stands there.
        raise no_address from None
    if parts.scheme and parts.scheme not in ("http", "https"):
        raise UsageError(
            f"{name} names a {parts.scheme} proxy; only HTTP proxies are supported: name one, or the "
            f"host in NO_PROXY"
        )
    if not parts.scheme or port == 0 or not _HOST.fullmatch(host) or parts.query or parts.fragment:
        raise no_address
    shown = f"[{host}]" if ":" in host else host
    login = None if parts.username is None else (unquote(parts.username), unquote(parts.password or ""))
    if login is not None and any(letter < " " or letter == "\x7f" for part in login for letter in part):
        raise no_address
    return Proxy(f"{parts.scheme}://{shown}{'' if port is None else f':{port}'}", login)


def _is_exempt(host: str, environment: Mapping[str, str]) -> bool:
    """Whether a server is reached without a proxy: by its name or a domain of it, its address or a network of
    it.
    """
    listed = next((environment[name] for name in _NONE if environment.get(name)), "").strip().lower()
    entries = re.split(r"[\s,]+", listed)
    return listed == "*" or any(_is_named(host.lower().removesuffix("."), entry) for entry in entries)


def _is_named(host: str, entry: str) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        domain = entry.removesuffix(".").removeprefix(".")
        return bool(domain) and (host == domain or host.endswith(f".{domain}"))
    try:
        return address in ip_network(entry.strip("[]"), strict=False)
    except ValueError:
        return False
