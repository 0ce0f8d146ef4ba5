"""A specification becomes a contract that loads; whatever is wrong in it is told by its place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy
from random import Random
from typing import Any

import pytest

from roomproof.contract.clause import Level
from roomproof.contract.model import Contract
from roomproof.contract.read import parse_contract
from roomproof.derive.draft.draft import Draft, Wish, draft
from roomproof.derive.draft.remarks import Kind
from roomproof.derive.specification import Specification, read_specification
from roomproof.errors import RoomproofError, UsageError

Json = Any
JSON = "application/json"
ROOM = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {
        "id": {"type": "string", "format": "uuid", "readOnly": True},
        "name": {"type": "string", "maxLength": 40},
        "size": {"type": "integer", "minimum": 2, "maximum": 50, "default": 10},
        "created_at": {"type": "string", "format": "date-time", "readOnly": True},
    },
}
ID = {"name": "room_id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
SHOWN = {"description": "The room", "content": {JSON: {"schema": {"$ref": "#/components/schemas/Room"}}}}
LIST = {
    "type": "object",
    "properties": {"rooms": {"type": "array", "items": {"$ref": "#/components/schemas/Room"}}},
}


def specification(**changes: Json) -> dict[str, Json]:
    """A small API of rooms, whole and without faults, with some fields of its root changed."""
    body = {"required": True, "content": SHOWN["content"]}
    paging = [{"name": "page", "in": "query", "schema": {"type": "integer", "minimum": 1}}]
    paging += [
        {"name": "per_page", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 100}}
    ]
    listed = {"200": {"description": "Rooms", "content": {JSON: {"schema": LIST}}}}
    unknown = {"404": {"description": "No such room"}}
    return {
        "openapi": "3.0.3",
        "info": {"title": "Rooms", "version": "7"},
        "servers": [{"url": "https://api.example.com/v1/"}],
        "security": [{"token": []}],
        "paths": {
            "/rooms": {
                "post": {"operationId": "createRoom", "requestBody": body, "responses": {"201": SHOWN}},
                "get": {"operationId": "listRooms", "parameters": paging, "responses": listed},
            },
            "/rooms/{room_id}": {
                "parameters": [ID],
                "get": {"operationId": "getRoom", "responses": {"200": SHOWN, **unknown}},
                "patch": {"operationId": "updateRoom", "requestBody": body, "responses": {"200": SHOWN}},
                "delete": {"operationId": "deleteRoom", "responses": {"204": {"description": "Gone"}}},
            },
            "/users/{user_id}": {"get": {"operationId": "getUser", "responses": {"200": SHOWN}}},
        },
        "components": {
            "schemas": {"Room": ROOM},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        **changes,
    }


def drafted(root: Json, *operations: str, resource: str = "") -> tuple[Draft, Contract]:
    """Return the draft of a specification, and the contract that is read from it."""
    read = read_specification(json.dumps(root), "rooms.json")
    made = draft([read], "acme", Wish(operations, resource), "2026-11-30")
    return made, parse_contract(made.openapi, "openapi.yaml")


def told(made: Draft, kind: Kind = Kind.DEFECT) -> list[str]:
    """Return the remarks of a kind."""
    return [one.told for one in made.remarks if one.kind is kind]


def with_field(schema: Json, name: str = "odd") -> Json:
    """Return the specification with one more field in its rooms."""
    root = deepcopy(specification())
    root["components"]["schemas"]["Room"]["properties"][name] = schema
    return root


def test_operations_effects_and_the_resource() -> None:
    made, contract = drafted(specification())
    assert made.resource == "room"
    assert made.others == ("user",)
    assert {one.id: one.effect.value for one in contract.operations} == {
        "create-room": "create",
        "list-rooms": "list",
        "get-room": "read",
        "update-room": "update",
        "delete-room": "delete",
    }
    room = contract.room
    assert (room.parameter, room.at, room.id, room.entries) == ("room_id", (), "id", ("rooms",))
    assert (contract.server, contract.version) == ("https://api.example.com/v1", "7")
    assert made.left_out == ("get-user",)
    assert told(made) == []


def test_a_whole_specification_leaves_nothing_to_tell_but_guesses() -> None:
    made, _ = drafted(specification())
    assert told(made, Kind.LEFT_OUT) == []


def test_credentials_and_paging() -> None:
    _, contract = drafted(specification())
    assert contract.credentials.scheme == "bearer"
    assert contract.credentials.environment == {"token": "ACME_TOKEN"}
    listing = contract.listing and contract.listing.listing
    assert listing is not None
    assert (listing.size, listing.page and listing.page.parameter) == ("per_page", "page")


def test_what_is_guessed_never_fails() -> None:
    """Only what the specification says is documented: schemas, statuses, credentials, unknown ids."""
    _, contract = drafted(specification())
    levels = {clause.id: clause.level for clause in contract.clauses.values()}
    assert levels["acme.create-room.request.name.max-length"] is Level.DOCUMENTED
    assert levels["acme.get-room.behaviour.room_id.unknown-refused"] is Level.DOCUMENTED
    assert levels["acme.delete-room.behaviour.room_id.unknown-refused"] is Level.OBSERVED
    guessed = ("echo", "unchanged", "read-after-write", "listed", "gone-after-delete", "constant", "paging")
    for clause in contract.clauses.values():
        if clause.rule in guessed:
            assert clause.level is Level.OBSERVED, clause.id
    assert {clause.rule for clause in contract.clauses.values()} >= {*guessed}


@pytest.mark.parametrize(
    ("one", "other", "order"),
    [
        ("startTime", "endTime", ["startTime", "endTime"]),
        ("expires_at", "opens_at", ["opens_at", "expires_at"]),
        ("validUntil", "token_from", ["token_from", "validUntil"]),
        ("nbf", "exp", ["nbf", "exp"]),
    ],
)
def test_times_that_lie_in_another_order_may_be_rejected(one: str, other: str, order: list[str]) -> None:
    """Else a meeting that ends before it starts would be a valid request that is rejected."""
    time = {"type": "string", "format": "date-time"}
    root = changed(f"components/schemas/Room/properties/{other}", time, with_field(time, one))
    _, contract = drafted(root)
    creating = contract.by_id("create-room")
    assert creating is not None
    assert creating.schema["x-unsettled-order"]["members"] == order


@pytest.mark.parametrize("name", ["starting_after", "startAfterId", "last_id"])
def test_a_cursor_may_be_what_names_the_last_entry(name: str) -> None:
    parameters = [{"name": one, "in": "query", "schema": {"type": "string"}} for one in (name, "before")]
    _, contract = drafted(changed("paths/~1rooms/get/parameters", parameters))
    (operation,) = [one for one in contract.operations if one.id == "list-rooms"]
    assert operation.listing is not None
    assert (operation.listing.cursor, operation.listing.last) == (name, ("id",))
    assert all("x-unsettled" in one.schema for one in operation.parameters if one.place == "query")
    assert "acme.list-rooms.behaviour.pages.paging" in contract.clauses


def test_a_page_beyond_the_last_one_is_left_open() -> None:
    """A server may answer with an empty page, or with none."""
    _, contract = drafted(specification())
    (listing,) = [one for one in contract.operations if one.id == "list-rooms"]
    schemas = {one.name: one.schema for one in listing.parameters}
    assert schemas["page"]["x-unsettled"]["schema"] == {"type": "integer", "minimum": 2}
    assert "x-unsettled" not in schemas["per_page"]


def test_sources_are_pointers_into_the_specification() -> None:
    _, contract = drafted(specification())
    source = contract.clauses["acme.create-room.request.name.max-length"].source
    assert (source.document, source.section, source.field) == (
        "Rooms, OpenAPI 3.0.3",
        "/components/schemas/Room",
        "name",
    )
    status = contract.clauses["acme.get-room.response.404.status"].source
    assert status.section == "/paths/~1rooms~1{room_id}/get/responses"


@pytest.mark.parametrize(
    ("schema", "where", "text", "kept"),
    [
        ({"type": "string", "pattern": "[a-z]{3}"}, "/pattern", "is not anchored", {"pattern": "[a-z]{3}"}),
        ({"type": "string", "pattern": "/^a$/i"}, "/pattern", "between slashes", {}),
        ({"type": "string", "pattern": "(?<n>["}, "/pattern", "cannot be read", {}),
        ({"type": "string", "enum": ["a,", "b "]}, "/enum/0", "stray comma", {"enum": ["a", "b"]}),
        ({"type": "int"}, "/type", "'int' is no type", {"type": "integer"}),
        ({"type": "Boolean"}, "/type", "'Boolean' is no type", {"type": "boolean"}),
        ({"type": "datetime"}, "/type", "is no type", {"type": "string", "format": "date-time"}),
        ({"type": "integer", "format": "date-time"}, "/format", "says nothing of the type", {}),
        ({"type": "string", "format": "datetime"}, "/format", "did you mean 'date-time'", {}),
        ({"type": "integer", "minimum": 9, "maximum": 1}, "/minimum", "is above maximum 1", {}),
        ({"type": "string", "maxLength": "12"}, "/maxLength", "is the text '12'", {"maxLength": 12}),
        ({"type": "integer", "default": "ten"}, "/default", "rejects the default", {}),
        ({"type": "integer", "example": "ten"}, "/example", "rejects the example", {}),
        ({"type": "string", "maxlength": 3}, "/maxlength", "did you mean 'maxLength'", {}),
        ({"type": "string", "required": True}, "/required", "has to be a list", {}),
        ({"type": "object", "properties": {"a": {}}, "required": ["b"]}, "/required/0", "no such field", {}),
        ({"type": "array"}, "", "nothing of its items", {"type": "array"}),
        ({"$ref": "#/components/schemas/Nowhere"}, "", "leads nowhere", {}),
        ({"enum": [1, 1, "a"], "type": "integer"}, "/enum/1", "stands twice", {"enum": [1]}),
    ],
)
def test_a_defect_of_a_schema_is_told_by_its_place(schema: Json, where: str, text: str, kept: Json) -> None:
    made, contract = drafted(with_field(schema))
    place = f"/components/schemas/Room/properties/odd{where}: "
    assert [line for line in told(made) if line.startswith(place) and text in line], told(made)
    creating = contract.by_id("create-room")
    assert creating is not None
    field = creating.schema["properties"]["odd"]
    assert kept.items() <= field.items()
    assert not {"pattern", "enum", "format", "default", "example", "maxlength"} - kept.keys() & field.keys()


def changed(way: str, value: Json, root: Json = None) -> Json:
    """Return the specification with a value at a way, of which `/` separates the steps and `~1` is one."""
    root = deepcopy(root or specification())
    *steps, last = (step.replace("~1", "/") for step in way.split("/"))
    node = root
    for step in steps:
        node = node[step]
    if value is None:
        del node[last]
    else:
        node[last] = value
    return root


@pytest.mark.parametrize(
    ("way", "value", "text"),
    [
        ("paths/~1rooms~1{room_id}/parameters", None, "'room_id' of the path is not declared"),
        ("paths/~1rooms/get/parameters", [{"in": "query", "schema": {}}], "has no name"),
        ("paths/~1rooms/get/parameters", [{"name": "a", "schema": {}}], "has no `in`"),
        ("paths/~1rooms/get/parameters", [{"name": "a", "in": "query"}], "has no schema"),
        ("paths/~1rooms/get/parameters", [{"name": "a", "in": "path", "schema": {}}], "has no parameter 'a'"),
        ("paths/~1rooms/get/responses", {"404": {"description": "No"}}, "no response with a status 2xx"),
        ("paths/~1rooms/get/responses", {"200": {}}, "cannot be read"),
        ("paths/~1rooms/get/responses", {"OK": {}, "200": {"description": "x"}}, "is no status"),
        ("paths/~1rooms/get/operationId", "createRoom", "is that of POST /rooms, too"),
        ("security", [{"nobody": []}], "declared nowhere"),
    ],
)
def test_a_defect_of_an_operation_is_told(way: str, value: Json, text: str) -> None:
    made, contract = drafted(changed(way, value))
    assert [line for line in told(made) if text in line], told(made)
    assert len(contract.operations) == 5


def test_colons_in_paths_are_read_as_braces() -> None:
    root = specification()
    root["paths"]["/rooms/:room_id"] = root["paths"].pop("/rooms/{room_id}")
    made, contract = drafted(root)
    assert "/rooms/{room_id}" in {one.path for one in contract.operations}
    assert any("the draft has /rooms/{room_id}" in line for line in told(made))


def test_ids_are_made_from_method_and_path_where_there_are_none() -> None:
    root = changed("paths/~1rooms/post/operationId", None)
    _, contract = drafted(root)
    assert contract.by_id("post-rooms") is not None


def test_all_of_is_written_as_one_schema() -> None:
    part = {
        "allOf": [
            {"$ref": "#/components/schemas/Room"},
            {"properties": {"pin": {"type": "string"}}, "required": ["pin"]},
        ]
    }
    root = changed("paths/~1rooms/post/requestBody/content", {JSON: {"schema": part}})
    _, contract = drafted(root)
    creating = contract.by_id("create-room")
    assert creating is not None
    assert creating.schema["properties"].keys() >= {"name", "size", "pin"}
    assert creating.schema["required"] == ["name", "pin"]
    assert "acme.create-room.request.pin.required" in contract.clauses


def test_one_alternative_beside_null_is_nullable() -> None:
    _, contract = drafted(with_field({"anyOf": [{"type": "string", "maxLength": 9}, {"type": "null"}]}))
    assert "acme.create-room.request.odd.nullable" in contract.clauses
    assert "acme.create-room.request.odd.max-length" in contract.clauses


def test_one_of_without_a_difference_is_any_of() -> None:
    """Else each response that fits two of the branches would fail."""
    alike = [{"type": "object", "properties": {"a": {"type": "string"}}}, {"type": "object"}]
    made, contract = drafted(with_field({"oneOf": alike}))
    assert "acme.create-room.request.odd.any-of" in contract.clauses
    assert any("oneOf is written as anyOf" in line for line in told(made, Kind.LEFT_OUT))
    apart = [{"type": "string"}, {"type": "integer"}]
    assert "acme.create-room.request.odd.one-of" in drafted(with_field({"oneOf": apart}))[1].clauses


def test_a_schema_may_contain_itself() -> None:
    _, contract = drafted(with_field({"type": "array", "items": {"$ref": "#/components/schemas/Room"}}))
    assert contract.by_id("create-room") is not None


def test_what_is_large_is_cut_at_references_and_told() -> None:
    root = specification()
    schemas = root["components"]["schemas"]
    fields = {f"f{index}": {"$ref": "#/components/schemas/L1"} for index in range(30)}
    schemas["Room"] = {**ROOM, "properties": {**ROOM["properties"], **fields}}
    for level in range(1, 5):
        names = {f"g{index}": {"$ref": f"#/components/schemas/L{level + 1}"} for index in range(30)}
        schemas[f"L{level}"] = {"type": "object", "properties": names}
    schemas["L5"] = {"type": "string"}
    made, contract = drafted(root)
    assert len(contract.clauses) < 20_000
    assert any("are not tested below that" in line for line in told(made, Kind.LEFT_OUT))


def test_the_response_of_an_update_that_shows_no_room_is_tested_as_a_whole() -> None:
    answer = {"type": "object", "required": ["ok"], "properties": {"ok": {"type": "boolean"}}}
    root = deepcopy(specification())
    root["paths"]["/rooms/{room_id}"]["patch"]["responses"]["200"] = {
        "description": "Done",
        "content": {JSON: {"schema": answer}},
    }
    made, contract = drafted(root)
    assert "acme.update-room.response.body.all-of" in contract.clauses
    assert any("its response shows no room" in line for line in told(made, Kind.GUESS))


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "properties": {"total": {"type": "integer"}}},
        {"type": "array", "items": {"type": "object", "properties": {"title": {"type": "string"}}}},
    ],
)
def test_what_shows_no_entries_with_ids_is_no_list(schema: Json) -> None:
    made, contract = drafted(changed("paths/~1rooms/get/responses/200/content", {JSON: {"schema": schema}}))
    assert contract.listing is None
    assert any("no list of the draft" in line for line in told(made, Kind.GUESS))


def test_bodies_that_cannot_be_sent_leave_the_operation_out() -> None:
    root = deepcopy(specification())
    root["paths"]["/rooms/{room_id}"]["patch"]["requestBody"]["content"] = {
        "multipart/form-data": {"schema": {}}
    }
    made, contract = drafted(root)
    assert contract.by_id("update-room") is None
    assert "update-room" in made.left_out
    assert any("multipart/form-data" in line for line in told(made, Kind.LEFT_OUT))


def test_operations_are_chosen_by_id_or_by_method_and_path() -> None:
    _, contract = drafted(specification(), "updateRoom", "GET /rooms/{x}")
    assert [one.id for one in contract.operations] == ["update-room", "get-room"]


@pytest.mark.parametrize(
    ("operations", "resource", "text"),
    [
        (("updateRom",), "", "did you mean 'updateRoom'"),
        ((), "rom", "did you mean 'room'"),
    ],
)
def test_what_there_is_not_is_told(operations: tuple[str, ...], resource: str, text: str) -> None:
    with pytest.raises(UsageError, match=text):
        drafted(specification(), *operations, resource=resource)


def test_a_resource_is_chosen_by_name() -> None:
    assert drafted(specification(), resource="users")[0].resource == "user"


def test_a_page_is_drafted_with_what_it_leaves_to_be_guessed() -> None:
    """What a reader of pages has guessed is observed, and stands below a comment."""
    name = {"type": "string", "maxLength": 5, "x-guess": "maxLength: read from words"}
    tree = {
        "info": {"title": "Make a room", "version": "1"},
        "paths": {
            "/rooms/{id}": {
                "patch": {
                    "operationId": "patch-room",
                    "requestBody": {
                        "content": {JSON: {"schema": {"type": "object", "properties": {"name": name}}}}
                    },
                    "responses": {"200": {"description": "accepted", "x-guess": "no status is stated"}},
                }
            }
        },
    }
    page = Specification("page.txt", "a saved page of prose", tree)
    made = draft([page], "acme", Wish(), "2026-11-30")
    assert made.openapi.count("# confirm: maxLength: read from words") == 1
    contract = parse_contract(made.openapi, "openapi.yaml")
    for rule in ("request.name.max-length", "response.200.status"):
        assert contract.clauses[f"acme.patch-room.{rule}"].level is Level.OBSERVED
    assert not made.makes_rooms


def test_pages_of_one_provider_are_drafted_together() -> None:
    pages = []
    for method, path in (("post", "/rooms"), ("get", "/rooms/{id}")):
        operation = {"operationId": f"{method}-room", "responses": {"200": {"description": "a room"}}}
        tree = {"info": {"title": f"{method} a room"}, "paths": {path: {method: operation}}}
        pages.append(Specification(f"{method}.txt", "a saved page", tree))
    made = draft(pages, "acme", Wish(), "2026-11-30")
    contract = parse_contract(made.openapi, "openapi.yaml")
    documents = [one.source.document for one in contract.operations]
    assert documents == ["post a room, a saved page", "get a room, a saved page"]
    assert [title for title in documents if title not in made.documents] == []


def test_a_read_is_guessed_where_no_operation_names_one_thing() -> None:
    made, contract = drafted(specification(), "createRoom")
    assert [(one.id, one.level) for one in contract.operations][1:] == [("read-room", Level.OBSERVED)]
    assert any("takes GET /rooms/{room_id}" in line for line in told(made, Kind.GUESS))
    root = specification(paths={"/conferences": {"post": specification()["paths"]["/rooms"]["post"]}})
    made, contract = drafted(root)
    assert made.resource == "conference"
    assert contract.room.parameter == "conference_id"


@pytest.mark.parametrize("seed", range(40))
def test_hostile_specifications_end_in_a_draft_or_in_a_sentence(seed: int) -> None:
    """Any part of one may be anything."""
    random, root = Random(seed), deepcopy(specification())
    places = [*_places(root)]
    junk = (None, True, -1, "", [], {}, [None], {"$ref": "#/nowhere"}, {"$ref": "#"}, {"": {}}, 1e300)
    for _ in range(random.choice((1, 3, 9))):
        node, key = random.choice(places)
        node[key] = deepcopy(random.choice((*junk, root["components"])))
    with suppress(RoomproofError):
        drafted(json.loads(json.dumps(root)))


def _places(node: Json) -> Iterator[tuple[Json, Json]]:
    entries = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, inner in [*entries]:
        yield node, key
        yield from _places(inner)


def test_hostile_names_are_no_yaml() -> None:
    names = ("\ufffe", "\ufeff", "yes", "a: b", "- c", "#d", "e\u2028f", "'", '"', "{g}", "0x1", "1e3", "")
    root = specification()
    for name in names:
        root = changed(
            f"components/schemas/Room/properties/{name}",
            {"type": "string", "enum": ["no", ": "], "pattern": "a"},
            root,
        )
    _, contract = drafted(root)
    creating = contract.by_id("create-room")
    assert creating is not None
    assert {*names} <= creating.schema["properties"].keys()


@pytest.mark.parametrize(
    ("name", "schema", "conflict"),
    [
        ("alias", {"type": "string", "description": "A unique name of the room."}, False),
        ("alias", {"type": "string", "description": "Fails if it is already taken."}, False),
        ("room_id", {"type": "string"}, False),
        ("slug", {"type": "string"}, True),
    ],
)
def test_what_words_call_unique_is_guessed_to_be(name: str, schema: Json, conflict: bool) -> None:
    """Else a name that is taken would be a valid request that is rejected."""
    root = with_field(schema, name)
    if conflict:
        root["paths"]["/rooms"]["post"]["responses"]["409"] = {"description": "There is one"}
    _, contract = drafted(root)
    clause = contract.clauses[f"acme.create-room.behaviour.{name}.unique"]
    assert clause.level is Level.OBSERVED


def test_what_words_and_a_conflict_call_unique_is_said_to_be() -> None:
    root = with_field({"type": "string", "description": "It has to be unique."}, "alias")
    root["paths"]["/rooms"]["post"]["responses"]["409"] = {"description": "There is one"}
    _, contract = drafted(root)
    clause = contract.clauses["acme.create-room.behaviour.alias.unique"]
    assert clause.level is Level.DOCUMENTED
    assert (clause.source.section, clause.source.field) == ("/paths/~1rooms/post/responses", "409")


def test_nothing_else_is_unique() -> None:
    _, contract = drafted(with_field({"type": "string", "description": "Any name."}, "alias"))
    assert not [clause for clause in contract.clauses.values() if clause.rule == "unique"]
