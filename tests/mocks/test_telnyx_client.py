"""The official client telnyx works against the mock."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import telnyx

from roomproof.mocks import Mock
from roomproof.mocks.telnyx import MOCK

ROOM_ID = MOCK.room_id or ""


@pytest.fixture
def origin(serve: Callable[[Mock], str]) -> str:
    return serve(MOCK)


@pytest.fixture
def client(origin: str) -> Iterator[telnyx.Telnyx]:
    api_key = MOCK.environment["TELNYX_API_KEY"]
    with telnyx.Telnyx(api_key=api_key, base_url=origin + MOCK.prefix, max_retries=0) as client:
        yield client


def test_life_of_a_room(client: telnyx.Telnyx) -> None:
    created = client.rooms.create(unique_name="Blue", max_participants=5).data
    assert created is not None
    assert created.id is not None

    updated = client.rooms.update(
        created.id, enable_recording=True, webhook_event_url="https://example.com", webhook_timeout_secs=30
    ).data

    assert updated is not None
    assert (updated.unique_name, updated.max_participants) == ("Blue", 5)
    assert (updated.enable_recording, updated.webhook_timeout_secs) == (True, 30)
    assert client.rooms.retrieve(created.id).data == updated.model_copy(update={"sessions": None})
    assert [room.id for room in client.rooms.list()] == [ROOM_ID, created.id]
    client.rooms.delete(created.id)
    with pytest.raises(telnyx.NotFoundError):
        client.rooms.retrieve(created.id)


def test_list_follows_the_pages(client: telnyx.Telnyx) -> None:
    created = [client.rooms.create().data for _ in range(4)]

    listed = list(client.rooms.list(page_size=2))

    assert [room.id for room in listed[1:]] == [room.id for room in created if room]


def test_values_beyond_a_limit_are_unprocessable(client: telnyx.Telnyx) -> None:
    with pytest.raises(telnyx.UnprocessableEntityError):
        client.rooms.update(ROOM_ID, max_participants=51)


def test_wrong_key_is_unauthorised(origin: str) -> None:
    with (
        telnyx.Telnyx(api_key="wrong", base_url=origin + MOCK.prefix, max_retries=0) as client,
        pytest.raises(telnyx.AuthenticationError),
    ):
        client.rooms.retrieve(ROOM_ID)
