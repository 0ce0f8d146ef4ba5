"""Formats as their standards have them: RFC 3339 (date-time, date), RFC 3986 (uri), RFC 9562 (uuid), RFC 9110
(http-date).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomproof.contract.formats import (
    FORMATS,
    NANOSECONDS,
    Instant,
    instant,
    is_date,
    is_date_time,
    is_http_date,
    is_leap_second,
    is_plain_date_time,
    is_uri,
    is_uuid,
    midnight,
)

OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31), timezones=OFFSETS)


def spelled(moment: datetime, letters: str = "T", utc: str = "Z") -> str:
    text = moment.isoformat().replace("T", letters)
    return text.removesuffix("+00:00") + utc if text.endswith("+00:00") else text


@pytest.mark.parametrize(
    "text",
    [
        # The examples of RFC 3339, 5.8.
        "1985-04-12T23:20:50.52Z",
        "1996-12-19T16:39:57-08:00",
        "1990-12-31T23:59:60Z",
        "1990-12-31T15:59:60-08:00",
        "1937-01-01T12:00:27.87+00:20",
        "2024-02-29T00:00:00Z",
        "2000-02-29T00:00:00Z",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59.999999999Z",
        "2025-03-13t00:00:00z",
        "2025-03-13T00:00:00-00:00",
        "2025-03-13T00:00:00+23:59",
        "2025-06-26T05:46:17.8159131+00:00",
        "2025-03-13T00:00:00.1234567890123Z",
    ],
)
def test_a_date_time_of_rfc_3339_is_one(text: str) -> None:
    assert is_date_time(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2025-03-13",
        "2025-03-13T00:00:00",
        "2025-03-13T00:00Z",
        "2025-03-13 00:00:00Z",
        "2025-03-13T00:00:00.Z",
        "2025-03-13T00:00:00,5Z",
        "2025-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "2025-13-01T00:00:00Z",
        "2025-00-01T00:00:00Z",
        "2025-04-31T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "2025-03-13T24:00:00Z",
        "2025-03-13T00:60:00Z",
        "2025-03-13T00:00:61Z",
        "2025-03-13T00:00:00+24:00",
        "2025-03-13T00:00:00+00:60",
        "2025-03-13T00:00:00+0000",
        "2025-03-13T00:00:00+00",
        "25-03-13T00:00:00Z",
        "2025-3-13T00:00:00Z",
        "20250313T000000Z",
        "2025-072T00:00:00Z",
        " 2025-03-13T00:00:00Z",
        "2025-03-13T00:00:00Z ",
        "2025-03-13T00:00:00Z\n",
        "2025-03-13T00:00:00\u22120:00",
        "\u0662025-03-13T00:00:00Z",
        "+2025-03-13T00:00:00Z",
        "2025-03-13T00:00:00Zulu",
        "1741824000",
    ],
)
def test_what_rfc_3339_excludes_is_no_date_time(text: str) -> None:
    assert not is_date_time(text)


@given(MOMENTS)
def test_a_moment_is_the_same_instant_at_every_offset(moment: datetime) -> None:
    utc = moment.astimezone(UTC)
    assert (
        instant(spelled(moment))
        == instant(spelled(utc))
        == instant(spelled(utc, "t", "z"))
        == Instant.of(moment)
    )


@given(MOMENTS, MOMENTS)
def test_instants_are_ordered_and_apart_like_moments(one: datetime, other: datetime) -> None:
    first, second = Instant.of(one), Instant.of(other)
    assert (first < second) == (one < other)
    assert (first == second) == (one == other)
    assert abs((first - second) - (one - other)) < timedelta(microseconds=60)


@given(MOMENTS, st.text("0123456789", min_size=1, max_size=9))
def test_nanoseconds_are_kept_and_trailing_zeros_mean_nothing(moment: datetime, digits: str) -> None:
    whole = spelled(moment.astimezone(UTC).replace(microsecond=0))[:-1]
    found = instant(f"{whole}.{digits}Z")
    assert found == instant(f"{whole}.{digits}000Z")
    assert found is not None
    assert found.nanoseconds % NANOSECONDS == int(digits.ljust(9, "0"))
    assert found.has_fraction == (int(digits) != 0)


def test_a_leap_second_is_the_start_of_the_next() -> None:
    assert instant("1990-12-31T23:59:60Z") == instant("1991-01-01T00:00:00Z")
    assert is_leap_second("1990-12-31T23:59:60Z")
    assert not is_leap_second("1990-12-31T23:59:59Z")


@given(st.dates())
def test_a_date_is_midnight_utc(day: object) -> None:
    assert is_date(str(day))
    assert midnight(str(day)) == instant(f"{day}T00:00:00Z")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2025-02-29",
        "2025-13-01",
        "2025-3-1",
        "20250301",
        "2025-03-01T00:00:00Z",
        "2025-03-01\n",
        "0000-01-01",
    ],
)
def test_what_rfc_3339_excludes_is_no_date(text: str) -> None:
    assert not is_date(text)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("2025-03-13T00:00:00Z", True),
        ("2025-03-13T00:00:00+00:00", False),
        ("2025-03-13T00:00:00.5Z", False),
        ("2025-03-13t00:00:00Z", False),
        ("2016-12-31T23:59:60Z", False),
    ],
)
def test_the_plain_spelling_has_whole_seconds_and_a_z(text: str, plain: bool) -> None:
    assert is_plain_date_time(text) is plain


@given(st.uuids())
def test_every_uuid_is_one_in_either_case_and_nothing_longer_or_shorter_is(value: UUID) -> None:
    text = str(value)
    assert is_uuid(text)
    assert is_uuid(text.upper())
    for other in (
        value.hex,
        f"{{{text}}}",
        f"urn:uuid:{text}",
        text[:-1],
        f"{text}0",
        f"{text}\n",
        text.replace("-", "_"),
        f" {text}",
    ):
        assert not is_uuid(other)


@pytest.mark.parametrize(
    "text",
    [
        # The examples of RFC 3986, 1.1.2.
        "ftp://ftp.is.co.za/rfc/rfc1808.txt",
        "http://www.ietf.org/rfc/rfc2396.txt",
        "ldap://[2001:db8::7]/c=GB?objectClass?one",
        "mailto:John.Doe@example.com",
        "news:comp.infosystems.www.servers.unix",
        "tel:+1-816-555-1212",
        "telnet://192.0.2.16:80/",
        "urn:oasis:names:specification:docbook:dtd:xml:4.1.2",
        "https://example.com",
        "HTTPS://EXAMPLE.COM",
        "https://example.com:8443/a%20b?c=d#e",
        "https://user@example.com/",
        f"https://example.com/{'x' * 2048}",
    ],
)
def test_a_uri_of_rfc_3986_is_one(text: str) -> None:
    assert is_uri(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "example.com",
        "www.example.com/hook",
        "/hook",
        "//example.com",
        "https:",
        "https://",
        "://example.com",
        "1http://example.com",
        "https://exa mple.com",
        "https://example.com/\n",
        "https://example.com/<>",
        "https://example.com/{id}",
        "https://b\u00fccher.example/",
        "https://example.com:port/",
        "https://example.com:65536/",
        "https://[::1",
        "https://example.com/\\",
        "https://example.com/^",
        'https://example.com/"',
    ],
)
def test_what_rfc_3986_excludes_is_no_uri(text: str) -> None:
    assert not is_uri(text)


def test_the_imf_fixdate_of_rfc_9110_is_an_http_date() -> None:
    assert is_http_date("Sun, 06 Nov 1994 08:49:37 GMT")


@pytest.mark.parametrize(
    "text",
    [
        # The obsolete forms of RFC 9110, 5.6.7, and near misses.
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
        "Mon, 06 Nov 1994 08:49:37 GMT",
        "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 06 Nov 1994 08:49:37 +0000",
        "sun, 06 nov 1994 08:49:37 gmt",
        "Sun, 06 Nov 1994 24:00:00 GMT",
        "Thu, 31 Feb 1994 08:49:37 GMT",
        "1994-11-06T08:49:37Z",
        "sanitized",
        "",
    ],
)
def test_another_form_is_no_http_date(text: str) -> None:
    assert not is_http_date(text)


@given(st.datetimes(datetime(1900, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC)))
def test_every_moment_has_an_http_date(moment: datetime) -> None:
    assert is_http_date(format_datetime(moment, usegmt=True))


@given(st.sampled_from(sorted(FORMATS)), st.text() | st.from_regex(r"\A[0-9TZtz:.+-]{0,30}\Z"))
def test_no_text_whatever_stops_a_format(name: str, text: str) -> None:
    assert FORMATS[name](text) in (True, False)
