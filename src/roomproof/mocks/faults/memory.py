"""Faults of what a provider remembers: what it keeps, forgets, mixes up, or shows later than it should.

The mock keeps what it should; over it lies what the faulty provider shows instead, by room and member.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from roomproof.mocks.faults.exchange import Call, Handle, Reply, Wrap
from roomproof.mocks.faults.values import Change, Test, always

Json = Any


@dataclass
class Moment:
    """An answer that shows a room, as it is about to leave.

    `room` is what the mock says, `before` what was last shown of this room. A step may change `shown`, which hides members of
    the room until they are sent again, `now`, which hides them in this answer only, and `later`, which hides them from the next
    answer on. `others` is `shown` of the other rooms, `updates` how often this one has been changed, `told` how often each member
    was sent to it, `earlier` what was shown of it before its last update.
    """

    call: Call
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
        """The members that this call sets."""
        return self.call.sent if self.call.writes else {}

    @property
    def is_new(self) -> bool:
        """Whether nothing was shown of this room before."""
        return not self.before


Step = Callable[[Moment], None]
When = Callable[[Moment], bool]


@dataclass
class _Rooms:
    """What a faulty provider remembers of all rooms, by the id that the mock gives them."""

    shown: dict[str, dict[str, Json]] = field(default_factory=dict)
    last: dict[str, dict[str, Json]] = field(default_factory=dict)
    updates: dict[str, int] = field(default_factory=dict)
    told: dict[str, Counter[str]] = field(default_factory=dict)
    earlier: dict[str, Mapping[str, Json]] = field(default_factory=dict)

    def show(self, call: Call, reply: Reply, step: Step) -> Reply:
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
        moment = Moment(call, room, self.last.get(key, {}), shown, others, self.updates[key], told, self.earlier.get(key, {}))
        step(moment)
        whole = {**room, **shown, **moment.now}
        self.last[key] = {**room, **shown, **moment.later}
        shown |= moment.later
        return reply if whole == room and repr(whole) == repr(room) else reply.with_room(whole)


def remembering(step: Step, before: Callable[[Call], Call] = lambda call: call) -> Wrap:
    """Change calls on their way to the mock by `before`, and what is shown of rooms by `step`."""

    def wrap(handle: Handle) -> Handle:
        rooms = _Rooms()

        async def remembered(call: Call) -> Reply:
            if call.updates and call.room_id not in rooms.last:
                await remembered(call.reading())
            reply = await handle(before(call))
            return rooms.show(call, reply, step) if reply.room else reply

        return remembered

    return wrap


def stores(member: str, change: Change, when: Test = always, on: str = "") -> Wrap:
    """Keep something else than what was sent."""

    def step(moment: Moment) -> None:
        if member in moment.sent and on in ("", moment.call.operation) and when(moment.sent[member]):
            value = change(moment.sent[member])
            if repr(value) != repr(moment.sent[member]):
                moment.shown[member] = value

    return remembering(step)


def ignores(member: str, when: Test = always, on: str = "") -> Wrap:
    """Leave a member as it was, although another value was sent."""

    def step(moment: Moment) -> None:
        both = member in moment.sent and member in moment.before
        if both and moment.call.updates and on in ("", moment.call.operation) and when(moment.sent[member]):
            moment.shown[member] = moment.before[member]

    return remembering(step)


def loses(member: str, when: When) -> Wrap:
    """Leave a member as it was by some updates, although another value was sent."""

    def step(moment: Moment) -> None:
        if moment.call.updates and member in moment.sent and member in moment.before and when(moment):
            moment.shown[member] = moment.before[member]

    return remembering(step)


def reads_before(*members: str) -> Wrap:
    """Show in reads what stood there before the last update, although its answer showed what was sent."""

    def step(moment: Moment) -> None:
        if moment.call.method == "GET":
            moment.now.update({member: moment.earlier[member] for member in members if member in moment.earlier})

    return remembering(step)


def forgets(member: str, on: str = "", when: When = lambda _: True) -> Wrap:
    """Answer with what was sent, and show what stood there before from the next answer on."""

    def step(moment: Moment) -> None:
        named = moment.call.updates and on in ("", moment.call.operation) and member in moment.sent
        if named and member in moment.before and when(moment):
            moment.later[member] = moment.before[member]

    return remembering(step)


def resets(*members: str, to: Json, when: When = lambda _: True, on: str = "") -> Wrap:
    """Set members that an update does not name."""

    def step(moment: Moment) -> None:
        if moment.call.updates and on in ("", moment.call.operation) and when(moment):
            moment.shown.update({member: to for member in members if member not in moment.sent})

    return remembering(step)


def defaults(member: str, to: Json) -> Wrap:
    """Start rooms with another value where none is given (`to`, or what it makes of the room)."""

    def step(moment: Moment) -> None:
        if moment.is_new and member not in moment.sent:
            moment.shown[member] = to(moment.room) if callable(to) else to

    return remembering(step)


def leaks(member: str) -> Wrap:
    """Set a member in all other rooms, too."""

    def step(moment: Moment) -> None:
        if moment.call.updates and member in moment.sent:
            for other in moment.others:
                other[member] = moment.room[member]

    return remembering(step)


def answers_before() -> Wrap:
    """Answer an update with the room as it was before."""

    def step(moment: Moment) -> None:
        if moment.call.updates:
            moment.now.update(moment.before)

    return remembering(step)


def makes_one_room() -> Wrap:
    """Answer each request to make a room with the room that the first one made."""

    def wrap(handle: Handle) -> Handle:
        first: list[Reply] = []

        async def made(call: Call) -> Reply:
            makes = call.method == "POST" and call.path == call.api.collection
            if makes and first:
                return first[0]
            reply = await handle(call)
            if makes and reply.ok:
                first.append(reply)
            return reply

        return made

    return wrap


def swaps(one: str, other: str) -> Wrap:
    """Mix up two members where both are sent."""

    def step(moment: Moment) -> None:
        if one in moment.sent and other in moment.sent:
            moment.shown |= {one: moment.room[other], other: moment.room[one]}

    return remembering(step)


def takes_from_body(member: str) -> Wrap:
    """Let a body set a member that only the provider may set."""

    def step(moment: Moment) -> None:
        if moment.call.updates and member in moment.sent:
            moment.shown[member] = moment.sent[member]

    return remembering(step)


def drifts(member: str, change: Callable[[Moment], Json], when: When = lambda _: True) -> Wrap:
    """Change a member by every update, which it should survive."""

    def step(moment: Moment) -> None:
        if moment.call.updates and when(moment):
            moment.shown[member] = change(moment)

    return remembering(step)


def merges(member: str, on: str) -> Wrap:
    """Put the entries of a sent object to those that were there, instead of in their place."""

    def step(moment: Moment) -> None:
        if moment.call.operation == on and isinstance(moment.sent.get(member), dict):
            moment.shown[member] = {**moment.before.get(member, {}), **moment.sent[member]}

    return remembering(step)


def every(count: int) -> When:
    """Every so many updates of a room."""
    return lambda moment: moment.updates % count == 0


def nth(count: int, member: str) -> When:
    """The update of a room that names a member for so many times."""
    return lambda moment: moment.told[member] == count and member in moment.sent


def without(*members: str) -> When:
    """An update that names none of these members."""
    return lambda moment: not set(members) & set(moment.sent)


def together(*members: str) -> When:
    """An update that names all these members."""
    return lambda moment: set(members) <= set(moment.sent)


def bare(moment: Moment) -> bool:
    """An update that names no member at all."""
    return not moment.sent


def applies_in_part(handle: Handle) -> Handle:
    """Refuse an update, and yet set those of its members that are right."""

    async def applied(call: Call) -> Reply:
        reply = await handle(call)
        if call.updates and not reply.ok and len(call.sent) > 1:
            for member, value in call.sent.items():
                await handle(call.with_sent({member: value}))
        return reply

    return applied
