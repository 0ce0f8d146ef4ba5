"""When an exchange took place and how long it took, in the ways in which recorders of vcrpy's family write
it.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from roomproof.cassettes.entry import moment

_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_DURATION = re.compile(r"(?:\d{1,15}(?:\.\d{0,15})?(?:h|ms|m|s|us|µs|μs|ns))+")
_PART = re.compile(r"([\d.]+)(h|ms|m|s|us|µs|μs|ns)")
_LONGEST = timedelta(days=1)


def time_of(value: Any) -> datetime | None:
    """Return a time in ISO 8601, with or without the name of a zone behind it, or in RFC 9110's form; None
    for anything else.
    """
    if not isinstance(value, str):
        return None
    found = moment(value.removesuffix(" GMT").removesuffix(" UTC"))
    if found is not None:
        return found
    try:
        return parsedate_to_datetime(value).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def duration_of(value: Any) -> timedelta | None:
    """Return a duration in seconds, or in Go's form ("1m2.5s", "83.984896ms"); None for anything else, and
    for none at all.
    """
    seconds = _seconds(value)
    return (
        timedelta(seconds=seconds) if seconds is not None and 0 < seconds < _LONGEST.total_seconds() else None
    )


def before(end: datetime | None, took: timedelta | None) -> datetime | None:
    """Return when something began that had ended, None where the end is not known; the end itself where
    nobody knows how long it took.
    """
    try:
        return end if end is None or took is None else end - took
    except OverflowError:
        return None


def _seconds(value: Any) -> float | None:
    if isinstance(value, str) and _DURATION.fullmatch(value):
        return sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(value))
    try:
        return float(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else None
    except (ValueError, OverflowError):
        return None
