"""A ZIP archive with a HAR file in it, as Playwright writes it: the bodies are files beside it in the
archive.

Nothing is unpacked: what an entry names is looked up among the names in the archive, and read within bounds.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, cast
from zipfile import BadZipFile, ZipFile

from roomproof.cassettes import json_file
from roomproof.cassettes.coding import MAX_DECODED
from roomproof.cassettes.damage import DamageError, NoRecordingError
from roomproof.cassettes.entry import Entry, Unreadable

MAX_UNPACKED = 4_000_000_000
"""Bytes of a HAR file in an archive; a bomb of so many zeros has four million."""
_UNREADABLE = (BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError)
"""What zipfile raises for what is damaged, encrypted (RuntimeError), or packed in a way that it does not
know."""


def told(file: BinaryIO) -> Any:
    """Return what the HAR file says of itself. Raises DamageError."""
    with _archive(file) as archive, archive.open(_name(archive)) as har:
        return json_file.told(cast(BinaryIO, har))


def entries(file: BinaryIO) -> Iterator[Entry | Unreadable]:
    """Yield the entries of the HAR file. Raises DamageError."""
    with _archive(file) as archive, archive.open(_name(archive)) as har:

        def attached(name: str) -> bytes | None:
            try:
                if archive.getinfo(name).file_size > MAX_DECODED:
                    return None
                with archive.open(name) as body:
                    content = body.read(MAX_DECODED + 1)
            except (KeyError, *_UNREADABLE):
                return None
            return content if len(content) <= MAX_DECODED else None

        yield from json_file.entries(cast(BinaryIO, har), attached)


def _name(archive: ZipFile) -> str:
    names = [name for name in archive.namelist() if name.lower().endswith(".har")]
    if any(name.startswith("raw/") for name in archive.namelist()) and not names:
        raise NoRecordingError("is an archive of Fiddler (.saz): in Fiddler, choose File, Export Sessions, HTTPArchive v1.2")
    if len(names) != 1:
        raise NoRecordingError(f"is a ZIP archive with {len(names) or 'no'} HAR files in place of one: unpack it into a folder")
    if archive.getinfo(names[0]).file_size > MAX_UNPACKED:
        raise DamageError(f"holds a HAR file of more than {MAX_UNPACKED} bytes")
    return names[0]


@contextmanager
def _archive(file: BinaryIO) -> Iterator[ZipFile]:
    try:
        with ZipFile(file) as archive:
            yield archive
    except _UNREADABLE as error:
        raise DamageError(f"is no whole ZIP archive that can be read ({error})") from error
