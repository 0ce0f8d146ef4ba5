"""Whether recordings already show what a change of documents says, or still what was before it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import jsonschema_rs

from roomproof.contract.clause import ITEMS, VALUES
from roomproof.contract.formats import FORMATS
from roomproof.contract.model import path_pattern
from roomproof.derive.drift.change import Change, ChangeSide
from roomproof.derive.drift.stated import LIMITS
from roomproof.interaction import Interaction, header, media_type
from roomproof.judge.judged_interaction import NoJson, read_json, read_response

Json = Any
_NOT_THERE = object()
_GONE = (404, 405, 410)
_REJECTED = (400, 409, 422)
_MOST_VALUES = 200


@dataclass
class Sightings:
    """How often recordings show what was, and what is now, and the last time of each, None where it has
    none.
    """

    old: int = 0
    new: int = 0
    last_old: datetime | None = None
    last_new: datetime | None = None

    def note(self, *, is_new: bool, at: datetime | None) -> None:
        """Count an interaction."""
        if is_new:
            self.new += 1
            self.last_new = _later(self.last_new, at)
        else:
            self.old += 1
            self.last_old = _later(self.last_old, at)


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max(filter(None, (one, other)), default=None)


class Traffic:
    """Looks at interactions for what a change is about; what was sent or answered in a form that both
    versions allow tells nothing.
    """

    def __init__(self, change: Change) -> None:
        self.change = change
        self.sightings = Sightings()

    def note(self, interaction: Interaction) -> None:
        """Count an interaction if it shows what was, or what is now."""
        place = self.change.place
        if interaction.response is None or interaction.request.method != place.method:
            return
        if self._pattern.search(interaction.request.path):
            for is_new in {one for one in self._shown(interaction) if one is not None}:
                self.sightings.note(is_new=is_new, at=interaction.at)

    @cached_property
    def _pattern(self) -> Any:
        return path_pattern(self.change.place.shown_path or self.change.place.path)[0]

    @cached_property
    def _validators(self) -> list[Any]:
        schemas = (_schema(self.change.kind, value) for value in (self.change.old, self.change.new))
        try:
            return [None if one is None else jsonschema_rs.Draft202012Validator(one) for one in schemas]
        except ValueError:  # A document may have a pattern or a type that is none: nothing fits it, or all.
            return [None, None]

    def _shown(self, interaction: Interaction) -> Iterator[bool | None]:
        """Yield True for what is now, False for what was, None for neither."""
        place, response = self.change.place, interaction.response
        assert response is not None
        if place.side is ChangeSide.OPERATION:
            yield from self._of_operation(response.status)
        elif place.side is ChangeSide.REQUEST:
            accepted = 200 <= response.status < 300
            if accepted or response.status in _REJECTED:
                for fits_new in self._told(self._values(interaction), is_sent=True):
                    yield fits_new if accepted else not fits_new
        elif self.change.kind == "status":
            if _is_of(response.status, place.status):
                yield self.change.new is True
        elif _is_of(response.status, place.status):
            yield from self._told(self._values(interaction), is_sent=False)

    def _of_operation(self, status: int) -> Iterator[bool | None]:
        if self.change.kind in ("removed", "added") and (status in _GONE or 200 <= status < 300):
            yield (status in _GONE) is (self.change.kind == "removed")

    def _values(self, interaction: Interaction) -> list[Json]:
        """Return the values at the place of the change, _NOT_THERE for each object that has none."""
        place, request, response = self.change.place, interaction.request, interaction.response
        assert response is not None
        is_request = place.side is ChangeSide.REQUEST
        if self.change.kind.startswith("media-type"):
            return [media_type(request.headers if is_request else response.headers)]
        if place.carrier == "query":
            return [_read(request.query.get(place.label, _NOT_THERE))]
        if place.carrier == "header":
            headers = request.headers if is_request else response.headers
            return [_NOT_THERE if (text := header(headers, place.label)) is None else _read(text)]
        if place.carrier != "body":
            return []
        body = read_json(request.body) if is_request else read_response(response.body)
        if body is NoJson.ABSENT and not place.way:
            return [_NOT_THERE]
        return [] if isinstance(body, NoJson) else _at(body, place.way)[:_MOST_VALUES]

    def _told(self, values: list[Json], *, is_sent: bool) -> Iterator[bool | None]:
        """Yield whether each value fits what is now and not what was (True), or the other way round."""
        kind = self.change.kind
        for value in values:
            is_there = value is not _NOT_THERE
            if kind in ("removed", "added", "body-removed", "body-added"):
                if not is_sent or is_there:
                    yield is_there is kind.endswith("added") if not is_sent else kind.endswith("added")
                elif self.change.impact.is_breaking and kind == "added":
                    yield False
            elif kind in ("became-required", "became-optional"):
                if not is_there:
                    yield kind == "became-optional"
            elif kind.startswith("media-type"):
                if value == kind.partition(" ")[2]:
                    yield self.change.new is not None
            elif is_there:
                yield self._judged(value)

    def _judged(self, value: Json) -> bool | None:
        if self.change.kind in ("became-nullable", "became-not-nullable"):
            return None if value is not None else self.change.kind == "became-nullable"
        if self.change.kind == "format":
            fits = [_has_format(told, value) for told in (self.change.old, self.change.new)]
        elif self._validators == [None, None]:
            return None
        else:
            fits = [one is None or one.is_valid(value) for one in self._validators]
        return None if fits[0] == fits[1] else fits[1]


def _schema(kind: str, value: object) -> dict[str, Any] | None:
    """Return the schema of a value of a change, None where there is none to hold others against."""
    if value is None:
        return None
    if kind in (*LIMITS, "multipleOf", "pattern", "uniqueItems"):
        return {kind: value}
    if kind == "type" and isinstance(value, list):
        return {"type": [*value, "null"]}
    if kind.startswith(("value-", "enum-")) and isinstance(value, list):
        return {"enum": [*map(json.loads, value), None]}
    return None


def _has_format(name: object, value: Json) -> bool:
    predicate = FORMATS.get(str(name))
    return predicate is None or not isinstance(value, str) or predicate(value)


def _is_of(status: int, documented: str) -> bool:
    return documented in (str(status), f"{status // 100}XX", "default")


def _at(value: Json, way: tuple[str, ...]) -> list[Json]:
    if not way:
        return [value]
    step, *rest = way
    if step == ITEMS:
        return [one for item in value for one in _at(item, tuple(rest))] if isinstance(value, list) else []
    if not isinstance(value, dict):
        return []
    if step == VALUES:
        return [one for item in value.values() for one in _at(item, tuple(rest))]
    if step not in value:
        return [] if rest else [_NOT_THERE]
    return _at(value[step], tuple(rest))


def _read(text: Json) -> Json:
    """Return a parameter's text as the JSON value that it spells, else as text."""
    if not isinstance(text, str):
        return text
    try:
        read = json.loads(text)
    except ValueError:
        return text
    return read if isinstance(read, bool | int | float) else text
