"""`--html`, and `roomproof report`: earlier runs in another form."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import pytest

Run = Callable[..., Any]
RECORDED = Path(__file__).parents[2] / "cassettes" / "telnyx" / "mock"


@pytest.fixture
def run_json(inside: Run, tmp_path: Path) -> Path:
    """The JSON report on a shipped recording."""
    assert inside("replay", RECORDED, "--json", "run.json", "--html", "page.html").code == 0
    return tmp_path / "run.json"


def test_replay_writes_a_page(run_json: Path) -> None:
    page = run_json.with_name("page.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert "Nothing fails" in page
    assert all(
        clause["id"] in page
        for clause in json.loads(run_json.read_text(encoding="utf-8"))["providers"][0]["clauses"]
    )


def test_verify_writes_a_page_also_when_it_is_cut_short(inside: Run, tmp_path: Path) -> None:
    assert inside("verify", "telnyx", "--max-requests", 7, "--html", "new/page.html").code == 3
    page = (tmp_path / "new" / "page.html").read_text(encoding="utf-8")
    assert "telnyx stopped early: --max-requests 7 reached" in page
    assert "the run ended before its turn: --max-requests 7 reached" in page


def test_report_writes_the_same_page_and_junit_from_json(run_json: Path, inside: Run, tmp_path: Path) -> None:
    assert inside("report", "run.json", "--html", "again.html", "--junit", "again.xml").code == 0
    assert (tmp_path / "again.html").read_text(encoding="utf-8") == (tmp_path / "page.html").read_text(
        encoding="utf-8"
    )
    clauses = json.loads(run_json.read_text(encoding="utf-8"))["summary"]["clauses"]
    assert len(Xml.parse(tmp_path / "again.xml").getroot().findall(".//testcase")) == clauses


def test_report_of_several_runs_shows_what_changed(run_json: Path, inside: Run, tmp_path: Path) -> None:
    before = json.loads(run_json.read_text(encoding="utf-8"))
    (clause,) = [
        item
        for item in before["providers"][0]["clauses"]
        if item["id"] == "telnyx.update-room.request.max_participants.maximum"
    ]
    clause["verdict"] = "fail"
    before["providers"][0]["started"] = "2020-01-01T00:00:00+00:00"
    (tmp_path / "before.json").write_text(json.dumps(before), encoding="utf-8")
    assert inside("report", "run.json", "before.json", "--html", "trend.html").code == 0
    page = (tmp_path / "trend.html").read_text(encoding="utf-8")
    assert "1 healed" in page
    assert "fail → pass" in page


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("run.json", "run.json"), "only --html PATH is about several runs"),
        (
            ("run.json", "run.json", "--html", "x.html", "--junit", "x.xml"),
            "only --html PATH is about several runs",
        ),
        (("page.html", "--html", "x.html"), "page.html: is no JSON"),
        (("run.json", "--html", "run.json/x.html"), "run.json/x.html: the report cannot be written"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_bad_use_ends_in_one_sentence(
    words: tuple[str, ...], sentence: str, run_json: Path, inside: Run
) -> None:
    assert run_json.exists()
    done = inside("report", *words)
    assert done.code == 2
    assert done.err.startswith(f"roomproof: {sentence}")
    assert len(done.err.splitlines()) == 1
