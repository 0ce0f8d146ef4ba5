"""Probe a provider: what does it accept at the limits that documents draw, and where they are silent?
Observations, never verdicts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from roomproof.contract.clause import Clause, spoken
from roomproof.contract.keywords import End, SizeKind
from roomproof.contract.model import Operation
from roomproof.contract.resource import Effect
from roomproof.engine.case import Seat
from roomproof.engine.limits import (
    FEWEST,
    clause_on,
    heard,
    measure,
    measure_window,
    plain_case,
    questions_left,
    scales_of,
)
from roomproof.engine.rooms import open_rooms, require_hearing
from roomproof.engine.session import CutShortError, Options, Result, Session, Subject
from roomproof.engine.turns import ANCHOR
from roomproof.engine.whole_run import whole_run
from roomproof.events import Listener
from roomproof.interaction import Interaction
from roomproof.judge.evidence import shown
from roomproof.judge.judged_interaction import read_response
from roomproof.judge.rules import window
from roomproof.limit import Limit, LimitReply
from roomproof_strategies import Sample, Scale
from roomproof_strategies.plain import Plain
from roomproof_strategies.schema import alternatives, matcher, types
from roomproof_strategies.spots import Spot, spots

UNKNOWN = "roomproof_unknown"
"""A field that no provider documents."""


@dataclass(frozen=True)
class Observation:
    """One response: what was asked about which field, what documents say (None: nothing), what was found,
    with how many requests.

    `limit` holds the numbers, where the question was one of size.
    """

    operation: str
    field: str
    what: str
    documented: float | None
    observed: str
    requests: int
    at: datetime
    limit: Limit | None = None


@dataclass
class ProbeResult:
    """What came of probing one provider; `result` has the counts, and why it ended early if it did."""

    result: Result
    observations: list[Observation] = field(default_factory=list)


def probe(
    subject: Subject,
    options: Options,
    listener: Listener,
    concluded: Callable[[ProbeResult], None] = lambda _: None,
) -> ProbeResult:
    """Ask a provider everything that its contract leaves to ask, and leave its room with plain values.

    `concluded` hears what came of it before anything is restored. Raises as `whole_run` does.
    """
    session = Session(subject, options, listener)
    probed = ProbeResult(session.result)

    def ask_everything() -> None:
        open_rooms(session)
        # Rooms that are made to find a limit stay for a while, with names that no other room may have then.
        order = sorted(session.contract.telling, key=lambda operation: operation.effect is Effect.CREATE)
        for number, operation in enumerate(order):
            for observation in _Prober(session, operation).observations(first=number == 0):
                probed.observations.append(observation)

    def settled(result: Result) -> None:
        concluded(probed)
        if not result.interrupted:
            _settle(session)

    whole_run(session, ask_everything, settled)
    return probed


def _settle(session: Session) -> None:
    """Set plain values again in a room that stays after the run."""
    update = next((operation for operation in session.contract.telling if operation.effect.changes), None)
    if update is not None and Seat.MAIN in session.seats and session.seats[Seat.MAIN] not in session.made:
        case = plain_case(session, session.bench(update))
        try:
            session.send(case)
        except CutShortError:
            most = session.options.max_requests
            if most is None or session.result.requests < most:
                session.part_with(case)


class _Prober:
    """Asks everything about one operation."""

    def __init__(self, session: Session, operation: Operation) -> None:
        self._session, self._operation = session, operation
        self._bench = session.bench(operation)
        setting = session.setting(Seat.MAIN)
        self._plain = Plain(self._bench.special.fields(setting), setting.now + ANCHOR)
        self._basis = Sample(self._plain.full(operation.schema, ()), (), "accepted", True, "all fields")
        self._untouched = False

    def observations(self, *, first: bool) -> Iterator[Observation]:
        """Yield the responses, field by field. Raises UnreachableError if the `first` request of a run shows
        that nothing can be asked.
        """
        interaction = self._set_plain()
        if first and not self._bench.makes_rooms:
            require_hearing(self._session, interaction)
        schema, scales = self._operation.schema, scales_of(self._session, self._bench)
        for spot in spots(schema, self._plain):
            if not spot.path or spot.is_key or spot.path[0] in self._bench.read_only:
                continue
            for scale in (scale for scale in scales if scale.path == spot.path):
                yield from self._limits(scale)
            yield from self._rare_values(spot)
        for clause in window.RULE.clauses(self._operation):
            yield self._window(clause)
        yield self._unknown_field()

    def _limits(self, scale: Scale) -> Iterator[Observation]:
        for outward in (1, -1):
            limited = clause_on(self._bench, scale, outward)
            if limited is None and outward < 0 and scale.kind is not SizeKind.NUMBER:
                continue  # the empty text, array or map is asked about on its own
            end, clause = limited or (End(scale.kind, outward), None)
            self._spare_requests()
            limit = measure(self._session, self._bench, scale, end, clause)
            self._untouched = False
            yield self._told(scale.path, limit)
            if scale.kind is SizeKind.LENGTH and outward > 0 and not {"format", "pattern"} & set(scale.node):
                yield from self._beyond_ascii(scale, end, clause, limit)

    def _beyond_ascii(
        self,
        scale: Scale,
        end: End,
        clause: Clause | None,
        ascii_limit: Limit,
    ) -> Iterator[Observation]:
        """Look for the limit again with characters that are two units of UTF-16 and four bytes of UTF-8."""
        border = ascii_limit.border
        if border.accepted is not None and border.beyond is not None and not border.turns:
            self._spare_requests()
            start = border.accepted
            found = measure(self._session, self._bench, scale, end, clause, alphabet="non-BMP", start=start)
            yield self._told(scale.path, found)

    def _window(self, clause: Clause) -> Observation:
        self._spare_requests()
        limit = measure_window(self._session, self._bench, clause)
        self._untouched = False
        return self._told((f"{clause.options['from']} to {clause.options['until']}",), limit)

    def _rare_values(self, spot: Spot) -> Iterator[Observation]:
        """Ask about null where no type allows it, and about the empty text, array and map where nothing
        forbids it.
        """
        if not matcher(spot.schema)(None):
            yield self._value(spot, None, "null")
        nodes = [node for node in alternatives(spot.schema, settled=False) if "enum" not in node]
        kinds = {kind for node in nodes for kind in types(node)}
        for kind, empty, limit in (
            ("string", "", "minLength"),
            ("array", [], "minItems"),
            ("object", {}, "minProperties"),
        ):
            if kind in kinds and not any(limit in node for node in nodes):
                yield self._value(spot, empty, f"empty {kind}")

    def _value(self, spot: Spot, value: Any, what: str) -> Observation:
        self._spare_requests()
        before = self._session.result.requests
        if not self._untouched and not self._bench.makes_rooms:
            self._set_plain()
        name = spot.path[0]
        room = self._bench.setting(Seat.MAIN).room
        interaction, _ = self._session.send(
            self._bench.case(Sample(spot.wrap(value), spot.path, what, False, what))
        )
        observed = _reply(interaction)
        if heard(interaction).reply is LimitReply.ACCEPTED:
            self._untouched = False
            observed += _became(
                self._answered(interaction), spot, value, None if self._bench.makes_rooms else room.get(name)
            )
        return Observation(
            self._operation.id,
            spoken(spot.path),
            what,
            None,
            observed,
            self._session.result.requests - before,
            datetime.now(UTC),
        )

    def _unknown_field(self) -> Observation:
        self._spare_requests()
        before = self._session.result.requests
        body = self._plain.least(self._operation.schema, ())
        case = self._bench.case(
            Sample({**body, UNKNOWN: "x"}, (UNKNOWN,), "unknown", True, "an unknown field")
        )
        interaction, _ = self._session.send(case)
        observed = _reply(interaction)
        if heard(interaction).reply is LimitReply.ACCEPTED:
            observed += f", {self._kept(UNKNOWN) if UNKNOWN in self._answered(interaction) else 'ignored'}"
        requests = self._session.result.requests - before
        return Observation(
            self._operation.id, "body", "unknown field", None, observed, requests, datetime.now(UTC)
        )

    def _kept(self, name: str) -> str:
        """Return whether a field that a response shows is still there in the next one."""
        if self._bench.makes_rooms:
            return "shown in the response"
        return "stored" if name in self._answered(self._set_plain()) else "shown in the response, not stored"

    def _set_plain(self) -> Interaction:
        interaction, _ = self._session.send(self._bench.case(self._basis))
        self._untouched = True
        return interaction

    def _spare_requests(self) -> None:
        """Raise CutShortError where too few requests are left for a question and for the plain values at the
        end.
        """
        if questions_left(self._session) < FEWEST:
            raise CutShortError(f"--max-requests {self._session.options.max_requests} reached")

    def _answered(self, interaction: Interaction) -> Mapping[str, Any]:
        response = interaction.response
        return (
            self._session.contract.room.representation(read_response(response.body)) if response else None
        ) or {}

    def _told(self, path: tuple[str, ...], limit: Limit) -> Observation:
        requests = len(limit.border.known)
        return Observation(
            self._operation.id,
            spoken(path),
            limit.what,
            limit.documented,
            limit.observed,
            requests,
            datetime.now(UTC),
            limit,
        )


def _reply(interaction: Interaction) -> str:
    """Return how a request was answered, with the status code of what is no plain success."""
    response = heard(interaction)
    if response.reply is None or response.reply is LimitReply.ACCEPTED:
        return response.unclear or LimitReply.ACCEPTED.value
    return f"{response.reply.word} (status {interaction.response.status if interaction.response else 0})"


def _became(room: Mapping[str, Any], spot: Spot, sent: Any, before: Any) -> str:
    """Return what became of a value that was accepted, if it is a field of the room and the response shows
    it.
    """
    name = spot.path[0]
    if len(spot.path) > 1 or name not in room:
        return ""
    if room[name] != sent and room[name] == before:
        return ", the old value stays"
    return f", stored as {shown(room[name])}"
