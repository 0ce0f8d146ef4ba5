"""Windows: two date-times of which real providers demand an order, an end in the future and a greatest length."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from roomproof.contract.clause import Clause, Part
from roomproof.contract.formats import Instant, instant, midnight
from roomproof.contract.model import Operation
from roomproof.judge.rooms import RoomState
from roomproof.judge.seen import Obstacle, Question, Refusal, Where

SLACK = timedelta(minutes=10)
"""How far the provider's clock, or the time a request takes, may move a limit."""


@dataclass(frozen=True)
class Window:
    """The window that a request leads to, as far as it is known; `now` is when it was sent."""

    start: Instant | None
    end: Instant | None
    now: Instant | None
    longest: timedelta

    @property
    def broken(self) -> str:
        """Why a real provider refuses it for certain, empty if it does not."""
        if self.end and self.now and self.end - self.now < -SLACK:
            return "the end is in the past"
        if self.start and self.end and self.end - self.start < -SLACK:
            return "the end is before the start"
        if self.start and self.end and self.end - self.start > self.longest + SLACK:
            return f"the length is more than {self.longest.days} days"
        return ""

    @property
    def certain(self) -> bool:
        """Whether it keeps every limit with room to spare."""
        if self.start is None or self.end is None or self.now is None:
            return False
        length, ahead = self.end - self.start, self.end - self.now
        return SLACK < length <= self.longest and ahead > SLACK and self.start - self.now > -SLACK


def windows(operation: Operation, sent: Mapping[str, Any], state: RoomState | None, at: datetime | None) -> Iterator[tuple[Clause, Window]]:
    """Yield the windows that a request which was sent at some time leads to, each with the clause that limits it."""
    for clause in operation.by_rule.get((Part.BEHAVIOUR, "window"), ()):
        names = clause.options["from"], clause.options["until"]
        if not any(name in sent for name in names):
            continue
        longest = timedelta(days=clause.options["max-days"])
        now = Instant.of(at) if at else None
        start, end = (_effective(name, sent, state) for name in names)
        if state is None and now:
            start = start or now
            end = end or Instant(now.nanoseconds + int(longest.total_seconds()) * 1_000_000_000)
        yield clause, Window(start, end, now, longest)


def _value(name: str, sent: Mapping[str, Any], state: RoomState | None) -> Any:
    """Return what a member holds after a request: what is sent, else what the room has; None where a lost request may have changed that."""
    value = sent.get(name)
    return state.known.get(name) if value is None and state is not None and not state.uncertain else value


def _effective(name: str, sent: Mapping[str, Any], state: RoomState | None) -> Instant | None:
    value = _value(name, sent, state)
    return (instant(value) or midnight(value)) if isinstance(value, str) else None


def window_obstacles(found: Iterable[tuple[Clause, Window]]) -> Iterator[Obstacle]:
    """Yield an obstacle for a window that real providers are known to refuse."""
    for clause, window in found:
        if broken := window.broken:
            where = Where("body", way=(clause.options["until"],))
            yield Obstacle(clause, Refusal.INVALID, f"a window of which {broken}", where=where)


def lengths(operation: Operation, sent: Mapping[str, Any], state: RoomState | None, at: datetime | None) -> Iterator[tuple[Clause, float]]:
    """Yield how many days each window is long, where that alone can be why it is refused: both ends are known, and the end is to come.

    One whose ends are almost the same is left out: nobody says whether that is a window.
    """
    for clause, window in windows(operation, sent, state, at):
        are_known = all(_value(clause.options[end], sent, state) for end in ("from", "until"))
        if are_known and window.start and window.end and (window.now is None or window.end - window.now > SLACK):
            length = window.end - window.start
            if abs(length) > SLACK:
                yield clause, length / timedelta(days=1)


def window_questions(found: Iterable[tuple[Clause, Window]], sent: Mapping[str, Any]) -> list[Question]:
    """Return why it cannot be said whether a window is acceptable; empty if it certainly is.

    Of an end that is no time there is nothing to ask: it gets the request refused by itself.
    """
    asked = []
    for clause, window in found:
        ends = tuple(name for name in (clause.options["from"], clause.options["until"]) if name in sent)
        if not window.certain and all(_effective(name, sent, None) is not None for name in ends):
            asked.append(Question("the window may be refused", ends))
    return asked


def order_questions(operation: Operation, sent: Mapping[str, Any], state: RoomState | None) -> list[Question]:
    """Return why date-times that a provider may want in one order (`x-unsettled-order`) may be refused; empty if in order."""
    order = operation.body.schema.get("x-unsettled-order", {})
    names = order.get("members", ())
    # What is no time gets the request refused by itself.
    asked = tuple(name for name in names if name in sent and _effective(name, sent, None) is not None)
    moments = [moment for moment in (_effective(name, sent, state) for name in names) if moment is not None]
    is_open = state is not None and state.uncertain and len(asked) < len(names)
    return [Question(order["reason"], asked)] if asked and (is_open or moments != sorted(moments)) else []
