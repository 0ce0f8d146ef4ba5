"""Faults of the CarrierX mock: what its answers look like."""

from __future__ import annotations

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
    says_header,
    shows,
)
from roomproof.mocks.faults.carrierx.interface import CODE, FIXED, MEMBERS, ROLE
from roomproof.mocks.faults.exchange import Call, Reply
from roomproof.mocks.faults.families import all_dropped, all_null, dropped, other_formats, other_types
from roomproof.mocks.faults.fault import Fault, Kind
from roomproof.mocks.faults.values import constant, holding

_ROOM = "*.response"
_SETTINGS = ("access_codes", "properties", "did_group_sid", "name")


def _list_refused(call: Call, reply: Reply) -> bool:
    return reply.status == 422 and type(call.sent.get("name")) is list


def _is_whole(call: Call, reply: Reply) -> bool:
    return reply.ok and call.method == "PATCH" and set(_SETTINGS) <= set(call.sent)


def _emptied(call: Call, reply: Reply) -> bool:
    return reply.ok and call.sent.get("properties") == {}


FAULTS: tuple[Fault, ...] = (
    Kind.RARE("byte-order-mark", "begins its answers with a byte order mark", begins_with(BYTE_ORDER_MARK, done()), "*.response.body.json"),
    *other_types(_ROOM, *MEMBERS, "access_codes.*.access_code", "access_codes.*.role"),
    Kind.TYPES(
        "entry-shown-as-text",
        "shows a text for each entry of the codes",
        shows("access_codes.*", constant("310577")),
        "*.response.access_codes.items.type",
    ),
    Kind.TYPES(
        "did-group-of-answers", "shows a number for did_group_sid", shows("did_group_sid", constant(7)), "*.response.did_group_sid.type"
    ),
    *other_formats(_ROOM, lambda value: value.replace("-", "") + "x", "as no UUID", *FIXED),
    Kind.FORMATS(
        "code-of-answers",
        "shows codes with letters",
        shows(CODE, lambda code: f"code-{code}"),
        "*.response.access_codes.items.access_code.pattern",
    ),
    *dropped(_ROOM, *MEMBERS),
    all_dropped("entry-empty", _ROOM, CODE, ROLE),
    all_null("settings-null", _ROOM, "access_codes", "properties", "name"),
    all_null("ids-null", _ROOM, *FIXED),
    all_null("entry-members-null", _ROOM, CODE, ROLE),
    all_null("entries-null", _ROOM, "access_codes.*"),
    Kind.TYPES("answer-list", "answers a list", says_body(b"[]", "", done()), "*.response.body.type"),
    Kind.NULLABILITY("answer-null", "answers null", says_body(b"null", "", done()), "*.response.body.null"),
    Kind.CONTENT_TYPE("answer-cut", "answers JSON that is cut short", cuts(done()), "*.response.body.type"),
    Kind.CONTENT_TYPE(
        "answer-html", "calls its JSON text/html", says_header("content-type", "text/html", done()), "*.response.body.media-type"
    ),
    Kind.STATUS("status-202", "answers an update with 202", says(202, done(), keep=True), "*.response.200.status"),
    Kind.STATUS("put-201", "answers a PUT with 201", says(201, done("replace-room"), keep=True), "replace-room.response.200.status"),
    Kind.STATUS("patch-204", "answers a PATCH with 204 and no body", says(204, done("update-room")), "update-room.response.200.status"),
    Kind.STATUS(
        "unknown-200",
        "answers an unknown id with 200 and an error",
        says(200, refused(404), keep=True),
        "*.behaviour.meeting_room_sid.unknown-refused",
    ),
    Kind.STATUS(
        "invalid-200", "answers wrong values with 200 and an error", says(200, refused(422), keep=True), "replace-room.request.*.required"
    ),
    Kind.STATUS(
        "unauthenticated-200",
        "answers missing credentials with 200 and an error",
        says(200, refused(401), keep=True),
        "*.behaviour.authentication.missing-refused",
    ),
    Kind.CRASH(
        "crash-emoji",
        "fails over an emoji in a name",
        crashes_at("name", holding("[\U0001f000-\U0010ffff]")),
        "*.behaviour.any-input.no-server-error",
    ),
    Kind.CRASH(
        "crash-quote",
        "fails over a quotation mark in a name",
        crashes_at("name", holding("[\"']")),
        "*.behaviour.any-input.no-server-error",
    ),
    Kind.CRASH("crash-empty-properties", "fails over empty properties", crashes(_emptied), "*.behaviour.any-input.no-server-error"),
    Kind.CRASH(
        "crash-many-codes",
        "fails over more than three codes",
        crashes_at("access_codes", lambda codes: len(codes) > 3),
        "*.behaviour.any-input.no-server-error",
    ),
    Kind.CRASH(
        "crash-whole-patch", "fails where a PATCH holds all settings", crashes(_is_whole), "update-room.behaviour.any-input.no-server-error"
    ),
    Kind.CRASH(
        "crash-invalid",
        "fails over a list for a name in place of refusing it",
        crashes(_list_refused),
        "*.behaviour.any-input.no-server-error",
    ),
    Kind.CRASH("crash-unknown", "fails over an unknown id", says(500, refused(404)), "*.behaviour.any-input.no-server-error"),
)
