"""A ZIP archive with a HAR file in it, as Playwright writes it: the bodies are files beside it in the
archive.

Nothing is unpacked: what an entry names is looked up among the names in the archive, and read within bounds.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, cast
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from roomproof.cassettes import json_file
from roomproof.cassettes.coding import MAX_DECODED
from roomproof.cassettes.damage import DamageError, NoRecordingError
from roomproof.cassettes.entry import Entry, Unreadable

MAX_UNPACKED = 4_000_000_000
"""Bytes of a HAR file in an archive; a bomb of so many zeros has four million."""
_UNREADABLE = (BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError)
"""What zipfile raises for what is damaged, encrypted (RuntimeError), or packed in a way that it does not
know."""
_PACKED = (ZIP_STORED, ZIP_DEFLATED)
"""How recorders pack. Of the other ways zipfile unpacks all that it has read at once, and a megabyte may
stand for gigabytes.
"""


def told(file: BinaryIO) -> Any:
    """Return what the HAR file says of itself. Raises DamageError."""
    with _archive(file) as archive, archive.open(_har(archive)) as har:
        return json_file.told(cast(BinaryIO, har))


def entries(file: BinaryIO) -> Iterator[Entry | Unreadable]:
    """Yield the entries of the HAR file. Raises DamageError."""
    with _archive(file) as archive, archive.open(info := _har(archive)) as har:
        folder = info.filename[: info.filename.rfind("/") + 1]

        def attached(name: str) -> bytes | None:
            try:
                field = archive.getinfo(folder + name)
                if field.file_size > MAX_DECODED or field.compress_type not in _PACKED:
                    return None
                with archive.open(field) as body:
                    content = body.read(MAX_DECODED + 1)
            except (KeyError, *_UNREADABLE):
                return None
            return content if len(content) <= MAX_DECODED else None

        yield from json_file.entries(cast(BinaryIO, har), attached)


def _har(archive: ZipFile) -> ZipInfo:
    """Return the HAR file of an archive. Raises DamageError if it has none, or several, or one that cannot be
    unpacked within bounds.
    """
    fields = [field for field in archive.infolist() if not _is_macs(field.filename)]
    found = [field for field in fields if field.filename.lower().endswith(".har")]
    if any(field.filename.startswith("raw/") for field in fields) and not found:
        raise NoRecordingError(
            "is an archive of Fiddler (.saz): in Fiddler, choose File, Export Sessions, HTTPArchive v1.2"
        )
    if len(found) != 1:
        raise NoRecordingError(
            f"is a ZIP archive with {len(found) or 'no'} HAR files in place of one: unpack it into a folder"
        )
    if found[0].file_size > MAX_UNPACKED:
        raise DamageError(f"holds a HAR file of more than {MAX_UNPACKED} bytes")
    if found[0].compress_type not in _PACKED:
        raise DamageError("is a ZIP archive whose HAR file is not packed with deflate: unpack it")
    return found[0]


def _is_macs(name: str) -> bool:
    """Whether a field is what macOS adds to each file of an archive: attributes, under the name of the
    file.
    """
    return name.startswith("__MACOSX/") or name.rpartition("/")[2].startswith("._")


@contextmanager
def _archive(file: BinaryIO) -> Iterator[ZipFile]:
    try:
        with ZipFile(file) as archive:
            yield archive
    except _UNREADABLE as error:
        raise DamageError(f"is no whole ZIP archive that can be read ({error})") from error
