"""What is given but empty, as an unset variable of CI leaves it behind, is wrong usage everywhere, and never
a run about something else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from roomproof.cli import app
from roomproof.providers import find_mock

Run = Callable[..., Any]
TELNYX = find_mock("telnyx")
SIGNALWIRE = find_mock("signalwire")
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]
EMPTY = ["", " ", "\t\n", "\u00a0"]


def takers() -> Iterator[Any]:
    """Every option and argument of every command that takes a value: the words before the value, and the name
    that is told.
    """
    for name, command in COMMANDS.items():
        before: list[str] = []
        for parameter in command.params:
            if parameter.param_type_name == "argument":
                yield pytest.param(
                    (name, *before), parameter.metavar.strip("[]."), id=f"{name} {parameter.metavar}"
                )
                before.append("x")
            elif not parameter.is_flag:
                needed = [
                    "x" for other in command.params if other.param_type_name == "argument" and other.required
                ]
                yield pytest.param(
                    (name, *needed, parameter.opts[0]), parameter.opts[0], id=f"{name} {parameter.opts[0]}"
                )


def require_told(done: Any, *words: str) -> None:
    """It is wrong usage, told in one sentence with all of the words, and nothing was done."""
    assert (done.code, done.out) == (2, ""), done
    (line,) = done.err.splitlines()
    assert line.startswith("roomproof: ")
    assert [word for word in words if word not in line] == [], line


@pytest.mark.parametrize(("words", "name"), list(takers()))
def test_no_option_and_no_argument_may_be_empty(
    words: tuple[str, ...], name: str, inside: Run, tmp_path: Path
) -> None:
    require_told(inside(*words, ""), f"{name} is given but empty")
    assert list(tmp_path.iterdir()) == []


def test_the_walk_above_meets_options_and_arguments_of_every_kind() -> None:
    names = {parameter.values[1] for parameter in takers()}
    assert {
        "--room-id",
        "--base-url",
        "--only",
        "--record",
        "--json",
        "--contracts",
        "--port",
        "--max-age",
        "--fault",
        "DIR",
    } <= names
    assert {parameter.values[0][0] for parameter in takers()} == set(COMMANDS)


@pytest.mark.parametrize(
    "words",
    [
        ("verify", "--room-id="),
        ("verify", "telnyx", ""),
        ("replay", "x.yaml", ""),
        ("verify", "--strict", ""),
    ],
)
def test_however_it_is_written(words: tuple[str, ...], inside: Run) -> None:
    require_told(inside(*words), "is given but empty")


@pytest.mark.parametrize("empty", EMPTY, ids=ascii)
def test_white_space_is_nothing(empty: str, inside: Run) -> None:
    require_told(inside("verify", "telnyx", "--room-id", empty), "--room-id is given but empty")


def test_one_empty_value_of_several(inside: Run) -> None:
    require_told(inside("verify", "--only", "telnyx.*", "--only", ""), "--only is given but empty")


def test_the_working_folder_is_a_path_all_the_same(inside: Run) -> None:
    """`.` and an empty text are the same path, but not the same words."""
    done = inside("replay", ".")
    assert "holds no cassette" in done.err
    assert "empty" not in done.err


NOWHERE = ("--base-url", "http://127.0.0.1:9")
ROOM = ("--room-id", "1")
SIGNALWIRE_ENV = {**SIGNALWIRE.environment, "SIGNALWIRE_SPACE": "example"}
VARIABLES = [
    (("verify", "telnyx", *NOWHERE, *ROOM), {}, "TELNYX_API_KEY"),
    (("probe", "telnyx", *NOWHERE, *ROOM), {}, "TELNYX_API_KEY"),
    (("verify", "azure", *NOWHERE), {}, "AZURE_COMMUNICATION_CONNECTION_STRING"),
    (("verify", "azure", "--live", "--yes"), {}, "AZURE_COMMUNICATION_CONNECTION_STRING"),
    (("verify", "carrierx", *NOWHERE, *ROOM), {"CARRIERX_USERNAME": "me"}, "CARRIERX_PASSWORD"),
    (("verify", "signalwire", *NOWHERE, *ROOM), SIGNALWIRE_ENV, "SIGNALWIRE_API_TOKEN_WITHOUT_SCOPE"),
    (("verify", "signalwire", "--live", "--yes", *ROOM), SIGNALWIRE_ENV, "SIGNALWIRE_SPACE"),
    (("verify", "telnyx", *NOWHERE, *ROOM), TELNYX.environment, "ROOMPROOF_STATE"),
    (("cleanup",), {}, "ROOMPROOF_STATE"),
    (("replay", "--check-secrets", "x.yaml"), {}, "TELNYX_API_KEY"),
]


@pytest.mark.parametrize("empty", ["", " \t"], ids=ascii)
@pytest.mark.parametrize(
    ("words", "others", "name"),
    VARIABLES,
    ids=lambda value: " ".join(value[:3]) if isinstance(value, tuple) else "",
)
def test_a_variable_that_is_set_but_empty(
    words: tuple[str, ...], others: dict[str, str], name: str, empty: str, inside: Run, tmp_path: Path
) -> None:
    (tmp_path / "x.yaml").write_text("interactions: []\n", encoding="utf-8")
    done = inside(*words, env={**others, name: empty})
    assert done.code == 2
    assert f"{name} is set but empty" in done.err.splitlines()[-1]


def test_a_variable_that_nobody_asks_for_may_be_empty(inside: Run) -> None:
    """The built-in mock has credentials of its own."""
    done = inside("verify", "telnyx", "--max-requests", 20, env={"TELNYX_API_KEY": ""})
    assert done.code == 3
    assert "--max-requests 20 reached" in done.out


def test_what_the_standard_takes_for_unset(inside: Run) -> None:
    """XDG Base Directory Specification: "either not set or empty"; GitHub's runner sets a file's name only
    where it has one.
    """
    done = inside("cleanup", env={"XDG_STATE_HOME": "", "XDG_CACHE_HOME": "", "GITHUB_STEP_SUMMARY": ""})
    assert (done.code, done.err) == (0, "")
