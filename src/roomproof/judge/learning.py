"""What the judge learns from an interaction, by what its operation does: what each resource is like now, and
whether it is still there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

from roomproof.contract.clause import Clause, Part, path_of, values_at
from roomproof.contract.model import Contract, Operation
from roomproof.contract.once import once_per_contract
from roomproof.contract.resource import Effect, Resource
from roomproof.interaction import SAFE, Interaction, Request, RoomKnowledge
from roomproof.judge.delay import within_seconds
from roomproof.judge.equality import same
from roomproof.judge.identity import Identities
from roomproof.judge.judged_interaction import (
    REJECTS_THE_ROOM,
    JudgedInteraction,
    NoJson,
    ParsedResponse,
    is_second_hand,
    response_json,
)
from roomproof.judge.placeholder import is_placeholder
from roomproof.judge.recency import Recency
from roomproof.judge.rooms import Issued, LastRead, LastUpdate, Repeat, Rooms, RoomState, ToldEntries
from roomproof.judge.rules import found_by, gone_after_delete, listed_echo
from roomproof.judge.rules.replayed_once import first_sent, repeatability_key
from roomproof.judge.rules.unique import given_up, listed_values
from roomproof.judge.walk import entries_of

NEVER = datetime.max.replace(tzinfo=UTC)
"""When a deletion has to show of which nobody knows when it was sent."""
_NOT_YET_DONE = 202
"""The request is accepted, and not carried out yet (RFC 9110, 15.3.3)."""


class Learning:
    """Keeps the model of each resource of one account, and changes it by what interactions show."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.rooms = Rooms()
        self.identities = Identities()
        self.recency = Recency()
        self.just_written: LastUpdate | None = None
        self._beside = {resource.name: Rooms() for resource in contract.resources[1:]}
        self._issuing = _issuing(contract)

    def of(self, resource: Resource | None) -> Rooms:
        """Return what is known of a resource; of none, what is known of the one that the contract is
        about.
        """
        if resource is None or resource.name not in self._beside:
            return self.rooms
        rooms = self._beside[resource.name]
        if rooms.file != self.rooms.file:
            # Another recording may call another thing by the same id.
            rooms = self._beside[resource.name] = Rooms(file=self.rooms.file)
        return rooms

    def key(
        self,
        resource: Resource | None,
        request: Request,
        parameters: Mapping[str, str],
        own_id: str | None = None,
    ) -> str | None:
        """Return what the resource that a path names is kept under, or the one of an id; None where nobody
        can tell which it is.

        What stands inside another resource is kept with the ids of those that the path names before it.
        """
        known = resource or self.contract.room
        named = unquote(parameters.get(known.parameter, "")) if own_id is None else own_id
        key = self.identities.key(request, named)
        return None if key is None else self.inside(known, parameters) + key

    def by_id(
        self, operation: Operation, interaction: Interaction, parameters: Mapping[str, str]
    ) -> Mapping[str, str]:
        """Return the parameters of a path with the id of the room in place of what else it may be found by,
        its name for instance.

        It is the room that the response shows, if it has that name, else one that is known to have it, or had
        it before it was deleted. What no room is known to be called stays.
        """
        names = [clause.path[0] for clause in found_by.RULE.clauses(operation)]
        resource = operation.resource or self.contract.room
        asked = unquote(parameters.get(resource.parameter, ""))
        if not names or not asked or self.state(resource, interaction.request, parameters) is not None:
            return parameters
        found = _shown_as(interaction, resource, names, asked)
        if found is None:
            rooms = self.of(resource)
            known = (*rooms.existing.values(), *(state for state in rooms.states.values() if state.deleted))
            found = next((one.own_id for one in known if _is_called(one.known, names, asked)), None)
        return parameters if found is None else {**parameters, resource.parameter: found}

    def inside(self, resource: Resource, parameters: Mapping[str, str]) -> str:
        """Return the ids that a path names before one of a resource, with a slash after each.

        The resource that the contract is about is kept under its own id.
        """
        if resource.name not in self._beside:
            return ""
        return "".join(f"{value}/" for name, value in parameters.items() if name != resource.parameter)

    def state(
        self, resource: Resource | None, request: Request, parameters: Mapping[str, str]
    ) -> RoomState | None:
        """Return what is known of the resource that a path names, None where it was not seen, or nobody can
        tell which it is.
        """
        key = self.key(resource, request, parameters)
        return None if key is None else self.of(resource).get(key)

    def around(
        self, resource: Resource | None, request: Request, parameters: Mapping[str, str]
    ) -> RoomState | None:
        """Return what is known of the room in which that stands which a path names, None where it stands in
        none, or in one that was not seen.
        """
        room = self.contract.room
        if resource is None or resource is room or room.parameter not in parameters:
            return None
        key = self.identities.key(request, unquote(parameters[room.parameter]))
        return None if key is None else self.rooms.get(key)

    def doubt(self, interaction: Interaction) -> None:
        """Take note that a request may have changed what its path names, although the contract does not know
        it.
        """
        if interaction.request.method in SAFE:
            return
        for rooms in (self.rooms, *self._beside.values()):
            rooms.note_change()
        self._doubt_beside(None)
        self._doubt_named(interaction.request)

    def _doubt_named(self, request: Request) -> None:
        for segment in request.path.split("/"):
            key = self.identities.key(request, segment)
            state = None if key is None else self.rooms.get(key)
            if state is not None:
                state.doubt()

    def doubt_each(self, room_ids: Iterable[str]) -> None:
        """Take note that something may have changed some rooms."""
        for room_id in room_ids:
            if (state := self.rooms.get(room_id)) is not None:
                state.doubt()

    def lose_sight(self) -> None:
        """Take note that anything may have happened."""
        self.doubt_each(list(self.rooms.states))
        self._doubt_beside(None)

    def _doubt_beside(self, resource: Resource | None) -> None:
        """Take note that what stands in other resources may have changed: one that is deleted takes along
        what is in it.
        """
        for name, rooms in self._beside.items():
            if resource is None or name != resource.name:
                for state in rooms.states.values():
                    state.doubt()

    def nothing_heard(self, operation: Operation, interaction: Interaction, state: RoomState | None) -> None:
        """Take note of a request without a usable response: it may have been carried out."""
        if operation.method in SAFE:
            return
        self._may_have_changed(operation, interaction.request)
        if state is None:
            return
        state.doubt()
        status = interaction.response.status if interaction.response is not None else None
        if operation.effect is Effect.DELETE:
            state.may_be_gone = (
                status is None
                or status in REJECTS_THE_ROOM
                or status >= 500
                or is_second_hand(interaction.request)
            )

    def learn(self, seen: JudgedInteraction) -> None:
        """Take over what a response shows."""
        operation, status = seen.operation, seen.response.response.status
        rooms, told = self.of(operation.resource), self._told(seen)
        rooms.count += 1
        if operation.method not in SAFE and not seen.response.rejected:
            self._may_have_changed(operation, seen.interaction.request)
        elif operation.method not in SAFE:
            self._may_have_changed(operation, None)
        else:
            rooms.asked[operation.id] = rooms.count
            if seen.walk is not None:
                rooms.walks[seen.interaction.request.path] = seen.walk
        if status >= 500:
            self._not_carried_out(seen)
            return
        if seen.response.accepted and not seen.request.violations:
            rooms.accept(operation.id, seen.request.sent)
        if seen.response.accepted:
            self._issued(seen)
        if not seen.response.accepted:
            self._not_carried_out(seen)
        elif operation.effect is Effect.DELETE:
            self._deleted(seen)
        elif operation.effect is Effect.READ:
            self._read(seen)
        elif operation.effect is Effect.LIST:
            self._list(seen)
        elif operation.effect is Effect.CREATE:
            self._made(seen)
        elif operation.effect.changes:
            self._changed(seen)
        elif operation.method not in SAFE and seen.state is not None:
            seen.state.doubt()
        if told is not None and seen.around is not None:
            seen.around.told_entries, self.just_written = told, told.sent

    def _told(self, seen: JudgedInteraction) -> ToldEntries | None:
        """Return what a request says of entries inside a room that a list shows; None of any other one."""
        clause = next(iter(listed_echo.RULE.clauses(seen.operation)), None)
        if clause is None or seen.operation.effect is not Effect.ACTION:
            return None
        if not seen.response.accepted or seen.is_second_hand or seen.around is None:
            return None
        sent, before = seen.request.sent.get(clause.path[0], {}), self._entries_before(seen.around, clause)
        if not isinstance(sent, dict):
            return None
        kept = None if before is None else before - sent.keys()
        written = LastUpdate(seen.operation.id, {})
        if not seen.request.must_be_accepted:
            # What became of those that it names nobody can tell.
            return ToldEntries(written, {}, kept, kept)
        there = {name for name, entry in sent.items() if entry is not None}
        return ToldEntries(written, seen.request.sent, kept, None if kept is None else kept | there)

    def _entries_before(self, room: RoomState, clause: Clause) -> frozenset[str] | None:
        """Return the ids of what is known to stand in a room, by what it was made with and told since then;
        None where nobody knows.
        """
        if room.told_entries is not None:
            return room.told_entries.after
        making = self.contract.by_id(room.made_by)
        makes_them = making is not None and any(
            (one.path, one.options["call"]) == (clause.path, clause.options["call"])
            for one in listed_echo.RULE.clauses(making)
        )
        made = room.created_with if makes_them and room.history_known else None
        entries = None if made is None else made.get(clause.path[0], {})
        if not isinstance(entries, dict):
            return None
        return frozenset(name for name, entry in entries.items() if isinstance(entry, dict))

    def _issued(self, seen: JudgedInteraction) -> None:
        """Keep what a response gives for later requests."""
        for way, resource in self._issuing.get(seen.operation.id, ()):
            for _, value in values_at(seen.response.body, path_of(way)):
                # Our own recordings have one mark for each secret, wherever it stands.
                if not (seen.is_second_hand and is_placeholder(str(value))):
                    given = Issued(value, dict(seen.parameters), seen.interaction.at)
                    self.of(resource).issue(seen.operation.id, way, given)

    def _may_have_changed(self, operation: Operation, request: Request | None) -> None:
        """Take note that something may have changed.

        What stands around it, which the path of `request` names, may show the change, too.
        """
        for rooms in (self.rooms, *self._beside.values()):
            rooms.note_change()
        self._doubt_beside(operation.resource)
        if request is not None and operation.resource is not None and operation.resource.name in self._beside:
            self._doubt_named(request)

    def _not_carried_out(self, seen: JudgedInteraction) -> None:
        """A rejected request changes nothing; but one that fails may have, and a room may be gone although
        its deletion fails: the request may have been sent twice, and lost once.
        """
        state, status = seen.state, seen.response.response.status
        if state is None or seen.operation.method in SAFE:
            return
        if status in REJECTS_THE_ROOM and seen.operation.effect is Effect.DELETE:
            state.doubt()
            state.may_be_gone = True
        elif not 400 <= status < 500:
            state.doubt()
            state.may_be_gone |= seen.operation.effect is Effect.DELETE

    def _changed(self, seen: JudgedInteraction) -> None:
        room = seen.response.room
        if room is None and seen.state is not None:
            seen.state.doubt()
        if room is None or seen.interaction.request.room is RoomKnowledge.NONE:
            return
        self._forget_deleted(
            seen, self.key(seen.operation.resource, seen.interaction.request, seen.parameters)
        )
        state = self._opened(seen)
        if state is None:
            return
        self._learn_room(state, seen, seen.response, seen.request.sent)
        state.history_known &= seen.sent_is_known
        state.updated |= seen.request.sent.keys()
        state.told_entries = None
        state.written = self.just_written = LastUpdate(seen.operation.id, room)

    def _made(self, seen: JudgedInteraction) -> None:
        room, rooms = seen.response.room, self.of(seen.operation.resource)
        if room is None and not seen.is_second_hand:
            # A room was made that nobody can name: what must be unique is its own all the same.
            rooms.note_theirs(listed_values(self.contract, seen.request.sent))
        if room is None or seen.interaction.request.room is RoomKnowledge.NONE:
            return
        key = repeatability_key(seen)
        if key is not None and key in rooms.repeats and rooms.repeats[key].file == rooms.file:
            return
        if key is not None:
            rooms.repeats[key] = Repeat(seen.interaction.request.body, first_sent(seen), room, rooms.file)
        self._open_created(seen)

    def _open_created(self, seen: JudgedInteraction) -> None:
        asked, rooms = seen.interaction.request, self.of(seen.operation.resource)
        room_id = str((seen.response.room or {}).get(seen.resource.id, ""))
        key = self.key(seen.operation.resource, asked, seen.parameters, room_id)
        if key is not None and is_second_hand(asked) and rooms.was_there(key):
            # Two rooms were made, and the recorder gave them one name.
            if is_placeholder(key):
                self.identities.part(key)
            if is_placeholder(key) or rooms.is_of_another_file(key):
                rooms.forget(key)
        self._forget_deleted(seen, key)
        state = self._opened(seen, room_id)
        if state is not None:
            state.created_with = seen.request.sent
            state.made_by, state.made_at = seen.operation.id, seen.interaction.at
            state.written = self.just_written = LastUpdate(seen.operation.id, seen.response.room or {})
            state.history_known = seen.request.body is not NoJson.UNRECORDED
            self._learn_room(state, seen, seen.response, seen.request.sent)

    def _forget_deleted(self, seen: JudgedInteraction, key: str | None) -> None:
        """Begin anew with what was deleted and is made once more, where clients choose the ids."""
        rooms = self.of(seen.operation.resource)
        if key is not None and (old := rooms.get(key)) is not None and old.deleted:
            rooms.forget(key)

    def _opened(self, seen: JudgedInteraction, own_id: str | None = None) -> RoomState | None:
        """Return the state of a room that a response shows, a new one if it is new; None where nobody can
        tell which room it is.
        """
        request, rooms = seen.interaction.request, self.of(seen.operation.resource)
        key = self.key(seen.operation.resource, request, seen.parameters, own_id)
        if key is None:
            return None
        self.identities.note(request, key)
        if is_second_hand(request):
            rooms.make_space()
        return rooms.meet(key, self.inside(seen.resource, seen.parameters))

    def _learn_room(
        self, state: RoomState, seen: JudgedInteraction, response: ParsedResponse, sent: Mapping[str, Any]
    ) -> None:
        """Take over what a room is like now, and which unique values it no longer has: others may have
        them.
        """
        rooms, before = self.of(seen.operation.resource), state.known
        state.file = rooms.file
        state.learn(response.room or {}, sent)
        for name in response.scrubbed:
            state.known.pop(name, None)
        if rooms is self.rooms:
            self.recency.note(state.id)
        rooms.give_up(given_up(self.contract, before, state.known))

    def _deleted(self, seen: JudgedInteraction) -> None:
        # What was never shown is gone, too.
        state, rooms = seen.state or self._opened(seen), self.of(seen.operation.resource)
        if state is None:
            return
        query, parameters = seen.interaction.request.query, seen.operation.parameters
        asks_more = any(one.place == "query" and not one.required and one.name in query for one in parameters)
        if seen.response.response.status == _NOT_YET_DONE or asks_more:
            # A parameter may ask for a trial, or for something that can be undone.
            state.doubt()
            state.may_be_gone = True
            return
        state.deleted_by, state.deleted_at = seen.operation.id, seen.interaction.at
        seconds = max(map(within_seconds, gone_after_delete.RULE.clauses(seen.operation)), default=0)
        if seconds:
            sent = seen.interaction.at
            state.gone_from = NEVER if sent is None else sent + timedelta(seconds=seconds)
        rooms.delete(state)
        rooms.give_up(given_up(self.contract, state.known, {}))

    def _read(self, seen: JudgedInteraction) -> None:
        if seen.response.room is None:
            return
        # A room may answer to its name as well as to its id.
        shown = seen.state or self._opened(seen, str(seen.response.room.get(seen.resource.id, "")))
        if shown is None:
            return
        before = shown.known if seen.is_second_hand and not shown.uncertain else {}
        self._learn_room(shown, seen, seen.response, {})
        shown.read = LastRead(self.of(seen.operation.resource).count, seen.response.room)
        # A cache may have answered, or a copy that lags behind: which response is right the next one tells.
        for name in [name for name in before if not same(before[name], shown.known.get(name))]:
            shown.known.pop(name, None)

    def _list(self, seen: JudgedInteraction) -> None:
        """Take note of what a list shows. In a recording of somebody else many rooms may have one made-up id,
        and what a list shows otherwise is forgotten: somebody else may have changed the room, or the list
        lags behind.
        """
        rooms, resource = self.of(seen.operation.resource), seen.operation.resource
        if resource is None:
            return
        for entry in entries_of(
            seen.operation, response_json(seen.interaction.request, seen.response.response)
        ):
            if resource.id not in entry:
                continue
            own_id = str(entry[resource.id])
            if not seen.is_second_hand:
                key = self.key(resource, seen.interaction.request, seen.parameters, own_id)
                if key is not None and key not in rooms.states:
                    rooms.listed.add(key)
                    rooms.note_theirs(listed_values(self.contract, entry))
                continue
            state = rooms.get(self.key(resource, seen.interaction.request, seen.parameters, own_id) or "")
            if state is not None:
                state.known = {
                    name: value for name, value in state.known.items() if same(entry.get(name, value), value)
                }


@once_per_contract
def _issuing(contract: Contract) -> Mapping[str, list[tuple[str, Resource | None]]]:
    """Return, by the operation whose response gives it, where a value for later requests stands, and what
    these are about.
    """
    issuing: dict[str, list[tuple[str, Resource | None]]] = {}
    for operation in contract.operations:
        for clause in operation.by_rule.get((Part.BEHAVIOUR, "issued"), ()):
            told = clause.options["field"], operation.resource
            issuing.setdefault(clause.options["by"], []).append(told)
    return issuing


def _shown_as(interaction: Interaction, resource: Resource, names: list[str], asked: str) -> str | None:
    """Return the id of the room that a response shows, if it is called as was asked for."""
    response = interaction.response
    if response is None or not 200 <= response.status < 300:
        return None
    room = resource.representation(response_json(interaction.request, response)) or {}
    own_id = room.get(resource.id)
    return own_id if isinstance(own_id, str) and _is_called(room, names, asked) else None


def _is_called(room: Mapping[str, Any], names: list[str], asked: str) -> bool:
    return any(room.get(name) == asked for name in names)
