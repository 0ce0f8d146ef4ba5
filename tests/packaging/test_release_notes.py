"""What a release says of itself: its section of the changelog, and nothing where tag, version and changelog
differ.
"""

from __future__ import annotations

import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).parents[2] / ".ci" / "release_notes.py"
CHANGELOG = """\
# Changelog

## [Unreleased]

## [0.2.0] - 2026-12-01

### Added

- Something.

## [0.1.0] - 2026-11-01

- The first one.

## [0.0.2] - 2026-10-01

## [0.0.1]

- Without a day.
"""


@pytest.fixture(scope="module")
def script() -> dict[str, Any]:
    return runpy.run_path(str(SCRIPT))


@pytest.mark.parametrize(
    ("version", "text"), [("0.2.0", "### Added\n\n- Something."), ("0.1.0", "- The first one.")]
)
def test_the_notes_of_a_version_are_its_section(script: dict[str, Any], version: str, text: str) -> None:
    assert script["notes"](f"v{version}", version, CHANGELOG) == text


@pytest.mark.parametrize(
    ("tag", "version", "why"),
    [
        ("v0.3.0", "0.2.0", "is not v0.2.0"),
        ("0.2.0", "0.2.0", "tag v0.2.0"),
        ("v0.3.0", "0.3.0", "no section for 0.3.0"),
        ("v0.0.2", "0.0.2", "says nothing of 0.0.2"),
        ("v0.0.1", "0.0.1", "no day for 0.0.1"),
    ],
)
def test_what_does_not_agree_is_not_released(
    script: dict[str, Any], tag: str, version: str, why: str
) -> None:
    with pytest.raises(script["NotReadyError"], match=why):
        script["notes"](tag, version, CHANGELOG)


def test_a_tag_of_another_version_ends_with_a_sentence_and_exit_code_2() -> None:
    done = subprocess.run(
        [sys.executable, SCRIPT, "v999.0.0"], capture_output=True, encoding="utf-8", check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("release_notes: the tag v999.0.0 is not v")
