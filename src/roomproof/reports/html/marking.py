"""A request or a response as lines of text, with those marked that a finding is about."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from roomproof.contract.clause import Part
from roomproof.json_data import Json
from roomproof.report.finding import RequestReport, ResponseReport

MOST_LINES = 48
"""So many lines of a body are shown; what is marked, and what stands around it, comes first."""
LONGEST = 240
"""So many characters of a line are shown."""
_AROUND = 3
_DEEPEST = 40
_ANY = frozenset(("items", "values", "keys"))
"""Steps of a field's name that stand for any index or any field."""


@dataclass(frozen=True)
class Line:
    """A line, and whether the finding is about it."""

    text: str
    marked: bool = False

    @property
    def indent(self) -> str:
        """The blanks in front, which are not worth a mark."""
        return self.text[: len(self.text) - len(self.text.lstrip(" "))]


@dataclass(frozen=True)
class Message:
    """A request or a response: its first line, headers, body."""

    first: Line
    headers: tuple[Line, ...]
    body: tuple[Line, ...]


def request_message(request: RequestReport, part: str, field: str) -> Message:
    """Return a request with the field marked that a finding about a request or a behaviour is about."""
    marks = field if part != Part.RESPONSE else ""
    query = field in request.query or field in request.path
    marked = part == Part.REQUEST and bool(field) and query
    first = Line(_cut(f"{request.method} {request.url}"), marked=marked)
    return Message(first, _headers(request.headers, marks), _body(request, marks))


def response_message(response: ResponseReport | None, part: str, field: str, received: str) -> Message | None:
    """Return an answer with the status marked if that is what was received, and the field if it is about what
    was answered.
    """
    if response is None:
        return None
    marks = field if part != Part.REQUEST else ""
    status = f"status {response.status}"
    first = Line(status, marked=status in received)
    return Message(first, _headers(response.headers, marks), _body(response, marks))


def _headers(headers: Mapping[str, str], field: str) -> tuple[Line, ...]:
    return tuple(
        Line(_cut(f"{name}: {value}"), name.lower() == field.lower()) for name, value in headers.items()
    )


def _body(message: RequestReport | ResponseReport, field: str) -> tuple[Line, ...]:
    body = message.body
    if body is None:
        return ()
    if isinstance(body, str):
        lines = _shortened([Line(_cut(line)) for line in body.splitlines() or [""]])
        return (*lines, Line(f"[{message.body_shown}]")) if message.body_shown else lines
    return _shortened(list(_lines(body, (), tuple(field.split(".")) if field else ())))


def _lines(
    value: Json,
    way: tuple[str, ...],
    field: tuple[str, ...],
    indent: str = "",
    name: str = "",
    comma: str = "",
) -> Iterator[Line]:
    """Yield JSON as indented lines; a value that the field names is marked from its first line to its
    last.
    """
    marked = _is(way, field)
    inner = () if marked else field
    pairs = _inside(value)
    if pairs and len(way) >= _DEEPEST:
        yield Line(f"{indent}{name}... [nested more deeply; the JSON report has it]", marked)
    elif not pairs:
        yield Line(_cut(f"{indent}{name}{json.dumps(value, ensure_ascii=False)}{comma}"), marked)
    else:
        yield from _nested(value, way, inner, indent, name, comma, marked=marked)


def _nested(
    value: Json,
    way: tuple[str, ...],
    field: tuple[str, ...],
    indent: str,
    name: str,
    comma: str,
    *,
    marked: bool,
) -> Iterator[Line]:
    pairs = _inside(value)
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    yield Line(_cut(f"{indent}{name}{opening}"), marked)
    for number, (step, item) in enumerate(pairs, 1):
        label = f"{json.dumps(step, ensure_ascii=False)}: " if isinstance(value, dict) else ""
        for line in _lines(
            item, (*way, step), field, indent + "  ", label, "," if number < len(pairs) else ""
        ):
            yield Line(line.text, line.marked or marked)
    yield Line(f"{indent}{closing}{comma}", marked)


def _inside(value: Json) -> list[tuple[str, Json]]:
    if isinstance(value, dict):
        return list(value.items())
    return [(str(index), item) for index, item in enumerate(value)] if isinstance(value, list) else []


def _is(way: tuple[str, ...], field: tuple[str, ...]) -> bool:
    """Whether a field names a way, which may begin further out: a response may hold the room in an
    envelope.
    """
    if not field or len(way) < len(field) or len(way) > len(field) + 1:
        return False
    return all(wanted in (step, *_ANY) for step, wanted in zip(way[-len(field) :], field, strict=True))


def _shortened(lines: list[Line]) -> tuple[Line, ...]:
    """Return at most MOST_LINES lines; a line in brackets tells how many are left out."""
    if len(lines) <= MOST_LINES:
        return tuple(lines)
    marked = [index for index, line in enumerate(lines) if line.marked]
    near = {index + step for index in marked for step in range(-_AROUND, _AROUND + 1)}
    ranked = sorted(range(len(lines)), key=lambda index: (index not in near, index))
    kept = sorted(ranked[:MOST_LINES])
    shown: list[Line] = []
    before = -1
    for index in (*kept, len(lines)):
        if index - before > 1:
            shown.append(Line(f"[{index - before - 1} lines left out; the JSON report has them]"))
        if index < len(lines):
            shown.append(lines[index])
        before = index
    return tuple(shown)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}... [{len(text):,} characters]"
