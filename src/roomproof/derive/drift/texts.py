"""Values that are sent as text: in a path, a query, a header or a form.

A number, or a truth value, is a text there too, and one value is a list of one (OpenAPI 3.1, Style Values).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from roomproof.derive.drift.alternatives import says_types_only
from roomproof.derive.drift.change import Change, ChangePlace, ChangeSide, Impact
from roomproof.derive.drift.shape import Shape

_SCALARS = frozenset(("boolean", "integer", "number", "string"))


def as_text(change: Change, old: Shape, new: Shape) -> Change:
    """Return a change of type of what is sent as text: to any text, or in a response from it, nobody notices
    it.
    """
    narrow, wide = (old, new) if change.place.side is ChangeSide.REQUEST else (new, old)
    is_any_text = says_types_only(wide) and wide.types is not None and wide.types - {"null"} == {"string"}
    is_harmless = change.kind == "type" and is_any_text and _is_scalar(narrow)
    return replace(change, impact=Impact.HARMLESS) if is_harmless else change


def is_list_of_one(old: Shape, new: Shape, place: ChangePlace) -> bool:
    """Whether a list may be sent where one value was: that value is a list, too."""
    is_list = new.types is not None and new.types - {"null"} == {"array"}
    return place.side is ChangeSide.REQUEST and is_list and _is_scalar(old)


def into_list(new: Shape, changes: list[Change]) -> Iterator[Change]:
    """Yield the changes to a list; it is the type of its items that may be another one."""
    for change in changes:
        yield replace(change, impact=Impact.HARMLESS) if change.kind == "type" else change
        least = new.limits.get("minItems", 0)
        if change.kind == "type" and least > 1:
            text = f"minItems was not stated and is {least:g}"
            yield Change(change.place, "minItems", Impact.SENDERS, text, None, least)


def _is_scalar(shape: Shape) -> bool:
    types = (shape.types or frozenset()) - {"null"}
    return bool(types) and types <= _SCALARS
