"""The ward: every request of a session passes here, and none changes a room that is not the run's own.

The run's own rooms are the one that was named and those that it made. A made-up id, which is to name no room, may still be that of
a stranger's: it is looked for first (`read` of x-support), and the request goes out only if there is no such room. Where the
contract has no way to look, only ids count of which so many characters were drawn at random that no room has them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from urllib.parse import unquote

from roomproof.contract.model import Contract
from roomproof.errors import RoomproofError
from roomproof.interaction import BUSY, Interaction
from roomproof.judge.seen import read_json
from roomproof.ledger.books import Books
from roomproof.targets.target import Outgoing, Target
from roomproof.verify.undisturbed import undisturbed

GONE = (404, 410)
_NO_SUCH_ID = (400, *GONE, 414, 422)
"""How a provider answers about an id that no room has, or can have."""
_HARMLESS = ("GET", "HEAD", "OPTIONS")


class ForeignRoomError(RoomproofError):
    """A request was about to change a room that is not the run's own."""

    exit_code = 3


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

    def trust(self, room_id: str) -> None:
        """Take a made-up id for one that no room has: enough of it was drawn at random. Where one can look, one still does."""
        if "read" not in self._contract.support:
            self._nobody[room_id] = True

    def objection(self, outgoing: Outgoing, look: Callable[[str], Interaction]) -> str:
        """Return why a request must not be sent, an empty text if it may; a made-up id is looked for first."""
        room_id = None if self._ours else self._room_of(outgoing)
        if room_id is not None and not self._is_own(room_id, outgoing.method) and room_id not in self._nobody:
            can_look = "read" in self._contract.support and room_id.strip("./") != ""
            self._nobody[room_id] = can_look and _shows_nobody(look(room_id))
        return self._refusal(outgoing)

    def send(self, outgoing: Outgoing) -> Interaction:
        """Send one request. Raises ForeignRoomError instead where it would change somebody else's room, LedgerError as the books do."""
        if why := self._refusal(outgoing):
            raise ForeignRoomError(f"{outgoing.method} {outgoing.path} was not sent: {why}; this is a fault of roomproof, please report it")
        if not self._makes_room(outgoing):
            interaction = self._target.send(outgoing)
            self._enter_change(outgoing, interaction)
            return interaction
        with undisturbed():
            number = self._books.intend(datetime.now(UTC).isoformat(timespec="milliseconds"), outgoing.mark)
            interaction = self._target.send(outgoing)
            self._enter_creation(number, interaction)
        return interaction

    def close(self) -> None:
        """Let go of connections."""
        self._target.close()

    def _refusal(self, outgoing: Outgoing) -> str:
        if self._ours or outgoing.method in _HARMLESS:
            return ""
        if self._match(outgoing) is None:
            return "the contract has no such call"
        room_id = self._room_of(outgoing)
        if room_id is None or self._is_own(room_id, outgoing.method) or self._nobody.get(room_id, False):
            return ""
        return f"{room_id} may be the id of a room that is not the run's own"

    def _match(self, outgoing: Outgoing) -> Mapping[str, str] | None:
        """Return the path parameters of a request, None where the contract has no such call."""
        contract, method, path = self._contract, outgoing.method, outgoing.path
        matched = contract.match(method, path) or contract.match_support(method, path)
        return matched[1] if matched else None

    def _room_of(self, outgoing: Outgoing) -> str | None:
        """Return the id of the room that a request is to change, None where its path names none."""
        named = (self._match(outgoing) or {}).get(self._contract.room.parameter)
        return None if named is None or outgoing.method in _HARMLESS else unquote(named)

    def _is_own(self, room_id: str, method: str) -> bool:
        """Whether the run may change a room; only what it made may it delete."""
        if room_id == self._named:
            return method != "DELETE"
        return room_id in self._books.ever

    def _makes_room(self, outgoing: Outgoing) -> bool:
        if outgoing.method in _HARMLESS:
            return False
        if matched := self._contract.match(outgoing.method, outgoing.path):
            return not matched[1]
        supported = self._contract.match_support(outgoing.method, outgoing.path)
        return supported is not None and supported[0].name == "create"

    def _enter_creation(self, number: int, interaction: Interaction) -> None:
        """Note what became of a request to make a room; an answer that leaves it open, or names no room, leaves the intent open."""
        response = interaction.response
        if response is None:
            return
        if 200 <= response.status < 300:
            room = self._contract.room.representation(read_json(response.body)) or {}
            if self._contract.room.id in room and str(room[self._contract.room.id]) != self._named:
                self._books.made(str(room[self._contract.room.id]), number)
        elif response.status < 500 or response.status in BUSY:
            self._books.came_to_nothing(number)

    def _enter_change(self, outgoing: Outgoing, interaction: Interaction) -> None:
        """Note a room that is gone; and one that an update has made, of an id that nobody had."""
        status = interaction.response.status if interaction.response else 0
        room_id = self._room_of(outgoing)
        if room_id is None:
            return
        if outgoing.method == "DELETE":
            if 200 <= status < 300 or status in GONE:
                self._books.gone(room_id)
        elif 200 <= status < 300 and not self._ours and not self._is_own(room_id, outgoing.method):
            self._books.made(room_id)


def _shows_nobody(interaction: Interaction) -> bool:
    return interaction.response is not None and interaction.response.status in _NO_SUCH_ID
