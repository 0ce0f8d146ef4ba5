"""Random texts that match a pattern."""

from __future__ import annotations

import re

from hypothesis import strategies as st

from roomproof_strategies.makers import Maker, drawing, kept, leaf
from roomproof_strategies.schema import ecma
from roomproof_strategies.texts import USUAL_LENGTH, is_trimmed, ordinary_letters

# All that are ordinary: a pattern says itself which it wants.
_LETTERS = st.characters(exclude_categories=("C", "Z"), include_characters=" ")
_REPEATED = re.compile(
    r"\^(?P<set>\[(?:\\.|[^\]\\])+\]|\\[dw])(?:(?P<sign>[+*])|\{(?P<least>\d+)(?:,(?P<most>\d*))?\})\$"
)


def matching_texts(pattern: str, least: int, most: int | None) -> Maker | None:
    """Return the maker of texts of so many code points that match a pattern (2020-12, 6.3.3), ordinary ones
    without spaces at the ends.
    """
    letters, fewest, greatest = _repeated(pattern)
    if not letters:
        fitting = st.from_regex(ecma(pattern), alphabet=_LETTERS)
        return leaf(
            fitting.filter(
                lambda text: is_trimmed(text) and least <= len(text) and (most is None or len(text) <= most)
            )
        )
    low = max(least, fewest, 1)
    high = min(limit for limit in (most, greatest, max(low, USUAL_LENGTH)) if limit is not None)
    return kept(drawing(st.text(letters, min_size=low, max_size=high)), is_trimmed) if low <= high else None


def _repeated(pattern: str) -> tuple[str, int, int | None]:
    """Return the letters of a pattern that repeats one set of them, and how many there may be; no letters for
    any other pattern.

    Hypothesis draws a text over such an alphabet at once, but a match of a pattern letter by letter.
    """
    found = _REPEATED.fullmatch(pattern)
    if found is None:
        return "", 0, None
    letters = "".join(filter(re.compile(found["set"], re.ASCII).fullmatch, ordinary_letters()))
    if found["sign"]:
        return letters, 1 if found["sign"] == "+" else 0, None
    most = found["least"] if found["most"] is None else found["most"]
    return letters, int(found["least"]), int(most) if most else None
