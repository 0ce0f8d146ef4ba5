"""Which calls of a stream ran at the same time: one began before the other was answered."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from roomproof.cassettes.call import Call
from roomproof.interaction import SAFE, Request
from roomproof.judge.beside import ALONE, ConcurrentRequests

MOST_WAITING = 200
"""So many calls wait for those that may run beside the first of them; of that one it is then said that others
did.
"""

_ROUNDED = 0.001
"""Recorders cut times to a thousandth of a second: a call that begins where another ends may seem to begin
before that.
"""


@dataclass
class _Waiting:
    call: Call
    beside: list[Request] = field(default_factory=list)
    more: bool = False

    @property
    def ended(self) -> float:
        return self.call.ended or self.call.started or 0.0

    def runs_beside(self, later: Call) -> bool:
        """Whether it was not answered yet when a later call began; of two that began at one moment nobody may
        know which did so first.
        """
        if later.started is None:
            return False
        if later.started == self.call.started:
            return self.ended > later.started or later.is_adrift
        return self.ended - _ROUNDED > later.started

    def told(self) -> tuple[Call, ConcurrentRequests]:
        return self.call, ConcurrentRequests(
            tuple(self.beside), self.more
        ) if self.beside or self.more else ALONE


@dataclass
class Overlaps:
    """Holds each call back until no later one can have run beside it. They come in the order in which they
    began.
    """

    _waiting: deque[_Waiting] = field(default_factory=deque)
    _busy_until: float = float("-inf")

    def take(self, call: Call) -> Iterator[tuple[Call, ConcurrentRequests]]:
        """Take the next call; yield those of which is known now what ran beside them: the requests that may
        have changed something.
        """
        if call.started is None:
            yield from self.rest()
            yield call, ALONE
            return
        new = _Waiting(call, more=call.started < self._busy_until)
        for other in self._waiting:
            if other.runs_beside(call):
                _note(other, call)
                _note(new, other.call)
        self._waiting.append(new)
        while (first := self._waiting[0]) is not new and first.ended <= call.started:
            if call.is_adrift and first.call.started == call.started:
                break
            yield self._waiting.popleft().told()
        if len(self._waiting) > MOST_WAITING:
            first = self._waiting.popleft()
            first.more = True
            if first.call.interaction.request.method not in SAFE:
                self._busy_until = max(self._busy_until, first.ended)
            yield first.told()

    def rest(self) -> Iterator[tuple[Call, ConcurrentRequests]]:
        """Yield the calls that are still held back, since none follows."""
        while self._waiting:
            yield self._waiting.popleft().told()


def _note(one: _Waiting, other: Call) -> None:
    request = other.interaction.request
    if request.method in SAFE:
        return
    if len(one.beside) < MOST_WAITING:
        one.beside.append(request)
    else:
        one.more = True
