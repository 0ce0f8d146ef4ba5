"""What a path names may be somebody else's although it looks like a room: the guard lets nothing through that
changes it.
"""

from __future__ import annotations

import pytest

from roomproof.contract.read import read_contract
from roomproof.contract.yaml_text import parse_yaml
from roomproof.engine.account_guard import AccountGuard
from roomproof.interaction import Interaction, Request, Response
from roomproof.journal.journal import Journal
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
