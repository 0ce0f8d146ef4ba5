"""Microsoft Learn, reference of a REST API: tables of Name, Type and Description, then Definitions."""

from __future__ import annotations

import re
from collections.abc import Sequence

from roomproof.derive.statements.flat_tables import flat_table
from roomproof.derive.statements.outline import Found, Grammar, outline
from roomproof.derive.statements.page_lines import Mark, PageLine, following
from roomproof.derive.statements.pipe_tables import pipe_table
from roomproof.derive.statements.reader import PageReader, share_of
from roomproof.derive.statements.statement import Form, Statement
from roomproof.derive.statements.tables import COLUMNS, row_statements

_TOP = (
    "uri parameters", "request header", "request headers", "request body", "responses", "security",
    "examples", "sample request", "sample response", "definitions", "remarks", "permissions",
)  # fmt: skip
_LABEL = re.compile(r"([A-Z][A-Za-z ]{1,30}):\s*(\S.{0,60})?")
_NAME = re.compile(r"[A-Za-z][\w.]*")


def _recognises(lines: Sequence[PageLine]) -> float:
    named = share_of(
        lines,
        lambda text: text.lower() == "uri parameters",
        lambda text: text.lower() == "responses",
        lambda text: text.lower() == "definitions",
        lambda text: text.lower().startswith("request "),
        lambda text: bool(re.match(r"\W*Name\W+((In|Required)\W+)*Type\W+Description\W*$", text)),
        lambda text: bool(re.match(r"(GET|PUT|POST|PATCH|DELETE) (\{|https://)", text)),
    )
    return named if named > 0.6 else 0.0


def _block(lines: Sequence[PageLine], at: int, section: tuple[str, ...]) -> Found | None:
    line = lines[at]
    if line.mark is Mark.ROW:
        return _rows(lines, at, section)
    if line.text.startswith("|"):
        return pipe_table(lines, at, section, _TOP)
    if COLUMNS.fullmatch(line.text):
        return flat_table(lines, at, section, _TOP)
    label = _LABEL.fullmatch(line.text)
    if label is None:
        return None
    below = following(lines, at + 1)
    value = label[2] or (lines[below].text if below == at + 1 and below < len(lines) else "")
    end = at + 1 if label[2] or not value else below + 1
    numbers = tuple(one.number for one in lines[at:end])
    return [Statement(section, label[1], Form.VALUE, f"{label[1]}: {value}", numbers, {"value": value})], end


def _rows(lines: Sequence[PageLine], at: int, section: tuple[str, ...]) -> Found:
    """Return what whole rows of a table say, as HTML and Markdown have them; the first names the columns."""
    head = lines[at].cells
    found = [Statement(section, "", Form.CHROME, " ".join(head), (lines[at].number,))]
    end = at + 1
    while end < len(lines) and lines[end].mark is Mark.ROW:
        line = lines[end]
        cells = [
            (column, text, (line.number,)) for column, text in zip(head, line.cells, strict=False) if text
        ]
        found += row_statements(cells, section)
        end += 1
    return found, end


def _heading(lines: Sequence[PageLine], at: int, section: tuple[str, ...]) -> int:
    """A name alone, below Definitions, is that of a type, which its table follows."""
    return 3 if section[:1] == ("Definitions",) and _NAME.fullmatch(lines[at].text) else 0


READER = PageReader(
    "microsoft-learn",
    _recognises,
    lambda lines: outline(lines, Grammar(top=_TOP, below=("authorization",), heading=_heading, block=_block)),
)
