"""Values that the documents exclude but that providers accept without harm, and values whose fate they leave
open.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from roomproof.contract.clause import Clause, Level
from roomproof.contract.formats import (
    Instant,
    instant,
    is_leap_second,
    is_plain_date_time,
    is_plain_uri,
    is_uri,
    is_uuid,
)

_NUMBER_TEXT = re.compile(r"\s*[+-]?\d+(\.0+)?\s*", re.ASCII)
_BOOLEAN_TEXT = frozenset(("true", "false", "yes", "no", "on", "off", "t", "f", "y", "n", "0", "1"))
_ISO_8601 = re.compile(
    (
        r"(\d{4})-?(\d\d)-?(\d\d)(?:[Tt "
        r"]?(\d\d):?(\d\d)(?::?(\d\d)(?:[.,]\d+)?)?\s*(?:[Zz]|[+-]\d\d(?::?\d\d)?)?)?"
    ),
    re.ASCII,
)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^/]|[A-Za-z][A-Za-z0-9+.-]*://[^/]", re.ASCII)
_SANE_YEARS = range(1971, 2100)
_STANDARDS = {"date-time": "RFC 3339", "uri": "RFC 3986", "uuid": "RFC 9562"}


def coerced(value: Any, types: str | list[str]) -> Any:
    """Return what a lenient parser makes of a value of the wrong JSON type (DESIGN, levels), or None if
    nothing.
    """
    wanted = {types} if isinstance(types, str) else set(types)
    if wanted & {"integer", "number"} and _reads_as_number(value):
        return int(float(value))
    if "boolean" in wanted and (
        value in (0, 1) or (isinstance(value, str) and value.strip().lower() in _BOOLEAN_TEXT)
    ):
        return str(value).strip().lower() in ("true", "yes", "on", "t", "y", "1")
    if "string" in wanted and isinstance(value, int | float):
        return str(value)
    return None


def _reads_as_number(value: Any) -> bool:
    return isinstance(value, bool) or (
        isinstance(value, str) and len(value) < 300 and _NUMBER_TEXT.fullmatch(value) is not None
    )


def is_near_format(value: Any, name: str) -> bool:
    """Whether a value that breaks a format is a relative of it which parsers take: ISO 8601 beyond RFC 3339,
    an IRI.
    """
    if not isinstance(value, str):
        return False
    if name in ("date-time", "date"):
        match = _ISO_8601.fullmatch(value.strip())
        return match is not None and _is_calendar_date(*match.groups(default="00"))
    if name == "uri":
        return _SCHEME.match(value.strip()) is not None
    return name in ("uuid", "http-date") and value != value.strip()


def _is_calendar_date(year: str, month: str, day: str, hour: str, minute: str, second: str) -> bool:
    plain = f"{year}-{month}-{day}T{hour}:{minute}:{second}Z"
    return instant(plain) is not None and not is_leap_second(plain)


def may_be_restored(value: Any) -> bool:
    """Whether a text is one that providers restore the account without being asked: empty, or with white
    space at its ends.
    """
    return isinstance(value, str) and (not value or value != value.strip())


def is_limit_of_a_sample(clause: Clause) -> bool:
    """Whether a clause limits the values of a type, and rests on a sample alone: nobody can say that others
    are to be rejected.
    """
    return clause.level is Level.SAMPLE and clause.rule not in ("type", "null", "required", "media-type")


def open_questions(value: Any, *, has_length_limit: bool) -> Iterator[str]:
    """Yield why nobody can say whether a string that keeps every clause has to be accepted."""
    if not isinstance(value, str):
        return
    if may_be_restored(value):
        yield "an empty text may stand for no value, and white space at the ends may be trimmed or rejected"
    if not value.isprintable() and any(
        unicodedata.category(letter) in ("Cc", "Cn", "Co", "Cf", "Zl", "Zp") for letter in value
    ):
        yield "control, format and unassigned characters may be rejected"
    if not has_length_limit and len(value) > 255:
        yield "no length is documented"


def open_date_time(text: str, at: datetime | None) -> Iterator[str]:
    """Yield why nobody can say whether a date-time sent at some time has to be accepted (RFC 3339, 5.7, and
    clocks).
    """
    moment = instant(text)
    if is_leap_second(text):
        yield "few libraries can hold a leap second"
    if text[:4].isdigit() and int(text[:4]) not in _SANE_YEARS:
        yield "few systems hold every year"
    if at is None:
        yield "nobody knows when it was sent, and a time in the past may be rejected"
    elif moment is not None and moment - Instant.of(at) < timedelta(0):
        yield "a time in the past may be rejected"


def is_only_standard(text: str) -> bool:
    """Whether a value is spelled in a way that its standard allows and no document shows.

    Of a date-time an offset, a fraction, lower case (RFC 3339, 5.6); of a UUID upper case (RFC 9562, 4); of a
    URI upper case in scheme and host (RFC 3986, 3.1 and 3.2.2), user information, an address or a bare word
    for a host, an empty port (3.2), a fragment (3.5), another scheme than http(s), and percent-encoding that
    6.2.2 would write otherwise.
    """
    if instant(text) is not None:
        return not is_plain_date_time(text)
    return text != text.lower() if is_uuid(text) else is_uri(text) and not is_plain_uri(text)


def backing_of(clause: Clause) -> str:
    """Return what alone says that a fragile value is valid: the standard of its format, or, of null, a sample
    or the like.
    """
    if clause.rule == "nullable":
        return f"a source of level {clause.level}"
    return _STANDARDS.get(clause.schema.get("format", "date-time"), "its standard")
