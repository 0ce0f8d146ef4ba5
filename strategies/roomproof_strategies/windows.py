"""Date-times that depend on each other: read them, shift them, say whether they lie in order."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from roomproof.contract.formats import instant, midnight
from roomproof_strategies.formats import plain_date_time
from roomproof_strategies.sample import Json, Sample

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment(value: Json, *, dates: bool = False) -> datetime | None:
    """Return the time that a date-time names (RFC 3339, 5.6), with `dates` a date's midnight UTC too; None
    for anything else.
    """
    found = instant(value) if isinstance(value, str) else None
    if dates and found is None and isinstance(value, str):
        found = midnight(value)
    if found is None:
        return None
    try:
        return _EPOCH + timedelta(microseconds=found.nanoseconds // 1000)
    except OverflowError:
        return None


def shifted(start: datetime, days: float) -> datetime | None:
    """Return a time some days later, None where the calendar ends."""
    try:
        return start + timedelta(days=days)
    except OverflowError:
        return None


def aim(sample: Sample, names: tuple[str, ...]) -> str | None:
    """Return which of the fields a sample aims at for more than a plain value, None if none of them."""
    name = next(iter(sample.path), None)
    return name if name in names and sample.rule != "accepted" else None


def written(body: Mapping[str, Json], times: Mapping[str, datetime]) -> dict[str, Json]:
    """Return the body with times written into it in the plain form."""
    return {**body, **{name: plain_date_time(time) for name, time in times.items()}}
