"""Processes of our own, and executors of others, that do the steps of a replay."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import Pipe, get_context, parent_process
from multiprocessing.connection import Connection, wait
from threading import Thread
from types import TracebackType

from roomproof.cassettes.elsewhere import Step, WorkerLostError

_TRIES = 2
"""So often a step is tried by itself once its process was killed."""
_ORPHAN = 70
"""The exit code of a process that nobody needs any more."""
AT_ONCE = 64
"""So many steps are given to an executor of which nobody knows how many workers it has."""


@dataclass
class Processes:
    """So many processes. They are started when the first step is to be done, all of them anew when one was
    killed, and they end with this process.
    """

    count: int
    _pool: ProcessPoolExecutor | None = field(default=None, init=False)
    _leash: tuple[Connection, Connection] = field(default_factory=lambda: Pipe(duplex=False), init=False)
    """Processes end when the second end is closed."""

    def __enter__(self) -> Processes:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        held, holder = self._leash
        if kind is not None:
            holder.close()
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
        holder.close()
        held.close()

    def submit(self, step: Step, name: str, register: bytes, batch: bytes) -> Future[bytes]:
        """Have a step done."""
        try:
            return self._running().submit(step, name, register, batch)
        except BrokenExecutor:
            self._pool = None
            return self._running().submit(step, name, register, batch)

    def again(self, step: Step, name: str, register: bytes, batch: bytes) -> bytes:
        """Have a step done that was not, since one of the processes was killed: by a new process, which does
        nothing else, so that it is known which step had it killed.

        Raises WorkerLostError if that is killed as well, twice.
        """
        for _ in range(_TRIES):
            with self._new(1) as alone:
                try:
                    return alone.submit(step, name, register, batch).result()
                except BrokenExecutor:
                    continue
        raise WorkerLostError

    def _running(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = self._new(self.count)
        return self._pool

    def _new(self, count: int) -> ProcessPoolExecutor:
        # Not forked: whoever calls may have threads, and a lock that one of them holds would stay held.
        spawned = get_context("spawn")
        return ProcessPoolExecutor(count, spawned, initializer=_begin, initargs=(self._leash[0],))


def _begin(leash: Connection) -> None:
    """Leave Ctrl-C to the process that has started this one, and end when that one says so, or ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_follow, args=(leash,), daemon=True).start()


def _follow(leash: Connection) -> None:
    parent = parent_process()
    if parent is not None:
        wait([leash, parent.sentinel])
        os._exit(_ORPHAN)


@dataclass
class ExecutorOfOthers:
    """An executor that somebody else has made, and ends. Steps that it cannot do any more are done in this
    process, of which `tell` hears once.
    """

    executor: Executor
    tell: Callable[[str], None]
    _has_told: bool = field(default=False, init=False)

    def submit(self, step: Step, name: str, register: bytes, batch: bytes) -> Future[bytes]:
        """Have a step done."""
        try:
            return self.executor.submit(step, name, register, batch)
        except RuntimeError:  # It is broken, or was shut down.
            future: Future[bytes] = Future()
            future.cancel()
            return future

    def again(self, step: Step, name: str, register: bytes, batch: bytes) -> bytes:
        """Do a step here."""
        if not self._has_told:
            self._has_told = True
            self.tell(
                "the executor is broken, or has lost a task; what it does not do is done in this process"
            )
        return step(name, register, batch)
