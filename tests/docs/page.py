"""Execute a page of documentation: every command in it, from top to bottom, and compare what it prints with
what the page says.

| fenced block | is |
|---|---|
| `console` | commands after `$ ` (`> ` goes on), and what each prints; `...` is anything, also lines |
| `console`, title "Another terminal..." | started beside the page, which goes on at the output |
| `sh` | commands, one a line, that end with exit code 0 |
| any language with a file's name as title | written to that file |
| `yaml` with `jobs` | a workflow: its `run` lines are executed with the job's environment |
| `yaml`, `json`, `toml`, `python` | parsed |
| `text` with the title "On a terminal" | what tests/cli/test_terminal.py compares: here is no terminal |

A command that installs something is not executed: what it names must be something that pyproject.toml or
tox.ini has. Only a package that the page itself makes is built by `python -m pip install .`, and its wheel
put where the page's commands find it.
"""

from __future__ import annotations

import ast
import difflib
import json
import os
import re
import select
import shlex
import signal
import subprocess
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import yaml

from roomproof.targets.target import is_loopback

ROOT = Path(__file__).parents[2]
SECONDS = 120.0
"""How long one command may take: much longer than any does."""

_FENCE = re.compile(
    r"^```(?P<language>[\w-]*)(?P<info>[^\n`]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
_TITLE = re.compile(r'title="([^"]+)"')
_URL = re.compile(r"https?://[^\s'\"\\)]+")
_BUILDS = [
    "python -m hatchling build -t wheel -d ~/.wheels",
    'python -m zipfile -e ~/.wheels/*.whl "${PYTHONPATH%%:*}"',
]
_SHORTER = {"roomproof verify": "roomproof verify telnyx --only '*.authentication.*' --max-examples 0"}
"""What takes long and is executed as it stands elsewhere: by the workflow, on every push."""
_INSTALLS = ("pip install", "python -m pip install", "python -m tox")

Part = TypeVar("Part", str, list[str])


class PageError(AssertionError):
    """What a page says is not what happens."""


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its title, its text, and the line of the page on which the text
    begins.
    """

    language: str
    title: str
    text: str
    line: int


@dataclass(frozen=True)
class Command:
    """A command, the line on which it stands, and what it prints; None: it only has to succeed."""

    text: str
    line: int
    prints: str | None = None


def blocks(page: str) -> list[Block]:
    """Return the fenced blocks of a page, in their order."""
    found = []
    for fence in _FENCE.finditer(page):
        title = _TITLE.search(fence["info"])
        found.append(
            Block(
                fence["language"],
                title[1] if title else "",
                fence["text"],
                page[: fence.start("text")].count("\n") + 1,
            )
        )
    return found


def commands(block: Block) -> list[Command]:
    """Return the commands of a `console` or `sh` block."""
    return list(_shown(block) if block.language == "console" else _listed(block))


def _listed(block: Block) -> Iterator[Command]:
    lines: list[str] = []
    for number, line in enumerate(block.text.splitlines(), block.line):
        if lines or (line.strip() and not line.startswith("#")):
            lines.append(line)
        if lines and not line.endswith("\\"):
            yield Command("\n".join(lines), number)
            lines = []


def _shown(block: Block) -> Iterator[Command]:
    lines = block.text.splitlines()
    if not lines or not lines[0].startswith("$ "):
        raise PageError(f"line {block.line}: a console block begins with '$ ' and a command")
    starts = [index for index, line in enumerate(lines) if line.startswith("$ ")]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        body = start + 1
        while body < end and lines[body].startswith("> "):
            body += 1
        text = "\n".join(line[2:] for line in lines[start:body])
        printed = "\n".join(lines[body:end])
        yield Command(text, block.line + start, printed if printed.strip() else None)


def matches(expected: str, got: str) -> bool:
    """Whether an output is what a page says; blanks at the ends of lines, and blank lines around, do not
    count.
    """
    groups: list[list[str]] = [[]]
    for line in _trimmed(expected):
        if line.strip() == "...":
            groups.append([])
        else:
            groups[-1].append(line)
    return _stand_in_order(groups, _trimmed(got), lambda group, lines: all(map(_is_line, group, lines)))


def _is_line(expected: str, got: str) -> bool:
    return _stand_in_order(expected.split("..."), got, lambda part, piece: part == piece)


def _stand_in_order(parts: list[Part], whole: Part, fits: Callable[[Part, Part], bool]) -> bool:
    """Whether the parts stand in a whole one after the other, the first at its beginning, the last at its
    end, anything between.
    """
    first, *between = parts
    last = between.pop() if between else None
    if len(whole) < len(first) or not fits(first, whole[: len(first)]):
        return False
    at = len(first)
    for part in between:
        places = (
            place
            for place in range(at, len(whole) - len(part) + 1)
            if fits(part, whole[place : place + len(part)])
        )
        place = next(places, None)
        if place is None:
            return False
        at = place + len(part)
    if last is None:
        return at == len(whole)
    return at <= len(whole) - len(last) and fits(last, whole[len(whole) - len(last) :])


def _trimmed(text: str) -> list[str]:
    return [
        line.rstrip()
        for line in "\n".join(line.rstrip() for line in text.splitlines()).strip("\n").splitlines()
    ]


@dataclass(frozen=True)
class Stage:
    """Where a page is played.

    `pairs` are what stands on the page and what really is there, put back in outputs; `given` is filled in
    for placeholders and stays.
    """

    folder: Path
    environment: Mapping[str, str]
    pairs: Sequence[tuple[str, str]] = ()
    given: Sequence[tuple[str, str]] = ()

    def real(self, text: str) -> str:
        """Return a command or a file as it is executed."""
        for shown, there in (*self.pairs, *self.given):
            text = _swapped(text, shown, there)
        return text

    def shown(self, text: str) -> str:
        """Return an output as the page shows it."""
        for shown, there in self.pairs:
            text = _swapped(text, there, shown)
        return text


def _swapped(text: str, old: str, new: str) -> str:
    """Replace a text where it is no part of a longer word or number."""
    return re.sub(rf"(?<![\w.-]){re.escape(old)}(?![\w-])", lambda _: new, text)


def play(page: Path, stage: Stage) -> None:
    """Execute a page. Raises PageError, with file and line, at the first thing that is not as the page
    says.
    """
    with ExitStack() as stack:
        shell = stack.enter_context(shell_in(stage))
        for block in blocks(page.read_text(encoding="utf-8")):
            try:
                _play_block(block, stage, shell, stack)
            except (PageError, ValueError, SyntaxError, yaml.YAMLError) as error:
                raise PageError(f"{page.name}, block at line {block.line}: {error}") from error


def _play_block(block: Block, stage: Stage, shell: Shell, stack: ExitStack) -> None:
    if block.language == "console" and block.title.startswith("Another terminal"):
        for command in commands(block):
            stack.enter_context(_beside(command, stage))
        return
    if block.language in ("console", "sh"):
        for command in commands(block):
            _execute(command, stage, shell)
        return
    parsed = _parse(block)
    if block.title and parsed is not None:
        path = stage.folder / block.title
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(stage.real(block.text), encoding="utf-8")
    elif isinstance(parsed, dict) and "jobs" in parsed:
        for command in workflow_commands(parsed, block.line):
            _execute(command, stage, shell)


def _parse(block: Block) -> Any:
    if (block.language, block.title) == ("text", "On a terminal"):
        return None
    if block.language == "python":
        return ast.parse(block.text)
    if block.language not in ("yaml", "json", "toml"):
        raise PageError(
            f"nothing is known of blocks in {block.language or 'no language'}, so nobody can test them"
        )
    return {"yaml": yaml.safe_load, "json": json.loads, "toml": tomllib.loads}[block.language](block.text)


def workflow_commands(workflow: Any, line: int) -> list[Command]:
    """Return the commands of a workflow's jobs, each with the environment of its job around it."""
    found = []
    for job in workflow["jobs"].values():
        exports = "".join(
            f"export {name}={shlex.quote(str(value))}; " for name, value in job.get("env", {}).items()
        )
        for step in job["steps"]:
            for text in step.get("run", "").splitlines():
                found.append(Command(text if _installs(text) else f"({exports}{text})", line))
    return found


def _execute(command: Command, stage: Stage, shell: Shell) -> None:
    parts = command.text.split(" && ")
    if command.text == _INSTALLS[1] + " ." and (stage.folder / "pyproject.toml").exists():
        parts = _BUILDS
    runs = [_SHORTER.get(part, part) for part in parts if not _installs(part)]
    for part in parts:
        if _installs(part):
            require_known(part)
    if not runs:
        return
    text = stage.real(" && ".join(runs))
    _reject_far(text)
    output, code = shell.run(text)
    _compare(command, stage.shown(output), code)


def _compare(command: Command, output: str, code: int) -> None:
    if command.prints is not None and not command.prints.strip(". \n"):
        raise PageError(
            f"line {command.line}: {command.text}\nprints anything, says the page, which says nothing; "
            f"it prints:\n{output}"
        )
    if command.prints is None and code != 0:
        raise PageError(f"line {command.line}: {command.text}\nends with exit code {code}:\n{output}")
    if command.prints is not None and not matches(command.prints, output):
        lines = difflib.ndiff(_trimmed(command.prints), _trimmed(output))
        raise PageError(
            f"line {command.line}: {command.text}\nprints something else (- the page, + the command):\n"
            + "\n".join(lines)
        )


def _reject_far(text: str) -> None:
    far = [url for url in _URL.findall(text) if not is_loopback(url) and urlsplit(url).hostname]
    if far:
        raise PageError(f"{far[0]} is not on this machine, and nothing stands in for it")


def _installs(text: str) -> bool:
    return text.startswith(_INSTALLS)


def require_known(text: str) -> None:
    """Raise PageError if a line that installs names a package, an extra, a group or an environment that does
    not exist.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras, groups = project["project"]["optional-dependencies"], project["dependency-groups"]
    # A group that is included in another is a table there, and is looked at for itself.
    named = [
        name for names in (*extras.values(), *groups.values()) for name in names if isinstance(name, str)
    ]
    known = {"tox", "roomproof", *(re.split(r"[<>=\[]", name)[0] for name in named)}
    environments = (ROOT / "tox.ini").read_text(encoding="utf-8")
    words = shlex.split(text)
    words = words[words.index("install" if "install" in words else "tox") + 1 :]
    for before, word in zip(["", *words], words, strict=False):
        name, _, extra = word.rstrip("]").partition("[")
        if before == "--":
            return
        fine = {"--group": word in groups, "-e": word == "." or word in environments}.get(before)
        if fine is None:
            fine = word in (".", "-e", "--group", "--", "-U") or (
                name in known and (not extra or extra in extras)
            )
        if not fine:
            raise PageError(f"{text}: {word!r} is nothing that pyproject.toml or tox.ini knows")


class Shell:
    """One session of bash: folder, variables and exit code last from one command to the next."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._code = 0

    def run(self, text: str, seconds: float = SECONDS) -> tuple[str, int]:
        """Run a command and return what it printed, and its exit code. Raises PageError if it does not end in
        time.
        """
        assert self._process.stdin is not None
        mark = f"end-{time.monotonic_ns()}"
        script = (
            f"(exit {self._code})\n{{ {text}\n}} </dev/null 2>&1\n__code=$?\nprintf '\\n%s %d\\n' "
            f"{mark} $__code\n"
        )
        self._process.stdin.write(script.encode())
        self._process.stdin.flush()
        output, _, code = self._until(mark, time.monotonic() + seconds, text).rpartition(f"\n{mark} ")
        self._code = int(code)
        return output, self._code

    def _until(self, mark: str, deadline: float, text: str) -> str:
        assert self._process.stdout is not None
        read = b""
        while not re.search(rf"\n{mark} \d+\n$", read.decode("utf-8", "replace")):
            ready, _, _ = select.select([self._process.stdout], [], [], max(0.0, deadline - time.monotonic()))
            piece = os.read(self._process.stdout.fileno(), 65536) if ready else b""
            if not piece:
                raise PageError(
                    f"{text}\n{'ends the shell' if ready else 'does not end'}:\n"
                    f"{read.decode('utf-8', 'replace')}"
                )
            read += piece
        return read.decode("utf-8", "replace").rstrip("\n")


@contextmanager
def shell_in(stage: Stage) -> Iterator[Shell]:
    """Yield a shell in a page's folder; it ends with everything that it started."""
    with subprocess.Popen(
        ["bash", "--norc", "--noprofile"],
        cwd=stage.folder,
        env=dict(stage.environment),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    ) as process:
        try:
            yield Shell(process)
        finally:
            _end(process)


@contextmanager
def _beside(command: Command, stage: Stage) -> Iterator[None]:
    """Run a command beside the page, from when its output is there. Raises PageError if it ends before, or
    prints something else.
    """
    text = stage.real(command.text)
    _reject_far(text)
    with subprocess.Popen(
        ["bash", "--norc", "--noprofile", "-c", text],
        cwd=stage.folder,
        env=dict(stage.environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    ) as process:
        try:
            _await(process, command, stage)
            yield
        finally:
            _end(process)


def _await(process: subprocess.Popen[bytes], command: Command, stage: Stage) -> None:
    assert process.stdout is not None
    read, deadline = "", time.monotonic() + SECONDS
    while not matches(command.prints or "", stage.shown(read)):
        ready, _, _ = select.select([process.stdout], [], [], max(0.0, deadline - time.monotonic()))
        piece = os.read(process.stdout.fileno(), 65536) if ready else b""
        if not piece:
            _compare(command, stage.shown(read), 1)
        read += piece.decode("utf-8", "replace")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process and what it has started: all of its session."""
    with ExitStack() as stack:
        stack.callback(process.wait)
        try:
            os.killpg(process.pid, signal.SIGTERM)
        except ProcessLookupError:
            return
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
