"""Texts of a provider, so that they are seen and steer nothing: whatever is not a printable character is spelled out."""

from __future__ import annotations


def one_line(text: str) -> str:
    """Return a text in one line: line breaks, control characters, invisible ones and lone surrogates as escapes."""
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)


def legible(text: str) -> str:
    """Return a text with its line feeds, and everything else as in `one_line`."""
    return "\n".join(one_line(line) for line in text.split("\n"))


def shortened(text: str, longest: int) -> str:
    """Return a text of at most `longest` characters, and how many were left out."""
    return text if len(text) <= longest else f"{text[:longest]}... ({len(text) - longest} more characters)"
