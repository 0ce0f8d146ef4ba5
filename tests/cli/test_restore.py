"""Reports are on the disk before a run restores; that has an end of its own, and a second signal ends it at
once.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from roomproof.engine import restore
from roomproof.providers import find_mock

Json = Any
Run = Callable[..., Any]
Serve = Callable[[ASGIApp], str]
MOCK = find_mock("telnyx")
REPORTS = {
    "--json": "report.json",
    "--junit": "report.xml",
    "--html": "report.html",
    "--sarif": "report.sarif",
}
STOP = 30
"""The request at which a run is ended; rooms are made by then, and the named one is changed."""


@dataclass
class Slow:
    """A provider that does something when the run is to end, and sees which files are there when it is asked
    for more.
    """

    app: ASGIApp
    folder: Path
    at_stop: Callable[[], None] = lambda: None
    seconds: float = 0.0
    seen: list[str] = field(default_factory=list)
    files: list[set[str]] = field(default_factory=list)
    hanging: threading.Event = field(default_factory=threading.Event)
    answered: threading.Event = field(default_factory=threading.Event)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.seen.append(scope["method"])
        if len(self.seen) == STOP:
            self.at_stop()
        elif len(self.seen) > STOP:
            self.files.append({path.name for path in self.folder.iterdir()})
            if self.seconds:
                self.hanging.set()
                await asyncio.sleep(self.seconds)
                self.answered.set()
        await self.app(scope, receive, send)


def words(base_url: str, *more: object) -> tuple[object, ...]:
    reports = [word for pair in REPORTS.items() for word in pair]
    return (
        "verify",
        "telnyx",
        "--base-url",
        base_url,
        "--room-id",
        MOCK.room_id,
        "--max-examples",
        0,
        *reports,
        *more,
    )


def told(folder: Path) -> Json:
    (provider,) = json.loads((folder / "report.json").read_text(encoding="utf-8"))["providers"]
    return provider


@pytest.mark.parametrize(
    "number", [None, signal.SIGINT, signal.SIGTERM], ids=["max-requests", "Ctrl-C", "SIGTERM"]
)
def test_every_report_is_there_before_the_first_request_that_restores(
    number: int | None, serve: Serve, inside: Run, tmp_path: Path
) -> None:
    app = Slow(MOCK.build(), tmp_path, lambda: None if number is None else os.kill(os.getpid(), number))
    more = ("--max-requests", STOP) if number is None else ()

    done = inside(*words(serve(app) + MOCK.prefix, *more), env=MOCK.environment)

    assert app.files, "there was something to restore the account"
    assert app.files[-1] >= {*REPORTS.values()}
    assert any(files >= {*REPORTS.values()} for files in app.files[:2]), (
        "one request may be under way when the run is ended"
    )
    assert done.code == {None: 3, signal.SIGINT: 130, signal.SIGTERM: 143}[number]
    assert told(tmp_path)["left_behind"] == []
    assert ("restoring, for 30 s at most" in done.err) is (number is not None)


@pytest.mark.parametrize("by_a_signal", [True, False], ids=["Ctrl-C", "max-seconds"])
def test_what_there_was_no_time_for_is_told_and_cleaned_up_later(
    by_a_signal: bool, serve: Serve, inside: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = Slow(
        MOCK.build(),
        tmp_path,
        lambda: os.kill(os.getpid(), signal.SIGINT) if by_a_signal else None,
        seconds=0.3,
    )
    base_url = serve(app) + MOCK.prefix
    monkeypatch.setattr(restore, "MOST_SECONDS", 0.2)
    monkeypatch.setenv("ROOMPROOF_STATE", str(tmp_path / "state"))

    done = inside(*words(base_url, *(() if by_a_signal else ("--max-seconds", 1.5))), env=MOCK.environment)

    assert done.code == (130 if by_a_signal else 3)
    provider = told(tmp_path)
    assert provider["left_behind"]
    assert any("the time for restoring was over" in remark for remark in provider["remarks"])
    app.seconds = 0
    assert inside("cleanup", env=MOCK.environment).code == 0
    assert inside("cleanup", env=MOCK.environment).out.startswith("nothing to clean up")


def test_a_second_signal_does_not_wait_for_a_response(
    serve: Serve, command: Path, environment: Mapping[str, str], tmp_path: Path
) -> None:
    child: list[subprocess.Popen[str]] = []
    app = Slow(MOCK.build(), tmp_path, lambda: child[0].send_signal(signal.SIGTERM), seconds=12)
    run = [str(command), *map(str, words(serve(app) + MOCK.prefix))]
    told_env = {**environment, **MOCK.environment}
    with subprocess.Popen(
        run, cwd=tmp_path, env=told_env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, encoding="utf-8"
    ) as started:
        child.append(started)
        assert app.hanging.wait(30)
        started.send_signal(signal.SIGTERM)
        _, err = started.communicate(timeout=60)

    assert not app.answered.is_set()
    assert "Traceback" not in err
    assert started.returncode == 143
    assert "SIGTERM" in told(tmp_path)["stopped"]
    assert list((tmp_path / ".local/state/roomproof/ledger").glob("*.jsonl")), (
        "what is left stands in the journal"
    )


def test_a_report_that_cannot_be_written_costs_no_verdict_and_no_restoring(
    serve: Serve, inside: Run, tmp_path: Path
) -> None:
    app = Slow(MOCK.build(), tmp_path)
    long = f"{'x' * 300}.md"
    done = inside(
        *words(serve(app) + MOCK.prefix, "--max-requests", STOP, "--markdown", long), env=MOCK.environment
    )
    assert (done.code, told(tmp_path)["left_behind"]) == (2, [])
    assert "DELETE" in app.seen[STOP:]
    assert "File name too long" in done.err


def test_a_run_that_nobody_reads_restores(
    serve: Serve, command: Path, environment: Mapping[str, str], tmp_path: Path
) -> None:
    app = Slow(MOCK.build(), tmp_path)
    line = [command, *map(str, words(serve(app) + MOCK.prefix, "--verbose"))]
    with subprocess.Popen(
        line, cwd=tmp_path, env={**environment, **MOCK.environment}, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        for _ in range(STOP):
            child.stdout.readline()
        child.stdout.close()
        assert child.wait(timeout=120) == 141
    assert "DELETE" in app.seen
    assert list((tmp_path / ".local/state/roomproof/ledger").iterdir()) == []
