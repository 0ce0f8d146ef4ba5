"""A page that was saved as Markdown, as lines: headings, rows of tables, items, fenced code, paragraphs."""

from __future__ import annotations

import re

from roomproof.derive.statements.page_lines import Mark, PageLine

_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*$")
_ITEM = re.compile(r"(?:[-*+]|\d+[.)])\s+(?=\S)")
_FENCE = re.compile(r"(```+|~~~+)")
_RULE = re.compile(r"\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)\s]*(?:\s\"[^\"]*\")?\)")


def is_markdown(text: str) -> bool:
    """Whether a text is Markdown: it has a heading with `#`, or fenced code."""
    return bool(re.search(r"^(#{1,6} \S|```)", text, re.MULTILINE))


def lines_of_markdown(text: str) -> tuple[PageLine, ...]:
    """Return the lines of a page; fences, rules of tables and the front matter's marks are empty ones."""
    found: list[PageLine] = []
    fence = ""
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.expandtabs(4)
        plain = line.strip()
        if opened := _FENCE.match(plain):
            fence = "" if fence and plain.startswith(fence) else fence or opened[1]
            found.append(PageLine(number, ""))
        elif fence:
            found.append(PageLine(number, plain, 0, Mark.CODE))
        else:
            found.append(_line(number, plain, len(line) - len(line.lstrip())))
    return tuple(found)


def _line(number: int, plain: str, indent: int) -> PageLine:
    if heading := _HEADING.fullmatch(plain):
        return PageLine(number, _words(heading[2]), 0, Mark.HEADING, len(heading[1]))
    if plain.startswith("|") and plain.endswith("|") and plain.count("|") > 2:
        if _RULE.fullmatch(plain):
            return PageLine(number, "")
        cells = tuple(_words(cell.replace(r"\|", "|")) for cell in re.split(r"(?<!\\)\|", plain[1:-1]))
        return PageLine(number, plain, 0, Mark.ROW, 0, cells)
    if _RULE.fullmatch(plain) and "-" in plain:
        return PageLine(number, "")
    if item := _ITEM.match(plain):
        return PageLine(number, _words(plain[item.end() :]), indent, Mark.ITEM)
    return PageLine(number, _words(plain.lstrip("> ")), indent)


def _words(text: str) -> str:
    """Return a line's words without the marks of emphasis, code and links."""
    plain = _LINK.sub(r"\1", text.strip())
    return re.sub(r"(\*\*|__|`)(.+?)\1", r"\2", plain).replace("\\_", "_").replace("<br>", " ").strip()
