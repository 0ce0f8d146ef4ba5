"""The report: what a run found, as the one JSON document of which every other report is a view."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from roomproof import __version__
from roomproof.errors import UsageError
from roomproof.interaction import Interaction
from roomproof.judge.exception import document
from roomproof.reports.curl import curl
from roomproof.verdict import Finding, Record, Verdict
from roomproof.verify.run import Result

REPORT_VERSION = 1
HIDDEN = "<hidden>"
_SECRET_HEADERS = frozenset(("authorization", "cookie", "set-cookie", "proxy-authorization"))


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


def _finding(finding: Finding, result: Result) -> dict[str, Any]:
    witness = finding.witness
    shown = shown_interaction(witness.interaction, result.subject.scheme.secrets())
    return {
        "clause": finding.clause.id,
        "operation": finding.clause.operation,
        "field": finding.clause.field,
        "level": finding.clause.level.value,
        "verdict": finding.verdict.value,
        "summary": witness.evidence.summary,
        "demands": finding.clause.demands,
        "expected": witness.evidence.expected,
        "received": witness.evidence.received,
        "source": asdict(finding.clause.source),
        "reason": witness.deviation.reason if witness.deviation else "",
        "request": shown["request"],
        "response": shown.get("response"),
        "curl": curl(witness.interaction.request, result.subject.contract.credentials),
    }


def shown_interaction(interaction: Interaction, secrets: tuple[str, ...]) -> dict[str, Any]:
    """Return an interaction as JSON data without its credentials, wherever in it they stand."""
    shown = document(interaction)
    for side in shown.values():
        side["headers"] = {name: HIDDEN if name in _SECRET_HEADERS else value for name, value in side["headers"].items()}
    text = json.dumps(shown)
    for secret in secrets:
        if secret:
            text = text.replace(json.dumps(secret)[1:-1], HIDDEN)
    cleaned: dict[str, Any] = json.loads(text)
    return cleaned


def write_json(document_: dict[str, Any], path: Path) -> None:
    """Write a report. Raises UsageError if the place cannot be written to."""
    write_text(path, json.dumps(document_, indent=1, ensure_ascii=False) + "\n")


def write_text(path: Path, text: str) -> None:
    """Write a report's text, making its folder. Raises UsageError if the place cannot be written to."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise UsageError(f"{path}: the report cannot be written ({error.strerror})") from error
