"""The official client azure-communication-rooms works against the mock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from azure.communication.rooms import (
    CommunicationUserIdentifier,
    ParticipantRole,
    RoomParticipant,
    RoomsClient,
)
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.core.pipeline import PipelineRequest
from azure.core.rest import HttpRequest

from roomproof.mocks import Mock
from roomproof.mocks.azure import MOCK
from roomproof.mocks.azure_pages import PAGE_SIZE

ALICE = CommunicationUserIdentifier("8:acs:resource_alice")
BOB = CommunicationUserIdentifier("8:acs:resource_bob")


def speak_plain_http(request: PipelineRequest[HttpRequest]) -> None:
    """The client makes https of every connection string; its signature does not cover the scheme."""
    request.http_request.url = request.http_request.url.replace("https://", "http://", 1)


def moment(text: object) -> datetime:
    """The client declares its instants as datetime and returns their text."""
    return datetime.fromisoformat(str(text))


@pytest.fixture
def client(serve: Callable[[Mock], str]) -> Iterator[RoomsClient]:
    connection_string = MOCK.environment["AZURE_COMMUNICATION_CONNECTION_STRING"]
    with RoomsClient.from_connection_string(
        connection_string.replace("http://127.0.0.1", serve(MOCK)),
        # By default the client spells its version "ApiVersion.V2025_03_13" when it follows a link.
        api_version="2025-03-13",
        raw_request_hook=speak_plain_http,
        retry_total=0,
    ) as client:
        yield client


def roles(client: RoomsClient, room_id: str) -> dict[str, str]:
    return {one.communication_identifier.raw_id: one.role for one in client.list_participants(room_id)}


def test_life_of_a_room(client: RoomsClient) -> None:
    valid_from = datetime.now(UTC) + timedelta(days=1)
    valid_until = valid_from + timedelta(days=30)

    room = client.create_room(valid_from=valid_from, valid_until=valid_until, pstn_dial_out_enabled=True)
    updated = client.update_room(room_id=room.id, valid_until=valid_until + timedelta(days=1))

    assert (moment(room.valid_from), moment(room.valid_until)) == (valid_from, valid_until)
    assert moment(updated.valid_until) == valid_until + timedelta(days=1)
    assert updated.valid_from == room.valid_from
    assert updated.pstn_dial_out_enabled is True
    assert client.get_room(room.id).valid_until == updated.valid_until
    assert [listed.id for listed in client.list_rooms()] == [room.id]
    client.delete_room(room.id)
    with pytest.raises(ResourceNotFoundError) as rejection:
        client.get_room(room.id)
    assert rejection.value.error is not None
    assert rejection.value.error.code == "NotFound"


def test_room_without_options(client: RoomsClient) -> None:
    room = client.create_room()

    assert moment(room.valid_until) - moment(room.valid_from) == timedelta(days=180)
    assert room.pstn_dial_out_enabled is False
    assert moment(room.created_at) - moment(room.valid_from) < timedelta(seconds=5)


def test_participants_are_added_updated_and_removed(client: RoomsClient) -> None:
    room = client.create_room(participants=[RoomParticipant(communication_identifier=ALICE)])

    client.add_or_update_participants(
        room_id=room.id,
        participants=[
            RoomParticipant(communication_identifier=ALICE, role=ParticipantRole.PRESENTER),
            RoomParticipant(communication_identifier=BOB, role=ParticipantRole.CONSUMER),
        ],
    )

    assert roles(client, room.id) == {ALICE.raw_id: "Presenter", BOB.raw_id: "Consumer"}
    client.remove_participants(room_id=room.id, participants=[ALICE])
    assert roles(client, room.id) == {BOB.raw_id: "Consumer"}


def test_lists_are_read_page_after_page(client: RoomsClient) -> None:
    rooms = [client.create_room().id for _ in range(PAGE_SIZE + 1)]
    users = [CommunicationUserIdentifier(f"8:acs:resource_{number}") for number in range(45)]
    client.add_or_update_participants(
        room_id=rooms[0], participants=[RoomParticipant(communication_identifier=one) for one in users]
    )

    assert [one.id for one in client.list_rooms()] == rooms[::-1]
    assert roles(client, rooms[0]) == {one.raw_id: "Attendee" for one in users}
    client.remove_participants(room_id=rooms[0], participants=users[1:])
    assert roles(client, rooms[0]) == {users[0].raw_id: "Attendee"}


def test_what_is_deleted_is_gone_for_every_call(client: RoomsClient) -> None:
    room = client.create_room()
    client.delete_room(room.id)

    everybody = [RoomParticipant(communication_identifier=ALICE)]
    calls: list[Callable[[], object]] = [
        lambda: client.update_room(room_id=room.id, pstn_dial_out_enabled=True),
        lambda: list(client.list_participants(room.id)),
        lambda: client.add_or_update_participants(room_id=room.id, participants=everybody),
        lambda: client.remove_participants(room_id=room.id, participants=[ALICE]),
        lambda: client.delete_room(room.id),
    ]
    for call in calls:
        with pytest.raises(ResourceNotFoundError):
            call()
    assert list(client.list_rooms()) == []


def test_rejections_carry_the_error_of_the_service(client: RoomsClient) -> None:
    with pytest.raises(HttpResponseError) as rejection:
        client.create_room(valid_until=datetime.now(UTC) - timedelta(days=1))

    assert rejection.value.status_code == 400
    assert rejection.value.error is not None
    assert rejection.value.error.code == "BadRequest"
    assert rejection.value.error.details[0].target == "ValidUntil"


def test_ids_that_need_percent_encoding_are_signed_correctly(client: RoomsClient) -> None:
    with pytest.raises(HttpResponseError) as rejection:
        client.get_room("no such room, é%")

    assert rejection.value.status_code == 400
