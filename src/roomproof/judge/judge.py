"""The judge: a stream of interactions in, evidence out. It knows the contract and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from roomproof.contract.clause import Clause, Part
from roomproof.contract.model import Contract, Operation, SupportCall
from roomproof.interaction import SAFE, Interaction, Request, Response, RoomKnowledge
from roomproof.judge.beside import ALONE, IN_THE_WAY, Beside, Touched, touched_by
from roomproof.judge.boundaries import Boundaries
from roomproof.judge.classify import classify
from roomproof.judge.compiled import Compiled
from roomproof.judge.equality import same
from roomproof.judge.evidence import Evidence, unproven
from roomproof.judge.hearsay import why_unusable, word_of_another
from roomproof.judge.identity import Identities, room_key
from roomproof.judge.losses import Losses, unbearable
from roomproof.judge.placeholder import is_placeholder, is_scrubbed
from roomproof.judge.recency import Recency
from roomproof.judge.register import conclusions, require_rules, rule_of
from roomproof.judge.rooms import Repeat, Rooms, RoomState, Written
from roomproof.judge.rule import Sight
from roomproof.judge.rules import read_after_write
from roomproof.judge.rules.replayed_once import first_sent, repeatability_key
from roomproof.judge.rules.unique import given_up, without_uniqueness
from roomproof.judge.seen import (
    REFUSES_THE_ROOM,
    Answer,
    Classification,
    NoJson,
    Seen,
    is_second_hand,
    read_answer,
    request_json,
    response_json,
)
from roomproof.judge.violations import Violation, violations

_SIGHTS = {"create": Sight.CREATION, "read": Sight.READING, "delete": Sight.DELETION}
"""What supporting calls show by their names."""
_NOT_YET_DONE = 202
"""The request is accepted, and not carried out yet (RFC 9110, 15.3.3)."""


class Judge:
    """Judges one account's interactions in the order in which they were answered."""

    def __init__(self, contract: Contract) -> None:
        """Raises ContractError if the contract has a clause that no rule tests."""
        require_rules(contract)
        self.contract = contract
        self.rooms = Rooms()
        self.boundaries = Boundaries(contract)
        self.violations: tuple[Violation, ...] = ()
        """What the client sent outside the contract in the interaction that was seen last."""
        self._identities = Identities()
        self._recency = Recency()
        self._just_written: Written | None = None
        self._compiled = Compiled()
        self._losses = Losses()
        pairs = [(operation, sight) for operation in contract.operations for sight in Sight]
        self._conclusions = {(one.id, sight): conclusions(one, sight) for one, sight in pairs}
        self._listed = {
            operation.id: [clause.options["call"] for clause in operation.clauses if "call" in clause.options]
            for operation in contract.operations
        }

    def see(self, interaction: Interaction, beside: Beside = ALONE) -> list[Evidence]:
        """Return what an interaction says of the clauses, and learn from it what the room is like now.

        `beside` are the requests that ran at the same time and may have changed something; of a recording by roomproof there are none.
        An interaction that belongs to no operation says nothing.
        """
        self.violations = ()
        if self._just_written is not None:
            self._just_written.answered_by, self._just_written = interaction.at, None
        if interaction.at is not None and is_second_hand(interaction.request):
            self._doubt_each(self._recency.come_to(interaction.at))
        if not beside:
            return self._see(interaction, None)
        touched = touched_by(beside, self.contract)
        self._mistrust(touched)
        evidence = self._see(interaction, touched)
        self._mistrust(touched)
        room_id = room_key(interaction.request, self._parameters(interaction.request).get(self.contract.room.parameter, ""))
        return [item for item in evidence if not touched.hides(self.contract.clauses[item.clause], room_id)]

    def see_elsewhere(self, request: Request) -> None:
        """Take note that somebody with another key, or by another address, may have changed a room, or deleted it."""
        self._mistrust(touched_by(Beside((request,)), self.contract))

    def violations_of(self, request: Request, *, room_is_known: bool = True) -> tuple[Violation, ...]:
        """Return what a request has outside the contract that a client sends now, without learning anything
        from it.

        `room_is_known` tells that its room is taken to be as it was seen last.
        """
        matched = self.contract.match(request.method, request.path)
        if matched is None:
            return ()
        operation, parameters = matched
        state = self._state(request, parameters) if room_is_known else None
        return self._held(operation, Interaction(request, None), parameters, state)[1]

    def lose_sight(self) -> None:
        """Take note that anything may happen before the next interaction: what follows is no evidence of what a room was like until now."""
        self._doubt_each(list(self.rooms.states))

    def _doubt_each(self, room_ids: Iterable[str]) -> None:
        for room_id in room_ids:
            if (state := self.rooms.get(room_id)) is not None:
                state.doubt()

    def _mistrust(self, touched: Touched) -> None:
        """Doubt each room that calls beside one may have changed, before that and after it: nobody knows which of them came first."""
        self._doubt_each(list(self.rooms.states) if touched.anything else touched.rooms)
        for room_id in touched.deleted:
            if (state := self.rooms.get(room_id)) is not None:
                state.deleted, state.may_be_gone = False, True

    def _parameters(self, request: Request) -> Mapping[str, str]:
        matched = self.contract.match(request.method, request.path) or self.contract.match_support(request.method, request.path)
        return matched[1] if matched else {}

    def _see(self, interaction: Interaction, touched: Touched | None) -> list[Evidence]:
        matched = self.contract.match(interaction.request.method, interaction.request.path)
        if matched is None:
            return self._see_support(interaction)
        operation, parameters = matched
        if why := why_unusable(interaction):
            return self._see_nothing(operation, interaction, parameters, why)
        self._losses.note_answer(interaction.request)
        seen = self._taken_apart(operation, interaction, parameters, touched)
        evidence: list[Evidence] = []
        for conclude in self._conclusions[operation.id, Sight.OPERATION]:
            evidence.extend(conclude(seen))
        self.boundaries.note(seen)
        self._learn(seen)
        return evidence

    def _see_nothing(self, operation: Operation, interaction: Interaction, parameters: Mapping[str, str], why: str) -> list[Evidence]:
        """No answer says little of the provider, but the request may have been carried out.

        One that gets no usable answer again and again, while those in between get theirs, is one that the server cannot bear.
        """
        state = self._state(interaction.request, parameters)
        request = self._classified(operation, interaction, parameters, state)
        if state is not None:
            state.doubt()
        status = operation.by_rule[Part.RESPONSE, "status"][0]
        aimed = {clause.id: clause for clause in (status, *_aimed_at(request, interaction))}
        evidence = [unproven(clause, why) for clause in aimed.values()]
        if interaction.loss is not None and self._losses.is_every_time(interaction.request, interaction.loss):
            evidence += unbearable(operation, request, interaction, self.rooms, interaction.loss)
        return evidence

    def _state(self, request: Request, parameters: Mapping[str, str]) -> RoomState | None:
        """Return what is known of the room that a path names, None where it was not seen, or nobody can tell which it is."""
        key = self._identities.key(request, parameters.get(self.contract.room.parameter, ""))
        return None if key is None else self.rooms.get(key)

    def _opened(self, request: Request, room_id: str) -> RoomState | None:
        """Return the state of a room that an answer shows, a new one if it is new; None where nobody can tell which room it is."""
        key = self._identities.key(request, room_id)
        if key is None:
            return None
        self._identities.note(request, key)
        if is_second_hand(request):
            self.rooms.make_space()
        return self.rooms.open(key)

    def _taken_apart(self, operation: Operation, interaction: Interaction, parameters: Mapping[str, str], touched: Touched | None) -> Seen:
        request, room_id = interaction.request, parameters.get(self.contract.room.parameter, "")
        state = self._state(request, parameters)
        if state is not None and self._shows_another(interaction, state):
            if is_placeholder(state.id):
                self._identities.part(state.id)
            self.rooms.forget(state.id)
            state = None
        found = self._classified(operation, interaction, parameters, state)
        if room_id and self._identities.may_be_another(request, room_id):
            found = without_uniqueness(found)
        if interaction.response is not None and 400 <= interaction.response.status < 500:
            in_the_way = touched is not None and touched.is_about(room_key(request, room_id))
            found = found.refused(*([IN_THE_WAY] if in_the_way else []))
        return self._seen(operation, interaction, found, parameters, state)

    def _shows_another(self, interaction: Interaction, state: RoomState) -> bool:
        """Whether an answer shows another room than the one that an id stood for until now: it was made at another time.

        Placeholders stand for several rooms, and so do the made-up ids of recorders from one file to the next.
        """
        created = self.contract.created
        if created is None or interaction.response is None or not is_second_hand(interaction.request):
            return False
        if not is_placeholder(state.id) and not self.rooms.is_of_another_file(state.id):
            return False
        room = self.contract.room.representation(response_json(interaction.request, interaction.response)) or {}
        before, now = state.known.get(created), room.get(created)
        return isinstance(before, str) and isinstance(now, str) and not is_placeholder(now) and not same(before, now)

    def _classified(
        self, operation: Operation, interaction: Interaction, parameters: Mapping[str, str], state: RoomState | None
    ) -> Classification:
        request, self.violations = self._held(operation, interaction, parameters, state)
        return request

    def _held(
        self, operation: Operation, interaction: Interaction, parameters: Mapping[str, str], state: RoomState | None
    ) -> tuple[Classification, tuple[Violation, ...]]:
        """Return a request held against the contract, and what a client has sent outside of it."""
        rules = self._compiled.request(operation)
        request = classify(operation, rules, interaction, parameters, self.rooms, state)
        return request, tuple(violations(operation, rules, interaction.request, request, state))

    def _seen(
        self,
        operation: Operation,
        interaction: Interaction,
        request: Classification,
        parameters: Mapping[str, str],
        state: RoomState | None,
    ) -> Seen:
        response = interaction.response
        assert response is not None, "interactions without an answer never get here"
        body = response_json(interaction.request, response)
        answer = self._answer(interaction.request, response, body)
        return Seen(self.contract, self._compiled, operation, interaction, request, answer, parameters, self.rooms, state)

    def _answer(self, request: Request, response: Response, body: Any) -> Answer:
        """Return a response taken apart, its room without the members that a recorder has made unreadable."""
        room = self.contract.room.representation(body)
        scrubbed = [name for name, value in room.items() if is_scrubbed(value)] if room and is_second_hand(request) else []
        if room is None or not scrubbed:
            return Answer(response, body, room)
        id_name = self.contract.room.id
        readable = {name: value for name, value in room.items() if name not in scrubbed or name == id_name}
        return Answer(response, body, readable, frozenset(scrubbed))

    def _learn(self, seen: Seen) -> None:
        room = seen.answer.room
        if seen.answer.response.status >= 500:
            if seen.state is not None:
                seen.state.doubt()
            return
        if seen.answer.accepted and not seen.request.obstacles:
            self.rooms.accept(seen.operation.id, seen.request.sent)
        if seen.answer.accepted and room is None and seen.state is not None:
            seen.state.doubt()
        if not seen.answer.accepted or room is None or seen.interaction.request.room is RoomKnowledge.NONE:
            return
        if seen.room_id is not None:
            state = self._opened(seen.interaction.request, seen.room_id)
            if state is None:
                return
            self._learn_room(state, seen.answer, seen.request.sent)
            state.history_known &= seen.sent_is_known
            state.written = self._just_written = Written(seen.operation.id, room)
            return
        key = repeatability_key(seen)
        if key is not None and key in self.rooms.repeats and self.rooms.repeats[key].file == self.rooms.file:
            return
        if key is not None:
            self.rooms.repeats[key] = Repeat(seen.interaction.request.body, first_sent(seen), room, self.rooms.file)
        self._open_created(seen.interaction.request, seen.answer, seen.request)

    def _open_created(self, asked: Request, answer: Answer, request: Classification) -> None:
        room_id = str((answer.room or {}).get(self.contract.room.id, ""))
        key = self._identities.key(asked, room_id)
        if key is not None and is_second_hand(asked) and self.rooms.was_there(key):
            # Two rooms were made, and the recorder gave them one name.
            if is_placeholder(key):
                self._identities.part(key)
            if is_placeholder(key) or self.rooms.is_of_another_file(key):
                self.rooms.forget(key)
        state = self._opened(asked, room_id)
        if state is not None:
            state.created_with = request.sent
            state.history_known = request.body is not NoJson.UNRECORDED
            self._learn_room(state, answer, request.sent)

    def _learn_room(self, state: RoomState, answer: Answer, sent: Mapping[str, Any]) -> None:
        """Take over what a room is like now, and which unique values it no longer has: others may have them."""
        before = state.known
        state.file = self.rooms.file
        state.learn(answer.room or {}, sent)
        for name in answer.scrubbed:
            state.known.pop(name, None)
        self._recency.note(state.id)
        self.rooms.give_up(given_up(self.contract, before, state.known))

    def _see_support(self, interaction: Interaction) -> list[Evidence]:
        matched = self.contract.match_support(interaction.request.method, interaction.request.path)
        if matched is None:
            self._doubt(interaction)
            return []
        call, parameters = matched
        state = self._state(interaction.request, parameters)
        why = interaction.failure if interaction.response is None else word_of_another(interaction)
        if interaction.response is None or why:
            self._doubt(interaction)
            if call.name == "delete" and state is not None:
                state.may_be_gone = True
            # What somebody else's browser was told by a cache is no doubt about the provider.
            return [] if interaction.response is not None else [unproven(clause, why) for clause in self._shown_by(call, state)]
        body = request_json(interaction.request)
        request = Classification(body, body if isinstance(body, dict) else {}, (), (), (), {}, (), frozenset())
        evidence = [
            item
            for sight, seen in self._support_views(call, interaction, request, parameters, state)
            for conclude in self._conclusions[seen.operation.id, sight]
            for item in conclude(seen)
        ]
        if call.name == "create" and 200 <= interaction.response.status < 300 and not self._shows_id(interaction.response):
            evidence += [unproven(clause, "the response to the create shows no room") for clause in self._shown_by(call, state)]
        self._learn_support(call, interaction, request, state)
        return evidence

    def _shows_id(self, response: Response) -> bool:
        room = self.contract.room.representation(read_answer(response.body))
        return room is not None and self.contract.room.id in room

    def _shown_by(self, call: SupportCall, state: RoomState | None) -> Iterator[Clause]:
        """Yield the clauses of which a new room, or a read after an update, would have shown something."""
        written = state.written if state is not None and call.name == "read" else None
        for operation in self.contract.operations:
            if written is not None and operation.id == written.operation:
                yield from read_after_write.RULE.clauses(operation)
            if call.name == "create":
                yield from (clause for clause in operation.clauses if rule_of(clause).lost_with_creation)

    def _doubt(self, interaction: Interaction) -> None:
        """A call that the contract does not know may have changed the room that its path names."""
        if interaction.request.method not in SAFE:
            for segment in interaction.request.path.split("/"):
                key = self._identities.key(interaction.request, segment)
                state = None if key is None else self.rooms.get(key)
                if state is not None:
                    state.doubt()

    def _support_views(
        self, call: SupportCall, interaction: Interaction, request: Classification, parameters: Mapping[str, str], state: RoomState | None
    ) -> Iterator[tuple[Sight, Seen]]:
        """Yield the call as each operation sees it that speaks of rooms made or read, or of this list."""
        for operation in self.contract.operations:
            sights = [_SIGHTS[call.name]] if call.name in _SIGHTS else []
            sights += [Sight.LISTING] if call.name in self._listed[operation.id] else []
            for sight in sights:
                yield sight, self._seen(operation, interaction, request, parameters, state)

    def _learn_support(self, call: SupportCall, interaction: Interaction, request: Classification, state: RoomState | None) -> None:
        response = interaction.response
        if response is None or not 200 <= response.status < 300:
            # A room may be gone although its deletion fails: the request may have been sent twice, and lost once.
            if call.name == "delete" and state is not None:
                state.doubt()
                state.may_be_gone = response is None or response.status in REFUSES_THE_ROOM or response.status >= 500
            return
        if is_second_hand(interaction.request):
            self._forget_contradicted(interaction.request, _listed(call, response))
        elif call is self.contract.listing:
            self._learn_listed(call, response)
        answer = self._answer(interaction.request, response, response_json(interaction.request, response))
        if call.name == "create" and answer.room is not None:
            self._open_created(interaction.request, answer, request)
        elif call.name == "delete" and state is not None and response.status == _NOT_YET_DONE:
            state.doubt()
            state.may_be_gone = True
        elif call.name == "delete" and state is not None:
            self.rooms.delete(state)
            self.rooms.give_up(given_up(self.contract, state.known, {}))
        elif call.name == "read" and answer.room is not None:
            # A room may answer to its name as well as to its id.
            shown = state or self._opened(interaction.request, str(answer.room.get(self.contract.room.id, "")))
            if shown is not None:
                before = shown.known if is_second_hand(interaction.request) and not shown.uncertain else {}
                self._learn_room(shown, answer, {})
                # A cache may have answered, or a copy that lags behind: which answer is right the next one tells.
                for name in [name for name in before if not same(before[name], shown.known.get(name))]:
                    shown.known.pop(name, None)

    def _learn_listed(self, call: SupportCall, response: Response) -> None:
        """Take note of the rooms that a list shows. In a recording of somebody else's many rooms may have one made-up id."""
        ids = {str(entry[self.contract.room.id]) for entry in _listed(call, response) if self.contract.room.id in entry}
        self.rooms.listed |= ids - self.rooms.states.keys()

    def _forget_contradicted(self, request: Request, entries: Iterable[Mapping[str, Any]]) -> None:
        """Forget what a list shows otherwise: somebody else may have changed the room, or the list lags behind."""
        for entry in entries:
            key = self._identities.key(request, str(entry.get(self.contract.room.id, "")))
            state = None if key is None else self.rooms.get(key)
            if state is not None:
                state.known = {name: value for name, value in state.known.items() if same(entry.get(name, value), value)}


def _listed(call: SupportCall, response: Response) -> Iterator[Mapping[str, Any]]:
    """Yield the entries of the list that an answer shows, none where the call is for no list."""
    listed: Any = read_answer(response.body) if "at" in call.options else None
    for step in call.options.get("at", ()):
        listed = listed.get(step) if isinstance(listed, dict) else None
    yield from (entry for entry in listed if isinstance(entry, dict)) if isinstance(listed, list) else ()


def _aimed_at(request: Classification, interaction: Interaction) -> Iterator[Clause]:
    """Yield the clauses of which an answer would have said something; of somebody else's recording none, where more is left open."""
    if not is_second_hand(interaction.request):
        yield from (obstacle.clause for obstacle in request.obstacles)
        yield from (clause for edges in request.edges.values() for clause in edges)
