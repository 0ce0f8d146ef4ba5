"""Steps of sequences about the whole life of a room: reads, lists, deletions, and what stands inside a room;
and the lives themselves, which need no chance.

An action is none of them: it may end a room, and what an update of that is answered with, no document says.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from roomproof.contract.model import Operation
from roomproof.contract.resource import Effect, Resource
from roomproof.engine.asking import plain_body
from roomproof.engine.attempt import SEATS, Attempts, SequenceStep, Steps
from roomproof.engine.bodies import CaseParts
from roomproof.engine.case import Case, Seat
from roomproof.engine.session import Session
from roomproof.engine.soak import Told
from roomproof.interaction import SAFE
from roomproof_strategies import Json, Sample, plain

_MAIN, _OTHER = SEATS
_WRITES = (Effect.CREATE, Effect.UPDATE, Effect.REPLACE)


class LifeSteps:
    """Makes these steps; what they send is made when they are sent, to fit the room."""

    def __init__(self, session: Session, attempts: Attempts) -> None:
        self._session = session
        self._attempts = attempts
        contract = session.contract
        operations = [one for one in contract.operations if one not in contract.telling]
        self.asking = [
            one
            for one in operations
            if one.method in SAFE
            and one.effect in (Effect.READ, Effect.LIST)
            and (one.resource is contract.room or contract.is_inside(one))
            and (one.effect is not Effect.LIST or one.listing is not None)
        ]
        # Whatever stands in a room that was not made for it may be somebody's.
        self.inside = [
            one
            for one in operations
            if attempts.can_delete
            and contract.is_inside(one)
            and one.effect in (*_WRITES, Effect.DELETE)
            and (one.effect is not Effect.DELETE or one.names_one)
        ]

    @property
    def seats(self) -> tuple[Seat, ...]:
        """The rooms that a sequence can be about."""
        return SEATS if self._attempts.has_two_rooms else SEATS[:1]

    def look(self, operation: Operation, seat: Seat) -> SequenceStep:
        """Return the step that reads or lists something, in a room or all rooms."""
        if self._session.contract.room.step not in operation.path:
            seat = _MAIN
        bench = self._session.bench(operation)
        return replace(self._step(bench, (), seat, lambda where: self.look(operation, where)), only_asks=True)

    def write(
        self, operation: Operation, seat: Seat, variant: int, names: Iterable[str] | None
    ) -> SequenceStep:
        """Return the step that makes, changes or deletes something inside a room: with these fields of a
        plain body, and those that are required; all where none are named.
        """
        bench, chosen = self._session.bench(operation), None if names is None else tuple(names)
        label = (json.dumps(self._body(bench, variant, chosen).value),) if operation.body else ()

        def simpler() -> Iterator[SequenceStep]:
            body = self._body(bench, variant, chosen).value
            if isinstance(body, dict):
                yield from (self.write(operation, seat, variant, some) for some in _fewer_names(body))

        step = self._step(
            bench, label, seat, lambda where: self.write(operation, where, variant, chosen), variant, chosen
        )
        return replace(step, simpler=simpler)

    def _step(
        self,
        bench: CaseParts,
        label: tuple[str, ...],
        seat: Seat,
        at: Callable[[Seat], SequenceStep],
        variant: int = 0,
        names: tuple[str, ...] | None = None,
    ) -> SequenceStep:
        def case() -> Case:
            return replace(bench.case(self._body(bench, variant, names), seat), valid=True)

        return SequenceStep(
            (bench.operation.id, *label, seat.value),
            seat,
            case,
            in_main_room=at(_MAIN) if seat is not _MAIN else None,
        )

    def _body(self, bench: CaseParts, variant: int, names: tuple[str, ...] | None) -> Sample:
        """Return a plain body of an operation, another one for each variant."""
        operation = bench.operation
        if operation.body is None or operation.schema.get("type", "object") != "object":
            return plain_body(bench)
        attempts = self._attempts
        sample = plain(operation.schema, attempts.fields, anchor=attempts.anchor, variant=variant)
        kept = {*sample.value} if names is None else {*names, *operation.schema.get("required", ())}
        some = {name: value for name, value in sample.value.items() if name in kept}
        return replace(sample, value=some, note="a step of a sequence")


def lives(session: Session, attempts: Attempts, benches: list[CaseParts], told: Told) -> Iterator[Steps]:
    """Yield the life of a room for each operation that changes one, and that of each kind of things inside
    rooms.
    """
    steps = LifeSteps(session, attempts)
    for bench in benches:
        if not bench.makes_rooms:
            yield tuple(_life_of_a_room(session, attempts, steps, bench, told))
    found = {one.resource.name: one.resource for one in steps.inside if one.resource is not None}
    for resource in found.values():
        if session.contract.about(resource, Effect.CREATE) in steps.inside:
            yield tuple(_life_inside(session, attempts, steps, resource))


def _life_of_a_room(
    session: Session, attempts: Attempts, steps: LifeSteps, bench: CaseParts, told: Told
) -> Iterator[SequenceStep]:
    """Yield updates one after the other, what a read and the list then show, and what is left of a room when
    it is gone, for the other one and for one that is made again under its name.
    """
    contract = session.contract
    body = plain(bench.operation.schema, attempts.fields, anchor=attempts.anchor, variant=1).value
    names = _names_of(contract.maker, attempts) if contract.maker is not None else ()
    body = {name: value for name, value in body.items() if name not in (*bench.read_only, *names)}
    texts = {name: value for name, value in body.items() if bench.operation.may_be_any_text(name)}
    rest = {name: value for name, value in body.items() if name not in texts}
    reads = [contract.reading] if contract.reading else []
    lists = [contract.listing] if contract.listing and contract.listing in steps.asking else []
    # What may be any text leads out of no list.
    yield told(bench, texts, _MAIN)
    yield from (steps.look(one, _MAIN) for one in lists)
    yield told(bench, rest, _MAIN)
    yield from (steps.look(one, _MAIN) for one in reads)
    if not attempts.can_delete:
        return
    yield attempts.deletion(_MAIN)
    yield from (steps.look(one, _OTHER) for one in reads)
    yield told(bench, texts, _MAIN)
    yield from (steps.look(one, _MAIN) for one in (*reads, *lists))
    if contract.maker is not None:
        yield _made_again(session, attempts, contract.maker)
        yield from (steps.look(one, _MAIN) for one in reads)


def _made_again(session: Session, attempts: Attempts, maker: Operation) -> SequenceStep:
    """Return the step that makes a room with what the one before it was called, and nothing else that need
    not be.
    """
    bench, basis, names = (
        session.bench(maker),
        attempts.bodies[maker.id][0].value,
        _names_of(maker, attempts),
    )

    def case() -> Case:
        before = session.setting(_MAIN).room
        body = {name: before.get(name, basis[name]) for name in names if name in basis}
        return bench.exact(body, "a room made again", _MAIN)

    return SequenceStep((maker.id, "again, as the room before it was called"), _MAIN, case)


def _names_of(maker: Operation, attempts: Attempts) -> tuple[str, ...]:
    """Return the fields by which a room is called: those that it cannot be made without, else the first one
    that may be any text.
    """
    texts = (name for name in attempts.bodies[maker.id][0].value if maker.may_be_any_text(name))
    return tuple(maker.schema.get("required", ())) or tuple(texts)[:1]


def _life_inside(
    session: Session, attempts: Attempts, steps: LifeSteps, resource: Resource
) -> Iterator[SequenceStep]:
    """Yield what is made, changed and deleted inside one room, and how that leaves what another room has."""
    known = {effect: session.contract.about(resource, effect) for effect in Effect}
    looks = [
        one for one in (known[Effect.READ], known[Effect.LIST]) if one in steps.asking and one is not None
    ]
    making = known[Effect.CREATE]
    assert making is not None, "what is inside is made there"

    def look(*seats: Seat) -> Iterator[SequenceStep]:
        return (steps.look(one, seat) for seat in seats if seat in steps.seats for one in looks)

    yield from (steps.write(making, seat, 0, None) for seat in steps.seats)
    changing = [one for one in (known[Effect.UPDATE], known[Effect.REPLACE]) if one and one in steps.inside]
    for one in changing:
        names = list(one.schema.get("properties", {}))
        for part in (names[::2], names[1::2]):
            yield steps.write(one, _MAIN, 1, part)
        yield from look(*SEATS)
    yield steps.write(making, _MAIN, 1, None)
    yield from look(*SEATS)
    if (deleting := known[Effect.DELETE]) is not None:
        yield steps.write(deleting, _MAIN, 0, None)
        yield from look(_OTHER)
        yield from (steps.write(one, _MAIN, 1, None) for one in changing)
        yield from look(_MAIN)
    yield attempts.deletion(_MAIN)
    yield from look(_OTHER)


def _fewer_names(body: dict[str, Json]) -> Iterator[tuple[str, ...]]:
    """Yield no field, each one alone, and all but each one."""
    yield ()
    yield from ((name,) for name in body)
    yield from (tuple(other for other in body if other != name) for name in body)
