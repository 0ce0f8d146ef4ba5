"""`roomproof replay --client` as a user meets it: what the client sent outside the contract, beside the
verdicts on the provider.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import pytest

Run = Callable[..., Any]
MAXIMUM = "telnyx.update-room.request.max_participants.maximum"
ROOM = "https://api.telnyx.com/v2/rooms/7b61621f-62e0-4aad-ab11-9fd19e272e73"


ROOM_ID = ROOM.rpartition("/")[2]
SHOWN = {
    "id": ROOM_ID, "unique_name": "one", "max_participants": 10, "enable_recording": False,
    "webhook_event_url": "https://a.example/",
    "webhook_event_failover_url": "https://b.example/", "webhook_timeout_secs": 3,
    "active_session_id": ROOM_ID, "sessions": [],
    "created_at": "2026-11-21T10:00:00Z", "updated_at": "2026-11-21T10:00:00Z", "record_type": "room",
}  # fmt: skip


def accepted(body: dict[str, Any], **request: Any) -> dict[str, Any]:
    """An update that somebody else recorded, and that the provider carried out."""
    done = {
        "status": {"code": 200, "message": ""},
        "body": {"string": json.dumps({"data": {**SHOWN, **body}})},
    }
    one = rejected(body, **request)
    return {**one, "response": {**one["response"], **done}}


def rejected(body: Any, **request: Any) -> dict[str, Any]:
    """An update that somebody else recorded, and that the provider rejected."""
    asked = {
        "method": "PATCH",
        "uri": ROOM,
        "headers": {"Content-Type": ["application/json"]},
        "body": json.dumps(body),
        **request,
    }
    response = {
        "status": {"code": 422, "message": ""},
        "headers": {"Content-Type": ["application/json"]},
        "body": {"string": '{"errors": []}'},
    }
    return {"request": asked, "response": response, "recorded_at": "2026-11-01T00:00:00+00:00"}


@pytest.fixture
def recording(tmp_path: Path) -> Callable[..., Path]:
    """Write a cassette of somebody else's client."""

    def write(*interactions: dict[str, Any]) -> Path:
        path = tmp_path / "mine.json"
        path.write_text(json.dumps({"version": 1, "interactions": interactions}), encoding="utf-8")
        return path

    return write


def client_of(report: Path) -> list[dict[str, Any]]:
    (provider,) = json.loads(report.read_text(encoding="utf-8"))["providers"]
    listed: list[dict[str, Any]] = provider["client"]
    return listed


def test_it_is_shown_with_clause_and_place_and_no_verdict_rests_on_it(
    inside: Run, recording: Run, tmp_path: Path
) -> None:
    recording(
        accepted({"max_participants": 5}),
        rejected({"max_participants": 51}),
        rejected({"max_participants": 52}),
    )
    done = inside("replay", "mine.json", "--json", "report.json")

    assert (done.code, done.err) == (0, "")
    where = "(body /max_participants, 2 times, first in mine.json, interaction 2)"
    assert f"client error {MAXIMUM}: max_participants 51; max_participants is at most 50 {where}" in done.out
    (entry,) = client_of(tmp_path / "report.json")
    assert entry == {
        "clause": MAXIMUM, "level": "documented", "severity": "error", "doubtful": False,
        "place": "body /max_participants",
        "what": "max_participants 51", "sent": "51", "demands": "max_participants is at most 50", "times": 2,
        "source": {"document": "Telnyx: Update a room", "section": "Body", "field": "max_participants"},
        "first": {"file": "mine.json", "place": "interaction 2", "at": "2026-11-01T00:00:00+00:00"},
    }  # fmt: skip
    inside("replay", "mine.json", "--json", "silent.json", "--client", "off")
    reports = [
        json.loads((tmp_path / name).read_text(encoding="utf-8")) for name in ("report.json", "silent.json")
    ]
    verdicts = [
        {clause["id"]: clause["verdict"] for clause in one["providers"][0]["clauses"]} for one in reports
    ]
    assert verdicts[0] == verdicts[1]
    assert "client" not in reports[1]["providers"][0]


@pytest.mark.parametrize(
    ("sent", "codes"),
    [
        ([rejected({"max_participants": 51})], {"fail": 1, "warn": 0, "off": 0}),
        ([rejected({"max_participants": "10"})], {"fail": 1, "warn": 0, "off": 0}),
        ([rejected({"max_particpants": 10})], {"fail": 1, "warn": 0, "off": 0}),
        ([accepted({"max_participants": 10}, headers={"Accept": ["*/*"]})], {"fail": 0, "warn": 0, "off": 0}),
        ([accepted({"max_participants": 10})], {"fail": 0, "warn": 0, "off": 0}),
        (
            [accepted({"max_participants": 10}, headers={"Content-Type": ["text/plain"]})],
            {"fail": 0, "warn": 0, "off": 0},
        ),
    ],
    ids=["limit", "type", "misspelt", "doubtful", "nothing", "sample"],
)
def test_only_a_certain_error_fails_and_only_where_that_is_asked_for(
    sent: Any, codes: dict[str, int], inside: Run, recording: Run
) -> None:
    recording(*sent)
    for choice, code in codes.items():
        done = inside("replay", "mine.json", "--client", choice)
        assert done.code == code, choice
        assert ("as --client fail asks for" in done.out) == (code == 1)
        assert choice != "off" or "client error" not in done.out


def test_what_only_a_sample_shows_fails_a_strict_run(inside: Run, recording: Run) -> None:
    recording(accepted({"max_participants": 10}, headers={"Content-Type": ["text/plain"]}))
    assert inside("replay", "mine.json", "--client", "fail", "--strict").code == 1


def test_what_the_baseline_knows_fails_no_more(inside: Run, recording: Run) -> None:
    recording(rejected({"max_participants": 51}))
    inside("replay", "mine.json", "--json", "before.json")
    assert inside("replay", "mine.json", "--client", "fail", "--baseline", "before.json").code == 0
    recording(rejected({"max_participants": 51}), rejected({"unique_nam": "x"}))
    done = inside("replay", "mine.json", "--client", "fail", "--baseline", "before.json")
    assert done.code == 1
    assert "1 error of the client fails the run" in done.out


def test_a_value_under_the_name_of_a_secret_is_not_shown(inside: Run, recording: Run, tmp_path: Path) -> None:
    recording(rejected({"api_token": "k9xQ77-2wPm"}))
    done = inside(
        "replay", "mine.json", "--json", "report.json", "--html", "report.html", "--markdown", "report.md"
    )
    assert "api_token is no documented field" in done.out
    assert all("k9xQ77-2wPm" not in path.read_text(encoding="utf-8") for path in tmp_path.glob("report.*"))


def test_what_roomproof_recorded_has_none(inside: Run, tmp_path: Path) -> None:
    inside("verify", "telnyx", "--only", MAXIMUM, "--max-examples", "0", "--record", "own.yaml")
    assert inside("replay", "own.yaml", "--client", "fail", "--json", "report.json").code == 0
    assert client_of(tmp_path / "report.json") == []


def test_every_view_tells_of_it_and_fails_only_where_the_run_does(
    inside: Run, recording: Run, tmp_path: Path
) -> None:
    recording(rejected({"max_participants": 51}), rejected({"max_participants": None}))
    views = ("--junit", "r.xml", "--sarif", "r.sarif", "--markdown", "r.md", "--html", "r.html")
    told: dict[str, Any] = {}
    for choice in ("warn", "fail"):
        done = inside("replay", "mine.json", "--client", choice, *views, env={"GITHUB_ACTIONS": "true"})
        cases = Xml.parse(tmp_path / "r.xml").findall("testsuite[@name='telnyx.client']/testcase")
        results = json.loads((tmp_path / "r.sarif").read_text(encoding="utf-8"))["runs"][0]["results"]
        assert "max_participants 51" in (tmp_path / "r.md").read_text(encoding="utf-8")
        page = (tmp_path / "r.html").read_text(encoding="utf-8")
        assert 'id="client"' in page
        told[choice] = {
            "junit": [case.find("failure") is not None for case in cases],
            "sarif": [
                (result["ruleId"], result["level"])
                for result in results
                if result["ruleId"].startswith("client/")
            ],
            "github": [
                line.split(" ")[0] for line in done.out.splitlines() if f"title=client {MAXIMUM}" in line
            ],
            "headline": "error of the client fails the run" in page,
        }
    null = "client/telnyx.update-room.request.max_participants.null"
    warned = {
        "junit": [False, False],
        "sarif": [(f"client/{MAXIMUM}", "warning"), (null, "warning")],
        "github": ["::warning"],
    }
    failed = {
        "junit": [True, False],
        "sarif": [(f"client/{MAXIMUM}", "error"), (null, "warning")],
        "github": ["::error"],
    }
    assert told == {"warn": {**warned, "headline": False}, "fail": {**failed, "headline": True}}
