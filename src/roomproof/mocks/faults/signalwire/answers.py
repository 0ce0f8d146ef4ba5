"""Faults of the SignalWire mock: what its answers look like."""

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
from roomproof.mocks.faults.signalwire.interface import MOMENTS, SESSION, SETTINGS, is_date
from roomproof.mocks.faults.values import Change, constant, holding, longer, swapped

_ROOM = "response"
_TIMES = (*MOMENTS, "created_at", "updated_at")
_SESSION_TIMES = (*MOMENTS, "start_time", "end_time")


def _session(change: Change, *members: str) -> Wrap:
    """Show an active session, wrong at some places."""
    return in_order(shows_all(change, *(f"active_session.{member}" for member in members)), changing(_with_session))


def _with_session(_: Call, reply: Reply) -> Reply:
    room = reply.room
    return reply.with_room({**room, "active_session": {**SESSION, "room_id": room["id"]}}) if room else reply


def _in_session(rule: str, *members: str) -> tuple[str, ...]:
    return tuple(f"response.active_session.{member}.{rule}" for member in members)


def _without_zone(moment: str) -> str:
    return moment.replace("T", " ").rstrip("Z")


def _all_three(call: Call, reply: Reply) -> bool:
    return reply.ok and set(MOMENTS) <= set(call.sent)


FAULTS: tuple[Fault, ...] = (
    Kind.RARE("byte-order-mark", "begins its answers with a byte order mark", begins_with(BYTE_ORDER_MARK, done()), "response.body.json"),
    *other_types(_ROOM, "id", "name", *SETTINGS, "fps", "created_at", "updated_at"),
    *other_formats(_ROOM, lambda value: value.replace("-", "") + "x", "as no UUID", "id"),
    *other_formats(_ROOM, _without_zone, "with a blank and without a zone", *_TIMES),
    Kind.FORMATS(
        "name-with-blanks", "shows names with blanks", shows("name", lambda name: name.replace("-", " ") + " 1"), "response.name.pattern"
    ),
    all_null("settings-null", _ROOM, *SETTINGS),
    all_null("made-by-provider-null", _ROOM, "id", "name", "fps", "created_at", "updated_at"),
    all_dropped("settings-absent", _ROOM, *SETTINGS),
    all_dropped("made-by-provider-absent", _ROOM, "id", "name", "fps", "created_at", "updated_at"),
    Kind.TYPES(
        "session-types", "shows a session's members with other JSON types", _session(swapped, *SESSION), *_in_session("type", *SESSION)
    ),
    Kind.NULLABILITY("session-nulls", "shows a session with nulls", _session(constant(None), *SESSION), *_in_session("null", *SESSION)),
    Kind.FORMATS(
        "session-times",
        "shows a session's times without a zone",
        _session(_without_zone, *_SESSION_TIMES),
        *_in_session("format", *_SESSION_TIMES),
    ),
    Kind.FORMATS(
        "session-ids",
        "shows a session's ids as no UUIDs",
        _session(lambda value: value[:-1], "id", "room_id"),
        *_in_session("format", "id", "room_id"),
    ),
    Kind.ENUMS(
        "session-quality",
        "shows a session of another quality, layout and status",
        _session(constant("other"), "quality", "layout", "status"),
        *_in_session("enum", "quality"),
        *_in_session("observed-enum", "layout", "status"),
    ),
    Kind.ENUMS("session-fps", "shows a session with 25 frames per second", _session(constant(25), "fps"), *_in_session("enum", "fps")),
    Kind.LIMITS(
        "session-limits",
        "shows a session of too many seconds with too long a name",
        in_order(_session(constant(2**31), "remove_after_seconds_elapsed"), _session(constant(201 * "x"), "display_name")),
        *_in_session("maximum", "remove_after_seconds_elapsed"),
    ),
    Kind.LIMITS(
        "session-display-name",
        "shows a session with too long a display name",
        _session(constant(201 * "x"), "display_name"),
        *_in_session("max-length", "display_name"),
    ),
    Kind.LIMITS(
        "session-seconds-low",
        "shows a session of seconds below int32",
        _session(constant(-(2**40)), "remove_after_seconds_elapsed"),
        *_in_session("minimum", "remove_after_seconds_elapsed"),
    ),
    Kind.IDENTITY(
        "session-elsewhere",
        "shows a session of another room",
        _session(constant("b84d1f37-6c05-4e92-a1d8-3f7e9a2c5b61"), "room_id"),
        "behaviour.active_session.room_id.fields-agree",
    ),
    Kind.DEFAULTS(
        "session-defaults",
        "shows a session with another display name than its name, and another layout",
        in_order(_session(constant("Nobody's"), "display_name"), shows_all(constant("5x5"), "active_session.layout")),
        "behaviour.active_session.display_name.default-from",
        "behaviour.active_session.layout.default-value",
    ),
    Kind.TYPES("session-text", "shows a text for the active session", adds("active_session", "none"), "response.active_session.type"),
    Kind.NULLABILITY("session-null", "shows null for the active session", adds("active_session", None), "response.active_session.null"),
    Kind.TYPES("answer-list", "answers a list", says_body(b"[]", "", done()), "response.body.type"),
    Kind.NULLABILITY("answer-null", "answers null", says_body(b"null", "", done()), "response.body.null"),
    Kind.CONTENT_TYPE("answer-cut", "answers JSON that is cut short", cuts(done()), "response.body.type"),
    Kind.CONTENT_TYPE(
        "answer-html", "calls its JSON text/html", says_header("content-type", "text/html", done()), "response.body.media-type"
    ),
    Kind.STATUS("status-202", "answers an update with 202", says(202, done(), keep=True), "response.200.status"),
    Kind.STATUS("status-204", "answers an update with 204 and no body", says(204, done()), "response.200.status"),
    Kind.STATUS(
        "unknown-200", "answers an unknown id with 200 and an error", says(200, refused(404), keep=True), "behaviour.id.unknown-refused"
    ),
    Kind.STATUS(
        "invalid-200", "answers wrong values with 200 and an error", says(200, refused(422), keep=True), "request.max_members.m*imum"
    ),
    Kind.STATUS(
        "unauthenticated-200",
        "answers missing credentials with 200 and an error",
        says(200, refused(401), keep=True),
        "behaviour.authentication.*-refused",
    ),
    Kind.CRASH(
        "crash-emoji",
        "fails over an emoji in a display name",
        crashes_at("display_name", holding("[\U0001f000-\U0010ffff]")),
        "behaviour.any-input.no-server-error",
    ),
    Kind.CRASH(
        "crash-percent",
        "fails over a percent sign in a description",
        crashes_at("description", holding("%")),
        "behaviour.any-input.no-server-error",
    ),
    Kind.CRASH(
        "crash-long",
        "fails over descriptions beyond 2000 code points",
        crashes_at("description", longer(2000)),
        "behaviour.any-input.no-server-error",
    ),
    Kind.CRASH("crash-date", "fails over a date alone", crashes_at("remove_at", is_date), "behaviour.any-input.no-server-error"),
    Kind.CRASH(
        "crash-far-year",
        "fails over years after 2100",
        crashes_at("join_until", holding("^(2[1-9]|[3-9])")),
        "behaviour.any-input.no-server-error",
    ),
    Kind.CRASH("crash-times", "fails where all three times are sent", crashes(_all_three), "behaviour.any-input.no-server-error"),
    Kind.CRASH(
        "crash-invalid",
        "fails over a text for max_members in place of refusing it",
        crashes(lambda call, reply: reply.status == 422 and type(call.sent.get("max_members")) is str),
        "behaviour.any-input.no-server-error",
    ),
    Kind.CRASH("crash-unknown", "fails over an unknown id", says(500, refused(404)), "behaviour.any-input.no-server-error"),
)
