"""Tables with `|` whose rows were broken over lines: a cell ends where its bar stands."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from roomproof.derive.statements.outline import Found
from roomproof.derive.statements.page_lines import PageLine, following
from roomproof.derive.statements.statement import Form, Statement
from roomproof.derive.statements.tables import row_statements, usual_columns

_RULE = re.compile(r"\|(?:\s*:?-{2,}:?\s*\|)+")
_BAR = re.compile(r"(?<!\\)\|")


@dataclass
class _BrokenRow:
    """The cells that are closed, each with its lines, and the one that is open."""

    cells: list[tuple[str, tuple[int, ...]]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)

    def take(self, text: str, number: int) -> None:
        """Take a line: each bar in it closes a cell."""
        *closed, rest = _BAR.split(text)
        for piece in closed:
            self._add(piece, number)
            if number not in self.lines:
                self.lines.append(number)
            self.cells.append((" ".join(self.words), tuple(self.lines)))
            self.words, self.lines = [], []
        self._add(rest, number)

    def _add(self, piece: str, number: int) -> None:
        if piece.strip():
            self.words.append(piece.strip())
            if number not in self.lines:
                self.lines.append(number)

    def whole(self) -> list[tuple[str, tuple[int, ...]]]:
        """Return the cells, with the one that no bar closes."""
        return [*self.cells, *([(" ".join(self.words), tuple(self.lines))] if self.words else [])]


def pipe_table(
    lines: Sequence[PageLine], at: int, section: tuple[str, ...], headings: Collection[str]
) -> Found:
    """Return what a table says, and the index behind it. A row that lacks a bar ends where the next one
    begins, at latest at a heading; a head that is lost is that of usual tables.
    """
    found: list[Statement] = []
    columns: Sequence[str] = ()
    below = following(lines, at + 1)
    if below < len(lines) and _RULE.fullmatch(lines[below].text):
        columns = tuple(one.strip() for one in lines[at].text.strip("|").split("|"))
        found.append(_head(" ".join(columns), lines[at], section))
        at = below
    if _RULE.fullmatch(lines[at].text):
        columns = columns or usual_columns(lines[at].text.count("|") - 1)
        found.append(_head(lines[at].text, lines[at], section))
        at += 1
    columns = columns or usual_columns(3)
    rows, at = _rows(lines, at, len(columns), headings)
    for row in rows:
        cells = row.whole()
        named = zip((*columns, *["Description"] * len(cells)), cells, strict=False)
        found += row_statements([(column, text, taken) for column, (text, taken) in named if text], section)
        bare = [number for text, taken in cells if not text for number in taken]
        told = {number for text, taken in cells if text for number in taken}
        found += [
            _head("|", lines[number - lines[0].number], section) for number in bare if number not in told
        ]
    return found, at


def _rows(
    lines: Sequence[PageLine], at: int, width: int, headings: Collection[str]
) -> tuple[list[_BrokenRow], int]:
    rows: list[_BrokenRow] = []
    at = following(lines, at)
    while at < len(lines) and lines[at].text.lower() not in headings:
        text, row = lines[at].text, rows[-1] if rows else None
        whole = row is None or len(row.cells) >= width
        if text.startswith("|") and (whole or text != "|" or _begins_with_name(lines, at)):
            rows.append(_BrokenRow())
            rows[-1].take(text[1:], lines[at].number)
            rows[-1].lines = rows[-1].lines or ([lines[at].number] if text == "|" else [])
        elif whole or row is None:
            return rows, at
        else:
            row.take(text, lines[at].number)
        at = following(lines, at + 1)
    return rows, at


def _begins_with_name(lines: Sequence[PageLine], at: int) -> bool:
    """Whether a bar alone begins a row, although the row above it lacks a cell: a name and a bar follow."""
    return (
        at + 2 < len(lines)
        and "|" not in lines[at + 1].text
        and lines[at + 1].text != ""
        and lines[at + 2].text == "|"
        and lines[at - 1].text.endswith("|")
    )


def _head(text: str, line: PageLine, section: tuple[str, ...]) -> Statement:
    return Statement(section, "", Form.CHROME, text, (line.number,))
