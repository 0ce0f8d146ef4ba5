"""A statement: one thing that a document says, with a key that does not depend on where it stands."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from hashlib import sha256
from typing import Any

_QUOTES = str.maketrans("\u2018\u2019\u201a\u2032\u201c\u201d\u201e\u2033\u00ab\u00bb`", '\'\'\'\'""""""\'')
_UNSEEN = re.compile("[\u00ad\u200b\u200c\u200d\u2060\ufeff]")
_BREAK = re.compile(r"-\n(?=[a-z])")
_DIGITS = 8
"""Of a statement's digest: enough to tell apart what stands at one place."""


class Form(StrEnum):
    """What kind of text a statement is, by its form alone; what it means is its `facts`."""

    FIELD = "field"
    TYPE = "type"
    REQUIRED = "required"
    VALUE = "value"
    SENTENCE = "sentence"
    NOTE = "note"
    LIMIT = "limit"
    REQUEST_LINE = "request-line"
    STATUS = "status"
    SAMPLE = "sample"
    KEYWORD = "keyword"
    HEADING = "heading"
    CHROME = "chrome"
    NOT_UNDERSTOOD = "not-understood"

    @property
    def needs_claim(self) -> bool:
        """Whether somebody has to claim or waive it: a heading and the chrome around a page say nothing."""
        return self not in (Form.HEADING, Form.CHROME)


@dataclass(frozen=True)
class Statement:
    """One sentence, table cell, fact of a sample, or keyword of a document.

    `section` are the headings above it; `subject` the field, parameter or status that it is about, empty if
    none; `text` its words as they stand, which nobody keeps; `lines` the lines that it takes up; `facts` what
    was understood, in words of JSON Schema. `ordinal` tells equal words at one place apart, from 2 on.
    """

    section: tuple[str, ...]
    subject: str
    form: Form
    text: str
    lines: tuple[int, ...]
    facts: Mapping[str, Any] = field(default_factory=dict)
    ordinal: int = 1

    @property
    def place(self) -> str:
        """Section and subject in one line; `top` is what stands above all sections."""
        return " > ".join(part for part in (*self.section, self.subject) if part) or "top"

    @property
    def digest(self) -> str:
        """The digest of its words, whatever white space, hyphens and quotation marks they are set with."""
        return digest_of(self.text)[:_DIGITS]

    @property
    def name(self) -> str:
        """Its key within its place."""
        return f"{self.form}-{self.digest}" + (f"-{self.ordinal}" if self.ordinal > 1 else "")

    @property
    def key(self) -> str:
        """The key by which claims name it."""
        return f"{self.place}#{self.name}"

    @property
    def line(self) -> int:
        """The line on which it begins."""
        return self.lines[0] if self.lines else 0


@dataclass(frozen=True)
class StatedDocument:
    """A document that was read: its file's name, its layout, its title, what it says, and the digest of its
    text.
    """

    name: str
    layout: str
    title: str
    statements: tuple[Statement, ...]
    digest: str


def normalised(text: str) -> str:
    """Return a text as its words count: white space is one space, hyphens that only break words are none,
    and all quotation marks of a kind are one.
    """
    plain = _UNSEEN.sub("", text.replace("\r\n", "\n")).translate(_QUOTES)
    return " ".join(_BREAK.sub("-", plain).split())


def digest_of(text: str) -> str:
    """Return the SHA-256 of a normalised text, as 64 hexadecimal digits."""
    return sha256(normalised(text).encode("utf-8", "surrogatepass")).hexdigest()


def numbered(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    """Return statements of which equal ones at one place are told apart by their ordinals."""
    seen: Counter[str] = Counter()
    found = []
    for one in statements:
        plain = replace(one, ordinal=1)
        seen[plain.key] += 1
        found.append(replace(plain, ordinal=seen[plain.key]))
    return tuple(found)
