"""How a page writes down a call: a line with method and path, or a command line of curl."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from roomproof.derive.statements.page_lines import Mark, PageLine, following
from roomproof.derive.statements.samples import sample_statements
from roomproof.derive.statements.statement import Form, Statement

_METHODS = "GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS"
_LINE = re.compile(rf"(?:({_METHODS})\b\s*)?((?:https?://|\{{|/)\S+)(?: HTTP/[\d.]+)?", re.IGNORECASE)
_METHOD = re.compile(rf"({_METHODS}|DEL)", re.IGNORECASE)
_OPTION = re.compile(
    r"(-{1,2}[A-Za-z][\w-]*)?[ =]*('(?:[^']*)'?|\"(?:[^\"\\]|\\.)*\"?|(?!-)[^\s'\"\\]+)?\s*\\?"
)
_DATA = ("-d", "--data", "--data-raw", "--data-binary", "--json", "--data-urlencode")
_PIECE = re.compile(r"[\w{}:.-]+")
_BASE = re.compile(r"^(?:https?://[^/?\s]*|\{[\w-]*(?:endpoint|host|url|server)[\w-]*\})")


def request_line_at(lines: Sequence[PageLine], at: int) -> tuple[str, dict[str, Any], int] | None:
    """Return words, facts and the index behind a request line: method and path on one line or on two, or one
    of them alone; None if there is none.
    """
    text = lines[at].text.strip("`")
    if whole := _LINE.fullmatch(text):
        return text, _facts(whole[1] or "", whole[2]), at + 1
    if not _METHOD.fullmatch(text):
        return None
    below = following(lines, at + 1)
    if pieces := _pieces(lines, below):
        whole_path, end = pieces
        return f"{text} {whole_path}", _facts(text, whole_path), end
    if below < len(lines) and (path := _LINE.fullmatch(lines[below].text.strip("`"))) and not path[1]:
        return f"{text} {path[2]}", _facts(text, path[2]), below + 1
    return text, _facts(text, ""), at + 1


def _pieces(lines: Sequence[PageLine], at: int) -> tuple[str, int] | None:
    """Return a path that stands in pieces, one a line, and the index behind it: slashes and names in turn, or
    a server and what follows it.
    """
    if at >= len(lines):
        return None
    if re.fullmatch(r"https?://[^/\s]+", lines[at].text):
        below = following(lines, at + 1)
        found = below < len(lines) and lines[below].text.startswith("/")
        return (lines[at].text + lines[below].text, below + 1) if found else None
    path = ""
    while at < len(lines) and (
        lines[at].text == "/" or (path.endswith("/") and _PIECE.fullmatch(lines[at].text))
    ):
        path += lines[at].text
        at = following(lines, at + 1)
    return (path, at) if len(path) > 1 else None


def _facts(method: str, target: str) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    if method:
        facts["method"] = {"DEL": "DELETE"}.get(method.upper(), method.upper())
    if target:
        path, _, query = target.partition("?")
        facts["path"] = template(_BASE.sub("", path)) or "/"
        if server := _BASE.match(path):
            facts["server"] = server[0]
        if query:
            facts["query"] = query
    return facts


def template(path: str) -> str:
    """Return a path with its parameters as OpenAPI writes them: `:id` is `{id}`."""
    return re.sub(r":([A-Za-z_]\w*)", r"{\1}", re.sub(r"/{2,}", "/", path))


def is_curl(text: str) -> bool:
    """Whether a line begins a command line of curl."""
    return bool(re.match(r"(?:\$ )?curl(?:\s|$)", text))


def end_of_curl(lines: Sequence[PageLine], start: int) -> int:
    """Return the index behind a command line: it goes on behind a backslash and within quotation marks."""
    at, quoted = start, False
    while at < len(lines):
        text = lines[at].text
        if not text and not (quoted and at + 1 < len(lines) and lines[at + 1].text[:1] in "{}\"'"):
            return at
        if lines[at].mark is Mark.HEADING:
            return at
        quoted ^= text.count("'") % 2 == 1
        at += 1
        option_next = at < len(lines) and lines[at].text.startswith(("-", "'http", '"http'))
        if not quoted and not text.endswith("\\") and not option_next:
            return at
    return at


def curl_statements(lines: Sequence[PageLine], section: tuple[str, ...]) -> Iterator[Statement]:
    """Yield what a command line of curl shows: method, address, headers, credentials, and each value of the
    body that it sends.
    """
    body: list[PageLine] | None = None
    for line in lines:
        text = line.text
        if body is not None:
            body.append(replace(line, text=text.rstrip(" \\").removesuffix("'")))
            if "'" in text:
                yield from sample_statements(body, section)
                body = None
            continue
        for option, given in _options(text.removeprefix("$ ")):
            if option in _DATA:
                inner = replace(line, text=given.strip("'\""))
                yield _chrome(section, option, line.number)
                if given.startswith("'") and not given.endswith("'"):
                    body = [inner]
                else:
                    yield from sample_statements([inner], section)
            else:
                yield _of_option(option, given, section, line.number)
    if body:
        yield from sample_statements(body, section)


def _options(text: str) -> Iterator[tuple[str, str]]:
    for one in _OPTION.finditer(text):
        if one[1] or one[2]:
            yield one[1] or "", one[2] or ""


def _of_option(option: str, given: str, section: tuple[str, ...], line: int) -> Statement:
    plain = given.strip("'\"")
    if option in ("-H", "--header"):
        name, _, value = plain.partition(":")
        return _shown(section, f"{option} {plain}", line, {"header": name, "value": value.strip()}, name)
    if option in ("-X", "--request") or (not option and re.match(r"https?://", plain)):
        facts = _facts(plain, "") if option else _facts("", plain)
        return _shown(section, f"{option} {plain}", line, facts)
    if option in ("-u", "--user"):
        return _shown(section, f"{option} {plain}", line, {"credentials": "basic"})
    return _chrome(section, f"{option} {plain}".strip(), line)


def _chrome(section: tuple[str, ...], text: str, line: int) -> Statement:
    """Return what only tells the program curl how to work."""
    return Statement(section, "", Form.CHROME, text, (line,))


def _shown(
    section: tuple[str, ...], text: str, line: int, facts: dict[str, Any], subject: str = ""
) -> Statement:
    return Statement(section, subject, Form.SAMPLE, text, (line,), facts)
