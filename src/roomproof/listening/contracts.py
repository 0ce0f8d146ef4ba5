"""By what is judged: every known contract, so that each request finds its own, and the secrets that their
environment holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from roomproof.contract.model import Contract
from roomproof.errors import UsageError
from roomproof.listening.stream import Contracts
from roomproof.providers import find_contract, find_contracts
from roomproof.runs.own_deviations import with_own
from roomproof.targets.credentials import scheme_from

_read = lru_cache(maxsize=8)(find_contracts)


def known_contracts(
    extra: str | Path | Sequence[str | Path],
    provider: str | None,
    deviations: str | Path | Sequence[str | Path] = (),
) -> Contracts:
    """Return every contract, read once a process; a folder of `extra` stands in the place of what is bundled.
    `deviations` are files with entries of the user's own.

    Raises UsageError if `provider` is unknown, ContractError for a contract that cannot be read.
    """
    named = [extra] if isinstance(extra, str | Path) else extra
    folders = tuple(Path(folder).absolute() for folder in named)
    known = _read(folders)
    if provider is not None and provider not in known:
        find_contract(provider, folders)
    own = [deviations] if isinstance(deviations, str | Path) else deviations
    return with_own(known, map(Path, own)) if own else known


def known_secrets(contracts: Iterable[Contract], environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return the credentials that the environment holds for some contracts, whole and in parts; some may be
    missing.
    """
    found = (secret for contract in contracts for secret in _secrets(contract, environment))
    return tuple(dict.fromkeys(found))


def _secrets(contract: Contract, environment: Mapping[str, str]) -> Iterator[str]:
    for name in contract.credentials.environment.values():
        if value := environment.get(name, "").strip():
            yield value
    try:
        yield from scheme_from(contract.credentials, environment).secrets()
    except UsageError:
        return
