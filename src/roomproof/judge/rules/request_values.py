"""Request clauses of values, of what must be sent and as which media type: what they allow is accepted, the
rest rejected.
"""

from __future__ import annotations

from collections.abc import Iterator

from roomproof.contract.clause import Part
from roomproof.judge.blame import blame, clause_of_success, clauses_of_field
from roomproof.judge.classify import sits_on
from roomproof.judge.compiled import ParameterRules
from roomproof.judge.evidence import Evidence, Side, broken, kept, shown, unproven
from roomproof.judge.judged_interaction import JudgedInteraction, RejectionReason
from roomproof.judge.kind import by_request
from roomproof.judge.leniency import backing_of
from roomproof.judge.obstacles import NOT_ABOUT_VALUES, judged_violation, perhaps_unseen
from roomproof.judge.rule import VALUES, Rule

_OF_THE_STATE = (402, 408, 409, 412, 421, 423, 424, 425, 428, 451)
"""Status codes about the state of things, or of the account: in a recording of somebody else it need not be
seen.
"""


def values_taken_and_rejected(seen: JudgedInteraction) -> Iterator[Evidence]:
    """Sends values on, inside and outside what the clause allows: the former are accepted, the latter
    rejected with 4xx.
    """
    if seen.request.must_be_accepted and seen.response.accepted:
        yield from _accepted(seen)
    elif seen.request.must_be_accepted and seen.is_rejected:
        yield from valid_rejected(seen)
    elif seen.request.must_be_accepted:
        yield from _not_accepted(seen, f"status {seen.response.response.status} neither accepts nor rejects")
    elif seen.request.violations:
        yield from _violations(seen, RejectionReason.INVALID, RejectionReason.UNREADABLE)
        yield from _violations(seen, RejectionReason.UNKNOWN_ROOM, part=Part.REQUEST)


def _accepted(seen: JudgedInteraction) -> Iterator[Evidence]:
    for name, edges in seen.request.edges.items():
        accepted = seen.operation.clause(Part.REQUEST, (name,), "accepted")
        if accepted is not None:
            yield kept(accepted, Side.ACCEPTED)
        yield from (kept(clause, Side.ACCEPTED) for clause in edges)
    yield from (kept(clause, Side.ACCEPTED) for clause in seen.request.inside)
    for parameter in seen.compiled.request(seen.operation).parameters:
        if _was_sent(seen, parameter):
            value = parameter.read(parameter.sent_in(seen.interaction.request, seen.parameters) or "")
            clauses = (item.clause for item in parameter.value.items)
            yield from (
                kept(clause, Side.ACCEPTED)
                for clause in clauses
                if not clause.is_limit or sits_on(clause, value)
            )
    for clause in seen.operation.by_rule.get((Part.REQUEST, "media-type"), ()):
        if seen.request.sent or (isinstance(seen.request.body, list) and seen.request.body):
            yield kept(clause, Side.ACCEPTED)


def _was_sent(seen: JudgedInteraction, parameter: ParameterRules) -> bool:
    """Whether a parameter was sent, with a value that can be read."""
    value = parameter.sent_in(seen.interaction.request, seen.parameters)
    return value is not None and not parameter.is_unread(value, second_hand=seen.is_second_hand)


def _not_accepted(seen: JudgedInteraction, why: str) -> Iterator[Evidence]:
    """Yield that what the values of a valid request sit on was tried, and that nothing came of it.

    A recording of others says nothing of the kind: who asked, and what else there was, is not known.
    """
    if seen.is_second_hand:
        return
    for name, edges in seen.request.edges.items():
        accepted = seen.operation.clause(Part.REQUEST, (name,), "accepted")
        aimed = edges if accepted is None else (*edges, accepted)
        yield from (unproven(clause, why) for clause in aimed)


def valid_rejected(seen: JudgedInteraction) -> Iterator[Evidence]:
    """Blame the limit that the one sent field sits on; with several fields the success status, and name the
    suspects.
    """
    status = seen.response.response.status
    if taken := perhaps_unseen(seen):
        shared = " or ".join(taken)
        yield from _not_accepted(seen, f"status {status}: another room may have the same {shared}")
        return
    if seen.is_second_hand and status in _OF_THE_STATE:
        return
    expected, received = f"status {seen.operation.success.status}", f"status {status}"
    blamed = blame(seen.operation, seen.request, seen.rooms)
    about_values = status not in NOT_ABOUT_VALUES
    if blamed.is_only_fragile and about_values:
        for clause in blamed.fragile:
            text = f"{clause.field}: a value that only {backing_of(clause)} allows is rejected"
            yield broken(clause, text, expected=expected, received=received, lenient=True)
        return
    if (name := blamed.field) and about_values:
        for clause in clauses_of_field(seen.operation, seen.request, seen.rooms, blamed):
            value = shown(seen.request.sent[name])
            text = f"{name} {value} is documented as valid ({clause.demands}), but it is rejected"
            yield broken(clause, text, expected=expected, received=received)
        return
    what = ", ".join(seen.request.sent) or "no field"
    explaining: tuple[str, ...] = ()
    if about_values and blamed.fields:
        explaining = tuple(clause.id for clause in (*blamed.fragile, *blamed.suspects))
    success, text = clause_of_success(seen.operation, seen.request), f"a valid request ({what}) is rejected"
    lenient = bool(blamed.fragile)
    yield broken(success, text, expected=expected, received=received, lenient=lenient, suspects=explaining)


def _violations(
    seen: JudgedInteraction, *kinds: RejectionReason, part: Part | None = None
) -> Iterator[Evidence]:
    if any(violation.rejection is RejectionReason.UNAUTHENTICATED for violation in seen.request.violations):
        return
    for violation in seen.request.violations:
        if violation.rejection in kinds and violation.clause.part is (part or Part.REQUEST):
            yield from judged_violation(seen, violation)


RULE = Rule(VALUES, values_taken_and_rejected, Part.REQUEST, hangs_on_history=False, kind=by_request)
