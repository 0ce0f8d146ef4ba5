"""What several tests of pages share."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from roomproof.derive.statements import read

Untold = Callable[[str, str], list[str]]
_RULE = re.compile(r"\|[-| ]+\||```\w*")
"""What only sets a table or a sample off in Markdown."""


@pytest.fixture
def untold() -> Untold:
    """Return the lines of a page that can be changed without any statement becoming another one."""

    def found(text: str, change: str) -> list[str]:
        page, lines, same = read(text, "page"), text.splitlines(), []
        keys = {one.key for one in page.statements}
        for number, line in enumerate(lines):
            instead = {"cut": [], "another word": [f"{line}x"], "another sentence": ["Something else."]}[
                change
            ]
            if line.strip() and not (_RULE.fullmatch(line) and "```" in text):
                altered = "\n".join([*lines[:number], *instead, *lines[number + 1 :]])
                if {one.key for one in read(altered, "page", page.layout).statements} == keys:
                    same.append(line)
        return same

    return found
