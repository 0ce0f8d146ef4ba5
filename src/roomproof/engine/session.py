"""A session with one provider: cases go out, responses are judged, the journal is kept."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from math import inf
from random import Random
from secrets import token_hex
from time import perf_counter, sleep
from typing import Any
from urllib.parse import unquote

from roomproof.auth.scheme import Scheme
from roomproof.contract.deviation import Deviation
from roomproof.contract.model import Contract, Operation
from roomproof.contract.resource import Effect, Listing, Resource
from roomproof.engine.account_guard import FOREIGN, SPARED, AccountGuard, keeps_rooms
from roomproof.engine.bodies import CaseParts
from roomproof.engine.case import Case, Proof, Seat, encode
from roomproof.engine.judging import Judging
from roomproof.engine.lost_requests import MOST_LOST, LostRequests
from roomproof.engine.pages import pages_of
from roomproof.engine.rate import Clock, Deadline, Rate
from roomproof.engine.request_line import path_of, required_cookies, required_headers, required_query
from roomproof.engine.restore import TRIES, Restorer
from roomproof.engine.retry_policy import BACKOFF, IN_VAIN, LONGEST, RetryPolicy
from roomproof.engine.selection import Selection
from roomproof.engine.telling import ObservedTarget
from roomproof.engine.unknown_id import is_vast, unknown_id_like
from roomproof.events import Answered, Event, Listener, Waited, to_each
from roomproof.interaction import Credentials, Headers, Interaction, Request, RoomKnowledge, bounded, header
from roomproof.journal.journal import Journal, JournalError
from roomproof.judge.boundaries import Boundaries
from roomproof.judge.delay import within_seconds
from roomproof.judge.evidence import Evidence, Outcome
from roomproof.judge.judge import Judge
from roomproof.judge.judged_interaction import read_json, read_response
from roomproof.judge.response_fields import ResponseFields
from roomproof.judge.rules import issued, read_after_write
from roomproof.targets.grammar import unsendable
from roomproof.targets.target import Target, UnsentRequest
from roomproof.verdict import Finding, Verdicts
from roomproof_strategies import Setting, Special

_KNOWLEDGE = {seat: RoomKnowledge.NONE if seat is Seat.UNKNOWN else RoomKnowledge.EXISTS for seat in Seat}

MARGIN = 0.02
"""Seconds longer than a clause says are waited, for clocks that are read one after the other."""
WAITS_FOR_LISTS = 3
"""So often a list is read once more where it may have been late: most of them never are."""
MOST_PAGES_LOOKED_AT = 20
"""So many pages of a list are looked at for what a request has done."""
NEW_ROOMS_READ = 20
"""So many new rooms are read at once."""
LONGEST_PAUSE_AT_THE_END = 1.0
"""Seconds between the few requests that restore the account, however low the rate: nobody waits for minutes
at the end of a run.
"""


@dataclass(frozen=True)
class Options:
    """How a run is to be done: random examples per operation, seed, bounds, random cases of Schemathesis per
    operation.

    `only` are patterns of the clauses that the run is about, all without any. `max_seconds` bounds the whole
    run; `backoff` are the waits, in seconds, for a provider that is busy and does not say how long.
    """

    max_examples: int = 100
    seed: int = 0
    max_requests: int | None = None
    rate: float | None = None
    strict: bool = False
    fuzz: int = 0
    only: tuple[str, ...] = ()
    max_seconds: float | None = None
    backoff: tuple[float, ...] = BACKOFF


@dataclass(frozen=True)
class Subject:
    """Whom a run is about: contract, known deviations, what is special, where to send to, who asks, which
    room.

    `journal` is that of a journal, where there is one; `ours` tells that the run started the server itself.
    `tell` says a sentence to the user at once. `secrets` are the credentials in every part, those for proxies
    among them.
    """

    contract: Contract
    deviations: tuple[Deviation, ...]
    special: Special
    target: Target
    scheme: Scheme
    unscoped: Scheme | None
    room_id: str | None
    journal: Journal | None = None
    ours: bool = False
    tell: Callable[[str], None] = lambda _: None
    secrets: tuple[str, ...] = field(default=(), repr=False)


@dataclass
class Result:
    """What came of a run: verdicts, counts, why it ended early if it did, and why how many requests got no
    usable response.

    `left_behind` are the rooms that it made and could not delete; `remarks` tell what else it could not do
    about rooms.
    """

    subject: Subject
    verdicts: Verdicts
    requests: int = 0
    seconds: float = 0.0
    stopped: str = ""
    interrupted: bool = False
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    unanswered: Counter[str] = field(default_factory=Counter)
    boundaries: Boundaries | None = None
    fields: ResponseFields | None = None
    left_behind: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


class CutShortError(Exception):
    """The run ends before its plan does; the message says why."""


class Session:
    """Sends cases to one provider, has every response judged, and knows which room sits where.

    `lasting` are the fields of the named room that could not be put back, and so are left alone. `quiet_room`
    is one that was made a while ago and to which nothing was sent, None where there is no need of it.
    """

    def __init__(self, subject: Subject, options: Options, listener: Listener) -> None:
        self.subject = subject
        self.options = options
        self.contract = subject.contract
        self.journal = subject.journal or Journal()
        everybody = to_each((listener, self._judge_last))
        self.telling = ObservedTarget(subject.target, subject.contract.provider, everybody)
        self.target = AccountGuard(
            self.telling, subject.contract, self.journal, subject.room_id, ours=subject.ours
        )
        judge = Judge(subject.contract)
        self.result = Result(
            subject,
            Verdicts(subject.contract, subject.deviations, strict=options.strict),
            boundaries=judge.boundaries,
            fields=judge.fields,
        )
        self.judging = Judging(judge, self.result.verdicts, self.telling.tell)
        self.selection = Selection(subject.contract, options.only, strict=options.strict)
        self.random = Random(options.seed)
        self._queries = {operation.id: required_query(operation) for operation in subject.contract.operations}
        # Not from the seed: two runs that start at once give no room the same name.
        self.serial = f"rp{token_hex(5)}{int(datetime.now(UTC).timestamp()):x}"
        self.seats: dict[Seat, str] = {}
        self.lasting: frozenset[str] = frozenset()
        self.quiet_room: str | None = None
        self._waits_for_lists = WAITS_FOR_LISTS
        self._unanswered = LostRequests()
        self._answered: UnsentRequest | None = None
        self._calls = 0
        self._new_rooms_read = 0
        self._named_last: dict[tuple[str, str], str] = {}
        self._unsent: Counter[str] = Counter()
        self._rate = Rate(options.rate)
        self._deadline = Deadline(options.max_seconds)
        self._clock = Clock()
        self._retry_policy = RetryPolicy(options.backoff)
        self._end: CutShortError | None = None

    def bench(self, operation: Operation) -> CaseParts:
        """Return what the cases of an operation are made with."""
        subject = self.subject
        return CaseParts(
            self.contract,
            operation,
            subject.special,
            subject.scheme,
            subject.unscoped,
            self.setting,
            self.lazy_setting,
            Seat.OTHER in self.seats,
            self._shown,
            self._issued,
        )

    def _issued(self, operation: Operation) -> Mapping[str, Any]:
        """Return the values of an operation's fields that an earlier response has given, the last ones."""
        found: dict[str, Any] = {}
        for clause in issued.RULE.clauses(operation):
            given = self.judging.last_issued(operation, clause)
            if given is not None:
                found[clause.path[0]] = given
        return found

    def _shown(self, resource: Resource) -> list[Mapping[str, Any]]:
        return self.judging.shown(resource, self.seats.get(Seat.MAIN, ""))

    def setting(self, seat: Seat) -> Setting:
        """Return the time, the run's serial and the room of a seat as it was last seen."""
        lazy = self.lazy_setting(seat)
        return replace(lazy, room=dict(lazy.room))

    def lazy_setting(self, seat: Seat) -> Setting:
        """Return the same for immediate use: only who looks at the room has to wait until all responses are
        judged.
        """
        room_id = self.seats.get(seat, "")
        return Setting(datetime.now(UTC), self.serial, self.judging.last_seen(room_id), room_id)

    def send(self, case: Case) -> tuple[Interaction, list[Evidence]]:
        """Send a case and return the interaction and what it says."""
        sent = self.post(case)
        self.judging.catch_up()
        return sent

    def post(self, case: Case) -> tuple[Interaction, list[Evidence]]:
        """Send a case whose response may be judged while the next one is awaited: only then the list holds
        what it says.
        """
        unsent = self._unsent_request(case)
        sent = self._sent(unsent, case.note, is_valid=case.valid)
        self._follow_up(case.operation, sent[0])
        if sent[0].response is None:
            self._remember(unsent, sent[0], 1)
        else:
            self._answered = self._answered if not case.operation.names_one else unsent
            self._send_lost_again()
        return sent

    def _send_lost_again(self) -> None:
        """Send once more, now that the server answers, what it did not answer: was it lost on the way, or can
        the server not bear it?
        """
        for unsent, times in self._unanswered.to_be_sent_again():
            interaction, _ = self._sent(unsent, "once more, since there was no response to it")
            self._remember(unsent, interaction, times + 1)

    def _remember(self, unsent: UnsentRequest, interaction: Interaction, times: int) -> None:
        """Have a lost request sent again, unless it may have made a room each time, and too many are lost
        that way already.
        """
        match = self.contract.match(unsent.method, unsent.path)
        is_safe = self.subject.ours or unsent.repeatable or match is None or bool(match[1])
        if is_safe or len(self.journal.lost) < MOST_LOST:
            self._unanswered.remember(unsent, interaction, times)

    def offer(self, case: Case) -> None:
        """Post a case if the run's selection still needs it."""
        if self.selection.wants(case) and not self.is_settled:
            self.post(case)

    @property
    def is_settled(self) -> bool:
        """Whether what the run is about is known, so that nothing more has to be tried."""
        # A run about everything goes on to its end, whatever is known: to ask would only keep the judging
        # from waiting.
        return not self.selection.is_everything and self.selection.is_settled(self.judging.verdicts)

    def findings(self) -> list[Finding]:
        """Return the findings that the run is about."""
        return [
            finding
            for finding in self.judging.verdicts.findings()
            if self.selection.covers(finding.clause.id)
        ]

    def repeat(self, unsent: UnsentRequest) -> tuple[Interaction, list[Evidence]]:
        """Send a request that was recorded earlier and return the interaction and what it says."""
        sent = self._sent(unsent, "sent again")
        self.judging.catch_up()
        return sent

    def unknown_room_id(self) -> str:
        """Return the id of a room that, in all likelihood, does not exist."""
        return self._room_of(Seat.UNKNOWN)

    def _unsent_request(self, case: Case) -> UnsentRequest:
        proof = case.proof or Proof(self.subject.scheme, Credentials.VALID)
        headers = self._headers(case)
        required = self._queries[case.operation.id]
        query = {
            name: value for name, value in required.items() if ("query", name) not in case.without
        } | dict(case.query)
        names_none = not (case.operation.names_one or self.contract.room.step in case.operation.path)
        knowledge = RoomKnowledge.UNKNOWN if names_none or case.path_id else _KNOWLEDGE[case.seat]
        path = self._path(case.operation, "") if names_none else self._path_about(case)
        names = case.operation.repeatability
        repeatable = names is not None and header(headers, names[0]) is not None
        return UnsentRequest(
            case.operation.method,
            path,
            query,
            headers,
            case.body,
            proof.scheme,
            proof.credentials,
            knowledge,
            repeatable,
            mark=self._mark_of(case),
        )

    def _mark_of(self, case: Case) -> str:
        """Return the name that a case gives a new room of the run, by which it is found whatever becomes of
        the response; empty where it gives none.
        """
        finding, operation = self.contract.finding, case.operation
        makes_room = operation.effect is Effect.CREATE and operation.resource is self.contract.room
        if not makes_room or finding is None or finding.listing is None:
            return ""
        sent = read_json(case.body)
        name = sent.get(finding.listing.by) if isinstance(sent, dict) else None
        return name if isinstance(name, str) and self.serial in name else ""

    def _headers(self, case: Case) -> Headers:
        """Return the headers of a case, with those that its operation cannot do without."""
        told = {name.lower() for name, _ in case.headers}
        required = required_headers(case.operation)
        spared = {name for name in required if name.lower() in told or ("header", name) in case.without}
        cookies = {**required_cookies(case.operation), **case.cookies}
        kept = "; ".join(
            f"{name}={value}" for name, value in cookies.items() if ("cookie", name) not in case.without
        )
        return (
            *((("Content-Type", case.media_type),) if case.media_type else ()),
            *((name, value) for name, value in required.items() if name not in spared),
            *case.headers,
            *((("Cookie", kept),) if kept else ()),
        )

    def _path_about(self, case: Case) -> str:
        """Return the path of a case: about a room, or about what is inside one."""
        operation, room = case.operation, self.contract.room
        if operation.resource is room or not operation.names_one or operation.resource is None:
            return self._path(operation, case.path_id or self._room_of(case.seat))
        seat = Seat.MAIN if case.seat is Seat.UNKNOWN else case.seat
        if not self._inner_of(operation.resource, seat):
            # A room that never had such a thing has none to be named.
            seat = Seat.MAIN
        here, inner = self.seats.get(seat, ""), self._inner_of(operation.resource, seat)
        if case.seat is Seat.UNKNOWN:
            inner = unknown_id_like(inner or here, self.random)
        return path_of(operation, room, here, {operation.resource.parameter: case.path_id or inner})

    def _inner_of(self, resource: Resource, seat: Seat) -> str:
        """Return the id of what was made last inside a room, else the one of it that was named last, which is
        there no more; empty where there never was one.
        """
        key, known = (resource.name, self.seats.get(seat, "")), self.known(resource, seat)
        if known:
            self._named_last[key] = known[-1]
        return self._named_last.get(key, "")

    def can_name(self, case: Case) -> bool:
        """Whether there is, or was, what the path of a case has to name."""
        resource = case.operation.resource
        if resource is None or resource is self.contract.room or not case.operation.names_one:
            return True
        return case.path_id is not None or bool(self._inner_of(resource, case.seat))

    def known(self, resource: Resource, seat: Seat = Seat.MAIN) -> list[str]:
        """Return the ids of a resource that are there, in the room of a seat where it stands inside one; what
        was made last comes last.
        """
        return self.judging.known(resource, self.seats.get(seat, ""))

    def _path(self, operation: Operation, room_id: str) -> str:
        return path_of(operation, self.contract.room, room_id)

    def _room_of(self, seat: Seat) -> str:
        if seat is not Seat.UNKNOWN:
            return self.seats[seat]
        known = self.seats[Seat.MAIN]
        unknown_room_id = unknown_id_like(known, self.random)
        if is_vast(known):
            self.target.trust(unknown_room_id)
        return unknown_room_id

    def _sent(
        self, unsent: UnsentRequest, note: str, *, is_valid: bool = False
    ) -> tuple[Interaction, list[Evidence]]:
        """Send a request and have it judged, unless it may do what nobody can put right: then nothing is sent
        nor said.
        """
        why = unsendable(unsent.method, unsent.path, unsent.query, unsent.headers, unsent.body)
        objection = (
            f"since {why}" if why else self.target.objection(unsent, self.look, SPARED if is_valid else 0)
        )
        if objection:
            self._unsent[objection] += 1
            request = Request(
                unsent.method,
                self.target.base_url + unsent.path,
                unsent.headers,
                unsent.body,
                unsent.credentials,
            )
            interaction = Interaction(
                replace(request, room=unsent.room), None, failure=f"not sent, {objection}"
            )
            # Nobody said whether there is such a room, so what is aimed at one that does not exist cannot be
            # tested.
            is_open = objection == FOREIGN and self.contract.reading is not None
            return interaction, self.judging.see_later(interaction) if is_open else []
        interaction = bounded(self._exchange(unsent, note))
        return interaction, self.judging.see_later(interaction)

    def look(self, room_id: str) -> Interaction:
        """Ask for a room without changing it."""
        return self._exchange(self._looking(room_id), "looks whether there is such a room")

    def _looking(self, room_id: str) -> UnsentRequest:
        reading = self.contract.reading
        assert reading is not None, "whoever looks has asked whether there is a way"
        query = self._queries[reading.id]
        return UnsentRequest(
            reading.method, self._path(reading, room_id), query, scheme=self.subject.scheme, housekeeping=True
        )

    def page(self, listing: Operation, query: Mapping[str, str]) -> Interaction:
        """Ask for a page of the rooms that there are."""
        asked = self._queries[listing.id] | {**query}
        unsent = UnsentRequest(
            listing.method,
            self._path(listing, ""),
            asked,
            scheme=self.subject.scheme,
            housekeeping=True,
        )
        interaction = self._exchange(unsent, "looks which rooms there are")
        self.judging.learn(interaction)
        return interaction

    def _exchange(self, unsent: UnsentRequest, note: str) -> Interaction:
        """Send a request, again after a while if the provider is busy. Raises CutShortError where the run has
        to end, ever after, too.
        """
        try:
            interaction = self._attempt(unsent, note)
            while (pause := self._retry_policy.pause(interaction)) is not None:
                self.judging.see(interaction)
                self._wait_for_provider(interaction, pause)
                interaction = self._attempt(unsent, note)
            if why := self._unanswered.why_end(interaction, self._is_anybody_there):
                raise CutShortError(f"{self.target.base_url} {why}: {interaction.failure}")
            if self._retry_policy.in_vain >= IN_VAIN:
                raise CutShortError(
                    f"{_busy(interaction)} {IN_VAIN} requests in a row; try again later, or with a "
                    f"lower --rate"
                )
        except CutShortError as error:
            # Hypothesis runs what has failed a second time, and would be puzzled if it did not fail again.
            self._end = error
            raise
        return interaction

    def _is_anybody_there(self) -> bool:
        """Whether a request is answered that was answered before, or only asks; if it is not at once, perhaps
        after a while.
        """
        can_look = self.contract.reading is not None and Seat.MAIN in self.seats
        neighbour = self._looking(self.seats[Seat.MAIN]) if can_look else self._answered
        for pause in (0.0, *self.options.backoff) if neighbour else ():
            self.wait(pause)
            if (
                neighbour is not None
                and self._attempt(neighbour, "asks whether anybody is there").response is not None
            ):
                return True
        return False

    def _attempt(self, unsent: UnsentRequest, note: str) -> Interaction:
        if self._end is not None:
            raise self._end
        if self.options.max_requests is not None and self.result.requests >= self.options.max_requests:
            raise CutShortError(f"--max-requests {self.options.max_requests} reached")
        self.wait(self._rate.pause())
        self._require_clock()
        left = self._deadline.left()
        if left == 0:
            raise CutShortError(f"--max-seconds {self.options.max_seconds:g} reached")
        began = perf_counter()
        try:
            within = min(
                (limit for limit in (left, self._unanswered.deadline) if limit is not None), default=None
            )
            number = self.result.requests + 1
            told = replace(unsent, number=number, note=note)
            interaction = self.target.send(replace(told, seconds=within, meanwhile=self.judging.catch_up))
        except JournalError as error:
            raise CutShortError(f"{error}; nothing is made that could be forgotten") from error
        # It may have been set after the request was made, and before it was signed.
        self._require_clock()
        seconds = perf_counter() - began
        self._unanswered.note(interaction, seconds)
        self.result.requests += 1
        if interaction.response is None:
            self.result.unanswered[interaction.failure] += 1
        self.telling.release()
        if interaction.response is None and self._deadline.left() == 0:
            raise CutShortError(f"--max-seconds {self.options.max_seconds:g} reached")
        return interaction

    def _require_clock(self) -> None:
        """Raise CutShortError if the clock of this machine was set."""
        if problem := self._clock.problem():
            raise CutShortError(problem)

    def _wait_for_provider(self, interaction: Interaction, pause: float) -> None:
        """Wait as long as a busy provider asks, and say so. Raises CutShortError if that is too long."""
        if pause > LONGEST:
            asked = f"asks to wait {pause:g} s" if pause < inf else "asks to wait for ever"
            raise CutShortError(
                f"{_busy(interaction)} and {asked} (Retry-After), which is too long; try again then, or "
                f"with a lower --rate"
            )
        self.telling.tell(Waited(self.contract.provider, pause, f"{_busy(interaction)}, waiting {pause:g} s"))
        self.telling.release()
        self.wait(pause)

    def wait(self, pause: float) -> None:
        """Wait some seconds. Raises CutShortError where the run has to end before."""
        if not pause:
            return
        left = self._deadline.left()
        if left is not None and pause >= left:
            raise CutShortError(
                f"--max-seconds {self.options.max_seconds:g} reached: the next request would have to "
                f"wait {pause:.1f} s"
            )
        sleep(pause)

    def _follow_up(self, operation: Operation, interaction: Interaction) -> None:
        """Read the lists that show what a new room was made with, or what a request changed inside one, where
        a clause speaks of one.
        """
        if interaction.response is None or interaction.response.status >= 300:
            return
        calls = {clause.options["call"]: clause for clause in operation.clauses if "call" in clause.options}
        sent = read_json(interaction.request.body)
        if operation.effect is Effect.CREATE and operation.resource is self.contract.room:
            room = self.contract.room.representation(read_response(interaction.response.body))
            self._read_new_room(operation, room)
            room_id = str(room.get(self.contract.room.id)) if room else ""
        else:
            found = self.contract.match(operation.method, interaction.request.path) if calls else None
            room_id = unquote(found[1].get(self.contract.room.parameter, "")) if found else ""
        for name, clause in calls.items():
            listing = self.contract.by_id(name)
            if room_id and isinstance(sent, dict) and sent.get(clause.path[0]) and listing is not None:
                self._look_at_list(listing, room_id, within_seconds(clause))

    def _look_at_list(self, operation: Operation, room_id: str, seconds: float) -> None:
        """Read a list inside a room, and once more after so many seconds where it may have been late."""
        evidence = self.list_whole(operation, room_id)
        if not seconds or not self._waits_for_lists:
            return
        self.judging.catch_up()
        if any(item.outcome is Outcome.INCONCLUSIVE for item in evidence()):
            self._waits_for_lists -= 1
            self.wait(seconds + MARGIN)
            self.list_whole(operation, room_id)

    def list_whole(self, operation: Operation, room_id: str = "") -> Callable[[], list[Evidence]]:
        """Ask for a list, one inside a room or that of all rooms, page after page; return what tells, when
        all is judged, what that says.
        """
        listing, found = operation.listing or Listing(), list[list[Evidence]]()

        def ask(query: Mapping[str, str]) -> Interaction:
            interaction, evidence = self._called(operation, room_id, query)
            found.append(evidence)
            return interaction

        for _ in pages_of(listing, listing.key, ask, MOST_PAGES_LOOKED_AT):
            pass
        return lambda: [item for evidence in found for item in evidence]

    def _read_new_room(self, operation: Operation, room: Mapping[str, Any] | None) -> None:
        """Read a new room at once, where a clause says that this shows what the response to the create
        showed.
        """
        clauses = read_after_write.RULE.clauses(operation)
        reading, is_at_once = self.contract.reading, any(within_seconds(clause) == 0 for clause in clauses)
        if room and reading is not None and is_at_once and self._new_rooms_read < NEW_ROOMS_READ:
            self._new_rooms_read += 1
            self.call(reading, str(room.get(self.contract.room.id)))

    @contextmanager
    def in_own_room(self, *, is_lasting: bool) -> Iterator[None]:
        """Seat a room that the run has made for requests that change what no update can put back, where there
        is one.
        """
        seats, made = self.seats, self.made
        if is_lasting and made and not self.subject.ours and seats.get(Seat.MAIN) not in made:
            self.seats = {**seats, Seat.MAIN: made[0]}
        try:
            yield
        finally:
            self.seats = seats

    def call(
        self, operation: Operation, room_id: str = "", query: Mapping[str, str] | None = None
    ) -> Interaction:
        """Send an operation's request as it is meant to be, with the example of its body if it has one, and
        have it judged.
        """
        return self._called(operation, room_id, query)[0]

    def _called(
        self, operation: Operation, room_id: str, query: Mapping[str, str] | None
    ) -> tuple[Interaction, list[Evidence]]:
        self._calls += 1
        serial = f"{self.serial}{self._calls}"
        example = operation.body.example if operation.body is not None else None
        body = (
            None if example is None else encode(json.loads(json.dumps(example).replace("{serial}", serial)))
        )
        headers = (("Content-Type", operation.media_type),) if body and operation.media_type else ()
        path, mark = self._path(operation, room_id), serial if body and serial.encode() in body else ""
        asked = {**self._queries[operation.id], **(query or {})}
        unsent = UnsentRequest(operation.method, path, asked, headers, body, self.subject.scheme, mark=mark)
        return self._sent(unsent, f"calls {operation.id}")

    def part_with(self, case: Case) -> None:
        """Send a last case, whatever bounds the run has."""
        self.target.send(self._unsent_request(case))

    def _judge_last(self, event: Event) -> None:
        """Have a response judged that a recording holds and no bound counts: above all those to the deletions
        at the end. With a clock that was set they prove nothing.
        """
        if not isinstance(event, Answered) or event.number or event.housekeeping or self._clock.problem():
            return
        self.judging.see(event.interaction)

    def restorer(self) -> Restorer:
        """Return what restores after the run, whatever bounds it has but its rate."""
        subject = self.subject
        tries = 1 if subject.ours else TRIES
        return Restorer(
            self.contract,
            subject.scheme,
            self.target,
            self.journal,
            subject.room_id,
            self._wait_at_the_end,
            tries,
        )

    def _wait_at_the_end(self) -> None:
        sleep(min(self._rate.pause(), LONGEST_PAUSE_AT_THE_END))

    @property
    def remarks(self) -> tuple[str, ...]:
        """What the run has to say about requests that it held back."""
        return (
            *(f"{count} requests were not sent, {why}" for why, count in self._unsent.items()),
            *self.target.remarks,
        )

    @property
    def keeps_rooms(self) -> bool:
        """Whether a room that is made stays in somebody's account: then none is made that tells little."""
        return keeps_rooms(self.contract) and not self.subject.ours

    @property
    def made(self) -> list[str]:
        """The ids of the rooms that this session made, as far as anybody can tell, and that still exist.

        An id that none of the provider's is, such as a null, is among them: the account guard lets through
        what concerns nobody.
        """
        existing = self.judging.rooms.existing.values()
        return [
            state.id
            for state in existing
            if state.created_with is not None and not self.target.is_foreign(state.id)
        ]


def _busy(interaction: Interaction) -> str:
    return (
        f"the provider answers with status "
        f"{interaction.response.status if interaction.response else 0} (too busy)"
    )
