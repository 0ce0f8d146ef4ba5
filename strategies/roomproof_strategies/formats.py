"""Plain enumerations of texts: date-times, dates, URLs, UUIDs, HTTP dates, words of a length, and their near
misses.

Every function returns (text, note) pairs. A note that starts with `exotic` marks a text that the format
allows and that real providers may still reject.
"""

from __future__ import annotations

from calendar import isleap, monthrange
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

Noted = tuple[tuple[str, str], ...]

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_ASTRAL = "\U0001f600\U0001f680\U0001d54f\U00020000"
ALPHABETS = ("ASCII", "combining", "non-BMP")


def words(alphabet: str, length: int) -> str:
    """Return a text of so many code points in one of `ALPHABETS`.

    `combining` is a base letter with U+0301, two code points each (Unicode, 3.6): whoever counts what a
    person sees gets half. `non-BMP` is four bytes of UTF-8 and two units of UTF-16 for each code point
    (RFC 3629, 3; RFC 2781, 2.1).
    """
    unit = {"ASCII": _LETTERS, "combining": "e\u0301", "non-BMP": _ASTRAL}[alphabet]
    return (unit * (length // len(unit) + 1))[:length]


def texts() -> Noted:
    """Return short texts that are easily damaged on the way: quoting (RFC 8259, 7), normal forms, spaces,
    controls.
    """
    return (
        ("Caf\u00e9 na\u00efve", "composed accents"),
        ("Cafe\u0301", "decomposed accent: must not be normalised"),
        ("\u05d7\u05d3\u05e8 \u0645\u0631\u062d\u0628\u0627", "right-to-left"),
        ("\u4f1a\u8b70\u5ba4", "CJK"),
        ("\U0001f469\u200d\U0001f4bb", "emoji joined by U+200D"),
        ("say \"hi\" \\ / 'yes'", "quotes and backslash"),
        ("<b>&amp;</b> %41 +", "mark-up and percent"),
        *((word, f"the word {word}") for word in _LITERALS),
        *((digits, f"{digits}, which looks like a number") for digits in _NUMERALS),
        ("2026-11-29", "a date"),
        ("[]", "an empty array as a text"),
        ("{}", "an empty object as a text"),
        ("a  b", "two spaces inside"),
        (" edge ", "exotic: spaces at both ends"),
        (" ", "exotic: only a space"),
        ("line\nline", "exotic: line feed"),
        ("tab\tbed", "exotic: tab"),
        ("nul\u0000l", "exotic: U+0000"),
        ("\ufeffbom", "exotic: U+FEFF in front"),
        ("\U0010fffd", "exotic: private use"),
    )


_LITERALS = ("null", "true", "false", "yes", "no", "None", "undefined", "NaN", "Infinity")
"""What languages and file formats read as no text (RFC 8259, 3; YAML 1.1; Python; ECMAScript)."""
_NUMERALS = ("0", "123", "007", "0123", "-0", "1.0", "1e3", "0x10", "12345678901234567890")


def plain_date_time(moment: datetime) -> str:
    """Return the form that all documents use: whole seconds and Z (RFC 3339, 5.6)."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").zfill(20)


def _leap_day(anchor: datetime) -> date:
    year = anchor.year if isleap(anchor.year) and (anchor.month, anchor.day) < (2, 29) else anchor.year + 1
    while not isleap(year):
        year += 1
    return date(year, 2, 29)


def _month_end(anchor: datetime) -> date:
    return anchor.date().replace(day=monthrange(anchor.year, anchor.month)[1])


def _month_ends(anchor: datetime) -> Iterator[date]:
    """Yield the last days of the twelve months after the anchor's."""
    for ahead in range(1, 13):
        year, month = anchor.year + (anchor.month + ahead - 1) // 12, (anchor.month + ahead - 1) % 12 + 1
        yield date(year, month, monthrange(year, month)[1])


def _next_sunday(anchor: datetime, month: int, first: int) -> date:
    """Return the next Sunday after the anchor's day among the seven days of a month from the given one on."""
    years = (date(year, month, first) for year in (anchor.year, anchor.year + 1))
    sundays = (day + timedelta(days=6 - day.weekday()) for day in years)
    return next(day for day in sundays if day > anchor.date())


def _clock_changes(anchor: datetime) -> dict[str, date]:
    """Return the next days on which clocks change.

    In the EU (Directive 2000/84/EC, 2 and 3) and in the USA (15 U.S.C. 260a).
    """
    return {
        "EU spring": _next_sunday(anchor, 3, 25),
        "EU autumn": _next_sunday(anchor, 10, 25),
        "US spring": _next_sunday(anchor, 3, 8),
        "US autumn": _next_sunday(anchor, 11, 1),
    }


def civil_times(anchor: datetime) -> Noted:
    """Return times after the anchor that calendars and clocks make difficult.

    All of them are plain instants (RFC 3339, 4.1 and 5.6).
    """
    change, day, year = _clock_changes(anchor), anchor.date().isoformat(), anchor.year
    return (
        (f"{change['EU spring']}T00:59:59Z", "a second before clocks go forward in the EU"),
        (f"{change['EU spring']}T01:00:00Z", "clocks go forward in the EU"),
        (f"{change['EU spring']}T02:30:00+01:00", "in the hour that clocks leave out in the EU"),
        (f"{change['EU autumn']}T00:30:00Z", "in the hour that comes twice in the EU, the first time"),
        (f"{change['EU autumn']}T02:30:00+01:00", "in the hour that comes twice in the EU, the second time"),
        (f"{change['US spring']}T07:00:00Z", "clocks go forward in New York"),
        (f"{change['US spring']}T02:30:00-05:00", "in the hour that clocks leave out in New York"),
        (f"{change['US autumn']}T05:30:00Z", "in the hour that comes twice in New York, the first time"),
        (
            f"{change['US autumn']}T01:30:00-05:00",
            "in the hour that comes twice in New York, the second time",
        ),
        *((f"{end}T23:59:59Z", f"the end of {end:%B}") for end in _month_ends(anchor)),
        (f"{year + 1}-01-01T00:00:00Z", "the first second of a year"),
        (f"{year + 1}-03-01T00:00:00Z", "the first second of March"),
        (
            f"{year + 1}-12-31T23:30:00-05:00",
            "the last half hour of a year in New York, the next year in UTC",
        ),
        (
            f"{year + 1}-01-01T00:30:00+14:00",
            "the first half hour of a year on Kiritimati, the year before in UTC",
        ),
        (f"{day}T23:30:00-08:00", "the evening of a day, the next day in UTC"),
        (f"{day}T00:30:00+05:45", "the night of a day, the day before in UTC"),
        (f"{day}T12:34:56-12:00", "offset -12:00"),
    )


def date_times(anchor: datetime) -> Noted:
    """Return date-times on the anchor's day and at the edges of the calendar (RFC 3339, 4.3, 5.6, 5.7,
    appendix D).
    """
    day, year = anchor.date().isoformat(), anchor.year + 1
    offsets = ("+00:00", "+05:30", "-08:00", "+14:00", "-14:00")
    return (
        (f"{day}T12:34:56Z", "whole seconds, Z"),
        *((f"{day}T12:34:56{offset}", f"offset {offset}") for offset in offsets),
        (f"{day}T12:34:56-00:00", "exotic: offset -00:00, unknown local time"),
        *(
            (
                f"{day}T12:34:56.{'123456789'[:digits]}Z",
                f"{'exotic: ' if digits > 7 else ''}{digits} fraction digits",
            )
            for digits in range(1, 10)
        ),
        (f"{day}T12:34:56.500000Z", "fraction with trailing zeros"),
        (f"{day}T12:34:56.000Z", "fraction of zeros"),
        (f"{day}T00:00:00Z", "first second of a day"),
        (f"{day}T23:59:59Z", "last second of a day"),
        (f"{_month_end(anchor)}T23:59:59Z", "end of the month"),
        (f"{_leap_day(anchor)}T12:00:00Z", "29 February of a leap year"),
        ("2038-01-19T03:14:08Z", "one second more than 31 bits hold"),
        *civil_times(anchor),
        (f"{day}t12:34:56Z", "exotic: lower-case t"),
        (f"{day}T12:34:56z", "exotic: lower-case z"),
        (f"{year}-06-30T23:59:60Z", "exotic: leap second at the end of June"),
        (f"{year}-12-31T23:59:60Z", "exotic: leap second at the end of December"),
        (f"{year}-01-01T23:59:60Z", "exotic: a second 60 on 1 January, where no leap second can be"),
        ("0001-01-01T00:00:00Z", "exotic: first year"),
        ("1970-01-01T00:00:00Z", "exotic: the epoch, in the past"),
        ("9999-12-31T23:59:59Z", "exotic: last year"),
    )


def date_time_misses(anchor: datetime) -> Noted:
    """Return texts that are close to a date-time and are none (RFC 3339, 5.6 and 5.7)."""
    day, year = anchor.date().isoformat(), anchor.year
    common = year if not isleap(year) else year + 1
    return (
        (f"{year}-02-30T00:00:00Z", "30 February"),
        (f"{common}-02-29T00:00:00Z", "29 February of a common year"),
        (f"{year}-04-31T00:00:00Z", "31 April"),
        (f"{year}-13-01T00:00:00Z", "month 13"),
        (f"{year}-00-10T00:00:00Z", "month 0"),
        (f"{year}-01-00T00:00:00Z", "day 0"),
        (f"{day}T24:00:00Z", "hour 24"),
        (f"{day}T12:60:00Z", "minute 60"),
        (f"{day}T12:00:61Z", "second 61"),
        (f"{day}T12:00:00+24:00", "offset +24:00"),
        (f"{day}T12:00:00+0530", "offset without colon"),
        (f"{day}T12:00:00", "no offset"),
        (f"{day} 12:00:00Z", "space instead of T"),
        (f"{day}T12:00Z", "no seconds"),
        (f"{day}T12:00:00.Z", "point without digits"),
        (f"{day}T12:00:00,5Z", "comma for the point"),
        ("12:00:00Z", "only a time"),
        (day, "only a date"),
        (f"{day.replace('-', '/')}T12:00:00Z", "slashes"),
        (anchor.strftime("%d.%m.%Y %H:%M"), "day first"),
        (day.replace("-", "") + "T120000Z", "ISO 8601 basic form"),
        (f"{year}-W10-1", "ISO 8601 week"),
        (f"{year % 100:02}-01-01T00:00:00Z", "year of two digits"),
        (str(int(anchor.timestamp())), "seconds since 1970 as text"),
        (f" {day}T12:00:00Z", "space in front"),
        (f"{day}T12:00:00Z\n", "newline behind"),
        (f"{day}T12:00:00ZZ", "two Z"),
        ("", "empty"),
        ("tomorrow", "a word"),
        ("not a date", "words"),
    )


def dates(anchor: datetime) -> Noted:
    """Return dates without a time (RFC 3339, 5.6 `full-date`)."""
    return (
        (anchor.date().isoformat(), "date only"),
        (_month_end(anchor).isoformat(), "date only, end of the month"),
        (_leap_day(anchor).isoformat(), "date only, 29 February of a leap year"),
        *(
            (day.isoformat(), f"date only, clocks change in the {place[:2]}")
            for place, day in _clock_changes(anchor).items()
        ),
        (f"{anchor.year}-12-31", "date only, the last day of a year"),
        (f"{anchor.year + 1}-01-01", "date only, the first day of a year"),
        (f"{anchor.year + 1}-03-01", "date only, the first day of March"),
        ("0001-01-01", "exotic: date only, first year"),
        ("1970-01-01", "exotic: date only, in the past"),
        ("9999-12-31", "exotic: date only, last year"),
    )


def date_misses(anchor: datetime) -> Noted:
    """Return texts that are close to a date and are none."""
    year = anchor.year
    day = anchor.date().isoformat()
    return (
        (f"{year}-02-30", "date of 30 February"),
        (f"{year}-13-01", "date in month 13"),
        (f"{year}-1-1", "date without leading zeros"),
        (day.replace("-", "/"), "date with slashes"),
        (f"{day}Z", "date with Z"),
        (f"{year}-01", "year and month only"),
    )


def url_of_length(length: int) -> str:
    """Return an http URL of exactly so many characters (at least 30), its path filled up; RFC 9110, 4.1, asks
    for 8,000.
    """
    start = "https://room.example.com/path/"
    return start + (_LETTERS * (length // 26 + 1))[: length - len(start)]


def urls() -> Noted:
    """Return URLs of every shape (RFC 3986, 3 and appendix A; RFC 2606 names, so that nobody is called)."""
    return (
        ("https://room.example.com", "https"),
        ("http://room.example.com", "http"),
        ("https://room.example.com/", "root path"),
        ("https://room.example.com:8443/hook", "port"),
        ("https://room.example.com/hook?a=1&b=two&c=", "query"),
        ("https://room.example.com/hook#part", "fragment"),
        ("https://room.example.com/a/b;c=1/../d", "path with parameters and dots"),
        ("https://room.example.com/%7Eroom/%C3%A9%2F", "percent-encoding"),
        ("https://xn--bcher-kva.example/hook", "internationalised host in punycode (RFC 5891)"),
        ("https://user:secret@room.example.com/hook", "exotic: user information"),
        ("HTTPS://ROOM.EXAMPLE.COM/Hook", "exotic: upper-case scheme and host"),
        ("https://192.0.2.10/hook", "exotic: IPv4 host"),
        ("https://[2001:db8::10]:8443/hook", "exotic: IPv6 host"),
        ("https://localhost/hook", "exotic: localhost"),
        ("ftp://files.example.com/hook", "exotic: scheme ftp"),
        ("wss://room.example.com/hook", "exotic: scheme wss"),
        ("custom+x.y://room.example.com/hook", "exotic: scheme with plus and point"),
        ("urn:example:room", "exotic: no authority"),
        ("mailto:room@example.com", "exotic: scheme mailto"),
        ("https://b\u00fccher.example/r\u00e4ume", "exotic: IRI, host and path in UTF-8 (RFC 3987)"),
        *((url_of_length(length), f"{length} characters") for length in (255, 256)),
        *((url_of_length(length), f"exotic: {length} characters") for length in (2047, 2048)),
    )


def url_misses() -> Noted:
    """Return texts that are close to a URL and are none (RFC 3986, 3, 3.1 and 3.2)."""
    return (
        ("example.com", "no scheme"),
        ("www.example.com/hook", "no scheme, with path"),
        ("//room.example.com/hook", "network path, no scheme"),
        ("/hook", "path only"),
        ("://room.example.com", "empty scheme"),
        ("https//room.example.com", "colon missing"),
        ("https://", "no host"),
        ("https:///hook", "empty host"),
        ("1http://room.example.com", "scheme starts with a digit"),
        ("ht_tp://room.example.com", "underscore in the scheme"),
        ("https://room.example.com/a b", "space inside"),
        (" https://room.example.com", "space in front"),
        ("https://room.example.com\n", "newline behind"),
        ("https://room.example.com:port/", "port is no number"),
        ("https://[2001:db8::10/hook", "IPv6 host not closed"),
        ("https://room.example.com/<x>", "angle brackets"),
        ("https://b\u00fccher.example/", "host in UTF-8, an IRI"),
        ("not a url", "words"),
        ("url", "one word"),
        ("", "empty"),
    )


def uuids() -> Noted:
    """Return UUIDs (RFC 9562, 4 and 5)."""
    return (
        ("5f0c1d52-7a4e-4c36-9b1e-0d6f3a2b8c71", "version 4"),
        ("018f3c5e-7b1a-7d20-8e9f-1a2b3c4d5e6f", "version 7"),
        ("5F0C1D52-7A4E-4C36-9B1E-0D6F3A2B8C71", "exotic: upper case"),
        ("00000000-0000-0000-0000-000000000000", "exotic: nil"),
        ("ffffffff-ffff-ffff-ffff-ffffffffffff", "exotic: max"),
    )


def uuid_misses() -> Noted:
    """Return texts that are close to a UUID and are none."""
    good = uuids()[0][0]
    return (
        (good[:-1], "one digit short"),
        (good + "0", "one digit long"),
        (good.replace("-", ""), "no hyphens"),
        ("{" + good + "}", "braces"),
        ("urn:uuid:" + good, "URN"),
        ("g" + good[1:], "a letter beyond f"),
        (good + "\n", "newline behind"),
        ("", "empty"),
        ("room", "a word"),
    )


def plain_http_date(moment: datetime) -> str:
    """Return the IMF-fixdate form (RFC 9110, 5.6.7)."""
    names, months = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), _MONTHS
    utc = moment.astimezone(UTC)
    return f"{names[utc.weekday()]}, {utc.day:02} {months[utc.month - 1]} {utc.year:04} {utc:%H:%M:%S} GMT"


_MONTHS: Sequence[str] = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def http_dates(anchor: datetime) -> Noted:
    """Return HTTP dates (RFC 9110, 5.6.7)."""
    return (
        (plain_http_date(anchor), "IMF-fixdate"),
        (plain_http_date(anchor.replace(hour=0, minute=0, second=0)), "midnight"),
        (plain_http_date(anchor.replace(hour=23, minute=59, second=59)), "last second of a day"),
    )


def http_date_misses(anchor: datetime) -> Noted:
    """Return texts that are close to an IMF-fixdate and are none, the two obsolete forms of RFC 9110, 5.6.7
    among them.
    """
    good, utc = plain_http_date(anchor), anchor.astimezone(UTC)
    other = plain_http_date(anchor + timedelta(days=1))[:3]
    return (
        (good.replace("GMT", "UTC"), "UTC for GMT"),
        (good.replace(" GMT", ""), "no zone"),
        (other + good[3:], "wrong weekday"),
        (good.lower(), "lower case"),
        (good[5:], "no weekday"),
        (f"{utc:%A, %d-%b-%y %H:%M:%S} GMT", "RFC 850 form"),
        (utc.strftime("%a %b %d %H:%M:%S %Y"), "asctime form"),
        (plain_date_time(anchor), "RFC 3339 form"),
        ("", "empty"),
    )


def near_misses(field: str, others: Sequence[str]) -> Noted:
    """Return texts close to one field of a closed list of texts: case, spelling, spaces, and fields run
    together.
    """
    middle = len(field) // 2
    return (
        (field.lower(), "lower case"),
        (field.upper(), "upper case"),
        (field.swapcase(), "case swapped"),
        (field.capitalize(), "capitalised"),
        (f" {field}", "space in front"),
        (f"{field} ", "space behind"),
        (f"{field}\n", "newline behind"),
        (field[:-1], "last character missing"),
        (field[1:], "first character missing"),
        (field[:middle] + field[middle + 1 :], "a character missing inside"),
        (f"{field}s", "one letter more"),
        (f'"{field}"', "quoted"),
        *((f"{field}{other}", "two fields run together") for other in others[:1]),
        *((f"{field},{other}", "two fields with a comma") for other in others[:1]),
        ("", "empty"),
        ("null", "the word null"),
        ("unknown", "a word"),
    )
