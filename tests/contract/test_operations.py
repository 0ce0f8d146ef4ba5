"""What an operation does to which resource, what it takes and answers: by its method, its path and what the
contract says.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from roomproof.contract.clause import Level, Part
from roomproof.contract.model import Contract, Operation
from roomproof.contract.read import read_contract
from roomproof.contract.yaml_text import parse_yaml
from roomproof.errors import ContractError
from roomproof.judge.register import require_rules

Node = dict[str, Any]
ROOM: Node = {"parameter": "room_id", "id": "id"}
ROOM_SCHEMA: Node = {"type": "object", "properties": {"id": {"type": "string"}, "name": {"type": "string"}}}
TOKEN_SCHEMA: Node = {"type": "object", "properties": {"token": {"type": "string"}}}
NAMED: Node = {
    "content": {
        "application/json": {"schema": {"type": "object", "properties": {"name": {"type": "string"}}}}
    }
}


def response(schema: Node | None = None) -> Node:
    """A response, of JSON where it has a schema."""
    return {
        "description": "carried out",
        **({"content": {"application/json": {"schema": schema}}} if schema else {}),
    }


def called(name: str, schema: Any = None, **more: Any) -> Node:
    """An operation that answers 200."""
    return {"operationId": name, "responses": {"200": response(schema)}, **more}


def contract(paths: Mapping[str, Node], resource: Node = ROOM, **more: Any) -> Contract:
    """A contract of these paths, of which each clause has a rule."""
    found = read_contract({
        "openapi": "3.1.0",
        "info": {"title": "Small", "version": "1"},
        "servers": [{"url": "https://small.example"}],
        "x-provider": "small",
        "x-source": {"document": "Small", "section": "Rooms", "field": "page"},
        "x-resource": resource,
        "x-credentials": {"scheme": "bearer", "environment": {"token": "SMALL_TOKEN"}},
        "paths": paths,
        **more,
    })  # fmt: skip
    require_rules(found)
    return found


def effects(found: Contract) -> dict[str, str]:
    """What each operation does to what, in words: `create room`, `action` for what is about nothing."""
    return {
        one.id: f"{one.effect} {one.resource.name}" if one.resource else str(one.effect)
        for one in found.operations
    }


def only(node: Node, path: str = "/rooms/{room_id}", method: str = "post", **more: Any) -> Operation:
    """The one operation of a contract, at one room unless another path is given."""
    rest = {} if "{room_id}" in path else {"/rooms/{room_id}": {"get": called("beside")}}
    (operation,) = (
        one for one in contract({path: {method: node}, **rest}, **more).operations if one.id != "beside"
    )
    return operation


def ids(operation: Operation, part: Part) -> set[str]:
    """The clauses of a part of an operation, without the words that all of them begin with."""
    return {
        clause.id.removeprefix(f"small.{operation.id}.{part}.")
        for clause in operation.clauses
        if clause.part is part
    }


# What an operation does, and to what.

ONE_RESOURCE = {
    "/rooms": {"get": called("list-rooms"), "post": called("make"), "delete": called("purge")},
    "/rooms/{room_id}": {
        "get": called("show"), "put": called("replace"), "patch": called("change"),
        "post": called("also-change"), "delete": called("drop"),
    },
    "/rooms/{room_id}/close": {"post": called("close")},
    "/tokens": {"post": called("token", TOKEN_SCHEMA)},
}  # fmt: skip


def test_methods_on_a_collection_and_on_one_resource_tell_what_they_do() -> None:
    assert effects(contract(ONE_RESOURCE)) == {
        "list-rooms": "list room",
        "make": "create room",
        "purge": "action room",
        "show": "read room",
        "replace": "replace room",
        "change": "update room",
        "also-change": "update room",
        "drop": "delete room",
        "close": "action room",
        "token": "action",
    }


def test_the_contract_knows_which_operation_a_run_asks_for() -> None:
    found = contract(ONE_RESOURCE)
    known = (found.maker, found.reading, found.listing, found.deleting)
    assert [one and one.id for one in known] == ["make", "show", "list-rooms", "drop"]
    assert [one.id for one in found.changing] == ["also-change", "replace", "change"]


def test_resources_beside_each_other_are_told_apart_by_their_parameters() -> None:
    found = contract(
        {
            "/rooms": {"post": called("make-room")},
            "/rooms/{room_id}": {"get": called("show-room")},
            "/recordings": {"get": called("list-recordings")},
            "/recordings/{recording_id}": {"delete": called("drop-recording")},
        },
        {"room": ROOM, "recording": {"parameter": "recording_id", "id": "id"}},
    )
    assert effects(found) == {
        "make-room": "create room",
        "show-room": "read room",
        "list-recordings": "list recording",
        "drop-recording": "delete recording",
    }
    assert found.room.name == "room"
    assert found.listing is None, "a list of recordings is none of rooms"
    assert found.deleting is None, "a recording that is deleted is no room"


def test_a_resource_inside_another_one_is_the_innermost_of_its_path() -> None:
    nested = contract(
        {
            "/rooms/{room_id}": {"get": called("show-room")},
            "/rooms/{room_id}/sessions": {"get": called("list-sessions"), "post": called("start")},
            "/rooms/{room_id}/sessions/{session_id}": {"patch": called("change-session", requestBody=NAMED)},
            "/rooms/{room_id}/sessions/{session_id}/mute": {"post": called("mute")},
        },
        {"room": ROOM, "session": {"parameter": "session_id", "id": "id"}},
    )
    assert effects(nested) == {
        "show-room": "read room",
        "list-sessions": "list session",
        "start": "create session",
        "change-session": "update session",
        "mute": "action session",
    }
    assert (nested.maker, nested.changing, nested.telling) == (None, (), ()), (
        "what is inside a room neither makes nor changes one"
    )


def test_two_resources_that_share_a_parameter_are_told_apart_by_their_collections() -> None:
    found = contract(
        {"/rooms/{id}": {"get": called("show-room")}, "/teams/{id}": {"get": called("show-team")}},
        {
            "room": {"parameter": "id", "id": "id", "path": "/rooms"},
            "team": {"parameter": "id", "id": "id", "path": "/teams"},
        },
    )
    assert effects(found) == {"show-room": "read room", "show-team": "read team"}


def test_a_resource_that_no_path_ends_with_is_what_each_path_that_names_it_is_about() -> None:
    found = contract({"/rooms/{room_id}/settings": {"get": called("show"), "put": called("replace")}})
    assert effects(found) == {"show": "read room", "replace": "replace room"}


@pytest.mark.parametrize(
    ("schema", "effect"),
    [(ROOM_SCHEMA, "create room"), (TOKEN_SCHEMA, "action"), (None, "action")],
    ids=["room", "token", "nothing"],
)
def test_a_post_without_a_collection_makes_a_room_only_where_its_response_shows_one(
    schema: Node | None, effect: str
) -> None:
    paths = {
        "/rooms/{room_id}/settings": {"put": called("replace")},
        "/meetings": {"post": called("post", schema)},
    }
    assert effects(contract(paths))["post"] == effect


def test_a_post_beside_the_collection_is_an_action_even_if_it_shows_a_room() -> None:
    paths = {
        "/rooms": {"get": called("list-rooms")},
        "/rooms/{room_id}": {"get": called("show")},
        "/tokens": {"post": called("t", ROOM_SCHEMA)},
    }
    assert effects(contract(paths))["t"] == "action"


def test_a_get_that_names_no_room_does_what_its_response_shows() -> None:
    entries: Node = {"type": "object", "properties": {"data": {"type": "array", "items": ROOM_SCHEMA}}}
    paths = {
        "/rooms/{room_id}/settings": {"put": called("replace")},
        "/search": {"get": called("search", entries)},
        "/default-room": {"get": called("default", ROOM_SCHEMA)},
        "/health": {"get": called("health", {"type": "object", "properties": {"ok": {"type": "boolean"}}})},
    }
    assert effects(contract(paths, {**ROOM, "entries": ["data"]})) == {
        "replace": "replace room",
        "search": "list room",
        "default": "read room",
        "health": "action",
    }


def test_what_the_contract_says_of_effect_and_resource_wins() -> None:
    found = contract(
        {
            "/rooms/{room_id}": {"post": called("end", **{"x-effect": "delete"}), "get": called("show")},
            "/rooms/{room_id}/close": {"post": called("close", **{"x-effect": "update"})},
            "/invitations": {"post": called("invite", **{"x-effect": "create", "x-about": "guest"})},
            "/imports": {"post": called("import", **{"x-effect": "create"})},
        },
        {"room": ROOM, "guest": {"parameter": "guest_id", "id": "id"}},
    )
    assert effects(found) == {
        "end": "delete room",
        "show": "read room",
        "close": "update room",
        "invite": "create guest",
        "import": "create room",
    }


def test_a_resource_that_nobody_knows_is_rejected_with_the_nearest_name() -> None:
    with pytest.raises(
        ContractError, match=r"x-about: no resource is called 'rom' \(did you mean 'room'\?\)"
    ):
        contract({"/rooms/{room_id}": {"post": called("close", **{"x-about": "rom"})}})


# Which operation a request belongs to.


def test_a_literal_path_beats_a_templated_one_in_whatever_order_they_stand() -> None:
    paths = {"/rooms/{room_id}": {"get": called("show")}, "/rooms/search": {"get": called("search")}}
    for given in (paths, dict(reversed(paths.items()))):
        found = contract(given)
        matched = [found.match("GET", path) for path in ("/v1/rooms/search", "/v1/rooms/7")]
        assert [one and one[0].id for one in matched] == ["search", "show"]


def test_a_longer_path_beats_a_shorter_one_that_is_its_end() -> None:
    found = contract(
        {
            "/rooms/{room_id}": {"get": called("show")},
            "/teams/{team}/rooms/{room_id}": {"get": called("of-team")},
        }
    )
    assert found.match("GET", "/v1/teams/a/rooms/7") == (
        found.by_id("of-team"),
        {"team": "a", "room_id": "7"},
    )
    assert found.match("GET", "/v1/rooms/7") == (found.by_id("show"), {"room_id": "7"})


def test_a_parameter_may_have_any_name_that_openapi_allows() -> None:
    found = contract(
        {"/rooms/{room-id}/x.{kind.of}": {"get": called("show")}}, {"parameter": "room-id", "id": "id"}
    )
    assert found.match("GET", "/rooms/7/x.audio") == (
        found.by_id("show"),
        {"room-id": "7", "kind.of": "audio"},
    )
    assert found.match("GET", "/rooms/7/xyz") is None


# Responses.


def test_each_success_has_clauses_and_the_first_one_keeps_the_plain_ids() -> None:
    operation = only(
        called("op")
        | {"responses": {"201": response(ROOM_SCHEMA), "200": response(TOKEN_SCHEMA), "404": response()}}
    )
    assert ids(operation, Part.RESPONSE) >= {
        "201.status", "body.type", "id.type",
        "200.status", "200.body.type", "200.token.type",
        "404.status",
    }  # fmt: skip
    assert [one.status for one in operation.successes] == ["201", "200"]
    assert operation.success.status == "201"


def test_a_range_of_statuses_responses_for_each_status_in_it_that_has_none_of_its_own() -> None:
    operation = only(
        called("op")
        | {"responses": {"2xx": response(), "204": response(), "4XX": response(), "default": response()}}
    )
    said = {status: operation.response(status) for status in (200, 204, 404, 500)}
    assert {status: one and one.status for status, one in said.items()} == {
        200: "2XX",
        204: "204",
        404: "4XX",
        500: None,
    }
    assert {"2XX.status", "204.status", "4XX.status"} <= ids(operation, Part.RESPONSE)
    assert operation.rejection("invalid") == operation.by_status["4XX"]


def test_an_operation_that_never_succeeds_is_rejected() -> None:
    with pytest.raises(ContractError, match="op: needs a 2xx response"):
        only({"operationId": "op", "responses": {"4XX": response()}})


def test_each_media_type_of_a_response_is_held_against_its_own_schema() -> None:
    content = {
        "application/json": {"schema": ROOM_SCHEMA},
        "application/problem+json": {"schema": TOKEN_SCHEMA},
    }
    operation = only(called("op") | {"responses": {"200": {"description": "either", "content": content}}})
    assert operation.success.media_types == ("application/json", "application/problem+json")
    assert {"body.media-type", "name.type", "problem-json.token.type"} <= ids(operation, Part.RESPONSE)
    media = operation.clause(Part.RESPONSE, (), "media-type")
    assert media is not None
    assert media.demands == "the response is sent as application/json or application/problem+json"


# Requests.


def test_a_body_may_be_a_list() -> None:
    schema: Node = {
        "type": "array",
        "minItems": 1,
        "items": {"type": "object", "properties": {"name": {"type": "string"}}},
    }
    operation = only(
        called("op", requestBody={"required": True, "content": {"application/json": {"schema": schema}}})
    )
    assert {"body.required", "body.media-type", "body.type", "body.min-items", "items.name.type"} <= ids(
        operation, Part.REQUEST
    )


def test_a_body_may_be_a_form_and_json_is_sent_where_both_may_be() -> None:
    schema = NAMED["content"]["application/json"]["schema"]
    form, plain = "application/x-www-form-urlencoded", "text/plain"
    alone = only(called("op", requestBody={"content": {form: {"schema": schema}}}))
    either = only(
        called(
            "op", requestBody={"content": {plain: {"schema": {"type": "string"}}, form: {"schema": schema}}}
        )
    )
    both = only(
        called(
            "op", requestBody={"content": {form: {"schema": schema}, "application/json": {"schema": schema}}}
        )
    )
    assert [one.media_type for one in (alone, either, both)] == [form, form, "application/json"]
    assert "name.accepted" in ids(alone, Part.REQUEST)
    assert both.body is not None
    assert both.body.media_types == (form, "application/json")


def test_an_operation_without_a_body_has_no_clause_of_one() -> None:
    operation = only(called("op"), method="get")
    assert (operation.body, operation.media_type, operation.schema) == (None, None, {})
    assert ids(operation, Part.REQUEST) == set()


@pytest.mark.parametrize("place", ["query", "header", "cookie"])
def test_a_typed_parameter_has_the_clauses_of_its_schema(place: str) -> None:
    size = {
        "name": "size",
        "in": place,
        "required": True,
        "schema": {"type": "integer", "minimum": 1, "maximum": 9, "default": 5},
    }
    kind = {"name": "kind", "in": place, "schema": {"type": "string", "enum": ["a", "b"]}}
    operation = only(called("op", parameters=[size, kind]), method="get")
    # Any text is a text; the default of what is no field of a room shows nowhere.
    assert ids(operation, Part.REQUEST) == {
        "size.required",
        "size.type",
        "size.minimum",
        "size.maximum",
        "kind.enum",
    }
    assert {clause.options["in"] for clause in operation.clauses if clause.part is Part.REQUEST} == {place}


def test_an_operation_that_no_document_has_is_of_level_observed_with_all_its_clauses() -> None:
    node, beside = called("op", ROOM_SCHEMA, requestBody=NAMED), {"/rooms/{room_id}": PATCH}
    among_the_paths = contract({**beside, "/rooms": {"post": {**node, "x-level": "observed"}}})
    apart = contract(beside, **{"x-observed-paths": {"/rooms": {"post": node}}})
    for operation in (among_the_paths.by_id("op"), apart.by_id("op")):
        assert operation is not None
        assert (str(operation.effect), operation.is_documented) == ("create", False)
        assert {clause.level for clause in operation.clauses if clause.rule != "json"} == {Level.OBSERVED}


# The way in which older contracts name calls that no document has.

PATCH = {"patch": called("update-room", ROOM_SCHEMA, requestBody=NAMED)}
SUPPORT: Node = {
    "create": {"method": "POST", "path": "/rooms", "body": {"name": "{serial}"}},
    "read": {"method": "GET", "path": "/rooms/{room_id}"},
    "delete": {"method": "DELETE", "path": "/rooms/{room_id}"},
    "list": {
        "method": "GET",
        "path": "/rooms",
        "with": {"at": ["data"], "key": "id", "query": {"size": "9"}, "next": ["next"]},
    },
    "find": {
        "method": "GET",
        "path": "/rooms",
        "with": {"at": ["data"], "key": "name", "query": {"name": "{serial}"}},
    },
    "guests": {"method": "GET", "path": "/rooms/{room_id}/guests", "with": {"at": ["guests"], "key": "who"}},
}


def by_hand(name: str, **more: Any) -> Node:
    """The operation that stands for a call of that name."""
    return {"operationId": name, "responses": {"2XX": {"description": "carried out"}}, **more}


@pytest.mark.parametrize("method", ["GET", "fetch", "delet"])
def test_a_method_that_openapi_does_not_have_is_rejected_and_no_operation_lost(method: str) -> None:
    with pytest.raises(ContractError, match=method):
        contract({"/rooms/{room_id}": {"get": called("get-room", ROOM_SCHEMA), method: called("other-room")}})


def test_operations_have_the_names_that_vendors_give_them() -> None:
    assert only(called("getRoom", ROOM_SCHEMA), method="get").id == "getRoom"


@pytest.mark.parametrize(
    ("listing", "told"),
    [
        ({"size": "limt"}, "size: there is no query parameter 'limt'"),
        ({"page": {"parameter": "sheet"}}, "known are limit"),
    ],
)
def test_a_list_is_asked_for_by_parameters_that_it_has(listing: Node, told: str) -> None:
    limit = {"name": "limit", "in": "query", "schema": {"type": "integer"}}
    listed = called("list-rooms", parameters=[limit], **{"x-list": {"entries": ["rooms"], **listing}})
    with pytest.raises(ContractError, match=told):
        contract({"/rooms": {"get": listed}, "/rooms/{room_id}": {"get": called("get-room", ROOM_SCHEMA)}})


@pytest.mark.parametrize(
    ("method", "rule", "told"),
    [
        ("get", {"path": "pages", "rule": "paging"}, "about operations that list"),
        ("delete", {"fields": ["name"], "rule": "echo"}, "create or read or replace or update"),
        ("get", {"path": "list", "rule": "listed"}, "about operations that create"),
        ("patch", {"path": "safe", "rule": "safe"}, "the effect of this one is update"),
    ],
)
def test_a_rule_that_says_nothing_of_what_an_operation_does_is_rejected(
    method: str, rule: Node, told: str
) -> None:
    with pytest.raises(ContractError, match=told):
        only(called("one", ROOM_SCHEMA, **{"x-behaviours": [{**rule, "demands": "nothing"}]}), method=method)


def test_a_filter_is_a_parameter_of_the_list() -> None:
    line = {
        "path": "names",
        "rule": "filter",
        "with": {"parameter": "nam", "field": "name"},
        "demands": "of that name",
    }
    name = {"name": "name", "in": "query", "schema": {"type": "string"}}
    listed = called(
        "list-rooms", parameters=[name], **{"x-list": {"entries": ["rooms"]}, "x-behaviours": [line]}
    )
    with pytest.raises(ContractError, match="did you mean 'name'"):
        contract({"/rooms": {"get": listed}, "/rooms/{room_id}": {"get": called("get-room", ROOM_SCHEMA)}})


def test_calls_of_x_support_are_the_operations_that_say_the_same() -> None:
    body = {
        "requestBody": {
            "content": {"application/json": {"schema": {"type": "object"}, "x-body": {"name": "{serial}"}}}
        }
    }
    told = {
        "entries": ["data"],
        "key": "id",
        "query": {"size": "9"},
        "next": ["next"],
        "find": {"name": "{serial}"},
        "by": "name",
    }
    guests: Node = {"entries": ["guests"], "key": "who"}
    observed: Node = {
        "/rooms": {"post": by_hand("create", **body), "get": by_hand("list", **{"x-list": told})},
        "/rooms/{room_id}": {"get": by_hand("read"), "delete": by_hand("delete")},
        "/rooms/{room_id}/guests": {"get": by_hand("guests", **{"x-effect": "list", "x-list": guests})},
    }
    written = contract({"/rooms/{room_id}": PATCH}, **{"x-observed-paths": observed})

    found = contract({"/rooms/{room_id}": PATCH}, **{"x-support": SUPPORT})

    assert effects(found) == effects(written)
    assert [one.listing for one in found.operations] == [one.listing for one in written.operations]
    assert [one.body for one in found.operations] == [one.body for one in written.operations]
    assert list(found.clauses) == list(written.clauses)
    known = (found.creating, found.reading, found.deleting, found.listing, found.finding)
    assert [one and one.id for one in known] == ["create", "read", "delete", "list", "list"]


def test_a_list_of_what_is_inside_a_room_is_no_list_of_rooms() -> None:
    found = contract({"/rooms/{room_id}": PATCH}, **{"x-support": {"guests": SUPPORT["guests"]}})
    guests = found.by_id("guests")
    assert guests is not None
    assert guests.listing is not None
    assert (str(guests.effect), guests.resource, guests.listing.key) == ("list", None, "who")
    assert found.listing is None, "a run would take guests for the rooms of the account"


def test_a_call_of_x_support_does_what_its_name_says() -> None:
    with pytest.raises(ContractError, match="x-support, create: its method is GET; it has to be POST"):
        contract(
            {"/rooms/{room_id}": PATCH}, **{"x-support": {"create": {"method": "GET", "path": "/rooms"}}}
        )
    with pytest.raises(
        ContractError, match=r"x-support, read: its path names no room; it has to hold \{room_id\}"
    ):
        contract({"/rooms/{room_id}": PATCH}, **{"x-support": {"read": {"method": "GET", "path": "/rooms"}}})


def test_a_status_needs_no_quotation_marks() -> None:
    text = "responses:\n  200: {description: it is so}\n  0x10: {description: as it is written}\n"
    assert parse_yaml("a: {200: x}\n", "it") == {"a": {"200": "x"}}
    assert list(parse_yaml(text, "it")["responses"]) == ["200", "0x10"]
