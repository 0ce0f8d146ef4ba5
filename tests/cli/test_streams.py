"""Standard streams that are closed, on a full disk, or read by nobody: no traceback, no lost verdict, no
wrong exit code.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from starlette.types import ASGIApp

from roomproof.cassettes.recording import open_recording
from roomproof.providers import bundled, find_contract, find_fault, find_mock

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="redirections of a POSIX shell, and /dev/full"
)
TELNYX = find_mock("telnyx")
CASSETTE = bundled("cassettes") / "telnyx" / "mock"
COUNTED = f"{len(find_contract('telnyx')[0].clauses)} clauses"
CLAUSE = "telnyx.update-room.request.max_participants.maximum"
CLOSED, FULL = (
    "standard output cannot be written (it is closed)",
    "standard output cannot be written (No space left on device)",
)
Shell = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def shell(command: Path, environment: Mapping[str, str], tmp_path: Path) -> Shell:
    """Run `roomproof` with words and redirections, as a shell does it, and return how it ended."""

    def run(words: str, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", "-c", f"exec '{command}' {words}"],
            cwd=tmp_path,
            env={**environment, **env},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )

    return run


@pytest.mark.parametrize(
    ("words", "redirection", "why"),
    [
        ("--version", ">&-", CLOSED),
        ("verify --help", ">/dev/full", FULL),
        ("clauses telnyx", ">&-", CLOSED),
        (f"replay {CASSETTE}", ">/dev/full", FULL),
    ],
    ids=["--version", "help", "clauses", "replay"],
)
def test_nothing_that_was_to_be_shown_is_there(words: str, redirection: str, why: str, shell: Shell) -> None:
    done = shell(f"{words} {redirection}")
    assert (done.returncode, done.stderr) == (3, f"roomproof: {why}: not all that was to be shown is there\n")


@pytest.mark.parametrize(
    "words", ["--help", "verify --help", "matrix", "clauses telnyx", f"replay {CASSETTE}"]
)
def test_a_reader_who_has_gone_away_is_no_fail(
    words: str, command: Path, environment: Mapping[str, str]
) -> None:
    line = [command, *words.split()]
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        line, env=environment, stdout=writing, stderr=subprocess.PIPE, encoding="utf-8", check=False
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, "")


def test_python_without_docstrings_knows_its_clauses(shell: Shell) -> None:
    done = shell("clauses telnyx", PYTHONOPTIMIZE="2")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, COUNTED)


@pytest.mark.parametrize("redirection", ["2>&-", "2>/dev/full", "<&-"])
def test_what_nobody_needs_may_be_missing(redirection: str, shell: Shell) -> None:
    done = shell(f"clauses telnyx {redirection}")
    assert (done.returncode, done.stdout.splitlines()[-1], done.stderr) == (0, COUNTED, "")


@pytest.mark.parametrize("redirection", [">&- 2>&- <&-", ">/dev/full 2>/dev/full"])
def test_an_error_keeps_its_exit_code_where_it_cannot_be_told(redirection: str, shell: Shell) -> None:
    done = shell(f"report nowhere.json {redirection}")
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "")


def test_a_lost_warning_is_not_all_that_was_to_be_shown(shell: Shell) -> None:
    """GitHub's summary cannot be written, which is told on standard error and changes nothing else."""
    shell(f"replay {CASSETTE} --json report.json")
    words = "report report.json --github"
    assert shell(words, GITHUB_STEP_SUMMARY="/dev/full").returncode == 0
    assert shell(f"{words} 2>&-", GITHUB_STEP_SUMMARY="/dev/full").returncode == 3


def test_no_file_and_no_connection_gets_what_is_printed(shell: Shell, tmp_path: Path) -> None:
    """The numbers of closed streams are the first that a file or a connection would get."""
    done = shell(
        f"verify telnyx --only '{CLAUSE}' --max-examples 0 --verbose --json report.json --record c.yaml "
        f">&- 2>&- <&-"
    )
    assert done.returncode == 3
    (told,) = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["providers"]
    assert {"id": CLAUSE, "verdict": "pass"}.items() <= next(
        one for one in told["clauses"] if one["id"] == CLAUSE
    ).items()
    kept = list(open_recording(tmp_path / "c.yaml").interactions())
    after = kept[told["requests"] :]
    assert {one.request.method for one in after} == {"DELETE"}, "the rooms that were made"


def test_a_fail_is_one_and_the_report_is_there(
    shell: Shell, serve: Callable[[ASGIApp], str], tmp_path: Path
) -> None:
    base_url = serve(find_fault("telnyx", "max-64").around(TELNYX.build())) + TELNYX.prefix
    asked = (
        f"--base-url {base_url} --room-id {TELNYX.room_id} --only '{CLAUSE}' --max-examples 0 "
        f"--verbose --json report.json"
    )
    done = shell(f"verify telnyx {asked} >/dev/full", **TELNYX.environment, GITHUB_ACTIONS="true")
    assert (done.returncode, FULL in done.stderr, len(done.stderr.splitlines())) == (1, True, 1)
    (told,) = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["providers"]
    assert [finding["clause"] for finding in told["findings"]] == [CLAUSE]


def test_nobody_is_asked_where_there_is_no_standard_input(shell: Shell) -> None:
    done = shell("verify telnyx --live --room-id 1 <&-", TELNYX_API_KEY="a-key-of-a-test")
    assert (done.returncode, done.stderr.splitlines()[-1]) == (
        2,
        "roomproof: --live asks before it sends, and there is no terminal to ask on: add --yes",
    )


def test_completion_without_a_shell_that_listens(shell: Shell) -> None:
    variables = {"_ROOMPROOF_COMPLETE": "complete_bash", "COMP_WORDS": "roomproof ver", "COMP_CWORD": "1"}
    assert "verify" in shell("", **variables).stdout
    done = shell(">/dev/full", **variables)
    assert (done.returncode, "Traceback" in done.stderr) == (3, False)


@pytest.mark.parametrize("variables", [{}, {"PYTHONUNBUFFERED": "1"}], ids=["kept back", "written at once"])
def test_standard_output_that_never_waits_gets_everything(
    variables: dict[str, str], command: Path, environment: Mapping[str, str]
) -> None:
    """Some programs leave a pipe that they share in this state: a full one takes a part, rejects, and has
    room a moment later.
    """
    end, begin = os.pipe()
    os.set_blocking(begin, False)
    heard: list[bytes] = []
    with os.fdopen(end, "rb") as out:
        reader = threading.Thread(target=lambda: heard.append(out.read()))
        with subprocess.Popen(
            [command, "clauses", "--json"], stdout=begin, env={**environment, **variables}
        ) as child:
            os.close(begin)
            reader.start()
            reader.join()
    everything: list[Any] = json.loads(heard[0])
    assert (child.returncode, len(everything) > 500) == (0, True)
