"""Read a cassette in YAML some entries at a time, so that its length costs no memory.

The list of interactions is cut where a line begins an item: what vcrpy and roomproof write can be read so. YAML that cannot (a
list in brackets, anchors that reach far) is read whole, as long as it is not too long for that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain, islice, takewhile
from typing import Any, TextIO

from roomproof.cassettes.bounded_yaml import BadYamlError, load
from roomproof.cassettes.damage import MAX_ENTRY, MAX_WHOLE, DamageError
from roomproof.cassettes.entry import Entry, EntryError, Unreadable
from roomproof.cassettes.formats.vcrpy import entry_of

BATCH = 60_000
"""So many characters are parsed at a time: fewer cost calls, more cost memory."""
_START = re.compile(r"interactions:\s*(#.*)?$")
_ITEM = re.compile(r" *- ")
_Numbered = tuple[int, str]


def told(file: TextIO) -> Any:
    """Return what stands under `roomproof` before the interactions, None if nothing does. Raises DamageError."""
    head = takewhile(lambda line: not line[1].startswith("interactions:"), _lines(file))
    node = _loaded(_joined(head, "what stands before the interactions"), 1)
    if not isinstance(node, dict | None):
        raise DamageError("is no cassette: it has no list named interactions")
    return (node or {}).get("roomproof")


def entries(file: TextIO) -> Iterator[Entry | Unreadable]:
    """Yield the entries of a cassette. Raises DamageError where it is none."""
    read = 0
    try:
        for line, node in _nodes_of(file):
            yield _entry(node, f"line {line}")
            read += 1
    except _WholeError:
        file.seek(0)
        for number, node in enumerate(islice(_whole(file), read, None), read + 1):
            yield _entry(node, f"interaction {number}")


class _WholeError(Exception):
    """The text cannot be read entry by entry."""


def _entry(node: Any, place: str) -> Entry | Unreadable:
    try:
        return replace(entry_of(node), place=place)
    except EntryError as error:
        return Unreadable(place, str(error), error.url)


def _lines(file: TextIO) -> Iterator[_Numbered]:
    """Yield the lines with their numbers, none longer than an entry may be."""
    number = 0
    while line := file.readline(MAX_ENTRY + 1):
        number += 1
        if len(line) > MAX_ENTRY:
            raise DamageError(f"the line is longer than {MAX_ENTRY} characters", number)
        yield number, line


def _joined(lines: Iterable[_Numbered], what: str) -> str:
    """Return the text of some lines, which may be as long as an entry together."""
    texts, size = [], 0
    for number, line in lines:
        size += len(line)
        if size > MAX_ENTRY:
            raise DamageError(f"{what} is longer than {MAX_ENTRY} characters", number)
        texts.append(line)
    return "".join(texts)


def _loaded(text: str, first_line: int) -> Any:
    try:
        return load(text)
    except BadYamlError as error:
        raise DamageError(f"is not readable as YAML ({error})", None if error.line is None else first_line + error.line) from error


def _nodes_of(file: TextIO) -> Iterator[tuple[int, Any]]:
    """Yield the nodes of the list with the lines on which they begin. Raises _WholeError where lines are not enough."""
    lines = _lines(file)
    if not any(_START.match(line) for _, line in lines):
        raise _WholeError
    batch: list[_Numbered] = []
    size = 0
    for item in _items(lines):
        batch.append(item)
        size += len(item[1])
        if size > BATCH:
            yield from _nodes(batch)
            batch, size = [], 0
    yield from _nodes(batch)


def _items(lines: Iterator[_Numbered]) -> Iterator[_Numbered]:
    """Yield the text of each item with the number of its first line, as long as lines show where the list ends."""
    begin, start, item, size = "", 0, [""], 0
    rest: _Numbered | None = None
    for number, line in lines:
        begin = begin or _begin(line)
        if begin and line.startswith(begin):
            if size:
                yield start, "".join(item)
            start, item, size = number, [], 0
        elif line[0] not in " #\n":
            rest = number, line
            break
        item.append(line)
        size += len(line) if begin else 0
        if size > MAX_ENTRY:
            raise DamageError(f"an interaction is longer than {MAX_ENTRY} characters", start)
    if size:
        yield start, "".join(item)
    if rest is not None:
        _require_members(rest, lines)


def _begin(line: str) -> str:
    """Return what every item of the list begins with, empty for a line before the first one."""
    match = _ITEM.match(line)
    if match is None and line.strip() and not line.lstrip().startswith("#"):
        raise _WholeError
    return match[0] if match else ""


def _require_members(first: _Numbered, lines: Iterator[_Numbered]) -> None:
    """Make sure that nothing after the list is an interaction that was overlooked."""
    node = _loaded(_joined(chain([first], lines), "what follows the interactions"), first[0])
    if not isinstance(node, dict) or "interactions" in node:
        raise _WholeError


def _nodes(batch: list[_Numbered]) -> Iterator[tuple[int, Any]]:
    """Yield the nodes of some items. Text in quotes may run on where items begin, anchors may lie further up: then lines mislead."""
    try:
        nodes = load("".join(text for _, text in batch)) if batch else []
    except BadYamlError:
        raise _WholeError from None
    if not isinstance(nodes, list) or len(nodes) != len(batch):
        raise _WholeError
    yield from zip((line for line, _ in batch), nodes, strict=True)


def _whole(file: TextIO) -> Iterator[Any]:
    text = file.read(MAX_WHOLE + 1)
    if len(text) > MAX_WHOLE:
        raise DamageError(f"is longer than {MAX_WHOLE} characters and cannot be read interaction by interaction; split it")
    node = _loaded(text, 1)
    found = node.get("interactions") if isinstance(node, dict) else None
    if not isinstance(found, list):
        raise DamageError("is no cassette: it has no list named interactions")
    yield from found
