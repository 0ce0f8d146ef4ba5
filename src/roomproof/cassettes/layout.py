"""JSON laid out for people: one member a line, every token as it was sent, so that nothing is lost on the way back."""

from __future__ import annotations

import re
from collections.abc import Iterator

import orjson

DEEPEST = 40
"""Deeper than this, indentation would be most of the text."""
_PRINTABLE = re.compile(r"[\t\n\r -~]*")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},:]|[^\s\[\]{},:"]+')


def pretty(text: str) -> str | None:
    """Return a JSON object or array one member a line, None where it is none, is deep, or has letters beyond ASCII."""
    if text[:1] not in ("{", "[") or not _PRINTABLE.fullmatch(text) or not _is_json(text):
        return None
    try:
        return "".join(_laid_out(_TOKEN.findall(text)))
    except RecursionError:
        return None


def compact(text: str) -> str:
    """Return JSON text without the white space between its tokens; any other text as it is."""
    return "".join(_TOKEN.findall(text)) if text[:1] in ("{", "[") and _is_json(text) else text


def _is_json(text: str) -> bool:
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    return True


def _laid_out(tokens: list[str]) -> Iterator[str]:
    """Yield the tokens with white space between them. Raises RecursionError beyond DEEPEST."""
    depth = 0
    for index, token in enumerate(tokens):
        following = tokens[index + 1] if index + 1 < len(tokens) else ""
        if token in ("{", "["):
            depth += 1
            if depth > DEEPEST:
                raise RecursionError
            yield token + ("" if following in ("}", "]") else _line(depth))
        elif token in ("}", "]"):
            depth -= 1
            yield ("" if tokens[index - 1] in ("{", "[") else _line(depth)) + token
        elif token == ",":
            yield token + _line(depth)
        else:
            yield ": " if token == ":" else token


def _line(depth: int) -> str:
    return "\n" + "  " * depth
