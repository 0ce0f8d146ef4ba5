"""The official client telnyx works against the mock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

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


def test_filters_and_sessions_of_rooms(client: telnyx.Telnyx) -> None:
    blue = client.rooms.create(unique_name="Blue").data
    assert blue is not None
    long_ago = date(2001, 2, 3)

    named = list(client.rooms.list(filter={"unique_name": "Blue"}))
    older = list(client.rooms.list(filter={"date_created_at": {"lte": long_ago}}))
    shown = list(client.rooms.list(include_sessions=True))
    room = client.rooms.retrieve(ROOM_ID, include_sessions=True).data

    assert [one.id for one in named] == [blue.id]
    assert older == []
    assert [len(one.sessions or ()) for one in shown] == [2, 0]
    assert room is not None
    assert room.sessions == shown[0].sessions
    assert room.active_session_id == next(one.id for one in room.sessions or () if one.active)


def test_sessions_of_the_account_and_of_a_room(client: telnyx.Telnyx) -> None:
    every = list(client.rooms.sessions.list_0(page_size=1))
    active = list(client.rooms.sessions.list_0(filter={"active": True}, include_participants=True))
    of_room = list(client.rooms.sessions.list_1(ROOM_ID, include_participants=True))
    ended = list(
        client.rooms.sessions.list_0(filter={"room_id": ROOM_ID, "date_ended_at": {"gte": date(2001, 2, 3)}})
    )

    assert [one.active for one in every] == [False, False, True]
    assert [one.id for one in of_room] == [one.id for one in every[1:]]
    assert active == of_room[1:]
    assert [one.id for one in ended] == [every[1].id]
    participant = (active[0].participants or [])[0]
    assert (participant.context, participant.session_id) == ("Alice", active[0].id)
    session = client.rooms.sessions.retrieve(str(active[0].id), include_participants=True)
    assert session.data == active[0]
    with pytest.raises(telnyx.NotFoundError):
        client.rooms.sessions.retrieve(ROOM_ID)


def test_client_tokens_are_made_and_refreshed(client: telnyx.Telnyx) -> None:
    made = client.rooms.actions.generate_join_client_token(
        ROOM_ID, token_ttl_secs=10, refresh_token_ttl_secs=60
    ).data
    assert made is not None
    assert made.refresh_token is not None

    refreshed = client.rooms.actions.refresh_client_token(
        ROOM_ID, refresh_token=made.refresh_token, token_ttl_secs=3600
    ).data

    assert refreshed is not None
    assert refreshed.token not in (None, made.token)
    assert refreshed.token_expires_at is not None
    assert made.token_expires_at is not None
    lives = refreshed.token_expires_at - made.token_expires_at
    assert timedelta(seconds=3585) <= lives <= timedelta(seconds=3595)
    with pytest.raises(telnyx.PermissionDeniedError):
        client.rooms.actions.refresh_client_token(ROOM_ID, refresh_token="made-up")
