"""SARIF 2.1.0 (OASIS Standard): a broken clause is a rule, its counterexample a result at the clause's line
of the contract.

All providers stand in one run: code scanning takes several runs of one tool and category in a file for
replacements of each other.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from pathlib import PurePosixPath
from urllib.parse import quote

from roomproof.json_data import Json, as_json
from roomproof.legible import legible, one_line, shortened
from roomproof.report.document import Report
from roomproof.report.finding import FindingReport
from roomproof.report.provider import ClientEntry, ContractLine
from roomproof.reports import client
from roomproof.reports.findings import findings, stopped, told
from roomproof.reports.shortfall import shortfalls
from roomproof.verdict import Verdict

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Verdict.FAIL: "error", Verdict.WARNING: "warning", Verdict.DEVIATION: "note"}
_LONGEST = 2_000
"""Characters of one line of a message."""


def sarif(report: Report) -> str:
    """Return a report as a SARIF log: fails are errors, warnings are warnings, deviations are notes that
    count as suppressed.

    What the client sent outside the contract has rules of its own and stands in the recording; it is an error
    where it fails the run.
    """
    broken = list(findings(report, *_LEVELS))
    rules: dict[str, dict[str, Json]] = {}
    seen: Counter[str] = Counter()
    results = []
    for finding, place in broken:
        clause = finding.clause
        rules.setdefault(clause, _rule(finding))
        seen[clause] += 1
        state = _baseline_state(report, known=report.is_known(clause))
        results.append(_result(finding, place, list(rules).index(clause), seen[clause]) | state)
    for entry in client.all_entries(report):
        rule = f"client/{entry.clause}"
        rules.setdefault(rule, _client_rule(rule, entry))
        seen[rule] += 1
        state = _baseline_state(report, known=entry.known)
        level = "error" if client.fails(report, entry) else "warning"
        results.append(_client_result(rule, entry, list(rules).index(rule), seen[rule], level) | state)
    driver = {"name": "roomproof", "semanticVersion": report.roomproof, "rules": list(rules.values())}
    run = {
        "tool": {"driver": driver},
        "invocations": [_invocation(report)],
        "results": results,
        "columnKind": "unicodeCodePoints",
    }
    return as_json({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _baseline_state(report: Report, *, known: bool) -> dict[str, Json]:
    return {"baselineState": "unchanged" if known else "new"} if report.baseline else {}


def _rule(finding: FindingReport) -> dict[str, Json]:
    source = finding.source.words
    demands, comes_from = one_line(finding.demands), one_line(source)
    return {
        "id": finding.clause,
        "shortDescription": {"text": _message(demands)},
        "fullDescription": {"text": _message(f"{demands}. Source: {comes_from}. Level: {finding.level}.")},
        "help": {"text": _message(f"{demands}\nlevel   {finding.level}\nsource  {comes_from}")},
        **({"helpUri": finding.source_url} if finding.source_url else {}),
        "defaultConfiguration": {"level": _LEVELS[finding.verdict]},
        "properties": {"tags": [finding.clause.partition(".")[0], finding.operation, finding.level]},
    }


def _result(
    finding: FindingReport, place: ContractLine | None, index: int, occurrence: int
) -> dict[str, Json]:
    lines = [shortened(line, _LONGEST) for line in told(finding)]
    excused = {"kind": "external", "status": "accepted", "justification": _message(one_line(finding.reason))}
    digest = hashlib.sha256(finding.clause.encode("utf-8", "backslashreplace")).hexdigest()[:16]
    return {
        "ruleId": finding.clause,
        "ruleIndex": index,
        "level": _LEVELS[finding.verdict],
        "message": {"text": _message("\n".join(lines))},
        "locations": [_location(finding.clause, place)],
        # The second name is the one by which code scanning knows an alert again; the clause's id outlives its
        # line.
        "partialFingerprints": dict.fromkeys(
            ("clause/v1", "primaryLocationLineHash"), f"{digest}:{occurrence}"
        ),
        "suppressions": [excused] if finding.verdict is Verdict.DEVIATION else [],
        # Not in the message: of a reader who leaves doubled braces as they are one would copy another
        # request.
        "properties": {"reproduce": [legible(line) for line in finding.recipe]},
    }


def _client_rule(rule: str, entry: ClientEntry) -> dict[str, Json]:
    source = one_line(entry.source.words)
    demands = one_line(entry.demands)
    return {
        "id": rule,
        "shortDescription": {"text": _message(f"the client sends what the documents exclude: {demands}")},
        "fullDescription": {"text": _message(f"{demands}. Source: {source}. Level: {entry.level}.")},
        "help": {"text": _message(f"{demands}\nlevel   {entry.level}\nsource  {source}")},
        "defaultConfiguration": {"level": "warning"},
        "properties": {"tags": ["client", entry.clause.partition(".")[0], entry.level]},
    }


def _client_result(rule: str, entry: ClientEntry, index: int, occurrence: int, level: str) -> dict[str, Json]:
    digest = hashlib.sha256(f"{rule} {entry.place}".encode("utf-8", "backslashreplace")).hexdigest()[:16]
    lines = [shortened(line, _LONGEST) for line in client.told(entry)]
    line = client.line_of(entry)
    place = ContractLine(entry.first.file, 1 if line is None else line)
    return {
        "ruleId": rule,
        "ruleIndex": index,
        "level": level,
        "message": {"text": _message("\n".join(lines))},
        "locations": [_location(entry.clause, place)],
        "partialFingerprints": dict.fromkeys(
            ("clause/v1", "primaryLocationLineHash"), f"{digest}:{occurrence}"
        ),
        "suppressions": [],
    }


def _location(clause: str, place: ContractLine | None) -> dict[str, Json]:
    logical: dict[str, Json] = {"logicalLocations": [{"fullyQualifiedName": clause, "kind": "member"}]}
    if place is None:
        return logical
    absolute = PurePosixPath(place.file).is_absolute()
    path = quote(place.file.encode("utf-8", "backslashreplace"))
    artifact = {"uri": f"file://{path}"} if absolute else {"uri": path, "uriBaseId": "%SRCROOT%"}
    return {
        "physicalLocation": {"artifactLocation": artifact, "region": {"startLine": place.line}},
        **logical,
    }


def _invocation(report: Report) -> dict[str, Json]:
    early = stopped(report)
    said = [
        *(f"{name} stopped early: {why}" for name, why in early),
        *(f"not judged: {one}" for one in shortfalls(report)),
    ]
    notes: list[Json] = [{"level": "error", "message": {"text": _message(one_line(text))}} for text in said]
    return {"executionSuccessful": not said, "toolExecutionNotifications": notes}


def _message(text: str) -> str:
    """Return a text for plain messages, in which no link (SARIF 2.1.0, 3.11.6) and no placeholder (3.11.5)
    stands.
    """
    return re.sub(r"\](?=\()", "] ", text).replace("{", "{{").replace("}", "}}")
