"""What a path names may be somebody else's although it looks like a room: the guard lets nothing through that
changes it.
"""

from __future__ import annotations

import json

import pytest

from roomproof.auth.bearer import Bearer
from roomproof.contract.model import Contract
from roomproof.contract.read import read_contract
from roomproof.contract.yaml_text import parse_yaml
from roomproof.engine.account_guard import AccountGuard
from roomproof.engine.restore import Restorer
from roomproof.interaction import Interaction, Request, Response
from roomproof.journal.journal import Entry, Heading, Journal, headed, read_journal
from roomproof.targets.target import UnsentRequest

CONTRACT = """
openapi: 3.1.0
info: {title: Halls, version: "1"}
servers: [{url: "https://halls.example"}]
x-provider: halls
x-source: {document: Halls, section: "", field: ""}
x-resource:
  hall: {parameter: id, at: [], id: id, path: /halls}
  tape: {parameter: tape, at: [], id: id}
x-credentials: {scheme: bearer, environment: {token: HALLS_TOKEN}}
components:
  responses:
    Made:
      description: one
      content: {application/json: {schema: {type: object, properties: {id: {type: string}}}}}
paths:
  /halls:
    post: {operationId: create, responses: {201: {$ref: "#/components/responses/Made"}}}
  /halls/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get: {operationId: read, responses: {200: {$ref: "#/components/responses/Made"}}}
    patch: {operationId: update, responses: {200: {$ref: "#/components/responses/Made"}}}
    delete: {operationId: delete, responses: {204: {description: gone}}}
  /films/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    put: {operationId: replace-film, x-effect: action, responses: {200: {description: replaced}}}
    delete: {operationId: delete-film, x-effect: action, responses: {204: {description: gone}}}
  /halls/by-name/{name}:
    parameters: [{name: name, in: path, required: true, schema: {type: string}}]
    patch: {operationId: rename, x-effect: update, responses: {200: {$ref: "#/components/responses/Made"}}}
  /tapes:
    post:
      operationId: tape
      responses: {201: {$ref: "#/components/responses/Made"}}
  /tapes/{tape}:
    parameters: [{name: tape, in: path, required: true, schema: {type: string}}]
    delete: {operationId: delete-tape, responses: {204: {description: gone}}}
  /tapes/{tape}/purge:
    parameters: [{name: tape, in: path, required: true, schema: {type: string}}]
    post: {operationId: purge, x-effect: action, responses: {204: {description: gone}}}
  /tokens:
    post: {operationId: make-token, x-effect: action, responses: {200: {description: a token}}}
"""


class Halls:
    """A server that makes the hall 1, and has no other one."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.sent: list[str] = []

    def send(self, unsent: UnsentRequest) -> Interaction:
        self.sent.append(f"{unsent.method} {unsent.path}")
        status, body = (
            (201, b'{"id": "1"}')
            if unsent.path == "/halls"
            else (404, b"{}")
            if unsent.method == "GET"
            else (200, b"{}")
        )
        return Interaction(Request(unsent.method, self.base_url + unsent.path), Response(status, (), body))

    def close(self) -> None:
        """Nothing is open."""


def asked(method: str, path: str, base_url: str = "http://127.0.0.1:9") -> list[str]:
    """What is sent of one request, after the run has made a hall; looking for one is left out."""
    contract = read_contract(parse_yaml(CONTRACT, "halls"))
    halls = Halls(base_url)
    guard = AccountGuard(halls, contract, Journal(), None, ours=False)
    guard.send(UnsentRequest("POST", "/halls"))
    halls.sent.clear()
    request = UnsentRequest(method, path)
    if not guard.objection(request, lambda hall: guard.send(UnsentRequest("GET", f"/halls/{hall}"))):
        guard.send(request)
    return [sent for sent in halls.sent if not sent.startswith("GET")]


@pytest.mark.parametrize(
    "request_line", ["PUT /films/1", "DELETE /films/1", "PATCH /halls/by-name/lobby", "POST /tapes/7/purge"]
)
def test_what_only_looks_like_a_room_of_the_run_is_left_alone(request_line: str) -> None:
    assert asked(*request_line.split()) == []


@pytest.mark.parametrize("request_line", ["PATCH /halls/1", "DELETE /halls/1", "POST /tokens"])
def test_what_the_run_has_made_is_its_own_and_what_names_nothing_is_nobodys(request_line: str) -> None:
    assert asked(*request_line.split()) == [request_line]


def test_what_names_nothing_goes_to_this_machine_only() -> None:
    assert asked("POST", "/tokens", "https://halls.example") == []


class Tapes(Halls):
    """A server that makes the tape 7, and takes it away."""

    def send(self, unsent: UnsentRequest) -> Interaction:
        super().send(unsent)
        status, body = (201, b'{"id": "7"}') if unsent.method == "POST" else (204, b"")
        return Interaction(Request(unsent.method, self.base_url + unsent.path), Response(status, (), body))


def look(_: str) -> Interaction:
    raise AssertionError("there is no hall to look for")


def guarded(journal: Journal, base_url: str = "http://127.0.0.1:9") -> tuple[AccountGuard, Tapes, Contract]:
    contract, tapes = read_contract(parse_yaml(CONTRACT, "halls")), Tapes(base_url)
    return AccountGuard(tapes, contract, journal, None, ours=False), tapes, contract


def test_what_the_run_made_beside_rooms_it_may_delete_and_nothing_else() -> None:
    guard, _, _ = guarded(Journal())
    guard.send(UnsentRequest("POST", "/tapes"))

    assert guard.objection(UnsentRequest("DELETE", "/tapes/7"), look) == ""
    assert guard.objection(UnsentRequest("POST", "/tapes/7/purge"), look) == ""
    assert guard.objection(UnsentRequest("DELETE", "/tapes/8"), look) != ""


def test_what_a_killed_run_made_beside_rooms_is_deleted_later() -> None:
    written: list[Entry] = [
        headed(Heading("2030-01-01T00:00:00+00:00", 1, "halls", "http://127.0.0.1:9", None))
    ]
    guard, _, _ = guarded(Journal(written.append))
    guard.send(UnsentRequest("POST", "/tapes"))
    told = read_journal("".join(json.dumps(entry) + "\n" for entry in written))
    assert told is not None
    journal = told[1]
    assert not journal.settled

    guard, tapes, contract = guarded(journal)
    restorer = Restorer(contract, Bearer("halls-token"), guard, journal, None)
    restorer.everything()

    assert tapes.sent == ["DELETE /tapes/7"]
    assert (journal.settled, restorer.remarks) == (True, [])
