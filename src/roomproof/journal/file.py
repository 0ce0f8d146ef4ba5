"""Journals on the disk: one file a run, JSON Lines, each entry on the disk before what it speaks of is done.

A run locks its journal as long as it lives, so whoever can lock one knows that its run is gone. A journal
says where credentials are sent and what is deleted there, so that only a file is believed that nobody but the
user can have written.
"""

from __future__ import annotations

import errno
import json
import os
import stat
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from roomproof import files
from roomproof.environment import value_of
from roomproof.errors import UsageError
from roomproof.journal.journal import Entry, JournalError

VARIABLE = "ROOMPROOF_STATE"
_SUFFIX = ".jsonl"
_LOCKED_AT = 2**30
"""Windows locks bytes, and nobody else can read them: one that no journal has."""
MAX_BYTES = 50_000_000
"""A larger file is no journal: one of a run that has made a thousand rooms has some 300,000 bytes."""
_NO_FILE = {
    errno.ELOOP: "it is a link",
    **dict.fromkeys((errno.EINVAL, errno.EISDIR, errno.ENXIO), "it is no regular file"),
}
"""What it means that a file cannot be opened."""


class HomeUnknownError(UsageError):
    """Nobody knows the user's home, as in some containers, so there is no folder of journals."""


@dataclass(frozen=True)
class UntrustedFile:
    """A file that is not believed to be a journal of the user's, and why not."""

    path: Path
    why: str


def journal_folder(environment: Mapping[str, str]) -> Path:
    """Return the folder of journals: below ROOMPROOF_STATE, else where the system keeps the state of
    programs.

    That is XDG_STATE_HOME, an absolute path (XDG Base Directory Specification), or ~/.local/state; on Windows
    LOCALAPPDATA. Raises UsageError if ROOMPROOF_STATE is set but empty, HomeUnknownError where nobody knows
    the user's home.
    """
    if named := value_of(VARIABLE, environment):
        return Path(named).absolute() / "ledger"
    states = environment.get("LOCALAPPDATA" if sys.platform == "win32" else "XDG_STATE_HOME", "")
    state = Path(states) if Path(states).is_absolute() else _home(environment) / ".local" / "state"
    return state / "roomproof" / "ledger"


def _home(environment: Mapping[str, str]) -> Path:
    try:
        return Path(environment.get("HOME") or Path.home())
    except RuntimeError as error:
        raise HomeUnknownError(
            f"nobody knows your home folder, where runs keep their journals; set {VARIABLE} to a folder"
        ) from error


class JournalFile:
    """An open, locked journal."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self._descriptor = descriptor
        self._is_whole = False

    def append(self, entry: Entry) -> None:
        """Write an entry, and return when it is on the disk. Raises JournalError if it cannot be written."""
        line = json.dumps(entry, separators=(",", ":")).encode() + b"\n"
        try:
            self._mend()
            self._is_whole = os.write(self._descriptor, line) == len(line)
            if not self._is_whole:
                raise JournalError(f"the journal {self.path} cannot be written (no space left)")
            os.fsync(self._descriptor)
        except OSError as error:
            self._is_whole = False
            raise JournalError(f"the journal {self.path} cannot be written ({error.strerror})") from error

    def _mend(self) -> None:
        """Take half a line off the end, as a run leaves it that is killed, or finds the disk full: the next
        one would be lost with it.
        """
        if not self._is_whole:
            told = self._bytes()
            os.ftruncate(self._descriptor, told.rfind(b"\n") + 1)

    def _bytes(self) -> bytes:
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        return b"".join(iter(lambda: os.read(self._descriptor, MAX_BYTES), b""))

    def text(self) -> str:
        """Return what it holds. A line that was cut in the middle of a write may be no UTF-8."""
        return self._bytes().decode(errors="replace")

    def close(self, *, done: bool) -> None:
        """Let go of it; remove it if it is done with."""
        if done:
            self.path.unlink(missing_ok=True)
        os.close(self._descriptor)


def new_journal_file(folder: Path, name: str) -> JournalFile:
    """Return a new journal, which only the user can read: a room's access codes may stand in it. Raises
    OSError if there can be none.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if why := distrust_of(folder):
        raise PermissionError(errno.EACCES, why, str(folder))
    for number in range(1, 1000):
        path = folder / f"{name}{f'-{number}' if number > 1 else ''}{_SUFFIX}"
        try:
            descriptor = files.started(path)
        except FileExistsError:
            continue
        # A cleanup may have found it while it was empty, and taken it away.
        if lock(descriptor) and files.is_there(path):
            return JournalFile(path, descriptor)
        # Nor is one left behind where nothing can be locked, as on some network file systems.
        path.unlink(missing_ok=True)
        os.close(descriptor)
    raise FileExistsError(f"{folder} is full of journals named {name}")


def read_journal_file(path: Path) -> str:
    """Return what a journal holds. Raises OSError if it cannot be read, or is no file."""
    return files.read(path, MAX_BYTES).decode(errors="replace")


def journal_paths(folder: Path) -> list[Path]:
    """Return every journal of a folder, the oldest name first; none if there is no such folder."""
    return sorted(folder.glob(f"*{_SUFFIX}")) if files.is_folder(folder) else []


def distrust_of(folder: Path) -> str:
    """Return why others may have written what stands in a folder, an empty text if nobody else can, or if
    there is none.
    """
    try:
        found = folder.lstat()
    except OSError:
        return ""
    return "it is a link or a file" if not stat.S_ISDIR(found.st_mode) else _others(found)


def left_journals(folder: Path) -> Iterator[JournalFile | Path | UntrustedFile]:
    """Yield the journals of runs that are gone, locked; of runs that still live, and of what cannot be
    opened, the path.
    """
    for path in journal_paths(folder):
        try:
            descriptor = files.resumed(path)
        except FileNotFoundError:
            continue
        except OSError as error:
            why = _NO_FILE.get(error.errno or 0)
            yield path if why is None else UntrustedFile(path, why)
            continue
        if why := _strangeness(os.fstat(descriptor)):
            os.close(descriptor)
            yield UntrustedFile(path, why)
        elif lock(descriptor):
            yield JournalFile(path, descriptor)
        else:
            os.close(descriptor)
            yield path


def _strangeness(found: os.stat_result) -> str:
    return f"it has more than {MAX_BYTES} bytes" if found.st_size > MAX_BYTES else _others(found)


def _others(found: os.stat_result) -> str:
    """Return who else than the user may have written something. Windows keeps that elsewhere, and a user's
    folders to the user.
    """
    if sys.platform == "win32":
        return ""
    if found.st_uid != os.geteuid():
        return "it belongs to another user"
    return "others may write to it (chmod go-w)" if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH) else ""


def lock(descriptor: int) -> bool:
    """Lock a file as long as it is open, and return whether nobody else had it locked."""
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(descriptor, _LOCKED_AT, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
