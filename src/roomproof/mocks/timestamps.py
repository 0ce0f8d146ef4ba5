"""Exact instants, to and from the texts that the providers use.

An instant is a whole number of nanoseconds since 1970-01-01T00:00:00Z, so that no digit of a fraction is lost
and two spellings of one moment compare equal.
"""

from __future__ import annotations

import re
import time
from datetime import date, datetime, timedelta

SECOND = 1_000_000_000
DAY = 86_400 * SECOND

_EPOCH = datetime(1970, 1, 1)
_FIRST = (datetime.min - _EPOCH) // timedelta(seconds=1)
_LAST = (datetime.max - _EPOCH) // timedelta(seconds=1)
_DATE = r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
_CLOCK = r"([0-9]{2}):([0-9]{2}):([0-9]{2})"
_FULL_DATE = re.compile(_DATE)
_DATE_TIME = re.compile(rf"{_DATE}[Tt]{_CLOCK}(?:\.([0-9]+))?(?:[Zz]|([+-])([0-9]{{2}}):([0-9]{{2}}))")
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_HTTP_DATE = re.compile(
    rf"({'|'.join(_WEEKDAYS)}), ([0-9]{{2}}) ({'|'.join(_MONTHS)}) ([0-9]{{4}}) {_CLOCK} GMT"
)


def now() -> int:
    """The current instant."""
    return time.time_ns()


def parse_date_time(text: str) -> int | None:
    """The instant of an RFC 3339 date-time (section 5.6), or None for any other text.

    A leap second is taken where one can occur, at 23:59:60 UTC, and becomes the next second. Digits of the
    fraction past the ninth are dropped.
    """
    match = _DATE_TIME.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, sign, offset_hour, offset_minute = match.groups()
    if int(offset_hour or 0) > 23 or int(offset_minute or 0) > 59:
        return None
    offset = (int(offset_hour or 0) * 60 + int(offset_minute or 0)) * (-60 if sign == "-" else 60)
    seconds = _seconds((int(year), int(month), int(day)), (int(hour), int(minute), int(second)), offset)
    if seconds is None:
        return None
    return seconds * SECOND + int((fraction or "")[:9].ljust(9, "0"))


def parse_full_date(text: str) -> int | None:
    """The instant at which an RFC 3339 full-date begins in UTC, or None for any other text."""
    match = _FULL_DATE.fullmatch(text)
    if match is None:
        return None
    year, month, day = (int(part) for part in match.groups())
    seconds = _seconds((year, month, day), (0, 0, 0), 0)
    return None if seconds is None else seconds * SECOND


def parse_http_date(text: str) -> int | None:
    """The instant of an IMF-fixdate (RFC 9110, section 5.6.7), or None for any other text."""
    match = _HTTP_DATE.fullmatch(text)
    if match is None:
        return None
    weekday, day, month, year, hour, minute, second = match.groups()
    calendar = (int(year), _MONTHS.index(month) + 1, int(day))
    seconds = _seconds(calendar, (int(hour), int(minute), int(second)), 0)
    if seconds is None or _WEEKDAYS[date(*calendar).weekday()] != weekday:
        return None
    return seconds * SECOND


def format_instant(instant: int, digits: int, zone: str = "Z", *, trim: bool = False) -> str:
    """The RFC 3339 text of an instant in UTC, cut after `digits` digits; `trim` drops the last zeros."""
    seconds, nanoseconds = divmod(instant, SECOND)
    fraction = f"{nanoseconds:09d}"[:digits]
    if trim:
        fraction = fraction.rstrip("0")
    point = "." if fraction else ""
    return f"{(_EPOCH + timedelta(seconds=seconds)).isoformat()}{point}{fraction}{zone}"


def _seconds(calendar: tuple[int, int, int], clock: tuple[int, int, int], offset: int) -> int | None:
    hour, minute, second = clock
    if hour > 23 or minute > 59 or second > 60:
        return None
    try:
        days = (datetime(*calendar) - _EPOCH).days
    except ValueError:
        return None
    seconds = days * 86_400 + hour * 3_600 + minute * 60 + second - offset
    # A leap second ends a UTC day, so the second after it starts one.
    if second == 60 and seconds % 86_400:
        return None
    return seconds if _FIRST <= seconds <= _LAST else None
