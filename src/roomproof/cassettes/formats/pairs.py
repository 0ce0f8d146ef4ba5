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
    pairs = _as_most_have_them(node, name, value) if isinstance(node, list) else None
    found = _pairs(node, name, value) if pairs is None else pairs
    return tuple((key, text) for key, text in found if key and key[0] != ":")


def _as_most_have_them(node: list[Any], name: str, value: str) -> list[tuple[str, str]] | None:
    """Return the pairs of a list of objects of texts, None if it is another one: nearly all are, and are
    many.
    """
    pairs = [
        (item.get(name), item.get(value))
        for item in node
        if isinstance(item, dict) and "disabled" not in item
    ]
    plain = [(key, text) for key, text in pairs if isinstance(key, str) and isinstance(text, str)]
    return plain if len(plain) == len(node) else None


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
                yield key, text


def _pair(item: Any, name: str, value: str) -> tuple[Any, Any] | None:
    if isinstance(item, dict):
        return None if item.get("disabled") is True else (item.get(name), item.get(value))
    return (item[0], item[1]) if isinstance(item, list) and len(item) == 2 else None


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, str | int | float) else None
