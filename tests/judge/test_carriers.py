"""What a request carries where that is no JSON object of fields: a list, a form, a cookie."""

from __future__ import annotations

import pytest

from roomproof.contract.read import read_contract
from roomproof.contract.yaml_text import parse_yaml
from roomproof.interaction import Credentials, Interaction, Request, Response, RoomKnowledge
from roomproof.judge.evidence import Outcome
from roomproof.judge.judge import Judge

CONTRACT = """
openapi: 3.1.0
info: {title: Halls, version: "1"}
servers: [{url: "https://halls.example"}]
x-provider: halls
x-source: {document: Halls, section: "", field: ""}
x-resource: {parameter: hall, id: id}
x-credentials: {scheme: bearer, environment: {token: HALLS_TOKEN}}
paths:
  /halls/{hall}/labels:
    parameters: [{name: hall, in: path, required: true, schema: {type: string}}]
    post:
      operationId: label
      x-effect: action
      requestBody: {content: {application/json: {schema: {type: array, items: {type: string, minLength: 1}}}}}
      responses: {200: {description: labelled}, 400: {description: bad, x-when: invalid}}
  /halls/{hall}/guests:
    parameters: [{name: hall, in: path, required: true, schema: {type: string}}]
    post:
      operationId: invite
      x-effect: action
      requestBody:
        content:
          application/x-www-form-urlencoded:
            schema: {type: object, required: [name], properties: {name: {type: string}}}
      responses: {200: {description: invited}, 400: {description: bad, x-when: invalid}}
  /halls/{hall}:
    parameters: [{name: hall, in: path, required: true, schema: {type: string}}]
    get:
      operationId: read
      parameters:
        - {name: lang, in: cookie, schema: {type: string, pattern: "^[a-z]{2}$"}}
        - name: floor
          in: query
          schema: {type: integer, maximum: 9, x-unsettled: {reason: nobody knows, schema: {minimum: 100}}}
        - {name: view, in: query, schema: {type: string, x-unsettled: {reason: nobody knows, schema: {}}}}
      responses:
        200:
          description: shown
          content: {application/json: {schema: {type: object, properties: {id: {type: string}}}}}
        400: {description: bad, x-when: invalid}
"""
JSON, FORM = "application/json", "application/x-www-form-urlencoded"


def told(
    method: str, path: str, status: int, body: bytes | None = None, **headers: str
) -> dict[str, Outcome]:
    """What one interaction says of each clause, by the end of its id."""
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    request = Request(
        method, f"https://halls.example{path}", named, body, Credentials.VALID, RoomKnowledge.EXISTS
    )
    response = Response(status, (("Content-Type", JSON),), b'{"id": "1"}')
    judge = Judge(read_contract(parse_yaml(CONTRACT, "halls")))
    return {
        item.clause.removeprefix("halls."): item.outcome for item in judge.see(Interaction(request, response))
    }


def test_an_empty_text_in_a_list_is_rejected_for_its_length_alone() -> None:
    assert (
        told("POST", "/halls/1/labels", 400, b'[""]', Content_Type=JSON)["label.request.items.min-length"]
        is Outcome.PASS
    )


def test_a_form_without_fields_is_a_form_all_the_same() -> None:
    assert (
        told("POST", "/halls/1/guests", 400, b"", Content_Type=FORM)["invite.request.name.required"]
        is Outcome.PASS
    )


@pytest.mark.parametrize("cookie", ["REDACTED", "lang=REDACTED"])
def test_a_cookie_that_no_recording_keeps_is_no_reason_to_judge_a_rejection(cookie: str) -> None:
    assert Outcome.FAIL not in told("GET", "/halls/1", 400, Cookie=cookie).values()
    assert "read.request.lang.pattern" not in told("GET", "/halls/1", 200, Cookie=cookie)


def test_a_cookie_of_a_wrong_value_is_to_be_rejected() -> None:
    assert told("GET", "/halls/1", 200, Cookie="lang=English")["read.request.lang.pattern"] is Outcome.FAIL
    assert told("GET", "/halls/1", 400, Cookie="lang=English")["read.request.lang.pattern"] is Outcome.PASS


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize("query", ["floor=100", "view=north"])
def test_a_parameter_that_is_left_open_may_be_accepted_or_rejected(query: str, status: int) -> None:
    found = told("GET", f"/halls/1?{query}", status)
    assert Outcome.FAIL not in found.values()
    assert "read.request.floor.maximum" not in found


def test_a_parameter_is_left_open_for_the_named_values_only() -> None:
    assert told("GET", "/halls/1?floor=99", 200)["read.request.floor.maximum"] is Outcome.FAIL
    assert Outcome.FAIL in told("GET", "/halls/1?floor=9", 400).values()
