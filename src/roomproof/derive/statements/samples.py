"""Samples of JSON on a page: each line and each value is a statement; nothing has to be well-formed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from roomproof.derive.statements.page_lines import Mark, PageLine
from roomproof.derive.statements.statement import Form, Statement

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+|"')
_BEGINS = re.compile(r"[{\[]")
_MOST_DEPTH = 60


@dataclass
class _Open:
    """An object or an array that is being read, and the way to it."""

    sign: str
    way: tuple[str, ...]
    name: str | None = None


@dataclass
class _State:
    open: list[_Open] = field(default_factory=list)
    named: bool = False
    broken: dict[int, tuple[str, str]] = field(default_factory=dict)
    last: str = ""

    def reject(self, line: PageLine) -> None:
        """Note a line that is no JSON, with the value that it stands at."""
        self.broken.setdefault(line.number, (self.last, line.text))


def begins_sample(text: str) -> bool:
    """Whether a line begins a sample of JSON: a bracket, and after it nothing but JSON."""
    return bool(re.match(r"(\{|\[\s*($|[{\[\"\d\]]))", text)) and not re.match(r"\{[\w-]+\}", text)


def end_of_sample(lines: Sequence[PageLine], start: int) -> int:
    """Return the index behind a sample: where its brackets are closed, at latest where no line is JSON."""
    depth, at = 0, start
    while at < len(lines):
        text = lines[at].text
        if text and at > start and not _is_json(text) and lines[at].mark is not Mark.CODE:
            if depth <= 0 or not _goes_on(lines, at + 1):
                return at
            at += 1
            continue
        if not text and depth > 0 and at + 1 < len(lines) and not _is_json(lines[at + 1].text):
            return at
        for sign in _TOKEN.findall(text):
            depth += (sign in "{[") - (sign in "}]")
        at += 1
        if depth <= 0 and text:
            # A bracket too many belongs to the sample, too.
            while at < len(lines) and re.fullmatch(r"[}\]],?", lines[at].text):
                at += 1
            return at
    return at


def _goes_on(lines: Sequence[PageLine], at: int) -> bool:
    """Whether a line is one of the inside of a sample."""
    return at < len(lines) and bool(re.match(r"[{}\[\]\"]", lines[at].text))


def _is_json(text: str) -> bool:
    return bool(re.match(r"[{}\[\],\"]|-?\d|true\b|false\b|null\b", text)) or not text


def sample_statements(
    lines: Sequence[PageLine], section: tuple[str, ...], subject: str = ""
) -> Iterator[Statement]:
    """Yield what a sample shows: a statement each value, with the way to it as its subject. A bracket
    that opens something is a value, one that closes it says nothing. What cannot be read as JSON is not
    understood.
    """
    state = _State()
    for line in lines:
        if not _is_json(line.text):
            state.reject(line)
            continue
        for token in _TOKEN.findall(line.text):
            yield from _token(token, line, section, state)
    for number, (way, text) in state.broken.items():
        yield Statement(section, way or subject, Form.NOT_UNDERSTOOD, text, (number,))
    if state.open:
        words = f"the sample is no JSON: {len(state.open)} brackets are open"
        yield Statement(section, subject, Form.NOT_UNDERSTOOD, words, (lines[-1].number,))


def _token(token: str, line: PageLine, section: tuple[str, ...], state: _State) -> Iterator[Statement]:
    top = state.open[-1] if state.open else None
    if token in "{[":
        way = _way(state)
        state.last = ".".join(way)
        if len(state.open) < _MOST_DEPTH:
            state.open.append(_Open(token, way))
        yield _shown(section, way, token, line, {} if token == "{" else [])
        state.named = False
    elif token in "}]":
        if top is None or (top.sign == "{") != (token == "}"):
            state.reject(line)
        if state.open:
            yield _shown(section, state.open.pop().way, token, line, None)
            state.last = ".".join(state.open[-1].way) if state.open else ""
    elif token == ":":
        state.named = True
        if top is None or top.sign != "{" or top.name is None:
            state.reject(line)
    elif token == ",":
        if top is not None:
            top.name = None
        state.named = False
    elif top is not None and top.sign == "{" and not state.named:
        if top.name is not None or not token.startswith('"') or token == '"':
            state.reject(line)
        top.name = token.strip('"')
    else:
        yield _value(token, line, section, state)
        state.named = False
        if top is not None:
            top.name = None


def _way(state: _State) -> tuple[str, ...]:
    if not state.open:
        return ()
    top = state.open[-1]
    return (*top.way, "items" if top.sign == "[" else (top.name or "?"))


def _value(token: str, line: PageLine, section: tuple[str, ...], state: _State) -> Statement:
    state.last = ".".join(_way(state))
    try:
        read = json.loads(token)
    except (ValueError, RecursionError):
        state.reject(line)
        read = token
    return _shown(section, _way(state), token, line, read)


def _shown(
    section: tuple[str, ...], way: tuple[str, ...], token: str, line: PageLine, value: Any
) -> Statement:
    name = way[-1] if way else ""
    form = Form.CHROME if token in "}]" else Form.SAMPLE
    facts = {} if token in "}]" else {"way": list(way), "value": value}
    return Statement(section, ".".join(way), form, f"{name}: {token}", (line.number,), facts)
