"""The account guard: every request of a session passes here, and none changes a room that is not the run's
own.

The run's own rooms are the one that was named and those that it made: what the response to a create shows is
one of these only if nothing says that it was there before. A made-up id, which is to name no room, may still
be that of a stranger's: it is read first, and the request goes out only if there is no such room. Where the
contract has no way to look, only ids count of which so many characters were drawn at random that no room has
them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from roomproof.contract.model import Contract, Operation
from roomproof.contract.resource import Effect
from roomproof.engine.novelty import MADE, Novelty, id_of, is_nameable
from roomproof.engine.repeatability import kept, key_of, with_headers
from roomproof.engine.request_line import path_of
from roomproof.engine.settable import names_of_change
from roomproof.engine.signal_delay import delay_signals
from roomproof.errors import RoomproofError
from roomproof.interaction import BUSY, SAFE, Interaction
from roomproof.journal.journal import Journal
from roomproof.judge.judged_interaction import read_response
from roomproof.judge.rules import found_by
from roomproof.targets.target import Target, UnsentRequest, is_loopback

Json = Any
GONE = (404, 410)
_NO_SUCH_ID = (400, *GONE, 414, 422)
"""How a provider answers about an id that no room has, or can have."""
BARE = 2
"""Which create of a run goes without the headers that let it be repeated: the contract allows that, too."""
MOST_KEPT = 100
"""How many rooms a run makes at most where the contract has no way to delete them: they stay in somebody's
account.
"""
MOST_TOLD = 10
"""So many rooms are named in a remark; the others are counted."""
LONGEST_TOLD = 100
"""Characters of an id in a remark."""
SPARED = 20
"""How many of these are left for requests that are to be rejected, and are accepted all the same."""


def keeps_rooms(contract: Contract) -> bool:
    """Whether the rooms that a run makes stay, since the contract has no way to delete one."""
    return contract.deleting is None


FOREIGN = "since a room may have the id that was made up for them"
ENOUGH = "since each makes a room, nothing deletes rooms, and enough were made"
NAMELESS = "since they name no room, and nobody could tell whose things they change"
UNRESTORABLE = "since they might change what cannot be put back in the named room"
"""Why requests are not sent, as a remark says it of several."""


class ForeignRoomError(RoomproofError):
    """A request was about to change a room that is not the run's own."""

    exit_code = 3


@dataclass(frozen=True)
class _Errand:
    """What a request is to do: whether the contract has such an operation, whether it makes a room, and which
    one it changes, if any.

    `deletes` tells that it takes the room away, `is_lasting` that it changes what no update can put back,
    `makes_something` that it is a POST that names nothing, `shows_room` that it is answered with a room.
    `thing` is the path of what it is about, beside rooms, `maker` the operation by which it makes such.
    """

    known: bool
    makes_room: bool = False
    room_id: str | None = None
    deletes: bool = False
    is_lasting: bool = False
    makes_something: bool = False
    shows_room: bool = False
    thing: str = ""
    maker: Operation | None = None


class AccountGuard:
    """A target that lets through only what concerns nobody else, and enters into the journal what is made and
    what is gone.

    `ours`: the run started the server itself, so every room is its own.
    """

    def __init__(
        self,
        target: Target,
        contract: Contract,
        journal: Journal,
        named: str | None,
        *,
        ours: bool,
        began: datetime | None = None,
    ) -> None:
        """`began` is when the run did whose rooms these are: now, unless somebody restores after it."""
        self.base_url = target.base_url
        self._target = target
        self._contract = contract
        self._journal = journal
        self._named = named
        self._ours = ours
        self._nobody: dict[str, bool] = {}
        self._untouched: frozenset[str] = frozenset()
        self._novelty = Novelty(contract, began or datetime.now(UTC))
        self._novelty.meet([named] if named is not None else [], "it is the room that was named")
        self._novelty.meet(journal.there)
        self._presumed: set[str] = set()
        self._answered: dict[str, str] = {}
        self._creates = 0
        self._repeats: bool | None = None
        self._unseen: dict[str, None] = {}
        self._deleting: set[str] = set()

    def trust(self, room_id: str) -> None:
        """Take a made-up id for one that no room has: enough of it was drawn at random. Where one can look,
        one still does.
        """
        if self._contract.reading is None:
            self._nobody[room_id] = True

    def meet(self, rooms: Iterable[str], *, whole: bool = False) -> None:
        """Take note of rooms that are there before the first one is made; whether they are all that there
        are.
        """
        found = list(rooms)
        self._journal.met(found)
        self._novelty.meet(found)
        self._novelty.is_whole |= whole

    def meet_shown(self, interaction: Interaction) -> None:
        """Take note of the room that a response shows, which may be another one than the request has
        named.
        """
        self.meet(self._ids_shown_in(interaction))

    @property
    def remarks(self) -> tuple[str, ...]:
        """What is to be said of rooms that were taken for new ones in a response: nobody knows whose they
        are.
        """
        what = (
            "left alone, since they may be somebody else's although a request to make a room was "
            "answered with them"
        )
        strange = (f"{what}: {', '.join(self.strange_rooms())}",) if self.foreign else ()
        named = ", ".join(room_id[:LONGEST_TOLD] for room_id in list(self._unseen)[:MOST_TOLD])
        gone = (
            f"not there when they were to be deleted, so rooms of other ids may have been left "
            f"behind: {named}"
        )
        return (*strange, gone) if self._unseen else strange

    def strange_rooms(self) -> Iterator[str]:
        """Yield some of these rooms, each with the reason, and how many there are besides."""
        for room_id, why in list(self.foreign.items())[:MOST_TOLD]:
            yield f"{room_id[:LONGEST_TOLD]} ({why})"
        if len(self.foreign) > MOST_TOLD:
            yield f"and {len(self.foreign) - MOST_TOLD} more"

    def is_foreign(self, room_id: str) -> bool:
        """Whether a room was there before the run."""
        return room_id == self._named or room_id in self.foreign

    def leave_alone(self, names: Iterable[str]) -> None:
        """Let no request through any more that may change these fields of the named room."""
        self._untouched = frozenset(names)

    def objection(self, unsent: UnsentRequest, look: Callable[[str], Interaction], spared: int = 0) -> str:
        """Return why a request must not be sent, an empty text if it may; a made-up id is looked for first.

        Of the rooms that may stay where nothing deletes them, `spared` are for other requests.
        """
        if self._ours:
            return ""
        errand = self._errand(unsent)
        room_id = errand.room_id
        if (
            errand.makes_room
            and keeps_rooms(self._contract)
            and len(self._journal.ever) + len(self._journal.lost) >= MOST_KEPT - spared
        ):
            return ENOUGH
        if room_id == self._named and not self._untouched.isdisjoint(names_of_change(self._contract, unsent)):
            return UNRESTORABLE
        is_strange = (
            room_id is not None
            and room_id not in self.foreign
            and not self._is_own(room_id, is_lasting=errand.is_lasting)
        )
        if room_id is not None and is_strange and room_id not in self._nobody:
            can_look = self._contract.reading is not None and room_id.strip("./") != ""
            response = look(room_id) if can_look else None
            self._nobody[room_id] = response is not None and (
                _shows_nobody(response) or self._shows_own(response, room_id)
            )
            if response is not None:
                self.meet_shown(response)
        if room_id is not None and room_id == self._named and errand.is_lasting and not errand.deletes:
            return UNRESTORABLE
        if not self._rejection(errand):
            return ""
        return FOREIGN if room_id is not None else NAMELESS

    def _shows_own(self, interaction: Interaction, asked: str) -> bool:
        """Whether a response shows a room that the run has made, found by what it is called instead of its
        id.
        """
        shown, reading = self.shown_in(interaction), self._contract.reading
        if shown is None or reading is None or not self._is_own(shown[0], is_lasting=True):
            return False
        return any(shown[1].get(clause.path[0]) == asked for clause in found_by.RULE.clauses(reading))

    def send(self, unsent: UnsentRequest) -> Interaction:
        """Send one request. Raises ForeignRoomError instead where it would change somebody else's room,
        JournalError as the journal does.
        """
        errand = self._errand(unsent)
        if why := self.rejection(unsent):
            raise ForeignRoomError(
                f"{unsent.method} {unsent.path} was not sent: {why}; this is a fault of roomproof, "
                f"please report it"
            )
        if not errand.makes_room:
            interaction = self._target.send(unsent)
            self._enter_return(unsent, interaction)
            if errand.room_id is not None:
                self._enter_change(errand, errand.room_id, unsent, interaction)
            if not self._ours:
                self._enter_thing(errand, interaction)
            return interaction
        # What is made on a server of our own ends with it.
        with nullcontext() if self._ours else delay_signals():
            repeatable = self._prepared(unsent)
            lost = self._lost_before(repeatable)
            number = lost or self._intend(repeatable)
            interaction = self._target.send(repeatable)
            # What a provider says of a repeat that it has not looked at says nothing of the request whose
            # response was lost.
            is_open = (
                lost is not None
                and interaction.response is not None
                and not has_listened(interaction.response.status)
            )
            is_made = not is_open and self._enter_creation(number, repeatable, interaction)
            if (
                repeatable is not unsent
                and interaction.response is not None
                and interaction.response.status not in BUSY
            ):
                self._learn_to_repeat(interaction.response.status, is_made=is_made)
        return interaction

    def shown_in(self, interaction: Interaction) -> tuple[str, Mapping[str, Json]] | None:
        """Return the room that a response shows, with its id, None where it shows none."""
        response = interaction.response
        room = (
            self._contract.room.representation(read_response(response.body))
            if response and 200 <= response.status < 300
            else None
        )
        room_id = id_of(self._contract.room, room) if room else None
        return None if room is None or room_id is None else (room_id, room)

    def is_younger(self, room: Mapping[str, Json], interaction: Interaction, moment: datetime) -> bool:
        """Whether a room says that it was made clearly after a moment of ours."""
        return self._novelty.is_younger(room, interaction, moment)

    def take(
        self,
        room_id: str,
        room: Mapping[str, Json],
        number: int,
        unsent: UnsentRequest,
        interaction: Interaction,
        *,
        is_named: bool = False,
    ) -> bool:
        """Enter into the journal the room that a response shows as the one which an intent made; not if it
        may be another one.

        One that `is_named` was found by the name that the intent gave it. Return whether it was entered.
        """
        doubt = "" if self._ours else self._novelty.doubt(room_id, room, unsent, interaction)
        why = doubt or ("" if self._ours or is_named else self._novelty.lack(room, unsent))
        if not why:
            self._journal.made(room_id, number)
            self._novelty.meet([room_id], MADE)
            if not self._novelty.is_proven(room):
                self._presumed.add(room_id)
            return True
        self._journal.came_to_nothing(number)
        if room_id in self._presumed and room_id in self._journal.ever:
            # Of a room that two creates were answered with nobody knows whether the first one made it.
            self._journal.disown(room_id)
        if room_id not in self._journal.ever:
            self._doubt(room_id, why)
        return False

    @property
    def foreign(self) -> Mapping[str, str]:
        """The rooms that were taken for new ones in a response, and that may be somebody else's, each with
        the reason.
        """
        return self._journal.strange

    def _doubt(self, room_id: str, why: str) -> None:
        if room_id not in self.foreign:
            self._journal.doubt(room_id, why)

    def close(self) -> None:
        """Let go of connections."""
        self._target.close()

    def rejection(self, unsent: UnsentRequest) -> str:
        """Return why a request is never sent, an empty text if it may be."""
        return "" if self._ours else self._rejection(self._errand(unsent))

    def _may_be_asked_for_anything(self, errand: _Errand) -> bool:
        """Whether a request that names no room may be sent all the same: one to this machine that makes
        something, such as a token.
        """
        return errand.makes_something and is_loopback(self.base_url)

    def _rejection(self, errand: _Errand) -> str:
        if not errand.known:
            return "the contract has no such operation"
        room_id = errand.room_id
        if errand.thing and errand.thing in self._journal.things_ever:
            return ""
        if (
            room_id is None
            and not errand.makes_room
            and errand.is_lasting
            and not self._may_be_asked_for_anything(errand)
        ):
            return "it names no room, and only the room that is changed could tell whose it is"
        if room_id is None or self._is_own(room_id, is_lasting=errand.is_lasting):
            return ""
        if self._nobody.get(room_id, False) and room_id not in self.foreign:
            return ""
        return f"{room_id} may be the id of a room that is not the run's own"

    def _errand(self, unsent: UnsentRequest) -> _Errand:
        """Return what a request is to do; one that only asks is known, and does nothing."""
        if unsent.method in SAFE:
            return _Errand(known=True)
        matched = self._contract.match(unsent.method, unsent.path)
        if matched is None:
            return _Errand(known=False)
        operation, parameters = matched
        room, effect = self._contract.room, operation.effect
        is_about_room = operation.resource is room
        # What stands elsewhere may have a parameter of the same name, and be somebody else's.
        before, step, _ = operation.path.partition(room.step)
        named = parameters.get(room.parameter) if step and room.is_one(before + step) else None
        changes = is_about_room and effect.changes
        stands_alone = operation.resource is not None and not is_about_room and not step
        return _Errand(
            True,
            is_about_room and effect is Effect.CREATE and unsent.method == "POST",
            None if named is None else unquote(named),
            is_about_room and effect is Effect.DELETE,
            not (changes and named is not None),
            unsent.method == "POST" and not parameters,
            changes or (is_about_room and effect is Effect.CREATE),
            _thing_in(operation, unsent.path) if stands_alone else "",
            operation if stands_alone and effect is Effect.CREATE else None,
        )

    def _is_own(self, room_id: str, *, is_lasting: bool) -> bool:
        """Whether the run may change a room; only what it made may it delete, or change for good."""
        if not is_nameable(room_id):
            return False
        if room_id == self._named:
            return not is_lasting
        return room_id in self._journal.ever

    def _enter_creation(self, number: int, unsent: UnsentRequest, interaction: Interaction) -> bool:
        """Note what became of a request to make a room, and return whether it has made one.

        A response that leaves it open, or names no room, leaves the intent open.
        """
        response = interaction.response
        if response is None:
            if interaction.never_sent:
                self._journal.came_to_nothing(number)
            return False
        if 200 <= response.status < 300:
            made = self.shown_in(interaction)
            if made is None:
                return False
            room_id, room = made
            if not self._is_replay(unsent, room_id):
                return self.take(room_id, room, number, unsent, interaction)
            self._journal.came_to_nothing(number)
        elif response.status < 500 or response.status in BUSY:
            self._journal.came_to_nothing(number)
        return False

    def _is_replay(self, unsent: UnsentRequest, room_id: str) -> bool:
        """Note under which id a request was answered with a room, and return whether it was so before: then
        it has made none.
        """
        key = key_of(self._contract, unsent)
        first = None if key is None else self._answered.get(key)
        if key is not None:
            self._answered.setdefault(key, room_id)
        return first == room_id

    def _prepared(self, unsent: UnsentRequest) -> UnsentRequest:
        """Return a request to make a room as one that may be repeated, where the contract has headers for
        that.
        """
        self._creates += 1
        if self._ours or self._repeats is False or self._creates == BARE:
            return unsent
        return with_headers(self._contract, unsent, datetime.now(UTC))

    def _lost_before(self, unsent: UnsentRequest) -> int | None:
        """Return the number of the intent whose response was lost, and that a request carries out once more;
        None if there is none.
        """
        journal = None if self._ours else kept(self._contract, unsent)
        lost = self._journal.lost.items() if journal is not None else ()
        return next((number for number, intent in lost if intent.request == journal), None)

    def _intend(self, unsent: UnsentRequest) -> int:
        journal = None if self._ours else kept(self._contract, unsent)
        return self._journal.intend(
            datetime.now(UTC).isoformat(timespec="milliseconds"), unsent.mark, journal
        )

    def _learn_to_repeat(self, status: int, *, is_made: bool) -> None:
        """Do without these headers from now on, if the first request with them, or an accepted one, has not
        made a room.
        """
        if self._repeats is None or status < 300:
            self._repeats = is_made

    def _enter_change(
        self, errand: _Errand, room_id: str, unsent: UnsentRequest, interaction: Interaction
    ) -> None:
        """Note a room that is gone; and one that an update has made, of an id that nobody had."""
        status = interaction.response.status if interaction.response else 0
        if errand.deletes:
            # A journal may list what is gone already; of what this run made and nobody deleted, that is
            # strange.
            if (
                status in GONE
                and self._novelty.was_made(room_id)
                and room_id in self._journal.rooms
                and room_id not in self._deleting
            ):
                self._unseen[room_id] = None
            self._deleting.add(room_id)
            if 200 <= status < 300 or status in GONE:
                self._journal.gone(room_id)
                if room_id not in self._presumed:
                    self._novelty.forget(room_id)
        elif 200 <= status < 300 and not self._ours:
            if not errand.is_lasting and not self._is_own(room_id, is_lasting=False):
                self._enter_made_by_update(room_id, unsent, interaction)
            if errand.shows_room:
                self.meet_shown(interaction)

    def _enter_thing(self, errand: _Errand, interaction: Interaction) -> None:
        """Note what was made beside rooms, where the contract has a way to delete it, and what is gone."""
        status = interaction.response.status if interaction.response else 0
        if errand.maker is not None and 200 <= status < 300:
            path = self._path_of_new(errand.maker, interaction)
            if path is not None:
                self._journal.thing_made(path)
        elif interaction.request.method == "DELETE" and (200 <= status < 300 or status in GONE):
            self._journal.thing_gone(errand.thing)

    def _path_of_new(self, maker: Operation, interaction: Interaction) -> str | None:
        """Return the path by which what a request has made can be deleted, None where nothing can."""
        resource = maker.resource
        response = interaction.response
        deleting = None if resource is None else self._contract.about(resource, Effect.DELETE)
        if resource is None or deleting is None or response is None:
            return None
        own_id = id_of(resource, resource.representation(read_response(response.body)) or {})
        if own_id is None:
            return None
        return path_of(deleting, self._contract.room, "", {resource.parameter: own_id})

    def _enter_return(self, unsent: UnsentRequest, interaction: Interaction) -> None:
        """Enter a room of the run's that is shown although it was deleted: it is there, still or again."""
        last = unquote(unsent.path.rstrip("/").rpartition("/")[2])
        if self._ours or last not in self._journal.ever or last in self._journal.rooms:
            return
        if last not in self._journal.left and last in self._ids_shown_in(interaction):
            self._journal.made(last)

    def _enter_made_by_update(self, room_id: str, unsent: UnsentRequest, interaction: Interaction) -> None:
        """Enter a room that was not there before its update; not if the response is about another one, or an
        older one.
        """
        room = (
            self._contract.room.representation(
                read_response(interaction.response.body if interaction.response else b"")
            )
            or {}
        )
        shown = room.get(self._contract.room.id, room_id)
        why = f"an update of it was answered with the room {shown}" if str(shown) != room_id else ""
        why = why or self._novelty.doubt(room_id, room, unsent, interaction)
        if why:
            self._doubt(room_id, why)
        else:
            self._journal.made(room_id)

    def _ids_shown_in(self, interaction: Interaction) -> list[str]:
        """Return the id of the room that a response shows, if it shows one."""
        shown = self.shown_in(interaction)
        return [] if shown is None else [shown[0]]


def _thing_in(operation: Operation, path: str) -> str:
    """Return the part of a path that names what an operation is about; empty where it names none."""
    if operation.resource is None or not operation.names_one:
        return ""
    steps = operation.path.split("/").index(operation.resource.step) + 1
    return "/".join(path.split("/")[:steps])


def has_listened(status: int) -> bool:
    """Whether a provider that answers so has looked at a request: what it says of it counts."""
    return status < 500 and status not in (401, 403, 407, *BUSY) and not 300 <= status < 400


def _shows_nobody(interaction: Interaction) -> bool:
    return interaction.response is not None and interaction.response.status in _NO_SUCH_ID
