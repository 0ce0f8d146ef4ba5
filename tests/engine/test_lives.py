"""What only the life of a room shows, from its creation to what is left of it, is found with few steps."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from itertools import count
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from roomproof.auth.bearer import Bearer
from roomproof.contract.read import read_contract
from roomproof.contract.yaml_text import parse_yaml
from roomproof.engine.resend import Resender
from roomproof.engine.rooms import clean_up, open_rooms
from roomproof.engine.run import Options, Result, Run, Subject
from roomproof.engine.session import Session
from roomproof.journal.journal import Journal
from roomproof.judge.evidence import Outcome
from roomproof.targets.http import HttpTarget
from roomproof.verdict import Finding, Verdict
from roomproof_strategies import Special

Json = Any
Serve = Callable[[Any], AbstractContextManager[str]]
CONTRACT = """
openapi: 3.1.0
info: {title: Halls, version: "1"}
servers: [{url: "http://127.0.0.1"}]
x-provider: halls
x-source: {document: Halls, section: "", field: ""}
x-resource:
  hall: {parameter: hall, at: [], id: id, entries: [halls]}
  seat: {parameter: seat, at: [], id: id, entries: [seats], path: "/halls/{hall}/seats"}
x-credentials: {scheme: bearer, environment: {token: HALLS_TOKEN}}
security: [{bearer: []}]
components:
  securitySchemes: {bearer: {type: http, scheme: bearer}}
  parameters:
    Hall: {name: hall, in: path, required: true, schema: {type: string}}
    Seat: {name: seat, in: path, required: true, schema: {type: string}}
  requestBodies:
    Hall: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/Told"}}}}
    New:
      required: true
      content:
        application/json:
          schema:
            type: object
            required: [name]
            properties: {name: {type: string}, note: {type: string}, size: {type: integer}}
    Seat: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/ToldOfSeat"}}}}
  responses:
    Hall: {description: one, content: {application/json: {schema: {$ref: "#/components/schemas/Hall"}}}}
    Seat: {description: one, content: {application/json: {schema: {$ref: "#/components/schemas/Seat"}}}}
    Absent: {description: none, x-when: unknown-room}
    Bad: {description: bad, x-when: invalid}
  schemas:
    Told: {type: object, properties: {name: {type: string}, note: {type: string}, size: {type: integer}}}
    Hall:
      type: object
      properties: {id: {type: string}, name: {type: string}, note: {type: string}, size: {type: integer}}
    ToldOfSeat: {type: object, properties: {name: {type: string}, row: {type: integer}}}
    Seat: {type: object, properties: {id: {type: string}, name: {type: string}, row: {type: integer}}}
paths:
  /halls:
    get:
      operationId: list
      x-list: {entries: [halls]}
      responses: {"200": {description: halls}}
    post:
      operationId: create
      requestBody: {$ref: "#/components/requestBodies/New"}
      responses: {"201": {$ref: "#/components/responses/Hall"}, "400": {$ref: "#/components/responses/Bad"}}
      x-behaviours:
        - {path: list, rule: listed, demands: a new hall is listed}
        - {fields: [size], rule: default-on-create, with: {default: 5}, demands: five is the default}
  /halls/{hall}:
    parameters: [{$ref: "#/components/parameters/Hall"}]
    get:
      operationId: read
      responses:
        "200": {$ref: "#/components/responses/Hall"}
        "404": {$ref: "#/components/responses/Absent"}
      x-behaviours: [{path: hall, rule: unknown-refused, demands: an unknown hall is rejected}]
    patch:
      operationId: update
      requestBody: {$ref: "#/components/requestBodies/Hall"}
      responses:
        "200": {$ref: "#/components/responses/Hall"}
        "400": {$ref: "#/components/responses/Bad"}
        "404": {$ref: "#/components/responses/Absent"}
      x-behaviours:
        - {path: hall, rule: unknown-refused, demands: an unknown hall is rejected}
        - {fields: all, rule: echo, demands: shows what it was told}
        - {fields: all, rule: unchanged, demands: leaves the rest}
        - {fields: all, rule: read-after-write, demands: a read shows it}
    delete:
      operationId: delete
      responses: {"204": {description: gone}, "404": {$ref: "#/components/responses/Absent"}}
      x-behaviours:
        - {path: gone, rule: gone-after-delete, demands: gone}
        - {path: list, rule: not-listed, demands: not listed}
  /halls/{hall}/seats:
    parameters: [{$ref: "#/components/parameters/Hall"}]
    post:
      operationId: add-seat
      requestBody: {$ref: "#/components/requestBodies/Seat"}
      responses: {"201": {$ref: "#/components/responses/Seat"}, "400": {$ref: "#/components/responses/Bad"}}
      x-behaviours: [{fields: all, rule: read-after-write, demands: a read shows it}]
  /halls/{hall}/seats/{seat}:
    parameters: [{$ref: "#/components/parameters/Hall"}, {$ref: "#/components/parameters/Seat"}]
    get:
      operationId: read-seat
      responses: {"200": {$ref: "#/components/responses/Seat"}}
    patch:
      operationId: update-seat
      requestBody: {$ref: "#/components/requestBodies/Seat"}
      responses: {"200": {$ref: "#/components/responses/Seat"}, "400": {$ref: "#/components/responses/Bad"}}
      x-behaviours: [{fields: all, rule: echo, demands: shows what it was told}]
"""
TYPES = {"name": str, "note": str, "size": int, "row": int}
HALL, SEAT = {"name": "", "note": "", "size": 5}, {"name": "", "row": 1}
ALONE, OTHER = "/halls/1", "/halls/2"


class RejectedError(Exception):
    """A request is rejected with this status."""


class Halls:
    """The server, right as it stands; `fault` names what it does wrong."""

    def __init__(self, fault: str = "") -> None:
        self.fault = fault
        self.halls: dict[str, dict[str, Json]] = {}
        self.gone: dict[str, dict[str, Json]] = {}
        self.seats: dict[str, dict[str, dict[str, Json]]] = {}
        self._numbers = map(str, count(1))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = b""
        while (message := await receive()).get("more_body") or message["type"] == "http.request":
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        steps = scope["path"].strip("/").split("/")
        try:
            status, said = self._answered(scope["method"], steps, body)
        except RejectedError as rejected:
            status, said = rejected.args[0], {}
        headers = [(b"content-type", b"application/json")] if status != 204 else []
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if said is None else json.dumps(said).encode()})

    def _answered(self, method: str, steps: list[str], body: bytes) -> tuple[int, Json]:
        if len(steps) == 1:
            return (
                (200, {"halls": self._listed()}) if method == "GET" else (201, self._made(self._told(body)))
            )
        if method == "PATCH" and len(steps) == 2 and self.fault == "revives" and steps[1] in self.gone:
            self.halls[steps[1]] = self.gone.pop(steps[1])
        if steps[1] not in self.halls:
            raise RejectedError(404)
        if len(steps) == 2:
            return self._of_hall(method, steps[1], body)
        return self._of_seats(method, steps[1], steps[3:], body)

    def _told(self, body: bytes) -> dict[str, Json]:
        try:
            told = json.loads(body)
        except (ValueError, RecursionError):
            raise RejectedError(400) from None
        if not isinstance(told, dict):
            raise RejectedError(400)
        if any(type(told[name]) is not kind for name, kind in TYPES.items() if name in told):
            raise RejectedError(400)
        return {name: value for name, value in told.items() if name in TYPES}

    def _made(self, told: dict[str, Json]) -> Json:
        if "name" not in told:
            raise RejectedError(400)
        old = [one for one in self.gone.values() if one["name"] == told["name"]]
        kept = old[-1] if old and self.fault == "remembers" else {}
        hall = {**HALL, **kept, **told, "id": next(self._numbers)}
        self.halls[hall["id"]], self.seats[hall["id"]] = hall, {}
        return hall

    def _listed(self) -> list[Json]:
        is_new = self.fault != "forgets"
        return [one for one in self.halls.values() if is_new or "was" not in one]

    def _of_hall(self, method: str, own_id: str, body: bytes) -> tuple[int, Json]:
        hall = self.halls[own_id]
        if method == "DELETE":
            self.gone[own_id] = self.halls.pop(own_id)
            if self.fault == "deletes two" and self.halls:
                self.halls.popitem()
            return 204, None
        if method == "PATCH":
            told = self._told(body)
            shown = {**hall, **told}
            # The second update in a row is stored into the hall as it was before the first one.
            before = hall.get("was") if self.fault == "loses" else None
            self.halls[own_id] = {**(before or hall), **told, "was": None if before else {**hall}}
            return 200, {name: value for name, value in shown.items() if name != "was"}
        return 200, {name: value for name, value in hall.items() if name != "was"}

    def _of_seats(self, method: str, hall: str, rest: list[str], body: bytes) -> tuple[int, Json]:
        seats = self.seats[hall]
        if not rest:
            seat = {**SEAT, **self._told(body), "id": next(self._numbers)}
            seats[seat["id"]] = seat
            return 201, seat
        if rest[0] not in seats:
            raise RejectedError(404)
        if method == "PATCH":
            told, name = self._told(body), seats[rest[0]]["name"]
            alike = [one for each in self.seats.values() for one in each.values() if one["name"] == name]
            for seat in alike if self.fault == "mixes up" else [seats[rest[0]]]:
                seat.update(told)
        return 200, seats[rest[0]]


def subject_at(origin: str, journal: Journal, text: str = CONTRACT) -> Subject:
    contract = read_contract(parse_yaml(text, "halls"))
    return Subject(contract, (), Special(), HttpTarget(origin), Bearer("halls-token"), None, None, journal)


def run(serve: Serve, fault: str = "", *only: str, text: str = CONTRACT) -> tuple[Result, Halls, Journal]:
    halls, journal = Halls(fault), Journal()
    with serve(halls) as origin:
        result = Run(
            subject_at(origin, journal, text), Options(max_examples=0, only=only), lambda *_: None
        ).verify()
    return result, halls, journal


def fails(result: Result) -> dict[str, Finding]:
    return {one.clause.id: one for one in result.verdicts.findings() if one.verdict is Verdict.FAIL}


def told(finding: Finding) -> list[str]:
    """Each step of a finding, the halls by the order in which they are named; seats have no name."""
    halls: list[str] = []
    lines = []
    for step in finding.counterexample.steps:
        _, *steps = step.request.path.strip("/").split("/")
        halls += [steps[0]] if steps and steps[0] not in halls else []
        where = ["halls", *(str(halls.index(hall) + 1) for hall in steps[:1]), *steps[1:2]]
        lines.append(f"{step.request.method} {'/'.join(where)}")
    return lines


def shows_again(serve: Serve, fault: str, finding: Finding) -> bool:
    """Whether the steps of a finding break its clause at another server, too."""
    with serve(Halls(fault)) as origin:
        session = Session(subject_at(origin, Journal()), Options(), lambda *_: None)
        open_rooms(session)
        resender = Resender(session, finding.counterexample.steps)
        said = [item for step in finding.counterexample.steps for item in resender.send(step)]
        clean_up(session)
    return any(item.clause == finding.clause.id and item.outcome is Outcome.FAIL for item in said)


FAULTS = {
    "revives": (
        "halls.update.behaviour.hall.unknown-refused",
        ["POST halls", "DELETE halls/1", "PATCH halls/1"],
    ),
    "remembers": (
        "halls.create.behaviour.size.default-on-create",
        ["POST halls", "PATCH halls/1", "DELETE halls/1", "POST halls"],
    ),
    "deletes two": (
        "halls.read.response.200.status",
        ["POST halls", "POST halls", "DELETE halls/1", "GET halls/2"],
    ),
    "loses": (
        "halls.update.behaviour.note.read-after-write",
        ["POST halls", "PATCH halls/1", "PATCH halls/1", "GET halls/1"],
    ),
    "forgets": ("halls.create.behaviour.list.listed", ["POST halls", "PATCH halls/1", "GET halls"]),
    "mixes up": (
        "halls.add-seat.behaviour.row.read-after-write",
        [
            "POST halls",
            "POST halls",
            "POST halls/1/seats",
            "POST halls/2/seats",
            "PATCH halls/1/seats",
            "GET halls/2/seats",
        ],
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_a_life_is_told_with_the_steps_that_it_needs(fault: str, serve: Serve) -> None:
    clause, steps = FAULTS[fault]

    found = fails(run(serve, fault, clause)[0])

    assert clause in found, found
    assert told(found[clause]) == steps
    assert shows_again(serve, fault, found[clause])


def test_a_life_breaks_nothing_of_a_server_that_does_as_it_says(serve: Serve) -> None:
    result, halls, journal = run(serve)

    assert fails(result) == {}
    assert result.stopped == ""
    assert (halls.halls, journal.settled) == ({}, True)


def test_a_room_that_an_update_brings_back_is_deleted_once_more(serve: Serve) -> None:
    _, halls, journal = run(serve, "revives", FAULTS["revives"][0])

    assert (halls.halls, journal.settled) == ({}, True)


LENIENT = (
    CONTRACT.replace("rule: read-after-write,", "rule: read-after-write, with: {within-seconds: 0.3},")
    .replace("rule: gone-after-delete,", "rule: gone-after-delete, with: {within-seconds: 0.3},")
    .replace(
        "      x-list: {entries: [halls]}",
        "      x-list: {entries: [halls]}\n"
        "      x-behaviours: [{path: halls, rule: safe, demands: a list changes nothing}]",
    )
    .replace(
        "        - {path: list, rule: listed,",
        "        - {fields: all, rule: read-after-write, with: {within-seconds: 0.3}, demands: is read so}\n"
        "        - {path: list, rule: listed,",
    )
)
"""The same, but reads may be late."""


LATE = (
    "halls.list.behaviour.halls.safe",
    "halls.delete.behaviour.gone.gone-after-delete",
    *(f"halls.create.behaviour.{name}.read-after-write" for name in ("name", "note", "size")),
)


@pytest.mark.parametrize("only", [(), LATE])
def test_what_may_show_late_is_waited_for(only: tuple[str, ...], serve: Serve) -> None:
    verdicts = run(serve, "", *only, text=LENIENT)[0].verdicts.verdicts()

    assert {clause: verdicts[clause] for clause in LATE} == dict.fromkeys(LATE, Verdict.PASS)
