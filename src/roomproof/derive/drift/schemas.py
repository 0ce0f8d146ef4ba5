"""Compare two schemas by what they mean, for a request or for a response.

What a request may be narrows: senders break. What a response may be widens, or lacks what it had: readers
break (oasdiff's rules on request and response properties are the model).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from roomproof.derive.drift.alternatives import (
    Digests,
    alternatives,
    is_any_value,
    is_nullable,
    named,
    versions,
)
from roomproof.derive.drift.change import WHOLE, Change, ChangePlace, ChangeSide, Completeness, Impact
from roomproof.derive.drift.pairs import Below, Pairs
from roomproof.derive.drift.presence import added, needed, removed, turned_one_way
from roomproof.derive.drift.shape import OTHERS, Shape, Shapes
from roomproof.derive.drift.stated import LIMITS, Schema
from roomproof.derive.drift.texts import as_text, into_list, is_list_of_one
from roomproof.derive.drift.typed import only_types, shared_types

ITEMS, VALUES = "[]", "{}"
_SHOWN = 6
"""So many values are named in a sentence."""
_PARSED = frozenset(
    ("date-time", "date", "time", "duration", "uuid", "uri", "email", "ipv4", "ipv6", "http-date")
)
"""Formats that readers parse; that a document drops another one nobody notices."""
_WIDER_NUMBERS = (("int32", "int64"), ("float", "double"))
_NUMBERS_ANYWAY = frozenset(("int64", "double", None))
"""To state the usual size of numbers, or not to, is the same."""


class SchemaComparison:
    """Compares schemas of two documents, each pair once; `is_text` tells that values are sent as text."""

    def __init__(
        self, old: Shapes, new: Shapes, completeness: Completeness = WHOLE, *, is_text: bool = False
    ) -> None:
        self._is_text = is_text
        self._old = old
        self._new = new
        self._tells = completeness.tells
        self._states = completeness.states
        self._pairs = Pairs(self._shapes)
        self._old_digests, self._new_digests = Digests(old), Digests(new)

    def changes(self, old: Schema, new: Schema, place: ChangePlace) -> Iterator[Change]:
        """Yield the changes from a schema to another one."""
        return self._pairs.changes(self._old.of(old), self._new.of(new), place)

    def _shapes(self, old: Shape, new: Shape, place: ChangePlace) -> Iterator[Change | Below]:
        if old.is_unknown or new.is_unknown:
            return
        if old.branches or new.branches:
            yield from self._unions(old, new, place)
            return
        if old.types != new.types and self._states(old.types, new.types):
            changes, is_over = _types(old, new, place)
            if self._is_text and is_list_of_one(old, new, place):
                yield from into_list(new, changes)
                yield Below(place.below(ITEMS).way, old, self._new.of(*new.items))
                return
            yield from (as_text(one, old, new) for one in changes) if self._is_text else changes
            if is_over:
                return
        # What is said of a type that one of them does not allow comes, or goes, with the type.
        shared = shared_types(old.types, new.types)
        old, new = only_types(old, shared), only_types(new, shared)
        for change in (
            *_values(old, new, place),
            *_numbers(old, new, place),
            *_texts(old, new, place),
            *_others(old, new, place),
        ):
            if self._states(change.old is not None, change.new is not None):
                yield change
        yield from self._fields(old, new, place)
        for step, was, now in ((ITEMS, old.items, new.items), (VALUES, old.values, new.values)):
            is_closed = step is VALUES and (old.is_closed or new.is_closed)
            if (was or now) and not is_closed and self._states(was, now):
                yield self._below(was, now, place.below(step))
        if old.is_closed != new.is_closed and self._states(old.is_closed, new.is_closed):
            yield _closed(place, new.is_closed)

    def _below(self, old: tuple[Schema, ...], new: tuple[Schema, ...], place: ChangePlace) -> Below:
        return Below(place.way, self._old.of(*old), self._new.of(*new))

    def _fields(self, old: Shape, new: Shape, place: ChangePlace) -> Iterator[Change | Below]:
        is_request = place.side is ChangeSide.REQUEST
        olds, news = self._seen(old, self._old, is_request), self._seen(new, self._new, is_request)
        left = [name for name in olds if name not in news]
        fresh = [name for name in news if name not in olds]
        for name in left if self._tells(True, False) and not old.is_loose else ():
            if name in new.fields:
                yield turned_one_way(place.below(name))
                continue
            if is_request and new.values:
                # It may be sent all the same, as any other field.
                yield self._below(olds[name], new.values, place.below(name))
                continue
            renamed = self._renamed(olds[name], [(other, news[other]) for other in fresh], name)
            yield removed(place.below(name), renamed)
        for name in fresh if self._tells(False, True) and not new.is_loose else ():
            is_needed = name in new.required - old.required
            if is_request and old.values and name not in old.fields:
                yield self._below(old.values, news[name], place.below(name))
                if is_needed:
                    yield needed(place.below(name), True, "the field")
                continue
            yield added(place.below(name), required=is_needed)
        for name in sorted((old.required ^ new.required) - old.fields.keys() - new.fields.keys()):
            # Nothing describes it, and it has to be there all the same.
            if self._states(name in old.required, name in new.required):
                yield needed(place.below(name), name in new.required, "the field")
        for name in olds:
            if name in news:
                was, now = name in old.required, name in new.required
                if was != now and self._states(was, now):
                    yield needed(place.below(name), now, "the field")
                yield self._below(olds[name], news[name], place.below(name))

    def _seen(self, shape: Shape, shapes: Shapes, is_request: bool) -> Mapping[str, tuple[Schema, ...]]:
        """Return the fields of one side: what is read-only is not sent, what is write-only not answered."""
        return {
            name: some
            for name, some in shape.fields.items()
            if not (shapes.of(*some).is_read_only if is_request else shapes.of(*some).is_write_only)
        }

    def _renamed(self, old: tuple[Schema, ...], come: list[tuple[str, tuple[Schema, ...]]], name: str) -> str:
        """Return the name that a field perhaps has now: that of the only new one that means the same."""
        digest = self._old_digests.of(self._old.of(*old))
        alike = [other for other, new in come if self._new_digests.of(self._new.of(*new)) == digest]
        words = [other for other in alike if set(other.split("_")) & set(name.split("_"))]
        return (words or alike)[0] if len(words or alike) == 1 else ""

    def _unions(self, old: Shape, new: Shape, place: ChangePlace) -> Iterator[Change | Below]:
        yield from _default(old, new, place)
        olds, news = alternatives(old, self._old), alternatives(new, self._new)
        was, now = (any(map(is_any_value, some)) for some in (olds, news))
        if was or now:
            if was != now and self._states(not was, not now):
                yield _of_any_type(place, now, news if was else olds)
            return
        was, now = is_nullable(old, self._old), is_nullable(new, self._new)
        if was != now and self._states(was, now) and not (old.is_null_open or new.is_null_open):
            yield _null(place, now)
        if old.has_kinds != new.has_kinds:
            # That one document names the kinds of a component makes no new one: what they share is compared.
            olds, news = olds[:1] if old.has_kinds else olds, news[:1] if new.has_kinds else news
        by_old = {self._old_digests.of(one): one for one in olds}
        by_new = {self._new_digests.of(one): one for one in news}
        gone = [one for digest, one in by_old.items() if digest not in by_new]
        come = [one for digest, one in by_new.items() if digest not in by_old]
        pairs = dict(versions(gone, come, self._old, self._new))
        for left, right in pairs.items():
            yield Below(place.way, gone[left], come[right])
        gone = [one for left, one in enumerate(gone) if left not in pairs]
        come = [one for right, one in enumerate(come) if right not in pairs.values()]
        for one in gone if self._states(True, False) else ():
            yield _turned(
                place, "alternative-removed", narrows=True, old=named(one), new=None,
                text=f"one kind of value is gone: {named(one)}",
            )  # fmt: skip
        for one in come if self._states(False, True) else ():
            yield _turned(
                place, "alternative-added", narrows=False, old=None, new=named(one),
                text=f"there is one more kind of value: {named(one)}",
            )  # fmt: skip
        if not gone and not come:
            yield from _tags(old, new, place)


def _tags(old: Shape, new: Shape, place: ChangePlace) -> Iterator[Change]:
    """Yield how the field changed that tells which alternative a value is."""
    if not (old.tag and new.tag):
        return
    worst = Impact.SENDERS if place.side is ChangeSide.REQUEST else Impact.READERS
    if old.tag != new.tag:
        text = f"the field that tells the kind of value was {old.tag} and is {new.tag}"
        yield Change(place, "discriminator", worst, text, old.tag, new.tag)
    elif old.tags and new.tags and old.tags != new.tags:
        was, now = sorted(old.tags), sorted(new.tags)
        text = f"the kinds of value were called {', '.join(was)} and are called {', '.join(now)}"
        breaks = old.tags - new.tags if worst is Impact.SENDERS else new.tags - old.tags
        yield Change(place, "discriminator", worst if breaks else Impact.HARMLESS, text, was, now)


def _null(place: ChangePlace, now: bool) -> Change:
    text = "null is allowed now" if now else "null is no longer allowed"
    kind = "became-nullable" if now else "became-not-nullable"
    return _turned(place, kind, narrows=not now, old=not now, new=now, text=text)


def _closed(place: ChangePlace, now: bool) -> Change:
    text = "no longer allowed" if now else "allowed now"
    return _turned(
        place, "closed" if now else "opened", narrows=now, old=None, new=None,
        text=f"other fields than those listed are {text}", on_response=Impact.HARMLESS,
    )  # fmt: skip


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


def _of_any_type(place: ChangePlace, now: bool, others: Iterable[Shape]) -> Change:
    """Return that a value may be of any type now, or no longer."""
    some = _spoken(frozenset(word for one in others for word in one.types or ()))
    old, new = (some, "any") if now else ("any", some)
    text = f"the type was {old} and is {new}"
    return _turned(place, "type", narrows=not now, old=old, new=new, text=text)


def _types(old: Shape, new: Shape, place: ChangePlace) -> tuple[list[Change], bool]:
    """Return the changes of types, and whether the values have no type in common."""
    if old.types is None or new.types is None:
        return [_of_any_type(place, new.types is None, [new if old.types is None else old])], False
    was_null, now_null = "null" in old.types, "null" in new.types
    is_open = old.is_null_open or new.is_null_open
    changes = [_null(place, now_null)] if was_null != now_null and not is_open else []
    was_types, now_types = old.types - {"null"}, new.types - {"null"}
    more = {one for one in now_types - was_types if not (one == "integer" and "number" in was_types)}
    less = {one for one in was_types - now_types if not (one == "integer" and "number" in now_types)}
    widened = more | ({"number"} if "number" in now_types - was_types and "integer" in was_types else set())
    narrowed = less | ({"number"} if "number" in was_types - now_types else set())
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
    yield from _default(old, new, place)


def _default(old: Shape, new: Shape, place: ChangePlace) -> Iterator[Change]:
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


def _bound(value: float | None, is_lower: bool) -> str:
    """Return a bound in words; one that is itself excluded stands a little inside."""
    if value is None or value == round(value, 6):
        return _told(value)
    return f"{'more' if is_lower else 'less'} than {round(value, 6):g}"


def _numbers(old: Shape, new: Shape, place: ChangePlace) -> Iterator[Change]:
    for keyword in LIMITS:
        was, now = old.limits.get(keyword), new.limits.get(keyword)
        if was == now:
            continue
        is_lower = keyword.startswith("min")
        narrows = now is not None and (was is None or (now > was if is_lower else now < was))
        text = f"{keyword} was {_bound(was, is_lower)} and is {_bound(now, is_lower)}"
        yield _turned(place, keyword, narrows=narrows, old=was, new=now, text=text)
    if old.multiple != new.multiple:
        was, now = old.multiple, new.multiple
        narrows = now is not None and not _is_multiple(was, now)
        is_other = narrows and was is not None and not _is_multiple(now, was)
        yield _turned(
            place, "multipleOf", narrows=narrows, old=was, new=now,
            text=f"multipleOf was {_told(was)} and is {_told(now)}",
            on_response=Impact.READERS if is_other else None,
        )  # fmt: skip
    if old.is_unique != new.is_unique:
        text = "items must be unique now" if new.is_unique else "items need not be unique any more"
        yield _turned(place, "uniqueItems", narrows=new.is_unique, old=old.is_unique or None,
                      new=new.is_unique or None, text=text)  # fmt: skip


def _is_multiple(one: float | None, of: float | None) -> bool:
    return bool(one and of and one % of == 0)


def _others(old: Shape, new: Shape, place: ChangePlace) -> Iterator[Change]:
    """Yield the keywords that are another text than before, of which nobody can say what that means."""
    for keyword in OTHERS:
        was, now = old.others.get(keyword), new.others.get(keyword)
        if was != now:
            is_other = was is not None and now is not None
            yield _turned(
                place, keyword, narrows=now is not None, old=was, new=now,
                text=f"what {keyword} says is {'new' if was is None else 'other' if is_other else 'gone'}",
                on_response=Impact.READERS if is_other else None,
            )  # fmt: skip


def _texts(old: Shape, new: Shape, place: ChangePlace) -> Iterator[Change]:
    if old.pattern != new.pattern:
        was, now = old.written_pattern, new.written_pattern
        yield _turned(
            place, "pattern", narrows=new.pattern is not None, old=was, new=now,
            text=f"the pattern was {_told(was)} and is {_told(now)}", on_response=Impact.HARMLESS,
        )  # fmt: skip
    if old.format != new.format and not {old.format, new.format} <= _NUMBERS_ANYWAY:
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
