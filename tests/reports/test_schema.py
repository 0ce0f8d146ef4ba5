"""The JSON report keeps its published JSON Schema, and has no member that the schema does not tell of."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from roomproof.reports.reading import schema
from roomproof.reports.report import REPORT_VERSION

Report = dict[str, Any]
PUBLISHED = json.loads(schema())
FREE = {"query", "headers", "body", "requests", "unanswered"}
"""Members whose own members are not ours."""


def closed(node: Any) -> Any:
    """A schema that allows only the members that it names. The published one is open, so that members may come."""
    if isinstance(node, list):
        return [closed(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {**{key: closed(value) for key, value in node.items()}, **({"additionalProperties": False} if "properties" in node else {})}


STRICT = Draft202012Validator(closed(PUBLISHED), format_checker=Draft202012Validator.FORMAT_CHECKER)


def objects(node: Any, kind: str = "report") -> Iterator[tuple[str, Report]]:
    """Yield every object of ours in a report with the way to it, indices left out."""
    if isinstance(node, dict):
        yield kind, node
        for name, value in node.items():
            if name not in FREE or not isinstance(value, dict):
                yield from objects(value, f"{kind}.{name}")
    elif isinstance(node, list):
        for item in node:
            yield from objects(item, kind)


def test_the_schema_is_one_and_names_the_version() -> None:
    Draft202012Validator.check_schema(PUBLISHED)
    assert PUBLISHED["$id"].endswith(f":{REPORT_VERSION}")
    assert PUBLISHED["properties"]["report_version"] == {"const": REPORT_VERSION}


def test_real_reports_keep_it_to_the_letter(every_real_report: list[Report]) -> None:
    for report in every_real_report:
        assert [f"{error.json_path}: {error.message}" for error in STRICT.iter_errors(json.loads(json.dumps(report)))] == []


def test_a_handmade_report_is_like_a_real_one(calm: Report) -> None:
    assert list(STRICT.iter_errors(calm)) == []


def test_a_member_that_is_not_documented_is_noticed_wherever_it_stands(every_real_report: list[Report]) -> None:
    kinds: dict[str, Report] = {}
    for report in every_real_report:
        for kind, _ in objects(report):
            kinds.setdefault(kind, report)
    assert {"report.providers.clauses.contract", "report.providers.findings.limit", "report.providers.findings.sequence"} <= set(kinds)
    assert {"report.providers.client", "report.providers.client.first"} <= set(kinds)
    for kind, report in kinds.items():
        changed = deepcopy(report)
        next(found for name, found in objects(changed) if name == kind)["new"] = 1
        assert not STRICT.is_valid(changed), f"{kind} may have any member"


@pytest.mark.parametrize("member", ["roomproof", "report_version", "seed", "providers", "summary"])
def test_a_member_that_is_missing_is_noticed(calm: Report, member: str) -> None:
    del calm[member]
    assert not STRICT.is_valid(calm)


def test_every_clause_of_a_real_report_has_its_place(of_recordings: Report, of_a_faulty_provider: Report) -> None:
    for report in (of_recordings, of_a_faulty_provider):
        for provider in report["providers"]:
            for clause in provider["clauses"]:
                assert clause["contract"]["file"] == f"contracts/{provider['provider']}/openapi.yaml"
                assert clause["contract"]["line"] > 1
