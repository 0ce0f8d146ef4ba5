"""`read-only`: a field that requests may carry and cannot change."""

from __future__ import annotations

from collections.abc import Iterator

from roomproof.contract.clause import Clause
from roomproof.judge.evidence import Evidence, Side, kept
from roomproof.judge.judged_interaction import JudgedInteraction, Question
from roomproof.judge.memory import compared, known_before
from roomproof.judge.options import FieldPlace
from roomproof.judge.rule import ReadableRequest, Rule
from roomproof.judge.wanted import other_values


def read_only(seen: JudgedInteraction) -> Iterator[Evidence]:
    """Sends another value for a read-only field: it may be rejected or ignored, but never accepted."""
    known = known_before(seen)
    for clause in RULE.clauses(seen.operation):
        name = clause.path[0]
        differs = name in seen.request.sent and name in known and seen.request.sent[name] != known[name]
        if differs and name not in seen.request.scrubbed and seen.is_rejected:
            yield kept(clause, Side.REJECTED)
    yield from compared(seen, RULE, lambda _: True, "it cannot be changed")


def _leaves_open(asked: ReadableRequest, clause: Clause) -> Iterator[Question]:
    """Yield that nobody can say what becomes of another value: it may be rejected or ignored."""
    name, known = clause.path[0], asked.state.known if asked.state else {}
    if name in asked.sent and asked.sent[name] != known.get(name):
        yield Question(f"{name} is read-only", (name,))


RULE = Rule(
    "read-only",
    read_only,
    about=FieldPlace.ROOM,
    wants=(other_values,),
    leaves_open=_leaves_open,
    may_ignore=True,
    row="cannot be changed",
)
