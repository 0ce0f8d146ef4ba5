from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest
from hypothesis import Phase, find, given, seed, settings

from roomproof_strategies import mutations, valid

ANCHOR = datetime(2030, 5, 10, 12, 34, 56, tzinfo=UTC)
THOROUGH = settings(max_examples=2000, database=None, deadline=None)
SCHEMA: Any = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "count": {"type": "integer", "minimum": 2, "maximum": 50},
        "url": {"type": ["string", "null"], "format": "uri"},
        "numbers": {"type": "array", "items": {"type": "integer"}},
        "flag": {"type": "boolean"},
    },
    "minProperties": 1,
}


@pytest.mark.parametrize(
    ("name", "holds", "smallest"),
    [
        ("count", lambda value: value > 30, 31),
        ("name", lambda value: any(ord(letter) > 255 for letter in value), "\u0100"),
        ("numbers", lambda value: max(value, default=0) > 1000, [1001]),
        ("numbers", lambda value: len(value) > 1, [0, 0]),
        ("url", lambda value: value is None, None),
        ("url", lambda value: value is not None, "https://a.example.com"),
    ],
)
def test_little_is_left_beside_the_smallest_value(
    name: str, holds: Callable[[Any], bool], smallest: Any
) -> None:
    found = find(
        valid(SCHEMA, anchor=ANCHOR),
        lambda body: name in body and holds(body[name]),
        settings=THOROUGH,
        random=Random(0),
    )
    assert found[name] == smallest
    assert len(found) <= 3


def test_of_an_invalid_body_what_breaks_it_stays() -> None:
    found = find(
        mutations(SCHEMA, anchor=ANCHOR),
        lambda sample: sample.rule == "maximum",
        settings=THOROUGH,
        random=Random(0),
    )
    assert found.value["count"] > 50
    assert len(found.value) <= 2


def bodies(number: int) -> list[Any]:
    found: list[Any] = []

    @seed(number)
    @settings(max_examples=150, database=None, deadline=None, phases=[Phase.generate])
    @given(valid(SCHEMA, anchor=ANCHOR))
    def collect(body: Any) -> None:
        found.append(body)

    collect()
    return found


def test_a_seed_decides_every_body() -> None:
    assert bodies(1) == bodies(1)
    assert bodies(1) != bodies(2)


def test_bodies_have_every_number_of_fields_in_any_order() -> None:
    found = bodies(0)
    sizes = [len(body) for body in found]
    assert all(sizes.count(size) > 10 for size in range(1, 6))
    orders = [list(body) for body in found if {"name", "flag"} <= body.keys()]
    assert {order.index("name") < order.index("flag") for order in orders} == {True, False}
