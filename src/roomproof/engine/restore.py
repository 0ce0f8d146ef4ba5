"""Restore the account after a run, from its journal: put the named room back as it was found, delete the
rooms that the run made.

The same at the end of a run, and later by `roomproof cleanup` after a run that was killed. Whatever goes
wrong with one room is a remark, and no reason to leave the others as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from time import sleep
from typing import Any

from roomproof.auth.scheme import Scheme
from roomproof.contract.model import Contract, Operation
from roomproof.contract.resource import Listing, value_at
from roomproof.engine.account_guard import GONE, AccountGuard, has_listened
from roomproof.engine.case import encode
from roomproof.engine.pages import pages_of
from roomproof.engine.rate import Deadline
from roomproof.engine.repeatability import again
from roomproof.engine.request_line import path_of, required_query
from roomproof.engine.settable import changes_fields, fields_in, settable, told
from roomproof.errors import RoomproofError
from roomproof.interaction import BUSY, Interaction, Request, header
from roomproof.journal.journal import Intent, Journal, JournalError, Repeatable
from roomproof.judge.judged_interaction import read_response
from roomproof.targets.target import UnsentRequest

Json = Any
TRIES = 3
"""How often a request is sent that gets no response, or one that the provider is too busy."""
LONGEST_WAIT = 5.0
"""Seconds that a busy provider may ask for before each of them."""
SILENCE = 4
"""After how many requests in a row without a response, or with a busy one, no more are sent."""
MOST_SECONDS = 30.0
"""How long it may take after a run that was to end: by a signal, or after so many seconds."""
MEMORY = timedelta(minutes=10)
"""How long a provider remembers for sure how it answered a request that it carries out once."""
MOST_REPEATS = 20
"""How many requests to make a room, whose responses were lost, are sent again to hear of the rooms."""
TIME_IS_UP = "the time for restoring was over; `roomproof cleanup` goes on with it"


@dataclass
class Restorer:
    """Restores one provider's account. `remarks` are the sentences about what could not be done.

    `deadline` is the time that is left for it; `is_last` tells that nobody tries again what nothing can do.
    """

    contract: Contract
    scheme: Scheme
    target: AccountGuard
    journal: Journal
    named: str | None
    wait: Callable[[], None] = lambda: None
    tries: int = TRIES
    deadline: Deadline = field(default_factory=lambda: Deadline(None))
    is_last: bool = False
    remarks: list[str] = field(default_factory=list)
    _forgotten: list[str] = field(default_factory=list)
    _heard: set[int] = field(default_factory=set)
    _is_final: bool = False
    _read: Interaction | None = None
    _unheard: int = 0
    _last: Interaction | None = None

    def everything(self) -> None:
        """Put the named room back, find what was made by requests whose response was lost, delete what was
        made.

        The named room comes first, since it is somebody's; and once more where it is not as it was, since a
        room that was made, and is gone now, may have had what no two rooms may have.
        """
        why = self._put_back()
        self._find_lost()
        if self.journal.rooms:
            self.delete_rooms()
            why = why and self._put_back()
        self._delete_things()
        self.remarks += [why] if why else []
        if why and self._is_final:
            # What a provider that listens does not take back now, it will not take back later.
            self.journal.put_back()
        self._tell_lost()

    def _tell_lost(self) -> None:
        """Tell of rooms that may be there; where nothing can ever find them, the journal closes on them."""
        if times := sorted([*(intent.at for intent in self.journal.lost.values()), *self._forgotten]):
            when = times[0] if len(times) == 1 else f"between {times[0]} and {times[-1]}"
            self.remarks.append(
                f"a room may have been left behind, whose id nobody knows: requests to make one without "
                f"a response that names it: "
                f"{len(times)}, sent {when}"
            )
        for number, intent in list(self.journal.lost.items()):
            can_find = self.contract.finding is not None and intent.mark
            is_open = intent.request is not None and number not in self._heard and _age(intent) <= MEMORY
            if not can_find and not is_open:
                self.journal.came_to_nothing(number)

    def find(self) -> Mapping[str, Json] | None:
        """Return the fields of the named room that can be set, as they are now; None if it cannot be read."""
        reading = self.contract.reading
        if reading is None or self.named is None:
            return None
        self._read = self._sent(self._call(reading, self.named))
        return fields_in(self.contract, self._read, self.named)

    def _find_lost(self) -> None:
        """Look for the rooms of requests without a response by the names that these requests gave them."""
        finding = self.contract.finding
        for number, intent in list(self.journal.lost.items()):
            if finding is not None and intent.mark:
                self._find(finding, number, intent)
        unknown = [
            (number, intent, intent.request)
            for number, intent in self.journal.lost.items()
            if intent.request is not None
        ]
        unheard = self._unheard
        for number, intent, request in unknown[:MOST_REPEATS]:
            self._repeat(number, intent, request)
        # What was lost before may be what the provider cannot bear: that nobody answers it again tells
        # nothing of the deletions to come.
        self._unheard = min(unheard, self._unheard)

    def _find(self, finding: Operation, number: int, intent: Intent) -> None:
        told = finding.listing or Listing()
        query = {name: value.replace("{serial}", intent.mark) for name, value in told.find.items()}
        call = self._call(finding, intent.mark, query)
        interaction = self._sent(call)
        rooms = self._named_like(finding, intent, interaction, is_filtered=bool(query))
        if (
            rooms is None
            and not query
            and not finding.names_one
            and (looked := self._looked_through(finding, intent))
        ):
            interaction, rooms = looked
        if rooms is None:
            return
        for room in rooms:
            self.target.take(str(room[self.contract.room.id]), room, number, call, interaction, is_named=True)
        if not rooms:
            self.journal.came_to_nothing(number)

    def _looked_through(
        self, finding: Operation, intent: Intent
    ) -> tuple[Interaction, list[Mapping[str, Json]]] | None:
        """Look through the whole list for the rooms that an intent has named; None where it is too long, or
        cannot be read.
        """
        listing = self.contract.listing
        if listing is None or listing.listing is None or finding.listing is None:
            return None
        for page in pages_of(
            listing.listing, self.contract.room.id, lambda query: self._sent(self._call(listing, "", query))
        ):
            named = [room for room in page.rooms if room.get(finding.listing.by) == intent.mark]
            if named or page.is_last:
                return page.interaction, named
        return None

    def _repeat(self, number: int, intent: Intent, request: Repeatable) -> None:
        """Send a request again that the provider carries out once: the response tells which room came of it,
        or makes that room now.

        A provider that has forgotten the first one makes another room: then the first is still to be told of.
        """
        interaction, sent_at = (
            self._sent(again(request, self.scheme, intent.mark)),
            datetime.fromisoformat(intent.at),
        )
        if interaction.response is not None and has_listened(interaction.response.status):
            self._heard.add(number)
        if number in self.journal.lost:
            return
        made = self.target.shown_in(interaction)
        is_other = made is not None and self.target.is_younger(made[1], interaction, sent_at)
        if is_other or (made is None and datetime.now(UTC) - sent_at > MEMORY):
            self._forgotten.append(intent.at)

    def _named_like(
        self, finding: Operation, intent: Intent, interaction: Interaction, *, is_filtered: bool
    ) -> list[Mapping[str, Json]] | None:
        """Return the rooms that an intent has named, None if nobody knows whether there are any."""
        if interaction.response is None or interaction.response.status >= 300:
            is_one = (
                finding.names_one and interaction.response is not None and interaction.response.status in GONE
            )
            return [] if is_one else None
        told = finding.listing or Listing()
        body = value_at(read_response(interaction.response.body), told.entries)
        entries = body if isinstance(body, list) else [body]
        rooms = [entry for entry in entries if isinstance(entry, dict) and self.contract.room.id in entry]
        found: list[Mapping[str, Json]] = [room for room in rooms if room.get(told.by) == intent.mark]
        # A page of a list proves nothing by what it does not show, nor one that shows what was not asked for,
        # nor no list at all.
        return found if found or (is_filtered and body == []) else None

    def delete_rooms(self) -> None:
        """Delete every room that was made, where the provider has a way."""
        remover = self.contract.deleting
        failed: dict[str, list[str]] = {}
        for room_id in list(self.journal.rooms):
            why = (
                "the contract has no operation that deletes one"
                if remover is None
                else self._deleted(remover, room_id)
            )
            if remover is None and self.is_last:
                self.journal.leave(room_id)
            if why:
                failed.setdefault(why, []).append(room_id)
        for why, rooms in failed.items():
            self.remarks.append(
                f"{len(rooms)} {'room' if len(rooms) == 1 else 'rooms'} could not be deleted ({why}): "
                f"{', '.join(rooms)}"
            )

    def _delete_things(self) -> None:
        """Delete what was made beside rooms."""
        left: list[str] = []
        for path in list(self.journal.things):
            matched = self.contract.match("DELETE", path)
            if matched is not None:
                query = required_query(matched[0])
                self._sent(UnsentRequest("DELETE", path, query, scheme=self.scheme, housekeeping=True))
            left += [path] if path in self.journal.things else []
        if left:
            self.remarks.append(f"{len(left)} things beside rooms could not be deleted: {', '.join(left)}")

    def _deleted(self, remover: Operation, room_id: str) -> str:
        """Delete a room; return why it could not be done, an empty text if it is gone."""
        call = self._call(remover, room_id)
        if why := self.target.rejection(call):
            # It would be kept from being deleted ever after, too.
            self.journal.leave(room_id)
            return why
        interaction = self._sent(call)
        # Whoever listens to a session's requests may have entered it already; of two entries the second does
        # nothing.
        if interaction.response is not None and (
            interaction.response.status < 300 or interaction.response.status in GONE
        ):
            self.journal.gone(room_id)
        if room_id not in self.journal.rooms:
            return ""
        return f"status {interaction.response.status}" if interaction.response else interaction.failure

    def _put_back(self) -> str:
        """Set the fields of the named room that differ from how they were found; return why they are not as
        they were, if so.
        """
        known = settable(self.contract)
        if self.journal.found is None or known is None or self.named is None:
            return ""
        now = self.find()
        rejections: dict[str, str] = {}
        self._is_final = True
        for body in self._bodies(known[0], self.journal.found):
            if now is None or not self._differing(now):
                break
            if sent := body(now):
                parsed = self._sent(self._update(known[0], sent))
                self._is_final &= parsed.response is not None and _is_about_values(parsed.response.status)
                rejected = _rejections(sent, parsed)
                rejections |= {
                    name: why
                    for name, why in rejected.items()
                    if sent[name] == self.journal.found[name] or name not in rejections
                }
                now = self.find()
        if now is None:
            self._is_final = (
                self._read is not None
                and self._read.response is not None
                and self._read.response.status in GONE
            )
            return f"room {self.named} could not be read, so nobody knows whether it is as it was found"
        differing = self._differing(now)
        if not differing:
            self.journal.put_back()
            return ""
        why = ", ".join(
            rejections.get(name, f"{name} stays {told(now.get(name))} whatever is sent") for name in differing
        )
        return f"room {self.named} is not as it was found: {why}"

    def _differing(self, now: Mapping[str, Json]) -> list[str]:
        found = self.journal.found or {}
        return [name for name, value in found.items() if not _is_same(now.get(name), value)]

    def _bodies(
        self, operation: Operation, found: Mapping[str, Json]
    ) -> Iterator[Callable[[Mapping[str, Json]], Json]]:
        """Yield what makes the bodies to try one after the other: all fields, those that are not null, then
        each one alone.

        What replaces the whole room is always sent whole. A field that was not set is tried as null and as an
        empty text.
        """
        patches = changes_fields(operation)
        required = operation.schema.get("required", ())
        cleared = {
            name: "" if value is None else None for name, value in found.items() if value in ("", None)
        }

        def body(names: Container[str], values: Mapping[str, Json], now: Mapping[str, Json]) -> Json:
            needed = {*required, *(self._differing(now) if patches else found)}
            return {
                name: value
                for name, value in values.items()
                if name in needed and (name in names or name in required)
            }

        yield partial(body, found, found)
        yield partial(body, found, {**found, **cleared})
        yield partial(body, found.keys() - cleared.keys(), found)
        if patches:
            yield from (
                partial(body, (name,), values) for name in found for values in (found, {**found, **cleared})
            )

    def _path(self, operation: Operation, room_id: str) -> str:
        return path_of(operation, self.contract.room, room_id)

    def _call(
        self, operation: Operation, room_id: str, query: Mapping[str, str] | None = None
    ) -> UnsentRequest:
        asked = required_query(operation) | dict(query or {})
        # Deleting belongs into a recording: it tells where a room ends.
        is_deletion = operation is self.contract.deleting
        return UnsentRequest(
            operation.method,
            self._path(operation, room_id),
            asked,
            scheme=self.scheme,
            housekeeping=not is_deletion,
        )

    def _update(self, operation: Operation, body: Json) -> UnsentRequest:
        assert self.named is not None, "only a room that was named is put back"
        path, headers = self._path(operation, self.named), (("Content-Type", operation.media_type or ""),)
        query = required_query(operation)
        return UnsentRequest(
            operation.method, path, query, headers, encode(body), self.scheme, housekeeping=True
        )

    def _sent(self, unsent: UnsentRequest) -> Interaction:
        """Send a request, and again if nobody answers or the provider is too busy for now; not at all if that
        has gone on too long.

        Whatever keeps it from being sent is told as a response that never came.
        """
        for number in range(1, self.tries + 1):
            if self._last is not None and self._unheard >= SILENCE:
                return self._last
            self.wait()
            left = self.deadline.left()
            if left == 0:
                return self._unsent(unsent, TIME_IS_UP)
            try:
                self._last = parsed = self.target.send(replace(unsent, seconds=left))
            except (RoomproofError, JournalError, OSError) as error:
                return self._unsent(unsent, str(error))
            response = parsed.response
            if response is not None and response.status not in BUSY:
                self._unheard = 0
                break
            self._unheard += 1
            if number < self.tries:
                pause = _pause(parsed) if response else 0.1
                sleep(pause if left is None else min(pause, left))
        return parsed

    def _unsent(self, unsent: UnsentRequest, why: str) -> Interaction:
        return Interaction(Request(unsent.method, self.target.base_url + unsent.path), None, failure=why)


def _age(intent: Intent) -> timedelta:
    return datetime.now(UTC) - datetime.fromisoformat(intent.at)


def _is_about_values(status: int) -> bool:
    """Whether a provider that answers so has looked at what was sent: it answers the same later."""
    return 200 <= status < 300 or status in (400, 422)


def _rejections(sent: Mapping[str, Json], interaction: Interaction) -> dict[str, str]:
    """Return by field why a body did not set it back: nothing if it was accepted."""
    response = interaction.response
    if response is not None and response.status < 300:
        return {}
    what = f"(status {response.status})" if response else f"({interaction.failure})"
    return {name: f"the provider rejected {name}={told(value)} {what}" for name, value in sent.items()}


def _is_same(now: Json, found: Json) -> bool:
    """Whether a field is as it was; null, an empty text and no field at all say the same: it is not set."""
    return bool(now == found) or (now in ("", None) and found in ("", None))


def _pause(interaction: Interaction) -> float:
    """Return the seconds that a busy provider asks for (Retry-After, RFC 9110, 10.2.3), one where it says
    nothing readable.
    """
    asked = header(interaction.response.headers, "retry-after") if interaction.response else None
    return min(float(asked), LONGEST_WAIT) if asked and asked.isdecimal() else 1.0
