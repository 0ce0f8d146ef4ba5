"""The plan of an operation: which cases are sent, in which order. Families take turns, so that faults show
early.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from random import Random

from roomproof.engine.asking import asking, parameter_cases, provider_samples
from roomproof.engine.bodies import CaseParts
from roomproof.engine.carriers import carriers
from roomproof.engine.case import Case, Seat
from roomproof.engine.turns import ANCHOR, turns
from roomproof.engine.wanted import wanted
from roomproof.judge.rules import default, default_from
from roomproof_strategies import Sample, boundary, invalid, plain

OTHER_EVERY = 6
"""After how many cases about the main room the other room is looked at."""
MOST_ROOMS = 1_500
"""So many bodies make rooms, and no more, where a run is about other operations, too: lists become too long
to be read.
"""
FEW = 6
"""Where there are more, so many are sent for each rule of a field that a change of a room has as well."""


def plan(bench: CaseParts, random: Random, *, is_one_of_several: bool = False) -> Iterator[Case]:
    """Yield every deterministic case of an operation; fewer of one that makes rooms, where it is one of
    several that a run is about.
    """
    if not bench.tells_a_room:
        yield from asking(bench, random)
        return
    anchor = bench.setting(Seat.MAIN).now + ANCHOR
    fields = bench.special.fields(bench.setting(Seat.MAIN))
    schema = bench.operation.schema
    first, second = (plain(schema, fields, anchor=anchor, variant=variant) for variant in (0, 1))
    yield bench.case(first)
    if bench.has_other and not bench.makes_rooms:
        yield bench.case(_without_defaults(bench, second), Seat.OTHER)
    right, wrong = boundary(schema, fields, anchor=anchor), invalid(schema, fields, anchor=anchor)
    if is_one_of_several and bench.makes_rooms:
        right, wrong = _thinned(bench, list(right), list(wrong))
    yield from turns(
        _with_other(bench, right, second),
        _alone_and_among_others(bench, wrong, first),
        turns(
            *wanted(bench, first, random),
            carriers(bench, first),
            provider_samples(bench, first),
            parameter_cases(bench, bench.case(first)),
        ),
    )


def _thinned(
    bench: CaseParts, right: list[Sample], wrong: list[Sample]
) -> tuple[Iterator[Sample], Iterator[Sample]]:
    """Return fewer samples where there are very many: of a field that a change of a room has as well, each
    value is tried there.
    """
    # What is wrong is tried alone and among others.
    if len(right) + 2 * len(wrong) <= MOST_ROOMS:
        return iter(right), iter(wrong)
    changing = (one for one in bench.contract.changing if one.is_documented)
    shared = {name for one in changing for name in one.schema.get("properties", {})}
    return _few(right, shared), _few(wrong, shared)


def _few(samples: Iterable[Sample], shared: set[str]) -> Iterator[Sample]:
    met: Counter[tuple[str, str]] = Counter()
    for sample in samples:
        name = sample.path[0] if sample.path else ""
        met[name, sample.rule] += 1
        # Each word of a list has to be accepted.
        is_listed = sample.valid and sample.rule == "enum"
        if is_listed or (name and name not in shared) or met[name, sample.rule] <= FEW:
            yield sample


def _with_other(bench: CaseParts, samples: Iterator[Sample], other: Sample) -> Iterator[Case]:
    for number, sample in enumerate(samples, 1):
        yield bench.case(sample)
        if bench.has_other and not bench.makes_rooms and number % OTHER_EVERY == 0:
            yield bench.case(_part_of(bench, other, number // OTHER_EVERY), Seat.OTHER)


def _alone_and_among_others(bench: CaseParts, samples: Iterator[Sample], basis: Sample) -> Iterator[Case]:
    """Yield each broken body, and the same fault in a body with every other field."""
    for sample in samples:
        yield bench.case(sample)
        if (
            isinstance(sample.value, dict)
            and sample.rule != "required"
            and basis.value.keys() - sample.value.keys()
        ):
            full = {**basis.value, **sample.value}
            yield bench.case(replace(sample, value=full, note=f"{sample.note}, among all fields"))


def _without_defaults(bench: CaseParts, basis: Sample) -> Sample:
    """Return a sample that leaves out what has a default, so that the default is seen in a room that was
    updated.
    """
    rules = (default.RULE, default_from.RULE)
    defaulted = {clause.path[0] for rule in rules for clause in rule.clauses(bench.operation)}
    required = bench.operation.schema.get("required", ())
    return replace(
        basis,
        value={
            name: value for name, value in basis.value.items() if name in required or name not in defaulted
        },
    )


def _part_of(bench: CaseParts, sample: Sample, number: int) -> Sample:
    """Return a sample with one field of the given one, another one for each number, and what is required."""
    required = bench.operation.schema.get("required", ())
    names = list(sample.value)
    chosen = {*required, *names[number % max(len(names), 1) :][:1]}
    return replace(sample, value={name: value for name, value in sample.value.items() if name in chosen})


def told_and_looked_at(bench: CaseParts, looking: CaseParts) -> Iterator[tuple[Case, Sample]]:
    """Yield pairs: a whole body is told to an operation, a small update then shows how much of it was stored.

    Each body is told twice and looked at with different fields, since a look shows only what it does not
    carry.
    """
    anchor = bench.setting(Seat.MAIN).now + ANCHOR
    for variant in (0, 1):
        told, small = (
            plain(
                each.operation.schema,
                each.special.fields(each.setting(Seat.MAIN)),
                anchor=anchor,
                variant=variant,
            )
            for each in (bench, looking)
        )
        for number in (0, -1):
            yield bench.case(told), _part_of(looking, small, number)
