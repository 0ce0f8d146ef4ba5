"""Walk over the lines of a page whose headings give it its order; what a layout adds is its grammar."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from roomproof.derive.statements.calls import curl_statements, end_of_curl, is_curl, request_line_at
from roomproof.derive.statements.fields import FieldLines, field_at, is_limit, typed
from roomproof.derive.statements.page_lines import Mark, PageLine, following
from roomproof.derive.statements.paragraphs import paragraph_statements
from roomproof.derive.statements.samples import begins_sample, end_of_sample, sample_statements
from roomproof.derive.statements.sentences import facts_of
from roomproof.derive.statements.statement import Form, Statement

_STATUS = re.compile(r"([1-5](?:\d\d|XX))\b(?:\s*[:\u2013-]\s*|\s+|$)(\S.{0,80})?", re.IGNORECASE)
_MEDIUM = re.compile(r"(application|text|multipart|image)/[\w.+*-]+")
_PHRASES = {
    "ok": "200", "created": "201", "accepted": "202", "no content": "204", "bad request": "400",
    "unauthorized": "401", "forbidden": "403", "not found": "404", "conflict": "409",
    "unprocessable entity": "422", "too many requests": "429", "internal server error": "500",
    "default": "default",
}  # fmt: skip
TOP = (
    "request", "response", "responses", "returns", "request samples", "response samples", "request sample",
    "response sample", "sample request", "sample response", "request example", "response example",
    "example request", "example response", "request body", "body arguments", "path arguments",
    "query arguments", "permissions", "security", "authorization", "authorizations", "authentication",
    "examples", "example", "errors", "scopes", "rate limits", "parameters", "arguments", "notes",
    "definitions", "schemas", "properties", "usage", "see also", "related",
)  # fmt: skip
_BELOW = (
    "path parameters", "query parameters", "header parameters", "headers", "cookie parameters", "body",
    "body parameters", "request headers", "response headers", "response schema", "request body schema",
    "response body", "schema", "example (from schema)",
)  # fmt: skip
CHROME = (
    "skip to main content", "skip to content", "share via", "loading...", "loading\u2026", "copy",
    "copy page", "search...", "try it", "test it", "send", "ask ai", "on this page", "previous", "next",
    "edit this page", "was this page helpful?", "yes", "no", "expand all", "collapse all",
    "show child attributes", "hide child attributes", "download", "theme", "feedback", "show more",
    "show less", "copied", "copy as markdown", "content type", "table of contents", "array ()", "curl",
    "python", "javascript", "typescript", "php", "go", "java", "ruby", "c#", "node", "payload", "json",
    "http", "shell", "bash", "powered by mintlify", "powered by gitbook", "built with",
)  # fmt: skip

Section = tuple[str, ...]
Found = tuple[list[Statement], int]
"""Statements, and the index of the line behind them."""

_SHOWING = (
    "request samples",
    "request sample",
    "sample request",
    "request example",
    "example request",
    "examples",
)
"""Sections that show one request of many: its line is a sample."""


@dataclass(frozen=True)
class Grammar:
    """What a layout calls its sections, and what stands around its pages.

    `top` and `below` are names of headings of the second and of the third level, where the file does not say
    so itself; `prefixes` are names that go on with a colon and a value; `heading` tells the level of more, 0
    for what is none (it gets the lines, the index and the section); `notes` are words that begin a note;
    `block` reads what only this layout has, a table above all.
    """

    top: Sequence[str] = TOP
    below: Sequence[str] = _BELOW
    chrome: Sequence[str] = CHROME
    prefixes: Sequence[str] = ()
    notes: Sequence[str] = ("note", "tip", "info", "warning", "caution", "danger", "important")
    heading: Callable[[Sequence[PageLine], int, Section], int] = lambda _lines, _at, _section: 0
    block: Callable[[Sequence[PageLine], int, Section], Found | None] = lambda _lines, _at, _section: None


@dataclass
class _Walk:
    """Where the walk is: the headings above, each with its level, the field that is told of, what is open."""

    headings: list[tuple[int, str]] = field(default_factory=list)
    subject: str = ""
    inside: list[tuple[int, str, bool]] = field(default_factory=list)
    note: bool = False
    titled: bool = False

    @property
    def section(self) -> Section:
        """The headings, without the title of the page: another title moves nothing."""
        named = (name for level, name in self.headings if level > 1)
        return (*named, *(name for _, name, _ in self.inside))

    def enter(self, level: int, name: str) -> None:
        self.headings = [*((at, one) for at, one in self.headings if at < level), (level, name)]
        self.subject, self.inside, self.note = "", [], False

    def top(self) -> str:
        """The heading of the second level, in small letters."""
        return next((name.lower() for level, name in reversed(self.headings) if level == 2), "")


def outline(lines: Sequence[PageLine], grammar: Grammar) -> Iterator[Statement]:
    """Yield the statements of a page in its order; each line that is not empty belongs to one at least."""
    place, at = _Walk(), following(lines, 0)
    while at < len(lines):
        found, end = _step(lines, at, grammar, place)
        yield from found
        at = following(lines, max(end, at + 1))


def _step(lines: Sequence[PageLine], at: int, grammar: Grammar, place: _Walk) -> Found:
    """Return what the next lines say, and the index behind them; the place moves on with them."""
    line = lines[at]
    if line.text.lower() in grammar.chrome and line.mark is not Mark.HEADING:
        return [Statement((), "", Form.CHROME, line.text, (line.number,))], at + 1
    if is_curl(line.text):
        end = end_of_curl(lines, at)
        return list(curl_statements(lines[at:end], place.section)), end
    if begins_sample(line.text):
        end = end_of_sample(lines, at)
        return list(sample_statements(lines[at:end], place.section)), end
    if (status := _status(line, place)) is not None:
        return [status], at + 1
    if call := request_line_at(lines, at):
        words, facts, end = call
        numbers = tuple(one.number for one in lines[at:end] if one.text)
        section = place.section if place.top() in _SHOWING else ()
        return [Statement(section, "", Form.REQUEST_LINE, words, numbers, facts)], end
    if own := grammar.block(lines, at, place.section):
        return own
    if level := _level(lines, at, grammar, place):
        prefix = _prefix(line.text, grammar)
        place.enter(level, prefix or line.text)
        place.titled = True
        place.note = line.text.lower().rstrip(":") in grammar.notes
        facts = {"level": level, **({"value": line.text[len(prefix) :].strip(" :")} if prefix else {})}
        return [Statement(place.section, "", Form.HEADING, line.text, (line.number,), facts)], at + 1
    return _content(lines, at, grammar, place)


def _level(lines: Sequence[PageLine], at: int, grammar: Grammar, place: _Walk) -> int:
    """Return the level of the heading that a line is, 0 if it is none."""
    line = lines[at]
    words = line.text.lower().rstrip(":")
    if line.mark is Mark.HEADING:
        return max(line.level, 1)
    if line.mark is not Mark.TEXT:
        return 0
    if words in grammar.notes or words in grammar.top:
        return 2
    if words in grammar.below or _prefix(line.text, grammar):
        return 4 if _in_status(place) else 3 if place.top() in ("request", "response", "responses") else 2
    if not place.titled and _is_title(line):
        return 1
    return grammar.heading(lines, at, place.section)


def _prefix(text: str, grammar: Grammar) -> str:
    """Return the name of a heading that goes on with a colon and a value, empty if it is none."""
    name, colon, value = text.partition(":")
    return name if colon and value.strip() and name.strip().lower() in grammar.prefixes else ""


def _is_title(line: PageLine) -> bool:
    return line.mark is Mark.TEXT and len(line.text.split()) <= 10 and line.indent < 4


def _in_status(place: _Walk) -> bool:
    return any(
        level == 3 and (_STATUS.match(name) or name.lower() in _PHRASES) for level, name in place.headings
    )


def _status(line: PageLine, place: _Walk) -> Statement | None:
    """Return a line that tells a status, as `200: The room` or `OK`, below a heading that speaks of
    responses.
    """
    top = place.top()
    if not (top.startswith(("response", "error", "returns")) or line.mark is Mark.HEADING):
        return None
    found = _STATUS.fullmatch(line.text)
    code = found[1] if found else _PHRASES.get(line.text.lower())
    if code is None:
        return None
    place.enter(max(3, line.level), found[1] if found else line.text)
    facts = {"status": code, **({"description": found[2]} if found and found[2] else {})}
    return Statement(place.section, "", Form.STATUS, line.text, (line.number,), facts)


def _content(lines: Sequence[PageLine], at: int, grammar: Grammar, place: _Walk) -> Found:
    line = lines[at]
    if line.mark is Mark.ROW:
        return list(_row(line, place)), at + 1
    if found := field_at(lines, at):
        _enter_field(lines, at, found, place)
        return [
            Statement(place.section, found.name, part.form, part.text, (part.line,), part.facts)
            for part in found.parts
        ], found.end
    if parts := typed(line.text, line.number):
        subject = place.subject or "body"
        return [
            Statement(place.section, subject, part.form, part.text, (part.line,), part.facts)
            for part in parts
        ], at + 1
    if _MEDIUM.fullmatch(line.text):
        medium = {"value": line.text}
        return [
            Statement(place.section, "Content-Type", Form.VALUE, line.text, (line.number,), medium)
        ], at + 1
    if is_limit(line.text):
        facts = facts_of(line.text)
        return [Statement(place.section, place.subject, Form.LIMIT, line.text, (line.number,), facts)], at + 1
    if line.mark is Mark.ITEM and len(line.text.split()) == 1:
        return [
            Statement(
                place.section, place.subject, Form.VALUE, line.text, (line.number,), {"item": line.text}
            )
        ], at + 1
    end = at + 1
    while end < len(lines) and lines[end].text and _goes_on(lines, end, grammar, place):
        end += 1
    form = Form.NOTE if place.note else Form.SENTENCE
    return list(paragraph_statements(lines[at:end], place.section, place.subject, form)), end


def _goes_on(lines: Sequence[PageLine], at: int, grammar: Grammar, place: _Walk) -> bool:
    """Whether a line is the next one of the paragraph above it: it begins nothing of its own."""
    line = lines[at]
    return line.mark is Mark.TEXT and not (
        is_curl(line.text)
        or begins_sample(line.text)
        or request_line_at(lines, at)
        or field_at(lines, at)
        or typed(line.text, line.number)
        or is_limit(line.text)
        or _MEDIUM.fullmatch(line.text)
        or line.text.lower() in grammar.chrome
        or grammar.block(lines, at, place.section)
        or _level(lines, at, grammar, place)
    )


def _row(line: PageLine, place: _Walk) -> Iterator[Statement]:
    """Yield the cells of a row: the first names what the others tell of."""
    first, *others = line.cells or (line.text,)
    name = first.replace("`", "").strip("* ")
    place.subject = name
    yield Statement(place.section, name, Form.FIELD, first, (line.number,), {"name": name})
    for cell in others:
        if not cell.strip():
            continue
        parts = typed(cell.replace("`", "").strip(), line.number)
        for part in parts:
            yield Statement(place.section, name, part.form, part.text, (line.number,), part.facts)
        if not parts:
            yield from paragraph_statements([PageLine(line.number, cell)], place.section, name, Form.VALUE)


def _enter_field(lines: Sequence[PageLine], at: int, found: FieldLines, place: _Walk) -> None:
    """Leave the objects that a field does not lie in, and enter the one that it is.

    Where the page shows nesting by indentation, that tells; where it was lost, a field after an object is
    taken to lie in it, and the place says no more than that it stands below it.
    """
    indent = lines[at].indent
    while place.inside and place.inside[-1][2] and indent <= place.inside[-1][0]:
        place.inside.pop()
    place.subject = found.name
    if found.holds_fields:
        below = following(lines, found.end)
        deeper = below < len(lines) and lines[below].indent > indent
        if place.inside and not deeper:
            place.inside = [one for one in place.inside if one[2]]
        place.inside.append((indent, found.name, deeper))
