"""Turns at once: processes that each take one turn after the other, and a run that hears of all of them.

A process is used again for the next turn, since starting one costs as much as some hundred requests. What is
sent to it, credentials among it, goes through its standard input alone.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from queue import Empty, SimpleQueue

from roomproof.engine.signal_delay import delay_signals
from roomproof.errors import LostTurnError
from roomproof.runs.frames import Begin, Failed, Interrupt, Outbox, Over, read_frame
from roomproof.runs.provider_turn import ProviderTurn

Heard = Callable[[int, object], None]
"""Hears of a frame of the turn with a number."""
_PATIENCE = 0.5
"""Seconds: Windows tells nobody of Ctrl-C while he waits."""
_LAST_ORDERS = 2
"""So many times Ctrl-C is handed on; the next one is for the run itself."""
_TO_LEAVE = 5.0
"""Seconds that a process has to end when it is wanted no more."""


class _Process:
    """A process of turns; what it tells goes to `inbox`, None when it has ended."""

    def __init__(self, inbox: SimpleQueue[tuple[_Process, object] | None]) -> None:
        # Its own session, or group on Windows: Ctrl-C is for the run, which hands it on once.
        flags = 0
        if sys.platform == "win32":
            flags = subprocess.CREATE_NEW_PROCESS_GROUP
        self.child = subprocess.Popen(
            [sys.executable, "-m", "roomproof.runs.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
            creationflags=flags,
        )
        assert self.child.stdin is not None
        self.outbox, self._inbox = Outbox(self.child.stdin), inbox
        self.turn: tuple[int, ProviderTurn] | None = None
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self.child.stdout is not None
        while (frame := read_frame(self.child.stdout)) is not None:
            self._inbox.put((self, frame))
        self._inbox.put((self, None))

    def lost(self, turn: ProviderTurn) -> LostTurnError:
        """Return that the process has ended before its turn did."""
        code = self.child.wait()
        how = f"was killed (signal {-code})" if code < 0 else f"ended with exit code {code}"
        left = "; `roomproof cleanup` puts back what it left behind" if turn.destination.base_url else ""
        return LostTurnError(f"its process {self.child.pid} {how} before its turn was over{left}")

    def leave(self) -> None:
        """Wait until it has ended, for a while."""
        try:
            self.child.wait(timeout=_TO_LEAVE)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()


class Workers:
    """Has up to `jobs` turns taken at once. `heard` is told of every frame, in the thread that calls
    `run`.
    """

    def __init__(self, jobs: int, heard: Heard) -> None:
        self._jobs, self._heard = jobs, heard
        self._inbox: SimpleQueue[tuple[_Process, object] | None] = SimpleQueue()
        self._processes: list[_Process] = []
        self._interrupts = 0

    @property
    def is_interrupted(self) -> bool:
        """Whether Ctrl-C came."""
        return self._interrupts > 0

    def run(self, turns: Iterator[tuple[int, ProviderTurn]]) -> None:
        """Have the turns taken. After Ctrl-C none begins, and those that have begun are interrupted as it
        would interrupt them in this process.

        Raises what `turns` or `heard` raise, when the turns that have begun are over.
        """
        try:
            self._until_over(turns)
        except BaseException:
            if self._interrupts <= _LAST_ORDERS:
                self._heard = lambda *_: None
                self._interrupt("")
                self._until_over(turns)
            raise
        finally:
            for process in self._processes:
                process.outbox.close()
            for process in self._processes:
                process.leave()

    def _until_over(self, turns: Iterator[tuple[int, ProviderTurn]]) -> None:
        while True:
            try:
                with delay_signals(then=lambda: self._inbox.put(None)):
                    if not self._interrupts:
                        self._begin(turns)
                    if not any(process.turn for process in self._processes):
                        return
                    self._hear_next()
            except KeyboardInterrupt as stop:
                self._interrupt(str(stop))
                if self._interrupts > _LAST_ORDERS:
                    raise

    def _begin(self, turns: Iterator[tuple[int, ProviderTurn]]) -> None:
        """Have as many turns begin as there is room for."""
        idle = [process for process in self._processes if process.turn is None]
        while (idle or len(self._processes) < self._jobs) and (found := next(turns, None)) is not None:
            if not idle:
                idle.append(_Process(self._inbox))
                self._processes.append(idle[0])
            process = idle.pop()
            process.outbox.send(Begin(found[1]))
            process.turn = found

    def _hear_next(self) -> None:
        try:
            told = self._inbox.get(timeout=_PATIENCE)
        except Empty:
            return
        if told is None:
            return
        process, frame = told
        turn = process.turn
        if frame is None:
            self._processes.remove(process)
            process.outbox.close()
            if turn is not None:
                self._heard(turn[0], Failed(process.lost(turn[1])))
            return
        if isinstance(frame, Over | Failed):
            process.turn = None
        if turn is not None:
            self._heard(turn[0], frame)

    def _interrupt(self, why: str) -> None:
        self._interrupts += 1
        for process in self._processes:
            process.outbox.send(Interrupt(why))
