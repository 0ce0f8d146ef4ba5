"""`issued`: only a value that a response of another operation gave is accepted, a token for instance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from roomproof.contract.clause import Clause
from roomproof.contract.resource import Effect
from roomproof.judge.delay import is_over
from roomproof.judge.evidence import Evidence, Side, kept
from roomproof.judge.judged_interaction import (
    JudgedInteraction,
    Question,
    RejectionReason,
    Violation,
    is_second_hand,
)
from roomproof.judge.obstacles import rejected_for_what_exists
from roomproof.judge.options import FieldPlace, NumberRange, read_options
from roomproof.judge.rooms import Issued
from roomproof.judge.rule import ReadableRequest, Rule, Scene, ShowingRequests, WantedRequest


@dataclass(frozen=True)
class IssuedOptions:
    """The operation whose responses give such values, the way to them in its response, and for how many
    seconds each can surely be used.
    """

    by: str
    field: str
    seconds: Annotated[float, NumberRange(1, 1e9)]


def issued(seen: JudgedInteraction) -> Iterator[Evidence]:
    """Sends a value that an earlier response gave, and one that none did: the former is accepted, the latter
    rejected.
    """
    yield from (one for one in rejected_for_what_exists(seen) if one.clause in _ids(seen))
    if seen.request.must_be_accepted and seen.response.accepted:
        carried = (clause for clause in RULE.clauses(seen.operation) if clause.path[0] in seen.request.sent)
        yield from (kept(clause, Side.ACCEPTED) for clause in carried)


def _ids(seen: JudgedInteraction) -> frozenset[str]:
    return frozenset(clause.id for clause in RULE.clauses(seen.operation))


def _given(asked: ReadableRequest, clause: Clause) -> Issued | None:
    options = read_options(IssuedOptions, clause)
    return asked.rooms.issued_as(options.by, options.field, asked.sent[clause.path[0]])


def _settles(asked: ReadableRequest, clause: Clause) -> bool:
    return clause.path[0] in asked.sent and _given(asked, clause) is not None


def _rejects(asked: ReadableRequest, clause: Clause) -> Iterator[Violation]:
    name = clause.path[0]
    value = asked.readable.get(name)
    is_known = isinstance(value, str) and not is_second_hand(asked.request)
    if is_known and _given(asked, clause) is None:
        yield Violation(clause, RejectionReason.INVALID, f"{name} that no response gave")


def _leaves_open(asked: ReadableRequest, clause: Clause) -> Iterator[Question]:
    name = clause.path[0]
    if name not in asked.sent:
        return
    found = _given(asked, clause)
    if found is None:
        if is_second_hand(asked.request):
            yield Question(f"nobody knows whether {name} was given by a response", (name,))
    elif dict(asked.parameters) != found.parameters:
        yield Question(f"{name} was given for something else", (name,))
    elif is_over(read_options(IssuedOptions, clause).seconds, found.at, asked.at):
        yield Question(f"{name} may have expired", (name,))


def _wants(scene: Scene) -> Iterator[WantedRequest]:
    for clause in RULE.clauses(scene.operation):
        made_up = "".join(scene.random.choices("abcdefghijklmnopqrstuvwxyz", k=48))
        yield WantedRequest(f"a made-up {clause.path[0]}", fields={clause.path[0]: made_up})


RULE = Rule(
    "issued",
    issued,
    effects=frozenset({Effect.ACTION, Effect.CREATE, Effect.UPDATE, Effect.REPLACE}),
    about=FieldPlace.BODY,
    options=IssuedOptions,
    shown=ShowingRequests.BY_FIELD,
    wants=(_wants,),
    rejects=_rejects,
    leaves_open=_leaves_open,
    settles=_settles,
    row="only one that was given",
)
