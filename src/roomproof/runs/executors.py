"""Executors of clusters, by their address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from roomproof.errors import UnreachableError, UsageError

_ADDRESS = re.compile(r"dask://(?P<place>(?:[\w.-]+|\[[0-9A-Fa-f:.]+\]):\d{1,5})")
_PATIENCE = 10
"""Seconds within which a scheduler has to be reached."""


@contextmanager
def executor_of(given: Executor | str) -> Iterator[Executor]:
    """Yield an executor: the one that is given, or one of the cluster at an address, `dask://HOST:PORT`.

    Raises UsageError for any other address and where the cluster's package is missing, UnreachableError where
    nobody answers there.
    """
    if isinstance(given, Executor):
        yield given
        return
    match = _ADDRESS.fullmatch(given)
    if match is None:
        raise UsageError(
            f"--executor {given!r}: write it like dask://HOST:PORT, the address of dask's scheduler"
        )
    try:
        distributed: Any = import_module("distributed")
    except ImportError as error:
        raise UsageError(
            f"--executor {given}: dask.distributed is not installed; pip install 'roomproof[dask]'"
        ) from error
    try:
        client = distributed.Client(f"tcp://{match['place']}", timeout=_PATIENCE, set_as_default=False)
    except (OSError, TimeoutError) as error:
        raise UnreachableError(
            f"--executor {given}: no scheduler answers there; start one with `dask scheduler`, and its "
            f"workers with `dask worker`"
        ) from error
    with client:
        yield DaskExecutor(client, distributed.KilledWorker)


class DaskExecutor(Executor):
    """A cluster of dask. What it has tried in vain, since each time the worker was gone, is a broken
    executor's.
    """

    def __init__(self, client: Any, killed: type[Exception]) -> None:
        self._executor, self._killed = client.get_executor(pure=False), killed

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Have a worker of the cluster call a function."""
        ours: Future[Any] = Future()
        theirs = self._executor.submit(fn, *args, **kwargs)
        theirs.add_done_callback(lambda done: self._pass_on(done, ours))
        return ours

    def _pass_on(self, done: Future[Any], to: Future[Any]) -> None:
        error = None if done.cancelled() else done.exception()
        if done.cancelled() or isinstance(error, (self._killed, OSError)):
            to.set_exception(BrokenExecutor(str(error)))
        elif error is not None:
            to.set_exception(error)
        else:
            to.set_result(done.result())
