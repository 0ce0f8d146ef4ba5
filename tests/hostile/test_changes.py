"""Servers that change under the run's feet: responses in the wrong order, clocks that differ, rooms that
vanish, faults that come and go.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

Verify = Callable[..., Any]
MANY = 50
HOUR = 3600 * 10**9


def broken(call: Any) -> Any:
    """Answer with a field of the wrong type."""
    return call.send(
        call.faithful(re.sub(rb'"enable_recording":(true|false)', b'"enable_recording":"no"', call.content))
    )


def test_a_server_that_becomes_correct_half_way(verify: Verify) -> None:
    """What was wrong once was wrong: no later response takes a finding back."""
    told = verify(lambda call: broken(call) if call.number < 40 else False)
    assert "response.data.enable_recording.type" in told.fails


def test_a_server_that_breaks_half_way(verify: Verify) -> None:
    told = verify(lambda call: broken(call) if call.number > 70 else False)

    assert "response.data.enable_recording.type" in told.fails
    assert told.passes >= MANY


def test_a_server_that_crashes_half_way_and_stays_away(verify: Verify) -> None:
    told = verify(lambda call: call.close() if call.number > 70 else False)

    assert (told.code, told.fails) == (3, set())
    assert "stopped answering: the connection was closed without a response" in told.provider["stopped"]
    assert told.passes >= MANY - 20
    assert len(told.server.calls) < 100


def test_responses_in_the_wrong_order(verify: Verify) -> None:
    """Every response is that to the request before: findings, since so is what a client gets, and an end."""
    before: list[bytes] = []

    def response(call: Any) -> None:
        before.append(call.faithful())
        call.send(before[-2 if len(before) > 20 else -1])

    told = verify(response)
    assert told.code == 1
    assert told.unanswered == {}


@pytest.mark.parametrize("hours", [-7, 7])
@pytest.mark.parametrize("provider", ["azure", "telnyx"])
def test_a_clock_that_is_hours_off(
    provider: str, hours: int, verify: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The provider's clock is its own affair, as long as it goes by it everywhere."""
    clock = {"azure": "azure", "telnyx": "telnyx_sessions"}[provider]
    monkeypatch.setattr(f"roomproof.mocks.{clock}.now", lambda: time.time_ns() + hours * HOUR)

    def response(call: Any) -> None:
        date = format_datetime(datetime.now(UTC) + timedelta(hours=hours), usegmt=True)
        call.send(call.faithful(None, f"Date: {date}"))

    told = verify(response, provider, max_requests=300)
    assert told.fails == set()
    assert told.passes >= MANY


@pytest.mark.parametrize("provider", ["azure", "telnyx"])
def test_a_room_that_vanishes(provider: str, verify: Verify) -> None:
    """Somebody deletes the rooms: a valid request is rejected with 404, and no other clause is blamed for
    it.
    """
    gone = (
        b'{"errors":[{"code":"10005","title":"Not found"}]}'
        if provider == "telnyx"
        else b'{"error":{"code":"NotFound","message":"x"}}'
    )

    def response(call: Any) -> Any:
        # What answers a deletion has no body, and so no media type.
        typed = any(name.lower() == "content-type" for name, _ in call.response_headers)
        extra = () if typed else ("Content-Type: application/json",)
        return (
            call.send(call.faithful(gone, *extra, status=404))
            if call.number > 80 and "/rooms/" in call.target
            else False
        )

    told = verify(response, provider, max_requests=130)
    assert [clause for clause in told.fails if not clause.endswith(".status")] == []
    assert told.passes >= MANY - 20
