"""The official client signalwire-sdk works against the mock; it speaks plain HTTP to a loopback address."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from signalwire.rest import RestClient, SignalWireRestError

from roomproof.mocks import Mock
from roomproof.mocks.signalwire import MOCK

ENVIRONMENT = MOCK.environment


@pytest.fixture
def host(serve: Callable[[Mock], str]) -> str:
    return serve(MOCK).removeprefix("http://")


@pytest.fixture
def client(host: str) -> RestClient:
    return RestClient(ENVIRONMENT["SIGNALWIRE_PROJECT_ID"], ENVIRONMENT["SIGNALWIRE_API_TOKEN"], host)


def test_life_of_a_room(client: RestClient) -> None:
    rooms = client.video.rooms
    created = rooms.create(name="Blue", max_members=5)

    updated = rooms.update(created["id"], display_name="Blue room", join_from="2022-01-01")

    assert updated["name"] == "Blue"
    assert updated["max_members"] == 5
    assert updated["join_from"] == "2022-01-01T00:00:00Z"
    shown = rooms.get(created["id"])
    assert {name: shown[name] for name in updated} == updated
    assert rooms.get("Blue") == shown
    listed = {room["id"]: room for room in rooms.list()["data"]}
    assert listed[created["id"]] == shown
    assert next(iter(listed)) == MOCK.room_id
    rooms.delete(created["id"])
    with pytest.raises(SignalWireRestError) as rejection:
        rooms.get(created["id"])
    assert rejection.value.status_code == 404


def test_pages_are_followed(client: RestClient) -> None:
    for number in range(4):
        client.video.rooms.create(name=f"room-{number}")

    names = [room["name"] for room in client.video.rooms.paginate(page_size=2)]

    assert names == ["mock-room", "mock-room-after-hours", "room-0", "room-1", "room-2", "room-3"]


def test_every_field_of_a_new_room_is_kept(client: RestClient) -> None:
    told: dict[str, Any] = {
        "name": "Blue",
        "display_name": "Blue room",
        "description": "for tests",
        "max_members": 300,
        "quality": "1080p",
        "join_from": "2031-01-01T00:00:00Z",
        "join_until": "2031-01-02T00:00:00Z",
        "remove_at": "2031-01-03T00:00:00Z",
        "remove_after_seconds_elapsed": 200_000,
        "layout": "5up",
        "record_on_start": True,
        "enable_room_previews": True,
        "meta": {"key": "value"},
        "sync_audio_video": False,
    }

    room = client.video.rooms.create(**told)

    assert {name: room[name] for name in told} == told


def test_lists_are_filtered_and_show_sessions_if_asked(client: RestClient) -> None:
    client.video.rooms.create(name="early", join_from="2031-01-01", join_until="2031-02-01")
    client.video.rooms.create(name="late", join_from="2031-03-01", join_until="2031-04-01")

    assert [room["name"] for room in client.video.rooms.list(starts_after="2031-02-01")["data"]] == ["late"]
    assert [room["name"] for room in client.video.rooms.list(ends_before="2031-02-15")["data"]] == ["early"]
    asked = client.video.rooms.list(include_active_session="true", page_size=1)["data"]
    assert asked[0]["active_session"]["status"] == "in-progress"


@pytest.mark.parametrize(
    ("told", "status"),
    [({"name": "mock-room"}, 422), ({"name": "a b"}, 422), ({"name": "Blue", "max_members": 301}, 422)],
)
def test_rejections_reach_the_caller(client: RestClient, told: dict[str, Any], status: int) -> None:
    with pytest.raises(SignalWireRestError) as rejection:
        client.video.rooms.create(**told)

    assert rejection.value.status_code == status


def test_what_is_deleted_or_unknown_is_not_found(client: RestClient) -> None:
    rooms = client.video.rooms
    room_id = rooms.create(name="Blue")["id"]
    rooms.delete(room_id)

    for call in (rooms.get, rooms.delete, partial(rooms.update, max_members=5)):
        with pytest.raises(SignalWireRestError) as rejection:
            call(room_id)
        assert rejection.value.status_code == 404


def test_new_name_of_the_sync_field_is_unknown_to_the_document(client: RestClient) -> None:
    room = client.video.rooms.update(MOCK.room_id or "", sync_audio_video=True)

    assert "sync_audio_video" not in room


def test_token_without_the_scope_is_unauthorised(host: str) -> None:
    project_id, token = (
        ENVIRONMENT[f"SIGNALWIRE_{name}"] for name in ("PROJECT_ID", "API_TOKEN_WITHOUT_SCOPE")
    )

    with pytest.raises(SignalWireRestError) as rejection:
        RestClient(project_id, token, host).video.rooms.update(MOCK.room_id or "", max_members=5)

    assert rejection.value.status_code == 401
