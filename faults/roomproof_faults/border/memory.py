"""Faults of what a provider remembers: what it keeps, forgets, mixes up, or shows later than it should.

The mock keeps what it should; over it lies what the faulty provider shows instead, by room and field.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from roomproof.contract.resource import Effect
from roomproof_faults.border.exchange import FaultyRequest, FaultyResponse, Handle, On, Wrap
from roomproof_faults.border.values import Change, Test, always

Json = Any


@dataclass
class Moment:
    """A response that shows a room, as it is about to leave.

    `room` is what the mock says, `before` what was last shown of this room. A step may change `shown`, which
    hides fields of the room until they are sent again, `now`, which hides them in this response only, and
    `later`, which hides them from the next response on. `others` is `shown` of the other rooms, `updates` how
    often this one has been changed, `told` how often each field was sent to it, `earlier` what was shown of
    it before its last update.
    """

    call: FaultyRequest
    room: Mapping[str, Json]
    before: Mapping[str, Json]
    shown: dict[str, Json]
    others: list[dict[str, Json]]
    updates: int
    told: Mapping[str, int]
    earlier: Mapping[str, Json]
    now: dict[str, Json] = field(default_factory=dict)
    later: dict[str, Json] = field(default_factory=dict)

    @property
    def sent(self) -> Mapping[str, Json]:
        """The fields that this call sets."""
        return self.call.sent if self.call.writes else {}

    @property
    def is_new(self) -> bool:
        """Whether nothing was shown of this room before."""
        return not self.before


Step = Callable[[Moment], None]
When = Callable[[Moment], bool]
Layer = Literal["shown", "now", "later"]
"""In all responses until the field is sent again; in this response alone; in all from the next one on."""


def anytime(_: Moment) -> bool:
    """Any moment."""
    return True


@dataclass
class _Rooms:
    """What a faulty provider remembers of all rooms, by the id that the mock gives them."""

    shown: dict[str, dict[str, Json]] = field(default_factory=dict)
    last: dict[str, dict[str, Json]] = field(default_factory=dict)
    updates: dict[str, int] = field(default_factory=dict)
    told: dict[str, Counter[str]] = field(default_factory=dict)
    earlier: dict[str, Mapping[str, Json]] = field(default_factory=dict)

    def show(self, call: FaultyRequest, reply: FaultyResponse, step: Step) -> FaultyResponse:
        """Return the answer with what the faulty provider shows, and remember it."""
        room = reply.room
        key = str(room[reply.api.id])
        shown = self.shown.setdefault(key, {})
        for name in call.sent if call.writes else ():
            shown.pop(name, None)
        self.updates[key] = self.updates.get(key, 0) + call.updates
        told = self.told.setdefault(key, Counter())
        if call.updates:
            told.update(call.sent.keys())
            self.earlier[key] = self.last.get(key, {})
        others = [other for name, other in self.shown.items() if name != key]
        moment = Moment(
            call,
            room,
            self.last.get(key, {}),
            shown,
            others,
            self.updates[key],
            told,
            self.earlier.get(key, {}),
        )
        step(moment)
        whole = {**room, **shown, **moment.now}
        self.last[key] = {**room, **shown, **moment.later}
        shown |= moment.later
        return reply if whole == room and repr(whole) == repr(room) else reply.with_room(whole)


def remembering(step: Step, before: Callable[[FaultyRequest], FaultyRequest] = lambda call: call) -> Wrap:
    """Change calls on their way to the mock by `before`, and what is shown of rooms by `step`."""

    def wrap(handle: Handle) -> Handle:
        rooms = _Rooms()

        async def remembered(call: FaultyRequest) -> FaultyResponse:
            if call.updates and call.room_id not in rooms.last:
                await remembered(call.reading())
            reply = await handle(before(call))
            return rooms.show(call, reply, step) if reply.room else reply

        return remembered

    return wrap


def sets(field_name: str, value: Callable[[Moment], Json], when: When, layer: Layer = "shown") -> Wrap:
    """Show what `value` makes of a moment for a field; `when` and `layer` say in which answers."""

    def step(moment: Moment) -> None:
        if when(moment):
            layers = {"shown": moment.shown, "now": moment.now, "later": moment.later}
            layers[layer][field_name] = value(moment)

    return remembering(step)


def stores(field_name: str, change: Change, test: Test = always, on: On = None) -> Wrap:
    """Keep something else than what was sent."""

    def when(moment: Moment) -> bool:
        sent = moment.sent.get(field_name)
        named = field_name in moment.sent and moment.call.within(on)
        return named and test(sent) and repr(change(sent)) != repr(sent)

    return sets(field_name, lambda moment: change(moment.sent[field_name]), when)


def keeps(field_name: str, when: When = anytime, layer: Layer = "shown", on: On = None) -> Wrap:
    """Leave a field as it was by an update, although another value was sent."""

    def here(moment: Moment) -> bool:
        named = field_name in moment.sent and field_name in moment.before
        return named and moment.call.updates and moment.call.within(on) and when(moment)

    return sets(field_name, lambda moment: moment.before[field_name], here, layer)


def resets(field_name: str, to: Json, when: When = anytime, on: On = None) -> Wrap:
    """Set a field that an update does not name."""

    def here(moment: Moment) -> bool:
        return (
            moment.call.updates and moment.call.within(on) and field_name not in moment.sent and when(moment)
        )

    return sets(field_name, lambda _: to, here)


def defaults(field_name: str, to: Callable[[Mapping[str, Json]], Json]) -> Wrap:
    """Start rooms with what is made of them where nothing is given."""
    return sets(
        field_name,
        lambda moment: to(moment.room),
        lambda moment: moment.is_new and field_name not in moment.sent,
    )


def accepts_from_body(field_name: str) -> Wrap:
    """Let a body set a field that only the provider may set."""
    return sets(
        field_name,
        lambda moment: moment.sent[field_name],
        lambda moment: moment.call.updates and field_name in moment.sent,
    )


def drifts(field_name: str, change: Callable[[Moment], Json], when: When = anytime) -> Wrap:
    """Change a field by every update, which it should survive."""
    return sets(field_name, change, lambda moment: moment.call.updates and when(moment))


def merges(field_name: str, on: On) -> Wrap:
    """Put the entries of a sent object to those that were there, instead of in their place."""

    def here(moment: Moment) -> bool:
        return moment.call.within(on) and isinstance(moment.sent.get(field_name), dict)

    return sets(
        field_name, lambda moment: {**moment.before.get(field_name, {}), **moment.sent[field_name]}, here
    )


def reads_before(field_name: str) -> Wrap:
    """Show in reads what stood there before the last update, although its response showed what was sent."""

    def here(moment: Moment) -> bool:
        return moment.call.effect is Effect.READ and field_name in moment.earlier

    return sets(field_name, lambda moment: moment.earlier[field_name], here, "now")


def leaks(field_name: str) -> Wrap:
    """Set a field in all other rooms, too."""

    def step(moment: Moment) -> None:
        if moment.call.updates and field_name in moment.sent:
            for other in moment.others:
                other[field_name] = moment.room[field_name]

    return remembering(step)


def swaps(one: str, other: str) -> Wrap:
    """Mix up two fields where both are sent."""

    def step(moment: Moment) -> None:
        if one in moment.sent and other in moment.sent:
            moment.shown |= {one: moment.room[other], other: moment.room[one]}

    return remembering(step)


def makes_one_room() -> Wrap:
    """Response each request to make a room with the room that the first one made."""

    def wrap(handle: Handle) -> Handle:
        first: list[FaultyResponse] = []

        async def made(call: FaultyRequest) -> FaultyResponse:
            if call.effect is Effect.CREATE and first:
                return first[0]
            reply = await handle(call)
            if call.effect is Effect.CREATE and reply.ok:
                first.append(reply)
            return reply

        return made

    return wrap


def every(count: int) -> When:
    """Every so many updates of a room."""
    return lambda moment: moment.updates % count == 0


def nth(count: int, field_name: str) -> When:
    """The update of a room that names a field for so many times."""
    return lambda moment: moment.told[field_name] == count and field_name in moment.sent


def sending(field_name: str, test: Test) -> When:
    """An update that sends a value which passes."""
    return lambda moment: field_name in moment.sent and test(moment.sent[field_name])


def together(*fields: str) -> When:
    """An update that names all these fields."""
    return lambda moment: set(fields) <= set(moment.sent)


def only(field_name: str) -> When:
    """An update that names this field alone."""
    return lambda moment: set(moment.sent) == {field_name}


def bare(moment: Moment) -> bool:
    """An update that names no field at all."""
    return not moment.sent


def applies_in_part(field_name: str) -> Wrap:
    """Reject an update of several fields, and yet set one of them if it is right."""

    def wrap(handle: Handle) -> Handle:
        async def applied(call: FaultyRequest) -> FaultyResponse:
            reply = await handle(call)
            if call.updates and not reply.ok and len(call.sent) > 1 and field_name in call.sent:
                await handle(call.with_sent({field_name: call.sent[field_name]}))
            return reply

        return applied

    return wrap
