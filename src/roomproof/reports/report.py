"""Make the report of what a run, or what some recordings, say of providers; no secret gets into it."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from roomproof import __version__, files
from roomproof.contract.clause import Clause
from roomproof.contract.model import Contract
from roomproof.engine.selection import covers
from roomproof.errors import UsageError
from roomproof.interaction import SHOWN_BODY, Headers, Interaction, Request, Response
from roomproof.json_data import Json
from roomproof.judge.boundaries import Boundaries
from roomproof.judge.client_violations import ClientViolations
from roomproof.judge.deviation_match import body_value, lower_case
from roomproof.judge.judged_interaction import BYTE_ORDER_MARK
from roomproof.judge.response_fields import ResponseFields
from roomproof.judge.seen_deviations import Staleness
from roomproof.legible import shortened
from roomproof.providers import place_of
from roomproof.report.document import REPORT_VERSION, RecordingEntries, Report, Summary, UnmatchedRequests
from roomproof.report.finding import FindingReport, RequestReport, ResponseReport, StepReport
from roomproof.report.provider import (
    ClauseReport,
    ContractLine,
    OperationReport,
    ProviderReport,
    RecordingTimes,
    StaleDeviation,
    VerdictChange,
)
from roomproof.reports.client_violations import client_of
from roomproof.reports.coverage import coverage_of
from roomproof.reports.curl import curl
from roomproof.reports.documents import documents_of
from roomproof.reports.fields import never_seen_of, undocumented_of
from roomproof.reports.limits import boundaries_of, limit_of
from roomproof.reports.secrets import cleaned, proofs_of, without_secret_headers
from roomproof.reports.unexercised import Coverage, doubts
from roomproof.verdict import Finding, Record, Verdict, Verdicts

_LONGEST_HEADER = 4_000
"""Characters of a header's value that are shown."""


@dataclass(frozen=True)
class ProviderResult:
    """What a run or some recordings say of one provider.

    `target` is what was asked: an address, or the files that were read; `recorded` the first and the last
    moment of what was read; `rejudged` what the recordings say otherwise than when they were made, None where
    nobody knows what they said then. `only` are patterns of the clauses that were asked for, all without any;
    `again` what follows `roomproof verify PROVIDER --only CLAUSE` in the line that finds a finding again,
    nothing where nothing was sent. `unanswered` counts the requests that got no usable response by why;
    `recordings` tells that nothing else was there. `left_behind` are the rooms that are still there,
    `remarks` what else could not be put right. `client` is what was sent outside the contract, None where
    roomproof sent it.
    """

    contract: Contract
    verdicts: Verdicts
    target: str
    requests: int
    seconds: float
    started: datetime
    stopped: str = ""
    secrets: tuple[str, ...] = field(default=(), repr=False)
    cassette: Path | None = None
    regressions: tuple[Path, ...] = ()
    recorded: tuple[datetime, datetime] | None = None
    rejudged: tuple[VerdictChange, ...] | None = None
    only: tuple[str, ...] = ()
    again: tuple[str, ...] = ()
    unanswered: Mapping[str, int] = field(default_factory=dict)
    boundaries: Boundaries | None = None
    fields: ResponseFields | None = None
    recordings: bool = False
    left_behind: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    client: ClientViolations | None = None
    account: str = ""


@dataclass(frozen=True)
class UnfinishedProvider:
    """A provider that could not be verified, and why."""

    provider: str
    target: str
    why: str
    account: str = ""


def report(
    results: Iterable[ProviderResult | UnfinishedProvider],
    seed: int,
    unmatched: Mapping[str, int] | None = None,
    hints: Iterable[str] = (),
    recording: RecordingEntries | None = None,
) -> Report:
    """Return the report over some providers.

    `unmatched` are the recorded requests that no contract knows, and how often; `hints` say what some of them
    look like. `recording` counts what became of the entries of recordings.
    """
    told = report_over(map(provider_report, results), seed)
    if unmatched is None:
        return told
    known = UnmatchedRequests(count=sum(unmatched.values()), requests=unmatched)
    return replace(told, recording=recording, unmatched=known, hints=tuple(hints))


def report_over(providers: Iterable[ProviderReport], seed: int) -> Report:
    """Return the report over what is said of some providers."""
    every = tuple(providers)
    return Report(
        roomproof=__version__,
        report_version=REPORT_VERSION,
        seed=seed,
        providers=every,
        summary=_summary([clause for provider in every for clause in provider.clauses]),
    )


def provider_report(result: ProviderResult | UnfinishedProvider) -> ProviderReport:
    """Return what a report says of one provider."""
    return _provider(result) if isinstance(result, ProviderResult) else _unfinished(result)


def _summary(clauses: Sequence[ClauseReport]) -> Summary:
    counts = Counter(clause.verdict for clause in clauses)
    return Summary(
        clauses=len(clauses),
        pass_=counts[Verdict.PASS],
        fail=counts[Verdict.FAIL],
        warning=counts[Verdict.WARNING],
        deviation=counts[Verdict.DEVIATION],
        inconclusive=counts[Verdict.INCONCLUSIVE],
        unexercised=counts[Verdict.UNEXERCISED],
        exercised=coverage_of(clauses),
    )


def _unfinished(result: UnfinishedProvider) -> ProviderReport:
    return ProviderReport(
        provider=result.provider,
        account=result.account,
        target=result.target,
        requests=0,
        seconds=0.0,
        stopped=result.why,
        clauses=(),
        findings=(),
    )


def _provider(result: ProviderResult) -> ProviderReport:
    contract, verdicts = result.contract, result.verdicts
    clauses = [clause for clause in contract.clauses.values() if covers(result.only, clause.id)]
    findings = (finding for finding in verdicts.findings() if covers(result.only, finding.clause.id))
    about = {clause.operation for clause in clauses}
    told = _clauses(clauses, result)
    recorded = result.recorded and RecordingTimes(
        from_=_moment(result.recorded[0]), to=_moment(result.recorded[1])
    )
    return ProviderReport(
        provider=contract.provider,
        account=result.account,
        contract_version=contract.version,
        target=cleaned(result.target, result.secrets),
        started=_moment(result.started),
        requests=result.requests,
        seconds=round(result.seconds, 3),
        stopped=cleaned(result.stopped, result.secrets),
        unanswered=cleaned(dict(result.unanswered), result.secrets),
        left_behind=cleaned(result.left_behind, result.secrets),
        remarks=tuple(cleaned(remark, result.secrets) for remark in result.remarks),
        only=result.only,
        recordings=result.recordings,
        cassette=str(result.cassette or ""),
        regressions=tuple(map(str, result.regressions)),
        recorded=recorded,
        rejudged=result.rejudged,
        exercised=coverage_of(told),
        operations=_operations(contract, about),
        clauses=told,
        findings=tuple(finding_of(finding, result) for finding in findings),
        stale_deviations=tuple(
            _stale(stale)
            for stale in verdicts.deviations.stale(result.started.date())
            if not result.only or any(stale.deviation.covers(clause.id) for clause in clauses)
        ),
        boundaries=cleaned(
            boundaries_of(result.boundaries, {clause.id for clause in clauses}), result.secrets
        ),
        documents=documents_of(contract, told),
        undocumented=cleaned(undocumented_of(result.fields, about), result.secrets),
        never_seen=never_seen_of(result.fields, about),
        client=None if result.client is None else cleaned(client_of(result.client), result.secrets),
    )


def _operations(contract: Contract, about: Container[str]) -> tuple[OperationReport, ...]:
    """Return the operations that a report is about."""
    return tuple(
        OperationReport(
            id=one.id,
            method=one.method,
            path=one.path,
            effect=one.effect,
            resource=one.resource.name if one.resource is not None else "",
            level=one.level,
        )
        for one in contract.operations
        if one.id in about
    )


def _moment(at: datetime | None) -> str:
    return at.isoformat(timespec="seconds") if at else ""


def _clauses(clauses: Iterable[Clause], result: ProviderResult) -> tuple[ClauseReport, ...]:
    contract, verdicts = result.contract, result.verdicts
    known = {**Coverage(contract, verdicts, result.stopped, result.recordings).whys(), **doubts(verdicts)}
    whys, words = cleaned(known, result.secrets), verdicts.verdicts()
    file = place_of(Path(contract.file)) if contract.file else ""
    return tuple(
        ClauseReport(
            id=clause.id,
            operation=clause.operation,
            level=clause.level,
            verdict=words[clause.id],
            cases=verdicts.records.get(clause.id, Record()).cases,
            demands=clause.demands,
            source=clause.source,
            why=whys.get(clause.id, ""),
            contract=ContractLine(file, contract.line(clause)) if file else None,
        )
        for clause in clauses
    )


def _stale(stale: Staleness) -> StaleDeviation:
    known = stale.deviation
    return StaleDeviation(
        clause=known.clause,
        reason=known.reason,
        evidence=known.evidence,
        seen=known.seen.isoformat(),
        expires=known.expires.isoformat(),
        why=stale.why,
    )


def finding_of(finding: Finding, result: ProviderResult) -> FindingReport:
    """Return a finding as the report has it, without secrets."""
    counterexample, clause = finding.counterexample, finding.clause
    summary = counterexample.evidence.summary + (f"; {finding.limit.sentence}" if finding.limit else "")
    steps = tuple(
        _step(number, interaction, result) for number, interaction in enumerate(counterexample.steps, 1)
    )
    secrets = (
        *result.secrets,
        *proofs_of((counterexample.interaction, *counterexample.steps), result.contract.credentials.carrier),
    )
    summary, expected, received, reproduce, alone, steps = cleaned(
        (
            summary,
            str(counterexample.evidence.expected),
            str(counterexample.evidence.received),
            _reproduction(finding, result),
            _step(0, counterexample.interaction, result),
            steps,
        ),
        secrets,
    )
    return FindingReport(
        clause=clause.id,
        operation=clause.operation,
        field=clause.field,
        level=clause.level,
        verdict=finding.verdict,
        demands=clause.demands,
        source=clause.source,
        source_url=result.contract.url(clause.source),
        kinds=finding.kinds,
        reason=counterexample.deviation.reason if counterexample.deviation else "",
        at=_moment(counterexample.interaction.at),
        limit=limit_of(finding.limit) if finding.limit else None,
        summary=summary,
        expected=expected,
        received=received,
        request=alone.request,
        response=alone.response,
        curl=alone.curl,
        reproduce=reproduce,
        sequence=steps,
    )


def _reproduction(finding: Finding, result: ProviderResult) -> str:
    words = ("roomproof", "verify", result.contract.provider, "--only", finding.clause.id, *result.again)
    return shlex.join(words) if result.again else ""


def _step(number: int, interaction: Interaction, result: ProviderResult) -> StepReport:
    """Return a request with its response, and the line that repeats it; of long headers and bodies what a
    reader looks at.
    """
    request, response = interaction.request, interaction.response
    return StepReport(
        step=number,
        request=_request(request),
        response=None if response is None else _response(response),
        curl=curl(request, result.contract.credentials),
    )


def _request(request: Request) -> RequestReport:
    body, body_shown = _shown(body_value(request.body), request.body or b"", 0)
    return RequestReport(
        method=request.method,
        url=request.url,
        path=request.path,
        query=request.query,
        headers=_headers(request.headers),
        body=body,
        body_shown=body_shown,
    )


def _response(response: Response) -> ResponseReport:
    value = body_value(response.body.removeprefix(BYTE_ORDER_MARK))
    body, body_shown = _shown(value, response.body, response.left_out)
    return ResponseReport(
        status=response.status,
        headers=_headers(response.headers),
        body=body,
        body_shown=body_shown,
    )


def _headers(headers: Headers) -> dict[str, str]:
    seen = without_secret_headers(lower_case(headers))
    return {name: shortened(value, _LONGEST_HEADER) for name, value in seen.items()}


def _shown(value: Json, body: bytes, left_out: int) -> tuple[Json, str]:
    """Return what is shown of a body, and how much that is: the beginning of a long one as text, where the
    dots tell that a secret may be cut off, too; of any other its value, and nothing.
    """
    here = len(body[:SHOWN_BODY])
    if not left_out and here == len(body):
        return value, ""
    text = body[:SHOWN_BODY].decode("utf-8", "replace") + "..."
    return text, f"first {here} of {len(body) + left_out} bytes shown"


def write_text(path: Path, text: str) -> None:
    """Write a report's text, making its folder. Raises UsageError if it cannot be written; what was there
    stays.
    """
    try:
        files.write(path, text.encode(errors="backslashreplace"))
    except OSError as error:
        stays = "; what was written there before stays" if files.is_file(path) else ""
        raise UsageError(f"{path}: the report cannot be written ({error.strerror})" + stays) from error
