"""A specification as statements: fine where the contract has the call, one for each other operation."""

from __future__ import annotations

import json
from typing import Any

from roomproof.derive.specification import read_specification
from roomproof.derive.statements.specification_statements import stated_specification
from roomproof.derive.statements.statement import StatedDocument

ROOT: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Meet", "version": "1"},
    "paths": {
        "/rooms/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
            "patch": {
                "requestBody": {
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Room"}}}
                },
                "responses": {"200": {"description": "The room"}},
            },
        },
        "/things": {"get": {"responses": {"200": {"description": "Things"}}}},
    },
    "components": {
        "schemas": {
            "Room": {
                "type": "object",
                "properties": {"seats": {"type": "integer"}, "kind": {"$ref": "#/components/schemas/Kind"}},
            },
            "Kind": {"type": "string", "enum": ["open"]},
            "Thing": {"type": "object"},
        }
    },
}


def stated(root: dict[str, Any] = ROOT) -> StatedDocument:
    return stated_specification(
        read_specification(json.dumps(root), "meet.json"), {("patch", "/rooms/{room}")}
    )


def test_what_the_contract_reaches_is_fine_and_the_rest_coarse() -> None:
    assert [one.place for one in stated().statements] == [
        "info",
        "PATCH /rooms/{id}",
        "PATCH /rooms/{id} > id",
        "PATCH /rooms/{id} > requestBody",
        "PATCH /rooms/{id} > 200",
        "GET /things",
        "components > schemas > Room",
        "components > schemas > Room > seats",
        "components > schemas > Room > kind",
        "components > schemas > Kind",
    ]


def test_a_property_that_changes_is_another_statement() -> None:
    other = json.loads(json.dumps(ROOT))
    other["components"]["schemas"]["Room"]["properties"]["seats"]["maximum"] = 50
    assert {one.key for one in stated(other).statements} ^ {one.key for one in stated().statements} == {
        one.key for two in (stated(), stated(other)) for one in two.statements if one.subject == "seats"
    }


def test_the_order_of_fields_is_no_change() -> None:
    turned = {name: ROOT[name] for name in reversed(ROOT)}
    assert stated(turned).digest == stated().digest


def test_of_a_collection_of_components_all_count() -> None:
    root = {
        "openapi": "3.0.3",
        "info": {"title": "Types", "version": "1"},
        "components": ROOT["components"],
        "paths": {},
    }
    assert "components > schemas > Thing" in [one.place for one in stated(root).statements]


def test_circles_end() -> None:
    root = json.loads(json.dumps(ROOT))
    root["components"]["schemas"]["Kind"] = {"properties": {"room": {"$ref": "#/components/schemas/Room"}}}
    assert len(stated(root).statements) == 11
