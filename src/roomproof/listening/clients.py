"""A client that is listened to: every exchange that it makes while somebody listens, and afterwards it is as
it was before.

A client is known by the module that one of its classes comes from; nothing is imported for that. The method
by which it sends is put on the object itself and taken off again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib import import_module
from typing import Any
from weakref import WeakKeyDictionary

from roomproof.cassettes.coding import decoded
from roomproof.cassettes.entry import answered_at
from roomproof.errors import UsageError
from roomproof.interaction import Headers, Interaction, Request, Response, header
from roomproof.listening.stream import Flight, Listening

Send = Callable[..., Any]
"""The method by which a client sends."""

_KNOWN = (
    ("httpx", "Client", "send", "roomproof.listening.httpx_client"),
    ("httpx", "AsyncClient", "send", "roomproof.listening.httpx_client"),
    ("requests", "Session", "send", "roomproof.listening.requests_session"),
    ("urllib3", "PoolManager", "urlopen", "roomproof.listening.urllib3_pool"),
)
"""The package and the name of a client's class, its method, and the module whose `tapped` stands in for
it.
"""


@dataclass(eq=False)
class ClientCall:
    """A call of a client that is under way: the flights of those who listen, and who of them has heard of it
    elsewhere.

    `played` are the exchanges that a cassette has played for it to which nobody listens.
    """

    ears: Listeners
    flights: dict[int, Flight]
    told: set[int] = field(default_factory=set)
    played: list[Interaction] = field(default_factory=list)


UNDER_WAY: ContextVar[ClientCall | None] = ContextVar("roomproof_call", default=None)
"""The call that this thread or task makes. A cassette below it knows better what was exchanged, and says
so.
"""


@dataclass(eq=False)
class Listeners:
    """Those who listen to one client."""

    listeners: list[Listening] = field(default_factory=list)

    @contextmanager
    def call(self, method: str) -> Iterator[ClientCall]:
        """Note that a request is sent while the context lasts."""
        call = ClientCall(self, {id(listening): listening.start(method) for listening in self.listeners})
        token = UNDER_WAY.set(call)
        try:
            yield call
        finally:
            UNDER_WAY.reset(token)

    def is_within_call(self) -> bool:
        """Whether this client is sending already: it calls itself to follow a redirect."""
        call = UNDER_WAY.get()
        return call is not None and call.ears is self

    def tell(self, call: ClientCall, interactions: Sequence[Interaction]) -> None:
        """Tell what came of a call: the redirects and repeats that it took, then the last exchange.

        What was played is told as it was recorded, each exchange by itself: when that was, and what came
        between, nobody knows.
        """
        for listening in tuple(self.listeners):
            if id(listening) in call.told:
                continue
            for interaction in call.played:
                listening.hear(replace(interaction, at=None), part=object())
            for interaction in () if call.played else interactions:
                listening.hear(interaction, call.flights.get(id(listening)))


@dataclass(frozen=True)
class _Tap:
    """A client with another method in the place of its own; `before` is what stood there on the object
    itself.
    """

    ears: Listeners
    method: Send
    before: Send | None


_TAPPED: WeakKeyDictionary[object, _Tap] = WeakKeyDictionary()
_LOCK = threading.Lock()


@contextmanager
def listened(client: Any, listening: Listening) -> Iterator[None]:
    """Listen to a client while the context lasts. Raises UsageError for what is no client that is known."""
    name, module = _known(client)
    with _LOCK:
        if client not in _TAPPED:
            ears, before = Listeners(), vars(client).get(name)
            method = import_module(module).tapped(client, getattr(client, name), ears)
            _TAPPED[client] = _Tap(ears, method, before)
            setattr(client, name, method)
        tapped = _TAPPED[client]
        tapped.ears.listeners.append(listening)
    try:
        yield
    finally:
        with _LOCK:
            tapped.ears.listeners.remove(listening)
            # Where somebody else has put something over it, it stays below, and tells nobody anything.
            if not tapped.ears.listeners and vars(client).get(name) is tapped.method:
                del _TAPPED[client]
                if tapped.before is None:
                    delattr(client, name)
                else:
                    setattr(client, name, tapped.before)


def _known(client: object) -> tuple[str, str]:
    for package, kind, name, module in _KNOWN:
        names = {(one.__module__.partition(".")[0], one.__name__) for one in type(client).__mro__}
        if (package, kind) in names:
            return name, module
    raise UsageError(
        f"{type(client).__module__}.{type(client).__qualname__} is no client that can be listened to: "
        f"hand over an "
        "httpx.Client, an httpx.AsyncClient, a requests.Session or a urllib3.PoolManager, such as the "
        "one inside a "
        "vendor's client"
    )


def exchange(
    request: Request,
    status: int,
    headers: Headers,
    body: bytes | None,
    started: datetime,
) -> Interaction:
    """Return an exchange. `body` is None where it is not here: it is read as it comes, or not at all."""
    plain = None if body is None else decoded(body, header(headers, "content-encoding"))
    if not isinstance(plain, bytes):
        # What is missing is not empty: the judge must not hold the announced length against it.
        plain, headers = (
            b"",
            tuple((name, value) for name, value in headers if name.lower() != "content-length"),
        )
    return Interaction(request, Response(status, headers, plain), answered_at(headers) or started)


def unanswered(request: Request, started: datetime) -> Interaction:
    """Return a request to which no response came; the provider may have carried it out all the same."""
    return Interaction(request, None, started, failure="no response came: the connection failed")


def repeats(request: Request, retries: Any, started: datetime) -> Iterator[Interaction]:
    """Yield the exchanges before the last one that urllib3 made for a request by itself: it keeps no more
    than their status.
    """
    for past in getattr(retries, "history", ()):
        if past.status is not None:
            yield exchange(request, past.status, (), None, started)
        else:
            yield unanswered(request, started)


def pairs(headers: Any) -> Headers:
    """Return headers as pairs of texts."""
    return tuple((_text(name), _text(value)) for name, value in headers)


def _text(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def sent(body: object) -> bytes | None:
    """Return a request's body, None where there is none or where it went out as it was made."""
    if isinstance(body, str):
        return body.encode()
    return bytes(body) if isinstance(body, bytes | bytearray) else None


def now() -> datetime:
    """Return the time, with its offset."""
    return datetime.now(UTC)
