"""Fields of responses: those that no document mentions, and those that documents promise and none shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from roomproof.contract.clause import ITEMS, VALUES, Level, Path
from roomproof.contract.keywords import BRANCHES
from roomproof.contract.model import Contract
from roomproof.contract.once import once_per_contract
from roomproof.judge.judged_interaction import JudgedInteraction, NoJson
from roomproof.judge.undocumented_fields import undocumented_fields

Json = Any
_MOST_PLACES = 2_000
"""Of more undocumented fields the first in the order of their places are kept: a server may make up names."""
_TYPES = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}


class ResponsePlace(NamedTuple):
    """Where a field of a response stands: `status` is as the contract has it, a code or a range of them."""

    operation: str
    status: str
    path: Path

    def below(self, step: str) -> ResponsePlace:
        """Return the place of a field, of items or of values in it."""
        return ResponsePlace(self.operation, self.status, (*self.path, step))


@dataclass(frozen=True)
class FieldSeen:
    """A field that no document mentions: how often it was seen, and the JSON types of its values."""

    place: ResponsePlace
    times: int
    types: tuple[str, ...]


@dataclass(frozen=True)
class FieldMissed:
    """A field that documents promise: how often what holds it was seen without it, which was every time."""

    place: ResponsePlace
    times: int


@dataclass(frozen=True)
class _Schema:
    """What a schema, its branches included, lists at a place: fields, items of a list, values whose names are
    data.
    """

    place: ResponsePlace
    level: Level
    fields: Mapping[str, _Schema]
    items: _Schema | None
    values: _Schema | None
    is_closed: bool


@dataclass
class _Count:
    times: int = 0
    types: set[str] = field(default_factory=set)


class ResponseFields:
    """Collects which fields responses have. Two collections of one contract merge, in any order, into one."""

    def __init__(self, contract: Contract) -> None:
        self._schemas = _schemas_of(contract)
        self._objects: dict[ResponsePlace, int] = {}
        self._shown: set[ResponsePlace] = set()
        self._unknown: dict[ResponsePlace, _Count] = {}
        self._sent: set[str] = set()

    def note(self, seen: JudgedInteraction) -> None:
        """Take note of the fields of a response whose status the contract describes.

        What a run of ours has sent without any document, and a provider keeps, is no field of the provider.
        Nor is what a response to wrong credentials has: a server that repeats them may have them as names.
        """
        if seen.by_stranger:
            return
        if not seen.is_second_hand and not isinstance(seen.request.body, NoJson):
            asked = undocumented_fields(seen.operation.schema, seen.request.body)
            self._sent.update(one.way[-1] for one in asked)
        spec = seen.operation.response(seen.response.response.status)
        schema = None if spec is None else self._schemas.get((seen.operation.id, spec.status))
        if schema is not None and not isinstance(seen.response.body, NoJson):
            self._walk(schema, seen.response.body)
            if len(self._unknown) > 2 * _MOST_PLACES:
                self._shorten()

    def _walk(self, schema: _Schema, value: Json) -> None:
        if isinstance(value, list) and schema.items is not None:
            for item in value:
                self._walk(schema.items, item)
        if not isinstance(value, dict):
            return
        fields = schema.fields
        if fields:
            self._objects[schema.place] = self._objects.get(schema.place, 0) + 1
        for name, item in value.items():
            field_schema = fields.get(name)
            if field_schema is not None:
                self._shown.add(field_schema.place)
                if isinstance(item, dict | list):
                    self._walk(field_schema, item)
            elif schema.values is not None:
                self._walk(schema.values, item)
            elif fields and not schema.is_closed:
                count = self._unknown.setdefault(schema.place.below(name), _Count())
                count.times += 1
                count.types.add(_TYPES.get(type(item), "null"))

    def merge(self, other: ResponseFields) -> None:
        """Take over what another collection of the same contract has seen."""
        for place, times in other._objects.items():
            self._objects[place] = self._objects.get(place, 0) + times
        self._shown |= other._shown
        self._sent |= other._sent
        for place, theirs in other._unknown.items():
            mine = self._unknown.setdefault(place, _Count())
            mine.times += theirs.times
            mine.types |= theirs.types
        self._shorten()

    def _shorten(self) -> None:
        # What is left out once has _MOST_PLACES before it for ever: the counts of those kept are whole.
        if len(self._unknown) > _MOST_PLACES:
            self._unknown = {place: self._unknown[place] for place in sorted(self._unknown)[:_MOST_PLACES]}

    @property
    def undocumented(self) -> tuple[FieldSeen, ...]:
        """Every field that no document mentions, in the order of their places."""
        return tuple(
            FieldSeen(place, count.times, tuple(sorted(count.types)))
            for place, count in sorted(self._unknown.items())[:_MOST_PLACES]
            if place.path[-1] not in self._sent
        )

    @property
    def never_seen(self) -> tuple[FieldMissed, ...]:
        """Every field that documents promise of an object which was seen, and that it never had, in the order
        of the contract.
        """
        promised = (pair for schema in self._schemas.values() for pair in _promised(schema))
        return tuple(
            FieldMissed(place, self._objects[holder])
            for holder, place in promised
            if holder in self._objects and place not in self._shown
        )


def _promised(schema: _Schema) -> Iterator[tuple[ResponsePlace, ResponsePlace]]:
    """Yield the fields that documents list, each behind the place of the object that has it."""
    for inner in schema.fields.values():
        if inner.level in (Level.DOCUMENTED, Level.SAMPLE):
            yield schema.place, inner.place
        yield from _promised(inner)
    for below in (schema.items, schema.values):
        if below is not None:
            yield from _promised(below)


@once_per_contract
def _schemas_of(contract: Contract) -> Mapping[tuple[str, str], _Schema]:
    """Return what the responses of a contract list, by operation and status."""
    return {
        (operation.id, spec.status): _read(
            ResponsePlace(operation.id, spec.status, ()), [spec.schema], spec.level
        )
        for operation in contract.operations
        for spec in operation.responses
        if spec.schema is not None and spec.status != "default"
    }


def _read(place: ResponsePlace, schemas: Iterable[Mapping[str, Any]], level: Level) -> _Schema:
    """Return what several schemas for one value, at a place, list together."""
    every = [branch for schema in schemas for branch in _branches(schema)]
    level = next((Level(one["x-level"]) for one in every if "x-level" in one), level)
    named: dict[str, list[Mapping[str, Any]]] = {}
    for branch in every:
        for name, inner in branch.get("properties", {}).items():
            named.setdefault(name, []).append(inner)
    return _Schema(
        place,
        level,
        {name: _read(place.below(name), schemas, level) for name, schemas in named.items()},
        _below(place.below(ITEMS), every, "items", level),
        _below(place.below(VALUES), every, "additionalProperties", level),
        any(branch.get("additionalProperties") is False for branch in every),
    )


def _below(
    place: ResponsePlace, every: Iterable[Mapping[str, Any]], keyword: str, level: Level
) -> _Schema | None:
    inner = [branch[keyword] for branch in every if isinstance(branch.get(keyword), Mapping)]
    return _read(place, inner, level) if inner else None


def _branches(schema: Any) -> Iterator[Mapping[str, Any]]:
    """Yield a schema and its branches, any of which may speak of a value."""
    if isinstance(schema, Mapping):
        yield schema
        for keyword in BRANCHES:
            for branch in schema.get(keyword, ()):
                yield from _branches(branch)
