"""What recordings say of a provider, and by which contracts they are judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from roomproof.contract.deviation import Deviation
from roomproof.contract.model import Contract
from roomproof.interaction import Interaction
from roomproof.judge.boundaries import Boundaries
from roomproof.judge.client_violations import ClientViolations
from roomproof.judge.hearsay import why_unusable
from roomproof.judge.response_fields import ResponseFields
from roomproof.verdict import Verdicts


@dataclass
class ProviderRecord:
    """What the recordings say of one provider. `old` is the evidence from before the oldest date that counts.

    `unanswered` counts the interactions without a usable response by why; `client` are the requests outside
    the contract.
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
    files: list[Path] = field(default_factory=list)
    unanswered: Counter[str] = field(default_factory=Counter)

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
        self.files += other.files
        times = [time for time in (self.first, self.last, other.first, other.last) if time]
        self.first, self.last = (min(times), max(times)) if times else (None, None)


@dataclass(frozen=True)
class Register:
    """The contracts that recordings are judged by, with their deviations, and from which day on evidence
    counts.
    """

    contracts: Mapping[str, tuple[Contract, tuple[Deviation, ...]]]
    strict: bool = False
    oldest: datetime | None = None

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
