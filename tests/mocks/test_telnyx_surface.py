"""What the Telnyx mock does beside updates: filters, sessions, client tokens, late lists."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from urllib3 import BaseHTTPResponse

from roomproof.mocks import Mock
from roomproof.mocks.telnyx import MOCK

Send = Callable[..., BaseHTTPResponse]

ROOM = f"/rooms/{MOCK.room_id}"
TOKEN = f"{ROOM}/actions/generate_join_client_token"
REFRESH = f"{ROOM}/actions/refresh_client_token"
UNKNOWN = "7b61621f-62e0-4aad-ab11-9fd19e272e73"
TODAY = datetime.now(UTC).date()


@pytest.fixture
def send(connect: Callable[[Mock], Send]) -> Send:
    return connect(MOCK)


def data(response: BaseHTTPResponse) -> Any:
    return response.json()["data"]


def listed(send: Send, path: str, **query: str) -> list[dict[str, Any]]:
    text = "&".join(f"{name}={value}" for name, value in query.items())
    response = send("GET", f"{path}?{text}")
    assert response.status == 200
    found: list[dict[str, Any]] = data(response)
    return found


def test_a_room_shows_the_session_that_is_going_on_in_it(send: Send) -> None:
    room = data(send("GET", f"{ROOM}?include_sessions=true"))

    ended, running = room["sessions"]
    assert (ended["active"], running["active"]) == (False, True)
    assert room["active_session_id"] == running["id"]
    assert {one["room_id"] for one in room["sessions"]} == {MOCK.room_id}
    assert ended["ended_at"] > ended["created_at"]
    assert "ended_at" not in running


def test_a_new_room_has_no_session(send: Send) -> None:
    room_id = data(send("POST", "/rooms", {}))["id"]

    assert data(send("GET", f"/rooms/{room_id}?include_sessions=true"))["sessions"] == []
    assert listed(send, f"/rooms/{room_id}/sessions") == []


@pytest.mark.parametrize("value", ["yes", "1", "True", ""])
@pytest.mark.parametrize("path", ["/rooms", ROOM])
def test_only_words_for_truth_say_whether_sessions_are_shown(send: Send, path: str, value: str) -> None:
    assert send("GET", f"{path}?include_sessions={value}").status == 422


def test_sessions_of_all_rooms_and_of_one(send: Send) -> None:
    every = listed(send, "/room_sessions")

    assert len(every) == 3
    assert every[1:] == listed(send, f"{ROOM}/sessions")
    assert every[1:] == listed(send, "/room_sessions", **{"filter[room_id]": str(MOCK.room_id).upper()})
    assert [one["id"] for one in every if one["active"]] == [
        one["id"] for one in listed(send, "/room_sessions", **{"filter[active]": "true"})
    ]
    assert listed(send, "/room_sessions", **{"filter[room_id]": UNKNOWN}) == []


def test_sessions_come_in_pages(send: Send) -> None:
    every = [one["id"] for one in listed(send, "/room_sessions")]
    pages = [send("GET", f"/room_sessions?page[size]=2&page[number]={number}").json() for number in (1, 2, 3)]

    assert [one["id"] for page in pages for one in page["data"]] == every
    assert [len(page["data"]) for page in pages] == [2, 1, 0]
    assert pages[0]["meta"] == {"total_pages": 2, "total_results": 3, "page_number": 1, "page_size": 2}


def test_participants_are_shown_where_they_are_asked_for(send: Send) -> None:
    session = next(one for one in listed(send, "/room_sessions") if one["active"])
    path = f"/room_sessions/{session['id']}"

    assert session["participants"] == data(send("GET", path))["participants"] == []
    (participant,) = data(send("GET", f"{path}?include_participants=true"))["participants"]
    assert participant["session_id"] == session["id"]
    assert participant["record_type"] == "room_participant"
    assert "left_at" not in participant
    assert data(send("GET", f"{path}?include_participants=false")) == session


@pytest.mark.parametrize("path", [f"/room_sessions/{UNKNOWN}", "/room_sessions/x", f"/rooms/{UNKNOWN}"])
def test_what_is_not_found_is_told_by_an_error_that_stands_alone(send: Send, path: str) -> None:
    response = send("GET", path)

    assert response.status == 404
    assert (response.json()["code"], response.json()["title"]) == ("10005", "Resource not found")


def test_a_session_ends_with_its_room(send: Send) -> None:
    running = data(send("GET", ROOM))["active_session_id"]

    assert send("DELETE", ROOM).status == 204
    session = data(send("GET", f"/room_sessions/{running}"))
    assert session["active"] is False
    assert session["ended_at"] >= session["created_at"]
    assert send("GET", f"{ROOM}/sessions").status == 404


@pytest.mark.parametrize("time_", ["created", "updated"])
@pytest.mark.parametrize("path", ["/rooms", f"{ROOM}/sessions"])
def test_lists_of_some_days(send: Send, path: str, time_: str) -> None:
    every = listed(send, path)
    newest = max(one[f"{time_}_at"] for one in every)[:10]

    def of(how: str, day: str) -> list[dict[str, Any]]:
        return listed(send, path, **{f"filter[date_{time_}_at][{how}]": day})

    assert of("gte", "2001-02-03") == every
    assert of("lte", "2001-02-03") == of("eq", "2001-02-03") == []
    assert of("lte", newest) == every
    assert of("eq", newest) == of("gte", newest) != []
    assert of("gte", (TODAY + timedelta(days=3)).isoformat()) == []


def test_what_has_not_ended_ended_on_no_day(send: Send) -> None:
    found = listed(send, "/room_sessions", **{"filter[date_ended_at][gte]": "2001-02-03"})

    assert found
    assert not any(one["active"] for one in found)


@pytest.mark.parametrize("path", ["/rooms", "/room_sessions", f"{ROOM}/sessions"])
@pytest.mark.parametrize(
    "query",
    [
        "filter[date_created_at][eq]=yesterday",
        "filter[date_updated_at][gte]=2021-02-30",
        "filter[date_created_at][lte]=2021-04-25T00:00:00Z",
        "page[size]=251",
        "page[number]=0",
    ],
)
def test_lists_reject_other_queries_with_a_body_of_their_own(send: Send, path: str, query: str) -> None:
    response = send("GET", f"{path}?{query}")

    assert response.status == 422
    assert response.json()["success"] is False
    assert query.partition("=")[0] in response.json()["message"]


def expires(response: BaseHTTPResponse, name: str) -> float:
    """How many seconds after now something expires."""
    text = data(response)[f"{name}_expires_at"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", text)
    return (datetime.fromisoformat(text) - datetime.now(UTC)).total_seconds()


def test_tokens_last_as_long_as_they_are_asked_for(send: Send) -> None:
    usual = send("POST", TOKEN, {})
    other = send("POST", TOKEN, {"token_ttl_secs": 10, "refresh_token_ttl_secs": 86_400})

    assert usual.status == other.status == 201
    assert expires(usual, "token") == pytest.approx(600, abs=5)
    assert expires(usual, "refresh_token") == pytest.approx(3600, abs=5)
    assert expires(other, "token") == pytest.approx(10, abs=5)
    assert expires(other, "refresh_token") == pytest.approx(86_400, abs=5)
    assert len({data(usual)["token"], data(other)["token"], data(usual)["refresh_token"]}) == 3


@pytest.mark.parametrize(
    "body",
    [
        {"token_ttl_secs": 9},
        {"token_ttl_secs": 3601},
        {"token_ttl_secs": "600"},
        {"token_ttl_secs": None},
        {"refresh_token_ttl_secs": 59},
        {"refresh_token_ttl_secs": 86_401},
        {"refresh_token_ttl_secs": 60.5},
        [],
    ],
    ids=str,
)
def test_tokens_of_other_lives_are_not_made(send: Send, body: object) -> None:
    assert send("POST", TOKEN, body).status == 422


def test_a_refresh_token_makes_client_tokens_without_credentials(send: Send) -> None:
    refresh_token = data(send("POST", TOKEN, {}))["refresh_token"]

    response = send(
        "POST",
        REFRESH,
        {"refresh_token": refresh_token, "token_ttl_secs": 3600},
        headers={"Authorization": None},
    )

    assert response.status == 201
    assert sorted(data(response)) == ["token", "token_expires_at"]
    assert expires(response, "token") == pytest.approx(3600, abs=5)


def test_other_refresh_tokens_are_forbidden(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    other = data(send("POST", "/rooms", {}))["id"]
    of_another_room = data(send("POST", f"/rooms/{other}/actions/generate_join_client_token", {}))
    own = data(send("POST", TOKEN, {"refresh_token_ttl_secs": 60}))["refresh_token"]

    for refresh_token in ("made-up", of_another_room["refresh_token"]):
        response = send("POST", REFRESH, {"refresh_token": refresh_token})
        assert response.status == 403
        assert response.json()["title"] == "Forbidden"
    assert send("POST", REFRESH, {"refresh_token": own}).status == 201
    later = time.time_ns() + 61 * 10**9
    monkeypatch.setattr("roomproof.mocks.telnyx_tokens.now", lambda: later)
    assert send("POST", REFRESH, {"refresh_token": own}).status == 403


@pytest.mark.parametrize(
    "body", [{}, {"token_ttl_secs": 600}, {"refresh_token": 5}, {"refresh_token": None}, []], ids=str
)
def test_a_refresh_needs_a_refresh_token(send: Send, body: object) -> None:
    assert send("POST", REFRESH, body).status == 422


@pytest.mark.parametrize("path", [TOKEN, REFRESH])
def test_rooms_that_are_not_there_have_no_tokens(send: Send, path: str) -> None:
    response = send("POST", path.replace(str(MOCK.room_id), UNKNOWN), {"refresh_token": "x"})

    assert response.status == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/rooms"),
        ("POST", "/rooms"),
        ("GET", ROOM),
        ("DELETE", ROOM),
        ("GET", f"{ROOM}/sessions"),
        ("GET", "/room_sessions"),
        ("GET", f"/room_sessions/{UNKNOWN}"),
        ("POST", TOKEN),
    ],
)
def test_everything_else_needs_the_key(send: Send, method: str, path: str) -> None:
    for given in (None, "Bearer other"):
        assert send(method, path, {}, headers={"Authorization": given}).status == 401


def test_late_lists_show_a_room_only_after_a_while(
    connect: Callable[[Mock], Send],
) -> None:
    build_late = MOCK.build_late
    assert build_late is not None
    late = connect(replace(MOCK, build=lambda: build_late(0.5)))
    time.sleep(0.6)

    room_id = data(late("POST", "/rooms", {"unique_name": "Blue"}))["id"]

    assert data(late("GET", f"/rooms/{room_id}"))["unique_name"] == "Blue"
    assert [one["id"] for one in listed(late, "/rooms")] == [MOCK.room_id]
    time.sleep(0.6)
    assert [one["id"] for one in listed(late, "/rooms")] == [MOCK.room_id, room_id]
    late("DELETE", f"/rooms/{room_id}")
    assert len(listed(late, "/rooms")) == 2
    time.sleep(0.6)
    assert len(listed(late, "/rooms")) == 1
