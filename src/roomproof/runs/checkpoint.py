"""Checkpoints of a replay: what is judged is kept, so that the same replay goes on where it was cut short.

A checkpoint is a file beside the journals, which only the user can read: a line that says when the replay
began, then a frame for each batch. What a batch has brought is found again by a digest of all that it depends
on: the contracts, the settings, and the size and time of each of its files.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import struct
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import roomproof
from roomproof import files
from roomproof.cassettes.parcel import DamagedParcelError, Parcels
from roomproof.cassettes.past import digest, verdicts_beside
from roomproof.cassettes.provider_record import Register
from roomproof.cassettes.replay import Family, Look, ReplayResult, Worker
from roomproof.errors import UsageError
from roomproof.journal.file import distrust_of, journal_folder, lock

_FRAME = struct.Struct(">32s32sQ")
"""Before each frame: which batch it is of, the digest of its bytes, and how many these are."""
_LONGEST_HEAD = 1_000
_LASTS = timedelta(days=1)
"""A replay that began before that is not gone on with: `--max-age` counts from its begin."""


class Checkpoint:
    """An open, locked checkpoint; `began` is when its replay did."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self._descriptor = descriptor
        self._places: dict[bytes, tuple[int, int]] = {}
        self.began = self._read_head() or self._begin_anew()

    def __contains__(self, key: bytes) -> bool:
        return key in self._places

    def get(self, key: bytes) -> bytes:
        """Return what a batch has brought, which is kept."""
        return self._read(*self._places[key])

    def keep(self, key: bytes, brought: bytes) -> None:
        """Keep what a batch has brought. Raises UsageError where that cannot be written."""
        frame = _FRAME.pack(key, hashlib.sha256(brought).digest(), len(brought)) + brought
        at = os.lseek(self._descriptor, 0, os.SEEK_END)
        self._write(frame)
        self._places[key] = (at + _FRAME.size, len(brought))

    def close(self, *, done: bool) -> None:
        """Let go of it; remove it if the replay is done."""
        if done:
            self.path.unlink(missing_ok=True)
        os.close(self._descriptor)

    def _begin_anew(self) -> datetime:
        os.ftruncate(self._descriptor, 0)
        self._places = {}
        began = datetime.now(UTC)
        self._write(json.dumps({"began": began.isoformat()}).encode() + b"\n")
        return began

    def _write(self, content: bytes) -> None:
        try:
            files.into(self._descriptor, content)
        except OSError as error:
            raise UsageError(
                f"{self.path}: the checkpoint cannot be written ({error.strerror}); make space for it, or "
                f"leave --resume out"
            ) from error

    def _read_head(self) -> datetime | None:
        """Read which frames are there, and return when the replay began; None where that is not known, or too
        long ago.
        """
        head, line_end, _ = self._read(0, _LONGEST_HEAD).partition(b"\n")
        try:
            began = datetime.fromisoformat(json.loads(head)["began"])
        except (ValueError, LookupError, TypeError):
            return None
        if not line_end or not timedelta(0) <= datetime.now(UTC) - began < _LASTS:
            return None
        at = len(head) + 1
        while len(frame := self._read(at, _FRAME.size)) == _FRAME.size:
            key, checked, length = _FRAME.unpack(frame)
            brought = self._read(at + _FRAME.size, length)
            if hashlib.sha256(brought).digest() != checked:
                break  # Cut in the middle of a write.
            self._places[key] = (at + _FRAME.size, length)
            at += _FRAME.size + length
        os.ftruncate(self._descriptor, at)
        return began

    def _read(self, at: int, length: int) -> bytes:
        os.lseek(self._descriptor, at, os.SEEK_SET)
        parts: list[bytes] = []
        while length > 0 and (part := os.read(self._descriptor, min(length, 1 << 20))):
            parts.append(part)
            length -= len(part)
        return b"".join(parts)


@contextmanager
def kept_checkpoint(paths: Sequence[Path], environment: Mapping[str, str]) -> Iterator[Checkpoint]:
    """Yield the checkpoint of a replay of some files and folders; it is removed when the replay is done, and
    stays when it is cut short.

    Raises UsageError if the same replay is at work already, or if there can be no checkpoint.
    """
    folder = journal_folder(environment).with_name("replays")
    told = "\0".join(str(files.real(path)) for path in paths).encode(errors="surrogateescape")
    path = folder / f"{hashlib.sha256(told).hexdigest()[:16]}.checkpoint"
    checkpoint = Checkpoint(path, _opened(path))
    is_done = False
    try:
        yield checkpoint
        is_done = True
    finally:
        checkpoint.close(done=is_done)


def _opened(path: Path) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if why := distrust_of(path.parent):
            raise PermissionError(errno.EACCES, why, str(path.parent))
        descriptor = files.resumed(path) if files.is_there(path) else files.started(path)
    except OSError as error:
        raise UsageError(
            f"{path}: there can be no checkpoint ({error.strerror}); mend that, or leave --resume out"
        ) from error
    if not lock(descriptor):
        os.close(descriptor)
        raise UsageError(f"{path}: the same replay is at work in another process; wait for it")
    return descriptor


@dataclass
class ResumedWorker:
    """Has another worker do what a checkpoint does not have, and keeps in it what that brings."""

    worker: Worker
    register: Register
    checkpoint: Checkpoint
    _parcels: Parcels = field(init=False)

    def __post_init__(self) -> None:
        self._parcels = Parcels(self.register)
        contracts = [(name, digest(*known)) for name, known in self.register.contracts.items()]
        settings = (self.register.strict, str(self.register.oldest), self.register.stream_by.value)
        self._depends_on = repr((roomproof.__version__, contracts, settings))

    def look(self, batches: Iterable[tuple[Path, ...]]) -> Iterator[Look]:
        """Read the files of batches."""
        return self._each("look", self.worker.look, batches, list)

    def judge(self, batches: Iterable[tuple[Family, ...]]) -> Iterator[ReplayResult]:
        """Judge families."""
        return self._each("judge", self.worker.judge, batches, _files_of)

    def _each(
        self,
        step: str,
        work: Callable[[Iterable[Any]], Iterator[Any]],
        batches: Iterable[Any],
        paths: Callable[[Any], Iterable[Path]],
    ) -> Iterator[Any]:
        every = [(self._key(step, paths(batch)), batch) for batch in batches]
        known = {key for key, _ in every if key in self.checkpoint}
        brought = work(batch for key, batch in every if key not in known)
        for key, _ in every:
            if key in known:
                yield self._kept(key)
                continue
            new = next(brought)
            self.checkpoint.keep(key, self._parcels.packed(new))
            yield new

    def _kept(self, key: bytes) -> Any:
        try:
            return self._parcels.unpacked(self.checkpoint.get(key))
        except DamagedParcelError as error:
            raise UsageError(f"{self.checkpoint.path}: is damaged ({error}); remove it") from error

    def _key(self, step: str, paths: Iterable[Path]) -> bytes:
        told = [step, self._depends_on]
        told += (f"{path} {files.stamp(path)} {files.stamp(verdicts_beside(path))}" for path in paths)
        return hashlib.sha256("\0".join(told).encode(errors="surrogateescape")).digest()


def _files_of(batch: Iterable[Family]) -> Iterable[Path]:
    return (member.path for family in batch for member in family.members)
