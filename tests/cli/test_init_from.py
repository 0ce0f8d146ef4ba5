"""`roomproof init --from`: a specification becomes a contract that runs against a server at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

Json = Any
SPECIFICATION = """
swagger: "2.0"
info: {title: Meet, version: "2"}
basePath: /api
consumes: [application/json]
produces: [application/json]
securityDefinitions: {key: {type: apiKey, in: header, name: X-Meet-Key}}
security: [{key: []}]
paths:
  /rooms:
    post:
      operationId: Rooms_Create
      parameters: [{name: body, in: body, required: true, schema: {$ref: "#/definitions/NewRoom"}}]
      responses:
        201: {description: The new room, schema: {$ref: "#/definitions/Room"}}
        400: {description: It is wrong}
        401: {description: Who are you}
  /rooms/:room_id:
    get:
      operationId: Rooms_Get
      responses:
        200: {description: The room, schema: {$ref: "#/definitions/Room"}}
        401: {description: Who are you}
        404: {description: No such room}
    delete:
      operationId: Rooms_Delete
      responses:
        204: {description: It is gone}
        401: {description: Who are you}
        404: {description: No such room}
definitions:
  NewRoom:
    type: object
    required: [name]
    properties:
      name: {type: string, minLength: 1, maxLength: 20}
      seats: {type: integer, minimum: 2, maximum: 8}
  Room:
    type: object
    required: [id, name, seats]
    properties:
      id: {type: string}
      name: {type: string, minLength: 1, maxLength: 20}
      seats: {type: int, minimum: 2, maximum: 8}
"""


class Meet:
    """The server of the specification's vendor; `most` is how many seats it really has."""

    def __init__(self, most: int = 8) -> None:
        self._rooms: dict[str, Json] = {}
        self._most = most
        routes = [
            Route("/api/rooms", self.make, methods=["POST"]),
            Route("/api/rooms/{id}", self.one, methods=["GET", "DELETE"]),
        ]
        self.app = Starlette(routes=routes)

    async def make(self, request: Request) -> Response:
        if request.headers.get("x-meet-key") != "secret":
            return Response(status_code=401)
        try:
            body = json.loads(await request.body())
        except (ValueError, RecursionError):
            return Response(status_code=400)
        if not self._is_right(body):
            return Response(status_code=400)
        room = {
            "seats": 2,
            **{name: body[name] for name in ("name", "seats") if name in body},
            "id": str(uuid4()),
        }
        self._rooms[room["id"]] = room
        return JSONResponse(room, 201)

    def _is_right(self, body: Json) -> bool:
        if not isinstance(body, dict) or not isinstance(body.get("name"), str):
            return False
        seats = body.get("seats", 2)
        return 1 <= len(body["name"]) <= 20 and type(seats) is int and 2 <= seats <= self._most

    async def one(self, request: Request) -> Response:
        if request.headers.get("x-meet-key") != "secret":
            return Response(status_code=401)
        room = self._rooms.get(request.path_params["id"])
        if room is None:
            return Response(status_code=404)
        if request.method == "DELETE":
            del self._rooms[room["id"]]
            return Response(status_code=204)
        return JSONResponse(room)


@pytest.fixture
def specification(tmp_path: Path) -> Path:
    """The vendor's specification in a file."""
    path = tmp_path / "meet.yaml"
    path.write_text(SPECIFICATION)
    return path


def test_a_draft_runs_without_an_edit(
    inside: Callable[..., Any], serve: Callable[..., str], specification: Path
) -> None:
    made = inside("init", "meet", "--from", specification)
    assert made.code == 0, made
    assert "It is about the resource 'room'" in made.out
    assert "/definitions/Room/properties/seats/type: 'int' is no type; the draft has integer" in made.out
    assert "the draft has /rooms/{room_id}" in made.out
    assert "MEET_API_KEY=... roomproof verify meet --contracts meet --base-url URL" in made.out
    words = ("--contracts", "meet", "--max-examples", "3", "--seed", "1", "--base-url")
    done = inside("verify", "meet", *words, f"{serve(Meet().app)}/api", env={"MEET_API_KEY": "secret"})
    assert done.code == 0, done.out
    assert "pass" in done.out


def test_and_finds_what_the_server_does_not_keep(
    inside: Callable[..., Any], serve: Callable[..., str], specification: Path
) -> None:
    inside("init", "meet", "--from", specification)
    words = ("--contracts", "meet", "--max-examples", "3", "--seed", "1", "--base-url")
    done = inside("verify", "meet", *words, f"{serve(Meet(most=6).app)}/api", env={"MEET_API_KEY": "secret"})
    assert done.code == 1
    assert "meet.rooms-create.request.seats.maximum" in done.out


def test_check_finds_no_mistake(inside: Callable[..., Any], specification: Path) -> None:
    inside("init", "meet", "--from", specification)
    done = inside("check", "meet")
    assert (done.code, "no mistakes" in done.out) == (0, True), done.out


def test_several_files_are_drafted_together(
    inside: Callable[..., Any], specification: Path, tmp_path: Path
) -> None:
    first, second = SPECIFICATION.split("  /rooms/:room_id:\n")
    rest, definitions = second.split("definitions:\n")
    specification.write_text(f"{first}definitions:\n{definitions}")
    (tmp_path / "one.yaml").write_text(
        f"swagger: '2.0'\ninfo: {{title: One}}\npaths:\n  /rooms/:room_id:\n{rest}definitions:\n{definitions}"
    )
    done = inside("init", "meet", "--from", specification, "one.yaml")
    assert done.code == 0, done
    assert "DELETE /rooms/{room_id}  rooms-delete" in done.out
    assert "POST /rooms  rooms-create" in done.out
    documents = (tmp_path / "meet" / "documents.yaml").read_text()
    assert "Meet, Swagger 2.0" in documents
    assert "One, Swagger 2.0" in documents


def test_nothing_is_overwritten(inside: Callable[..., Any], specification: Path, tmp_path: Path) -> None:
    inside("init", "meet", "--from", specification)
    before = (tmp_path / "meet" / "openapi.yaml").read_text()
    again = inside("init", "meet", "--from", specification)
    assert (again.code, "nothing is overwritten" in again.err) == (2, True)
    assert (tmp_path / "meet" / "openapi.yaml").read_text() == before


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--operation", "x"), "is named by --from"),
        (("--from", "meet.yaml", "--resource", ""), "is given but empty"),
        (("--from", "nowhere.yaml"), "cannot be read"),
        (("--from", "page.txt"), "no layout is known of"),
        (("--from", "meet.yaml", "--operation", "Rooms_Creat"), "did you mean 'Rooms_Create'"),
    ],
)
@pytest.mark.usefixtures("specification")
def test_what_cannot_be_drafted(
    inside: Callable[..., Any], tmp_path: Path, words: tuple[str, ...], told: str
) -> None:
    (tmp_path / "page.txt").write_text("A few words.")
    done = inside("init", "meet", *words)
    assert (done.code, told in done.err, (tmp_path / "meet").exists()) == (2, True, False), done


def test_a_file_that_is_not_there_leaves_references_that_lead_nowhere(
    inside: Callable[..., Any], tmp_path: Path
) -> None:
    text = SPECIFICATION.replace('"#/definitions/NewRoom"', '"other/common.json#/New"')
    (tmp_path / "meet.yaml").write_text(text)
    done = inside("init", "meet", "--from", "meet.yaml")
    assert (done.code, "leads nowhere" in done.out) == (0, True), done
