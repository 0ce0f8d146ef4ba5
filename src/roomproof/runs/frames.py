"""What a run and the processes of its turns tell one another: frames, each a length and then plain data.

They go through pipes that only the two have; what comes through one was written by a process that the run
has started itself.
"""

from __future__ import annotations

import pickle
import struct
import threading
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import IO

from roomproof.errors import RoomproofError
from roomproof.report.provider import ProviderReport
from roomproof.runs.provider_turn import ProviderTurn, TurnResult

_LENGTH = struct.Struct(">Q")


@dataclass(frozen=True)
class Begin:
    """To a process: take this turn."""

    turn: ProviderTurn


@dataclass(frozen=True)
class Interrupt:
    """To a process: end your turn as Ctrl-C does; `why` is a sentence, empty for Ctrl-C itself."""

    why: str


@dataclass(frozen=True)
class Begun:
    """From a process: Started, without the verdicts."""

    base_url: str
    secrets: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True)
class SoFar:
    """From a process: what is said of the provider before anything is put back."""

    report: ProviderReport


@dataclass(frozen=True)
class Hindered:
    """From a process: something went wrong that is no reason not to judge."""

    error: RoomproofError


@dataclass(frozen=True)
class Failed:
    """From a process, its turn is over: this kept the provider from being verified."""

    error: RoomproofError


@dataclass(frozen=True)
class Over:
    """From a process, its turn is over: what came of it, None where it was interrupted before it began."""

    result: TurnResult | None


def read_frame(stream: IO[bytes]) -> object:
    """Return the next frame, None where the other side has gone."""
    try:
        head = stream.read(_LENGTH.size)
        if len(head) < _LENGTH.size:
            return None
        (length,) = _LENGTH.unpack(head)
        body = stream.read(length)
    except OSError:
        return None
    return pickle.loads(body) if len(body) == length else None


class Outbox:
    """Writes frames in a thread of its own: no signal comes between the parts of one, and nobody waits for
    who reads slowly.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._frames: SimpleQueue[bytes | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._write, daemon=True)
        self._thread.start()

    def send(self, frame: object) -> None:
        """Have a frame written, as it is now."""
        self._frames.put(pickle.dumps(frame, pickle.HIGHEST_PROTOCOL))

    def close(self) -> None:
        """Have the stream closed when everything is written."""
        self._frames.put(None)

    def join(self) -> None:
        """Wait until it is closed."""
        self._thread.join()

    def _write(self) -> None:
        try:
            while (frame := self._frames.get()) is not None:
                self._stream.write(_LENGTH.pack(len(frame)) + frame)
                self._stream.flush()
            self._stream.close()
        except OSError:  # The other side has gone; who reads from it hears of that.
            return
