"""One run against one provider: send every case, have every answer judged, leave nothing behind."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from time import monotonic
from urllib.parse import quote

from roomproof.contract.deviation import Deviation
from roomproof.contract.model import Contract, Operation, SupportCall
from roomproof.errors import UnreachableError, UsageError
from roomproof.interaction import Credentials, Interaction, RoomKnowledge
from roomproof.judge.evidence import Evidence
from roomproof.judge.judge import Judge
from roomproof.judge.seen import read_json
from roomproof.targets.credentials import Scheme
from roomproof.targets.target import Outgoing, Target
from roomproof.verdict import Verdicts
from roomproof.verify.bodies import Bench
from roomproof.verify.case import Case, Proof, Seat, encode
from roomproof.verify.plan import ANCHOR, plan
from roomproof.verify.rate import Rate
from roomproof_strategies import Setting, Special, plain

_KNOWLEDGE = {Seat.MAIN: RoomKnowledge.EXISTS, Seat.OTHER: RoomKnowledge.EXISTS, Seat.NOBODY: RoomKnowledge.NONE}

SILENCE = 5
"""After how many requests in a row without an answer a run gives up."""
Progress = Callable[[str, int], None]
"""Called after each request with the provider and the number of requests so far."""


@dataclass(frozen=True)
class Options:
    """How a run is to be done: random examples per operation, seed, bounds."""

    max_examples: int = 100
    seed: int = 0
    max_requests: int | None = None
    rate: float | None = None
    strict: bool = False


@dataclass(frozen=True)
class Subject:
    """Whom a run is about: contract, known deviations, what is special, where to send to, who asks, which room."""

    contract: Contract
    deviations: tuple[Deviation, ...]
    special: Special
    target: Target
    scheme: Scheme
    unscoped: Scheme | None
    room_id: str | None


@dataclass
class Result:
    """What came of a run: verdicts, counts, and why it ended early if it did."""

    subject: Subject
    verdicts: Verdicts
    requests: int = 0
    seconds: float = 0.0
    stopped: str = ""
    started: datetime = field(default_factory=lambda: datetime.now(UTC))


class CutShortError(Exception):
    """The run ends before its plan does; the message says why."""


class Run:
    """Sends cases to one provider and keeps the books."""

    def __init__(self, subject: Subject, options: Options, progress: Progress) -> None:
        self.subject = subject
        self.options = options
        self.contract = subject.contract
        self.target = subject.target
        self.judge = Judge(subject.contract)
        self.result = Result(subject, Verdicts(subject.contract, subject.deviations, strict=options.strict))
        self.random = Random(options.seed)
        self.serial = f"rp{self.random.getrandbits(40):010x}{int(datetime.now(UTC).timestamp()):x}"
        self.seats: dict[Seat, str] = {}
        self._progress = progress
        self._silent = 0
        self._rate = Rate(options.rate)

    def verify(self) -> Result:
        """Do the whole run. Raises UnreachableError or UsageError where it cannot even start."""
        began = monotonic()
        try:
            self._open_rooms()
            for operation in self.contract.operations:
                self._exercise(operation)
        except CutShortError as error:
            self.result.stopped = str(error)
        finally:
            self._clean_up()
            self.target.close()
            self.result.seconds = monotonic() - began
        return self.result

    def _exercise(self, operation: Operation) -> None:
        from roomproof.verify.explore import explore

        bench = self.bench(operation)
        for number, case in enumerate(plan(bench, self.random)):
            interaction = self.send(case)[0]
            if number == 0 and operation is self.contract.operations[0] and not bench.makes_rooms:
                self._require_hearing(interaction)
        explore(self, bench)

    def bench(self, operation: Operation) -> Bench:
        """Return what the cases of an operation are made with."""
        subject = self.subject
        return Bench(operation, subject.special, subject.scheme, subject.unscoped, self.setting, Seat.OTHER in self.seats)

    def setting(self, seat: Seat) -> Setting:
        """Return the time, the run's serial and the room of a seat as it was last seen."""
        state = self.judge.rooms.get(self.seats.get(seat, ""))
        return Setting(datetime.now(UTC), self.serial, state.known if state else {})

    def send(self, case: Case) -> tuple[Interaction, list[Evidence]]:
        """Send a case and return the interaction and what it says."""
        interaction = self._exchange(self._outgoing(case))
        evidence = self._judged(interaction)
        self._follow_up(case.operation, interaction)
        return interaction, evidence

    def _outgoing(self, case: Case) -> Outgoing:
        proof = case.proof or Proof(self.subject.scheme, Credentials.VALID)
        headers = (*((("Content-Type", case.media_type),) if case.media_type else ()), *case.headers)
        query = {name: value for name, value in self._query(case.operation).items() if name not in case.without_query} | dict(case.query)
        makes_room = "{" not in case.operation.path
        knowledge = RoomKnowledge.UNKNOWN if makes_room or case.path_id else _KNOWLEDGE[case.seat]
        path = case.operation.path if makes_room else self._path(case.operation.path, case.path_id or self._room_of(case.seat))
        return Outgoing(case.operation.method, path, query, headers, case.body, proof.scheme, proof.credentials, knowledge)

    def _query(self, operation: Operation) -> Mapping[str, str]:
        required = (parameter for parameter in operation.parameters if parameter.place == "query" and parameter.required)
        return {parameter.name: str(parameter.schema.get("enum", parameter.schema.get("examples", [""]))[0]) for parameter in required}

    def _path(self, template: str, room_id: str) -> str:
        return template.replace("{" + self.contract.room.parameter + "}", quote(room_id, safe=""))

    def _room_of(self, seat: Seat) -> str:
        return self.seats[seat] if seat is not Seat.NOBODY else _stranger(self.seats[Seat.MAIN], self.random)

    def _exchange(self, outgoing: Outgoing) -> Interaction:
        if self.options.max_requests is not None and self.result.requests >= self.options.max_requests:
            raise CutShortError(f"--max-requests {self.options.max_requests} reached")
        self._rate.wait()
        interaction = self.target.send(outgoing)
        self._silent = self._silent + 1 if interaction.response is None else 0
        self.result.requests += 1
        self._progress(self.contract.provider, self.result.requests)
        if self._silent >= SILENCE:
            raise CutShortError(f"{self.target.base_url} stopped answering: {interaction.failure}")
        return interaction

    def _judged(self, interaction: Interaction) -> list[Evidence]:
        evidence = self.judge.see(interaction)
        for item in evidence:
            self.result.verdicts.add(item, interaction)
        return evidence

    def _follow_up(self, operation: Operation, interaction: Interaction) -> None:
        """Read the lists that show what a new room was made with, where a clause speaks of one."""
        if interaction.response is None or interaction.response.status >= 300 or "{" in operation.path:
            return
        sent, room = read_json(interaction.request.body), self.contract.room.representation(read_json(interaction.response.body))
        calls = {clause.options["call"]: clause.path[0] for clause in operation.clauses if "call" in clause.options}
        for name, member in calls.items():
            if room and isinstance(sent, dict) and sent.get(member) and name in self.contract.support:
                self._support(self.contract.support[name], str(room.get(self.contract.room.id)))

    def _support(self, call: SupportCall, room_id: str = "") -> Interaction:
        body = None if call.body is None else encode(json.loads(json.dumps(call.body).replace("{serial}", self.serial)))
        headers = (("Content-Type", call.media_type),) if body else ()
        query = self._query(self.contract.operations[0])
        interaction = self._exchange(Outgoing(call.method, self._path(call.path, room_id), query, headers, body, self.subject.scheme))
        self._judged(interaction)
        return interaction

    def _open_rooms(self) -> None:
        """Find or make the rooms of the run: documented creation, else the room that was named and, if it can be had, another."""
        maker = next((operation for operation in self.contract.operations if "{" not in operation.path), None)
        if maker is not None:
            self._make_rooms(maker)
            return
        if self.subject.room_id is None:
            raise UsageError(f"{self.contract.provider}: no documented way makes a room; name one that may be changed with --room-id")
        self.seats[Seat.MAIN] = self.subject.room_id
        if "create" in self.contract.support:
            self._take_other(self._support(self.contract.support["create"]))

    def _take_other(self, interaction: Interaction) -> None:
        self._require_reachable(interaction)
        made = [state.id for state in self.judge.rooms.states.values() if state.created_with is not None]
        if made:
            self.seats[Seat.OTHER] = made[0]

    def _make_rooms(self, maker: Operation) -> None:
        """Make the main and the other room; a fault that shows already now is a finding, not the end of the run."""
        bench = self.bench(maker)
        fields = bench.special.fields(self.setting(Seat.MAIN))
        basis = plain(maker.body.schema, fields, anchor=datetime.now(UTC) + ANCHOR)
        cases = [bench.exact({}, "an empty body"), bench.case(basis), bench.exact({}, "an empty body"), bench.case(basis)]
        for number, case in enumerate(cases):
            interaction = self.send(case)[0]
            if number == 0:
                self._require_reachable(interaction)
                if interaction.response is not None and interaction.response.status in (401, 403):
                    raise _cannot_start(self.contract, interaction, "the credentials are refused")
        made = [state.id for state in self.judge.rooms.states.values() if state.created_with is not None]
        if not made:
            raise CutShortError("no room could be made, so nothing else could be tried")
        self.seats = dict(zip((Seat.MAIN, Seat.OTHER), made, strict=False))

    def _require_hearing(self, interaction: Interaction) -> None:
        """Stop at the first request if set-up is wrong: refused credentials, a room that is not there."""
        self._require_reachable(interaction)
        status = interaction.response.status if interaction.response else 0
        if status in (401, 403):
            raise _cannot_start(self.contract, interaction, "the credentials are refused")
        if status == 404:
            raise _cannot_start(self.contract, interaction, f"there is no room {self.seats[Seat.MAIN]}")

    def _require_reachable(self, interaction: Interaction) -> None:
        if interaction.response is None:
            where, why = self.target.base_url, interaction.failure
            raise UnreachableError(f"{where} does not answer ({why}); is the server running, and does it speak HTTP?")

    def _clean_up(self) -> None:
        """Delete the rooms that the run made, where the provider has a way."""
        remover = self.contract.support.get("delete")
        if remover is None:
            return
        query = self._query(self.contract.operations[0])
        for state in self.judge.rooms.states.values():
            if state.created_with is not None and not state.deleted:
                self.target.send(Outgoing(remover.method, self._path(remover.path, state.id), query, scheme=self.subject.scheme))


def _cannot_start(contract: Contract, interaction: Interaction, what: str) -> UnreachableError:
    status = interaction.response.status if interaction.response else interaction.failure
    variables = ", ".join(contract.credentials.environment.values())
    return UnreachableError(f"{contract.provider}: {what} (status {status}); check {variables}, --room-id and --base-url")


def _stranger(room_id: str, random: Random) -> str:
    """Return an id of the same shape that, in all likelihood, names no room.

    Digits, and letters where the id is hexadecimal, are redrawn, but for the first and for a UUID's version and variant.
    """
    alphabet = "0123456789abcdef" if any(letter in "abcdefABCDEF" for letter in room_id) else "0123456789"
    kept = (0, 14, 19)
    drawn = [random.choice(alphabet) if letter.lower() in alphabet else letter for letter in room_id]
    return "".join(room_id[index] if index in kept else letter for index, letter in enumerate(drawn))
