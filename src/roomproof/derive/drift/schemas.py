"""Compare two schemas by what they mean, for a request or for a response.

What a request may be narrows: senders break. What a response may be widens, or lacks what it had: readers
break (oasdiff's rules on request and response properties are the model).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from roomproof.derive.drift.change import WHOLE, Change, ChangePlace, ChangeSide, Completeness, Impact
from roomproof.derive.drift.shape import LIMITS, Schema, Shape, Shapes

ITEMS, VALUES = "[]", "{}"
_ALIKE = 0.34
"""Alternatives that share less than this are no versions of one another."""
_SHOWN = 6
"""So many values are named in a sentence."""
_PARSED = frozenset(
    ("date-time", "date", "time", "duration", "uuid", "uri", "email", "ipv4", "ipv6", "http-date")
)
"""Formats that readers parse; that a document drops another one nobody notices."""
_WIDER_NUMBERS = (("int32", "int64"), ("float", "double"))


class SchemaComparison:
    """Compares schemas of two documents; those of a pair that is compared already are equal as far as it
    goes.

    """

    def __init__(self, old: Shapes, new: Shapes, completeness: Completeness = WHOLE) -> None:
        self._old = old
        self._new = new
        self._tells = completeness.tells
        self._states = completeness.states
        self._compared: dict[tuple[int, int, bool], tuple[ChangePlace, tuple[Change, ...]]] = {}
        self._digests: dict[int, tuple[Shape, str]] = {}

    def changes(
        self, old: tuple[Schema, ...], new: tuple[Schema, ...], place: ChangePlace
    ) -> Iterator[Change]:
        """Yield the changes from some schemas for one value to others."""
        one, other = self._old.of(*old), self._new.of(*new)
        pair = id(one), id(other), place.side is ChangeSide.REQUEST
        if pair not in self._compared:
            # What is under way contains itself: it is no other below than above.
            self._compared[pair] = (place, ())
            self._compared[pair] = (place, tuple(self._shapes(one, other, place)))
        base, found = self._compared[pair]
        for change in found:
            way = (*place.way, *change.place.way[len(base.way) :])
            yield replace(change, place=replace(place, way=way))

    def _shapes(self, old: Shape, new: Shape, place: ChangePlace) -> Iterator[Change]:
        if old.is_unknown or new.is_unknown:
            return
        if old.branches or new.branches:
            yield from self._unions(old, new, place)
            return
        if old.types != new.types and self._states(old.types, new.types):
            changes, is_over = _types(old, new, place)
            yield from changes
            if is_over:
                return
        for change in (*_values(old, new, place), *_numbers(old, new, place), *_texts(old, new, place)):
            if self._states(change.old is not None, change.new is not None):
                yield change
        yield from self._fields(old, new, place)
        yield from self._inner(old.items, new.items, place.below(ITEMS))
        yield from self._inner(old.values, new.values, place.below(VALUES))
        if old.is_closed != new.is_closed and self._states(old.is_closed, new.is_closed):
            yield _turned(
                place, "closed" if new.is_closed else "opened", narrows=new.is_closed, old=None, new=None,
                text="other fields than those listed are no longer allowed"
                if new.is_closed
                else "other fields than those listed are allowed now",
                on_response=Impact.HARMLESS,
            )  # fmt: skip

    def _inner(
        self, old: tuple[Schema, ...], new: tuple[Schema, ...], place: ChangePlace
    ) -> Iterator[Change]:
        if (old or new) and self._states(old, new):
            yield from self.changes(old, new, place)

    def _fields(self, old: Shape, new: Shape, place: ChangePlace) -> Iterator[Change]:
        is_request = place.side is ChangeSide.REQUEST
        olds, news = self._seen(old, self._old, is_request), self._seen(new, self._new, is_request)
        gone = [name for name in olds if name not in news]
        come = [name for name in news if name not in olds]
        for name in gone if self._tells(True, False) and not old.is_loose else ():
            renamed = self._renamed(olds[name], [(other, news[other]) for other in come], name)
            yield _gone(place.below(name), renamed)
        for name in come if self._tells(False, True) and not new.is_loose else ():
            yield _come(place.below(name), required=name in new.required)
        for name in olds:
            if name in news:
                was, now = name in old.required, name in new.required
                if was != now and self._states(was, now):
                    yield needed(place.below(name), now, "the field")
                yield from self.changes(olds[name], news[name], place.below(name))

    def _seen(self, shape: Shape, shapes: Shapes, is_request: bool) -> Mapping[str, tuple[Schema, ...]]:
        """Return the fields of one side: what is read-only is not sent, what is write-only not answered."""
        return {
            name: some
            for name, some in shape.fields.items()
            if not (shapes.of(*some).is_read_only if is_request else shapes.of(*some).is_write_only)
        }

    def _renamed(self, old: tuple[Schema, ...], come: list[tuple[str, tuple[Schema, ...]]], name: str) -> str:
        """Return the name that a field perhaps has now: that of the only new one that means the same."""
        digest = self._digest(self._old, self._old.of(*old))
        alike = [other for other, new in come if self._digest(self._new, self._new.of(*new)) == digest]
        words = [other for other in alike if set(other.split("_")) & set(name.split("_"))]
        return (words or alike)[0] if len(words or alike) == 1 else ""

    def _unions(self, old: Shape, new: Shape, place: ChangePlace) -> Iterator[Change]:
        yield from _null(old, new, place)
        olds, news = _alternatives(old, self._old), _alternatives(new, self._new)
        news_left = {self._digest(self._new, one): one for one in news}
        olds_left = [one for one in olds if news_left.pop(self._digest(self._old, one), None) is None]
        rest = list(news_left.values())
        for one in olds_left:
            nearest = max(rest, key=lambda other: _likeness(one, other), default=None)
            if nearest is not None and _likeness(one, nearest) >= _ALIKE:
                rest.remove(nearest)
                yield from self._shapes(one, nearest, place)
            elif self._states(True, False):
                yield _turned(
                    place, "alternative-removed", narrows=True, old=_named(one), new=None,
                    text=f"one kind of value is gone: {_named(one)}",
                )  # fmt: skip
        for other in rest if self._states(False, True) else ():
            yield _turned(
                place, "alternative-added", narrows=False, old=None, new=_named(other),
                text=f"there is one more kind of value: {_named(other)}",
            )  # fmt: skip

    def _digest(self, shapes: Shapes, shape: Shape, depth: int = 5) -> str:
        """Return a text that shapes of one meaning share; what lies very deep does not count."""
        known = self._digests.get(id(shape))
        if known is not None and depth == 5:
            return known[1]

        def below(some: tuple[Schema, ...]) -> str:
            return self._digest(shapes, shapes.of(*some), depth - 1) if depth and some else ""

        told: dict[str, Any] = {
            "types": sorted(shape.types) if shape.types is not None else None,
            "limits": sorted(shape.limits.items()),
            "enum": sorted(shape.enum) if shape.enum is not None else None,
            "said": [shape.format, shape.pattern, shape.multiple, shape.is_unique, shape.is_closed],
            "fields": {name: below(some) for name, some in sorted(shape.fields.items())},
            "required": sorted(shape.required & shape.fields.keys()),
            "inner": [below(shape.items), below(shape.values)],
            "branches": sorted(below(some) for some in shape.branches),
        }
        text = json.dumps(told, sort_keys=True)
        if depth == 5:
            self._digests[id(shape)] = (shape, text)
        return text


def _alternatives(shape: Shape, shapes: Shapes) -> list[Shape]:
    """Return the kinds of value that a shape allows, one if it has no branches; null is told apart."""
    every = [shapes.of(*some) for some in shape.branches] or [shape]
    return [replace(one, types=one.types - {"null"}) if one.types else one for one in every]


def _likeness(one: Shape, other: Shape) -> float:
    """Return how much two alternatives share: their types, and the names of their fields."""
    if one.types is not None and other.types is not None and not (one.types & other.types):
        return 0.0
    names = one.fields.keys() | other.fields.keys()
    return len(one.fields.keys() & other.fields.keys()) / len(names) if names else 1.0


def _named(shape: Shape) -> str:
    types = " or ".join(sorted(shape.types)) if shape.types else "any value"
    return f"{types} with {', '.join(list(shape.fields)[:4])}" if shape.fields else types


def _null(old: Shape, new: Shape, place: ChangePlace) -> Iterator[Change]:
    was = "null" in (old.types or ()) or any("null" in _types_of(some) for some in old.branches)
    now = "null" in (new.types or ()) or any("null" in _types_of(some) for some in new.branches)
    if was != now:
        text = "null is allowed now" if now else "null is no longer allowed"
        kind = "became-nullable" if now else "became-not-nullable"
        yield _turned(place, kind, narrows=was, old=was, new=now, text=text)


def _types_of(schemas: tuple[Schema, ...]) -> set[str]:
    return {str(one.get("type")) for one in schemas}


def _turned(
    place: ChangePlace,
    kind: str,
    *,
    narrows: bool,
    old: object,
    new: object,
    text: str,
    on_response: Impact | None = None,
) -> Change:
    """Return a change that narrows or widens what a value may be."""
    if place.side is ChangeSide.REQUEST:
        impact = Impact.SENDERS if narrows else Impact.HARMLESS
    else:
        impact = on_response or (Impact.HARMLESS if narrows else Impact.READERS)
    return Change(place, kind, impact, text, old, new)


def _types(old: Shape, new: Shape, place: ChangePlace) -> tuple[list[Change], bool]:
    """Return the changes of types, and whether the values have no type in common."""
    if old.types is None or new.types is None:
        narrows = new.types is not None
        was, now = _spoken(old.types), _spoken(new.types)
        text = f"the type was {was} and is {now}"
        return [_turned(place, "type", narrows=narrows, old=was, new=now, text=text)], False
    changes = list(_null(old, new, place))
    was_types, now_types = old.types - {"null"}, new.types - {"null"}
    added = {one for one in now_types - was_types if not (one == "integer" and "number" in was_types)}
    removed = {one for one in was_types - now_types if not (one == "integer" and "number" in now_types)}
    widened = added | ({"number"} if "number" in now_types - was_types and "integer" in was_types else set())
    narrowed = removed | ({"number"} if "number" in was_types - now_types else set())
    text = f"the type was {_spoken(was_types)} and is {_spoken(now_types)}"
    is_request = place.side is ChangeSide.REQUEST
    if widened or narrowed:
        breaks = bool(narrowed) if is_request else bool(widened)
        worst = Impact.SENDERS if is_request else Impact.READERS
        impact = worst if breaks else Impact.HARMLESS
        changes.append(Change(place, "type", impact, text, sorted(was_types), sorted(now_types)))
    shared = was_types & now_types or (
        "number" in was_types | now_types and "integer" in was_types | now_types
    )
    return changes, bool(was_types and now_types and not shared)


def _spoken(types: frozenset[str] | None) -> str:
    return " or ".join(sorted(types)) if types else "any"


def _values(old: Shape, new: Shape, place: ChangePlace) -> Iterator[Change]:
    if old.enum != new.enum:
        was, now = _listed(old.enum), _listed(new.enum)
        if old.enum is None or new.enum is None:
            narrows = new.enum is not None
            text = f"the only values are {_few(new.enum)} now" if narrows else (
                f"the values were {_few(old.enum)}, and are not limited now")  # fmt: skip
            kind = "enum-added" if narrows else "enum-removed"
            yield _turned(place, kind, narrows=narrows, old=was, new=now, text=text)
        else:
            if gone := sorted(old.enum - new.enum):
                text = f"{_few(gone)} is no longer allowed"
                yield _turned(place, "value-removed", narrows=True, old=was, new=now, text=text)
            if come := sorted(new.enum - old.enum):
                text = f"{_few(come)} is allowed now"
                yield _turned(place, "value-added", narrows=False, old=was, new=now, text=text)
    if old.default != new.default and place.side is ChangeSide.REQUEST:
        is_changed = old.default is not None and new.default is not None
        text = f"the default was {_told(old.default)} and is {_told(new.default)}"
        impact = Impact.SENDERS if is_changed else Impact.HARMLESS
        yield Change(place, "default", impact, text, old.default, new.default)


def _listed(enum: frozenset[str] | None) -> list[str] | None:
    return None if enum is None else sorted(enum)


def _few(values: Iterable[str] | None) -> str:
    told = sorted(values or ())
    more = f" and {len(told) - _SHOWN} more" if len(told) > _SHOWN else ""
    return ", ".join(told[:_SHOWN]) + more


def _told(value: object) -> str:
    return "not stated" if value is None else str(value)


def _numbers(old: Shape, new: Shape, place: ChangePlace) -> Iterator[Change]:
    for keyword in LIMITS:
        was, now = old.limits.get(keyword), new.limits.get(keyword)
        if was == now:
            continue
        is_lower = keyword.startswith("min")
        narrows = now is not None and (was is None or (now > was if is_lower else now < was))
        text = f"{keyword} was {_told(was)} and is {_told(now)}"
        yield _turned(place, keyword, narrows=narrows, old=was, new=now, text=text)
    if old.multiple != new.multiple:
        was, now = old.multiple, new.multiple
        narrows = now is not None and not (was is not None and now and was % now == 0)
        text = f"multipleOf was {_told(was)} and is {_told(now)}"
        yield _turned(place, "multipleOf", narrows=narrows, old=was, new=now, text=text)
    if old.is_unique != new.is_unique:
        text = "items must be unique now" if new.is_unique else "items need not be unique any more"
        yield _turned(place, "uniqueItems", narrows=new.is_unique, old=old.is_unique or None,
                      new=new.is_unique or None, text=text)  # fmt: skip


def _texts(old: Shape, new: Shape, place: ChangePlace) -> Iterator[Change]:
    if old.pattern != new.pattern:
        text = f"the pattern was {_told(old.pattern)} and is {_told(new.pattern)}"
        yield _turned(
            place, "pattern", narrows=new.pattern is not None, old=old.pattern, new=new.pattern, text=text,
            on_response=Impact.HARMLESS,
        )  # fmt: skip
    if old.format != new.format:
        text = f"the format was {_told(old.format)} and is {_told(new.format)}"
        narrows = new.format is not None and (new.format, old.format) not in _WIDER_NUMBERS[::-1]
        narrows = narrows and (old.format, new.format) not in _WIDER_NUMBERS
        is_other = None not in (old.format, new.format) and not _is_of_one_family(old.format, new.format)
        on_response = Impact.READERS if is_other else None
        if new.format is None and old.format not in (
            *_PARSED,
            *(one for pair in _WIDER_NUMBERS for one in pair),
        ):
            on_response = Impact.HARMLESS
        yield _turned(
            place, "format", narrows=narrows, old=old.format, new=new.format, text=text,
            on_response=on_response,
        )  # fmt: skip


def _is_of_one_family(one: str | None, other: str | None) -> bool:
    return any({one, other} == set(pair) for pair in _WIDER_NUMBERS)


def _gone(place: ChangePlace, renamed: str) -> Change:
    impact = Impact.SENDERS if place.side is ChangeSide.REQUEST else Impact.READERS
    hint = f"; perhaps it is called {renamed} now" if renamed else ""
    return Change(place, "removed", impact, f"the field is gone{hint}", True, None)


def _come(place: ChangePlace, *, required: bool) -> Change:
    is_demanded = required and place.side is ChangeSide.REQUEST
    impact = Impact.SENDERS if is_demanded else Impact.HARMLESS
    text = "the field is new, and must be sent" if is_demanded else "the field is new"
    return Change(place, "added", impact, text, None, True)


def needed(place: ChangePlace, now: bool, what: str) -> Change:
    """Return that a field, a parameter or a body must be there now, or need not be there any more."""
    kind = "became-required" if now else "became-optional"
    if place.side is ChangeSide.REQUEST:
        text = f"{what} must be sent now" if now else f"{what} need not be sent any more"
        return Change(place, kind, Impact.SENDERS if now else Impact.HARMLESS, text, not now, now)
    text = f"{what} is always there now" if now else f"{what} may be missing now"
    return Change(place, kind, Impact.HARMLESS if now else Impact.READERS, text, not now, now)
