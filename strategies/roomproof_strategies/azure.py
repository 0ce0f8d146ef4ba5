"""What Azure rooms need: windows that a real service accepts, participants by their communication
identifier.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from roomproof_strategies.sample import Json, Sample, Setting, Special
from roomproof_strategies.windows import aim, moment, shifted, written

_FROM, _UNTIL = _NAMES = ("validFrom", "validUntil")
_OPERATIONS = ("create-room", "update-room")
LONGEST = timedelta(days=180)
"""The longest window that a real service accepts (OBSERVED A9)."""
_MARGIN = timedelta(hours=1)
_MANY = 30
"""So many participants are nothing unusual in a meeting."""
_USUAL_DAYS = 30
_PLAIN_DAYS = {_FROM: 40, _UNTIL: 100}
_RESOURCE = uuid5(NAMESPACE_URL, "https://contoso.communication.azure.com")
# Not one each: participants are added to one room again and again, and no real room takes thousands. One
# strategy for all runs: the plain values of a strategy are drawn once.
_IDENTIFIERS = st.sampled_from([f"8:acs:{_RESOURCE}_{uuid5(_RESOURCE, str(number))}" for number in range(24)])


def _fields(_setting: Setting) -> Mapping[tuple[str, ...], SearchStrategy[Json]]:
    """Participants by identifiers of the form that the document's sample has: two UUIDs, of the resource and
    of the user, few altogether.
    """
    return {("participants", "keys"): _IDENTIFIERS}


@dataclass(frozen=True)
class _Window:
    """The two ends of a window as the request would leave them; None where that is not known."""

    start: datetime | None
    end: datetime | None
    now: datetime

    @property
    def holds(self) -> bool:
        """Whether a real service accepts it: an end in the future and after the start, at most 180 days
        (OBSERVED A9).
        """
        if self.start is None or self.end is None:
            return False
        return self.end >= self.now + _MARGIN and _MARGIN <= self.end - self.start <= LONGEST


def adapt(operation: str, sample: Sample, setting: Setting) -> Sample:
    """Return the sample with a window that a real service accepts, as far as the sample's aim leaves that
    open.

    A value that is aimed at stays, and gets the other end as a companion where the room's own would not fit.
    Values that are no date-times stay.
    """
    body = sample.value
    if operation not in _OPERATIONS or not isinstance(body, dict):
        return sample
    sent = {name: time for name in _NAMES if (time := moment(body.get(name))) is not None}
    if not sent or (
        _effective(operation, sent, setting).holds and (_FROM not in sent or sent[_FROM] >= setting.now)
    ):
        return sample
    aimed = aim(sample, _NAMES)
    if aimed is not None and aimed in sent:
        return replace(sample, value=written(body, _companion(aimed, sent, setting.now)))
    if (
        len(sent) == len(_NAMES)
        and _Window(sent[_UNTIL], sent[_FROM], setting.now).holds
        and sent[_UNTIL] >= setting.now
    ):
        return replace(sample, value={**body, _FROM: body[_UNTIL], _UNTIL: body[_FROM]})
    return replace(
        sample, value=written(body, _plain(operation, sent, setting, frozenset(body) - frozenset(sent)))
    )


def _effective(operation: str, sent: Mapping[str, datetime], setting: Setting) -> _Window:
    if operation == "create-room":
        start = sent.get(_FROM, setting.now)
        return _Window(start, sent.get(_UNTIL, shifted(start, LONGEST.days)), setting.now)
    known = {name: sent.get(name) or moment(setting.room.get(name)) for name in _NAMES}
    return _Window(known[_FROM], known[_UNTIL], setting.now)


def _companion(aimed: str, sent: Mapping[str, datetime], now: datetime) -> dict[str, datetime]:
    """Return the other end for an end that is aimed at, empty where no window can hold it."""
    time = sent[aimed]
    if aimed == _FROM:
        ends = (shifted(time, days) for days in (_USUAL_DAYS, LONGEST.days - 1))
        return next(({_UNTIL: end} for end in ends if end is not None and _Window(time, end, now).holds), {})
    start = shifted(time, -_USUAL_DAYS)
    if start is None or start < now:
        start = now + (time - now) / 2
    return {_FROM: start} if _Window(start, time, now).holds else {}


def _plain(
    operation: str, sent: Mapping[str, datetime], setting: Setting, taken: frozenset[str]
) -> dict[str, datetime]:
    """Return plain values for the ends that are sent: alone if that fits the other end, else both, but never
    over what is no time.
    """
    plain = {name: setting.now + timedelta(days=days) for name, days in _PLAIN_DAYS.items()}
    mine = {name: plain[name] for name in sent}
    if _effective(operation, mine, setting).holds:
        return mine
    return {name: time for name, time in plain.items() if name not in taken}


def samples(setting: Setting) -> Iterator[Sample]:
    """Yield long windows, many participants, one who is no user, and roles that meetings have elsewhere and
    that the document does not list.
    """
    start = setting.now + timedelta(days=1)
    for days in (91, LONGEST.days - 1):
        window = written({}, {_FROM: start, _UNTIL: start + timedelta(days=days)})
        yield Sample(window, (_UNTIL,), "accepted", True, f"a window of {days} days")
    everybody = {_user(number): {"role": "Attendee"} for number in range(_MANY)}
    yield Sample({"participants": everybody}, ("participants",), "accepted", True, f"{_MANY} participants")
    stranger = {"participants": {"somebody": {"role": "Attendee"}}}
    # The document does not say what a name looks like; real services reject this one (OBSERVED, error
    # bodies).
    yield Sample(
        stranger, ("participants", "keys"), "accepted", True, "a participant whose name is no identifier"
    )
    for word in ("Organizer", "Moderator", "Owner", "Guest", "Host", "Participant", "None", "CoOrganizer"):
        yield Sample(
            {"participants": {_user(1): {"role": word}}},
            ("participants", "values", "role"),
            "enum",
            False,
            f"{word}, another role",
        )


def _user(number: int) -> str:
    return f"8:acs:00000000-0000-4000-8000-000000000001_00000000-0000-4000-8000-{number + 1:012}"


SPECIAL = Special(samples=samples, fields=_fields, adapt=adapt)
