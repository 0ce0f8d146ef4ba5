"""Put off Ctrl-C and SIGTERM while something must not be left half done."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_ENDING = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def delay_signals(*, at_once: bool = False, then: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Put off a signal that ends the run until the context ends; the second one, or an impatient user's
    first, ends it at once.

    When a signal is put off, `then` is called, in the middle of whatever is done. Signals reach the main
    thread only; anywhere else nothing is put off.
    """
    if at_once or threading.current_thread() is not threading.main_thread():
        yield
        return
    waiting: list[int] = []

    def put_off(number: int, _: FrameType | None) -> None:
        if waiting:
            raise KeyboardInterrupt
        waiting.append(number)
        then()

    before = {number: signal.signal(number, put_off) for number in _ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        if waiting:
            signal.raise_signal(waiting[0])
