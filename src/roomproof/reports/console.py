"""Where a person reads: the one way to open the terminal, and the one way in which foreign texts get onto
it.
"""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from roomproof.legible import one_line


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Leave it to the command line, which knows the exit code."""
        raise BrokenPipeError


def open_console(width: int | None = None) -> Console:
    """Return the console on standard output. Colours, boxes and, unless given, width are as the terminal,
    NO_COLOR and encoding have it.
    """
    return _Console(highlight=False, width=width)


def say(console: Console, *parts: str | tuple[object, str]) -> None:
    """Print one line that is never folded, so that it is copied, and found by grep, whole; a part may be a
    text with its style.
    """
    line = Text.assemble(
        *((one_line(part), "") if isinstance(part, str) else (one_line(part[0]), part[1]) for part in parts)
    )
    console.print(line, soft_wrap=True)
