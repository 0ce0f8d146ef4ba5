"""The ward: every request of a session passes here, and none changes a room that is not the run's own.

The run's own rooms are the one that was named and those that it made. A made-up id, which is to name no room, may still be that of
a stranger's: it is looked for first (`read` of x-support), and the request goes out only if there is no such room. Where the
contract has no way to look, only ids count of which so many characters were drawn at random that no room has them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import unquote

from roomproof.contract.model import Contract
from roomproof.errors import RoomproofError
from roomproof.interaction import BUSY, Interaction
from roomproof.judge.seen import read_answer
from roomproof.ledger.books import Books
from roomproof.targets.target import Outgoing, Target
from roomproof.verify.settable import names_of_change
from roomproof.verify.undisturbed import undisturbed

GONE = (404, 410)
_NO_SUCH_ID = (400, *GONE, 414, 422)
"""How a provider answers about an id that no room has, or can have."""
_HARMLESS = ("GET", "HEAD", "OPTIONS")
MOST_KEPT = 100
"""How many rooms a run makes at most where the contract has no way to delete them: they stay in somebody's account."""
SPARED = 20
"""How many of these are left for requests that are to be rejected, and are accepted all the same."""


def keeps_rooms(contract: Contract) -> bool:
    """Whether the rooms that a run makes stay, since the contract has no way to delete one."""
    return "delete" not in contract.support


FOREIGN = "since a room may have the id that was made up for them"
ENOUGH = "since each makes a room, nothing deletes rooms, and enough were made"
UNRESTORABLE = "since they might change what cannot be put back in the named room"
"""Why requests are not sent, as a remark says it of several."""


class ForeignRoomError(RoomproofError):
    """A request was about to change a room that is not the run's own."""

    exit_code = 3


@dataclass(frozen=True)
class _Errand:
    """What a request is to do: whether the contract has such a call, whether it makes a room, and which one it changes, if any."""

    known: bool
    makes_room: bool = False
    room_id: str | None = None


class Ward:
    """A target that lets through only what concerns nobody else, and enters into the books what is made and what is gone.

    `ours`: the run started the server itself, so every room is its own.
    """

    def __init__(self, target: Target, contract: Contract, books: Books, named: str | None, *, ours: bool) -> None:
        self.base_url = target.base_url
        self._target = target
        self._contract = contract
        self._books = books
        self._named = named
        self._ours = ours
        self._nobody: dict[str, bool] = {}
        self._untouched: frozenset[str] = frozenset()

    def trust(self, room_id: str) -> None:
        """Take a made-up id for one that no room has: enough of it was drawn at random. Where one can look, one still does."""
        if "read" not in self._contract.support:
            self._nobody[room_id] = True

    def leave_alone(self, names: Iterable[str]) -> None:
        """Let no request through any more that may change these members of the named room."""
        self._untouched = frozenset(names)

    def objection(self, outgoing: Outgoing, look: Callable[[str], Interaction], spared: int = 0) -> str:
        """Return why a request must not be sent, an empty text if it may; a made-up id is looked for first.

        Of the rooms that may stay where nothing deletes them, `spared` are for other requests.
        """
        if self._ours:
            return ""
        errand = self._errand(outgoing)
        room_id = errand.room_id
        if errand.makes_room and keeps_rooms(self._contract) and len(self._books.ever) + len(self._books.lost) >= MOST_KEPT - spared:
            return ENOUGH
        if room_id == self._named and not self._untouched.isdisjoint(names_of_change(self._contract, outgoing)):
            return UNRESTORABLE
        if room_id is not None and not self._is_own(room_id, outgoing.method) and room_id not in self._nobody:
            can_look = "read" in self._contract.support and room_id.strip("./") != ""
            self._nobody[room_id] = can_look and _shows_nobody(look(room_id))
        return FOREIGN if self._refusal(errand, outgoing.method) else ""

    def send(self, outgoing: Outgoing) -> Interaction:
        """Send one request. Raises ForeignRoomError instead where it would change somebody else's room, LedgerError as the books do."""
        errand = self._errand(outgoing)
        if why := self._refusal(errand, outgoing.method):
            raise ForeignRoomError(f"{outgoing.method} {outgoing.path} was not sent: {why}; this is a fault of roomproof, please report it")
        if not errand.makes_room:
            interaction = self._target.send(outgoing)
            if errand.room_id is not None:
                self._enter_change(errand.room_id, outgoing.method, interaction)
            return interaction
        # What is made on a server of our own ends with it.
        with nullcontext() if self._ours else undisturbed():
            number = self._books.intend(datetime.now(UTC).isoformat(timespec="milliseconds"), outgoing.mark)
            interaction = self._target.send(outgoing)
            self._enter_creation(number, interaction)
        return interaction

    def close(self) -> None:
        """Let go of connections."""
        self._target.close()

    def _refusal(self, errand: _Errand, method: str) -> str:
        if self._ours:
            return ""
        if not errand.known:
            return "the contract has no such call"
        room_id = errand.room_id
        if room_id is None or self._is_own(room_id, method) or self._nobody.get(room_id, False):
            return ""
        return f"{room_id} may be the id of a room that is not the run's own"

    def _errand(self, outgoing: Outgoing) -> _Errand:
        """Return what a request is to do; one that only asks is known, and does nothing."""
        if outgoing.method in _HARMLESS:
            return _Errand(known=True)
        if matched := self._contract.match(outgoing.method, outgoing.path):
            parameters, makes_room = matched[1], not matched[1]
        elif supported := self._contract.match_support(outgoing.method, outgoing.path):
            parameters, makes_room = supported[1], supported[0].name == "create"
        else:
            return _Errand(known=False)
        named = parameters.get(self._contract.room.parameter)
        return _Errand(True, makes_room, None if named is None else unquote(named))

    def _is_own(self, room_id: str, method: str) -> bool:
        """Whether the run may change a room; only what it made may it delete."""
        if room_id == self._named:
            return method != "DELETE"
        return room_id in self._books.ever

    def _enter_creation(self, number: int, interaction: Interaction) -> None:
        """Note what became of a request to make a room; an answer that leaves it open, or names no room, leaves the intent open."""
        response = interaction.response
        if response is None:
            return
        if 200 <= response.status < 300:
            room = self._contract.room.representation(read_answer(response.body)) or {}
            if self._contract.room.id in room and str(room[self._contract.room.id]) != self._named:
                self._books.made(str(room[self._contract.room.id]), number)
        elif response.status < 500 or response.status in BUSY:
            self._books.came_to_nothing(number)

    def _enter_change(self, room_id: str, method: str, interaction: Interaction) -> None:
        """Note a room that is gone; and one that an update has made, of an id that nobody had."""
        status = interaction.response.status if interaction.response else 0
        if method == "DELETE":
            if 200 <= status < 300 or status in GONE:
                self._books.gone(room_id)
        elif 200 <= status < 300 and not self._ours and not self._is_own(room_id, method):
            self._books.made(room_id)


def _shows_nobody(interaction: Interaction) -> bool:
    return interaction.response is not None and interaction.response.status in _NO_SUCH_ID
