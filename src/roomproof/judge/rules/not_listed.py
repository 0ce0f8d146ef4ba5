"""`not-listed`: what was deleted is not in the list any more, at once or after a said time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from roomproof.contract.resource import Effect
from roomproof.judge.evidence import Evidence, broken, kept
from roomproof.judge.options import Between, read_options
from roomproof.judge.rule import Circumstances, Rule, Sight
from roomproof.judge.seen import Seen

MOST = 200
"""So many rooms are looked for in one list, those that were deleted last."""


@dataclass(frozen=True)
class NotListedOptions:
    """How many seconds after its deletion a list may still show what was deleted."""

    within_seconds: Annotated[float, Between(0, 3600)] = 0


def not_listed(seen: Seen) -> Iterator[Evidence]:
    """Deletes rooms and turns all pages of the list: none of them is there."""
    walk, at = seen.walk, seen.interaction.at
    # A query may ask for what was deleted.
    if walk is None or walk.filters or seen.is_second_hand:
        return
    for clause in RULE.clauses(seen.operation):
        pause = timedelta(seconds=read_options(NotListedOptions, clause).within_seconds)
        here, deleted = seen.inside, (state for state in seen.rooms.states.values() if state.deleted)
        gone = [state for state in deleted if state.deleted_by == seen.operation.id and state.inside == here]
        for state in gone[-MOST:]:
            if pause and (at is None or state.deleted_at is None or at - state.deleted_at < pause):
                continue
            if state.own_id in walk.page:
                text = f"{state.id} was deleted, and the list shows it"
                yield broken(clause, text, expected=f"no entry {state.id}", received="such an entry")
            elif walk.is_whole:
                yield kept(clause)


def _unexercised(known: Circumstances) -> str:
    return "" if known.contract.listing is not None else "no operation that lists rooms"


RULE = Rule(
    "not-listed",
    not_listed,
    effects=frozenset({Effect.DELETE}),
    sees=(Sight.LISTING,),
    options=NotListedOptions,
    row="in the list",
    unexercised=_unexercised,
)
