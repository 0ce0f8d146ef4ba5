"""Headers and parameters in each way that recorders lay them out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from roomproof.interaction import Headers


def pairs_of(node: Any, name: str = "name", value: str = "value") -> Headers:
    """Return pairs of texts from a list of objects with a name and a value, a list of pairs, a flat list, or
    an object.

    The value may be a list, of which each is one, or a number. What cannot be a header is left out: no name,
    no value, a pseudo-header of HTTP/2 (":status").
    """
    return tuple((key, text) for key, text in _pairs(node, name, value) if key and not key.startswith(":"))


def _pairs(node: Any, name: str, value: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, dict):
        found: Any = node.items()
    elif not isinstance(node, list):
        found = ()
    elif node and all(isinstance(item, str) for item in node):
        found = zip(node[::2], node[1::2], strict=False)
    else:
        found = filter(None, (_pair(item, name, value) for item in node))
    for key, values in found:
        for one in values if isinstance(values, list) else [values]:
            text = _text(one)
            if isinstance(key, str) and text is not None:
                yield key.strip(), text


def _pair(item: Any, name: str, value: str) -> tuple[Any, Any] | None:
    if isinstance(item, dict):
        return None if item.get("disabled") is True else (item.get(name), item.get(value))
    return (item[0], item[1]) if isinstance(item, list) and len(item) == 2 else None


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, str | int | float) else None
