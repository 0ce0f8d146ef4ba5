"""What a client would notice of a change of documents: each kind of change, and rewritings that are none."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from roomproof.derive.drift.change import Change, Completeness, Impact
from roomproof.derive.drift.compare import differences
from roomproof.derive.specification import read_specification
from roomproof.derive.statements.openapi import NESTING

Json = Any
SENDERS, READERS, HARMLESS = Impact.SENDERS, Impact.READERS, Impact.HARMLESS

ROOM_PLACE = "#/components/schemas/Room"
ROOM = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {
        "id": {"type": "string", "format": "uuid", "readOnly": True},
        "name": {"type": "string", "maxLength": 50, "pattern": "^[a-z]+$"},
        "size": {"type": "integer", "minimum": 2, "maximum": 50, "default": 10},
        "mode": {"type": "string", "enum": ["open", "closed"]},
        "note": {"type": ["string", "null"]},
        "tags": {"type": "array", "items": {"type": "string", "maxLength": 9}, "maxItems": 5},
        "price": {"type": "number", "multipleOf": 0.5},
        "owner": {"type": "object", "properties": {"age": {"type": "integer", "minimum": 18}}},
    },
}
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Rooms", "version": "1"},
    "servers": [{"url": "https://api.example.com/v2"}],
    "security": [{"bearer": []}],
    "paths": {
        "/rooms/{room_id}": {
            "parameters": [{"name": "room_id", "in": "path", "required": True, "schema": {"type": "string"}}],
            "patch": {
                "operationId": "update",
                "parameters": [
                    {"name": "expand", "in": "query", "schema": {"type": "boolean"}},
                    {"name": "X-Trace", "in": "header", "schema": {"type": "string", "maxLength": 8}},
                ],
                "requestBody": {
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Room"}}}
                },
                "responses": {
                    "200": {
                        "description": "The room",
                        "headers": {"X-Left": {"required": True, "schema": {"type": "integer"}}},
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Room"}}},
                    },
                    "404": {"description": "No such room"},
                },
            },
            "delete": {"operationId": "remove", "responses": {"204": {"description": "It is gone"}}},
        }
    },
    "components": {
        "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        "schemas": {"Room": ROOM},
    },
}


def root(document: Json) -> Json:
    import json

    return read_specification(json.dumps(document), "specification").root


def altered(alter: Callable[[Json], Any]) -> Json:
    document = copy.deepcopy(DOCUMENT)
    alter(document)
    return document


def told(old: Json, new: Json, completeness: Completeness | None = None) -> set[tuple[str, str, str, Impact]]:
    """Return each change: the side, the way, the kind, and whom it breaks."""
    found = differences(root(old), root(new), completeness or Completeness()).changes
    return {(one.place.side.value, way_of(one), one.kind, one.impact) for one in found}


def way_of(change: Change) -> str:
    place = change.place
    return ".".join((place.label, *place.way[1:]) if place.label else place.way)


def field(name: str, **keywords: Any) -> Callable[[Json], Any]:
    """Alter a field of the room; a keyword of None is left out."""

    def alter(document: Json) -> None:
        schema = document["components"]["schemas"]["Room"]["properties"][name]
        schema.update(keywords)
        for key in [key for key, value in schema.items() if value is None]:
            del schema[key]

    return alter


def patch(document: Json) -> Json:
    return document["paths"]["/rooms/{room_id}"]["patch"]


def required(*names: str) -> Callable[[Json], Any]:
    return lambda document: document["components"]["schemas"]["Room"].update(required=list(names))


def without(name: str) -> Callable[[Json], Any]:
    return lambda document: document["components"]["schemas"]["Room"]["properties"].pop(name)


def with_field(document: Json) -> None:
    document["components"]["schemas"]["Room"]["properties"]["colour"] = {"type": "string"}


OF_A_ROOM = [
    ("a lower maximum", field("size", maximum=40), "size", "maximum", SENDERS, HARMLESS),
    ("a higher maximum", field("size", maximum=60), "size", "maximum", HARMLESS, READERS),
    ("no maximum", field("size", maximum=None), "size", "maximum", HARMLESS, READERS),
    ("a higher minimum", field("size", minimum=3), "size", "minimum", SENDERS, HARMLESS),
    ("a shorter text", field("name", maxLength=40), "name", "maxLength", SENDERS, HARMLESS),
    ("a longer text", field("name", maxLength=60), "name", "maxLength", HARMLESS, READERS),
    ("fewer items", field("tags", maxItems=4), "tags", "maxItems", SENDERS, HARMLESS),
    ("another pattern", field("name", pattern="^[A-Z]+$"), "name", "pattern", SENDERS, HARMLESS),
    ("no pattern", field("name", pattern=None), "name", "pattern", HARMLESS, HARMLESS),
    ("a coarser step", field("price", multipleOf=1), "price", "multipleOf", SENDERS, HARMLESS),
    (
        "a value more",
        field("mode", enum=["open", "closed", "secret"]),
        "mode",
        "value-added",
        HARMLESS,
        READERS,
    ),
    ("a value less", field("mode", enum=["open"]), "mode", "value-removed", SENDERS, HARMLESS),
    ("any value", field("mode", enum=None), "mode", "enum-removed", HARMLESS, READERS),
    ("few values", field("name", enum=["a"]), "name", "enum-added", SENDERS, HARMLESS),
    ("null", field("name", type=["string", "null"]), "name", "became-nullable", HARMLESS, READERS),
    ("no null", field("note", type="string"), "note", "became-not-nullable", SENDERS, HARMLESS),
    ("another type", field("note", type=["integer", "null"]), "note", "type", SENDERS, READERS),
    ("a wider type", field("size", type="number"), "size", "type", HARMLESS, READERS),
    ("a narrower type", field("price", type="integer"), "price", "type", SENDERS, HARMLESS),
    ("unique items", field("tags", uniqueItems=True), "tags", "uniqueItems", SENDERS, HARMLESS),
    ("a field must be there", required("id", "name", "mode"), "mode", "became-required", SENDERS, HARMLESS),
    ("a field may be missing", required("id"), "name", "became-optional", HARMLESS, READERS),
    ("a field is gone", without("mode"), "mode", "removed", SENDERS, READERS),
    ("a field is new", with_field, "colour", "added", HARMLESS, HARMLESS),
]


@pytest.mark.parametrize(
    ("alter", "way", "kind", "sending", "reading"),
    [row[1:] for row in OF_A_ROOM],
    ids=[row[0] for row in OF_A_ROOM],
)
def test_a_change_of_a_field_breaks_senders_or_readers(
    alter: Callable[[Json], Any], way: str, kind: str, sending: Impact, reading: Impact
) -> None:
    found = told(DOCUMENT, altered(alter))
    assert found == {("request", way, kind, sending), ("response", way, kind, reading)}


def test_a_change_below_the_first_level_is_told_with_its_way() -> None:
    def alter(document: Json) -> None:
        fields = document["components"]["schemas"]["Room"]["properties"]
        fields["owner"]["properties"]["age"]["minimum"] = 21
        fields["tags"]["items"]["maxLength"] = 5

    ways = {(side, way) for side, way, _, _ in told(DOCUMENT, altered(alter))}
    assert ways == {(side, way) for side in ("request", "response") for way in ("owner.age", "tags.[]")}


def test_another_default_breaks_senders_and_no_reader() -> None:
    assert told(DOCUMENT, altered(field("size", default=20))) == {("request", "size", "default", SENDERS)}


def test_what_is_only_read_is_nothing_that_is_sent() -> None:
    assert told(DOCUMENT, altered(without("id"))) == {("response", "id", "removed", READERS)}


AROUND = [
    (
        "an operation is gone",
        lambda d: d["paths"]["/rooms/{room_id}"].pop("delete"),
        ("operation", "", "removed", SENDERS),
    ),
    (
        "an operation is new",
        lambda d: d["paths"].update({"/rooms": {"get": {"responses": {"200": {}}}}}),
        ("operation", "", "added", HARMLESS),
    ),
    (
        "an operation is deprecated",
        lambda d: patch(d).update(deprecated=True),
        ("operation", "", "deprecated", HARMLESS),
    ),
    (
        "a parameter is gone",
        lambda d: patch(d)["parameters"].pop(0),
        ("request", "expand", "removed", SENDERS),
    ),
    (
        "a parameter is new",
        lambda d: patch(d)["parameters"].append({"name": "q", "in": "query", "schema": {}}),
        ("request", "q", "added", HARMLESS),
    ),
    (
        "a parameter is new and required",
        lambda d: patch(d)["parameters"].append({"name": "q", "in": "query", "required": True, "schema": {}}),
        ("request", "q", "added", SENDERS),
    ),
    (
        "a parameter must be sent",
        lambda d: patch(d)["parameters"][0].update(required=True),
        ("request", "expand", "became-required", SENDERS),
    ),
    (
        "a header is shorter",
        lambda d: patch(d)["parameters"][1]["schema"].update(maxLength=4),
        ("request", "X-Trace", "maxLength", SENDERS),
    ),
    (
        "a body must be sent",
        lambda d: patch(d)["requestBody"].update(required=True),
        ("request", "", "became-required", SENDERS),
    ),
    ("no body is sent", lambda d: patch(d).pop("requestBody"), ("request", "", "body-removed", SENDERS)),
    ("a status is gone", lambda d: patch(d)["responses"].pop("200"), ("response", "", "status", READERS)),
    ("an error is gone", lambda d: patch(d)["responses"].pop("404"), ("response", "", "status", HARMLESS)),
    (
        "a status is new",
        lambda d: patch(d)["responses"].update({"422": {}}),
        ("response", "", "status", HARMLESS),
    ),
    (
        "a response has no body",
        lambda d: patch(d)["responses"]["200"].pop("content"),
        ("response", "", "body-removed", READERS),
    ),
    (
        "a response's header is gone",
        lambda d: patch(d)["responses"]["200"].pop("headers"),
        ("response", "x-left", "removed", READERS),
    ),
    (
        "a response's header may be missing",
        lambda d: patch(d)["responses"]["200"]["headers"]["X-Left"].update(required=False),
        ("response", "x-left", "became-optional", READERS),
    ),
    (
        "a media type is new",
        lambda d: patch(d)["requestBody"]["content"].update({"text/plain": {}}),
        ("request", "", "media-type text/plain", HARMLESS),
    ),
    (
        "the address has another path",
        lambda d: d["servers"][0].update(url="https://api.example.com/v3"),
        ("operation", "", "server-path", SENDERS),
    ),
]


@pytest.mark.parametrize(("alter", "expected"), [row[1:] for row in AROUND], ids=[row[0] for row in AROUND])
def test_a_change_around_the_fields_is_told_alone(
    alter: Callable[[Json], Any], expected: tuple[str, str, str, Impact]
) -> None:
    assert told(DOCUMENT, altered(alter)) == {expected}


def test_security_that_is_new_breaks_senders_and_one_that_is_dropped_nobody() -> None:
    free = altered(lambda document: document.pop("security"))
    assert {(kind, impact) for _, _, kind, impact in told(free, DOCUMENT)} == {("security", SENDERS)}
    assert {(kind, impact) for _, _, kind, impact in told(DOCUMENT, free)} == {("security", HARMLESS)}


def inline(document: Json) -> None:
    room = document["components"]["schemas"].pop("Room")
    for content in (
        patch(document)["requestBody"]["content"],
        patch(document)["responses"]["200"]["content"],
    ):
        content["application/json"]["schema"] = copy.deepcopy(room)


def rename_component(document: Json) -> None:
    schemas = document["components"]["schemas"]
    schemas["Chamber"] = schemas.pop("Room")
    for content in (
        patch(document)["requestBody"]["content"],
        patch(document)["responses"]["200"]["content"],
    ):
        content["application/json"]["schema"] = {"$ref": "#/components/schemas/Chamber"}


def split(document: Json) -> None:
    room = document["components"]["schemas"]["Room"]
    fields = list(room["properties"].items())
    document["components"]["schemas"]["Room"] = {
        "allOf": [
            {"type": "object", "properties": dict(fields[:3]), "required": ["id"]},
            {"type": "object", "properties": dict(fields[3:])},
            {"required": ["name"]},
        ]
    }


def as_any_of(document: Json) -> None:
    field("note", type=None, anyOf=[{"type": "null"}, {"type": "string"}])(document)


def as_nullable(document: Json) -> None:
    document["openapi"] = "3.0.3"
    field("note", type="string", nullable=True)(document)


def reorder(document: Json) -> None:
    room = document["components"]["schemas"]["Room"]
    room["properties"] = dict(reversed(room["properties"].items()))
    room["required"].reverse()
    room["properties"]["mode"]["enum"].reverse()
    patch(document)["parameters"].reverse()


def move_prefix(document: Json) -> None:
    document["servers"] = [{"url": "https://elsewhere.example.com"}]
    document["paths"] = {f"/v2{path}": item for path, item in document["paths"].items()}


def rename_path_parameter(document: Json) -> None:
    item = document["paths"].pop("/rooms/{room_id}")
    item["parameters"][0]["name"] = "id"
    document["paths"]["/rooms/{id}"] = item


def exclusive(document: Json) -> None:
    field("size", minimum=None, exclusiveMinimum=1, maximum=None, exclusiveMaximum=51)(document)


def describe(document: Json) -> None:
    document["info"] = {"title": "Other rooms", "version": "2"}
    field("size", description="how many", title="Size", example=3)(document)
    patch(document).update(operationId="other", summary="A summary", tags=["rooms"])


def say_what_is_so_anyway(document: Json) -> None:
    document["components"]["schemas"]["Room"]["additionalProperties"] = True
    field("tags", minItems=0, uniqueItems=False)(document)
    patch(document)["requestBody"]["required"] = False
    patch(document)["parameters"][0].update(required=False, style="form", explode=True)
    patch(document)["security"] = [{"bearer": []}]


def move_parameters(document: Json) -> None:
    item = document["paths"]["/rooms/{room_id}"]
    for method in ("patch", "delete"):
        item[method]["parameters"] = [*item["parameters"], *item[method].get("parameters", [])]
    del item["parameters"]


def other_names_of_formats(document: Json) -> None:
    field("name", format="hostname-of-ours")(document)


def rename_scheme(document: Json) -> None:
    document["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "Bearer"}}
    document["security"] = [{"token": []}]


def with_charset(document: Json) -> None:
    content = patch(document)["requestBody"]["content"]
    content["application/json; charset=utf-8"] = content.pop("application/json")


def as_const(document: Json) -> None:
    field("mode", enum=None, anyOf=[{"const": "closed"}, {"const": "open"}])(document)


NO_CHANGES = [
    inline,
    rename_component,
    split,
    as_any_of,
    as_nullable,
    reorder,
    move_prefix,
    rename_path_parameter,
    exclusive,
    describe,
    say_what_is_so_anyway,
    move_parameters,
    other_names_of_formats,
    rename_scheme,
    with_charset,
    as_const,
]


@pytest.mark.parametrize("rewrite", NO_CHANGES)
def test_what_means_the_same_is_no_change(rewrite: Callable[[Json], Any]) -> None:
    assert told(DOCUMENT, altered(rewrite)) == set()
    assert told(altered(rewrite), DOCUMENT) == set()


@pytest.mark.parametrize("rewrite", NO_CHANGES)
def test_a_change_is_seen_through_every_rewriting(rewrite: Callable[[Json], Any]) -> None:
    def both(document: Json) -> None:
        field("price", multipleOf=1)(document)
        rewrite(document)

    ways = {(way, kind) for _, way, kind, _ in told(DOCUMENT, altered(both))}
    assert ways == {("price", "multipleOf")}


def test_a_query_object_is_the_parameters_that_it_is_written_as() -> None:
    def flat(document: Json) -> None:
        patch(document)["parameters"] = [
            {"name": f"filter[{name}]", "in": "query", "schema": {"type": "string"}} for name in ("a", "b")
        ]

    def deep(document: Json) -> None:
        fields = {name: {"type": "string"} for name in ("a", "b")}
        schema = {"type": "object", "properties": fields}
        patch(document)["parameters"] = [
            {"name": "filter", "in": "query", "style": "deepObject", "explode": True, "schema": schema}
        ]

    assert told(altered(flat), altered(deep)) == set()


def test_a_schema_that_contains_itself_is_compared_to_its_end() -> None:
    def recursive(maximum: int) -> Json:
        def alter(document: Json) -> None:
            fields = document["components"]["schemas"]["Room"]["properties"]
            fields["inside"] = {"type": "array", "items": {"$ref": "#/components/schemas/Room"}}
            fields["size"]["maximum"] = maximum

        return altered(alter)

    ways = {way for _, way, _, _ in told(recursive(50), recursive(40))}
    assert "size" in ways
    assert len(ways) <= 2


def test_alternatives_are_matched_by_what_they_mean() -> None:
    def either(*kinds: Json) -> Json:
        return altered(field("owner", type=None, properties=None, oneOf=list(kinds)))

    cat = {"type": "object", "properties": {"claws": {"type": "integer"}}}
    dog = {"type": "object", "properties": {"bark": {"type": "string"}}}
    long_dog = {"type": "object", "properties": {"bark": {"type": "string", "maxLength": 3}}}
    fish = {"type": "object", "properties": {"fins": {"type": "integer"}}}
    assert told(either(cat, dog), either(dog, cat)) == set()
    assert told(either(cat, dog), either(long_dog, cat)) == {
        ("request", "owner.bark", "maxLength", SENDERS),
        ("response", "owner.bark", "maxLength", HARMLESS),
    }
    assert told(either(cat, dog), either(dog, cat, fish)) == {
        ("request", "owner", "alternative-added", HARMLESS),
        ("response", "owner", "alternative-added", READERS),
    }


def test_what_a_page_does_not_state_is_no_change() -> None:
    def page(document: Json) -> None:
        room = document["components"]["schemas"]["Room"]
        del room["required"], room["properties"]["owner"], room["properties"]["size"]["default"]
        del document["security"], document["paths"]["/rooms/{room_id}"]["delete"]
        room["properties"]["size"]["maximum"] = 60

    expected = {("request", "size", "maximum", SENDERS), ("response", "size", "maximum", HARMLESS)}
    assert told(altered(page), DOCUMENT, Completeness(old=False)) == expected


def test_a_field_of_a_contract_that_a_whole_specification_lacks_is_gone() -> None:
    found = told(DOCUMENT, altered(without("mode")), Completeness(old=False))
    assert found == {("request", "mode", "removed", SENDERS), ("response", "mode", "removed", READERS)}
    assert told(altered(without("mode")), DOCUMENT, Completeness(old=False)) == set()


def test_two_paths_that_differ_in_the_names_of_parameters_are_told_apart() -> None:
    def by_name(maximum: int) -> Json:
        def alter(document: Json) -> None:
            item = copy.deepcopy(document["paths"]["/rooms/{room_id}"])
            item["parameters"][0].update(name="name", schema={"type": "string", "maxLength": maximum})
            document["paths"]["/rooms/{name}"] = item

        return altered(alter)

    assert told(by_name(9), by_name(9)) == set()
    assert told(by_name(9), by_name(5)) == {("request", "name", "maxLength", SENDERS)}
    changed = by_name(9)
    field("size", maximum=40)(changed)
    assert {way for _, way, _, _ in told(by_name(9), changed)} == {"size"}


def test_what_a_page_puts_into_an_object_by_guess_may_stand_beside_it() -> None:
    """A saved page loses where an object ends: what is in it is not gone."""
    loose = {"type": "object", "properties": {"age": {}, "made": {}}, "x-guess": NESTING}

    def page(document: Json) -> None:
        document["components"]["schemas"]["Room"]["properties"]["owner"] = loose

    old, new = altered(page), altered(lambda _: None)
    found = differences(old, root(new), Completeness(old=False)).changes
    assert [one.kind for one in found if "owner" in one.place.way] == []
