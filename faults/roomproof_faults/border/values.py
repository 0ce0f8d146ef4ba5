"""Values that a fault looks for, and what it makes of them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from roomproof.contract.formats import NANOSECONDS, instant

Json = Any
Test = Callable[[Json], bool]
Change = Callable[[Json], Json]

ABSENT: Json = object()
"""What a change returns for a field that is to vanish."""


def exactly(*wanted: Json) -> Test:
    """One of these values, types included: 1 is not true."""
    return lambda value: any(type(value) is type(one) and value == one for one in wanted)


def between(low: float, high: float) -> Test:
    """A whole number from `low` to `high`."""
    return lambda value: is_whole(value) and low <= value <= high


def above(limit: float) -> Test:
    """A whole number above a limit."""
    return between(limit + 1, math.inf)


def below(limit: float) -> Test:
    """A whole number below a limit."""
    return between(-math.inf, limit - 1)


def is_moment(value: Json) -> bool:
    """An RFC 3339 date-time."""
    return isinstance(value, str) and instant(value) is not None


def shifted(days: float) -> Change:
    """A change of a date-time by so many days, into UTC."""

    def change(text: Json) -> Json:
        moment = instant(text)
        if moment is None:
            return text
        whole, fraction = divmod(moment.nanoseconds + round(days * 86_400 * NANOSECONDS), NANOSECONDS)
        spelt = (datetime(1970, 1, 1) + timedelta(seconds=whole)).isoformat()
        return f"{spelt}.{fraction:09}".rstrip("0").rstrip(".") + "+00:00"

    return change


def at_clock_change(value: Json) -> bool:
    """A date-time on a Sunday on which clocks change in Europe or in America."""
    if not isinstance(value, str) or "T" not in value:
        return False
    day = date.fromisoformat(value[:10])
    turns = {3: range(8, 32), 10: range(25, 32), 11: range(1, 8)}
    return day.weekday() == 6 and day.day in turns.get(day.month, ())


def longer(length: int, up_to: float = math.inf) -> Test:
    """A text of more code points than `length`."""
    return lambda value: isinstance(value, str) and length < len(value) <= up_to


def sized(low: float, high: float, *types: type) -> Test:
    """A text, a list or an object, or one of these types, of a size from `low` to `high`."""
    tested = types or (str, list, dict)
    return lambda value: type(value) in tested and low <= len(value) <= high


def holding(pattern: str) -> Test:
    """A text in which a regular expression finds something."""
    compiled = re.compile(pattern, re.DOTALL)
    return lambda value: isinstance(value, str) and compiled.search(value) is not None


def lacking(pattern: str) -> Test:
    """A text in which a regular expression finds nothing."""
    compiled = re.compile(pattern, re.DOTALL)
    return lambda value: isinstance(value, str) and compiled.search(value) is None


def of(*types: type) -> Test:
    """A value of one of these types; a number is none of the booleans."""
    return lambda value: type(value) in types


def outside(*types: type) -> Test:
    """A value of none of these types, null included where it is not among them."""
    return lambda value: type(value) not in types and value is not None


def missing(field_name: str) -> Test:
    """An object without a field."""
    return lambda value: isinstance(value, dict) and field_name not in value


def is_null(value: Json) -> bool:
    """JSON null."""
    return value is None


def is_whole(value: Json) -> bool:
    """A JSON number without a fraction."""
    return type(value) is int


def always(_: Json) -> bool:
    """Any value."""
    return True


def read_as_number(text: Json) -> Json:
    """What becomes of a text that is read as a number and written out again."""
    try:
        number = float(text)
    except (TypeError, ValueError):
        return text
    return str(int(number)) if number.is_integer() else str(number)


def trimmed_below(levels: int) -> Change:
    """A change that empties whatever lies so many levels deep."""

    def change(value: Json, left: int = levels) -> Json:
        if isinstance(value, list):
            return [change(item, left - 1) for item in value] if left else []
        return (
            {name: change(item, left - 1) for name, item in value.items() if left}
            if isinstance(value, dict)
            else value
        )

    return change


def without_falsy(value: Json) -> Json:
    """An object without its fields that are empty, zero or false."""
    return {name: item for name, item in value.items() if item} if isinstance(value, dict) else value


def swapped(value: Json) -> Json:
    """A value of another JSON type that looks much like this one."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    return [value] if isinstance(value, str | dict) else {"0": value}


def constant(value: Json) -> Change:
    """A change into one value."""
    return lambda _: value


def gone(_: Json) -> Json:
    """A change that takes a field away."""
    return ABSENT


def where(test: Test, change: Change) -> Change:
    """A change of the values that pass a test."""
    return lambda value: change(value) if test(value) else value


def filled(change: Change) -> Change:
    """A change of the values that are not null."""
    return lambda value: value if value is None else change(value)


def altered(value: Json, way: Sequence[str], change: Change) -> Json:
    """The value with a change made at the end of a way: names of fields, `*` for each entry of a list or an
    object.
    """
    if not way:
        return change(value)
    name, *rest = way
    if isinstance(value, list) and name == "*":
        return [inner for inner in (altered(inner, rest, change) for inner in value) if inner is not ABSENT]
    if not isinstance(value, dict):
        return value
    fields = {
        key: altered(inner, rest, change) if name in ("*", key) else inner for key, inner in value.items()
    }
    return {key: inner for key, inner in fields.items() if inner is not ABSENT}
