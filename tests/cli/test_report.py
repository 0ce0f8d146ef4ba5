"""`roomproof report`, the views that `verify` and `replay` write, the report that is always kept, and what
GitHub Actions gets.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import pytest

from roomproof.providers import bundled, find_contract, find_mock
from roomproof.targets.serve import mock_process

Run = Callable[..., Any]
TELNYX = find_mock("telnyx")
FEW = ("--max-examples", 0)
SAMPLES = bundled("cassettes") / "telnyx"
MAXIMUM = "telnyx.update-room.request.max_participants.maximum"
VIEWS = ("--junit", "run.xml", "--sarif", "run.sarif", "--markdown", "run.md", "--badge", "run.svg")


def views(folder: Path) -> dict[str, str]:
    return {name: (folder / name).read_text(encoding="utf-8") for name in VIEWS[1::2]}


def test_any_view_is_made_later_and_is_the_same(roomproof: Run, tmp_path: Path) -> None:
    with mock_process("telnyx", "max-51") as serving:
        words = ("verify", "telnyx", "--base-url", serving.base_url, "--room-id", serving.room_id, *FEW)
        done = roomproof(
            *words,
            "--only",
            "telnyx.update-room.*",
            *VIEWS,
            "--json",
            "run.json",
            env=dict(serving.environment),
        )
    assert done.code == 1
    at_once = views(tmp_path)
    for name in at_once:
        (tmp_path / name).unlink()

    later = roomproof("report", "run.json", *VIEWS)
    assert (later.code, later.out, later.err) == (0, "", "")
    assert views(tmp_path) == at_once
    assert MAXIMUM in at_once["run.md"]
    assert json.loads(at_once["run.sarif"])["runs"][0]["results"][0]["ruleId"] == MAXIMUM
    assert "1 of 147 clauses fail" in at_once["run.svg"]
    assert Xml.fromstring(at_once["run.xml"].encode()).get("failures") == "1"
    assert not (tmp_path / ".roomproof").exists(), "--json says where the report goes"


def test_a_report_is_kept_and_the_last_line_says_where(roomproof: Run, tmp_path: Path) -> None:
    done = roomproof("verify", "telnyx", *FEW)
    assert done.code == 0
    assert done.out.splitlines()[-1].startswith("report in .roomproof/last.json")
    assert (tmp_path / ".roomproof" / ".gitignore").read_text(encoding="utf-8").splitlines()[-1] == "*"
    first = (tmp_path / ".roomproof" / "last.json").read_bytes()

    shown = roomproof("report", ".roomproof/last.json")
    assert shown.code == 0
    assert shown.out.splitlines() == done.out.splitlines()[:-1]

    assert roomproof("verify", "carrierx", *FEW).code == 0
    assert (tmp_path / ".roomproof" / "last.json").read_bytes() != first


def test_a_place_where_nothing_can_be_kept_is_no_failure(roomproof: Run, tmp_path: Path) -> None:
    (tmp_path / ".roomproof").touch()
    done = roomproof("verify", "carrierx", *FEW)
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines()[-1].startswith(".roomproof/last.json: the report cannot be written (")
    assert "--json PATH" in done.out.splitlines()[-1]


def test_a_run_that_heard_nothing_does_not_replace_the_last_report(inside: Run, tmp_path: Path) -> None:
    done = inside(
        "verify",
        "telnyx",
        "--base-url",
        "http://127.0.0.1:9/v2",
        "--room-id",
        "1",
        env={"TELNYX_API_KEY": ""},
    )
    assert done.code == 2
    assert list(tmp_path.iterdir()) == []


def test_replay_makes_the_views_and_keeps_nothing_unasked(inside: Run, tmp_path: Path) -> None:
    assert inside("replay", SAMPLES, *VIEWS).code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(VIEWS[1::2])
    assert "pass" in views(tmp_path)["run.md"]


def test_the_schema_is_printed(inside: Run) -> None:
    assert json.loads(inside("report", "--schema").out)["$id"] == "urn:roomproof:report:1"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("report",), "name a report"),
        (("report", "missing.json"), "missing.json: cannot be read"),
        (("report", SAMPLES), "cannot be read"),
        (("report", "run.json", "--sarif", "file/run.sarif"), "file/run.sarif"),
    ],
    ids=["nothing", "missing", "folder", "place of a view"],
)
def test_what_cannot_be_done_is_told_in_one_sentence(
    inside: Run, tmp_path: Path, words: tuple[object, ...], says: str
) -> None:
    inside("replay", SAMPLES, "--json", "run.json")
    (tmp_path / "file").touch()
    done = inside(*words)
    assert (done.code, done.out) == (2, "")
    assert len(done.err.splitlines()) == 1
    assert says in done.err


@pytest.fixture
def on_github(tmp_path: Path) -> dict[str, str]:
    """The variables that GitHub Actions sets; the file of the summary exists there, and other commands of the
    step write to it.
    """
    (tmp_path / "summary.md").write_text("before\n", encoding="utf-8")
    return {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md")}


def test_on_github_fails_are_annotated_and_the_summary_is_appended(
    roomproof: Run, tmp_path: Path, on_github: dict[str, str]
) -> None:
    with mock_process("telnyx", "max-51") as serving:
        words = (
            "verify",
            "telnyx",
            "--base-url",
            serving.base_url,
            "--room-id",
            serving.room_id,
            *FEW,
            "--only",
            "telnyx.update-room.*",
            "--json",
            "run.json",
        )
        done = roomproof(*words, env={**serving.environment, **on_github})
    assert (done.code, done.err) == (1, "")
    contract, _ = find_contract("telnyx")
    line = contract.line(contract.clauses[MAXIMUM])
    (error,) = (told for told in done.out.splitlines() if told.startswith("::error "))
    assert error.startswith(
        f"::error file=contracts/telnyx/openapi.yaml,line={line},title=fail {MAXIMUM}::max_participants 51 "
        f"is accepted"
    )
    summary = (tmp_path / "summary.md").read_text(encoding="utf-8")
    assert summary.startswith("before\n# roomproof: 1 fail")

    again = roomproof(
        "report", "run.json", "--github", env={"GITHUB_STEP_SUMMARY": on_github["GITHUB_STEP_SUMMARY"]}
    )
    assert again.out.splitlines() == [error]
    assert (tmp_path / "summary.md").read_text(encoding="utf-8").count("# roomproof: 1 fail") == 2


def test_elsewhere_nothing_of_that_happens(inside: Run, tmp_path: Path, on_github: dict[str, str]) -> None:
    done = inside("replay", SAMPLES, env={"GITHUB_STEP_SUMMARY": on_github["GITHUB_STEP_SUMMARY"]})
    assert not any(line.startswith("::") for line in done.out.splitlines())
    assert (tmp_path / "summary.md").read_text(encoding="utf-8") == "before\n"


def test_github_obeys_nothing_that_a_provider_said(
    inside: Run, tmp_path: Path, on_github: dict[str, str]
) -> None:
    """A recorded response whose text is a command: what the terminal shows stands between markers that nobody
    can guess.
    """
    request = {
        "method": "PATCH",
        "uri": f"https://api.telnyx.com/v2/rooms/{TELNYX.room_id}",
        "body": '{"enable_recording": true}',
        "headers": {},
    }
    body = json.dumps({"data": {"enable_recording": "\n::error::pwned\n##[error]pwned"}})
    response = {
        "status": {"code": 200, "message": "OK"},
        "headers": {"Content-Type": ["application/json"]},
        "body": {"string": body},
    }
    cassette = {"version": 1, "interactions": [{"request": request, "response": response}]}
    (tmp_path / "hostile.json").write_text(json.dumps(cassette), encoding="utf-8")
    done = inside("replay", "hostile.json", env=on_github)

    assert done.code == 1
    lines = done.out.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("::stop-commands::"))
    marker = lines[start].removeprefix("::stop-commands::")
    assert len(marker) >= 32
    assert lines[-1] == f"::{marker}::"
    assert all(line.startswith(("::error ", "::warning ")) for line in lines[:start])
    assert all(
        "pwned" not in line or line.startswith(("::error file=", "::warning file=")) for line in lines[:start]
    )


def test_a_summary_that_cannot_be_written_is_no_failure(inside: Run, tmp_path: Path) -> None:
    done = inside("replay", SAMPLES, env={"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(tmp_path)})
    assert done.code == 0
    assert "the summary of the step cannot be written" in done.err


def test_a_summary_file_that_is_full_gets_no_more(
    inside: Run, tmp_path: Path, on_github: dict[str, str]
) -> None:
    (tmp_path / "summary.md").write_bytes(b"x" * (1024 * 1024 - 100))
    assert inside("replay", SAMPLES, env=on_github).code == 0
    assert (tmp_path / "summary.md").stat().st_size <= 1024 * 1024
