"""How the CarrierX mock lists its meeting rooms: which of them, in which order, which page.

The names of the parameters and of the envelope's fields are those that clients use; their form is that of the
provider's other list operations: a filter is conditions joined by `and`, an order a field and a direction.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from starlette.requests import Request

from roomproof.mocks.rules import unfit
from roomproof.mocks.wire import query_integer

USUAL, MOST = 10, 1_000
"""Rooms on a page, where the request says nothing of it, and at most."""
_FARTHEST = 9_999_999_999
_TEXTS = ("account_sid", "did_group_sid", "meeting_room_sid", "name")
"""The fields by which rooms are filtered and ordered: those that are no lists and no objects."""
_CONDITION = re.compile(r"""(\w+) (eq|ne) ("[^"]*"|'[^']*'|[^\s"']+)""", re.ASCII)

Rooms = Sequence[Mapping[str, object]]


def page(request: Request, rooms: Rooms) -> dict[str, object]:
    """Return what a list shows of the rooms that there are: by default in the order in which they were
    made.
    """
    limit = query_integer(request, "limit", USUAL, 1, MOST)
    offset = query_integer(request, "offset", 0, 0, _FARTHEST)
    chosen = _ordered(request, _filtered(request, rooms))
    items = list(chosen[offset : offset + limit])
    return {"items": items, "count": len(items), "total": len(chosen), "offset": offset, "limit": limit}


def _filtered(request: Request, rooms: Rooms) -> Rooms:
    text = request.query_params.get("filter")
    if text is None:
        return rooms
    conditions = []
    rest = text
    while True:
        found = _CONDITION.match(rest)
        if found is None or found[1] not in _TEXTS:
            raise unfit('must be conditions such as name eq "value", joined by and', "filter")
        conditions.append((found[1], found[2] == "eq", found[3].strip("\"'")))
        rest = rest[found.end() :]
        if not rest:
            break
        if not rest.startswith(" and "):
            raise unfit("knows no word but and between conditions", "filter")
        rest = rest.removeprefix(" and ")
    return [
        room for room in rooms if all((room[name] == value) is equal for name, equal, value in conditions)
    ]


def _ordered(request: Request, rooms: Rooms) -> Rooms:
    text = request.query_params.get("order")
    if text is None:
        return rooms
    name, _, direction = text.partition(" ")
    if name not in _TEXTS or direction not in ("", "asc", "desc"):
        raise unfit("must be a field, and asc or desc after it", "order")
    return sorted(rooms, key=lambda room: str(room[name] or ""), reverse=direction == "desc")
