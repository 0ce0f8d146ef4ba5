"""A clause: one thing that a document demands, and the unit of every verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Any

from roomproof.contract.keywords import BY_RULE, Keyword

Json = Any
Path = tuple[str, ...]
"""Way to a value: property names, ITEMS for the items of an array, VALUES and KEYS for those of a map."""

ITEMS, VALUES, KEYS = "[]", "{}", "{keys}"
HOLDERS = {ITEMS: "items", VALUES: "additionalProperties", KEYS: "propertyNames"}
"""Which keyword holds the schema of what a step leads to; `properties` holds those of fields by their
names.
"""
_SPOKEN = {ITEMS: "items", VALUES: "values", KEYS: "keys"}
_MEANT = {word: step for step, word in _SPOKEN.items()}


class Level(StrEnum):
    """Where a clause comes from; only a broken `documented` clause is a fail."""

    DOCUMENTED = "documented"
    STANDARD = "standard"
    SAMPLE = "sample"
    OBSERVED = "observed"


class Part(StrEnum):
    """Which part of an operation a clause speaks of."""

    REQUEST = "request"
    RESPONSE = "response"
    BEHAVIOUR = "behaviour"


@dataclass(frozen=True)
class Source:
    """The place that demands a clause: a document, a section of it, a field or line in that."""

    document: str
    section: str
    field: str

    def __str__(self) -> str:
        return f"{self.document}, {self.section}, {self.field}"

    @property
    def words(self) -> str:
        """The parts that there are."""
        return ", ".join(part for part in (self.document, self.section, self.field) if part)


@dataclass(frozen=True)
class Disagreement:
    """What another document of the provider says in place of a clause, and where it says so."""

    says: str
    source: Source


@dataclass(frozen=True)
class Clause:
    """One demand.

    `schema` is the one-keyword JSON Schema of a clause that a keyword makes, None for a behaviour; `status`
    the response that a response clause belongs to; `options` what a behaviour's line in the contract adds;
    `pointer` the names and indices that lead to where it stands in the contract, every `$ref` followed;
    `disagreement` what another document says, which is not what a run judges by.
    """

    id: str
    operation: str
    part: Part
    path: Path
    rule: str
    level: Level
    source: Source
    demands: str
    schema: Json = None
    status: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    pointer: Path = ()
    disagreement: Disagreement | None = None

    @cached_property
    def typed_options(self) -> dict[type[Any], Any]:
        """Its options as the dataclass of its rule, as soon as the judge has read them."""
        return {}

    @property
    def is_limit(self) -> bool:
        """Whether it divides the values of a request into those to accept and those to reject: both sides
        prove it together.
        """
        return self.part is Part.REQUEST and self.keyword is not None and self.keyword.divides

    @property
    def keyword(self) -> Keyword | None:
        """The keyword that makes it; a level before the rule is no part of its name: `observed-maximum`."""
        if self.part is Part.BEHAVIOUR:
            return None
        return BY_RULE.get(self.rule.removeprefix("observed-").removeprefix("sample-"))

    @property
    def field(self) -> str:
        """The path as people read it: `access_codes.items.role`, `body` for the whole."""
        return spoken(self.path) or "body"


def is_named_by(clause_id: str, pattern: str) -> bool:
    """Whether a pattern, in which `*` stands for any text, names a clause; its own id always does, whatever
    signs of patterns stand in that.
    """
    return clause_id == pattern or fnmatchcase(clause_id, pattern)


def spoken(path: Path) -> str:
    """Return a path in the words that clause ids use."""
    return ".".join(_SPOKEN.get(part, part) for part in path)


def path_of(words: str) -> Path:
    """Return the path that `spoken` says in words; what stands first is always a field's name."""
    first, *rest = words.split(".")
    return first, *(_MEANT.get(word, word) for word in rest)


def values_at(value: Json, path: Path) -> list[tuple[Path, Json]]:
    """Return every value at a path with its own way there (indices and field names in place of ITEMS and
    VALUES).
    """
    found = value
    for depth, step in enumerate(path):
        if step in _SPOKEN:
            return _values_of_many(found, path, depth)
        if not isinstance(found, dict) or step not in found:
            return []
        found = found[step]
    return [(path, found)]


def values_below(found: list[tuple[Path, Json]], step: str) -> list[tuple[Path, Json]]:
    """Return every value one step below some values, each with its own way there."""
    if step in _SPOKEN:
        return [((*way, name), inner) for way, outer in found for name, inner in _inside(outer, step)]
    return [((*way, step), outer[step]) for way, outer in found if isinstance(outer, dict) and step in outer]


def _values_of_many(value: Json, path: Path, depth: int) -> list[tuple[Path, Json]]:
    """Return the values at the rest of a path, which begins at a depth with items, values or keys."""
    before, rest = path[:depth], path[depth + 1 :]
    return [
        ((*before, name, *way), inner)
        for name, outer in _inside(value, path[depth])
        for way, inner in values_at(outer, rest)
    ]


def _inside(value: Json, step: str) -> Iterable[tuple[str, Json]]:
    if step == ITEMS:
        return ((str(index), item) for index, item in enumerate(value)) if isinstance(value, list) else ()
    if not isinstance(value, dict):
        return ()
    return value.items() if step == VALUES else ((key, key) for key in value)
