"""Walk through a JSON text part by part, however long it is: what nobody asks for is passed over and costs no
memory.

A list is cut into its items by their brackets alone, so that an item which no parser takes costs no other.
That is why this is no streaming parser: those end at the first letter that is wrong (NaN, a raw line break in
a text, a byte that is no UTF-8).
"""

from __future__ import annotations

import json
import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

import orjson

from roomproof.cassettes.damage import MAX_ENTRY, DamageError

LONGEST_TEXT = 4_000_000
"""Bytes of a text, beyond which it is left out of its item: a body that is judged has 512,000 at most, six
letters each if escaped."""
MOST_VALUES = 1_000_000
"""Values in an item: each takes up to a hundred bytes of memory, and two in the file."""
_LONGEST_WORD = 10_000
_PART = 1 << 20
_SPACE = re.compile(rb"[ \t\r\n]*+")
_WORD = re.compile(rb'[^ \t\r\n,:\[\]{}"]*+')
_LETTERS = r'[^"\\]*+(?:\\.[^"\\]*+)*+'
_FLAT = rf'[^"\[\]{{}}]*+(?:"{_LETTERS}"[^"\[\]{{}}]*+)*+'
_IN_TEXT = re.compile(_LETTERS.encode(), re.DOTALL)
_TEXT = re.compile(f'"{_LETTERS}"'.encode(), re.DOTALL)
_TO_MARK = re.compile(
    rf'[^"\[\]{{}}]*+(?:(?:"{_LETTERS}"|[\[{{]{_FLAT}[\]}}])[^"\[\]{{}}]*+)*+'.encode(), re.DOTALL
)
"""What stands before the next bracket that has others within, or before a text whose end is not there yet;
most brackets have none."""
_QUOTE, _OPEN, _CLOSE = b'"', (b"{", b"["), (b"}", b"]")


class BadJsonError(ValueError):
    """A part of a text is no JSON; the message says why."""


@dataclass(frozen=True)
class JsonPart:
    """A value as it stands in a text.

    `line` is the one on which it begins. `content` is None where it is too long to be read; `left_out` counts
    the bytes of the long texts in it, each of which is `null` now.
    """

    line: int
    content: bytes | None = None
    left_out: int = 0

    def parsed(self) -> Any:
        """Return the value. Raises BadJsonError.

        What some recorders write although JSON does not know it is read, too: NaN and Infinity, control
        characters and bytes that are no UTF-8 in texts, halves of letters. Of a name that an object has twice
        the last value counts.
        """
        if self.content is None:
            raise BadJsonError(f"it is longer than {MAX_ENTRY} bytes")
        if len(self.content) > MOST_VALUES and sum(map(self.content.count, (b",", b"[", b"{"))) > MOST_VALUES:
            raise BadJsonError(f"it has more than {MOST_VALUES} values")
        try:
            return orjson.loads(self.content)
        except orjson.JSONDecodeError as error:
            reason = error.msg
        try:
            return json.loads(self.content.decode("utf-8", "surrogateescape"), strict=False)
        except RecursionError as error:
            raise BadJsonError("it is nested too deeply") from error
        except ValueError as error:
            raise BadJsonError(f"it is not readable as JSON ({reason})") from error


class JsonText:
    """A place in a JSON text, which moves from its beginning to its end. Every method raises DamageError
    where the text is none.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._buffer = b""
        self._at = 0
        self._held: int | None = None
        """Where in the buffer that begins which may not be forgotten yet, if it lies before this place."""
        self._forgotten = 0
        self._lines = 1
        self._counted = 0

    @property
    def line(self) -> int:
        """The line of this place."""
        self._lines += self._buffer.count(b"\n", self._counted, self._at)
        self._counted = self._at
        return self._lines

    def peek(self) -> bytes:
        """Return the next byte that is no white space, without going beyond it; nothing at the end of the
        text.
        """
        while True:
            self._at = _end(_SPACE, self._buffer, self._at)
            if self._at < len(self._buffer) or not self._more():
                return self._buffer[self._at : self._at + 1]

    def names(self) -> Iterator[str]:
        """Yield the names in the object that begins here, each before its value; a value that nobody takes is
        passed over.
        """
        for _ in self._between(b"{", b"}"):
            if self.peek() != _QUOTE:
                raise self._damage("a name")
            name = self.value()
            self._take(b":")
            begin = self._place()
            yield _named(name)
            if self._place() == begin:
                self.value(most=0)

    def items(self) -> Iterator[JsonPart]:
        """Yield the items of the list that begins here."""
        for _ in self._between(b"[", b"]"):
            yield self.value()

    def end(self) -> None:
        """Make sure that nothing follows."""
        if self.peek():
            raise self._damage("the end of the text")

    def value(self, most: int = MAX_ENTRY) -> JsonPart:
        """Return the value that begins here; without its content where that has more than `most` bytes."""
        first = self.peek()
        part = JsonPart(self.line)
        if first in _OPEN:
            return self._brackets(part, most)
        return self._text(part, most) if first == _QUOTE else replace(part, content=self._word())

    def _between(self, first: bytes, last: bytes) -> Iterator[None]:
        """Go through what stands between brackets with commas between; a comma behind the last value is
        overlooked.
        """
        self._take(first)
        while self.peek() != last:
            yield
            if self.peek() != last:
                self._take(b",")
        self._take(last)

    def _take(self, wanted: bytes) -> None:
        if self.peek() != wanted:
            raise self._damage(wanted.decode())
        self._at += 1

    def _damage(self, wanted: str) -> DamageError:
        what = (
            f"has {self._buffer[self._at : self._at + 1].decode('ascii', 'replace')}"
            if self.peek()
            else "ends"
        )
        return DamageError(f"is not readable as JSON: it {what} in place of {wanted}", self.line)

    def _place(self) -> int:
        """Return how many bytes lie behind."""
        self.peek()
        return self._forgotten + self._at

    def _more(self) -> bool:
        """Read on, and forget what lies behind; return whether there was anything to read."""
        part = self._file.read(_PART)
        if not self._forgotten and not self._buffer:
            part = part.removeprefix(BOM_UTF8)
        behind = self._at if self._held is None else self._held
        if self._counted < behind:
            self._lines += self._buffer.count(b"\n", self._counted, behind)
        self._counted = max(0, self._counted - behind)
        self._forgotten += behind
        self._at -= behind
        self._held = None if self._held is None else 0
        self._buffer = self._buffer[behind:] + part
        return bool(part)

    def _word(self) -> bytes:
        end = _end(_WORD, self._buffer, self._at)
        while end == len(self._buffer) and end - self._at < _LONGEST_WORD and self._more():
            end = _end(_WORD, self._buffer, self._at)
        word, self._at = self._buffer[self._at : end], end
        if not word:
            raise self._damage("a value")
        return word

    def _brackets(self, part: JsonPart, most: int) -> JsonPart:
        """Return what stands from a bracket to the one that closes it; `part` says where."""
        kept: list[bytes] = []
        size, left_out, depth = 0, 0, 1
        self._held = self._at
        self._at += 1
        while True:
            self._at = _end(_TO_MARK, self._buffer, self._at)
            mark = self._buffer[self._at : self._at + 1]
            if not mark:
                if not self._more():
                    raise _endless(part)
            elif mark == _QUOTE:
                if not self._has_end(part):
                    kept += (self._buffer[self._held : self._at], b"null")
                    size += len(kept[-2])
                    left_out += self._pass_over_text(part)
                    self._held = self._at
            else:
                self._at += 1
                depth += 1 if mark in _OPEN else -1
                if not depth:
                    break
            if size + self._at - self._held > most:
                kept, size, most, self._held = [], 0, 0, self._at
        content = b"".join((*kept, self._buffer[self._held : self._at])) if most else None
        self._held = None
        return replace(part, content=content, left_out=left_out)

    def _text(self, part: JsonPart, most: int) -> JsonPart:
        """Return the text that begins here, if its length allows."""
        if not self._has_end(part):
            return replace(part, content=b"null", left_out=self._pass_over_text(part))
        begin, self._at = self._at, _end(_TEXT, self._buffer, self._at)
        return replace(part, content=self._buffer[begin : self._at] if self._at - begin <= most else None)

    def _has_end(self, part: JsonPart) -> bool:
        """Read on until the text that begins here ends, or is too long to be kept; return whether it ends."""
        while not _TEXT.match(self._buffer, self._at):
            if len(self._buffer) - self._at > LONGEST_TEXT:
                return False
            if not self._more():
                raise _endless(part)
        return True

    def _pass_over_text(self, part: JsonPart) -> int:
        """Go beyond the text that begins here, and return how many bytes it has."""
        begin, self._held = self._forgotten + self._at, None
        self._at += 1
        while True:
            self._at = _end(_IN_TEXT, self._buffer, self._at)
            if self._buffer[self._at : self._at + 1] == _QUOTE:
                self._at += 1
                return self._forgotten + self._at - begin
            if not self._more():  # What is left of the buffer is nothing, or the first half of an escape.
                raise _endless(part)


def _end(what: re.Pattern[bytes], buffer: bytes, at: int) -> int:
    found = what.match(buffer, at)
    return at if found is None else found.end()


def _endless(part: JsonPart) -> DamageError:
    return DamageError("is not readable as JSON: it ends before what begins here does", part.line)


def _named(name: JsonPart) -> str:
    try:
        return str(name.parsed())
    except BadJsonError:
        return ""
