"""Who listens to a run for the command line: what is said at once, the report as it stands, and how the run
has ended.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Generic, TypeVar

from roomproof.api import Concluded, Ended, Event, Listener, Problem, Remarked
from roomproof.errors import RoomproofError

INTERRUPTED = 130
CUT_SHORT = 3
_LONG = 1.0
"""Seconds."""


def say_remarks(event: Event) -> None:
    """Print what there is to say to the user at once on standard error."""
    if isinstance(event, Remarked):
        whose = f"{event.account}: " if event.account else ""
        print(f"roomproof: {whose}{event.text}", file=sys.stderr)


Told = TypeVar("Told")


def write_early(kind: type[Told], write: Callable[[Told], None]) -> Listener:
    """Return what has a report of a kind written when all is judged, and before anything is put back:
    whatever happens then, it is there.

    The report on hundreds of accounts takes long to write: one that took more than _LONG is only written
    again when ten times as much has passed.
    """
    due = 0.0

    def listen(event: Event) -> None:
        nonlocal due
        if isinstance(event, Concluded) and isinstance(event.report, kind) and (began := monotonic()) >= due:
            write(event.report)
            took = monotonic() - began
            due = monotonic() + (10 * took if took > _LONG else 0.0)

    return listen


@dataclass
class Ending(Generic[Told]):
    """How a run has ended: its report, which is of a kind, what went wrong beside it, and the exit code that
    this alone makes.
    """

    kind: type[Told]
    report: Told | None = None
    problems: list[RoomproofError] = field(default_factory=list)
    providers: tuple[str, ...] = ()
    code: int = 0

    def listen(self, event: Event) -> None:
        """Take note of how the run ends."""
        if isinstance(event, Problem):
            self.problems.append(event.error)
        elif isinstance(event, Ended) and isinstance(event.report, self.kind):
            self.report, self.providers = event.report, event.providers
            self.code = INTERRUPTED if event.is_interrupted else CUT_SHORT if event.is_cut_short else 0

    def of(self, run: Callable[..., Told], *listeners: Listener) -> Told:
        """Let a run come to its end and return its report. Raises RoomproofError if it does not begin."""
        try:
            return run(listeners=(*listeners, self.listen))
        except RoomproofError:
            if self.report is None:
                raise
            return self.report
