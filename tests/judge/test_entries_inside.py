"""What stands inside a room and only a list shows: how the list has to follow what was told of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import yaml

from roomproof.contract.read import read_contract
from roomproof.interaction import Credentials, Interaction, Request, Response
from roomproof.judge.evidence import Outcome
from roomproof.judge.judge import Judge

NOW = datetime(2030, 6, 1, 12, tzinfo=UTC)
CONTRACT = """
openapi: 3.1.0
info: {title: Halls, version: "1"}
servers: [{url: "https://halls.example"}]
x-provider: halls
x-source: {document: Halls, section: "", field: ""}
x-resource:
  hall: {parameter: hall, at: [], id: id, entries: [halls]}
  guest: {path: "/halls/{hall}/guests", id: who, entries: [guests]}
x-credentials: {scheme: bearer, environment: {token: HALLS_TOKEN}}
security: [{bearer: []}]
components:
  securitySchemes: {bearer: {type: http, scheme: bearer}}
  schemas:
    Guests:
      type: object
      additionalProperties:
        type: [object, "null"]
        x-unsettled: {reason: not said, schema: {type: object, not: {required: [role]}}}
        properties: {role: {type: string}}
    Told: {type: object, properties: {guests: {$ref: "#/components/schemas/Guests"}}}
    Hall: {type: object, properties: {id: {type: string}}}
  requestBodies:
    Told: {content: {application/json: {schema: {$ref: "#/components/schemas/Told"}}}}
  responses:
    Hall: {description: a hall, content: {application/json: {schema: {$ref: "#/components/schemas/Hall"}}}}
paths:
  /halls:
    get: {operationId: list, x-list: {next: [next]}, responses: {"200": {description: halls}}}
    post:
      operationId: create
      requestBody: {$ref: "#/components/requestBodies/Told"}
      responses: {"201": {$ref: "#/components/responses/Hall"}}
      x-behaviours:
        - {path: list, rule: listed, demands: it is in the list}
        - {fields: [guests], rule: listed-echo, with: {call: guests, member: role}, demands: they are listed}
  /halls/{hall}:
    parameters: [{name: hall, in: path, required: true, schema: {type: string}}]
    patch:
      operationId: update
      requestBody: {content: {application/json: {schema: {type: object}}}}
      responses: {"200": {$ref: "#/components/responses/Hall"}}
  /halls/{hall}/guests:
    parameters: [{name: hall, in: path, required: true, schema: {type: string}}]
    get: {operationId: guests, x-list: {next: [next]}, responses: {"200": {description: guests}}}
    patch:
      operationId: invite
      requestBody: {$ref: "#/components/requestBodies/Told"}
      responses: {"200": {description: invited}}
      x-behaviours:
        - {fields: [guests], rule: listed-echo, with: WITH, demands: guests are listed}
"""
HOST, GUEST = {"role": "host"}, {"role": "guest"}
INVITE, CREATE = "invite.behaviour.guests.listed-echo", "create.behaviour.guests.listed-echo"


class Talk:
    """A conversation about one hall; what its last response said of clauses is kept."""

    def __init__(self, seconds: int = 0) -> None:
        options = f"{{call: guests, member: role, within-seconds: {seconds}}}"
        self.judge = Judge(read_contract(yaml.safe_load(CONTRACT.replace("WITH", options))))
        self.at = NOW
        self.last: dict[str, set[Outcome]] = {}

    def say(self, asked: str, reply: Any, body: Any = None, status: int = 200, wait: float = 1) -> Talk:
        method, path = asked.split(" ")
        self.at += timedelta(seconds=wait)
        media = (("Content-Type", "application/json"),)
        text = None if body is None else json.dumps(body).encode()
        request = Request(
            method, f"https://halls.example{path}", media if text else (), text, Credentials.VALID
        )
        self.last = {}
        response = Response(status, media, json.dumps(reply).encode())
        for item in self.judge.see(Interaction(request, response, self.at)):
            self.last.setdefault(item.clause.removeprefix("halls."), set()).add(item.outcome)
        return self

    def make(self, **guests: Any) -> Talk:
        return self.say("POST /halls", {"id": "a"}, {"guests": guests}, 201)

    def invite(self, status: int = 200, **guests: Any) -> Talk:
        return self.say("PATCH /halls/a/guests", {}, {"guests": guests}, status)

    def list(self, asked: str = "", wait: float = 1, more: str = "", **roles: str) -> Talk:
        entries = [{"who": who, "role": role} for who, role in roles.items()]
        return self.say(f"GET /halls/a/guests{asked}", {"guests": entries, "next": more or None}, wait=wait)


def test_a_list_that_shows_what_was_told_is_right() -> None:
    talk = Talk().make(x=HOST, y=HOST).invite(x=GUEST, y=None, z=HOST).list(x="guest", z="host")
    assert talk.last[INVITE] == {Outcome.PASS}


@pytest.mark.parametrize(
    "listed",
    [
        {"x": "host", "z": "host", "stays": "host"},
        {"x": "guest", "stays": "host"},
        {"x": "guest", "y": "host", "z": "host", "stays": "host"},
        {"x": "guest", "z": "host"},
    ],
    ids=["another role", "not there", "not removed", "taken away"],
)
def test_a_list_that_shows_something_else_is_a_fault(listed: dict[str, str]) -> None:
    talk = Talk().make(x=HOST, y=HOST, stays=HOST).invite(x=GUEST, y=None, z=HOST).list(**listed)
    assert Outcome.FAIL in talk.last[INVITE]


def test_what_was_told_step_by_step_is_known() -> None:
    talk = Talk().make().invite(x=HOST).invite(y=HOST).invite(x=None).invite(z=HOST)
    assert Outcome.FAIL in talk.list(z="host").last[INVITE]
    assert talk.list(y="host", z="host").last[INVITE] == {Outcome.PASS}


def test_somebody_who_is_there_besides_is_no_fault() -> None:
    assert Talk().make().invite(x=HOST).list(x="host", owner="host").last[INVITE] == {Outcome.PASS}


def test_what_nobody_saw_made_may_have_had_guests_of_any_kind() -> None:
    talk = Talk().say("PATCH /halls/a", {"id": "a"}, {"open": True}).invite(x=None)
    assert talk.list(other="host").last[INVITE] == {Outcome.PASS}
    assert Outcome.FAIL in talk.list(x="host").last[INVITE]


def test_what_is_rejected_changes_nothing() -> None:
    talk = Talk().make().invite(x=HOST).invite(400, x=GUEST, y=HOST)
    assert talk.list(x="host").last[INVITE] == {Outcome.PASS}


def test_of_what_is_open_nothing_follows_for_those_it_names() -> None:
    talk = Talk().make(x=HOST, y=HOST).invite(x={}, z=GUEST)
    assert Outcome.FAIL not in talk.list(y="host").last[INVITE]
    assert Outcome.FAIL in talk.list(x="host").last[INVITE]


def test_after_another_change_nobody_knows_the_list() -> None:
    talk = Talk().make().invite(x=HOST).say("PATCH /halls/a", {"id": "a"}, {"open": False})
    assert INVITE not in talk.list().last


def test_a_list_may_be_late_as_long_as_the_clause_says() -> None:
    talk = Talk(seconds=10).make().invite(x=HOST).list()
    assert talk.last[INVITE] == {Outcome.INCONCLUSIVE}
    assert talk.list(wait=8.5).last[INVITE] == {Outcome.INCONCLUSIVE}
    assert talk.list(wait=1.5).last[INVITE] == {Outcome.FAIL}


def test_what_a_late_list_shows_in_time_is_right() -> None:
    assert Talk(seconds=10).make().invite(x=HOST).list(x="host").last[INVITE] == {Outcome.PASS}


@pytest.mark.parametrize("told", [CREATE, INVITE])
def test_an_entry_may_stand_on_any_page(told: str) -> None:
    talk = Talk().make(x=HOST, y=GUEST) if told == CREATE else Talk().make().invite(x=HOST, y=GUEST)
    talk.list(x="host", more="?cursor=2")
    assert talk.last[told] == {Outcome.PASS}
    talk.list("?cursor=2", y="guest")
    assert talk.last[told] == {Outcome.PASS}


@pytest.mark.parametrize("told", [CREATE, INVITE])
def test_an_entry_on_no_page_is_a_fault(told: str) -> None:
    talk = Talk().make(x=HOST, y=GUEST) if told == CREATE else Talk().make().invite(x=HOST, y=GUEST)
    talk.list(x="host", more="?cursor=2").list("?cursor=2", z="host")
    assert Outcome.FAIL in talk.last[told]


def test_what_stands_in_a_room_is_no_list_of_rooms() -> None:
    assert "create.behaviour.list.listed" not in Talk().make().list(x="host").last
    rooms = Talk().make().say("GET /halls", {"halls": []})
    assert rooms.last["create.behaviour.list.listed"] == {Outcome.FAIL}
