"""Lists that are late: an entry that was made, changed or deleted shows in them only after a while."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Entries = Mapping[str, Mapping[str, object]]


@dataclass
class Lateness:
    """What lists show of a collection that changes.

    `seconds` is how long a list still shows the collection as it was before a change; 0 for lists that are
    never late. `clock` tells the seconds that have passed since any fixed moment.
    """

    seconds: float = 0.0
    clock: Callable[[], float] = time.monotonic
    _past: deque[tuple[float, list[Mapping[str, object]]]] = field(default_factory=deque)

    def note(self, entries: Entries) -> None:
        """Tell what the collection holds from now on: at the start, and after each change."""
        if self.seconds:
            # A copy of each: entries are changed where they stand.
            self._past.append((self.clock(), [dict(entry) for entry in entries.values()]))

    def shown(self, entries: Entries) -> list[Mapping[str, object]]:
        """What a list that is asked for now shows of a collection that holds `entries`."""
        if not self.seconds:
            return list(entries.values())
        until = self.clock() - self.seconds
        while len(self._past) > 1 and self._past[1][0] <= until:
            self._past.popleft()
        return self._past[0][1] if self._past else []
