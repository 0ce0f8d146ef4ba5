"""Judge streams: what one account of one provider did, in order. A stream may lie in one file, or in
several.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from roomproof.cassettes.call import Call
from roomproof.cassettes.kinship import known_room, touched_rooms
from roomproof.cassettes.overlap import Overlaps
from roomproof.cassettes.provider_record import Records, Register
from roomproof.events import Judged, Listener
from roomproof.interaction import Interaction
from roomproof.judge.beside import ALONE, ConcurrentRequests
from roomproof.judge.client_violations import InteractionOrigin
from roomproof.judge.evidence import Outcome
from roomproof.judge.judge import Judge
from roomproof.judge.judged_interaction import is_second_hand

MOST_STREAMS = 500
"""So many streams are followed at once; of one that was not heard of for longest it is forgotten what its
rooms were like.
"""
_MOST_AT_ONCE = 20
"""So many calls of one moment are remembered: a recording may have one time for all."""

_MOST_ROOMS = 20_000
"""Of so many rooms it is remembered which streams know them."""
_MOST_KEYS = 20
"""So many streams that know one room are remembered."""

Name = tuple[str, ...]


@dataclass
class Stream:
    """One account's calls, as far as they have come."""

    judge: Judge
    overlaps: Overlaps = field(default_factory=Overlaps)
    latest: Path | None = None
    _moment: float | None = None
    _at_the_moment: list[Interaction] = field(default_factory=list)

    def is_known(self, call: Call) -> bool:
        """Whether a call was there already: two files, or two tabs of a browser, may tell of the same one."""
        if call.started is None or call.started != self._moment:
            self._moment, self._at_the_moment = call.started, []
        if call.started is None:
            return False
        known = call.interaction in self._at_the_moment
        self._at_the_moment = [*self._at_the_moment[-_MOST_AT_ONCE:], call.interaction]
        return known


class Streams:
    """Gives each call to the judge of its stream, and what that says to the record of the call's file."""

    def __init__(self, register: Register, records: Records, listener: Listener) -> None:
        self.judged = self.learned = 0
        self._register, self._records, self._listener = register, records, listener
        self._streams: dict[Name, Stream] = {}
        self._who_know: dict[tuple[str, str], frozenset[Name]] = {}

    def hear(self, call: Call, account: str | None, where: str) -> None:
        """Take the next call of an account; `where` tells streams of one account apart."""
        name = (call.provider, call.server, account or "", where)
        stream = self._streams.pop(name, None)
        if stream is None:
            if not call.belongs:
                return
            stream = Stream(Judge(self._register.contracts[call.provider][0]))
            if len(self._streams) >= MOST_STREAMS:
                self._end(next(iter(self._streams)))
        self._streams[name] = stream
        if not is_second_hand(call.interaction.request):
            self._judge(stream, call, ALONE)
            return
        self._tell_others(name, call)
        self._note_room(name, call)
        is_lost = call.is_adrift and call.started is None
        if is_lost:
            self._lose_sight_of(stream)
        for waiting, beside in stream.overlaps.take(call):
            self._judge(stream, waiting, beside)
        if is_lost:
            self._lose_sight_of(stream)

    def _tell_others(self, name: Name, call: Call) -> None:
        """Let the other streams that know a room hear that a call may have changed it: one account may have
        several keys and several addresses.
        """
        keys = touched_rooms(call.interaction.request)
        others = {other for key in keys for other in self._who_know.get((call.provider, key), ())} - {name}
        for stream in [self._streams[other] for other in sorted(others & self._streams.keys())]:
            for waiting, beside in stream.overlaps.take(replace(call, is_elsewhere=True)):
                self._judge(stream, waiting, beside)

    def _note_room(self, name: Name, call: Call) -> None:
        """Take note that a stream knows the room that a call is about, or has made."""
        if key := known_room(call.interaction, self._register.contracts[call.provider][0]):
            names = self._who_know.pop((call.provider, key), frozenset())
            self._who_know[call.provider, key] = (
                names if name in names or len(names) >= _MOST_KEYS else names | {name}
            )
            if len(self._who_know) > _MOST_ROOMS:
                del self._who_know[next(iter(self._who_know))]

    def pause(self) -> None:
        """Take note that nobody knows what came between the calls so far and those to come."""
        for stream in self._streams.values():
            self._lose_sight_of(stream)

    def end(self) -> None:
        """Judge what is still held back; the streams are over."""
        for name in list(self._streams):
            self._end(name)

    def _end(self, name: Name) -> None:
        stream = self._streams.pop(name)
        self._catch_up(stream)
        if stream.latest is not None:
            heard = self._records.of(stream.latest, stream.judge.contract.provider)
            heard.boundaries.merge(stream.judge.boundaries)
            heard.fields.merge(stream.judge.fields)

    def _lose_sight_of(self, stream: Stream) -> None:
        self._catch_up(stream)
        stream.judge.lose_sight()

    def _catch_up(self, stream: Stream) -> None:
        for call, beside in stream.overlaps.rest():
            self._judge(stream, call, beside)

    def _judge(self, stream: Stream, call: Call, beside: ConcurrentRequests) -> None:
        interaction = call.interaction
        stream.judge.rooms.file = call.path
        if call.is_elsewhere:
            stream.judge.see_elsewhere(interaction.request)
            return
        if not call.belongs:
            stream.judge.see(interaction, beside)
            return
        heard = self._records.of(call.path, call.provider)
        stream.latest = call.path
        heard.note(interaction)
        is_old = self._register.is_old(interaction)
        verdicts = heard.old if is_old else heard.verdicts
        is_known = stream.is_known(call)
        evidence = [] if is_known else stream.judge.see(interaction, beside)
        verdicts.add_all(evidence, interaction)
        self._listener(Judged(stream.judge.contract, interaction, evidence))
        if not is_old and not is_known:
            heard.client.note(
                stream.judge.violations, InteractionOrigin(call.path, call.place, interaction.at)
            )
        is_judged = any(item.outcome is not Outcome.INCONCLUSIVE for item in evidence)
        self.judged += is_judged
        self.learned += not is_judged
