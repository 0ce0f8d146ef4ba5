from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from roomproof_strategies import valid
from roomproof_strategies.texts import any_texts, ordinary_letters

ANCHOR = datetime(2030, 5, 10, 12, 34, 56, tzinfo=UTC)
QUICK = settings(max_examples=100, derandomize=True, database=None, deadline=None, phases=[Phase.generate])


def drawn(strategy: st.SearchStrategy[Any]) -> list[Any]:
    found: list[Any] = []

    @QUICK
    @given(strategy)
    def collect(value: Any) -> None:
        found.append(value)

    collect()
    return found


def texts(**keywords: Any) -> list[str]:
    return drawn(valid({"type": "string", **keywords}, anchor=ANCHOR))


def test_ordinary_letters_are_of_every_kind_that_programs_treat_apart() -> None:
    letters = ordinary_letters()
    kinds = {unicodedata.category(letter) for letter in letters}
    assert kinds >= {"Lu", "Ll", "Lo", "Mn", "Mc", "Nd", "Pd", "Sc", "Sm", "So"}
    assert {kind for kind in kinds if kind[0] in "CZ"} == {"Zs"}
    assert {unicodedata.bidirectional(letter) for letter in letters} >= {"L", "R", "AL", "NSM"}
    assert any(ord(letter) > 0xFFFF for letter in letters)
    assert any(len(letter.upper()) > 1 for letter in letters)
    assert any(unicodedata.normalize("NFC", letter) != letter for letter in letters)
    assert any(unicodedata.normalize("NFD", letter) != letter for letter in letters)
    assert any(
        unicodedata.is_normalized("NFC", letter) and unicodedata.normalize("NFKC", letter) != letter
        for letter in letters
    )


def test_texts_for_invalid_bodies_hold_odd_characters_too() -> None:
    kinds = {unicodedata.category(letter) for text in drawn(any_texts(10, 40)) for letter in text}
    assert kinds >= {"Cc", "Cf", "Co", "Cn", "Zs", "Lu", "Nd"}


def test_texts_for_invalid_bodies_can_be_sent() -> None:
    assert all(text.encode() and 1 <= len(text) <= 5 for text in drawn(any_texts(1, 5)))


@pytest.mark.parametrize(
    ("pattern", "lengths"),
    [
        ("^[0-9]{6}$", {6}),
        ("^[0-9]{2,4}$", {2, 3, 4}),
        ("^\\d{0,2}$", {1, 2}),
        ("^[A-Za-z_-]*$", {1, 2, 3}),
        ("^[^a]+$", {1, 2, 3}),
        ("^[a-z]{2,}$", {2, 3, 4}),
        ("^[\\]a]{2}$", {2}),
        ("^(a|b){2}$", {2}),
        ("^x[0-9]{1,2}$", {2, 3}),
    ],
)
def test_texts_of_a_pattern_have_every_length_that_it_allows(
    pattern: str, lengths: set[int], fits: Callable[[Any, Any], bool]
) -> None:
    found = texts(pattern=pattern)
    assert all(fits({"pattern": pattern}, text) for text in found)
    assert {len(text) for text in found} >= lengths


def test_texts_of_a_pattern_keep_to_limits_beside_it() -> None:
    assert {len(text) for text in texts(pattern="^[a-z]+$", minLength=3, maxLength=4)} == {3, 4}
    assert {len(text) for text in texts(pattern="^[a-z]{2,9}$", minLength=8)} == {8, 9}
    assert min(len(text) for text in texts(pattern="^[a-z]+$", minLength=150)) == 150
    assert valid({"type": "string", "pattern": "^[a-z]{2}$", "minLength": 3}, anchor=ANCHOR).is_empty


def test_a_pattern_of_rare_letters_is_met() -> None:
    assert all(
        "\u13a0" <= letter <= "\u13f4" for text in texts(pattern="^[\u13a0-\u13f4]+$") for letter in text
    )
