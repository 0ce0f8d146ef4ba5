"""Faults of the SignalWire mock: its interface, and what its faults share."""

from __future__ import annotations

import re

from roomproof.mocks.faults.admission import basic
from roomproof.mocks.faults.exchange import Api
from roomproof.mocks.signalwire import API_TOKEN, PROJECT_ID

API = Api("/api/video/rooms", {("PUT", True): "update-room"}, "", "id", basic(PROJECT_ID, API_TOKEN))
MOMENTS = ("join_from", "join_until", "remove_at")
TEXTS = ("display_name", "description")
SWITCHES = ("record_on_start", "enable_room_previews", "audio_video_sync")
NUMBERS = ("max_members", "remove_after_seconds_elapsed")
SETTINGS = (*TEXTS, *NUMBERS, "quality", *MOMENTS, "layout", *SWITCHES)
MOMENT = "2031-03-04T05:06:07Z"
SESSION = {
    "id": "3f1c2b4a-5d6e-4f70-8a9b-0c1d2e3f4a5b",
    "room_id": "b84d1f37-6c05-4e92-a1d8-3f7e9a2c5b60",
    "name": "mock-room",
    "display_name": "mock-room",
    "join_from": MOMENT,
    "join_until": MOMENT,
    "remove_at": MOMENT,
    "remove_after_seconds_elapsed": 3600,
    "layout": "grid-responsive",
    "max_members": 20,
    "fps": 20,
    "quality": "720p",
    "start_time": MOMENT,
    "end_time": MOMENT,
    "duration": 60,
    "status": "completed",
    "record_on_start": False,
    "enable_room_previews": False,
    "preview_url": "https://example.com/preview",
    "audio_video_sync": True,
}


def is_date(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch("[0-9-]{10}", value) is not None
