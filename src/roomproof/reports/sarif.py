"""SARIF 2.1.0 (OASIS Standard): a broken clause is a rule, its witness a result at the clause's line of the contract.

All providers stand in one run: code scanning takes several runs of one tool and category in a file for replacements of each other.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from roomproof.legible import legible, one_line, shortened
from roomproof.reports.findings import Place, findings, is_known, stopped, told
from roomproof.reports.report import as_json, recipe
from roomproof.reports.shortfall import shortfalls

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"fail": "error", "warning": "warning", "deviation": "note"}
_LONGEST = 2_000
"""Characters of one line of a message."""


def sarif(report: dict[str, Any]) -> str:
    """Return a report as a SARIF log: fails are errors, warnings are warnings, deviations are notes that count as suppressed."""
    broken = list(findings(report, *_LEVELS))
    rules: dict[str, dict[str, Any]] = {}
    seen: Counter[str] = Counter()
    results = []
    for finding, place in broken:
        clause = finding["clause"]
        rules.setdefault(clause, _rule(finding))
        seen[clause] += 1
        state = {"baselineState": "unchanged" if is_known(report, finding) else "new"} if "baseline" in report else {}
        results.append(_result(finding, place, list(rules).index(clause), seen[clause]) | state)
    driver = {"name": "roomproof", "semanticVersion": report["roomproof"], "rules": list(rules.values())}
    run = {"tool": {"driver": driver}, "invocations": [_invocation(report)], "results": results, "columnKind": "unicodeCodePoints"}
    return as_json({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _rule(finding: dict[str, Any]) -> dict[str, Any]:
    source = ", ".join(part for part in finding["source"].values() if part)
    demands, comes_from = one_line(finding["demands"]), one_line(source)
    return {
        "id": finding["clause"],
        "shortDescription": {"text": _message(demands)},
        "fullDescription": {"text": _message(f"{demands}. Source: {comes_from}. Level: {finding['level']}.")},
        "help": {"text": _message(f"{demands}\nlevel   {finding['level']}\nsource  {comes_from}")},
        "defaultConfiguration": {"level": _LEVELS[finding["verdict"]]},
        "properties": {"tags": [finding["clause"].partition(".")[0], finding["operation"], finding["level"]]},
    }


def _result(finding: dict[str, Any], place: Place | None, index: int, occurrence: int) -> dict[str, Any]:
    lines = [shortened(line, _LONGEST) for line in told(finding)]
    excused = {"kind": "external", "status": "accepted", "justification": _message(one_line(finding["reason"]))}
    digest = hashlib.sha256(finding["clause"].encode("utf-8", "backslashreplace")).hexdigest()[:16]
    return {
        "ruleId": finding["clause"],
        "ruleIndex": index,
        "level": _LEVELS[finding["verdict"]],
        "message": {"text": _message("\n".join(lines))},
        "locations": [_location(finding, place)],
        # The second name is the one by which code scanning knows an alert again; the clause's id outlives its line.
        "partialFingerprints": dict.fromkeys(("clause/v1", "primaryLocationLineHash"), f"{digest}:{occurrence}"),
        "suppressions": [excused] if finding["verdict"] == "deviation" else [],
        # Not in the message: of a reader who leaves doubled braces as they are one would copy another request.
        "properties": {"reproduce": [legible(line) for line in recipe(finding)]},
    }


def _location(finding: dict[str, Any], place: Place | None) -> dict[str, Any]:
    logical = {"logicalLocations": [{"fullyQualifiedName": finding["clause"], "kind": "member"}]}
    if place is None:
        return logical
    absolute = PurePosixPath(place.file).is_absolute()
    artifact = {"uri": f"file://{quote(place.file)}"} if absolute else {"uri": quote(place.file), "uriBaseId": "%SRCROOT%"}
    return {"physicalLocation": {"artifactLocation": artifact, "region": {"startLine": place.line}}, **logical}


def _invocation(report: dict[str, Any]) -> dict[str, Any]:
    early = stopped(report)
    said = [*(f"{name} stopped early: {why}" for name, why in early), *(f"not judged: {one}" for one in shortfalls(report))]
    notes = [{"level": "error", "message": {"text": _message(one_line(text))}} for text in said]
    return {"executionSuccessful": not said, "toolExecutionNotifications": notes}


def _message(text: str) -> str:
    """Return a text for plain messages, in which no link (SARIF 2.1.0, 3.11.6) and no placeholder (3.11.5) stands."""
    return re.sub(r"\](?=\()", "] ", text).replace("{", "{{").replace("}", "}}")
