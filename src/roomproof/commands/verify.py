"""`roomproof verify`: find out whom to ask, ask, show and write what came of it."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from roomproof import files
from roomproof.cassettes.past import write_past
from roomproof.cassettes.recorder import OverheardTarget, Recorder, cassette_path
from roomproof.commands.gate import EVERY_FAIL, Gate, failing, unproven
from roomproof.commands.live import announce
from roomproof.commands.only import again, providers_of
from roomproof.commands.outputs import Outputs, keep, require_apart, told_besides, unheard, written, written_before
from roomproof.commands.regressions import save_regressions
from roomproof.commands.subject import Ask, redactor_of, secrets_of, subject_of, told_of
from roomproof.errors import RoomproofError, UsageError
from roomproof.interaction import Interaction, remembered
from roomproof.providers import contract_folders
from roomproof.report.document import Report
from roomproof.reports.console import open_console, say
from roomproof.reports.progress import progress, transcript
from roomproof.reports.report import Judged, Unfinished, report
from roomproof.reports.terminal import show
from roomproof.secrets import without_login
from roomproof.verify.run import Options, Progress, Result, Run, Subject
from roomproof.verify.selection import covers

EXPECTED_REQUESTS = 1000
"""How many requests a provider is taken to need until the first is done; only the progress bar shows it."""


@dataclass
class Verified:
    """What came of a run: the report, what ended it early, and the exit code that it has earned."""

    report: Report
    failures: list[RoomproofError]
    exit_code: int
    heard: bool


def run_verify(ask: Ask, options: Options, outputs: Outputs, gate: Gate = EVERY_FAIL) -> int:
    """Verify the providers and return the exit code. Reports that were asked for are written whatever happens."""
    # What is loaded by now stays to the end. Hypothesis collects garbage before its first example, and would look at all of it.
    gc.freeze()
    console = open_console()
    require_apart({**outputs.asked, **({"record": ask.record} if ask.record else {})})
    chosen = chosen_providers(ask, options.only)
    announce(ask, chosen, options)
    with progress(console, dict.fromkeys(chosen, EXPECTED_REQUESTS)) as on_request:
        tell = partial(transcript, console, then=on_request) if outputs.verbose else None
        verified = verify(ask, options, on_request, gate, tell, lambda told: written_before(told, outputs))
    failures = [*verified.failures, *written(verified.report, outputs)]
    failures += unproven(verified.report) if verified.exit_code == 0 else []
    if verified.heard:
        kept_in = None if "json" in outputs.asked else keep(verified.report)
        with unheard(ask.environment):
            show(console, verified.report, every_finding=outputs.verbose, full=outputs.asked.get("json"))
        if kept_in is not None:
            say(console, kept_in)
    if failures and not failing(verified.report):
        raise failures[0]
    told_besides(failures)
    return verified.exit_code


def chosen_providers(ask: Ask, only: tuple[str, ...] = ()) -> list[str]:
    """Return the providers of a run, all by default, or those whose clauses were asked for.

    Raises UsageError where one server is to be several, or a clause is none.
    """
    chosen = list(dict.fromkeys(ask.providers or contract_folders(ask.contracts)))
    chosen = providers_of(only, ask, chosen) if only else chosen
    if ask.base_url is not None and len(chosen) != 1:
        raise UsageError("--base-url names one server: name the one provider that it is, as in `roomproof verify PROVIDER --base-url URL`")
    return chosen


def verify(
    ask: Ask,
    options: Options,
    on_request: Progress,
    gate: Gate = EVERY_FAIL,
    tell: Callable[[tuple[str, ...]], Progress] | None = None,
    before: Callable[[Report], None] = lambda _: None,
) -> Verified:
    """Verify the providers one after the other. Raises UsageError, before anything is sent, for what has no meaning.

    `on_request` is called after each request; in its place what `tell` returns, if given, for the secrets that may not be told.
    `before` hears the report on a server that is not our own as it is before a run tidies up there.
    """
    results: list[Judged | Unfinished] = []
    failures: list[RoomproofError] = []
    runs: list[Result] = []
    chosen = chosen_providers(ask, options.only)
    opened = gate.opened()
    opened.require(chosen)
    for provider in chosen:
        place = cassette_path(ask.record, provider, len(chosen), datetime.now(UTC)) if ask.record else None

        def heard(judged: Judged) -> None:
            before(opened.applied(report([*results, judged], options.seed)))

        try:
            result, judged = _verify_one(provider, replace(ask, record=place), options, tell or (lambda _: on_request), failures, heard)
        except RoomproofError as error:
            failures.append(error)
            results.append(Unfinished(provider, without_login(ask.base_url or ("live" if ask.live else "built-in mock")), str(error)))
            continue
        results.append(judged)
        runs.append(result)
        if result.interrupted:
            break
    told = opened.applied(report(results, options.seed))
    return Verified(told, failures, _exit_code(failing(told), runs), bool(runs))


def _verify_one(
    provider: str,
    ask: Ask,
    options: Options,
    tell: Callable[[tuple[str, ...]], Progress],
    failures: list[RoomproofError],
    before: Callable[[Judged], None],
) -> tuple[Result, Judged]:
    with subject_of(provider, ask) as subject:
        secrets = secrets_of(subject, ask.environment)

        def judged_so_far(result: Result) -> None:
            if not subject.ours:
                before(replace(_judged(result, secrets, ask.record, ()), only=options.only, again=again(ask, options)))

        with kept(subject, ask, failures) as (recorded, history):
            result = Run(recorded, options, tell(secrets)).verify(judged_so_far)
        if ask.record is not None and files.is_there(ask.record):
            _keep_past(ask.record, result, failures)
        saved: list[Path] = []
        if ask.regressions is not None:
            found = [finding for finding in result.verdicts.findings() if covers(options.only, finding.clause.id)]
            saved, problems = save_regressions(ask.regressions, subject, found, history, ask.environment)
            failures += problems
        judged = _judged(result, secrets, ask.record, tuple(saved))
        return result, replace(judged, only=options.only, again=again(ask, options))


@contextmanager
def kept(subject: Subject, ask: Ask, failures: list[RoomproofError]) -> Iterator[tuple[Subject, list[Interaction]]]:
    """Give a run a target that records and remembers, as far as that was asked for; trouble with a recording is no reason not to judge."""
    history: list[Interaction] = []
    target = subject.target if ask.regressions is None else OverheardTarget(subject.target, lambda heard: history.append(remembered(heard)))
    recorder = _recorder(subject, ask, failures)
    if recorder is None:
        yield replace(subject, target=target), history
        return
    try:
        yield replace(subject, target=OverheardTarget(target, recorder.keep)), history
    finally:
        try:
            recorder.close()
        except RoomproofError as error:
            failures.append(error)
        if recorder.note:
            subject.tell(recorder.note)


def _recorder(subject: Subject, ask: Ask, failures: list[RoomproofError]) -> Recorder | None:
    if ask.record is None:
        return None
    try:
        return Recorder(ask.record, told_of(subject), redactor_of(subject, ask.environment))
    except RoomproofError as error:
        failures.append(error)
        return None


def _keep_past(cassette: Path, result: Result, failures: list[RoomproofError]) -> None:
    try:
        write_past(cassette, told_of(result.subject), result.subject.contract, result.verdicts)
    except RoomproofError as error:
        failures.append(error)


def _judged(result: Result, secrets: tuple[str, ...], cassette: Path | None, regressions: tuple[Path, ...]) -> Judged:
    subject = result.subject
    return Judged(
        subject.contract,
        result.verdicts,
        subject.target.base_url,
        result.requests,
        result.seconds,
        result.started,
        result.stopped,
        secrets,
        cassette=cassette if cassette is not None and files.is_there(cassette) else None,
        regressions=regressions,
        unanswered=result.unanswered,
        boundaries=result.boundaries,
        left_behind=result.left_behind,
        remarks=result.remarks,
    )


def _exit_code(fails: int, runs: list[Result]) -> int:
    if any(run.interrupted for run in runs):
        return 130
    if fails:
        return 1
    return 3 if any(run.stopped for run in runs) else 0
