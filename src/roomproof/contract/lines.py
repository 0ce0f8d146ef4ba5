"""On which line of a contract's text something stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import yaml

from roomproof.contract.clause import Path
from roomproof.contract.yaml_text import nodes_of


@dataclass(frozen=True)
class LineMark:
    """A line, counted from 1, what stands below it, by field name or index, and the `$ref` in it if there is
    one.
    """

    line: int
    inner: Mapping[str, LineMark] = field(default_factory=dict)
    reference: str = ""


def marks(text: str) -> LineMark:
    """Return the lines of a YAML text that `parse_yaml` has read: without aliases, and not deep."""
    node = nodes_of(text)
    return LineMark(1) if node is None else _mark(node, node.start_mark.line + 1)


def _mark(node: yaml.Node, line: int) -> LineMark:
    if isinstance(node, yaml.SequenceNode):
        return LineMark(
            line, {str(index): _mark(item, item.start_mark.line + 1) for index, item in enumerate(node.value)}
        )
    if isinstance(node, yaml.MappingNode):
        inner = {
            key.value: _mark(value, key.start_mark.line + 1)
            for key, value in node.value
            if isinstance(key, yaml.ScalarNode)
        }
        target = next((value.value for key, value in node.value if key.value == "$ref"), "")
        return LineMark(line, inner, target if isinstance(target, str) else "")
    return LineMark(line)


def line_at(root: LineMark, pointer: Path) -> int:
    """Return the line that a pointer leads to, every `$ref` followed; of what is not written down, that of
    what holds it.
    """
    mark = root
    for step in pointer:
        below = _below(root, mark, step)
        if below is None:
            break
        mark = below
    return mark.line


def _below(root: LineMark, mark: LineMark, step: str) -> LineMark | None:
    """Return what stands below a mark, else below what its `$ref` points to: what stands beside a `$ref`
    wins.
    """
    if step in mark.inner or not mark.reference:
        return mark.inner.get(step)
    target = root
    for name in mark.reference.removeprefix("#/").split("/"):
        name = name.replace("~1", "/").replace("~0", "~")
        if name not in target.inner:
            return None
        target = target.inner[name]
    return _below(root, target, step)
