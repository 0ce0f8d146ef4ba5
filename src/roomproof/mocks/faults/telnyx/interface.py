"""Faults of the Telnyx mock: its interface, and what its faults share."""

from __future__ import annotations

from itertools import count

from roomproof.mocks.faults.admission import bearer
from roomproof.mocks.faults.exchange import Api
from roomproof.mocks.telnyx import API_KEY

API = Api("/v2/rooms", {("PATCH", True): "update-room"}, "data", "id", bearer(API_KEY))
SETTINGS = (
    "unique_name",
    "max_participants",
    "enable_recording",
    "webhook_event_url",
    "webhook_event_failover_url",
    "webhook_timeout_secs",
)
URLS = ("webhook_event_url", "webhook_event_failover_url")
serial = count()


def fresh_name(_: object) -> str:
    """A name that no room has: no two may have the same."""
    return f"stand-in-{next(serial)}"
