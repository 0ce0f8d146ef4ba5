"""Print what CHANGELOG.md says of the version that a tag names: `python .ci/release_notes.py v0.2.0`.

Ends with exit code 2, and a sentence that says what to do, where tag, pyproject.toml and CHANGELOG.md do not
agree: then nothing may be published.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
HEADING = re.compile(r"^## \[(?P<version>[^]]+)\](?: - (?P<day>\d{4}-\d\d-\d\d))?$", re.MULTILINE)


class NotReadyError(Exception):
    """The version cannot be released; the message says what to do first."""


def notes(tag: str, version: str, changelog: str) -> str:
    """Return the text below the heading of a version. Raises NotReadyError unless tag, version and changelog
    agree.
    """
    if tag != f"v{version}":
        raise NotReadyError(
            f"the tag {tag} is not v{version}, which pyproject.toml says: set the version, or tag v{version}"
        )
    headings = list(HEADING.finditer(changelog))
    for heading, following in zip(headings, [*headings[1:], None], strict=True):
        if heading["version"] != version:
            continue
        if heading["day"] is None:
            raise NotReadyError(f"CHANGELOG.md has no day for {version}: write '## [{version}] - YYYY-MM-DD'")
        text = changelog[heading.end() : following.start() if following else len(changelog)].strip()
        if not text:
            raise NotReadyError(f"CHANGELOG.md says nothing of {version}: write what is new")
        return text
    raise NotReadyError(
        f"CHANGELOG.md has no section for {version}: rename 'Unreleased', and begin a new one above it"
    )


def main(tag: str) -> int:
    """Print the notes of a tag in this checkout and return the exit code."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    try:
        print(notes(tag, version, (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")))
    except NotReadyError as error:
        print(f"release_notes: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
