"""A page as lines, whatever it was saved as: each knows its number and, where the file says so, its form."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

_UNSEEN = re.compile("[\u200b\u200c\u200d\u2060\ufeff]")


class Mark(StrEnum):
    """What the file itself says a line is; saved text says nothing of most lines."""

    TEXT = "text"
    HEADING = "heading"
    ITEM = "item"
    ROW = "row"
    CODE = "code"


@dataclass(frozen=True)
class PageLine:
    """One line: its number in the file, its text without the white space around it, how far it is indented,
    and what the file says of it (`level` of a heading, `cells` of a row).
    """

    number: int
    text: str
    indent: int = 0
    mark: Mark = Mark.TEXT
    level: int = 0
    cells: tuple[str, ...] = ()


def lines_of_text(text: str) -> tuple[PageLine, ...]:
    """Return the lines of a text that was saved from a page; empty ones divide what stands around them."""
    found = []
    for number, raw in enumerate(text.splitlines(), 1):
        line = _UNSEEN.sub("", raw.replace("\u00a0", " ")).expandtabs(4)
        stripped = line.strip()
        item = stripped.startswith(("\u2022 ", "\u25e6 ", "\u25aa "))
        found.append(
            PageLine(
                number,
                stripped[2:].strip() if item else stripped,
                len(line) - len(line.lstrip()),
                Mark.ITEM if item else Mark.TEXT,
            )
        )
    return tuple(found)


def block_at(lines: Sequence[PageLine], start: int) -> Sequence[PageLine]:
    """Return the lines from one on as far as no empty one comes."""
    end = start
    while end < len(lines) and lines[end].text:
        end += 1
    return lines[start:end]


def following(lines: Sequence[PageLine], start: int) -> int:
    """Return the index of the first line from one on that is not empty, or how many lines there are."""
    while start < len(lines) and not lines[start].text:
        start += 1
    return start
