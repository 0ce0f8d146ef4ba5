"""What a new room is like: defaults, server-made ids, time of creation, requests that may be repeated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from roomproof.contract.clause import Clause, Part, path_of, values_at
from roomproof.contract.formats import Instant, instant
from roomproof.interaction import header
from roomproof.judge.check import Sight, check
from roomproof.judge.equality import same, same_value
from roomproof.judge.evidence import Evidence, broken, kept, shown
from roomproof.judge.identity import room_key
from roomproof.judge.placeholder import is_placeholder
from roomproof.judge.rooms import Repeat
from roomproof.judge.seen import NOT_HERE, Seen

CLOCK = timedelta(minutes=2)
"""How far two moments of one request may lie apart and still both be "now"."""


@check(Part.REQUEST, "default", sees=(Sight.OPERATION, Sight.CREATION))
def defaults(seen: Seen) -> Iterator[Evidence]:
    """Looks at rooms whose creation was seen for members that nobody ever set: they have the documented default."""
    if not seen.answer.accepted or seen.answer.room is None or not _from_creation(seen):
        return
    ever_set = set(seen.state.told) if seen.state else set()
    for clause in seen.operation.by_rule.get((Part.REQUEST, "default"), ()):
        name = clause.path[0]
        if len(clause.path) == 1 and name not in ever_set and name not in seen.request.sent and name in seen.answer.room:
            yield _is(clause, name, clause.options["default"], seen.answer.room[name])


def _from_creation(seen: Seen) -> bool:
    if not seen.sent_is_known or is_replay(seen):
        return False
    return seen.room_id is None or (seen.state is not None and seen.state.created_with is not None and seen.state.history_known)


def _is(clause: Any, name: str, wanted: Any, got: Any) -> Evidence:
    if same_value(wanted, got):
        return kept(clause)
    return broken(
        clause,
        f"{name} was never set; it is {shown(got)}, documented is {shown(wanted)}",
        expected=shown(wanted),
        received=shown(got),
    )


@check(Part.BEHAVIOUR, "default-from", sees=(Sight.OPERATION, Sight.CREATION))
def default_from(seen: Seen) -> Iterator[Evidence]:
    """Looks at rooms whose creation was seen: a member that nobody ever set has the value of another one."""
    for clause in seen.behaviours("default-from"):
        for _, origin in values_at(seen.answer.room, path_of(clause.options["from"])):
            yield from _never_set(seen, clause, origin)


@check(Part.BEHAVIOUR, "default-value", sees=(Sight.OPERATION, Sight.CREATION))
def default_value(seen: Seen) -> Iterator[Evidence]:
    """Looks at rooms whose creation was seen: a member of what is in the room has its default, if the room's own was never set."""
    for clause in seen.behaviours("default-value"):
        yield from _never_set(seen, clause, clause.options["default"])


def _never_set(seen: Seen, clause: Clause, default: Any) -> Iterator[Evidence]:
    """Compare a member with its default; what was set of that name, in the room or below it, may have been handed down."""
    name = clause.path[-1]
    if not seen.answer.accepted or seen.answer.room is None or not _from_creation(seen):
        return
    if name not in seen.request.sent and (seen.state is None or name not in seen.state.told):
        yield from (_is(clause, clause.field, default, value) for _, value in values_at(seen.answer.room, clause.path))


@check(Part.BEHAVIOUR, "default-now")
def default_now(seen: Seen) -> Iterator[Evidence]:
    """Creates rooms without the member: it is the time of creation, plus the documented number of days.

    Where it counts from a date-time that was sent, a limit on the length of windows may be why: that proves nothing.
    """
    room = seen.answer.room
    if not seen.answer.accepted or room is None or seen.room_id is not None or seen.request.unsettled or is_replay(seen):
        return
    for clause in seen.behaviours("default-now"):
        name, created = clause.path[0], _moment(room.get(clause.options["created"]))
        got = _moment(room.get(name))
        if name in seen.request.sent or created is None or got is None:
            continue
        days = timedelta(days=clause.options["plus-days"])
        sent = (moment for key in seen.request.sent if (moment := _moment(room.get(key))) is not None)
        if abs(got - created - days) <= CLOCK:
            yield kept(clause)
        elif not days or not any(abs(got - start - days) <= CLOCK for start in sent):
            text = f"{name} was not sent; it is {shown(room[name])}, which is not the time of creation plus {days.days} days"
            yield broken(clause, text, expected=f"{clause.options['created']} + {days.days} days", received=shown(room[name]))


def _moment(value: Any) -> Instant | None:
    return instant(value) if isinstance(value, str) else None


@check(Part.BEHAVIOUR, "created-now")
def created_now(seen: Seen) -> Iterator[Evidence]:
    """Compares a new room's time of creation with the Date header of the answer."""
    sent_at = header(seen.answer.response.headers, "date")
    if not seen.answer.accepted or seen.answer.room is None or seen.room_id is not None or sent_at is None:
        return
    try:
        now = Instant.of(parsedate_to_datetime(sent_at))
    except (ValueError, TypeError):
        return
    for clause in seen.behaviours("created-now"):
        got = _moment(seen.answer.room.get(clause.path[0]))
        if got is None or is_replay(seen):
            continue
        if abs(got - now) <= CLOCK:
            yield kept(clause)
        else:
            text = f"the new room says it was created at {shown(seen.answer.room[clause.path[0]])}, the answer is of {sent_at}"
            yield broken(clause, text, expected=sent_at, received=shown(seen.answer.room[clause.path[0]]))


@check(Part.BEHAVIOUR, "server-generated", sees=(Sight.OPERATION, Sight.CREATION))
def server_generated(seen: Seen) -> Iterator[Evidence]:
    """Creates rooms, one with an id of its own choice: every id is new, and none is the sender's."""
    room = seen.answer.room
    if not seen.answer.accepted or room is None or seen.room_id is not None or is_replay(seen):
        return
    for clause in seen.behaviours("server-generated"):
        name = clause.path[0]
        if name not in room or is_placeholder_of(seen, room[name]):
            continue
        key = room_key(seen.interaction.request, str(room[name])) or ""
        if seen.rooms.was_there(key) and not seen.rooms.is_of_another_file(key):
            yield broken(
                clause, f"the new room has the id {shown(room[name])} of an earlier one", expected="a new id", received=shown(room[name])
            )
        elif name in seen.request.sent and seen.request.sent[name] == room[name]:
            yield broken(
                clause,
                f"the new room has the id {shown(room[name])} that the request asked for",
                expected="an id of the server's",
                received=shown(room[name]),
            )
        else:
            yield kept(clause)


def repeatability_key(seen: Seen) -> str | None:
    """Return the id under which a request may be repeated, or None."""
    return _repeatability(seen, "id")


def first_sent(seen: Seen) -> str | None:
    """Return when a request that may be repeated says it was first sent, or None."""
    return _repeatability(seen, "first-sent")


def _repeatability(seen: Seen, option: str) -> str | None:
    clause = next(iter(seen.behaviours("replayed-once")), None)
    value = None if clause is None else header(seen.interaction.request.headers, clause.options[option])
    return None if value is None or is_placeholder_of(seen, value) else value


def _is_same_request(seen: Seen, first: Repeat) -> bool:
    """Whether both headers and the body are those of the first request; recorders give unlike requests one made-up id.

    They may give each test's requests the same ones, too, in a file of its own.
    """
    is_at_hand = first.file == seen.rooms.file
    return (
        is_at_hand and first.body == seen.interaction.request.body and first.first_sent is not None and first.first_sent == first_sent(seen)
    )


def is_replay(seen: Seen) -> bool:
    """Whether a request carries the repeatability id of an earlier one: its answer may show the room as it was then, or as it is now."""
    clause = next(iter(seen.behaviours("replayed-once")), None)
    value = None if clause is None else header(seen.interaction.request.headers, clause.options["id"])
    if value is not None and is_placeholder_of(seen, value) and seen.answer.room is not None:
        # Which request it repeats nobody can tell, but a room that was there before it has not made.
        made = room_key(seen.interaction.request, str(seen.answer.room.get(seen.contract.room.id, "")))
        return made is not None and seen.rooms.was_there(made)
    return value in seen.rooms.repeats


def is_placeholder_of(seen: Seen, value: Any) -> bool:
    """Whether the recorder of an interaction has put something else in the place of a value."""
    return seen.is_second_hand and isinstance(value, str) and is_placeholder(value)


@check(Part.BEHAVIOUR, "replayed-once")
def replayed_once(seen: Seen) -> Iterator[Evidence]:
    """Repeats a request with the same repeatability id: the answer is about the same room, made once."""
    first = seen.rooms.repeats.get(repeatability_key(seen) or "")
    if first is None or seen.request.obstacles or seen.answer.body in NOT_HERE or not _is_same_request(seen, first):
        return
    for clause in seen.behaviours("replayed-once"):
        if seen.answer.room is None or not seen.answer.accepted:
            status = f"status {seen.answer.response.status}"
            yield broken(clause, "a repeated request is not answered like the first", expected="the first answer", received=status)
            continue
        now = _as_it_is_now(seen, first)
        shown_again = seen.answer.room
        changed = [
            name
            for name, value in first.room.items()
            if name not in seen.answer.scrubbed
            and not same(value, shown_again.get(name))
            and not same(now.get(name, value), shown_again.get(name))
        ]
        if changed:
            name = seen.contract.room.id if seen.contract.room.id in changed else changed[0]
            text = f"a repeated request is executed again: {name} is {shown(seen.answer.room.get(name))} after {shown(first.room[name])}"
            yield broken(clause, text, expected=shown(first.room[name]), received=shown(seen.answer.room.get(name)))
        else:
            yield kept(clause)


def _as_it_is_now(seen: Seen, first: Repeat) -> Mapping[str, Any]:
    """Return what is known of the room that the first request made: an answer that shows it as it is now is appropriate, too."""
    state = seen.rooms.get(room_key(seen.interaction.request, str(first.room.get(seen.contract.room.id))) or "")
    return state.known if state else {}
