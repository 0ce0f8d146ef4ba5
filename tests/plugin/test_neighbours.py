"""Clauses beside the tests and the plugins of a project: each run loads the plugin that it is about, and no
other that is installed.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from roomproof.providers import find_contract, find_mock

pytest_plugins = ["pytester"]

PLUGINS = (
    "schemathesis",
    "anyio",
    "hypothesispytest",
    "recording",
    "socket",
    "randomly",
    "rerunfailures",
    "timeout",
    "allure_pytest",
)
ROOM = ("--room-id", str(find_mock("telnyx").room_id))
ACCEPTS_51 = (rb'("max_participants":)51\b', rb"\g<1>50")
NOBODY = "https://rooms.example/v2"

Beside = Callable[..., pytest.RunResult]


@pytest.fixture
def beside(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, small: Path) -> Beside:
    """Run the clauses of the small contract of Telnyx in a project that has a test, with one other plugin."""
    pytester.makepyfile("def test_own(): pass")

    def start(plugin: str, *words: str) -> pytest.RunResult:
        off = " ".join(f"-p no:{other}" for other in (*PLUGINS, "pytest_cov") if other != plugin)
        monkeypatch.setenv("PYTEST_ADDOPTS", off)
        return pytester.runpytest_subprocess("--provider=telnyx", f"--contracts={small}", *words, timeout=120)

    return start


@pytest.fixture
def count(small: Path) -> int:
    """The number of the clauses."""
    return len(find_contract("telnyx", (small,))[0].clauses)


@pytest.mark.parametrize(
    ("plugin", "words"),
    [
        ("recording", ()),
        ("recording", ("--block-network",)),
        ("socket", ("--disable-socket", "--allow-hosts=localhost")),
        ("socket", ("--disable-socket", "--force-enable-socket")),
        ("randomly", ()),
        ("timeout", ("--timeout=0.05",)),
        ("allure_pytest", ("--alluredir=allure",)),
        ("pytest_cov", ("--cov=.",)),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else value,
)
def test_clauses_and_own_tests_pass_beside_a_plugin(
    beside: Beside, count: int, plugin: str, words: tuple[str, ...]
) -> None:
    result = beside(plugin, *words)
    result.assert_outcomes(passed=count + 1)
    assert result.ret == pytest.ExitCode.OK


def test_a_broken_clause_is_not_mended_by_running_it_again(beside: Beside, serve: Any) -> None:
    server = serve(reads=ACCEPTS_51)
    result = beside("rerunfailures", "--reruns=2", "-q", "--base-url", server.base_url, *ROOM)
    sent = server.requests
    assert (result.parseoutcomes()["failed"], result.parseoutcomes()["rerun"]) == (1, 2)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    beside("rerunfailures", "-q", "--base-url", server.base_url, *ROOM)
    assert server.requests == 2 * sent


@pytest.mark.parametrize(
    ("plugin", "words", "says"),
    [
        (
            "socket",
            ("--disable-socket",),
            "sockets are disabled by pytest-socket: --allow-hosts=127.0.0.1 has *",
        ),
        (
            "socket",
            ("--allow-hosts=10.0.0.0/8,localhost", "--base-url", NOBODY),
            "sockets to rooms.example are closed by pytest-socket*",
        ),
        (
            "recording",
            ("--block-network", "--base-url", NOBODY),
            "*--block-network: --allowed-hosts=rooms.example has *",
        ),
        (
            "recording",
            ("--block-network", "--allowed-hosts=a.example", "--base-url", NOBODY),
            "*--block-network: --allowed-hosts=*",
        ),
    ],
    ids=["no sockets", "another host", "no network", "another pattern"],
)
def test_no_request_is_sent_past_a_plugin_that_forbids_it(
    beside: Beside, count: int, plugin: str, words: tuple[str, ...], says: str
) -> None:
    result = beside(plugin, *words)
    result.assert_outcomes(passed=1, errors=count)
    result.stdout.fnmatch_lines([says, "roomproof: telnyx at *: 0 of * clauses exercised"])
    assert result.ret == pytest.ExitCode.TESTS_FAILED


def test_only_clauses_run_where_their_node_id_is_given(
    beside: Beside, pytester: pytest.Pytester, count: int
) -> None:
    pytester.makeini("[pytest]\ntestpaths = tests\naddopts = --strict-markers --import-mode=prepend")
    pytester.mkdir("tests").joinpath("test_broken.py").write_text(
        "import not_installed_in_this_job", encoding="utf-8"
    )
    pytester.mkdir("roomproof")
    beside("timeout", "roomproof::telnyx").assert_outcomes(passed=count)
    together = beside("timeout", "--continue-on-collection-errors")
    together.assert_outcomes(passed=count, errors=1)


def test_sockets_that_a_conftest_has_disabled_stay_so(
    beside: Beside, pytester: pytest.Pytester, count: int
) -> None:
    pytester.makeconftest("import pytest_socket\ndef pytest_runtest_setup(): pytest_socket.disable_socket()")
    result = beside("socket")
    result.assert_outcomes(passed=1, errors=count)
    result.stdout.fnmatch_lines(["sockets are disabled by pytest-socket: *"])
