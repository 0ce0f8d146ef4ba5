"""A request to make a room whose response was lost is sent again under its id, and the room that it made is
deleted.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from roomproof.engine.account_guard import AccountGuard
from roomproof.engine.restore import Restorer
from roomproof.interaction import Interaction, Request, Response, header
from roomproof.journal.journal import Heading, Journal, headed, read_journal
from roomproof.providers import find_contract, find_mock
from roomproof.targets.credentials import scheme_from
from roomproof.targets.target import UnsentRequest

Json = Any
AZURE = find_contract("azure")[0]
SCHEME = scheme_from(AZURE.credentials, find_mock("azure").environment)
KEY = "Repeatability-Request-ID"
CREATE = UnsentRequest(
    "POST",
    "/rooms",
    {"api-version": "2025-03-13"},
    (("Content-Type", "application/json"),),
    b'{"x":1}',
    SCHEME,
)
HEADING = Heading("2026-01-01T00:00:00+00:00", 1, "azure", "http://127.0.0.1:1", None)


class Remembering:
    """A provider that carries out a request once under each id; it loses the responses to the first ones, and
    may forget, or reject.
    """

    base_url = "http://127.0.0.1:1"

    def __init__(self, *, loses: int = 1, accepts_repeats: bool = True, status: int = 201) -> None:
        self.loses, self.accepts_repeats, self.status = loses, accepts_repeats, status
        self.rooms: dict[str, Json] = {}
        self.responses: dict[str, Json] = {}
        self.sent: list[UnsentRequest] = []

    def send(self, unsent: UnsentRequest) -> Interaction:
        self.sent.append(unsent)
        request, room_id = (
            Request(unsent.method, self.base_url + unsent.path, unsent.headers, unsent.body),
            unsent.path[7:],
        )
        if unsent.method == "DELETE":
            found = self.rooms.pop(room_id, None)
            return Interaction(request, Response(204 if found else 404))
        is_lost, self.loses = self.loses > 0, self.loses - 1
        if is_lost and not self.accepts_repeats:
            return Interaction(request, None, failure="lost")
        key = header(unsent.headers, KEY) or str(len(self.sent))
        if self.status < 300 and key not in self.responses:
            room = {"id": f"9{len(self.sent)}", "createdAt": datetime.now(UTC).isoformat()}
            self.rooms[room["id"]] = self.responses[key] = room
        body = json.dumps(self.responses.get(key, {})).encode()
        return Interaction(
            request,
            None if is_lost else Response(self.status, (), body),
            datetime.now(UTC),
            "lost" if is_lost else "",
        )

    def close(self) -> None:
        pass


def restored(provider: Remembering, journal: Journal, began: datetime | None = None) -> Restorer:
    restorer = Restorer(
        AZURE,
        SCHEME,
        AccountGuard(provider, AZURE, journal, None, ours=False, began=began),
        journal,
        None,
        tries=1,
    )
    restorer.everything()
    return restorer


def after_a_kill(entries: list[Json], **earlier: timedelta) -> Journal:
    """The journal as a cleanup reads them, the intents so much earlier."""
    for entry in entries:
        if "at" in entry and earlier:
            entry["at"] = (datetime.fromisoformat(entry["at"]) - timedelta(**earlier)).isoformat()  # type: ignore[arg-type]
    told = read_journal("".join(json.dumps(entry) + "\n" for entry in (headed(HEADING), *entries)))
    assert told is not None
    return told[1]


@pytest.mark.parametrize("accepts_repeats", [True, False])
def test_a_room_is_found_by_the_request_that_made_it(accepts_repeats: bool) -> None:
    provider, entries = Remembering(accepts_repeats=accepts_repeats), list[Json]()
    AccountGuard(provider, AZURE, Journal(entries.append), None, ours=False).send(CREATE)

    restorer = restored(provider, after_a_kill(entries))

    first, again = (unsent for unsent in provider.sent if unsent.method == "POST")
    assert (again.body, again.query, dict(again.headers)) == (first.body, first.query, dict(first.headers))
    assert provider.rooms == {}
    assert restorer.remarks == []
    assert restorer.journal.settled


def test_what_a_provider_has_forgotten_is_told_of() -> None:
    provider, entries = Remembering(), list[Json]()
    AccountGuard(provider, AZURE, Journal(entries.append), None, ours=False).send(CREATE)
    provider.responses.clear()
    left = list(provider.rooms)

    restorer = restored(provider, after_a_kill(entries, days=2), datetime.now(UTC) - timedelta(days=2))

    assert list(provider.rooms) == left, "the room that was made by the repeat is gone again"
    assert "a room may have been left behind" in restorer.remarks[0]
    assert restorer.journal.settled


@pytest.mark.parametrize("status", [401, 429, 503, 302])
def test_a_request_whose_repeat_nobody_looks_at_is_repeated_by_the_next_cleanup(status: int) -> None:
    provider, entries = Remembering(), list[Json]()
    AccountGuard(provider, AZURE, Journal(entries.append), None, ours=False).send(CREATE)
    journal = after_a_kill(entries)

    provider.status = status
    restorer = restored(provider, journal)
    assert "a room may have been left behind" in restorer.remarks[0]
    assert not journal.settled

    provider.status = 201
    restored(provider, journal)
    assert (provider.rooms, journal.settled) == ({}, True)


@pytest.mark.parametrize(("earlier", "told"), [(timedelta(), False), (timedelta(days=2), True)])
def test_a_request_that_is_rejected_made_nothing_as_long_as_the_provider_remembers(
    earlier: timedelta, told: bool
) -> None:
    provider, entries = Remembering(status=400), list[Json]()
    AccountGuard(provider, AZURE, Journal(entries.append), None, ours=False).send(CREATE)
    restorer = restored(provider, after_a_kill(entries, seconds=earlier.total_seconds()))
    assert bool(restorer.remarks) is told
    assert restorer.journal.settled


def test_only_one_create_of_a_run_goes_without_an_id_and_none_has_that_of_another() -> None:
    provider = Remembering(loses=0)
    guard = AccountGuard(provider, AZURE, Journal(), None, ours=False)
    for _ in range(5):
        guard.send(CREATE)
    keys = [header(unsent.headers, KEY) for unsent in provider.sent]
    assert [key is None for key in keys] == [False, True, False, False, False]
    assert len(set(keys)) == 5


def test_a_provider_that_does_not_take_the_headers_is_asked_without_them() -> None:
    class Rejecting(Remembering):
        def send(self, unsent: UnsentRequest) -> Interaction:
            self.status = 201 if header(unsent.headers, KEY) is None else 400
            return super().send(unsent)

    provider = Rejecting(loses=0)
    guard = AccountGuard(provider, AZURE, Journal(), None, ours=False)
    for _ in range(4):
        guard.send(CREATE)
    assert [header(unsent.headers, KEY) is None for unsent in provider.sent] == [False, True, True, True]
    assert len(provider.rooms) == 3


@pytest.mark.parametrize("unsent", [
    replace(CREATE, headers=(*CREATE.headers, (KEY, "mine"))), replace(CREATE, body=b"x" * 200_000),
], ids=["with one of its own", "vast"])  # fmt: skip
def test_what_tells_something_by_its_headers_or_is_vast_is_sent_as_it_is(unsent: UnsentRequest) -> None:
    provider = Remembering(loses=0)
    AccountGuard(provider, AZURE, Journal(), None, ours=False).send(unsent)
    assert provider.sent == [unsent]


class Listing:
    """A provider that answers whatever it is asked with one body."""

    base_url = "http://127.0.0.1:1"

    def __init__(self, body: bytes) -> None:
        self.body = body

    def send(self, unsent: UnsentRequest) -> Interaction:
        return Interaction(Request(unsent.method, self.base_url + unsent.path), Response(200, (), self.body))

    def close(self) -> None:
        pass


@pytest.mark.parametrize(
    ("body", "is_told"),
    [
        (b'{"data":[]}', False),
        (b'{"data":[{"id":"1","unique_name":"of-somebody-else"}]}', True),
        (b'{"data":null}', True),
        (b"[]", True),
        (b"<html>", True),
    ],
    ids=["no room of the name", "a filter that is ignored", "null", "a list elsewhere", "no JSON"],
)
def test_only_an_empty_list_of_what_was_asked_for_says_that_no_room_was_made(
    body: bytes, is_told: bool
) -> None:
    telnyx, journal = find_contract("telnyx")[0], Journal()
    journal.intend("2026-01-01T00:00:00+00:00", "rp1")
    scheme = scheme_from(telnyx.credentials, find_mock("telnyx").environment)

    restorer = Restorer(
        telnyx, scheme, AccountGuard(Listing(body), telnyx, journal, None, ours=False), journal, None, tries=1
    )
    restorer.everything()

    assert bool(restorer.remarks) is is_told


class Rejecting(Listing):
    """A provider that shows the named room as it is now, and answers an update, or everything, with one
    status.
    """

    def __init__(self, status: int, *, everything: bool = False) -> None:
        super().__init__(b'{"data":{"id":"named","max_participants":7}}')
        self.status, self.everything = status, everything

    def send(self, unsent: UnsentRequest) -> Interaction:
        interaction = super().send(unsent)
        return (
            replace(interaction, response=Response(self.status))
            if self.everything or unsent.method != "GET"
            else interaction
        )


@pytest.mark.parametrize(
    ("provider", "is_done_with"),
    [
        (Rejecting(401, everything=True), False),
        (Rejecting(302, everything=True), False),
        (Rejecting(500, everything=True), False),
        (Rejecting(403), False),
        (Rejecting(409), False),
        (Rejecting(422), True),
        (Rejecting(404, everything=True), True),
        (Listing(b'{"data":{"id":"of-somebody-else","max_participants":5}}'), False),
    ],
    ids=[
        "no rights",
        "redirects",
        "broken",
        "no right to change",
        "in conflict",
        "not valid",
        "gone",
        "another room",
    ],
)
def test_what_may_be_put_back_later_stays_to_be_done(provider: Listing, is_done_with: bool) -> None:
    telnyx, journal = find_contract("telnyx")[0], Journal()
    journal.find({"max_participants": 5})
    scheme = scheme_from(telnyx.credentials, find_mock("telnyx").environment)

    restorer = Restorer(
        telnyx,
        scheme,
        AccountGuard(provider, telnyx, journal, "named", ours=False),
        journal,
        "named",
        tries=1,
    )
    restorer.everything()

    assert "named" in " ".join(restorer.remarks)
    assert journal.settled is is_done_with


class Paging(Listing):
    """A provider of which the rooms are told on pages of ten."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(b"")
        self.names, self.deleted = names, list[str]()

    def send(self, unsent: UnsentRequest) -> Interaction:
        if unsent.method == "DELETE":
            self.deleted.append(unsent.path)
        at = int(unsent.query.get("offset", 0))
        items = [{"meeting_room_sid": str(number), "name": name} for number, name in enumerate(self.names)]
        self.body = json.dumps({"items": items[at : at + 10]}).encode()
        return super().send(unsent)


@pytest.mark.parametrize("is_there", [True, False])
def test_a_lost_room_is_looked_for_on_every_page(is_there: bool) -> None:
    carrierx, journal = find_contract("carrierx")[0], Journal()
    journal.intend("2026-01-01T00:00:00+00:00", "rp1")
    provider = Paging([*(f"room {number}" for number in range(33)), *(["rp1"] if is_there else [])])
    scheme = scheme_from(carrierx.credentials, find_mock("carrierx").environment)

    restorer = Restorer(
        carrierx, scheme, AccountGuard(provider, carrierx, journal, None, ours=False), journal, None, tries=1
    )
    restorer.everything()

    assert provider.deleted == (["/meeting_rooms/33"] if is_there else [])
    assert (restorer.remarks, journal.settled) == ([], True)
