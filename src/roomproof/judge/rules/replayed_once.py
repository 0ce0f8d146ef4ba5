"""`replayed-once`: a request that comes again with the same id and time is carried out once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from roomproof.interaction import header
from roomproof.judge.equality import same
from roomproof.judge.evidence import Evidence, ShownValue, broken, kept
from roomproof.judge.identity import room_key
from roomproof.judge.judged_interaction import NOT_HERE, JudgedInteraction
from roomproof.judge.options import HeaderName, read_options
from roomproof.judge.rooms import Repeat
from roomproof.judge.rule import Base, HiddenBy, Rule, Scene, ShowingRequests, WantedRequest


@dataclass(frozen=True)
class RepeatableOptions:
    """The headers that make a request repeatable: its id, and when it was first sent."""

    id: HeaderName
    first_sent: HeaderName


def repeatability_key(seen: JudgedInteraction) -> str | None:
    """Return the id under which a request may be repeated, or None."""
    return _readable_header(seen, 0)


def first_sent(seen: JudgedInteraction) -> str | None:
    """Return when a request that may be repeated says it was first sent, or None."""
    return _readable_header(seen, 1)


def _readable_header(seen: JudgedInteraction, which: int) -> str | None:
    value = _header(seen, which)
    return None if value is None or seen.is_unread(value) else value


def _header(seen: JudgedInteraction, which: int) -> str | None:
    names = (seen.asked or seen.operation).repeatability
    return None if names is None else header(seen.interaction.request.headers, names[which])


def _is_same_request(seen: JudgedInteraction, first: Repeat) -> bool:
    """Whether both headers and the body are those of the first request; recorders give unlike requests one
    made-up id.

    They may give each test's requests the same ones, too, in a file of its own.
    """
    is_at_hand = first.file == seen.rooms.file and first.body == seen.interaction.request.body
    return is_at_hand and first.first_sent is not None and first.first_sent == first_sent(seen)


def is_replay(seen: JudgedInteraction) -> bool:
    """Whether a request carries the repeatability id of an earlier one.

    Its response may show the room as it was then, or as it is now.
    """
    value = _header(seen, 0)
    if value is not None and seen.is_unread(value) and seen.response.room is not None:
        # Which request it repeats nobody can tell, but a room that was there before it has not made.
        made = room_key(seen.interaction.request, str(seen.response.room.get(seen.resource.id, "")))
        return made is not None and seen.rooms.was_there(made)
    return value in seen.rooms.repeats


def replayed_once(seen: JudgedInteraction) -> Iterator[Evidence]:
    """Repeats a request with the same repeatability id: the response is about the same room, made once."""
    first = seen.rooms.repeats.get(repeatability_key(seen) or "")
    if first is None or seen.request.violations or seen.response.body in NOT_HERE:
        return
    if not _is_same_request(seen, first):
        return
    for clause in RULE.clauses(seen.operation):
        if seen.response.room is None or not seen.response.accepted:
            text, received = (
                "a repeated request is not answered like the first",
                f"status {seen.response.response.status}",
            )
            yield broken(clause, text, expected="the first response", received=received)
            continue
        now = _as_it_is_now(seen, first)
        shown_again = seen.response.room
        changed = [
            name
            for name, value in first.room.items()
            if name not in seen.response.scrubbed
            and not same(value, shown_again.get(name))
            and not same(now.get(name, value), shown_again.get(name))
        ]
        if changed:
            name = seen.resource.id if seen.resource.id in changed else changed[0]
            was, now_is = ShownValue(first.room[name]), ShownValue(shown_again.get(name))
            text = f"a repeated request is executed again: {name} is {now_is} after {was}"
            yield broken(clause, text, expected=was, received=now_is)
        else:
            yield kept(clause)


def _as_it_is_now(seen: JudgedInteraction, first: Repeat) -> Mapping[str, Any]:
    """Return what is known of the room that the first request made: a response that shows it is now is
    appropriate, too.
    """
    key = room_key(seen.interaction.request, str(first.room.get(seen.resource.id)))
    state = seen.rooms.get(key or "")
    return state.known if state else {}


def _wanted(scene: Scene) -> Iterator[WantedRequest]:
    """Yield requests that carry a repeatability id, each several times and interleaved, and half a pair of
    headers.
    """
    for clause in RULE.clauses(scene.operation):
        options = read_options(RepeatableOptions, clause)
        names = options.id, options.first_sent
        one, two = (WantedRequest("a repeatable request", headers=scene.repeatable(names)) for _ in range(2))
        empty = WantedRequest("a repeatable request", Base.EMPTY, headers=scene.repeatable(names))
        yield from (one, one, two, one, two, one, empty, empty)
        for number in range(3):
            first, second = scene.repeatable(names)
            yield WantedRequest(f"{names[0]} without {names[1]}", headers=(first,))
            wrong = ((names[0], "not-a-uuid"), second) if number % 2 else (first, (names[1], "yesterday"))
            yield WantedRequest("repeatability headers of another form", headers=wrong)


RULE = Rule(
    "replayed-once",
    replayed_once,
    options=RepeatableOptions,
    shown=ShowingRequests.BY_HEADERS,
    wants=(_wanted,),
    hidden_by=HiddenBy.NEW_ROOMS,
    row="sent again",
)
