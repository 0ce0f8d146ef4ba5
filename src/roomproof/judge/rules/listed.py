"""`listed`: what was made is in the list, at once or after a said time."""

from __future__ import annotations

from collections.abc import Iterator

from roomproof.contract.clause import Clause
from roomproof.contract.resource import Effect
from roomproof.judge.delay import DelayOptions, is_over, within_seconds
from roomproof.judge.evidence import Evidence, broken, kept
from roomproof.judge.judged_interaction import JudgedInteraction
from roomproof.judge.rooms import RoomState
from roomproof.judge.rule import Circumstances, Rule, Sight
from roomproof.judge.walk import ListWalk

MOST = 200
"""So many rooms are looked for in one list, those that were made last."""


def listed(seen: JudgedInteraction) -> Iterator[Evidence]:
    """Makes rooms and turns all pages of the list: each of them is there."""
    walk = seen.walk
    # Of somebody else's recording nobody knows whether the list is that of the account in which a room was
    # made.
    if walk is None or not walk.is_whole or seen.is_second_hand or seen.is_list_of_others:
        return
    here = seen.inside
    made = [
        state
        for state in seen.rooms.existing.values()
        if state.made_by == seen.operation.id and state.inside == here
    ]
    for clause in RULE.clauses(seen.operation):
        for state in [state for state in made if _has_to_be_there(state, seen, clause)][-MOST:]:
            if state.own_id in walk.shown:
                yield kept(clause)
            else:
                text = f"{state.id} was made, and the list does not show it"
                yield broken(
                    clause,
                    text,
                    expected=f"an entry {state.id}",
                    received=f"{len(walk.shown)} other entries",
                    entry=state.id,
                )


def missing(seen: JudgedInteraction, walk: ListWalk) -> str | None:
    """Return the id of something that a clause of this rule wants in a list, and that no page so far shows;
    None where everything is there, or no clause speaks of it.
    """
    making = [one for one in seen.contract.operations if one.resource == seen.operation.resource]
    for clause in (clause for one in making for clause in RULE.clauses(one)):
        for state in seen.rooms.existing.values():
            is_one = state.made_by == clause.operation and state.inside == seen.inside
            if is_one and state.own_id not in walk.shown and _has_to_be_there(state, seen, clause):
                return state.id
    return None


def _has_to_be_there(state: RoomState, seen: JudgedInteraction, clause: Clause) -> bool:
    """Whether something belongs into this list, is there for certain as it was made, and for long enough.

    What was changed since then may be one that a list leaves out: one that has ended, or is archived. That
    follows from no text which may be anything, such as another name.
    """
    if state.may_be_gone or not (state.is_as_made or _is_as_made_but_for_texts(state, seen)):
        return False
    changed_at = state.written.answered_by if state.written is not None and state.updated else state.made_at
    return is_over(within_seconds(clause), changed_at, seen.interaction.at)


def _is_as_made_but_for_texts(state: RoomState, seen: JudgedInteraction) -> bool:
    """Whether updates have changed nothing, or texts of which no document says which ones there are."""
    if state.uncertain or not state.history_known or state.written is None or state.deleted:
        return False
    changing = [
        one
        for one in seen.contract.operations
        if one.effect.changes and one.resource == seen.operation.resource
    ]
    return all(
        isinstance(state.told.get(name), str) and any(one.may_be_any_text(name) for one in changing)
        for name in state.updated
    )


def _unexercised(known: Circumstances) -> str:
    if known.contract.listing is None:
        return "no operation that lists rooms"
    return "no list was seen to be whole (x-list: next or page tell where it ends)"


RULE = Rule(
    "listed",
    listed,
    effects=frozenset({Effect.CREATE}),
    sees=(Sight.LISTING,),
    options=DelayOptions,
    row="in the list",
    unexercised=_unexercised,
)
