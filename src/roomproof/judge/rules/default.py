"""`default`: a field that nobody ever set has the default of its schema."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from roomproof.contract.clause import Part
from roomproof.judge.defaults import is_from_creation, judged_default
from roomproof.judge.evidence import Evidence
from roomproof.judge.judged_interaction import JudgedInteraction
from roomproof.judge.kind import by_request
from roomproof.judge.rule import Rule, Sight, needs_new_room


def defaults(seen: JudgedInteraction) -> Iterator[Evidence]:
    """Looks at rooms whose creation was seen for fields that nobody ever set: they have the documented
    default.
    """
    if not seen.response.accepted or seen.response.room is None or not is_from_creation(seen):
        return
    ever_set = set(seen.state.told) if seen.state else set()
    for clause in RULE.clauses(seen.operation):
        name = clause.path[0]
        is_set = name in ever_set or name in seen.request.sent
        if len(clause.path) == 1 and not is_set and name in seen.response.room:
            yield judged_default(clause, name, clause.options["default"], seen.response.room[name])


def default_of(seen: JudgedInteraction, name: str) -> Any:
    """Return the documented default of a field, None where there is none."""
    clause = seen.operation.clause(RULE.part, (name,), RULE.name)
    return clause.options["default"] if clause else None


RULE = Rule(
    "default",
    defaults,
    Part.REQUEST,
    (Sight.OPERATION, Sight.CREATION),
    lost_with_creation=True,
    kind=by_request,
    unexercised=needs_new_room,
)
