"""The fields of a provider's responses: which there are, of which types and formats, and what became of them
in another recording.

Two recordings hold different requests in different numbers, so a field is compared only under the same
circumstances (sent as this type, or not sent at all), and a difference counts only where it is no accident.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from roomproof.comparison.provenance import Context, ValueOrigin
from roomproof.comparison.volatile import DEEPEST, FRACTION, form, masked
from roomproof.contract.clause import ITEMS, VALUES, Path, spoken

Json = Any
Subject = tuple[str, int]
"""The operation or supporting call, and the status of its responses."""

ACCIDENT = 0.01
"""How likely it may be that a recording shows nothing of a change, or shows one that is none."""
MAX_PATHS = 10_000
"""Paths of one kind of response that are told apart; a provider with more invents names."""
_FEW_FRACTIONS = 4
_MISSING, _NULL = "missing", "null"
_OWN, _BEFORE = "not sent", "not sent, and set before the recording"
_TYPES = {bool: "boolean", int: "number", float: "number", list: "array", dict: "object", type(None): _NULL}
_NO_TEXT = frozenset((*_TYPES.values(), _MISSING))


class FieldTurn(StrEnum):
    """What became of a field."""

    APPEARED = "appeared"
    VANISHED = "vanished"
    SOMETIMES_MISSING = "is sometimes missing"
    TYPE = "changed type"
    FORMAT = "changed format"
    NULL = "became null"
    NO_LONGER_NULL = "is no longer null"


@dataclass(frozen=True)
class FieldChange:
    """A field that changed: how it was and is, and in how many objects that could hold it, before and
    after.
    """

    operation: str
    status: int
    path: str
    what: FieldTurn
    before: str
    after: str
    seen_before: int
    seen_after: int


@dataclass
class Fields:
    """The fields of every response of one operation and status.

    `opened` counts the objects at a path whose fields are not known already, by circumstance; `events` what
    was found at a path, by circumstance; `apart` the objects in `opened` that say nothing of a path's
    absence.
    """

    answers: int = 0
    objects: Counter[Path] = field(default_factory=Counter)
    present: Counter[Path] = field(default_factory=Counter)
    opened: dict[Path, Counter[str]] = field(default_factory=dict)
    events: dict[Path, dict[str, Counter[str]]] = field(default_factory=dict)
    apart: dict[Path, Counter[str]] = field(default_factory=dict)

    def found(self, path: Path, circumstance: str) -> Counter[str]:
        """Return how often what was found at a path under a circumstance, that it was missing included."""
        seen = Counter(self.events.get(path, {}).get(circumstance, {}))
        if path[-1:] not in ((ITEMS,), (VALUES,), ()) and path[:-1] in self.opened:
            absent = self.opened[path[:-1]][circumstance] - self.apart.get(path, Counter())[circumstance]
            seen[_MISSING] += max(absent, 0)
        return +seen

    def of(self, path: Path) -> int:
        """Return how many objects or arrays were seen that could hold a path."""
        return self.objects[path[:-1]]

    def circumstances(self, path: Path) -> set[str]:
        """Return the circumstances under which something is known of a path."""
        return {*self.events.get(path, {}), *self.opened.get(path[:-1], ())}


def kind(value: Json) -> str:
    """Return the JSON type of a value (RFC 8259, 3), and of a text its form instead."""
    return form(value) if isinstance(value, str) else _TYPES[type(value)]


class FieldWalk:
    """Enters one response into the fields of its kind."""

    def __init__(self, fields: Fields, context: Context, room_at: Path, settable: frozenset[str]) -> None:
        self._fields, self._context, self._room_at, self._settable = fields, context, room_at, settable
        self._own = _OWN if context.room is not None else "; ".join((_OWN, *context.reasons))

    def enter(self, body: Json, schema: Mapping[str, Any]) -> None:
        """Enter a body; `schema` tells maps from objects, as far as it speaks."""
        self._fields.answers += 1
        self._note((), self._own, kind(body))
        self._below(body, (), schema)

    def _note(self, path: Path, circumstance: str, what: str, *, implied: bool = False) -> None:
        events = self._fields.events
        if path not in events and len(events) >= MAX_PATHS:
            return
        events.setdefault(path, {}).setdefault(circumstance, Counter())[what] += 1
        if what != _MISSING:
            self._fields.present[path] += 1
        if implied:
            self._apart(path, circumstance)

    def _apart(self, path: Path, circumstance: str) -> None:
        self._fields.apart.setdefault(path, Counter())[circumstance] += 1

    def _below(self, value: Json, path: Path, schema: Mapping[str, Any], sent: Json = None) -> None:
        if len(path) >= DEEPEST:
            return
        if isinstance(value, list):
            self._items(value, path, schema, sent)
        elif isinstance(value, dict) and value is self._context.room and path == self._room_at:
            self._room(value, path, schema)
        elif isinstance(value, dict):
            self._members(value, path, schema, sent)

    def _items(self, value: list[Json], path: Path, schema: Mapping[str, Any], sent: Json) -> None:
        self._fields.objects[path] += 1
        twins = sent if isinstance(sent, list) and len(sent) == len(value) else [None] * len(value)
        for item, twin in zip(value, twins, strict=True):
            self._one(item, (*path, ITEMS), _subschema(schema, "items"), twin)

    def _members(self, value: Mapping[str, Json], path: Path, schema: Mapping[str, Any], sent: Json) -> None:
        if sent is None and is_free(schema):
            # Whoever filled it named what is in it, and that in another recording may be anything.
            return
        twin = sent if isinstance(sent, dict) else {}
        self._fields.objects[path] += 1
        if not is_map(schema):
            self._fields.opened.setdefault(path, Counter())[self._own] += 1
        for name in (*value, *(name for name in twin if name not in value)):
            step, below = descend(schema, name)
            if name in value:
                self._one(value[name], (*path, step), below, twin.get(name))
            else:
                self._note((*path, step), _sent_as(twin[name]), _MISSING)
                self._apart((*path, step), self._own)

    def _one(self, value: Json, path: Path, schema: Mapping[str, Any], sent: Json) -> None:
        """Enter a value that no room is known to have had before."""
        if sent is None:
            self._note(path, self._own, kind(value), implied=True)
        else:
            self._note(path, _sent_as(sent), kind(value))
            self._apart(path, self._own)
        self._below(value, path, schema, sent)

    def _room(self, room: Mapping[str, Json], path: Path, schema: Mapping[str, Any]) -> None:
        """Enter the room: of fields that it had before, only what the request or the provider has changed."""
        context, known = self._context, self._context.known
        self._fields.objects[path] += 1
        if known is None:
            self._fields.opened.setdefault(path, Counter())[self._own] += 1
        untold = () if known is not None or context.created else self._settable
        for name in dict.fromkeys((*room, *(known or ()), *context.sent, *untold)):
            step, below = descend(schema, name)
            self._field(name, room, (*path, step), below)

    def _field(self, name: str, room: Mapping[str, Json], path: Path, schema: Mapping[str, Any]) -> None:
        value, origin = room.get(name), self._context.origin(name, self._settable)
        found = kind(value) if name in room else _MISSING
        sent = self._context.sent.get(name)
        if self._context.known is None:
            self._apart(path, self._own)
        if origin is ValueOrigin.KEPT and sent is None:
            self._fields.present[path] += name in room
            return
        unsent = _BEFORE if origin is ValueOrigin.BEFORE else self._own
        self._note(path, _sent_as(sent) if name in self._context.sent else unsent, found)
        if origin is not ValueOrigin.BEFORE and name in room:
            self._below(value, path, schema, sent)


def _sent_as(value: Json) -> str:
    return f"sent as {kind(value)}"


def is_map(schema: Mapping[str, Any]) -> bool:
    """Whether a schema describes fields of any name: only additionalProperties, no properties."""
    return "additionalProperties" in schema and "properties" not in schema


def is_free(schema: Mapping[str, Any]) -> bool:
    """Whether a schema describes an object, or null, and none of its fields."""
    types = schema.get("type")
    is_object = types == "object" or (isinstance(types, list) and set(types) == {"object", "null"})
    return is_object and not schema.keys() & {"properties", "additionalProperties"}


def _subschema(schema: Mapping[str, Any], keyword: str) -> Mapping[str, Any]:
    found = schema.get(keyword)
    return found if isinstance(found, dict) else {}


def descend(schema: Mapping[str, Any], name: str) -> tuple[str, Mapping[str, Any]]:
    """Return the step of a path to a field, VALUES for a map's, and the schema there. A name that is an id is
    a map's, too.
    """
    known = schema.get("properties", {}).get(name)
    if isinstance(known, dict):
        return name, known
    anything = _subschema(schema, "additionalProperties")
    return (VALUES, anything) if is_map(schema) or masked(name) != name else (name, anything)


def field_changes(subject: Subject, before: Fields, after: Fields) -> Iterator[FieldChange]:
    """Yield what became of the fields of one kind of response; of an object that is new or gone, not its
    fields.
    """
    for path in sorted({*before.events, *after.events}):
        if path and path[:-1] in before.events and path[:-1] in after.events:
            yield from _of_path(subject, path, before, after)


def _of_path(subject: Subject, path: Path, before: Fields, after: Fields) -> Iterator[FieldChange]:
    both = sorted(before.circumstances(path) & after.circumstances(path))
    told: set[FieldTurn] = set()
    for circumstance in both:
        old, new = before.found(path, circumstance), after.found(path, circumstance)
        if not old or not new:
            continue
        for what, was, now in _differences(old, new, judge_null=circumstance != _BEFORE):
            if (
                what in told
                or (what is FieldTurn.APPEARED and before.present[path])
                or (what is FieldTurn.VANISHED and after.present[path])
            ):
                continue
            told.add(what)
            counts = before.of(path), after.of(path)
            if what is FieldTurn.SOMETIMES_MISSING:
                now = f"missing in {counts[1] - after.present[path]} of {counts[1]}"
            yield FieldChange(*subject, spoken(path), what, was, now, *counts)


def _differences(
    old: Counter[str], new: Counter[str], *, judge_null: bool
) -> Iterator[tuple[FieldTurn, str, str]]:
    """Yield what differs between what was found before and after under one circumstance; not an accident of
    few samples.
    """
    there_before, there_after = old.total() - old[_MISSING], new.total() - new[_MISSING]
    if not there_before or not there_after:
        if there_after and certain(there_after, new.total(), old.total()):
            yield FieldTurn.APPEARED, _MISSING, _list(new)
        elif there_before and certain(there_before, old.total(), new.total()):
            yield FieldTurn.VANISHED, _list(old), _MISSING
        return
    if not old[_MISSING] and certain(new[_MISSING], new.total(), old.total()):
        yield FieldTurn.SOMETIMES_MISSING, "always there", "missing in some"
    if judge_null and not old[_NULL] and certain(new[_NULL], there_after, there_before):
        yield FieldTurn.NULL, _list(old), _NULL
    elif judge_null and not new[_NULL] and certain(old[_NULL], there_before, there_after):
        yield FieldTurn.NO_LONGER_NULL, _NULL, _list(new)
    yield from _other_kinds(old, new, judge_format=judge_null)


def _other_kinds(
    old: Counter[str], new: Counter[str], *, judge_format: bool
) -> Iterator[tuple[FieldTurn, str, str]]:
    types = _types(old), _types(new)
    if not types[0] or not types[1]:
        return
    if _differ(*types):
        yield FieldTurn.TYPE, _list(types[0]), _list(types[1])
        return
    texts = _texts(old), _texts(new)
    if (
        judge_format
        and texts[0]
        and texts[1]
        and (_differ(*map(_coarse, texts)) or _all_other_fractions(*texts))
    ):
        yield FieldTurn.FORMAT, _list(texts[0]), _list(texts[1])


def _differ(old: Counter[str], new: Counter[str]) -> bool:
    fresh = any(certain(count, new.total(), old.total()) for what, count in new.items() if not old[what])
    return fresh or any(
        certain(count, old.total(), new.total()) for what, count in old.items() if not new[what]
    )


def _coarse(texts: Counter[str]) -> Counter[str]:
    found: Counter[str] = Counter()
    for what, count in texts.items():
        found[what.partition(FRACTION)[0]] += count
    return found


def _all_other_fractions(old: Counter[str], new: Counter[str]) -> bool:
    """Whether all times have other fractions now. Some say nothing: zeros may be dropped, and times derive
    from whole seconds sent.
    """
    return not old.keys() & new.keys() and min(old.total(), new.total()) >= _FEW_FRACTIONS


def certain(seen: int, of: int, without: int) -> bool:
    """Whether something seen in some of many samples would by all likelihood have shown in others, if it were
    there.
    """
    return seen > 0 and (1 - seen / of) ** without <= ACCIDENT


def _types(found: Counter[str]) -> Counter[str]:
    types: Counter[str] = Counter()
    for what, count in found.items():
        if what not in (_MISSING, _NULL):
            types["string" if what not in _NO_TEXT else what] += count
    return types


def _texts(found: Counter[str]) -> Counter[str]:
    return Counter({what: count for what, count in found.items() if what not in _NO_TEXT})


def _list(found: Counter[str]) -> str:
    return " or ".join(sorted(what for what in found if found[what] and what != _MISSING))
