"""Several documents of one provider as one: a page for each operation, or a specification for each part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from roomproof.derive.specification import Specification
from roomproof.errors import UsageError

Titles = Mapping[tuple[str, str], str]
"""The title of the document that describes an operation, by path and method."""


def title_of(specification: Specification) -> str:
    """Return how sources name a document."""
    words = [specification.title or specification.name, specification.dialect]
    return ", ".join(" ".join(word.split()) for word in words)[:200]


def joined(specifications: Sequence[Specification]) -> tuple[Specification, Titles]:
    """Return some documents as one, and which of them describes each operation: the first one that does.

    Raises UsageError where two of them call different things alike.
    """
    first, *others = specifications
    root: dict[str, Any] = dict(first.root)
    titles = {call: title_of(first) for call in _calls(root)}
    for other in others:
        root["paths"] = _with_paths(root.get("paths"), other.root.get("paths"))
        root["components"] = _with_components(root.get("components"), other)
        for field in ("servers", "security", "x-files"):
            if field in other.root:
                root.setdefault(field, other.root[field])
        titles = {**{call: title_of(other) for call in _calls(other.root)}, **titles}
    name = ", ".join(one.name for one in specifications)
    return Specification(name, first.dialect, root), titles


def _calls(root: Mapping[str, Any]) -> list[tuple[str, str]]:
    paths = root.get("paths")
    items = paths.items() if isinstance(paths, dict) else ()
    return [(path, method) for path, item in items if isinstance(item, dict) for method in item]


def _with_paths(one: Any, other: Any) -> dict[str, Any]:
    whole: dict[str, Any] = dict(one) if isinstance(one, dict) else {}
    for path, item in other.items() if isinstance(other, dict) else ():
        known = whole.get(path)
        whole[path] = {**item, **known} if isinstance(known, dict) and isinstance(item, dict) else item
    return whole


def _with_components(one: Any, other: Specification) -> dict[str, Any]:
    whole: dict[str, Any] = dict(one) if isinstance(one, dict) else {}
    components = other.root.get("components")
    for kind, named in components.items() if isinstance(components, dict) else ():
        known = whole.get(kind, {})
        if not isinstance(named, dict) or not isinstance(known, dict):
            continue
        clash = next((name for name in named if name in known and known[name] != named[name]), None)
        if clash is not None and kind != "securitySchemes":
            raise UsageError(
                f"--from: {other.name} has another {kind}/{clash} than a file before it; draft them apart"
            )
        whole[kind] = {**named, **known}
    return whole
