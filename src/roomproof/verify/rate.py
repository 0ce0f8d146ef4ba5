"""Keep to a number of requests a second."""

from __future__ import annotations

from time import monotonic, sleep


class Rate:
    """Spaces requests evenly; no rate means no waiting."""

    def __init__(self, per_second: float | None) -> None:
        self._interval = 0.0 if per_second is None else 1.0 / per_second
        self._next = 0.0

    def wait(self) -> None:
        """Return when the next request may be sent."""
        if not self._interval:
            return
        now = monotonic()
        if now < self._next:
            sleep(self._next - now)
        self._next = max(now, self._next) + self._interval
