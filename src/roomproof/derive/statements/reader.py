"""What reads the pages of one layout, and where the readers are found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from pkgutil import iter_modules

from roomproof.derive.statements import readers
from roomproof.derive.statements.page_lines import PageLine
from roomproof.derive.statements.statement import Statement

SURE = 0.5
"""A reader that is less sure than this does not read a page."""


@dataclass(frozen=True)
class PageReader:
    """A layout: its name, how sure it is that a page has it (0 to 1), and the page's statements in its order.

    `statements` leaves no line out: a line that it does not understand is a statement of that form.
    """

    layout: str
    recognises: Callable[[Sequence[PageLine]], float]
    statements: Callable[[Sequence[PageLine]], Iterable[Statement]]


@cache
def page_readers() -> tuple[PageReader, ...]:
    """Return every reader: a module of `readers` offers one as `READER`, an installed package at the entry
    point group `roomproof.readers`.
    """
    found: dict[str, PageReader] = {}
    for module in iter_modules(readers.__path__, f"{readers.__name__}."):
        one: PageReader = import_module(module.name).READER
        found[one.layout] = one
    for point in entry_points(group="roomproof.readers"):
        installed: PageReader = point.load()
        found.setdefault(installed.layout, installed)
    return tuple(found.values())


def share_of(lines: Sequence[PageLine], *signs: Callable[[str], bool]) -> float:
    """Return which part of some signs at least one line of a page shows."""
    texts = [line.text for line in lines if line.text]
    return sum(any(sign(text) for text in texts) for sign in signs) / len(signs)
