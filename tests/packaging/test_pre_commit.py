"""The hook that pre-commit finds in this repository: which files it takes, and that it stops a secret. And
our own use of it.
"""

from __future__ import annotations

import configparser
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
LEAK = """\
interactions:
- request:
    {method: PATCH, uri: "https://api.telnyx.com/v2/rooms/1", body: "{}",
     headers: {Authorization: [Bearer KEY0123456789ABCDEF_abcdef]}}
  response: {status: {code: 200, message: OK}, headers: {}, body: {string: "{}"}}
version: 1
"""


@pytest.fixture
def own_hooks() -> dict[str, Any]:
    """The hooks that this repository runs on itself, by id."""
    (local,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    assert local["repo"] == "local"
    return {hook["id"]: hook for hook in local["hooks"]}


@pytest.fixture
def hook() -> Any:
    (found,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    return found


def run(hook: Any, *files: Path) -> int:
    """Run the hook as pre-commit does: its entry, with the files behind it."""
    name, *words = shlex.split(hook["entry"])
    return subprocess.run(
        [Path(sys.executable).parent / name, *words, *files], capture_output=True, check=False
    ).returncode


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        ("cassettes/telnyx/rooms.yaml", True),
        ("tests/cassettes/rooms.json", True),
        ("notes/session.har", True),
        ("cassettes/telnyx/rooms.verdicts.json", False),
        ("cassettes/README.md", False),
        ("contracts/telnyx/openapi.yaml", False),
    ],
)
def test_the_hook_takes_recordings_only(hook: Any, name: str, taken: bool) -> None:
    assert bool(re.search(hook["files"], name) and not re.search(hook["exclude"], name)) == taken


def test_the_hook_lets_the_shipped_recordings_pass(hook: Any) -> None:
    shipped = [
        path for path in (ROOT / "cassettes").rglob("*.yaml") if re.search(hook["files"], path.as_posix())
    ]
    assert len(shipped) >= 8
    assert run(hook, *shipped) == 0


def test_the_hook_stops_a_secret(hook: Any, tmp_path: Path) -> None:
    leaking = tmp_path / "rooms.yaml"
    leaking.write_text(LEAK, encoding="utf-8")
    assert run(hook, leaking) == 1


def test_our_own_hook_for_secrets_is_the_one_that_others_get(hook: Any, own_hooks: dict[str, Any]) -> None:
    own = own_hooks[hook["id"]]
    assert [own[name] for name in ("name", "entry", "files", "exclude")] == [
        hook[name] for name in ("name", "entry", "files", "exclude")
    ]


def test_our_own_hooks_are_the_commands_of_the_part_lint(own_hooks: dict[str, Any]) -> None:
    tox = configparser.ConfigParser(interpolation=None)
    tox.read(ROOT / "tox.ini", encoding="utf-8")
    commands = tox["testenv:lint"]["commands"].split("\n")
    assert [hook["entry"] for name, hook in own_hooks.items() if name != "roomproof-secrets"] == [
        line for line in commands if line
    ]


def test_our_own_hooks_look_at_the_whole_but_for_recordings(own_hooks: dict[str, Any]) -> None:
    whole = {name for name, hook in own_hooks.items() if hook.get("pass_filenames") is False}
    assert whole == own_hooks.keys() - {"roomproof-secrets"}
    assert all(hook["language"] == "system" for hook in own_hooks.values())
