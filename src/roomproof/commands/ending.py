"""SIGTERM ends a run as Ctrl-C does: with the reports of what is known by then. Its exit code is its own."""

from __future__ import annotations

import signal
from collections.abc import Callable
from types import FrameType

INTERRUPTED = 130
TERMINATED = 128 + signal.SIGTERM
"""What shells report of a program that the signal has ended."""


def with_reports(run: Callable[[], int]) -> int:
    """Return the exit code of a run; that of SIGTERM if this has ended it. Raises KeyboardInterrupt as the
    run does.
    """
    came: list[int] = []

    def end(number: int, _: FrameType | None) -> None:
        came.append(number)
        raise KeyboardInterrupt("ended by SIGTERM")

    before = signal.signal(signal.SIGTERM, end)
    try:
        code = run()
    except KeyboardInterrupt:
        if not came:
            raise
        code = INTERRUPTED
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL if before is None else before)
    return TERMINATED if came and code == INTERRUPTED else code
