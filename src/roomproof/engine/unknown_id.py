"""Ids that, in all likelihood, name no room."""

from __future__ import annotations

from random import Random
from string import hexdigits

SHORT = 8
"""Ids of fewer characters may all be taken."""
VAST = 16
"""Of an id with so many digits, no other one that is drawn at random names a room."""


def is_vast(room_id: str) -> bool:
    """Whether there are so many ids like one that no other, drawn at random, names a room."""
    return sum(letter in hexdigits for letter in room_id) >= VAST


def unknown_id_like(room_id: str, random: Random) -> str:
    """Return an id of the same shape that, in all likelihood, names no room.

    Digits, and letters where the id is hexadecimal, are redrawn, but for the first and for a UUID's version
    and variant. A short id, of which every other one may be taken, gets longer.
    """
    if len(room_id) < SHORT:
        return room_id + "".join(random.choices("0123456789", k=SHORT))
    alphabet = "0123456789abcdef" if any(letter in "abcdefABCDEF" for letter in room_id) else "0123456789"
    kept = (0, 14, 19)
    drawn = [random.choice(alphabet) if letter.lower() in alphabet else letter for letter in room_id]
    other = "".join(room_id[index] if index in kept else letter for index, letter in enumerate(drawn))
    return other if other != room_id else room_id + "".join(random.choices("0123456789", k=SHORT))
