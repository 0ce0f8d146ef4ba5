"""Regressions: write the counterexample of each finding, and send a written one again to see whether it holds
now.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from roomproof.cassettes.recording import open_recording
from roomproof.cassettes.regression import save, story
from roomproof.engine.case import Seat
from roomproof.engine.resend import Resender
from roomproof.engine.rooms import clean_up, open_rooms
from roomproof.engine.session import CutShortError, Options, Session, Subject
from roomproof.engine.turns import ANCHOR
from roomproof.errors import RoomproofError, UsageError
from roomproof.events import Listener
from roomproof.interaction import Interaction
from roomproof.judge.evidence import Evidence, Outcome
from roomproof.legible import one_line
from roomproof.reports.curl import curl
from roomproof.reports.secrets import cleaned, proofs_of
from roomproof.runs.belonging import clause_of, require_belonging
from roomproof.runs.destination import ServerSettings, UnreadableProvider, destinations
from roomproof.runs.recording import Trouble
from roomproof.runs.subject import redactor_of, subject_of, told_of
from roomproof.verdict import Finding, Verdict
from roomproof_strategies import plain

MOST_REQUESTS = 100
"""Each may make a room; the longest sequence that is ever saved has a tenth of them."""


@dataclass(frozen=True)
class RegressionResult:
    """What a regression says now: `pass`, `fail` or `unexercised`, and why."""

    verdict: str
    text: str


def check_regression(
    path: Path,
    *,
    base_url: str | None,
    room_id: str | None,
    environment: Mapping[str, str],
    contracts: tuple[Path, ...] = (),
    allowed: tuple[str, ...] = (),
    deviations: tuple[Path, ...] = (),
    listener: Listener = lambda _: None,
) -> RegressionResult:
    """Send the requests of a regression to the server at `base_url`, to the built-in mock without one, and
    judge its clause.

    `allowed` are the environment variables that contracts may name besides their own. Raises RoomproofError
    if the file cannot be read or is not what it says, the provider not be reached, or the clause is none of
    its contract.
    """
    recording = open_recording(path)
    clause_id = clause_of(path, recording.told)
    provider = clause_id.partition(".")[0]
    # A built-in mock has a room of its own.
    room = None if base_url is None else room_id
    whom = ServerSettings(base_url, room, False, None, contracts, allowed, environment, deviations)
    (destination,) = destinations((provider,), whom)
    if isinstance(destination, UnreadableProvider):
        raise destination.error
    contract = destination.contract
    if clause_id not in contract.clauses:
        raise UsageError(
            f"{path}: the contract has no clause {clause_id}; remove the file if the clause is gone for good"
        )
    recorded = [item for item in recording.interactions() if item.response is not None]
    require_belonging(path, recording.told, recorded, contract, contracts)
    if len(recorded) > MOST_REQUESTS:
        raise UsageError(
            f"{path}: holds {len(recorded)} requests, and a regression sends {MOST_REQUESTS} at most; "
            f"keep what shows the fault"
        )
    with subject_of(destination, listener) as subject:
        # What was a fail once, of a strict run too, holds only if nothing breaks it at all.
        session = Session(subject, Options(strict=True), listener)
        try:
            open_rooms(session)
            told = _tell(session, recorded)
        except CutShortError as error:
            return RegressionResult("unexercised", cleaned(one_line(str(error)), subject.secrets))
        finally:
            clean_up(session)
            session.target.close()
        return _verdict(session, clause_id, told, subject.secrets)


def _tell(session: Session, recorded: list[Interaction]) -> list[Evidence]:
    """Send the recorded requests to a room whose fields are all set, the last one twice; return what the
    last one says.
    """
    resender = Resender(session, recorded)
    updates = next((operation for operation in session.contract.telling if operation.effect.changes), None)
    if updates is not None:
        bench, setting = session.bench(updates), session.setting(Seat.MAIN)
        session.send(
            bench.case(plain(updates.schema, bench.special.fields(setting), anchor=setting.now + ANCHOR))
        )
    for interaction in recorded[:-1]:
        resender.send(interaction)
    return [item for interaction in recorded[-1:] * 2 for item in resender.send(interaction)]


def _verdict(
    session: Session, clause_id: str, told: list[Evidence], secrets: tuple[str, ...]
) -> RegressionResult:
    finding = next(
        (item for item in session.judging.verdicts.findings() if item.clause.id == clause_id), None
    )
    if finding is not None and finding.verdict is Verdict.FAIL:
        proofs = proofs_of((finding.counterexample.interaction,), session.contract.credentials.carrier)
        lines: list[str] = cleaned(_lines(session, finding), (*secrets, *proofs))
        return RegressionResult("fail", "\n".join(map(one_line, lines)))
    if any(item.clause == clause_id and item.outcome is not Outcome.INCONCLUSIVE for item in told):
        return RegressionResult("pass", "")
    return RegressionResult("unexercised", "the recorded request does not test the clause any more")


def _lines(session: Session, finding: Finding) -> list[str]:
    evidence, clause = finding.counterexample.evidence, finding.clause
    line = curl(finding.counterexample.interaction.request, session.contract.credentials)
    return [
        evidence.summary,
        f"expected  {evidence.expected}",
        f"received  {evidence.received}",
        f"source    {clause.source}",
        line,
    ]


def save_regressions(
    folder: Path,
    subject: Subject,
    findings: Sequence[Finding],
    history: Sequence[Interaction],
    trouble: Trouble,
) -> Iterator[Path]:
    """Write a regression for each clause that fails, and yield the new files; `trouble` hears what kept one
    from being written.

    A regression that is there already stays as it is. A request that is never answered makes none: recordings
    hold responses.
    """
    redactor = redactor_of(subject)
    for finding in findings:
        if finding.verdict is not Verdict.FAIL or finding.counterexample.is_unanswered:
            continue
        proofs = proofs_of((finding.counterexample.interaction,), subject.contract.credentials.carrier)
        summary = cleaned(finding.counterexample.evidence.summary, (*subject.secrets, *proofs))
        told = {**told_of(subject), "summary": summary}
        interactions = finding.counterexample.sequence or story(
            subject.contract, history, finding.counterexample.interaction, finding.clause
        )
        try:
            path = save(folder, finding.clause.id, told, interactions, redactor)
        except RoomproofError as error:
            trouble(error)
            break
        if path is not None:
            yield path
