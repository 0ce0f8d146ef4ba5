"""Texts of strangers on a terminal, in a log or a report: they must neither steer it, nor look like lines of
ours, nor command a CI server.

Sources: ECMA-48 (control functions); Unicode Standard Annex 9 (overrides of direction); GitHub Actions,
Workflow commands; Visual Studio Team Services, Logging commands; TeamCity, Service messages.
"""

from __future__ import annotations

import re

_COMMAND = re.compile(r"(?<=#)#(?=\[|vso\[|teamcity\[)|(?<=:):(?=[A-Za-z-]+(?: .*?)?::)")
"""The second sign of `##[error]` and of `::error::`: servers look for the one anywhere in a line and for the
other where one begins, and where lines are folded nobody knows which letter will be the first.
"""


def one_line(text: object) -> str:
    """Return a text as one line of printable characters: everything else is spelled out, and so is what CI
    servers obey.
    """
    line = str(text)
    if not line.isprintable():
        line = "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in line)
    return (
        _COMMAND.sub(lambda match: f"\\x{ord(match[0]):02x}", line) if "##" in line or "::" in line else line
    )


def legible(text: str) -> str:
    """Return a text with its line feeds, and everything else as in `one_line`."""
    return "\n".join(one_line(line) for line in text.split("\n"))


def shortened(text: str, longest: int) -> str:
    """Return a text of at most `longest` characters, and how many were left out."""
    return text if len(text) <= longest else f"{text[:longest]}... ({len(text) - longest} more characters)"
