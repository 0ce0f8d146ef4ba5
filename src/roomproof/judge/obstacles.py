"""What the response to a request with a violation proves: was it rejected, and for nothing else?"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from roomproof.contract.clause import Clause, Part
from roomproof.interaction import Credentials
from roomproof.judge.evidence import Evidence, Side, broken, kept, unproven
from roomproof.judge.judged_interaction import (
    REJECTS_THE_ROOM,
    REJECTS_THE_SENDER,
    JudgedInteraction,
    RejectionReason,
    Violation,
)
from roomproof.judge.rule import ReadableRequest

_OTHER_REASONS = (402, 405, 406, 408, 411, 412, 415, 416, 417, 421, 423, 424, 425, 426, 428, 431, 451)
"""Status codes that reject method, media type, preconditions or connection (RFC 9110, 15.5; RFC 6585; RFC
4918, 11; RFC 7725).
"""
NOT_ABOUT_VALUES = (401, 403, 404, 407, 410, *_OTHER_REASONS)
"""Status codes that reject something else, whatever the body holds: the sender and the room, too."""
_SAYS_WHY = {
    RejectionReason.UNAUTHENTICATED: REJECTS_THE_SENDER,
    RejectionReason.UNKNOWN_ROOM: REJECTS_THE_ROOM,
}
"""The status codes that name one reason, whatever else is wrong with a request."""
_OF_CARRIERS = (411, 415)
"""Status codes about how a body is sent, or that there is none (RFC 9110, 15.5.12 and 15.5.16)."""
CONFLICT = 409
"""Says that a request does not fit the state of things (RFC 9110, 15.5.10): a name that another room has."""


def perhaps_unseen(seen: JudgedInteraction) -> list[str]:
    """Return the fields that a request may be rejected for although nothing was seen that stands against
    them.

    A run knows most of what it runs into: there only a conflict can mean it. In a recording every rejection
    can, since not every room need be in it.
    """
    if seen.response.response.status != CONFLICT and not seen.is_second_hand:
        return []
    unseen = seen.compiled.request(seen.operation).unseen
    return [clause.path[0] for is_unseen, clause in unseen if is_unseen(seen, clause)]


def judged_violation(seen: JudgedInteraction, violation: Violation) -> Iterator[Evidence]:
    """Yield what the response to a request with a violation proves: broken if accepted, kept if it alone got
    it rejected.
    """
    status = seen.response.response.status
    if seen.response.accepted:
        text = f"{violation.what} is accepted, although {violation.clause.demands}"
        yield broken(
            violation.clause,
            text,
            expected="a rejection (status 4xx)",
            received=f"status {status}",
            reason=f"{violation.what} is accepted",
            lenient=violation.lenient,
            doubtful=violation.doubtful,
        )
    elif why := _why_unproven(seen, violation):
        # What a recorder left out, or who sent it, is not known: that is no doubt about the provider.
        if not seen.is_second_hand:
            yield unproven(violation.clause, why)
    else:
        yield kept(violation.clause, Side.REJECTED)


def _why_unproven(seen: JudgedInteraction, violation: Violation) -> str:
    """Return why a response that accepts nothing is no rejection of a violation for certain, an empty text if
    it is one.
    """
    status = seen.response.response.status
    if not seen.response.rejected:
        return f"status {status} neither accepts nor rejects"
    if not seen.is_rejected:
        return f"status {status} may reject the sender or the room"
    if status in _SAYS_WHY.get(violation.rejection, ()):
        return ""
    if other := seen.request.other_reason(violation):
        return f"it may be rejected for another reason: {other}"
    if violation.rejection is RejectionReason.UNAUTHENTICATED:
        return f"status {status} is about something else" if status in (*_OTHER_REASONS, CONFLICT) else ""
    # That a room is gone, or a sender unknown, says nothing of a body.
    of_value = violation.rejection in (RejectionReason.INVALID, RejectionReason.UNREADABLE)
    of_body = of_value and violation.clause.options.get("in", "body") == "body"
    of_carrier = status in _OF_CARRIERS and violation.rejection is RejectionReason.UNREADABLE
    if of_body and status in NOT_ABOUT_VALUES and not of_carrier:
        return f"status {status} is not about a value"
    if of_body and (
        taken := [name for name in perhaps_unseen(seen) if name not in violation.clause.path[:1]]
    ):
        return f"another room may have the same {' or '.join(taken)}"
    return ""


def rejects(credentials: Credentials) -> Callable[[ReadableRequest, Clause], Iterator[Violation]]:
    """Return what gets a request with some credentials rejected; of unknown ones nothing is said."""

    def violations(asked: ReadableRequest, clause: Clause) -> Iterator[Violation]:
        if asked.request.credentials is credentials:
            yield Violation(clause, RejectionReason.UNAUTHENTICATED, f"{credentials.value} credentials")

    return violations


def credentials_demanded(seen: JudgedInteraction) -> Iterator[Evidence]:
    """Sends requests without credentials, with wrong ones and with too few rights: each is rejected
    with 4xx.
    """
    has_invalid_credentials = seen.interaction.request.credentials is not Credentials.VALID
    for violation in seen.request.violations:
        if violation.rejection is RejectionReason.UNAUTHENTICATED and has_invalid_credentials:
            yield from judged_violation(seen, violation)


def rejected_for_what_exists(seen: JudgedInteraction) -> Iterator[Evidence]:
    """Names rooms that do not exist, taken values, windows that cannot be, half a pair of headers: each is
    rejected with 4xx.
    """
    for violation in seen.request.violations:
        if (
            violation.clause.part is Part.BEHAVIOUR
            and violation.rejection is not RejectionReason.UNAUTHENTICATED
        ):
            yield from judged_violation(seen, violation)
