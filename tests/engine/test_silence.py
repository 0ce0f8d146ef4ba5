"""A contract that leaves out a rule makes no finding of it: what no document says, a faithful provider may do
either way.

The vendor here tells what a room holds and how one is changed, and next to nothing of what is rejected, or
how.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from roomproof.contract.model import Contract
from roomproof.engine.run import Options, Result, Run, Subject
from roomproof.interaction import Credentials, Interaction, RoomKnowledge
from roomproof.interaction import Request as Sent
from roomproof.interaction import Response as Answer
from roomproof.judge.evidence import Evidence, Outcome
from roomproof.judge.judge import Judge
from roomproof.providers import find_contract, find_special
from roomproof.targets.credentials import scheme_from
from roomproof.targets.http import HttpTarget
from roomproof.verdict import Verdict

Json = Any
TOKEN = "quiet-token"
CONTRACT = """
openapi: 3.1.0
info: {title: Quiet rooms, version: "1"}
servers: [{url: https://quiet.example.com/v1}]
x-provider: quiet
x-source: {document: Quiet, section: Rooms, field: page}
x-room: {parameter: name, at: [], id: name}
x-credentials: {scheme: bearer, environment: {token: QUIET_TOKEN}}
x-support: SUPPORT
paths:
  /rooms:
    post:
      operationId: create-room
      requestBody:
        content: {application/json: {schema: {$ref: "#/components/schemas/Body"}}}
      responses:
        "200":
          description: a room
          content: {application/json: {schema: {$ref: "#/components/schemas/Room"}}}
      x-behaviours:
        - path: repeats
          rule: replayed-once
          with: {id: Request-Id, first-sent: First-Sent}
          demands: a repeated request makes one room
        - {fields: [privacy, size], rule: echo, demands: what was set is shown}
  /rooms/{name}:
    parameters:
      - {name: name, in: path, required: true, schema: {type: string, format: quiet-name}}
    post:
      operationId: update-room
      requestBody:
        content: {application/json: {schema: {$ref: "#/components/schemas/Body"}}}
      responses:
        "200":
          description: the room
          content: {application/json: {schema: {$ref: "#/components/schemas/Room"}}}
      x-behaviours:
        - {fields: [privacy, size], rule: echo, demands: what was set is shown}
        - {fields: [privacy, size], rule: unchanged, demands: what is not named stays}
components:
  schemas:
    Body:
      type: object
      properties:
        privacy: {type: string, enum: [public, private]}
        size: {type: integer, minimum: 2, maximum: 20}
    Room:
      type: object
      required: [name]
      properties:
        name: {type: string}
        privacy: {type: string}
        size: {type: integer}
"""
UNTYPED = CONTRACT.replace(
    "    Room:",
    """\
        topic: {}
        greeting: {maxLength: 30}
    Room:""",
)
"""The same with fields of which only the name is told, or how long they may be."""
SUPPORT = """{read: {method: GET, path: "/rooms/{name}"}, delete: {method: DELETE, path: "/rooms/{name}"}}"""
"""What a run may do besides, where the vendor tells of deleting."""
NO_DELETE = """{read: {method: GET, path: "/rooms/{name}"}}"""


def quiet() -> Starlette:
    """Build a server that keeps every word of the contract, and rejects whatever the contract is silent
    about.
    """
    rooms: dict[str, dict[str, Json]] = {}
    repeats: dict[str, Response] = {}
    numbers = count(1)

    def rejection(request: Request, body: bytes) -> Response | None:
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return JSONResponse({"error": "authentication-error"}, 400)
        if request.path_params and request.path_params["name"] not in rooms:
            return JSONResponse({"error": "not-found"}, 404)
        if request.method != "POST":
            return None
        if request.headers.get("content-type") != "application/json":
            return JSONResponse({"error": "unsupported media type"}, 415)
        try:
            sent = json.loads(body)
        except (ValueError, RecursionError):
            return JSONResponse({"error": "json-parsing-error"}, 400)
        good = isinstance(sent, dict) and all(_is_good(name, value) for name, value in sent.items())
        return None if good else JSONResponse({"error": "invalid-request-error"}, 400)

    async def serve(request: Request) -> Response:
        body = await request.body()
        rejected = rejection(request, body)
        if rejected is not None:
            return rejected
        name = request.path_params.get("name")
        if request.method == "DELETE":
            return JSONResponse(rooms.pop(name))
        if request.method == "GET":
            return JSONResponse(rooms[name])
        if name is None:
            return made(request, json.loads(body))
        rooms[name] |= json.loads(body)
        return JSONResponse(rooms[name])

    def made(request: Request, sent: dict[str, Json]) -> Response:
        key, first = request.headers.get("request-id"), request.headers.get("first-sent")
        if (key is None) != (first is None) or (
            key is not None and (len(key) != 36 or not str(first).endswith("GMT"))
        ):
            return JSONResponse({"error": "repeatability"}, 400)
        if key in repeats:
            return repeats[key]
        name = f"quiet-{next(numbers):08}"
        rooms[name] = {"name": name, "privacy": "public", "size": 10, **sent}
        response = JSONResponse(rooms[name])
        if key is not None:
            repeats[key] = response
        return response

    paths = ("/v1/rooms", "/v1/rooms/{name}")
    app = Starlette(routes=[Route(path, serve, methods=["GET", "POST", "DELETE"]) for path in paths])
    app.state.rooms = rooms
    return app


def _is_good(name: str, value: Json) -> bool:
    if name == "privacy":
        return value in ("public", "private")
    if name == "size":
        return type(value) is int and 2 <= value <= 20
    if name in ("topic", "greeting"):
        return isinstance(value, str) and len(value) <= 30
    return False


Verified = Callable[..., Result]


def contract_in(folder: Path, support: str, contract: str = CONTRACT) -> Contract:
    """Write the contract into a folder and read it."""
    folder.joinpath("quiet").mkdir()
    folder.joinpath("quiet", "openapi.yaml").write_text(
        contract.replace("SUPPORT", support), encoding="utf-8"
    )
    return find_contract("quiet", (folder,))[0]


@pytest.fixture
def verified(tmp_path: Path, serve: Callable[[ASGIApp], AbstractContextManager[str]]) -> Verified:
    """Verify the vendor, with or without a change to what it answers."""

    def run(
        support: str = SUPPORT, contract: str = CONTRACT, app: Starlette | None = None, **options: Any
    ) -> Result:
        known = contract_in(tmp_path, support, contract)
        scheme = scheme_from(known.credentials, {"QUIET_TOKEN": TOKEN})
        with serve(app or quiet()) as origin:
            subject = Subject(
                known, (), find_special("quiet"), HttpTarget(f"{origin}/v1"), scheme, None, None
            )
            return Run(subject, Options(**{"max_examples": 40, **options}), lambda *_: None).verify()

    return run


def findings(result: Result) -> dict[str, str]:
    return {item.clause.id: item.counterexample.evidence.summary for item in result.verdicts.findings()}


@pytest.mark.parametrize("contract", [CONTRACT, UNTYPED], ids=["typed", "untyped"])
@pytest.mark.parametrize("support", [SUPPORT, NO_DELETE], ids=["deletes", "keeps"])
def test_what_the_contract_is_silent_about_is_no_finding(
    contract: str, support: str, verified: Verified
) -> None:
    result = verified(support, contract)
    assert findings(result) == {}
    assert result.stopped == ""
    verdicts = result.verdicts.verdicts()
    assert verdicts["quiet.update-room.response.200.status"] is Verdict.PASS
    assert verdicts["quiet.update-room.request.size.maximum"] is Verdict.PASS


def test_what_the_contract_does_say_is_judged_as_ever(verified: Verified) -> None:
    stricter = CONTRACT.replace("maximum: 20", "maximum: 19")
    assert "quiet.update-room.request.size.maximum" in findings(verified(contract=stricter))


@pytest.mark.parametrize(
    ("sent", "knowledge"),
    [({"size": 3}, RoomKnowledge.NONE), ({"size": 3}, RoomKnowledge.EXISTS), (None, RoomKnowledge.EXISTS)],
    ids=["made-up room", "deleted room", "no body"],
)
def test_what_follows_where_no_rule_speaks_is_open(
    sent: Json, knowledge: RoomKnowledge, tmp_path: Path
) -> None:
    judge = Judge(contract_in(tmp_path, SUPPORT))

    def hear(
        method: str, body: Json, status: int, response: Json, room: RoomKnowledge = RoomKnowledge.EXISTS
    ) -> list[Evidence]:
        content = None if body is None else json.dumps(body).encode()
        headers = (("Content-Type", "application/json"),) if content else ()
        request = Sent(
            method, "https://quiet.example.com/v1/rooms/r", headers, content, Credentials.VALID, room
        )
        return judge.see(
            Interaction(
                request,
                Answer(status, (("Content-Type", "application/json"),), json.dumps(response).encode()),
            )
        )

    hear("POST", {"size": 2}, 200, {"name": "r", "size": 2, "privacy": "public"})
    if sent and knowledge is RoomKnowledge.EXISTS:
        hear("DELETE", None, 200, {})
    assert [
        item
        for item in hear("POST", sent, 400, {"error": "no"}, knowledge)
        if item.outcome is not Outcome.PASS
    ] == []
