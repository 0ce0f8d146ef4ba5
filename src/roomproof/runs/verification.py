"""A verification: what each provider does with valid, boundary and invalid requests, held against its
contract.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from roomproof import files
from roomproof.engine.run import Options, Result, Run
from roomproof.engine.selection import covers
from roomproof.errors import RoomproofError
from roomproof.events import to_each
from roomproof.report.document import Report
from roomproof.reports.report import ProviderResult, UnfinishedProvider, report
from roomproof.runs.destination import Destination, UnreadableProvider, again
from roomproof.runs.events import Concluded
from roomproof.runs.gate import OpenGate
from roomproof.runs.recording import History, Trouble, keep_verdicts, recorded
from roomproof.runs.regressions import save_regressions
from roomproof.runs.subject import subject_of
from roomproof.runs.turns import Turns


@dataclass
class Verification:
    """Verifies each provider in its turn. `regressions` is the folder for the counterexamples of fails, None
    if none are kept.
    """

    turns: Turns
    gate: OpenGate
    regressions: Path | None
    _judged: list[ProviderResult | UnfinishedProvider] = field(default_factory=list)

    def run(self) -> Report:
        """Verify everybody and return the report.

        Raises what kept a provider from being verified, or a file from being written, when everything else is
        done.
        """
        for destination, cassette in self.turns.each():
            try:
                self._judged.append(self._turn(destination, cassette))
            except RoomproofError as error:
                self.turns.trouble(destination.provider)(error)
                self._judged.append(UnfinishedProvider(destination.provider, destination.target, str(error)))
        return self.turns.end(self._report())

    def _report(self, *more: ProviderResult) -> Report:
        return self.gate.applied(report([*self._judged, *more], self.turns.options.seed))

    def _turn(self, destination: Destination | UnreadableProvider, cassette: Path | None) -> ProviderResult:
        if isinstance(destination, UnreadableProvider):
            raise destination.error
        tell, options, trouble = self.turns.tell, self.turns.options, self.turns.trouble(destination.provider)
        history, words = History(), again(destination, options)
        remembers = () if self.regressions is None else (history,)
        with subject_of(destination, tell) as subject:

            def concluded(result: Result) -> None:
                if not subject.ours:
                    there = cassette if cassette is not None and files.is_there(cassette) else None
                    so_far = self._report(_judged(result, options, words, there))
                    tell(Concluded(destination.provider, so_far))

            with recorded(cassette, subject, trouble) as keep:
                result = Run(subject, options, to_each((keep, *remembers, tell))).verify(concluded)
            there = keep_verdicts(cassette, subject, result.verdicts, trouble)
            saved = self._saved(result, history, trouble)
            self.turns.done(result)
            return _judged(result, options, words, there, saved)

    def _saved(self, result: Result, history: History, trouble: Trouble) -> tuple[Path, ...]:
        """Write the regressions that were asked for, and return the new ones."""
        if self.regressions is None:
            return ()
        only = self.turns.options.only
        findings = [finding for finding in result.verdicts.findings() if covers(only, finding.clause.id)]
        past = history.interactions
        return tuple(save_regressions(self.regressions, result.subject, findings, past, trouble))


def _judged(
    result: Result,
    options: Options,
    again: tuple[str, ...],
    cassette: Path | None,
    regressions: tuple[Path, ...] = (),
) -> ProviderResult:
    subject = result.subject
    return ProviderResult(
        subject.contract,
        result.verdicts,
        subject.target.base_url,
        result.requests,
        result.seconds,
        result.started,
        result.stopped,
        subject.secrets,
        cassette=cassette,
        regressions=regressions,
        only=options.only,
        again=again,
        unanswered=result.unanswered,
        boundaries=result.boundaries,
        fields=result.fields,
        left_behind=result.left_behind,
        remarks=result.remarks,
    )
