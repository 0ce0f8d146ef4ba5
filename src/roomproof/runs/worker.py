"""The process of turns: it takes one after the other as the run tells it, and tells the run of everything.

It ends when its standard input closes, so that it never outlives the run for longer than it takes to put
things back. Signals of the terminal are for the run, which hands them on.
"""

from __future__ import annotations

import gc
import signal
import sys
import threading
from queue import SimpleQueue
from time import monotonic
from types import FrameType
from typing import IO

from roomproof.errors import RoomproofError
from roomproof.events import Answered, Counted, Event, Judged, Started
from roomproof.runs.frames import Begin, Begun, Failed, Hindered, Interrupt, Outbox, Over, SoFar, read_frame
from roomproof.runs.provider_turn import ProviderTurn, take_turn
from roomproof.verdict import Verdicts

_EVERY = 0.25
"""Seconds between two counts of what is broken."""
_ABANDONED = "the process that asked for it has ended"


class _Worker:
    """Takes turns; `main` is the thread that does, in which signals arrive."""

    def __init__(self, orders: IO[bytes], outbox: Outbox) -> None:
        self._orders, self._outbox = orders, outbox
        self._turns: SimpleQueue[ProviderTurn | None] = SimpleQueue()
        self._is_busy = self._is_interrupted = False
        self._why = ""
        self._main = threading.get_ident()

    def work(self) -> None:
        """Take every turn that is ordered."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._end)
        threading.Thread(target=self._listen, daemon=True).start()
        while (turn := self._turns.get()) is not None:
            self._outbox.send(self._took(turn))

    def _took(self, turn: ProviderTurn) -> Over | Failed:
        send = self._outbox.send
        try:
            self._is_busy = True
            if self._is_interrupted:
                return Over(None)
            teller = _Teller(self._outbox)
            return Over(
                take_turn(
                    turn,
                    teller.tell,
                    lambda error: send(Hindered(error)),
                    lambda report: send(SoFar(report)),
                )
            )
        except RoomproofError as error:
            return Failed(error)
        except KeyboardInterrupt:
            return Over(None)
        finally:
            self._is_busy = False

    def _listen(self) -> None:
        while (frame := read_frame(self._orders)) is not None:
            if isinstance(frame, Begin):
                self._turns.put(frame.turn)
            elif isinstance(frame, Interrupt):
                self._interrupt(frame.why)
        self._turns.put(None)
        self._interrupt(_ABANDONED)

    def _interrupt(self, why: str) -> None:
        self._why, self._is_interrupted = why, True
        if sys.platform == "win32":
            import _thread

            _thread.interrupt_main()
        else:  # This ends a wait in the main thread, too.
            signal.pthread_kill(self._main, signal.SIGINT)

    def _end(self, number: int, _: FrameType | None) -> None:
        self._is_interrupted = True
        if self._is_busy:
            raise KeyboardInterrupt("ended by SIGTERM" if number == signal.SIGTERM else self._why)


class _Teller:
    """Tells the run what a listener of its own process hears, but what it cannot have: of verdicts it gets
    the counts.
    """

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._verdicts: Verdicts | None = None
        self._told = Counted("", {})
        self._latest = 0.0

    def tell(self, event: Event) -> None:
        """Tell of an event."""
        if isinstance(event, Started):
            self._verdicts = event.verdicts
            self._outbox.send(Begun(event.base_url, event.secrets))
        elif not isinstance(event, Judged):
            self._outbox.send(event)
        if isinstance(event, Answered) and (now := monotonic()) >= self._latest + _EVERY:
            self._latest = now
            self._count(event)

    def _count(self, event: Answered) -> None:
        counted = Counted(
            event.provider, self._verdicts.broken() if self._verdicts else {}, account=event.account
        )
        if counted != self._told:
            self._told = counted
            self._outbox.send(counted)


def main() -> None:
    """Take turns until nobody wants any more."""
    outbox = Outbox(sys.stdout.buffer)
    # What anybody prints is no frame.
    sys.stdout = sys.stderr
    gc.freeze()
    _Worker(sys.stdin.buffer, outbox).work()
    outbox.close()
    outbox.join()


if __name__ == "__main__":
    main()
