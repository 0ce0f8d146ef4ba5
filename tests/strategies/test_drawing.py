"""Random values in great number: they differ, come again from the same start, and come even where most
attempts fail.
"""

from __future__ import annotations

import pytest
from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable

from roomproof_strategies import drawing
from roomproof_strategies.drawing import distinct

WORDS = st.text("abcdefgh", min_size=1, max_size=5)


def word(draw: st.DrawFn) -> str:
    return draw(WORDS)


@pytest.mark.parametrize("wanted", [1, 5, 100, 1000])
def test_there_are_as_many_as_wanted_and_all_differ(wanted: int) -> None:
    values = list(distinct(word, wanted, str, start=0))
    assert len(values) == len(set(values)) == wanted


def test_the_same_start_gives_the_same_values_and_another_one_others() -> None:
    first, again, other = (list(distinct(word, 50, str, start)) for start in (1, 1, 2))
    assert first == again
    assert set(first) != set(other)


def test_values_differ_in_what_the_key_says() -> None:
    values = list(distinct(word, 5, len, start=0))
    assert sorted(map(len, values)) == [1, 2, 3, 4, 5]


def test_where_there_are_only_few_all_of_them_are_found() -> None:
    assert sorted(distinct(lambda draw: draw(st.integers(1, 5)), 100, str, start=0)) == [1, 2, 3, 4, 5]


def test_values_that_are_mostly_given_up_are_drawn_one_by_one() -> None:
    def seldom(draw: st.DrawFn) -> int:
        number = draw(st.integers(0, 10_000))
        assume(number % 4 == 3)
        return number

    assert len(list(distinct(seldom, 20, str, start=0))) == 20


def test_values_too_long_to_be_drawn_many_at_once_are_drawn_one_by_one() -> None:
    assert (
        len(
            list(distinct(lambda draw: draw(st.text("ab", min_size=2_000, max_size=2_100)), 20, str, start=0))
        )
        == 20
    )


def test_what_was_found_stands_where_a_later_run_finds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = [["a", "b", "b"]]

    def run(*_: object) -> list[str]:
        if not runs:
            raise Unsatisfiable
        return runs.pop()

    monkeypatch.setattr(drawing, "_drawn", run)
    assert list(distinct(word, 100, str, start=0)) == ["a", "b"]


def test_where_there_is_none_it_says_so() -> None:
    with pytest.raises(Unsatisfiable):
        list(distinct(lambda draw: draw(st.nothing()), 10, str, start=0))
