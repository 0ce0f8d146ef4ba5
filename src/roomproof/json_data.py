"""Frozen dataclasses as JSON data, and back.

A field without a default always stands in the data; one with a default stands there only if it has another
value. An underscore at the end of a name, which a word has that Python keeps for itself, is not written.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, is_dataclass
from enum import Enum, EnumType
from functools import cache
from types import NoneType
from typing import TYPE_CHECKING, TypeAlias, TypeVar, cast, get_args, get_origin, get_type_hints

if TYPE_CHECKING:
    Json: TypeAlias = bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"] | None
else:
    Json = object  # any value: what stands below it is not ours

Kind = TypeVar("Kind")
Key = TypeVar("Key")
_NONE_SUCH = object()
"""Stands for a value that is missing, or of another type."""


@dataclass(frozen=True)
class DataField:
    """A field of a dataclass and its `name` in JSON data; `may_be_missing` tells whether it has a default."""

    name: str
    attribute: str
    kind: object
    default: object

    @property
    def may_be_missing(self) -> bool:
        """Whether it has a default."""
        return self.default is not _NONE_SUCH


def _fields(kind: type) -> tuple[DataField, ...]:
    kinds = get_type_hints(kind)
    found = []
    for field in fields(kind):
        default = _NONE_SUCH if field.default is MISSING else field.default
        default = default if field.default_factory is MISSING else field.default_factory()
        found.append(DataField(field.name.rstrip("_"), field.name, kinds[field.name], default))
    return tuple(found)


data_fields: Callable[[type], tuple[DataField, ...]] = cache(_fields)
"""Return the fields of a dataclass in their order."""


def to_json(value: object) -> Json:
    """Return a dataclass, or a tuple of some, as JSON data; anything else is JSON data already."""
    if isinstance(value, tuple):
        return [to_json(item) for item in value]
    if not is_dataclass(value):
        return cast(Json, value)
    told = ((field, getattr(value, field.attribute)) for field in data_fields(type(value)))
    return {field.name: to_json(item) for field, item in told if item != field.default}


def as_json(value: object) -> str:
    """Return a dataclass, or JSON data, as JSON text."""
    return json.dumps(to_json(value), indent=1, ensure_ascii=False) + "\n"


def from_json(kind: type[Kind], node: object) -> Kind:
    """Return JSON data as a dataclass, whatever it holds.

    What is missing or of another type is the field's default, else what is nothing in its type: an empty
    text, 0, no item, the last member of an enumeration. Fields that the class does not have, and items of
    another type, are passed over.
    """
    given = node if isinstance(node, dict) else {}
    read = {}
    for field in data_fields(kind):
        value = _read(field.kind, given.get(field.name, _NONE_SUCH))
        if value is _NONE_SUCH and not field.may_be_missing:
            value = _nothing(field.kind)
        if value is not _NONE_SUCH:
            read[field.attribute] = value
    return kind(**read)


def _read(kind: object, node: object) -> object:
    """Return JSON data as a value of a type, _NONE_SUCH if it is none."""
    inner = get_args(kind)
    if kind is object or node is _NONE_SUCH:
        return node
    if get_origin(kind) is tuple:
        return tuple(_fitting(inner[0], enumerate(node)).values()) if isinstance(node, list) else _NONE_SUCH
    if get_origin(kind) is Mapping:
        return _fitting(inner[1], node.items()) if isinstance(node, dict) else _NONE_SUCH
    if NoneType in inner:
        return None if node is None else _read(inner[0], node)
    return _read_one(cast(type, kind), node)


def _read_one(kind: type, node: object) -> object:
    if is_dataclass(kind):
        return from_json(kind, node) if isinstance(node, dict) else _NONE_SUCH
    if issubclass(kind, Enum):
        return kind(node) if node in list(kind) else _NONE_SUCH
    # To Python true is a number, and a number without a fraction is no float.
    fits = isinstance(node, (int, float) if kind is float else kind)
    return node if fits and isinstance(node, bool) == (kind is bool) else _NONE_SUCH


def _fitting(kind: object, nodes: Iterable[tuple[Key, object]]) -> dict[Key, object]:
    read = ((key, _read(kind, node)) for key, node in nodes)
    return {key: item for key, item in read if item is not _NONE_SUCH}


def _nothing(kind: object) -> object:
    if get_origin(kind) is not None and NoneType not in get_args(kind):
        return () if get_origin(kind) is tuple else {}
    if kind is object or NoneType in get_args(kind):
        return None
    if is_dataclass(kind):
        return from_json(cast(type, kind), {})
    return list(kind)[-1] if isinstance(kind, EnumType) else cast(type, kind)()
