"""A page that was saved as HTML, as lines: headings, rows of tables, items, code, paragraphs."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from roomproof.derive.statements.page_lines import Mark, PageLine

_LEFT_OUT = frozenset(("script", "style", "nav", "aside", "noscript", "template", "svg", "button", "select"))
_AROUND = frozenset(("header", "footer"))
"""Around the whole page they are chrome; within its content they hold titles and notes."""
_CONTENT = frozenset(("main", "article"))
_VOID = frozenset(
    ("br", "hr", "img", "input", "meta", "link", "wbr", "source", "col", "area", "base", "embed")
)
_BLOCKS = frozenset(
    ("p", "div", "section", "article", "main", "ul", "ol", "dl", "dt", "dd", "table", "tbody", "thead",
     "details", "summary", "blockquote", "figure", "form", "body", "html", "title", "fieldset", "figcaption")
)  # fmt: skip
_MARKS = {"li": Mark.ITEM, "pre": Mark.CODE, **{f"h{level}": Mark.HEADING for level in range(1, 7)}}
_HIDDEN = re.compile(r"display:\s*none|visibility:\s*hidden")
_MOST_DEPTH = 500


def is_html(text: str) -> bool:
    """Whether a text is HTML: it begins like it, or has a body."""
    start = text.lstrip()[:300].lower()
    return start.startswith(("<!doctype html", "<html", "<head", "<body", "<main", "<article")) or (
        start.startswith("<") and bool(re.search(r"</(?:p|div|table|h[1-6]|ul)>", text, re.IGNORECASE))
    )


def lines_of_html(text: str) -> tuple[PageLine, ...]:
    """Return what a page shows as lines; scripts, styles, menus and what is hidden are no part of it."""
    parser = _Lines()
    parser.feed(text)
    parser.close()
    parser.end_line()
    return tuple(parser.lines)


class _Lines(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[PageLine] = []
        self.words: list[str] = []
        self.number = 0
        self.mark, self.level = Mark.TEXT, 0
        self.left_out: list[str] = []
        self.cells: list[str] | None = None
        self.depth = 0
        self.content = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.left_out == ["p"] and (tag in _BLOCKS or tag in _MARKS):
            # A paragraph needs no end tag (HTML, 13.1.2.4): the next block ends it.
            self.left_out = []
        if self.left_out:
            if tag not in _VOID and len(self.left_out) < _MOST_DEPTH:
                self.left_out.append(tag)
            return
        said = {name: value or "" for name, value in attrs}
        self.content += tag in _CONTENT
        # The panel of a tab that is not chosen is hidden, and holds what the page says all the same.
        panel = said.get("role") == "tabpanel"
        unseen = ("hidden" in said and not panel) or said.get("aria-hidden") == "true"
        hidden = unseen or _HIDDEN.search(said.get("style", ""))
        around = tag in _LEFT_OUT or (tag in _AROUND and not self.content)
        if (around or hidden) and tag not in _VOID:
            self.left_out.append(tag)
        elif tag == "br":
            self.words.append("\n" if self.mark is Mark.CODE else " ")
        elif tag == "tr":
            self.end_line()
            self.cells = []
        elif tag in ("td", "th") and self.cells is not None:
            self.words = []
        elif self.cells is None and (tag in _MARKS or tag in _BLOCKS):
            self.end_line()
            self.mark = _MARKS.get(tag, self.mark if self.mark is Mark.ITEM and tag == "p" else Mark.TEXT)
            self.level = int(tag[1]) if self.mark is Mark.HEADING else 0
            self.depth += tag in ("ul", "ol", "dl", "details")

    def handle_endtag(self, tag: str) -> None:
        if self.left_out:
            if tag in self.left_out:
                while self.left_out.pop() != tag:
                    pass
            return
        self.content = max(0, self.content - (tag in _CONTENT))
        if tag in ("td", "th") and self.cells is not None:
            self.cells.append(" ".join("".join(self.words).split()))
            self.words = []
        elif tag == "tr" and self.cells is not None:
            cells, self.cells = self.cells, None
            if any(cells):
                number = self.getpos()[0]
                self.lines.append(PageLine(number, " | ".join(cells), 0, Mark.ROW, 0, tuple(cells)))
        elif self.cells is None and (tag in _MARKS or tag in _BLOCKS):
            self.end_line()
            self.depth = max(0, self.depth - (tag in ("ul", "ol", "dl", "details")))
            self.mark, self.level = Mark.TEXT, 0

    def handle_data(self, data: str) -> None:
        if self.left_out:
            return
        if not self.words:
            self.number = self.getpos()[0]
        self.words.append(data)

    def end_line(self) -> None:
        """Put down what was collected; an empty line divides it from what follows."""
        whole = "".join(self.words)
        self.words = []
        if not whole.strip():
            return
        texts = whole.splitlines() if self.mark is Mark.CODE else [" ".join(whole.split())]
        for offset, one in enumerate(texts):
            if one.strip():
                line = PageLine(self.number + offset, one.strip(), 4 * self.depth, self.mark, self.level)
                self.lines.append(line)
        self.lines.append(PageLine(self.number, ""))
