"""What is heard of providers, judged in the order in which it was heard: one stream, a test's or a block's.

Nobody knows who else uses the account, what came before, or which of two calls under way together the
provider served first. So the traffic counts as second-hand, as that of a recording of somebody else's does.
"""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from weakref import WeakSet

from roomproof.cassettes.attribution import Attribution
from roomproof.contract.deviation import Deviation
from roomproof.contract.model import Contract, Operation
from roomproof.interaction import SAFE, Interaction, Request, bounded
from roomproof.judge.beside import ALONE, ConcurrentRequests
from roomproof.judge.client_violations import ClientViolations, InteractionOrigin
from roomproof.judge.evidence import Evidence, Outcome
from roomproof.judge.judge import Judge
from roomproof.judge.recency import LONG
from roomproof.verdict import Verdicts

Contracts = Mapping[str, tuple[Contract, tuple[Deviation, ...]]]
"""The known contracts by provider, each with its deviations."""

_CLOCKS = timedelta(seconds=5)
"""Clocks of two servers of one provider may differ by so much."""
_HERE = InteractionOrigin(Path())
"""What is heard stands in no file."""


class Flight:
    """A request that is under way, as long as somebody holds this object.

    `alone` until another one is that it may disturb, or that may disturb it; `given_up` where its sender has
    sent another one since.
    """

    __slots__ = ("__weakref__", "alone", "given_up", "sender", "writes")

    def __init__(self, method: str) -> None:
        self.writes = method.upper() not in SAFE
        self.alone, self.given_up = True, False
        self.sender = _sender()

    def disturb(self, other: Flight) -> None:
        """Note that two are under way together: that says something only of two that read."""
        if self.writes or other.writes:
            self.alone = other.alone = False


def _sender() -> tuple[int, int]:
    """Return who is sending: the thread, and the task in it. Neither sends anything before it has got its
    response, or given it up.
    """
    try:
        task = asyncio.current_task()
    except RuntimeError:
        task = None
    return threading.get_ident(), id(task)


def judged_operations(contract: Contract) -> tuple[Operation, ...]:
    """Return the operations of which something has to be heard: those of documents, all where there are
    none.
    """
    return tuple(one for one in contract.operations if one.is_documented) or contract.operations


@dataclass
class Hearing:
    """What was heard of one provider: how many requests, how many of them say anything, and why the others do
    not. `client` is what the client has sent outside the contract.
    """

    contract: Contract
    judge: Judge
    verdicts: Verdicts
    client: ClientViolations
    requests: int = 0
    telling: int = 0
    doubts: Counter[str] = field(default_factory=Counter)
    last: tuple[datetime | None, object] | None = None

    def has_gap_before(self, at: datetime | None, part: object) -> bool:
        """Whether rooms may have changed unseen since the last exchange: by the times, else where another
        part begins.
        """
        if self.last is None:
            return False
        before, last_part = self.last
        if at is None or before is None:
            return part != last_part
        return not -_CLOCKS <= at - before <= LONG


@dataclass(frozen=True)
class JudgedExchange:
    """An exchange that the judge has seen, and what it says of the clauses; it counts once somebody says
    so.
    """

    hearing: Hearing
    interaction: Interaction
    evidence: tuple[Evidence, ...]


class Listening:
    """Judges what it hears, each provider by its own contract."""

    def __init__(self, contracts: Contracts, provider: str | None, *, strict: bool = False) -> None:
        """`provider` is the only one whose requests count, and whatever fits its contract is taken for its
        own; None: of each request its address or the place of its cassette has to say whose it is.
        """
        self.heard: dict[str, Hearing] = {}
        self.keys: dict[str, None] = {}
        """The API keys of requests so far, as the contracts tell where they stand."""
        self.strict = strict
        self._contracts, self._provider = contracts, provider
        self._attributions: dict[Path, Attribution] = {}
        self._flights: WeakSet[Flight] = WeakSet()
        self._lock = threading.RLock()
        if provider is not None:
            self.hearing_of(provider)

    def hearing_of(self, provider: str) -> Hearing:
        """Return what was heard of a provider, by now perhaps nothing."""
        if provider not in self.heard:
            contract, deviations = self._contracts[provider]
            verdicts = Verdicts(contract, deviations, strict=self.strict)
            client = ClientViolations(strict=self.strict)
            self.heard[provider] = Hearing(contract, Judge(contract), verdicts, client)
        return self.heard[provider]

    def note_keys(self, request: Request, place: Path) -> None:
        """Note the key that a request carries, which nobody but its contract tells to be one."""
        with self._lock:
            contract = self._contract_of(request, place)
            if contract is not None:
                self.keys |= dict.fromkeys(contract.credentials.carrier.keys(request))

    def start(self, method: str) -> Flight:
        """Note that a request is sent. It is under way until its flight is judged or forgotten."""
        flight = Flight(method)
        with self._lock:
            for other in tuple(self._flights):
                if other.sender == flight.sender:
                    other.given_up = True
                    self._flights.discard(other)
                else:
                    flight.disturb(other)
            self._flights.add(flight)
        return flight

    def hear(
        self,
        interaction: Interaction,
        flight: Flight | None = None,
        *,
        part: object = None,
        place: Path = Path(),
    ) -> None:
        """Judge an exchange, and count what it says. One that was disturbed by another shows what its
        response shows by itself, and nothing of what a room was like before or is like now.

        `part` tells apart what lies next to each other in time only if the times say so, `place` is the file
        that it comes from.
        """
        with self._lock:
            # In one go: a request that is sent meanwhile must not be heard before this one, as if it were the
            # former.
            beside = ALONE
            if flight is not None:
                self._flights.discard(flight)
                for other in tuple(self._flights) if flight.given_up else ():
                    # A client that calls back has sent the other one without waiting.
                    flight.disturb(other)
                beside = ALONE if flight.alone else ConcurrentRequests(more=True)
            learned = self.learn(interaction, beside, part=part, place=place)
            if learned is not None:
                self.count(learned)
                learned.hearing.client.note(learned.hearing.judge.violations, _HERE)

    def hear_request(self, request: Request, *, place: Path, room_is_known: bool) -> None:
        """Hold a request against the contract to which a cassette plays the response: the client has sent it
        now.

        `room_is_known` tells that the judge has seen what was recorded before the response, and nothing else.
        """
        with self._lock:
            contract = self._contract_of(request, place)
            if contract is not None:
                hearing = self.hearing_of(contract.provider)
                found = hearing.judge.violations_of(request, room_is_known=room_is_known)
                hearing.client.note(found, _HERE)

    def learn(
        self,
        interaction: Interaction,
        beside: ConcurrentRequests = ALONE,
        *,
        part: object = None,
        place: Path = Path(),
    ) -> JudgedExchange | None:
        """Let the judge learn from an exchange without counting what it says; None if it belongs to nobody
        that is judged here.
        """
        with self._lock:
            contract = self._contract_of(interaction.request, place)
            if contract is None:
                return None
            hearing = self.hearing_of(contract.provider)
            if hearing.has_gap_before(interaction.at, part):
                hearing.judge = Judge(contract)
            hearing.last = interaction.at, part
            return JudgedExchange(
                hearing, interaction, tuple(hearing.judge.see(bounded(interaction), beside))
            )

    def count(self, learned: JudgedExchange) -> None:
        """Count what an exchange says."""
        with self._lock:
            hearing = learned.hearing
            hearing.requests += 1
            about = {one.id for one in judged_operations(hearing.contract)}
            told = (item for item in learned.evidence if item.outcome is not Outcome.INCONCLUSIVE)
            hearing.telling += any(hearing.contract.clauses[item.clause].operation in about for item in told)
            doubtful = (item for item in learned.evidence if item.outcome is Outcome.INCONCLUSIVE)
            hearing.doubts.update({item.summary for item in doubtful})
            for item in learned.evidence:
                hearing.verdicts.add(item, learned.interaction)

    def _contract_of(self, request: Request, place: Path) -> Contract | None:
        """Return the contract by which a request is judged here, None without any."""
        if place not in self._attributions:
            contracts = {name: contract for name, (contract, _) in self._contracts.items()}
            self._attributions[place] = Attribution(contracts, place, self._provider)
        contract = self._attributions[place].contract_of(request)
        return contract if contract and self._provider in (None, contract.provider) else None
