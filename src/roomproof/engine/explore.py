"""Random cases from Hypothesis, and the shrinking of what they break to the smallest request that still
breaks it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable

from roomproof.engine.bodies import CaseParts
from roomproof.engine.case import Seat, encode
from roomproof.engine.minimise import SMALL, minimised
from roomproof.engine.session import Session
from roomproof.engine.turns import ANCHOR
from roomproof.errors import ContractError
from roomproof.judge.evidence import Outcome
from roomproof.judge.judged_interaction import read_json
from roomproof.verdict import Finding, Verdict
from roomproof_strategies import Sample, mutations, plain, valid
from roomproof_strategies.drawing import distinct

SHRINK_ATTEMPTS = 60
"""How many smaller bodies are tried for a finding, and how many where each may leave a room behind."""
FEW_ATTEMPTS = 3
_TURNS = (Seat.MAIN, Seat.MAIN, Seat.MAIN, Seat.OTHER)
"""The rooms that random bodies are for, by turns."""
_ONE_IN_THREE = st.sampled_from((False, False, True))


def explore(session: Session, bench: CaseParts) -> None:
    """Send random valid bodies and random mutations of them; then shrink the counterexamples of this
    operation's findings.

    Raises ContractError if no body fits the schema.
    """
    seats = _TURNS if bench.has_other and not bench.makes_rooms else _TURNS[:1]
    for number, sample in enumerate(_samples(session, bench)):
        # What is accepted makes a room; where none is ever deleted, the plan's limits, lists and forms are
        # worth one each.
        if sample.valid and bench.makes_rooms and session.keeps_rooms:
            continue
        session.offer(bench.case(sample, seats[number % len(seats)]))
    for finding in session.findings():
        if (
            finding.verdict is Verdict.FAIL
            and finding.clause.operation == bench.operation.id
            and not finding.counterexample.is_unanswered
        ):
            _shrink(session, bench, finding)


def _samples(session: Session, bench: CaseParts) -> Iterator[Sample]:
    setting, schema = session.setting(Seat.MAIN), bench.operation.schema
    fields, anchor = bench.fields(setting), setting.now + ANCHOR
    good, bad = valid(schema, fields, anchor=anchor), mutations(schema, fields, anchor=anchor)

    def proposal(draw: st.DrawFn) -> Sample:
        """Return a sample: two are valid for each that is not (where any can be invalid)."""
        is_bad = draw(_ONE_IN_THREE) and not bad.is_empty
        return draw(bad) if is_bad else Sample(draw(good), (), "accepted", True, "a random valid body")

    try:
        yield from distinct(
            proposal, session.options.max_examples, lambda sample: encode(sample.value), session.options.seed
        )
    except Unsatisfiable as error:
        raise ContractError(
            f"{bench.operation.id}: no body fits its schema; do keywords contradict each other?"
        ) from error


def _shrink(session: Session, bench: CaseParts, finding: Finding) -> None:
    """Look for a smaller body that breaks the same clause; every attempt starts from a room whose fields are
    all set.
    """
    text = finding.counterexample.interaction.request.body or b""
    body = read_json(text)
    if not isinstance(body, dict) or (len(body) <= 1 and len(text) <= SMALL):
        return
    setting = session.setting(Seat.MAIN)
    basis = plain(bench.operation.schema, bench.fields(setting), anchor=setting.now + ANCHOR)

    def still_breaks(smaller: dict[str, Any]) -> bool:
        if not bench.makes_rooms:
            session.send(bench.case(basis))
        _, evidence = session.send(bench.exact(smaller, "a smaller body"))
        return any(item.clause == finding.clause.id and item.outcome is Outcome.FAIL for item in evidence)

    required = frozenset(bench.operation.schema.get("required", ()))
    attempts = FEW_ATTEMPTS if bench.makes_rooms and session.keeps_rooms else SHRINK_ATTEMPTS
    minimised(body, required, basis.value, still_breaks, attempts)
