"""When two values mean the same: date-times as instants, numbers by value, URLs by RFC 3986, 6.2.2 and
6.2.3.
"""

from __future__ import annotations

from collections import Counter
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import orjson

from roomproof.contract.formats import NANOSECONDS, Instant, instant, is_leap_second, is_uri, midnight

NANOSECOND_DIGITS = 9
_FEW = 20
"""So many items are compared one with the other: that is quicker than to write them down."""
_MOST_PAIRS = 1_000
"""If more items come back otherwise than they were sent, they are compared in their order: each with each
would take for ever."""
_DEFAULT_PORTS = {"http": 80, "https": 443}


def same(one: Any, other: Any) -> bool:
    """Whether two values of the same field mean the same."""
    if isinstance(one, str) and isinstance(other, str):
        return one == other or ((moment := instant(one)) is not None and moment == instant(other))
    return same_value(one, other)


def same_value(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal: 1 equals 1.0, true does not equal 1 (JSON Schema 2020-12 core,
    4.2.2).
    """
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same_value(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same_value, one, other))
    return bool(one == other)


def echoes(sent: Any, got: Any, default: Any, *, unset: Any = None) -> bool:
    """Whether a value in a response is the value that was sent.

    A null that was accepted unsets: null, what stands for an `unset` field, or the documented default is then
    in the response. An object may come back with more fields, a fraction of a second may be cut or rounded,
    white space at the ends may be trimmed.
    """
    if sent is None:
        return got is None or (unset is not None and same_value(got, unset)) or same_value(got, default)
    if isinstance(sent, str) and isinstance(got, str):
        return _echoes_text(sent, got)
    if isinstance(sent, dict) and isinstance(got, dict):
        return all(key in got and echoes(value, got[key], None) for key, value in sent.items())
    if isinstance(sent, list) and isinstance(got, list):
        return _echoes_list(sent, got)
    return same_value(sent, got)


def _echoes_text(sent: str, got: str) -> bool:
    if sent == got:
        return True
    wanted, found = instant(sent) or midnight(sent), instant(got)
    if wanted is not None:
        return found is not None and _same_instant(wanted, found, leap=is_leap_second(sent))
    return is_uri(sent) and is_uri(got) and _canonical(sent) == _canonical(got)


def _same_instant(wanted: Instant, found: Instant, *, leap: bool) -> bool:
    """Whether an instant is another one, or what is left of it with fewer digits of a fraction: cut, or
    rounded.

    Of a leap second, which few systems hold, the second before and the one after are as good.
    """
    if leap:
        return abs(wanted.nanoseconds - found.nanoseconds) <= NANOSECONDS
    for digits in range(NANOSECOND_DIGITS + 1):
        unit = 10 ** (NANOSECOND_DIGITS - digits)
        cut = wanted.nanoseconds // unit * unit
        rounded = (wanted.nanoseconds + unit // 2) // unit * unit
        if found.nanoseconds in (cut, rounded):
            return True
    return False


def _echoes_list(sent: list[Any], got: list[Any]) -> bool:
    """No document promises an order, so each item sent has to be found once, wherever it stands; many are
    first looked for as they are.
    """
    left, missing = _apart(sent, got)
    if len(missing) > _MOST_PAIRS:
        return len(missing) == len(left) and all(
            echoes(item, candidate, None) for item, candidate in zip(missing, left, strict=True)
        )
    for item in missing:
        match = next((index for index, candidate in enumerate(left) if echoes(item, candidate, None)), None)
        if match is None:
            return False
        del left[match]
    return not left


def _apart(sent: list[Any], got: list[Any]) -> tuple[list[Any], list[Any]]:
    """Return the items of the second list, and those of the first, without those that stand in both as the
    same text.
    """
    if len(sent) <= _FEW:
        return list(got), sent
    texts = [[orjson.dumps(item, option=orjson.OPT_SORT_KEYS) for item in items] for items in (sent, got)]
    both = Counter(texts[0]) & Counter(texts[1])
    return _without(got, texts[1], both.copy()), _without(sent, texts[0], both)


def _without(items: list[Any], texts: list[bytes], spared: Counter[bytes]) -> list[Any]:
    left = []
    for item, text in zip(items, texts, strict=True):
        if spared[text]:
            spared[text] -= 1
        else:
            left.append(item)
    return left


def _canonical(url: str) -> str:
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    port = f":{parts.port}" if parts.port and parts.port != _DEFAULT_PORTS.get(parts.scheme.lower()) else ""
    user = parts.netloc.rpartition("@")[0]
    netloc = f"{user}@{host}{port}" if user else host + port
    return urlunsplit((parts.scheme.lower(), netloc, parts.path or "/", parts.query, parts.fragment))
