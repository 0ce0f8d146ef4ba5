"""Keep every interaction in a cassette while a run lasts: append only, on the disk before it is judged,
loadable at any moment.

How a YAML cassette stays loadable although the run may be killed within a write: an entry is first written as
the text of a field that no reader looks at (`_ 12. PATCH 200: |`); one byte, `_` to `#`, makes that line a
comment and the text below an item. A JSON cassette and a HAR file have no such byte: their end is overwritten
by the next entry and the end anew, in one write.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from roomproof import files
from roomproof.cassettes.file_name import file_name
from roomproof.cassettes.formats.vcrpy import entry
from roomproof.cassettes.har_writing import HAR_END, har_entry, har_head
from roomproof.cassettes.redaction import Redactor
from roomproof.cassettes.writing import JSON_END, json_entry, json_head, yaml_entry, yaml_head
from roomproof.errors import RecordingError, UsageError
from roomproof.interaction import LARGEST_BODY, SHOWN_BODY, Interaction, bounded
from roomproof.readings import UnsearchableError


def cassette_path(record: Path, provider: str, providers: int, now: datetime) -> Path:
    """Return the new file for one provider's recording: the one that is named, else one in the folder that is
    named.

    Raises UsageError for one file of several providers.
    """
    if record.suffix.lower() in (".yaml", ".yml", ".json", ".har"):
        if providers > 1:
            raise UsageError(
                f"--record {record} is one file, and a cassette holds one provider: name a folder, or "
                f"one PROVIDER"
            )
        return record
    # A run that starts within the same second as another one, in the same folder, is another process.
    name = f"{file_name(provider)}-{now:%Y%m%dT%H%M%SZ}-{os.getpid()}"
    names = (f"{name}{suffix}.yaml" for suffix in ("", *(f"-{number}" for number in range(2, 1000))))
    return next(path for path in map(record.joinpath, names) if not files.is_there(path))


MOST_BYTES = 256_000_000
"""A cassette gets no longer than this and one interaction more; one of a hundred thousand usual interactions
is shorter."""


class _Tape(Protocol):
    """A cassette file that grows."""

    @property
    def size(self) -> int:
        """How many bytes it has by now."""
        ...

    def append(self, interaction: Interaction) -> None:
        """Write an interaction. Raises OSError, and leaves the file as it was, where it cannot."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...


class Recorder:
    """Records one provider's interactions, without their secrets and without the rest of vast bodies, into a
    new file.
    """

    def __init__(
        self, path: Path, told: Mapping[str, str], redactor: Redactor, shown: Path | None = None
    ) -> None:
        """`told` says what the recording is of, `shown` is the file's name where it will be renamed.

        Raises RecordingError if the file is there already or cannot be made.
        """
        self.path = shown or path
        self.problem = ""
        self._redactor = redactor
        self._withheld = 0
        self._unsearched = 0
        self._cut = 0
        told = redactor.told(told)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._tape = _tape(path, told)
        except OSError as error:
            raise RecordingError(
                f"{self.path}: cannot be recorded to ({error.strerror}); name another place with --record"
            ) from error

    def keep(self, interaction: Interaction) -> None:
        """Write an interaction that has a response. What keeps it from being written is told at the end, and
        the run goes on.
        """
        if interaction.response is None or self.problem:
            return
        try:
            clean = self._redactor.redacted(bounded(interaction))
        except UnsearchableError:
            self._unsearched += 1
            return
        if self._redactor.leaks(clean):
            self._withheld += 1
            return
        try:
            self._tape.append(self._shortened(clean))
        except OSError as error:
            self.problem = (
                f"{self.path}: recording stopped ({error.strerror}); what it holds by then can be replayed"
            )
        if self._tape.size > MOST_BYTES:
            self.problem = (
                f"{self.path}: recording stopped at {MOST_BYTES} bytes; what it holds by then can be replayed"
            )

    def _shortened(self, interaction: Interaction) -> Interaction:
        """Return an interaction as it is written: of a body that is not there as a whole only the beginning,
        searched beyond its end.
        """
        response = interaction.response
        if response is None or not response.left_out:
            return interaction
        self._cut += 1
        return replace(interaction, response=response.cut(SHOWN_BODY))

    @property
    def note(self) -> str:
        """What is missing in the recording although nothing went wrong, in one sentence; empty where nothing
        is.
        """
        if not self._cut:
            return ""
        return (
            f"{self.path}: of {self._cut} bodies larger than {LARGEST_BODY} bytes, or written in more "
            f"ways than can be searched for "
            f"secrets, at most the first {SHOWN_BODY} bytes are recorded; no recording says what such a "
            f"body shows"
        )

    def close(self) -> None:
        """End the recording. Raises RecordingError if some of it is missing."""
        self._tape.close()
        if self.problem:
            raise RecordingError(self.problem)
        if self._withheld:
            raise RecordingError(
                f"{self.path}: {self._withheld} interactions were not written, since a known secret "
                f"would have stood in them; "
                "use credentials that do not occur in bodies as they are"
            )
        if self._unsearched:
            raise RecordingError(
                f"{self.path}: {self._unsearched} interactions were not written, since their headers or "
                f"requests are written in more ways "
                "than can be searched for secrets; the rest of the recording can be replayed"
            )


def _tape(path: Path, told: Mapping[str, str]) -> _Tape:
    suffix = path.suffix.lower()
    if suffix == ".har":
        return _JsonTape(path, har_head(told), har_entry, HAR_END)
    if suffix == ".json":
        return _JsonTape(path, json_head(told), lambda interaction: json_entry(entry(interaction)), JSON_END)
    return _YamlTape(path, told)


def _write(file: BinaryIO, at: int, content: bytes) -> None:
    """Write at a place, or raise OSError: an unbuffered file may take a part only and say no more of it."""
    file.seek(at)
    while content:
        written = file.write(content)
        content = content[written:]


def _shut(file: BinaryIO) -> None:
    with file:
        os.fsync(file.fileno())


class _YamlTape:
    def __init__(self, path: Path, told: Mapping[str, str]) -> None:
        """The file is made with its first entry: a list without any would have to be written otherwise."""
        files.reject_existing(path)
        self._path = path
        self._head = yaml_head(told)
        self._file: BinaryIO | None = None
        self._end = 0
        self._count = 0

    def append(self, interaction: Interaction) -> None:
        status = interaction.response.status if interaction.response else ""
        title = f" {self._count + 1}. {interaction.request.method.encode('unicode_escape').decode()} {status}"
        content = yaml_entry(entry(interaction))
        if self._file is None:
            text = f"{self._head}\n#{title}\n{content}"
            self._file, self._end = files.new(self._path, text.encode("ascii")), len(text)
        else:
            self._end = self._added(self._file, title, content.encode("ascii"))
        self._count += 1

    def _added(self, file: BinaryIO, title: str, content: bytes) -> int:
        """Write an entry and return where the file ends then."""
        line = f"#{title}: |\n".encode()
        try:
            _write(file, self._end, line)
            _write(file, self._end, b"_")
            _write(file, self._end + len(line), content)
            _write(file, self._end, b"#")
            _write(file, self._end + 1 + len(title), b" --")
        except OSError:
            file.truncate(self._end)
            raise
        return self._end + len(line) + len(content)

    @property
    def size(self) -> int:
        return self._end

    def close(self) -> None:
        if self._file is not None:
            _shut(self._file)


class _JsonTape:
    """Writes an entry a line behind a head, and before an end that closes what the head has opened."""

    def __init__(self, path: Path, head: str, line: Callable[[Interaction], str], end: bytes) -> None:
        self._line, self._closing = line, end
        self._file = files.new(path, head.encode() + end)
        self._end = len(head.encode())
        self._between = b"\n"

    def append(self, interaction: Interaction) -> None:
        content = self._between + self._line(interaction).encode()
        try:
            _write(self._file, self._end, content + self._closing)
        except OSError:
            self._file.truncate(self._end)
            _write(self._file, self._end, self._closing)
            raise
        self._end += len(content)
        self._between = b",\n"

    @property
    def size(self) -> int:
        return self._end

    def close(self) -> None:
        _shut(self._file)
