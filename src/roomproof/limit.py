"""Where a limit really is: the search for the border between what is accepted and what is not, and how it is
told.

The search is pure: it asks a function, which may send requests. It assumes that what lies further out is not
accepted either, and then looks whether that is so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cache, cached_property
from itertools import takewhile

BUDGET = 24
"""Questions that one limit is worth: a border that a person would choose takes about ten, any other one a few
more than these.
"""


class LimitReply(StrEnum):
    """How a value was answered."""

    ACCEPTED = "accepted"
    REJECTED = "refused"
    SERVER_ERROR = "server error"

    @property
    def word(self) -> str:
        """The word that people read; the value is that of the JSON report."""
        return "rejected" if self is LimitReply.REJECTED else self.value


@dataclass(frozen=True)
class TriedValue:
    """A reply, or None and why there is none that says anything of the value: `status 429`, `no answer`."""

    reply: LimitReply | None
    unclear: str = ""


@dataclass(frozen=True)
class Border:
    """What was found out: the response at every position that was asked. Positions are whole numbers that
    grow outwards.
    """

    known: Mapping[int, TriedValue]

    @cached_property
    def clear(self) -> tuple[tuple[int, LimitReply], ...]:
        """The positions whose responses say something, innermost first."""
        return tuple(
            (position, response.reply)
            for position, response in sorted(self.known.items())
            if response.reply is not None
        )

    @property
    def unclear(self) -> Mapping[int, str]:
        """The positions whose responses say nothing, and what they are."""
        return {
            position: response.unclear for position, response in self.known.items() if response.reply is None
        }

    @property
    def turns(self) -> tuple[tuple[int, LimitReply], ...]:
        """The responses that contradict a single border: the last before the first change, and the first
        after each; else none.
        """
        taken = [reply is LimitReply.ACCEPTED for _, reply in self.clear]
        changes = [index for index in range(1, len(taken)) if taken[index] != taken[index - 1]]
        if len(changes) == (1 if taken and taken[0] else 0):
            return ()
        return tuple(self.clear[index] for index in (changes[0] - 1, *changes)) if changes else ()

    @property
    def accepted(self) -> int | None:
        """The outermost position that is accepted before one is not, None where there is none."""
        inner = takewhile(lambda response: response[1] is LimitReply.ACCEPTED, self.clear)
        return max((position for position, _ in inner), default=None)

    @property
    def beyond(self) -> int | None:
        """The innermost position that is not accepted, None where there is none."""
        return next((position for position, reply in self.clear if reply is not LimitReply.ACCEPTED), None)

    @property
    def exact(self) -> bool:
        """Whether no position between the last accepted one and the next was left untried."""
        return self.accepted is None or self.beyond is None or self.beyond == self.accepted + 1


def find_border(
    ask: Callable[[int], TriedValue],
    start: int,
    inner: int,
    outer: int,
    *,
    checks: Sequence[int] = (),
    budget: float = BUDGET,
) -> Border:
    """Return the border next to `start`, the documented limit, between `inner` and `outer`, both of which may
    be asked.

    Growing steps lead from `start` outwards while positions are accepted, inwards while they are not, over
    numbers that people choose for limits; what is left between two of them is bisected. Then the neighbours
    of the border and `checks` are tried, so that responses which follow no single border are seen. An unclear
    response ends the search, and so does the end of the `budget`, which counts questions. If there are
    several borders, the innermost is the exact one.
    """
    search = _BorderSearch(ask, budget)
    try:
        found = search.bracket(start, inner, outer)
        if found is None:
            return Border(search.known)
        border = search.bisect(*found)
        for position in (border - 1, border + 2, *checks):
            if inner <= position <= outer:
                search.accepts(position)
        if (
            (innermost := Border(search.known)).turns
            and innermost.accepted is not None
            and innermost.beyond is not None
        ):
            search.bisect(innermost.accepted, innermost.beyond)
    except _EnoughError:
        pass
    return Border(search.known)


class _EnoughError(Exception):
    """The budget is spent, or a response was unclear."""


class _BorderSearch:
    """Asks each position once, within a budget."""

    def __init__(self, ask: Callable[[int], TriedValue], budget: float) -> None:
        self._ask, self._budget = ask, budget
        self.known: dict[int, TriedValue] = {}

    def accepts(self, position: int) -> bool:
        """Whether a position is accepted. Raises _EnoughError where that cannot be found out."""
        if position not in self.known:
            if len(self.known) >= self._budget:
                raise _EnoughError
            self.known[position] = self._ask(position)
            if self.known[position].reply is None:
                raise _EnoughError
        return self.known[position].reply is LimitReply.ACCEPTED

    def bracket(self, start: int, inner: int, outer: int) -> tuple[int, int] | None:
        """Return an accepted position and one further out that is not, None if there are none; no usual
        number lies between them.
        """
        if self.accepts(start):
            return _turn(_rungs(start, outer), self.accepts)
        turned = _turn(_rungs(start, inner), lambda position: not self.accepts(position))
        return None if turned is None else (turned[1], turned[0])

    def bisect(self, accepted: int, beyond: int) -> int:
        """Return the outermost accepted position; the usual number that the search starts from is the
        likeliest.
        """
        middle = accepted + 1
        while beyond - accepted > 1:
            if self.accepts(middle):
                accepted = middle
            else:
                beyond = middle
            middle = (accepted + beyond) // 2
        return accepted


def _turn(rungs: Sequence[int], holds: Callable[[int], bool]) -> tuple[int, int] | None:
    """Return two neighbours between which `holds`, true of the first rung, turns false; None if it never
    does.
    """
    low, high = 0, 1
    while high < len(rungs) and holds(rungs[high]):
        low, high = high, 2 * high
    high = min(high, len(rungs) - 1)
    if low == high or holds(rungs[high]):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if holds(rungs[middle]) else (low, middle)
    return rungs[low], rungs[high]


def _rungs(start: int, end: int) -> tuple[int, ...]:
    """Return the positions to go by from one to another: the neighbour of the first, then usual numbers."""
    sign = 1 if end >= start else -1
    between = (number for number in _usual()[::sign] if sign * start < sign * number < sign * end)
    return tuple(dict.fromkeys((start, start + sign, *between, end))) if start != end else (start,)


@cache
def _usual() -> tuple[int, ...]:
    """Return the numbers that people choose for limits, of either sign: round ones, powers of two, and one
    less.
    """
    found = {
        head * 10**exponent // 10
        for head in (10, 12, 15, 20, 25, 30, 40, 50, 60, 75, 80)
        for exponent in range(20)
    }
    found |= {
        power - step
        for exponent in range(64)
        for power in (2**exponent, 10 ** (exponent % 20))
        for step in (0, 1)
    }
    return tuple(sorted({sign * number for number in found for sign in (1, -1)}))


@dataclass(frozen=True)
class Limit:
    """A documented limit, or the lack of one, and where the provider's own lies.

    `what` names it (`maximum length`), `documented` is None where nothing gives one, `level` the word for
    where it comes from. `outward` is -1 for a lower limit, `unit` what a position is worth. `made_of` tells
    which characters the texts were made of, where that matters; `stored` what became of a value that was
    accepted and stored as another one.
    """

    what: str
    documented: float | None
    border: Border
    outward: int = 1
    unit: Fraction = Fraction(1)
    level: str = "documented"
    made_of: str = ""
    stored: str = ""

    def value(self, position: int) -> float:
        """Return the value at a position of the border."""
        number = self.outward * position * self.unit
        return int(number) if number.denominator == 1 else float(number)

    @property
    def sentence(self) -> str:
        """Both in one sentence: `documented maximum 50, accepted up to 64, refused from 65`."""
        named = (
            f"no {self.what} documented"
            if self.documented is None
            else f"{self.level} {self.what} {self.documented}"
        )
        return f"{named}, {self.observed}"

    @property
    def observed(self) -> str:
        """What was found out: `accepted up to 64, refused from 65`."""
        unclear = (f"{why} at {self.value(position)}" for position, why in self.border.unclear.items())
        parts = (*self._found(), *unclear, self.stored)
        return ", ".join(part for part in parts if part) + (f" ({self.made_of})" if self.made_of else "")

    def _found(self) -> Iterator[str]:
        border = self.border
        if border.turns:
            yield "not monotonous: " + ", ".join(
                f"{reply.word} {self.value(position)}" for position, reply in border.turns
            )
        elif border.accepted is None and border.clear:
            (first, reply), (last, _) = border.clear[0], border.clear[-1]
            yield f"{reply.word} at all that was tried, {self.value(first)} to {self.value(last)}"
        elif border.accepted is not None:
            yield from self._sides(border.accepted)

    def _sides(self, accepted: int) -> Iterator[str]:
        border, way = self.border, "up" if self.outward > 0 else "down"
        if border.beyond is None:
            yield f"no limit found {way} to {self.value(accepted)}"
            return
        yield f"accepted {way} to {'' if border.exact else 'at least '}{self.value(accepted)}"
        for number, (reply, position) in enumerate(self.rejections.items()):
            yield (
                f"{reply.word} {'at' if number else 'from'} "
                f"{self.value(position)}{'' if border.exact or number else ' at the latest'}"
            )

    @property
    def rejections(self) -> Mapping[LimitReply, int]:
        """Where each kind of reply but acceptance is met first."""
        found: dict[LimitReply, int] = {}
        for position, reply in self.border.clear:
            if reply is not LimitReply.ACCEPTED:
                found.setdefault(reply, position)
        return found
