"""`roomproof cleanup`: delete what runs that were killed have left behind, as their journals tell, and put
their named rooms back.

A journal says where to send what, and is no more than a file. It is believed where only the user can have
written it; its server gets credentials if it is the contract's own, one of this machine, or one that the user
has agreed to; and which credentials these are the contract says that is installed, or that the user names,
never one that the journal names.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import typer

from roomproof.contract.model import Contract
from roomproof.engine.account_guard import AccountGuard
from roomproof.engine.restore import Restorer
from roomproof.errors import RoomproofError, UsageError
from roomproof.journal.file import JournalFile, UntrustedFile, distrust_of, journal_folder, left_journals
from roomproof.journal.journal import Heading, Journal, read_journal
from roomproof.legible import one_line
from roomproof.providers import contract_folders, find_contract, require_own_variables
from roomproof.runs.accounts import with_variables
from roomproof.targets.credentials import scheme_from
from roomproof.targets.grammar import unnameable
from roomproof.targets.http import HttpTarget
from roomproof.targets.place import is_one_server
from roomproof.targets.server import server_url
from roomproof.targets.target import is_loopback


@dataclass(frozen=True)
class CleanupSettings:
    """Whose contracts are believed, what the environment holds, which certificates are trusted, and what the
    user has agreed to.

    That is: to clean up at contracts' own servers (`yes`), and at the server of a base URL besides; `allowed`
    are environment variables that contracts may name although they are not their own.
    """

    contracts: tuple[Path, ...]
    environment: Mapping[str, str]
    ca_bundle: Path | None = None
    yes: bool = False
    base_url: str | None = None
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Leftovers:
    """What a run that is gone has left: its journal, and what that says."""

    journal_file: JournalFile
    heading: Heading
    journal: Journal

    @property
    def needs_consent(self) -> bool:
        """Whether something would be sent to another machine."""
        return not self.journal.settled and not is_loopback(self.heading.base_url)

    def close(self, *, dry_run: bool) -> None:
        """Let go of the journal; remove it where nothing is left to do."""
        self.journal_file.close(done=self.journal.settled and not dry_run)

    def lines(self) -> Iterator[str]:
        """Yield what would be done, and where."""
        heading, journal = self.heading, self.journal
        yield f"{heading.provider} at {heading.base_url}, run of {heading.started}"
        if journal.rooms or journal.things:
            yield f"  to delete    {', '.join((*journal.rooms, *journal.things))}"
        if journal.found is not None:
            yield f"  to put back  {heading.room_id}: {', '.join(journal.found)}"
        if journal.lost:
            yield f"  to look for  {len(journal.lost)} that may have been made"
        for room_id, why in journal.strange.items():
            yield f"  left alone   {room_id}, since it may be somebody else's ({why}); look yourself"


def run_cleanup(cleaning: CleanupSettings, *, dry_run: bool) -> int:
    """Clean up after every run that is gone, each at the server that its journal names; return 3 if something
    could not be, else 0.

    Raises UsageError, before anything is sent, if the folder of journals is one that others may write to, or
    if the user has to agree and nobody can be asked.
    """
    folder = journal_folder(cleaning.environment)
    if why := distrust_of(folder):
        raise UsageError(
            f"{folder} is not believed to hold journals of yours, since {why}; look yourself, then make "
            f"it yours alone"
        )
    with ExitStack() as stack:
        taken, found, unread = _taken(folder)
        for left in taken:
            stack.callback(left.close, dry_run=dry_run)
        if not found:
            typer.echo(f"nothing to clean up in {folder}")
        asks = [left for left in taken if left.needs_consent]
        if asks and not dry_run and not cleaning.yes and not _is_terminal():
            hosts = ", ".join(sorted({left.heading.base_url for left in asks}))
            raise UsageError(
                one_line(
                    f"cleanup asks before it sends to {hosts}, and there is no terminal to ask on: add --yes"
                )
            )
        uncleaned = 0
        for left in taken:
            uncleaned += not dry_run and not _is_clean_after(left, cleaning)
    return 3 if uncleaned or unread else 0


def _taken(folder: Path) -> tuple[list[Leftovers], int, int]:
    """Take up the journals of runs that are gone, and say what they list; return how many files there are,
    how many cannot be read.
    """
    taken: list[Leftovers] = []
    found = unread = 0
    for journal_file in left_journals(folder):
        found += 1
        if isinstance(journal_file, Path):
            typer.echo(f"{journal_file}: its run is still at work, or the file cannot be opened; left alone")
            continue
        if isinstance(journal_file, UntrustedFile):
            typer.echo(
                f"{journal_file.path}: is not believed to be a journal of yours, since "
                f"{journal_file.why}; remove it once you know what it is"
            )
            unread += 1
            continue
        told = read_journal(journal_file.text(), journal_file.append)
        if told is None:
            typer.echo(
                f"{journal_file.path}: is no journal that this version can read; remove it once you "
                f"know what it was"
            )
            journal_file.close(done=False)
            unread += 1
            continue
        taken.append(Leftovers(journal_file, *told))
        typer.echo("\n".join(map(one_line, taken[-1].lines())))
    return taken, found, unread


def _is_clean_after(left: Leftovers, cleaning: CleanupSettings) -> bool:
    """Clean up what a journal lists, tell what could not be, and return whether everything could."""
    try:
        remarks = [] if left.journal.settled else _cleaned(left, cleaning)
    except RoomproofError as error:
        remarks = [str(error)]
    for remark in remarks or ["done"]:
        typer.echo(f"  {one_line(remark)}")
    if not left.journal.settled:
        typer.echo(
            f"  what is left stays in {left.journal_file.path}; clean up once more, or remove it when "
            f"you have looked yourself"
        )
    return not remarks


def _cleaned(left: Leftovers, cleaning: CleanupSettings) -> list[str]:
    """Put the named room back and delete rooms, and return what could not be done. Raises RoomproofError
    where nothing can be.
    """
    heading, journal = left.heading, left.journal
    if heading.room_id is not None and (why := unnameable(heading.room_id)):
        raise UsageError(f"room {heading.room_id} is no id that a path can name: {why}")
    contract = _contract_of(heading, cleaning.contracts)
    require_own_variables(contract, cleaning.allowed)
    server = HttpTarget(heading.base_url, ca_bundle=cleaning.ca_bundle, environment=cleaning.environment)
    try:
        if problem := _objection(left, contract, cleaning):
            return [problem]
        scheme = scheme_from(contract.credentials, cleaning.environment)
        began = datetime.fromisoformat(heading.started)
        guard = AccountGuard(server, contract, journal, heading.room_id, ours=False, began=began)
        restorer = Restorer(contract, scheme, guard, journal, heading.room_id, is_last=True)
        restorer.everything()
    finally:
        server.close()
    return [*restorer.remarks, *guard.remarks]


def _contract_of(heading: Heading, contracts: tuple[Path, ...]) -> Contract:
    """Return the contract of a run's provider, as it is installed or as the user names it. Raises UsageError
    if there is none.
    """
    if heading.provider not in contract_folders(contracts):
        named = (
            f"; the run had --contracts {' --contracts '.join(heading.contracts)}"
            if heading.contracts
            else ""
        )
        raise UsageError(
            f"the contract of {heading.provider!r} is not known: name its folder with --contracts{named}"
        )
    contract = find_contract(heading.provider, contracts)[0]
    return with_variables(contract, heading.credentials) if heading.credentials else contract


def _objection(left: Leftovers, contract: Contract, cleaning: CleanupSettings) -> str:
    """Return why nothing is sent, an empty text where the user agrees; is asked, where there is a terminal
    and no word was given before.
    """
    base_url = left.heading.base_url
    if not left.needs_consent or (
        cleaning.yes and cleaning.base_url is not None and is_one_server(base_url, cleaning.base_url)
    ):
        return ""
    is_known = _is_server_of(contract, base_url, cleaning.environment)
    if cleaning.yes:
        return (
            ""
            if is_known
            else (
                f"{base_url} is not the server of the contract: name it with --base-url, if "
                f"credentials may go there"
            )
        )
    what = "" if is_known else ", which is NOT the server of the contract"
    variables = ", ".join(contract.credentials.environment.values())
    question = one_line(f"Send that to {base_url}{what}, with {variables}? [y/N]")
    print(question, end=" ", file=sys.stderr, flush=True)
    return (
        "" if sys.stdin.readline().strip().lower() in ("y", "yes") else "not confirmed, so nothing was sent"
    )


def _is_server_of(contract: Contract, base_url: str, environment: Mapping[str, str]) -> bool:
    try:
        return is_one_server(base_url, server_url(contract, environment))
    except UsageError:
        return False


def _is_terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()
