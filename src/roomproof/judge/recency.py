"""How long ago a room was shown: in the recording of somebody else others may have changed it since, and
nobody would know.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from roomproof.judge.rooms import MOST_VALUES

LONG = timedelta(minutes=5)
"""A room of which nothing was seen for longer may have been changed by somebody else."""


@dataclass
class Recency:
    """Remembers when each room was last shown, the one that was shown last at the end."""

    _shown: dict[str, datetime] = field(default_factory=dict)
    _now: datetime | None = None

    def come_to(self, now: datetime) -> Iterator[str]:
        """Yield the rooms of which too long ago, or too far ahead, was the last time that they were shown;
        forget when that was.
        """
        has_jumped = self._now is not None and abs(now - self._now) > LONG
        self._now = now
        while self._shown:
            room_id, when = next(iter(self._shown.items()))
            if not has_jumped and abs(now - when) <= LONG:
                return
            del self._shown[room_id]
            yield room_id

    def note(self, room_id: str) -> None:
        """Take note that a room is shown now, if it is known when that is."""
        self._shown.pop(room_id, None)
        if self._now is not None:
            self._shown[room_id] = self._now
        if len(self._shown) > 2 * MOST_VALUES:
            del self._shown[next(iter(self._shown))]
