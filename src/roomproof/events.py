"""What happens while something runs, as data; whoever wants to know of it listens.

A request is `Sent`, then `RecordedResponse`, then `ProviderResult`: the last may come after the next request
is `Sent`. The other events are those of a whole run, in roomproof/runs/events.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from roomproof.contract.model import Contract
from roomproof.errors import RoomproofError
from roomproof.interaction import Interaction
from roomproof.judge.evidence import Evidence
from roomproof.verdict import Verdict, Verdicts


@dataclass(frozen=True)
class Event:
    """Something that has happened; `account` is the one that it is about, empty where none was named."""

    account: str = field(default="", kw_only=True)


Listener = Callable[[Event], None]
"""Told of each event as it happens, in the thread that does the work.

What it raises ends the run as soon as nothing is half done: rooms are put back and deleted, then it reaches
the caller. KeyboardInterrupt ends a run as Ctrl-C does, with a report of what is known by then.
"""


@dataclass(frozen=True)
class Started(Event):
    """A provider's turn has come. `verdicts` grow while it lasts; `secrets` are its credentials in every
    form, to be hidden.
    """

    provider: str
    base_url: str
    verdicts: Verdicts = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True)
class Sent(Event):
    """A request is about to be sent.

    `number` is which one of the run it is, 0 for those that only put things back; `note` says what it is
    about.
    """

    provider: str
    number: int
    method: str
    path: str
    note: str


@dataclass(frozen=True)
class Answered(Event):
    """The response to a request is there, or will never come, after so many seconds; nobody has judged it
    yet.

    The interaction holds what was sent, credentials included. `housekeeping` tells that it is about the
    account, not the contract.
    """

    provider: str
    number: int
    note: str
    interaction: Interaction
    seconds: float
    housekeeping: bool = False


@dataclass(frozen=True)
class Waited(Event):
    """The run begins to wait so many seconds for a provider that is busy; `why` is a sentence."""

    provider: str
    seconds: float
    why: str


@dataclass(frozen=True)
class Judged(Event):
    """An interaction was judged; `evidence` is what it says of each clause that it tests."""

    contract: Contract = field(repr=False)
    interaction: Interaction
    evidence: Sequence[Evidence]

    @property
    def provider(self) -> str:
        """Whose contract it was held against."""
        return self.contract.provider


@dataclass(frozen=True)
class Progressed(Event):
    """So many files of a replay are judged, of how many; and how many interactions in them."""

    files: int
    of: int
    interactions: int


@dataclass(frozen=True)
class Counted(Event):
    """So many clauses of a provider are broken by now, by verdict.

    Told some times a second where a turn is in a process of its own: its Judged stay there, and the verdicts
    of its Started are empty.
    """

    provider: str
    broken: Mapping[Verdict, int]


@dataclass(frozen=True)
class Remarked(Event):
    """There is something to say to the user at once: a sentence, without secrets."""

    provider: str
    text: str


@dataclass(frozen=True)
class Problem(Event):
    """Something went wrong that keeps the rest from nothing: a provider that is not reached, a file that
    cannot be written.
    """

    provider: str
    error: RoomproofError


def to_each(listeners: Sequence[Listener]) -> Listener:
    """Return a listener that tells each of some listeners, in their order."""

    def tell(event: Event) -> None:
        for listener in listeners:
            listener(event)

    return tell
