"""What a person sees: in terminals of several widths, without colours, without UTF-8, in a file, in a pipe
that nobody reads to its end.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from starlette.types import ASGIApp

from roomproof.contract.model import CredentialsSpec
from roomproof.interaction import Credentials, Request
from roomproof.providers import find_fault, find_mock
from roomproof.reports.curl import curl

TELNYX = find_mock("telnyx")
CLAUSE = "telnyx.update-room.request.max_participants.maximum"
COLOUR = re.compile(rb"\x1b\[(?:\d;)?[39]\d")
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Seen:
    """What came out of a terminal: the bytes, the lines without what steers it, the exit code."""

    raw: bytes
    lines: list[str]
    code: int


def on_a_terminal(command: list[str], width: int, environment: Mapping[str, str], folder: Path) -> Seen:
    """Run a command on a terminal of so many columns."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, width, 0, 0))
    raw = b""
    with subprocess.Popen(
        command, cwd=folder, env=dict(environment), stdin=slave, stdout=slave, stderr=slave
    ) as child:
        os.close(slave)
        # Linux ends a terminal whose other side is closed with an error, others with nothing.
        try:
            while part := os.read(master, 65_536):
                raw += part
        except OSError:
            pass
    os.close(master)
    text = ESCAPES.sub("", raw.decode("utf-8", "replace")).replace("\r\n", "\n")
    return Seen(raw, [line.rpartition("\r")[2].rstrip() for line in text.split("\n")], child.returncode)


@pytest.fixture
def faulty(whole: list[str]) -> list[str]:
    """The words that verify how a provider updates rooms which accepts 64 participants, as far as is needed
    to find that out.
    """
    return [*whole, "--only", "telnyx.update-room.*", "--max-requests", "180"]


@pytest.fixture
def whole(command: Path, serve: Callable[[ASGIApp], str]) -> list[str]:
    """The words that verify all that such a provider does."""
    base_url = serve(find_fault("telnyx", "max-64").around(TELNYX.build())) + TELNYX.prefix
    words = (
        "verify",
        "telnyx",
        "--base-url",
        base_url,
        "--room-id",
        TELNYX.room_id,
        "--max-examples",
        0,
    )
    return [str(command), *map(str, words)]


@pytest.fixture
def terminal(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment of a terminal with colours, which knows its own width."""
    return (
        {name: value for name, value in environment.items() if name != "COLUMNS"}
        | TELNYX.environment
        | {"TERM": "xterm-256color"}
    )


@pytest.mark.parametrize("width", [40, 80, 200])
def test_a_finding_fits_every_terminal_and_can_be_copied(
    width: int, faulty: list[str], terminal: dict[str, str], tmp_path: Path
) -> None:
    seen = on_a_terminal(faulty, width, terminal, tmp_path)
    assert seen.code == 1
    (curl,) = (line for line in seen.lines if line.startswith("curl ") and "max_participants" in line)
    assert curl.endswith("--data-binary '{\"max_participants\":51}'")
    assert any(f"fail {CLAUSE}" in line for line in seen.lines), (
        "whole, though it may be wider than the terminal"
    )
    panel = [line for line in seen.lines if line.startswith(("╭", "│", "╰"))]
    assert panel
    assert max(map(len, panel)) <= width
    assert any(
        "/s" in line and "requests" in line and "1 fail" in line
        for line in re.split(r"[\r\n]", ESCAPES.sub("", seen.raw.decode()))
    )
    assert any(re.match(r"\s*update-room request\b.*\b1\b", line) for line in seen.lines)
    assert any(line.startswith(f"next: roomproof explain {CLAUSE}") for line in seen.lines)


@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=["NO_COLOR", "dumb"])
def test_no_colours_where_they_are_not_wanted(
    variables: dict[str, str], faulty: list[str], terminal: dict[str, str], tmp_path: Path
) -> None:
    assert COLOUR.search(on_a_terminal(faulty, 80, terminal, tmp_path).raw)
    plain = on_a_terminal(faulty, 80, {**terminal, **variables}, tmp_path)
    assert not COLOUR.search(plain.raw)
    assert any(CLAUSE in line for line in plain.lines)


def test_a_terminal_without_utf8(
    command: Path, terminal: dict[str, str], faulty: list[str], tmp_path: Path
) -> None:
    ascii_only = {**terminal, "LANG": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    seen = on_a_terminal(faulty, 80, ascii_only, tmp_path)
    assert seen.raw.isascii()
    assert any(line.startswith("+") and CLAUSE in line for line in seen.lines)
    faults = subprocess.run(
        [command, "mock", "telnyx", "--fault", "größer"], env=ascii_only, capture_output=True, check=False
    )
    assert (faults.returncode, faults.stderr.isascii(), b"Traceback" in faults.stderr) == (2, True, False)


def test_a_file_gets_lines_that_grep_finds(
    faulty: list[str], terminal: dict[str, str], tmp_path: Path
) -> None:
    done = subprocess.run(
        faulty, cwd=tmp_path, env=terminal, capture_output=True, encoding="utf-8", check=False
    )
    assert done.stderr == ""
    assert not re.search("[\x1b│╭━]", done.stdout)
    lines = done.stdout.splitlines()
    at = lines.index(f"fail {CLAUSE}")
    assert lines[at + 1].startswith(
        "  max_participants 51 is accepted, although max_participants is at most 50"
    )
    assert [line.split()[0] for line in lines[at + 2 : at + 6]] == ["expected", "received", "source", "curl"]


@pytest.mark.parametrize("words", ["clauses --json", "clauses", "verify telnyx --verbose"])
def test_a_reader_who_has_seen_enough_ends_it_quietly(
    words: str, command: Path, terminal: dict[str, str], tmp_path: Path
) -> None:
    with subprocess.Popen(
        [command, *words.split()], cwd=tmp_path, env=terminal, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        assert child.stdout.readline()
        child.stdout.close()
        told = child.stderr.read()
    assert (child.returncode, told) == (141, b"")


def test_verbose_tells_every_interaction_in_a_line(
    faulty: list[str], terminal: dict[str, str], tmp_path: Path
) -> None:
    done = subprocess.run(
        [*faulty, "--verbose"], cwd=tmp_path, env=terminal, capture_output=True, encoding="utf-8", check=False
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("telnyx ") and " -> " in line]
    assert [int(line.split()[1]) for line in lines] == list(range(1, 181))
    told = (
        r'telnyx +\d+ PATCH /v2/rooms/\S+ \{"max_participants":51\} -> status 200 in \d+\.\d ms # '
        r"51, limit 50"
    )
    assert any(re.fullmatch(told, line) for line in lines)
    assert all(line.isprintable() for line in lines)
    assert TELNYX.environment["TELNYX_API_KEY"] not in done.stdout


def test_the_sample_in_the_documentation_is_what_is_printed(
    whole: list[str], terminal: dict[str, str], tmp_path: Path
) -> None:
    """Numbers of a run differ, words do not."""
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    (sample,) = re.findall(r"^```text.*\n(telnyx at .*?)^```", page, re.DOTALL | re.MULTILINE)
    seen = on_a_terminal(whole, 100, {**terminal, "NO_COLOR": "1"}, tmp_path)
    shown = {_shape(line) for line in seen.lines}
    missing = [line for line in sample.splitlines() if line != "..." and _shape(line) not in shown]
    assert missing == []


def _shape(line: str) -> str:
    """A line without its numbers, and without what a line that finds it again repeats of the command."""
    return re.sub(r"\d+(\.\d+)?", "0", re.sub(r"(?<=--seed 0 ).*", "", " ".join(line.split())))


@pytest.mark.parametrize(
    "body",
    [b'{"a":"it\'s"}', "größer €".encode(), b"a\x1b[2J\nb'\\5", b"\xff\xfe0", "\u202egnp.exe".encode()],
)
def test_the_curl_line_is_harmless_to_look_at_and_exact_for_a_shell(body: bytes) -> None:
    request = Request("POST", "http://127.0.0.1/", body=body, credentials=Credentials.MISSING)
    line = curl(request, CredentialsSpec("bearer", {"token": "KEY"}))
    assert line.isprintable()
    word = line.partition("--data-binary ")[2]
    assert subprocess.run(["bash", "-c", f"printf %s {word}"], capture_output=True, check=True).stdout == body
