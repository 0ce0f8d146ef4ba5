"""The judge: a stream of interactions in, evidence out. It knows the contract and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from roomproof.contract.clause import Clause, Part
from roomproof.contract.model import Contract, Operation
from roomproof.contract.resource import Effect, Resource
from roomproof.interaction import Interaction, Request, Response
from roomproof.judge.beside import ALONE, IN_THE_WAY, ConcurrentChange, ConcurrentRequests, touched_by
from roomproof.judge.boundaries import Boundaries
from roomproof.judge.classify import classify
from roomproof.judge.client_violations import ClientViolation, violations
from roomproof.judge.compiled import compiled_rules
from roomproof.judge.conclusions import OperationConclusions, conclusions_of
from roomproof.judge.equality import same
from roomproof.judge.evidence import Evidence, unproven
from roomproof.judge.hearsay import why_unusable
from roomproof.judge.identity import room_key
from roomproof.judge.judged_interaction import (
    Classification,
    JudgedInteraction,
    ParsedResponse,
    is_second_hand,
    response_json,
)
from roomproof.judge.learning import Learning
from roomproof.judge.losses import Losses, unbearable
from roomproof.judge.placeholder import is_placeholder, is_scrubbed
from roomproof.judge.register import rule_of
from roomproof.judge.response_fields import ResponseFields
from roomproof.judge.rooms import Rooms, RoomState
from roomproof.judge.rules import read_after_write
from roomproof.judge.rules.unique import without_uniqueness
from roomproof.judge.walk import walked

_SHOW_ONE = (Effect.CREATE, Effect.READ, Effect.UPDATE, Effect.REPLACE)
"""What is answered with the resource, where it is answered with anything."""


class Judge:
    """Judges one account's interactions in the order in which they were answered."""

    def __init__(self, contract: Contract) -> None:
        """Raises ContractError if the contract has a clause that no rule tests."""
        self._conclusions = conclusions_of(contract)
        self._compiled = compiled_rules(contract)
        self.contract = contract
        self.learning = Learning(contract)
        self.boundaries = Boundaries(contract)
        self.fields = ResponseFields(contract)
        self.violations: tuple[ClientViolation, ...] = ()
        """What the client sent outside the contract in the interaction that was seen last."""
        self._losses = Losses()

    @property
    def rooms(self) -> Rooms:
        """What is known of the rooms, or whatever else the contract is about."""
        return self.learning.rooms

    def known(self, resource: Resource, room_id: str) -> list[str]:
        """Return the ids of a resource that are there as far as is known: inside a room, or anywhere where
        none is named.

        Those that were shown one by one, as what was just made is, come last.
        """
        listed = self._inside(resource, self.learning.of(resource).listed, room_id)
        keys = dict.fromkeys((*listed, *(state.id for state in self.shown(resource, room_id))))
        return [key.rpartition("/")[2] for key in keys]

    def shown(self, resource: Resource, room_id: str) -> list[RoomState]:
        """Return what was shown of a resource, thing by thing, and is there still: inside a room, or anywhere
        where none is named.
        """
        existing = self.learning.of(resource).existing
        return [
            existing[key]
            for key in self._inside(resource, existing, room_id)
            if not existing[key].may_be_gone
        ]

    def _inside(self, resource: Resource, keys: Iterable[str], room_id: str) -> Iterator[str]:
        """Yield the keys of what stands in a room, or nowhere; what a list outside has shown may stand in any
        room.
        """
        step = self.contract.room.step
        stands_in_rooms = resource is not self.contract.room and any(
            one.resource is resource and one.names_one and step in one.path
            for one in self.contract.operations
        )
        for key in keys:
            if not room_id or key.startswith(f"{room_id}/") or not (stands_in_rooms or "/" in key):
                yield key

    def see(self, interaction: Interaction, beside: ConcurrentRequests = ALONE) -> list[Evidence]:
        """Return what an interaction says of the clauses, and learn from it what the room is like now.

        `beside` are the requests that ran at the same time and may have changed something; of a recording by
        roomproof there are none. An interaction that belongs to no operation says nothing.
        """
        self.violations = ()
        learning = self.learning
        if learning.just_written is not None:
            learning.just_written.answered_by, learning.just_written = interaction.at, None
        if interaction.at is not None and is_second_hand(interaction.request):
            learning.doubt_each(learning.recency.come_to(interaction.at))
        if not beside:
            return self._see(interaction, None)
        touched = touched_by(beside, self.contract)
        self._mistrust(touched)
        evidence = self._see(interaction, touched)
        self._mistrust(touched)
        room_id = room_key(
            interaction.request, self._parameters(interaction.request).get(self.contract.room.parameter, "")
        )
        return [item for item in evidence if not touched.hides(self.contract.clauses[item.clause], room_id)]

    def see_elsewhere(self, request: Request) -> None:
        """Take note that somebody with another key, or by another address, may have changed a room, or
        deleted it.
        """
        self._mistrust(touched_by(ConcurrentRequests((request,)), self.contract))

    def violations_of(self, request: Request, *, room_is_known: bool = True) -> tuple[ClientViolation, ...]:
        """Return what a request has outside the contract that a client sends now, without learning anything
        from it.

        `room_is_known` tells that its room is taken to be as it was seen last.
        """
        matched = self.contract.match(request.method, request.path)
        if matched is None:
            return ()
        operation, interaction = matched[0], Interaction(request, None)
        parameters = self.learning.by_id(operation, interaction, matched[1])
        state = self.learning.state(operation.resource, request, parameters) if room_is_known else None
        return self._held(operation, interaction, parameters, state)[1]

    def lose_sight(self) -> None:
        """Take note that anything may happen before the next interaction: what follows is no evidence of what
        a room was like until now.
        """
        self.learning.lose_sight()

    def _mistrust(self, touched: ConcurrentChange) -> None:
        """Doubt each room that calls beside one may have changed, before that and after it: nobody knows
        which of them came first.
        """
        if touched.anything:
            self.learning.lose_sight()
        self.learning.doubt_each(touched.rooms)
        for room_id in touched.deleted:
            if (state := self.rooms.get(room_id)) is not None:
                state.deleted, state.may_be_gone = False, True

    def _parameters(self, request: Request) -> Mapping[str, str]:
        matched = self.contract.match(request.method, request.path)
        return matched[1] if matched else {}

    def _see(self, interaction: Interaction, touched: ConcurrentChange | None) -> list[Evidence]:
        matched = self.contract.match(interaction.request.method, interaction.request.path)
        if matched is None:
            self.learning.doubt(interaction)
            return []
        operation = matched[0]
        parameters = self.learning.by_id(operation, interaction, matched[1])
        if why := why_unusable(interaction):
            return self._see_nothing(operation, interaction, parameters, why)
        self._losses.note_response(interaction.request)
        seen = self._taken_apart(operation, interaction, parameters, touched)
        evidence: list[Evidence] = []
        concluding = self._conclusions[operation.id]
        for conclude in concluding.own:
            evidence.extend(conclude(seen))
        evidence += self._shown_to_others(seen, concluding)
        self.boundaries.note(seen)
        self.fields.note(seen)
        self.learning.learn(seen)
        return evidence

    def _shown_to_others(
        self, seen: JudgedInteraction, concluding: OperationConclusions
    ) -> Iterator[Evidence]:
        """Yield what an interaction says of clauses of other operations: a new room, a list or a read shows
        what they have done.

        Of a new room the clause of the operation that made it counts, where it has one about the same thing.
        """
        makes = seen.operation.effect is Effect.CREATE
        for other in concluding.watching:
            view = replace(
                seen,
                operation=other.operation,
                asked=seen.operation,
                state=self._state(other.operation, seen),
                around=self.learning.around(
                    other.operation.resource, seen.interaction.request, seen.parameters
                ),
                rooms=self.learning.of(other.operation.resource),
            )
            for conclude in other.conclusions:
                for item in conclude(view):
                    clause = self.contract.clauses[item.clause]
                    if not makes or (clause.path, clause.rule) not in concluding.places:
                        yield item
        if seen.operation.effect is Effect.CREATE and seen.response.accepted and not self._shows_id(seen):
            why = "the response to the create shows no room"
            yield from (
                unproven(clause, why)
                for clause in self._shown_by(seen.operation, seen.state)
                if not seen.operation.is_documented
            )

    def _state(self, operation: Operation, seen: JudgedInteraction) -> RoomState | None:
        return self.learning.state(operation.resource, seen.interaction.request, seen.parameters)

    def _see_nothing(
        self, operation: Operation, interaction: Interaction, parameters: Mapping[str, str], why: str
    ) -> list[Evidence]:
        """No response says little of the provider, but the request may have been carried out.

        One that gets no usable response again and again, while those in between get theirs, is one that the
        server cannot bear.
        """
        state = self.learning.state(operation.resource, interaction.request, parameters)
        request = self._classified(operation, interaction, parameters, state)
        status = operation.by_rule[Part.RESPONSE, "status"][0]
        shown = () if interaction.response is not None else self._shown_by(operation, state)
        self.learning.nothing_heard(operation, interaction, state)
        aimed = {clause.id: clause for clause in (status, *_aimed_at(request, interaction), *shown)}
        evidence = [unproven(clause, why) for clause in aimed.values()]
        if interaction.loss is not None and self._losses.is_every_time(interaction.request, interaction.loss):
            rooms = self.learning.of(operation.resource)
            evidence += unbearable(operation, request, interaction, rooms, interaction.loss)
        return evidence

    def _taken_apart(
        self,
        operation: Operation,
        interaction: Interaction,
        parameters: Mapping[str, str],
        touched: ConcurrentChange | None,
    ) -> JudgedInteraction:
        request, learning = interaction.request, self.learning
        room_id = parameters.get((operation.resource or self.contract.room).parameter, "")
        state = learning.state(operation.resource, request, parameters)
        if state is not None and self._shows_another(operation, interaction, state):
            if is_placeholder(state.id):
                learning.identities.part(state.id)
            learning.of(operation.resource).forget(state.id)
            state = None
        found = self._classified(operation, interaction, parameters, state)
        if room_id and learning.identities.may_be_another(request, room_id):
            found = without_uniqueness(found)
        if interaction.response is not None and 400 <= interaction.response.status < 500:
            in_the_way = touched is not None and touched.is_about(room_key(request, room_id))
            found = found.rejected(*([IN_THE_WAY] if in_the_way else []))
        return self._seen(operation, interaction, found, parameters, state)

    def _shows_another(self, operation: Operation, interaction: Interaction, state: RoomState) -> bool:
        """Whether a response shows another room than the one that an id stood for until now: it was made at
        another time.

        Placeholders stand for several rooms, and so do the made-up ids of recorders from one file to the
        next.
        """
        created, is_shown = (
            self.contract.created,
            operation.effect in (Effect.READ, Effect.UPDATE, Effect.REPLACE),
        )
        if (
            created is None
            or not is_shown
            or interaction.response is None
            or not is_second_hand(interaction.request)
        ):
            return False
        if operation.resource is not self.contract.room:
            return False
        if not is_placeholder(state.id) and not self.rooms.is_of_another_file(state.id):
            return False
        room = (
            self.contract.room.representation(response_json(interaction.request, interaction.response)) or {}
        )
        before, now = state.known.get(created), room.get(created)
        return (
            isinstance(before, str)
            and isinstance(now, str)
            and not is_placeholder(now)
            and not same(before, now)
        )

    def _classified(
        self,
        operation: Operation,
        interaction: Interaction,
        parameters: Mapping[str, str],
        state: RoomState | None,
    ) -> Classification:
        request, self.violations = self._held(operation, interaction, parameters, state)
        return request

    def _held(
        self,
        operation: Operation,
        interaction: Interaction,
        parameters: Mapping[str, str],
        state: RoomState | None,
    ) -> tuple[Classification, tuple[ClientViolation, ...]]:
        """Return a request held against the contract, and what a client has sent outside of it."""
        rules = self._compiled.request(operation)
        rooms = self.learning.of(operation.resource)
        around = self.learning.around(operation.resource, interaction.request, parameters)
        request = classify(operation, rules, interaction, parameters, rooms, state, around)
        return request, tuple(violations(operation, rules, interaction.request, request, state))

    def _seen(
        self,
        operation: Operation,
        interaction: Interaction,
        request: Classification,
        parameters: Mapping[str, str],
        state: RoomState | None,
    ) -> JudgedInteraction:
        response = interaction.response
        assert response is not None, "interactions without a response never get here"
        body = response_json(interaction.request, response)
        parsed = self._response(operation, interaction.request, response, body)
        rooms = self.learning.of(operation.resource)
        walk = None
        # Which list a request with something wrong gets, no document says.
        if operation.effect is Effect.LIST and parsed.accepted and not request.violations:
            before = rooms.walks.get(interaction.request.path)
            walk = walked(operation, interaction.request, response, body, before)
        return JudgedInteraction(
            self.contract,
            self._compiled,
            operation,
            interaction,
            request,
            parsed,
            parameters,
            rooms,
            state,
            around=self.learning.around(operation.resource, interaction.request, parameters),
            walk=walk,
        )

    def _response(
        self, operation: Operation, request: Request, response: Response, body: Any
    ) -> ParsedResponse:
        """Return a response taken apart, its room without the fields that a recorder has made unreadable."""
        resource = operation.resource or self.contract.room
        room = resource.representation(body) if operation.effect in _SHOW_ONE else None
        scrubbed = (
            [name for name, value in room.items() if is_scrubbed(value)]
            if room and is_second_hand(request)
            else []
        )
        if room is None or not scrubbed:
            return ParsedResponse(response, body, room)
        id_name = resource.id
        readable = {name: value for name, value in room.items() if name not in scrubbed or name == id_name}
        return ParsedResponse(response, body, readable, frozenset(scrubbed))

    def _shows_id(self, seen: JudgedInteraction) -> bool:
        return seen.response.room is not None and seen.resource.id in seen.response.room

    def _shown_by(self, asked: Operation, state: RoomState | None) -> Iterator[Clause]:
        """Yield the clauses of which a new room, or a read after an update, would have shown something."""
        written = state.written if state is not None and asked.effect is Effect.READ else None
        for operation in self.contract.operations:
            if written is not None and operation.id == written.operation:
                yield from read_after_write.RULE.clauses(operation)
            if asked.effect is Effect.CREATE and not asked.is_documented:
                yield from (clause for clause in operation.clauses if rule_of(clause).lost_with_creation)


def _aimed_at(request: Classification, interaction: Interaction) -> Iterator[Clause]:
    """Yield the clauses of which a response would have said something; of somebody else's recording none,
    where more is left open.
    """
    if not is_second_hand(interaction.request):
        yield from (violation.clause for violation in request.violations)
        yield from (clause for edges in request.edges.values() for clause in edges)
