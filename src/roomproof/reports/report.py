"""The report: what a run found, as the one JSON document of which every other report is a view."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from roomproof import __version__
from roomproof.errors import UsageError
from roomproof.judge.exception import document
from roomproof.reports.curl import curl
from roomproof.reports.secrets import cleaned, without_secret_headers
from roomproof.verdict import Finding, Record, Verdict
from roomproof.verify.run import Result

REPORT_VERSION = 1


@dataclass(frozen=True)
class Unfinished:
    """A provider that could not be verified, and why."""

    provider: str
    target: str
    why: str


def report(results: Iterable[Result | Unfinished], seed: int) -> dict[str, Any]:
    """Return the report of a run over some providers."""
    providers = [_provider(result) if isinstance(result, Result) else _unfinished(result) for result in results]
    counts = {
        verdict.value: 0
        for verdict in (Verdict.PASS, Verdict.FAIL, Verdict.WARNING, Verdict.DEVIATION, Verdict.INCONCLUSIVE, Verdict.UNEXERCISED)
    }
    for provider in providers:
        for clause in provider["clauses"]:
            counts[clause["verdict"]] += 1
    summary = {"clauses": sum(counts.values()), **counts}
    return {"roomproof": __version__, "report_version": REPORT_VERSION, "seed": seed, "providers": providers, "summary": summary}


def _unfinished(result: Unfinished) -> dict[str, Any]:
    shown = {"provider": result.provider, "target": result.target, "requests": 0, "seconds": 0.0, "clauses": [], "findings": []}
    return {**shown, "stopped": result.why}


def _provider(result: Result) -> dict[str, Any]:
    contract, verdicts = result.subject.contract, result.verdicts
    words = verdicts.verdicts()
    return {
        "provider": contract.provider,
        "contract_version": contract.version,
        "target": result.subject.target.base_url,
        "started": result.started.isoformat(timespec="seconds"),
        "requests": result.requests,
        "seconds": round(result.seconds, 3),
        "stopped": result.stopped,
        "clauses": [
            {
                "id": clause.id,
                "operation": clause.operation,
                "level": clause.level.value,
                "verdict": words[clause.id].value,
                "cases": verdicts.records.get(clause.id, Record()).cases,
                "demands": clause.demands,
                "source": asdict(clause.source),
            }
            for clause in contract.clauses.values()
        ],
        "findings": [_finding(finding, result) for finding in verdicts.findings()],
    }


def _secrets(result: Result) -> tuple[str, ...]:
    """Return the credentials of a run, those without the scope included."""
    unscoped = result.subject.unscoped
    return (*result.subject.scheme.secrets(), *(unscoped.secrets() if unscoped else ()))


def _finding(finding: Finding, result: Result) -> dict[str, Any]:
    witness = finding.witness
    shown = document(witness.interaction)
    for side in shown.values():
        side["headers"] = without_secret_headers(side["headers"])
    told = {
        "summary": witness.evidence.summary,
        "expected": witness.evidence.expected,
        "received": witness.evidence.received,
        "request": shown["request"],
        "response": shown.get("response"),
        "curl": curl(witness.interaction.request, result.subject.contract.credentials),
    }
    return {
        "clause": finding.clause.id,
        "operation": finding.clause.operation,
        "field": finding.clause.field,
        "level": finding.clause.level.value,
        "verdict": finding.verdict.value,
        "demands": finding.clause.demands,
        "source": asdict(finding.clause.source),
        "reason": witness.deviation.reason if witness.deviation else "",
        **cleaned(told, _secrets(result)),
    }


def as_json(report_: dict[str, Any]) -> str:
    """Return a report as JSON text."""
    return json.dumps(report_, indent=1, ensure_ascii=False) + "\n"


def write_text(path: Path, text: str) -> None:
    """Write a report's text, making its folder. Raises UsageError if the place cannot be written to."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise UsageError(f"{path}: the report cannot be written ({error.strerror})") from error
