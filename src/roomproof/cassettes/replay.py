"""Judge recordings by reading them: nothing is sent, nobody is asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from roomproof.cassettes.attribution import Attribution
from roomproof.cassettes.recording import Recording, open_recording
from roomproof.contract.deviation import Deviation
from roomproof.contract.model import Contract
from roomproof.errors import UsageError
from roomproof.interaction import BUSY, Interaction, Request, bounded
from roomproof.judge.boundaries import Boundaries
from roomproof.judge.judge import Judge
from roomproof.judge.violations import Origin, Violations
from roomproof.verdict import Verdicts

MAX_UNMATCHED = 200
"""So many different requests that no contract knows are listed; all are counted."""


@dataclass
class Heard:
    """What the recordings say of one provider. `old` is the evidence from before the oldest date that counts.

    `unanswered` counts the interactions without a usable answer by why; `client` are the requests outside the contract.
    """

    contract: Contract
    verdicts: Verdicts
    old: Verdicts
    boundaries: Boundaries
    client: Violations
    interactions: int = 0
    first: datetime | None = None
    last: datetime | None = None
    files: list[Path] = field(default_factory=list)
    unanswered: Counter[str] = field(default_factory=Counter)

    def note(self, interaction: Interaction) -> None:
        """Count an interaction, and when it was recorded."""
        self.interactions += 1
        if interaction.response is None:
            self.unanswered[interaction.failure or "the recording has no answer to this request"] += 1
        elif interaction.response.status in BUSY:
            self.unanswered[f"status {interaction.response.status}: too busy to answer"] += 1
        if interaction.at is not None:
            self.first = min(self.first or interaction.at, interaction.at)
            self.last = max(self.last or interaction.at, interaction.at)


@dataclass(frozen=True)
class Register:
    """The contracts that recordings are judged by, with their deviations, and from which day on evidence counts."""

    contracts: Mapping[str, tuple[Contract, tuple[Deviation, ...]]]
    strict: bool = False
    oldest: datetime | None = None

    def heard(self, provider: str) -> Heard:
        """Return an empty record of a provider."""
        contract, deviations = self.contracts[provider]
        verdicts, old = (Verdicts(contract, deviations, strict=self.strict) for _ in range(2))
        return Heard(contract, verdicts, old, Boundaries(contract), Violations(strict=self.strict))

    def is_old(self, interaction: Interaction) -> bool:
        """Whether an interaction is too old to count; one that does not say when it took place cannot be shown to be recent."""
        return self.oldest is not None and (interaction.at is None or interaction.at < self.oldest)


@dataclass
class Replayed:
    """What all recordings say: by provider, the verdicts of each file, requests that no contract knows, files that cannot be read.

    `hints` tells what requests that no contract knows look like: a sentence on the first one of each likeness.
    """

    heard: dict[str, Heard] = field(default_factory=dict)
    by_file: dict[Path, dict[str, Heard]] = field(default_factory=dict)
    told: dict[Path, Mapping[str, str]] = field(default_factory=dict)
    unmatched: Counter[str] = field(default_factory=Counter)
    hints: dict[str, str] = field(default_factory=dict)
    problems: list[UsageError] = field(default_factory=list)


Listener = Callable[[Contract, Interaction], None]
"""Told of each interaction that belongs to a contract."""


def replay(paths: Iterable[Path], register: Register, listener: Listener | None = None) -> Replayed:
    """Judge every recording, each as the traffic of one account, in the order of its entries.

    A file that is damaged counts for nothing; it is among the problems.
    """
    replayed = Replayed()
    for path in paths:
        try:
            recording = open_recording(path)
            heard, unmatched, hints = _listen(recording, register, listener)
        except UsageError as error:
            replayed.problems.append(error)
            continue
        replayed.told[path], replayed.by_file[path] = recording.told, heard
        replayed.unmatched.update(unmatched)
        replayed.hints = {**hints, **replayed.hints}
        for provider, one in heard.items():
            _join(replayed.heard.setdefault(provider, register.heard(provider)), one)
    return replayed


def _listen(recording: Recording, register: Register, listener: Listener | None) -> tuple[dict[str, Heard], Counter[str], dict[str, str]]:
    """Return what one recording says, the requests in it that no contract knows, and what these look like."""
    contracts = {provider: contract for provider, (contract, _) in register.contracts.items()}
    attribution = Attribution(contracts, recording.path, recording.told.get("provider"))
    judges: dict[str, Judge] = {}
    heard: dict[str, Heard] = {}
    unmatched: Counter[str] = Counter()
    hints: dict[str, str] = {}
    for entry in recording.readable():
        interaction = bounded(entry.interaction)
        contract = attribution.contract_of(interaction.request)
        if contract is None:
            _count(unmatched, interaction.request)
            if (alike := attribution.likeness(interaction.request)) and alike not in hints:
                hints[alike] = _hint(interaction.request, alike)
            continue
        provider = contract.provider
        if provider not in judges:
            judges[provider], heard[provider] = Judge(contract), register.heard(provider)
            heard[provider].boundaries = judges[provider].boundaries
            heard[provider].files.append(recording.path)
        one = heard[provider]
        one.note(interaction)
        if listener is not None:
            listener(contract, interaction)
        is_old = register.is_old(interaction)
        verdicts = one.old if is_old else one.verdicts
        for evidence in judges[provider].see(interaction):
            verdicts.add(evidence, interaction)
        if not is_old:
            one.client.note(judges[provider].violations, Origin(recording.path, entry.place, interaction.at))
    return heard, unmatched, hints


def _count(unmatched: Counter[str], request: Request) -> None:
    name = f"{request.method} {request.url.split('?')[0]}"
    unmatched[name if name in unmatched or len(unmatched) < MAX_UNMATCHED else "others"] += 1


def _hint(request: Request, alike: str) -> str:
    return f"{request.method} {request.path} on {urlsplit(request.url).hostname or 'no host'} looks like {alike}"


def _join(all_of_it: Heard, one: Heard) -> None:
    all_of_it.verdicts.merge(one.verdicts)
    all_of_it.old.merge(one.old)
    all_of_it.boundaries.merge(one.boundaries)
    all_of_it.client.merge(one.client)
    all_of_it.interactions += one.interactions
    all_of_it.unanswered += one.unanswered
    all_of_it.files += one.files
    times = [time for time in (all_of_it.first, all_of_it.last, one.first, one.last) if time]
    all_of_it.first, all_of_it.last = (min(times), max(times)) if times else (None, None)
