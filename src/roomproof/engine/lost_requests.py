"""Requests of a run without a usable response: which are sent again, how long the next may take, and when
there are too many.

What is lost once may have been lost on the way; what is lost each time, while its neighbours are answered, is
evidence (judge/losses.py).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from roomproof.interaction import Interaction, Loss
from roomproof.judge.losses import TIMES
from roomproof.targets.target import UnsentRequest

SILENCE = 5
"""After how many requests in a row without a response a run asks whether anybody is there."""
LONGEST_SILENCE = 5 * SILENCE
"""After how many it gives up all the same."""
LONGEST_WAIT = 90.0
"""Seconds that a run waits in vain altogether before it waits no longer than seems to be needed."""
LEAST = 2.0
"""Seconds that a response may take then, or LEEWAY times as long as the slowest one took."""
LEEWAY = 3.0
IN_VAIN = 300.0
"""Seconds that a run waits in vain altogether before it ends."""

MOST_LOST = 12
"""Of how many rooms nobody knows whether they were made, before no request that makes one is sent again:
enough for three that are lost each time.
"""


@dataclass
class LostRequests:
    """Counts the requests without a usable response, and remembers those that are to be sent again.

    `in_a_row` are the last ones, `waited` the seconds that all took.
    """

    in_a_row: int = 0
    waited: float = 0.0
    _slowest: float = 0.0
    _lost: list[tuple[UnsentRequest, int]] = field(default_factory=list)

    def note(self, interaction: Interaction, seconds: float) -> None:
        """Note what became of a request, and how long it took."""
        if interaction.response is None:
            self.in_a_row += 1
            self.waited += seconds
        else:
            self.in_a_row = 0
            self._slowest = max(self._slowest, seconds)

    @property
    def deadline(self) -> float | None:
        """How many seconds the next response may take; None as long as the target may decide, which alone
        makes a late response evidence.
        """
        return None if self.waited < LONGEST_WAIT else max(LEAST, LEEWAY * self._slowest)

    def why_end(self, last: Interaction, is_anybody_there: Callable[[], bool]) -> str:
        """Return why a run has to end after a request, an empty text if it may go on; who is silent is asked
        whether anybody is there.
        """
        if last.response is None and self.waited >= IN_VAIN:
            return f"has let the run wait in vain for {self.waited:.0f} s altogether"
        silent = self.in_a_row
        if silent < SILENCE or silent % SILENCE:
            return ""
        if silent >= LONGEST_SILENCE or not is_anybody_there():
            return "stopped answering"
        self.in_a_row = silent
        return ""

    def remember(self, unsent: UnsentRequest, interaction: Interaction, times: int) -> None:
        """Remember a request that a server received and did not answer, for so many times now, unless that is
        often enough.
        """
        loss = interaction.loss
        if loss is not None and times < TIMES[loss] and not (loss is Loss.LATE and self.deadline is not None):
            self._lost.append((unsent, times))

    def to_be_sent_again(self) -> list[tuple[UnsentRequest, int]]:
        """Return the requests to send again, now that others are answered, and how often each was sent; they
        are forgotten.
        """
        again, self._lost = self._lost, []
        return again
