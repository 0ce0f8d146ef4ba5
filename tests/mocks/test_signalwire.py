"""The SignalWire mock keeps its documents, to the letter."""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from urllib3 import BaseHTTPResponse

from roomproof.mocks import Mock
from roomproof.mocks.signalwire import MOCK

Send = Callable[..., BaseHTTPResponse]

ROOM = f"/rooms/{MOCK.room_id}"
QUIET = "mock-room-after-hours"
ASKED = "include_active_session=true"
LAYOUTS = (
    *("grid-responsive", "grid-responsive-mobile", "highlight-1-responsive"),
    *("1x1", "2x1", "2x2", "5up", "3x3", "4x4", "5x5", "6x6", "8x8", "10x10"),
)


@pytest.fixture
def send(connect: Callable[[Mock], Send]) -> Send:
    return connect(MOCK)


def settings(response: BaseHTTPResponse) -> dict[str, Any]:
    """The room in a response, as far as an update shows it by the document: without its session, and with one
    of the two names of the switch for sound and picture.
    """
    return {
        name: value
        for name, value in response.json().items()
        if name not in ("active_session", "sync_audio_video")
    }


def test_room_with_defaults_has_every_documented_field(send: Send) -> None:
    response = send("POST", "/rooms", {"name": "stand-up_1"})

    room = response.json()
    assert response.status == 200
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", room["created_at"])
    assert room == {
        "id": room["id"],
        "name": "stand-up_1",
        "display_name": "stand-up_1",
        "description": None,
        "max_members": 20,
        "quality": "720p",
        "join_from": None,
        "join_until": None,
        "remove_at": None,
        "remove_after_seconds_elapsed": None,
        "layout": "grid-responsive",
        "record_on_start": False,
        "tone_on_entry_and_exit": True,
        "room_join_video_off": False,
        "user_join_video_off": False,
        "enable_room_previews": False,
        "audio_video_sync": None,
        "sync_audio_video": None,
        "meta": None,
        "prioritize_handraise": False,
        "fps": 20,
        "created_at": room["created_at"],
        "updated_at": room["created_at"],
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("display_name", "\U0001f600" * 200),
        ("display_name", ""),
        ("description", "é" * 3000),
        ("max_members", 1),
        ("max_members", 300),
        ("quality", "720p"),
        ("quality", "1080p"),
        ("join_from", "2022-01-01T00:00:00Z"),
        ("join_until", "2022-01-01T00:00:00Z"),
        ("remove_at", "2022-01-01T00:00:00Z"),
        ("remove_after_seconds_elapsed", 1),
        ("remove_after_seconds_elapsed", 200_000),
        *(("layout", layout) for layout in LAYOUTS),
        ("record_on_start", True),
        ("enable_room_previews", True),
        ("audio_video_sync", True),
        ("audio_video_sync", False),
    ],
)
def test_update_touches_only_what_it_carries(send: Send, name: str, value: object) -> None:
    before = settings(send("GET", ROOM))

    response = send("PUT", ROOM, {name: value})

    assert response.status == 200
    assert settings(response) == before | {name: value, "updated_at": response.json()["updated_at"]}
    assert settings(send("GET", ROOM)) == settings(response)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("display_name", "x" * 201),
        ("display_name", None),
        ("display_name", 5),
        ("description", "x" * 3001),
        ("description", []),
        ("max_members", 0),
        ("max_members", 301),
        ("max_members", "20"),
        ("max_members", 20.5),
        ("max_members", True),
        ("quality", "720P"),
        ("quality", "480p"),
        ("quality", None),
        ("layout", "grid"),
        ("layout", ""),
        ("join_from", "01/01/2022"),
        ("join_from", "2022-02-30"),
        ("join_until", "2022-01-01T00:00:00"),
        ("join_until", 1640995200),
        ("remove_at", ""),
        ("remove_at", None),
        ("remove_after_seconds_elapsed", 0),
        ("remove_after_seconds_elapsed", 200_001),
        ("remove_after_seconds_elapsed", 2**31),
        ("record_on_start", "true"),
        ("enable_room_previews", 0),
        ("audio_video_sync", "false"),
        ("audio_video_sync", None),
    ],
)
def test_other_values_are_rejected_and_change_nothing(send: Send, name: str, value: object) -> None:
    before = send("GET", ROOM).json()

    updated = send("PUT", ROOM, {"record_on_start": True, name: value})
    told = "sync_audio_video" if name == "audio_video_sync" else name
    created = send("POST", "/rooms", {"name": "other", told: value})

    for response, field in ((updated, name), (created, told)):
        error = response.json()["errors"][0]
        assert response.status == 422
        assert (error["type"], error["code"]) == ("validation_error", "invalid_parameter")
        assert error["attribute"] == field
        assert error["message"]
    assert send("GET", ROOM).json() == before


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("2022-01-01", "2022-01-01T00:00:00Z"),
        ("2022-01-01T23:59:60Z", "2022-01-02T00:00:00Z"),
        ("2022-01-01t12:00:00z", "2022-01-01T12:00:00Z"),
        ("2022-01-01T12:00:00.999Z", "2022-01-01T12:00:00Z"),
        ("2022-01-01T00:00:00+05:30", "2021-12-31T18:30:00Z"),
    ],
)
@pytest.mark.parametrize("name", ["join_from", "join_until", "remove_at"])
def test_moments_are_kept_in_utc_and_whole_seconds(send: Send, name: str, sent: str, kept: str) -> None:
    assert send("PUT", ROOM, {name: sent}).json()[name] == kept


def test_names_of_fields_are_those_of_the_document(send: Send) -> None:
    response = send("PUT", ROOM, {"sync_audio_video": True})

    assert response.status == 200
    assert response.json()["audio_video_sync"] is None
    assert "sync_audio_video" not in response.json()


def test_update_cannot_rename_a_room(send: Send) -> None:
    before = settings(send("GET", ROOM))

    response = send("PUT", ROOM, {"name": "renamed", "id": "x", "fps": 30})

    assert response.status == 200
    assert settings(response) == before | {"updated_at": response.json()["updated_at"]}


@pytest.mark.parametrize("name", ["a", "A-Za-z0-9_-", "x" * 100])
def test_documented_names_are_accepted(send: Send, name: str) -> None:
    assert send("POST", "/rooms", {"name": name}).json()["name"] == name


@pytest.mark.parametrize(
    "document", [{}, *({"name": name} for name in ("", "a b", "ä", "a\n", "x" * 101, None, 1))]
)
def test_other_names_are_rejected(send: Send, document: object) -> None:
    response = send("POST", "/rooms", document)

    assert response.status == 422
    assert response.json()["errors"][0]["attribute"] == "name"


def test_name_belongs_to_one_room(send: Send) -> None:
    assert send("POST", "/rooms", {"name": "Blue"}).status == 200
    assert send("POST", "/rooms", {"name": "Blue"}).status == 422


def test_room_is_found_by_id_and_name(send: Send) -> None:
    room = send("POST", "/rooms", {"name": "Blue"}).json()

    assert send("GET", f"/rooms/{room['id'].upper()}").json() == room
    assert send("GET", "/rooms/Blue").json() == room
    assert send("PUT", "/rooms/Blue", {}).status == 404


@pytest.mark.parametrize(
    "value", [{}, {"a": [1, {"b": None}]}, {"text": "x" * 1989}, {"text": "\u00e9" * 1989}]
)
def test_metadata_is_kept_as_it_is_sent(send: Send, value: object) -> None:
    room = send("POST", "/rooms", {"name": "Blue", "meta": value}).json()

    assert room["meta"] == value
    assert send("GET", "/rooms/Blue").json() == room
    assert send("PUT", f"/rooms/{room['id']}", {"meta": {"other": 1}}).json()["meta"] == {"other": 1}


@pytest.mark.parametrize("value", ["", [], None, {"text": "x" * 1990}])
def test_other_metadata_is_rejected(send: Send, value: object) -> None:
    response = send("POST", "/rooms", {"name": "Blue", "meta": value})

    assert (response.status, response.json()["errors"][0]["attribute"]) == (422, "meta")


def test_new_room_is_told_by_the_new_name_of_the_switch(send: Send) -> None:
    room = send(
        "POST", "/rooms", {"name": "Blue", "sync_audio_video": True, "audio_video_sync": False}
    ).json()

    assert (room["sync_audio_video"], room["audio_video_sync"]) == (True, True)


# Sessions.


def test_session_that_is_on_is_shown_where_it_is_asked_for(send: Send) -> None:
    session = send("GET", f"{ROOM}?{ASKED}").json()["active_session"]

    assert (session["status"], session["room_id"], session["name"]) == (
        "in-progress",
        MOCK.room_id,
        "mock-room",
    )
    assert "end_time" not in session
    assert session["duration"] >= 60
    for asked in ("", "?include_active_session=false"):
        assert "active_session" not in send("GET", f"{ROOM}{asked}").json()
    assert send("PUT", ROOM, {}).json()["active_session"]["id"] == session["id"]


def test_session_of_a_room_keeps_what_the_room_was_like_when_it_began(send: Send) -> None:
    response = send("PUT", ROOM, {"layout": "8x8", "max_members": 5, "display_name": "other"}).json()

    session = response["active_session"]
    assert (session["layout"], session["max_members"]) == ("grid-responsive", 20)
    assert session["display_name"] == "mock-room"


def test_session_that_is_over_says_so_and_lasts_no_longer(send: Send) -> None:
    session = send("GET", f"/rooms/{QUIET}?{ASKED}").json()["active_session"]

    assert (session["status"], session["duration"]) == ("completed", 30)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", session["end_time"])


def test_new_room_has_no_session(send: Send) -> None:
    send("POST", "/rooms", {"name": "Blue"})

    assert "active_session" not in send("GET", f"/rooms/Blue?{ASKED}").json()


# The list.


def names(response: BaseHTTPResponse) -> list[str]:
    return [room["name"] for room in response.json()["data"]]


def page_of(send: Send, link: str) -> BaseHTTPResponse:
    return send("GET", link.removeprefix(MOCK.prefix))


def test_list_has_pages_with_links(send: Send) -> None:
    for number in range(4):
        send("POST", "/rooms", {"name": f"room-{number}"})

    first = send("GET", "/rooms?page_size=2")
    second = page_of(send, first.json()["links"]["next"])
    last = page_of(send, second.json()["links"]["next"])

    assert [*names(first), *names(second), *names(last)] == [
        *("mock-room", QUIET, "room-0", "room-1", "room-2", "room-3")
    ]
    assert [page.json()["links"].keys() for page in (first, second, last)] == [
        {"self", "first", "next"},
        {"self", "first", "next", "prev"},
        {"self", "first", "prev"},
    ]
    for link, page in (("self", last), ("prev", second), ("first", first)):
        assert names(page_of(send, last.json()["links"][link])) == names(page)


def test_pages_show_each_room_once_whatever_comes_and_goes(send: Send) -> None:
    for number in range(3):
        send("POST", "/rooms", {"name": f"room-{number}"})

    first = send("GET", "/rooms?page_size=3")
    send("DELETE", ROOM)
    send("POST", "/rooms", {"name": "room-3"})

    assert names(page_of(send, first.json()["links"]["next"])) == ["room-1", "room-2", "room-3"]


def test_links_lead_on_with_what_was_asked_for(send: Send) -> None:
    for number in range(3):
        send("POST", "/rooms", {"name": f"room-{number}", "join_from": "2031-01-01"})

    page = send("GET", f"/rooms?page_size=2&starts_after=2030-01-01&{ASKED}").json()

    assert names(page_of(send, page["links"]["next"])) == ["room-2"]
    assert ASKED in page["links"]["next"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("page_size=1", 200),
        ("page_size=1000", 200),
        ("page_number=0", 200),
        ("page_size=0", 422),
        ("page_size=1001", 422),
        ("page_size=-1", 422),
        ("page_size=ten", 400),
        ("page_size=1.0", 400),
        ("page_size=", 400),
        ("page_number=1", 422),
        ("page_number=-1", 422),
        ("page_number=99999999999", 422),
        ("page_number=one", 400),
        ("page_token=x", 422),
        ("page_token=PTx", 422),
        (f"page_token=PT{'9' * 5000}", 422),
        ("page_number=1&page_token=PT1", 200),
        ("include_active_session=yes", 422),
        ("include_active_session=1", 400),
        ("starts_after=soon", 422),
        ("starts_after=2031-02-30", 422),
        ("ends_before=", 422),
        ("starts_after=2031-02-03T04%3A05%3A06Z", 200),
    ],
)
def test_queries_are_held_against_the_specification(send: Send, query: str, status: int) -> None:
    response = send("GET", f"/rooms?{query}")

    assert response.status == status
    if status == 422:
        assert response.json()["errors"][0]["attribute"] == query.partition("=")[0]
    elif status == 400:
        assert response.json() == {"error": "Bad Request"}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("starts_after=2031-01-02", ["second", "third"]),
        ("starts_after=2031-01-02T00%3A00%3A01Z", ["third"]),
        ("ends_before=2031-02-02", ["first", "second"]),
        ("ends_before=2031-02-01T23%3A59%3A59Z", ["first"]),
        ("starts_after=2031-01-02&ends_before=2031-02-02", ["second"]),
        ("starts_after=2032-01-01", []),
    ],
)
def test_lists_are_filtered_by_the_times_of_rooms(send: Send, query: str, found: list[str]) -> None:
    for number, name in enumerate(("first", "second", "third"), 1):
        times = {"join_from": f"2031-01-0{number}", "join_until": f"2031-02-0{number}"}
        send("POST", "/rooms", {"name": name, **times})

    assert names(send("GET", f"/rooms?{query}")) == found


def test_late_lists_show_a_change_after_a_while(connect: Callable[[Mock], Send]) -> None:
    assert MOCK.build_late is not None
    send = connect(replace(MOCK, build=partial(MOCK.build_late, 0.3)))
    made = send("POST", "/rooms", {"name": "Blue"}).json()

    assert names(send("GET", "/rooms")) == ["mock-room", QUIET]
    assert send("GET", "/rooms/Blue").json() == made
    time.sleep(0.35)
    assert names(send("GET", "/rooms")) == ["mock-room", QUIET, "Blue"]
    send("DELETE", f"/rooms/{made['id']}")
    assert names(send("GET", "/rooms")) == ["mock-room", QUIET, "Blue"]
    assert send("GET", "/rooms/Blue").status == 404


@pytest.mark.parametrize("room_id", ["7b61621f-62e0-4aad-ab11-9fd19e272e73", "not-a-uuid"])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_unknown_rooms_are_not_found(send: Send, method: str, room_id: str) -> None:
    response = send(method, f"/rooms/{room_id}", body=b"{")

    assert (response.status, response.json()) == (404, {"error": "Not Found"})


def test_deleted_room_is_unknown(send: Send) -> None:
    assert send("DELETE", ROOM).status == 204
    assert send("GET", ROOM).status == 404


def test_malformed_json_is_a_bad_request(send: Send) -> None:
    response = send("PUT", ROOM, body=b"{")

    assert (response.status, response.json()) == (400, {"error": "Bad Request"})


def test_token_needs_the_scope_video(send: Send) -> None:
    environment = MOCK.environment
    pair = f"{environment['SIGNALWIRE_PROJECT_ID']}:{environment['SIGNALWIRE_API_TOKEN_WITHOUT_SCOPE']}"

    response = send(
        "GET", ROOM, headers={"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
    )

    assert (response.status, response.json()) == (401, {"error": "Unauthorized"})
