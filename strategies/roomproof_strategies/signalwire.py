"""What SignalWire rooms need: times in order, join_from before join_until before remove_at, and in the
future; for each new one a name that no other room has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count, pairwise

from roomproof_strategies.sample import Sample, Setting, Special
from roomproof_strategies.windows import aim, moment, shifted, written

_NAMES = ("join_from", "join_until", "remove_at")
_APART = 7
_AHEAD = timedelta(days=20)
_SHORT = 60
"""Of a longer name it is the length that counts."""
_NUMBERS = count()


def adapt(operation: str, sample: Sample, setting: Setting) -> Sample:
    """Return the sample with a name of its own where it makes a room, and with its times in order."""
    return _in_time(_named(sample, setting) if operation == "create-room" else sample, setting)


def _named(sample: Sample, setting: Setting) -> Sample:
    """Return the sample with a tail at a short name that belongs to this room; a name that is aimed at stays,
    unless it is one of those that may be set.
    """
    body = sample.value
    name = body.get("name") if isinstance(body, dict) else None
    is_aimed_at = sample.path[:1] == ("name",) and sample.rule not in ("accepted", "unique")
    if not isinstance(name, str) or not name or len(name) > _SHORT or is_aimed_at:
        return sample
    return replace(sample, value={**body, "name": f"{name}-{setting.serial}-{next(_NUMBERS):08x}"})


def _in_time(sample: Sample, setting: Setting) -> Sample:
    """Return the sample with its times in order and in the future, those that the room has already counted
    in.

    A time that is aimed at stays, and the others are set around it where it would stand out of order.
    """
    body = sample.value
    if not isinstance(body, dict):
        return sample
    sent = {name: time for name in _NAMES if (time := moment(body.get(name), dates=True)) is not None}
    if not sent:
        return sample
    aimed = aim(sample, _NAMES)
    fixed = {name for name in _NAMES if name in body and name not in sent}
    known = {
        name: time
        for name in _NAMES
        if name not in fixed and (time := sent.get(name) or moment(setting.room.get(name), dates=True))
    }
    future = all(time > setting.now for name, time in sent.items() if name != aimed)
    if future and _in_order(list(known.values())):
        return sample
    if aimed is not None and aimed in sent:
        return replace(sample, value=written(body, _around(aimed, known)))
    names = sorted(sent, key=lambda name: sent[name])
    order = dict(zip(sent, names, strict=True))
    if future and _in_order([sent[order[name]] if name in order else time for name, time in known.items()]):
        return replace(sample, value={**body, **{name: body[other] for name, other in order.items()}})
    start = setting.now + _AHEAD
    return replace(
        sample,
        value=written(body, {name: start + timedelta(days=_APART * _NAMES.index(name)) for name in known}),
    )


def _around(aimed: str, known: Mapping[str, datetime]) -> dict[str, datetime]:
    """Return times for the other members, days before and after the one that is aimed at, where the calendar
    has them.
    """
    distances = {name: _APART * (_NAMES.index(name) - _NAMES.index(aimed)) for name in known if name != aimed}
    times = {name: shifted(known[aimed], days) for name, days in distances.items()}
    return {name: time for name, time in times.items() if time is not None}


def _in_order(times: Sequence[datetime]) -> bool:
    return all(earlier < later for earlier, later in pairwise(times))


def samples(_setting: Setting) -> Iterator[Sample]:
    """Yield resolutions that a video service may well have and that the document does not list."""
    for word in ("240p", "360p", "480p", "540p", "1440p", "2160p", "4k", "HD", "720", "1080"):
        yield Sample({"quality": word}, ("quality",), "enum", False, f"{word}, another resolution")


SPECIAL = Special(adapt=adapt, samples=samples)
