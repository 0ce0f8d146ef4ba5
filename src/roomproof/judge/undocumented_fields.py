"""Fields of a body that no schema lists: whether a provider accepts and keeps them, nobody says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from roomproof.contract.clause import ITEMS, VALUES, Path

Json = Any


@dataclass(frozen=True)
class UndocumentedField:
    """A field that the schema of its object does not list: the way to it, its value, where the object stands,
    and what that lists.
    """

    way: Path
    value: Json
    path: Path
    listed: tuple[str, ...]


def undocumented_fields(
    schema: Mapping[str, Any], value: Json, way: Path = (), path: Path = ()
) -> Iterator[UndocumentedField]:
    """Yield the fields of a value that are not among those which its schema lists; a closed object has a
    clause of its own.
    """
    if isinstance(value, list) and isinstance(schema.get("items"), dict):
        for index, item in enumerate(value):
            yield from undocumented_fields(schema["items"], item, (*way, str(index)), (*path, ITEMS))
    if not isinstance(value, dict):
        return
    listed, others = schema.get("properties", {}), schema.get("additionalProperties")
    for name, item in value.items():
        inner = listed.get(name, others)
        if isinstance(inner, dict):
            if isinstance(item, dict | list):
                yield from undocumented_fields(
                    inner, item, (*way, name), (*path, name if name in listed else VALUES)
                )
        elif name not in listed and "properties" in schema and others is not False:
            yield UndocumentedField((*way, name), item, path, tuple(listed))
