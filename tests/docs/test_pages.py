"""Every command in README and docs/ runs, and prints what the page says it prints."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from typer.main import get_command

from roomproof.cli import app

ROOT = Path(__file__).parents[2]
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "SECURITY.md",
    *sorted((ROOT / "docs").glob("*.md")),
]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_page_tells_what_happens(page: ModuleType, stage: Callable[[str], Any], path: Path) -> None:
    page.play(path, stage(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"])
def test_links_in_the_root_lead_somewhere(name: str) -> None:
    """MkDocs looks after those in docs/."""
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", (ROOT / name).read_text(encoding="utf-8"))
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_page_of_commands_has_each_command_and_each_option_of_verify() -> None:
    commands = get_command(app).commands  # type: ignore[attr-defined]
    text = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    options = [option.opts[0] for option in commands["verify"].params if option.opts[0].startswith("--")]
    assert "--base-url" in options
    assert [name for name in commands if f"`roomproof {name}" not in text] == []
    assert [name for name in options if not re.search(rf"`{name}\b", text)] == []


def test_contributing_names_files_that_are_there() -> None:
    text = (
        (ROOT / "CONTRIBUTING.md")
        .read_text(encoding="utf-8")
        .replace("PROVIDER", "telnyx")
        .replace("\\_", "_")
    )
    named = set(re.findall(r"(?:src|strategies|contracts|tests|docs)/[\w/.]+", text))
    assert len(named) > 10
    assert [
        path for path in sorted(named) if not (ROOT / path.rstrip(".")).exists() and "MODULE" not in path
    ] == []
