"""Runs that are ended at any moment: the provider is as it was before, at once or after `roomproof cleanup`.

The provider itself ends the run when it has had so many requests: before it does what one asks, or before the
run hears of it.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from random import Random
from typing import Any

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from roomproof.providers import find_contract, find_mock
from roomproof.targets.credentials import scheme_from
from roomproof.targets.http import HttpTarget
from roomproof.targets.target import UnsentRequest

Json = Any
Run = Callable[..., Any]
Serve = Callable[[ASGIApp], str]
SIGNALS = {"kill": signal.SIGKILL, "interrupt": signal.SIGINT, "terminate": signal.SIGTERM}
MOST = 260
"""Of the requests of a run with few examples; by then it has made and deleted rooms."""
BEFORE = {"unique_name": "mine", "max_participants": 7, "webhook_event_url": "https://example.com/a",
          "webhook_event_failover_url": "https://example.com/b", "webhook_timeout_secs": 3,
          "enable_recording": True}  # fmt: skip


Start = Callable[..., "subprocess.Popen[str]"]


def moments() -> Iterator[Any]:
    """A dozen moments a provider: four a signal, half of them between what is done and the response."""
    for provider, name in product(("azure", "telnyx"), SIGNALS):
        for number in range(4):
            at = Random(f"{provider} {name} {number}").randrange(2, MOST)
            yield pytest.param(provider, SIGNALS[name], at, number % 2 == 1, id=f"{provider}-{name}-{number}")


@dataclass
class Ending:
    """A provider that ends a process by a signal when it has had so many requests, or the first one with a
    method.
    """

    app: ASGIApp
    signal: int
    at: int = 0
    method: str = ""
    answered: bool = False
    """Whether the request is carried out before the signal comes; the response always goes out after it."""
    again: str = ""
    """The method of the request at which the signal comes once more."""
    process: int | None = None
    seen: list[str] = field(default_factory=list)

    def end(self, child: subprocess.Popen[str]) -> subprocess.Popen[str]:
        """End a process that has just been started when its moment comes, and return it when it has ended,
        without a traceback.
        """
        self.seen, self.process = [], child.pid
        _, err = child.communicate(timeout=90)
        assert "Traceback" not in err, err
        return child

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.seen.append(scope["method"])
        due = len(self.seen) == self.at or scope["method"] == self.method
        if not due or self.process is None:
            await self.app(scope, receive, send)
            return
        # The whole request is here before the signal comes: whoever sent it may be gone then.
        parts = [await receive()]
        while parts[-1].get("more_body"):
            parts.append(await receive())
        kept: list[Any] = []

        async def whole() -> Any:
            return parts.pop(0)

        async def keep(message: Any) -> None:
            kept.append(message)

        if self.answered:
            await self.app(scope, whole, keep)
        os.kill(self.process, self.signal)
        self.process, self.at, self.method, self.again = (
            (self.process if self.again else None),
            0,
            self.again,
            "",
        )
        if not self.answered:
            await self.app(scope, whole, keep)
        for message in kept:
            await send(message)


class Provider:
    """A mock as its owner sees it."""

    def __init__(self, name: str, origin: str) -> None:
        self.mock = find_mock(name)
        self.base_url = origin + self.mock.prefix
        self._scheme = scheme_from(find_contract(name)[0].credentials, self.mock.environment)

    def ask(self, method: str, path: str, body: Json = None) -> Json:
        target = HttpTarget(self.base_url)
        query = {} if self.mock.room_id else {"api-version": "2025-03-13"}
        sent = None if body is None else json.dumps(body).encode()
        unsent = UnsentRequest(
            method, path, query, (("Content-Type", "application/json"),), sent, self._scheme
        )
        response = target.send(unsent).response
        target.close()
        assert response is not None
        return json.loads(response.body)

    def rooms(self) -> list[Json]:
        """Every room, without what changes by itself."""
        told = self.ask("GET", "/rooms")
        return [
            {name: value for name, value in room.items() if name != "updated_at"}
            for room in told.get("data", told.get("value"))
        ]


@pytest.fixture
def start(command: Path, environment: Mapping[str, str], tmp_path: Path) -> Iterator[Start]:
    """Start a verification at a base URL; at the end of the test none goes on."""
    started: list[subprocess.Popen[str]] = []

    def verify(name: str, base_url: str, *options: str) -> subprocess.Popen[str]:
        mock = find_mock(name)
        room = ("--room-id", mock.room_id) if mock.room_id else ()
        words = [
            str(command),
            "verify",
            name,
            "--base-url",
            base_url,
            *room,
            "--max-examples",
            "14",
            *options,
        ]
        told = {**environment, **mock.environment}
        child = subprocess.Popen(
            words,
            cwd=tmp_path,
            env=told,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            encoding="utf-8",
        )
        started.append(child)
        return child

    yield verify
    for child in started:
        with child:
            child.kill()


def prepared(name: str, ending: Ending, serve: Serve) -> tuple[Provider, list[Json]]:
    """A provider with a room of a stranger's, and a named one in which everything is set; and its rooms."""
    provider = Provider(name, serve(ending))
    provider.ask("POST", "/rooms", {})
    if provider.mock.room_id:
        provider.ask("PATCH", f"/rooms/{provider.mock.room_id}", BEFORE)
    return provider, provider.rooms()


@pytest.mark.parametrize(("name", "number", "at", "answered"), list(moments()))
def test_a_run_that_is_ended_leaves_nothing(
    name: str,
    number: int,
    at: int,
    answered: bool,
    serve: Serve,
    start: Start,
    roomproof: Run,
    tmp_path: Path,
) -> None:
    ending = Ending(find_mock(name).build(), number, at, answered=answered)
    provider, before = prepared(name, ending, serve)

    child = ending.end(start(name, provider.base_url, "--json", "report.json"))

    assert ending.process is None, "the run was to be ended before its end"
    if number == signal.SIGKILL:
        assert child.returncode == -signal.SIGKILL
        cleaned = roomproof("cleanup", env=provider.mock.environment)
        # A request with odd headers of its own is to be rejected, and cannot be sent again; one without a
        # name makes a room that nobody finds by it: that they made a room is not excluded.
        assert cleaned.code in ((0, 3) if name in ("azure", "telnyx") else (0,)), cleaned.out
        rooms = provider.rooms()
        left = [room for room in rooms if room not in before]
        assert [room for room in rooms if room in before] == before
        # That one room may have been left is told.
        assert len(left) <= (name == "telnyx" and cleaned.code == 3), left
    else:
        assert child.returncode == (143 if number == signal.SIGTERM else 130)
        report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["providers"][0]
        assert ("SIGTERM" if number == signal.SIGTERM else "Ctrl-C") in report["stopped"]
        assert report["left_behind"] == report["remarks"] == []
        assert provider.rooms() == before
    again = roomproof("cleanup", env=provider.mock.environment)
    assert (again.code, again.out.partition(" in ")[0]) == (0, "nothing to clean up")


@pytest.mark.parametrize("answered", [False, True])
@pytest.mark.parametrize("name", ["azure", "carrierx", "signalwire", "telnyx"])
def test_a_room_whose_id_nobody_heard_is_found_by_its_name_or_its_request(
    name: str, answered: bool, serve: Serve, start: Start, roomproof: Run
) -> None:
    mock = find_mock(name)
    ending = Ending(mock.build(), signal.SIGKILL, method="POST", answered=answered)
    base_url = serve(ending) + mock.prefix
    ending.end(start(name, base_url))
    ending.seen = []

    dry = roomproof("cleanup", "--dry-run", env=mock.environment)
    assert "to look for  1 that may have been made" in dry.out
    assert ending.seen == [], "only shown, nothing sent"

    done = roomproof("cleanup", env=mock.environment)
    assert done.code == 0, done.out
    assert done.out.startswith(f"{name} at {base_url}")
    assert ending.seen.count("DELETE") == 1


def test_a_room_whose_request_has_neither_a_name_nor_an_id_is_told_of(
    serve: Serve, start: Start, roomproof: Run
) -> None:
    mock = find_mock("azure")
    # The list of rooms, a room, and the one that is made without the headers that let a request be repeated.
    ending = Ending(mock.build(), signal.SIGKILL, at=3, answered=True)
    ending.end(start("azure", serve(ending)))
    done = roomproof("cleanup", env=mock.environment)
    assert done.code == 3
    assert "a room may have been left behind" in done.out


def test_a_living_run_is_left_alone(
    environment: Mapping[str, str], serve: Serve, start: Start, roomproof: Run
) -> None:
    mock = find_mock("telnyx")
    base_url = serve(mock.build()) + mock.prefix
    child = start("telnyx", base_url, "--rate", "10/s")
    journal_files = Path(environment["HOME"], ".local/state/roomproof/ledger")
    while not any('"made"' in path.read_text(encoding="utf-8") for path in journal_files.glob("*.jsonl")):
        assert child.poll() is None

    cleaned = roomproof("cleanup", env=mock.environment)
    second = roomproof(
        "verify", "telnyx", "--base-url", base_url, "--room-id", mock.room_id, env=mock.environment
    )
    child.send_signal(signal.SIGINT)
    child.communicate(timeout=60)

    assert cleaned.code == 0
    assert "still at work" in cleaned.out
    assert second.code == 2
    assert f"is at work in room {mock.room_id}" in second.err
    assert child.returncode == 130


def test_cleanup_says_which_credentials_it_needs(serve: Serve, start: Start, roomproof: Run) -> None:
    mock = find_mock("telnyx")
    ending = Ending(mock.build(), signal.SIGKILL, at=30)
    provider, before = prepared("telnyx", ending, serve)
    ending.end(start("telnyx", provider.base_url))
    without = roomproof("cleanup")
    assert without.code == 3
    assert "set TELNYX_API_KEY" in without.out
    assert roomproof("cleanup", env=mock.environment).code == 0
    assert provider.rooms() == before


def test_the_second_ctrl_c_ends_the_cleaning_up_and_the_journal_stays(
    serve: Serve, start: Start, roomproof: Run
) -> None:
    mock = find_mock("telnyx")
    ending = Ending(mock.build(), signal.SIGINT, at=30)
    provider, before = prepared("telnyx", ending, serve)
    child = start("telnyx", provider.base_url)
    ending.again = "PATCH"
    ending.end(child)
    assert child.returncode == 130
    assert provider.rooms() != before
    assert roomproof("cleanup", env=mock.environment).code == 0
    assert provider.rooms() == before
