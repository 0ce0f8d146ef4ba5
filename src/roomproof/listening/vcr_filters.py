"""Filters of the user's that change the body of a request before vcrpy keeps it. What they have taken out was
sent all the same, so the judge must not take it for left out.

A cassette does not tell what was taken out of it. The request of today does, since the filters are the same.
"""

from __future__ import annotations

import json
from copy import copy
from dataclasses import replace
from typing import Any

from roomproof.cassettes.entry import EntryError
from roomproof.cassettes.redaction import REDACTED
from roomproof.interaction import Interaction
from roomproof.listening.vcr_node import body_of

_ABSENT = object()


class Filters:
    """What the filters of one cassette change in bodies, by the method of the request, as far as it was
    seen.
    """

    def __init__(self, cassette: Any) -> None:
        self._filter = cassette.filter_request
        self._changed: dict[str, set[str]] = {}
        self._unreadable: set[str] = set()

    def note(self, request: Any) -> None:
        """See what the filters do to a request."""
        kept = self._filter(copy(request))
        if not kept:
            return
        try:
            sent, left = body_of(request.body), body_of(kept.body)
        except EntryError:
            return
        if sent == left:
            return
        before, after = _fields(sent), _fields(left)
        if before is None or after is None:
            self._unreadable.add(request.method)
            return
        names = {name for name in (*before, *after) if before.get(name, _ABSENT) != after.get(name, _ABSENT)}
        self._changed.setdefault(request.method, set()).update(names)

    def restored(self, recorded: Interaction) -> Interaction:
        """Return a recorded exchange with a placeholder for each field that a filter changes, without a body
        if none can be told apart in it.
        """
        request = recorded.request
        names, fields = self._changed.get(request.method, set()), _fields(request.body)
        if request.method in self._unreadable or (names and fields is None):
            return replace(recorded, request=replace(request, body=None))
        if not names or fields is None:
            return recorded
        body = json.dumps({**fields, **dict.fromkeys(sorted(names), REDACTED)}).encode()
        return replace(recorded, request=replace(request, body=body))


def _fields(body: bytes | None) -> dict[str, Any] | None:
    try:
        value = json.loads(body or b"")
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
