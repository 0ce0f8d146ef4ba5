"""Read a saved document into its statements."""

from __future__ import annotations

import re

from roomproof.derive.statements.html import is_html, lines_of_html
from roomproof.derive.statements.markdown import is_markdown, lines_of_markdown
from roomproof.derive.statements.page_lines import PageLine, lines_of_text
from roomproof.derive.statements.reader import SURE, page_readers
from roomproof.derive.statements.statement import StatedDocument, digest_of, numbered
from roomproof.errors import UsageError

_MOST_LINES = 50_000


def read(text: str, name: str, layout: str = "") -> StatedDocument:
    """Return what a saved page says, by the reader that knows its layout best, or by that of a layout.

    The page is text, HTML or Markdown; `name` is its file's, for messages. Raises UsageError where no layout
    is known of it: nothing is guessed.
    """
    lines = page_lines(text)
    if len(lines) > _MOST_LINES:
        raise UsageError(f"{name}: has more than {_MOST_LINES} lines; it is no page of a documentation")
    surest = max(
        page_readers(),
        key=lambda one: (one.layout == layout, one.recognises(lines)),
    )
    if surest.layout != layout and surest.recognises(lines) < SURE:
        known = ", ".join(sorted(one.layout for one in page_readers()))
        raise UsageError(f"{name}: no layout is known of it; readers exist for {known}, and OpenAPI")
    statements = numbered(surest.statements(lines))
    titles = (one.text for one in statements if one.facts.get("level") == 1)
    return StatedDocument(name, surest.layout, next(titles, ""), statements, digest_of(text))


def page_lines(text: str) -> tuple[PageLine, ...]:
    """Return the lines of a page, whatever it was saved as."""
    plain = re.sub(r"\r\n?", "\n", text)
    if is_html(plain):
        return lines_of_html(plain)
    return lines_of_markdown(plain) if is_markdown(plain) else lines_of_text(plain)
