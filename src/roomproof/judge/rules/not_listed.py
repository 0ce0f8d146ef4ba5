"""`not-listed`: what was deleted is not in the list any more, at once or after a said time."""

from __future__ import annotations

from collections.abc import Iterator

from roomproof.contract.resource import Effect
from roomproof.judge.delay import DelayOptions, is_over, within_seconds
from roomproof.judge.evidence import Evidence, broken, kept
from roomproof.judge.judged_interaction import JudgedInteraction
from roomproof.judge.rule import Circumstances, Rule, Sight

MOST = 200
"""So many rooms are looked for in one list, those that were deleted last."""


def not_listed(seen: JudgedInteraction) -> Iterator[Evidence]:
    """Deletes rooms and turns all pages of the list: none of them is there."""
    walk = seen.walk
    # A query may ask for what was deleted.
    if walk is None or walk.filters or seen.is_second_hand or seen.is_list_of_others:
        return
    here, deleted = seen.inside, (state for state in seen.rooms.states.values() if state.deleted)
    gone = [state for state in deleted if state.deleted_by == seen.operation.id and state.inside == here]
    for clause in RULE.clauses(seen.operation):
        for state in gone[-MOST:]:
            if not is_over(within_seconds(clause), state.deleted_at, seen.interaction.at):
                continue
            if state.own_id in walk.page:
                text = f"{state.id} was deleted, and the list shows it"
                yield broken(
                    clause, text, expected=f"no entry {state.id}", received="such an entry", entry=state.id
                )
            elif walk.is_whole:
                yield kept(clause)


def _unexercised(known: Circumstances) -> str:
    return "" if known.contract.listing is not None else "no operation that lists rooms"


RULE = Rule(
    "not-listed",
    not_listed,
    effects=frozenset({Effect.DELETE}),
    sees=(Sight.LISTING,),
    options=DelayOptions,
    row="in the list",
    unexercised=_unexercised,
)
