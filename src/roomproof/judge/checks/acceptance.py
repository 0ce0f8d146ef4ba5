"""Is what is documented accepted, and what is excluded refused?"""

from __future__ import annotations

from collections.abc import Iterator

from roomproof.contract.clause import Part
from roomproof.interaction import Credentials
from roomproof.judge.blame import blame, clause_of_success, clauses_of_member
from roomproof.judge.check import check
from roomproof.judge.evidence import Evidence, Side, broken, kept, shown, unproven
from roomproof.judge.leniency import backing_of
from roomproof.judge.placeholder import is_placeholder
from roomproof.judge.rules import Parameter
from roomproof.judge.seen import REFUSES_THE_ROOM, REFUSES_THE_SENDER, Obstacle, Refusal, Seen
from roomproof.judge.uniqueness import perhaps_taken

_OTHER_REASONS = (402, 405, 406, 408, 411, 412, 415, 416, 417, 421, 423, 424, 425, 426, 428, 431, 451)
"""Status codes that refuse method, media type, preconditions or connection (RFC 9110, 15.5; RFC 6585; RFC 4918, 11; RFC 7725)."""
NOT_ABOUT_VALUES = (401, 403, 404, 407, 410, *_OTHER_REASONS)
"""Status codes that refuse something else, whatever the body holds: the sender and the room, too."""
_SAYS_WHY = {Refusal.UNAUTHENTICATED: REFUSES_THE_SENDER, Refusal.UNKNOWN_ROOM: REFUSES_THE_ROOM}
"""The status codes that name one reason, whatever else is wrong with a request."""
_OF_CARRIERS = (411, 415)
"""Status codes about how a body is sent, or that there is none (RFC 9110, 15.5.12 and 15.5.16)."""
_OF_THE_STATE = (402, 408, 409, 412, 421, 423, 424, 425, 428, 451)
"""Status codes about the state of things, or of the account: in a recording of somebody else it need not be seen."""
CONFLICT = 409
"""Says that a request does not fit the state of things (RFC 9110, 15.5.10): a name that another room has."""


@check(Part.REQUEST)
def values_taken_and_refused(seen: Seen) -> Iterator[Evidence]:
    """Sends values on, inside and outside what the clause allows: the former are accepted, the latter refused with 4xx."""
    if seen.request.must_be_accepted and seen.answer.accepted:
        yield from _accepted(seen)
    elif seen.request.must_be_accepted and seen.is_refused:
        yield from _valid_refused(seen)
    elif seen.request.must_be_accepted:
        yield from _not_accepted(seen, f"status {seen.answer.response.status} neither accepts nor rejects")
    elif seen.request.obstacles:
        yield from _obstacles(seen, Refusal.INVALID, Refusal.UNREADABLE)
        yield from _obstacles(seen, Refusal.UNKNOWN_ROOM, part=Part.REQUEST)


def _accepted(seen: Seen) -> Iterator[Evidence]:
    for name, edges in seen.request.edges.items():
        accepted = seen.operation.clause(Part.REQUEST, (name,), "accepted")
        if accepted is not None:
            yield kept(accepted, Side.ACCEPTED)
        yield from (kept(clause, Side.ACCEPTED) for clause in edges)
    yield from (kept(clause, Side.ACCEPTED) for clause in seen.request.inside)
    for parameter in seen.compiled.request(seen.operation).parameters:
        if _was_sent(seen, parameter):
            yield from (kept(item.clause, Side.ACCEPTED) for item in parameter.value.items)
    for clause in seen.operation.by_rule.get((Part.REQUEST, "media-type"), ()):
        if seen.request.sent:
            yield kept(clause, Side.ACCEPTED)


def _was_sent(seen: Seen, parameter: Parameter) -> bool:
    """Whether a parameter was sent, with a value that can be read."""
    value = parameter.sent_in(seen.interaction.request, seen.parameters)
    return value is not None and not (seen.is_second_hand and is_placeholder(value))


def _not_accepted(seen: Seen, why: str) -> Iterator[Evidence]:
    """Yield that what the values of a valid request sit on was tried, and that nothing came of it.

    A recording of others says nothing of the kind: who asked, and what else there was, is not known.
    """
    if seen.is_second_hand:
        return
    for name, edges in seen.request.edges.items():
        accepted = seen.operation.clause(Part.REQUEST, (name,), "accepted")
        yield from (unproven(clause, why) for clause in (*edges, *((accepted,) if accepted is not None else ())))


def _valid_refused(seen: Seen) -> Iterator[Evidence]:
    """Blame the limit that the one sent member sits on; with several members the success status, and name the suspects."""
    status = seen.answer.response.status
    if taken := _perhaps_taken(seen):
        yield from _not_accepted(seen, f"status {status}: another room may have the same {' or '.join(taken)}")
        return
    if seen.is_second_hand and status in _OF_THE_STATE:
        return
    expected, received = f"status {seen.operation.success.status}", f"status {status}"
    blamed = blame(seen.operation, seen.request, seen.rooms)
    about_values = status not in NOT_ABOUT_VALUES
    if blamed.is_only_fragile and about_values:
        for clause in blamed.fragile:
            text = f"{clause.field}: a value that only {backing_of(clause)} allows is refused"
            yield broken(clause, text, expected=expected, received=received, lenient=True)
        return
    if (name := blamed.member) and about_values:
        for clause in clauses_of_member(seen.operation, seen.request, seen.rooms, blamed):
            text = f"{name} {shown(seen.request.sent[name])} is documented as valid ({clause.demands}), but it is refused"
            yield broken(clause, text, expected=expected, received=received)
        return
    what = ", ".join(seen.request.sent) or "no member"
    explaining = tuple(clause.id for clause in (*blamed.fragile, *blamed.suspects)) if about_values and blamed.members else ()
    success, text = clause_of_success(seen.operation, seen.request), f"a valid request ({what}) is refused"
    yield broken(success, text, expected=expected, received=received, lenient=bool(blamed.fragile), suspects=explaining)


def _perhaps_taken(seen: Seen) -> list[str]:
    """Return the members that must be unique and may be those of a room of which nothing is known, if the answer can mean that.

    What the room itself has already is no other one's. A run makes its names up: only a conflict can mean it, and what one of its rooms
    had and gave up nobody else has. In a recording every refusal can, since not every room need be in it.
    """
    if seen.answer.response.status != CONFLICT and not seen.is_second_hand:
        return []
    unique, rooms = seen.compiled.request(seen.operation).unique, None if seen.is_second_hand else seen.rooms
    return perhaps_taken(unique, seen.request.sent, rooms, seen.state)


def _obstacles(seen: Seen, *kinds: Refusal, part: Part | None = None) -> Iterator[Evidence]:
    if any(obstacle.refusal is Refusal.UNAUTHENTICATED for obstacle in seen.request.obstacles):
        return
    for obstacle in seen.request.obstacles:
        if obstacle.refusal in kinds and obstacle.clause.part is (part or Part.REQUEST):
            yield from judged_obstacle(seen, obstacle)


def judged_obstacle(seen: Seen, obstacle: Obstacle) -> Iterator[Evidence]:
    """Yield what the answer to a request with an obstacle proves: broken if accepted, kept if it alone got it refused."""
    status = seen.answer.response.status
    if seen.answer.accepted:
        text = f"{obstacle.what} is accepted, although {obstacle.clause.demands}"
        yield broken(
            obstacle.clause,
            text,
            expected="a refusal (status 4xx)",
            received=f"status {status}",
            lenient=obstacle.lenient,
            doubtful=obstacle.doubtful,
        )
    elif why := _why_unproven(seen, obstacle):
        # What a recorder left out, or who sent it, is not known: that is no doubt about the provider.
        if not seen.is_second_hand:
            yield unproven(obstacle.clause, why)
    else:
        yield kept(obstacle.clause, Side.REJECTED)


def _why_unproven(seen: Seen, obstacle: Obstacle) -> str:
    """Return why an answer that accepts nothing is no refusal of an obstacle for certain, an empty text if it is one."""
    status = seen.answer.response.status
    if not seen.answer.refused:
        return f"status {status} neither accepts nor rejects"
    if not seen.is_refused:
        return f"status {status} may refuse the sender or the room"
    if status in _SAYS_WHY.get(obstacle.refusal, ()):
        return ""
    if other := seen.request.other_reason(obstacle):
        return f"it may be refused for another reason: {other}"
    if obstacle.refusal is Refusal.UNAUTHENTICATED:
        return f"status {status} is about something else" if status in (*_OTHER_REASONS, CONFLICT) else ""
    # That a room is gone, or a sender unknown, says nothing of a body.
    of_body = obstacle.refusal in (Refusal.INVALID, Refusal.UNREADABLE) and obstacle.clause.options.get("in", "body") == "body"
    if of_body and status in NOT_ABOUT_VALUES and not (status in _OF_CARRIERS and obstacle.refusal is Refusal.UNREADABLE):
        return f"status {status} is not about a value"
    if of_body and (taken := [name for name in _perhaps_taken(seen) if name not in obstacle.clause.path[:1]]):
        return f"another room may have the same {' or '.join(taken)}"
    return ""


@check(Part.BEHAVIOUR, "missing-refused", "wrong-refused", "scope-required")
def credentials_demanded(seen: Seen) -> Iterator[Evidence]:
    """Sends requests without credentials, with wrong ones and with too few rights: each is refused with 4xx."""
    for obstacle in seen.request.obstacles:
        if obstacle.refusal is Refusal.UNAUTHENTICATED and seen.interaction.request.credentials is not Credentials.VALID:
            yield from judged_obstacle(seen, obstacle)


@check(Part.BEHAVIOUR, "unknown-refused", "unique", "window", "pair-required")
def refused_for_what_exists(seen: Seen) -> Iterator[Evidence]:
    """Names rooms that do not exist, taken values, windows that cannot be, half a pair of headers: each is refused with 4xx."""
    for obstacle in seen.request.obstacles:
        if obstacle.clause.part is Part.BEHAVIOUR and obstacle.refusal is not Refusal.UNAUTHENTICATED:
            yield from judged_obstacle(seen, obstacle)
