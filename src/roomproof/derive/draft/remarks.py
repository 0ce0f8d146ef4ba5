"""What a draft has to say of a specification: what is wrong in it, what is left out, what is guessed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import unquote

from roomproof.contract.clause import Path

Node = Mapping[str, Any]


class Kind(StrEnum):
    """What a remark is about, in the words under which remarks are listed."""

    DEFECT = "defects of the specification"
    LEFT_OUT = "left out"
    GUESS = "guessed, and to be confirmed"


@dataclass(frozen=True)
class Remark:
    """One thing that a person has to know, with the pointer to its place in the specification; empty for the
    whole.
    """

    kind: Kind
    place: Path
    text: str

    @property
    def told(self) -> str:
        """The remark in one line, its place first."""
        return f"{spelled(self.place)}: {self.text}" if self.place else self.text


def spelled(place: Path) -> str:
    """Return a JSON pointer (RFC 6901, 3) in words, as a source names it."""
    return "/" + "/".join(step.replace("~", "~0").replace("/", "~1") for step in place)


class Remarks:
    """The remarks so far, each once, in the order in which they were made."""

    def __init__(self) -> None:
        self._made: dict[Remark, None] = {}

    def add(self, kind: Kind, place: Path, text: str) -> None:
        """Remember a remark."""
        self._made[Remark(kind, place, text)] = None

    def defect(self, place: Path, text: str) -> None:
        """Remember what is wrong in the specification, and what the draft has in its place."""
        self.add(Kind.DEFECT, place, text)

    def left_out(self, place: Path, text: str) -> None:
        """Remember what the draft does not have, and why."""
        self.add(Kind.LEFT_OUT, place, text)

    def guess(self, place: Path, text: str) -> None:
        """Remember what nobody has said."""
        self.add(Kind.GUESS, place, text)

    def all(self) -> tuple[Remark, ...]:
        """Return every remark."""
        return tuple(self._made)


def grouped(remarks: Iterable[Remark]) -> list[str]:
    """Return remarks in a line each; those that say the same in one, with the place of the first."""
    by_text: dict[str, list[Remark]] = {}
    for one in remarks:
        by_text.setdefault(one.text, []).append(one)
    more = {
        text: f" (and in {len(alike) - 1} more places)" for text, alike in by_text.items() if len(alike) > 1
    }
    return [alike[0].told + more.get(text, "") for text, alike in by_text.items()]


_MOST_STEPS = 20


def followed(node: object, root: Node) -> Node:
    """Return the object that a node is, or to which its `$ref` leads; empty if that is none."""
    for _ in range(_MOST_STEPS):
        if not isinstance(node, dict):
            return {}
        reference = node.get("$ref")
        if not isinstance(reference, str):
            return node
        node = target(reference, root)
    return {}


def target(reference: str, root: Node) -> object:
    """Return what a reference inside a document leads to; None where that is nothing."""
    found: Any = root
    for step in steps_of(reference):
        if isinstance(found, dict) and step in found:
            found = found[step]
        elif isinstance(found, list) and step.isdecimal() and int(step) < len(found):
            found = found[int(step)]
        else:
            return None
    return found if reference.startswith("#/") else None


def steps_of(reference: str) -> Path:
    """Return the steps of a reference inside a document (RFC 6901, 4 and 6)."""
    steps = unquote(reference.removeprefix("#/")).split("/")
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in steps)
