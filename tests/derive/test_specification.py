"""Specifications of every dialect become one tree, and hostile ones a sentence."""

from __future__ import annotations

import pytest

from roomproof.derive.specification import is_specification, read_specification
from roomproof.errors import ContractError

SWAGGER = """
swagger: "2.0"
info: {title: Rooms, version: "1"}
host: api.example.com
basePath: /v1
schemes: [https]
securityDefinitions: {key: {type: apiKey, in: header, name: X-Key}}
paths:
  /rooms/{id}:
    put:
      consumes: [application/json]
      parameters:
        - {name: id, in: path, required: true, type: string, format: uuid}
        - {name: body, in: body, required: true, schema: {$ref: "#/definitions/Room"}}
      responses:
        200: {description: The room, schema: {$ref: "#/definitions/Room"}}
definitions:
  Room: {type: object, properties: {name: {type: string, x-nullable: true}}}
"""


def test_swagger_is_read_as_openapi_3() -> None:
    specification = read_specification(SWAGGER, "rooms.yaml")
    root = specification.root
    put = root["paths"]["/rooms/{id}"]["put"]
    assert specification.dialect == "Swagger 2.0"
    assert root["servers"] == [{"url": "https://api.example.com/v1"}]
    assert put["parameters"] == [
        {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
    ]
    body = {"application/json": {"schema": {"$ref": "#/components/schemas/Room"}}}
    assert put["requestBody"] == {"required": True, "content": body}
    assert put["responses"]["200"]["content"] == body
    assert root["components"]["schemas"]["Room"]["properties"]["name"] == {"type": "string", "nullable": True}


def test_no_and_on_are_texts() -> None:
    """YAML 1.2 has no other truth values than true and false."""
    schemas = "components: {schemas: {A: {enum: [on, no, true, False]}}}"
    root = read_specification(f"openapi: 3.1.0\ninfo: {{title: No}}\npaths: {{}}\n{schemas}", "x").root
    assert root["info"]["title"] == "No"
    assert root["components"]["schemas"]["A"]["enum"] == ["on", "no", True, False]


def test_a_form_of_swagger_is_a_body() -> None:
    parameters = "[{name: name, in: formData, type: string, required: true}]"
    text = f"""
swagger: "2.0"
paths: {{/rooms: {{post: {{parameters: {parameters}, responses: {{201: {{description: It}}}}}}}}}}
"""
    (media,) = read_specification(text, "x").root["paths"]["/rooms"]["post"]["requestBody"]["content"].items()
    schema = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
    assert media == ("application/x-www-form-urlencoded", {"schema": schema})


def test_files_are_read_beside_it() -> None:
    text = 'openapi: 3.0.0\npaths: {/rooms: {$ref: "paths/rooms.yaml"}}\n'
    held = {
        "paths/rooms.yaml": "get: {responses: {200: {$ref: '../shown.yaml#/Room'}}}",
        "shown.yaml": "Room: {}",
    }
    root = read_specification(text, "x", lambda name: (held[name], name)).root
    assert root["paths"]["/rooms"] == {"$ref": "#/x-files/paths~1rooms.yaml"}
    rooms = root["x-files"]["paths/rooms.yaml"]
    assert rooms["get"]["responses"]["200"] == {"$ref": "#/x-files/shown.yaml/Room"}


def test_an_extension_that_a_reference_leads_into_is_kept() -> None:
    text = """
openapi: 3.1.0
x-shared: {Rooms: {get: {x-internal: true, summary: List rooms}}}
x-other: {Rooms: {}}
paths: {/rooms: {$ref: "#/x-shared/Rooms"}}
"""
    root = read_specification(text, "x").root
    assert root["x-shared"] == {"Rooms": {"get": {"summary": "List rooms"}}}
    assert "x-other" not in root


def test_extensions_are_left_out_but_names_are_kept() -> None:
    text = (
        "openapi: 3.1.0\nx-a: 1\ncomponents: {schemas: {Room: {x-b: 1, properties: {x-c: {type: string}}}}}"
    )
    root = read_specification(text, "x").root
    assert "x-a" not in root
    assert root["components"]["schemas"]["Room"] == {"properties": {"x-c": {"type": "string"}}}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("just: yaml", "neither `openapi:` nor `swagger:`"),
        ("openapi: 4.0.0", "2.0, 3.0 and 3.1 are read"),
        ("swagger: 2.0\npaths: {a: *b}", "aliases"),
        ("openapi: [", "not valid YAML"),
        ('{"openapi": "3.0.0", "a": ' + "[" * 9000 + "]" * 9000 + "}", "nested"),
        ("openapi: 3.0.0\na: " + "[" * 300 + "]" * 300, "nested"),
    ],
)
def test_what_is_none_is_told_in_a_sentence(text: str, told: str) -> None:
    with pytest.raises(ContractError, match=told) as error:
        read_specification(text, "mine.yaml")
    assert str(error.value).startswith("mine.yaml")


@pytest.mark.parametrize("text", ['{"openapi": "3.1.0"}', "swagger: '2.0'", "info: {}\nopenapi: 3.0.0\n"])
def test_a_specification_is_known_by_its_first_field(text: str) -> None:
    assert is_specification(text)
    assert not is_specification("# Rooms\n\nA page about openapi.")


def test_a_specification_whose_fields_are_sorted_is_known_by_its_end() -> None:
    components = "".join(f"    Room{number}: {{type: object}}\n" for number in range(10_000))
    assert is_specification(f"components:\n  schemas:\n{components}openapi: 3.1.0\npaths: {{}}\n")
    assert not is_specification(f"# Rooms\n{components}openapi: what it is\n")
