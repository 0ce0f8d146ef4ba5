"""Sequences of requests: a Hypothesis state machine draws them up, the judge's room model says what they
break.

A sequence is sent when it is whole, and no Hypothesis run lasts, so that what it broke is remembered. The
shortest one is found by leaving out: Hypothesis' own shrinking needs several times as many requests, since
the choice of a rule hangs on rules that were chosen before.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import Any

from hypothesis import seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test
from hypothesis.strategies import SearchStrategy

from roomproof.contract.model import Operation
from roomproof.engine.attempt import (
    AGAIN,
    FIRST_AGAIN,
    SEATS,
    VARIANTS,
    Attempts,
    SequenceFinding,
    SequenceStep,
    Steps,
    makes_sense,
    weight,
)
from roomproof.engine.bodies import CaseParts
from roomproof.engine.case import Case, Seat
from roomproof.engine.life_steps import LifeSteps, lives
from roomproof.engine.repeatability import repeatable
from roomproof.engine.session import Session
from roomproof.engine.soak import soaks
from roomproof.engine.wanted import credentials
from roomproof.interaction import Credentials, Interaction, RoomKnowledge, header
from roomproof.judge.counterexample import Counterexample
from roomproof.judge.judged_interaction import read_json
from roomproof.verdict import Finding, Verdict
from roomproof_strategies import Json, Sample, invalid
from roomproof_strategies.drawing import EXAMPLES, RANDOM

LENGTH = 10
"""How many steps a sequence has at first."""
CASES_EACH = 14
"""For so many random cases of an operation there is one sequence."""
SEARCHED = 30
"""How many more sequences a run tries for findings that are shown by none of these, and by no request
alone.
"""
REDUCTION = 100
"""After how many requests no more is left out of a sequence."""
PASSES = 8
"""A long sequence may be sent so often, whole or in part, before no more is left out of it."""


def follow(session: Session) -> Explanation:
    """Send random sequences and the lives of rooms, and explain what was found until now.

    Return what explains what is found later. Raises CutShortError where the run has to end.
    """
    attempts = Attempts(session)
    moves = _Moves(session, attempts)
    benches = [session.bench(operation) for operation in session.contract.telling]
    selected = [bench for bench in benches if session.selection.wants_operation(bench.operation)]
    wants = session.selection.wants
    soaking = [
        steps
        for steps in soaks(attempts, selected, moves.told)
        if any(wants(step.case()) for step in steps if step.case)
    ]
    # What one operation does, a clause of another one may tell.
    living = [
        steps
        for steps in lives(session, attempts, benches, moves.told)
        if any(session.selection.wants_operation(one) for one in _operations(session, steps))
    ]
    long = [*soaking, *living]
    explanation = Explanation(session, attempts, moves, long)
    for steps in long:
        if not session.is_settled:
            attempts.broken_by(steps)
    wanted = session.options.max_examples // CASES_EACH if session.selection.wants_sequences else 0
    for begun in range(0, wanted, EXAMPLES):
        for steps in explanation.draw_up(min(EXAMPLES, wanted - begun)):
            if not session.is_settled:
                attempts.broken_by(steps)
    explanation.give_to_each()
    return explanation


def _operations(session: Session, steps: Steps) -> Iterator[Operation]:
    return (one for step in steps if (one := session.contract.by_id(step.label[0])) is not None)


class Explanation:
    """Draws up sequences, and finds out which steps a finding needs."""

    def __init__(self, session: Session, attempts: Attempts, moves: _Moves, long: list[Steps]) -> None:
        self._session = session
        self._attempts = attempts
        self._moves = moves
        self._long = long
        self._times = 0
        self._searches = SEARCHED
        self._untried: list[Steps] = []
        self._done: set[str] = set()

    def give_to_each(self) -> None:
        """Give each finding that one request alone does not show its shortest sequence, if it has none yet.

        Raises CutShortError where the run has to end.
        """
        # One at a time, since each explanation may bring new findings.
        while finding := next(filter(self._needs_one, self._session.findings()), None):
            self._done.add(finding.clause.id)
            self.give(finding)

    def _needs_one(self, finding: Finding) -> bool:
        return finding.verdict is Verdict.FAIL and finding.clause.id not in self._done

    def draw_up(self, count: int) -> list[Steps]:
        """Return so many more random sequences, after the simplest one, with which Hypothesis begins each
        time.

        None where there is no step that can be the first one.
        """
        if self._moves.are_none:
            return []
        self._times += 1
        drawn: list[Steps] = []
        machine = seed(hash((self._session.options.seed, self._times)))(_machine(self._moves, drawn.append))
        run_state_machine_as_test(
            machine, settings=settings(RANDOM, max_examples=1 + count, stateful_step_count=LENGTH)
        )
        return drawn

    def give(self, finding: Finding) -> None:
        """Give a finding the shortest sequence that breaks its clause, unless its counterexample does so
        alone.
        """
        clause, counterexample = finding.clause.id, finding.counterexample
        request = counterexample.interaction.request
        if counterexample.is_unanswered or self._session.contract.match(request.method, request.path) is None:
            return
        if alone := self._alone(finding):
            self._session.judging.verdicts.explain(alone)
            return
        # What other clauses may explain is no more than a suspicion, and worth no sequences.
        if not _is_fail(finding):
            return
        first = self._attempts.known_to_break(clause) or self._searched(finding)
        if first is None:
            return
        again = self._attempts.send(self._reduced(clause, first).steps).get(clause)
        # A fault that comes and goes is told as it was first seen.
        broken = again or first
        sequence = broken.interactions if len(broken.steps) > 1 else broken.interactions[-1:]
        self._session.judging.verdicts.explain(
            Counterexample(broken.evidence, broken.interactions[-1], sequence=sequence)
        )

    def _alone(self, finding: Finding) -> Counterexample | None:
        """Return the counterexample in a room of its own, if that is enough: of the request as it was, or as
        it would be in that room.
        """
        if (alone := self._attempts.alone(finding)) or not _is_fail(finding):
            return alone
        if finding.clause.id in self._attempts.hang_on_names:
            return None
        step = self._moves.as_seen(finding.counterexample.interaction)
        broken = None if step is None else self._attempts.broken_by((step,)).get(finding.clause.id)
        return (
            None
            if broken is None
            else Counterexample(broken.evidence, broken.interactions[-1], sequence=broken.interactions[-1:])
        )

    def _searched(self, finding: Finding) -> SequenceFinding | None:
        clause = finding.clause.id
        for steps in self._long:
            if clause in self._attempts.broken_by(steps):
                return self._attempts.known_to_break(clause)
        while self._searches and finding.clause.operation in self._moves.operations:
            self._searches -= 1
            self._untried = self._untried or self.draw_up(EXAMPLES)
            if not self._untried:
                return None
            self._attempts.broken_by(self._untried.pop())
            if found := self._attempts.known_to_break(clause):
                return found
        return None

    def _reduced(self, clause: str, broken: SequenceFinding) -> SequenceFinding:
        """Leave out of a sequence whatever it does not need, one thing after the other."""
        last = self._session.result.requests + max(REDUCTION, PASSES * len(broken.steps))
        simpler: SequenceFinding | None = (
            self._attempts.broken_by(_written_out(broken.steps)).get(clause) or broken
        )
        while simpler is not None and self._session.result.requests < last:
            broken = simpler
            lighter = (
                steps
                for steps in _fewer(broken.steps)
                if makes_sense(steps) and weight(steps) < weight(broken.steps)
            )
            outcomes = (self._attempts.broken_by(steps).get(clause) for steps in lighter)
            simpler = next((outcome for outcome in outcomes if outcome is not None), None)
        return simpler or broken


def _is_fail(finding: Finding) -> bool:
    """Whether a finding is a fail that no other clause may explain."""
    return finding.verdict is Verdict.FAIL and not finding.counterexample.evidence.suspects


def _written_out(steps: Steps) -> Steps:
    """Return a sequence with the step itself in place of what repeats it, so that either can be left out."""
    told: list[SequenceStep] = []
    for step in steps:
        requests = [one for one in told if one.case]
        told.append(requests[-1] if step == AGAIN else requests[0] if step == FIRST_AGAIN else step)
    return tuple(told)


def _fewer(steps: Steps) -> Iterator[Steps]:
    """Yield a sequence about one room, without many steps or one, with repeats, and with simpler steps.

    The last step is never left out, and its room is tried first. What only asks, page after page perhaps, is
    left out before anything else.
    """
    yield (*(step for step in steps[:-1] if not step.only_asks), steps[-1])
    yield tuple(step for step in steps if step.seat in (None, steps[-1].seat))
    yield tuple(step.in_main_room or step for step in steps)
    size = len(steps) - 1
    while size:
        for start in range(0, len(steps) - 1, size):
            yield (*steps[:start], *steps[min(start + size, len(steps) - 1) :])
        size //= 2
    for index, step in enumerate(steps):
        yield (*steps[:index], AGAIN, *steps[index + 1 :])
        yield from ((*steps[:index], simple, *steps[index + 1 :]) for simple in step.simpler())


class _Moves:
    """The steps that a sequence can have, as strategies. What they send is made when they are sent, to fit
    the room.
    """

    def __init__(self, session: Session, attempts: Attempts) -> None:
        self._session = session
        benches = [session.bench(operation) for operation in session.contract.telling]
        self._attempts = attempts
        self._bodies = {
            name: [sample.value for sample in samples] for name, samples in attempts.bodies.items()
        }
        changing = [bench for bench in benches if not bench.makes_rooms]
        seats = SEATS if attempts.has_two_rooms else SEATS[:1]
        self.change = _any_of(self._tellings(bench, self._fields(bench), seats) for bench in changing)
        self.change_nothing = _any_of(self._tellings(bench, st.just({}), seats) for bench in changing)
        self.create = _any_of(
            self._tellings(bench, self._fields(bench), SEATS[:1]) for bench in benches if bench.makes_rooms
        )
        self.be_rejected = _any_of(self._rejected(bench) for bench in benches)
        seen = (
            self.as_seen(finding.counterexample.interaction)
            for finding in session.judging.verdicts.findings()
            if _is_fail(finding)
        )
        self.do_as_seen = _one_of(step for step in seen if step is not None)
        life = LifeSteps(session, attempts)
        places = [(one, seat) for one in life.asking for seat in life.seats]
        self.operations = {one.operation.id for one in benches} | {
            one.id for one in (*life.asking, *life.inside, session.contract.deleting) if one is not None
        }
        self.look = _one_of(life.look(*place) for place in places)
        self.delete = _one_of(attempts.deletion(seat) for seat in life.seats if attempts.can_delete)
        self.inside = _any_of(self._inside(life, one) for one in life.inside)
        begins = (self.change, self.change_nothing, self.create, self.be_rejected, self.do_as_seen)
        self.are_none = all(steps.is_empty for steps in begins)

    def as_seen(self, interaction: Interaction) -> SequenceStep | None:
        """Return the step that sends the body of a request again, None if it was not to be carried out."""
        request = interaction.request
        matched = self._session.contract.match(request.method, request.path)
        body = read_json(request.body)
        in_vain = request.credentials is not Credentials.VALID or request.room is RoomKnowledge.NONE
        if (
            matched is None
            or matched[0] not in self._session.contract.telling
            or not isinstance(body, dict)
            or in_vain
        ):
            return None
        names = matched[0].repeatability
        return self._step(
            self._session.bench(matched[0]),
            body,
            Seat.MAIN,
            names is not None and header(request.headers, names[0]) is not None,
        )

    def _inside(self, life: LifeSteps, operation: Operation) -> SearchStrategy[SequenceStep]:
        """Return the steps by which something inside a room is made, changed or deleted."""
        names = list(operation.schema.get("properties", {})) if operation.body else []
        some = st.lists(st.sampled_from(names), unique=True) if names else st.just([])
        return st.builds(
            partial(life.write, operation),
            st.sampled_from(life.seats),
            st.sampled_from(range(VARIANTS)),
            st.one_of(st.none(), some),
        )

    def told(self, bench: CaseParts, fields: Json, seat: Seat) -> SequenceStep:
        """Return the step that tells a room some fields."""
        return self._step(bench, fields, seat, to_be_repeated=False)

    def _tellings(
        self, bench: CaseParts, bodies: SearchStrategy[Json], seats: tuple[Seat, ...]
    ) -> SearchStrategy[SequenceStep]:
        """Return the steps that tell an operation a body, some of them so that they may be repeated if there
        is a way.
        """
        to_be_repeated = st.booleans() if bench.operation.repeatability else st.just(False)
        return st.tuples(bodies, st.sampled_from(seats), to_be_repeated).map(
            lambda drawn: self._step(bench, *drawn)
        )

    def _fields(self, bench: CaseParts) -> SearchStrategy[Json]:
        """Return all fields or some, in the order of the schema, each with one of a few plain values.

        Hypothesis begins with the first choice at every step: the whole body again and again.
        """
        bodies = self._bodies[bench.operation.id]
        values = [(name, variant) for variant, body in enumerate(bodies) for name in body]
        chosen = (
            st.lists(st.sampled_from(values), unique_by=lambda value: value[0]) if values else st.just([])
        )
        some = chosen.map(
            lambda drawn: {name: bodies[dict(drawn)[name]][name] for name in bodies[0] if name in dict(drawn)}
        )
        return st.one_of(st.just(bodies[0]), some, some)

    def _step(self, bench: CaseParts, fields: Json, seat: Seat, to_be_repeated: bool) -> SequenceStep:
        """Return the step that sends some fields beside those that are required."""
        basis = self._bodies[bench.operation.id][0]
        body = {**{name: basis[name] for name in bench.operation.schema.get("required", ())}, **fields}
        label = (
            bench.operation.id,
            json.dumps(body),
            seat.value,
            *(("repeatable",) if to_be_repeated else ()),
        )
        return SequenceStep(
            label,
            None if bench.makes_rooms else seat,
            partial(self._case, bench, body, seat, to_be_repeated),
            lambda: (self._step(bench, some, seat, to_be_repeated) for some in _some(fields)),
            self._step(bench, fields, Seat.MAIN, to_be_repeated) if seat is not Seat.MAIN else None,
        )

    def _case(self, bench: CaseParts, body: Json, seat: Seat, to_be_repeated: bool) -> Case:
        case = bench.case(_sample(body), seat)
        names = bench.operation.repeatability if to_be_repeated else None
        return replace(case, headers=repeatable(names, bench.setting(seat).now)) if names else case

    def _rejected(self, bench: CaseParts) -> SearchStrategy[SequenceStep]:
        """Return the steps that a provider has to reject: by whom it does not know, to a room that is not
        there, with a wrong value.
        """
        basis = self._bodies[bench.operation.id][0]
        unauthenticated = (
            SequenceStep(
                (bench.operation.id, case.note),
                Seat.MAIN,
                partial(_nth, partial(credentials, bench, _sample(basis)), number),
            )
            for number, case in enumerate(credentials(bench, _sample(basis)))
        )
        to_unknown_room = partial(self._to_unknown_room, bench, basis)
        no_room = (
            []
            if bench.makes_rooms
            else [
                SequenceStep((bench.operation.id, "a room that does not exist"), Seat.MAIN, to_unknown_room)
            ]
        )
        samples = invalid(bench.operation.schema, self._attempts.fields, anchor=self._attempts.anchor)
        by_field = {
            sample.path[0]: sample
            for sample in reversed([*samples])
            if sample.path and isinstance(sample.value, dict)
        }
        wrong = [self._wrong(bench, sample, basis) for sample in by_field.values()]
        return _any_of([_one_of(unauthenticated), _one_of(no_room), _one_of(wrong)])

    def _to_unknown_room(self, bench: CaseParts, body: Json) -> Case:
        return replace(bench.case(_sample(body)), seat=Seat.UNKNOWN)

    def _wrong(self, bench: CaseParts, sample: Sample, others: Json) -> SequenceStep:
        """Return the step that sends a wrong value among others."""
        among = replace(sample, value={**others, **sample.value})
        label = (bench.operation.id, sample.note, json.dumps(others))
        return SequenceStep(
            label,
            Seat.MAIN,
            partial(bench.case, among),
            lambda: (self._wrong(bench, sample, some) for some in _some(others)),
        )


def _some(fields: dict[str, Json]) -> Iterator[dict[str, Json]]:
    """Yield no field, each one alone, and all but each one."""
    yield {}
    yield from ({name: value} for name, value in fields.items())
    yield from ({key: value for key, value in fields.items() if key != name} for name in fields)


def _sample(body: Json) -> Sample:
    return Sample(body, (), "accepted", True, "a step of a sequence")


def _nth(cases: Callable[[], Iterator[Case]], number: int) -> Case:
    return next(islice(cases(), number, None))


def _one_of(steps: Iterable[SequenceStep]) -> SearchStrategy[SequenceStep]:
    found = list(dict.fromkeys(steps))
    return st.sampled_from(found) if found else st.nothing()


def _any_of(offers: Iterable[SearchStrategy[SequenceStep]]) -> SearchStrategy[SequenceStep]:
    found = [offer for offer in offers if not offer.is_empty]
    return st.one_of(found) if found else st.nothing()


def _machine(moves: _Moves, keep: Callable[[Steps], None]) -> Any:
    """Return what makes the machine that draws up sequences of moves, and hands over each one."""

    class Sequence(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.steps: Steps = ()

        @_move(moves.change)
        def change(self, step: SequenceStep) -> None:
            self.steps += (step,)

        @_move(moves.change_nothing)
        def change_nothing(self, step: SequenceStep) -> None:
            self.steps += (step,)

        @_move(moves.create)
        def create(self, step: SequenceStep) -> None:
            self.steps += (step,)

        @_move(moves.be_rejected)
        def get_rejected(self, step: SequenceStep) -> None:
            self.steps += (step,)

        @_move(moves.do_as_seen)
        def send_what_broke_a_clause(self, step: SequenceStep) -> None:
            self.steps += (step,)

        @precondition(lambda self: makes_sense((*self.steps, AGAIN)))
        @rule(steps=st.sampled_from(((AGAIN,), (AGAIN, AGAIN), (FIRST_AGAIN,))))
        def repeat(self, steps: Steps) -> None:
            self.steps += steps

        @_move(moves.look)
        def look(self, step: SequenceStep) -> None:
            self.steps += (step,)

        @_move(moves.inside)
        def do_inside(self, step: SequenceStep) -> None:
            self.steps += (step,)

        # Late, since of a room that is gone there is not much to learn.
        @precondition(
            lambda self: (
                not moves.delete.is_empty
                and len(self.steps) >= LENGTH // 2
                and not any(step.ends_room for step in self.steps)
            )
        )
        @rule(step=moves.delete)
        def delete(self, step: SequenceStep) -> None:
            self.steps += (step,)

        def teardown(self) -> None:
            # What is in flight only tells that Hypothesis could not draw up the whole of it.
            if sys.exception() is None:
                keep(self.steps)

    # Hypothesis reads the source of what it is given before each run: that of a class takes long to find.
    return lambda: Sequence()


def _move(steps: SearchStrategy[SequenceStep]) -> Callable[[Any], Any]:
    """Make a method the rule that adds one of some steps, where there are any."""
    return lambda method: precondition(lambda _: not steps.is_empty)(rule(step=steps)(method))
