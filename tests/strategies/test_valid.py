from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from roomproof.contract.formats import instant, is_plain_date_time
from roomproof_strategies import valid
from roomproof_strategies.windows import moment

ANCHOR = datetime(2030, 5, 10, 12, 34, 56, tzinfo=UTC)
QUICK = settings(max_examples=25, derandomize=True, database=None, deadline=None)
Fits = Callable[[Any, Any], bool]


def drawn(strategy: st.SearchStrategy[Any], count: int = 100) -> list[Any]:
    found: list[Any] = []

    @settings(QUICK, max_examples=count, phases=[Phase.generate])
    @given(strategy)
    def collect(value: Any) -> None:
        found.append(value)

    collect()
    return found


def field(schema: Mapping[str, Any], count: int = 100) -> list[Any]:
    return drawn(valid(schema, anchor=ANCHOR), count)


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for field in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from strings(field)


def regions(schema: Any, value: Any) -> Iterator[tuple[Any, Any]]:
    if not isinstance(schema, dict):
        return
    yield schema, value
    for name, field in value.items() if isinstance(value, dict) else ():
        yield from regions(schema.get("properties", {}).get(name, schema.get("additionalProperties")), field)
        yield from regions(schema.get("propertyNames"), name)
    for item in value if isinstance(value, list) else ():
        yield from regions(schema.get("items"), item)


def test_valid_values_validate_and_are_settled_and_ordinary(
    any_schema: Mapping[str, Any], fits: Fits
) -> None:
    # Health checks are on: filter_too_much or too_slow fail this test.
    @QUICK
    @given(valid(any_schema, anchor=ANCHOR))
    def check(body: Any) -> None:
        assert fits(any_schema, body)
        for node, value in regions(any_schema, body):
            assert "x-unsettled" not in node or not fits(node["x-unsettled"]["schema"], value)
            observed = {key: limit for key, limit in node.get("x-observed", {}).items() if key != "source"}
            assert fits(observed, value)
        for text in strings(body):
            assert text == text.strip()
            assert not any(unicodedata.category(letter).startswith("C") for letter in text)

    check()


def test_texts_vary_in_length_and_alphabet() -> None:
    found = field({"type": "string", "maxLength": 3000}, 150)
    lengths = [len(text) for text in found]
    assert max(lengths) > 1000
    assert min(lengths) == 1
    assert sum(length <= 100 for length in lengths) > 75
    assert any(ord(letter) > 0xFFFF for text in found for letter in text)
    assert any(127 < ord(letter) < 0xFFFF for text in found for letter in text)


def test_a_text_may_only_be_empty_where_it_must() -> None:
    assert set(field({"type": "string", "maxLength": 0}, 5)) == {""}
    assert "" not in field({"type": "string"})


def test_texts_of_a_pattern_are_ordinary_too() -> None:
    found = field({"type": "string", "pattern": "^[a-z \\t]*$"})
    assert all(text == text.strip() and text for text in found)


def test_date_times_lie_in_the_sixty_days_after_the_anchor() -> None:
    found = field({"type": "string", "format": "date-time"}, 300)
    times = [time for text in found if (time := moment(text)) is not None]
    assert len(times) == len(found)
    assert all(ANCHOR <= time < ANCHOR + timedelta(days=60) for time in times)
    assert len({time.date() for time in times}) > 40
    assert sum(map(is_plain_date_time, found)) > 150
    fractions = {len(text.split(".")[1].rstrip("Z")) for text in found if "." in text and text.endswith("Z")}
    assert len(fractions) >= 5
    assert max(fractions) == 7
    assert any(not text.endswith("Z") for text in found)
    assert all((value := instant(text)) and value.nanoseconds % 100 == 0 for text in found)


def test_urls_are_short_and_call_nobody() -> None:
    for text in field({"type": "string", "format": "uri"}):
        parts = urlsplit(text)
        assert parts.scheme in ("http", "https")
        assert (parts.hostname or "").endswith(".example.com")
        assert len(text) < 200
        assert text.isascii()


def test_small_choices_are_all_drawn() -> None:
    assert set(field({"enum": ["a", 1, None, False]})) == {"a", 1, None, False}
    assert set(field({"type": ["boolean", "null"]})) == {True, False, None}
    assert set(field({"type": "integer", "minimum": 3, "maximum": 7})) == set(range(3, 8))
    assert set(field({"oneOf": [{"type": "integer", "enum": [1, 2]}, {"enum": [2, 3]}]})) == {1, 3}
    assert set(field({"type": "integer", "minimum": 0, "maximum": 9, "not": {"minimum": 5}})) == set(range(5))


def test_numbers_reach_both_kinds_of_limit() -> None:
    found = field({"type": "number", "minimum": 0, "exclusiveMaximum": 1})
    assert all(0 <= number < 1 for number in found)
    assert any(number != int(number) for number in found)
    assert all(-(2**31) <= number < 2**31 for number in field({"type": "integer"}))


def test_every_set_of_optional_fields_is_drawn() -> None:
    schema = {
        "type": "object",
        "properties": {name: {"type": "boolean"} for name in "abc"},
        "required": ["a"],
    }
    assert {frozenset(body) for body in field(schema)} == {
        frozenset(names) for names in ("a", "ab", "ac", "abc")
    }


def test_sizes_stay_within_their_limits() -> None:
    listed = field({"type": "array", "items": {"type": "boolean"}, "minItems": 2, "maxItems": 3})
    assert {len(found) for found in listed} == {2, 3}
    unique = field(
        {"type": "array", "items": {"type": "integer", "minimum": 1, "maximum": 3}, "uniqueItems": True}
    )
    assert all(len(found) == len(set(found)) for found in unique)
    mapped = field(
        {
            "type": "object",
            "additionalProperties": {"type": "integer"},
            "minProperties": 1,
            "maxProperties": 2,
        }
    )
    assert {len(found) for found in mapped} == {1, 2}
    some = field(
        {
            "type": "object",
            "properties": {name: {"type": "null"} for name in "abc"},
            "minProperties": 1,
            "maxProperties": 2,
        }
    )
    assert {len(found) for found in some} == {1, 2}


def test_unlisted_fields_are_drawn_by_a_schema_or_where_nothing_is_said_of_any() -> None:
    assert all(
        body == {"n": None}
        for body in field({"type": "object", "required": ["n"], "properties": {"n": {"type": "null"}}}, 20)
    )
    assert all(body == {} for body in field({"type": "object", "additionalProperties": False}, 20))
    assert all(1 <= len(body) <= 3 for body in field({"type": "object"}, 20))
    assert all(len(body) == 5 for body in field({"type": "object", "minProperties": 5}, 20))
    assert all(
        len(body) <= 2
        for body in field({"type": "object", "additionalProperties": True, "maxProperties": 2}, 20)
    )
    assert any(body for body in field({"type": "object", "additionalProperties": {"type": "null"}}))


def test_fields_override_the_schema_at_their_path() -> None:
    schema = {
        "type": "object",
        "required": ["m", "a"],
        "properties": {
            "m": {"type": "object", "minProperties": 1, "additionalProperties": {"type": "integer"}},
            "a": {
                "type": "array",
                "minItems": 1,
                "items": {"type": "object", "required": ["c"], "properties": {"c": {"type": "string"}}},
            },
        },
    }
    fields = {
        ("m", "keys"): st.just("key"),
        ("m", "values"): st.just(7),
        ("a", "items", "c"): st.just("code"),
    }
    for body in drawn(valid(schema, fields, anchor=ANCHOR), 30):
        assert body["m"] == {"key": 7}
        assert {item["c"] for item in body["a"]} == {"code"}


def test_what_cannot_be_is_never_drawn() -> None:
    schema = {
        "type": "object",
        "properties": {"a": {"type": "integer", "minimum": 5, "maximum": 4}, "b": False, "c": {"enum": []}},
    }
    assert all(body == {} for body in field(schema, 20))


@pytest.mark.parametrize("kind", ["string", "integer", "boolean", "null", "array", "object"])
def test_a_schema_without_keywords_takes_any_type(kind: str) -> None:
    names = {
        "string": str,
        "integer": int,
        "boolean": bool,
        "null": type(None),
        "array": list,
        "object": dict,
    }
    find(
        valid(True, anchor=ANCHOR),
        lambda value: type(value) is names[kind],
        settings=settings(QUICK, max_examples=500),
    )
