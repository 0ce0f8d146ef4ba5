"""Which documented response a response claims to be: what rules of its parts have in common."""

from __future__ import annotations

from collections.abc import Iterator

from roomproof.contract.clause import Clause
from roomproof.contract.model import ResponseSpec
from roomproof.contract.read import medium_of
from roomproof.interaction import media_type
from roomproof.judge.compiled import ResponseRules
from roomproof.judge.evidence import Evidence, broken
from roomproof.judge.judged_interaction import JudgedInteraction

MOST_VALUES = 1_000
"""So many values at one place of a response are held against its clauses: what is wrong with a list is wrong
with its beginning."""


def documented_response(seen: JudgedInteraction) -> ResponseSpec | None:
    """Return the documented response that a response claims to be, or None."""
    exact = seen.operation.response(seen.response.response.status)
    if exact is not None or not seen.response.rejected:
        return exact or (seen.operation.success if seen.response.accepted else None)
    return seen.operation.by_status.get("default")


def documented_rules(seen: JudgedInteraction, status: str) -> ResponseRules:
    """Return the clauses of a documented response; of several media types those of the one that a response is
    sent as.
    """
    spec = seen.operation.by_status[status]
    found = media_type(seen.response.response.headers) if len(spec.media_types) > 1 else None
    return seen.compiled.response(
        seen.operation, status, medium_of(found) if found in spec.media_types[1:] else ""
    )


def no_header(
    seen: JudgedInteraction, clause: Clause, text: str, *, expected: str, received: str
) -> Iterator[Evidence]:
    """Yield what it proves that a header is not there.

    That is less if a recorder may have dropped it, and nothing if it kept none at all.
    """
    if seen.response.response.headers or not seen.is_second_hand:
        yield broken(clause, text, expected=expected, received=received, doubtful=seen.is_second_hand)
