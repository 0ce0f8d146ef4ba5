"""`roomproof matrix`: readable at any width, by people and by programs, for one's own providers, too."""

from __future__ import annotations

import json
import os
import pty
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


def on_a_terminal(command: Path, width: int, *words: str, **env: str) -> str:
    """Run the command on a pseudo-terminal of its own and return what stands on it."""
    child, file = pty.fork()
    if child == 0:
        clean = {
            name: value
            for name, value in os.environ.items()
            if name not in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE")
        }
        os.execve(
            command, ["roomproof", *words], {**clean, "TERM": "xterm-256color", "COLUMNS": str(width), **env}
        )
    shown = b""
    try:
        while part := os.read(file, 65_536):
            shown += part
    except OSError:
        pass  # Linux ends a pseudo-terminal with an error.
    os.close(file)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    return shown.decode()


@pytest.mark.parametrize("width", [40, 80, 120, 200])
def test_no_line_is_wider_than_the_terminal(width: int, command: Path) -> None:
    shown = on_a_terminal(command, width, "matrix", NO_COLOR="1")
    plain = re.sub(r"\x1b\[[0-9;]*m", "", shown)
    assert max(map(len, plain.splitlines())) <= width
    for word in ("max participants", "signalwire", "telnyx"):
        assert word in shown


def test_a_wide_terminal_has_columns_and_a_narrow_one_lines(command: Path) -> None:
    wide, narrow = (
        on_a_terminal(command, width, "matrix", "telnyx", "signalwire", NO_COLOR="1") for width in (160, 60)
    )
    together = [line for line in wide.splitlines() if "1 to 300" in line and "2 to 50" in line]
    assert together
    assert not [line for line in narrow.splitlines() if "1 to 300" in line and "2 to 50" in line]


def test_colours_only_where_they_are_wanted(command: Path) -> None:
    assert "\x1b[36m" in on_a_terminal(command, 80, "matrix", "telnyx", "azure")
    assert "\x1b[36m" not in on_a_terminal(command, 80, "matrix", "telnyx", "azure", NO_COLOR="1")


def test_sources_are_numbered_and_listed(inside: Run) -> None:
    done = inside("matrix", "telnyx", "--sources")
    numbers = [line.split("]")[0][1:] for line in done.out.splitlines() if line.startswith("[")]
    assert numbers == [str(number) for number in range(1, len(numbers) + 1)]
    assert "Telnyx: Update a room, Body: max_participants" in done.out


def test_json_and_markdown(inside: Run) -> None:
    assert json.loads(inside("matrix", "azure", "telnyx", "--json").out)["providers"] == ["azure", "telnyx"]
    assert inside("matrix", "azure", "telnyx", "--markdown").out.startswith(
        "# azure and telnyx side by side\n"
    )


def test_a_provider_of_ones_own(inside: Run) -> None:
    inside("init", "mine/acme")
    done = inside("matrix", "telnyx", "acme", "--contracts", "mine", "--json")
    assert json.loads(done.out)["providers"] == ["telnyx", "acme"]


@pytest.mark.parametrize(
    ("words", "message"),
    [(("matrix", "telnix"), "did you mean 'telnyx'?"), (("matrix", "--json", "--markdown"), "choose one")],
    ids=["unknown provider", "two forms"],
)
def test_wrong_usage(words: tuple[str, ...], message: str, inside: Run) -> None:
    done = inside(*words)
    assert (done.code, message in done.err) == (2, True)
