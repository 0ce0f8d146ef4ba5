"""Where each clause comes from: a sentence, a standard, a sample, or what real providers do.

The table was written from the documents, statement by statement, and not from the contracts.
"""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase

import pytest

from roomproof.contract.clause import Level, Part
from roomproof.contract.model import Contract

# clauses, level, document of the source, section of the source
LEVELS = [
    # No document says that a provider may not break down.
    ("*.behaviour.any-input.no-server-error", "standard", "RFC 9110", "15.6"),
    # A sample, or a curl line, is all that shows of which media type a body is; one document names that of
    # its requests.
    ("azure.create-room.request.body.media-type", "sample", "Azure Rooms: Create*", "Examples"),
    ("azure.update-room.request.body.media-type", "documented", "Azure Rooms: Update*", "Request Body"),
    ("azure.*ate-room.response.body.media-type", "sample", "Azure Rooms: *", "Examples"),
    # The specification says what each of its operations takes and brings.
    ("azure.list-*.response.body.media-type", "documented", "Azure Rooms: specification *", "*_List"),
    ("azure.get-room.response.body.media-type", "documented", "Azure Rooms: specification *", "Rooms_Get"),
    (
        "azure.update-participants.request.body.media-type",
        "documented",
        "Azure Rooms: specification *",
        "Participants_Update",
    ),
    ("azure.*-room*.response.*.status", "documented", "Azure Rooms: *", "*"),
    ("azure.*-participants.response.200.status", "documented", "Azure Rooms: specification *", "*"),
    (
        "azure.list-*.response.default.error.present",
        "documented",
        "Azure Communication Services: common types *",
        "CommunicationErrorResponse",
    ),
    # That a null removes only an example shows.
    (
        "azure.update-participants.request.participants.values.nullable",
        "sample",
        "Azure Rooms: specification *",
        "UpdateParticipantsRequest",
    ),
    # No document says how soon, or whether at all, a list or a read knows of a deletion.
    ("azure.delete-room.behaviour.gone.gone-after-delete", "standard", "RFC 9110", "9.3.5"),
    ("azure.delete-room.behaviour.list.not-listed", "observed", "docs/observed.md", "ACS Rooms"),
    ("azure.list-*.behaviour.pages.paging", "observed", "docs/observed.md", "Life cycle*"),
    ("carrierx.[ru]*-room.request.body.media-type", "sample", "CarrierX: *", "Sample Request"),
    ("carrierx.[ru]*-room.response.body.media-type", "sample", "CarrierX: *", "Sample Response"),
    ("carrierx.[cgl]*.response.body.media-type", "observed", "docs/observed.md", "*"),
    ("telnyx.update-room.request.body.media-type", "sample", "Telnyx: *", "Request samples"),
    ("telnyx.*.response.body.media-type", "sample", "Telnyx: *", "Response samples"),
    ("signalwire.update-room.request.body.media-type", "observed", "docs/observed.md", "Life cycle*"),
    ("signalwire.update-room.response.body.media-type", "observed", "docs/observed.md", "Life cycle*"),
    # Of what is not on the page the specification says it; of a request that makes a room, the vendor's own
    # collection of requests says otherwise.
    ("signalwire.[cgl]*.response.body.media-type", "documented", "SignalWire: Video API *", "*responses"),
    ("signalwire.create-room.request.body.media-type", "observed", "SignalWire: Video API *", "POST /rooms*"),
    (
        "signalwire.*.response.4??.error.present",
        "documented",
        "SignalWire: Video API *",
        "components, *StatusCode4*",
    ),
    ("signalwire.[cglu]*.behaviour.authentication.*", "documented", "SignalWire: *", "*Permissions"),
    (
        "signalwire.create-room.request.name.[ampr]*",
        "documented",
        "SignalWire: Video API *",
        "*CreateRoomRequest",
    ),
    ("signalwire.get-room.response.[a-z]*.present", "documented", "SignalWire: Video API *", "*RoomResponse"),
    (
        "signalwire.list-rooms.request.page_*",
        "documented",
        "SignalWire: Video API *",
        "GET /rooms, parameters",
    ),
    # What becomes of a room after a request is no sentence of any document.
    ("signalwire.*.listed", "observed", "docs/observed.md", "Life cycle*"),
    ("signalwire.*.listed-after-write", "observed", "docs/observed.md", "Life cycle*"),
    ("signalwire.create-room.*.read-after-write", "observed", "docs/observed.md", "Life cycle*"),
    ("signalwire.delete-room.behaviour.gone.*", "standard", "RFC 9110", "9.3.5"),
    ("signalwire.delete-room.behaviour.list.*", "standard", "RFC 9110", "9.3.5"),
    ("signalwire.*.behaviour.safe.safe", "standard", "RFC 9110", "9.2.1"),
    # The name is unique, and what is made of a second room of that name is not said.
    (
        "signalwire.create-room.behaviour.name.unique",
        "observed",
        "SignalWire: Video API *",
        "*CreateRoomRequest",
    ),
    # The header is listed for errors, and no sample shows one.
    ("azure.*.x-ms-error-code.present", "observed", "docs/observed.md", "ACS Rooms"),
    # The document has the default of a role and who may be invited, but no list that shows it.
    ("azure.create-room.behaviour.participants.listed-*", "observed", "docs/observed.md", "Life cycle*"),
    # "Recommended" and "should" demand nothing.
    (
        "azure.create-room.request.Repeatability-*.format",
        "standard",
        "Azure Rooms: Create*",
        "Request Header",
    ),
    ("azure.update-room.behaviour.*.unchanged", "documented", "Azure Rooms: Update*", "Rooms - Update"),
    # Credentials stand in the curl line, the response in the sample of a PATCH.
    ("carrierx.[ru]*-room.behaviour.authentication.*", "sample", "CarrierX: *", "Sample Request"),
    ("carrierx.[cgld]*.behaviour.authentication.*", "observed", "docs/observed.md", "CarrierX Conference v2"),
    ("carrierx.update-room.response.200.status", "documented", "CarrierX: *", "Sample Response"),
    ("carrierx.update-room.response.body.type", "documented", "CarrierX: *", "Sample Response"),
    ("carrierx.update-room.response.name.present", "documented", "CarrierX: *", "Sample Response"),
    ("carrierx.update-room.behaviour.*.echo", "documented", "CarrierX: *", "Sample Response"),
    ("carrierx.replace-room.response.200.status", "sample", "CarrierX: *", "Sample Response"),
    ("carrierx.replace-room.response.body.type", "sample", "CarrierX: *", "Sample Response"),
    ("carrierx.replace-room.response.*.present", "sample", "CarrierX: *", "*"),
    ("carrierx.replace-room.behaviour.*.echo", "sample", "CarrierX: *", "Sample Response"),
    ("carrierx.replace-room.request.*.accepted", "documented", "CarrierX: *", "*"),
    ("carrierx.*.behaviour.*.read-only", "documented", "CarrierX: *", "*"),
    # A sample closes no list.
    ("carrierx.*.access_codes.items.role.enum", "observed", "docs/observed.md", "CarrierX Conference v2"),
    (
        "carrierx.*.access_codes.items.access_code.pattern",
        "observed",
        "docs/observed.md",
        "CarrierX Conference v2",
    ),
    # Every field has to be in a PUT, null or not; of a PATCH nobody says that it may carry null.
    ("carrierx.update-room.request.did_group_sid.nullable", "sample", "CarrierX: *", "*"),
    ("carrierx.replace-room.request.did_group_sid.nullable", "documented", "CarrierX: *", "*"),
    # The document names the method and has no sentence on what it leaves alone.
    ("telnyx.update-room.behaviour.*.unchanged", "standard", "Telnyx: *", "Request"),
    ("telnyx.update-room.behaviour.authentication.*", "documented", "Telnyx: *", "Responses"),
    ("telnyx.update-room.response.data.record_type.const", "sample", "Telnyx: *", "Response samples"),
]


@pytest.mark.parametrize(
    ("pattern", "level", "document", "section"), LEVELS, ids=lambda value: value if "." in value else ""
)
def test_a_clause_is_of_the_level_of_what_says_it(
    pattern: str, level: str, document: str, section: str, every_contract: Mapping[str, Contract]
) -> None:
    clauses = [
        item
        for contract in every_contract.values()
        for item in contract.clauses.values()
        if fnmatchcase(item.id, pattern)
    ]
    assert clauses
    for clause in clauses:
        assert clause.level == level, clause.id
        assert fnmatchcase(clause.source.document, document), (clause.id, str(clause.source))
        assert fnmatchcase(clause.source.section, section), (clause.id, str(clause.source))


def test_what_no_document_says_of_null_is_told_by_the_source(contract: Contract) -> None:
    silent = [clause for clause in contract.clauses.values() if clause.rule == "null"]
    assert silent
    for clause in silent:
        assert clause.level is Level.OBSERVED
        assert clause.source.field.endswith(": no word on null"), clause.id


def test_no_other_source_speaks_of_silence(contract: Contract) -> None:
    spoken = [
        clause.id
        for clause in contract.clauses.values()
        if clause.rule != "null" and "no word" in str(clause.source)
    ]
    assert spoken == []


def test_what_only_a_sample_shows_limits_no_value_of_a_request_body(contract: Contract) -> None:
    closing = (
        "enum",
        "const",
        "pattern",
        "minimum",
        "maximum",
        "min-length",
        "max-length",
        "min-items",
        "max-items",
    )
    found = [
        clause.id
        for clause in contract.clauses.values()
        if clause.part is Part.REQUEST and clause.level is Level.SAMPLE and clause.rule in closing
    ]
    assert found == []


@pytest.mark.parametrize(
    ("provider_name", "level"), [("azure", "documented"), ("carrierx", "sample"), ("telnyx", "sample")]
)
def test_where_credentials_and_server_stand(
    provider_name: str, level: str, every_contract: Mapping[str, Contract]
) -> None:
    contract = every_contract[provider_name]
    assert (contract.credentials.level, contract.server_level) == (level, level)


def test_what_was_left_out_is_listed_with_the_reason(contract: Contract) -> None:
    head = contract.text.partition("openapi:")[0]
    assert "Left out on purpose: " in head
