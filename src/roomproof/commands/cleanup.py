"""`roomproof cleanup`: delete what runs that were killed have left behind, as their ledgers tell, and put their named rooms back."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import typer

from roomproof.errors import RoomproofError
from roomproof.ledger.books import Books, Heading, read_books
from roomproof.ledger.file import LedgerFile, ledger_folder, left_ledgers
from roomproof.providers import find_contract, require_own_variables
from roomproof.targets.credentials import scheme_from
from roomproof.targets.http import HttpTarget
from roomproof.verify.tidy import Tidying
from roomproof.verify.ward import Ward


def run_cleanup(
    contracts: tuple[Path, ...],
    environment: Mapping[str, str],
    *,
    dry_run: bool,
    ca_bundle: Path | None = None,
    allowed: tuple[str, ...] = (),
) -> int:
    """Clean up after every run that is gone, each at the server that its ledger names; return 3 if something could not be, else 0.

    `allowed` are environment variables that contracts may name although they are not their own.
    """
    folder, found, left = ledger_folder(environment), 0, 0
    for ledger in left_ledgers(folder):
        found += 1
        if isinstance(ledger, Path):
            typer.echo(f"{ledger}: its run is still at work, or the file cannot be opened; left alone")
            continue
        told = read_books(ledger.text(), ledger.append)
        try:
            if told is None:
                typer.echo(f"{ledger.path}: is no ledger that this version can read; remove it once you know what it was")
                left += 1
                continue
            typer.echo("\n".join(_shown(*told)))
            left += not dry_run and not _is_clean_after(ledger, *told, contracts, environment, ca_bundle, allowed)
        finally:
            ledger.close(done=told is not None and told[1].settled and not dry_run)
    if not found:
        typer.echo(f"nothing to clean up in {folder}")
    return 3 if left else 0


def _is_clean_after(
    ledger: LedgerFile,
    heading: Heading,
    books: Books,
    contracts: tuple[Path, ...],
    environment: Mapping[str, str],
    ca_bundle: Path | None,
    allowed: tuple[str, ...],
) -> bool:
    """Clean up what a ledger lists, tell what could not be, and return whether everything could."""
    try:
        remarks = [] if books.settled else _cleaned(heading, books, contracts, environment, ca_bundle, allowed)
    except RoomproofError as error:
        remarks = [str(error)]
    for remark in remarks or ["done"]:
        typer.echo(f"  {remark}")
    if not books.settled:
        typer.echo(f"  what is left stays in {ledger.path}; remove it when you have looked yourself")
    return not remarks


def _shown(heading: Heading, books: Books) -> list[str]:
    lines = [f"{heading.provider} at {heading.base_url}, run of {heading.started}"]
    if books.rooms:
        lines.append(f"  to delete    {', '.join(books.rooms)}")
    if books.found is not None:
        lines.append(f"  to put back  {heading.room_id}: {', '.join(books.found)}")
    if books.lost:
        lines.append(f"  to look for  {len(books.lost)} that may have been made")
    return lines


def _cleaned(
    heading: Heading,
    books: Books,
    contracts: tuple[Path, ...],
    environment: Mapping[str, str],
    ca_bundle: Path | None,
    allowed: tuple[str, ...],
) -> list[str]:
    """Delete rooms and put the named one back, and return what could not be done. Raises RoomproofError where nothing can be."""
    contract, _ = find_contract(heading.provider, (*contracts, *map(Path, heading.contracts)))
    require_own_variables(contract, allowed)
    scheme = scheme_from(contract.credentials, environment)
    server = HttpTarget(heading.base_url, ca_bundle=ca_bundle, environment=environment)
    target = Ward(server, contract, books, heading.room_id, ours=False)
    try:
        tidying = Tidying(contract, scheme, target, books, heading.room_id)
        tidying.everything()
    finally:
        target.close()
    return tidying.remarks
