"""A format of recordings in JSON: where its entries stand, and how one is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from roomproof.cassettes.entry import Entry, Unreadable

Way = tuple[str, ...]
"""The names of fields that lead to a value from the root of a document; none lead to the root itself."""


def _nothing(_: str) -> bytes | None:
    return None


def _always(*_: object) -> bool:
    return True


@dataclass(frozen=True)
class Around:
    """What stands around the entries of a document: its other fields, as far as they are short, by the way
    to them.

    `attached` returns the content of a file that an entry names, None where there is none; it may raise
    EntryError.
    """

    fields: Mapping[Way, Any] = field(default_factory=dict)
    attached: Callable[[str], bytes | None] = _nothing


@dataclass(frozen=True)
class Format:
    """`way` leads to the list of entries. `entries` reads an item of it, which mostly is one; raises
    EntryError.

    `is_it` tells from the first item of the list and what stands around it whether a document is in this
    format, where the way alone does not. With `looks_behind` what stands behind the list counts as well.
    `without` says what a document is that has a list and no entry.
    """

    name: str
    way: Way
    entries: Callable[[Any, Around], Iterator[Entry | Unreadable]]
    is_it: Callable[[Any, Around], bool] = _always
    looks_behind: bool = False
    without: str = ""


def one(entry_of: Callable[[Any], Entry]) -> Callable[[Any, Around], Iterator[Entry | Unreadable]]:
    """Return a reader of items each of which is one entry."""

    def entries(node: Any, around: Around) -> Iterator[Entry | Unreadable]:  # noqa: ARG001 - others need it
        yield entry_of(node)

    return entries
