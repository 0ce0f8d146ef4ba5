"""Rows of tables, whatever they were saved as: the first cell names what the others tell of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from roomproof.derive.statements.fields import is_type, type_facts
from roomproof.derive.statements.page_lines import PageLine
from roomproof.derive.statements.paragraphs import paragraph_statements
from roomproof.derive.statements.statement import Form, Statement

COLUMNS = re.compile(r"(?:Name|Value)(?: (?:In|Required|Type|Description|Value))+")
"""The head of a table whose cells were run together."""
Cell = tuple[str, str, tuple[int, ...]]
"""The column's name, the words, and the lines that they take up."""
_STATUS = re.compile(r"([1-5]\d\d)\b.*|Other Status Codes|default", re.IGNORECASE)
_HEADER = re.compile(r"([\w-]+):\s*(\w+)")


def usual_columns(count: int) -> Sequence[str]:
    """Return what so many columns are called where the head of a table is lost."""
    return {
        2: ("Name", "Description"),
        4: ("Name", "Required", "Type", "Description"),
        5: ("Name", "In", "Required", "Type", "Description"),
    }.get(count, ("Name", "Type", "Description"))


def row_statements(cells: Iterable[Cell], section: tuple[str, ...]) -> Iterator[Statement]:
    """Yield what each cell of a row says."""
    subject = ""
    for column, text, lines in cells:
        if column in ("Name", "Value") and not subject:
            subject = text
            yield _named(column, text, lines, section)
        elif column == "Type" and (
            is_type(text) or text.startswith("<") or re.fullmatch(r"[\w.\[\]]+", text)
        ):
            yield Statement(section, subject, Form.TYPE, text, lines, _type(text))
        elif column == "Required":
            facts = {"required": text.lower() == "true"}
            yield Statement(section, subject, Form.REQUIRED, text, lines, facts)
        elif column == "In":
            yield Statement(section, subject, Form.VALUE, text, lines, {"in": text})
        else:
            yield from described(text, lines, section, subject)


def described(
    text: str, lines: tuple[int, ...], section: tuple[str, ...], subject: str
) -> Iterator[Statement]:
    """Yield the sentences of a description; the headers that a response has may stand behind them."""
    said, divided, headers = text.partition(" Headers ")
    if text == "Headers":
        yield Statement(section, subject, Form.CHROME, text, lines)
        return
    if not (divided and _HEADER.match(headers)):
        said, headers = ("", text) if _HEADER.fullmatch(text) and is_type(text.split()[-1]) else (text, "")
    if said:
        at = lines[0] if lines else 0
        for one in paragraph_statements([PageLine(at, said)], section, subject, Form.VALUE):
            yield Statement(section, subject, Form.SENTENCE, one.text, lines, one.facts)
    for name, kind in _HEADER.findall(headers):
        yield Statement(section, f"{subject} {name}".strip(), Form.FIELD, name, lines, {"header": name})
        yield Statement(section, f"{subject} {name}".strip(), Form.TYPE, kind, lines, type_facts(kind))


def _named(column: str, text: str, lines: tuple[int, ...], section: tuple[str, ...]) -> Statement:
    if column == "Value":
        return Statement(section, text, Form.VALUE, text, lines, {"value": text})
    if section[-1:] == ("Responses",) and (status := _STATUS.fullmatch(text)):
        return Statement(section, text, Form.STATUS, text, lines, {"status": status[1] or "default"})
    return Statement(section, text, Form.FIELD, text, lines, {"name": text})


def _type(text: str) -> dict[str, Any]:
    return type_facts(text) or {"ref": text.strip("[]"), **({"type": "array"} if text.endswith("[]") else {})}
