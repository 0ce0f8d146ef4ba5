"""Texts of strangers on a terminal or in a log: they must neither steer it, nor look like lines of ours, nor command a CI server.

Sources: ECMA-48 (control functions); Unicode Standard Annex 9 (overrides of direction); GitHub Actions, Workflow commands; Visual
Studio Team Services, Logging commands; TeamCity, Service messages.
"""

from __future__ import annotations

import re

_COMMAND = re.compile(r"(?<=#)#(?=\[|vso\[|teamcity\[)|(?<=:):(?=[A-Za-z-]+(?: .*?)?::)")
"""The second sign of `##[error]` and of `::error::`: servers look for the one anywhere in a line and for the other where one begins,
and where lines are folded nobody knows which letter will be the first."""


def legible(text: str) -> str:
    """Return a text as one line of printable characters: everything else is spelled out, and so is what CI servers obey."""
    line = text if text.isprintable() else "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)
    return _COMMAND.sub(lambda match: f"\\x{ord(match[0]):02x}", line) if "##" in line or "::" in line else line
