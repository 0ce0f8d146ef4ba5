"""Steps from one value of a document to the next, and those that a reference takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

Pointer = tuple[str, ...]
"""Names and indices that lead to a value (RFC 6901)."""


def step_into(node: Any, step: str) -> Any:
    """Return what stands below a value, None where nothing does."""
    if isinstance(node, list):
        return node[int(step)] if step.isdecimal() and int(step) < len(node) else None
    return node.get(step) if isinstance(node, Mapping) else None


def steps_of(reference: str) -> Pointer:
    """Return the steps that a `$ref` into its own document takes from the root on."""
    steps = reference.removeprefix("#").strip("/").split("/")
    return tuple(unquote(step).replace("~1", "/").replace("~0", "~") for step in steps)
