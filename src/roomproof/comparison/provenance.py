"""Where a value in a response comes from: the request, the room as it was, or the provider. Only the last can
be compared.

Two recordings rarely leave their rooms alike: a value that a response merely repeats from before says nothing
of the provider.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from roomproof.contract.model import Contract, Operation
from roomproof.contract.resource import Effect
from roomproof.interaction import SAFE, Interaction, RoomKnowledge
from roomproof.judge.classify import classify
from roomproof.judge.compiled import compiled_rules
from roomproof.judge.equality import echoes, same_value
from roomproof.judge.judged_interaction import NoJson, read_json, read_response
from roomproof.judge.moments import order_questions
from roomproof.judge.register import rule_of
from roomproof.judge.rooms import Rooms, RoomState
from roomproof.judge.rules import unique, window

Json = Any


class ValueOrigin(Enum):
    """Where a field of a room has its value from."""

    SENT = "the request"
    KEPT = "what the room was before"
    BEFORE = "what the room was before the recording"
    OWN = "the provider"


@dataclass(frozen=True)
class Context:
    """An interaction of a documented operation or a supporting call, with what was known when it was sent.

    `sent` are the fields of the request's body; `known` the room as last seen, None where this response is
    the first of it; `room` the room in the response; `created` whether the request made it. `reasons` are why
    the request has to be or may be rejected, and what its body is; `doubtful` whether that hangs on more than
    the request, so that the same request may fare otherwise; `names` whether it gives the room something that
    no other room may have, seen in the recording or not.
    """

    subject: str
    template: str
    sent: Mapping[str, Json]
    body: Json
    room: Mapping[str, Json] | None = None
    known: Mapping[str, Json] | None = None
    created: bool = False
    parameters: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    doubtful: bool = False
    names: bool = False

    def origin(self, name: str, settable: frozenset[str]) -> ValueOrigin:
        """Return where the room's field of this name, there or not, has its value from."""
        now = (self.room or {}).get(name, NoJson.ABSENT)
        sent = self.sent.get(name)
        if name in self.sent and (now is None if sent is None else echoes(sent, now, None)):
            return ValueOrigin.SENT
        if self.known is not None and same_value(now, self.known.get(name, NoJson.ABSENT)):
            return ValueOrigin.KEPT
        untold = self.known is None and not self.created and sent is None
        return ValueOrigin.BEFORE if untold and name in settable else ValueOrigin.OWN


class Provenance:
    """Follows the rooms of a stream, in its order, and puts each interaction into its context."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._rooms = Rooms()
        self._compiled = compiled_rules(contract)
        clauses = tuple(contract.clauses.values())
        self._unique = {clause.path[0] for clause in clauses if rule_of(clause) is unique.RULE}
        read_only = {clause.path[0] for clause in clauses if rule_of(clause).may_ignore}
        fields = (
            name for operation in contract.operations for name in operation.schema.get("properties", {})
        )
        self.settable = frozenset(name for name in fields if name not in read_only)

    def see(self, interaction: Interaction) -> Context | None:
        """Return the context of an interaction, and learn from it; None where it belongs to nothing that the
        contract knows.
        """
        request = interaction.request
        found = self._contract.match(request.method, request.path)
        if found is None:
            self._doubt(interaction)
            return None
        what, parameters = found
        state = self._rooms.get(parameters.get(self._contract.room.parameter, ""))
        context = self._context(what, parameters, interaction, state)
        self._learn(what, parameters, interaction, context)
        return context

    def _context(
        self,
        what: Operation,
        parameters: Mapping[str, str],
        interaction: Interaction,
        state: RoomState | None,
    ) -> Context:
        sent = read_json(interaction.request.body)
        response = interaction.response
        body = (
            NoJson.ABSENT
            if response is None
            else NoJson.VAST
            if response.is_too_large
            else read_response(response.body)
        )
        room = self._room(interaction, body)
        reasons, doubtful = (
            self._reasons(what, parameters, interaction, state)
            if what in self._contract.telling
            else ((), False)
        )
        return Context(
            subject=what.id,
            template=f"{what.method} {what.path}",
            sent=sent if isinstance(sent, dict) else {},
            body=body,
            room=room,
            known=state.known if state is not None and state.known and not state.uncertain else None,
            created=what.effect is Effect.CREATE,
            parameters=tuple(parameters.values()),
            reasons=reasons,
            doubtful=doubtful,
            names=isinstance(sent, dict) and not self._unique.isdisjoint(sent),
        )

    def _room(self, interaction: Interaction, body: Json) -> Mapping[str, Json] | None:
        """Return the room in a response that carries something out: an object with a room's id or with a
        field that can be set.
        """
        if interaction.response is None or not 200 <= interaction.response.status < 300:
            return None
        room = self._contract.room.representation(body)
        names = self.settable | {self._contract.room.id}
        return room if room is not None and not names.isdisjoint(room) else None

    def _reasons(
        self,
        operation: Operation,
        parameters: Mapping[str, str],
        interaction: Interaction,
        state: RoomState | None,
    ) -> tuple[tuple[str, ...], bool]:
        rules = self._compiled.request(operation)
        held = classify(operation, rules, interaction, parameters, self._rooms, state)
        shape = held.body.value if isinstance(held.body, NoJson) else type(held.body).__name__
        reasons = (
            *sorted({violation.clause.id for violation in held.violations}),
            *sorted({question.why for question in held.unsettled}),
            shape,
        )
        if not held.unsettled or any(not violation.lenient for violation in held.violations):
            return reasons, False
        alone = classify(operation, rules, interaction, parameters, Rooms(), None)
        timely = order_questions(operation, held.sent, state)
        for clause in window.RULE.clauses(operation):
            timely += window.question(clause, held.sent, state, interaction.at)
        return reasons, bool(timely) or not set(held.unsettled) <= set(alone.unsettled)

    def _learn(
        self, what: Operation, parameters: Mapping[str, str], interaction: Interaction, context: Context
    ) -> None:
        room_id = parameters.get(self._contract.room.parameter)
        if interaction.request.room is RoomKnowledge.NONE:
            return
        if context.room is not None and (room_id is not None or context.created):
            key = room_id or str(context.room.get(self._contract.room.id))
            if room_id is not None or self._rooms.get(key) is None:
                self._rooms.meet(key).learn(context.room, context.sent)
            return
        state = self._rooms.get(room_id or "")
        status = interaction.response.status if interaction.response else 500
        if state is None or what.method in SAFE or 400 <= status < 500:
            return
        state.uncertain = True
        if what.method == "DELETE" and status < 300:
            self._rooms.delete(state)

    def _doubt(self, interaction: Interaction) -> None:
        """A call that the contract does not know may have changed the room that its path names."""
        if interaction.request.method not in SAFE:
            for segment in interaction.request.path.split("/"):
                state = self._rooms.get(segment)
                if state is not None:
                    state.uncertain = True
