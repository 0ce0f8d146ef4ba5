"""Surroundings as containers, CI servers and odd shells have them: each is done without, or rejected in one
sentence.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from roomproof.engine import readback
from roomproof.engine.session import Session
from roomproof.streams import mend_size

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="folders and shells as Linux has them")
CLAUSE = "telnyx.update-room.request.max_participants.maximum"
VERIFY = ("verify", "telnyx", "--only", "telnyx.update-room.request.body.type", "--max-examples", "0")
Run = Callable[..., Any]

SURROUNDINGS: dict[str, dict[str, str | None]] = {
    "no home, no width, no terminal": {"HOME": None, "COLUMNS": None, "TERM": None},
    "nothing that can be written to": {
        "HOME": "/proc/nowhere", "TMPDIR": "/nowhere", "XDG_CACHE_HOME": "/proc/nowhere",
        "XDG_STATE_HOME": "/proc/nowhere",
        "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "1", "FORCE_COLOR": "1", "TERM": "xterm",
    },
    "the C locale, and folders that are none": {
        "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "ascii",
        "ROOMPROOF_STATE": "/etc/passwd", "XDG_CACHE_HOME": "relative",
    },
    "the POSIX locale on a dumb, narrow terminal": {
        "LC_ALL": "POSIX", "PYTHONUTF8": "0", "TERM": "dumb", "COLUMNS": "20", "NO_COLOR": "1",
    },
}  # fmt: skip


@pytest.mark.parametrize("variables", SURROUNDINGS.values(), ids=SURROUNDINGS)
def test_a_run_is_the_same_anywhere(
    variables: Mapping[str, str | None], command: Path, environment: Mapping[str, str], tmp_path: Path
) -> None:
    wanted = {**environment, **variables}
    known = {name: value for name, value in wanted.items() if value is not None}
    done = subprocess.run(
        [command, *VERIFY], cwd=tmp_path, env=known, capture_output=True, check=False, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"1 pass" in done.stdout
    assert [path.name for path in tmp_path.iterdir() if not path.name.startswith(".")] == [], (
        "nothing is left in the way"
    )


@pytest.mark.parametrize("mask", [0o077, 0o777])
def test_a_mask_that_hides_what_is_written(
    mask: int, command: Path, environment: Mapping[str, str], tmp_path: Path
) -> None:
    words = [str(command), "init", "mine"]
    done = subprocess.run(
        words, cwd=tmp_path, env=dict(environment), capture_output=True, check=False, umask=mask
    )
    assert b"Traceback" not in done.stderr
    assert done.returncode in (0, 2)
    assert (tmp_path / "mine").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "words",
    [VERIFY, ("clauses", "telnyx"), ("init", "mine"), ("explain", CLAUSE)],
    ids=lambda words: words[0],
)
def test_a_working_folder_that_is_gone(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    program = (
        "import os; os.mkdir('gone'); os.chdir('gone'); os.rmdir('../gone')\nfrom roomproof.cli "
        "import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *words],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    sentence = (
        "roomproof: the working folder cannot be used (No such file or directory); change to one "
        "that is there\n"
    )
    assert (done.returncode, done.stdout, done.stderr) == (2, "", sentence)


def test_a_user_whose_home_nobody_knows(inside: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a container that gives its user a number and nothing else."""
    monkeypatch.delenv("HOME")
    for name in ("ROOMPROOF_STATE", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)

    def nobody() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", nobody)
    done = inside("cleanup")
    assert (done.code, done.err) == (
        2,
        (
            "roomproof: nobody knows your home folder, where runs keep their journals; set ROOMPROOF_STATE "
            "to a folder\n"
        ),
    )
    assert inside("cleanup", env={"ROOMPROOF_STATE": "state"}).code == 0


@pytest.mark.parametrize(
    ("said", "means"),
    [("0", "20"), ("1", "20"), ("80", "80"), ("9" * 5000, "1000"), ("²", None), ("-5", None), ("many", None)],
)
def test_a_width_that_nothing_fits(said: str, means: str | None) -> None:
    environment = {"COLUMNS": said, "PATH": ""}
    mend_size(environment)
    assert environment == ({"PATH": ""} if means is None else {"PATH": "", "COLUMNS": means})


@pytest.mark.parametrize("hours", [-48, 48])
def test_a_clock_that_is_set_in_the_middle_of_a_run(
    hours: int, inside: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Signatures are then wrong, and windows lie in the past: what is rejected for that is no finding."""
    looked = [0]

    class Set(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            looked[0] += 1
            return datetime.now(tz) + timedelta(hours=hours if looked[0] > 200 else 0)

    for name, module in list(sys.modules.items()):
        if name.startswith("roomproof") and getattr(module, "datetime", None) is datetime:
            monkeypatch.setattr(module, "datetime", Set)
    done = inside("verify", "azure", "--max-examples", 0, "--json", "report.json")
    (told,) = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["providers"]
    way = "forward" if hours > 0 else "back"
    sentence = f"the clock of this machine was set {way} by 172800 s during the run; run it again"
    assert (done.code, told["stopped"]) == (3, sentence)
    assert [one["clause"] for one in told["findings"] if one["verdict"] != "deviation"] == []


@pytest.mark.parametrize("hours", [-48, 48])
def test_a_clock_that_is_set_costs_no_time(hours: int, inside: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a room is read for takes place some time after its update: by a clock that nobody sets."""

    class Set(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return datetime.now(tz) + timedelta(hours=hours)

    waits: list[float] = []
    monkeypatch.setattr(readback, "datetime", Set)
    monkeypatch.setattr(Session, "wait", lambda session, seconds: waits.append(seconds))  # noqa: ARG005
    inside("verify", "telnyx", "--only", "telnyx.*.read-after-write", "--max-examples", 0)
    longest = 2.02
    assert waits
    assert max(waits) <= longest
    assert max(waits) > 0
