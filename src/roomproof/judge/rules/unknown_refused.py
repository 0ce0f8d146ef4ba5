"""`unknown-refused`: a request about a room that does not exist is rejected."""

from __future__ import annotations

from collections.abc import Iterator

from roomproof.contract.clause import Clause
from roomproof.interaction import RoomKnowledge
from roomproof.judge.judged_interaction import RejectionReason, Violation
from roomproof.judge.obstacles import rejected_for_what_exists
from roomproof.judge.rule import ReadableRequest, Rule, ShowingRequests, unrecorded
from roomproof.judge.rules import delete_repeated
from roomproof.judge.wanted import unknown_rooms


def _rejects(asked: ReadableRequest, clause: Clause) -> Iterator[Violation]:
    # Where the documents say what a second deletion is answered with, that counts.
    is_deleted = (
        asked.state is not None and asked.state.deleted and not delete_repeated.RULE.clauses(asked.operation)
    )
    if asked.request.room is RoomKnowledge.NONE or is_deleted:
        what = f"a room that does not exist ({', '.join(asked.parameters.values())})"
        yield Violation(clause, RejectionReason.UNKNOWN_ROOM, what)


RULE = Rule(
    "unknown-refused",
    rejected_for_what_exists,
    shown=ShowingRequests.BY_UNKNOWN_ROOMS,
    wants=(unknown_rooms,),
    rejects=_rejects,
    row="unknown room",
    unexercised=unrecorded("no recorded request is known to name a room that does not exist"),
)
