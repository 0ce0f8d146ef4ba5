"""Faults of the Azure mock: short names for what operators make, and its own ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from roomproof_faults.border.acceptance import passing, rejects_together
from roomproof_faults.border.admission import lets_in, some
from roomproof_faults.border.exchange import FaultyRequest, Wrap
from roomproof_faults.border.hmac_signature import Signature, digest
from roomproof_faults.border.memory import resets, together
from roomproof_faults.fault import FaultKind, kebab
from roomproof_faults.named import offer, own

_FIELDS = ("createdAt", "validFrom", "validUntil", "pstnDialOutEnabled")
_TIMES, _SET = _FIELDS[:3], _FIELDS[1:]
_GUESTS, _ERROR = "request.participants", "response.default.error."
_CRASH, _REPEAT, _ADMIT = (
    "behaviour.any-input.no-server-error",
    "behaviour.repeatability",
    "behaviour.authentication",
)
_WRONG = f"{_ADMIT}.wrong-refused"
_OPERATIONS = {"create": "create-room", "update": "update-room"}

NAMES = {
    "window-unchecked": "behaviour.window.window.unchecked",
    "window-of-90-days": "behaviour.window.window.half",
    "role-any": f"{_GUESTS}.values.role.enum.other",
    "role-any-case": f"{_GUESTS}.values.role.enum.other-case",
    "role-collaborator-refused": f"{_GUESTS}.values.role.enum.collaborator-refused",
    "version-any": "request.api-version.enum.other",
    "dial-out-number": "request.pstnDialOutEnabled.type.number",
    "dial-out-object": "request.pstnDialOutEnabled.type.object request.pstnDialOutEnabled.type.list",
    "valid-from-number": "request.validFrom.type.number",
    "valid-until-any-type": "request.validUntil.type.other",
    "participants-list": f"{_GUESTS}.type.list",
    "participant-text": f"*.{_GUESTS}.values.type.other",
    "role-number": f"{_GUESTS}.values.role.type.other",
    "body-list": "request.body.type.other",
    "valid-from-any-text": "request.validFrom.format.other-text",
    "valid-until-no-zone": "request.validUntil.format.no-zone",
    "valid-from-no-time": "request.validFrom.format.no-time",
    "valid-until-30-february": "request.validUntil.format.impossible-day",
    "guest-any-name": f"{_GUESTS}.keys.observed-pattern.other",
    "request-id-any-text": "request.Repeatability-Request-ID.format.other",
    "first-sent-any-text": "request.Repeatability-First-Sent.format.other-text",
    "participant-null": f"{_GUESTS}.values.null.taken",
    "role-null": f"{_GUESTS}.values.role.null.taken",
    "body-null": "request.body.null.taken",
    "body-absent": "request.body.required.absent",
    "version-absent": "request.api-version.required.absent",
    **{
        f"{word}-any-media-type": f"{operation}.request.body.media-type.any"
        for word, operation in _OPERATIONS.items()
    },
    "merge-patch-refused": "update-room.request.body.media-type.refused",
    "anybody": f"{_ADMIT}.missing-refused.anybody {_WRONG}.anybody",
    "nobody": f"{_ADMIT}.missing-refused.nobody",
    "any-scheme": f"{_WRONG}.other-scheme",
    "create-anybody": f"create-room.{_ADMIT}.missing-refused.anybody",
    "leap-day-refused": "request.validUntil.format.leap-day-refused",
    "fraction-refused": "request.validFrom.format.fraction-refused",
    "offset-refused": "request.validFrom.format.offset-refused",
    "small-t-refused": "request.validUntil.format.small-t-refused",
    "dial-out-true-refused": "request.pstnDialOutEnabled.accepted.true-refused",
    "participants-refused": f"{_GUESTS}.accepted.more-than-3-refused",
    "byte-order-mark": "response.body.json.byte-order-mark",
    "refusal-byte-order-mark": "response.default.body.json.byte-order-mark",
    **{f"{kebab(name)}-type": f"response.{name}.type.other" for name in _FIELDS},
    **{f"{kebab(name)}-format": f"response.{name}.format.other" for name in _TIMES},
    **{f"{kebab(name)}-absent": f"response.{name}.present.absent" for name in _FIELDS},
    "times-null": " ".join(f"response.{name}.null.shown" for name in _TIMES),
    "dial-out-null": "response.pstnDialOutEnabled.null.shown",
    **{
        f"{word}-{name}": f"{operation}.response.{broken}"
        for word, operation in _OPERATIONS.items()
        for name, broken in {
            "id-type": "id.type.other",
            "id-letters": "id.observed-pattern.other",
            "id-absent": "id.present.absent",
            "id-null": "id.null.shown",
            "answer-list": "body.type.list",
            "answer-null": "body.null.shown",
            "answer-cut": "body.type.cut",
        }.items()
    },
    "error-types": f"{_ERROR}code.type.other {_ERROR}message.type.other",
    "error-nulls": f"{_ERROR}code.null.shown {_ERROR}message.null.shown",
    "error-bare": f"{_ERROR}code.present.absent {_ERROR}message.present.absent",
    "detail-types": f"{_ERROR}details.items.*.type.other",
    "detail-nulls": f"{_ERROR}details.items.*.null.shown",
    "detail-empty": f"{_ERROR}details.items.*.present.absent",
    "detail-text": f"{_ERROR}details.items.type.text",
    "detail-null": f"{_ERROR}details.items.null.shown",
    "details-text": f"{_ERROR}details.type.text",
    "details-null": f"{_ERROR}details.null.shown",
    "inner-error-text": f"{_ERROR}innererror.type.text {_ERROR}target.type.other",
    "inner-error-null": f"{_ERROR}innererror.null.shown {_ERROR}target.null.shown",
    "error-text": f"{_ERROR}type.text",
    "error-null": f"{_ERROR}null.shown",
    "error-absent": f"{_ERROR}present.absent",
    "refusal-list": "response.default.body.type.list",
    "refusal-null": "response.default.body.null.shown",
    "refusal-html": "response.default.body.media-type.page",
    "error-code-header-absent": "response.default.x-ms-error-code.present.absent",
    "answer-html": "response.body.media-type.html",
    "create-200": "response.201.status.200",
    "create-202": "response.201.status.202",
    "update-202": "response.200.status.202",
    "update-204": "response.200.status.204",
    "unknown-200": "behaviour.roomId.unknown-refused.200",
    "invalid-200": "create-room.request.body.type.accepting-status",
    "crash-fraction": f"{_CRASH}.valid-until-fraction",
    "crash-offset": f"{_CRASH}.valid-from-offset",
    "crash-empty": f"{_CRASH}.empty-body",
    "crash-many-guests": f"create-room.{_CRASH}.participants-many",
    "crash-invalid": f"{_CRASH}.valid-from-number",
    "crash-unknown": f"update-room.{_CRASH}.unknown",
    "dial-out-default": "request.pstnDialOutEnabled.default.other",
    "valid-from-default": "behaviour.validFrom.default-now.a-day-late",
    "valid-until-default": "behaviour.validUntil.default-now.after-30-days",
    "valid-until-181-days": "behaviour.validUntil.default-now.a-day-late",
    "role-default": "behaviour.participants.listed-default.other",
    "role-lost": "behaviour.participants.listed-echo.consumer-as-attendee",
    "guest-lost": "behaviour.participants.listed-echo.last-lost",
    "roles-shown-wrong": "behaviour.participants.listed-echo.one-for-all",
    "dial-out-ignored": "behaviour.pstnDialOutEnabled.echo.ignored",
    "create-dial-out-ignored": "behaviour.pstnDialOutEnabled.echo.ignored-at-creation",
    "window-swapped": "behaviour.validFrom.echo.swapped-with-valid-until",
    "answer-before": "behaviour.*.echo.answered-before",
    "zone-ignored": "behaviour.validFrom.echo.zone-lost",
    "seconds-lost": "behaviour.validUntil.echo.seconds-lost",
    "day-begins": "behaviour.validFrom.echo.day-begins",
    **{f"{kebab(name)}-reset": f"behaviour.{name}.unchanged.reset" for name in _SET},
    **{f"{kebab(name)}-null-resets": f"behaviour.{name}.null-unchanged.resets" for name in _SET},
    "dial-out-not-stored": "behaviour.pstnDialOutEnabled.unchanged.not-stored",
    "valid-until-not-stored": "behaviour.validUntil.unchanged.not-stored",
    "empty-resets": "behaviour.pstnDialOutEnabled.unchanged.empty-resets",
    "refused-applied": "behaviour.*.unchanged.refused-applied",
    "id-of-one-room": "behaviour.id.server-generated.same",
    "id-changes": "behaviour.id.constant.changes",
    "created-yesterday": "behaviour.createdAt.created-now.yesterday",
    "created-elsewhere": "behaviour.createdAt.created-now.elsewhere",
    "created-moves": "behaviour.createdAt.constant.moves",
    "another-room": "behaviour.roomId.unknown-refused.another-room",
    "executes-again": f"{_REPEAT}.replayed-once.again",
    "remembers-one": f"{_REPEAT}.replayed-once.last-only",
    "repeated-refused": f"{_REPEAT}.replayed-once.409",
    "repeated-200": f"{_REPEAT}.replayed-once.200",
    "repeated-other-room": f"{_REPEAT}.replayed-once.other-room",
    "one-answer-for-all": f"{_REPEAT}.replayed-once.one-for-all",
    "half-a-pair": f"{_REPEAT}.pair-required.half",
    "dial-out-lost-by-second": "behaviour.pstnDialOutEnabled.unchanged.lost-by-second",
    "dial-out-leaks": "behaviour.pstnDialOutEnabled.unchanged.leaks",
    "valid-until-leaks": "behaviour.validUntil.unchanged.leaks",
    "dial-out-8th-not-stored": "behaviour.pstnDialOutEnabled.unchanged.8th-not-stored",
    "read-before": "behaviour.*.read-after-write.before",
    "valid-until-clock-change": "behaviour.validUntil.echo.clock-change",
    "valid-from-night": "behaviour.validFrom.echo.night",
    "made-with-forgotten": "behaviour.pstnDialOutEnabled.unchanged.forgotten-after-creation",
}


def _signs_in(accepts_instead: Callable[[FaultyRequest, Signature], bool]) -> Wrap:
    """Take a call for one that is signed well, if it passes."""

    def before(call: FaultyRequest) -> FaultyRequest:
        identity = call.api.identity
        passes = call.operation and isinstance(identity, Signature) and accepts_instead(call, identity)
        return call.signed() if passes else call

    return passing(before)


def _signed_otherwise(call: FaultyRequest, identity: Signature) -> bool:
    return any(identity.is_signed(replace(call, method=method)) for method in ("GET", "OPTIONS", "POST"))


def _almost(call: FaultyRequest, identity: Signature) -> bool:
    return call.header("authorization")[:-20] == identity.proof(call)[:-20]


def _of_any_body(call: FaultyRequest, identity: Signature) -> bool:
    return call.header("authorization") == identity.proof(call) and bool(call.header("x-ms-date"))


def _of_any_date(call: FaultyRequest, identity: Signature) -> bool:
    return call.header("authorization") == identity.proof(call) and call.header(
        "x-ms-content-sha256"
    ) == digest(call)


def _of_any_host(call: FaultyRequest, identity: Signature) -> bool:
    return call.header("authorization") == identity.proof(call.with_header("host", "roomproof.example"))


OWN = (
    *(
        own(
            id,
            FaultKind.AUTHENTICATION,
            what,
            _signs_in(accepts_instead),
            "behaviour.authentication.wrong-refused",
        )
        for id, what, accepts_instead in (
            ("method-unsigned", "leaves the method out of the signature", _signed_otherwise),
            ("signature-almost", "looks at the first half of a signature only", _almost),
            ("signature-of-any-body", "accepts a signature with the hash of another body", _of_any_body),
            ("signature-of-any-date", "accepts a signature however old it is", _of_any_date),
            ("host-unsigned", "leaves the host out of the signature", _of_any_host),
        )
    ),
    own(
        "any-signature",
        FaultKind.AUTHENTICATION,
        "accepts any signature",
        lets_in(some("HMAC-SHA256"), frozenset(_OPERATIONS.values())),
        "behaviour.authentication.wrong-refused",
    ),
    own(
        "dial-out-lost-by-window",
        FaultKind.STATE,
        "forgets pstnDialOutEnabled where both ends of the window are sent",
        resets("pstnDialOutEnabled", to=False, when=together("validFrom", "validUntil")),
        "behaviour.pstnDialOutEnabled.unchanged",
    ),
    own(
        "pair-refused",
        FaultKind.STATE,
        "rejects participants and pstnDialOutEnabled together",
        rejects_together("participants", "pstnDialOutEnabled"),
        "response.201.status",
    ),
)

faults = offer(NAMES, OWN)
