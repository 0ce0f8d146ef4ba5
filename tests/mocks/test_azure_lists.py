"""The lists of the Azure mock: pages, who is invited to a room, and lists that are late."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest
from urllib3 import BaseHTTPResponse

from roomproof.mocks import Mock
from roomproof.mocks.azure import MOCK
from roomproof.mocks.azure_pages import PAGE_SIZE

Send = Callable[..., BaseHTTPResponse]
Page = dict[str, Any]

VERSION = "api-version=2025-03-13"
MERGE_PATCH = {"Content-Type": "application/merge-patch+json"}
LATE = 0.4


@pytest.fixture
def send(connect: Callable[[Mock], Send]) -> Send:
    return connect(MOCK)


@pytest.fixture
def late(connect: Callable[[Mock], Send]) -> Send:
    build_late = MOCK.build_late
    assert build_late is not None
    return connect(replace(MOCK, build=lambda: build_late(LATE)))


def made(send: Send, document: object = {}) -> str:
    return str(send("POST", f"/rooms?{VERSION}", document).json()["id"])


def user(number: int) -> str:
    return f"8:acs:db75ed0c-e801-41a3-99a4-66a0a119a06c_00000010-ce28-064a-83fe-{number:012}"


def invite(send: Send, room_id: str, document: object) -> BaseHTTPResponse:
    return send("PATCH", f"/rooms/{room_id}/participants?{VERSION}", document, headers=MERGE_PATCH)


def first(send: Send, path: str) -> Page:
    page: Page = send("GET", f"{path}?{VERSION}").json()
    return page


def behind(send: Send, page: Page) -> Page:
    parts = urlsplit(page["nextLink"])
    assert (parts.scheme, parts.hostname) == ("http", "127.0.0.1")
    found: Page = send("GET", f"{parts.path}?{parts.query}").json()
    return found


def pages(send: Send, path: str) -> Iterator[Page]:
    page = first(send, path)
    yield page
    while "nextLink" in page:
        page = behind(send, page)
        yield page


def ids(page: Page, key: str = "id") -> list[str]:
    return [entry[key] for entry in page["value"]]


def roles(send: Send, room_id: str) -> dict[str, str]:
    found = pages(send, f"/rooms/{room_id}/participants")
    return {one["rawId"]: one["role"] for page in found for one in page["value"]}


def test_rooms_are_listed_page_after_page_the_newest_first(send: Send) -> None:
    rooms = [made(send) for _ in range(PAGE_SIZE + 1)]

    found = list(pages(send, "/rooms"))

    assert [len(page["value"]) for page in found] == [PAGE_SIZE, 1]
    assert [room_id for page in found for room_id in ids(page)] == rooms[::-1]


def test_a_page_that_is_just_full_has_no_link(send: Send) -> None:
    for _ in range(PAGE_SIZE):
        made(send)

    assert [len(page["value"]) for page in pages(send, "/rooms")] == [PAGE_SIZE]


def test_a_listed_room_is_what_a_read_shows(send: Send) -> None:
    room_id = made(send, {"pstnDialOutEnabled": True})

    assert first(send, "/rooms") == {"value": [send("GET", f"/rooms/{room_id}?{VERSION}").json()]}


def test_pages_follow_one_another_whatever_comes_and_goes(send: Send) -> None:
    rooms = [made(send) for _ in range(PAGE_SIZE + 3)]
    page = first(send, "/rooms")
    made(send)
    for room_id in (rooms[0], rooms[3], rooms[-1]):
        send("DELETE", f"/rooms/{room_id}?{VERSION}")

    assert ids(behind(send, page)) == [rooms[2], rooms[1]]


@pytest.mark.parametrize("cursor", ["", "x", "-1", "1.5", "12345678901", "\u0663"])
def test_what_no_link_has_leads_to_no_page(send: Send, cursor: str) -> None:
    room_id = made(send)
    for path in ("/rooms", f"/rooms/{room_id}/participants"):
        response = send("GET", f"{path}?{VERSION}&continuationToken={cursor}")

        assert response.status == 400
        assert response.json()["error"]["code"] == response.headers["x-ms-error-code"] == "BadRequest"


def test_participants_are_listed_page_after_page_in_the_order_of_their_invitation(send: Send) -> None:
    room_id = made(send, {"participants": {user(number): {} for number in range(25)}})
    invite(send, room_id, {"participants": {user(number): {"role": "Presenter"} for number in range(24, 45)}})

    found = list(pages(send, f"/rooms/{room_id}/participants"))

    assert [len(page["value"]) for page in found] == [20, 20, 5]
    assert [one for page in found for one in ids(page, "rawId")] == [user(number) for number in range(45)]


def test_what_an_update_does_not_name_stays(send: Send) -> None:
    room_id = made(send, {"participants": {user(1): {"role": "Presenter"}, user(2): {"role": "Consumer"}}})

    response = invite(send, room_id, {"participants": {user(2): None, user(3): {"role": "Collaborator"}}})

    assert (response.status, response.json()) == (200, {})
    assert response.headers["Content-Type"] == "application/json; charset=utf-8"
    assert roles(send, room_id) == {user(1): "Presenter", user(3): "Collaborator"}


def test_an_entry_without_a_role_is_a_new_attendee_or_what_it_was(send: Send) -> None:
    room_id = made(send, {"participants": {user(1): {"role": "Presenter"}}})

    invite(send, room_id, {"participants": {user(1): {}, user(2): {}}})

    assert roles(send, room_id) == {user(1): "Presenter", user(2): "Attendee"}


@pytest.mark.parametrize("document", [{}, {"participants": {}}, {"participants": {user(9): None}}])
def test_an_update_may_change_nothing(send: Send, document: object) -> None:
    room_id = made(send, {"participants": {user(1): {}}})

    assert invite(send, room_id, document).status == 200
    assert roles(send, room_id) == {user(1): "Attendee"}


@pytest.mark.parametrize(
    "document",
    [
        [],
        {"participants": None},
        {"participants": [user(1)]},
        {"participants": {user(1): "Presenter"}},
        {"participants": {user(1): {"role": None}}},
        {"participants": {user(1): {"role": "presenter"}}},
        {"participants": {user(1): {"role": "Presenter"}, "somebody": {"role": "Presenter"}}},
    ],
)
def test_what_is_wrong_changes_nothing(send: Send, document: object) -> None:
    room_id = made(send, {"participants": {user(1): {}}})

    assert invite(send, room_id, document).status == 400
    assert roles(send, room_id) == {user(1): "Attendee"}


def test_an_update_is_a_merge_patch(send: Send) -> None:
    room_id = made(send)

    response = send("PATCH", f"/rooms/{room_id}/participants?{VERSION}", {"participants": {user(1): {}}})

    assert response.status == 415
    assert roles(send, room_id) == {}


@pytest.mark.parametrize(("room_id", "status"), [("99199690362660524", 404), ("room", 400)])
@pytest.mark.parametrize(
    ("method", "below"),
    [("GET", ""), ("PATCH", ""), ("DELETE", ""), ("GET", "/participants"), ("PATCH", "/participants")],
)
def test_ids_that_name_no_room_are_rejected(
    send: Send, method: str, below: str, room_id: str, status: int
) -> None:
    response = send(method, f"/rooms/{room_id}{below}?{VERSION}", {}, headers=MERGE_PATCH)

    assert response.status == status
    assert response.headers["x-ms-error-code"] == response.json()["error"]["code"]


def test_participants_go_with_their_room(send: Send) -> None:
    room_id = made(send, {"participants": {user(1): {}}})

    assert send("DELETE", f"/rooms/{room_id}?{VERSION}").status == 204
    assert send("GET", f"/rooms/{room_id}/participants?{VERSION}").status == 404
    assert send("DELETE", f"/rooms/{room_id}?{VERSION}").status == 404


@pytest.mark.parametrize(
    "path", ["/rooms", "/rooms/99199690362660524", "/rooms/99199690362660524/participants"]
)
def test_an_error_about_a_parameter_names_it(send: Send, path: str) -> None:
    error = send("GET", f"{path}?api-version=1999-01-01").json()["error"]

    assert error["target"] == error["details"][0]["target"] == "api-version"
    assert {"code", "message"} == error["innererror"].keys()


def listed_after(send: Send, path: str, key: str, wanted: set[str]) -> float:
    """Wait until a list shows something; return after how many seconds it does."""
    begun = time.monotonic()
    while {one for page in pages(send, path) for one in ids(page, key)} != wanted:
        assert time.monotonic() - begun < 10 * LATE
        time.sleep(0.02)
    return time.monotonic() - begun


def test_a_late_list_shows_rooms_only_after_the_delay(late: Send) -> None:
    room_id = made(late)
    assert late("GET", f"/rooms/{room_id}?{VERSION}").status == 200
    assert first(late, "/rooms") == {"value": []}
    assert listed_after(late, "/rooms", "id", {room_id}) >= LATE / 2

    assert late("DELETE", f"/rooms/{room_id}?{VERSION}").status == 204
    assert late("GET", f"/rooms/{room_id}?{VERSION}").status == 404
    assert ids(first(late, "/rooms")) == [room_id]
    listed_after(late, "/rooms", "id", set())


def test_a_late_list_shows_invitations_only_after_the_delay(late: Send) -> None:
    room_id = made(late, {"participants": {user(1): {}}})
    assert roles(late, room_id) == {user(1): "Attendee"}

    invite(late, room_id, {"participants": {user(1): None, user(2): {"role": "Consumer"}}})

    assert roles(late, room_id) == {user(1): "Attendee"}
    listed_after(late, f"/rooms/{room_id}/participants", "rawId", {user(2)})
