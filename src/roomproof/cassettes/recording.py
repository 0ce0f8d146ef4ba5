"""Open a recording, whoever made it, in YAML, JSON or a format of its own. Interactions are read one after
the other.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from typing import Any, BinaryIO, cast

from roomproof import files
from roomproof.cassettes import json_file, yaml_file
from roomproof.cassettes.coding import MAX_DECODED
from roomproof.cassettes.damage import DamageError, NoRecordingError
from roomproof.cassettes.entry import Entry, Unreadable
from roomproof.cassettes.formats import har_zip, mitmproxy
from roomproof.errors import UsageError
from roomproof.interaction import Interaction

_OF_ANYTHING = (".yaml", ".yml", ".json")
SUFFIXES = (*_OF_ANYTHING, ".har", ".har.zip", ".flow", ".flows", ".mitm")
"""How names of recordings end; the first are those of many other files, too."""
REGRESSIONS = "regressions"
"""The folder of the counterexamples of past findings."""
VERDICTS = ".verdicts.json"
"""Ends the name of the file that a recording's verdicts stand in."""
_BEGINNING = 512
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_FLOWS = re.compile(rb"\d{1,12}:\d{1,12}:")
_JSON = re.compile(rb'(?:\xef\xbb\xbf)?\s*(?:\{\s*(?:["}]|$)|\[\s*(?:\{\s*(?:["}]|$)|\]|$))')
"""YAML in braces seldom quotes its names."""
_PCAP = "is a capture of packets: record with a proxy that decrypts, and export the traffic as HAR"
_CHARLES = "is a session of Charles: in Charles, choose File, Export Session, HTTP Archive (.har)"
_OPENAPI = "is an OpenAPI description, which is no recording: it describes an API"
_OTHERS = (
    (
        re.compile(rb"\xd4\xc3\xb2\xa1|\xa1\xb2\xc3\xd4|\x4d\x3c\xb2\xa1|\xa1\xb2\x3c\x4d|\x0a\x0d\x0d\x0a"),
        _PCAP,
    ),
    (re.compile(rb"\xac\xed\x00\x05"), _CHARLES),
    (re.compile(rb"\x1f\x8b"), "is compressed: unpack it with gunzip"),
    (re.compile(rb"\s*<"), "is XML or HTML: if a proxy has written it, have it export the traffic as HAR"),
    (re.compile(rb"(?:[^{\[]*\n)?(?:openapi|swagger)[\"']?\s*:"), _OPENAPI),
    (
        re.compile(rb"(?:[^{\[]*\n)?type\s*:\s*[\"']?\w*\.insomnia"),
        "is an Insomnia export: in Insomnia, export as HAR",
    ),
)
"""How files begin that are known and not read, and what to do."""
_LISTS = re.compile(rb"""interactions["']?\s*:|"(?:entries|scope|originalRequest)"\s*:""", re.IGNORECASE)
_LOG, _ENTRIES = re.compile(rb"^\s*log\s*:", re.MULTILINE), re.compile(rb"^\s*entries\s*:", re.MULTILINE)
"""What every text has that may be a recording, however it is damaged: one of the first, or both of these."""
_CLOSED = "is a folder that cannot be read, or a link to one that all of this lies in"
_PART = 1 << 20


class NotARecordingError(UsageError):
    """A file is whole, and no recording in any format that is read; `why` says what it is."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path}: {why}; leave the file out")
        self.path, self.why = path, why

    def __reduce__(self) -> tuple[type[NotARecordingError], tuple[Path, str]]:
        return NotARecordingError, (self.path, self.why)


@dataclass(frozen=True)
class Recording:
    """A file of interactions; `told` is what it says of itself, `provider` among it, where roomproof has
    recorded it.
    """

    path: Path
    told: Mapping[str, str]

    def entries(self) -> Iterator[Entry | Unreadable]:
        """Yield the entries in their order. Raises UsageError, naming the line, where the file is damaged."""
        with _opened(self.path) as reader:
            yield from reader.entries()

    def readable(self) -> Iterator[Entry]:
        """Yield the entries in their order. Raises UsageError, naming the place, where one has no
        interaction.
        """
        for entry in self.entries():
            if isinstance(entry, Unreadable):
                raise UsageError(f"{self.path}, {entry.place}: {entry.why}; mend it, or leave the file out")
            yield entry

    def interactions(self) -> Iterator[Interaction]:
        """Yield the interactions of `readable`."""
        return (entry.interaction for entry in self.readable())


def open_recording(path: Path) -> Recording:
    """Return a file as a recording. Raises UsageError if it cannot be read or begins like none."""
    with _opened(path) as reader:
        told = reader.told()
    # Texts only: a few anchors can stand for a value that has no end as a text.
    return Recording(
        path,
        {str(name): value for name, value in told.items() if isinstance(value, str)}
        if isinstance(told, dict)
        else {},
    )


@dataclass(frozen=True)
class RecordingList:
    """The recordings of a folder or several, in order, and what was passed over there although its name is
    like theirs, with the reason.
    """

    files: tuple[Path, ...]
    skipped: Mapping[Path, str]


def found_in(*paths: Path) -> RecordingList:
    """Return the recordings of folders and their folders, linked ones too, each once; a file stands for
    itself, whatever it is.

    Regressions are left out, unless their folder is one that is named: they hold what a provider did wrong
    once. So are hidden files. Raises UsageError if there is nothing at one of the paths.
    """
    each = list(map(_found_at, paths))
    skipped = {path: why for found in each for path, why in found.skipped.items()}
    return RecordingList(tuple(dict.fromkeys(file for found in each for file in found.files)), skipped)


def _found_at(path: Path) -> RecordingList:
    if not files.is_there(path):
        raise UsageError(
            f"{path}: there is no such file or folder; name a cassette, a HAR file or a folder of them"
        )
    if not files.is_folder(path):
        return RecordingList((path,), {})
    below, closed = files.below(path, _may_hold)
    named = [
        file for file in below if file.name.lower().endswith(SUFFIXES) and not file.name.endswith(VERDICTS)
    ]
    skipped = {file: why for file in named if (why := _why_none(file))}
    kept = tuple(file for file in named if file not in skipped)
    if not kept:
        others = f" ({next(iter(skipped))}: {next(iter(skipped.values()))})" if skipped else ""
        raise UsageError(
            f"{path}: holds no cassette{others}; `roomproof verify PROVIDER --record {path}` makes one"
        )
    return RecordingList(kept, {**skipped, **dict.fromkeys(closed, _CLOSED)})


def _may_hold(below: Path) -> bool:
    """Whether something below a folder may be, or hold, a recording: not regressions, nor what tools hide and
    keep for themselves.
    """
    return not below.name.startswith(".") and below.name != REGRESSIONS


def _why_none(path: Path) -> str:
    """Return why a file is no recording; nothing if it is one, or may be a damaged one, which is told when it
    is read.
    """
    try:
        with _opened(path) as reader:
            reader.told()
            if reader.is_sure:
                return ""
    except NotARecordingError as error:
        return error.why
    except UsageError:
        pass
    is_sure = not path.name.lower().endswith(_OF_ANYTHING)
    return "" if is_sure or _may_list(path) else "nothing in it is named interactions or entries"


def _may_list(path: Path) -> bool:
    """Whether a file is empty, cannot be read, or names something like the list of a recording's entries."""
    try:
        with files.opened(path) as file:
            before = part = file.read(_PART)
            while part:
                text = before.replace(b"\0", b"")  # Of UTF-16.
                if _LISTS.search(text) or (_LOG.search(text) and _ENTRIES.search(text)):
                    return True
                part = file.read(_PART)
                before = before[-100:] + part
            return not before.strip()
    except OSError:
        return True


@dataclass(frozen=True)
class _Reader:
    """How an open file is read; `is_sure` says that what it says of itself is only found in a recording."""

    told: Callable[[], Any]
    entries: Callable[[], Iterator[Entry | Unreadable]]
    is_sure: bool = True


@contextmanager
def _opened(path: Path) -> Iterator[_Reader]:
    """Open a recording; whatever is wrong with it while it is open becomes a UsageError that names the
    place.
    """
    try:
        with files.opened(path) as file:
            yield _reader(file, path)
    except OSError as error:
        raise UsageError(
            f"{path}: cannot be read ({error.strerror}); check the path and its permissions"
        ) from error
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{path}: is no UTF-8 text, so no cassette; check that it is the right file"
        ) from error
    except NoRecordingError as error:
        raise NotARecordingError(path, str(error)) from error
    except DamageError as damage:
        where = f"{path}, line {damage.line}" if damage.line else str(path)
        raise UsageError(f"{where}: {damage}; mend it, or leave the file out") from damage


def _reader(file: BinaryIO, path: Path) -> _Reader:
    """Return how a file is read, which its first bytes show."""
    start = file.read(_BEGINNING)
    file.seek(0)
    if path.suffix.lower() in (".chls", ".chlz"):
        raise NoRecordingError(_CHARLES)
    if start.startswith(b"PK\x03\x04"):
        return _Reader(partial(har_zip.told, file), partial(har_zip.entries, file))
    if _FLOWS.match(start):
        return _Reader(lambda: None, partial(mitmproxy.entries, file))
    if known := next((what for begin, what in _OTHERS if begin.match(start)), ""):
        raise NoRecordingError(known)
    wide = start.startswith(_UTF_16)
    if _JSON.match(start.decode("utf-16", "replace").encode() if wide else start):
        text = cast(BinaryIO, codecs.EncodedFile(file, "utf-8", "utf-16", "replace")) if wide else file
        return _Reader(
            partial(json_file.told, text), partial(json_file.entries, text, partial(_beside, path))
        )
    lines = TextIOWrapper(file, encoding="utf-16" if wide else "utf-8-sig")
    return _Reader(partial(yaml_file.told, lines), partial(yaml_file.entries, lines), is_sure=False)


def _beside(path: Path, name: str) -> bytes | None:
    """Return what stands in a file beside a recording, None if there is none: an entry may name nothing that
    lies elsewhere.
    """
    try:
        place = path.with_name(name)  # ValueError for anything but a name.
        if place == path or files.real(place).parent != files.real(path).parent:
            return None
        return files.read(place, MAX_DECODED)
    except (OSError, ValueError):
        return None
