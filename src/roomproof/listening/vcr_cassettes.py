"""vcrpy: listen to what its cassettes record and play, whoever opens them: a decorator, a context manager, a
fixture, a mixin.

`Cassette.load` makes every cassette, so it is the one place that is taken over. A played exchange is judged
as it was recorded: what the client sends today need not be what the provider answered then. Of the exchanges
before it in the file the judge learns, in the order of the file, although they count only once they are
played themselves. The client is held against the contract by what it sends today.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import wraps
from importlib import import_module
from inspect import signature
from pathlib import Path
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from roomproof.cassettes.entry import EntryError
from roomproof.cassettes.formats.vcrpy import entry_of
from roomproof.interaction import Interaction, Request
from roomproof.listening.clients import UNDER_WAY, now
from roomproof.listening.stream import Flight, JudgedExchange, Listening
from roomproof.listening.vcr_filters import Filters
from roomproof.listening.vcr_matching import Mask
from roomproof.listening.vcr_node import grouped, node_of
from roomproof.listening.vcr_redaction import Persister


class Listener(Protocol):
    """Whoever listens at the moment: a test. `problems` are sentences on what could not be done for it."""

    listening: Listening
    root: Path
    problems: list[str]
    played: dict[object, Playback]

    def secrets(self) -> tuple[str, ...]:
        """Return the secrets that are known by now."""
        ...


@dataclass
class Playback:
    """How far a listener has followed a cassette from the file's beginning on: what each exchange says, None
    once it has counted. `heard` are the exchanges of this session, which are in no file yet, that have
    counted.
    """

    learned: list[JudgedExchange | None] = field(default_factory=list)
    heard: set[int] = field(default_factory=set)


@contextmanager
def listened_cassettes(current: Callable[[], Listener | None]) -> Iterator[None]:
    """Listen, while the context lasts, to every cassette that is opened in it, for whoever `current` names at
    each exchange.
    """
    kind = import_module("vcr.cassette").Cassette
    before = vars(kind)["load"]
    original = before.__func__
    defaults = signature(kind.__init__).parameters

    @wraps(original)
    def load(cls: Any, **options: Any) -> Any:
        persister = Persister(
            options.get("persister") or import_module("vcr.persisters.filesystem").FilesystemPersister,
            current,
        )
        mask = Mask(current)
        options["persister"] = persister
        options["match_on"] = tuple(map(mask.matcher, options.get("match_on", defaults["match_on"].default)))
        cassette = original(cls, **options)
        if listener := current():
            persister.redact(listener.secrets())
        _StubTap(cassette, current, persister).listen()
        return cassette

    loading: Any = load
    kind.load = classmethod(loading)
    try:
        yield
    finally:
        kind.load = before


_NOTICED = [0]
_LOCK = threading.Lock()


@contextmanager
def noticed_cassettes() -> Iterator[None]:
    """Let calls of clients know, while the context lasts, what cassettes play for them to which nobody
    listens.
    """
    module = sys.modules.get("vcr.cassette")
    if module is None:
        yield
        return
    kind = module.Cassette
    with _LOCK:
        _NOTICED[0] += 1
        if _NOTICED[0] == 1:
            _notice(kind)
    try:
        yield
    finally:
        with _LOCK:
            _NOTICED[0] -= 1
            if _NOTICED[0] == 0:
                kind.play_response = kind.play_response.__wrapped__


def _notice(kind: Any) -> None:
    original = kind.play_response

    @wraps(original)
    def play_response(cassette: Any, request: Any) -> Any:
        response = original(cassette, request)
        call = UNDER_WAY.get()
        if call is not None:
            recorded = next((asked for asked, known in cassette.data if known is response), request)
            call.played.append(_interaction(recorded, response))
        return response

    kind.play_response = play_response


class _StubTap:
    """Stands between a cassette and the stub of a client."""

    def __init__(self, cassette: Any, current: Callable[[], Listener | None], persister: Persister) -> None:
        self._cassette, self._current, self._persister = cassette, current, persister
        self._loaded, self._recorded = len(cassette.data), object()
        self._flights: WeakKeyDictionary[Any, Flight] = WeakKeyDictionary()
        self._filters = Filters(cassette)
        self._can_play, self._play, self._append = (
            cassette.can_play_response_for,
            cassette.play_response,
            cassette.append,
        )

    def listen(self) -> None:
        """Take the place of the cassette's methods. A stub asks first whether a response is there, then plays
        it or brings a new one.
        """
        self._cassette.can_play_response_for = self._asked
        self._cassette.play_response = self._played
        self._cassette.append = self._appended

    def _asked(self, request: Any) -> Any:
        listener = self._current()
        if listener is not None:
            # Before it is compared with what was recorded, where its key is not what it was.
            listener.listening.note_keys(_request(request), self._place(listener))
        can = self._can_play(request)
        if not can and listener is not None and request not in self._flights:
            call = UNDER_WAY.get()
            flight = call.flights.get(id(listener.listening)) if call else None
            self._flights[request] = flight or listener.listening.start(request.method)
        return can

    def _appended(self, request: Any, response: Any) -> None:
        listener, flight = self._current(), self._flights.pop(request, None)
        # First: what a cassette keeps may be changed by filters of the user's.
        heard, index = _interaction(request, response), len(self._cassette.data)
        self._append(request, response)
        if listener is not None:
            self._note(listener)
            if index < len(self._cassette.data):
                self._progress(listener).heard.add(index)
            recorded = heard if heard.at is not None else replace(heard, at=now())
            listener.listening.hear(recorded, flight, part=self._recorded, place=self._place(listener))

    def _played(self, request: Any) -> Any:
        response = self._play(request)
        listener = self._current()
        if listener is not None:
            self._note(listener)
            index = next((at for at, (_, known) in enumerate(self._cassette.data) if known is response), -1)
            played = self._progress(listener)
            is_next = len(played.learned) <= index < self._loaded
            self._filters.note(request)
            if is_next:
                self._learn(listener, played, index)
            sent = _interaction(request, response).request
            listener.listening.hear_request(sent, place=self._place(listener), room_is_known=is_next)
            learned = None
            if 0 <= index < self._loaded:
                self._learn(listener, played, index + 1)
                learned, played.learned[index] = played.learned[index], None
            elif index >= self._loaded and index not in played.heard:
                # Another test has recorded it: what came between, this one has not heard.
                played.heard.add(index)
                recorded = replace(self._filters.restored(_interaction(*self._cassette.data[index])), at=None)
                learned = listener.listening.learn(recorded, part=object(), place=self._place(listener))
            if learned is not None:
                listener.listening.count(learned)
        return response

    def _progress(self, listener: Listener) -> Playback:
        return listener.played.setdefault(self, Playback())

    def _learn(self, listener: Listener, played: Playback, end: int) -> None:
        """Let the judge learn from what the file holds before `end`."""
        for request, response in self._cassette.data[len(played.learned) : end]:
            heard = self._filters.restored(_interaction(request, response))
            played.learned.append(listener.listening.learn(heard, part=self, place=self._place(listener)))

    def _note(self, listener: Listener) -> None:
        """Have what is written redacted, and let a client that is listened to as well know that its exchange
        has been heard here.
        """
        self._persister.redact(listener.secrets())
        if call := UNDER_WAY.get():
            call.told.add(id(listener.listening))

    def _place(self, listener: Listener) -> Path:
        """Return the cassette's file from the project's folder on: a folder that is named like a provider
        says whose it is.
        """
        path = Path(self._cassette._path).absolute()
        return path.relative_to(listener.root) if path.is_relative_to(listener.root) else Path(path.name)


def _request(request: Any) -> Request:
    headers = grouped(request.headers.items()).items()
    pairs = tuple((name, value) for name, values in headers for value in values)
    return Request(str(request.method), str(request.uri), pairs)


def _interaction(request: Any, response: Any) -> Interaction:
    """Return an exchange, without a response where a cassette holds it in a way that cannot be read."""
    try:
        return entry_of(node_of(request, response)).interaction
    except EntryError as error:
        return Interaction(
            Request(str(request.method), str(request.uri)),
            None,
            failure=f"the cassette holds what cannot be read: {error}",
        )
