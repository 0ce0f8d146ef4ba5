"""Whether a room that the response to a create shows is new: a create may answer with a room that somebody
else has had for years.

Three things can say that it is not: its id was met before, it says that it was made before the run began, or
it has another name than the one that it was given. Each of them is enough; where in doubt, a room is somebody
else's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from roomproof.contract.formats import Instant, instant
from roomproof.contract.model import Contract
from roomproof.contract.resource import Resource
from roomproof.interaction import Interaction, header
from roomproof.judge.evidence import shown
from roomproof.judge.judged_interaction import read_json
from roomproof.targets.target import UnsentRequest

Json = Any
SKEW = timedelta(minutes=10)
"""How far the clock that dates responses and the one that dates rooms may lie apart."""
SKEW_WITHOUT_DATE = timedelta(hours=1)
"""The same for a provider's clock and ours, where its responses have no date."""
FURTHEST = timedelta(days=1)
"""A date further from our clock is none of now."""
ENOUGH_OF_A_NAME = 8
"""A name that was cut to so many letters is still that of the run: they are drawn at random."""
MET = "there was such a room before"
UNPROVEN = "nothing shows that it is new, and the rooms that were there could not all be listed"
MADE = "an earlier request of the run was answered with it"


def id_of(resource: Resource, shown: Mapping[str, Json]) -> str | None:
    """Return the id of a room, or of another thing, as a path can name it, None where it has none, or one
    that would lead to another place.
    """
    value = shown.get(resource.id)
    if not isinstance(value, str | int) or isinstance(value, bool):
        return None
    return str(value) if is_nameable(str(value)) else None


def is_nameable(room_id: str) -> bool:
    """Whether a path that holds an id leads to the room, and not to another place (RFC 3986, 5.2.4), whoever
    decodes it on the way.
    """
    return not any(step in ("", ".", "..") for step in room_id.replace("\\", "/").split("/"))


@dataclass
class Novelty:
    """Tells new rooms from those that were there when the run `began`."""

    contract: Contract
    began: datetime
    is_whole: bool = False
    """Whether every room that was there when the run began has been met."""
    _met: dict[str, str] = field(default_factory=dict)

    def meet(self, rooms: Iterable[str], what: str = MET) -> None:
        """Take note of rooms that are there; no create may answer with them. Ids that differ in nothing but
        case are one.
        """
        for room_id in rooms:
            self._met.setdefault(room_id.casefold(), what)

    def was_made(self, room_id: str) -> bool:
        """Whether a response to a request of the run's named the room as one that it made."""
        return self._met.get(room_id.casefold()) == MADE

    def forget(self, room_id: str) -> None:
        """Take note that a room of the run's is gone: there are providers that give its id to the next
        one.
        """
        if self._met.get(room_id.casefold()) == MADE:
            del self._met[room_id.casefold()]

    def doubt(
        self, room_id: str, room: Mapping[str, Json], unsent: UnsentRequest, interaction: Interaction
    ) -> str:
        """Return why a room may not be the one that a request made, an empty text if nothing says so."""
        return self._met.get(room_id.casefold()) or self._age(room, interaction) or _other_name(room, unsent)

    def lack(self, room: Mapping[str, Json], unsent: UnsentRequest) -> str:
        """Return that nothing shows that a room is new, where the contract has a list that could: the whole
        list, its time, its name.
        """
        shows_its_name = any(_is_name(wanted, has) for _, wanted, has in _names(room, unsent))
        return "" if self.contract.listing is None or self.is_proven(room) or shows_its_name else UNPROVEN

    def is_proven(self, room: Mapping[str, Json]) -> bool:
        """Whether more than its name, and an id that nobody has met, speaks for a room of which there is no
        doubt.
        """
        return self.is_whole or self._created(room) is not None

    def is_younger(self, room: Mapping[str, Json], interaction: Interaction, moment: datetime) -> bool:
        """Whether a room says that it was made clearly after a moment by our clock."""
        created = self._created(room)
        return created is not None and created > Instant.of(_there(moment, interaction, SKEW))

    def _age(self, room: Mapping[str, Json], interaction: Interaction) -> str:
        created = self._created(room)
        if created is None or created >= Instant.of(_there(self.began, interaction, -SKEW)):
            return ""
        return f"it says that it was made at {shown(room[self.contract.created or ''])}, before the run began"

    def _created(self, room: Mapping[str, Json]) -> Instant | None:
        value = room.get(self.contract.created) if self.contract.created else None
        return instant(value) if isinstance(value, str) else None


def _there(moment: datetime, interaction: Interaction, skew: timedelta) -> datetime:
    """Return a moment by the provider's clock, as far as the date of a response shows it, and so much later
    (or earlier) for doubt.
    """
    dated = header(interaction.response.headers, "date") if interaction.response else None
    here = interaction.at or datetime.now(UTC)
    # Our own clock may have been set back meanwhile.
    elapsed = max(here - moment, timedelta())
    try:
        told = parsedate_to_datetime(dated or "")
        there = told if told.tzinfo else told.replace(tzinfo=UTC)
        # A response that was kept somewhere has the date of its first time.
        if abs(there - here) <= FURTHEST:
            return there - elapsed + skew
    except (ValueError, TypeError, OverflowError):
        pass
    return moment + skew * (SKEW_WITHOUT_DATE / SKEW)


def _other_name(room: Mapping[str, Json], unsent: UnsentRequest) -> str:
    """Return that a room has another name than the run gave it. A provider may trim a name, cut it short, or
    not show it.
    """
    for field_name, wanted, has in _names(room, unsent):
        if has and not _is_name(wanted, has):
            return f"its {field_name} is {shown(room[field_name])}, not as was asked for"
    return ""


def _names(room: Mapping[str, Json], unsent: UnsentRequest) -> Iterator[tuple[str, str, str]]:
    """Yield the fields by which a request names a room: their letters in the request and in the room, none
    where it has no such text.
    """
    body = read_json(unsent.body) if unsent.mark else None
    for field_name, value in body.items() if isinstance(body, dict) else ():
        if isinstance(value, str) and unsent.mark in value:
            yield field_name, _letters(value), _letters(room.get(field_name))


def _is_name(wanted: str, has: str) -> bool:
    return bool(has) and (wanted in has or (len(has) >= ENOUGH_OF_A_NAME and has in wanted))


def _letters(value: Json) -> str:
    return (
        "".join(letter for letter in value.casefold() if letter.isalnum()) if isinstance(value, str) else ""
    )
