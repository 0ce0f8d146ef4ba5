"""`st run` with our hooks: no false alarm on a right provider, and faults that Schemathesis alone cannot
see.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from roomproof.providers import contract_folders, find_contract
from roomproof.targets.credentials import scheme_from
from roomproof.targets.serve import mock_process

EXPLAINED = {
    "Response violates schema",
    "Schema-valid request rejected",
    "Undocumented status code",
    "Created resource not found",
}
"""What Schemathesis says of the right mocks by itself: null where no document has it, no matter for what the
documents leave open; statuses that a specification lists nowhere, and rooms that it has deleted itself.
"""
MANY = 300
"""Few of Schemathesis' random bodies are accepted by a right provider; of so many, some are for certain."""
UPDATE = ("--include-operation-id", "update-room")
"""What the faults are about. Of all operations the deletion would take the room away."""
_FAILURE = re.compile(r"^  ❌ (?:ST\d+ )?(.+?): \d+$", re.MULTILINE)
Run = Callable[..., str]


@pytest.fixture(scope="module")
def st(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run `st` as the README does, against a provider's mock with or without a fault; return what it
    prints.
    """

    def run(
        provider: str,
        *words: str,
        fault: str | None = None,
        hooks: bool = True,
        proof: str = "",
        examples: int = 40,
    ) -> str:
        contract, _ = find_contract(provider)
        folder = tmp_path_factory.mktemp(provider)
        with mock_process(provider, fault) as serving:
            _, right = scheme_from(contract.credentials, serving.environment).headers(
                "GET", serving.base_url, None
            )[0]
            room = f'[parameters]\n"path.{contract.room.parameter}" = "{serving.room_id}"\n'
            (folder / "rooms.toml").write_text(f"{room}[phases.coverage]\nunexpected-methods = []\n")
            schema = contract_folders()[provider] / "openapi.yaml"
            where = (
                "--config-file",
                "rooms.toml",
                "run",
                schema,
                "--url",
                serving.base_url,
                "-H",
                f"Authorization: {proof or right}",
            )
            how = ("--continue-on-failure", "--max-examples", examples, "--seed", 1, *words)
            told = _done(folder, *where, *how, hooks=hooks).stdout
        assert "Test cases:" in told, told
        assert "Errors:" not in told, told
        return told

    return run


def _done(folder: Path, *words: object, hooks: bool) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "COLUMNS": "200"} | (
        {"SCHEMATHESIS_HOOKS": "roomproof.schemathesis_hooks"} if hooks else {}
    )
    line = [str(Path(sys.executable).with_name("st")), *map(str, words), "--no-color"]
    return subprocess.run(
        line, capture_output=True, text=True, timeout=480, cwd=folder, env=environment, check=False
    )


@pytest.fixture(scope="module")
def of_a_lost_echo(st: Run) -> str:
    """What `st` with our hooks says of a provider that ignores a field."""
    return st("telnyx", "--no-shrink", *UPDATE, fault="max-ignored", examples=MANY)


@pytest.fixture(scope="module")
def of_a_reset(st: Run) -> str:
    """What `st` with our hooks says of a provider that resets a field which an update does not name."""
    return st("carrierx", "--no-shrink", "--phases", "fuzzing", fault="name-reset", examples=100)


@pytest.mark.parametrize("provider", ["carrierx", "signalwire", "telnyx"])
def test_a_right_provider_breaks_no_clause(provider: str, st: Run) -> None:
    assert set(_FAILURE.findall(st(provider, examples=8))) <= EXPLAINED


@pytest.mark.parametrize("fault", ["max-ignored", "recording-reset"])
def test_schemathesis_alone_does_not_see_these_faults(fault: str, st: Run) -> None:
    assert set(_FAILURE.findall(st("telnyx", *UPDATE, fault=fault, hooks=False))) <= EXPLAINED


def test_a_lost_echo_is_found_and_named(of_a_lost_echo: str) -> None:
    assert "telnyx.update-room.behaviour.max_participants.echo" in _FAILURE.findall(of_a_lost_echo)


def test_an_update_that_changes_another_field_is_found_and_named(of_a_reset: str) -> None:
    assert "carrierx.update-room.behaviour.name.unchanged" in _FAILURE.findall(of_a_reset)


def test_a_failure_says_what_is_wrong_and_where_that_stands(of_a_lost_echo: str) -> None:
    assert re.search(
        r"telnyx\.update-room\.behaviour\.max_participants\.echo\n\n"
        r" +max_participants (\S+) was accepted, but the response says (\S+)\n"
        r" +expected +\1\n +received +\2\n +source +Telnyx: Update a room, Responses, 200: Update room "
        r"response\n",
        of_a_lost_echo,
    ), of_a_lost_echo
    assert "mock-telnyx-key" not in of_a_lost_echo


def test_a_clause_is_shown_once_however_often_it_is_broken(of_a_reset: str) -> None:
    shown = re.findall(
        r"^- ST901 carrierx\.update-room\.behaviour\.name\.unchanged$", of_a_reset, re.MULTILINE
    )

    assert len(shown) == 1
    assert "carrierx.update-room.behaviour.name.unchanged: 1\n" in of_a_reset


def test_credentials_that_let_nobody_in_are_not_held_against_the_provider(st: Run) -> None:
    assert (
        _FAILURE.findall(
            st("telnyx", "--checks", "Roomproof", *UPDATE, proof="Bearer of-somebody-else", examples=8)
        )
        == []
    )


def test_a_schema_that_is_no_contract_is_rejected_in_a_sentence(tmp_path: Path) -> None:
    schema = tmp_path / "openapi.yaml"
    schema.write_text("openapi: 3.1.0\ninfo: {title: a shop, version: '1'}\npaths: {}\n")
    done = _done(tmp_path, "run", schema, "--url", "http://127.0.0.1:9", hooks=True)

    assert done.returncode != 0
    assert "the schema has no x-provider, so it is no contract of roomproof" in done.stdout


@pytest.mark.parametrize(("beside_another", "blamed"), [(False, 1), (True, 0)])
def test_requests_of_two_workers_at_the_same_time_prove_nothing_of_each_other(
    beside_another: bool, blamed: int
) -> None:
    import schemathesis
    from schemathesis.errors import FailureGroup

    from roomproof.schemathesis_hooks import BrokenClause, Roomproof, before_call

    schema = schemathesis.openapi.from_path(contract_folders()["telnyx"] / "openapi.yaml")
    operation = schema["/rooms/{room_id}"]["PATCH"]
    done, started = threading.Event(), threading.Event()
    broken: list[Any] = []

    def another_worker() -> None:
        before_call(schemathesis.HookContext(operation=operation), operation.Case(), {})
        started.set()
        done.wait(30)

    with mock_process("telnyx", "max-ignored") as serving:
        case = operation.Case(
            path_parameters={"room_id": serving.room_id},
            body={"max_participants": 20},
            media_type="application/json",
        )
        if beside_another:
            threading.Thread(target=another_worker).start()
            started.wait(30)
        response = case.call(base_url=serving.base_url, headers={"Authorization": "Bearer mock-telnyx-key"})
        try:
            Roomproof().after_response(None, response, case)
        except FailureGroup as group:
            broken = [failure for failure in group.exceptions if isinstance(failure, BrokenClause)]
        finally:
            done.set()

    assert response.status_code == 200
    assert len(broken) == blamed
