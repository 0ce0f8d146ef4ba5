"""The room model: what the stream of interactions has shown of each room so far."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any

import orjson

from roomproof.judge.walk import ListWalk

Json = Any
MOST_VALUES = 1000
"""How many accepted values of a field are remembered: a long stream is to need no more memory than a short
one.
"""


@dataclass
class LastUpdate:
    """The last update of a room: its operation, and what its response showed.

    `answered_by` is when it was answered for certain, since the next request was sent then; None until then.
    """

    operation: str
    shown: Mapping[str, Json]
    answered_by: datetime | None = None


@dataclass(frozen=True)
class LastRead:
    """What a read has shown of a room, and how many interactions there were before it."""

    number: int
    room: Mapping[str, Json]


@dataclass(frozen=True)
class ToldEntries:
    """What the last request about entries that only a list shows said of them.

    `sent` tells its operation and when it was answered, `fields` are those of its body. `kept` are the ids
    that were there before and that it does not name, `after` those that are there since then, None where
    nobody knows.
    """

    sent: LastUpdate
    fields: Mapping[str, Json]
    kept: frozenset[str] | None
    after: frozenset[str] | None


@dataclass
class RoomState:
    """One room: its last known representation, and how it came to be.

    `told` holds the value that each field was last sent and accepted with. `uncertain` is set where a request
    may or may not have been carried out: the next representation is then no proof. `history_known` ends
    there, too, and with a request whose body nobody knows: fields may have been set unseen. `may_be_gone` is
    set where it was to be deleted, and no response says that it was. `file` is the recording that showed it
    last. `made_by`, `deleted_by`, `made_at` and `deleted_at` tell by which operation, and when that was sent;
    `read` what the last read showed, if nothing was sent since then that may have changed something. `inside`
    are the ids of those in which it stands, with a slash after each; `updated` the fields that updates have
    carried since it was made. `gone_from` is when a deletion has to show, where the documents give it time.
    `told_entries` is what was said last of what stands in it, if nothing may have changed that since then.
    """

    id: str
    known: dict[str, Json] = field(default_factory=dict)
    told: dict[str, Json] = field(default_factory=dict)
    created_with: Mapping[str, Json] | None = None
    uncertain: bool = False
    history_known: bool = True
    deleted: bool = False
    may_be_gone: bool = False
    written: LastUpdate | None = None
    file: Path | None = None
    made_by: str = ""
    made_at: datetime | None = None
    deleted_by: str = ""
    deleted_at: datetime | None = None
    gone_from: datetime | None = None
    read: LastRead | None = None
    inside: str = ""
    updated: frozenset[str] = frozenset()
    told_entries: ToldEntries | None = None

    @property
    def own_id(self) -> str:
        """Its id without those of what it stands in: that which a list shows."""
        return self.id.removeprefix(self.inside)

    @property
    def is_as_made(self) -> bool:
        """Whether nothing has changed it since it was made, as far as is known."""
        return self.written is not None and self.written.operation == self.made_by and not self.deleted

    def learn(self, representation: Mapping[str, Json], sent: Mapping[str, Json]) -> None:
        """Take over a representation that an accepted request brought."""
        self.known = {**self.known, **representation}
        self.told |= sent
        self.uncertain = self.may_be_gone = False

    def doubt(self) -> None:
        """Note that something may have changed the room that no response showed."""
        self.uncertain, self.history_known, self.written = True, False, None
        self.told_entries = None


@dataclass(frozen=True)
class Issued:
    """A value that a response gave: what the path of its request named, and when that was sent."""

    value: Json
    parameters: Mapping[str, str]
    at: datetime | None


@dataclass(frozen=True)
class Repeat:
    """The first request with a repeatability id: its body, when it says it was first sent, the room that came
    of it, and the recording that it stands in.
    """

    body: bytes | None
    first_sent: str | None
    room: Mapping[str, Json]
    file: Path | None


@dataclass
class Rooms:
    """The rooms of one account, by id, and which of them exist still; the repeatable requests seen; the
    values accepted of late.

    `free` are the values, by field, that must be unique and that a room had and gave up; `listed` the ids of
    rooms that a list has shown and that nobody was seen to make, and `theirs` what these have of the fields
    that must be unique; `file` is the recording that is heard now.
    `walks` are the last pages of lists, by path, and `asked` tells when each operation that only asks was
    last seen, since something was sent that may change a room; `count` counts interactions, and `changed` is
    what it was when that was sent. `issued` are the values that responses gave for later requests, by
    operation and field.
    """

    states: dict[str, RoomState] = field(default_factory=dict)
    existing: dict[str, RoomState] = field(default_factory=dict)
    repeats: dict[str, Repeat] = field(default_factory=dict)
    accepted: dict[tuple[str, str], dict[bytes, None]] = field(default_factory=dict)
    free: dict[str, dict[bytes, None]] = field(default_factory=dict)
    listed: set[str] = field(default_factory=set)
    theirs: dict[str, dict[bytes, None]] = field(default_factory=dict)
    file: Path | None = None
    walks: dict[str, ListWalk] = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=dict)
    count: int = 0
    changed: int = 0
    issued: dict[tuple[str, str], dict[bytes, Issued]] = field(default_factory=dict)

    def get(self, room_id: str) -> RoomState | None:
        """Return what is known of a room, or None."""
        return self.states.get(room_id)

    def meet(self, room_id: str, inside: str = "") -> RoomState:
        """Return the state of a room, a new one where it was not seen before; it stands `inside` others."""
        state = self.states.get(room_id)
        if state is None:
            state = self.states[room_id] = self.existing[room_id] = RoomState(room_id, inside=inside)
        return state

    def make_space(self) -> None:
        """Forget the first room and the first repeatable request where there are many: nothing follows from
        not knowing one.
        """
        if len(self.states) > MOST_VALUES:
            self.forget(next(iter(self.states)))
        if len(self.repeats) > MOST_VALUES:
            del self.repeats[next(iter(self.repeats))]

    def forget(self, room_id: str) -> None:
        """Forget all that is known of a room."""
        self.states.pop(room_id, None)
        self.existing.pop(room_id, None)

    def was_there(self, room_id: str) -> bool:
        """Whether a room of an id was met before: one that is new has another id."""
        return room_id in self.states or room_id in self.listed

    def is_of_another_file(self, room_id: str) -> bool:
        """Whether a room was shown by another recording last: a recorder may give each test's room one
        made-up id.
        """
        state = self.states.get(room_id)
        return state is not None and state.file != self.file

    def delete(self, state: RoomState) -> None:
        """Note that a room is gone; a long run makes and deletes so many that nobody should pass them by
        again and again.
        """
        state.deleted = True
        self.existing.pop(state.id, None)

    def note_change(self) -> None:
        """Note that something was sent that may change a room: what was shown until now need not be so any
        more.
        """
        self.walks.clear()
        self.asked.clear()
        self.changed = self.count

    def issue(self, operation: str, way: str, found: Issued) -> None:
        """Note a value that a response of an operation gave."""
        values = self.issued.setdefault((operation, way), {})
        values[_fingerprint(found.value)] = found
        if len(values) > MOST_VALUES:
            del values[next(iter(values))]

    def issued_as(self, operation: str, way: str, value: Json) -> Issued | None:
        """Return what is known of a value that a response gave, None where none did."""
        return self.issued.get((operation, way), {}).get(_fingerprint(value))

    def last_issued(self, operation: str, way: str) -> Issued | None:
        """Return the value that a response of an operation gave last, None where none did."""
        return next(reversed(self.issued.get((operation, way), {}).values()), None)

    def accept(self, operation: str, sent: Mapping[str, Json]) -> None:
        """Note the values that an operation has accepted, field by field."""
        for name, value in sent.items():
            _remember(self.accepted.setdefault((operation, name), {}), value)

    def was_ever_accepted(self, operation: str, name: str) -> bool:
        """Whether an operation has accepted any value of a field before."""
        return (operation, name) in self.accepted

    def was_accepted(self, operation: str, name: str, value: Json) -> bool:
        """Whether an operation has accepted a value of a field before, alone or with others."""
        return _fingerprint(value) in self.accepted.get((operation, name), ())

    def give_up(self, values: Iterable[tuple[str, Json]]) -> None:
        """Note values of fields that must be unique, and that a room had and has no more."""
        for name, value in values:
            _remember(self.free.setdefault(name, {}), value)

    def note_theirs(self, values: Iterable[tuple[str, Json]]) -> None:
        """Note values of fields that must be unique, and that a room has which nobody was seen to make."""
        for name, value in values:
            _remember(self.theirs.setdefault(name, {}), value)

    def is_theirs(self, name: str, value: Json) -> bool:
        """Whether a list has shown a room with a value that must be unique, and nobody was seen to make
        that.
        """
        return name in self.theirs and _fingerprint(value) in self.theirs[name]

    def was_given_up(self, name: str, value: Json) -> bool:
        """Whether a room had a value that must be unique, and gave it up."""
        return _fingerprint(value) in self.free.get(name, ())

    def others(self, room_id: str | None) -> Iterator[RoomState]:
        """Yield the other rooms that still exist."""
        return (state for key, state in self.existing.items() if key != room_id)


def _remember(values: dict[bytes, None], value: Json) -> None:
    values[_fingerprint(value)] = None
    if len(values) > MOST_VALUES:
        del values[next(iter(values))]


def _fingerprint(value: Json) -> bytes:
    """Return a short digest of a value, the same in every process: Python's own hash is salted."""
    return blake2b(orjson.dumps(value, option=orjson.OPT_SORT_KEYS), digest_size=12).digest()
