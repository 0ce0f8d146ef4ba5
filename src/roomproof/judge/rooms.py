"""The room model: what the stream of interactions has shown of each room so far."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

Json = Any


@dataclass
class RoomState:
    """One room: its last known representation, and how it came to be.

    `told` holds the value that each member was last sent and accepted with. `uncertain` is set where
    a request may or may not have been carried out: the next representation is then no proof.
    `lists_known` ends with a call that the contract does not know: it may have changed what the room's lists hold.
    """

    id: str
    known: dict[str, Json] = field(default_factory=dict)
    told: dict[str, Json] = field(default_factory=dict)
    created_with: Mapping[str, Json] | None = None
    uncertain: bool = False
    lists_known: bool = True
    deleted: bool = False

    def learn(self, representation: Mapping[str, Json], sent: Mapping[str, Json]) -> None:
        """Take over a representation that an accepted request brought."""
        self.known = {**self.known, **representation}
        self.told |= sent
        self.uncertain = False


@dataclass(frozen=True)
class Repeat:
    """The first request with a repeatability id: its body, and the room that came of it."""

    body: bytes | None
    room: Mapping[str, Json]


@dataclass
class Rooms:
    """Every room of one account, by id, the repeatable requests seen, the values that each operation has accepted."""

    states: dict[str, RoomState] = field(default_factory=dict)
    repeats: dict[str, Repeat] = field(default_factory=dict)
    accepted: dict[tuple[str, str], set[bytes]] = field(default_factory=dict)

    def get(self, room_id: str) -> RoomState | None:
        """Return what is known of a room, or None."""
        return self.states.get(room_id)

    def open(self, room_id: str) -> RoomState:
        """Return the state of a room, a new one where it was not seen before."""
        return self.states.setdefault(room_id, RoomState(room_id))

    def accept(self, operation: str, sent: Mapping[str, Json]) -> None:
        """Note the values that an operation has accepted, member by member."""
        for name, value in sent.items():
            self.accepted.setdefault((operation, name), set()).add(_canonical(value))

    def was_ever_accepted(self, operation: str, name: str) -> bool:
        """Whether an operation has accepted any value of a member before."""
        return (operation, name) in self.accepted

    def was_accepted(self, operation: str, name: str, value: Json) -> bool:
        """Whether an operation has accepted a value of a member before, alone or with others."""
        return _canonical(value) in self.accepted.get((operation, name), ())

    def others(self, room_id: str | None) -> Iterator[RoomState]:
        """Yield the other rooms that still exist."""
        return (state for key, state in self.states.items() if key != room_id and not state.deleted)


def _canonical(value: Json) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
