"""Providers have their turns one after the other; what goes wrong with one keeps no other from its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from roomproof.cassettes.recorder import cassette_path
from roomproof.engine.run import Options
from roomproof.errors import RoomproofError
from roomproof.events import Listener, Problem
from roomproof.report.document import Report
from roomproof.reports.observations import Observations
from roomproof.runs.destination import Destination, UnreadableProvider
from roomproof.runs.events import Ended, Planned
from roomproof.runs.provider_turn import TurnEnd
from roomproof.runs.recording import Trouble

Found = TypeVar("Found", Report, Observations)


@dataclass
class Turns:
    """The turns of a run: whose they are, how they have ended; `tell` hears of everything."""

    destinations: Sequence[Destination | UnreadableProvider]
    options: Options
    record: Path | None
    tell: Listener
    was_interrupted: bool = False
    _ends: list[TurnEnd] = field(default_factory=list)
    _problems: list[RoomproofError] = field(default_factory=list)

    def each(self) -> Iterator[tuple[Destination | UnreadableProvider, Path | None]]:
        """Yield whose turn it is, and the file of its recording. After Ctrl-C nobody has one any more.

        Raises UsageError if the recordings of several providers are to be one file.
        """
        found = tuple(one for one in self.destinations if isinstance(one, Destination))
        self.tell(Planned(found, self.options))
        for destination in self.destinations:
            if not self.is_interrupted:
                yield destination, self._cassette(destination.label.replace(" ", "-"))

    def done(self, end: TurnEnd) -> None:
        """Take note that a turn is over."""
        self._ends.append(end)

    def trouble(self, provider: str) -> Trouble:
        """Return what hears of the problems with a provider."""

        def note(error: RoomproofError) -> None:
            self._problems.append(error)
            self.tell(Problem(provider, error))

        return note

    def end(self, report: Found) -> Found:
        """Tell that everything is over, and return the report. Raises the first problem that there was."""
        over = [end.provider for end in self._ends]
        names = tuple(one.provider for one in self.destinations if one.provider in over)
        is_cut_short = any(end.is_cut_short for end in self._ends)
        self.tell(Ended(report, names, self.is_interrupted, is_cut_short))
        if self._problems:
            raise self._problems[0]
        return report

    @property
    def is_interrupted(self) -> bool:
        """Whether Ctrl-C has ended a turn, or all of them at once."""
        return self.was_interrupted or any(end.is_interrupted for end in self._ends)

    def _cassette(self, provider: str) -> Path | None:
        if self.record is None:
            return None
        return cassette_path(self.record, provider, len(self.destinations), datetime.now(UTC))
