"""Sorting what does not fit into memory: in parts, in a file that nobody else sees, with the same outcome."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from roomproof import files
from roomproof.cassettes import order
from roomproof.cassettes.order import in_order

PAIRS = st.lists(st.tuples(st.integers(0, 5), st.integers()), max_size=60)


@given(PAIRS, st.integers(1, 9), st.integers(2, 4))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_items_come_in_order_and_equal_ones_as_they_were(
    monkeypatch: pytest.MonkeyPatch, items: list[tuple[int, int]], most: int, parts: int
) -> None:
    monkeypatch.setattr(order, "MOST_ITEMS", most)
    monkeypatch.setattr(order, "_MOST_PARTS", parts)
    assert list(in_order(items, key=lambda item: item[0], size=lambda _: 1)) == sorted(
        items, key=lambda item: item[0]
    )


def test_what_fits_into_memory_goes_to_no_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "nameless", lambda: pytest.fail("a file was opened"))
    assert list(in_order([3, 1, 2], key=lambda item: item, size=lambda _: 1)) == [1, 2, 3]
    with pytest.raises(pytest.fail.Exception):
        list(in_order([3, 1, 2], key=lambda item: item, size=lambda _: order.MOST_BYTES))
