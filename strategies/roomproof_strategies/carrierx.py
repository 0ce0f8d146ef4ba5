"""What CarrierX meeting rooms need: access codes that no other room has, fields that only the provider
knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from itertools import count
from zlib import crc32

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from roomproof_strategies.sample import Json, Sample, Setting, Special

_CREATE = "create-room"
_READ_ONLY = ("account_sid", "meeting_room_sid")
_CODE = re.compile(r"[1-9][0-9]{5}", re.ASCII)
_LOWEST, _CODES = 100_000, 900_000
_APART = 7_919  # a prime: so far from each other are the codes of rooms that are made
_MADE = count()
_NUMBERS = st.integers(0, _CODES - 1)
_NOTHING = st.none()  # always the same: the plain values of a strategy are drawn once


def _fields(setting: Setting) -> Mapping[tuple[str, ...], SearchStrategy[Json]]:
    """Codes of six digits as in the document's sample, no group of numbers (it would have to exist), the
    room's own ids.
    """
    found: dict[tuple[str, ...], SearchStrategy[Json]] = {
        ("access_codes", "items", "access_code"): _codes(setting.serial),
        ("did_group_sid",): _NOTHING,
    }
    return found | {
        (name,): _only(setting.room[name]) for name in _READ_ONLY if isinstance(setting.room.get(name), str)
    }


@lru_cache(8)
def _only(value: str) -> SearchStrategy[Json]:
    return st.just(value)


@lru_cache(1)
def _codes(serial: str) -> SearchStrategy[Json]:
    """Return one strategy for all of a run: the plain values of a strategy are drawn once."""
    return _moved_codes(serial)


@st.composite
def _moved_codes(draw: st.DrawFn, serial: str) -> str:
    return _moved(str(_LOWEST + draw(_NUMBERS)), crc32(serial.encode()))


def adapt(operation: str, sample: Sample, setting: Setting) -> Sample:
    """Return the sample with codes that differ from those of other rooms and from each other; whatever is no
    code stays.
    """
    body = sample.value
    listed = body.get("access_codes") if isinstance(body, dict) else None
    if not isinstance(listed, list):
        return sample
    taken: set[str] = set()
    # Of the rooms that are made each is another one: none may have the codes of those before it.
    makes_a_room = operation == _CREATE
    shift = crc32((setting.serial if makes_a_room else setting.room_id).encode())
    shift += next(_MADE) * _APART if makes_a_room else 0
    return replace(sample, value={**body, "access_codes": [_distinct(item, shift, taken) for item in listed]})


def _distinct(item: Json, shift: int, taken: set[str]) -> Json:
    code = item.get("access_code") if isinstance(item, dict) else None
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        return item
    code = _moved(code, shift)
    while code in taken:
        code = str(_LOWEST + (int(code) - _LOWEST + 1) % _CODES)
    taken.add(code)
    return {**item, "access_code": code}


def _moved(code: str, shift: int) -> str:
    """Return another code of six digits, so far from the given one; different codes stay different."""
    return str(_LOWEST + (int(code) - _LOWEST + shift) % _CODES)


def samples(setting: Setting) -> Iterator[Sample]:
    """Yield groups of numbers (which may not exist), deep settings, codes with leading zeros, roles of other
    services.
    """
    group = f"9e107d9d-372b-4b68-8f06-{crc32(setting.serial.encode()):012x}"
    for number in range(3):
        yield Sample(
            {"did_group_sid": f"{group[:-1]}{number}"},
            ("did_group_sid",),
            "type",
            True,
            "unsettled: a group of numbers",
        )
        yield Sample(
            {"name": f"Room {number}"}, ("name",), "accepted", True, "another field, after the group was set"
        )
    yield Sample(
        {"did_group_sid": f"{group[:-1]}a", "name": "Room and group"},
        ("did_group_sid",),
        "type",
        True,
        "unsettled: a group and a name",
    )
    yield Sample({"did_group_sid": None}, ("did_group_sid",), "nullable", True, "null, after a group was set")
    deep = {"theme": {"colour": "blue", "sizes": [1, 2.5, "3"]}, "flag": True, "count": 7, "nothing": None}
    for value in (deep, {"text": "7"}, {}, {"Upper": "Case", "unicode": "日本"}):
        yield Sample({"properties": value}, ("properties",), "accepted", True, "settings")
    for code in ("012345", "000001", "004711"):
        entry = {"access_code": code, "role": "host"}
        yield Sample(
            {"access_codes": [entry]}, ("access_codes",), "accepted", True, "a code with leading zeros"
        )
    for word in ("moderator", "owner", "guest", "admin", "speaker", "attendee"):
        entry = {"access_code": "734251", "role": word}
        yield Sample(
            {"access_codes": [entry]},
            ("access_codes", "items", "role"),
            "enum",
            False,
            f"{word}, another role",
        )


SPECIAL = Special(samples=samples, fields=_fields, adapt=adapt)
