"""The SignalWire mock keeps its document, to the letter."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable

import pytest
from urllib3 import BaseHTTPResponse

from roomproof.mocks import Mock
from roomproof.mocks.signalwire import MOCK

Send = Callable[..., BaseHTTPResponse]

ROOM = f"/rooms/{MOCK.room_id}"
LAYOUTS = (
    *("grid-responsive", "grid-responsive-mobile", "highlight-1-responsive"),
    *("1x1", "2x1", "2x2", "5up", "3x3", "4x4", "5x5", "6x6", "8x8", "10x10"),
)


@pytest.fixture
def send(connect: Callable[[Mock], Send]) -> Send:
    return connect(MOCK)


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
        "enable_room_previews": False,
        "audio_video_sync": None,
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
    before = send("GET", ROOM).json()

    response = send("PUT", ROOM, {name: value})

    assert response.status == 200
    assert response.json() == before | {name: value, "updated_at": response.json()["updated_at"]}
    assert send("GET", ROOM).json() == response.json()


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
    created = send("POST", "/rooms", {"name": "other", name: value})

    for response in (updated, created):
        error = response.json()["errors"][0]
        assert response.status == 422
        assert (error["type"], error["code"]) == ("validation_error", "invalid_parameter")
        assert error["attribute"] == name
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
    before = send("GET", ROOM).json()

    response = send("PUT", ROOM, {"name": "renamed", "id": "x", "fps": 30})

    assert response.status == 200
    assert response.json() == before | {"updated_at": response.json()["updated_at"]}


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


def test_list_has_pages_with_links(send: Send) -> None:
    for number in range(4):
        send("POST", "/rooms", {"name": f"room-{number}"})

    first = send("GET", "/rooms?page_size=2").json()
    last = send("GET", "/rooms?page_size=2&page_number=2").json()

    assert [len(first["data"]), len(last["data"])] == [2, 1]
    assert first["links"].keys() == {"self", "first", "next"}
    assert last["links"].keys() == {"self", "first", "prev"}
    assert send("GET", first["links"]["next"].removeprefix(MOCK.prefix)).json()["data"][0]["name"] == "room-1"
    assert send("GET", "/rooms?page_size=1001").status == 422


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
