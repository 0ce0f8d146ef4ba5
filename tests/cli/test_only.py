"""`--only`, and the line in each finding that finds it again."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.types import ASGIApp

from roomproof.providers import bundled, find_fault, find_mock

Run = Callable[..., Any]
Serve = Callable[[ASGIApp], str]
TELNYX = find_mock("telnyx")
MAXIMUM = "telnyx.update-room.request.max_participants.maximum"


def report_in(folder: Path) -> dict[str, Any]:
    report: dict[str, Any] = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    return report


def test_only_what_was_asked_for_is_reported(inside: Run, tmp_path: Path) -> None:
    done = inside(
        "verify", "--only", "telnyx.*.max_participants.m*imum", "--max-examples", 0, "--json", "report.json"
    )
    assert done.code == 0
    (provider,) = report_in(tmp_path)["providers"]
    assert provider["provider"] == "telnyx"
    ids = [clause["id"] for clause in provider["clauses"]]
    assert MAXIMUM in ids
    assert all(".max_participants.m" in clause for clause in ids)
    assert report_in(tmp_path)["summary"]["clauses"] == len(ids)
    assert provider["findings"] == []


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--only", MAXIMUM[:-1]), f"did you mean {MAXIMUM!r}?"),
        (("telnyx", "--only", "azure.*"), "there is no such clause of telnyx"),
        (("--only", MAXIMUM, "--only", "nobody.*"), "--only nobody.*: there is no such clause"),
    ],
    ids=["a letter is missing", "of another provider", "one of two"],
)
def test_a_clause_that_is_none_ends_the_run_before_it_starts(
    words: tuple[str, ...], says: str, inside: Run
) -> None:
    done = inside("verify", *words)
    assert (done.code, done.out, len(done.err.splitlines())) == (2, "", 1)
    assert says in done.err


def test_each_finding_has_the_line_that_finds_it_again(inside: Run, serve: Serve, tmp_path: Path) -> None:
    base_url = serve(find_fault("telnyx", "max-51").around(TELNYX.build())) + TELNYX.prefix
    whom = ("--base-url", base_url, "--room-id", TELNYX.room_id)
    done = inside(
        "verify",
        "telnyx",
        *whom,
        "--seed",
        7,
        "--max-examples",
        3,
        "--json",
        "report.json",
        env=TELNYX.environment,
    )
    failed = {
        finding["clause"]: finding
        for finding in report_in(tmp_path)["providers"][0]["findings"]
        if finding["verdict"] == "fail"
    }
    assert set(failed) == {MAXIMUM, MAXIMUM.replace("update-room", "create-room")}, "both accept 51"
    finding = failed[MAXIMUM]
    assert finding["reproduce"] in done.out.splitlines()
    command, *words = shlex.split(finding["reproduce"])
    assert command == "roomproof"
    assert words == ["verify", "telnyx", "--only", MAXIMUM, "--seed", "7", "--max-examples", "3", *whom]

    requests = report_in(tmp_path)["providers"][0]["requests"]
    again = inside(*words, "--json", "report.json", env=TELNYX.environment)
    assert again.code == 1
    (provider,) = report_in(tmp_path)["providers"]
    assert [found["clause"] for found in provider["findings"]] == [MAXIMUM]
    assert provider["requests"] < requests / 2


def test_what_a_recording_shows_is_not_sent_again(inside: Run, tmp_path: Path) -> None:
    assert inside("replay", bundled("cassettes") / "telnyx", "--json", "report.json").code == 0
    assert all("reproduce" not in finding for finding in report_in(tmp_path)["providers"][0]["findings"])


def test_a_recording_of_some_clauses_keeps_the_verdicts_on_all(inside: Run, tmp_path: Path) -> None:
    assert inside("verify", "--only", MAXIMUM, "--max-examples", 0, "--record", "it.yaml").code == 0
    done = inside("replay", tmp_path / "it.yaml")
    assert done.code == 0
    assert "rejudged" not in done.out
