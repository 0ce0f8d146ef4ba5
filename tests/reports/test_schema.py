"""The JSON report keeps its published JSON Schema, and has no field that the schema does not tell of."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import is_dataclass
from enum import Enum
from types import NoneType
from typing import Any, get_args, get_origin

import pytest
from jsonschema import Draft202012Validator

from roomproof.json_data import data_fields
from roomproof.report.document import REPORT_VERSION
from roomproof.report.document import Report as ReportType
from roomproof.reports.reading import schema

Report = dict[str, Any]
PUBLISHED = json.loads(schema())
FREE = {"query", "headers", "body", "requests", "unanswered", "documented", "observed"}
"""Fields whose own fields are not ours."""


def closed(node: Any) -> Any:
    """A schema that allows only the fields that it names. The published one is open, so that fields may
    come.
    """
    if isinstance(node, list):
        return [closed(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        **{key: closed(value) for key, value in node.items()},
        **({"additionalProperties": False} if "properties" in node else {}),
    }


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


NAMES = {str: "string", int: "integer", float: "number", bool: "boolean"}


def differences(kind: Any, node: Report, way: str) -> Iterator[str]:
    """Yield where a type of the report and its schema do not agree: what only one of them names, requires, or
    is.
    """
    if "$ref" in node:
        node = PUBLISHED["$defs"][node["$ref"].rpartition("/")[2]]
    inner = get_args(kind)
    if NoneType in inner:
        node, allows_null = without_null(node)
        yield from () if allows_null else (f"{way} may be null",)
        yield from differences(inner[0], node, way)
    elif is_dataclass(kind):
        yield from differences_of_fields(kind, node, way)
    elif get_origin(kind) is tuple:
        yield from differences(inner[0], node["items"], f"{way}[]")
    elif get_origin(kind) is Mapping:
        yield from differences(inner[1], node["additionalProperties"], f"{way}{{}}")
    elif kind is not object:
        words = node.get("enum") or ([node["const"]] if "const" in node else [])
        if not (words and all(is_one(word, kind) for word in words)) and node.get("type") != NAMES.get(kind):
            yield f"{way} is {node}, not {kind}"


def is_one(word: Any, kind: Any) -> bool:
    return word in list(kind) if issubclass(kind, Enum) else isinstance(word, kind)


def without_null(node: Report) -> tuple[Report, bool]:
    words = node["type"] if isinstance(node.get("type"), list) else []
    kinds = node.get("anyOf") or [{**node, "type": word} for word in words] or [node]
    rest = [one for one in kinds if one.get("type") != "null"]
    return rest[0], len(rest) < len(kinds)


def differences_of_fields(kind: Any, node: Report, way: str) -> Iterator[str]:
    known = {field.name: field for field in data_fields(kind)}
    yield from (f"{way}.{name}: only one of them has it" for name in known.keys() ^ node["properties"].keys())
    needed = {name for name, field in known.items() if not field.may_be_missing}
    yield from (f"{way}.{name}: only one of them requires it" for name in needed ^ set(node["required"]))
    for name in known.keys() & node["properties"].keys():
        field = known[name]
        # What is missing in JSON where it is None is never null there.
        stands_for = get_args(field.kind)[0] if field.default is None else field.kind
        yield from differences(stands_for, node["properties"][name], f"{way}.{name}")


def test_the_types_of_the_report_and_the_schema_say_the_same() -> None:
    assert list(differences(ReportType, PUBLISHED, "report")) == []


def test_a_field_that_only_the_types_or_only_the_schema_has_is_noticed() -> None:
    changed = deepcopy(PUBLISHED)
    del changed["properties"]["seed"]
    changed["properties"]["hints"]["items"] = {"type": "integer"}
    changed["properties"]["mood"] = {"type": "string"}
    found = sorted(differences(ReportType, changed, "report"))
    assert [one.split(":")[0].split()[0] for one in found] == ["report.hints[]", "report.mood", "report.seed"]


def test_boundaries_are_those_of_the_clauses_that_the_report_is_about(
    of_a_faulty_provider: Report,
) -> None:
    (provider,) = of_a_faulty_provider["providers"]
    about = {clause["id"] for clause in provider["clauses"]}
    assert {one["field"] for one in provider["boundaries"]} == {"max_participants", "webhook_timeout_secs"}
    assert all(one["clauses"] and about.issuperset(one["clauses"]) for one in provider["boundaries"])


def test_real_reports_keep_it_to_the_letter(every_real_report: list[Report]) -> None:
    for report in every_real_report:
        assert [
            f"{error.json_path}: {error.message}"
            for error in STRICT.iter_errors(json.loads(json.dumps(report)))
        ] == []


def test_a_handmade_report_is_like_a_real_one(calm: Report) -> None:
    assert list(STRICT.iter_errors(calm)) == []


def test_a_field_that_is_not_documented_is_noticed_wherever_it_stands(
    every_real_report: list[Report],
) -> None:
    kinds: dict[str, Report] = {}
    for report in every_real_report:
        for kind, _ in objects(report):
            kinds.setdefault(kind, report)
    assert {
        "report.providers.clauses.contract",
        "report.providers.findings.limit",
        "report.providers.findings.sequence",
    } <= set(kinds)
    assert {"report.providers.client", "report.providers.client.first"} <= set(kinds)
    for kind, report in kinds.items():
        changed = deepcopy(report)
        next(found for name, found in objects(changed) if name == kind)["new"] = 1
        assert not STRICT.is_valid(changed), f"{kind} may have any field"


@pytest.mark.parametrize("field", ["roomproof", "report_version", "seed", "providers", "summary"])
def test_a_field_that_is_missing_is_noticed(calm: Report, field: str) -> None:
    del calm[field]
    assert not STRICT.is_valid(calm)


def test_every_clause_of_a_real_report_has_its_place(
    of_recordings: Report, of_a_faulty_provider: Report
) -> None:
    for report in (of_recordings, of_a_faulty_provider):
        for provider in report["providers"]:
            for clause in provider["clauses"]:
                assert clause["contract"]["file"] == f"contracts/{provider['provider']}/openapi.yaml"
                assert clause["contract"]["line"] > 1
