"""Have the steps of a replay done in other processes, by whatever `concurrent.futures.Executor` there is."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Future
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from roomproof.cassettes.parcel import Parcels, packed_register, unpacked_register
from roomproof.cassettes.provider_record import Register
from roomproof.cassettes.replay import Family, Look, ReplayResult, judge, look
from roomproof.errors import UnprovenError

_LOOK, _JUDGE = "look", "judge"
_NAMED = 3
"""So many files of a batch are named in an error."""

Step = Callable[[str, bytes, bytes], bytes]
"""A step of a replay: its name, how recordings are judged, a batch; what it has brought."""


class WorkerLostError(Exception):
    """Whatever did a step was gone before it was done, and again when it was tried once more."""


class Crew(Protocol):
    """Those who do steps elsewhere."""

    def submit(self, step: Step, name: str, register: bytes, batch: bytes) -> Future[bytes]:
        """Have a step done."""
        ...

    def again(self, step: Step, name: str, register: bytes, batch: bytes) -> bytes:
        """Have a step done that was not, since its process was killed. Raises WorkerLostError."""
        ...


@dataclass
class WorkerElsewhere:
    """Has every step done by a crew, `at_once` batches at a time; what they bring comes in the order of the
    batches, whichever is done first. One whose process is killed is done again.
    """

    register: Register
    crew: Crew
    at_once: int

    def __post_init__(self) -> None:
        self._parcels, self._register = Parcels(self.register), packed_register(self.register)

    def look(self, batches: Iterable[tuple[Path, ...]]) -> Iterator[Look]:
        """Read the files of batches."""
        return self._each(_LOOK, batches, lambda batch: Look(_lost(batch)))

    def judge(self, batches: Iterable[tuple[Family, ...]]) -> Iterator[ReplayResult]:
        """Judge families."""
        return self._each(
            _JUDGE, batches, lambda batch: _lost([one.path for family in batch for one in family.members])
        )

    def _each(self, name: str, batches: Iterable[Any], lost: Callable[[Any], Any]) -> Iterator[Any]:
        under_way: deque[tuple[Any, bytes, Future[bytes]]] = deque()
        coming = iter(batches)
        try:
            while True:
                while len(under_way) < self.at_once and (batch := next(coming, None)) is not None:
                    packed = self._parcels.packed(batch)
                    under_way.append((batch, packed, self.crew.submit(do, name, self._register, packed)))
                if not under_way:
                    return
                batch, packed, future = under_way.popleft()
                try:
                    brought = self._brought(name, packed, future)
                except WorkerLostError:
                    yield lost(batch)
                else:
                    yield self._parcels.unpacked(brought)
        finally:
            for _, _, future in under_way:
                future.cancel()

    def _brought(self, name: str, packed: bytes, future: Future[bytes]) -> bytes:
        try:
            return future.result()
        except (BrokenExecutor, CancelledError):
            return self.crew.again(do, name, self._register, packed)


def do(name: str, register: bytes, batch: bytes) -> bytes:
    """Do a step in this process, which may be any: everything that it needs comes with it."""
    parcels = _parcels(register)
    step = look if name == _LOOK else judge
    return parcels.packed(step(parcels.unpacked(batch), parcels.register, lambda _: None))


@lru_cache(maxsize=2)
def _parcels(register: bytes) -> Parcels:
    return Parcels(unpacked_register(register))


def _lost(files: Iterable[Path]) -> ReplayResult:
    paths = list(files)
    more = f" and {len(paths) - _NAMED} more" if len(paths) > _NAMED else ""
    where = ", ".join(map(str, paths[:_NAMED])) + more
    why = "the process that reads it was killed twice, as happens where there is too little memory"
    return ReplayResult(problems=[UnprovenError(f"{where}: {why}; what is there is not judged")])
