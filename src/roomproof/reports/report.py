"""The report: what a run found, as the one JSON document of which every other report is a view."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from roomproof import __version__, files
from roomproof.cassettes.past import Change
from roomproof.contract.clause import Clause
from roomproof.contract.model import Contract
from roomproof.errors import UsageError
from roomproof.interaction import SHOWN_BODY, Interaction
from roomproof.judge.boundaries import Boundaries
from roomproof.judge.exception import document
from roomproof.judge.sighting import Stale
from roomproof.judge.violations import Violations
from roomproof.legible import shortened
from roomproof.providers import place_of
from roomproof.reports.curl import curl
from roomproof.reports.exercised import exercised_of
from roomproof.reports.secrets import cleaned, proofs_of, without_secret_headers
from roomproof.reports.unexercised import Coverage, doubts
from roomproof.reports.violations import client_of
from roomproof.verdict import Finding, Record, Verdict, Verdicts
from roomproof.verify.selection import covers

REPORT_VERSION = 1
_LONGEST_HEADER = 4_000
"""Characters of a header's value that are shown."""


@dataclass(frozen=True)
class Judged:
    """What a run or some recordings say of one provider.

    `target` is what was asked: an address, or the files that were read; `recorded` the first and the last moment of what
    was read; `rejudged` what the recordings say otherwise than when they were made, None where nobody knows what they said then.
    `only` are patterns of the clauses that were asked for, all without any; `again` what follows `roomproof verify PROVIDER --only
    CLAUSE` in the line that finds a finding again, nothing where nothing was sent.
    `unanswered` counts the requests that got no usable answer by why; `recordings` tells that nothing else was there.
    `left_behind` are the rooms that are still there, `remarks` what else could not be put right. `client` is what was sent
    outside the contract, None where roomproof sent it.
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
    rejudged: tuple[Change, ...] | None = None
    only: tuple[str, ...] = ()
    again: tuple[str, ...] = ()
    unanswered: Mapping[str, int] = field(default_factory=dict)
    boundaries: Boundaries | None = None
    recordings: bool = False
    left_behind: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    client: Violations | None = None


@dataclass(frozen=True)
class Unfinished:
    """A provider that could not be verified, and why."""

    provider: str
    target: str
    why: str


def report(
    results: Iterable[Judged | Unfinished],
    seed: int,
    unmatched: Mapping[str, int] | None = None,
    hints: Iterable[str] = (),
    recording: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the report over some providers.

    `unmatched` are the recorded requests that no contract knows, and how often; `hints` say what some of them look like.
    `recording` counts what became of the entries of recordings.
    """
    providers = [_provider(result) if isinstance(result, Judged) else _unfinished(result) for result in results]
    counts = {
        verdict.value: 0
        for verdict in (Verdict.PASS, Verdict.FAIL, Verdict.WARNING, Verdict.DEVIATION, Verdict.INCONCLUSIVE, Verdict.UNEXERCISED)
    }
    for provider in providers:
        for clause in provider["clauses"]:
            counts[clause["verdict"]] += 1
    exercised = exercised_of(clause for provider in providers for clause in provider["clauses"])
    summary = {"clauses": sum(counts.values()), **counts, "exercised": asdict(exercised)}
    told = {"roomproof": __version__, "report_version": REPORT_VERSION, "seed": seed, "providers": providers, "summary": summary}
    if unmatched is None:
        return told
    listed = list(hints)
    known = {"count": sum(unmatched.values()), "requests": dict(unmatched)}
    counted = {"recording": dict(recording)} if recording is not None else {}
    return {**told, **counted, "unmatched": known, **({"hints": listed} if listed else {})}


def _unfinished(result: Unfinished) -> dict[str, Any]:
    shown = {"provider": result.provider, "target": result.target, "requests": 0, "seconds": 0.0, "clauses": [], "findings": []}
    return {**shown, "stopped": result.why}


def _provider(result: Judged) -> dict[str, Any]:
    contract, verdicts = result.contract, result.verdicts
    clauses = [clause for clause in contract.clauses.values() if covers(result.only, clause.id)]
    known = {**Coverage(contract, verdicts, result.stopped, result.recordings).whys(), **doubts(verdicts)}
    whys = cleaned(known, result.secrets)
    told = _clauses(contract, clauses, verdicts, whys)
    return {
        "provider": contract.provider,
        "contract_version": contract.version,
        "target": cleaned(result.target, result.secrets),
        "started": result.started.isoformat(timespec="seconds"),
        "requests": result.requests,
        "seconds": round(result.seconds, 3),
        "stopped": cleaned(result.stopped, result.secrets),
        **({"unanswered": cleaned(dict(result.unanswered), result.secrets)} if result.unanswered else {}),
        "left_behind": cleaned(list(result.left_behind), result.secrets),
        "remarks": [cleaned(remark, result.secrets) for remark in result.remarks],
        **({"only": list(result.only)} if result.only else {}),
        **_of_recordings(result),
        "exercised": asdict(exercised_of(told)),
        "clauses": told,
        "findings": [finding_of(finding, result) for finding in verdicts.findings() if covers(result.only, finding.clause.id)],
        "stale_deviations": [
            _stale(stale)
            for stale in verdicts.sightings.stale(result.started.date())
            if not result.only or any(stale.deviation.covers(clause.id) for clause in clauses)
        ],
        "boundaries": cleaned(result.boundaries.document(), result.secrets) if result.boundaries else [],
        **({} if result.client is None else {"client": cleaned(client_of(result.client), result.secrets)}),
    }


def _clauses(contract: Contract, clauses: Iterable[Clause], verdicts: Verdicts, whys: Mapping[str, str]) -> list[dict[str, Any]]:
    words = verdicts.verdicts()
    file = place_of(Path(contract.file)) if contract.file else ""
    return [
        {
            "id": clause.id,
            "operation": clause.operation,
            "level": clause.level.value,
            "verdict": words[clause.id].value,
            "cases": verdicts.records.get(clause.id, Record()).cases,
            "demands": clause.demands,
            "source": asdict(clause.source),
            **({"why": whys[clause.id]} if clause.id in whys else {}),
            **({"contract": {"file": file, "line": contract.line(clause)}} if file else {}),
        }
        for clause in clauses
    ]


def _stale(stale: Stale) -> dict[str, str]:
    known = stale.deviation
    told = {"clause": known.clause, "reason": known.reason, "evidence": known.evidence}
    return {**told, "seen": known.seen.isoformat(), "expires": known.expires.isoformat(), "why": stale.why.value}


def _of_recordings(result: Judged) -> dict[str, Any]:
    told: dict[str, Any] = {"recordings": True} if result.recordings else {}
    if result.cassette is not None:
        told["cassette"] = str(result.cassette)
    if result.regressions:
        told["regressions"] = [str(path) for path in result.regressions]
    if result.recorded is not None:
        told["recorded"] = dict(zip(("from", "to"), (moment.isoformat(timespec="seconds") for moment in result.recorded), strict=True))
    if result.rejudged is not None:
        told["rejudged"] = [asdict(change) for change in result.rejudged]
    return told


def finding_of(finding: Finding, result: Judged) -> dict[str, Any]:
    """Return a finding as the report has it, without secrets."""
    witness = finding.witness
    exchange = _exchange(witness.interaction, result)
    told = {
        "summary": witness.evidence.summary + (f"; {finding.limit.sentence}" if finding.limit else ""),
        "expected": witness.evidence.expected,
        "received": witness.evidence.received,
        **exchange,
        **_reproduction(finding, result),
        "sequence": [{"step": step, **_exchange(interaction, result)} for step, interaction in enumerate(witness.steps, 1)],
    }
    carrier = result.contract.credentials.carrier
    return {
        "clause": finding.clause.id,
        "operation": finding.clause.operation,
        "field": finding.clause.field,
        "level": finding.clause.level.value,
        "verdict": finding.verdict.value,
        "demands": finding.clause.demands,
        "source": asdict(finding.clause.source),
        "kinds": list(finding.kinds),
        "reason": witness.deviation.reason if witness.deviation else "",
        "at": witness.interaction.at.isoformat(timespec="seconds") if witness.interaction.at else "",
        **({"limit": finding.limit.document()} if finding.limit else {}),
        **cleaned(told, (*result.secrets, *proofs_of((witness.interaction, *witness.steps), carrier))),
    }


def _reproduction(finding: Finding, result: Judged) -> dict[str, str]:
    words = ("roomproof", "verify", result.contract.provider, "--only", finding.clause.id, *result.again)
    return {"reproduce": shlex.join(words)} if result.again else {}


def _exchange(interaction: Interaction, result: Judged) -> dict[str, Any]:
    """Return a request with its answer, and the line that repeats it; of long headers and bodies what a
    reader looks at.
    """
    shown, request, response = document(interaction), interaction.request, interaction.response
    for side in shown.values():
        headers = without_secret_headers(side["headers"])
        side["headers"] = {name: shortened(value, _LONGEST_HEADER) for name, value in headers.items()}
    _cut_body(shown["request"], request.body or b"", 0)
    if response is not None:
        _cut_body(shown["response"], response.body, response.left_out)
    line = curl(interaction.request, result.contract.credentials)
    return {"request": shown["request"], "response": shown.get("response"), "curl": line}


def _cut_body(side: dict[str, Any], body: bytes, left_out: int) -> None:
    """Put the beginning of a long body in the place of all of it, and say so; the dots tell where a secret
    may be cut off, too.
    """
    here = len(body[:SHOWN_BODY])
    if left_out or here < len(body):
        side["body"] = body[:SHOWN_BODY].decode("utf-8", "replace") + "..."
        side["body_shown"] = f"first {here} of {len(body) + left_out} bytes shown"


def curl_lines(finding: dict[str, Any]) -> list[str]:
    """Return the curl line of a finding in a report; of one that needs a sequence the numbered lines of its steps."""
    return [f"{step['step']}. {step['curl']}" for step in finding["sequence"]] or [finding["curl"]]


def recipe(finding: dict[str, Any]) -> list[str]:
    """Return the lines that show a finding again: curl, then the run that finds it, where there was one."""
    return [*curl_lines(finding), *([finding["reproduce"]] if "reproduce" in finding else [])]


def as_json(report_: dict[str, Any]) -> str:
    """Return a report as JSON text."""
    return json.dumps(report_, indent=1, ensure_ascii=False) + "\n"


def write_text(path: Path, text: str) -> None:
    """Write a report's text, making its folder. Raises UsageError if it cannot be written; what was there stays."""
    try:
        files.write(path, text.encode(errors="backslashreplace"))
    except OSError as error:
        stays = "; what was written there before stays" if files.is_file(path) else ""
        raise UsageError(f"{path}: the report cannot be written ({error.strerror})" + stays) from error
