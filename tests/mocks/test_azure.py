"""The Azure mock keeps its two documents, to the letter."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import formatdate

import pytest
from urllib3 import BaseHTTPResponse

from roomproof.mocks import Mock
from roomproof.mocks.azure import MOCK

Send = Callable[..., BaseHTTPResponse]

VERSION = "api-version=2025-03-13"
MERGE_PATCH = {"Content-Type": "application/merge-patch+json"}
ALICE = "8:acs:db75ed0c-e801-41a3-99a4-66a0a119a06c_00000010-ce28-064a-83fe-084822000666"
BOB = "8:acs:db75ed0c-e801-41a3-99a4-66a0a119a06c_00000010-ce28-064a-83fe-084822000777"
REQUEST_ID = "2f1b7c1e-6a34-4f7e-9f5c-0c9b4c1d2e3f"


@pytest.fixture
def send(connect: Callable[[Mock], Send]) -> Send:
    return connect(MOCK)


def create(send: Send, document: object, headers: Mapping[str, str] | None = None) -> BaseHTTPResponse:
    return send("POST", f"/rooms?{VERSION}", document, headers=headers)


def update(send: Send, room_id: object, document: object) -> BaseHTTPResponse:
    return send("PATCH", f"/rooms/{room_id}?{VERSION}", document, headers=MERGE_PATCH)


def invite(send: Send, room_id: object, participants: object) -> BaseHTTPResponse:
    path = f"/rooms/{room_id}/participants?{VERSION}"
    return send("PATCH", path, {"participants": participants}, headers=MERGE_PATCH)


def in_days(days: float, digits: str = "") -> str:
    return (datetime.now(UTC) + timedelta(days=days)).strftime(f"%Y-%m-%dT%H:%M:%S{digits}Z")


def details(response: BaseHTTPResponse) -> Mapping[str, str]:
    detail: Mapping[str, str] = response.json()["error"]["details"][0]
    return detail


def test_empty_create_gets_all_defaults(send: Send) -> None:
    response = create(send, {})

    room = response.json()
    start, end, created = (
        datetime.fromisoformat(room[name]) for name in ("validFrom", "validUntil", "createdAt")
    )
    assert response.status == 201
    assert room.keys() == {"id", "createdAt", "validFrom", "validUntil", "pstnDialOutEnabled"}
    assert room["pstnDialOutEnabled"] is False
    assert end - start == timedelta(days=180)
    assert timedelta(0) <= created - start < timedelta(seconds=5)
    assert re.fullmatch(r"99[0-9]{14,15}", room["id"])


def test_nulls_on_create_are_defaults(send: Send) -> None:
    document = dict.fromkeys(("validFrom", "validUntil", "pstnDialOutEnabled", "participants"))

    response = create(send, document)

    assert response.status == 201
    assert response.json()["pstnDialOutEnabled"] is False


def test_headers_of_a_created_room(send: Send) -> None:
    response = create(send, {})

    assert response.headers["Location"] == response.json()["id"]
    assert response.headers["Content-Type"] == "application/json; charset=utf-8"
    assert "2025-03-13" in response.headers["api-supported-versions"]
    assert "Repeatability-Result" not in response.headers


@pytest.mark.parametrize(
    ("digits", "kept"),
    [
        ("", ""),
        (".000", ""),
        (".5", ".5"),
        (".3737450", ".373745"),
        (".1234567", ".1234567"),
        (".12345678", ".1234567"),
    ],
)
def test_instants_are_echoed_to_100_nanoseconds_with_an_offset(send: Send, digits: str, kept: str) -> None:
    valid_until = in_days(10, digits)

    response = create(send, {"validUntil": valid_until})

    whole = valid_until.partition(".")[0].rstrip("Z")
    assert response.json()["validUntil"] == f"{whole}{kept}+00:00"


def test_offsets_are_honoured(send: Send) -> None:
    year = datetime.now(UTC).year + 1
    window = {"validFrom": f"{year}-01-01t00:30:00+02:00", "validUntil": f"{year}-01-01T23:59:60z"}

    response = create(send, window)

    assert response.json()["validFrom"] == f"{year - 1}-12-31T22:30:00+00:00"
    assert response.json()["validUntil"] == f"{year}-01-02T00:00:00+00:00"


@pytest.mark.parametrize("name", ["validFrom", "validUntil"])
@pytest.mark.parametrize(
    "value", ["tomorrow", "2099-01-01", "2099-02-30T00:00:00Z", "2099-01-01T00:00:00", 1, True, []]
)
def test_other_instants_are_rejected(send: Send, name: str, value: object) -> None:
    response = create(send, {name: value})

    assert response.status == 400
    assert details(response) == {
        "code": "BadArgument",
        "message": details(response)["message"],
        "target": f"$.{name}",
    }


@pytest.mark.parametrize("value", ["true", 1, 0, "", [], {}])
def test_dial_out_is_a_boolean(send: Send, value: object) -> None:
    room_id = create(send, {}).json()["id"]

    assert create(send, {"pstnDialOutEnabled": value}).status == 400
    assert update(send, room_id, {"pstnDialOutEnabled": value}).status == 400


@pytest.mark.parametrize(("start", "end"), [(None, -1), (-3, -1), (5, 4), (0, 181), (1, 182), (None, 181)])
def test_impossible_windows_are_rejected_on_create_and_update(
    send: Send, start: float | None, end: float
) -> None:
    room_id = create(send, {}).json()["id"]
    window = {"validFrom": None if start is None else in_days(start), "validUntil": in_days(end)}

    for response in (create(send, window), update(send, room_id, window)):
        assert response.status == 400
        assert response.json()["error"]["code"] == "BadRequest"
        assert details(response)["target"] == "ValidUntil"
        assert "x-ms-error-code" not in response.headers
        assert "api-supported-versions" not in response.headers


def test_window_of_exactly_180_days_is_possible(send: Send) -> None:
    start = datetime.now(UTC).replace(microsecond=0)
    window = {
        "validFrom": start.isoformat(),
        "validUntil": (start + timedelta(days=180)).isoformat(),
    }
    longer = window | {"validUntil": (start + timedelta(days=180, microseconds=1)).isoformat()}

    assert create(send, window).status == 201
    assert create(send, longer).status == 400


def test_update_checks_the_window_that_results(send: Send) -> None:
    room_id = create(send, {"validFrom": in_days(1), "validUntil": in_days(10)}).json()["id"]

    assert update(send, room_id, {"validFrom": in_days(11)}).status == 400
    assert update(send, room_id, {"validUntil": in_days(182)}).status == 400
    assert update(send, room_id, {"validFrom": in_days(9)}).status == 200


def test_update_touches_only_what_it_carries(send: Send) -> None:
    room = create(send, {"pstnDialOutEnabled": True, "validUntil": in_days(10)}).json()
    valid_until = in_days(20)

    response = update(send, room["id"], {"validUntil": valid_until})

    assert response.status == 200
    assert response.json() == room | {"validUntil": valid_until.replace("Z", "+00:00")}
    assert send("GET", f"/rooms/{room['id']}?{VERSION}").json() == response.json()


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"validFrom": None, "validUntil": None, "pstnDialOutEnabled": None},
        {"id": "99000000000000000", "createdAt": "2020-01-01T00:00:00Z"},
        {"unknown": 1},
    ],
)
def test_empty_and_null_and_read_only_updates_change_nothing(send: Send, document: object) -> None:
    room = create(send, {"pstnDialOutEnabled": True}).json()

    response = update(send, room["id"], document)

    assert response.status == 200
    assert response.json() == room


def test_rejected_update_changes_nothing(send: Send) -> None:
    room = create(send, {}).json()

    response = update(send, room["id"], {"pstnDialOutEnabled": True, "validUntil": "soon"})

    assert response.status == 400
    assert send("GET", f"/rooms/{room['id']}?{VERSION}").json() == room


@pytest.mark.parametrize("media_type", ["application/json", "text/plain"])
def test_update_takes_merge_patch_only(send: Send, media_type: str) -> None:
    room_id = create(send, {}).json()["id"]

    response = send("PATCH", f"/rooms/{room_id}?{VERSION}", {}, headers={"Content-Type": media_type})

    assert response.status == 415
    assert response.headers["x-ms-error-code"] == response.json()["error"]["code"]


@pytest.mark.parametrize(
    "query", ["", "?", "?api-version=", "?api-version=2020-01-01", f"?Api-Version=2025-03-13x&{VERSION[:-1]}"]
)
def test_api_version_is_required(send: Send, query: str) -> None:
    response = send("POST", f"/rooms{query}", {})

    assert response.status == 400
    assert response.headers["x-ms-error-code"] == "BadRequest"


@pytest.mark.parametrize("room_id", ["123", "invalid_id", "9" * 19, "x" * 17, "٩" * 17])
@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_malformed_ids_are_bad_requests(send: Send, method: str, room_id: str) -> None:
    quoted = room_id.replace("٩", "%D9%A9")

    response = send(method, f"/rooms/{quoted}?{VERSION}", {}, headers=MERGE_PATCH)

    assert response.status == 400
    assert response.headers["x-ms-error-code"] == response.json()["error"]["code"] == "BadRequest"
    assert "details" not in response.json()["error"]


def test_deleted_room_is_unknown(send: Send) -> None:
    room_id = create(send, {}).json()["id"]

    deleted = send("DELETE", f"/rooms/{room_id}?{VERSION}")

    assert deleted.status == 204
    assert deleted.data == b""
    for method in ("GET", "PATCH", "DELETE"):
        response = send(method, f"/rooms/{room_id}?{VERSION}", {}, headers=MERGE_PATCH)
        assert response.status == 404
        assert response.headers["x-ms-error-code"] == response.json()["error"]["code"] == "NotFound"


def test_list_begins_with_the_newest_room(send: Send) -> None:
    created = [create(send, {}).json() for _ in range(3)]

    response = send("GET", f"/rooms?{VERSION}")

    assert response.json() == {"value": created[::-1]}


def test_role_is_attendee_where_none_is_given(send: Send) -> None:
    room_id = create(send, {"participants": {ALICE: {}, BOB: {"role": "Presenter"}}}).json()["id"]

    response = send("GET", f"/rooms/{room_id}/participants?{VERSION}")

    assert response.json() == {
        "value": [{"rawId": ALICE, "role": "Attendee"}, {"rawId": BOB, "role": "Presenter"}]
    }


@pytest.mark.parametrize("role", ["Presenter", "Attendee", "Consumer", "Collaborator"])
def test_documented_roles_are_accepted(send: Send, role: str) -> None:
    assert create(send, {"participants": {ALICE: {"role": role}}}).status == 201


@pytest.mark.parametrize("role", ["attendee", "Kafka", "", None, 1, ["Attendee"]])
def test_other_roles_are_rejected(send: Send, role: object) -> None:
    room_id = create(send, {}).json()["id"]

    for response in (
        create(send, {"participants": {ALICE: {"role": role}}}),
        invite(send, room_id, {ALICE: {"role": role}}),
    ):
        assert response.status == 400
        assert details(response)["target"] == f"$.participants.{ALICE}.role"


@pytest.mark.parametrize(
    "participants", [[], "x", True, {ALICE: None}, {ALICE: "Attendee"}, {"wrong": {}}, {"": {}}]
)
def test_other_participants_are_rejected(send: Send, participants: object) -> None:
    assert create(send, {"participants": participants}).status == 400


def test_participants_are_added_changed_and_removed(send: Send) -> None:
    room_id = create(send, {"participants": {ALICE: {"role": "Presenter"}}}).json()["id"]

    added = invite(send, room_id, {ALICE: {"role": "Consumer"}, BOB: {}})
    removed = invite(send, room_id, {ALICE: None, "8:acs:nobody": None})

    assert (added.status, added.json()) == (removed.status, removed.json()) == (200, {})
    listed = send("GET", f"/rooms/{room_id}/participants?{VERSION}").json()
    assert listed == {"value": [{"rawId": BOB, "role": "Attendee"}]}


def test_update_leaves_participants_alone(send: Send) -> None:
    room_id = create(send, {"participants": {ALICE: {}}}).json()["id"]

    update(send, room_id, {"pstnDialOutEnabled": True, "participants": {}})

    assert len(send("GET", f"/rooms/{room_id}/participants?{VERSION}").json()["value"]) == 1


def test_repeated_request_is_executed_once(send: Send) -> None:
    headers = {"Repeatability-Request-ID": REQUEST_ID, "Repeatability-First-Sent": formatdate(usegmt=True)}

    first = create(send, {"pstnDialOutEnabled": True}, headers)
    second = create(send, {"pstnDialOutEnabled": True}, headers)

    assert (second.status, second.data) == (first.status, first.data)
    assert second.headers["Location"] == first.headers["Location"]
    assert first.headers["Repeatability-Result"] == second.headers["Repeatability-Result"] == "accepted"
    assert len(send("GET", f"/rooms?{VERSION}").json()["value"]) == 1


def test_rejected_request_is_not_remembered(send: Send) -> None:
    headers = {"Repeatability-Request-ID": REQUEST_ID, "Repeatability-First-Sent": formatdate(usegmt=True)}

    assert create(send, {"pstnDialOutEnabled": 1}, headers).status == 400
    assert create(send, {}, headers).status == 201


@pytest.mark.parametrize(
    "headers",
    [
        {"Repeatability-Request-ID": REQUEST_ID},
        {
            "Repeatability-Request-ID": "not-a-uuid",
            "Repeatability-First-Sent": "Thu, 26 Jun 2025 05:46:17 GMT",
        },
        {"Repeatability-Request-ID": REQUEST_ID, "Repeatability-First-Sent": "2025-06-26T05:46:17Z"},
        {"Repeatability-Request-ID": REQUEST_ID, "Repeatability-First-Sent": "Wed, 26 Jun 2025 05:46:17 GMT"},
        {"Repeatability-First-Sent": "yesterday"},
    ],
)
def test_broken_repeatability_headers_are_rejected(send: Send, headers: Mapping[str, str]) -> None:
    response = create(send, {}, headers)

    assert response.status == 400
    assert send("GET", f"/rooms?{VERSION}").json() == {"value": []}


@pytest.mark.parametrize(
    "headers",
    [
        {"x-ms-content-sha256": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="},
        {"x-ms-content-sha256": None},
        {"x-ms-date": None},
        {"x-ms-date": "Thu, 26 Jun 2025 05:46:17 GMT"},
        {"Authorization": "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=AAAA"},
        {"Authorization": "Bearer token"},
        {"Host": "elsewhere.example"},
    ],
)
def test_wrong_signatures_are_rejected(send: Send, headers: Mapping[str, str | None]) -> None:
    response = send("POST", f"/rooms?{VERSION}", {}, headers=headers)

    assert response.status == 401
    assert response.json()["error"]["code"] == response.headers["x-ms-error-code"] == "Denied"


@pytest.mark.parametrize(("minutes", "status"), [(-16, 401), (-14, 201), (14, 201), (16, 401)])
def test_signature_is_good_for_15_minutes(send: Send, minutes: int, status: int) -> None:
    response = send("POST", f"/rooms?{VERSION}", {}, signed_at=time.time() + 60 * minutes)

    assert response.status == status
