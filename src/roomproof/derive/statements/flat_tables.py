"""Tables that were flattened to paragraphs: one cell a paragraph, the short ones run together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence

from roomproof.derive.statements.fields import is_type
from roomproof.derive.statements.outline import Found
from roomproof.derive.statements.page_lines import Mark, PageLine, following
from roomproof.derive.statements.samples import begins_sample
from roomproof.derive.statements.statement import Form, Statement
from roomproof.derive.statements.tables import Cell, row_statements

_NAME = re.compile(r"[A-Za-z$][\w.$-]*|[1-5]\d\d [A-Z][A-Za-z ]*|Other Status Codes")
_RUN = re.compile(r"(?:([\w.-]+) )??(path|query|header|body)?\s?(True|False)?")
_Row = list[Cell]


def flat_table(
    lines: Sequence[PageLine], at: int, section: tuple[str, ...], headings: Collection[str]
) -> Found:
    """Return what a table says, and the index behind it: it ends at a heading, at a sample, and where the
    name of a type that was defined before stands alone.
    """
    columns = lines[at].text.split()
    found = [Statement(section, "", Form.CHROME, lines[at].text, (lines[at].number,))]
    rows: list[_Row] = []
    defined = _defined(lines) if section[:1] == ("Definitions",) else set()
    at = following(lines, at + 1)
    while at < len(lines) and not _ends(lines, at, headings):
        text, line = lines[at].text, lines[at].number
        if text in defined and _is_whole(rows, columns) and not _is_row(rows, columns, text, section):
            break
        _take(rows, columns, text, line)
        at = following(lines, at + 1)
    for row in rows:
        found += row_statements(row, section)
    return found, at


def _defined(lines: Sequence[PageLine]) -> set[str]:
    """Return the names that stand alone on more than one line: those of types that are listed and then
    told of.
    """
    counted = Counter(line.text for line in lines if line.text[:1].isupper() and _NAME.fullmatch(line.text))
    return {text for text, count in counted.items() if count > 1}


def _is_row(rows: list[_Row], columns: Sequence[str], text: str, section: tuple[str, ...]) -> bool:
    """Whether a name of a type is one that the list of all types has: there each stands once."""
    listed = "Type" not in columns and columns[0] == "Name" and len(section) == 1
    return listed and text not in {row[0][1] for row in rows}


def _is_whole(rows: list[_Row], columns: Sequence[str]) -> bool:
    """Whether the last row could end here: it has its type, if there is such a column."""
    if not rows or "Type" not in columns:
        return True
    return any(column == "Type" for column, _, _ in rows[-1])


def _ends(lines: Sequence[PageLine], at: int, headings: Collection[str]) -> bool:
    line = lines[at]
    return (
        line.mark is Mark.HEADING
        or line.text.lower() in headings
        or begins_sample(line.text)
        or line.text.split()[:2] in (["Name", "Type"], ["Name", "Description"], ["Value", "Description"])
    )


def _take(rows: list[_Row], columns: Sequence[str], text: str, line: int) -> None:
    """Add a line to the last row, or begin the next one with it."""
    row = rows[-1] if rows else None
    has = {column for column, _, _ in row} if row else set()
    run = _RUN.fullmatch(text)
    if "Type" in columns and "Required" in columns and run and (run[2] or run[3]):
        if run[1]:
            rows.append([("Name", run[1], (line,))])
        elif row is None or "Type" in has:
            rows.append([])
        rows[-1] += [(name, part, (line,)) for name, part in (("In", run[2]), ("Required", run[3])) if part]
    elif "Type" in columns and (is_type(text) or text.startswith("<")):
        if row is None or has & {"Type", "Description"}:
            rows.append([])
        rows[-1].append(("Type", text, (line,)))
    elif _NAME.fullmatch(text) and text != "Headers":
        if "Type" in columns and row and not has & {"Type", "Description"}:
            row.append(("Type", text, (line,)))
        else:
            rows.append([(columns[0], text, (line,))])
    elif row is None:
        rows.append([("Description", text, (line,))])
    else:
        row.append(("Description", text, (line,)))
