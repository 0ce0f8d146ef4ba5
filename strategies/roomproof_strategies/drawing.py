"""Random values from Hypothesis in great number: they are drawn up first, and used when no Hypothesis run
lasts.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from typing import TypeVar

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable

T = TypeVar("T")

RANDOM = settings(
    database=None,
    deadline=None,
    phases=(Phase.generate,),
    verbosity=Verbosity.quiet,
    suppress_health_check=list(HealthCheck),
)
"""A run that only generates. Health checks watch over a test's own data; what takes time here may be a
provider's response.
"""
EXAMPLES = 8
"""So many examples a run has, beside the simplest one, with which Hypothesis begins. Of more than these
Hypothesis makes some small, and later ones of parts of earlier ones, so that half of the values would come
again.
"""
VALUES_EACH = 32
"""So many values at most are drawn in an example, since to begin and to end one takes longer than to draw a
value.
"""
BARREN = 3
"""After so many runs in a row that bring nothing new there is taken to be nothing else."""


def distinct(
    make: Callable[[st.DrawFn], T], wanted: int, key: Callable[[T], Hashable], start: int
) -> Iterator[T]:
    """Yield so many random values that differ in their key, the same ones for the same start; fewer if there
    seem to be no others.

    `make` takes the function that draws from a strategy and returns a value. The first value is the simplest
    one. Raises Unsatisfiable if there are none at all. Not for use inside a running Hypothesis test.
    """
    seen: set[Hashable] = set()
    most = VALUES_EACH
    number = barren = 0
    while (missing := wanted - len(seen)) > 0 and barren < BARREN:
        number += 1
        size = min(most, -(-missing // EXAMPLES))
        try:
            drawn = _drawn(make, size, hash((start, number)))
        except Unsatisfiable:
            if size == 1 and not seen:
                raise
            drawn = []
        for value in drawn:
            word = key(value)
            if word not in seen and len(seen) < wanted:
                seen.add(word)
                yield value
        barren = barren + 1 if len(seen) == wanted - missing else 0
        if len(drawn) < (1 + EXAMPLES) * size:
            # There are no others, or values are given up or too long, so that no example of several gets to
            # its end.
            if size == 1:
                return
            most = 1


def _drawn(make: Callable[[st.DrawFn], T], size: int, start: int) -> list[T]:
    """Return the values of one run, so many an example; the first ones are the simplest."""
    drawn: list[T] = []

    @seed(start)
    @settings(RANDOM, max_examples=1 + EXAMPLES)
    @given(_several(make, size))
    def every_example(values: list[T]) -> None:
        drawn.extend(values)

    every_example()
    return drawn


@st.composite
def _several(draw: st.DrawFn, make: Callable[[st.DrawFn], T], size: int) -> list[T]:
    """Return so many values. Hypothesis' own lists would ask before each whether there is another."""
    return [make(draw) for _ in range(size)]
