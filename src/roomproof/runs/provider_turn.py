"""One provider's turn in a verification, in whichever process: whom it asks, and what came of it as plain
data.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from roomproof import files
from roomproof.engine.run import Options, Result, Run
from roomproof.engine.selection import covers
from roomproof.events import Event, Judged, Listener, to_each
from roomproof.report.provider import ProviderReport
from roomproof.reports.report import ProviderResult, provider_report
from roomproof.runs.destination import Destination, again
from roomproof.runs.recording import History, Trouble, keep_verdicts, recorded
from roomproof.runs.regressions import save_regressions
from roomproof.runs.subject import subject_of


@dataclass(frozen=True)
class ProviderTurn:
    """A turn that is to be taken: whom it asks, how, the file of its recording, and the folder for the
    counterexamples of fails; None where nothing is kept.
    """

    destination: Destination
    options: Options
    cassette: Path | None
    regressions: Path | None


@dataclass(frozen=True)
class TurnEnd:
    """How a turn ended: whose it was, whether before its plan did, and whether by Ctrl-C."""

    provider: str
    is_cut_short: bool = False
    is_interrupted: bool = False

    @classmethod
    def of(cls, result: Result) -> TurnEnd:
        """Return how a run ended."""
        return cls(result.subject.contract.provider, bool(result.stopped), result.interrupted)


@dataclass(frozen=True)
class TurnResult:
    """What a report says of a turn, and how the turn ended."""

    report: ProviderReport
    end: TurnEnd


def take_turn(
    turn: ProviderTurn, tell: Listener, trouble: Trouble, concluded: Callable[[ProviderReport], None]
) -> TurnResult:
    """Verify a provider and return what came of it.

    `trouble` hears of what is no reason not to judge; `concluded` of the report as it stands before anything
    is put back, where something may have to be. Raises RoomproofError for what keeps the provider from being
    verified.
    """
    destination, options = turn.destination, turn.options
    tell = _of_account(destination.account, tell) if destination.account else tell
    history, words = History(), again(destination, options)
    remembers = () if turn.regressions is None else (history,)
    with subject_of(destination, tell) as subject:

        def tell_concluded(result: Result) -> None:
            if not subject.ours:
                kept = turn.cassette
                there = kept if kept is not None and files.is_there(kept) else None
                concluded(
                    provider_report(_judged(result, options, words, there, account=destination.account))
                )

        with recorded(turn.cassette, subject, trouble) as keep:
            result = Run(subject, options, to_each((keep, *remembers, tell))).verify(tell_concluded)
        there = keep_verdicts(turn.cassette, subject, result.verdicts, trouble)
        saved = _saved(turn, result, history, trouble)
        told = provider_report(_judged(result, options, words, there, saved, account=destination.account))
        return TurnResult(told, TurnEnd.of(result))


def _of_account(account: str, tell: Listener) -> Listener:
    """Return what tells of events with the account that they are about."""

    def told(event: Event) -> None:
        tell(event if isinstance(event, Judged) else replace(event, account=account))

    return told


def _saved(turn: ProviderTurn, result: Result, history: History, trouble: Trouble) -> tuple[Path, ...]:
    """Write the regressions that were asked for, and return the new ones."""
    if turn.regressions is None:
        return ()
    only = turn.options.only
    findings = [finding for finding in result.verdicts.findings() if covers(only, finding.clause.id)]
    past = history.interactions
    return tuple(save_regressions(turn.regressions, result.subject, findings, past, trouble))


def _judged(
    result: Result,
    options: Options,
    again: tuple[str, ...],
    cassette: Path | None,
    regressions: tuple[Path, ...] = (),
    *,
    account: str,
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
        account=account,
    )
