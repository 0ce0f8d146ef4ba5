"""Write a draft as YAML for people: in the order of its fields, with comments, short things on one line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from roomproof.contract.clause import Path
from roomproof.legible import one_line

Comments = Mapping[Path, tuple[str, ...]]
"""The comments above a field, by the way to it."""
_Comments = dict[Path, tuple[str, ...]]
_PLAIN = re.compile(r"[A-Za-z_/$][A-Za-z0-9_/$.+-]*(?: [A-Za-z0-9_/$.+(-][A-Za-z0-9_/$.+()'-]*)*")
_WORDS = ("false", "n", "no", "null", "off", "on", "true", "y", "yes", "nan", "inf")
_WIDTH = 110
CONFIRM = "x-confirm"
"""The field of a tree that holds what a person has to confirm; it is written as a comment."""
_ONE_LINE = (
    "x-source",
    "source",
    "with",
    "required",
    "enum",
    "type",
    "security",
    "x-resource",
    "x-credentials",
)


def as_yaml(node: Mapping[str, Any], comments: Comments) -> str:
    """Return an object as a YAML text, with comments above some of its fields."""
    return "".join(f"{line}\n" for line in _block(node, 0, (), comments))


def with_comments(
    node: Any, dropped: tuple[str, ...], way: Path = ()
) -> tuple[Any, dict[Path, tuple[str, ...]]]:
    """Return a tree without some fields, and what stood in `x-confirm` as comments above what held it."""
    if isinstance(node, list):
        entries = [with_comments(one, dropped, (*way, str(index))) for index, one in enumerate(node)]
        return [one for one, _ in entries], {key: told for _, more in entries for key, told in more.items()}
    if not isinstance(node, dict):
        return node, {}
    comments: dict[Path, tuple[str, ...]] = {}
    whole: dict[str, Any] = {}
    for name, value in node.items():
        if name == CONFIRM and isinstance(value, str):
            comments[way] = (f"confirm: {value}",)
            continue
        if name in dropped:
            continue
        whole[name], more = with_comments(value, dropped, (*way, name))
        comments |= more
    return whole, comments


def comment(text: str, indent: int = 0) -> Iterator[str]:
    """Yield the lines of a comment."""
    start = f"{' ' * indent}# "
    line = ""
    for word in one_line(" ".join(text.split())).split():
        if line and len(start) + len(line) + 1 + len(word) > _WIDTH:
            yield start + line
            line = word
        else:
            line = f"{line} {word}".strip()
    yield start + line if line else start.rstrip()


def _block(node: Any, indent: int, way: Path, comments: Comments) -> Iterator[str]:
    pad = " " * indent
    entries = node.items() if isinstance(node, Mapping) else enumerate(node)
    for key, value in entries:
        here = (*way, str(key))
        for text in comments.get(here, ()):
            yield from comment(text, indent)
        head = f"{pad}{_scalar(key)}:" if isinstance(node, Mapping) else f"{pad}-"
        flow = _flow(value)
        if (
            not isinstance(value, Mapping | list)
            or not value
            or _fits_on_a_line(head, flow, value, here, comments)
        ):
            yield f"{head} {flow}"
        elif isinstance(node, Mapping):
            yield head
            yield from _block(value, indent + 2, here, comments)
        else:
            first, *rest = _block(value, indent + 2, here, comments)
            yield f"{head} {first.lstrip()}" if not first.lstrip().startswith("#") else f"{head}\n{first}"
            yield from rest


def _fits_on_a_line(head: str, flow: str, value: Any, here: Path, comments: Comments) -> bool:
    """Whether a value is short enough, and flat enough, to stand on one line."""
    if len(head) + 1 + len(flow) > _WIDTH:
        return False
    if any(way[: len(here)] == here and way != here for way in comments):
        return False
    inner = value.values() if isinstance(value, Mapping) else value
    if here[-1] in _ONE_LINE or (len(here) > 1 and here[-2] == "x-behaviours"):
        return True
    return not any(isinstance(one, Mapping | list) and one for one in inner) and len(flow) <= 70


def _flow(node: Any) -> str:
    if isinstance(node, Mapping):
        return "{" + ", ".join(f"{_scalar(key)}: {_flow(value)}" for key, value in node.items()) + "}"
    if isinstance(node, list):
        return "[" + ", ".join(map(_flow, node)) + "]"
    return _scalar(node)


def quoted(text: str) -> str:
    """Return a text as it stands in the YAML that is written."""
    return _scalar(text)


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        return value if _PLAIN.fullmatch(value) and value.lower() not in _WORDS else _quoted(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    return json.dumps(value)


def _quoted(text: str) -> str:
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(
        one if one.isprintable() else f"\\u{ord(one):04x}" if ord(one) < 65536 else f"\\U{ord(one):08x}"
        for one in quoted
    )
