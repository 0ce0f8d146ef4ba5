"""What a recording holds for a contract: its calls, one after the other, and what else is there, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from roomproof.cassettes.account import account_of, server_of
from roomproof.cassettes.address import addressed
from roomproof.cassettes.attribution import Attribution
from roomproof.cassettes.entry import Entry, Unreadable, answered_at
from roomproof.cassettes.recording import Recording
from roomproof.contract.model import Contract
from roomproof.errors import UsageError
from roomproof.interaction import Interaction, Request, bounded
from roomproof.judge.judged_interaction import is_second_hand

MAX_UNMATCHED = 200
"""So many different requests that no contract knows are listed; all are counted."""
MAX_UNREADABLE = 20
"""So many entries that cannot be read are listed; all are counted."""
_LONGEST_WAIT = timedelta(minutes=2)
"""A Date that is later than the request by more was told by another clock."""


@dataclass(frozen=True)
class Call:
    """An interaction with a provider, as a recording has it.

    `started` and `ended` are seconds since 1970, None where nobody says; `moment` is what it is sorted by:
    the start of the last call that has one. `index` counts the calls of the file, `place` finds the entry in
    it. `account` is a digest, None where the recording does not tell whose it is. `belongs` tells whether it
    is one of the contract's; one that is not may have changed its rooms all the same. `is_adrift`: nobody
    knows what came before it, and what after.
    """

    path: Path
    provider: str
    interaction: Interaction
    server: str
    account: str | None
    started: float | None
    ended: float | None
    moment: float
    index: int
    place: str
    belongs: bool = True
    is_adrift: bool = False
    is_elsewhere: bool = False

    @property
    def size(self) -> int:
        """About how many bytes of memory it takes."""
        response = self.interaction.response
        return 3_000 + len(self.interaction.request.body or b"") + len(response.body if response else b"")


@dataclass
class RecordingTally:
    """What stands in a recording beside its calls: requests of others, entries that cannot be read, bodies
    that are not there.

    `hints` tells what requests that no contract knows look like, a sentence on the first of each likeness;
    `doubtful` is the first entry that cannot be read and may be one of a contract; `damage` what kept the
    rest of the file from being read.
    """

    unmatched: Counter[str] = field(default_factory=Counter)
    hints: dict[str, str] = field(default_factory=dict)
    unreadable: list[tuple[Path, Unreadable]] = field(default_factory=list)
    unreadable_count: int = 0
    doubtful: tuple[Path, Unreadable] | None = None
    bodies_missing: int = 0
    damage: UsageError | None = None

    def merge(self, other: RecordingTally) -> None:
        """Take over what another file holds."""
        self.unmatched += other.unmatched
        self.hints = {**other.hints, **self.hints}
        self.unreadable = [*self.unreadable, *other.unreadable][:MAX_UNREADABLE]
        self.unreadable_count += other.unreadable_count
        self.doubtful = self.doubtful or other.doubtful
        self.bodies_missing += other.bodies_missing

    def note_unreadable(self, path: Path, entry: Unreadable, attribution: Attribution) -> None:
        """Count an entry that cannot be read; one of another site is foreign, and no more."""
        if not attribution.may_know(entry.url):
            self._count(entry.url)
            return
        self.unreadable_count += 1
        if len(self.unreadable) < MAX_UNREADABLE:
            self.unreadable.append((path, entry))
        self.doubtful = self.doubtful or (path, entry)

    def note_foreign(self, request: Request, attribution: Attribution) -> None:
        """Count a request that no contract knows, and keep what it looks like."""
        self._count(f"{request.method} {request.url}")
        if (alike := attribution.likeness(request)) and alike not in self.hints:
            host = urlsplit(request.url).hostname or "no host"
            self.hints[alike] = f"{request.method} {request.path} on {host} looks like {alike}"

    def _count(self, what: str) -> None:
        name = what.split("?")[0]
        self.unmatched[
            name if name in self.unmatched or len(self.unmatched) < MAX_UNMATCHED else "others"
        ] += 1


def calls(recording: Recording, contracts: Mapping[str, Contract], tally: RecordingTally) -> Iterator[Call]:
    """Yield the calls of a recording in the order of its entries, and count everything else.

    Where the file is damaged they end, and `tally.damage` says where.
    """
    attribution = Attribution(contracts, recording.path, recording.told.get("provider"))
    moment, index = float("-inf"), 0
    try:
        for entry in recording.entries():
            if isinstance(entry, Unreadable):
                tally.note_unreadable(recording.path, entry, attribution)
                continue
            call = _call(recording.path, entry, attribution, tally)
            if call is None:
                continue
            moment = moment if call.started is None else call.started
            yield replace(call, moment=moment, index=index)
            index += 1
    except UsageError as error:
        tally.damage = error


def _call(path: Path, entry: Entry, attribution: Attribution, tally: RecordingTally) -> Call | None:
    """Return the call that an entry is, None for one of another site, which is counted."""
    recorded = bounded(entry.interaction)
    request = addressed(recorded.request) if is_second_hand(recorded.request) else recorded.request
    contract = attribution.contract_of(request)
    belongs = contract is not None
    if contract is None:
        tally.note_foreign(request, attribution)
        contract = attribution.neighbour_of(request)
    elif entry.bodies_missing:
        tally.bodies_missing += 1
    if contract is None:
        return None
    interaction = recorded if request is recorded.request else replace(recorded, request=request)
    account = account_of(recorded.request, contract)
    started, ended = _span(entry)
    return Call(
        path,
        contract.provider,
        interaction,
        server_of(request),
        account,
        started,
        ended,
        0.0,
        0,
        entry.place,
        belongs,
    )


def _span(entry: Entry) -> tuple[float | None, float | None]:
    """Return when a call began, and when it was answered, in seconds since 1970: as the recorder says, else
    as the response's Date does.
    """
    if entry.started is None:
        return None, None
    started = entry.started.timestamp()
    if entry.took is not None:
        return started, started + max(entry.took.total_seconds(), 0.0)
    response, request = entry.interaction.response, entry.interaction.request
    # Of what roomproof sent, one after the other, nobody asks what ran beside it.
    date = answered_at(response.headers) if response is not None and is_second_hand(request) else None
    if date is None or not timedelta(0) < date - entry.started <= _LONGEST_WAIT:
        return started, started
    return started, date.timestamp()
