"""Sessions of the SignalWire mock: what goes on in a room, as `active_session` shows it.

Source: the document "Update a Room" and the vendor's specification, which list the same fields. Both still
call the one about sound and picture audio_video_sync (row S1).
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from roomproof.mocks.timestamps import DAY, SECOND, format_instant, now

_HOUR = 3600 * SECOND
_PREVIEWS = "https://mock-space.signalwire.com/api/video/room_sessions"
_NAMESPACE = uuid.UUID("0d9c8f3e-5a71-4b26-9c4d-6e1f2a3b4c5d")


def timestamp(instant: int) -> str:
    """Whole seconds and Z (row S11)."""
    return format_instant(instant, 0)


@dataclass(frozen=True)
class Session:
    """A session: it began at one instant, and has ended at another, or still goes on.

    `room` is what its room was like when it began. Its times are those that the tokens of its members say,
    which override the room's.
    """

    room: Mapping[str, object]
    began: int
    ended: int | None = None

    def shown(self) -> dict[str, object]:
        """The session as a response shows it at this moment."""
        room = self.room
        room_id = str(room["id"])
        session_id = str(uuid.uuid5(_NAMESPACE, room_id))
        until = now() if self.ended is None else self.ended
        fields = {
            "id": session_id,
            "room_id": room_id,
            "name": room["name"],
            "display_name": room["display_name"] or room["name"],
            "join_from": timestamp(self.began - _HOUR),
            "join_until": timestamp(self.began + DAY),
            "remove_at": timestamp(self.began + 2 * DAY),
            "remove_after_seconds_elapsed": 7200,
            "layout": room["layout"],
            "max_members": room["max_members"],
            "fps": room["fps"],
            "quality": room["quality"],
            "start_time": timestamp(self.began),
            "duration": (until - self.began) // SECOND,
            "status": "in-progress" if self.ended is None else "completed",
            "record_on_start": room["record_on_start"],
            "enable_room_previews": True,
            "preview_url": f"{_PREVIEWS}/{session_id}/preview",
            "audio_video_sync": True,
        }
        return fields if self.ended is None else {**fields, "end_time": timestamp(self.ended)}
