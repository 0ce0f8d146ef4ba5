"""Standard input, output and error as a command may find them: closed, on a full disk, or read by nobody.

A stream that is closed leaves its number to the next file or connection, which would then get what is
printed; so each gets something to stand for it first. What cannot be printed is lost, not an error in the
middle of a run: its reports and verdicts are worth more. `Output` knows that something was lost. Only a
reader who has gone away (BrokenPipeError) ends a command at once, as it does with every other program.
"""

from __future__ import annotations

import errno
import os
import select
import sys
from collections.abc import MutableMapping
from io import BufferedWriter, RawIOBase, TextIOWrapper
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_SIZES = {"COLUMNS": (20, 1000), "LINES": (2, 1000)}
"""Between which numbers anything can be laid out, whatever the environment says."""
_STREAMS = {"stdout": 1, "stderr": 2}


class _Sink(RawIOBase):
    """A descriptor that is written to; `lost` says why something could not be, empty as long as all could.

    `is_left`: its reader has gone away.
    """

    mode = "wb"

    def __init__(self, descriptor: int, name: str, *, whole: bool) -> None:
        """`whole`: nobody keeps what is left of a part, so that all of it has to be written at once."""
        self.name = name
        self.lost = ""
        self.muted = False
        self.is_left = False
        self._descriptor = descriptor
        self._whole = whole

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._descriptor

    def isatty(self) -> bool:
        return os.isatty(self._descriptor)

    def write(self, content: ReadableBuffer, /) -> int:
        """Write some of it and say how much, or all of it to nowhere. Raises BrokenPipeError if nobody
        reads.
        """
        left = memoryview(content).cast("B")
        size = len(left)
        while left and not self.lost and not self.muted:
            try:
                left = left[os.write(self._descriptor, left) :]
                if not self._whole:
                    return size - len(left)
            except BlockingIOError:
                select.select([], [self._descriptor], [])
            except BrokenPipeError:
                self.is_left = True
                raise
            except OSError as error:
                why = "it is closed" if error.errno == errno.EBADF else error.strerror
                self.lost = f"{self.name} cannot be written ({why})"
        return size


class Output:
    """What stands for standard output and standard error now."""

    def __init__(self, sinks: list[_Sink]) -> None:
        self._sinks = sinks

    @property
    def lost(self) -> str:
        """What was lost and why, empty if all that was printed is there."""
        return ", ".join(sink.lost for sink in self._sinks if sink.lost)

    @property
    def is_left(self) -> bool:
        """Whether a reader has gone away, whoever has made what of the error."""
        return any(sink.is_left for sink in self._sinks)

    def mute(self) -> None:
        """Print nothing any more, what is still to be written neither."""
        for sink in self._sinks:
            sink.muted = True


def take_streams() -> Output:
    """Give every standard stream something to stand for it, and return what tells whether anything was lost.

    What others have put in a stream's place, as pytest does, stays; its characters are spelled out where it
    cannot hold them.
    """
    for number in range(3):
        _occupy(number)
    if sys.stdin is None:
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - open as long as the program
    return Output([sink for name, number in _STREAMS.items() if (sink := _taken(name, number))])


def mend_size(environment: MutableMapping[str, str]) -> None:
    """Have COLUMNS and LINES say something that lines and tables can be laid out in, or nothing."""
    for name, (least, most) in _SIZES.items():
        said = environment.pop(name, "")
        if said.isascii() and said.isdigit():
            environment[name] = str(min(max(int(said[:9]), least), most))


def _occupy(number: int) -> None:
    """Put the null device under a number that is free; one that is read only, so that it takes no output."""
    try:
        os.fstat(number)
    except OSError:
        descriptor = os.open(os.devnull, os.O_RDONLY)
        os.dup2(descriptor, number)
        if descriptor != number:
            os.close(descriptor)


def _taken(name: str, number: int) -> _Sink | None:
    stream: Any = getattr(sys, name)
    if isinstance(stream, TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")
    if stream is not None and (type(stream) is not TextIOWrapper or sys.platform == "win32"):
        return None
    by_line = name == "stderr" if stream is None else stream.line_buffering
    encoding = "utf-8" if stream is None else stream.encoding
    # As with python -u.
    unbuffered = stream is not None and stream.write_through
    sink = _Sink(number, f"standard {'output' if name == 'stdout' else 'error'}", whole=unbuffered)
    buffer: Any = sink if unbuffered else BufferedWriter(sink)
    setattr(sys, name, TextIOWrapper(buffer, encoding, "backslashreplace", None, by_line, unbuffered))
    return sink
