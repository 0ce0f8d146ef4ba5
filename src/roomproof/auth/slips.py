"""Slips: texts and bytes that are almost a secret, by what is wrong with them."""

from __future__ import annotations

_POSITIONS = {
    "with another first letter": 0,
    "with another letter inside": None,
    "with another last letter": -1,
}
"""Where a letter is changed; None is the middle."""


def near_misses(text: str) -> dict[str, str]:
    """Return texts that are almost a secret, the empty one not among them."""
    found = {
        "cut short": text[:-1],
        "without its first letter": text[1:],
        "in another case": text.swapcase(),
        **other_letters(text),
    }
    return {what: near for what, near in found.items() if near and near != text}


def other_letters(text: str) -> dict[str, str]:
    """Return texts of the same length in which one letter is another one."""
    places = {what: _at(position, len(text)) for what, position in _POSITIONS.items()} if text else {}
    return {what: text[:at] + _other_letter(text[at]) + text[at + 1 :] for what, at in places.items()}


def other_bytes(data: bytes) -> dict[str, bytes]:
    """Return data in which one byte is another one.

    Not letters of its base64, which has spare bits at its end: another last letter may spell the same.
    """
    places = {what: _at(position, len(data)) for what, position in _POSITIONS.items()} if data else {}
    return {what: data[:at] + bytes((data[at] ^ 1,)) + data[at + 1 :] for what, at in places.items()}


def fits_a_header(text: str) -> bool:
    """Whether clients and servers let a text through in a header: Latin-1, no controls (RFC 9110, 5.5)."""
    return text.isprintable() and all(ord(letter) < 256 for letter in text)


def _other_letter(letter: str) -> str:
    """Return another letter of the same kind, which is another one without regard to case, too."""
    first = "0" if letter.isdecimal() else "A" if letter.isupper() else "a"
    return first if letter.lower() != first.lower() else chr(ord(first) + 1)


def _at(position: int | None, length: int) -> int:
    return length // 2 if position is None else position % length
