"""Faults of the CarrierX mock: its interface, and what its faults share."""

from __future__ import annotations

from itertools import count
from typing import Any

from roomproof.mocks.carrierx import PASSWORD, USERNAME
from roomproof.mocks.faults.admission import basic
from roomproof.mocks.faults.exchange import Api

Json = Any
API = Api(
    "/conference/v2/meeting_rooms",
    {("PATCH", True): "update-room", ("PUT", True): "replace-room"},
    "",
    "meeting_room_sid",
    basic(USERNAME, PASSWORD),
)
CODE = "access_codes.*.access_code"
ROLE = "access_codes.*.role"
MEMBERS = ("access_codes", "account_sid", "properties", "did_group_sid", "meeting_room_sid", "name")
FIXED = ("account_sid", "meeting_room_sid")
serial = count(900_000_000)


def fresh_code(_: Json) -> str:
    """A code that no room has: no two may have the same."""
    return str(next(serial))
