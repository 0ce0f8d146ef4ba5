"""What the client sent outside the contract, in pytest: a test beside the provider's clauses, which warns,
fails, or is not there.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from roomproof.providers import find_contract

pytest_plugins = ["pytester"]

OTHERS = (
    "schemathesis",
    "anyio",
    "recording",
    "socket",
    "randomly",
    "rerunfailures",
    "timeout",
    "allure_pytest",
    "pytest_cov",
)
ROOM = "https://api.telnyx.com/v2/rooms/7b61621f-62e0-4aad-ab11-9fd19e272e73"
CLIENT = "roomproof::telnyx::client"
OF_CLIENT = "(client and not client-token)"
"""The test of the client, in a word for -k; some operations have client tokens."""


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Callable[..., pytest.RunResult]:
    """Run pytest on a recording of somebody else's client, which sends a number that is too large and a text
    for it.
    """
    response = {"status": {"code": 422, "message": ""}, "headers": {}, "body": {"string": ""}}
    asked = {"method": "PATCH", "uri": ROOM, "headers": {"Content-Type": ["application/json"]}}
    bodies = ('{"max_participants": 51}', '{"max_participants": "10"}')
    entries = [{"request": {**asked, "body": body}, "response": response} for body in bodies]
    Path(pytester.path, "mine.json").write_text(
        json.dumps({"version": 1, "interactions": entries}), encoding="utf-8"
    )
    monkeypatch.setenv(
        "PYTEST_ADDOPTS", " ".join(f"-p no:{plugin}" for plugin in (*OTHERS, "hypothesispytest"))
    )
    return lambda *words: pytester.runpytest_subprocess("--cassette=mine.json", *words, timeout=120)


def test_each_kind_is_a_warning_that_makes_no_run_green_in_which_no_clause_was_tested(
    run: Callable[..., pytest.RunResult],
) -> None:
    result = run("-v", "-k", f"{OF_CLIENT} or update-room.behaviour.max_participants.echo")
    clauses = len(find_contract("telnyx")[0].clauses)
    result.assert_outcomes(passed=1, skipped=1, warnings=2, deselected=clauses - 1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        [
            f"{CLIENT} PASSED*",
            "*telnyx.update-room.request.max_participants.maximum:1: RoomproofWarning: client: "
            "max_participants 51; "
            "max_participants is at most 50 (body /max_participants, once, in mine.json, interaction 1)",
            "roomproof: nothing was tested of telnyx*",
        ]
    )


def test_errors_fail_it_where_that_is_asked_for(
    run: Callable[..., pytest.RunResult], pytester: pytest.Pytester
) -> None:
    pytester.makeini("[pytest]\nroomproof_client = fail")
    result = run(CLIENT)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*outside the contract*",
            "telnyx.update-room.request.max_participants.maximum",
            "max_participants 51",
        ]
    )
    result.stdout.fnmatch_lines(
        ["telnyx.update-room.request.max_participants.type", 'max_participants "10"', "sent *, interaction 2"]
    )


def test_switched_off_it_is_no_test_and_another_word_is_an_error(
    run: Callable[..., pytest.RunResult],
) -> None:
    chosen = ("-k", f"telnyx and {OF_CLIENT}", "--collect-only")
    clauses = len(find_contract("telnyx")[0].clauses)
    run("-o", "roomproof_client=off", *chosen).stdout.fnmatch_lines(
        [f"*no tests collected ({clauses} deselected)*"]
    )
    run("-o", "roomproof_client=").stderr.fnmatch_lines(["*roomproof_client = '': write fail, warn or off*"])
