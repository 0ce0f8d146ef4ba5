"""In which order the times of a body lie, which no schema says: one that begins is rarely after one that
ends.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from roomproof.derive.draft.schemas import Schema

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_LATE = re.compile(r"end(s|ed|ing)?|until|till?|to|due|exp|(expir|clos|finish|stop|remov|delet)[a-z]*")
"""Words in the names of fields that say when something is over."""


def unsettled_order(fields: Mapping[str, Schema]) -> Schema:
    """Return what a body says of the order of its times (`x-unsettled-order`); empty with fewer than two.

    A server may reject a meeting that ends before it starts, whatever its specification says of that.
    """
    times = [name for name, field in fields.items() if _is_time(field)]
    if len(times) < 2:
        return {}
    members = sorted(times, key=_is_late)
    reason = "no keyword says in which order the times may lie"
    return {"x-unsettled-order": {"reason": reason, "members": members}}


def _is_time(field: Mapping[str, Any]) -> bool:
    return field.get("format") in ("date-time", "date") and not field.get("readOnly")


def _is_late(name: str) -> bool:
    return any(_LATE.fullmatch(word.lower()) for word in _WORD.findall(name))
