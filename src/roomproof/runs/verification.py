"""A verification: what each provider does with valid, boundary and invalid requests, held against its
contract.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from roomproof.errors import LostTurnError, RoomproofError
from roomproof.events import Event, Started
from roomproof.report.document import Report
from roomproof.report.provider import ProviderReport
from roomproof.reports.report import UnfinishedProvider, provider_report, report_over
from roomproof.runs.destination import Destination, UnreadableProvider
from roomproof.runs.events import Concluded
from roomproof.runs.frames import Begun, Failed, Hindered, Over, SoFar
from roomproof.runs.gate import OpenGate
from roomproof.runs.provider_turn import ProviderTurn, take_turn
from roomproof.runs.turns import Turns
from roomproof.runs.workers import Workers
from roomproof.verdict import Verdicts


@dataclass
class Verification:
    """Verifies each provider in its turn. `regressions` is the folder for the counterexamples of fails, None
    if none are kept; `jobs` is how many turns are taken at once, each in a process of its own.
    """

    turns: Turns
    gate: OpenGate
    regressions: Path | None
    jobs: int = 1
    _judged: dict[int, ProviderReport] = field(default_factory=dict)
    """What is said of each destination, by its number."""

    def run(self) -> Report:
        """Verify everybody and return the report.

        Raises what kept a provider from being verified, or a file from being written, when everything else is
        done.
        """
        if min(self.jobs, len(self.turns.destinations)) > 1:
            workers = Workers(self.jobs, self._heard)
            workers.run(self._turns())
            self.turns.was_interrupted |= workers.is_interrupted
        else:
            for number, turn in self._turns():
                self._take(number, turn)
        return self.turns.end(self._report())

    def _report(self) -> Report:
        providers = (self._judged[number] for number in sorted(self._judged))
        return self.gate.applied(report_over(providers, self.turns.options.seed))

    def _turns(self) -> Iterator[tuple[int, ProviderTurn]]:
        """Yield the turns that can be taken, each with the number of its destination."""
        for number, (destination, cassette) in enumerate(self.turns.each()):
            if isinstance(destination, UnreadableProvider):
                self._fail(number, destination.error)
            else:
                options = replace(self.turns.options, rate=destination.rate or self.turns.options.rate)
                yield number, ProviderTurn(destination, options, cassette, self.regressions)

    def _take(self, number: int, turn: ProviderTurn) -> None:
        """Take a turn in this process."""
        provider = turn.destination.provider

        def conclude(told: ProviderReport) -> None:
            self._conclude(number, told)

        try:
            result = take_turn(turn, self.turns.tell, self.turns.trouble(provider), conclude)
        except RoomproofError as error:
            self._fail(number, error)
            return
        self._judged[number] = result.report
        self.turns.done(result.end)

    def _heard(self, number: int, frame: object) -> None:
        """Take note of what the process of a turn tells."""
        destination = self.turns.destinations[number]
        provider, account = destination.provider, destination.account
        if isinstance(frame, Event):
            self.turns.tell(frame)
        elif isinstance(frame, Begun) and isinstance(destination, Destination):
            verdicts = Verdicts(destination.contract, destination.deviations)
            self.turns.tell(Started(provider, frame.base_url, verdicts, frame.secrets, account=account))
        elif isinstance(frame, SoFar):
            self._conclude(number, frame.report)
        elif isinstance(frame, Hindered):
            self.turns.trouble(provider)(frame.error)
        elif isinstance(frame, Failed):
            self._fail(number, frame.error)
        elif isinstance(frame, Over) and frame.result is not None:
            self._judged[number] = frame.result.report
            self.turns.done(frame.result.end)

    def _conclude(self, number: int, told: ProviderReport) -> None:
        self._judged[number] = told
        self.turns.tell(Concluded(told.provider, self._report(), account=told.account))

    def _fail(self, number: int, error: RoomproofError) -> None:
        """Take note of what kept a provider from being verified, to its end or at all."""
        destination = self.turns.destinations[number]
        unfinished = UnfinishedProvider(
            destination.provider, destination.target, str(error), destination.account
        )
        known = self._judged.get(number) if isinstance(error, LostTurnError) else None
        # Of a turn whose process is lost while it put things back, all is judged.
        self._judged[number] = replace(known, stopped=str(error)) if known else provider_report(unfinished)
        self.turns.trouble(destination.provider)(error)
