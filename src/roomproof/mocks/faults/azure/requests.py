"""Faults of the Azure mock: what it takes and refuses, and whom it lets in."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from roomproof.mocks.faults.acceptance import (
    empty,
    no_object,
    null,
    passing,
    refuses,
    refuses_media_type,
    takes,
    takes_body,
    takes_header,
    takes_media_type,
    takes_query,
    takes_refused,
)
from roomproof.mocks.faults.admission import anybody, lets_in, nobody, some
from roomproof.mocks.faults.azure.interface import REQUEST_ID, WINDOW, digest, is_moment, is_uuid, proof
from roomproof.mocks.faults.exchange import INVALID, Call, Wrap
from roomproof.mocks.faults.fault import Fault, Kind
from roomproof.mocks.faults.values import constant, exactly, holding, is_null, lacking, of, outside
from roomproof.mocks.timestamps import DAY, parse_date_time

Json = Any
_VERSION = "2025-03-13"
_FIRST_SENT = "Sat, 05 Jul 2025 10:00:00 GMT"


def _strange(participants: Json) -> set[str]:
    """The names that are no communication identifiers."""
    named = participants.items() if isinstance(participants, dict) else ()
    return {name for name, guest in named if isinstance(guest, dict) and re.match("(4|28|8):", name) is None}


def _without_strange(participants: dict[str, Json]) -> dict[str, Json]:
    return {name: guest for name, guest in participants.items() if name not in _strange(participants)}


def _method_unsigned(call: Call) -> Call:
    signed_otherwise = any(call.api.is_signed(replace(call, method=method)) for method in ("GET", "OPTIONS", "POST"))
    return call.api.sign(call) if call.operation and signed_otherwise else call


def _signs_in(takes: Callable[[Call], bool]) -> Wrap:
    """Take a call for one that is signed well, if it passes."""
    return passing(lambda call: call.api.sign(call) if call.operation and takes(call) else call)


def _refuses_windows(days: float) -> Wrap:
    """Refuse windows longer than some days."""

    def before(call: Call) -> Call:
        ends = [parse_date_time(call.sent[name]) for name in WINDOW if call.writes and is_moment(call.sent.get(name))]
        long = len(ends) == 2 and (ends[1] or 0) - (ends[0] or 0) > days * DAY
        return call.with_sent({**call.sent, "validUntil": INVALID}) if long else call

    return passing(before)


FAULTS: tuple[Fault, ...] = (
    Kind.LIMITS(
        "window-unchecked",
        "takes any window",
        takes_refused(*WINDOW, right=is_moment, stand_in=constant(None)),
        "*.behaviour.window.window",
    ),
    Kind.LIMITS(
        "window-of-90-days",
        "refuses windows longer than 90 days",
        _refuses_windows(90),
        "*.request.valid*.accepted",
        "*.response.20?.status",
    ),
    Kind.ENUMS(
        "role-any",
        "takes any text for a role",
        takes("participants.*.role", of(str), "Attendee"),
        "create-room.request.participants.values.role.enum",
    ),
    Kind.ENUMS(
        "role-any-case",
        "takes roles in another case",
        takes("participants.*.role", lacking("^[A-Z][a-z]+$"), "Attendee"),
        "create-room.request.participants.values.role.enum",
    ),
    Kind.ENUMS(
        "role-collaborator-refused",
        "refuses the role Collaborator",
        refuses("participants.*.role", exactly("Collaborator")),
        "create-room.request.participants.values.role.enum",
    ),
    Kind.ENUMS(
        "version-any",
        "takes any api-version",
        takes_query("api-version", lambda version: version != "", _VERSION),
        "*.request.api-version.enum",
    ),
    Kind.TYPES(
        "dial-out-number",
        "takes a number for pstnDialOutEnabled",
        takes("pstnDialOutEnabled", of(int, float), True),
        "*.request.pstnDialOutEnabled.type",
    ),
    Kind.TYPES(
        "dial-out-object",
        "takes objects and lists for pstnDialOutEnabled",
        takes("pstnDialOutEnabled", of(dict, list), True),
        "*.request.pstnDialOutEnabled.type",
    ),
    Kind.TYPES("valid-from-number", "takes a number for validFrom", takes("validFrom", of(int, float), None), "*.request.validFrom.type"),
    Kind.TYPES(
        "valid-until-any-type", "takes any type for validUntil", takes("validUntil", outside(str), None), "*.request.validUntil.type"
    ),
    Kind.TYPES(
        "participants-list", "takes a list of participants", takes("participants", of(list), {}), "create-room.request.participants.type"
    ),
    Kind.TYPES(
        "participant-text",
        "takes a text for a participant",
        takes("participants.*", outside(dict), {}),
        "create-room.request.participants.values.type",
    ),
    Kind.TYPES(
        "role-number",
        "takes any type for a role",
        takes("participants.*.role", outside(str), "Attendee"),
        "create-room.request.participants.values.role.type",
    ),
    Kind.TYPES("body-list", "takes a body that is no object", takes_body(no_object), "*.request.body.type"),
    Kind.FORMATS(
        "valid-from-any-text", "takes any text for validFrom", takes("validFrom", lacking("^[0-9]{4}-"), None), "*.request.validFrom.format"
    ),
    Kind.FORMATS(
        "valid-until-no-zone", "takes times without a zone", takes("validUntil", holding("T[0-9:.]+$"), None), "*.request.validUntil.format"
    ),
    Kind.FORMATS(
        "valid-from-no-time", "takes dates for times", takes("validFrom", holding("^[0-9-]{10}$"), None), "*.request.validFrom.format"
    ),
    Kind.FORMATS(
        "valid-until-30-february",
        "takes days that no calendar has",
        takes("validUntil", holding("-(02-(29|30|31)|(04|06|09|11)-31)T"), None),
        "*.request.validUntil.format",
    ),
    Kind.FORMATS(
        "guest-any-name",
        "takes any name for a participant",
        takes("participants", lambda guests: bool(_strange(guests)), _without_strange),
        "create-room.request.participants.keys.observed-pattern",
    ),
    Kind.FORMATS(
        "request-id-any-text",
        "takes any text for Repeatability-Request-ID",
        takes_header(REQUEST_ID, lambda text: text != "" and not is_uuid(text), ""),
        "create-room.request.Repeatability-Request-ID.format",
    ),
    Kind.FORMATS(
        "first-sent-any-text",
        "takes any text for Repeatability-First-Sent",
        takes_header("repeatability-first-sent", lambda text: text != "" and "GMT" not in text, _FIRST_SENT),
        "create-room.request.Repeatability-First-Sent.format",
    ),
    Kind.NULLABILITY(
        "participant-null",
        "takes null for a new participant",
        takes("participants.*", is_null, {}),
        "create-room.request.participants.values.null",
    ),
    Kind.NULLABILITY(
        "role-null",
        "takes null for a role",
        takes("participants.*.role", is_null, "Attendee"),
        "create-room.request.participants.values.role.null",
    ),
    Kind.NULLABILITY("body-null", "takes null for a body", takes_body(null), "*.request.body.null"),
    Kind.PRESENCE("body-absent", "takes a request without a body", takes_body(empty), "*.request.body.required"),
    Kind.PRESENCE(
        "version-absent",
        "takes a request without api-version",
        takes_query("api-version", lambda version: version == "", _VERSION),
        "*.request.api-version.required",
    ),
    Kind.CONTENT_TYPE(
        "create-any-media-type",
        "makes rooms from bodies of any media type",
        takes_media_type("application/json", "create-room"),
        "create-room.request.body.media-type",
    ),
    Kind.CONTENT_TYPE(
        "update-any-media-type",
        "updates rooms from bodies of any media type",
        takes_media_type("application/merge-patch+json", "update-room"),
        "update-room.request.body.media-type",
    ),
    Kind.CONTENT_TYPE(
        "merge-patch-refused",
        "refuses the documented media type of updates",
        refuses_media_type("application/merge-patch+json"),
        "update-room.response.200.status",
        "update-room.request.*.accepted",
    ),
    Kind.AUTHENTICATION(
        "anybody",
        "lets everybody in",
        lets_in(anybody),
        "*.behaviour.authentication.missing-refused",
        "*.behaviour.authentication.wrong-refused",
    ),
    Kind.AUTHENTICATION("nobody", "lets in who signs nothing", lets_in(nobody), "*.behaviour.authentication.missing-refused"),
    Kind.AUTHENTICATION("any-signature", "takes any signature", lets_in(some("HMAC-SHA256")), "*.behaviour.authentication.wrong-refused"),
    Kind.AUTHENTICATION(
        "method-unsigned", "leaves the method out of the signature", passing(_method_unsigned), "*.behaviour.authentication.wrong-refused"
    ),
    Kind.AUTHENTICATION(
        "signature-almost",
        "looks at the first half of a signature only",
        _signs_in(lambda call: call.header("authorization")[:-20] == proof(call)[:-20]),
        "*.behaviour.authentication.wrong-refused",
    ),
    Kind.AUTHENTICATION(
        "signature-of-any-body",
        "takes a signature with the hash of another body",
        _signs_in(lambda call: call.header("authorization") == proof(call) and bool(call.header("x-ms-date"))),
        "*.behaviour.authentication.wrong-refused",
    ),
    Kind.AUTHENTICATION(
        "signature-of-any-date",
        "takes a signature however old it is",
        _signs_in(lambda call: call.header("authorization") == proof(call) and call.header("x-ms-content-sha256") == digest(call)),
        "*.behaviour.authentication.wrong-refused",
    ),
    Kind.AUTHENTICATION(
        "host-unsigned",
        "leaves the host out of the signature",
        _signs_in(lambda call: call.header("authorization") == proof(call.with_header("host", "roomproof.example"))),
        "*.behaviour.authentication.wrong-refused",
    ),
    Kind.AUTHENTICATION(
        "any-scheme", "takes credentials of another scheme", lets_in(some("Bearer")), "*.behaviour.authentication.wrong-refused"
    ),
    Kind.AUTHENTICATION(
        "create-anybody",
        "lets everybody make rooms",
        lets_in(anybody, "create-room"),
        "create-room.behaviour.authentication.missing-refused",
    ),
    Kind.RARE(
        "leap-day-refused",
        "refuses the 29th of February",
        refuses("validUntil", holding("-02-29")),
        "*.request.validUntil.accepted",
        "*.request.validUntil.format",
        "*.response.20?.status",
    ),
    Kind.RARE(
        "fraction-refused",
        "refuses fractions of a second",
        refuses("validFrom", holding("[.][0-9]")),
        "*.request.validFrom.accepted",
        "*.request.validFrom.format",
        "*.response.20?.status",
    ),
    Kind.RARE(
        "offset-refused",
        "refuses times of another zone",
        refuses("validFrom", holding("[+-][0-9:]{5}$")),
        "*.request.validFrom.accepted",
        "*.request.validFrom.format",
        "*.response.20?.status",
    ),
    Kind.RARE(
        "small-t-refused",
        "refuses a small t in times",
        refuses("validUntil", holding("t")),
        "*.request.validUntil.accepted",
        "*.request.validUntil.format",
        "*.response.20?.status",
    ),
    Kind.RARE(
        "dial-out-true-refused",
        "refuses to let rooms call out",
        refuses("pstnDialOutEnabled", exactly(True)),
        "*.request.pstnDialOutEnabled.accepted",
    ),
    Kind.RARE(
        "participants-refused",
        "refuses more than 3 participants",
        refuses("participants", lambda guests: isinstance(guests, dict) and len(guests) > 3),
        "create-room.request.participants.accepted",
    ),
)
