"""A target: whatever accepts requests and brings back interactions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from roomproof.auth.scheme import Scheme
from roomproof.interaction import Credentials, Headers, Interaction, RoomKnowledge
from roomproof.targets.place import THIS_MACHINE, place_of


@dataclass(frozen=True)
class UnsentRequest:
    """A request before it is signed: path below the base URL, query, headers, body, and what is known of it.

    `repeatable`: the server executes it once, however often it arrives; `seconds`: the response may take no
    longer (None: as long as the target allows). `mark` is the name that it gives a room of the run;
    `housekeeping` tells that it is about the account, not the contract. `meanwhile` may be done while the
    response is awaited; whoever wants it done for sure does it again. `number` and `note` are what is told of
    it: which request of the run it is, 0 for those that do not count, and what it is about.
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
    number: int = field(default=0, compare=False)
    note: str = field(default="", compare=False)


class Target(Protocol):
    """A live provider or a mock; `base_url` is where it answers, path prefix included."""

    base_url: str

    def send(self, unsent: UnsentRequest) -> Interaction:
        """Send one request. A connection that fails gives an interaction without a response, and why."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...


def is_loopback(url: str) -> bool:
    """Whether a URL is of this machine: by its name (RFC 6761, 6.3) or by its address, however it is written.
    What is no URL is not.
    """
    place = place_of(url)
    return place is not None and place.host == THIS_MACHINE
