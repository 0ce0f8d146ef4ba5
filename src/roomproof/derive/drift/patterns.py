"""Patterns that match the same texts, in one form, as far as that can be told from how they are written.

Source: ECMA-262, 22.2.1: `\\d` is `[0-9]`, and `\\w` is `[A-Za-z0-9_]`.
"""

from __future__ import annotations

import re

_CLASSES = {r"\d": "0-9", r"\w": "A-Za-z0-9_"}
_REPEATED = {"{0,1}": "?", "{0,}": "*", "{1,}": "+", "{1}": "", "{1,1}": ""}
_PIECES = re.compile(r"\[\^?(?:\\.|[^\]\\])*\]|\\.|\{\d*,?\d*\}|.", re.DOTALL)
_MEMBERS = re.compile(r"(?:\\.|[^\\])-(?:\\.|[^\\])|\\.|.", re.DOTALL)
_NEEDLESS = re.compile(r"\\([-/_#@%&:;<>=!~,\"' ])")
"""A backslash that changes nothing, but for one before `-` in a class."""
_SIGNS = {"-": r"\-", r"\-": r"\-", "^": r"\^", r"\^": r"\^"}
"""What means something else at another place of a class."""
_ANY_TEXT = frozenset(("", ".*", "^.*$", "^.*", ".*$", "^", "$"))


def in_one_form(pattern: str) -> str:
    """Return a pattern in one form; empty where every text matches it."""
    whole = "".join(map(_piece, _PIECES.findall(pattern)))
    return "" if whole in _ANY_TEXT else whole


def _piece(piece: str) -> str:
    if piece.startswith("[") and len(piece) > 2:
        return _class(piece)
    if piece in _CLASSES:
        return _class(f"[{_CLASSES[piece]}]")
    return _REPEATED.get(piece, _NEEDLESS.sub(r"\1", piece))


def _class(text: str) -> str:
    """Return a class of characters with its members in order."""
    mark = "^" if text.startswith("[^") else ""
    inner = text[1 + len(mark) : -1]
    for short, members in _CLASSES.items():
        inner = inner.replace(short, members)
    found = {_SIGNS.get(one) or _NEEDLESS.sub(r"\1", one) for one in _MEMBERS.findall(inner)}
    return f"[{mark}{''.join(sorted(found))}]"
