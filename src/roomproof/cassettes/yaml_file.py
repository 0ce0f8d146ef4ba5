"""Read a cassette in YAML some entries at a time, so that its length costs no memory.

The list of interactions is cut where a line begins an item: what recorders write can be read so. YAML that
cannot (a list in brackets, anchors that reach far) is read whole, as long as it is not too long for that. An
item that is no YAML by itself, in a text that is none as a whole, costs itself and no other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import replace
from itertools import chain, islice
from typing import Any, TextIO

from roomproof.cassettes.bounded_yaml import BadYamlError, load
from roomproof.cassettes.damage import MAX_ENTRY, MAX_WHOLE, DamageError
from roomproof.cassettes.entry import Entry, EntryError, Unreadable
from roomproof.cassettes.formats import har, vcrpy

BATCH = 60_000
"""So many characters are parsed at a time: fewer cost calls, more cost memory."""
NAMES = ("interactions", "http_interactions")
"""What recorders call their list; a list that is the whole document is one of theirs, too."""
_START = re.compile(rf"""(['"]?)(?:{"|".join(NAMES)})\1[ \t]*:\s*(#.*)?$""")
_OLD_START = re.compile(r" *- +request:")
"""The first item of a list that is the whole document."""
_ITEM = re.compile(r" *-(?=\s|$)")
_BLANK = re.compile(r"\s*(?:#|$)|(?:---|\.\.\.)\s*(?:#|$)|%(?:YAML|TAG)\s")
"""A line that holds nothing: empty, a comment, a mark between documents, a directive."""
_URL = re.compile(r"""^[- ]+(?:uri|url): *['"]?(https?://[^\s'"]+)""", re.MULTILINE)
_NO_LIST = f"is no cassette: it has no list named {' or '.join(NAMES)}"
_SPACES = ("", " ", "\t", "\n")
_Numbered = tuple[int, str]
_Node = tuple[int, Any]


class _WholeError(Exception):
    """The text cannot be read entry by entry."""


def told(file: TextIO) -> Any:
    """Return what stands under `roomproof` before the interactions, None if nothing does. Raises
    DamageError.
    """
    node = _loaded(_joined(_head(file), "what stands before the interactions"), 1)
    if not isinstance(node, dict | None) and not _is_old(node):
        raise DamageError(_NO_LIST)
    return node.get("roomproof") if isinstance(node, dict) else None


def entries(file: TextIO) -> Iterator[Entry | Unreadable]:
    """Yield the entries of a cassette. Raises DamageError where it is none, or is broken outside its
    entries.
    """
    read = 0
    try:
        for line, node in _nodes_of(file, _misled):
            yield _entry(vcrpy.entry_of, node, f"line {line}")
            read += 1
        return
    except _WholeError:
        file.seek(0)
    try:
        entry_of, nodes = _whole(file)
    except DamageError as damage:
        file.seek(0)
        yield from _piecewise(file, read, damage)
        return
    for number, node in enumerate(nodes[read:], read + 1):
        yield _entry(entry_of, node, f"interaction {number}")


def _piecewise(file: TextIO, skipped: int, damage: DamageError) -> Iterator[Entry | Unreadable]:
    """Yield what can be read of a text that is no YAML as a whole, but for its first entries. Raises the
    damage if nothing can.
    """
    read = 0
    try:
        for line, node in islice(_nodes_of(file, _one_by_one), skipped, None):
            read += not isinstance(node, Unreadable)
            yield node if isinstance(node, Unreadable) else _entry(vcrpy.entry_of, node, f"line {line}")
    except _WholeError:
        raise damage from None
    if not read and not skipped:
        raise damage


def _entry(entry_of: Callable[[Any], Entry], node: Any, place: str) -> Entry | Unreadable:
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
        return load(text, first_line)
    except BadYamlError as error:
        raise DamageError(
            f"is not readable as YAML ({error})", None if error.line is None else first_line + error.line
        ) from error


def _head(file: TextIO) -> Iterator[_Numbered]:
    """Yield the lines before the first item of the list, or before the line that names it."""
    is_beginning = True
    for number, line in _lines(file):
        if _START.match(line) or (is_beginning and _OLD_START.match(line)):
            return
        is_beginning = is_beginning and _BLANK.match(line) is not None
        yield number, line


def _nodes_of(file: TextIO, otherwise: Callable[[list[_Numbered]], Iterator[_Node]]) -> Iterator[_Node]:
    """Yield the nodes of the list with the lines on which they begin; `otherwise` reads items that are no
    YAML together.

    Raises _WholeError where lines are not enough.
    """
    for batch in _batches(_items(_lines(file))):
        try:
            nodes = load("".join(text for _, text in batch), batch[0][0])
        except BadYamlError:
            nodes = None
        if isinstance(nodes, list) and len(nodes) == len(batch):
            yield from zip((line for line, _ in batch), nodes, strict=True)
        else:
            yield from otherwise(batch)


def _misled(_: list[_Numbered]) -> Iterator[_Node]:
    """Text in quotes may run on where items seem to begin, anchors may lie further up: then lines mislead."""
    raise _WholeError


def _one_by_one(batch: list[_Numbered]) -> Iterator[_Node]:
    """Yield each item that is one by itself; in place of others what is wrong with them."""
    for line, text in batch:
        try:
            nodes = load(text, line)
        except BadYamlError as error:
            url = _URL.search(text)
            place = f"line {line + (error.line or 0)}"
            yield line, Unreadable(place, f"is not readable as YAML ({error})", url[1] if url else "")
            continue
        for node in nodes if isinstance(nodes, list) else [nodes]:
            yield line, node


def _batches(items: Iterator[_Numbered]) -> Iterator[list[_Numbered]]:
    """Yield items by the batch; what is wrong further down the text does not cost those before it."""
    batch: list[_Numbered] = []
    size = 0
    problem: Exception | None = None
    try:
        for item in items:
            batch.append(item)
            size += len(item[1])
            if size > BATCH:
                yield batch
                batch, size = [], 0
    except (DamageError, _WholeError) as error:
        problem = error
    if batch:
        yield batch
    if problem is not None:
        raise problem


def _items(lines: Iterator[_Numbered]) -> Iterator[_Numbered]:
    """Yield the text of each item with the number of its first line, as long as lines show where the list
    ends.
    """
    is_beginning = True
    for number, line in lines:
        if is_beginning and _OLD_START.match(line):
            lines = chain([(number, line)], lines)
            break
        if _START.match(line):
            break
        is_beginning = is_beginning and _BLANK.match(line) is not None
    else:
        raise _WholeError
    rest: _Numbered | None = (0, "")
    while rest is not None:
        rest = yield from _items_of_list(lines)
        if rest is not None and not _is_followed(rest, lines):
            return


def _items_of_list(lines: Iterator[_Numbered]) -> Generator[_Numbered, None, _Numbered | None]:
    """Yield the items of one list, and return the line that ends it, None where the text does."""
    begin, start, item, size = "", 0, [""], 0
    for number, line in lines:
        begin = begin or _begin(line)
        if begin and line.startswith(begin) and line[len(begin) : len(begin) + 1] in _SPACES:
            if size:
                yield start, "".join(item)
            start, item, size = number, [], 0
        elif line[0] not in " #\n\t":
            if size:
                yield start, "".join(item)
            return number, line
        item.append(line)
        size += len(line) if begin else 0
        if size > MAX_ENTRY:
            raise DamageError(f"an interaction is longer than {MAX_ENTRY} characters", start)
    if size:
        yield start, "".join(item)
    return None


def _begin(line: str) -> str:
    """Return what every item of the list begins with, empty for a line before the first one."""
    match = _ITEM.match(line)
    if match is None and not _BLANK.match(line):
        raise _WholeError
    return match[0] if match else ""


def _is_followed(first: _Numbered, lines: Iterator[_Numbered]) -> bool:
    """Whether another list of interactions follows, `lines` then going on behind its name.

    Makes sure that nothing between or behind is an interaction that was overlooked.
    """
    is_followed = False

    def fields() -> Iterator[_Numbered]:
        nonlocal is_followed
        for number, line in chain([first], lines):
            if _START.match(line):
                is_followed = True
                return
            yield number, "\n" if _BLANK.match(line) else line

    node = _loaded(_joined(fields(), "what follows the interactions"), first[0])
    if not isinstance(node, dict | None) or not {*NAMES}.isdisjoint(node or ()):
        raise _WholeError
    return is_followed


def _is_old(node: Any) -> bool:
    """Whether a document is a list of interactions, as recorders wrote it once; no other list is taken for
    one.
    """
    return isinstance(node, list) and bool(node) and isinstance(node[0], dict) and "request" in node[0]


def _whole(file: TextIO) -> tuple[Callable[[Any], Entry], list[Any]]:
    """Return how to read the entries of a text, and the entries. Raises DamageError where it is none, or too
    long.
    """
    text = file.read(MAX_WHOLE + 1)
    if len(text) > MAX_WHOLE:
        raise DamageError(
            f"is longer than {MAX_WHOLE} characters and cannot be read interaction by interaction; split it"
        )
    node = _loaded(text, 1)
    if _is_old(node):
        return vcrpy.entry_of, node
    fields = node if isinstance(node, dict) else {}
    found = next((fields[name] for name in NAMES if name in fields), None)
    if isinstance(found, list | tuple):
        return vcrpy.entry_of, list(found)
    log = fields.get("log")
    logged = log.get("entries") if isinstance(log, dict) else None
    if isinstance(logged, list):
        return har.entry_of, logged
    raise DamageError(_NO_LIST)
