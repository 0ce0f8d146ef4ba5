"""A response may be judged while the next one is awaited; nobody can tell from what is asked of the
judging.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from roomproof.engine.judging import Judging
from roomproof.interaction import Credentials, Interaction, Request, Response, RoomKnowledge
from roomproof.judge.judge import Judge
from roomproof.providers import find_contract
from roomproof.verdict import Verdicts

ROOM = "0f8fad5b-d9cb-469f-a165-70867728950e"
SEATS = "telnyx.update-room.request.max_participants.maximum"
JSON = (("Content-Type", "application/json"),)


@pytest.fixture
def judging() -> Judging:
    contract, deviations = find_contract("telnyx")
    return Judging(Judge(contract), Verdicts(contract, deviations))


def response(seats: int) -> Interaction:
    """An update that the provider carries out, and a room with so many seats as the response."""
    sent, room = json.dumps({"max_participants": seats}).encode(), {"id": ROOM, "max_participants": seats}
    request = Request(
        "PATCH",
        f"https://api.example.com/v2/rooms/{ROOM}",
        JSON,
        sent,
        Credentials.VALID,
        RoomKnowledge.EXISTS,
    )
    return Interaction(request, Response(200, JSON, json.dumps({"data": room}).encode()))


def broken(judging: Judging) -> set[str]:
    return {finding.clause.id for finding in judging.verdicts.findings()}


def test_verdicts_hold_a_response_that_waits(judging: Judging) -> None:
    judging.see_later(response(99))
    assert SEATS in broken(judging)


def test_a_response_that_waits_is_judged_once(judging: Judging) -> None:
    judging.see_later(response(99))
    judging.catch_up()
    judging.catch_up()
    assert sum(judging.verdicts.records[SEATS].counts.values()) == 1


@pytest.mark.parametrize("last", ["see", "see_later"])
def test_responses_are_judged_in_their_order(last: str, judging: Judging) -> None:
    judging.see_later(response(10))
    getattr(judging, last)(response(20))
    assert judging.last_seen(ROOM)["max_participants"] == 20


def test_the_room_is_looked_at_when_it_is_asked_for(judging: Judging) -> None:
    room = judging.last_seen(ROOM)
    assert dict(room) == {}

    judging.see_later(response(10))
    known: dict[str, Any] = dict(room)
    assert (known["max_participants"], len(room)) == (10, len(known))
