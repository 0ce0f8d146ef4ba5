"""From samples to cases: make a sample acceptable for every reason but its aim, and give it to a room."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from hypothesis import strategies as st

from roomproof.auth.scheme import Scheme
from roomproof.contract.model import Contract, Operation
from roomproof.contract.resource import Effect, Resource
from roomproof.engine.case import Case, Seat, encoded
from roomproof.judge.rules import read_only
from roomproof_strategies import Sample, Setting, Special


@dataclass(frozen=True)
class CaseParts:
    """What the cases of one operation are made with: `setting` tells time, serial and the room of a seat as
    last seen.

    `lazy_setting` tells the same to who uses it at once, and looks at the room only when asked. `shown` tells
    what there is of a resource, thing by thing, in the main room where it stands inside one; `issued` the
    values of fields that only an earlier response can give.
    """

    contract: Contract
    operation: Operation
    special: Special
    scheme: Scheme
    unscoped: Scheme | None
    setting: Callable[[Seat], Setting]
    lazy_setting: Callable[[Seat], Setting]
    has_other: bool
    shown: Callable[[Resource], list[Mapping[str, Any]]]
    issued: Callable[[Operation], Mapping[str, Any]] = lambda _: {}

    @cached_property
    def makes_rooms(self) -> bool:
        """Whether the operation makes a room instead of changing one."""
        return self.operation.effect is Effect.CREATE and self.tells_a_room

    @cached_property
    def tells_a_room(self) -> bool:
        """Whether the operation makes or changes a room by what its body says."""
        return self.operation in self.contract.telling

    @cached_property
    def is_inside_a_room(self) -> bool:
        """Whether the operation's path names a room, or something else that may not be there."""
        return self.contract.room.step in self.operation.path or self.operation.names_one

    @cached_property
    def id_parameter(self) -> str:
        """The path parameter that names what the operation is about, else the room; empty if there is
        none.
        """
        named = self.operation.resource if self.operation.names_one else self.contract.room
        return named.parameter if named is not None else ""

    def fields(self, setting: Setting) -> Mapping[tuple[str, ...], Any]:
        """Return strategies for the fields whose values only the provider can know."""
        found: dict[tuple[str, ...], Any] = dict(self.special.fields(setting))
        return found | {(name,): st.just(value) for name, value in self.issued(self.operation).items()}

    def thing(self, seat: Seat) -> Mapping[str, Any]:
        """Return what the operation is about as it was last seen: a room, else the last known thing or the
        one before it.
        """
        resource = self.operation.resource
        if resource is None or resource is self.contract.room:
            return self.setting(seat).room
        known = self.shown(resource)[::-1]
        return next(iter(known[1:] if seat is Seat.OTHER else known), {})

    @cached_property
    def read_only(self) -> tuple[str, ...]:
        """The fields that an update carries but cannot change."""
        return tuple(clause.path[0] for clause in read_only.RULE.clauses(self.operation))

    def case(self, sample: Sample, seat: Seat = Seat.MAIN) -> Case:
        """Return the case that sends a sample."""
        aim = sample.path[0] if sample.path and not sample.valid else ""
        body = encoded(self.operation, self.adapted(sample, seat))
        return Case(
            self.operation, sample.note, body, self.operation.media_type, seat, aim=aim, valid=sample.valid
        )

    def exact(self, body: Any, note: str, seat: Seat = Seat.MAIN) -> Case:
        """Return the case that sends a body as it is."""
        return Case(self.operation, note, encoded(self.operation, body), self.operation.media_type, seat)

    def adapted(self, sample: Sample, seat: Seat) -> Any:
        """Return the body of a sample with what the provider needs besides: windows that hold, read-only
        fields as they are.
        """
        adapted = self.special.adapt(self.operation.id, sample, self.lazy_setting(seat))
        return self.completed(adapted.value, seat, spared=sample.path[:1] if not sample.valid else ())

    def completed(self, body: Any, seat: Seat, spared: tuple[str, ...] = ()) -> Any:
        """Return a body whose read-only fields are those of the room, but for a spared one."""
        carried = (
            [name for name in self.read_only if name in body and name not in spared]
            if isinstance(body, dict)
            else []
        )
        if not carried:
            return body
        room = self.lazy_setting(seat).room
        return {**body, **{name: room[name] for name in carried if name in room}}
