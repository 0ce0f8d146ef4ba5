"""Views of providers side by side: on a terminal, in Markdown, in JSON."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from roomproof import __version__
from roomproof.contract.clause import Level, Source
from roomproof.contract.fact import Fact
from roomproof.contract.matrix import Matrix, MatrixRow, MatrixSide, Section
from roomproof.json_data import Json

MATRIX_VERSION = 1
_NOTHING = "–"  # noqa: RUF001 - what tables have in an empty cell
_TITLE, _COLUMN = 22, 30
"""Columns that the titles take, and that each provider needs to stand beside the others."""
LEGEND = (
    f"{_NOTHING} the documents say nothing; (standard), (sample), (observed): not in words, but in a "
    f"standard, in a sample, "
    "or known from real providers only"
)


@dataclass(frozen=True)
class Phrase:
    """What a cell says in one line, and where it comes from."""

    text: str
    reference: str


@dataclass(frozen=True)
class _Part:
    """A line before it is known which operations say it: `fields` are those that it is about."""

    fields: tuple[str, ...]
    text: str
    sources: tuple[Source, ...]


def phrases(matrix: Matrix, section: Section, row: MatrixRow, provider: str) -> list[Phrase]:
    """Return a cell in lines: what several fields or operations have in common is said once."""
    of_fields = section.side in (MatrixSide.VALUES, MatrixSide.MEANING)
    told = [
        operation
        for (name, operation), fields in matrix.fields.items()
        if name == provider and (fields or not of_fields)
    ]
    said: dict[tuple[str, str], tuple[list[str], list[Source]]] = {}
    for operation in dict.fromkeys(fact.operation for fact in row.cells[provider]):
        own = [fact for fact in row.cells[provider] if fact.operation == operation]
        fields = matrix.fields.get((provider, operation), frozenset())
        for part in _values(own) if section.side is MatrixSide.VALUES else _sentences(own):
            every = (
                section.side is MatrixSide.MEANING
                and len(part.fields) > 1
                and frozenset(part.fields) == fields
            )
            about = "every field" if every else ", ".join(part.fields)
            names, sources = said.setdefault(("" if about == row.title else about, part.text), ([], []))
            names.append(operation)
            sources += part.sources
    found = []
    for (about, text), (names, sources) in said.items():
        where = "" if names in ([""], told) else f"{', '.join(names)}: "
        found.append(Phrase(where + (f"{about}: " if about and text else about) + text, reference(sources)))
    return found


def _values(facts: list[Fact]) -> Iterator[_Part]:
    """Yield one part a field: all that its values have to be."""
    for name in dict.fromkeys(fact.field for fact in facts):
        own = [fact for fact in facts if fact.field == name]
        by_level = ([fact for fact in own if fact.level is level] for level in Level)
        yield _Part(
            (name,),
            "; ".join(_spoken(group) for group in by_level if group),
            tuple(fact.source for fact in own),
        )


def _spoken(facts: list[Fact]) -> str:
    """Return what facts of one level say; two limits become a range."""
    limits = {fact.what: fact for fact in facts if fact.what in ("minimum", "maximum")}
    words = []
    for fact in facts:
        if len(limits) == 2 and fact.what in limits:
            if fact.what == "minimum":
                words.append(f"{fact.value} to {limits['maximum'].value}")
        else:
            words.append(fact.text)
    return ", ".join(words) + _mark(facts[0].level)


def _sentences(facts: list[Fact]) -> Iterator[_Part]:
    """Yield one part a sentence: all fields that it is about."""
    same: dict[str, list[Fact]] = {}
    for fact in facts:
        same.setdefault(fact.text + _mark(fact.level), []).append(fact)
    for text, group in same.items():
        fields = tuple(dict.fromkeys(fact.field for fact in group if fact.field))
        yield _Part(fields, text, tuple(fact.source for fact in group))


def _mark(level: Level) -> str:
    return "" if level is Level.DOCUMENTED else f" ({level})"


def reference(sources: Iterable[Source]) -> str:
    """Return sources in words, the fields of one section together."""
    fields: dict[str, list[str]] = {}
    for source in sources:
        place = ", ".join(part for part in (source.document, source.section) if part)
        known = fields.setdefault(place, [])
        if source.field and source.field not in known:
            known.append(source.field)
    return "; ".join(place + (f": {', '.join(names)}" if names else "") for place, names in fields.items())


class References:
    """Numbers references in the order in which they are first used."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._numbers: dict[str, int] = {}

    def number(self, text: str) -> int:
        """Return the number of a reference, from 1."""
        if text not in self._numbers:
            self.texts.append(text)
            self._numbers[text] = len(self.texts)
        return self._numbers[text]


def show(console: Console, matrix: Matrix, *, sources: bool) -> None:
    """Print a matrix: side by side where the terminal is wide enough, else one provider below the other."""
    references = References() if sources else None
    wide = console.width >= _TITLE + (_COLUMN + 3) * len(matrix.providers)
    for section in matrix.sections:
        console.print(Text(section.side.value, style="bold underline"))
        console.print(
            _side_by_side(matrix, section, references) if wide else _stacked(matrix, section, references)
        )
    for number, text in enumerate(references.texts if references else (), 1):
        console.print(Text(f"[{number}] {text}"), soft_wrap=True)
    console.print(
        Text(LEGEND if references else f"{LEGEND}; --sources tells where each cell comes from", style="dim")
    )


def _side_by_side(matrix: Matrix, section: Section, references: References | None) -> Table:
    table = Table(box=SIMPLE_HEAD, show_lines=True, expand=True)
    table.add_column("", ratio=3, overflow="fold")
    for provider in matrix.providers:
        table.add_column(Text(provider, style="bold"), ratio=7, overflow="fold")
    for row in section.rows:
        table.add_row(
            Text(row.title, style="bold"),
            *(_cell(phrases(matrix, section, row, name), references) for name in matrix.providers),
        )
    return table


def _stacked(matrix: Matrix, section: Section, references: References | None) -> Padding:
    names = max(map(len, matrix.providers), default=0) + 2
    parts: list[Text | Table] = []
    for row in section.rows:
        said = Table.grid(padding=(0, 2, 0, 0))
        said.add_column(width=names)
        said.add_column(overflow="fold")
        for name in matrix.providers:
            if row.cells[name]:
                said.add_row(
                    Text(f"  {name}", style="cyan"), _cell(phrases(matrix, section, row, name), references)
                )
        parts += [Text(row.title, style="bold"), said]
    return Padding(Group(*parts), (1, 0))


def _cell(said: list[Phrase], references: References | None) -> Text:
    if not said:
        return Text(_NOTHING, style="dim")
    lines = (
        phrase.text + (f" [{references.number(phrase.reference)}]" if references else "") for phrase in said
    )
    return Text("\n").join(Text(line) for line in lines)


def markdown(matrix: Matrix) -> str:
    """Return a matrix as Markdown tables, every source a footnote."""
    references = References()
    lines = [
        f"# {' and '.join(matrix.providers) if len(matrix.providers) < 3 else 'Providers'} side by side",
        "",
    ]
    for section in matrix.sections:
        lines += [
            f"## {section.side.value}",
            "",
            _line("", *map(_escaped, matrix.providers)),
            _line(*["---"] * (len(matrix.providers) + 1)),
        ]
        for row in section.rows:
            cells = (
                _markdown_cell(phrases(matrix, section, row, name), references) for name in matrix.providers
            )
            lines.append(_line(f"**{_escaped(row.title)}**", *cells))
        lines.append("")
    lines += [_escaped(LEGEND), ""]
    lines += [f"[^{number}]: {_escaped(text)}" for number, text in enumerate(references.texts, 1)]
    return "\n".join(lines) + "\n"


def _markdown_cell(said: list[Phrase], references: References) -> str:
    return (
        "<br>".join(f"{_escaped(phrase.text)}[^{references.number(phrase.reference)}]" for phrase in said)
        or _NOTHING
    )


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _escaped(text: str) -> str:
    """Return a text of one line that Markdown shows as it is; `_` within a word is no markup."""
    return re.sub(r"[\\`*{}\[\]<>|~$]|(?<!\w)_|_(?!\w)", r"\\\g<0>", " ".join(text.split()))


def document(matrix: Matrix) -> Json:
    """Return a matrix as plain data; every cell is the list of its facts, each with its source."""
    return {
        "roomproof": __version__,
        "matrix_version": MATRIX_VERSION,
        "providers": list(matrix.providers),
        "sections": [
            {
                "title": section.side.value,
                "rows": [_row(row) for row in section.rows if any(row.cells.values())],
            }
            for section in matrix.sections
        ],
    }


def _row(row: MatrixRow) -> Json:
    cells = {
        provider: [{**asdict(fact), "level": fact.level.value} for fact in said]
        for provider, said in row.cells.items()
    }
    return {"title": row.title, "concept": row.concept or None, "cells": cells}
