"""When values mean the same, what counts as harmless, and which windows are certain."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from roomproof.contract.formats import Instant, instant
from roomproof.judge import leniency
from roomproof.judge.equality import echoes, same, same_value
from roomproof.judge.evidence import MAX_SHOWN, shown
from roomproof.judge.rooms import RoomState
from roomproof.judge.rules.window import RULE, SLACK, Window, lengths, window_of
from roomproof.providers import find_contract

NOW = datetime(2030, 6, 1, 12, tzinfo=UTC)
MOMENTS = st.datetimes(datetime(1971, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC))
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**40), 2**40)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@st.composite
def spellings(draw: st.DrawFn, moment: datetime) -> str:
    """One way to write a moment in RFC 3339: any offset, letters in either case, zeros behind the
    fraction.
    """
    minutes = draw(st.integers(-14 * 60, 14 * 60))
    text = moment.astimezone(timezone(timedelta(minutes=minutes))).isoformat(timespec="microseconds")
    zeros = draw(st.integers(0, 3))
    text = f"{text[:26]}{'0' * zeros}{text[26:]}"
    if minutes == 0:
        text = text[:-6] + draw(st.sampled_from(["Z", "z", "+00:00", "-00:00"]))
    return text.replace("T", draw(st.sampled_from("Tt")))


@given(st.data(), MOMENTS)
def test_every_spelling_of_a_moment_echoes_every_other(data: st.DataObject, moment: datetime) -> None:
    one, other = data.draw(spellings(moment)), data.draw(spellings(moment))
    assert echoes(one, other, None)
    assert same(one, other)


@given(st.data(), MOMENTS, st.integers(2, 10**8))
def test_no_other_moment_is_an_echo(data: st.DataObject, moment: datetime, seconds: int) -> None:
    other = moment + timedelta(seconds=seconds)
    assert not echoes(data.draw(spellings(moment)), data.draw(spellings(other)), None)


@given(MOMENTS.map(lambda moment: moment.replace(microsecond=0)), st.integers(1, 999_999))
def test_whole_seconds_come_back_to_the_microsecond(moment: datetime, off: int) -> None:
    sent = moment.isoformat().replace("+00:00", "Z")
    assert not echoes(sent, (moment + timedelta(microseconds=off)).isoformat(), None)


@given(MOMENTS, st.integers(0, 6), st.sampled_from([ROUND_DOWN, ROUND_HALF_UP]))
def test_a_fraction_of_a_second_may_be_cut_or_rounded(moment: datetime, digits: int, way: str) -> None:
    fraction = (Decimal(moment.microsecond) / 1_000_000).quantize(Decimal(10) ** -digits, way)
    shown_again = moment.replace(microsecond=0) + timedelta(microseconds=int(fraction * 1_000_000))
    assert echoes(moment.isoformat(), shown_again.isoformat(), None)


@pytest.mark.parametrize("got", ["00.5", "00.74", "00.76", "00.9", "02", "59.75", "00.7500001"])
def test_a_fraction_of_a_second_may_not_change(got: str) -> None:
    assert echoes("2030-06-01T12:00:00.75Z", "2030-06-01T12:00:00.8Z", None)
    assert not echoes("2030-06-01T12:00:00.75Z", f"2030-06-01T12:00:{got}Z", None)


def test_a_leap_second_may_become_a_second_beside_it() -> None:
    assert echoes("2030-06-30T23:59:60Z", "2030-06-30T23:59:59Z", None)
    assert echoes("2030-06-30T23:59:60Z", "2030-07-01T00:00:00Z", None)


def test_an_empty_text_stands_for_null_only_where_the_response_says_so() -> None:
    assert echoes(None, "", None, unset="")
    assert not echoes(None, "", None)
    assert not echoes(None, "text", None, unset="")


def test_a_date_comes_back_as_midnight_utc() -> None:
    assert echoes("2030-06-01", "2030-06-01T00:00:00+00:00", None)
    assert not echoes("2030-06-01", "2030-06-01T02:00:00Z", None)


@given(JSON)
def test_a_value_echoes_itself(value: Any) -> None:
    assert same_value(value, value)
    assert echoes(value, value, None)


@given(JSON, JSON)
def test_to_be_the_same_works_both_ways(one: Any, other: Any) -> None:
    assert same_value(one, other) == same_value(other, one)
    assert same(one, other) == same(other, one)


@pytest.mark.parametrize(
    ("sent", "got"),
    [
        (1, 1.0),
        ("https://Example.com", "https://example.com/"),
        ("HTTPS://example.com:443/a", "https://example.com/a"),
        ("http://example.com:80", "http://example.com"),
        ({"role": "host"}, {"role": "host", "since": 1}),
        ([{"code": "1"}, {"code": "2"}], [{"code": "2"}, {"code": "1"}]),
        (None, None),
    ],
    ids=str,
)
def test_another_way_to_say_the_same_is_an_echo(sent: Any, got: Any) -> None:
    assert echoes(sent, got, None)


@pytest.mark.parametrize(
    ("sent", "got"),
    [
        (True, 1),
        (1, True),
        (0, False),
        (10, "10"),
        ("10", 10),
        ("Room", "room"),
        ("https://example.com/A", "https://example.com/a"),
        ("https://example.com", "http://example.com"),
        ("https://example.com:8443", "https://example.com"),
        ("https://one@example.com/", "https://two@example.com/"),
        ("https://example.com/?a=1", "https://example.com/"),
        ({"role": "host"}, {}),
        (["a", "a"], ["a"]),
        (["a"], ["a", "b"]),
        ("2030-06-01T12:00:00Z", "2030-06-01"),
        ("text", None),
        (None, 5),
        (None, ""),
        ({"a": None}, {"a": ""}),
        ([], {}),
    ],
    ids=str,
)
def test_something_else_is_no_echo(sent: Any, got: Any) -> None:
    assert not echoes(sent, got, None)


def test_an_accepted_null_may_come_back_as_the_default() -> None:
    assert echoes(None, 10, 10)
    assert not echoes(None, 10, 20)


@pytest.mark.parametrize(
    ("value", "types", "read"),
    [
        ("10", "integer", 10),
        (" 7 ", "integer", 7),
        ("7.0", "integer", 7),
        (True, "integer", 1),
        ("true", "boolean", True),
        ("No", "boolean", False),
        (0, "boolean", False),
        (5, "string", "5"),
        ("10", ["integer", "null"], 10),
        ("ten", "integer", None),
        ("1e3", "integer", None),
        (2, "boolean", None),
        ([], "string", None),
        ({}, "integer", None),
        ("\u0661", "integer", None),
    ],
    ids=str,
)
def test_a_lenient_parser_reads_numbers_and_truth_values_from_texts(
    value: Any, types: Any, read: Any
) -> None:
    assert leniency.coerced(value, types) == read


@pytest.mark.parametrize(
    ("text", "name", "near"),
    [
        ("2030-06-01 12:00:00Z", "date-time", True),
        ("20300601T120000Z", "date-time", True),
        ("2030-06-01T12:00+0200", "date-time", True),
        ("2030-06-01T12:00:00", "date-time", True),
        ("2030-02-30T12:00:00", "date-time", False),
        ("2030-06-01T25:00:00", "date-time", False),
        ("tomorrow", "date-time", False),
        ("1893456000", "date-time", False),
        ("https://b\u00fccher.example/", "uri", True),
        ("example.com", "uri", False),
        ("/hook", "uri", False),
        ("", "uri", False),
        (5, "uri", False),
        (" 7b61621f-62e0-4aad-ab11-9fd19e272e73", "uuid", True),
        ("7b61621f62e04aadab119fd19e272e73", "uuid", False),
    ],
)
def test_relatives_of_a_format_that_parsers_take_are_near_it(text: Any, name: str, near: bool) -> None:
    assert leniency.is_near_format(text, name) is near


@given(st.integers(-(10**30), 10**30))
def test_every_number_is_read_from_its_own_text(number: int) -> None:
    assume(abs(number) < 2**53)
    assert leniency.coerced(str(number), "integer") == number


DAY = 86_400


def window(start: float | None, end: float | None, longest: int = 180) -> Window:
    """A window whose ends lie some seconds from now."""
    now = Instant.of(NOW)
    at = [
        None if seconds is None else Instant(now.nanoseconds + int(seconds * 1e9)) for seconds in (start, end)
    ]
    return Window(at[0], at[1], now, timedelta(days=longest))


@pytest.mark.parametrize(
    ("start", "end", "why"),
    [
        (0, -DAY, "past"),
        (-2 * DAY, -DAY, "past"),
        (2 * DAY, DAY, "before the start"),
        (0, 181 * DAY, "180 days"),
        (0, 180 * DAY, ""),
        (0, DAY, ""),
        (None, DAY, ""),
        (0, None, ""),
        (0, -60, ""),
        (0, 180 * DAY + 60, ""),
    ],
)
def test_a_window_that_no_provider_takes_is_broken_for_certain(
    start: float | None, end: float | None, why: str
) -> None:
    assert why in window(start, end).broken
    assert bool(window(start, end).broken) == bool(why)


@given(st.integers(-400 * DAY, 400 * DAY), st.integers(-400 * DAY, 400 * DAY))
def test_no_window_is_both_certain_and_broken(start: int, end: int) -> None:
    found = window(start, end)
    assert not (found.certain and found.broken)
    if found.certain:
        assert timedelta(0) < timedelta(seconds=end - start) <= timedelta(days=180)
        assert timedelta(seconds=end) > SLACK


@pytest.mark.parametrize(("start", "end"), [(None, DAY), (0, None), (0, 60), (DAY, DAY), (-DAY, DAY)])
def test_a_window_near_a_limit_or_half_known_is_not_certain(start: float | None, end: float | None) -> None:
    assert not window(start, end).certain


def test_instants_compare_without_losing_nanoseconds() -> None:
    one, other = instant("2030-06-01T12:00:00.000000001Z"), instant("2030-06-01T12:00:00.000000002Z")
    assert one is not None
    assert other is not None
    assert one < other


@given(JSON)
def test_a_value_is_shown_in_a_line_of_bounded_length(value: Any) -> None:
    assert 0 < len(shown(value)) <= MAX_SHOWN + 20


def test_values_are_shown_as_json_spells_them() -> None:
    assert [shown(value) for value in (None, True, "a", 1, "x" * 500)] == [
        "null",
        "true",
        '"a"',
        "1",
        f'"{"x" * 99}... (500 long)',
    ]


def test_a_window_whose_other_end_a_lost_request_may_have_moved_is_neither_certain_nor_broken() -> None:
    contract, _ = find_contract("azure", ())
    update = next(operation for operation in contract.operations if operation.id == "update-room")
    state = RoomState("1", {"validFrom": "2030-06-01T12:00:00Z"})

    def asked(**sent: str) -> tuple[bool, str, list[float]]:
        (clause,) = RULE.clauses(update)
        found = window_of(clause, sent, state, NOW)
        assert found is not None
        return found.certain, found.broken, [days for _, days in lengths(update, sent, state, NOW)]

    assert asked(validUntil="2030-06-03T12:00:00Z") == (True, "", [2])
    assert asked(validUntil="2031-06-03T12:00:00Z")[1] == "the length is more than 180 days"
    state.doubt()
    assert asked(validUntil="2030-06-03T12:00:00Z") == (False, "", [])
    assert asked(validUntil="2031-06-03T12:00:00Z")[1] == ""
    assert asked(validFrom="2030-06-02T12:00:00Z", validUntil="2030-06-03T12:00:00Z") == (True, "", [1]), (
        "both ends are sent"
    )
