"""Whether two URLs are of one server: what a lock, and whoever asks where a journal belongs, compares in
place of their letters.
"""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

_PORTS = {"http": 80, "https": 443}
THIS_MACHINE = "localhost"


@dataclass(frozen=True)
class ServerPlace:
    """A scheme, host, port and path as one server may be asked for them in several spellings.

    The host is in lower case and without the dot of the root, an address in its usual form; every name and
    address of this machine is `localhost` (RFC 6761, 6.3), the one that stands for all of its addresses, too.
    The path has single slashes, none at its end.
    """

    scheme: str
    host: str
    port: int | None
    path: str


def place_of(url: str) -> ServerPlace | None:
    """Return where a URL leads, None if it is none. No name is looked up."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if not parts.scheme or not host:
        return None
    path = re.sub(r"/+", "/", parts.path).rstrip("/")
    return ServerPlace(parts.scheme, _host(host), _PORTS.get(parts.scheme) if port is None else port, path)


def is_one_server(one: str, other: str) -> bool:
    """Whether two URLs lead to the same place of one server."""
    place = place_of(one)
    return one == other if place is None else place == place_of(other)


def _host(host: str) -> str:
    name = host.lower().removesuffix(".")
    if name == THIS_MACHINE or name.endswith(f".{THIS_MACHINE}"):
        return THIS_MACHINE
    try:
        # 127.1 and 0x7f.1 are addresses, too, wherever names are looked up (inet_aton).
        address = ip_address(name if ":" in name else socket.inet_ntoa(socket.inet_aton(name)))
    except (ValueError, OSError):
        return name
    mapped = getattr(address, "ipv4_mapped", None) or address
    return THIS_MACHINE if mapped.is_loopback or mapped.is_unspecified else str(mapped)
