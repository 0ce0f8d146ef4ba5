"""Values that are allowed and that programs get wrong: free objects, texts like numbers, round numbers,
times.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from roomproof.contract.formats import instant
from roomproof_strategies import boundary
from roomproof_strategies.formats import civil_times, dates

ANCHOR = datetime(2030, 5, 10, 12, 34, 56, tzinfo=UTC)


def sent(field: Any) -> list[Any]:
    """What is sent for a field of a schema."""
    schema = {"type": "object", "properties": {"v": field}}
    return [sample.value["v"] for sample in boundary(schema, anchor=ANCHOR) if "v" in sample.value]


def inside(value: Any) -> Iterator[Any]:
    """A value and whatever lies in it."""
    yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from inside(item)


def depth(value: Any) -> int:
    return 1 + max(map(depth, value.values()), default=0) if isinstance(value, dict) else 0


def test_objects_of_any_fields_hold_what_programs_lose() -> None:
    found = sent({"type": "object"})
    held = [item for value in found for item in inside(value)]
    lists = [item for item in held if isinstance(item, list)]

    assert max(map(depth, found)) > 3
    assert any(items and all(isinstance(item, dict) for item in items) for items in lists)
    assert any(len(set(map(type, items))) > 3 for items in lists)
    assert {"''", "0", "False", "[]", "{}"} <= set(map(repr, held))
    assert not [item for item in held if item is None]


@pytest.mark.parametrize(
    "more",
    [
        {"properties": {"on": {"type": "boolean"}}},
        {"additionalProperties": {"type": "integer"}},
        {"additionalProperties": False},
    ],
)
def test_objects_of_which_the_schema_says_more_hold_nothing_else(more: Any) -> None:
    assert not [
        item
        for value in sent({"type": "object", **more})
        for item in value.values()
        if not isinstance(item, int)
    ]


def test_texts_look_like_numbers_words_and_dates() -> None:
    found = set(sent({"type": "string"}))

    assert {
        "123",
        "007",
        "1e3",
        "0x10",
        "-0",
        "1.0",
        "12345678901234567890",
        "2026-11-29",
        "[]",
        "{}",
    } <= found
    assert {"null", "true", "NaN", "Infinity", "yes", "undefined", "None"} <= found


def test_wide_ranges_hold_the_numbers_that_people_say() -> None:
    found = set(sent({"type": "integer", "minimum": 0, "maximum": 200_000}))

    for number in (60, 3600, 86_400, 1000, 4096):
        assert {number - 1, number, number + 1} <= found
    assert {90, 300, 43_200, 50_000} <= found
    assert max(found) == 200_000


# Days on which clocks change, by the laws' rules: last Sundays of March and October, second of March, first
# of November.
@pytest.mark.parametrize(
    ("start", "changes"),
    [
        ("2026-12-19T18:00:00+00:00", {"2027-03-28", "2027-10-31", "2027-03-14", "2027-11-07"}),
        ("2027-03-28T00:00:00+00:00", {"2028-03-26", "2027-10-31", "2028-03-12", "2027-11-07"}),
        ("2027-10-30T23:59:59+00:00", {"2028-03-26", "2027-10-31", "2028-03-12", "2027-11-07"}),
    ],
)
def test_times_and_dates_lie_where_clocks_change(start: str, changes: set[str]) -> None:
    anchor = datetime.fromisoformat(start)

    assert changes <= {text[:10] for text, _ in civil_times(anchor)}
    assert changes <= {text for text, _ in dates(anchor)}


@pytest.mark.parametrize(
    "start",
    [
        datetime(2026, 12, 19, 18, tzinfo=UTC),
        datetime(2028, 1, 31, tzinfo=UTC),
        datetime(2027, 12, 30, 23, tzinfo=UTC),
    ],
)
def test_times_lie_where_calendars_are_difficult(start: datetime) -> None:
    texts = [text for text, _ in civil_times(start)]
    times = [datetime.fromisoformat(text) for text in texts]

    assert all(instant(text) is not None for text in texts)
    assert all(start - timedelta(days=2) < time < start + timedelta(days=740) for time in times)
    ends = {time.month for time in times if (time + timedelta(seconds=1)).day == 1 and time.hour == 23}
    assert ends == set(range(1, 13))
    assert any(time.year < time.astimezone(UTC).year for time in times)
    assert any(time.year > time.astimezone(UTC).year for time in times)
    assert any(
        time.date() < time.astimezone(UTC).date() and time.year == time.astimezone(UTC).year for time in times
    )
    assert any(
        time.date() > time.astimezone(UTC).date() and time.year == time.astimezone(UTC).year for time in times
    )
