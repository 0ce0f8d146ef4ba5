"""Deviations of the user's own, beside those that stand next to a contract: `--deviations`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from roomproof.contract.clause import is_named_by
from roomproof.errors import ContractError, did_you_mean
from roomproof.providers import contract_folders, require_deviations

if TYPE_CHECKING:
    from roomproof.contract.deviation import Deviation
    from roomproof.contract.model import Contract

    Known = tuple[Contract, tuple[Deviation, ...]]
    """A contract with its known deviations."""


def with_own(known: Mapping[str, Known], paths: Iterable[Path]) -> dict[str, Known]:
    """Return contracts with the deviations in some files behind those that they have.

    An entry about a provider that is known but not among them is left for a run of that one. Raises
    ContractError, with file and entry, for one that names no clause, and for a file that cannot be read.
    """
    entries = [entry for path in paths for entry in _read(path)]
    _require_clauses(known, entries)
    return {
        name: (contract, (*deviations, *(one for _, one in entries if _is_about(contract, one))))
        for name, (contract, deviations) in known.items()
    }


def _read(path: Path) -> Iterator[tuple[str, Deviation]]:
    for number, entry in enumerate(require_deviations(path), 1):
        yield f"{path}, entry {number}", entry


def _is_about(contract: Contract, entry: Deviation) -> bool:
    return any(is_named_by(clause, entry.clause) for clause in contract.clauses)


def _require_clauses(known: Mapping[str, Known], entries: Iterable[tuple[str, Deviation]]) -> None:
    for where, entry in entries:
        provider = entry.clause.partition(".")[0]
        is_for_another_run = provider not in known and provider in contract_folders()
        if is_for_another_run or any(_is_about(contract, entry) for contract, _ in known.values()):
            continue
        clauses = [clause for contract, _ in known.values() for clause in contract.clauses]
        nearest = "" if "*" in entry.clause else did_you_mean(entry.clause, clauses)
        message = f"{where}: clause {entry.clause!r} names no clause of {', '.join(known)}{nearest}"
        raise ContractError(f"{message}; `roomproof clauses` lists them")
