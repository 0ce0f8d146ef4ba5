"""Many accounts of a provider: a turn each, with its own credentials, and one report."""

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
import yaml
from starlette.types import ASGIApp, Receive, Scope, Send

from roomproof.providers import find_fault, find_mock

Run = Callable[..., Any]
Serve = Callable[[ASGIApp], str]
TELNYX = find_mock("telnyx")
KEYS = {f"KEY_{number}": f"secret-of-account-{number}" for number in range(5)}
FEW = ("--max-requests", "40", "--max-examples", "1")


class Accounts:
    """One server with an account a key; each has rooms of its own, and some have a fault."""

    def __init__(self, faulty: Mapping[str, str]) -> None:
        (right,) = (value for name, value in TELNYX.environment.items() if name == "TELNYX_API_KEY")
        self._right = f"Bearer {right}".encode()
        self._apps: dict[bytes, ASGIApp] = {}
        for variable, key in KEYS.items():
            app: ASGIApp = TELNYX.build()
            if variable in faulty:
                app = find_fault("telnyx", faulty[variable]).around(app)
            self._apps[f"Bearer {key}".encode()] = app
        self.seen: dict[bytes, int] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        sent = dict(scope["headers"]).get(b"authorization", b"")
        self.seen[sent] = self.seen.get(sent, 0) + 1
        app = self._apps.get(sent, next(iter(self._apps.values())))
        headers = [
            (name, self._right if name == b"authorization" and sent in self._apps else value)
            for name, value in scope["headers"]
        ]
        await app({**scope, "headers": headers}, receive, send)


def written(tmp_path: Path, *accounts: Mapping[str, Any]) -> str:
    path = tmp_path / "accounts.yaml"
    path.write_text(yaml.safe_dump([dict(one) for one in accounts]), encoding="utf-8")
    return path.name


def account(number: int, **more: Any) -> dict[str, Any]:
    return {"name": f"customer-{number}", "credentials": {"TELNYX_API_KEY": f"KEY_{number}"}, **more}


def told(tmp_path: Path) -> Any:
    return json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_each_account_has_its_turn_and_what_differs_is_shown(
    roomproof: Run, serve: Serve, tmp_path: Path, jobs: str
) -> None:
    app = Accounts({"KEY_1": "max-64"})
    file = written(tmp_path, *(account(number) for number in range(3)))
    clause = "telnyx.create-room.request.max_participants.maximum"
    words = ("verify", "telnyx", "--accounts", file, "--base-url", serve(app) + TELNYX.prefix, "--jobs", jobs)
    views = ("--json", "r.json", "--html", "r.html", "--junit", "r.xml", "--markdown", "r.md")
    done = roomproof(*words, "--only", clause, *views, "--record", "kept", env=KEYS)
    assert (done.code, done.err) == (1, "")
    report = told(tmp_path)
    for view in views[3::2]:
        shown = (tmp_path / view).read_text(encoding="utf-8")
        assert all(f"telnyx/customer-{number}" in shown for number in range(3)), (
            f"{view} tells accounts apart"
        )
    verdicts = [(one["account"], one["clauses"][0]["verdict"]) for one in report["providers"]]
    assert verdicts == [("customer-0", "pass"), ("customer-1", "fail"), ("customer-2", "pass")]
    assert f"fail {clause}: in 1 of 3 accounts (customer-1)" in done.out
    finding = report["providers"][1]["findings"][0]
    assert "$KEY_1" in finding["curl"]
    assert "--accounts accounts.yaml --account customer-1 " in finding["reproduce"]
    assert {f"Bearer {KEYS[f'KEY_{number}']}".encode() for number in range(3)} <= {*app.seen}
    cassettes = [*(tmp_path / "kept").glob("*.yaml")]
    assert len(cassettes) == 3
    for text in (done.out, *(path.read_text(encoding="utf-8") for path in [*cassettes, tmp_path / "r.json"])):
        assert not any(secret in text for secret in KEYS.values())


def test_one_account_is_chosen_by_its_name(roomproof: Run, serve: Serve, tmp_path: Path) -> None:
    base_url = serve(Accounts({})) + TELNYX.prefix
    file = written(tmp_path, *(account(number, base_url=base_url, provider="telnyx") for number in range(3)))
    words = ("verify", "--accounts", file, "--account", "customer-2", *FEW, "--json", "r.json")
    assert roomproof(*words, env=KEYS).code == 3
    assert [one["account"] for one in told(tmp_path)["providers"]] == ["customer-2"]


SOMEWHERE = {"base_url": "http://127.0.0.1:9/v2"}


@pytest.mark.parametrize(
    ("accounts", "mistakes"),
    [
        ([account(0, **SOMEWHERE), account(0, **SOMEWHERE)], ["another account has the name 'customer-0'"]),
        (
            [account(0, **SOMEWHERE, rate="fast"), account(1, nme="x")],
            ["accounts.yaml:1: rate", "a field that is none"],
        ),
        ([account(0)], ["it is not said where it is"]),
        ([account(0, live=True, **SOMEWHERE)], ["give one of them"]),
        ([{"name": "a", "credentials": {}, **SOMEWHERE}], ["credentials lack TELNYX_API_KEY"]),
        ([account(7, **SOMEWHERE)], ["not the name of an environment variable that is set"]),
        (
            [account(0, **SOMEWHERE), {**account(0, **SOMEWHERE), "name": "b"}],
            ["accounts customer-0 and b have the same credentials"],
        ),
        (["text"], ["is no account"]),
        ([], ["a list of accounts"]),
    ],
)
def test_mistakes_are_told_before_anything_is_sent(
    inside: Run, tmp_path: Path, accounts: list[Any], mistakes: list[str]
) -> None:
    path = tmp_path / "accounts.yaml"
    path.write_text(yaml.safe_dump(accounts), encoding="utf-8")
    done = inside("verify", "telnyx", "--accounts", path, env=KEYS)
    assert done.code == 2
    for mistake in mistakes:
        assert mistake in done.err


def test_a_secret_in_the_place_of_a_name_is_not_printed(inside: Run, tmp_path: Path) -> None:
    wrong = {"name": "a", "credentials": {"TELNYX_API_KEY": "KEY-of-mine-0123"}, **SOMEWHERE}
    done = inside("verify", "telnyx", "--accounts", tmp_path / written(tmp_path, wrong))
    assert done.code == 2
    assert "0123" not in done.out + done.err


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_what_a_killed_process_left_is_cleaned_up_with_the_credentials_of_its_account(
    roomproof: Run, serve: Serve, command: Path, environment: Mapping[str, str], tmp_path: Path
) -> None:
    app = Accounts({})
    base_url = serve(app) + TELNYX.prefix
    file = written(tmp_path, account(0), account(1))
    words = ("verify", "telnyx", "--accounts", file, "--base-url", base_url, "--jobs", "2", "--rate", "20/s")
    child = subprocess.Popen(
        [command, *words, "--json", "r.json"],
        cwd=tmp_path,
        env={**environment, **KEYS},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    asked = [f"Bearer {KEYS[name]}".encode() for name in ("KEY_0", "KEY_1")]
    until = time.monotonic() + 20
    while min(app.seen.get(one, 0) for one in asked) < 12:
        assert time.monotonic() < until
        time.sleep(0.05)
    shown = Path(f"/proc/{child.pid}/task/{child.pid}/children").read_text(encoding="utf-8").split()
    for worker in map(int, shown):
        assert not any(
            secret.encode() in Path(f"/proc/{worker}/cmdline").read_bytes() for secret in KEYS.values()
        )
        os.kill(worker, signal.SIGKILL)
    _, err = child.communicate(timeout=20)
    assert child.returncode == 3, err
    assert all("roomproof cleanup" in one["stopped"] for one in told(tmp_path)["providers"])
    app.seen.clear()
    allowed = ("--allow-variable", "KEY_0", "--allow-variable", "KEY_1")
    done = roomproof("cleanup", *allowed, env=KEYS)
    assert done.code == 0, done.err
    assert {*app.seen} == {*asked}
