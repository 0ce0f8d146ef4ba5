"""Why a clause was not exercised: what the contract and the neighbours' evidence tell, and no more."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from roomproof.contract.model import Contract
from roomproof.interaction import Credentials, Interaction, Request, Response, RoomKnowledge
from roomproof.judge.judge import Judge
from roomproof.providers import find_contract
from roomproof.reports.unexercised import Coverage
from roomproof.verdict import Verdict, Verdicts

ROOM = "5e3b9c0e-2a3f-4a57-8f06-9d1c4f7ab210"
TYPED = "telnyx.update-room.response.data.sessions.items.id.type"
Json = Any


@pytest.fixture
def telnyx() -> Contract:
    return find_contract("telnyx")[0]


def heard(contract: Contract, *responses: tuple[int, Json]) -> Verdicts:
    """Return the verdicts after an update of one room was answered in some ways."""
    judge, verdicts = Judge(contract), Verdicts(contract)
    for status, body in responses:
        headers = (("Content-Type", "application/json"),)
        sent = Request(
            "PATCH",
            f"https://example.com/rooms/{ROOM}",
            headers,
            b'{"max_participants":7}',
            Credentials.VALID,
            RoomKnowledge.EXISTS,
        )
        content = b"" if body is None else json.dumps(body).encode()
        interaction = Interaction(sent, Response(status, headers, content), datetime(2030, 1, 1, tzinfo=UTC))
        for evidence in judge.see(interaction):
            verdicts.add(evidence, interaction)
    return verdicts


def whys(
    contract: Contract, *responses: tuple[int, Json], stopped: str = "", recordings: bool = False
) -> Mapping[str, str]:
    return Coverage(contract, heard(contract, *responses), stopped, recordings).whys()


def room(**fields: Json) -> Json:
    return {"data": {"id": ROOM, "max_participants": 7, **fields}}


def test_every_unexercised_clause_has_a_reason_and_no_other_clause_has_one(telnyx: Contract) -> None:
    verdicts = heard(telnyx, (200, room()))
    unexercised = {clause for clause, word in verdicts.verdicts().items() if word is Verdict.UNEXERCISED}
    told = Coverage(telnyx, verdicts).whys()
    assert set(told) == unexercised
    assert all(told.values())


def test_an_operation_of_which_nothing_came(telnyx: Contract) -> None:
    assert whys(telnyx)[TYPED] == "no request of update-room was sent"
    assert (
        whys(telnyx, stopped="--max-requests 1 reached")[TYPED]
        == "the run ended before update-room: --max-requests 1 reached"
    )
    assert whys(telnyx, recordings=True)[TYPED] == "the recordings hold no request of update-room"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (room(), "no response had data.sessions"),
        (room(sessions=[]), "data.sessions was empty in every response"),
        (room(sessions=[{}]), "no response had data.sessions.items.id"),
        (room(sessions=[{"id": None}]), "data.sessions.items.id was null in every response"),
        ({}, "no response had data"),
    ],
)
def test_the_outermost_thing_that_responses_lack_is_named(body: Json, why: str, telnyx: Contract) -> None:
    assert whys(telnyx, (200, body))[TYPED] == why


def test_a_status_that_never_came(telnyx: Contract) -> None:
    assert (
        whys(telnyx, (200, room()))["telnyx.update-room.response.404.status"]
        == "the provider never answered with status 404"
    )
    cut_short = whys(telnyx, (200, room()), stopped="interrupted")["telnyx.update-room.response.404.status"]
    assert cut_short == "the provider never answered with status 404 before the run ended early"


def test_a_case_that_had_no_turn_and_one_that_no_recording_holds(telnyx: Contract) -> None:
    clause = "telnyx.update-room.request.max_participants.maximum"
    assert (
        whys(telnyx, (200, room()), stopped="--max-requests 1 reached")[clause]
        == "the run ended before its turn: --max-requests 1 reached"
    )
    assert (
        whys(telnyx, (200, room()), recordings=True)[clause]
        == "no recorded request puts max_participants to this test"
    )
    wrong = "telnyx.update-room.behaviour.authentication.wrong-refused"
    assert (
        whys(telnyx, (200, room()), recordings=True)[wrong]
        == "no recorded request is known to have come with wrong credentials"
    )


def test_what_needs_another_room_or_other_credentials(telnyx: Contract) -> None:
    lonely = replace(telnyx, operations=telnyx.telling[-1:])
    told = whys(lonely, (200, room()))
    assert (
        told["telnyx.update-room.behaviour.unique_name.unique"]
        == "needs a second room, and no call makes one"
    )
    assert (
        told["telnyx.update-room.request.max_participants.default"]
        == "needs a new room, and no call makes one"
    )
    assert (
        whys(telnyx, (422, None))["telnyx.update-room.behaviour.max_participants.echo"]
        == "no value of max_participants was accepted"
    )

    scoped = find_contract("signalwire")[0]
    judge, verdicts = Judge(scoped), Verdicts(scoped)
    sent = Request("PUT", f"https://example.com/rooms/{ROOM}", (), b"{}", Credentials.MISSING)
    rejected = Interaction(sent, Response(401), datetime(2030, 1, 1, tzinfo=UTC))
    for evidence in judge.see(rejected):
        verdicts.add(evidence, rejected)
    why = Coverage(scoped, verdicts).whys()["signalwire.update-room.behaviour.authentication.scope-required"]
    assert why == "needs credentials without the scope: SIGNALWIRE_API_TOKEN_WITHOUT_SCOPE is not set"
