"""Put many items into an order in little memory: what does not fit is sorted in parts, which lie in a file
that only this process sees.
"""

from __future__ import annotations

import heapq
import pickle
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from typing import IO, Any, TypeVar

from roomproof import files

MOST_ITEMS = 20_000
"""So many items are held in memory at once."""
MOST_BYTES = 64_000_000
"""Their size together, roughly."""
_MOST_PARTS = 64
"""So many sorted parts are merged at a time: each has an open file."""

Item = TypeVar("Item")


class Space:
    """Counts what is held in memory, so that it stays within bounds."""

    def __init__(self) -> None:
        self._items, self._size = MOST_ITEMS, MOST_BYTES

    def accepts(self, size: int) -> bool:
        """Take note of one more item; whether there is space for it."""
        self._items -= 1
        self._size -= size
        return self._items >= 0 and self._size >= 0

    def gets_back(self, items: int, size: int) -> None:
        """Take note of items that are held no more."""
        self._items += items
        self._size += size


def in_order(
    items: Iterable[Item], key: Callable[[Item], Any], size: Callable[[Item], int]
) -> Iterator[Item]:
    """Yield items in the order of their keys; those with equal keys stay as they are.

    Raises OSError where there is no space for a temporary file.
    """
    with ExitStack() as opened:
        parts: list[IO[bytes]] = []
        held: list[Item] = []
        space = Space()
        for item in items:
            held.append(item)
            if not space.accepts(size(item)):
                parts.append(_kept(sorted(held, key=key), opened))
                held, space = [], Space()
                if len(parts) >= _MOST_PARTS:
                    parts = [_kept(heapq.merge(*map(_read, parts), key=key), opened)]
        yield from heapq.merge(*map(_read, parts), sorted(held, key=key), key=key)


def _kept(items: Iterable[Any], opened: ExitStack) -> IO[bytes]:
    """Write items into a temporary file without a name: nobody else can open it, and it is gone with this
    process.
    """
    file = opened.enter_context(files.nameless())
    for item in items:
        pickle.dump(item, file, pickle.HIGHEST_PROTOCOL)
    file.flush()
    return file


def _read(file: IO[bytes]) -> Iterator[Any]:
    """Yield the items of a temporary file. It is our own: what stands in it was put there by this process."""
    file.seek(0)
    while True:
        try:
            yield pickle.load(file)
        except EOFError:
            return
