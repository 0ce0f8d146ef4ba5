"""The journal of a run while it lasts: it is opened before anything is sent, and removed where nothing is
left to clean up.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from roomproof.contract.model import Contract
from roomproof.errors import UsageError
from roomproof.journal.file import (
    VARIABLE,
    HomeUnknownError,
    JournalFile,
    journal_folder,
    left_journals,
    new_journal_file,
    read_journal_file,
)
from roomproof.journal.journal import Entry, Heading, Journal, JournalError, headed, read_journal
from roomproof.secrets import KnownSecrets
from roomproof.targets.place import is_one_server
from roomproof.targets.target import is_loopback


def makes_rooms(contract: Contract) -> bool:
    """Whether a run makes rooms: by an operation of the contract, or by a call beside it."""
    return contract.creating is not None


def heading_of(
    contract: Contract,
    base_url: str,
    room_id: str | None,
    contracts: tuple[Path, ...],
    *,
    is_account: bool = False,
) -> Heading:
    """Return whose journal that of a run are that begins now, in this process."""
    folders = tuple(str(folder.absolute()) for folder in contracts)
    return Heading(
        datetime.now(UTC).isoformat(timespec="seconds"),
        os.getpid(),
        contract.provider,
        base_url,
        room_id,
        folders,
        contract.credentials.environment if is_account else {},
    )


@contextmanager
def kept_journal(
    heading: Heading,
    contract: Contract,
    environment: Mapping[str, str],
    secrets: tuple[str, ...],
    tell: Callable[[str], None],
    *,
    live: bool,
) -> Iterator[Journal]:
    """Yield the journal of a run, kept in a file of its own, but for entries in which a secret stands.

    Raises UsageError if another run is at work in the named room, or if there can be no journal where rooms
    are made live. Anywhere else a run goes on without one, and `tell` hears of it.
    """
    folder = _folder(environment)
    journal_file = None if folder is None else _opened(folder, heading)
    if folder is None or journal_file is None:
        where = f"in {folder}" if folder else "since nobody knows your home folder"
        why = (
            f"no journal can be written {where}, so the rooms of a run that is killed would be lost; "
            f"set {VARIABLE} to a folder"
        )
        if makes_rooms(contract) and (live or not is_loopback(heading.base_url)):
            raise UsageError(why)
        if makes_rooms(contract):
            tell(why)
        yield Journal()
        return
    known = KnownSecrets(secrets)

    def write(entry: Entry) -> None:
        # Of a room whose id repeats the credentials only the intent is kept, and of a request in which they
        # stand not the request.
        for told in (entry, {name: value for name, value in entry.items() if name != "request"}):
            if not known.stand_in(json.dumps(told).encode()):
                journal_file.append(told)
                return

    journal = Journal(write)
    try:
        if left := _look_around(folder, journal_file, heading):
            tell(left)
        yield journal
    finally:
        journal_file.close(done=journal.settled)


def _folder(environment: Mapping[str, str]) -> Path | None:
    try:
        return journal_folder(environment)
    except HomeUnknownError:
        return None


def _opened(folder: Path, heading: Heading) -> JournalFile | None:
    try:
        journal_file = new_journal_file(
            folder, f"{heading.provider}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{heading.process}"
        )
    except OSError:
        return None
    try:
        journal_file.append(headed(heading))
    except JournalError:
        journal_file.close(done=True)
        return None
    return journal_file


def _look_around(folder: Path, own: JournalFile, heading: Heading) -> str:
    """Raise UsageError if another run is at work in the named room; return that one which was killed has left
    something there, if so.
    """
    left = 0
    for other in left_journals(folder):
        if isinstance(other, JournalFile):
            told = read_journal(other.text())
            other.close(done=False)
            left += (
                told is not None
                and is_one_server(told[0].base_url, heading.base_url)
                and told[0].credentials == heading.credentials
            )
        elif isinstance(other, Path) and other != own.path and heading.room_id is not None:
            told = _read(other)
            if told is not None and _is_one_room(told[0], heading):
                raise UsageError(
                    f"another run (process {told[0].process}) is at work in room {heading.room_id}: "
                    f"wait for it, or name another --room-id"
                )
    killed = f"an earlier run at {heading.base_url} was killed"
    return f"{killed}; `roomproof cleanup` deletes what it left behind" if left else ""


def _is_one_room(one: Heading, other: Heading) -> bool:
    """Whether two runs were given the same room: ids that differ in nothing but case may be one."""
    if one.credentials and other.credentials and one.credentials != other.credentials:
        return False  # Two accounts.
    ids = [(heading.room_id or "").casefold() for heading in (one, other)]
    return ids[0] == ids[1] and is_one_server(one.base_url, other.base_url)


def _read(path: Path) -> tuple[Heading, Journal] | None:
    try:
        return read_journal(read_journal_file(path))
    except OSError:
        return None
