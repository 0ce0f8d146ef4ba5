"""A target: whatever takes requests and brings back interactions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address
from socket import inet_aton
from typing import Protocol
from urllib.parse import urlsplit

from roomproof.interaction import Credentials, Headers, Interaction, RoomKnowledge
from roomproof.targets.credentials import Scheme


@dataclass(frozen=True)
class Outgoing:
    """A request before it is signed: path below the base URL, query, headers, body, and what is known of it.

    `repeatable`: the server executes it once, however often it arrives; `seconds`: the answer may take no longer (None: as long as the
    target allows). `mark` is the name that it gives a room of the run; `housekeeping` tells that it is about the account, not the contract.
    `meanwhile` may be done while the answer is awaited; whoever wants it done for sure does it again.
    """

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Headers = ()
    body: bytes | None = None
    scheme: Scheme | None = None
    credentials: Credentials = Credentials.VALID
    room: RoomKnowledge = RoomKnowledge.UNKNOWN
    repeatable: bool = False
    seconds: float | None = None
    mark: str = ""
    housekeeping: bool = False
    meanwhile: Callable[[], object] | None = field(default=None, compare=False, repr=False)


class Target(Protocol):
    """A live provider or a mock; `base_url` is where it answers, path prefix included."""

    base_url: str

    def send(self, outgoing: Outgoing) -> Interaction:
        """Send one request. A connection that fails gives an interaction without a response, and why."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...


def is_loopback(url: str) -> bool:
    """Whether a URL is of this machine: by its name (RFC 6761, 6.3) or by its address, however it is written. What is no URL is not."""
    try:
        host = (urlsplit(url).hostname or "").removesuffix(".")
        return host == "localhost" or host.endswith(".localhost") or _is_of_this_machine(host)
    except ValueError:
        return False


def _is_of_this_machine(host: str) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        try:
            # As every client reads 127.1, and 0x7f000001.
            address = ip_address(inet_aton(host))
        except OSError:
            return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback
