"""What the response to a request with an obstacle proves: was it rejected, and for nothing else?"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from roomproof.contract.clause import Clause, Part
from roomproof.interaction import Credentials
from roomproof.judge.evidence import Evidence, Side, broken, kept, unproven
from roomproof.judge.rule import Asked
from roomproof.judge.seen import REFUSES_THE_ROOM, REFUSES_THE_SENDER, Obstacle, Refusal, Seen

_OTHER_REASONS = (402, 405, 406, 408, 411, 412, 415, 416, 417, 421, 423, 424, 425, 426, 428, 431, 451)
"""Status codes that refuse method, media type, preconditions or connection (RFC 9110, 15.5; RFC 6585; RFC
4918, 11; RFC 7725).
"""
NOT_ABOUT_VALUES = (401, 403, 404, 407, 410, *_OTHER_REASONS)
"""Status codes that refuse something else, whatever the body holds: the sender and the room, too."""
_SAYS_WHY = {Refusal.UNAUTHENTICATED: REFUSES_THE_SENDER, Refusal.UNKNOWN_ROOM: REFUSES_THE_ROOM}
"""The status codes that name one reason, whatever else is wrong with a request."""
_OF_CARRIERS = (411, 415)
"""Status codes about how a body is sent, or that there is none (RFC 9110, 15.5.12 and 15.5.16)."""
CONFLICT = 409
"""Says that a request does not fit the state of things (RFC 9110, 15.5.10): a name that another room has."""


def perhaps_unseen(seen: Seen) -> list[str]:
    """Return the members that a request may be rejected for although nothing was seen that stands against
    them.

    A run knows most of what it runs into: there only a conflict can mean it. In a recording every rejection
    can, since not every room need be in it.
    """
    if seen.answer.response.status != CONFLICT and not seen.is_second_hand:
        return []
    unseen = seen.compiled.request(seen.operation).unseen
    return [clause.path[0] for is_unseen, clause in unseen if is_unseen(seen, clause)]


def judged_obstacle(seen: Seen, obstacle: Obstacle) -> Iterator[Evidence]:
    """Yield what the answer to a request with an obstacle proves: broken if accepted, kept if it alone got it
    refused.
    """
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
    """Return why an answer that accepts nothing is no refusal of an obstacle for certain, an empty text if it
    is one.
    """
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
    of_value = obstacle.refusal in (Refusal.INVALID, Refusal.UNREADABLE)
    of_body = of_value and obstacle.clause.options.get("in", "body") == "body"
    of_carrier = status in _OF_CARRIERS and obstacle.refusal is Refusal.UNREADABLE
    if of_body and status in NOT_ABOUT_VALUES and not of_carrier:
        return f"status {status} is not about a value"
    if of_body and (taken := [name for name in perhaps_unseen(seen) if name not in obstacle.clause.path[:1]]):
        return f"another room may have the same {' or '.join(taken)}"
    return ""


def rejects(credentials: Credentials) -> Callable[[Asked, Clause], Iterator[Obstacle]]:
    """Return what gets a request with some credentials rejected; of unknown ones nothing is said."""

    def obstacles(asked: Asked, clause: Clause) -> Iterator[Obstacle]:
        if asked.request.credentials is credentials:
            yield Obstacle(clause, Refusal.UNAUTHENTICATED, f"{credentials.value} credentials")

    return obstacles


def credentials_demanded(seen: Seen) -> Iterator[Evidence]:
    """Sends requests without credentials, with wrong ones and with too few rights: each is refused
    with 4xx.
    """
    is_stranger = seen.interaction.request.credentials is not Credentials.VALID
    for obstacle in seen.request.obstacles:
        if obstacle.refusal is Refusal.UNAUTHENTICATED and is_stranger:
            yield from judged_obstacle(seen, obstacle)


def refused_for_what_exists(seen: Seen) -> Iterator[Evidence]:
    """Names rooms that do not exist, taken values, windows that cannot be, half a pair of headers: each is
    refused with 4xx.
    """
    for obstacle in seen.request.obstacles:
        if obstacle.clause.part is Part.BEHAVIOUR and obstacle.refusal is not Refusal.UNAUTHENTICATED:
            yield from judged_obstacle(seen, obstacle)
