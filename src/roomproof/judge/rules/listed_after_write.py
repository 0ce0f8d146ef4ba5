"""`listed-after-write`: a list shows a room as the response to its last change did, at once or after a said
time.
"""

from __future__ import annotations

from collections.abc import Iterator

from roomproof.contract.clause import Clause
from roomproof.contract.resource import Effect
from roomproof.judge.delay import DelayOptions, is_over, within_seconds
from roomproof.judge.evidence import Evidence
from roomproof.judge.judged_interaction import JudgedInteraction
from roomproof.judge.options import FieldPlace
from roomproof.judge.rooms import LastUpdate, RoomState
from roomproof.judge.rule import Circumstances, Rule, Sight
from roomproof.judge.rules.read_after_write import compared
from roomproof.judge.walk import entries_of


def listed_after_write(seen: JudgedInteraction) -> Iterator[Evidence]:
    """Makes or changes rooms and lists them: the list shows what the responses showed."""
    # Of somebody else's recording nobody knows who changed a room in between.
    if seen.walk is None or seen.asked is None or seen.is_second_hand:
        return
    clauses = RULE.clauses(seen.operation)
    for entry in entries_of(seen.asked, seen.response.body) if clauses else ():
        state = seen.rooms.get(seen.inside + str(entry.get(seen.resource.id, "")))
        written = state.written if state is not None and not state.deleted else None
        if state is None or written is None or written.operation != seen.operation.id:
            continue
        for clause in clauses:
            name = clause.path[0]
            if name in written.shown and name in entry and _is_late_enough(seen, state, written, clause):
                yield compared(
                    clause,
                    written.shown[name],
                    entry[name],
                    after=f"the last change of {state.id}",
                    where="the list",
                    entry=state.own_id,
                )


def _is_late_enough(seen: JudgedInteraction, state: RoomState, written: LastUpdate, clause: Clause) -> bool:
    since = written.answered_by if written.operation != state.made_by else state.made_at
    return is_over(within_seconds(clause), since, seen.interaction.at)


def _unexercised(known: Circumstances) -> str:
    if known.contract.listing is None:
        return "no operation that lists rooms"
    return "no recording of a run lists a room some seconds after its last change" if known.recordings else ""


RULE = Rule(
    "listed-after-write",
    listed_after_write,
    sees=(Sight.LISTING,),
    effects=frozenset({Effect.CREATE, Effect.UPDATE, Effect.REPLACE}),
    about=FieldPlace.BODY,
    options=DelayOptions,
    row="shown when listed",
    unexercised=_unexercised,
)
