"""The scalars in a response, each with its path and with where it comes from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from roomproof.comparison.fields import descend
from roomproof.comparison.provenance import Context, ValueOrigin
from roomproof.comparison.volatile import DEEPEST
from roomproof.contract.clause import ITEMS, Path
from roomproof.judge.evidence import shown

Json = Any

MAX_ITEMS = 16
"""Items of one array whose values are compared."""
MAX_TEXT = 256


@dataclass(frozen=True)
class LongText:
    """A text too long to keep: what is shown of it, and its digest."""

    shown: str
    digest: bytes


@dataclass(frozen=True, slots=True)
class Scalar:
    """A scalar in a response, and where its field of the room comes from.

    `unsent` if the request has nothing there, `echo` if it has this value there, `in_path` if its path holds
    this value.
    """

    value: str | int | float | bool | LongText | None
    origin: ValueOrigin
    unsent: bool
    echo: bool
    in_path: bool


Scalars = Mapping[tuple[Path, int], Scalar]
"""The scalars of a response, by path and by their number there."""


def scalars(context: Context, room_at: Path, settable: frozenset[str], schema: Mapping[str, Any]) -> Scalars:
    """Return the scalars of a response, in its order."""
    found: dict[tuple[Path, int], Scalar] = {}
    counts: Counter[Path] = Counter()
    sent: dict[Path, list[Json]] = {}
    for path, value in _walk(dict(context.sent), room_at, _at(schema, room_at)):
        sent.setdefault(path, []).append(value)
    for path, value in _walk(context.body, (), schema):
        within = context.room is not None and len(path) > len(room_at) and path[: len(room_at)] == room_at
        name = path[len(room_at)] if within else ""
        origin = context.origin(name, settable) if within else ValueOrigin.OWN
        key = path, counts[path]
        counts[path] += 1
        found[key] = Scalar(
            _kept(value),
            origin,
            path not in sent,
            value in sent.get(path, ()),
            str(value) in context.parameters,
        )
    return found


def _at(schema: Mapping[str, Any], path: Path) -> Mapping[str, Any]:
    for name in path:
        schema = descend(schema, name)[1]
    return schema


def _kept(value: Json) -> Json:
    if not isinstance(value, str) or len(value) <= MAX_TEXT:
        return value
    return LongText(shown(value), blake2b(value.encode("utf-8", "surrogatepass"), digest_size=16).digest())


def _walk(value: Json, path: Path, schema: Mapping[str, Any]) -> Iterator[tuple[Path, Json]]:
    if isinstance(value, dict | list) and len(path) >= DEEPEST:
        return
    if isinstance(value, dict):
        for name, field in value.items():
            step, below = descend(schema, name)
            yield from _walk(field, (*path, step), below)
    elif isinstance(value, list):
        items = schema.get("items")
        for item in value[:MAX_ITEMS]:
            yield from _walk(item, (*path, ITEMS), items if isinstance(items, dict) else {})
    else:
        yield path, value
