"""`delete-repeated`: a second deletion of the same thing has the documented status."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from roomproof.contract.resource import Effect
from roomproof.judge.evidence import Evidence, broken, kept, unproven
from roomproof.judge.options import Between, read_options
from roomproof.judge.rule import Circumstances, Rule
from roomproof.judge.seen import REFUSES_THE_SENDER, Refusal, Seen


@dataclass(frozen=True)
class DeleteRepeatedOptions:
    """The status of the second deletion: that of a thing which is not there, or again that of a deletion."""

    status: Annotated[float, Between(200, 499)]


def delete_repeated(seen: Seen) -> Iterator[Evidence]:
    """Deletes the same room once more: the response has the status that is documented for that."""
    state, reasons = seen.state, seen.request.obstacles
    if state is None or not state.deleted or state.deleted_by != seen.operation.id:
        return
    if any(reason.refusal is not Refusal.UNKNOWN_ROOM for reason in reasons):
        return
    for clause in RULE.clauses(seen.operation):
        wanted, status = int(read_options(DeleteRepeatedOptions, clause).status), seen.answer.response.status
        if status == wanted:
            yield kept(clause)
        elif seen.answer.response.status in REFUSES_THE_SENDER or status >= 500:
            yield unproven(clause, f"status {status} says nothing of the room")
        elif not seen.is_second_hand:
            text = f"a second deletion is answered with status {status}"
            yield broken(clause, text, expected=f"status {wanted}", received=f"status {status}")


def _unexercised(known: Circumstances) -> str:
    return "" if known.recordings or known.makes_rooms else "needs a room to delete, and no operation makes one"


RULE = Rule(
    "delete-repeated",
    delete_repeated,
    effects=frozenset({Effect.DELETE}),
    options=DeleteRepeatedOptions,
    row="deleted again",
    unexercised=_unexercised,
)
