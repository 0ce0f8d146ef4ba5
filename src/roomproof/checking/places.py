"""On which line of which file something of a contract stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import yaml

from roomproof.checking.mistake import Mistake, Problem
from roomproof.contract.lines import LineMark, line_at, marks
from roomproof.contract.references import FILES
from roomproof.contract.yaml_text import nodes_of


@dataclass(frozen=True)
class Written:
    """A file of a contract that was read: its name for people, and its text, which is YAML."""

    name: str
    text: str

    @cached_property
    def _marks(self) -> LineMark:
        return marks(self.text)

    def mistake(self, problem: Problem) -> Mistake:
        """Return a problem with the line on which it stands; its pointer follows no `$ref`."""
        line = line_at(self._marks, problem.pointer) if problem.pointer else 0
        return Mistake(self.name, line, problem.text, problem.is_remark)

    def twice(self) -> Iterator[Mistake]:
        """Yield the names that stand twice in one mapping: of them a reader takes the last one (YAML 1.2,
        3.2.1.1).
        """
        node = nodes_of(self.text)
        yield from _twice(node, self.name) if node is not None else ()


def _twice(node: yaml.Node, name: str) -> Iterator[Mistake]:
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _twice(item, name)
    if not isinstance(node, yaml.MappingNode):
        return
    seen: dict[str, int] = {}
    for key, value in node.value:
        if isinstance(key, yaml.ScalarNode):
            line = key.start_mark.line + 1
            if key.value in seen:
                message = f"{key.value!r} stands twice in one mapping, first on line {seen[key.value]}"
                yield Mistake(name, line, f"{message}; only the last one counts, so leave one out")
            seen.setdefault(key.value, line)
        yield from _twice(value, name)


def mistake_in(written: Mapping[str, Written], main: Written, problem: Problem) -> Mistake:
    """Return a problem of a contract, or of a file that it refers to, with file and line."""
    if problem.pointer[:1] == (FILES,) and len(problem.pointer) > 1 and problem.pointer[1] in written:
        inner = Problem(problem.text, problem.pointer[2:], problem.is_remark)
        return written[problem.pointer[1]].mistake(inner)
    return main.mistake(problem) if problem.pointer else placed(main.name, problem.text)


def placed(file: str, message: str) -> Mistake:
    """Return what a reader's message says, which may begin with a file and a line."""
    found = re.match(r"(?P<file>[^:\n]+?)(?:, line (?P<line>\d+))?: (?P<text>.+)", message, re.DOTALL)
    if found is not None and (found["line"] or found["file"] == file):
        return Mistake(found["file"], int(found["line"] or 0), found["text"])
    return Mistake(file, 0, message)
