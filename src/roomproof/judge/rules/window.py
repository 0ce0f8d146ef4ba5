"""`window`: two date-times of which providers demand an order, an end in the future and a greatest length."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

from roomproof.contract.clause import Clause
from roomproof.contract.formats import Instant
from roomproof.contract.model import Operation
from roomproof.judge.judged_interaction import Question, RejectionReason, RequestPlace, Violation
from roomproof.judge.kind import by_reason
from roomproof.judge.moments import moment_after, value_after
from roomproof.judge.obstacles import rejected_for_what_exists
from roomproof.judge.options import BodyField, NumberRange, read_options
from roomproof.judge.rooms import RoomState
from roomproof.judge.rule import ReadableRequest, Rule, ShowingRequests

Sent = Mapping[str, Any]
SLACK = timedelta(minutes=10)
"""How far the provider's clock, or the time a request takes, may move a limit."""


@dataclass(frozen=True)
class WindowOptions:
    """The fields of the body that are the ends of a window, and how many days lie between them at most."""

    from_: BodyField
    until: BodyField
    max_days: Annotated[float, NumberRange(1, 36_500)]


@dataclass(frozen=True)
class Window:
    """The window that a request leads to, as far as it is known; `now` is when it was sent."""

    start: Instant | None
    end: Instant | None
    now: Instant | None
    longest: timedelta

    @property
    def broken(self) -> str:
        """Why a real provider rejects it for certain, empty if it does not."""
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


def window_options(clause: Clause) -> WindowOptions:
    """Return the options of a clause."""
    return read_options(WindowOptions, clause)


def _ends(clause: Clause) -> tuple[str, str]:
    options = window_options(clause)
    return options.from_, options.until


def window_of(clause: Clause, sent: Sent, state: RoomState | None, at: datetime | None) -> Window | None:
    """Return the window that a request that was sent at some time leads to, None if it sends no end."""
    names = _ends(clause)
    if not any(name in sent for name in names):
        return None
    longest = timedelta(days=window_options(clause).max_days)
    now = Instant.of(at) if at else None
    start, end = (moment_after(name, sent, state) for name in names)
    if state is None and now:
        start = start or now
        end = end or Instant(now.nanoseconds + int(longest.total_seconds()) * 1_000_000_000)
    return Window(start, end, now, longest)


def _is_readable(asked: ReadableRequest) -> bool:
    """Whether no recorder has made a field unreadable, which may be an end."""
    return len(asked.readable) == len(asked.sent)


def _rejects(asked: ReadableRequest, clause: Clause) -> Iterator[Violation]:
    """Yield a violation for a window that real providers are known to reject."""
    window = window_of(clause, asked.sent, asked.state, asked.at)
    if window is not None and _is_readable(asked) and (why := window.broken):
        where = RequestPlace("body", way=_ends(clause)[1:])
        yield Violation(clause, RejectionReason.INVALID, f"a window of which {why}", where=where)


def _leaves_open(asked: ReadableRequest, clause: Clause) -> Iterator[Question]:
    if _is_readable(asked):
        yield from question(clause, asked.sent, asked.state, asked.at)


def question(clause: Clause, sent: Sent, state: RoomState | None, at: datetime | None) -> Iterator[Question]:
    """Yield that a window may be rejected, unless it is certainly acceptable.

    Of an end that is no time there is nothing to ask: it gets the request rejected by itself.
    """
    window, ends = window_of(clause, sent, state, at), tuple(name for name in _ends(clause) if name in sent)
    are_times = all(moment_after(name, sent, None) is not None for name in ends)
    if window is not None and not window.certain and are_times:
        yield Question("the window may be rejected", ends)


def lengths(
    operation: Operation,
    sent: Sent,
    state: RoomState | None,
    at: datetime | None,
) -> Iterator[tuple[Clause, float]]:
    """Yield how many days each window is long, where that alone can be why it is rejected: its end is to
    come.

    Both ends are known. One whose ends are almost the same is left out: nobody says whether that is a window.
    """
    for clause in RULE.clauses(operation):
        window = window_of(clause, sent, state, at)
        if window is None or not all(value_after(end, sent, state) for end in _ends(clause)):
            continue
        if window.start and window.end and (window.now is None or window.end - window.now > SLACK):
            length = window.end - window.start
            if abs(length) > SLACK:
                yield clause, length / timedelta(days=1)


RULE = Rule(
    "window",
    rejected_for_what_exists,
    options=WindowOptions,
    fields=_ends,
    shown=ShowingRequests.BY_FIELD,
    hangs_on_history=False,
    rejects=_rejects,
    leaves_open=_leaves_open,
    row="times",
    kind=by_reason,
)
