"""Faults of the Telnyx mock: what its answers look like."""

from __future__ import annotations

from roomproof.mocks.faults.acceptance import in_order
from roomproof.mocks.faults.answers import (
    BYTE_ORDER_MARK,
    adds,
    begins_with,
    changing,
    crashes,
    crashes_at,
    cuts,
    done,
    refused,
    says,
    says_body,
    says_header,
    shows,
    shows_all,
)
from roomproof.mocks.faults.exchange import Call, Reply, Wrap
from roomproof.mocks.faults.families import all_dropped, all_null, other_formats, other_types
from roomproof.mocks.faults.fault import Fault, Kind
from roomproof.mocks.faults.telnyx.interface import SETTINGS, URLS
from roomproof.mocks.faults.values import Change, constant, gone, holding, longer, swapped

_ROOM = "response.data"
_SESSION = {
    "id": "0ccc7b54-4df3-4bca-a65a-3da1ecc777f0",
    "room_id": "5e3b9c0e-2a3f-4a57-8f06-9d1c4f7ab210",
    "active": False,
    "created_at": "2026-01-05T10:00:00.000000Z",
    "updated_at": "2026-01-05T11:00:00.000000Z",
    "participants": [],
    "record_type": "room_session",
}
_TIMES = ("created_at", "updated_at")


def _session(change: Change, *members: str) -> Wrap:
    """Show one session, wrong at some places."""
    return in_order(shows_all(change, *(f"sessions.*.{member}" for member in members)), changing(_with_session))


def _with_session(_: Call, reply: Reply) -> Reply:
    room = reply.room
    return reply.with_room({**room, "sessions": [{**_SESSION, "room_id": room["id"]}]}) if room else reply


def _in_session(*rules: str) -> tuple[str, ...]:
    return tuple(f"response.data.sessions.items.{rule}" for rule in rules)


def _without_scheme(url: str) -> str:
    return url.partition("://")[2] or url


def _both_null(call: Call, reply: Reply) -> bool:
    return reply.ok and all(call.sent.get(name, 0) is None for name in ("webhook_event_failover_url", "webhook_timeout_secs"))


FAULTS: tuple[Fault, ...] = (
    Kind.RARE("byte-order-mark", "begins its answers with a byte order mark", begins_with(BYTE_ORDER_MARK, done()), "response.body.json"),
    *other_types(_ROOM, "id", *SETTINGS, "record_type", *_TIMES, "sessions"),
    Kind.TYPES(
        "active-session-type", "shows a number for active_session_id", adds("active_session_id", 7), "response.data.active_session_id.type"
    ),
    Kind.FORMATS(
        "active-session-format",
        "shows no UUID for active_session_id",
        adds("active_session_id", "session-7"),
        "response.data.active_session_id.format",
    ),
    *other_formats(_ROOM, lambda value: value.replace("-", "") + "x", "as no UUID", "id"),
    *other_formats(_ROOM, lambda value: value.replace("T", " ").rstrip("Z"), "with a blank and without a zone", *_TIMES),
    *other_formats(_ROOM, _without_scheme, "without its scheme", *URLS),
    all_null("settings-null", _ROOM, "max_participants", "enable_recording"),
    Kind.NULLABILITY(
        "texts-null",
        "shows unique_name and webhook_event_url as null",
        shows_all(constant(None), "unique_name", "webhook_event_url"),
        "response.data.unique_name.null",
        "response.data.webhook_event_url.null",
        "behaviour.unique_name.echo",
        "behaviour.webhook_event_url.echo",
    ),
    all_null("made-by-provider-null", _ROOM, "id", "record_type", *_TIMES, "sessions"),
    all_dropped("settings-absent", _ROOM, *SETTINGS[:3]),
    all_dropped("webhooks-absent", _ROOM, *SETTINGS[3:]),
    all_dropped("made-by-provider-absent", _ROOM, "id", "record_type", "active_session_id", "sessions", *_TIMES),
    Kind.ENUMS("record-type", "shows another record_type", shows("record_type", constant("Room")), "response.data.record_type.const"),
    Kind.ENUMS(
        "session-record-type", "shows a session as a room", _session(constant("room"), "record_type"), *_in_session("record_type.const")
    ),
    Kind.TYPES(
        "session-types",
        "shows a session's members with other JSON types",
        _session(swapped, *_SESSION),
        *_in_session(*(f"{name}.type" for name in _SESSION)),
    ),
    Kind.NULLABILITY(
        "session-nulls",
        "shows a session with nulls",
        _session(constant(None), *_SESSION),
        *_in_session(*(f"{name}.null" for name in _SESSION)),
    ),
    Kind.PRESENCE(
        "session-empty",
        "shows a session without members",
        _session(gone, *_SESSION),
        *_in_session(*(f"{name}.present" for name in _SESSION)),
    ),
    Kind.FORMATS(
        "session-formats",
        "shows a session's ids and times in other formats",
        _session(lambda text: text[:-1] + "x", "id", "room_id", *_TIMES),
        *_in_session("id.format", "room_id.format", "created_at.format", "updated_at.format"),
    ),
    Kind.IDENTITY(
        "session-elsewhere",
        "shows a session of another room",
        _session(constant("5e3b9c0e-2a3f-4a57-8f06-9d1c4f7ab211"), "room_id"),
        "behaviour.sessions.items.room_id.fields-agree",
    ),
    Kind.IDENTITY(
        "session-not-the-active-one",
        "names a session that is over as the active one",
        in_order(_session(constant(True), "active"), adds("active_session_id", "0ccc7b54-4df3-4bca-a65a-3da1ecc777f1")),
        "behaviour.active_session_id.fields-agree",
    ),
    Kind.TYPES("session-text", "shows a text for a session", adds("sessions", ["none"]), *_in_session("type")),
    Kind.NULLABILITY("session-null", "shows null for a session", adds("sessions", [None]), *_in_session("null")),
    Kind.PRESENCE(
        "data-absent",
        "shows the room without the member data",
        changing(lambda _, reply: reply.with_document(reply.room) if reply.room else reply),
        "response.data.present",
    ),
    Kind.NULLABILITY(
        "data-null", "shows data as null", changing(lambda _, reply: reply.with_room(None) if reply.room else reply), "response.data.null"
    ),
    Kind.TYPES(
        "data-list",
        "shows data as a list",
        changing(lambda _, reply: reply.with_room([reply.room]) if reply.room else reply),
        "response.data.type",
    ),
    Kind.TYPES("answer-list", "answers a list", says_body(b"[]", "", done()), "response.body.type"),
    Kind.NULLABILITY("answer-null", "answers null", says_body(b"null", "", done()), "response.body.null"),
    Kind.CONTENT_TYPE("answer-cut", "answers JSON that is cut short", cuts(done()), "response.body.type"),
    Kind.CONTENT_TYPE(
        "answer-html", "calls its JSON text/html", says_header("content-type", "text/html", done()), "response.body.media-type"
    ),
    Kind.STATUS("status-201", "answers an update with 201", says(201, done(), keep=True), "response.200.status"),
    Kind.STATUS("status-204", "answers an update with 204 and no body", says(204, done()), "response.200.status"),
    Kind.STATUS("unauthenticated-403", "answers missing credentials with 403", says(403, refused(401), keep=True), "response.401.status"),
    Kind.STATUS("unknown-400", "answers an unknown id with 400", says(400, refused(404), keep=True), "response.404.status"),
    Kind.STATUS(
        "unknown-200",
        "answers an unknown id with 200 and an error",
        says(200, refused(404), keep=True),
        "behaviour.room_id.unknown-refused",
    ),
    Kind.STATUS("invalid-400", "answers wrong values with 400", says(400, refused(422), keep=True), "response.422.status"),
    Kind.STATUS(
        "invalid-200", "answers wrong values with 200 and an error", says(200, refused(422), keep=True), "request.max_participants.m*imum"
    ),
    Kind.CRASH(
        "crash-emoji",
        "fails over an emoji in a name",
        crashes_at("unique_name", holding("[\U0001f000-\U0010ffff]")),
        "behaviour.any-input.no-server-error",
    ),
    Kind.CRASH(
        "crash-quote",
        "fails over a quotation mark in a name",
        crashes_at("unique_name", holding("[\"']")),
        "behaviour.any-input.no-server-error",
    ),
    Kind.CRASH(
        "crash-long-name",
        "fails over names beyond 200 code points",
        crashes_at("unique_name", longer(200)),
        "behaviour.any-input.no-server-error",
    ),
    Kind.CRASH(
        "crash-all",
        "fails where all members are sent at once",
        crashes(lambda call, reply: reply.ok and set(SETTINGS) <= set(call.sent)),
        "behaviour.any-input.no-server-error",
    ),
    Kind.CRASH(
        "crash-empty",
        "fails over an empty update",
        crashes(lambda call, reply: reply.ok and call.updates and not call.sent),
        "behaviour.any-input.no-server-error",
    ),
    Kind.CRASH("crash-nulls", "fails where both nullable members are null", crashes(_both_null), "behaviour.any-input.no-server-error"),
    Kind.CRASH(
        "crash-invalid",
        "fails over a list of participants in place of refusing it",
        crashes(lambda call, reply: reply.status == 422 and type(call.sent.get("max_participants")) is list),
        "behaviour.any-input.no-server-error",
    ),
    Kind.CRASH("crash-unknown", "fails over an unknown id", says(500, refused(404)), "behaviour.any-input.no-server-error"),
)
