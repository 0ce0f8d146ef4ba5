"""Read a recording in JSON, one entry at a time: a HAR file of any length costs the memory of an entry.

Which formats there are, and where their entries stand, says formats/table.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO

from roomproof.cassettes.damage import DamageError, NoRecordingError
from roomproof.cassettes.entry import Entry, EntryError, Unreadable
from roomproof.cassettes.formats.format import Around, Format, Way
from roomproof.cassettes.formats.table import FORMATS, rejected
from roomproof.cassettes.json_text import BadJsonError, JsonPart, JsonText

_SHORT = 100_000
"""Bytes of a field that is kept beside the list of entries, at most."""
_NONE = (
    "is no recording: it has no list of entries, as a cassette has in interactions and a HAR file "
    "in log.entries"
)
_MOST_FIELDS = 1_000
"""So many fields are kept."""
_BY_WAY = {format_.way: format_ for format_ in FORMATS}
_Lists = Iterator[tuple[Format, Iterator[JsonPart]]]


@dataclass
class _Head:
    """What a document shows without its entries: its format if it is a recording, its short fields, the
    names of those of its root.

    `first` is the first item of the first list that may be one of entries.
    """

    format: Format | None = None
    fields: dict[Way, Any] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    first: Any = None


def told(file: BinaryIO) -> Any:
    """Return what a recording says of itself, None if it says nothing. Raises DamageError."""
    fields = _recognised(file).fields
    return fields.get(("roomproof",), fields.get(("log", "_roomproof")))


def entries(
    file: BinaryIO, attached: Callable[[str], bytes | None] | None = None
) -> Iterator[Entry | Unreadable]:
    """Yield the entries. `attached` returns what stands in a file that one names.

    Raises NoRecordingError where there is no list of them, and DamageError where the text is broken; what
    stands before is read.
    """
    head = _recognised(file)
    around = Around(head.fields, attached) if attached else Around(head.fields)
    text = JsonText(file)
    number, last_line, is_empty = 0, 1, True
    for format_, parts in _lists(text, _Head()):
        for part in parts:
            number += 1
            if format_ is head.format or format_.is_it(None, around):
                place = f"line {part.line}" if part.line > last_line else f"interaction {number}"
                for found in _read(format_, part, around, place):
                    is_empty = False
                    yield found
            last_line = part.line
    text.end()
    if is_empty and head.format and head.format.without:
        raise NoRecordingError(head.format.without)


def _recognised(file: BinaryIO) -> _Head:
    """Return the head of a recording, and go back to the beginning. Raises DamageError, of a text that is
    none NoRecordingError.
    """
    head = _Head()
    try:
        for format_, parts in _lists(JsonText(file), head):
            first = _first(parts)
            head.first = head.first or first
            if format_.is_it(first, Around(head.fields)) or format_.looks_behind:
                head.format = format_
            if format_.looks_behind:
                for _ in parts:
                    pass
            elif head.format:
                break
    except DamageError:
        if head.format is None:
            raise
    file.seek(0)
    known = rejected(frozenset(head.names), head.first)
    if known or head.format is None or not head.format.is_it(head.first, Around(head.fields)):
        raise NoRecordingError(str(known or _NONE))
    return head


def _lists(text: JsonText, head: _Head, way: Way = ()) -> _Lists:
    """Yield the lists in a document that may be lists of entries, and note in its head what stands around
    them.
    """
    mark = text.peek()
    if mark == b"[" and way in _BY_WAY:
        yield _BY_WAY[way], text.items()
    elif mark == b"{" and any(known[: len(way)] == way for known in _BY_WAY if len(known) > len(way)):
        for name in text.names():
            if not way and len(head.names) < _MOST_FIELDS:
                head.names.add(name)
            yield from _lists(text, head, (*way, name))
    else:
        _note(head, way, text.value(_SHORT))


def _note(head: _Head, way: Way, part: JsonPart) -> None:
    if part.content is not None and len(head.fields) < _MOST_FIELDS:
        try:
            head.fields[way] = part.parsed()
        except BadJsonError:
            return


def _first(parts: Iterator[JsonPart]) -> Any:
    try:
        return next((part.parsed() for part in parts), None)
    except BadJsonError:
        return None


def _read(format_: Format, part: JsonPart, around: Around, place: str) -> Iterator[Entry | Unreadable]:
    try:
        for found in format_.entries(part.parsed(), around):
            yield replace(_without(found, part.left_out) if isinstance(found, Entry) else found, place=place)
    except BadJsonError as error:
        yield Unreadable(place, str(error))
    except EntryError as error:
        yield Unreadable(place, str(error), error.url)


def _without(entry: Entry, left_out: int) -> Entry:
    """Return an entry with word of the bytes of long texts in it that were not read: mostly the body of the
    response.
    """
    response = entry.interaction.response
    if not left_out:
        return entry
    if response is not None and not response.body:
        entry = replace(
            entry, interaction=replace(entry.interaction, response=replace(response, left_out=left_out))
        )
    return replace(entry, bodies_missing=True)
