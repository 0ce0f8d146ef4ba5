"""A create may answer with a room that it has not made: then the run keeps its hands off it, says so, and
goes on without it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from roomproof.contract.model import Contract
from roomproof.contract.resource import Effect
from roomproof.engine.account_guard import AccountGuard, ForeignRoomError
from roomproof.engine.request_line import required_query
from roomproof.engine.run import Options, Result, Run, Subject
from roomproof.interaction import Interaction, Request, Response
from roomproof.journal.journal import Journal
from roomproof.providers import find_contract, find_mock, find_special
from roomproof.targets.credentials import scheme_from
from roomproof.targets.http import HttpTarget
from roomproof.targets.target import UnsentRequest

Json = Any
PROVIDERS = ["azure", "carrierx", "signalwire", "telnyx"]
TELNYX, AZURE = (find_contract(name)[0] for name in ("telnyx", "azure"))
ROOM = replace(TELNYX.room, created=None)
BARE = replace(
    TELNYX,
    resources=(ROOM,),
    operations=tuple(
        replace(one, resource=ROOM)
        for one in TELNYX.operations
        if one.is_documented or one.effect is Effect.CREATE
    ),
)
"""A contract by which neither a list nor a time tells which rooms are new."""
NOW = datetime.now(UTC)


class Creating:
    """A target that answers each create with the next of some rooms, and everything else with an empty
    object; dated unless told not.
    """

    base_url = "http://127.0.0.1:1"

    def __init__(self, rooms: list[Json], date: datetime | None = NOW) -> None:
        self.rooms = list(rooms)
        self.headers = (("Date", format_datetime(date, usegmt=True)),) if date else ()
        self.sent: list[UnsentRequest] = []

    def send(self, unsent: UnsentRequest) -> Interaction:
        self.sent.append(unsent)
        room = self.rooms.pop(0) if unsent.method == "POST" else {}
        response = Response(201, self.headers, json.dumps({"data": room, **room}).encode())
        return Interaction(Request(unsent.method, self.base_url + unsent.path), response, NOW)

    def close(self) -> None:
        pass


def made_of(
    *rooms: Json,
    contract: Contract = TELNYX,
    date: datetime | None = NOW,
    there: tuple[str, ...] = (),
    whole: bool = False,
) -> tuple[AccountGuard, Journal]:
    """The account guard and the journal of a run that was answered with these rooms, one a create, when it
    had seen that some are `there`.
    """
    journal = Journal()
    guard = AccountGuard(Creating(list(rooms), date), contract, journal, "named", ours=False, began=NOW)
    guard.meet(there, whole=whole)
    for number in range(len(rooms)):
        name = f"rp0123456789{number}"
        guard.send(
            UnsentRequest("POST", "/rooms", body=json.dumps({"unique_name": name}).encode(), mark=name)
        )
    return guard, journal


def text(moment: datetime) -> str:
    return moment.isoformat()


@pytest.mark.parametrize("room", [
    {"id": "there"}, {"id": "THERE"}, {"id": "named"}, {"id": "Named"}, {"id": "1",
    "created_at": text(NOW - timedelta(days=400))},
    {"id": "1", "created_at": text(NOW - timedelta(minutes=30))}, {"id": "1", "unique_name": "Board room"},
], ids=["listed", "listed in capitals", "named", "named in capitals", "years old", "older than the run",
"another name"])  # fmt: skip
def test_a_room_that_was_there_before_is_nobodys_to_touch(room: Json) -> None:
    guard, journal = made_of(room, there=("there",))

    assert journal.settled
    assert room["id"] in guard.foreign
    for method in ("PATCH", "DELETE") if room["id"] != "named" else ("DELETE",):
        with pytest.raises(ForeignRoomError):
            guard.send(UnsentRequest(method, f"/rooms/{room['id']}"))


@pytest.mark.parametrize("room", [
    {"id": "1"}, {"id": 17}, {"id": "1", "unique_name": " RP01234567890\n"}, {"id": "1",
    "unique_name": "rp-0123456789-0"},
    {"id": "1", "unique_name": "rp012345"}, {"id": "1", "unique_name": "rp01234567890 (2)"}, {"id": "1",
    "unique_name": None},
    {"id": "1", "unique_name": ""}, {"id": "1", "created_at": text(NOW)}, {"id": "1",
    "created_at": "yesterday"},
    {"id": "1", "created_at": text(NOW - timedelta(minutes=4))}, {"id": "1",
    "created_at": text(NOW + timedelta(days=2))},
])  # fmt: skip
def test_a_provider_that_tidies_names_or_whose_clock_is_off_makes_rooms_all_the_same(room: Json) -> None:
    guard, journal = made_of(room, whole=True)
    assert list(journal.rooms) == [str(room["id"])]
    assert guard.foreign == {}


@pytest.mark.parametrize(("room", "is_shown"), [
    ({"id": "1"}, False), ({"id": "1", "unique_name": ""}, False), ({"id": "1",
    "unique_name": "rp01234567890"}, True),
    ({"id": "1", "created_at": text(NOW)}, True),
])  # fmt: skip
def test_where_the_rooms_that_are_there_could_not_be_listed_something_else_has_to_show_that_one_is_new(
    room: Json, is_shown: bool
) -> None:
    _, journal = made_of(room)
    assert list(journal.rooms) == (["1"] if is_shown else [])


@pytest.mark.parametrize("off", [timedelta(minutes=-45), timedelta(hours=-20), timedelta(hours=20)])
def test_a_clock_that_is_off_by_far_counts_by_the_date_of_the_same_response(off: timedelta) -> None:
    _, fresh = made_of({"id": "1", "created_at": text(NOW + off)}, date=NOW + off)
    _, old = made_of({"id": "1", "created_at": text(NOW + off - timedelta(hours=2))}, date=NOW + off)
    assert (list(fresh.rooms), list(old.rooms)) == (["1"], [])


def test_a_response_that_is_as_old_as_its_room_shows_no_clock() -> None:
    _, journal = made_of(
        {"id": "1", "created_at": text(NOW - timedelta(days=700))}, date=NOW - timedelta(days=700)
    )
    assert list(journal.rooms) == []


def test_without_a_date_a_clock_may_be_off_by_more() -> None:
    _, fresh = made_of({"id": "1", "created_at": text(NOW - timedelta(minutes=40))}, date=None)
    _, old = made_of({"id": "1", "created_at": text(NOW - timedelta(hours=3))}, date=None)
    assert (list(fresh.rooms), list(old.rooms)) == (["1"], [])


def test_where_only_a_name_speaks_for_a_room_a_second_create_that_shows_it_speaks_against_it() -> None:
    guard, journal = made_of(
        {"id": "1", "unique_name": "rp01234567890"},
        {"id": "1", "unique_name": "rp01234567891"},
        contract=BARE,
    )
    assert journal.settled
    with pytest.raises(ForeignRoomError):
        guard.send(UnsentRequest("PATCH", "/rooms/1"))


def test_a_room_that_is_new_for_sure_stays_the_runs_own_whatever_is_answered_later() -> None:
    guard, journal = made_of({"id": "1", "created_at": text(NOW)}, {"id": "1", "created_at": text(NOW)})
    assert list(journal.rooms) == ["1"]
    guard.send(UnsentRequest("PATCH", "/rooms/1"))


def test_an_id_is_given_again_when_its_room_is_gone() -> None:
    fresh = {"id": "1", "created_at": text(NOW)}
    journal = Journal()
    guard = AccountGuard(Creating([fresh, fresh]), TELNYX, journal, "named", ours=False)
    for method, path in (("POST", "/rooms"), ("DELETE", "/rooms/1"), ("POST", "/rooms")):
        guard.send(UnsentRequest(method, path))
    assert list(journal.rooms) == ["1"]


@pytest.mark.parametrize(
    "room_id", ["", ".", "..", "../named", "a/../../named", "..\\named", None, True, {"id": "1"}, ["1"]]
)
def test_an_id_that_is_none_or_leads_elsewhere_is_never_put_into_a_path(room_id: Json) -> None:
    _, journal = made_of({"id": room_id})
    assert list(journal.rooms) == []
    assert len(journal.lost) == 1, "a room may be there all the same"


@pytest.mark.parametrize("room_id", ["2" * 2000, "a b", "a/b", "line\nbreak", "\x1b[31m", "<script>", "ü"])
def test_an_odd_id_is_an_id(room_id: str) -> None:
    assert list(made_of({"id": room_id}, whole=True)[1].rooms) == [room_id]


@pytest.mark.parametrize(
    "shown", [{"id": "victim"}, {"id": "nobody", "created_at": text(NOW - timedelta(days=9))}]
)
def test_an_update_of_nobody_that_is_answered_with_somebodys_room_makes_it_nobodys_to_delete(
    shown: Json,
) -> None:
    class Falling(Creating):
        def send(self, unsent: UnsentRequest) -> Interaction:
            status = 404 if unsent.method == "GET" else 200
            response = Response(status, self.headers, json.dumps({"data": shown}).encode())
            return Interaction(Request(unsent.method, self.base_url + unsent.path), response, NOW)

    target, journal = Falling([]), Journal()
    guard = AccountGuard(target, TELNYX, journal, "named", ours=False)
    update = UnsentRequest("PATCH", "/rooms/nobody")
    assert (
        guard.objection(update, lambda room_id: target.send(UnsentRequest("GET", f"/rooms/{room_id}"))) == ""
    )
    guard.send(update)

    assert journal.settled
    with pytest.raises(ForeignRoomError):
        guard.send(UnsentRequest("DELETE", "/rooms/nobody"))


@dataclass
class Idempotent:
    """A mock whose create, once it is `armed`, answers with the room that is there already; it notes what
    becomes of that.
    """

    app: ASGIApp
    armed: bool = False
    victim: Json = None
    touched: list[str] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        room = (self.victim or {}).get("data", self.victim) or {}
        room_id = str(room.get("id") or room.get("meeting_room_sid"))
        if scope["method"] not in ("GET", "HEAD") and room_id in scope["path"]:
            self.touched.append(scope["method"])
        if not self.armed or scope["method"] != "POST":
            await self.app(scope, receive, send)
            return
        body = json.dumps(self.victim).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 201, "headers": headers})
        await send({"type": "http.response.body", "body": body})


Serve = Callable[[ASGIApp], AbstractContextManager[str]]


def verified(
    provider: str, serve: Serve, fields: Mapping[str, Json], **options: Any
) -> tuple[Result, Idempotent]:
    """Verify a provider whose account holds a room of somebody else's, with which every create is
    answered.
    """
    mock, (contract, deviations) = find_mock(provider), find_contract(provider)
    scheme = scheme_from(contract.credentials, mock.environment)
    app = Idempotent(mock.build())
    with serve(app) as origin:
        target = HttpTarget(origin + mock.prefix)
        assert contract.creating is not None
        path, query = contract.creating.path, required_query(contract.creating)
        made = HttpTarget(target.base_url).send(
            UnsentRequest(
                "POST",
                path,
                query,
                (("Content-Type", "application/json"),),
                json.dumps(fields).encode(),
                scheme,
            )
        )
        assert made.response is not None
        app.victim, app.armed = json.loads(made.response.body), True
        subject = Subject(contract, deviations, find_special(provider), target, scheme, None, mock.room_id)
        result = Run(
            subject, Options(**{"max_examples": 0, "max_requests": 80, **options}), lambda *_: None
        ).verify()
    return result, app


def test_a_run_with_a_named_room_goes_on_in_that_one(serve: Serve) -> None:
    result, app = verified("carrierx", serve, {"name": "boardroom"})

    assert app.touched == []
    assert any("may be somebody else's" in remark for remark in result.remarks)
    assert result.stopped == "--max-requests 80 reached"
    assert result.left_behind == ()


@pytest.mark.parametrize(
    ("provider", "fields"),
    [("azure", {}), ("signalwire", {"name": "boardroom"}), ("telnyx", {"unique_name": "boardroom"})],
)
def test_a_run_that_has_no_room_of_its_own_for_sure_ends_and_says_why(
    provider: str, fields: Json, serve: Serve
) -> None:
    result, app = verified(provider, serve, fields)

    assert app.touched == []
    assert "each create was answered with a room that may be somebody else's" in result.stopped
    assert "there was such a room before" in result.stopped
    broken = {finding.clause.id for finding in result.verdicts.findings()}
    assert [clause for clause in broken if clause.endswith("-room.behaviour.id.server-generated")]


class Gone(Creating):
    """A target on which nothing is there when it is to be deleted; the first deletion may be lost."""

    is_first_lost = False

    def send(self, unsent: UnsentRequest) -> Interaction:
        interaction = super().send(unsent)
        if unsent.method != "DELETE":
            return interaction
        is_lost = self.is_first_lost and sum(sent.method == "DELETE" for sent in self.sent) == 1
        return replace(interaction, response=None if is_lost else Response(404))


@pytest.mark.parametrize("is_first_lost", [False, True])
def test_a_room_that_was_never_there_is_told_of_unless_its_deletion_was_lost(is_first_lost: bool) -> None:
    target = Gone([{"id": "of-no-room"}])
    target.is_first_lost = is_first_lost
    guard = AccountGuard(target, TELNYX, Journal(), "named", ours=False)
    guard.meet([], whole=True)
    guard.send(UnsentRequest("POST", "/rooms", body=b'{"unique_name":"rp01234567890"}', mark="rp01234567890"))
    for _ in range(2):
        guard.send(UnsentRequest("DELETE", "/rooms/of-no-room"))
    assert ("of-no-room" in " ".join(guard.remarks)) is not is_first_lost
