"""Only rooms that a run made, or that it was given, are changed: also where an id that it made up is that of
a stranger's room.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from roomproof.contract.model import Contract
from roomproof.contract.resource import Effect
from roomproof.engine.account_guard import AccountGuard, ForeignRoomError
from roomproof.engine.run import Options, Result, Run, Subject
from roomproof.interaction import Interaction, Request, Response
from roomproof.journal.journal import Journal
from roomproof.providers import find_contract, find_mock, find_special
from roomproof.targets.credentials import scheme_from, unscoped_from
from roomproof.targets.http import HttpTarget
from roomproof.targets.target import UnsentRequest

PROVIDERS = ["azure", "carrierx", "signalwire", "telnyx"]
CONTRACT = find_contract("telnyx")[0]
Serve = Callable[[ASGIApp], AbstractContextManager[str]]


@dataclass
class Watched:
    """A mock that notes the changes of rooms: method, id, status. To `claim` is to say of every room that
    there is one. `called` are the names of those that were made, by which some providers find them, too.
    """

    app: ASGIApp
    claims: bool = False
    changes: list[tuple[str, str, int]] = field(default_factory=list)
    made: set[str] = field(default_factory=set)
    called: set[str] = field(default_factory=set)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        status, found = 0, re.search("rooms/([^/]+)", scope["path"])
        room_id = found[1] if found else scope["path"].rpartition("/")[2]

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                if self.claims and scope["method"] == "GET" and status == 404:
                    message = {**message, "status": 200}
            elif scope["method"] == "POST" and status < 300 and "/actions/" not in scope["path"]:
                room = json.loads(message["body"])
                room = room.get("data", room)
                self.made.add(room.get("id") or room["meeting_room_sid"])
                self.called.add(str(room.get("name", "")))
            await send(message)

        await self.app(scope, receive, noted)
        if scope["method"] not in ("GET", "POST"):
            self.changes.append((scope["method"], room_id, status))


def run_against(
    provider: str, app: ASGIApp, serve: Serve, contract: Contract | None = None, **options: Any
) -> Result:
    mock = find_mock(provider)
    known, deviations = find_contract(provider)
    scheme = scheme_from(known.credentials, mock.environment)
    unscoped = unscoped_from(known.credentials, scheme, mock.environment)
    with serve(app) as origin:
        target = HttpTarget(origin + mock.prefix)
        subject = Subject(
            contract or known, deviations, find_special(provider), target, scheme, unscoped, mock.room_id
        )
        return Run(subject, Options(**{"max_examples": 20, **options}), lambda *_: None).verify()


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_run_changes_its_own_rooms_only(provider: str, serve: Serve) -> None:
    app = Watched(find_mock(provider).build())
    result = run_against(provider, app, serve, max_examples=14)

    own = {*app.made, find_mock(provider).room_id}
    to_unknown_room = [status for _, room_id, status in app.changes if room_id not in own]
    assert to_unknown_room, "requests to rooms that do not exist are part of a run"
    assert all(400 <= status < 500 for status in to_unknown_room)
    deleted = {room_id for method, room_id, status in app.changes if method == "DELETE" and status < 300}
    assert deleted == app.made
    assert result.left_behind == ()
    assert not [remark for remark in result.remarks if "not sent" in remark]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_made_up_id_that_a_stranger_has_gets_no_request(provider: str, serve: Serve) -> None:
    app = Watched(find_mock(provider).build(), claims=True)
    result = run_against(provider, app, serve, max_examples=0)

    own = {*app.made, *app.called, find_mock(provider).room_id}
    assert {room_id for _, room_id, _ in app.changes} <= own
    assert [remark for remark in result.remarks if "requests were not sent" in remark]
    # Whoever reads a room that is not there breaks such a clause: this provider says of each that it is.
    changing = {one.id for one in find_contract(provider)[0].operations if one.method != "GET"}
    unknown = [
        clause
        for clause in result.verdicts.verdicts()
        if ".behaviour." in clause and "unknown-refused" in clause and clause.split(".")[1] in changing
    ]
    # What proves such a clause all the same is a room of the run's own, after its deletion.
    assert {result.verdicts.verdicts()[clause] for clause in unknown} <= {"inconclusive", "pass"}


def test_without_a_way_to_look_only_ids_count_that_no_room_has(serve: Serve) -> None:
    operations = tuple(one for one in CONTRACT.operations if one.effect is not Effect.READ)
    app = Watched(find_mock("telnyx").build())
    run_against("telnyx", app, serve, replace(CONTRACT, operations=operations), max_examples=0)

    strange = {room_id for _, room_id, _ in app.changes} - {*app.made, find_mock("telnyx").room_id}
    assert strange
    assert {len(room_id) for room_id in strange} == {36}, "UUIDs drawn at random, and no text like '0'"


class Answering:
    """A target that answers everything with one status, or with what it is told to say of rooms."""

    base_url = "http://127.0.0.1:1"

    def __init__(self, status: int, body: bytes = b"{}") -> None:
        self.status, self.body = status, body
        self.sent: list[UnsentRequest] = []

    def send(self, unsent: UnsentRequest) -> Interaction:
        self.sent.append(unsent)
        response = Response(self.status, (), self.body) if self.status else None
        return Interaction(Request(unsent.method, self.base_url + unsent.path), response)

    def close(self) -> None:
        pass


def account_guard(
    status: int, body: bytes = b"{}", *, ours: bool = False
) -> tuple[AccountGuard, Answering, Journal]:
    target, journal = Answering(status, body), Journal()
    return AccountGuard(target, CONTRACT, journal, "named", ours=ours), target, journal


def look_of(target: Answering) -> Callable[[str], Interaction]:
    return lambda room_id: target.send(UnsentRequest("GET", f"/rooms/{room_id}"))


@pytest.mark.parametrize("unsent", [
    UnsentRequest("PATCH", "/rooms/strange"), UnsentRequest("DELETE", "/rooms/strange"),
    UnsentRequest("DELETE", "/rooms/named"),
    UnsentRequest("PUT", "/rooms/named"), UnsentRequest("PATCH", "/rooms/.."), UnsentRequest("POST",
    "/rooms/named/actions"),
])  # fmt: skip
def test_what_was_not_asked_about_is_never_sent(unsent: UnsentRequest) -> None:
    guard, target, _ = account_guard(200)
    with pytest.raises(ForeignRoomError):
        guard.send(unsent)
    assert target.sent == []


@pytest.mark.parametrize(("status", "may"), [(404, True), (400, True), (422, True), (410, True), (200, False),
    (401, False), (403, False),
                                             (405, False), (429, False), (500, False), (0,
                                             False)])  # fmt: skip
def test_only_a_response_that_there_is_no_such_room_lets_a_request_out(status: int, may: bool) -> None:
    guard, target, _ = account_guard(status)
    unsent = UnsentRequest("PATCH", "/rooms/strange")
    assert (guard.objection(unsent, look_of(target)) == "") is may
    assert [one.method for one in target.sent] == ["GET"]


def test_what_the_run_made_it_may_change_and_delete() -> None:
    guard, target, journal = account_guard(201, b'{"data": {"id": "mine"}}')
    guard.meet([], whole=True)
    guard.send(UnsentRequest("POST", "/rooms"))
    assert list(journal.rooms) == ["mine"]
    guard.send(UnsentRequest("PATCH", "/rooms/mine"))
    target.status = 204
    guard.send(UnsentRequest("DELETE", "/rooms/mine"))
    assert journal.settled


def test_a_provider_that_gives_a_new_room_the_id_of_the_named_one_does_not_get_it_deleted() -> None:
    guard, _, journal = account_guard(201, b'{"data": {"id": "named"}}')
    guard.send(UnsentRequest("POST", "/rooms"))
    assert list(journal.rooms) == []
    with pytest.raises(ForeignRoomError):
        guard.send(UnsentRequest("DELETE", "/rooms/named"))


def test_a_room_that_an_update_of_nobody_makes_is_the_runs_own() -> None:
    guard, target, journal = account_guard(404)
    unsent = UnsentRequest("PATCH", "/rooms/nobody")
    assert guard.objection(unsent, look_of(target)) == ""
    target.status = 200
    guard.send(unsent)
    assert list(journal.rooms) == ["nobody"]


@pytest.mark.parametrize(
    ("status", "lost"),
    [(0, True), (500, True), (502, True), (201, True), (503, False), (429, False), (422, False)],
)
def test_a_request_to_make_a_room_is_lost_where_nobody_knows_what_came_of_it(status: int, lost: bool) -> None:
    guard, _, journal = account_guard(status)
    guard.send(UnsentRequest("POST", "/rooms", mark="a name"))
    assert [intent.mark for intent in journal.lost.values()] == (["a name"] if lost else [])


def test_everything_on_a_server_of_our_own_is_our_own() -> None:
    guard, target, _ = account_guard(200, ours=True)
    unsent = UnsentRequest("PATCH", "/rooms/strange")
    assert guard.objection(unsent, look_of(target)) == ""
    guard.send(unsent)
    assert [one.method for one in target.sent] == ["PATCH"]


@pytest.mark.parametrize(
    ("method", "path"),
    [("PUT", "/rooms"), ("PATCH", "/rooms"), ("DELETE", "/rooms"), ("DELETE", "/rooms/somebodys")],
)
def test_only_a_post_makes_a_room_and_what_changes_one_names_it(method: str, path: str) -> None:
    telnyx = find_contract("telnyx")[0]
    others = tuple(
        replace(one, method=method, path=path)
        for one in telnyx.operations
        if one.effect in (Effect.CREATE, Effect.LIST)
    )
    guard = AccountGuard(
        Answering(200, b"{}"), replace(telnyx, operations=others), Journal(), "named", ours=False
    )
    with pytest.raises(ForeignRoomError):
        guard.send(UnsentRequest(method, path))
