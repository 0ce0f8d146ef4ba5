"""Does every answer look as documented: status, media type, headers, body?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from roomproof.contract.clause import Clause, Part, values_at
from roomproof.contract.model import ResponseSpec
from roomproof.interaction import header, media_type
from roomproof.judge.check import check
from roomproof.judge.equality import echoes
from roomproof.judge.evidence import Evidence, Side, broken, kept, shown, unproven
from roomproof.judge.placeholder import is_placeholder
from roomproof.judge.rules import ResponseRules
from roomproof.judge.seen import BYTE_ORDER_MARK, NOT_HERE, NoJson, Refusal, Seen, repeated_name
from roomproof.judge.validators import PlaceValidator

MOST_VALUES = 1_000
"""So many values at one place of an answer are held against its clauses: what is wrong with a list is wrong
with its beginning."""


def documented_response(seen: Seen) -> ResponseSpec | None:
    """Return the documented response that an answer claims to be, or None."""
    status = seen.answer.response.status
    exact = seen.operation.by_status.get(str(status))
    if exact is not None or not seen.answer.refused:
        return exact or (seen.operation.success if seen.answer.accepted else None)
    return seen.operation.by_status.get("default")


@check(Part.RESPONSE, "status")
def statuses(seen: Seen) -> Iterator[Evidence]:
    """Compares the status of a request that was carried out, or refused for one reason, with the documented one."""
    status = seen.answer.response.status
    spec, harmless = _expected(seen)
    clause = None if spec is None else _rules(seen, spec.status).status
    if clause is None:
        return
    if str(status) == clause.status:
        yield kept(clause, Side.ACCEPTED if seen.answer.accepted else None)
    elif seen.answer.accepted or (status >= 300 and spec is not seen.operation.success):
        text = f"the answer has status {status} where {clause.status} is documented"
        yield broken(clause, text, expected=f"status {clause.status}", received=f"status {status}", lenient=harmless)
    elif spec is seen.operation.success and not seen.answer.refused and status < 500:
        yield broken(
            clause, f"a valid request is answered with status {status}", expected=f"status {clause.status}", received=f"status {status}"
        )


def _expected(seen: Seen) -> tuple[ResponseSpec | None, bool]:
    """Return the documented response to a request, and whether another status of its class is harmless."""
    obstacles = seen.request.obstacles
    if seen.answer.refused and not seen.is_refused:
        return None, False
    if seen.answer.accepted or (not obstacles and not seen.request.unsettled and not seen.answer.refused):
        return seen.operation.success, False
    status_class = seen.answer.response.status // 100
    strongest = [item for item in obstacles if item.refusal is Refusal.UNAUTHENTICATED] or list(obstacles)
    if status_class not in (3, 4, 5) or len(strongest) != 1:
        return None, False
    obstacle = strongest[0]
    if obstacle.refusal is Refusal.UNREADABLE or (obstacle.refusal is Refusal.UNKNOWN_ROOM and obstacle.clause.part is Part.REQUEST):
        return None, False
    harmless = status_class != 3 and (obstacle.lenient or obstacle.clause.rule in ("type", "null", "unique"))
    return seen.operation.refusal(obstacle.refusal.value), harmless


@check(Part.RESPONSE, "media-type")
def media_types(seen: Seen) -> Iterator[Evidence]:
    """Compares the Content-Type of every answer with the documented media type."""
    spec = documented_response(seen)
    if spec is None or spec.media_type is None:
        return
    clause = _rules(seen, spec.status).media
    if clause is None:
        return
    found = media_type(seen.answer.response.headers)
    if found is not None and _is_unread(seen, found):
        return
    if found is None:
        text = f"the answer is sent as no media type, where {spec.media_type} is documented"
        yield from _no_header(seen, clause, text, expected=spec.media_type, received="no Content-Type")
    elif found != spec.media_type:
        text = f"the answer is sent as {found}, where {spec.media_type} is documented"
        yield broken(clause, text, expected=spec.media_type, received=found)
    else:
        yield kept(clause)


def _no_header(seen: Seen, clause: Clause, text: str, *, expected: str, received: str) -> Iterator[Evidence]:
    """Yield what it proves that a header is not there: less if a recorder may have dropped it, nothing if it kept none at all."""
    if seen.answer.response.headers or not seen.is_second_hand:
        yield broken(clause, text, expected=expected, received=received, doubtful=seen.is_second_hand)


@check(Part.RESPONSE)
def values_returned(seen: Seen) -> Iterator[Evidence]:
    """Holds every value of every answer, body and header, against the clause's keyword."""
    spec = documented_response(seen)
    if spec is None:
        return
    rules = _rules(seen, spec.status)
    for place in rules.header_values:
        value = header(seen.answer.response.headers, place.path[-1])
        if value is not None and not _is_unread(seen, value):
            yield from (_judged(item.clause, item.keeps(value), value, place.path[-1]) for item in place.items)
    if isinstance(seen.answer.body, NoJson):
        yield from _unreadable(rules, seen.answer.body)
        yield from _unread(rules, seen.answer.body)
        return
    for place, values in rules.values.held(seen.answer.body):
        for pointer, value in values[:MOST_VALUES]:
            if _is_unread(seen, value):
                continue
            if value is not None and place.keeps(value):
                yield from place.kept
            else:
                yield from _one_by_one(seen, place, pointer, value)


def _is_unread(seen: Seen, value: Any) -> bool:
    """Whether a recorder has put something else in the place of a value, or of what is in it."""
    return seen.is_second_hand and isinstance(value, str) and is_placeholder(value)


def _one_by_one(seen: Seen, place: PlaceValidator, pointer: tuple[str, ...], value: Any) -> Iterator[Evidence]:
    """Yield what a value says of each clause about its place; one of a wrong type breaks no other clause."""
    wrong_type = False
    for item in place.items:
        if value is None and item.clause.rule != "null":
            continue
        keeps = item.keeps(value)
        if not keeps and wrong_type:
            continue
        wrong_type = wrong_type or (item.clause.rule == "type" and not keeps)
        if keeps:
            yield kept(item.clause)
        elif not _was_told(seen, pointer, value):
            yield _judged(item.clause, False, value, ".".join(pointer))


def _unreadable(rules: ResponseRules, body: NoJson) -> Iterator[Evidence]:
    """A body that holds no JSON value has no type at all; one that only some parsers read may be a faithful echo."""
    if body in (*NOT_HERE, NoJson.DISPUTED):
        return
    for place in rules.values:
        for item in place.items:
            if not place.path and item.clause.rule == "type":
                text = f"the body of the answer is {body.value}, where JSON is documented"
                yield broken(item.clause, text, expected="a JSON value", received=f"a body that is {body.value}")


def _unread(rules: ResponseRules, body: NoJson) -> Iterator[Evidence]:
    """What every readable body shows is unproven; where a recorder left it out, that is no doubt about the provider."""
    if body is not NoJson.UNRECORDED:
        why = f"the body of the response is {body.value}"
        for place in rules.values:
            if rules.is_always_there(place.path):
                yield from (unproven(item.clause, why) for item in place.items)
        for members in rules.present:
            if rules.is_always_there(members.path):
                yield from (unproven(clause, why) for clause in members.clauses)


@check(Part.RESPONSE, "json")
def json_texts(seen: Seen) -> Iterator[Evidence]:
    """Looks whether every JSON answer is a text that all parsers read alike: no byte order mark, no name twice in an object."""
    spec = documented_response(seen)
    clause = None if spec is None else _rules(seen, spec.status).json
    if clause is None or seen.answer.body in (NoJson.ABSENT, NoJson.MALFORMED, *NOT_HERE) or seen.answer.response.respelt:
        return
    # A text on which parsers differ may be one that was sent, and kept as it was.
    if seen.answer.body is NoJson.DISPUTED:
        text, received = "parsers differ on the body of the response", NoJson.DISPUTED.value
    elif seen.answer.response.body.startswith(BYTE_ORDER_MARK):
        text, received = "the body of the response begins with a byte order mark", "a byte order mark"
    elif name := repeated_name(seen.answer.response.body):
        text, received = f"the body of the response has the name {name} twice in one object", f"{name} twice"
    else:
        yield kept(clause)
        return
    expected = "JSON that every parser reads alike (RFC 8259)"
    yield broken(clause, text, expected=expected, received=received, doubtful=seen.answer.body is NoJson.DISPUTED)


def _was_told(seen: Seen, pointer: tuple[str, ...], value: Any) -> bool:
    """Whether a value only repeats what was sent and accepted: then the accepting was judged, the repeating is right."""
    at, room = seen.contract.room.at, seen.answer.room
    if value is None or room is None or pointer[: len(at)] != at or len(pointer) == len(at):
        return False
    name = pointer[len(at)]
    told = seen.request.sent if name in seen.request.sent or seen.state is None else seen.state.told
    return name in told and echoes(told[name], room.get(name), None)


def _judged(clause: Clause, keeps: bool, value: Any, name: str) -> Evidence:
    if keeps:
        return kept(clause)
    text = shown(value)
    return broken(clause, f"the answer's {name or 'body'} is {text}, but {clause.demands}", expected=clause.demands, received=text)


@check(Part.RESPONSE, "present")
def members_present(seen: Seen) -> Iterator[Evidence]:
    """Looks in every answer for the members and headers that the document lists."""
    spec = documented_response(seen)
    if spec is None:
        return
    rules = _rules(seen, spec.status)
    for clause in rules.headers:
        name = clause.path[-1]
        if header(seen.answer.response.headers, name) is not None:
            yield kept(clause)
        else:
            yield from _no_header(seen, clause, f"the answer has no header {name}", expected=name, received="no such header")
    for members in rules.present:
        objects = [(pointer, value) for pointer, value in values_at(seen.answer.body, members.path) if isinstance(value, dict)]
        if len(objects) == 1 and members.names <= objects[0][1].keys():
            yield from members.kept
            continue
        for clause in members.clauses:
            for pointer, value in objects[:MOST_VALUES]:
                yield kept(clause) if clause.path[-1] in value else _absent(clause, pointer, value)


def _absent(clause: Clause, pointer: tuple[str, ...], value: dict[str, Any]) -> Evidence:
    name = ".".join((*pointer, clause.path[-1]))
    return broken(clause, f"the answer has no {name}", expected=f"a member {name}", received=", ".join(value) or "{}")


def _rules(seen: Seen, status: str) -> ResponseRules:
    return seen.compiled.response(seen.operation, status)


@check(Part.BEHAVIOUR, "no-server-error")
def no_server_error(seen: Seen) -> Iterator[Evidence]:
    """Watches every answer to every request, valid or not, for a 5xx status."""
    status = seen.answer.response.status
    for clause in seen.behaviours("no-server-error"):
        if status < 500:
            yield kept(clause)
        else:
            text = f"a server error answers a request with {seen.request.told}"
            yield broken(clause, text, expected="a status below 500", received=f"status {status}")
