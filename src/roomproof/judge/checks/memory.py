"""Does a room remember what it was told, and nothing else? Echo, unchanged members, constants, read-only members."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from roomproof.contract.clause import Clause, Part
from roomproof.contract.formats import instant, midnight
from roomproof.judge.check import check
from roomproof.judge.checks.creation import is_replay
from roomproof.judge.equality import echoes, same, same_value
from roomproof.judge.evidence import Evidence, Side, broken, kept, shown, unproven
from roomproof.judge.placeholder import is_placeholder
from roomproof.judge.seen import NoJson, Refusal, Seen

EMPTY: tuple[Any, ...] = (None, "", False, [], {})


def _known(seen: Seen) -> dict[str, Any]:
    """Return the room before the request, empty where it is not known for certain."""
    return seen.state.known if seen.state and not seen.state.uncertain else {}


def _speaks_of_the_room(seen: Seen) -> bool:
    """Whether the answer is that of an update by somebody who may, of a room that is there."""
    stopped = (Refusal.UNAUTHENTICATED, Refusal.UNKNOWN_ROOM)
    return seen.answer.accepted and not any(item.refusal in stopped for item in seen.request.obstacles)


def _refused_members(seen: Seen) -> set[str]:
    return {item.clause.path[0] for item in seen.request.obstacles if item.clause.path}


@check(Part.BEHAVIOUR, "echo")
def echo(seen: Seen) -> Iterator[Evidence]:
    """Looks for every value sent and accepted in the answer; date-times are compared as instants, URLs as RFC 3986 does."""
    if not _speaks_of_the_room(seen) or is_replay(seen):
        return
    for clause in seen.behaviours("echo"):
        name = clause.path[0]
        if name not in seen.request.sent or name in _refused_members(seen) or _is_unread(seen, name):
            continue
        if seen.answer.room is None:
            # Who documents no body shows nothing, and need not.
            if seen.answer.body is not NoJson.UNRECORDED and seen.operation.success.schema is not None:
                yield unproven(clause, "the response shows no room")
            continue
        value, default = seen.request.sent[name], _default(seen, name)
        if name not in seen.answer.room:
            yield broken(
                clause,
                f"{name} {shown(value)} was accepted, but the answer has no {name}",
                expected=shown(value),
                received="no such member",
            )
        elif not echoes(value, seen.answer.room[name], default, unset=_unset(seen, name) if value is None else None):
            got = shown(seen.answer.room[name])
            text = f"{name} {shown(value)} was accepted, but the answer says {got}"
            yield broken(clause, text, expected=shown(value), received=got, doubtful=name in seen.request.doubtful)
        elif left := _left_over(seen, name):
            text = f"{name} {shown(value)} was to replace what stood there, but the answer still has {', '.join(left)}"
            yield broken(clause, text, expected=shown(value), received=shown(seen.answer.room[name]))
        else:
            yield kept(clause)


def _is_unread(seen: Seen, name: str) -> bool:
    """Whether a recorder has made the value of a member unreadable, as it was sent or as it came back."""
    return name in seen.request.scrubbed or name in seen.answer.scrubbed


def _left_over(seen: Seen, name: str) -> list[str]:
    """Return what a PUT, which replaces (RFC 9110, 9.3.4), leaves of the value that a member was told before."""
    if seen.operation.method != "PUT" or seen.state is None or seen.state.uncertain or seen.answer.room is None:
        return []
    return [".".join(way) for way in _leftovers(seen.state.told.get(name), seen.request.sent[name], seen.answer.room[name], (name,))]


def _leftovers(told: Any, sent: Any, got: Any, way: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the ways to members that were told, are not sent now, and still stand there.

    What the server adds by itself was never told, and an empty value may be one that it adds.
    """
    if not (isinstance(told, dict) and isinstance(sent, dict) and isinstance(got, dict)):
        return
    for name in [name for name in told if name in got]:
        if name in sent:
            yield from _leftovers(told[name], sent[name], got[name], (*way, name))
        elif got[name] not in EMPTY and echoes(told[name], got[name], None):
            yield (*way, name)


def _unset(seen: Seen, name: str) -> Any:
    """Return what stands for a member that is not set: the empty text, where the response may not be null and may be that."""
    may_be = seen.compiled.response(seen.operation, seen.operation.success.status).may_be
    place = (*seen.contract.room.at, name)
    return "" if may_be(place, "") and not may_be(place, None) else None


def _default(seen: Seen, name: str) -> Any:
    clause = seen.operation.clause(Part.REQUEST, (name,), "default")
    return clause.options["default"] if clause else None


@check(Part.BEHAVIOUR, "unchanged")
def unchanged(seen: Seen) -> Iterator[Evidence]:
    """Compares every member that an update does not carry with the room as it was before."""
    if seen.sent_is_known:
        yield from _compared(seen, "unchanged", lambda name: name not in seen.request.sent, "the request does not carry it")


@check(Part.BEHAVIOUR, "null-unchanged")
def null_unchanged(seen: Seen) -> Iterator[Evidence]:
    """Sends null where no page allows it: if it is taken, the member keeps its value."""
    yield from _compared(seen, "null-unchanged", lambda name: seen.request.sent.get(name, ...) is None, "it was sent as null")


@check(Part.BEHAVIOUR, "read-only")
def read_only(seen: Seen) -> Iterator[Evidence]:
    """Sends another value for a read-only member: it may be refused or ignored, but never taken."""
    known = _known(seen)
    for clause in seen.behaviours("read-only"):
        name = clause.path[0]
        differs = name in seen.request.sent and name in known and seen.request.sent[name] != known[name]
        if differs and name not in seen.request.scrubbed and seen.is_refused:
            yield kept(clause, Side.REJECTED)
    yield from _compared(seen, "read-only", lambda _: True, "it cannot be changed")


def _compared(seen: Seen, rule: str, concerns: Any, why: str) -> Iterator[Evidence]:
    known, room = _known(seen), seen.answer.room
    if not _speaks_of_the_room(seen) or room is None:
        return
    for clause in seen.behaviours(rule):
        name = clause.path[0]
        if name in known and name in room and concerns(name):
            yield _equal(clause, known[name], room[name], f"{name} changes, although {why}")


def _equal(clause: Clause, before: Any, now: Any, text: str, *, doubtful: bool = False) -> Evidence:
    if same(before, now):
        return kept(clause)
    text = f"{text}: it was {shown(before)} and is now {shown(now)}"
    return broken(clause, text, expected=shown(before), received=shown(now), doubtful=doubtful)


@check(Part.BEHAVIOUR, "constant")
def constant(seen: Seen) -> Iterator[Evidence]:
    """Compares ids and times of creation with the path and with every earlier answer about the room.

    Where the documents leave open what becomes of one that a request carries (`when-sent: open`), a change is no more than a warning.
    """
    room = seen.answer.room
    if not _speaks_of_the_room(seen) or room is None:
        return
    for clause in seen.behaviours("constant"):
        name = clause.path[0]
        if name not in room:
            continue
        is_id = name == seen.contract.room.id and seen.room_id is not None
        if is_id and seen.is_second_hand and any(map(is_placeholder, (str(room[name]), seen.room_id or ""))):
            continue
        if is_id and not same_value(str(room[name]).lower(), (seen.room_id or "").lower()):
            text = f"the answer is about room {shown(room[name])}, the request about {seen.room_id}"
            yield broken(clause, text, expected=seen.room_id or "", received=shown(room[name]))
        elif name in _known(seen):
            left_open = clause.options.get("when-sent") == "open" and name in seen.request.sent
            yield _equal(clause, _known(seen)[name], room[name], f"{name} changes, although it is fixed at creation", doubtful=left_open)
        elif name == seen.contract.room.id:
            yield kept(clause)


@check(Part.BEHAVIOUR, "kept-or-default")
def kept_or_default(seen: Seen) -> Iterator[Evidence]:
    """Compares every member that a PUT leaves out with the room before and with the documented default."""
    known, room = _known(seen), seen.answer.room
    if not _speaks_of_the_room(seen) or room is None or not seen.sent_is_known:
        return
    derived = {clause.path[0]: clause.options["from"] for clause in seen.behaviours("default-from")}
    for clause in seen.behaviours("kept-or-default"):
        name = clause.path[0]
        if name in seen.request.sent or name not in known or name not in room or derived.get(name) in seen.answer.scrubbed:
            continue
        default = room.get(derived[name]) if name in derived else _default(seen, name)
        allowed = [known[name], *([default] if default is not None else EMPTY)]
        if any(same(value, room[name]) for value in allowed):
            yield kept(clause)
        else:
            text = f"{name} was left out; it was {shown(known[name])} and is now {shown(room[name])}, which is no documented default"
            yield broken(
                clause,
                text,
                expected=" or ".join(shown(value) for value in allowed[:2]),
                received=shown(room[name]),
            )


@check(Part.BEHAVIOUR, "date-only")
def date_only(seen: Seen) -> Iterator[Evidence]:
    """Sends a date without a time: the answer says midnight UTC of that day."""
    if not _speaks_of_the_room(seen) or seen.answer.room is None:
        return
    for clause in seen.behaviours("date-only"):
        name = clause.path[0]
        value = seen.request.sent.get(name)
        if isinstance(value, str) and midnight(value) is not None and name in seen.answer.room:
            got = seen.answer.room[name]
            if isinstance(got, str) and instant(got) == midnight(value):
                yield kept(clause)
            else:
                text = f"{name} {shown(value)} becomes {shown(got)} instead of midnight UTC"
                yield broken(clause, text, expected=f"{value}T00:00:00Z", received=shown(got))
