"""Operators on life cycles, lists and bodies of other sorts, around a miniature server and a contract that
says all this of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from roomproof.contract.read import parse_contract
from roomproof.mocks import Mock
from roomproof_faults import Fault, generated

CONTRACT = parse_contract(
    Path(__file__).with_name("life_cycle.yaml").read_text(encoding="utf-8"), "life_cycle.yaml"
)
UNREADABLE = (ValueError, LookupError, TypeError)
"""What a body that is none raises."""
RULES = {
    "gone-after-delete": {"readable", "kept"},
    "delete-repeated": {"200", "204", "404", "409", "500"},
    "listed": {"newest-missing", "first-missing", "last-missing", "empty"},
    "not-listed": {"deleted"},
    "paging": {"first-again", "repeated", "size-ignored"},
    "filter": {"ignored", "empty"},
    "found-by": {"unknown"},
    "safe": {"changed-by-read"},
    "default-on-create": {"other"},
}


def server() -> Starlette:
    """Three rooms, in pages of at most fifty; a second deletion is answered with 410, what cannot be read
    with 400.
    """
    rooms: dict[str, dict[str, Any]] = {}
    for number in range(3):
        rooms[f"room-{number}"] = {"id": f"room-{number}", "name": f"name-{number}", "seats": 4}

    async def all_of_them(request: Request) -> Response:
        if request.method == "POST":
            name = f"room-{len(rooms)}"
            told = {"name": "", "seats": 4, **await request.json()}
            if not isinstance(told["name"], str) or type(told["seats"]) is not int or told["seats"] > 9:
                return Response(status_code=400)
            rooms[name] = made = {"id": name, "name": told["name"], "seats": told["seats"]}
            return JSONResponse({"data": made}, 201)
        size, page = int(request.query_params.get("size", 50)), int(request.query_params.get("page", 0))
        wanted = request.query_params.get("name")
        found = [room for room in rooms.values() if wanted in (None, room["name"])]
        return (
            JSONResponse({"data": found[page * size : (page + 1) * size]})
            if size <= 50
            else Response(status_code=400)
        )

    async def one(request: Request) -> Response:
        asked = request.path_params["id"]
        named = next((room for room in rooms.values() if room["name"] == asked), None)
        room = rooms.get(asked, named if request.method == "GET" else None)
        if room is None:
            return Response(status_code=410 if request.method == "DELETE" else 404)
        if request.method == "DELETE":
            del rooms[room["id"]]
            return Response(status_code=204)
        return JSONResponse({"data": room})

    async def guests(request: Request) -> Response:
        return Response(status_code=200 if len(await request.json()) <= 2 else 400)

    async def token(request: Request) -> Response:
        told = parse_qs((await request.body()).decode())
        return Response(status_code=200 if int(told["minutes"][0]) <= 60 else 400)

    async def rejected(_: Request, __: Exception) -> Response:
        return Response(status_code=400)

    routes = [
        Route("/rooms", all_of_them, methods=["GET", "POST"]),
        Route("/rooms/{id}", one, methods=["GET", "DELETE"]),
        Route("/rooms/{id}/guests", guests, methods=["POST"]),
        Route("/rooms/{id}/tokens", token, methods=["POST"]),
    ]
    return Starlette(routes=routes, exception_handlers=dict.fromkeys(UNREADABLE, rejected))


MOCK = Mock("stranger", server, "", {"STRANGER_TOKEN": "a token"}, None)
FAULTS: Mapping[str, Fault] = {fault.id: fault for fault in generated(MOCK, CONTRACT)}
Served = Callable[[str], Callable[..., Any]]


@pytest.fixture
def serve(miniature: Callable[..., Any]) -> Served:
    """Return the server with a fault, or with "" the right one, asked about a room or, with "" for it, about
    all.
    """
    return lambda fault: miniature(FAULTS[fault].around(server()) if fault else server())


def listed(response: Any) -> list[str]:
    return [room["id"] for room in response.json["data"]]


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_of_life_cycles_has_operators(rule: str) -> None:
    assert {id.rpartition(".")[2] for id in FAULTS if f".{rule}." in id} == RULES[rule]


def test_the_server_itself_is_right(serve: Served) -> None:
    ask = serve("")
    assert listed(ask("GET", to="", query="size=2&page=1")) == ["room-2"]
    assert ask("DELETE").status == 204
    assert [ask("GET").status, ask("DELETE").status] == [404, 410]
    assert listed(ask("GET", to="")) == ["room-1", "room-2"]


@pytest.mark.parametrize("word", ["readable", "kept"])
def test_a_deleted_room_can_be_read(serve: Served, word: str) -> None:
    ask = serve(f"behaviour.gone.gone-after-delete.{word}")
    before = ask("GET").body

    assert ask("DELETE").status == 204
    assert (ask("GET").status, ask("GET").body) == (200, before)


@pytest.mark.parametrize("status", [200, 204, 404, 409, 500])
def test_a_second_deletion_is_answered_in_another_way(serve: Served, status: int) -> None:
    ask = serve(f"behaviour.again.delete-repeated.{status}")

    assert [ask("DELETE").status, ask("DELETE").status] == [204, status]
    assert ask("DELETE", to="room-7").status == 410


def test_a_list_lacks_rooms(serve: Served) -> None:
    newest = serve("behaviour.list.listed.newest-missing")
    made = newest("POST", {}, to="").json["data"]["id"]

    assert made not in listed(newest("GET", to=""))
    assert newest("GET", to=made).status == 200
    assert listed(serve("behaviour.list.listed.first-missing")("GET", to="")) == ["room-1", "room-2"]
    assert listed(serve("behaviour.list.listed.last-missing")("GET", to="")) == ["room-0", "room-1"]
    assert listed(serve("behaviour.list.listed.empty")("GET", to="")) == []


def test_a_list_shows_a_deleted_room(serve: Served) -> None:
    ask = serve("behaviour.list.not-listed.deleted")

    ask("DELETE")

    assert listed(ask("GET", to="")) == ["room-1", "room-2", "room-0"]


@pytest.mark.parametrize(
    ("word", "pages"),
    [
        ("first-again", [["room-0", "room-1"], ["room-0", "room-1"]]),
        ("repeated", [["room-0", "room-1", "room-1"], ["room-2", "room-2"]]),
        ("size-ignored", [["room-0", "room-1", "room-2"], []]),
    ],
)
def test_pages_repeat_and_ignore_their_size(serve: Served, word: str, pages: list[list[str]]) -> None:
    ask = serve(f"behaviour.pages.paging.{word}")

    assert [listed(ask("GET", to="", query=f"size=2&page={page}")) for page in range(2)] == pages


@pytest.mark.parametrize(("word", "shown"), [("ignored", ["room-0", "room-1", "room-2"]), ("empty", [])])
def test_a_list_is_filtered_in_another_way(serve: Served, word: str, shown: list[str]) -> None:
    assert listed(serve("")("GET", to="", query="name=name-1")) == ["room-1"]
    assert listed(serve(f"behaviour.name.filter.{word}")("GET", to="", query="name=name-1")) == shown


def test_a_room_is_found_by_its_id_alone(serve: Served) -> None:
    right, ask = serve(""), serve("behaviour.name.found-by.unknown")
    assert right("GET", to="name-1").json == ask("GET", to="room-1").json
    assert ask("GET", to="name-1").status == 404


@pytest.mark.parametrize(("operation", "asked"), [("get-room", None), ("list-rooms", "")])
def test_asking_changes_the_room(serve: Served, operation: str, asked: str | None) -> None:
    ask = serve(f"{operation}.behaviour.safe.safe.changed-by-read")

    first = ask("GET").json["data"]
    ask("GET", **({} if asked is None else {"to": asked}))

    assert first == {"id": "room-0", "name": "name-0", "seats": 4}
    assert ask("GET").json["data"] != first


def test_a_room_is_made_with_another_default_and_with_what_was_sent(serve: Served) -> None:
    ask = serve("behaviour.seats.default-on-create.other")

    assert ask("POST", {}, to="").json["data"]["seats"] != 4
    assert ask("POST", {"seats": 4}, to="").json["data"]["seats"] == 4


def test_a_read_finds_another_room(serve: Served) -> None:
    ask = serve("behaviour.room_id.unknown-refused.another-room")

    ask("GET", to="room-1")

    assert ask("GET", to="room-7").json["data"]["id"] == "room-1"


@pytest.mark.parametrize(
    ("fault", "wrong"),
    [
        ("request.size.maximum.other", {"method": "GET", "to": "", "query": "size=51"}),
        ("request.body.max-items.above", {"method": "POST", "to": "room-0/guests", "body": ["a", "b", "c"]}),
        (
            "request.minutes.maximum.one-above",
            {
                "method": "POST",
                "to": "room-0/tokens",
                "raw": b"minutes=61",
                "media_type": "application/x-www-form-urlencoded",
            },
        ),
    ],
    ids=["query", "list", "form"],
)
def test_a_wrong_value_is_accepted_in_a_query_a_list_and_a_form(
    serve: Served, fault: str, wrong: dict[str, Any]
) -> None:
    assert serve("")(**wrong).status == 400
    assert serve(fault)(**wrong).status == 200
