"""`roomproof replay` of an archive by several processes: one of them is killed, the command itself is killed,
and it goes on where it was cut short.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

import roomproof as package
from roomproof.api import Event, Judged
from roomproof.errors import UsageError
from roomproof.providers import bundled

Run = Callable[..., Any]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="finds processes as Linux shows them")
COPIES = 8


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Some recordings, three batches of them: a few seconds of work."""
    for number in range(COPIES):
        shutil.copytree(bundled("cassettes") / "telnyx" / "mock", tmp_path / "archive" / f"{number:03}")
    return tmp_path / "archive"


def told(path: Path) -> Any:
    """A report without the times of the replay itself."""
    report = json.loads(path.read_text(encoding="utf-8"))
    for provider in report["providers"]:
        del provider["seconds"], provider["started"]
    return report


def children(pid: int) -> list[int]:
    """The worker processes that a command has started."""
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return [int(one) for one in listed if b"spawn_main" in Path(f"/proc/{one}/cmdline").read_bytes()]


def started(
    command: Path, environment: Mapping[str, str], folder: Path, *words: str
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [command, "replay", "archive", *words], cwd=folder, env=dict(environment), text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def until(is_so: Callable[[], Any]) -> Any:
    """What is so within a minute."""
    end = time.monotonic() + 60
    while not (found := is_so()) and time.monotonic() < end:
        time.sleep(0.02)
    assert found
    return found


def is_gone(pid: int) -> bool:
    try:
        return "Z" in Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2][:3]
    except OSError:
        return True


def test_a_killed_process_loses_nothing(
    archive: Path, roomproof: Run, command: Path, environment: Mapping[str, str], tmp_path: Path
) -> None:
    assert roomproof("replay", archive.name, "--json", "one.json").code == 0
    running = started(command, environment, tmp_path, "--jobs", "2", "--json", "two.json")
    victim = until(lambda: children(running.pid))[0]
    time.sleep(0.5)
    os.kill(victim, signal.SIGKILL)
    out, err = running.communicate(timeout=120)
    assert (running.returncode, err) == (0, "")
    assert told(tmp_path / "two.json") == told(tmp_path / "one.json")
    assert "clauses" in out


@pytest.mark.usefixtures("archive")
def test_no_process_outlives_a_command_that_is_killed(
    command: Path, environment: Mapping[str, str], tmp_path: Path
) -> None:
    running = started(command, environment, tmp_path, "--jobs", "2")
    workers = until(lambda: len(found := children(running.pid)) == 2 and found)
    running.kill()
    running.communicate(timeout=60)
    until(lambda: all(map(is_gone, workers)))


@pytest.mark.parametrize("words", [(), ("--jobs", "2"), ("--resume",)])
def test_ctrl_c_ends_it_at_once_and_says_so(
    archive: Path, command: Path, environment: Mapping[str, str], tmp_path: Path, words: tuple[str, ...]
) -> None:
    for number in range(COPIES, 40):  # Enough for ten seconds.
        shutil.copytree(archive / "000", archive / f"{number:03}")
    running = started(command, environment, tmp_path, *words)
    time.sleep(2)
    workers = until(lambda: children(running.pid)) if "--jobs" in words else []
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)
    assert (running.returncode, out) == (130, "")
    way = "the same command goes on" if words == ("--resume",) else "--resume keeps what is judged"
    assert err.startswith("roomproof: stopped before all was judged, so there is no report; ")
    assert way in err
    until(lambda: all(map(is_gone, workers)))


def test_a_replay_goes_on_where_it_was_cut_short(
    archive: Path,
    command: Path,
    environment: Mapping[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    state = tmp_path / ".local" / "state" / "roomproof" / "replays"
    running = started(command, environment, tmp_path, "--resume")
    until(lambda: [one for one in state.glob("*") if one.stat().st_size > 1_000])
    running.kill()
    running.communicate(timeout=60)
    (checkpoint,) = state.iterdir()
    assert checkpoint.stat().st_mode & 0o77 == 0, "nobody else may read it"
    with checkpoint.open("ab") as file:
        file.write(b"half a frame")
    # What has changed in between counts as it is now.
    changed = archive / "007" / "get-room.yaml"
    changed.write_bytes((archive / "001" / "update-room.yaml").read_bytes())

    resumed, judged = replayed(resume=True, environment=environment)
    whole, every = replayed()
    assert resumed == whole
    assert 0 < judged < every
    assert not checkpoint.exists(), "a replay that is done leaves none"


def replayed(**settings: Any) -> tuple[Any, int]:
    """The report on the archive without the times of the replay itself, and how many interactions were judged
    for it.
    """
    seen: list[Event] = []
    report = package.replay(Path("archive"), listeners=[seen.append], **settings)
    plain = json.loads(package.api.as_json(report))
    for provider in plain["providers"]:
        del provider["seconds"], provider["started"]
    return plain, sum(isinstance(event, Judged) for event in seen)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--jobs", "0"), "--jobs"),
        (("--executor", "spark://127.0.0.1:7077"), "write it like dask://HOST:PORT"),
        (("--executor", ""), "--executor"),
        (("--executor", "dask://127.0.0.1:9", "--jobs", "2"), "give one of them"),
    ],
)
def test_what_has_no_meaning_is_said(
    archive: Path, roomproof: Run, words: tuple[str, ...], sentence: str
) -> None:
    done = roomproof("replay", archive.name, *words)
    assert done.code == 2
    assert sentence in done.err


def test_two_replays_of_the_same_do_not_share_a_checkpoint(archive: Path, tmp_path: Path) -> None:
    environment = {"HOME": str(tmp_path)}
    seen = []

    def again(event: Event) -> None:
        if isinstance(event, Judged) and not seen:
            with pytest.raises(UsageError, match="at work in another process") as raised:
                package.replay(archive, resume=True, environment=environment)
            seen.append(raised.value)

    package.replay(archive, resume=True, environment=environment, listeners=[again])
    assert seen
