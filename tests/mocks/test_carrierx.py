"""The CarrierX mock keeps its document, to the letter."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest
from urllib3 import BaseHTTPResponse

from roomproof.mocks import Mock
from roomproof.mocks.carrierx import MOCK

Send = Callable[..., BaseHTTPResponse]

ROOM = f"/meeting_rooms/{MOCK.room_id}"
FIELDS = ("access_codes", "account_sid", "properties", "did_group_sid", "meeting_room_sid", "name")


@pytest.fixture
def send(connect: Callable[[Mock], Send]) -> Send:
    return connect(MOCK)


def code(text: object, role: object) -> dict[str, object]:
    return {"access_code": text, "role": role}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", "Updated meeting room"),
        ("name", ""),
        ("access_codes", []),
        ("access_codes", [code("1", "host"), code("02", "listener"), code("003", "participant")]),
        ("properties", {"a": {"b": [1, None, "c"]}}),
        ("did_group_sid", "8ac52aa4-5d11-4ad8-9bb5-d2f9e1f0a4c3"),
        ("did_group_sid", None),
    ],
)
def test_patch_touches_only_what_it_carries(send: Send, name: str, value: object) -> None:
    before = send("GET", ROOM).json()

    response = send("PATCH", ROOM, {name: value})

    assert response.status == 200
    assert response.json() == before | {name: value}
    assert send("GET", ROOM).json() == response.json()


def test_properties_are_replaced_as_a_whole(send: Send) -> None:
    send("PATCH", ROOM, {"properties": {"a": 1, "b": 2}})

    response = send("PATCH", ROOM, {"properties": {"b": 3}})

    assert response.json()["properties"] == {"b": 3}


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_read_only_fields_stay_whatever_is_sent(send: Send, method: str) -> None:
    before = send("GET", ROOM).json()
    document = before | {"account_sid": "other", "meeting_room_sid": "other", "name": "New"}

    response = send(method, ROOM, document)

    assert response.status == 200
    assert response.json() == before | {"name": "New"}


@pytest.mark.parametrize("missing", FIELDS)
def test_put_needs_all_fields(send: Send, missing: str) -> None:
    room = send("GET", ROOM).json()
    partial = {name: value for name, value in room.items() if name != missing}

    response = send("PUT", ROOM, partial | {"unknown": 1})

    assert response.status == 422
    assert missing in response.json()["errors"][0]["message"]
    assert send("GET", ROOM).json() == room


def test_put_replaces_every_modifiable_field(send: Send) -> None:
    room = send("GET", ROOM).json()
    replaced = room | {
        "name": "Second",
        "access_codes": [code("555555", "host")],
        "properties": {"x": 1},
        "did_group_sid": "any string",
    }

    assert send("PUT", ROOM, replaced).json() == replaced


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", None),
        ("name", 5),
        ("access_codes", None),
        ("access_codes", {}),
        ("access_codes", "890671"),
        ("access_codes", ["890671"]),
        ("access_codes", [{"access_code": "1"}]),
        ("access_codes", [{"role": "host"}]),
        ("access_codes", [code(890671, "host")]),
        ("access_codes", [code("", "host")]),
        ("access_codes", [code("12a", "host")]),
        ("access_codes", [code("١٢٣", "host")]),
        ("access_codes", [code("1", "Host")]),
        ("access_codes", [code("1", "moderator")]),
        ("access_codes", [code("1", None)]),
        ("properties", None),
        ("properties", []),
        ("properties", "{}"),
        ("did_group_sid", 1),
        ("did_group_sid", False),
        ("account_sid", 1),
        ("meeting_room_sid", None),
    ],
)
@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_other_values_are_rejected_and_change_nothing(
    send: Send, method: str, name: str, value: object
) -> None:
    before = send("GET", ROOM).json()
    document = {name: value} if method == "PATCH" else before | {name: value}

    response = send(method, ROOM, {**document, "name": document.get("name", "Changed")})

    assert response.status == 422
    assert response.json()["errors"][0]["message"].startswith(name)
    assert send("GET", ROOM).json() == before


def test_access_code_belongs_to_one_room_and_role(send: Send) -> None:
    other = send("POST", "/meeting_rooms", {"access_codes": [code("111", "host")]}).json()

    assert send("PATCH", ROOM, {"access_codes": [code("111", "listener")]}).status == 409
    assert send("POST", "/meeting_rooms", {"access_codes": [code("111", "host")]}).status == 409
    assert send("PATCH", ROOM, {"access_codes": [code("2", "host"), code("2", "listener")]}).status == 409
    own = send(
        "PATCH", f"/meeting_rooms/{other['meeting_room_sid']}", {"access_codes": [code("111", "listener")]}
    )
    assert own.status == 200
    assert send("PATCH", ROOM, {"access_codes": [code("0111", "host")]}).status == 200


def test_empty_create_is_enough(send: Send) -> None:
    response = send("POST", "/meeting_rooms", {})

    assert response.status == 200
    assert response.json().keys() == set(FIELDS)
    assert send("GET", "/meeting_rooms").json()["items"][-1] == response.json()


def test_fixed_fields_of_a_new_room_are_not_the_sender_s(send: Send) -> None:
    own = "2652635f-10a6-4b2a-a46b-2eeb75ddeab6"

    room = send("POST", "/meeting_rooms", {"meeting_room_sid": own, "account_sid": own}).json()

    assert own not in (room["meeting_room_sid"], room["account_sid"])
    assert send("GET", f"/meeting_rooms/{room['meeting_room_sid']}").json() == room


def named(send: Send, *names: str) -> list[str]:
    """Make rooms, and return their ids after that of the first room."""
    made = [send("POST", "/meeting_rooms", {"name": name}).json()["meeting_room_sid"] for name in names]
    return [str(MOCK.room_id), *made]


def listed(send: Send, query: str = "") -> list[str]:
    return [room["meeting_room_sid"] for room in send("GET", f"/meeting_rooms{query}").json()["items"]]


def test_a_list_comes_in_pages_in_the_order_of_creation(send: Send) -> None:
    known = named(send, *(f"Room {number}" for number in range(11)))

    assert listed(send) == known[:10]
    assert listed(send, "?offset=10") == known[10:]
    assert listed(send, "?limit=5&offset=5") == known[5:10]
    assert listed(send, "?limit=1000") == known
    assert listed(send, "?offset=12") == []
    page = send("GET", "/meeting_rooms?limit=5&offset=10").json()
    assert {name: value for name, value in page.items() if name != "items"} == {
        "count": 2, "total": 12, "offset": 10, "limit": 5,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ('filter=name eq "Second room"', ["Second room"]),
        ("filter=name eq Third", ["Third"]),
        ("filter=name ne 'Third'", ["Mock meeting room", "Second room"]),
        ('filter=name ne Third and name ne "Second room"', ["Mock meeting room"]),
        (f"filter=meeting_room_sid eq {MOCK.room_id}", ["Mock meeting room"]),
        ("filter=name eq Fourth", []),
        ("order=name", ["Mock meeting room", "Second room", "Third"]),
        ("order=name desc", ["Third", "Second room", "Mock meeting room"]),
        ("order=name desc&limit=1&offset=1", ["Second room"]),
        ("order=name asc&filter=name ne Third&offset=1", ["Second room"]),
    ],
)
def test_a_list_is_filtered_and_ordered(send: Send, query: str, names: list[str]) -> None:
    named(send, "Third", "Second room")

    rooms = send("GET", f"/meeting_rooms?{query.replace(' ', '%20')}").json()

    found = [room["name"] for room in rooms["items"]]
    assert (found if query.startswith("order") else sorted(found)) == names
    assert rooms["count"] == len(names)


@pytest.mark.parametrize(
    "query",
    [
        "limit=0", "limit=1001", "limit=-1", "limit=ten", "limit=1.5", "limit=", "offset=-1", "offset=x",
        "offset=10000000000", "filter=", "filter=name", "filter=name is x", "filter=access_codes eq 1",
        "filter=name eq x or name eq y", "filter=name eq x and", 'filter=name eq "x', "order=", "order=size",
        "order=name up", "order=properties",
    ],
)  # fmt: skip
def test_a_list_is_not_asked_for_in_another_way(send: Send, query: str) -> None:
    response = send("GET", f"/meeting_rooms?{query.replace(' ', '%20')}")

    assert response.status == 422
    assert response.json()["errors"][0]["message"].startswith(query.partition("=")[0])


def test_a_list_can_be_late(connect: Callable[[Mock], Send]) -> None:
    assert MOCK.build_late is not None
    send = connect(replace(MOCK, build=partial(MOCK.build_late, 60.0)))
    before = send("GET", "/meeting_rooms").json()

    made = send("POST", "/meeting_rooms", {"name": "New"}).json()
    send("PATCH", ROOM, {"name": "Other"})
    send("PUT", ROOM, send("GET", ROOM).json() | {"properties": {"a": 1}})

    assert before["total"] == 1
    assert send("GET", "/meeting_rooms").json() == before
    assert send("GET", f"/meeting_rooms/{made['meeting_room_sid']}").json() == made
    assert send("DELETE", ROOM).status == 204
    assert send("GET", "/meeting_rooms").json() == before


def test_a_late_list_shows_each_change_in_the_end(connect: Callable[[Mock], Send]) -> None:
    assert MOCK.build_late is not None
    send = connect(replace(MOCK, build=partial(MOCK.build_late, 0.2)))
    send("DELETE", ROOM)
    made = send("POST", "/meeting_rooms", {"name": "New"}).json()
    kept = send("PATCH", f"/meeting_rooms/{made['meeting_room_sid']}", {"name": "Other"}).json()
    kept = send("PUT", f"/meeting_rooms/{made['meeting_room_sid']}", kept | {"properties": {"a": 1}}).json()

    time.sleep(0.3)

    assert send("GET", "/meeting_rooms").json()["items"] == [kept]


@pytest.mark.parametrize("media_type", ["application/merge-patch+json", "text/json"])
@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_updates_take_json_only(send: Send, method: str, media_type: str) -> None:
    assert send(method, ROOM, {"name": "x"}, headers={"Content-Type": media_type}).status == 415


@pytest.mark.parametrize("method", ["GET", "PATCH", "PUT", "DELETE"])
def test_unknown_rooms_are_not_found(send: Send, method: str) -> None:
    response = send(method, "/meeting_rooms/2652635f-10a6-4b2a-a46b-2eeb75ddeab6", body=b"{")

    assert response.status == 404
    assert response.json()["errors"][0]["message"]


def test_deleted_room_is_unknown(send: Send) -> None:
    assert send("DELETE", ROOM).status == 204
    assert send("GET", ROOM).status == 404


def test_malformed_json_has_an_error_body(send: Send) -> None:
    response = send("PATCH", ROOM, body=b"{")

    assert response.status == 400
    assert response.json().keys() == {"errors"}


@pytest.mark.parametrize(
    "authorization",
    [
        "Bearer mock-carrierx-password",
        f"Basic {base64.b64encode(b'mock-carrierx-user:other').decode()}",
        f"Basic *{base64.b64encode(b'mock-carrierx-user:mock-carrierx-password').decode()}",
    ],
)
def test_other_credentials_are_rejected(send: Send, authorization: str) -> None:
    response = send("GET", ROOM, headers={"Authorization": authorization})

    assert response.status == 401
    assert response.headers["WWW-Authenticate"].startswith("Basic")
