"""String formats and instants: what a date-time, a date, a URI, a UUID and an HTTP date look like.

Sources: RFC 3339 (5.6 grammar, 5.7 restrictions), RFC 3986 (3, 3.1), RFC 9562 (4), RFC 9110 (5.6.7,
IMF-fixdate).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from urllib.parse import urlsplit

NANOSECONDS = 1_000_000_000
_EPOCH = date(1970, 1, 1).toordinal()
_DATE = r"(\d{4})-(\d\d)-(\d\d)"
_DATE_TIME = re.compile(_DATE + r"[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_FULL_DATE = re.compile(_DATE, re.ASCII)
_PLAIN_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
_URI = re.compile(r"[a-z][a-z0-9+.-]*:[^\s\x00-\x20\x7f-\U0010ffff\"<>\\^`{|}]+", re.ASCII | re.IGNORECASE)
# A percent sign stands before two upper-case digits that name no letter, digit, `-`, `.`, `_` or `~`
# (RFC 3986, 2.1 and 2.3).
_UNRESERVED = "2D|2E|3[0-9]|4[1-9A-F]|5[0-9AF]|6[1-9A-F]|7[0-9AE]"
_PLAIN_URI = re.compile(
    r"https?://(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?=[a-z0-9-]*[a-z])[a-z0-9-]+(?::[0-9]+)?"
    rf"(?:[/?](?:[^%#]|%(?!{_UNRESERVED})[0-9A-F]{{2}})*)?",
    re.ASCII,
)
_IMF_FIXDATE = re.compile(
    (
        r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d\d) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (\d{4}) "
        r"(\d\d):(\d\d):(\d\d) GMT"
    ),
    re.ASCII,
)


@dataclass(frozen=True, order=True)
class Instant:
    """A point in time, in whole nanoseconds since 1970-01-01T00:00:00Z; any year of four digits, any
    offset.
    """

    nanoseconds: int

    def __sub__(self, other: Instant) -> timedelta:
        return timedelta(microseconds=(self.nanoseconds - other.nanoseconds) / 1000)

    @property
    def has_fraction(self) -> bool:
        """Whether the instant lies between two whole seconds."""
        return self.nanoseconds % NANOSECONDS != 0

    @classmethod
    def of(cls, moment: datetime) -> Instant:
        """Return the instant of an aware datetime."""
        elapsed = moment - datetime(1970, 1, 1, tzinfo=UTC)
        return cls((elapsed.days * 86_400 + elapsed.seconds) * NANOSECONDS + elapsed.microseconds * 1000)


def _ordinal(year: str, month: str, day: str) -> int | None:
    try:
        return date(int(year), int(month), int(day)).toordinal() - _EPOCH
    except ValueError:
        return None


def _offset(text: str) -> int | None:
    """Return the seconds east of UTC, or None where hours or minutes are out of range."""
    if text in "Zz":
        return 0
    hours, minutes = int(text[1:3]), int(text[4:6])
    if hours > 23 or minutes > 59:
        return None
    return (hours * 3600 + minutes * 60) * (-1 if text[0] == "-" else 1)


_LONG = 200
"""Texts of more characters are not remembered: nothing bounds their length."""


def instant(text: str) -> Instant | None:
    """Return the instant of an RFC 3339 date-time, or None where the text is none.

    A leap second is the start of the second after it; digits beyond nanoseconds are dropped.
    """
    return _remembered_instant(text) if len(text) <= _LONG else _instant(text)


def _instant(text: str) -> Instant | None:
    match = _DATE_TIME.fullmatch(text)
    if match is None:
        return None
    days, offset = _ordinal(*match.group(1, 2, 3)), _offset(match[8])
    hour, minute, second = (int(part) for part in match.group(4, 5, 6))
    if days is None or offset is None or hour > 23 or minute > 59 or second > 60:
        return None
    seconds = days * 86_400 + hour * 3600 + minute * 60 + second - offset
    return Instant(seconds * NANOSECONDS + int((match[7] or "0")[:9].ljust(9, "0")))


_remembered_instant = lru_cache(maxsize=1024)(_instant)


def midnight(text: str) -> Instant | None:
    """Return the instant of midnight UTC of an RFC 3339 full-date, or None where the text is none."""
    match = _FULL_DATE.fullmatch(text)
    days = None if match is None else _ordinal(*match.group(1, 2, 3))
    return None if days is None else Instant(days * 86_400 * NANOSECONDS)


def is_plain_date_time(text: str) -> bool:
    """Whether a date-time is spelled the way every document spells it: whole seconds, `T` and `Z`, no leap
    second.
    """
    return _PLAIN_DATE_TIME.fullmatch(text) is not None and not is_leap_second(text)


def is_plain_uri(text: str) -> bool:
    """Whether a URI is spelled the way every document spells it: http or https, a host of names, all in
    RFC 3986's normal form (6.2.2).
    """
    return _PLAIN_URI.fullmatch(text) is not None


def is_leap_second(text: str) -> bool:
    """Whether a date-time names a second 60."""
    return text[17:19] == "60"


def is_date_time(text: str) -> bool:
    """RFC 3339, 5.6 `date-time`."""
    return instant(text) is not None


def is_date(text: str) -> bool:
    """RFC 3339, 5.6 `full-date`."""
    return midnight(text) is not None


def is_uuid(text: str) -> bool:
    """RFC 9562, 4: the text form, in either case."""
    return _UUID.fullmatch(text) is not None


def is_uri(text: str) -> bool:
    """RFC 3986, 3: a scheme and something after it, no characters that a URI cannot hold; RFC 9110, 4.2:
    http(s) has a host.
    """
    if _URI.fullmatch(text) is None:
        return False
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018 - reading it is what checks it
    except ValueError:
        return False
    if parts.scheme.lower() in ("http", "https"):
        return bool(parts.hostname)
    return bool(parts.netloc) if "://" in text else True


def is_http_date(text: str) -> bool:
    """RFC 9110, 5.6.7: IMF-fixdate, the weekday agreeing with the date."""
    if _IMF_FIXDATE.fullmatch(text) is None:
        return False
    try:
        moment = datetime.strptime(text, "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=UTC)
    except ValueError:
        return False
    return moment.strftime("%a") == text[:3]


def _remembered(holds: Callable[[str], bool]) -> Callable[[str], bool]:
    """Return what says the same, and remembers it: a response holds nearly the same values as the one
    before.
    """
    known = lru_cache(maxsize=128)(holds)
    return lambda text: known(text) if len(text) <= _LONG else holds(text)


FORMATS: Mapping[str, Callable[[str], bool]] = {
    "date-time": is_date_time,
    "date": is_date,
    "uuid": _remembered(is_uuid),
    "uri": _remembered(is_uri),
    "http-date": _remembered(is_http_date),
}
ASSERTED = (
    *FORMATS,
    *(
        "time",
        "duration",
        "email",
        "idn-email",
        "hostname",
        "idn-hostname",
        "ipv4",
        "ipv6",
        "uri-reference",
        "iri",
        "iri-reference",
    ),
    *("uri-template", "json-pointer", "relative-json-pointer", "regex"),
)
"""Formats that are tested: ours, and those of jsonschema-rs. Any other one is an annotation (JSON Schema
2020-12, Validation, 7).
"""
ANNOTATING = ("int32", "int64", "float", "double", "decimal", "byte", "binary", "password")
"""Formats of OpenAPI that say how a value is stored, and that nothing tests; another word near to one that is
tested is a slip.
"""
