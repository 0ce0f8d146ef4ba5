"""Tags of YAML that recorders write: each is built into plain data by a function of ours, none by code that
the file names.

vcrpy loads some of these itself; the others stand in cassettes of its earlier releases, and of Ruby's VCR.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlunsplit

import yaml

from roomproof.cassettes.damage import MAX_ENTRY

WHOLE = r"-?(?:0|[1-9][0-9]{0,14})"
"""A number that is whole and short; longer ones are not turned into numbers, for that takes time."""
NUMBER = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?"
"""A number as JSON spells it (RFC 8259, 6)."""
_Build = Callable[[Any, Any], Any]
_PYTHON = "tag:yaml.org,2002:python/"
_BUILTINS = ("builtins", "__builtin__")
_WHOLE = re.compile(WHOLE)
_NUMBER = re.compile(NUMBER)


@dataclass(frozen=True)
class UnbuiltValue:
    """What stands in place of a value that is not built, and why."""

    why: str


class Numeral(str):
    """A number as it is spelt: a text for whoever wants one, a number in JSON."""

    __slots__ = ()


def add_tags(loader: Any) -> None:
    """Teach a safe loader of PyYAML the tags; a value with any other one becomes an Unbuilt, which costs no
    neighbour.

    The loader has an attribute `first_line`, the number of the line that its text begins in.
    """
    for tag, build in _TAGS.items():
        loader.add_constructor(tag, build)
    for prefix in ("!ruby/", "!str", "!map", "!seq"):
        loader.add_multi_constructor(prefix, lambda loader, _, node: _plain(loader, node))
    loader.add_constructor(None, _unbuilt)


def _unbuilt(loader: Any, node: Any) -> UnbuiltValue:
    return UnbuiltValue(
        f"the tag {node.tag.removeprefix('tag:yaml.org,2002:')[:80]} in line {_line(loader, node)} is "
        f"not read"
    )


def _line(loader: Any, node: Any) -> int:
    """Return the line of a value, counted from the one that the loader's text begins in."""
    return int(loader.first_line + node.start_mark.line)


def _plain(loader: Any, node: Any) -> Any:
    """Build a value as if it had no tag."""
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    return (
        loader.construct_sequence(node, deep=True)
        if isinstance(node, yaml.SequenceNode)
        else loader.construct_scalar(node)
    )


def _sequence(loader: Any, node: Any) -> Any:
    """Build a list, of a tuple too: as a name in a map a tuple of tuples, each in it twice, would take for
    ever.
    """
    return loader.construct_sequence(node) if isinstance(node, yaml.SequenceNode) else _unbuilt(loader, node)


def _binary(loader: Any, node: Any) -> Any:
    """Build bytes from Base64; PyYAML itself passes over letters that are none, and returns other bytes."""
    if isinstance(node, yaml.ScalarNode):
        try:
            return base64.b64decode("".join(node.value.split()), validate=True)
        except ValueError:
            pass
    return UnbuiltValue(f"what is tagged as binary in line {_line(loader, node)} is no Base64")


def _whole_number(loader: Any, node: Any) -> Any:
    """Build a short number; YAML 1.1 reads 59:59:59 to the base of 60, in time that grows with the square of
    its length.
    """
    text = _scalar(loader, node)
    return int(text) if isinstance(text, str) and _WHOLE.fullmatch(text) else text


def _truth(loader: Any, node: Any) -> Any:
    text = _scalar(loader, node)
    return yaml.SafeLoader.bool_values.get(text.lower(), text) if isinstance(text, str) else text


def _numeral(loader: Any, node: Any) -> Any:
    text = _scalar(loader, node)
    return Numeral(text) if isinstance(text, str) and _NUMBER.fullmatch(text) else text


def _part(node: Any, name: str) -> Any:
    """Return the node of one field of an object (`args`, `state`, `dictitems`), None if it has none."""
    fields = node.value if isinstance(node, yaml.MappingNode) else ()
    return next((value for key, value in fields if key.value == name), None)


def _arguments(loader: Any, node: Any) -> list[Any]:
    """Build what an object is made of: a list, or the field `args`, else `state`."""
    given = next((part for part in (_part(node, "args"), _part(node, "state")) if part is not None), node)
    found = _plain(loader, given)
    return found if isinstance(found, list) else [found]


def _first(loader: Any, node: Any) -> Any:
    return next(iter(_arguments(loader, node)), None)


def _file(loader: Any, node: Any) -> Any:
    """Build the content of a file in memory: the first part of its state."""
    return _first(loader, node) or b""


def joined(chunks: Iterable[Any]) -> bytes | None:
    """Return chunks of a body in one, None where one is neither bytes nor text, or where anchors make them
    longer than an entry is.
    """
    parts: list[bytes] = []
    size = 0
    for chunk in chunks:
        part = chunk.encode("utf-8", "surrogatepass") if isinstance(chunk, str) else chunk
        if not isinstance(part, bytes) or (size := size + len(part)) > MAX_ENTRY:
            return None
        parts.append(part)
    return b"".join(parts)


def _iterator(loader: Any, node: Any) -> Any:
    """Build what an iterator would give, in one: of a body all that is ever done with it is to join it."""
    chunks = _first(loader, node)
    if isinstance(chunks, bytes | str):
        return chunks
    whole = joined(chunks) if isinstance(chunks, list) else None
    return _unbuilt(loader, node) if whole is None else whole


def _bytearray(loader: Any, node: Any) -> Any:
    """Build bytes from themselves, or from a text and its encoding, which is always the same."""
    content = next(iter(_arguments(loader, node)), b"")
    try:
        return content.encode("latin-1") if isinstance(content, str) else content
    except UnicodeEncodeError:
        return _unbuilt(loader, node)


def _ordered(loader: Any, node: Any) -> Any:
    """Build a map from pairs, from the field `dictitems`, or from a map."""
    items = _part(node, "dictitems")
    found = _plain(loader, items) if items is not None else _first(loader, node)
    try:
        return dict(found or ())
    except (TypeError, ValueError):
        return _unbuilt(loader, node)


def _url(loader: Any, node: Any) -> Any:
    """Build a URL from its five parts."""
    parts = _arguments(loader, node)
    return (
        urlunsplit(parts)
        if len(parts) == 5 and all(isinstance(part, str) for part in parts)
        else _unbuilt(loader, node)
    )


def _scalar(loader: Any, node: Any) -> Any:
    # Only a scalar has a text for its value; most values are texts, so this is called more often than
    # anything else.
    return node.value if isinstance(node.value, str) else _unbuilt(loader, node)


def _objects(build: _Build, *names: str) -> dict[str, _Build]:
    """Return how objects are built that Python's pickle made: `new` or `apply`, whichever it took."""
    return {f"{_PYTHON}object/{way}:{name}": build for way in ("new", "apply") for name in names}


_TAGS: dict[str, _Build] = {
    "tag:yaml.org,2002:binary": _binary,
    "!binary": _binary,
    "tag:yaml.org,2002:str": _scalar,
    "tag:yaml.org,2002:bool": _truth,
    "tag:yaml.org,2002:int": _whole_number,
    "tag:yaml.org,2002:float": _numeral,
    "tag:yaml.org,2002:timestamp": _scalar,
    **{f"{_PYTHON}{name}": _scalar for name in ("str", "unicode")},
    f"{_PYTHON}float": _numeral,
    **{f"{_PYTHON}{name}": _whole_number for name in ("int", "long")},
    f"{_PYTHON}bytes": _binary,
    f"{_PYTHON}none": lambda _loader, _node: None,
    f"{_PYTHON}bool": _truth,
    f"{_PYTHON}list": _sequence,
    f"{_PYTHON}tuple": _sequence,
    f"{_PYTHON}dict": _plain,
    f"{_PYTHON}object:vcr.request.Request": _plain,
    **_objects(_file, "_io.BytesIO", "io.BytesIO", "_io.StringIO", "io.StringIO"),
    **_objects(_iterator, *(f"{module}.iter" for module in _BUILTINS)),
    **_objects(_bytearray, *(f"{module}.bytearray" for module in _BUILTINS)),
    **_objects(
        _first,
        *(f"{module}.{kind}" for module in _BUILTINS for kind in ("frozenset", "set", "list", "tuple")),
    ),
    **_objects(_first, "multidict._multidict.istr", "multidict._istr.istr", "multidict.istr"),
    **_objects(_first, "http.HTTPStatus", "yarl.URL", "yarl._url.URL"),
    **_objects(_url, "urllib.parse.SplitResult"),
    **_objects(_ordered, "collections.OrderedDict", "collections.defaultdict"),
}
