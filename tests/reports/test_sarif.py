"""SARIF 2.1.0: a broken clause is a rule, a finding a result at its line of the contract."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from roomproof.providers import bundled
from roomproof.report.document import report_from
from roomproof.reports.report import write_text
from roomproof.reports.sarif import sarif

Report = dict[str, Any]


def only_run(report: Report) -> dict[str, Any]:
    log = json.loads(sarif(report_from(report)))
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("/sarif-schema-2.1.0.json")
    (run,) = log["runs"]
    return dict(run)


def test_a_fail_is_an_error_on_the_line_of_its_clause(of_a_faulty_provider: Report) -> None:
    run = only_run(of_a_faulty_provider)
    (result,) = (result for result in run["results"] if result["level"] == "error")
    rule = run["tool"]["driver"]["rules"][result["ruleIndex"]]

    assert result["ruleId"] == rule["id"] == "telnyx.update-room.request.max_participants.maximum"
    assert "51" in result["message"]["text"]
    assert "Telnyx: Update a room" in rule["help"]["text"]
    (location,) = result["locations"]
    place = location["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "contracts/telnyx/openapi.yaml"
    text = (bundled("contracts") / "telnyx" / "openapi.yaml").read_text(encoding="utf-8")
    assert text.splitlines()[place["region"]["startLine"] - 1].strip() == "maximum: 50"
    assert '{"max_participants":51}' in result["properties"]["reproduce"][0]


def test_what_the_standard_and_code_scanning_require_is_there(
    every_real_report: list[Report], calm: Report
) -> None:
    for report in (*every_real_report, calm):
        run = only_run(report)
        driver = run["tool"]["driver"]
        assert driver["name"] == "roomproof"
        assert len({rule["id"] for rule in driver["rules"]}) == len(driver["rules"])
        for rule in driver["rules"]:
            assert all(rule[field]["text"] for field in ("shortDescription", "fullDescription", "help"))
        for result in run["results"]:
            assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
            assert result["message"]["text"]
            assert result["locations"][0]["physicalLocation"]["region"]["startLine"] >= 1
            assert all(isinstance(value, str) for value in result["partialFingerprints"].values())
        assert isinstance(run["invocations"][0]["executionSuccessful"], bool)


def test_levels_follow_the_verdict_and_a_deviation_counts_as_suppressed(calm: Report) -> None:
    results = {result["ruleId"].split(".")[3]: result for result in only_run(calm)["results"]}
    levels = {name: result["level"] for name, result in results.items()}
    assert levels == {"fail0": "error", "warning0": "warning", "deviation0": "note"}
    assert results["deviation0"]["suppressions"][0]["justification"] == "a calm text"
    # SARIF 2.1.0, 3.27.23: if one result tells of suppressions, all do.
    assert results["fail0"]["suppressions"] == results["warning0"]["suppressions"] == []


def test_a_fingerprint_outlives_the_line_and_the_counterexample(calm: Report, handmade: Any) -> None:
    later = handmade("another counterexample")
    for clause in later["providers"][0]["clauses"]:
        clause["contract"]["line"] += 100
    prints = [
        [result["partialFingerprints"] for result in only_run(report)["results"]] for report in (calm, later)
    ]
    assert prints[0] == prints[1]
    assert len({str(one) for one in prints[0]}) == len(prints[0])


def test_two_findings_of_one_clause_share_a_rule_and_no_fingerprint(calm: Report) -> None:
    findings = calm["providers"][0]["findings"]
    findings.append({**findings[0], "verdict": "deviation"})
    run = only_run(calm)
    twins = [result for result in run["results"] if result["ruleId"] == findings[0]["clause"]]
    assert [result["level"] for result in twins] == ["error", "note"]
    assert twins[0]["ruleIndex"] == twins[1]["ruleIndex"]
    assert run["tool"]["driver"]["rules"][twins[0]["ruleIndex"]]["defaultConfiguration"]["level"] == "error"
    assert twins[0]["partialFingerprints"] != twins[1]["partialFingerprints"]


def test_a_run_that_stopped_early_is_told(calm_but_stopped: Report, calm: Report) -> None:
    (invocation,) = only_run(calm_but_stopped)["invocations"]
    assert not invocation["executionSuccessful"]
    assert invocation["toolExecutionNotifications"][0]["message"]["text"] == "acme stopped early: a calm text"
    assert only_run(calm)["invocations"] == [{"executionSuccessful": True, "toolExecutionNotifications": []}]


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        ("my contracts/a#b.yaml", "my%20contracts/a%23b.yaml"),
        ("/srv/rooms/openapi.yaml", "file:///srv/rooms/openapi.yaml"),
    ],
)
def test_a_file_is_named_by_a_uri(calm: Report, file: str, uri: str) -> None:
    for clause in calm["providers"][0]["clauses"]:
        clause["contract"]["file"] = file
    artifact = only_run(calm)["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert artifact["uri"] == uri
    assert ("uriBaseId" in artifact) == (not file.startswith("/"))


def test_a_report_that_knows_no_lines_names_the_clause_only(calm: Report) -> None:
    for clause in calm["providers"][0]["clauses"]:
        del clause["contract"]
    (location,) = only_run(calm)["results"][0]["locations"]
    assert list(location) == ["logicalLocations"]


def test_hostile_texts_are_neither_links_nor_placeholders_nor_steer_anything(
    hostile: Report, tmp_path: Path
) -> None:
    write_text(tmp_path / "s.sarif", sarif(report_from(hostile)))
    log = json.loads((tmp_path / "s.sarif").read_bytes().decode("utf-8"))

    texts = [result["message"]["text"] for result in log["runs"][0]["results"]]
    for text in texts:
        assert "](" not in text
        assert not re.search(r"(?<!\{)\{(\{\{)*(?!\{)", text), (
            "a brace that is not doubled starts a placeholder"
        )
        assert all(letter.isprintable() or letter == "\n" for letter in text)
        assert len(text) < 20_000
