"""Which room an id names: in the recording of somebody else one room may have two spellings, and one text may
stand for many rooms.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from roomproof.interaction import Request
from roomproof.judge.judged_interaction import is_second_hand
from roomproof.judge.placeholder import is_placeholder, names_one_value

_HEXADECIMAL = re.compile(
    r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}|(?=[0-9A-Fa-f]*[A-Fa-f])[0-9A-Fa-f]{16,}"
)
_MOST = 1_000
"""So many placeholders are remembered; of more none is taken for a room."""


def room_key(request: Request, room_id: str) -> str | None:
    """Return what is equal for two spellings of one id, None for a text that may stand for any room.

    Of a UUID, or another long hexadecimal number, the case makes no difference (RFC 9562, 4). Of what
    roomproof itself has sent every letter counts.
    """
    if not room_id or not is_second_hand(request):
        return room_id or None
    if is_placeholder(room_id):
        return room_id if names_one_value(room_id) else None
    return room_id.lower() if _HEXADECIMAL.fullmatch(room_id) else room_id


@dataclass
class Identities:
    """Remembers which placeholders stood for a room, and which of them for several."""

    _one: set[str] = field(default_factory=set)
    _several: set[str] = field(default_factory=set)
    _plain: bool = False

    def key(self, request: Request, room_id: str) -> str | None:
        """Return what the room of an id is kept under, None where nobody can say which room it is."""
        key = room_key(request, room_id)
        return None if key in self._several else key

    def note(self, request: Request, key: str) -> None:
        """Take note of the key of a room that was shown."""
        if not is_second_hand(request) or not is_placeholder(key):
            self._plain = True
        elif len(self._one) < _MOST:
            self._one.add(key)
        else:
            self._several.add(key)

    def part(self, key: str) -> None:
        """Take note that a placeholder stands for more than one room."""
        self._several.add(key)

    def may_be_another(self, request: Request, room_id: str) -> bool:
        """Whether the room of an id may be one that is known under another: the one has its id, the other a
        placeholder.
        """
        if not is_second_hand(request):
            return False
        return self._plain if is_placeholder(room_id) else bool(self._one)
