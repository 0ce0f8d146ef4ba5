"""Keep to a number of requests a second, and to a time for all of them; notice when somebody sets the
clock.
"""

from __future__ import annotations

from datetime import UTC, datetime
from time import monotonic

MOST_SET = 60.0
"""Seconds by which a clock may be set without a word: servers take signatures that are minutes old."""


class Rate:
    """Spaces requests evenly; no rate means no waiting."""

    def __init__(self, per_second: float | None) -> None:
        self._interval = 0.0 if per_second is None else 1.0 / per_second
        self._next = 0.0

    def pause(self) -> float:
        """Return how many seconds to wait before the next request, and count it."""
        if not self._interval:
            return 0.0
        now = monotonic()
        start = max(now, self._next)
        self._next = start + self._interval
        return start - now


class Deadline:
    """The time that a run has from now on, in seconds; None means no end."""

    def __init__(self, seconds: float | None) -> None:
        self._until = None if seconds is None else monotonic() + seconds

    def left(self) -> float | None:
        """Return how many seconds are left, None where there is no end."""
        return None if self._until is None else max(0.0, self._until - monotonic())


class Clock:
    """The clock of this machine from now on. Signatures, and windows that lie ahead, hang on it."""

    def __init__(self) -> None:
        self._ahead = _ahead()

    def problem(self) -> str:
        """Return why nothing that is sent now would prove anything, empty if nobody has set the clock."""
        by = _ahead() - self._ahead
        if abs(by) <= MOST_SET:
            return ""
        return (
            f"the clock of this machine was set {'forward' if by > 0 else 'back'} by {abs(by):.0f} s "
            f"during the run; run it again"
        )


def _ahead() -> float:
    return datetime.now(UTC).timestamp() - monotonic()
