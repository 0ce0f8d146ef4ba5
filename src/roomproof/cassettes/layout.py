"""JSON laid out for people: one field a line, every token as it was sent, and the layouts in which programs
send it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import orjson

_SPACED = {",": ", ", ":": ": "}
DEEPEST = 40
"""Deeper than this, indentation would be most of the text."""
_PRINTABLE = re.compile(r"[\t\n\r -~]*")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},:]|[^\s\[\]{},:"]+')


def pretty(text: str) -> str | None:
    """Return a JSON object or array one field a line, None where it is none, is deep, or has letters beyond
    ASCII.
    """
    if text[:1] not in ("{", "[") or not _PRINTABLE.fullmatch(text) or not is_json(text):
        return None
    try:
        return "".join(_laid_out(_TOKEN.findall(text)))
    except RecursionError:
        return None


def compact(text: str) -> str:
    """Return JSON text without the white space between its tokens; any other text as it is."""
    return "".join(_TOKEN.findall(text)) if text[:1] in ("{", "[") and is_json(text) else text


def layouts(text: str) -> Iterator[str]:
    """Yield JSON text in the layouts that programs have for the same tokens, each with and without a line's
    end; nothing for others.

    They are compact, with a space after each comma and colon, and with a field a line, two or four spaces in.
    """
    if text[:1] not in ("{", "[") or not is_json(text):
        return
    tokens = _TOKEN.findall(text)
    yield from _with_end("".join(tokens))
    yield from _with_end("".join(_SPACED.get(token, token) for token in tokens))
    for width in (2, 4):
        try:
            yield from _with_end("".join(_laid_out(tokens, width)))
        except RecursionError:
            return


def _with_end(text: str) -> tuple[str, str]:
    return text, f"{text}\n"


def is_json(text: str | bytes) -> bool:
    """Whether a text is JSON."""
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    return True


def _laid_out(tokens: list[str], width: int = 2) -> Iterator[str]:
    """Yield the tokens with white space between them, each level so many spaces in. Raises RecursionError
    beyond DEEPEST.
    """
    depth = 0
    for index, token in enumerate(tokens):
        following = tokens[index + 1] if index + 1 < len(tokens) else ""
        if token in ("{", "["):
            depth += 1
            if depth > DEEPEST:
                raise RecursionError
            yield token + ("" if following in ("}", "]") else _line(depth * width))
        elif token in ("}", "]"):
            depth -= 1
            yield ("" if tokens[index - 1] in ("{", "[") else _line(depth * width)) + token
        elif token == ",":
            yield token + _line(depth * width)
        else:
            yield ": " if token == ":" else token


def _line(spaces: int) -> str:
    return "\n" + " " * spaces
