"""`status`: the status of a response is the documented one."""

from __future__ import annotations

from collections.abc import Iterator

from roomproof.contract.clause import Part
from roomproof.contract.model import ResponseSpec
from roomproof.judge.answers import documented_rules
from roomproof.judge.evidence import Evidence, Side, broken, kept
from roomproof.judge.judged_interaction import REJECTS_THE_ROOM, JudgedInteraction, RejectionReason
from roomproof.judge.kind import by_received
from roomproof.judge.register import rule_of
from roomproof.judge.rule import Rule
from roomproof.judge.rules import request_values, scope_required, unique
from roomproof.judge.wanted import strangers, unknown_rooms

_FORBIDDEN = 403
_CONFLICT = "409"


def statuses(seen: JudgedInteraction) -> Iterator[Evidence]:
    """Compares the status of a request that was accepted, or rejected for one reason, with the documented
    one.
    """
    if _has_nothing_to_reject(seen):
        yield from request_values.valid_rejected(seen)
        return
    status = seen.response.response.status
    spec, harmless = _expected(seen)
    clause = None if spec is None else documented_rules(seen, spec.status).status
    if clause is None:
        return
    if spec is seen.operation.response(status):
        yield kept(clause, Side.ACCEPTED if seen.response.accepted else None)
    elif seen.response.accepted or (status >= 300 and spec is not seen.operation.success):
        text = f"the response has status {status} where {clause.status} is documented"
        wanted = f"status {clause.status}"
        yield broken(clause, text, expected=wanted, received=f"status {status}", lenient=harmless)
    elif spec is seen.operation.success and not seen.response.rejected and status < 500:
        text = f"a valid request is answered with status {status}"
        yield broken(clause, text, expected=f"status {clause.status}", received=f"status {status}")


def _has_nothing_to_reject(seen: JudgedInteraction) -> bool:
    """Whether a valid request is rejected whose operation has no clause about what requests hold, and so none
    that speaks of it. What a body may hold there nobody says: one with a body may be wrong.
    """
    is_wrong = seen.request.must_be_accepted and seen.is_rejected and not seen.interaction.request.body
    return is_wrong and all(clause.part is not Part.REQUEST for clause in seen.operation.clauses)


def _expected(seen: JudgedInteraction) -> tuple[ResponseSpec | None, bool]:
    """Return the documented response to a request, and whether another status of its class is harmless."""
    violations = seen.request.violations
    if seen.response.rejected and not seen.is_rejected:
        return None, False
    if seen.response.accepted or (
        not violations and not seen.request.unsettled and not seen.response.rejected
    ):
        found = seen.operation.response(seen.response.response.status)
        return found if found is not None and found.is_success else seen.operation.success, False
    status_class = seen.response.response.status // 100
    strongest = [item for item in violations if item.rejection is RejectionReason.UNAUTHENTICATED] or list(
        violations
    )
    if status_class not in (3, 4, 5) or len(strongest) != 1:
        return None, False
    violation = strongest[0]
    is_bad_id = violation.rejection is RejectionReason.UNKNOWN_ROOM and violation.clause.part is Part.REQUEST
    status = seen.response.response.status
    if violation.rejection is RejectionReason.UNREADABLE or is_bad_id:
        # It may have a status of its own; one that is documented for what is invalid is right, too.
        spec = seen.operation.response(status)
        return (spec, False) if spec is not None and spec.when == RejectionReason.INVALID else (None, False)
    if status in REJECTS_THE_ROOM and violation.rejection is RejectionReason.INVALID and _may_be_gone(seen):
        return None, False
    if status == _FORBIDDEN and rule_of(violation.clause) is scope_required.RULE:
        # Whoever is known and lacks a right may get it, whatever strangers get (RFC 9110, 15.5.4).
        return seen.operation.response(status), False
    is_taken = rule_of(violation.clause) is unique.RULE
    if is_taken and status == int(_CONFLICT) and _CONFLICT in seen.operation.by_status:
        # Of all that is documented, a conflict is what it is (RFC 9110, 15.5.10), though the contract may
        # tell of it for no reason of its own.
        return seen.operation.by_status[_CONFLICT], False
    is_of_form = violation.clause.rule in ("type", "null") or is_taken
    harmless = status_class != 3 and (violation.lenient or is_of_form)
    return seen.operation.rejection(violation.rejection.value, status, of_form=is_of_form), harmless


def _may_be_gone(seen: JudgedInteraction) -> bool:
    """Whether the room is deleted, or may be, though the documents give the provider time to show it."""
    return seen.state is not None and (seen.state.deleted or seen.state.may_be_gone)


RULE = Rule(
    "status",
    statuses,
    Part.RESPONSE,
    wants=(strangers, unknown_rooms),
    hangs_on_history=False,
    kind=by_received,
)
