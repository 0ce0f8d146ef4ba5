"""The Telnyx mock keeps its document, to the letter."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from urllib3 import BaseHTTPResponse

from roomproof.mocks import Mock
from roomproof.mocks.telnyx import MOCK

Send = Callable[..., BaseHTTPResponse]

ROOM = f"/rooms/{MOCK.room_id}"


@pytest.fixture
def send(connect: Callable[[Mock], Send]) -> Send:
    return connect(MOCK)


def error(response: BaseHTTPResponse) -> dict[str, object]:
    first: dict[str, object] = response.json()["errors"][0]
    return first


def test_room_that_nobody_has_changed(send: Send) -> None:
    response = send("GET", ROOM)

    room = response.json()["data"]
    timestamps = [room.pop("created_at"), room.pop("updated_at")]
    session_id = room.pop("active_session_id")
    assert response.status == 200
    assert session_id == send("GET", f"{ROOM}/sessions?filter[active]=true").json()["data"][0]["id"]
    assert room == {
        "id": MOCK.room_id,
        "unique_name": None,
        "max_participants": 10,
        "enable_recording": False,
        "webhook_event_url": None,
        "webhook_event_failover_url": "",
        "webhook_timeout_secs": None,
        "video_codecs": ["h264", "vp8"],
        "record_type": "room",
    }
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", text) for text in timestamps)


def test_update_echoes_every_field(send: Send) -> None:
    fields = {
        "unique_name": "My room",
        "max_participants": 25,
        "enable_recording": True,
        "webhook_event_url": "https://example.com",
        "webhook_event_failover_url": "https://failover.example.com/a?b=c#d",
        "webhook_timeout_secs": 25,
    }

    response = send("PATCH", ROOM, fields)

    assert response.status == 200
    room = response.json()["data"]
    assert {name: room[name] for name in fields} == fields
    assert room["sessions"] == send("GET", f"{ROOM}/sessions?include_participants=true").json()["data"]


def test_update_touches_only_what_it_carries(send: Send) -> None:
    before = send("GET", ROOM).json()["data"]

    after = send("PATCH", ROOM, {"max_participants": 2}).json()["data"]

    assert after["updated_at"] > before["updated_at"]
    assert [session["room_id"] for session in after.pop("sessions")] == [MOCK.room_id, MOCK.room_id]
    assert after == before | {"max_participants": 2, "updated_at": after["updated_at"]}


def test_read_only_and_unknown_fields_are_ignored(send: Send) -> None:
    before = send("GET", ROOM).json()["data"]

    response = send("PATCH", ROOM, {"id": "other", "record_type": "x", "created_at": 1, "unknown": {}})

    assert response.status == 200
    assert response.json()["data"]["id"] == before["id"]
    assert response.json()["data"]["created_at"] == before["created_at"]
    assert "unknown" not in response.json()["data"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("max_participants", 2),
        ("max_participants", 50),
        ("webhook_timeout_secs", 0),
        ("webhook_timeout_secs", 30),
        ("webhook_timeout_secs", None),
        ("webhook_event_failover_url", None),
        ("webhook_event_failover_url", "sip://host:5060"),
        ("webhook_event_url", "https://xn--bcher-kva.example/%C3%A4"),
        ("webhook_event_url", "HTTPS://user:word@[::1]:8080/"),
        ("unique_name", ""),
        ("unique_name", "\U0001f600" * 300),
        ("enable_recording", False),
    ],
)
def test_documented_values_are_accepted(send: Send, name: str, value: object) -> None:
    response = send("PATCH", ROOM, {name: value})

    assert response.status == 200
    assert response.json()["data"][name] == value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("max_participants", 1),
        ("max_participants", 51),
        ("max_participants", -(10**30)),
        ("max_participants", 10.5),
        ("max_participants", "10"),
        ("max_participants", True),
        ("max_participants", None),
        ("webhook_timeout_secs", 31),
        ("webhook_timeout_secs", -1),
        ("webhook_timeout_secs", "25"),
        ("webhook_timeout_secs", False),
        ("enable_recording", "true"),
        ("enable_recording", 1),
        ("enable_recording", None),
        ("unique_name", None),
        ("unique_name", 5),
        ("webhook_event_url", None),
        ("webhook_event_url", "example.com"),
        ("webhook_event_url", "//example.com"),
        ("webhook_event_url", "https:"),
        ("webhook_event_url", "https://"),
        ("webhook_event_url", "https:///path"),
        ("webhook_event_url", "https://exa mple.com"),
        ("webhook_event_url", "https://example.com/\n"),
        ("webhook_event_failover_url", ""),
        ("webhook_event_failover_url", "://example.com"),
        ("webhook_event_failover_url", ["https://example.com"]),
    ],
)
def test_other_values_are_rejected_and_change_nothing(send: Send, name: str, value: object) -> None:
    before = send("GET", ROOM).json()

    updated = send("PATCH", ROOM, {"enable_recording": True, name: value})
    created = send("POST", "/rooms", {name: value})

    for response in (updated, created):
        assert response.status == 422
        assert error(response)["code"] == "10027"
        assert error(response)["source"] == {"pointer": f"/{name}"}
    assert send("GET", ROOM).json() == before


def test_unique_name_belongs_to_one_room(send: Send) -> None:
    other = send("POST", "/rooms", {"unique_name": "Blue"})

    assert other.status == 201
    assert send("POST", "/rooms", {"unique_name": "Blue"}).status == 422
    assert send("PATCH", ROOM, {"unique_name": "Blue"}).status == 422
    assert send("PATCH", ROOM, {"unique_name": "blue"}).status == 200
    assert send("PATCH", f"/rooms/{other.json()['data']['id']}", {"unique_name": "Blue"}).status == 200


def test_sessions_are_shown_where_the_query_asks_for_them(send: Send) -> None:
    assert "sessions" not in send("POST", "/rooms", {}).json()["data"]
    assert "sessions" not in send("GET", ROOM).json()["data"]
    assert "sessions" not in send("GET", f"{ROOM}?include_sessions=false").json()["data"]
    assert len(send("GET", f"{ROOM}?include_sessions=true").json()["data"]["sessions"]) == 2


@pytest.mark.parametrize("room_id", ["7b61621f-62e0-4aad-ab11-9fd19e272e73", "not-a-uuid"])
@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_unknown_rooms_are_not_found(send: Send, method: str, room_id: str) -> None:
    response = send(method, f"/rooms/{room_id}", body=b"{", headers={"Content-Type": None})

    assert response.status == 404
    assert response.json()["code"] == "10005"


def test_deleted_room_is_unknown(send: Send) -> None:
    assert send("DELETE", ROOM).status == 204
    assert send("GET", ROOM).status == 404


def test_id_may_be_written_in_capitals(send: Send) -> None:
    assert send("GET", ROOM.upper().replace("ROOMS", "rooms")).status == 200


def test_other_keys_are_rejected(send: Send) -> None:
    response = send("GET", ROOM, headers={"Authorization": "Bearer other-key"})

    assert response.status == 401
    assert error(response)["code"] == "10009"


def test_list_has_pages_and_a_filter(send: Send) -> None:
    for number in range(4):
        send("POST", "/rooms", {"unique_name": f"room {number}"})

    page = send("GET", "/rooms?page[size]=2&page[number]=3").json()
    named = send("GET", "/rooms?filter[unique_name]=room 2").json()

    assert page["meta"] == {"total_pages": 3, "total_results": 5, "page_number": 3, "page_size": 2}
    assert [room["unique_name"] for room in page["data"]] == ["room 3"]
    assert [room["unique_name"] for room in named["data"]] == ["room 2"]


@pytest.mark.parametrize(
    "query", ["page[size]=0", "page[size]=x", "page[number]=-1", f"page[number]={'9' * 5000}"]
)
def test_impossible_pages_are_rejected(send: Send, query: str) -> None:
    assert send("GET", f"/rooms?{query}").status == 422
