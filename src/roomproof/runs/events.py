"""What happens to a whole run, as data; roomproof/events.py has what happens to each request of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from roomproof.engine.run import Options
from roomproof.events import Event
from roomproof.report.document import Report
from roomproof.reports.observations import Observations
from roomproof.runs.destination import Destination

Told = Report | Observations
"""What a run has found: the report of a verification or a replay, the observations of a probe."""


@dataclass(frozen=True)
class Planned(Event):
    """What a run is going to do is settled, and nothing is sent yet: a listener that raises something keeps
    it from being sent.
    """

    destinations: tuple[Destination, ...]
    options: Options


@dataclass(frozen=True)
class Found(Event):
    """The recordings of a replay are found, and none is read yet."""

    files: tuple[Path, ...]


@dataclass(frozen=True)
class Concluded(Event):
    """All that a provider's turn has brought is judged, and nothing is put back or deleted yet; the report
    tells of the turns before, too. What the deletions show stands in the report of Ended.

    Told only where something may have to be put back: not of a mock that the run itself serves.
    """

    provider: str
    report: Told = field(repr=False)


@dataclass(frozen=True)
class Ended(Event):
    """Everything is over; the report is that which is returned, unless a problem is raised.

    `providers` are those whose turn came to its end, be it early; the others have a Problem. `is_interrupted`
    tells of Ctrl-C, `is_cut_short` that a turn ended before its plan did.
    """

    report: Told = field(repr=False)
    providers: tuple[str, ...]
    is_interrupted: bool = False
    is_cut_short: bool = False
