"""The named room ends as it was found: what cannot be put back is not changed where another room serves, else
it is said why.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

import pytest
from starlette.types import ASGIApp

from roomproof.contract.model import Contract
from roomproof.engine.run import Options, Result, Run, Subject
from roomproof.engine.settable import fields_in, told, unrestorable
from roomproof.interaction import Interaction, Request, Response
from roomproof.providers import find_contract, find_mock, find_special
from roomproof.targets.credentials import scheme_from
from roomproof.targets.http import HttpTarget
from roomproof.targets.target import UnsentRequest
from roomproof.verdict import Verdict

MOCK = find_mock("telnyx")
ROOM = str(MOCK.room_id)
Run_ = Callable[..., tuple[Result, dict[str, Any], dict[str, Any], list[str]]]


@pytest.fixture
def run(serve: Callable[[ASGIApp], AbstractContextManager[str]]) -> Run_:
    """Verify a mock of the user's, and return the result, the named room before and after, and what the run
    said at once.
    """

    def verify(
        contract: Contract | None = None, **options: Any
    ) -> tuple[Result, dict[str, Any], dict[str, Any], list[str]]:
        known, deviations = find_contract("telnyx")
        scheme = scheme_from(known.credentials, MOCK.environment)
        told: list[str] = []
        with serve(MOCK.build()) as origin:
            target = HttpTarget(origin + MOCK.prefix)

            def room() -> dict[str, Any]:
                response = (
                    HttpTarget(target.base_url)
                    .send(UnsentRequest("GET", f"/rooms/{ROOM}", scheme=scheme))
                    .response
                )
                found: dict[str, Any] = json.loads(response.body if response else b"")["data"]
                return found

            before = room()
            subject = Subject(
                contract or known,
                deviations,
                find_special("telnyx"),
                target,
                scheme,
                None,
                ROOM,
                tell=told.append,
            )
            result = Run(subject, Options(**{"max_examples": 5, **options}), lambda *_: None).verify()
            return result, before, room(), told

    return verify


def without(*operations: str) -> Contract:
    """The contract without some operations, by their ids."""
    contract = find_contract("telnyx")[0]
    return replace(contract, operations=tuple(one for one in contract.operations if one.id not in operations))


def test_what_cannot_be_put_back_is_not_changed_where_the_run_has_rooms_of_its_own(run: Run_) -> None:
    result, before, after, told = run()
    assert before["webhook_event_url"] is None
    assert {name: value or None for name, value in after.items() if name != "updated_at"} == {
        name: value or None for name, value in before.items() if name != "updated_at"
    }
    assert (result.remarks, result.left_behind, told) == ((), (), [])
    verdicts = result.verdicts.verdicts()
    assert verdicts["telnyx.update-room.behaviour.webhook_event_url.echo"] is Verdict.PASS
    assert verdicts["telnyx.update-room.behaviour.unique_name.unique"] is Verdict.PASS


def test_the_named_room_is_told_what_can_be_put_back(run: Run_) -> None:
    _, before, after, _ = run()
    assert after["updated_at"] > before["updated_at"]


def test_the_named_room_is_left_alone_where_rooms_that_are_made_stay(run: Run_) -> None:
    result, before, after, told = run(without("delete-room"), max_examples=0)
    assert after["webhook_event_url"] is before["webhook_event_url"] is None
    assert after["max_participants"] == before["max_participants"]
    assert (told, bool(result.left_behind)) == ([], True)


def test_where_only_the_named_room_serves_it_is_said_before_and_why_after(run: Run_) -> None:
    result, _, after, told = run(without("create-room"), max_examples=0)
    assert after["webhook_event_url"] is not None
    assert told == [
        f"room {ROOM} may not end as it was found: the contract allows no request with webhook_event_url=null"
    ]
    assert (
        f"room {ROOM} is not as it was found: the provider rejected webhook_event_url=null (status 422)"
        in result.remarks
    )


def test_a_value_that_the_contract_does_not_allow_cannot_be_put_back() -> None:
    contract = find_contract("telnyx")[0]
    found = {
        "unique_name": None,
        "webhook_timeout_secs": None,
        "webhook_event_url": None,
        "max_participants": 64,
        "enable_recording": True,
    }
    assert unrestorable(contract, found) == {"webhook_event_url": None, "max_participants": 64}


def test_of_a_list_in_a_room_a_remark_tells_no_more_than_that_it_is_one() -> None:
    assert told([{"access_code": "481516", "role": "guest"}]) == "a list"
    assert told({"pin": "481516"}) == "an object"
    assert told(None) == "null"


@pytest.mark.parametrize(
    ("room", "is_it"),
    [
        ({"id": "0ccc7b54", "max_participants": 3}, True),
        ({"id": "0CCC7B54", "max_participants": 3}, True),
        ({"id": "another", "unique_name": "0ccc7b54", "max_participants": 3}, True),
        ({"max_participants": 3}, True),
        ({"id": "another", "max_participants": 3}, False),
    ],
    ids=["its id", "in another case", "its name", "no id", "another room"],
)
def test_what_a_read_shows_of_another_room_is_not_put_into_the_named_one(
    room: dict[str, Any], is_it: bool
) -> None:
    response = Response(200, (), json.dumps({"data": room}).encode())
    found = fields_in(find_contract("telnyx")[0], Interaction(Request("GET", ""), response), "0ccc7b54")
    assert (found is not None and found["max_participants"] == 3) is is_it
