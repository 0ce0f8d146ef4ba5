"""Where a change stands in both documents."""

from __future__ import annotations

import json
from typing import Any

from roomproof.derive.drift.drift import drift
from roomproof.derive.drift.version import Version, of_specification

Json = Any
ROOM = {"type": "object", "properties": {"size": {"type": "integer", "maximum": 5}}}
LISTED = {"allOf": [{}, {"$ref": "#/components/schemas/Room"}]}
OPERATION = {
    "parameters": [{"$ref": "#/components/parameters/Sort"}],
    "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Room"}}}},
    "responses": {
        "200": {
            "headers": {"X-Left": {"schema": {"type": "integer", "maximum": 5}}},
            "content": {"application/json": {"schema": {"items": LISTED}}},
        }
    },
}
PARAMETER = {"name": "sort", "in": "query", "schema": {"type": "string", "maxLength": 5}}


def version(old: str = "", new: str = "", path: str = "/rooms/{id}") -> Version:
    """Return a specification in which a text is replaced."""
    components = {"schemas": {"Room": ROOM}, "parameters": {"Sort": PARAMETER}}
    document = {"openapi": "3.1.0", "paths": {path: {"post": OPERATION}}, "components": components}
    return specification(json.dumps(document).replace(old, new) if old else json.dumps(document))


def specification(text: str) -> Version:
    return of_specification(text, "rooms", lambda _: ("", ""))


def places(old: Version, new: Version) -> set[tuple[str, str]]:
    return {(one.old_at, one.new_at) for one in drift([old, new])[0].changes}


def test_a_field_is_where_its_component_describes_it() -> None:
    size = "#/components/schemas/Room/properties/size"
    assert places(version(), version('"size": {"type": "integer"', '"size": {"type": "string"')) == {
        (size, size)
    }


def test_what_one_document_lacks_is_where_it_would_stand() -> None:
    room = "#/components/schemas/Room"
    assert (f"{room}/properties/size", room) in places(version(), version('"size"', '"seats"'))


def test_parameters_and_headers_have_places() -> None:
    sort = "#/components/parameters/Sort"
    assert places(version(), version('"maxLength": 5', '"maxLength": 4')) == {(sort, sort)}
    header = "#/paths/~1rooms~1{id}/post/responses/200/headers/X-Left/schema"
    old, new = '"X-Left": {"schema": {"type": "integer"', '"X-Left": {"schema": {"type": "string"'
    assert (header, header) in places(version(), version(old, new))


def test_an_operation_stands_at_the_path_of_each_document() -> None:
    old, new = "#/paths/~1rooms~1{id}/post/responses", "#/paths/~1rooms~1{room_id}/post/responses"
    found = places(version(), version('"200"', '"201"', path="/rooms/{room_id}"))
    assert found == {(f"{old}/200", new), (old, f"{new}/201")}


def test_places_in_swagger_are_those_of_its_own_text() -> None:
    def swagger(maximum: int) -> Version:
        schema = {"type": "object", "properties": {"size": {"type": "integer", "maximum": maximum}}}
        sent = {"name": "room", "in": "body", "schema": {"$ref": "#/definitions/Room"}}
        limit = {"name": "limit", "in": "query", "type": "integer", "maximum": maximum}
        operation = {"parameters": [limit, sent], "responses": {"204": {}}}
        document = {
            "swagger": "2.0",
            "paths": {"/rooms": {"post": operation}},
            "definitions": {"Room": schema},
        }
        return specification(json.dumps(document))

    size, operation = "#/definitions/Room/properties/size", "#/paths/~1rooms/post"
    assert places(swagger(5), swagger(4)) == {(size, size), (operation, operation)}
