"""Read a cassette in JSON, or a HAR file. What roomproof writes has an interaction a line and is read so, whatever its length."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, TextIO

import orjson

from roomproof.cassettes.damage import MAX_ENTRY, MAX_WHOLE, DamageError
from roomproof.cassettes.entry import Entry, EntryError, Unreadable
from roomproof.cassettes.formats import har, vcrpy

_OPEN, _CLOSE = '"interactions": [\n', "]}\n"


def told(file: TextIO) -> Any:
    """Return what stands under `roomproof`, None if nothing does. Raises DamageError."""
    head = _head(file)
    return None if head is None else head.get("roomproof")


def entries(file: TextIO) -> Iterator[Entry | Unreadable]:
    """Yield the entries of a cassette or of a HAR file. Raises DamageError where it is neither."""
    if _head(file) is not None:
        yield from _by_line(file)
        return
    file.seek(0)
    text = file.read(MAX_WHOLE + 1)
    if len(text) > MAX_WHOLE:
        raise DamageError(f"is longer than {MAX_WHOLE} characters, too long to be read at once; split it")
    node = _parsed(text)
    read, items = _kind(node)
    for number, item in enumerate(items, 1):
        yield _entry(read, item, f"interaction {number}")


def _head(file: TextIO) -> dict[str, Any] | None:
    """Return the head of a cassette with an interaction a line, None for any other file."""
    line = file.readline(MAX_ENTRY)
    if not line.endswith(_OPEN):
        return None
    try:
        return dict(orjson.loads(line + "]}"))
    except orjson.JSONDecodeError:
        return None


def _by_line(file: TextIO) -> Iterator[Entry | Unreadable]:
    number = 1
    while line := file.readline(MAX_ENTRY + 1):
        number += 1
        if line == _CLOSE:
            return
        if len(line) > MAX_ENTRY:
            raise DamageError(f"the line is longer than {MAX_ENTRY} characters", number)
        yield _entry(vcrpy.entry_of, _parsed(line.rstrip(",\n"), number), f"line {number}")
    raise DamageError("the cassette ends without its last line, ]}", number)


def _parsed(text: str, line: int = 0) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise DamageError(f"is not readable as JSON ({error.msg})", line or error.lineno) from error


def _kind(node: Any) -> tuple[Callable[[Any], Entry], list[Any]]:
    """Return how to read the entries of a file, and the entries."""
    cassette = node.get("interactions") if isinstance(node, dict) else None
    if isinstance(cassette, list):
        return vcrpy.entry_of, cassette
    log = node.get("log") if isinstance(node, dict) else None
    entries = log.get("entries") if isinstance(log, dict) else None
    if isinstance(entries, list):
        return har.entry_of, entries
    raise DamageError("is neither a cassette (a list named interactions) nor a HAR file (log.entries)")


def _entry(read: Callable[[Any], Entry], node: Any, place: str) -> Entry | Unreadable:
    try:
        return replace(read(node), place=place)
    except EntryError as error:
        return Unreadable(place, str(error), error.url)
