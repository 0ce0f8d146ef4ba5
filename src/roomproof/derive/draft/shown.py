"""Where a resource stands in responses: the way to it, the field that is its id, the entries of a list."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from roomproof.contract.clause import Path
from roomproof.derive.draft.schemas import Schema, Schemas

_USUAL = ("id", "uuid", "_id", "sid", "uid", "guid", "key", "name", "slug", "code")
_AROUND = ("data", "result", "results", "items", "value", "entries", "list", "records", "content", "objects")
_MOST_LEVELS = 2


@dataclass(frozen=True)
class Shown:
    """Where one resource stands in a response (`at`), and which field of it is its id (`id`); `is_sure` tells
    that a schema has it there.
    """

    at: Path
    id: str
    is_sure: bool = True


def where_shown(bodies: Iterable[Schema], schemas: Schemas, parameter: str, resource: str) -> Shown:
    """Return where the bodies of responses, the most telling one first, show a resource.

    `parameter` is the path parameter that names one, `resource` what one is called.
    """
    found = [
        one for body in bodies for one in [_in_body(body, schemas, parameter, resource)] if one is not None
    ]
    if found:
        best: tuple[Path, str] = max(found, key=lambda one: found.count(one))
        return Shown(*best)
    return Shown((), "id", is_sure=False)


def _in_body(body: Schema, schemas: Schemas, parameter: str, resource: str) -> tuple[Path, str] | None:
    ways: list[Path] = [()]
    for _ in range(_MOST_LEVELS + 1):
        deeper: list[Path] = []
        for way in ways:
            fields = fields_at(body, way, schemas)
            if own := id_in(fields, parameter, resource):
                return way, own
            inner = [name for name, field in fields.items() if "properties" in field]
            deeper += [(*way, name) for name in sorted(inner, key=lambda name: _nearness(name, resource))]
        ways = deeper
    return None


def _nearness(name: str, resource: str) -> int:
    plain = _plain(name)
    return 0 if plain.startswith(_plain(resource)) else 1 if name in _AROUND else 2


def fields_at(body: Schema, way: Path, schemas: Schemas) -> dict[str, Schema]:
    """Return the fields of the object at a way below a body."""
    fields = schemas.fields(body)
    for step in way:
        fields = schemas.fields(fields.get(step, {}))
    return fields


def id_in(fields: Mapping[str, Schema], parameter: str, resource: str) -> str:
    """Return the field that a path parameter holds; empty where none is likely."""
    scalars = [name for name, field in fields.items() if _is_scalar(field)]
    wanted = {_plain(parameter), _plain(f"{resource} {parameter}"), _plain(f"{resource} id")}
    last = _plain(parameter).removeprefix(_plain(resource))
    for name in scalars:
        if _plain(name) == _plain(parameter):
            return name
    for name in scalars:
        if last and _plain(name) == last:
            return name
    for name in scalars:
        if _plain(name) in wanted:
            return name
    ids = [name for name in _USUAL[:6] if name in scalars]
    if ids:
        return ids[0]
    # A parameter that is called an id is no name or code.
    return "" if last.endswith("id") else next((name for name in _USUAL[6:] if name in scalars), "")


def _is_scalar(field: Schema) -> bool:
    kinds = field.get("type", "string")
    return (
        "properties" not in field
        and "items" not in field
        and not {"object", "array"} & ({kinds} if isinstance(kinds, str) else {*kinds})
    )


def _plain(word: str) -> str:
    return re.sub(r"[^a-z0-9]", "", word.lower())


def way_to_entries(body: Schema, schemas: Schemas, resource: str) -> Path | None:
    """Return the way to the list in the response of a list; None where its schema has none."""
    if _is_list(schemas.view(body)):
        return ()
    ways: list[Path] = [()]
    for _ in range(_MOST_LEVELS):
        lists: list[Path] = []
        deeper: list[Path] = []
        for way in ways:
            fields = fields_at(body, way, schemas)
            lists += [(*way, name) for name, field in fields.items() if _is_list(field)]
            deeper += [(*way, name) for name, field in fields.items() if "properties" in field]
        if lists:
            return min(lists, key=lambda way: _nearness(way[-1], resource))
        ways = deeper
    return None


def _is_list(schema: Mapping[str, Any]) -> bool:
    kinds = schema.get("type")
    return "items" in schema or kinds == "array" or (isinstance(kinds, list) and "array" in kinds)
