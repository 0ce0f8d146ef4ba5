"""The journal of a run: which rooms it was about to make, which it made, which are gone again, how it found
the room that was named.

An entry is one JSON object; the journal is what its entries say, whether they are written now or were read
after a crash.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Json = Any
Entry = Mapping[str, Json]
VERSION = 1
MOST_IN_ENTRY = 50
"""Ids of rooms in one entry."""


class JournalError(Exception):
    """An entry cannot be written; the message says why."""


@dataclass(frozen=True)
class Heading:
    """Whose journal: when the run began, its process, the provider and where it is, the room that was named,
    further folders of contracts.
    """

    started: str
    process: int
    provider: str
    base_url: str
    room_id: str | None
    contracts: tuple[str, ...] = ()
    credentials: Mapping[str, str] = field(default_factory=dict)
    """The environment variables that hold an account's credentials, by part; none where the contract names
    them.
    """


@dataclass(frozen=True)
class Repeatable:
    """A request that its provider carries out once, however often it comes: method, path below the base URL,
    query, headers, and body.

    The headers are those that make it repeatable and its media type; credentials are not among them.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: tuple[tuple[str, str], ...]
    body: str

    def entry(self) -> Json:
        """Return it as JSON data."""
        return {**vars(self), "query": dict(self.query), "headers": [list(pair) for pair in self.headers]}


@dataclass(frozen=True)
class Intent:
    """A request that is to make a room: when it was sent (ISO 8601), and the name it gives the room, empty
    where it gives none.

    `request` is the request itself where it may be repeated: the response then tells the room's id.
    """

    at: str
    mark: str
    request: Repeatable | None = None


@dataclass
class Journal:
    """What is known of a run's rooms. `write` puts an entry where it lasts, and raises JournalError where it
    cannot.
    """

    write: Callable[[Entry], None] = lambda _: None
    rooms: dict[str, None] = field(default_factory=dict)
    """The rooms that were made and are still there."""
    ever: set[str] = field(default_factory=set)
    """Every room that was made."""
    strange: dict[str, str] = field(default_factory=dict)
    """The rooms that requests to make one were answered with and that may be somebody else's, each with the
    reason.
    """
    left: dict[str, None] = field(default_factory=dict)
    """The rooms that were made, are still there, and that nothing can delete any more."""
    there: set[str] = field(default_factory=set)
    """The rooms that were there before the first one was made, as far as somebody has looked."""
    things: dict[str, None] = field(default_factory=dict)
    """The paths of what was made beside rooms and is still there."""
    things_ever: set[str] = field(default_factory=set)
    """The path of everything that was made beside rooms."""
    lost: dict[int, Intent] = field(default_factory=dict)
    """The requests to make a room of which nobody knows what became."""
    found: Mapping[str, Json] | None = None
    """The fields of the named room that may be set, as they were before the run; None where that is not known
    or done with.
    """
    was_found: bool = False
    """Whether it was ever known how the named room was found."""
    _count: int = 0

    def intend(self, at: str, mark: str, request: Repeatable | None = None) -> int:
        """Note that a room is about to be made, and return the number of the intent. Raises JournalError if
        it cannot be kept.
        """
        number = self._count + 1
        entry = {"entry": "intent", "number": number, "at": at, "mark": mark}
        self._enter(entry if request is None else {**entry, "request": request.entry()}, must=True)
        return number

    def met(self, rooms: Iterable[str]) -> None:
        """Note rooms that are there, and that the run has not made."""
        found = sorted(set(rooms) - self.there - self.ever)
        # An entry that nobody can search for secrets is not written: thousands of ids at once have too many
        # readings.
        for start in range(0, len(found), MOST_IN_ENTRY):
            self._enter({"entry": "there", "rooms": found[start : start + MOST_IN_ENTRY]})

    def made(self, room_id: str, number: int | None = None) -> None:
        """Note the id of a room that was made."""
        self._enter({"entry": "made", "room": room_id, "number": number})

    def came_to_nothing(self, number: int) -> None:
        """Note that an intent made no room."""
        self._enter({"entry": "nothing", "number": number})

    def gone(self, room_id: str) -> None:
        """Note that a room is there no more."""
        if room_id in self.rooms:
            self._enter({"entry": "gone", "room": room_id})

    def leave(self, room_id: str) -> None:
        """Note that a room stays, since nothing can delete it: no cleanup has to try again."""
        if room_id in self.rooms:
            self._enter({"entry": "left", "room": room_id})

    def thing_made(self, path: str) -> None:
        """Note the path of something that was made beside rooms."""
        self._enter({"entry": "thing", "path": path})

    def thing_gone(self, path: str) -> None:
        """Note that something that was made beside rooms is there no more."""
        if path in self.things:
            self._enter({"entry": "thing gone", "path": path})

    def disown(self, room_id: str) -> None:
        """Note that a room may be somebody else's after all: it is touched no more."""
        self._enter({"entry": "foreign", "room": room_id})

    def doubt(self, room_id: str, why: str) -> None:
        """Note a room that a request to make one was answered with, and why it may be somebody else's: it is
        touched never.
        """
        self._enter({"entry": "strange", "room": room_id, "why": why})

    def find(self, fields: Mapping[str, Json], unwritten: Iterable[str] = ()) -> None:
        """Note how the named room is found; the `unwritten` fields hold secrets and are remembered only."""
        kept = {name: value for name, value in fields.items() if name not in set(unwritten)}
        self._enter({"entry": "found", "members": kept})
        self.found = dict(fields)

    def put_back(self) -> None:
        """Note that the named room is as it was found."""
        self._enter({"entry": "back"})

    @property
    def settled(self) -> bool:
        """Whether nothing is left to do."""
        return not (self.rooms or self.things or self.lost or self.found is not None)

    def _enter(self, entry: Entry, *, must: bool = False) -> None:
        if must:
            self.write(entry)
        else:
            # A journal that lists too much does no harm: what is gone already is found to be gone.
            with suppress(JournalError):
                self.write(entry)
        self._apply(entry)

    def _apply(self, entry: Entry) -> None:
        kind, number, room = entry["entry"], entry.get("number"), entry.get("room")
        if kind == "intent":
            self._count = int(entry["number"])
            self.lost[self._count] = Intent(str(entry["at"]), str(entry["mark"]), _request_in(entry))
        elif kind == "found":
            self.found, self.was_found = dict(entry["members"]), True
        elif kind == "back":
            self.found = None
        elif kind == "strange":
            self.strange.setdefault(str(room), str(entry["why"]))
        elif kind == "thing":
            self.things[str(entry["path"])] = None
            self.things_ever.add(str(entry["path"]))
        elif kind == "thing gone":
            self.things.pop(str(entry["path"]), None)
        elif kind == "there":
            self.there.update(map(str, entry["rooms"]))
        elif kind in ("gone", "left", "foreign"):
            self.rooms.pop(str(room), None)
            if kind == "left":
                self.left[str(room)] = None
            if kind == "foreign":
                self.ever.discard(str(room))
        elif kind in ("made", "nothing"):
            self.lost.pop(number if isinstance(number, int) else 0, None)
            if kind == "made":
                self.rooms[str(room)] = None
                self.ever.add(str(room))


def _request_in(entry: Entry) -> Repeatable | None:
    request = entry.get("request")
    if request is None:
        return None
    if datetime.fromisoformat(entry["at"]).tzinfo is None:
        raise ValueError("a time without an offset")
    headers = tuple((str(name), str(value)) for name, value in request["headers"])
    return Repeatable(
        str(request["method"]), str(request["path"]), dict(request["query"]), headers, str(request["body"])
    )


def headed(heading: Heading) -> Entry:
    """Return the first entry of a journal."""
    told = {"entry": "run", "ledger": VERSION, **vars(heading), "contracts": list(heading.contracts)}
    if not told.pop("credentials"):
        return told
    return {**told, "credentials": dict(heading.credentials)}


def read_journal(
    text: str, write: Callable[[Entry], None] = lambda _: None
) -> tuple[Heading, Journal] | None:
    """Return what a journal says, its last line left out if the run was killed while it was written; None if
    it is no journal.
    """
    journal = Journal(write)
    try:
        first, *entries = [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]
        if first["entry"] != "run" or first["ledger"] != VERSION:
            return None
        heading = _heading_in(first)
        for entry in entries:
            journal._apply(entry)
    except (ValueError, LookupError, TypeError, AttributeError):
        return None
    return heading, journal


def _heading_in(entry: Entry) -> Heading:
    """Return what the first entry says. Raises ValueError or LookupError if it says something else than a run
    writes there.
    """
    started, provider, base_url = (str(entry[name]) for name in ("started", "provider", "base_url"))
    if datetime.fromisoformat(started).tzinfo is None:
        raise ValueError("a time without an offset")
    room_id = None if entry["room_id"] is None else str(entry["room_id"])
    return Heading(
        started,
        int(entry["process"]),
        provider,
        base_url,
        room_id,
        tuple(map(str, entry.get("contracts", ()))),
        {str(part): str(name) for part, name in dict(entry.get("credentials", {})).items()},
    )
