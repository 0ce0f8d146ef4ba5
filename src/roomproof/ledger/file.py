"""Ledgers on the disk: one file a run, JSON Lines, each entry on the disk before what it speaks of is done.

A run locks its ledger as long as it lives, so whoever can lock one knows that its run is gone.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from roomproof import files
from roomproof.environment import value_of
from roomproof.errors import UsageError
from roomproof.ledger.books import Entry, LedgerError

VARIABLE = "ROOMPROOF_STATE"
MAX_BYTES = 100_000_000
"""A larger file is no ledger; that of a run has some 100,000 bytes."""
_SUFFIX = ".jsonl"
_LOCKED_AT = 2**30
"""Windows locks bytes, and nobody else can read them: one that no ledger has."""


def ledger_folder(environment: Mapping[str, str]) -> Path:
    """Return the folder of ledgers: below ROOMPROOF_STATE, else where the system keeps the state of programs.

    That is XDG_STATE_HOME, an absolute path (XDG Base Directory Specification), or ~/.local/state; on Windows LOCALAPPDATA.
    Raises UsageError if ROOMPROOF_STATE is set but empty, and where nobody knows the user's home.
    """
    if named := value_of(VARIABLE, environment):
        return Path(named).absolute() / "ledger"
    states = environment.get("LOCALAPPDATA" if sys.platform == "win32" else "XDG_STATE_HOME", "")
    if Path(states).is_absolute():
        return Path(states) / "roomproof" / "ledger"
    try:
        home = Path(environment.get("HOME") or Path.home())
    except RuntimeError as error:
        raise UsageError(f"nobody knows your home folder, where runs keep their ledgers; set {VARIABLE} to a folder") from error
    return home / ".local" / "state" / "roomproof" / "ledger"


class LedgerFile:
    """An open, locked ledger."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self._descriptor = descriptor

    def append(self, entry: Entry) -> None:
        """Write an entry, and return when it is on the disk. Raises LedgerError if it cannot be written."""
        line = json.dumps(entry, separators=(",", ":")).encode() + b"\n"
        try:
            if os.write(self._descriptor, line) < len(line):
                raise LedgerError(f"the ledger {self.path} cannot be written (no space left)")
            os.fsync(self._descriptor)
        except OSError as error:
            raise LedgerError(f"the ledger {self.path} cannot be written ({error.strerror})") from error

    def text(self) -> str:
        """Return what it holds. A line that was cut in the middle of a write may be no UTF-8."""
        return read_ledger(self.path)

    def close(self, *, done: bool) -> None:
        """Let go of it; remove it if it is done with."""
        if done:
            self.path.unlink(missing_ok=True)
        os.close(self._descriptor)


def new_ledger(folder: Path, name: str) -> LedgerFile:
    """Return a new ledger, which only the user can read: a room's access codes may stand in it. Raises OSError if there can be none."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for number in range(1, 1000):
        path = folder / f"{name}{f'-{number}' if number > 1 else ''}{_SUFFIX}"
        try:
            descriptor = files.started(path)
        except FileExistsError:
            continue
        # A cleanup may have found it while it was empty, and taken it away.
        if _lock(descriptor) and path.exists():
            return LedgerFile(path, descriptor)
        os.close(descriptor)
    raise FileExistsError(f"{folder} is full of ledgers named {name}")


def read_ledger(path: Path) -> str:
    """Return what a ledger holds. Raises OSError if it cannot be read, or is no file."""
    return files.read(path, MAX_BYTES).decode(errors="replace")


def ledger_paths(folder: Path) -> list[Path]:
    """Return every ledger of a folder, the oldest name first; none if there is no such folder."""
    return sorted(folder.glob(f"*{_SUFFIX}"))


def left_ledgers(folder: Path) -> Iterator[LedgerFile | Path]:
    """Yield the ledgers of runs that are gone, locked; of runs that still live, and of what cannot be opened, the path."""
    for path in ledger_paths(folder):
        try:
            descriptor = files.resumed(path)
        except FileNotFoundError:
            continue
        except OSError:
            yield path
            continue
        if _lock(descriptor):
            yield LedgerFile(path, descriptor)
        else:
            os.close(descriptor)
            yield path


def _lock(descriptor: int) -> bool:
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
