"""The four shipped contracts: valid OpenAPI, valid JSON Schema, and the very facts that the documents state.

The tables below were written from the documents, not from the contracts.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from roomproof.contract.clause import Level, Part
from roomproof.contract.model import Contract, Operation

Fact = tuple[str, str, str, str, Any]

# provider, operation, field of the request body, keyword, value on the document
REQUEST_FACTS: list[Fact] = [
    ("telnyx", "update-room", "unique_name", "type", "string"),
    ("telnyx", "update-room", "max_participants", "type", "integer"),
    ("telnyx", "update-room", "max_participants", "minimum", 2),
    ("telnyx", "update-room", "max_participants", "maximum", 50),
    ("telnyx", "update-room", "max_participants", "default", 10),
    ("telnyx", "update-room", "enable_recording", "type", "boolean"),
    ("telnyx", "update-room", "webhook_event_url", "type", "string"),
    ("telnyx", "update-room", "webhook_event_url", "format", "uri"),
    ("telnyx", "update-room", "webhook_event_failover_url", "type", ["string", "null"]),
    ("telnyx", "update-room", "webhook_event_failover_url", "format", "uri"),
    ("telnyx", "update-room", "webhook_timeout_secs", "type", ["integer", "null"]),
    ("telnyx", "update-room", "webhook_timeout_secs", "maximum", 30),
    ("telnyx", "update-room", "webhook_timeout_secs", "minimum", None),
    ("signalwire", "update-room", "display_name", "maxLength", 200),
    ("signalwire", "update-room", "description", "maxLength", 3000),
    ("signalwire", "update-room", "max_members", "minimum", 1),
    ("signalwire", "update-room", "max_members", "maximum", 300),
    ("signalwire", "update-room", "max_members", "default", 20),
    ("signalwire", "update-room", "quality", "enum", ["720p", "1080p"]),
    ("signalwire", "update-room", "quality", "default", "720p"),
    ("signalwire", "update-room", "layout", "default", "grid-responsive"),
    ("signalwire", "update-room", "layout", "enum", None),
    ("signalwire", "update-room", "remove_after_seconds_elapsed", "minimum", -(2**31)),
    ("signalwire", "update-room", "remove_after_seconds_elapsed", "maximum", 2**31 - 1),
    *(
        ("signalwire", "update-room", name, "anyOf", [{"format": "date-time"}, {"format": "date"}])
        for name in ("join_from", "join_until", "remove_at")
    ),
    *(
        ("signalwire", "update-room", name, "type", "boolean")
        for name in ("record_on_start", "enable_room_previews", "audio_video_sync")
    ),
    *(
        ("signalwire", "update-room", name, "default", None)
        for name in ("record_on_start", "enable_room_previews", "audio_video_sync")
    ),
    ("azure", "create-room", "pstnDialOutEnabled", "default", False),
    ("azure", "create-room", "pstnDialOutEnabled", "type", "boolean"),
    ("azure", "create-room", "validFrom", "format", "date-time"),
    ("azure", "create-room", "validUntil", "format", "date-time"),
    ("azure", "create-room", "participants", "type", "object"),
    (
        "azure",
        "create-room",
        "participants.values.role",
        "enum",
        ["Presenter", "Attendee", "Consumer", "Collaborator"],
    ),
    ("azure", "create-room", "participants.values.role", "default", "Attendee"),
    ("azure", "update-room", "pstnDialOutEnabled", "default", False),
    ("azure", "update-room", "validFrom", "format", "date-time"),
    ("azure", "update-room", "validUntil", "format", "date-time"),
    *(
        ("carrierx", operation, "access_codes.items.role", "enum", ["host", "listener", "participant"])
        for operation in ("update-room", "replace-room")
    ),
    *(
        ("carrierx", operation, "did_group_sid", "type", ["string", "null"])
        for operation in ("update-room", "replace-room")
    ),
    ("azure", "update-participants", "participants", "type", "object"),
    ("azure", "update-participants", "participants.values", "type", ["object", "null"]),
    ("azure", "update-participants", "participants.values", "required", None),
    (
        "azure",
        "update-participants",
        "participants.values.role",
        "enum",
        ["Presenter", "Attendee", "Consumer", "Collaborator"],
    ),
    *(
        ("carrierx", operation, "properties", "type", "object")
        for operation in ("update-room", "replace-room")
    ),
    *(("carrierx", operation, "name", "type", "string") for operation in ("update-room", "replace-room")),
]
RESPONSE_FACTS: list[Fact] = [
    ("telnyx", "update-room", "data.id", "format", "uuid"),
    ("telnyx", "update-room", "data.max_participants", "maximum", 50),
    ("telnyx", "update-room", "data.webhook_event_failover_url", "type", ["string", "null"]),
    ("telnyx", "update-room", "data.created_at", "format", "date-time"),
    ("telnyx", "update-room", "data.record_type", "const", "room"),
    ("telnyx", "update-room", "data.sessions.items.record_type", "const", "room_session"),
    ("signalwire", "update-room", "id", "format", "uuid"),
    ("signalwire", "update-room", "name", "maxLength", 100),
    ("signalwire", "update-room", "name", "pattern", "^[A-Za-z0-9_-]+$"),
    ("signalwire", "update-room", "display_name", "maxLength", 200),
    ("signalwire", "update-room", "description", "maxLength", 3000),
    ("signalwire", "update-room", "max_members", "maximum", 300),
    ("signalwire", "update-room", "quality", "enum", ["720p", "1080p"]),
    ("signalwire", "update-room", "fps", "type", "integer"),
    ("signalwire", "update-room", "fps", "enum", None),
    ("signalwire", "update-room", "active_session.fps", "enum", [20, 30]),
    ("signalwire", "update-room", "active_session.quality", "enum", ["720p", "1080p"]),
    ("signalwire", "update-room", "active_session.display_name", "maxLength", 200),
    ("signalwire", "update-room", "active_session.max_members", "maximum", None),
    ("signalwire", "update-room", "active_session.preview_url", "type", "string"),
    ("signalwire", "update-room", "created_at", "format", "date-time"),
    *(
        ("signalwire", operation, name, "type", [kind, "null"])
        for operation in ("create-room", "get-room")
        for name, kind in (
            *((text, "string") for text in ("display_name", "description", "join_from", "remove_at")),
            ("remove_after_seconds_elapsed", "integer"),
            ("sync_audio_video", "boolean"),
            ("meta", "object"),
        )
    ),
    ("signalwire", "list-rooms", "links", "required", ["self", "first"]),
    ("signalwire", "list-rooms", "data.items.active_session.status", "enum", ["in-progress", "completed"]),
    ("signalwire", "list-rooms", "data.items.join_until", "format", "date-time"),
    *(
        ("azure", operation, name, "format", "date-time")
        for operation in ("create-room", "update-room")
        for name in ("createdAt", "validFrom", "validUntil")
    ),
    *(
        ("azure", operation, "pstnDialOutEnabled", "type", "boolean")
        for operation in ("create-room", "update-room")
    ),
    *(("azure", operation, "id", "type", "string") for operation in ("create-room", "update-room")),
    *(("azure", name, "value", "type", "array") for name in ("list-rooms", "list-participants")),
    *(("azure", name, "nextLink", "type", "string") for name in ("list-rooms", "list-participants")),
    ("azure", "list-rooms", "value.items.createdAt", "format", "date-time"),
    ("azure", "get-room", "pstnDialOutEnabled", "type", "boolean"),
    ("azure", "list-participants", "value.items", "required", ["rawId", "role"]),
    (
        "azure",
        "list-participants",
        "value.items.role",
        "enum",
        ["Presenter", "Attendee", "Consumer", "Collaborator"],
    ),
    ("carrierx", "update-room", "account_sid", "type", "string"),
    ("carrierx", "update-room", "did_group_sid", "type", ["string", "null"]),
    ("carrierx", "replace-room", "access_codes.items.role", "enum", ["host", "listener", "participant"]),
]

SID = "/meeting_rooms/{meeting_room_sid}"
COLLECTION = {"create-room": "POST", "list-rooms": "GET"}
ONE = {"get-room": ("GET", "read"), "delete-room": ("DELETE", "delete")}
# provider, operation -> what the document shows of the request line and of the responses
INVALID = {"400": "invalid", "401": "unauthenticated", "422": "invalid"}
OPERATIONS: Mapping[tuple[str, str], tuple[str, str, str | None, dict[str, str]]] = {
    ("azure", "create-room"): ("POST", "/rooms", "application/json", {"201": "success",
    "default": "refused"}),
    ("azure", "update-room"): ("PATCH", "/rooms/{roomId}", "application/merge-patch+json", {"200": "success",
    "default": "refused"}),
    ("azure", "update-participants"): ("PATCH", "/rooms/{roomId}/participants",
    "application/merge-patch+json", {"200": "success", "default": "refused"}),
    ("azure", "list-rooms"): ("GET", "/rooms", None, {"200": "success", "default": "refused"}),
    ("azure", "get-room"): ("GET", "/rooms/{roomId}", None, {"200": "success", "default": "refused"}),
    ("azure", "delete-room"): ("DELETE", "/rooms/{roomId}", None, {"204": "success", "default": "refused"}),
    ("azure", "list-participants"): ("GET", "/rooms/{roomId}/participants", None, {"200": "success",
    "default": "refused"}),
    ("telnyx", "update-room"): (
        "PATCH", "/rooms/{room_id}", "application/json",
        {"200": "success", "401": "unauthenticated", "404": "unknown-room", "422": "invalid"},
    ),
    ("carrierx", "update-room"): ("PATCH", SID, "application/json", {"200": "success", "default": "refused"}),
    ("carrierx", "replace-room"): ("PUT", SID, "application/json", {"200": "success", "default": "refused"}),
    ("signalwire", "create-room"): ("POST", "/rooms", "application/json", {"200": "success", **INVALID}),
    ("signalwire", "list-rooms"): ("GET", "/rooms", None, {"200": "success", **INVALID}),
    ("signalwire", "get-room"): ("GET", "/rooms/{id}", None, {"200": "success", "404": "unknown-room",
    **INVALID}),
    ("signalwire", "update-room"): ("PUT", "/rooms/{id}", "application/json", {"200": "success",
    "404": "unknown-room", **INVALID, "default": "refused"}),
    ("signalwire", "delete-room"): ("DELETE", "/rooms/{id}", None, {"204": "success",
    "401": "unauthenticated", "404": "unknown-room"}),
}  # fmt: skip

# provider, operation -> what real providers do beside the documents (docs/observed.md)
OBSERVED = {
    **{
        ("carrierx", name): (method, "/meeting_rooms", name.split("-")[0], "room")
        for name, method in COLLECTION.items()
    },
    **{("carrierx", name): (method, SID, effect, "room") for name, (method, effect) in ONE.items()},
    **{
        ("telnyx", name): (method, "/rooms", name.split("-")[0], "room")
        for name, method in COLLECTION.items()
    },
    **{
        ("telnyx", name): (method, "/rooms/{room_id}", effect, "room")
        for name, (method, effect) in ONE.items()
    },
}

FIELDS = {
    ("azure", "create-room"): ["participants", "pstnDialOutEnabled", "validFrom", "validUntil"],
    ("azure", "update-room"): ["pstnDialOutEnabled", "validFrom", "validUntil"],
    ("azure", "update-participants"): ["participants"],
    ("carrierx", "update-room"): ["access_codes", "did_group_sid", "name", "properties"],
    ("carrierx", "replace-room"): ["access_codes", "account_sid", "did_group_sid", "meeting_room_sid", "name",
    "properties"],
    ("telnyx", "update-room"): [
        "enable_recording", "max_participants", "unique_name", "webhook_event_failover_url",
        "webhook_event_url", "webhook_timeout_secs",
    ],
    ("signalwire", "update-room"): [
        "audio_video_sync", "description", "display_name", "enable_room_previews", "join_from", "join_until",
        "layout", "max_members",
        "quality", "record_on_start", "remove_after_seconds_elapsed", "remove_at",
    ],
    ("signalwire", "create-room"): [
        "description", "display_name", "enable_room_previews", "join_from", "join_until", "layout",
        "max_members", "meta", "name", "quality", "record_on_start", "remove_after_seconds_elapsed",
        "remove_at", "sync_audio_video",
    ],
}  # fmt: skip
REQUIRED = {
    ("carrierx", "replace-room"): FIELDS["carrierx", "replace-room"],
    ("signalwire", "create-room"): ["name"],
}
ROOM_FIELDS = {
    "azure": ["createdAt", "id", "pstnDialOutEnabled", "validFrom", "validUntil"],
    "carrierx": FIELDS["carrierx", "replace-room"],
    "telnyx": [
        *FIELDS["telnyx", "update-room"],
        "id",
        "created_at",
        "updated_at",
        "active_session_id",
        "sessions",
        "record_type",
    ],
    "signalwire": [
        *FIELDS["signalwire", "update-room"],
        "id",
        "name",
        "fps",
        "active_session",
        "created_at",
        "updated_at",
    ],
}
# provider, operation -> those of its response, where they are not those of an update
OTHER_ROOM_FIELDS = {
    ("signalwire", "create-room"): [
        *FIELDS["signalwire", "create-room"], "id", "fps", "created_at", "updated_at",
        "tone_on_entry_and_exit", "room_join_video_off", "user_join_video_off", "prioritize_handraise",
    ],
}  # fmt: skip
PARAMETERS = {
    ("azure", "create-room"): {
        ("api-version", "query", True),
        ("Repeatability-Request-ID", "header", False),
        ("Repeatability-First-Sent", "header", False),
    },
    ("azure", "list-rooms"): {("api-version", "query", True)},
    **{
        ("azure", name): {("roomId", "path", True), ("api-version", "query", True)}
        for name in (
            "update-room",
            "get-room",
            "delete-room",
            "list-participants",
            "update-participants",
        )
    },
    ("telnyx", "update-room"): {("room_id", "path", True)},
    ("carrierx", "update-room"): {("meeting_room_sid", "path", True)},
    ("carrierx", "replace-room"): {("meeting_room_sid", "path", True)},
    **{("signalwire", name): {("id", "path", True)} for name in ("update-room", "delete-room")},
    ("signalwire", "create-room"): set(),
    ("signalwire", "get-room"): {("id", "path", True), ("include_active_session", "query", False)},
    ("signalwire", "list-rooms"): {
        (name, "query", False)
        for name in (
            *("include_active_session", "starts_after", "ends_before"),
            *("page_number", "page_size", "page_token"),
        )
    },
}
SECURITY = {"azure": {"type": "apiKey", "in": "header", "name": "Authorization"}, "telnyx": {"type": "http",
    "scheme": "bearer"},
            "carrierx": {"type": "http", "scheme": "basic"}, "signalwire": {"type": "http",
            "scheme": "basic"}}  # fmt: skip
SERVERS = {
    "azure": "{endpoint}",
    "telnyx": "https://api.telnyx.com/v2",
    "carrierx": "https://api.carrierx.com/conference/v2",
}


def operation_of(contract: Contract, name: str) -> Operation:
    return next(operation for operation in contract.operations if operation.id == name)


def field(schema: Mapping[str, Any], path: str) -> Mapping[str, Any]:
    for step in path.split("."):
        schema = (
            schema[{"items": "items", "values": "additionalProperties"}[step]]
            if step in ("items", "values")
            else schema["properties"][step]
        )
    return schema


def fact_id(fact: Any) -> str | None:
    return ".".join(map(str, fact[:4])) if isinstance(fact, tuple) else None


def test_a_contract_is_valid_openapi(file: Path) -> None:
    validate(yaml.safe_load(file.read_text(encoding="utf-8")))


def test_a_contract_loads_in_schemathesis(file: Path, contract: Contract) -> None:
    schemathesis = pytest.importorskip(
        "schemathesis", reason="with each Python, only what is quick is installed"
    )
    loaded = schemathesis.openapi.from_path(file)
    found = {(item.ok().method.upper(), item.ok().path) for item in loaded.get_all_operations()}
    assert found == {
        (operation.method, operation.path) for operation in contract.operations if operation.is_documented
    }


def test_every_schema_of_a_contract_is_json_schema_2020_12(
    every_schema: list[tuple[str, str, str, Any]],
) -> None:
    assert len(every_schema) >= 3
    for _, _, _, schema in every_schema:
        Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("fact", REQUEST_FACTS, ids=fact_id)
def test_a_request_field_is_as_the_document_has_it(
    fact: Fact, every_contract: Mapping[str, Contract]
) -> None:
    provider, name, path, keyword, value = fact
    assert field(operation_of(every_contract[provider], name).body.schema, path).get(keyword) == value


@pytest.mark.parametrize("fact", RESPONSE_FACTS, ids=fact_id)
def test_a_response_field_is_as_the_document_has_it(
    fact: Fact, every_contract: Mapping[str, Contract]
) -> None:
    provider, name, path, keyword, value = fact
    schema = operation_of(every_contract[provider], name).success.schema
    assert schema is not None
    assert field(schema, path).get(keyword) == value


@pytest.mark.parametrize("key", OPERATIONS, ids=".".join)
def test_an_operation_is_as_the_document_has_it(
    key: tuple[str, str], every_contract: Mapping[str, Contract]
) -> None:
    operation = operation_of(every_contract[key[0]], key[1])
    responses = {response.status: response.when for response in operation.responses}
    assert (operation.method, operation.path, operation.media_type, responses) == OPERATIONS[key]
    assert {(item.name, item.place, item.required) for item in operation.parameters} == PARAMETERS[key]
    assert sorted(operation.schema.get("properties", [])) == FIELDS.get(key, [])
    assert sorted(operation.schema.get("required", [])) == REQUIRED.get(key, [])


def test_the_contracts_have_the_documented_operations_and_no_more(
    every_contract: Mapping[str, Contract],
) -> None:
    every = [
        (provider, operation)
        for provider, contract in every_contract.items()
        for operation in contract.operations
    ]
    assert {(provider, operation.id) for provider, operation in every if operation.is_documented} == set(
        OPERATIONS
    )


def test_what_no_document_describes_is_of_level_observed_and_says_what_it_does(
    every_contract: Mapping[str, Contract],
) -> None:
    every = [
        (provider, operation)
        for provider, contract in every_contract.items()
        for operation in contract.operations
    ]
    beside = [(provider, operation) for provider, operation in every if not operation.is_documented]
    assert {
        (name, one.id): (one.method, one.path, str(one.effect), one.resource and one.resource.name)
        for name, one in beside
    } == OBSERVED
    clauses = [clause for _, operation in beside for clause in operation.clauses]
    by_standard = [clause for clause in clauses if clause.source.document.startswith("RFC ")]
    assert {clause.level for clause in by_standard} <= {Level.STANDARD}
    assert {clause.level for clause in clauses if clause not in by_standard} <= {Level.OBSERVED, Level.SAMPLE}


def test_a_room_in_a_response_has_the_fields_of_the_document(provider: str, contract: Contract) -> None:
    for operation in contract.telling:
        schema = operation.success.schema
        for step in contract.room.at:
            schema = schema["properties"][step] if schema else None
        assert schema is not None
        fields = OTHER_ROOM_FIELDS.get((provider, operation.id), ROOM_FIELDS[provider])
        assert sorted(schema["properties"]) == sorted(fields)


def test_the_credentials_are_those_of_the_document(provider: str, document: Mapping[str, Any]) -> None:
    (scheme,) = document["components"]["securitySchemes"].values()
    assert SECURITY[provider].items() <= scheme.items()
    assert document["security"] == [{name: []} for name in document["components"]["securitySchemes"]]


@pytest.mark.parametrize("name", SERVERS)
def test_the_server_is_that_of_the_document(name: str, every_contract: Mapping[str, Contract]) -> None:
    assert every_contract[name].server == SERVERS[name]


@pytest.mark.parametrize(
    ("clause", "options"),
    [
        ("azure.create-room.behaviour.validFrom.default-now", {"plus-days": 0}),
        ("azure.create-room.behaviour.validUntil.default-now", {"plus-days": 180}),
        (
            "azure.create-room.behaviour.repeatability.replayed-once",
            {"id": "Repeatability-Request-ID", "first-sent": "Repeatability-First-Sent"},
        ),
        ("azure.create-room.behaviour.repeatability.pair-required", {"id": "Repeatability-Request-ID"}),
        ("azure.create-room.behaviour.id.server-generated", {}),
        ("azure.update-room.behaviour.validUntil.unchanged", {}),
        ("carrierx.update-room.behaviour.name.unchanged", {}),
        ("carrierx.replace-room.request.did_group_sid.required", {}),
        ("carrierx.replace-room.behaviour.account_sid.read-only", {}),
        ("telnyx.update-room.behaviour.unique_name.unique", {}),
        ("signalwire.update-room.behaviour.authentication.scope-required", {"scope": "Video"}),
        ("signalwire.update-room.behaviour.display_name.default-from", {"from": "name"}),
        ("signalwire.update-room.behaviour.join_until.date-only", {}),
        ("signalwire.create-room.behaviour.display_name.default-from", {"from": "name"}),
        ("signalwire.create-room.behaviour.created_at.created-now", {}),
        ("signalwire.get-room.behaviour.name.found-by", {}),
        (
            "signalwire.list-rooms.behaviour.starts_after.filter",
            {"field": "join_from", "compare": "at-least"},
        ),
        ("signalwire.list-rooms.behaviour.ends_before.filter", {"field": "join_until", "compare": "at-most"}),
        ("signalwire.list-rooms.behaviour.active_session.included", {"if-any": True}),
    ],
)
def test_a_statement_in_prose_is_a_documented_clause(
    clause: str, options: dict[str, Any], every_contract: Mapping[str, Contract]
) -> None:
    found = every_contract[clause.split(".")[0]].clauses[clause]
    assert found.level == "documented"
    assert options.items() <= found.options.items()


def test_the_default_of_a_field_is_demanded_of_rooms(every_contract: Mapping[str, Contract]) -> None:
    defaults = {
        clause.id: clause.options["default"]
        for contract in every_contract.values()
        for clause in contract.clauses.values()
        if clause.part is Part.REQUEST and clause.rule == "default"
    }
    assert defaults == {
        "azure.create-room.request.pstnDialOutEnabled.default": False,
        "azure.update-room.request.pstnDialOutEnabled.default": False,
        "telnyx.update-room.request.max_participants.default": 10,
        "signalwire.update-room.request.max_members.default": 20,
        "signalwire.update-room.request.quality.default": "720p",
        "signalwire.update-room.request.layout.default": "grid-responsive",
        "signalwire.create-room.request.max_members.default": 20,
        "signalwire.create-room.request.quality.default": "720p",
        "signalwire.create-room.request.layout.default": "grid-responsive",
        "signalwire.create-room.request.record_on_start.default": False,
        "signalwire.create-room.request.enable_room_previews.default": False,
    }
