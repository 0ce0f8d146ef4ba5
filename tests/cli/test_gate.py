"""Being fair to a vendor: known deviations that covers exactly what is known, and reports since which only
what is new fails.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import pytest
from starlette.types import ASGIApp

from roomproof.providers import bundled, find_fault, find_mock

Run = Callable[..., Any]
Serve = Callable[[ASGIApp], str]
TELNYX = find_mock("telnyx")
REQUEST = "telnyx.update-room.request.max_participants"
MAXIMUM, TYPE = f"{REQUEST}.maximum", f"{REQUEST}.type"
SEEN_51 = {
    "clause": MAXIMUM,
    "witness": {"/request/body/max_participants": {"const": 51}, "/response/status": {"const": 200}},
    "reason": "51 are accepted",
    "evidence": "a call with the vendor",
    "seen": "2026-01-02",
    "expires": "2099-01-02",
}


@pytest.fixture
def contracts(tmp_path: Path) -> Callable[..., Path]:
    """Write a folder of contracts in which Telnyx has but one known deviation, and return it."""

    def write(**fields: Any) -> Path:
        folder = tmp_path / "contracts" / "telnyx"
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(bundled("contracts") / "telnyx" / "openapi.yaml", folder)
        known = (bundled("contracts") / "telnyx" / "deviations.yaml").read_text(encoding="utf-8")
        # Flow style in a list of block style: each entry may be JSON.
        (folder / "deviations.yaml").write_text(
            f"{known}- {json.dumps({**SEEN_51, **fields})}\n", encoding="utf-8"
        )
        return folder.parent

    return write


@pytest.fixture
def against(
    inside: Run, serve: Serve, tmp_path: Path
) -> Callable[..., tuple[Any, dict[str, Any], Xml.Element]]:
    """Verify a Telnyx mock with some faults; return how it ended and both reports."""

    def run(*faults: str, options: Sequence[object] = ()) -> tuple[Any, dict[str, Any], Xml.Element]:
        app: ASGIApp = TELNYX.build()
        for fault in faults:
            app = find_fault("telnyx", fault).around(app)
        whom = (
            "verify",
            "telnyx",
            "--base-url",
            serve(app) + TELNYX.prefix,
            "--room-id",
            TELNYX.room_id,
            "--max-examples",
            0,
            "--only",
            f"{REQUEST}.*",
        )
        reports = ("--json", "report.json", "--junit", "report.xml")
        done = inside(*whom, *reports, *options, env=TELNYX.environment)
        report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
        return done, report, Xml.parse(tmp_path / "report.xml").getroot()[0]

    return run


def verdicts(report: dict[str, Any]) -> dict[str, str]:
    return {clause["id"]: clause["verdict"] for clause in report["providers"][0]["clauses"]}


# Deviations.


def test_an_accepted_limit_excuses_exactly_that(against: Run, contracts: Callable[..., Path]) -> None:
    done, report, _ = against("max-51", options=("--contracts", contracts()))
    assert done.code == 0
    assert verdicts(report)[MAXIMUM] == "deviation"


def test_an_accepted_limit_lets_no_broken_type_and_no_other_value_pass(
    against: Run, contracts: Callable[..., Path]
) -> None:
    done, report, _ = against("max-51", "max-boolean", options=("--contracts", contracts()))
    assert (done.code, verdicts(report)[MAXIMUM], verdicts(report)[TYPE]) == (1, "deviation", "fail")

    done, report, _ = against("max-unlimited", options=("--contracts", contracts()))
    assert (done.code, verdicts(report)[MAXIMUM]) == (1, "fail")
    (finding,) = (finding for finding in report["providers"][0]["findings"] if finding["verdict"] == "fail")
    assert finding["request"]["body"]["max_participants"] > 51


def test_a_deviation_that_is_no_longer_seen_is_reported_and_fails_on_demand(
    against: Run, contracts: Callable[..., Path]
) -> None:
    done, report, junit = against(options=("--contracts", contracts()))
    (stale,) = report["providers"][0]["stale_deviations"]
    assert done.code == 0
    assert {**stale, "why": "no longer seen"} == stale
    assert set(stale) == {"clause", "reason", "evidence", "seen", "expires", "why"}
    assert f"stale deviation {MAXIMUM}: no longer seen" in done.out
    (case,) = junit.findall(f"testcase[@name='{MAXIMUM}']")
    assert case.get("classname") == "telnyx.deviations"
    assert junit.get("failures") == "0"

    done, report, junit = against(options=("--contracts", contracts(), "--strict-deviations"))
    assert (done.code, report["summary"]["fail"], junit.get("failures")) == (1, 0, "1")


def test_an_expired_deviation_still_excuses_and_fails_on_demand(
    against: Run, contracts: Callable[..., Path]
) -> None:
    expired = ("--contracts", contracts(expires="2026-02-02"))
    done, report, _ = against("max-51", options=expired)
    assert (done.code, verdicts(report)[MAXIMUM]) == (0, "deviation")
    assert [stale["why"] for stale in report["providers"][0]["stale_deviations"]] == ["expired"]
    assert f"stale deviation {MAXIMUM}: expired on 2026-02-02" in done.out

    done, report, _ = against("max-51", options=(*expired, "--strict-deviations"))
    assert (done.code, verdicts(report)[MAXIMUM]) == (1, "deviation")


def test_the_shipped_deviations_are_quiet_on_the_shipped_mocks(inside: Run, tmp_path: Path) -> None:
    done = inside("verify", "--max-examples", 0, "--strict-deviations", "--json", "report.json")
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert [provider["stale_deviations"] for provider in report["providers"]] == [[]] * 4
    assert done.code == 0


def test_replayed_recordings_tell_of_stale_deviations_too(
    inside: Run, contracts: Callable[..., Path], tmp_path: Path
) -> None:
    cassettes = bundled("cassettes") / "telnyx"
    done = inside(
        "replay",
        cassettes,
        "--contracts",
        contracts(),
        "--strict-deviations",
        "--json",
        tmp_path / "report.json",
    )
    assert done.code == 1
    assert "no longer seen" in done.out
    assert inside("replay", cassettes, "--strict-deviations").code == 0


# A baseline.


def test_only_what_is_new_since_the_baseline_fails(against: Run, tmp_path: Path) -> None:
    against("max-51")
    baseline = tmp_path / "baseline.json"
    (tmp_path / "report.json").rename(baseline)

    done, report, junit = against("max-51", options=("--baseline", baseline))
    assert done.code == 0
    since = {"path": str(baseline), "new": [], "known": [MAXIMUM], "healed": [], "unexercised": []}
    assert report["baseline"] == since
    assert report["summary"]["fail"] == 1
    name = MAXIMUM.removeprefix("telnyx.")
    assert junit.get("failures") == "0"
    assert "known since the baseline" in (junit.findtext(f"testcase[@name='{name}']/system-out") or "")
    assert f"known {MAXIMUM}" in done.out

    done, report, junit = against("max-51", "max-boolean", options=("--baseline", baseline))
    assert (done.code, junit.get("failures")) == (1, "1")
    assert report["baseline"] == {**since, "new": [TYPE]}

    done, report, junit = against(options=("--baseline", baseline))
    assert done.code == 0
    assert report["baseline"] == {**since, "known": [], "healed": [MAXIMUM]}
    assert f"healed {MAXIMUM}" in done.out
    assert junit.findtext(f"testcase[@name='{name}']/system-out") == "healed since the baseline"


@pytest.mark.parametrize("fault", ["max-50-refused", "max-64"])
def test_another_fault_of_a_known_clause_is_new(fault: str, against: Run, tmp_path: Path) -> None:
    against("max-51")
    baseline = tmp_path / "baseline.json"
    (tmp_path / "report.json").rename(baseline)
    done, report, _ = against(fault, options=("--baseline", baseline))
    assert (done.code, report["baseline"]["new"], report["baseline"]["known"]) == (1, [MAXIMUM], [])


def test_what_was_not_tested_again_has_not_healed(against: Run, tmp_path: Path) -> None:
    against("max-51")
    baseline = tmp_path / "baseline.json"
    (tmp_path / "report.json").rename(baseline)
    _, report, _ = against(options=("--baseline", baseline, "--max-requests", 3))
    assert (report["baseline"]["healed"], report["baseline"]["unexercised"]) == ([], [MAXIMUM])


def test_recordings_are_held_against_a_baseline_too(inside: Run, tmp_path: Path) -> None:
    cassettes, baseline = bundled("cassettes") / "telnyx", tmp_path / "baseline.json"
    assert inside("replay", cassettes, "--json", baseline).code == 0
    done = inside("replay", cassettes, "--baseline", baseline, "--json", tmp_path / "report.json")
    assert done.code == 0
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["baseline"]["new"] == []
    assert inside("replay", bundled("cassettes"), "--baseline", baseline).code == 2


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (None, "cannot be read"),
        ("{", "is no JSON"),
        ("[]", "is no roomproof report"),
        ('{"report_version": 7, "providers": []}', "version 7"),
        ('{"report_version": 1, "providers": []}', "says nothing of telnyx"),
    ],
    ids=["no file", "no JSON", "another JSON", "another version", "another provider"],
)
def test_a_baseline_that_is_none_ends_the_run_before_it_starts(
    text: str | None, says: str, inside: Run, tmp_path: Path
) -> None:
    path = tmp_path / "old.json"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    done = inside("verify", "telnyx", "--baseline", path)
    assert (done.code, done.out) == (2, "")
    assert len(done.err.splitlines()) == 1
    assert says in done.err
