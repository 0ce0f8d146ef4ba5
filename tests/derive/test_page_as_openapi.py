"""What a page says, as a tree of OpenAPI, with each guess marked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import validate

from roomproof.derive.statements import as_openapi, read

SAVED = Path("/work/shared/documents")
GENERATED = """\
Change a room

PATCH

/rooms/:id

Request

Path Parameters

    id uuidrequired

Body

required

    seats integernullable

    Possible values: >= 2 and <= 50

    Default value: 10

    name string

    Maximum of 200 characters.

Responses

200: The room.

404: No such room

Request samples

curl -L -X PATCH 'https://api.example.com/v2/rooms/:id' \\
-H 'Content-Type: application/json' \\
-H 'Authorization: Bearer <TOKEN>' \\
-d '{
"seats": 10
}'

Response samples

{
"data": {
"id": "7b61621f-62e0-4aad-ab11-9fd19e272e73",
"open": [
{
"on": true
}
]
}
}
"""
TABLES = """\
Things - Create

POST {endpoint}/things?api-version=1

URI Parameters

Name In Required Type Description
api-version
query True

string

Which version.

Request Body

Name Type Description
people

<string,  Person>

Who may come in.

Responses

Name Type Description
201 Created

Thing

Request successful.

Definitions

Name Description
Person
Role
Thing

A thing.

Person

Name Type Description
role

Role

What it may do.

Role

Value Description
Reader
Writer

Thing

Name Type Description
id

string

This id is server generated.
"""


def operation(text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    tree = as_openapi(read(text, "page.txt"))
    validate(tree)
    ((_, methods),) = tree["paths"].items()
    ((_, found),) = methods.items()
    return tree, found


def test_a_generated_page() -> None:
    tree, found = operation(GENERATED)
    assert list(tree["paths"]) == ["/rooms/{id}"]
    assert tree["servers"][0]["url"] == "https://api.example.com/v2"
    assert tree["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    assert found["parameters"] == [
        {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
    ]
    body = found["requestBody"]
    assert body["required"] is True
    assert body["content"]["application/json"]["schema"]["properties"] == {
        "seats": {"type": ["integer", "null"], "minimum": 2, "maximum": 50, "default": 10},
        "name": {"type": "string", "maxLength": 200, "x-guess": "maxLength: read from words"},
    }
    assert body["content"]["application/json"]["example"] == {"seats": 10}
    assert list(found["responses"]) == ["200", "404"]
    content = found["responses"]["200"]["content"]["application/json"]
    assert content["example"]["data"]["open"] == [{"on": True}]
    data = content["schema"]["properties"]["data"]["properties"]
    assert data["id"] == {"type": "string", "format": "uuid", "x-guess": "read from a sample"}


def test_tables_and_the_types_that_they_name() -> None:
    _, found = operation(TABLES)
    assert [(one["name"], one["in"], one["required"]) for one in found["parameters"]] == [
        ("api-version", "query", True)
    ]
    (content,) = found["requestBody"]["content"].values()
    assert content["schema"]["properties"]["people"] == {
        "type": "object",
        "additionalProperties": {
            "type": "object",
            "properties": {"role": {"type": "string", "enum": ["Reader", "Writer"]}},
        },
    }
    response = found["responses"]["201"]["content"]["application/json"]["schema"]
    assert response["properties"]["id"]["readOnly"] is True


@pytest.mark.skipif(not SAVED.is_dir(), reason="the saved documents are not here")
@pytest.mark.parametrize(
    "path", sorted(SAVED.glob("*.txt")) if SAVED.is_dir() else [], ids=lambda path: path.name
)
def test_each_saved_page_becomes_a_valid_tree(path: Path) -> None:
    tree = as_openapi(read(path.read_text(), path.name))
    validate(tree)
    assert tree["paths"]


@pytest.mark.skipif(not SAVED.is_dir(), reason="the saved pages are not here")
def test_a_header_in_the_row_of_a_status_is_one_of_its_response() -> None:
    (path,) = SAVED.glob("000_*.txt")
    (call,) = as_openapi(read(path.read_text(encoding="utf-8"), path.name))["paths"].values()
    responses = call["patch"]["responses"]
    assert list(responses["default"]["headers"]) == ["x-ms-error-code"]
    shown = responses["200"]["content"]["application/json"]["schema"]["properties"]
    assert set(shown) == {"createdAt", "id", "pstnDialOutEnabled", "validFrom", "validUntil"}
