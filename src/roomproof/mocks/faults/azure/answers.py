"""Faults of the Azure mock: what its answers look like."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from roomproof.mocks.faults.answers import (
    BYTE_ORDER_MARK,
    begins_with,
    crashes,
    crashes_at,
    cuts,
    done,
    refused,
    says,
    says_body,
    says_errors,
    says_header,
    shows,
)
from roomproof.mocks.faults.exchange import Call, Reply
from roomproof.mocks.faults.families import all_null, dropped, other_formats, other_types
from roomproof.mocks.faults.fault import Fault, Kind
from roomproof.mocks.faults.values import Change, constant, gone, holding, swapped

Json = Any
_ROOM = "*.response"
_ERROR = "*.response.default.error"
_MEMBERS = ("createdAt", "validFrom", "validUntil", "pstnDialOutEnabled")
_TIMES = ("createdAt", "validFrom", "validUntil")


def _with(**members: Json) -> Change:
    return lambda error: {**error, **members}


def _empty_update(call: Call, reply: Reply) -> bool:
    return reply.ok and call.updates and not call.sent


def _number_refused(call: Call, reply: Reply) -> bool:
    return reply.status == 400 and type(call.sent.get("validFrom")) in (int, float)


def _lettered(room_id: str) -> str:
    return f"room-{room_id}"


def _many(guests: Json) -> bool:
    return isinstance(guests, dict) and len(guests) > 20


def _told_badly(operation: str) -> Iterator[Fault]:
    """Faults that hide which room an answer is about, by operation: where creations have one, updates cannot be tried."""
    where, answer = operation.partition("-")[0], f"{operation}.response"
    what = f"in answers to {operation}"
    yield Kind.TYPES(f"{where}-id-type", f"shows the id as a list {what}", shows("id", swapped, operation), f"{answer}.id.type")
    yield Kind.FORMATS(
        f"{where}-id-letters", f"shows letters in the id {what}", shows("id", _lettered, operation), f"{answer}.id.observed-pattern"
    )
    yield Kind.PRESENCE(f"{where}-id-absent", f"leaves the id off {what}", shows("id", gone, operation), f"{answer}.id.present")
    yield Kind.NULLABILITY(f"{where}-id-null", f"shows null for the id {what}", shows("id", constant(None), operation), f"{answer}.id.null")
    yield Kind.TYPES(f"{where}-answer-list", f"shows a list {what}", says_body(b"[]", "", done(operation)), f"{answer}.body.type")
    yield Kind.NULLABILITY(f"{where}-answer-null", f"shows null {what}", says_body(b"null", "", done(operation)), f"{answer}.body.null")
    yield Kind.CONTENT_TYPE(f"{where}-answer-cut", f"cuts the JSON short {what}", cuts(done(operation)), f"{answer}.body.type")


FAULTS: tuple[Fault, ...] = (
    Kind.RARE("byte-order-mark", "begins its answers with a byte order mark", begins_with(BYTE_ORDER_MARK, done()), "*.response.body.json"),
    Kind.ERROR_SHAPE(
        "refusal-byte-order-mark",
        "begins its refusals with a byte order mark",
        begins_with(BYTE_ORDER_MARK, refused()),
        "*.response.default.body.json",
    ),
    *other_types(_ROOM, *_MEMBERS),
    *other_formats(_ROOM, lambda value: value.replace("T", " ").partition("+")[0], "with a blank and without a zone", *_TIMES),
    *dropped(_ROOM, *_MEMBERS),
    all_null("times-null", _ROOM, *_TIMES),
    all_null("dial-out-null", _ROOM, "pstnDialOutEnabled"),
    *_told_badly("create-room"),
    *_told_badly("update-room"),
    Kind.ERROR_SHAPE(
        "error-types",
        "shows code and message of an error with other JSON types",
        says_errors(swapped, "error.code", "error.message"),
        f"{_ERROR}.code.type",
        f"{_ERROR}.message.type",
    ),
    Kind.ERROR_SHAPE(
        "error-nulls",
        "shows code and message of an error as null",
        says_errors(constant(None), "error.code", "error.message"),
        f"{_ERROR}.code.null",
        f"{_ERROR}.message.null",
    ),
    Kind.ERROR_SHAPE(
        "error-bare",
        "shows an error without code and message",
        says_errors(gone, "error.code", "error.message"),
        f"{_ERROR}.code.present",
        f"{_ERROR}.message.present",
    ),
    Kind.ERROR_SHAPE(
        "detail-types",
        "shows the details of an error with other JSON types",
        says_errors(swapped, "error.details.*.*"),
        f"{_ERROR}.details.items.*.type",
    ),
    Kind.ERROR_SHAPE(
        "detail-nulls",
        "shows the details of an error with nulls",
        says_errors(constant(None), "error.details.*.*"),
        f"{_ERROR}.details.items.*.null",
    ),
    Kind.ERROR_SHAPE(
        "detail-empty",
        "shows the details of an error without members",
        says_errors(gone, "error.details.*.*"),
        f"{_ERROR}.details.items.*.present",
    ),
    Kind.ERROR_SHAPE(
        "detail-text",
        "shows a text for each detail of an error",
        says_errors(constant("no"), "error.details.*"),
        f"{_ERROR}.details.items.type",
    ),
    Kind.ERROR_SHAPE(
        "detail-null",
        "shows null for each detail of an error",
        says_errors(constant(None), "error.details.*"),
        f"{_ERROR}.details.items.null",
    ),
    Kind.ERROR_SHAPE(
        "details-text", "shows a text for the details of an error", says_errors(constant("no"), "error.details"), f"{_ERROR}.details.type"
    ),
    Kind.ERROR_SHAPE(
        "details-null", "shows null for the details of an error", says_errors(constant(None), "error.details"), f"{_ERROR}.details.null"
    ),
    Kind.ERROR_SHAPE(
        "inner-error-text",
        "shows a text for the inner error and a number for the target",
        says_errors(_with(innererror="no", target=7), "error"),
        f"{_ERROR}.innererror.type",
        f"{_ERROR}.target.type",
    ),
    Kind.ERROR_SHAPE(
        "inner-error-null",
        "shows null for the inner error and the target",
        says_errors(_with(innererror=None, target=None), "error"),
        f"{_ERROR}.innererror.null",
        f"{_ERROR}.target.null",
    ),
    Kind.ERROR_SHAPE("error-text", "shows a text for an error", says_errors(constant("no"), "error"), f"{_ERROR}.type"),
    Kind.ERROR_SHAPE("error-null", "shows null for an error", says_errors(constant(None), "error"), f"{_ERROR}.null"),
    Kind.ERROR_SHAPE(
        "error-absent", "shows the members of an error without the object around them", says_errors(gone, "error"), f"{_ERROR}.present"
    ),
    Kind.ERROR_SHAPE("refusal-list", "answers a refusal with a list", says_body(b"[]", "", refused()), "*.response.default.body.type"),
    Kind.ERROR_SHAPE("refusal-null", "answers a refusal with null", says_body(b"null", "", refused()), "*.response.default.body.null"),
    Kind.ERROR_SHAPE(
        "refusal-html",
        "answers a refusal with a page",
        says_body(b"<p>no</p>", "text/html", refused()),
        "*.response.default.body.media-type",
    ),
    Kind.ERROR_SHAPE(
        "error-code-header-absent",
        "leaves x-ms-error-code off",
        says_header("x-ms-error-code", "", refused()),
        "*.response.default.x-ms-error-code.present",
    ),
    Kind.CONTENT_TYPE(
        "answer-html", "calls its JSON text/html", says_header("content-type", "text/html", done()), "*.response.body.media-type"
    ),
    Kind.STATUS("create-200", "answers a creation with 200", says(200, done("create-room"), keep=True), "create-room.response.201.status"),
    Kind.STATUS("create-202", "answers a creation with 202", says(202, done("create-room"), keep=True), "create-room.response.201.status"),
    Kind.STATUS("update-202", "answers an update with 202", says(202, done("update-room"), keep=True), "update-room.response.200.status"),
    Kind.STATUS("update-204", "answers an update with 204 and no body", says(204, done("update-room")), "update-room.response.200.status"),
    Kind.STATUS(
        "unknown-200",
        "answers an unknown id with 200 and an error",
        says(200, refused(404, on="update-room"), keep=True),
        "update-room.behaviour.roomId.unknown-refused",
    ),
    Kind.STATUS(
        "invalid-200",
        "answers wrong values with 201 and an error",
        says(201, refused(400, on="create-room"), keep=True),
        "create-room.request.*.type",
    ),
    Kind.CRASH(
        "crash-fraction",
        "fails over seven digits of a fraction",
        crashes_at("validUntil", holding("[.][0-9]{7}")),
        "*.behaviour.any-input.no-server-error",
    ),
    Kind.CRASH(
        "crash-offset",
        "fails over offsets of half an hour",
        crashes_at("validFrom", holding(":30$")),
        "*.behaviour.any-input.no-server-error",
    ),
    Kind.CRASH("crash-empty", "fails over an empty body", crashes(_empty_update), "update-room.behaviour.any-input.no-server-error"),
    Kind.CRASH(
        "crash-many-guests",
        "fails over more than 20 participants",
        crashes_at("participants", _many),
        "create-room.behaviour.any-input.no-server-error",
    ),
    Kind.CRASH(
        "crash-invalid",
        "fails over a number for validFrom in place of refusing it",
        crashes(_number_refused),
        "*.behaviour.any-input.no-server-error",
    ),
    Kind.CRASH("crash-unknown", "fails over an unknown id", says(500, refused(404)), "update-room.behaviour.any-input.no-server-error"),
)
