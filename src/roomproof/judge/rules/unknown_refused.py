"""`unknown-refused`: a request about a room that does not exist is rejected."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote

from roomproof.contract.clause import Clause
from roomproof.interaction import RoomKnowledge
from roomproof.judge.judged_interaction import RejectionReason, Violation
from roomproof.judge.obstacles import rejected_for_what_exists
from roomproof.judge.rooms import RoomState
from roomproof.judge.rule import ReadableRequest, Rule, ShowingRequests, unrecorded
from roomproof.judge.rules import delete_repeated
from roomproof.judge.wanted import unknown_rooms


def _rejects(asked: ReadableRequest, clause: Clause) -> Iterator[Violation]:
    # Where the documents say what a second deletion is answered with, that counts.
    is_deleted = (
        asked.state is not None
        and _is_surely_gone(asked.state, asked)
        and not delete_repeated.RULE.clauses(asked.operation)
    )
    if asked.request.room is RoomKnowledge.NONE or is_deleted or _is_about_a_deleted_room(asked, clause):
        what = f"a room that does not exist ({', '.join(asked.parameters.values())})"
        yield Violation(clause, RejectionReason.UNKNOWN_ROOM, what)


def _is_surely_gone(state: RoomState, asked: ReadableRequest) -> bool:
    """Whether something was deleted, and so long ago that this has to show."""
    has_shown = state.gone_from is None or (asked.at is not None and asked.at >= state.gone_from)
    return state.deleted and has_shown


def _is_about_a_deleted_room(asked: ReadableRequest, clause: Clause) -> bool:
    """Whether a clause is about the room around what a path names, or all of it, and that room is deleted.

    Whether what stood in it went with it, no document need say.
    """
    around = asked.around
    if around is None or not _is_surely_gone(around, asked):
        return False
    is_the_room = unquote(asked.parameters.get(clause.path[0], "")) == around.id
    return is_the_room or not asked.operation.names_one


RULE = Rule(
    "unknown-refused",
    rejected_for_what_exists,
    shown=ShowingRequests.BY_UNKNOWN_ROOMS,
    wants=(unknown_rooms,),
    rejects=_rejects,
    row="unknown room",
    unexercised=unrecorded("no recorded request is known to name a room that does not exist"),
)
