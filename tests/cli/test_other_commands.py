"""`clauses`, `mock`, `init`, `--version`, `--help` as a user runs them."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import urllib3
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from roomproof import __version__
from roomproof.providers import find_mock

Run = Callable[..., Any]
PROVIDERS = ["azure", "carrierx", "signalwire", "telnyx"]


def test_version(roomproof: Run) -> None:
    assert roomproof("--version").out == f"roomproof {__version__}\n"


def test_the_module_is_the_command_too() -> None:
    line = [sys.executable, "-m", "roomproof.cli", "replay", "no-such-file.yaml"]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.startswith("roomproof: no-such-file.yaml: ")) == (2, True)


def test_help_names_every_command(roomproof: Run) -> None:
    done = roomproof("--help")
    assert done.code == 0
    assert [name for name in ("verify", "mock", "clauses", "init") if name not in done.out] == []


def test_verify_help_names_every_option(roomproof: Run) -> None:
    shown = roomproof("verify", "--help").out
    options = [
        "base-url",
        "room-id",
        "max-examples",
        "seed",
        "rate",
        "max-requests",
        "strict",
        "verbose",
        "json",
        "junit",
        "contracts",
    ]
    assert [option for option in options if f"--{option}" not in shown] == []


def test_clauses_as_json(roomproof: Run) -> None:
    done = roomproof("clauses", "--json")
    assert (done.code, done.err) == (0, "")
    rows = json.loads(done.out)
    assert {row["id"].split(".")[0] for row in rows} == set(PROVIDERS)
    assert len({row["id"] for row in rows}) == len(rows)
    for row in rows:
        assert set(row) == {
            "id",
            "operation",
            "level",
            "demands",
            "source",
            "tested",
            "checks",
            "source_url",
            "disagreement",
        }
        assert row["checks"]
        assert all((row["demands"], row["tested"], *row["source"].values())), row
        assert row["level"] in ("documented", "standard", "sample", "observed")


def test_clauses_as_a_table(roomproof: Run) -> None:
    done = roomproof("clauses", "telnyx")
    assert (done.code, done.err) == (0, "")
    assert [
        word
        for word in ("id", "level", "demands", "source", "how it is tested")
        if word not in done.out.splitlines()[1]
    ] == []
    assert "telnyx.update-room.request.max_participants.maximum" in done.out
    assert "telnyx.list-rooms.request.filter[date_created_at][eq].format" in done.out, "no markup of Rich"
    assert "azure" not in done.out.lower()
    assert done.out.splitlines()[-1].endswith(" clauses")


@contextmanager
def mock(
    command: Path, environment: Mapping[str, str], *words: str, last: str = "--room-id"
) -> Iterator[list[str]]:
    """Run `roomproof mock`, yield the lines that it prints when it is ready, and stop it with Ctrl-C."""
    with subprocess.Popen(
        [command, "mock", *words],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        try:
            lines = [child.stdout.readline().rstrip("\n")]
            while last not in lines[-1]:
                lines.append(child.stdout.readline().rstrip("\n"))
            yield lines
        finally:
            child.send_signal(signal.SIGINT)
            child.wait(timeout=10)
        assert "Traceback" not in child.stderr.read()


def test_mock(command: Path, environment: Mapping[str, str]) -> None:
    with mock(command, environment, "telnyx", "--port", "0") as lines:
        base_url = lines[0].split()[2].rstrip(",")
        assert base_url.startswith("http://127.0.0.1:")
        (variable,) = (line for line in lines if "export" in line)
        key = variable.split("=", 1)[1].strip("'")
        room_id = lines[-1].split()[-1]
        assert "TELNYX_API_KEY" in variable
        pool = urllib3.PoolManager(retries=False)
        room = f"{base_url}/rooms/{room_id}"
        assert pool.request("GET", room).status == 401
        body = {"max_participants": 11}
        response = pool.request("PATCH", room, json=body, headers={"Authorization": f"Bearer {key}"})
        assert (response.status, response.json()["data"]["max_participants"]) == (200, 11)


def test_the_connection_string_of_a_mock_leads_to_it(command: Path, environment: Mapping[str, str]) -> None:
    with mock(command, environment, "azure", "--port", "0", last="export") as lines:
        origin = lines[0].split()[2].rstrip(",")
        assert f"='endpoint={origin}/;accesskey=" in lines[-1]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_what_a_mock_prints_is_what_verify_needs(provider: str) -> None:
    found = find_mock(provider)
    assert found.environment
    assert all("'" not in value for value in found.environment.values()), (
        "quoted for a shell with apostrophes"
    )


def _no_json(constant: str) -> None:
    """Reject NaN and Infinity, which Python's reader takes."""
    raise ValueError(constant)


async def _update(request: Request) -> Response:
    """The tiny provider that `roomproof init` starts from: one room, one field."""
    if request.headers.get("authorization") != "Bearer a-key":
        return JSONResponse({}, 401)
    if request.path_params["room_id"] != "1":
        return JSONResponse({}, 404)
    if request.method == "GET":
        return JSONResponse({"data": {"id": "1", "max_participants": request.app.state.most}})
    try:
        body = json.loads((await request.body()).decode(), parse_constant=_no_json)
    except (ValueError, RecursionError):
        return JSONResponse({}, 400)
    most = body.get("max_participants", 10) if isinstance(body, dict) else None
    if (
        request.headers.get("content-type") != "application/json"
        or type(most) is not int
        or not 2 <= most <= 50
    ):
        return JSONResponse({}, 422)
    request.app.state.most = body.get("max_participants", request.app.state.most)
    return JSONResponse({"data": {"id": "1", "max_participants": request.app.state.most}})


def test_init_and_a_provider_with_nothing_but_a_contract(
    roomproof: Run, serve: Callable[[ASGIApp], str], tmp_path: Path
) -> None:
    started = roomproof("init", "contracts/acme")
    assert (started.code, started.err) == (0, "")
    assert sorted(path.name for path in (tmp_path / "contracts" / "acme").iterdir()) == [
        "deviations.yaml",
        "openapi.yaml",
    ]
    assert "roomproof verify acme --contracts contracts/acme" in started.out
    assert "ACME_API_KEY" in started.out

    app = Starlette(routes=[Route("/v1/rooms/{room_id}", _update, methods=["GET", "PATCH"])])
    app.state.most = 10
    base_url = serve(app) + "/v1"
    for contracts in ("contracts", "contracts/acme"):
        words = (
            "verify",
            "acme",
            "--contracts",
            contracts,
            "--base-url",
            base_url,
            "--room-id",
            "1",
            "--max-examples",
            3,
        )
        done = roomproof(*words, env={"ACME_API_KEY": "a-key"})
        assert (done.code, done.err) == (0, ""), done.out
        assert done.out.startswith(f"acme at {base_url}")
        assert " pass" in done.out.splitlines()[-2]

    again = roomproof("init", "contracts/acme")
    assert again.code == 2
    assert "nothing is overwritten" in again.err


def test_clauses_of_a_contract_of_ones_own(roomproof: Run) -> None:
    roomproof("init", "acme")
    rows = json.loads(roomproof("clauses", "acme", "--contracts", "acme", "--json").out)
    assert "acme.update-room.request.max_participants.maximum" in {row["id"] for row in rows}


def test_a_provider_without_a_mock_needs_a_server(roomproof: Run) -> None:
    roomproof("init", "acme")
    done = roomproof("verify", "acme", "--contracts", "acme")
    assert done.code == 2
    assert "--base-url" in done.err
