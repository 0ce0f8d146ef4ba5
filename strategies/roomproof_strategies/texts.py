"""Random texts: of ordinary letters for valid bodies, of any characters for invalid ones."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from roomproof_strategies.makers import Maker

USUAL_LENGTH = 100
# Some of every kind that programs treat in a way of its own. Hypothesis draws four of five characters from
# the first 256, and looks every character of a text up among the ranges: the more there are, the longer that
# takes.
_ORDINARY = (
    (0x20, 0x7E),  # ASCII
    (0xA1, 0x17F),  # Latin-1 and Latin Extended-A
    (0x1E6, 0x1F5),  # among them letters that have no upper case in one code point
    (0x300, 0x345),  # combining marks
    (0x391, 0x3C9),  # Greek
    (0x410, 0x44F),  # Cyrillic
    (0x5D0, 0x5EA),  # Hebrew, from right to left
    (0x620, 0x669),  # Arabic, its marks and digits
    (0x905, 0x94D),  # Devanagari, its vowel signs
    (0xE01, 0xE3A),  # Thai
    (0x1E80, 0x1EF9),  # Latin letters that decompose
    (0x2010, 0x2027),  # dashes and quotes
    (0x20A0, 0x20BF),  # currencies
    (0x2100, 0x213A),  # letters that Unicode folds into others
    (0x2600, 0x263F),  # symbols
    (0x3041, 0x30FF),  # Hiragana and Katakana
    (0x4E00, 0x4E7F),  # CJK
    (0xAC00, 0xAC7F),  # Hangul
    (0xFB00, 0xFB06),  # ligatures
    (0xFE0E, 0xFE0F),  # variation selectors
    (0xFF01, 0xFF5E),  # full width
    (0x1D400, 0x1D454),  # mathematical letters, beyond the BMP
    (0x1F300, 0x1F5FF),  # emoji
    (0x20000, 0x2007F),  # CJK beyond the BMP
)
_ODD = (
    (0x00, 0x1F),  # controls
    (0x7F, 0xA0),
    (0xAD, 0xAD),
    (0x2000, 0x200F),  # spaces, joiners, direction marks
    (0x2028, 0x202F),
    (0x2060, 0x206F),
    (0x3000, 0x3000),
    (0xE000, 0xE00F),  # private use
    (0xFDD0, 0xFDDF),  # never characters
    (0xFEFF, 0xFEFF),
    (0xFFF9, 0xFFFF),
    (0x10FFF0, 0x10FFFF),
)


@lru_cache(1)
def ordinary_letters() -> str:
    """Return the characters of ordinary texts: no controls, surrogates, unassigned and private code points,
    no odd spaces.
    """
    return "".join(
        letter
        for letter in _letters(_ORDINARY)
        if letter == " " or unicodedata.category(letter)[0] not in "CZ"
    )


@lru_cache(1)
def _ordinary() -> SearchStrategy[str]:
    return st.characters(categories=(), include_characters=ordinary_letters())


@lru_cache(1)
def _any() -> SearchStrategy[str]:
    return st.characters(categories=(), include_characters="".join(_letters(_ORDINARY + _ODD)))


def _letters(ranges: tuple[tuple[int, int], ...]) -> Iterator[str]:
    for first, last in ranges:
        yield from map(chr, range(first, last + 1))


def any_texts(least: int, most: int) -> SearchStrategy[str]:
    """Return texts of so many characters, whatever they are; surrogates, which UTF-8 cannot encode, are not
    among them.
    """
    return st.text(_any(), min_size=least, max_size=most)


def ordinary_texts(least: int, most: int | None) -> Maker:
    """Return the maker of texts of so many code points that hold only ordinary characters, and no space at an
    end.
    """
    if most == 0:
        return lambda _draw: ""
    usual = USUAL_LENGTH if most is None else min(most, USUAL_LENGTH)
    if least > usual:
        unit, lengths = (
            st.text(_ordinary(), min_size=1, max_size=usual),
            st.integers(least, most or 2 * least),
        )
        return lambda draw: _stretched(draw(unit), draw(lengths))
    short = st.text(_ordinary(), min_size=max(least, 1), max_size=usual)
    if most is None or most <= usual:
        return lambda draw: _trimmed(draw(short))
    # One text in eight is long: a short one repeated, since drawing thousands of characters takes long. Which
    # one follows from the text, since a second draw would take as long as the first.
    some_lengths = (0,) * 28 + (usual + 1, (usual + most) // 2, most - 1, most)

    def make_some_long(draw: st.DrawFn) -> str:
        text = draw(short)
        length = some_lengths[sum(map(ord, text)) % len(some_lengths)]
        return _stretched(text, length) if length else _trimmed(text)

    return make_some_long


def is_trimmed(text: str) -> bool:
    """Say whether a text is one without spaces at its ends."""
    return text == text.strip() and text != ""


def _trimmed(text: str) -> str:
    """Return a text of the same length with no space at its ends. To reject one and draw again would take
    twice as long.
    """
    return text if is_trimmed(text) else _solid(text)


def _solid(text: str) -> str:
    return text.replace(" ", "_")


def _stretched(unit: str, length: int) -> str:
    """Return a text of so many code points that repeats a shorter one; it may end anywhere, so that it holds
    no spaces.
    """
    solid = _solid(unit)
    return (solid * (length // len(solid) + 1))[:length]
