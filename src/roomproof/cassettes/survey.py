"""What a recording is like before it is judged: whose it is, in which order its calls stand, when they were
made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from roomproof.cassettes.call import Call, RecordingTally, calls
from roomproof.cassettes.kinship import Kinship, KinshipNotes
from roomproof.cassettes.order import Space, in_order
from roomproof.cassettes.recording import Recording
from roomproof.contract.model import Contract
from roomproof.judge.judged_interaction import is_second_hand

_MOST_ACCOUNTS = 2
"""Whether an account is the only one of a file shows with the second."""


@dataclass
class Survey:
    """A recording at first sight.

    `is_own`: roomproof itself made it, so that its order is right and nothing more was looked at. `is_timed`:
    every call says when it began. `first` and `last` are the earliest and the latest time of a call, None
    where no time is known. `kinship` is what it has in common with others. Pickled, it holds no calls: they
    are read again where they are judged.
    """

    recording: Recording
    contracts: Mapping[str, Contract]
    tally: RecordingTally = field(default_factory=RecordingTally)
    kinship: Kinship = field(default_factory=Kinship)
    is_own: bool = False
    is_timed: bool = True
    first: float | None = None
    last: float | None = None
    _held: list[Call] | None = field(default_factory=list)
    _accounts: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    _rises: bool = False
    _falls: bool = False
    _moment: float | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_held": None}

    @property
    def path(self) -> Path:
        """The file."""
        return self.recording.path

    @property
    def tells_accounts(self) -> bool:
        """Whether it says of any call whose account it was."""
        return bool(self._accounts)

    def account(self, call: Call) -> str | None:
        """Return whose account a call was: what the recording says, else the only account of that server in
        the file, if there is one.
        """
        known = self._accounts.get((call.provider, call.server), set())
        return call.account or (next(iter(known)) if len(known) == 1 else None)

    def calls(self) -> Iterator[Call]:
        """Yield the calls in the order in which they began, as far as that is known; those of roomproof's own
        in that of the file.
        """
        if self.is_own:
            yield from calls(self.recording, self.contracts, self.tally)
            return
        is_mixed = self._rises and self._falls
        # Of a file that is told backwards this holds for calls of the same moment, too.
        turn = -1 if self._falls and not self._rises else 1
        held = self._held
        read = calls(self.recording, self.contracts, RecordingTally()) if held is None else iter(held)
        read = (replace(call, is_adrift=True) for call in read) if is_mixed else read
        if not self._falls:
            yield from read
        elif held is None:
            yield from in_order(
                read, key=lambda call: (call.moment, turn * call.index), size=lambda call: call.size
            )
        else:
            yield from sorted(read, key=lambda call: (call.moment, turn * call.index))

    def note(self, call: Call, space: Space) -> None:
        """Take note of the next call, and hold it where there is space for all of them."""
        if self._held is not None:
            self._held.append(call)
            if not space.accepts(call.size):
                self.let_go(space)
        self.is_timed &= call.started is not None or not call.belongs
        if call.account is not None and call.belongs:
            known = self._accounts.setdefault((call.provider, call.server), set())
            if len(known) < _MOST_ACCOUNTS:
                known.add(call.account)
        at = (
            call.interaction.at.timestamp()
            if call.started is None and call.interaction.at is not None
            else call.started
        )
        if at is not None:
            self.first = at if self.first is None else min(self.first, at)
            self.last = at if self.last is None else max(self.last, at)
        if call.started is not None:
            before, self._moment = self._moment, call.started
            self._rises |= before is not None and call.started > before
            self._falls |= before is not None and call.started < before

    def let_go(self, space: Space) -> None:
        """Hold no calls any more, and give their space back."""
        held, self._held = self._held or [], None
        space.gets_back(len(held), sum(call.size for call in held))


def survey(recording: Recording, contracts: Mapping[str, Contract], space: Space) -> Survey:
    """Look at a recording: at all of it if it is of somebody else, as far as its first call if it is
    roomproof's own.

    As many calls are held as there is space for in memory; the others are read again when they are judged.
    """
    found, notes = Survey(recording, contracts), KinshipNotes()
    for call in calls(recording, contracts, found.tally):
        if not is_second_hand(call.interaction.request):
            return Survey(recording, contracts, is_own=True)
        found.note(call, space)
        notes.note(call, contracts[call.provider])
    found.kinship = notes.kinship()
    return found
