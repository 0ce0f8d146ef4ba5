"""A stream that is listened to: what overlaps or comes after a pause proves less, and what one stream has
learned stays its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from roomproof import Interaction, Request, Response
from roomproof.judge.evidence import Outcome
from roomproof.listening.contracts import known_contracts
from roomproof.listening.stream import Flight, Listening

ROOM = "5e3b9c0e-2a3f-4a57-8f06-9d1c4f7ab210"
NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
STATUS, ECHO, UNCHANGED = (
    "telnyx.update-room.response.200.status",
    "telnyx.update-room.behaviour.max_participants.echo",
    "telnyx.update-room.behaviour.unique_name.unchanged",
)


def update(name: str, at: datetime | None = NOON, url: str = "https://api.telnyx.com/v2") -> Interaction:
    """An update of the number of participants; the response shows the room's name, which nobody changes."""
    body = b'{"data": {"id": "%s", "unique_name": "%s", "max_participants": 7}}' % (
        ROOM.encode(),
        name.encode(),
    )
    request = Request(
        "PATCH", f"{url}/rooms/{ROOM}", (("content-type", "application/json"),), b'{"max_participants": 7}'
    )
    return Interaction(request, Response(200, (("content-type", "application/json"),), body), at)


@pytest.fixture
def listening() -> Listening:
    return Listening(known_contracts((), "telnyx"), "telnyx")


def outcomes(listening: Listening, clause: str) -> dict[Outcome, int]:
    """What was seen of a clause."""
    record = listening.hearing_of("telnyx").verdicts.records.get(clause)
    return dict(record.counts) if record else {}


def test_a_name_that_changes_by_itself_breaks_its_clause(listening: Listening) -> None:
    listening.hear(update("Blue"))
    listening.hear(update("Red", NOON + timedelta(seconds=1)))

    assert outcomes(listening, UNCHANGED) == {Outcome.WARN: 1}


@pytest.mark.parametrize("later", [timedelta(minutes=6), timedelta(days=-1)], ids=["after a pause", "before"])
def test_after_a_pause_somebody_else_may_have_changed_it(listening: Listening, later: timedelta) -> None:
    listening.hear(update("Blue"))
    listening.hear(update("Red", NOON + later))

    assert outcomes(listening, UNCHANGED) == {}
    assert outcomes(listening, STATUS) == {Outcome.PASS: 2}


def test_without_times_only_what_lies_in_one_place_belongs_together(listening: Listening) -> None:
    listening.hear(update("Blue", None), part="one")
    listening.hear(update("Red", None), part="other")
    assert outcomes(listening, UNCHANGED) == {}

    listening.hear(update("Blue", None), part="other")
    assert outcomes(listening, UNCHANGED) == {Outcome.WARN: 1}


@pytest.mark.parametrize(
    ("methods", "proves"), [(("PATCH", "PATCH"), False), (("PATCH", "GET"), False), (("GET", "GET"), True)]
)
def test_calls_under_way_together_disturb_each_other_if_one_writes(
    listening: Listening,
    methods: tuple[str, str],
    proves: bool,
) -> None:
    flights: list[Flight] = []
    apart(lambda: flights.append(listening.start(methods[0])))
    flights.append(listening.start(methods[1]))

    assert [flight.alone for flight in flights] == [proves, proves]
    listening.hear(update("Blue"), flights[0])
    assert outcomes(listening, ECHO) == ({Outcome.PASS: 1} if proves else {})
    assert outcomes(listening, STATUS) == {Outcome.PASS: 1}, (
        "what a response shows by itself nobody can disturb"
    )


def test_a_call_that_its_sender_has_given_up_disturbs_nobody(listening: Listening) -> None:
    async def send() -> list[Flight]:
        return [listening.start("PATCH"), listening.start("PATCH")]

    lost, flight = asyncio.run(send())
    assert flight.alone
    listening.hear(update("Blue"), flight)
    assert outcomes(listening, ECHO) == {Outcome.PASS: 1}
    assert lost.given_up


def test_a_call_that_only_seems_given_up_is_known_when_it_is_answered(listening: Listening) -> None:
    first, second = listening.start("PATCH"), listening.start("PATCH")
    listening.hear(update("Blue"), first)
    listening.hear(update("Blue"), second)

    assert outcomes(listening, ECHO) == {}


def test_a_call_that_nobody_holds_any_more_is_over(listening: Listening) -> None:
    apart(lambda: listening.start("PATCH"))

    assert listening.start("PATCH").alone


def apart(do: Callable[[], object]) -> None:
    """Do something in another task."""

    async def doing() -> None:
        do()

    asyncio.run(doing())


def test_a_request_to_another_provider_is_left_to_it(listening: Listening) -> None:
    foreign = Request("PATCH", f"https://api.carrierx.com/core/v2/rooms/{ROOM}", (), b"{}")

    assert listening.learn(Interaction(foreign, Response(200), NOON)) is None
    assert listening.learn(update("Blue", url="http://127.0.0.1:1/gateway")) is not None


def test_without_a_provider_the_place_says_whose_a_request_is() -> None:
    listening = Listening(known_contracts((), None), None)
    listening.hear(update("Blue", url="http://127.0.0.1:1"), place=Path("cassettes/one.yaml"))
    assert list(listening.heard) == []

    listening.hear(update("Blue", url="http://127.0.0.1:1"), place=Path("cassettes/telnyx/one.yaml"))
    assert list(listening.heard) == ["telnyx"]
