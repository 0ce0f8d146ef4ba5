"""The official client signalwire-sdk works against the mock; it speaks plain HTTP to a loopback address."""

from __future__ import annotations

from collections.abc import Callable

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
    assert rooms.get(created["id"]) == updated
    assert [room["id"] for room in rooms.list()["data"]] == [MOCK.room_id, created["id"]]
    rooms.delete(created["id"])
    with pytest.raises(SignalWireRestError) as rejection:
        rooms.get(created["id"])
    assert rejection.value.status_code == 404


def test_pages_are_followed(client: RestClient) -> None:
    for number in range(4):
        client.video.rooms.create(name=f"room-{number}")

    names = [room["name"] for room in client.video.rooms.paginate(page_size=2)]

    assert names == ["mock-room", "room-0", "room-1", "room-2", "room-3"]


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
