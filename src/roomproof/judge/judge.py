"""The judge: a stream of interactions in, evidence out. It knows the contract and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from roomproof.contract.clause import Clause, Part
from roomproof.contract.model import Contract, Operation, SupportCall
from roomproof.interaction import BUSY, Interaction, Response, RoomKnowledge
from roomproof.judge.boundaries import Boundaries
from roomproof.judge.check import Sight, checks_for
from roomproof.judge.checks import require_checks
from roomproof.judge.checks.creation import first_sent, repeatability_key
from roomproof.judge.classify import classify
from roomproof.judge.evidence import Evidence, unproven
from roomproof.judge.losses import Losses, unbearable
from roomproof.judge.rooms import Repeat, Rooms, RoomState, Written
from roomproof.judge.rules import Compiled
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
from roomproof.judge.uniqueness import given_up
from roomproof.judge.violations import Violation, violations

_SIGHTS = {"create": Sight.CREATION, "read": Sight.READING}
"""What supporting calls show by their names."""
_OF_NEW_ROOMS = ((Part.REQUEST, "default"), *((Part.BEHAVIOUR, rule) for rule in ("default-from", "default-value", "unique")))
"""The rules of clauses that a run can test only with rooms of its own."""


class Judge:
    """Judges one account's interactions in the order in which they were answered."""

    def __init__(self, contract: Contract) -> None:
        """Raises ContractError if the contract has a clause that no check tests."""
        require_checks(contract)
        self.contract = contract
        self.rooms = Rooms()
        self.boundaries = Boundaries(contract)
        self.violations: tuple[Violation, ...] = ()
        """What the client sent outside the contract in the interaction that was seen last."""
        self._just_written: Written | None = None
        self._compiled = Compiled()
        self._losses = Losses()
        self._checks = {(operation.id, sight): checks_for(operation, sight) for operation in contract.operations for sight in Sight}
        self._listed = {
            operation.id: [clause.options["call"] for clause in operation.clauses if "call" in clause.options]
            for operation in contract.operations
        }

    def see(self, interaction: Interaction) -> list[Evidence]:
        """Return what an interaction says of the clauses, and learn from it what the room is like now.

        An interaction that belongs to no operation says nothing.
        """
        self.violations = ()
        if self._just_written is not None:
            self._just_written.answered_by, self._just_written = interaction.at, None
        matched = self.contract.match(interaction.request.method, interaction.request.path)
        if matched is None:
            return self._see_support(interaction)
        operation, parameters = matched
        if interaction.response is None or interaction.response.status in BUSY:
            return self._see_nothing(operation, interaction, parameters)
        self._losses.note_answer(interaction.request)
        seen = self._taken_apart(operation, interaction, parameters)
        evidence: list[Evidence] = []
        for check in self._checks[operation.id, Sight.OPERATION]:
            evidence.extend(check.run(seen))
        self.boundaries.note(seen)
        self._learn(seen)
        return evidence

    def _see_nothing(self, operation: Operation, interaction: Interaction, parameters: Mapping[str, str]) -> list[Evidence]:
        """No answer says little of the provider, but the request may have been carried out.

        One that gets no usable answer again and again, while those in between get theirs, is one that the server cannot bear.
        """
        state = self.rooms.get(parameters.get(self.contract.room.parameter, ""))
        request = self._classified(operation, interaction, parameters, state)
        if state is not None:
            state.doubt()
        why = interaction.failure or f"status {interaction.response.status if interaction.response else ''}: too busy to answer"
        status = operation.by_rule[Part.RESPONSE, "status"][0]
        aimed = {clause.id: clause for clause in (status, *_aimed_at(request, interaction))}
        evidence = [unproven(clause, why) for clause in aimed.values()]
        if interaction.loss is not None and self._losses.is_every_time(interaction.request, interaction.loss):
            evidence += unbearable(operation, request, interaction, self.rooms, interaction.loss)
        return evidence

    def _taken_apart(self, operation: Operation, interaction: Interaction, parameters: Mapping[str, str]) -> Seen:
        state = self.rooms.get(parameters.get(self.contract.room.parameter, ""))
        request = self._classified(operation, interaction, parameters, state)
        return self._seen(operation, interaction, request, parameters, state)

    def _classified(
        self, operation: Operation, interaction: Interaction, parameters: Mapping[str, str], state: RoomState | None
    ) -> Classification:
        rules = self._compiled.request(operation)
        request = classify(operation, rules, interaction, parameters, self.rooms, state)
        self.violations = tuple(violations(operation, rules, interaction.request, request, state))
        return request

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
        answer = Answer(response, body, self.contract.room.representation(body))
        return Seen(self.contract, self._compiled, operation, interaction, request, answer, parameters, self.rooms, state)

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
            state = self.rooms.open(seen.room_id)
            self._learn_room(state, room, seen.request.sent)
            state.history_known &= seen.sent_is_known
            state.written = self._just_written = Written(seen.operation.id, room)
            return
        key = repeatability_key(seen)
        if key is not None and key in self.rooms.repeats:
            return
        if key is not None:
            self.rooms.repeats[key] = Repeat(seen.interaction.request.body, first_sent(seen), room)
        self._open_created(room, seen.request)

    def _open_created(self, room: Mapping[str, Any], request: Classification) -> None:
        if self.contract.room.id in room:
            state = self.rooms.open(str(room[self.contract.room.id]))
            state.created_with = request.sent
            state.history_known = request.body is not NoJson.UNRECORDED
            self._learn_room(state, room, request.sent)

    def _learn_room(self, state: RoomState, room: Mapping[str, Any], sent: Mapping[str, Any]) -> None:
        """Take over what a room is like now, and which unique values it no longer has: others may have them."""
        before = state.known
        state.learn(room, sent)
        self.rooms.give_up(given_up(self.contract, before, state.known))

    def _see_support(self, interaction: Interaction) -> list[Evidence]:
        matched = self.contract.match_support(interaction.request.method, interaction.request.path)
        if matched is None:
            self._doubt(interaction)
            return []
        call, parameters = matched
        state = self.rooms.get(parameters.get(self.contract.room.parameter, ""))
        if interaction.response is None:
            self._doubt(interaction)
            if call.name == "delete" and state is not None:
                state.may_be_gone = True
            return [unproven(clause, interaction.failure) for clause in self._shown_by(call, state)]
        body = request_json(interaction.request)
        request = Classification(body, body if isinstance(body, dict) else {}, (), (), (), {}, (), frozenset())
        evidence = [
            item
            for sight, seen in self._support_views(call, interaction, request, parameters, state)
            for check in self._checks[seen.operation.id, sight]
            for item in check.run(seen)
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
                yield from operation.by_rule.get((Part.BEHAVIOUR, "read-after-write"), ())
            if call.name == "create":
                yield from (clause for key in _OF_NEW_ROOMS for clause in operation.by_rule.get(key, ()))

    def _doubt(self, interaction: Interaction) -> None:
        """A call that the contract does not know may have changed the room that its path names."""
        if interaction.request.method not in ("GET", "HEAD", "OPTIONS"):
            for segment in interaction.request.path.split("/"):
                state = self.rooms.get(segment)
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
        if call is self.contract.listing and not is_second_hand(interaction.request):
            self._learn_listed(call, response)
        room = self.contract.room.representation(response_json(interaction.request, response))
        if call.name == "create" and room is not None:
            self._open_created(room, request)
        elif call.name == "delete" and state is not None:
            self.rooms.delete(state)
            self.rooms.give_up(given_up(self.contract, state.known, {}))
        elif call.name == "read" and room is not None and (state is not None or self.contract.room.id in room):
            # A room may answer to its name as well as to its id.
            self._learn_room(state or self.rooms.open(str(room[self.contract.room.id])), room, {})

    def _learn_listed(self, call: SupportCall, response: Response) -> None:
        """Take note of the rooms that a list shows. In a recording of somebody else's many rooms may have one made-up id."""
        listed: Any = read_answer(response.body)
        for step in call.options.get("at", ()):
            listed = listed.get(step) if isinstance(listed, dict) else None
        entries = (entry for entry in listed if isinstance(entry, dict)) if isinstance(listed, list) else ()
        ids = {str(entry[self.contract.room.id]) for entry in entries if self.contract.room.id in entry}
        self.rooms.listed |= ids - self.rooms.states.keys()


def _aimed_at(request: Classification, interaction: Interaction) -> Iterator[Clause]:
    """Yield the clauses of which an answer would have said something; of somebody else's recording none, where more is left open."""
    if not is_second_hand(interaction.request):
        yield from (obstacle.clause for obstacle in request.obstacles)
        yield from (clause for edges in request.edges.values() for clause in edges)
