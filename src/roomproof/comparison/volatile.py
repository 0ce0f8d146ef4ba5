"""Texts that differ in every recording: what they look like, and the same text with them taken out.

The forms are those of roomproof.contract.formats (RFC 3339, RFC 9562, RFC 3986, RFC 9110), a date-time split
further into the spellings that clients trip over.
"""

from __future__ import annotations

import re
from typing import Any

import orjson

from roomproof.contract.formats import is_date, is_date_time, is_http_date, is_uri, is_uuid

Json = Any
DEEPEST = 32
"""Levels of nesting that are looked at; a room has a handful."""

FRACTION = " and "
"""Stands in the form of a date-time before what is said of its fraction of a second."""

_UUID = r"(?<![0-9a-f])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9a-f])"
_DATE = r"(?<!\d)\d{4}-\d\d-\d\d(?:[t ]\d\d:\d\d:\d\d(?:\.\d+)?(?:z|[+-]\d\d:\d\d)?)?(?!\d)"
_HTTP_DATE = r"(?:mon|tue|wed|thu|fri|sat|sun), \d\d [a-z]{3} \d{4} \d\d:\d\d:\d\d gmt"
_RUN = r"(?<![0-9a-z])[0-9a-z]{8,}(?![0-9a-z])"
_VOLATILE = re.compile(
    rf"(?P<uuid>{_UUID})|(?P<date>{_DATE})|(?P<http>{_HTTP_DATE})|(?P<run>{_RUN})",
    re.ASCII | re.IGNORECASE,
)
_SWITCH = re.compile(r"(?<=[0-9])(?=[a-z])|(?<=[a-z])(?=[0-9])", re.ASCII | re.IGNORECASE)
_HEX = re.compile(r"[0-9a-f]+", re.ASCII | re.IGNORECASE)
_LONG_NUMBER, _LONG_RUN, _SWITCHES = 10, 12, 3
_CODE = re.compile(r"[1-9][0-9]{5,8}", re.ASCII)


def masked(text: str) -> str:
    """Return a text with a mark in place of each UUID, date, and run of letters and digits that no person
    would choose.

    Such a run is a number of ten digits or more, hexadecimal digits of both kinds, or twelve and more letters
    and digits that change places three times. Words, versions and small numbers stay.
    """
    return _VOLATILE.sub(_mark, text)


def _mark(match: re.Match[str]) -> str:
    kind, text = str(match.lastgroup), match[0]
    return f"<{kind}>" if kind != "run" or _is_serial(text) else text


def _is_serial(text: str) -> bool:
    if text.isdigit():
        return len(text) >= _LONG_NUMBER
    if _HEX.fullmatch(text) and any(letter.isdigit() for letter in text):
        return True
    return len(text) >= _LONG_RUN and len(_SWITCH.findall(text)) >= _SWITCHES


def masked_body(body: bytes) -> bytes:
    """Return a request body with its volatile texts masked, field names included; fields of objects in one
    order.

    Texts that are a code of six to nine digits are masked, too, but not their length: who sends one has drawn
    it.
    """
    try:
        return orjson.dumps(_masked_json(orjson.loads(body), 0), option=orjson.OPT_SORT_KEYS)
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        return masked(body.decode("utf-8", "replace")).encode("utf-8", "replace")


def _masked_json(value: Json, depth: int) -> Json:
    if isinstance(value, str):
        return f"<{len(value)} digits>" if _CODE.fullmatch(value) else masked(value)
    if depth > DEEPEST:
        return None
    if isinstance(value, dict):
        return {masked(name): _masked_json(field, depth + 1) for name, field in value.items()}
    return [_masked_json(item, depth + 1) for item in value] if isinstance(value, list) else value


def is_volatile_pair(one: str, other: str) -> bool:
    """Whether two different texts are the same but for volatile parts."""
    return masked(one) == masked(other)


def is_no_more_or_again(one: Json, other: Json) -> bool:
    """Whether one value is an id or a time, and the other one null: what goes on in a room, or has ended,
    changes by itself.
    """
    texts = [value for value in (one, other) if isinstance(value, str)]
    return None in (one, other) and len(texts) == 1 and masked(texts[0]) in ("<uuid>", "<date>")


def form(text: str) -> str:
    """Return what a text is: a date-time with the spelling of its offset and fraction, another format,
    `digits`, or `text`.
    """
    if not text:
        return "empty text"
    if is_date_time(text):
        offset = "Z" if text[-1] in "Zz" else "an offset"
        digits = len(re.split(r"[Zz+-]", text[20:], maxsplit=1)[0]) if text[19] == "." else 0
        return f"date-time with {offset}" + (f"{FRACTION}{digits} digits of a second" if digits else "")
    known = {"date": is_date, "UUID": is_uuid, "HTTP date": is_http_date, "digits": _is_number, "URI": is_uri}
    return next((name for name, holds in known.items() if holds(text)), "text")


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()
