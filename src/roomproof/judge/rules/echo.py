"""`echo`: a response shows the values that were sent and accepted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from roomproof.judge.equality import echoes
from roomproof.judge.evidence import Evidence, ShownValue, broken, kept, shown, unproven
from roomproof.judge.judged_interaction import JudgedInteraction, NoJson
from roomproof.judge.memory import EMPTY, speaks_of_the_room
from roomproof.judge.options import FieldPlace
from roomproof.judge.rule import HiddenBy, Rule, ShowingRequests
from roomproof.judge.rules.default import default_of
from roomproof.judge.rules.replayed_once import is_replay


def _rejected_fields(seen: JudgedInteraction) -> set[str]:
    return {item.clause.path[0] for item in seen.request.violations if item.clause.path}


def echo(seen: JudgedInteraction) -> Iterator[Evidence]:
    """Looks for every value sent and accepted in the response; date-times are compared as instants, URLs as
    RFC 3986 does.
    """
    if not speaks_of_the_room(seen) or is_replay(seen):
        return
    for clause in RULE.clauses(seen.operation):
        name = clause.path[0]
        if name not in seen.request.sent or name in _rejected_fields(seen) or _is_unread(seen, name):
            continue
        if seen.response.room is None:
            # Who documents no body shows nothing, and need not.
            if seen.response.body is not NoJson.UNRECORDED and seen.operation.success.schema is not None:
                yield unproven(clause, "the response shows no room")
            continue
        value, default = seen.request.sent[name], default_of(seen, name)
        if name not in seen.response.room:
            yield broken(
                clause,
                f"{name} {shown(value)} was accepted, but the response has no {name}",
                expected=ShownValue(value),
                received="no such field",
            )
            continue
        got, unset = seen.response.room[name], _unset(seen, name) if value is None else None
        if not echoes(value, got, default, unset=unset):
            text = f"{name} {shown(value)} was accepted, but the response says {shown(got)}"
            doubtful = name in seen.request.doubtful
            yield broken(
                clause, text, expected=ShownValue(value), received=ShownValue(got), doubtful=doubtful
            )
        elif left := _left_over(seen, name):
            still = ", ".join(left)
            text = (
                f"{name} {shown(value)} was to replace what stood there, but the response still has {still}"
            )
            yield broken(clause, text, expected=ShownValue(value), received=ShownValue(got))
        else:
            yield kept(clause)


def _is_unread(seen: JudgedInteraction, name: str) -> bool:
    """Whether a recorder has made the value of a field unreadable, as it was sent or as it came back."""
    return name in seen.request.scrubbed or name in seen.response.scrubbed


def _left_over(seen: JudgedInteraction, name: str) -> list[str]:
    """Return what a PUT, which replaces (RFC 9110, 9.3.4), leaves of what a field was told before."""
    state = seen.state
    if seen.operation.method != "PUT" or state is None or state.uncertain or seen.response.room is None:
        return []
    told, got = state.told.get(name), seen.response.room[name]
    return [".".join(way) for way in _leftovers(told, seen.request.sent[name], got, (name,))]


def _leftovers(told: Any, sent: Any, got: Any, way: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the ways to fields that were told, are not sent now, and still stand there.

    What the server adds by itself was never told, and an empty value may be one that it adds.
    """
    if not (isinstance(told, dict) and isinstance(sent, dict) and isinstance(got, dict)):
        return
    for name in [name for name in told if name in got]:
        if name in sent:
            yield from _leftovers(told[name], sent[name], got[name], (*way, name))
        elif got[name] not in EMPTY and echoes(told[name], got[name], None):
            yield (*way, name)


def _unset(seen: JudgedInteraction, name: str) -> Any:
    """Return what stands for a field that is not set: the empty text, where the response may not be null and
    may be that.
    """
    may_be = seen.compiled.response(seen.operation, seen.operation.success.status).may_be
    place = (*seen.resource.at, name)
    return "" if may_be(place, "") and not may_be(place, None) else None


RULE = Rule(
    "echo",
    echo,
    about=FieldPlace.BODY,
    shown=ShowingRequests.BY_FIELD,
    hidden_by=HiddenBy.CHANGES,
    row="shown in the response",
)
