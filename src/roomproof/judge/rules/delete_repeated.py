"""`delete-repeated`: a second deletion of the same thing has the documented status."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from roomproof.contract.resource import Effect
from roomproof.judge.evidence import Evidence, broken, kept, unproven
from roomproof.judge.judged_interaction import REJECTS_THE_SENDER, JudgedInteraction, RejectionReason
from roomproof.judge.options import NumberRange, read_options
from roomproof.judge.rule import Circumstances, Rule


@dataclass(frozen=True)
class DeleteRepeatedOptions:
    """The status of the second deletion: that of a thing which is not there, or again that of a deletion."""

    status: Annotated[float, NumberRange(200, 499)]


def delete_repeated(seen: JudgedInteraction) -> Iterator[Evidence]:
    """Deletes the same room once more: the response has the status that is documented for that."""
    state, reasons = seen.state, seen.request.violations
    if state is None or not state.deleted or state.deleted_by != seen.operation.id:
        return
    if any(reason.rejection is not RejectionReason.UNKNOWN_ROOM for reason in reasons):
        return
    for clause in RULE.clauses(seen.operation):
        wanted, status = (
            int(read_options(DeleteRepeatedOptions, clause).status),
            seen.response.response.status,
        )
        if status == wanted:
            yield kept(clause)
        elif seen.response.response.status in REJECTS_THE_SENDER or status >= 500:
            yield unproven(clause, f"status {status} says nothing of the room")
        elif not seen.is_second_hand:
            text = f"a second deletion is answered with status {status}"
            yield broken(clause, text, expected=f"status {wanted}", received=f"status {status}")


def _unexercised(known: Circumstances) -> str:
    return (
        "" if known.recordings or known.makes_rooms else "needs a room to delete, and no operation makes one"
    )


RULE = Rule(
    "delete-repeated",
    delete_repeated,
    effects=frozenset({Effect.DELETE}),
    options=DeleteRepeatedOptions,
    row="deleted again",
    unexercised=_unexercised,
)
