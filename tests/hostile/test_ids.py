"""Ids that a server gives lead to no other room: what some servers would read otherwise than the guard did is
never changed.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

Verify = Callable[..., Any]


@pytest.mark.parametrize(
    "room_id", ["mine/../victim", "victim/participants", "..\\victim", "victim\0", "%2e%2e"]
)
def test_an_id_that_leads_elsewhere_is_sent_no_change(room_id: str, verify: Verify) -> None:
    def renamed(call: Any) -> object:
        if call.method != "POST" or not call.content:
            return False
        room = call.json
        return (
            call.send(call.faithful(json.dumps({**room, "id": room_id}).encode())) if "id" in room else False
        )

    told = verify(renamed, "azure", max_requests=30)

    changing = {
        call.target.partition("?")[0] for call in told.server.calls if call.method not in ("GET", "POST")
    }
    assert [path for path in changing if "victim" in path or "%" in path] == []
    # An id that is no step of a path names no room at all.
    told_of = (
        "servers read the path in several ways",
        "a room may have been left behind, whose id nobody knows",
    )
    assert any(what in remark for remark in told.provider["remarks"] for what in told_of), told.provider[
        "remarks"
    ]
    assert told.passes, "what else was found out is told all the same"
