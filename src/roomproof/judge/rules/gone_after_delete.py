"""`gone-after-delete`: what was deleted cannot be read any more, at once or after a said time."""

from __future__ import annotations

from collections.abc import Iterator

from roomproof.contract.resource import Effect
from roomproof.judge.delay import DelayOptions, is_over, within_seconds
from roomproof.judge.evidence import Evidence, broken, kept, unproven
from roomproof.judge.judged_interaction import REJECTS_THE_ROOM, JudgedInteraction
from roomproof.judge.rule import Circumstances, Rule, Sight


def gone_after_delete(seen: JudgedInteraction) -> Iterator[Evidence]:
    """Deletes a room and reads it: the read is rejected, since there is no such room any more."""
    state = seen.state
    if state is None or not state.deleted or state.deleted_by != seen.operation.id or seen.by_stranger:
        return
    for clause in RULE.clauses(seen.operation):
        if not is_over(within_seconds(clause), state.deleted_at, seen.interaction.at):
            continue
        status = seen.response.response.status
        if seen.response.accepted and seen.is_second_hand:
            # Somebody else may have made it once more, or the recorder may call two things by one id.
            continue
        if seen.response.accepted:
            text = f"what was deleted ({state.id}) can still be read"
            expected, received = "a rejection (status 404 or 410)", f"status {status}"
            yield broken(clause, text, expected=expected, received=received)
        elif status in REJECTS_THE_ROOM:
            yield kept(clause)
        elif not seen.is_second_hand:
            yield unproven(clause, f"status {status} answers the read of what was deleted")


def _unexercised(known: Circumstances) -> str:
    if known.contract.reading is None:
        return "no operation that reads: the contract has none that shows a room"
    return (
        "" if known.recordings or known.makes_rooms else "needs a room to delete, and no operation makes one"
    )


RULE = Rule(
    "gone-after-delete",
    gone_after_delete,
    effects=frozenset({Effect.DELETE}),
    sees=(Sight.READING,),
    options=DelayOptions,
    row="after it was deleted",
    unexercised=_unexercised,
)
