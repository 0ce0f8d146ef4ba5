"""Which recordings have to be judged together: each pair that shares an account, or a room that one of them
changes and the other knows, and nobody else.
"""

from __future__ import annotations

from array import array
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomproof.cassettes import order
from roomproof.cassettes.kinship import Kinship, families

_NUMBERS = st.sets(st.integers(0, 12), max_size=3).map(lambda found: array("Q", sorted(found)))
_KINSHIPS = st.lists(st.builds(Kinship, _NUMBERS, _NUMBERS), max_size=9)


def are_related(one: Kinship, other: Kinship) -> bool:
    known, touched = ({*one.knows}, {*one.touches}), ({*other.knows}, {*other.touches})
    return bool(known[0] & touched[0] or known[0] & touched[1] or known[1] & touched[0])


def by_hand(kinships: list[Kinship]) -> list[list[int]]:
    """The families as the definition has them: whoever is related to a member is one."""
    found: list[list[int]] = []
    for number, kinship in enumerate(kinships):
        related = [family for family in found if any(are_related(kinships[one], kinship) for one in family)]
        found = [family for family in found if family not in related]
        found.append(sorted([number, *(one for family in related for one in family)]))
    return sorted(found)


@given(_KINSHIPS)
def test_families_are_those_that_the_definition_makes(kinships: list[Kinship]) -> None:
    assert families(kinships) == by_hand(kinships)


def test_what_is_only_touched_is_no_room() -> None:
    a_word_of_every_path = array("Q", [7])
    assert families([Kinship(touches=a_word_of_every_path)] * 3) == [[0], [1], [2]]


def test_a_vast_recording_is_a_relative_of_all() -> None:
    apart = [Kinship(array("Q", [number])) for number in range(3)]
    assert families(apart) == [[0], [1], [2]]
    assert families([*apart, replace(apart[0], is_vast=True)]) == [[0, 1, 2, 3]]


def test_families_are_the_same_where_memory_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    kinships = [Kinship(array("Q", [number, number // 3 + 100])) for number in range(30)]
    monkeypatch.setattr(order, "MOST_ITEMS", 4)
    assert families(kinships) == [list(range(start, start + 3)) for start in range(0, 30, 3)]
