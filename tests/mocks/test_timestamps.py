"""Instants: which texts are timestamps, and which moment they mean."""

from __future__ import annotations

import pytest

from roomproof.mocks.timestamps import (
    format_instant,
    parse_date_time,
    parse_full_date,
    parse_http_date,
)


@pytest.mark.parametrize(
    ("text", "same_moment"),
    [
        ("2024-02-29T12:00:00Z", "2024-02-29T12:00:00.000000000Z"),
        ("2024-02-29t12:00:00z", "2024-02-29T12:00:00.000000000Z"),
        ("2024-02-29T12:00:00.5Z", "2024-02-29T12:00:00.500000000Z"),
        ("2024-02-29T12:00:00.123456789Z", "2024-02-29T12:00:00.123456789Z"),
        ("2024-02-29T12:00:00.1234567899Z", "2024-02-29T12:00:00.123456789Z"),
        ("2024-02-29T12:00:00+14:00", "2024-02-28T22:00:00.000000000Z"),
        ("2024-02-29T12:00:00-03:30", "2024-02-29T15:30:00.000000000Z"),
        ("2024-02-29T12:00:00-00:00", "2024-02-29T12:00:00.000000000Z"),
        ("2022-01-01T23:59:60Z", "2022-01-02T00:00:00.000000000Z"),
        ("1990-12-31T15:59:60-08:00", "1991-01-01T00:00:00.000000000Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000000000Z"),
        ("9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59.999999999Z"),
    ],
)
def test_date_time_means_an_exact_moment(text: str, same_moment: str) -> None:
    instant = parse_date_time(text)

    assert instant is not None
    assert format_instant(instant, 9) == same_moment


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2023-02-29T12:00:00Z",
        "2024-13-01T12:00:00Z",
        "2024-01-32T12:00:00Z",
        "2024-01-01T24:00:00Z",
        "2024-01-01T12:60:00Z",
        "2024-01-01T12:00:61Z",
        "2024-01-01T12:00:60Z",
        "2024-01-01T12:00:00",
        "2024-01-01T12:00Z",
        "2024-01-01 12:00:00Z",
        "2024-01-01T12:00:00.Z",
        "2024-01-01T12:00:00,5Z",
        "2024-01-01T12:00:00+24:00",
        "2024-01-01T12:00:00+01:60",
        "2024-01-01T12:00:00+0100",
        "2024-01-01T12:00:00Z\n",
        "24-01-01T12:00:00Z",
        "٢٠٢٤-01-01T12:00:00Z",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
        "9999-12-31T23:59:60Z",
        "2024-01-01",
    ],
)
def test_other_texts_are_no_date_time(text: str) -> None:
    assert parse_date_time(text) is None


def test_full_date_means_midnight_in_utc() -> None:
    instant = parse_full_date("2022-01-01")

    assert instant == parse_date_time("2022-01-01T00:00:00Z")


@pytest.mark.parametrize("text", ["2023-02-29", "2022-1-1", "20220101", "2022-01-01Z"])
def test_other_texts_are_no_full_date(text: str) -> None:
    assert parse_full_date(text) is None


def test_http_date_means_a_whole_second() -> None:
    assert parse_http_date("Thu, 26 Jun 2025 05:46:17 GMT") == parse_date_time("2025-06-26T05:46:17Z")


@pytest.mark.parametrize(
    "text",
    [
        "Fri, 26 Jun 2025 05:46:17 GMT",
        "Thu, 26 Jun 2025 05:46:17 UTC",
        "Thursday, 26-Jun-25 05:46:17 GMT",
        "Thu Jun 26 05:46:17 2025",
        "Mon, 31 Jun 2025 05:46:17 GMT",
        "2025-06-26T05:46:17Z",
    ],
)
def test_other_texts_are_no_http_date(text: str) -> None:
    assert parse_http_date(text) is None


def test_trimmed_text_has_no_last_zeros() -> None:
    instant = parse_date_time("2025-06-26T05:46:17.1234000Z")
    whole = parse_date_time("2025-06-26T05:46:17.000Z")
    assert instant is not None
    assert whole is not None

    assert format_instant(instant, 7, "+00:00", trim=True) == "2025-06-26T05:46:17.1234+00:00"
    assert format_instant(whole, 7, "+00:00", trim=True) == "2025-06-26T05:46:17+00:00"
