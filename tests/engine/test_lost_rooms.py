"""A request to make a room whose answer was lost is sent again under its id, and the room that it made is deleted."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from roomproof.engine.tidy import Tidying
from roomproof.engine.ward import Ward
from roomproof.interaction import Interaction, Request, Response, header
from roomproof.ledger.books import Books, Heading, headed, read_books
from roomproof.providers import find_contract, find_mock
from roomproof.targets.credentials import scheme_from
from roomproof.targets.target import Outgoing

Json = Any
AZURE = find_contract("azure")[0]
SCHEME = scheme_from(AZURE.credentials, find_mock("azure").environment)
KEY = "Repeatability-Request-ID"
CREATE = Outgoing("POST", "/rooms", {"api-version": "2025-03-13"}, (("Content-Type", "application/json"),), b'{"x":1}', SCHEME)
HEADING = Heading("2026-01-01T00:00:00+00:00", 1, "azure", "http://127.0.0.1:1", None)


class Remembering:
    """A provider that carries out a request once under each id; it loses the answers to the first ones, and may forget, or refuse."""

    base_url = "http://127.0.0.1:1"

    def __init__(self, *, loses: int = 1, carries_out: bool = True, status: int = 201) -> None:
        self.loses, self.carries_out, self.status = loses, carries_out, status
        self.rooms: dict[str, Json] = {}
        self.answers: dict[str, Json] = {}
        self.sent: list[Outgoing] = []

    def send(self, outgoing: Outgoing) -> Interaction:
        self.sent.append(outgoing)
        request, room_id = Request(outgoing.method, self.base_url + outgoing.path, outgoing.headers, outgoing.body), outgoing.path[7:]
        if outgoing.method == "DELETE":
            found = self.rooms.pop(room_id, None)
            return Interaction(request, Response(204 if found else 404))
        is_lost, self.loses = self.loses > 0, self.loses - 1
        if is_lost and not self.carries_out:
            return Interaction(request, None, failure="lost")
        key = header(outgoing.headers, KEY) or str(len(self.sent))
        if self.status < 300 and key not in self.answers:
            room = {"id": f"9{len(self.sent)}", "createdAt": datetime.now(UTC).isoformat()}
            self.rooms[room["id"]] = self.answers[key] = room
        body = json.dumps(self.answers.get(key, {})).encode()
        return Interaction(request, None if is_lost else Response(self.status, (), body), datetime.now(UTC), "lost" if is_lost else "")

    def close(self) -> None:
        pass


def tidied(provider: Remembering, books: Books, began: datetime | None = None) -> Tidying:
    tidying = Tidying(AZURE, SCHEME, Ward(provider, AZURE, books, None, ours=False, began=began), books, None, tries=1)
    tidying.everything()
    return tidying


def after_a_kill(entries: list[Json], **earlier: timedelta) -> Books:
    """The books as a cleanup reads them, the intents so much earlier."""
    for entry in entries:
        if "at" in entry and earlier:
            entry["at"] = (datetime.fromisoformat(entry["at"]) - timedelta(**earlier)).isoformat()  # type: ignore[arg-type]
    told = read_books("".join(json.dumps(entry) + "\n" for entry in (headed(HEADING), *entries)))
    assert told is not None
    return told[1]


@pytest.mark.parametrize("carries_out", [True, False])
def test_a_room_is_found_by_the_request_that_made_it(carries_out: bool) -> None:
    provider, entries = Remembering(carries_out=carries_out), list[Json]()
    Ward(provider, AZURE, Books(entries.append), None, ours=False).send(CREATE)

    tidying = tidied(provider, after_a_kill(entries))

    first, again = (outgoing for outgoing in provider.sent if outgoing.method == "POST")
    assert (again.body, again.query, dict(again.headers)) == (first.body, first.query, dict(first.headers))
    assert provider.rooms == {}
    assert tidying.remarks == []
    assert tidying.books.settled


def test_what_a_provider_has_forgotten_is_told_of() -> None:
    provider, entries = Remembering(), list[Json]()
    Ward(provider, AZURE, Books(entries.append), None, ours=False).send(CREATE)
    provider.answers.clear()
    left = list(provider.rooms)

    tidying = tidied(provider, after_a_kill(entries, days=2), datetime.now(UTC) - timedelta(days=2))

    assert list(provider.rooms) == left, "the room that was made by the repeat is gone again"
    assert "a room may have been left behind" in tidying.remarks[0]
    assert tidying.books.settled


@pytest.mark.parametrize("status", [401, 429, 503, 302])
def test_a_request_whose_repeat_nobody_looks_at_is_repeated_by_the_next_cleanup(status: int) -> None:
    provider, entries = Remembering(), list[Json]()
    Ward(provider, AZURE, Books(entries.append), None, ours=False).send(CREATE)
    books = after_a_kill(entries)

    provider.status = status
    tidying = tidied(provider, books)
    assert "a room may have been left behind" in tidying.remarks[0]
    assert not books.settled

    provider.status = 201
    tidied(provider, books)
    assert (provider.rooms, books.settled) == ({}, True)


@pytest.mark.parametrize(("earlier", "told"), [(timedelta(), False), (timedelta(days=2), True)])
def test_a_request_that_is_refused_made_nothing_as_long_as_the_provider_remembers(earlier: timedelta, told: bool) -> None:
    provider, entries = Remembering(status=400), list[Json]()
    Ward(provider, AZURE, Books(entries.append), None, ours=False).send(CREATE)
    tidying = tidied(provider, after_a_kill(entries, seconds=earlier.total_seconds()))
    assert bool(tidying.remarks) is told
    assert tidying.books.settled


def test_only_one_create_of_a_run_goes_without_an_id_and_none_has_that_of_another() -> None:
    provider = Remembering(loses=0)
    guard = Ward(provider, AZURE, Books(), None, ours=False)
    for _ in range(5):
        guard.send(CREATE)
    keys = [header(outgoing.headers, KEY) for outgoing in provider.sent]
    assert [key is None for key in keys] == [False, True, False, False, False]
    assert len(set(keys)) == 5


def test_a_provider_that_does_not_take_the_headers_is_asked_without_them() -> None:
    class Refusing(Remembering):
        def send(self, outgoing: Outgoing) -> Interaction:
            self.status = 201 if header(outgoing.headers, KEY) is None else 400
            return super().send(outgoing)

    provider = Refusing(loses=0)
    guard = Ward(provider, AZURE, Books(), None, ours=False)
    for _ in range(4):
        guard.send(CREATE)
    assert [header(outgoing.headers, KEY) is None for outgoing in provider.sent] == [False, True, True, True]
    assert len(provider.rooms) == 3


@pytest.mark.parametrize("outgoing", [
    replace(CREATE, headers=(*CREATE.headers, (KEY, "mine"))), replace(CREATE, body=b"x" * 200_000),
], ids=["with one of its own", "vast"])  # fmt: skip
def test_what_tells_something_by_its_headers_or_is_vast_is_sent_as_it_is(outgoing: Outgoing) -> None:
    provider = Remembering(loses=0)
    Ward(provider, AZURE, Books(), None, ours=False).send(outgoing)
    assert provider.sent == [outgoing]


class Listing:
    """A provider that answers whatever it is asked with one body."""

    base_url = "http://127.0.0.1:1"

    def __init__(self, body: bytes) -> None:
        self.body = body

    def send(self, outgoing: Outgoing) -> Interaction:
        return Interaction(Request(outgoing.method, self.base_url + outgoing.path), Response(200, (), self.body))

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
def test_only_an_empty_list_of_what_was_asked_for_says_that_no_room_was_made(body: bytes, is_told: bool) -> None:
    telnyx, books = find_contract("telnyx")[0], Books()
    books.intend("2026-01-01T00:00:00+00:00", "rp1")
    scheme = scheme_from(telnyx.credentials, find_mock("telnyx").environment)

    tidying = Tidying(telnyx, scheme, Ward(Listing(body), telnyx, books, None, ours=False), books, None, tries=1)
    tidying.everything()

    assert bool(tidying.remarks) is is_told


class Refusing(Listing):
    """A provider that shows the named room as it is now, and answers an update, or everything, with one status."""

    def __init__(self, status: int, *, everything: bool = False) -> None:
        super().__init__(b'{"data":{"id":"named","max_participants":7}}')
        self.status, self.everything = status, everything

    def send(self, outgoing: Outgoing) -> Interaction:
        interaction = super().send(outgoing)
        return replace(interaction, response=Response(self.status)) if self.everything or outgoing.method != "GET" else interaction


@pytest.mark.parametrize(
    ("provider", "is_done_with"),
    [
        (Refusing(401, everything=True), False),
        (Refusing(302, everything=True), False),
        (Refusing(500, everything=True), False),
        (Refusing(403), False),
        (Refusing(409), False),
        (Refusing(422), True),
        (Refusing(404, everything=True), True),
        (Listing(b'{"data":{"id":"of-somebody-else","max_participants":5}}'), False),
    ],
    ids=["no rights", "redirects", "broken", "no right to change", "in conflict", "not valid", "gone", "another room"],
)
def test_what_may_be_put_back_later_stays_to_be_done(provider: Listing, is_done_with: bool) -> None:
    telnyx, books = find_contract("telnyx")[0], Books()
    books.find({"max_participants": 5})
    scheme = scheme_from(telnyx.credentials, find_mock("telnyx").environment)

    tidying = Tidying(telnyx, scheme, Ward(provider, telnyx, books, "named", ours=False), books, "named", tries=1)
    tidying.everything()

    assert "named" in " ".join(tidying.remarks)
    assert books.settled is is_done_with


class Paging(Listing):
    """A provider of which the rooms are told on pages of ten."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(b"")
        self.names, self.deleted = names, list[str]()

    def send(self, outgoing: Outgoing) -> Interaction:
        if outgoing.method == "DELETE":
            self.deleted.append(outgoing.path)
        at = int(outgoing.query.get("offset", 0))
        items = [{"meeting_room_sid": str(number), "name": name} for number, name in enumerate(self.names)]
        self.body = json.dumps({"items": items[at : at + 10]}).encode()
        return super().send(outgoing)


@pytest.mark.parametrize("is_there", [True, False])
def test_a_lost_room_is_looked_for_on_every_page(is_there: bool) -> None:
    carrierx, books = find_contract("carrierx")[0], Books()
    books.intend("2026-01-01T00:00:00+00:00", "rp1")
    provider = Paging([*(f"room {number}" for number in range(33)), *(["rp1"] if is_there else [])])
    scheme = scheme_from(carrierx.credentials, find_mock("carrierx").environment)

    tidying = Tidying(carrierx, scheme, Ward(provider, carrierx, books, None, ours=False), books, None, tries=1)
    tidying.everything()

    assert provider.deleted == (["/meeting_rooms/33"] if is_there else [])
    assert (tidying.remarks, books.settled) == ([], True)
