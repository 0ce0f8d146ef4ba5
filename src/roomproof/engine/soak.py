"""Long sequences without chance: a dozen rounds in which every field changes, and names that change hands.

They show what no short sequence shows: that the n-th update of a field is lost, that every n-th one takes
something else along, that a name which nobody has any more is not free.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from roomproof.engine.attempt import SEATS, Attempts, SequenceStep, Steps
from roomproof.engine.bodies import CaseParts
from roomproof.engine.case import Case, Seat
from roomproof.judge.rules import unique
from roomproof_strategies import Json, Sample, plain

ROUNDS = 12
"""How often every field of a room is changed."""
Told = Callable[[CaseParts, Json, Seat], SequenceStep]
"""Returns the step that tells a room some fields, beside those that are required."""


def soaks(attempts: Attempts, benches: list[CaseParts], told: Told) -> Iterator[Steps]:
    """Yield the sequences of each operation that changes rooms, those about two only where there can be
    two.
    """
    for bench in benches:
        if bench.makes_rooms:
            continue
        yield tuple(_rounds(attempts, bench, told))
        if attempts.has_two_rooms:
            names = _plain(attempts, bench, 0).value
            for clause in unique.RULE.clauses(bench.operation):
                if clause.path[0] in names:
                    yield tuple(_change_of_hands(attempts, bench, clause.path[0]))


def _rounds(attempts: Attempts, bench: CaseParts, told: Told) -> Iterator[SequenceStep]:
    """Yield updates of all fields in every round, in two parts, so that each part shows what the other one
    did.

    Which fields go together differs from round to round: any two of them are told apart in some.
    """
    seats = SEATS if attempts.has_two_rooms else SEATS[:1]
    names = [name for name in _plain(attempts, bench, 0).value if name not in bench.read_only]
    digits = max(len(names) - 1, 1).bit_length()
    for number in range(ROUNDS):
        chosen = [name for index, name in enumerate(names) if (index >> (number % digits)) & 1]
        for part in (chosen, [name for name in names if name not in chosen]):
            for seat in seats:
                # Another value in each room, of two choices the other one: no two rooms may have one name.
                variant = 1 + number + seats.index(seat) * (ROUNDS + 1)
                body = _plain(attempts, bench, variant).value
                if part:
                    yield told(bench, {name: body[name] for name in part}, seat)


def _change_of_hands(attempts: Attempts, bench: CaseParts, name: str) -> Iterator[SequenceStep]:
    """Yield updates by which a room takes what another one has, has given up, and has taken to its grave."""
    main, other = SEATS
    first, second, third = (
        partial(_named, bench, name, _plain(attempts, bench, variant)) for variant in range(3)
    )
    yield first(other, other)
    yield first(other, main)
    yield second(other, other)
    yield first(other, main)
    yield third(main, main)
    yield first(other, other)
    if attempts.can_delete:
        yield attempts.deletion(other)
        yield first(other, main)


def _named(bench: CaseParts, name: str, sample: Sample, owner: Seat, seat: Seat) -> SequenceStep:
    """Return the step that gives a room the name which a sample has for its owner."""
    label = (bench.operation.id, f"the {name} of {sample.note} for the {owner.value} room", seat.value)
    return SequenceStep(label, seat, partial(_case, bench, name, sample, owner, seat))


def _case(bench: CaseParts, name: str, sample: Sample, owner: Seat, seat: Seat) -> Case:
    required = bench.operation.schema.get("required", ())
    own = {key: value for key, value in bench.adapted(sample, seat).items() if key in required}
    return bench.exact(
        {**own, name: bench.adapted(sample, owner)[name]},
        f"a {name} that the {owner.value} room has or had",
        seat,
    )


def _plain(attempts: Attempts, bench: CaseParts, variant: int) -> Sample:
    sample = plain(bench.operation.schema, attempts.fields, anchor=attempts.anchor, variant=variant)
    return replace(sample, note=f"variant {variant}")
