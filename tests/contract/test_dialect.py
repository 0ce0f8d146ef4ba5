"""What plain OpenAPI says beside our x- fields means what it means there, or nothing: it is no error."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from roomproof.contract.model import Contract
from roomproof.contract.read import parse_contract
from roomproof.errors import ContractError
from roomproof.interaction import Credentials, Interaction, Request, Response, RoomKnowledge
from roomproof.judge.evidence import Outcome
from roomproof.judge.judge import Judge
from roomproof_strategies import valid

ANCHOR = datetime(2030, 1, 1, tzinfo=UTC)
CONTRACT = """
openapi: 3.0.3
info: {title: Acme rooms, version: "1"}
servers: [{url: "https://api.acme.example"}]
x-provider: acme
x-room: {parameter: room_id, id: size}
x-credentials: {scheme: bearer, environment: {token: ACME_TOKEN}}
paths:
  /rooms/{room_id}:
    patch:
      operationId: update-room
      parameters: [{name: room_id, in: path, required: true, schema: {type: string}}]
      requestBody: {content: {application/json: {schema: SENT}}}
      responses:
        "200": {description: The room, content: {application/json: {schema: ANSWERED}}}
      x-behaviours:
        - {fields: all, rule: echo, demands: what was sent is in the response}
"""
PLAIN = {"type": "object", "properties": {"size": {"type": "integer"}}}


def contract(sent: Any = PLAIN, answered: Any = PLAIN, version: str = "3.0.3") -> Contract:
    raw = yaml.safe_load(CONTRACT.replace("3.0.3", version))
    operation = raw["paths"]["/rooms/{room_id}"]["patch"]
    operation["requestBody"]["content"]["application/json"]["schema"] = sent
    operation["responses"]["200"]["content"]["application/json"]["schema"] = answered
    return parse_contract(json.dumps(raw), "acme.yaml")


def rules(known: Contract) -> set[str]:
    return {clause_id.removeprefix("acme.update-room.") for clause_id in known.clauses}


def exchange(sent: bytes, status: int, answered: bytes) -> Interaction:
    kind, url = (("Content-Type", "application/json"),), "https://api.acme.example/rooms/r"
    request = Request("PATCH", url, kind, sent, Credentials.VALID, RoomKnowledge.EXISTS)
    return Interaction(request, Response(status, kind, answered))


def with_size(**more: Any) -> Any:
    return {"type": "object", "properties": {"size": more}}


ANNOTATIONS = {
    "deprecated": True,
    "externalDocs": {"url": "https://acme.example"},
    "discriminator": {"propertyName": "kind", "mapping": {"a": "#/components/schemas/A"}},
    "xml": {"name": "Size"},
    "example": 1,
    "examples": [1, 2],
    "title": "Size",
    "description": "How large",
    "contentEncoding": "base64",
    "contentMediaType": "image/png",
    "$comment": "a note",
    "$id": "https://acme.example/size",
    "$anchor": "size",
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "nullable": False,
    "exclusiveMinimum": False,
    "readOnly": False,
    "writeOnly": False,
}


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
@pytest.mark.parametrize("inside", [False, True], ids=["at a field", "in a branch"])
def test_an_annotation_adds_no_clause_and_is_no_error(version: str, inside: bool) -> None:
    def schema(**more: Any) -> Any:
        return with_size(anyOf=[{"type": "integer", **more}]) if inside else with_size(type="integer", **more)

    bare = contract(schema(), schema(), version)
    full = contract(schema(**ANNOTATIONS), schema(**ANNOTATIONS), version)

    assert rules(full) == rules(bare)


def test_annotations_of_operations_parameters_and_responses_are_no_error() -> None:
    raw = yaml.safe_load(CONTRACT)
    item = raw["paths"]["/rooms/{room_id}"]
    operation = item["patch"]
    operation |= {"tags": ["rooms"], "deprecated": True, "servers": [{"url": "https://x.example"}]}
    operation |= {"externalDocs": {"url": "https://acme.example"}}
    operation |= {"callbacks": {"on": {"$ref": "#/components/callbacks/On"}}}
    operation["parameters"][0] |= {"style": "simple", "explode": False, "allowReserved": True}
    operation["parameters"][0] |= {"example": "r", "deprecated": True}
    operation["responses"]["200"]["links"] = {"self": {"$ref": "elsewhere.yaml#/Link"}}
    for node in (operation["requestBody"]["content"], operation["responses"]["200"]["content"]):
        examples = {"one": {"$ref": "#/components/examples/One"}}
        node["application/json"] |= {"schema": PLAIN, "examples": examples}
    item["summary"] = "Rooms"

    assert rules(parse_contract(json.dumps(raw), "acme.yaml")) == rules(contract())


def test_a_read_only_field_is_not_sent_and_not_required_of_a_request() -> None:
    schema = {"type": "object", "required": ["id", "size"], "properties": {
        "id": {"type": "string", "readOnly": True}, "size": {"type": "integer"},
    }}  # fmt: skip

    found = rules(contract(schema, schema))

    assert not [clause for clause in found if clause.startswith(("request.id.", "behaviour.id."))]
    assert {"request.size.required", "response.id.present", "response.id.type"} <= found


@given(st.data())
def test_no_generated_request_has_a_read_only_field(data: st.DataObject) -> None:
    fields = {"at": {"type": "string", "readOnly": True}, "to": {"type": "integer"}}
    inner = {"type": "object", "properties": fields}
    schema = {"type": "object", "required": ["id"], "additionalProperties": False, "properties": {
        "id": {"type": "string", "readOnly": True}, "slot": inner, "slots": {"type": "array", "items": inner},
    }}  # fmt: skip
    body = data.draw(valid(contract(schema).operations[0].body.schema, anchor=ANCHOR))

    assert "id" not in body
    assert not [slot for slot in (body.get("slot", {}), *body.get("slots", ())) if "at" in slot]


@pytest.mark.parametrize("closed", [{}, {"additionalProperties": False}], ids=["open", "closed"])
@pytest.mark.parametrize("status", [200, 400])
def test_whether_a_read_only_field_is_ignored_or_rejected_is_no_finding(closed: Any, status: int) -> None:
    fields = {"id": {"type": "string", "readOnly": True}, "size": {"type": "integer"}}
    judge = Judge(contract({**PLAIN, **closed, "properties": fields}))

    said = judge.see(exchange(b'{"id": "r", "size": 3}', status, b'{"size": 3}'))

    assert [item.clause for item in said if item.outcome in (Outcome.FAIL, Outcome.WARN)] == []
    assert list(judge.violations) == []


def test_a_write_only_field_is_not_demanded_of_a_response() -> None:
    schema = {"type": "object", "required": ["code", "size"], "properties": {
        "code": {"type": "string", "writeOnly": True}, "size": {"type": "integer"},
    }}  # fmt: skip

    found = rules(contract(schema, schema))

    assert {"request.code.required", "request.code.accepted", "response.size.present"} <= found
    assert "behaviour.size.echo" in found
    assert not {"response.code.present", "behaviour.code.echo"} & found


def test_nullable_says_that_null_is_a_type() -> None:
    found = contract(with_size(type="integer", nullable=True), with_size(type="integer", nullable=True))
    said = contract(with_size(type=["integer", "null"]), with_size(type=["integer", "null"]))

    assert rules(found) == rules(said)
    assert "request.size.nullable" in rules(found)
    assert found.operations[0].body.schema == said.operations[0].body.schema


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "enum": ["a", "b"], "nullable": True},
        {"allOf": [{"type": "string"}], "nullable": True},
        {"oneOf": [{"type": "string"}, {"type": "integer"}], "nullable": True},
    ],
    ids=["enum", "allOf", "oneOf"],
)
@pytest.mark.parametrize("status", [200, 400])
def test_where_nobody_can_say_whether_null_is_meant_either_is_right(schema: Any, status: int) -> None:
    judge = Judge(contract(with_size(**schema)))

    said = judge.see(exchange(b'{"size": null}', status, b'{"size": null}' if status == 200 else b"{}"))

    broken = [item.clause for item in said if item.outcome in (Outcome.FAIL, Outcome.WARN)]
    assert [clause for clause in broken if ".request." in clause] == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"minimum": 2, "exclusiveMinimum": True}, {"exclusiveMinimum": 2}),
        ({"maximum": 9, "exclusiveMaximum": True}, {"exclusiveMaximum": 9}),
        ({"minimum": 2, "exclusiveMinimum": False}, {"minimum": 2}),
        ({"exclusiveMinimum": True}, {}),
    ],
)
def test_a_bound_that_is_exclusive_by_a_flag_is_the_same_by_a_number(old: Any, new: Any) -> None:
    one, other = (contract(with_size(type="integer", **keywords)) for keywords in (old, new))
    assert [(clause.id, clause.schema) for clause in one.clauses.values()] == [
        (clause.id, clause.schema) for clause in other.clauses.values()
    ]


@pytest.mark.parametrize(
    ("keyword", "says"),
    [
        ("readonly", "did you mean 'readOnly'"),
        ("maxLenght", "did you mean 'maxLength'"),
        ("if", "leave it out, and name under x-unsettled"),
        ("patternProperties", "leave it out, and name under x-unsettled"),
        ("dependentRequired", "leave it out, and name under x-unsettled"),
        ("contains", "leave it out, and name under x-unsettled"),
        ("unevaluatedProperties", "leave it out, and name under x-unsettled"),
    ],
)
def test_a_keyword_that_nothing_would_test_is_rejected_with_what_to_do(keyword: str, says: str) -> None:
    with pytest.raises(ContractError, match=f"line .*{keyword!r} has no clause.*{says}"):
        contract(with_size(type="integer", **{keyword: {}}))
