"""What recordings say of a provider, and how they are judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from roomproof.cassettes.past import changes, has_past
from roomproof.cassettes.stream_by import StreamBy
from roomproof.contract.deviation import Deviation
from roomproof.contract.model import Contract
from roomproof.errors import UsageError
from roomproof.interaction import Interaction
from roomproof.judge.boundaries import Boundaries
from roomproof.judge.client_violations import ClientViolations
from roomproof.judge.hearsay import why_unusable
from roomproof.judge.response_fields import ResponseFields
from roomproof.report.provider import VerdictChange
from roomproof.verdict import Verdicts


@dataclass
class ProviderRecord:
    """What the recordings say of one provider. `old` is the evidence from before the oldest date that counts.

    `unanswered` counts the interactions without a usable response by why; `client` are the requests outside
    the contract. `rejudged` is what the recordings said otherwise when they were made, None where of none of
    them that is known.
    """

    contract: Contract
    verdicts: Verdicts
    old: Verdicts
    boundaries: Boundaries
    fields: ResponseFields
    client: ClientViolations
    interactions: int = 0
    first: datetime | None = None
    last: datetime | None = None
    files: dict[Path, None] = field(default_factory=dict)
    unanswered: Counter[str] = field(default_factory=Counter)
    rejudged: tuple[VerdictChange, ...] | None = None

    def note(self, interaction: Interaction) -> None:
        """Count an interaction, and when it was recorded."""
        self.interactions += 1
        if why := why_unusable(interaction):
            self.unanswered[why] += 1
        if interaction.at is not None:
            self.first = min(self.first or interaction.at, interaction.at)
            self.last = max(self.last or interaction.at, interaction.at)

    def join(self, other: ProviderRecord) -> None:
        """Take over what other recordings say of the same provider."""
        self.verdicts.merge(other.verdicts)
        self.old.merge(other.old)
        self.boundaries.merge(other.boundaries)
        self.fields.merge(other.fields)
        self.client.merge(other.client)
        self.interactions += other.interactions
        self.unanswered += other.unanswered
        self.files |= other.files
        if other.rejudged is not None:
            self.rejudged = (*(self.rejudged or ()), *other.rejudged)
        times = [time for time in (self.first, self.last, other.first, other.last) if time]
        self.first, self.last = (min(times), max(times)) if times else (None, None)


@dataclass(frozen=True)
class Register:
    """The contracts that recordings are judged by, with their deviations; from which day on evidence counts;
    which files are one stream.
    """

    contracts: Mapping[str, tuple[Contract, tuple[Deviation, ...]]]
    strict: bool = False
    oldest: datetime | None = None
    stream_by: StreamBy = StreamBy.HEADER

    def heard(self, provider: str) -> ProviderRecord:
        """Return an empty record of a provider."""
        contract, deviations = self.contracts[provider]
        verdicts, old = (Verdicts(contract, deviations, strict=self.strict) for _ in range(2))
        return ProviderRecord(
            contract,
            verdicts,
            old,
            Boundaries(contract),
            ResponseFields(contract),
            ClientViolations(strict=self.strict),
        )

    def is_old(self, interaction: Interaction) -> bool:
        """Whether an interaction is too old to count; one that does not say when it took place cannot be
        shown to be recent.
        """
        return self.oldest is not None and (interaction.at is None or interaction.at < self.oldest)


class Records:
    """What some recordings say: a record a provider, and for as long as they are read one for each file that
    was given verdicts when it was made, since these are compared with its own.
    """

    def __init__(self, register: Register) -> None:
        self.by_provider: dict[str, ProviderRecord] = {}
        self._register = register
        self._apart: dict[tuple[Path, str], ProviderRecord] = {}
        self._has_past: dict[Path, bool] = {}

    def of(self, path: Path, provider: str) -> ProviderRecord:
        """Return the record to which a file's interactions with a provider belong."""
        is_apart = self._has_past.get(path)
        if is_apart is None:
            is_apart = self._has_past[path] = has_past(path)
        kept = self._apart.get((path, provider)) if is_apart else self.by_provider.get(provider)
        if kept is None:
            kept = self._register.heard(provider)
            if is_apart:
                self._apart[path, provider] = kept
            else:
                self.by_provider[provider] = kept
        kept.files[path] = None
        return kept

    def settle(self) -> list[UsageError]:
        """Compare the files with what they said when they were made, and keep them apart no longer.

        Returns what is wrong with files of verdicts.
        """
        problems = []
        for (path, provider), kept in self._apart.items():
            try:
                kept.rejudged = self._changes(path, kept)
            except UsageError as error:
                problems.append(error)
            mine = self.by_provider.get(provider)
            if mine is None:
                self.by_provider[provider] = kept
            else:
                mine.join(kept)
        self._apart, self._has_past = {}, {}
        return problems

    def _changes(self, path: Path, kept: ProviderRecord) -> tuple[VerdictChange, ...] | None:
        contract, deviations = self._register.contracts[kept.contract.provider]
        every = self._register.heard(contract.provider).verdicts
        every.merge(kept.verdicts)
        every.merge(kept.old)
        return changes(path, contract, deviations, every)
