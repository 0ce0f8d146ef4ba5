"""Several providers are verified at once, each in a process of its own, with one report."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
TWO = ("carrierx", "telnyx")
FEW = ("--max-requests", "60", "--max-examples", "1")


def told(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def verdicts(report: Any) -> dict[str, dict[str, str]]:
    return {
        one["provider"]: {clause["id"]: clause["verdict"] for clause in one["clauses"]}
        for one in report["providers"]
    }


def test_the_report_is_that_of_one_after_the_other(roomproof: Run, tmp_path: Path) -> None:
    for jobs in ("1", "2"):
        done = roomproof("verify", *TWO, *FEW, "--jobs", jobs, "--json", f"{jobs}.json", "--record", jobs)
        assert done.code == 3
        assert sorted(path.name.partition("-")[0] for path in (tmp_path / jobs).glob("*.yaml")) == [*TWO]
    one, two = told(tmp_path / "1.json"), told(tmp_path / "2.json")
    assert verdicts(one) == verdicts(two)
    assert [*verdicts(two)] == [*TWO]
    assert [part["requests"] for part in two["providers"]] == [part["requests"] for part in one["providers"]]
    assert one["summary"] == two["summary"]


def test_every_interaction_is_shown(roomproof: Run) -> None:
    done = roomproof("verify", *TWO, "--max-requests", "9", "--jobs", "2", "--verbose")
    assert done.code == 3
    for provider in TWO:
        assert f"\n{provider}    9 " in f"\n{done.out}"


def test_listeners_hear_of_each_turn() -> None:
    from roomproof.api import Answered, Counted, Ended, Event, Judged, Planned, Started, verify

    events: list[Event] = []
    report = verify(*TWO, jobs=2, max_requests=30, max_examples=1, listeners=[events.append])
    assert isinstance(events[0], Planned)
    assert isinstance(events[-1], Ended)
    assert events[-1].report == report
    assert {event.provider for event in events if isinstance(event, Started)} == {*TWO}
    assert {event.provider for event in events if isinstance(event, Counted)} == {*TWO}
    heard = [event.number for event in events if isinstance(event, Answered) and event.provider == "telnyx"]
    assert max(heard) == 30
    assert not any(isinstance(event, Judged) for event in events)


def test_what_a_listener_raises_ends_all_turns() -> None:
    from roomproof.api import Answered, Event, verify

    def listen(event: Event) -> None:
        if isinstance(event, Answered) and event.number == 5:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        verify(*TWO, jobs=2, listeners=[listen])


def test_a_provider_that_cannot_be_verified_keeps_no_other_from_it(roomproof: Run, tmp_path: Path) -> None:
    broken = tmp_path / "contracts" / "mine" / "openapi.yaml"
    broken.parent.mkdir(parents=True)
    broken.write_text("openapi: 3.1.0", encoding="utf-8")
    words = ("verify", "mine", *TWO, "--contracts", "contracts", "--jobs", "2", *FEW, "--json", "r.json")
    done = roomproof(*words)
    assert done.code == 2
    assert "mine" in done.err
    mine, *others = told(tmp_path / "r.json")["providers"]
    assert mine["stopped"]
    assert [one["requests"] for one in others] == [60, 60]


@pytest.fixture
def start(command: Path, environment: Mapping[str, str], tmp_path: Path) -> Callable[..., Any]:
    """Start a verification of two providers, and wait until each has a process that asks its mock."""

    def started() -> tuple[subprocess.Popen[str], list[int]]:
        child = subprocess.Popen(
            [command, "verify", *TWO, "--jobs", "2", "--rate", "20/s", "--json", "r.json", "--record", "c"],
            cwd=tmp_path,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        until = time.monotonic() + 20
        while len([path for path in (tmp_path / "c").glob("*.yaml") if path.stat().st_size > 3000]) < 2:
            assert time.monotonic() < until
            time.sleep(0.05)
        return child, children(child.pid)

    return started


def children(process: int) -> list[int]:
    return [*map(int, Path(f"/proc/{process}/task/{process}/children").read_text(encoding="utf-8").split())]


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_every_turn_with_its_report(
    start: Callable[..., Any], tmp_path: Path, number: int, code: int
) -> None:
    child, workers = start()
    child.send_signal(number)
    _, err = child.communicate(timeout=20)
    assert (child.returncode, "Traceback" in err) == (code, False), err
    why = "SIGTERM" if number == signal.SIGTERM else "Ctrl-C"
    report = told(tmp_path / "r.json")
    assert [*verdicts(report)] == [*TWO]
    assert all(why in one["stopped"] and one["requests"] for one in report["providers"])
    assert not any(Path(f"/proc/{worker}").exists() for worker in workers)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_process_that_is_killed_leaves_the_others_alone(start: Callable[..., Any], tmp_path: Path) -> None:
    child, workers = start()
    assert len(workers) == 2
    (lost,) = (one for one in workers if one == min(workers))
    os.kill(lost, signal.SIGKILL)
    time.sleep(0.3)
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=20)
    assert "Traceback" not in err
    stopped = [one["stopped"] for one in told(tmp_path / "r.json")["providers"]]
    assert sum(f"its process {lost} was killed (signal 9)" in why for why in stopped) == 1
    assert sum("Ctrl-C" in why for why in stopped) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_no_process_outlives_a_run_that_is_killed(start: Callable[..., Any]) -> None:
    child, workers = start()
    child.kill()
    child.communicate(timeout=20)
    until = time.monotonic() + 10
    while any(Path(f"/proc/{worker}").exists() for worker in workers):
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_report_that_takes_long_to_write_is_not_written_for_every_account() -> None:
    from roomproof.api import Concluded, Report
    from roomproof.commands.listening import write_early
    from roomproof.reports.report import report_over

    written: list[Report] = []

    def write(report: Report) -> None:
        written.append(report)
        time.sleep(1.01)

    listen, empty = write_early(Report, write), report_over((), 0)
    for _ in range(5):
        listen(Concluded("telnyx", empty))
    assert len(written) == 1
