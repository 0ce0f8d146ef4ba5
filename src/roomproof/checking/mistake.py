"""A mistake: what is wrong in a contract, and where."""

from __future__ import annotations

from dataclasses import dataclass

from roomproof.contract.clause import Path


@dataclass(frozen=True)
class Problem:
    """Something wrong at a place of a contract that was read; `pointer` leads there, every `$ref` followed.

    A remark is about what is suspicious, and may be meant.
    """

    text: str
    pointer: Path = ()
    is_remark: bool = False


@dataclass(frozen=True)
class Mistake:
    """Something wrong on a line of a file, counted from 1; 0 where nobody knows the line."""

    file: str
    line: int
    text: str
    is_remark: bool = False

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {'remark: ' if self.is_remark else ''}{self.text}"
