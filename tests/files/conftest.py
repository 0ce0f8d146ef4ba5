"""The command's entry point in this process, and all that can stand where a file is expected."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import pytest


@dataclass(frozen=True)
class Done:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str


@pytest.fixture(autouse=True)
def _bounded() -> Iterator[None]:
    """End a test that waits for somebody: a pipe that nobody opens would keep it for ever."""

    def end(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - a handler's form
        pytest.fail("still waiting after 20 seconds")

    before = signal.signal(signal.SIGALRM, end)
    signal.alarm(20)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture
def inside(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Callable[..., Done]:
    """Run the command in this process, in a folder of its own."""
    from roomproof.cli import main

    def run(*words: object, env: Mapping[str, str] | None = None) -> Done:
        monkeypatch.chdir(tmp_path)
        for name, value in {"COLUMNS": "120", "HOME": str(tmp_path), **(env or {})}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["roomproof", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        shown = capsys.readouterr()
        return Done(int(ended.value.code or 0), shown.out, shown.err)

    return run


@pytest.fixture
def no_file(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Make what is no file: each call takes a kind and returns where it stands."""
    with ExitStack() as stack:

        def make(kind: str) -> Path:
            path = tmp_path / f"{kind.replace(' ', '-')}.json"
            match kind:
                case "pipe":
                    os.mkfifo(path)
                case "endless device":
                    path.symlink_to("/dev/zero")
                case "full device":
                    path.symlink_to("/dev/full")
                case "folder":
                    path.mkdir()
                case "socket":
                    listening = stack.enter_context(socket.socket(socket.AF_UNIX))
                    # Addresses of sockets are short, and the folders of tests are not.
                    here = os.open(tmp_path, os.O_RDONLY)
                    stack.callback(os.close, here)
                    listening.bind(f"/proc/self/fd/{here}/{path.name}")
                case "link to nowhere":
                    path.symlink_to("nowhere/at-all")
                case "link to itself":
                    path.symlink_to(path)
                case "unreadable file":
                    if os.geteuid() == 0:
                        pytest.skip("root may read everything")
                    path.write_text("{}", encoding="utf-8")
                    path.chmod(0)
            return path

        yield make


@pytest.fixture(scope="session")
def command() -> Path:
    """The console script of the environment that runs the tests."""
    return Path(sys.executable).parent / "roomproof"


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report on a recording."""
    from roomproof.commands.replay import Listen, replayed
    from roomproof.providers import bundled
    from roomproof.reports.report import as_json

    told, _ = replayed(Listen((bundled("cassettes") / "telnyx" / "mock",)))
    path = tmp_path_factory.mktemp("report") / "report.json"
    path.write_text(as_json(told), encoding="utf-8")
    return path
