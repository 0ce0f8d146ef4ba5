"""What a response to an update shows of the room as it was before: what several rules have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from roomproof.contract.clause import Clause
from roomproof.judge.equality import same
from roomproof.judge.evidence import Evidence, ShownValue, broken, kept, shown
from roomproof.judge.judged_interaction import JudgedInteraction, RejectionReason
from roomproof.judge.rule import Rule

EMPTY: tuple[Any, ...] = (None, "", False, [], {})
"""What stands for a field that is not set."""


def known_before(seen: JudgedInteraction) -> dict[str, Any]:
    """Return the room before the request, empty where it is not known for certain."""
    return seen.state.known if seen.state and not seen.state.uncertain else {}


def speaks_of_the_room(seen: JudgedInteraction) -> bool:
    """Whether the response is that of an update by somebody who may, of a room that is there."""
    stopped = (RejectionReason.UNAUTHENTICATED, RejectionReason.UNKNOWN_ROOM)
    return seen.response.accepted and not any(item.rejection in stopped for item in seen.request.violations)


def compared(
    seen: JudgedInteraction, rule: Rule, concerns: Callable[[str], bool], why: str
) -> Iterator[Evidence]:
    """Compare the fields that clauses of a rule are about, and that it `concerns`, with the room before."""
    known, room = known_before(seen), seen.response.room
    if not speaks_of_the_room(seen) or room is None:
        return
    for clause in rule.clauses(seen.operation):
        name = clause.path[0]
        if name in known and name in room and concerns(name):
            yield unchanged_value(clause, known[name], room[name], f"{name} changes, although {why}")


def unchanged_value(clause: Clause, before: Any, now: Any, text: str, *, doubtful: bool = False) -> Evidence:
    """Return that a field is what it was, or that it changes, which a text says."""
    if same(before, now):
        return kept(clause)
    text = f"{text}: it was {shown(before)} and is now {shown(now)}"
    return broken(clause, text, expected=ShownValue(before), received=ShownValue(now), doubtful=doubtful)
