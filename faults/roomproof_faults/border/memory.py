"""Faults of what a provider remembers: what it keeps, forgets, mixes up, or shows later than it should.

The mock keeps what it should; over it lies what the faulty provider shows instead, by room and member.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from roomproof.contract.resource import Effect
from roomproof_faults.border.exchange import Call, Handle, On, Reply, Wrap
from roomproof_faults.border.values import Change, Test, always

Json = Any


@dataclass
class Moment:
    """An answer that shows a room, as it is about to leave.

    `room` is what the mock says, `before` what was last shown of this room. A step may change `shown`, which
    hides members of the room until they are sent again, `now`, which hides them in this answer only, and
    `later`, which hides them from the next answer on. `others` is `shown` of the other rooms, `updates` how
    often this one has been changed, `told` how often each member was sent to it, `earlier` what was shown of
    it before its last update.
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
Layer = Literal["shown", "now", "later"]
"""In all answers until the member is sent again; in this answer alone; in all from the next one on."""


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


def sets(member: str, value: Callable[[Moment], Json], when: When, layer: Layer = "shown") -> Wrap:
    """Show what `value` makes of a moment for a member; `when` and `layer` say in which answers."""

    def step(moment: Moment) -> None:
        if when(moment):
            layers = {"shown": moment.shown, "now": moment.now, "later": moment.later}
            layers[layer][member] = value(moment)

    return remembering(step)


def stores(member: str, change: Change, test: Test = always, on: On = None) -> Wrap:
    """Keep something else than what was sent."""

    def when(moment: Moment) -> bool:
        sent = moment.sent.get(member)
        named = member in moment.sent and moment.call.within(on)
        return named and test(sent) and repr(change(sent)) != repr(sent)

    return sets(member, lambda moment: change(moment.sent[member]), when)


def keeps(member: str, when: When = anytime, layer: Layer = "shown", on: On = None) -> Wrap:
    """Leave a member as it was by an update, although another value was sent."""

    def here(moment: Moment) -> bool:
        named = member in moment.sent and member in moment.before
        return named and moment.call.updates and moment.call.within(on) and when(moment)

    return sets(member, lambda moment: moment.before[member], here, layer)


def resets(member: str, to: Json, when: When = anytime, on: On = None) -> Wrap:
    """Set a member that an update does not name."""

    def here(moment: Moment) -> bool:
        return moment.call.updates and moment.call.within(on) and member not in moment.sent and when(moment)

    return sets(member, lambda _: to, here)


def defaults(member: str, to: Callable[[Mapping[str, Json]], Json]) -> Wrap:
    """Start rooms with what is made of them where nothing is given."""
    return sets(
        member, lambda moment: to(moment.room), lambda moment: moment.is_new and member not in moment.sent
    )


def takes_from_body(member: str) -> Wrap:
    """Let a body set a member that only the provider may set."""
    return sets(
        member,
        lambda moment: moment.sent[member],
        lambda moment: moment.call.updates and member in moment.sent,
    )


def drifts(member: str, change: Callable[[Moment], Json], when: When = anytime) -> Wrap:
    """Change a member by every update, which it should survive."""
    return sets(member, change, lambda moment: moment.call.updates and when(moment))


def merges(member: str, on: On) -> Wrap:
    """Put the entries of a sent object to those that were there, instead of in their place."""

    def here(moment: Moment) -> bool:
        return moment.call.within(on) and isinstance(moment.sent.get(member), dict)

    return sets(member, lambda moment: {**moment.before.get(member, {}), **moment.sent[member]}, here)


def reads_before(member: str) -> Wrap:
    """Show in reads what stood there before the last update, although its answer showed what was sent."""

    def here(moment: Moment) -> bool:
        return moment.call.effect is Effect.READ and member in moment.earlier

    return sets(member, lambda moment: moment.earlier[member], here, "now")


def leaks(member: str) -> Wrap:
    """Set a member in all other rooms, too."""

    def step(moment: Moment) -> None:
        if moment.call.updates and member in moment.sent:
            for other in moment.others:
                other[member] = moment.room[member]

    return remembering(step)


def swaps(one: str, other: str) -> Wrap:
    """Mix up two members where both are sent."""

    def step(moment: Moment) -> None:
        if one in moment.sent and other in moment.sent:
            moment.shown |= {one: moment.room[other], other: moment.room[one]}

    return remembering(step)


def makes_one_room() -> Wrap:
    """Answer each request to make a room with the room that the first one made."""

    def wrap(handle: Handle) -> Handle:
        first: list[Reply] = []

        async def made(call: Call) -> Reply:
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


def nth(count: int, member: str) -> When:
    """The update of a room that names a member for so many times."""
    return lambda moment: moment.told[member] == count and member in moment.sent


def sending(member: str, test: Test) -> When:
    """An update that sends a value which passes."""
    return lambda moment: member in moment.sent and test(moment.sent[member])


def together(*members: str) -> When:
    """An update that names all these members."""
    return lambda moment: set(members) <= set(moment.sent)


def only(member: str) -> When:
    """An update that names this member alone."""
    return lambda moment: set(moment.sent) == {member}


def bare(moment: Moment) -> bool:
    """An update that names no member at all."""
    return not moment.sent


def applies_in_part(member: str) -> Wrap:
    """Refuse an update of several members, and yet set one of them if it is right."""

    def wrap(handle: Handle) -> Handle:
        async def applied(call: Call) -> Reply:
            reply = await handle(call)
            if call.updates and not reply.ok and len(call.sent) > 1 and member in call.sent:
                await handle(call.with_sent({member: call.sent[member]}))
            return reply

        return applied

    return wrap
