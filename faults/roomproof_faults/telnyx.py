"""Faults of the Telnyx mock: short names for what operators make, and what is its own."""

from __future__ import annotations

from roomproof_faults.border.acceptance import accepts_instead, rejects_together
from roomproof_faults.border.memory import only, resets, stores, together
from roomproof_faults.border.values import between, constant, exactly
from roomproof_faults.fault import FaultKind
from roomproof_faults.named import offer, own

_FIELDS = {
    "name": "unique_name",
    "max": "max_participants",
    "recording": "enable_recording",
    "url": "webhook_event_url",
    "failover": "webhook_event_failover_url",
    "timeout": "webhook_timeout_secs",
}
_ROOM, _SESSION = "response.data.", "response.data.sessions.items."
_MADE = ("id", "record_type", "created_at", "updated_at")
_NULL_ELSEWHERE = ("unique_name", "webhook_event_url")
"""What may be null in every response but that to an update."""

NAMES = {
    "max-51": "request.max_participants.maximum.one-above",
    "max-unlimited": "request.max_participants.maximum.above",
    "max-capped": "request.max_participants.maximum.capped",
    "max-50-refused": "request.max_participants.maximum.refused",
    "max-1": "request.max_participants.minimum.one-below",
    "max-2-refused": "request.max_participants.minimum.refused",
    "timeout-31": "request.webhook_timeout_secs.maximum.one-above",
    "timeout-30-refused": "request.webhook_timeout_secs.maximum.refused",
    "timeout-negative": "request.webhook_timeout_secs.observed-minimum.below",
    "limits-of-answers": f"{_ROOM}max_participants.maximum.other {_ROOM}webhook_timeout_secs.maximum.other",
    "no-participants": f"{_ROOM}max_participants.minimum.other",
    "max-fraction": "request.max_participants.type.fraction",
    "max-boolean": "request.max_participants.type.boolean",
    "timeout-list": "request.webhook_timeout_secs.type.list",
    "recording-number": "request.enable_recording.type.integer",
    "name-object": "request.unique_name.type.object request.unique_name.type.list",
    "url-any-type": "request.webhook_event_url.type.other",
    "failover-any-type": "request.webhook_event_failover_url.type.other",
    "body-list": "request.body.type.other",
    "url-no-scheme": "request.webhook_event_url.format.no-scheme",
    "failover-no-scheme": "request.webhook_event_failover_url.format.no-scheme",
    "id-any-form": "request.room_id.format.other",
    "failover-null-refused": "request.webhook_event_failover_url.nullable.refused",
    "timeout-null-refused": "request.webhook_timeout_secs.nullable.refused",
    **{f"{name}-null": f"request.{_FIELDS[name]}.null.taken" for name in ("max", "recording", "name", "url")},
    "body-null": "request.body.null.taken",
    "body-absent": "request.body.required.absent",
    "any-media-type": "request.body.media-type.any",
    "anybody": (
        "behaviour.authentication.missing-refused.anybody behaviour.authentication.wrong-refused.anybody"
    ),
    "nobody": "behaviour.authentication.missing-refused.nobody",
    "any-scheme": "behaviour.authentication.wrong-refused.other-scheme",
    **{
        name: f"behaviour.authentication.wrong-refused.{name}"
        for name in (
            "any-token",
            "token-begins",
            "token-longer",
            "token-any-case",
            "token-almost",
            "token-in-basic",
            "token-any-scheme",
            "scheme-alone",
        )
    },
    "name-date": "request.unique_name.accepted.date-refused",
    "max-37": "request.max_participants.accepted.37-refused",
    "timeout-17": "request.webhook_timeout_secs.accepted.17-refused",
    "name-apostrophe": "request.unique_name.accepted.apostrophe-refused",
    "recording-true-refused": "request.enable_recording.accepted.true-refused",
    "url-port-refused": "request.webhook_event_url.format.port-refused",
    "failover-query-refused": "request.webhook_event_failover_url.format.query-refused",
    "byte-order-mark": "response.body.json.byte-order-mark",
    **{
        f"{name.replace('_', '-')}-type": f"{'*.' if name in _NULL_ELSEWHERE else ''}{_ROOM}{name}.type.other"
        for name in (*_MADE, *_FIELDS.values(), "sessions")
    },
    "active-session-type": f"*.{_ROOM}active_session_id.type.constant",
    "active-session-format": f"{_ROOM}active_session_id.format.constant",
    **{
        f"{name.replace('_', '-')}-format": f"{_ROOM}{name}.format.other"
        for name in ("id", "created_at", "updated_at", "webhook_event_url", "webhook_event_failover_url")
    },
    "settings-null": f"{_ROOM}max_participants.null.shown {_ROOM}enable_recording.null.shown",
    "texts-null": f"{_ROOM}unique_name.null.shown {_ROOM}webhook_event_url.null.shown",
    "made-by-provider-null": " ".join(f"{_ROOM}{name}.null.shown" for name in (*_MADE, "sessions")),
    "settings-absent": " ".join(
        f"{_ROOM}{_FIELDS[name]}.present.absent" for name in ("name", "max", "recording")
    ),
    "webhooks-absent": f"{_ROOM}webhook_*.present.absent",
    "made-by-provider-absent": " ".join(
        f"{_ROOM}{name}.present.absent" for name in (*_MADE, "active_session_id", "sessions")
    ),
    "record-type": f"*-room.{_ROOM}record_type.const.other",
    "session-record-type": f"{_SESSION}record_type.const.other",
    "session-types": f"{_SESSION}*.type.other",
    "session-nulls": f"{_SESSION}*.null.shown",
    "session-empty": f"{_SESSION}*.present.absent",
    "session-formats": f"{_SESSION}*.format.other",
    "session-elsewhere": "behaviour.sessions.items.room_id.fields-agree.other",
    "session-not-the-active-one": "behaviour.active_session_id.fields-agree.other",
    "session-text": f"{_SESSION}type.text",
    "session-null": f"{_SESSION}null.shown",
    "data-absent": "response.data.present.absent",
    "data-null": "response.data.null.shown",
    "data-list": "*-room.response.data.type.other",
    "answer-list": "response.body.type.list",
    "answer-null": "response.body.null.shown",
    "answer-cut": "response.body.type.cut",
    "answer-html": "response.body.media-type.html",
    "status-201": "response.200.status.201",
    "status-204": "response.200.status.204",
    "unauthenticated-403": "response.401.status.403",
    "unknown-400": "response.404.status.400",
    "unknown-200": "behaviour.room_id.unknown-refused.200",
    "invalid-200": "request.body.type.accepting-status",
    "invalid-400": "response.422.status.400",
    "crash-emoji": "behaviour.any-input.no-server-error.unique-name-emoji",
    "crash-quote": "behaviour.any-input.no-server-error.unique-name-quote",
    "crash-long-name": "behaviour.any-input.no-server-error.unique-name-long",
    "crash-all": "behaviour.any-input.no-server-error.all-fields",
    "crash-empty": "behaviour.any-input.no-server-error.empty-body",
    "crash-nulls": "behaviour.any-input.no-server-error.all-null",
    "crash-invalid": "behaviour.any-input.no-server-error.max-participants-list",
    "crash-unknown": "behaviour.any-input.no-server-error.unknown",
    "max-default": "request.max_participants.default.other",
    "max-ignored": "behaviour.max_participants.echo.ignored",
    "recording-true-ignored": "behaviour.enable_recording.echo.true-ignored",
    "recording-false-ignored": "behaviour.enable_recording.echo.false-ignored",
    "timeout-null-ignored": "behaviour.webhook_timeout_secs.echo.null-ignored",
    "timeout-0-null": "behaviour.webhook_timeout_secs.echo.zero-as-null",
    "addresses-swapped": "behaviour.webhook_event_url.echo.swapped-with-webhook-event-failover-url",
    "answer-before": "behaviour.*.echo.answered-before",
    "name-lower": "behaviour.unique_name.echo.lower",
    "name-as-number": "behaviour.unique_name.echo.as-number",
    "name-ascii": "behaviour.unique_name.echo.ascii",
    "name-escaped": "behaviour.unique_name.echo.escaped",
    "url-query-lost": "behaviour.webhook_event_url.echo.query-lost",
    "url-http": "behaviour.webhook_event_url.echo.http",
    "url-other-host": "behaviour.webhook_event_url.echo.other-host",
    "failover-no-port": "behaviour.webhook_event_failover_url.echo.port-lost",
    **{
        f"{name}-reset": f"behaviour.{_FIELDS[name]}.unchanged.reset"
        for name in ("recording", "max", "timeout", "failover")
    },
    "name-not-stored": "behaviour.unique_name.unchanged.not-stored",
    "max-not-stored": "behaviour.max_participants.unchanged.not-stored",
    "empty-resets": "behaviour.enable_recording.unchanged.empty-resets",
    "refused-applied": "behaviour.*.unchanged.refused-applied",
    "id-changes": "behaviour.id.constant.never-the-same",
    "one-room": "behaviour.id.server-generated.one-room",
    "id-of-body": "behaviour.id.constant.of-body",
    "created-moves": "behaviour.created_at.constant.moves",
    "created-of-body": "behaviour.created_at.constant.of-body",
    "name-of-another": "behaviour.unique_name.unique.of-another",
    "url-lost-by-second": "behaviour.webhook_event_url.unchanged.lost-by-second",
    "max-11th-not-stored": "behaviour.max_participants.unchanged.11th-not-stored",
    "name-stays-taken": "behaviour.unique_name.unique.stays-taken",
    "read-before": "behaviour.*.read-after-write.before",
    "read-of-url": "behaviour.webhook_event_url.read-after-write.null",
    "recording-leaks": "behaviour.enable_recording.unchanged.leaks",
    "max-leaks": "behaviour.max_participants.unchanged.leaks",
    "name-cut-at-128": "behaviour.unique_name.echo.cut-at-128",
    "name-astral": "behaviour.unique_name.echo.astral",
}

_MAX, _TIMEOUT, _URL = "max_participants", "webhook_timeout_secs", "webhook_event_url"
OWN = (
    own(
        "max-64",
        FaultKind.LIMITS,
        "accepts up to 64 participants",
        accepts_instead(_MAX, between(51, 64), 50),
        f"request.{_MAX}.maximum",
    ),
    own(
        "max-0",
        FaultKind.LIMITS,
        "accepts 0 participants, as if that were no limit",
        accepts_instead(_MAX, exactly(0), 2),
        f"request.{_MAX}.minimum",
    ),
    own(
        "max-negative",
        FaultKind.LIMITS,
        "accepts -1 participants",
        accepts_instead(_MAX, exactly(-1), 2),
        f"request.{_MAX}.minimum",
    ),
    own(
        "timeout-300",
        FaultKind.LIMITS,
        "accepts up to 300 seconds",
        accepts_instead(_TIMEOUT, between(31, 300), 30),
        f"request.{_TIMEOUT}.maximum",
    ),
    own(
        "max-stops-at-45",
        FaultKind.ECHO,
        "keeps more than 45 participants as 45",
        stores(_MAX, constant(45), between(46, 50)),
        f"behaviour.{_MAX}.echo",
    ),
    own(
        "max-41-lost",
        FaultKind.RARE,
        "keeps 41 participants as 40",
        stores(_MAX, constant(40), exactly(41)),
        f"behaviour.{_MAX}.echo",
    ),
    own(
        "url-lost-by-pair",
        FaultKind.STATE,
        "forgets the address where participants and seconds are sent together",
        resets(_URL, to="https://lost.example/", when=together(_MAX, _TIMEOUT)),
        f"behaviour.{_URL}.unchanged",
    ),
    own(
        "timeout-by-recording",
        FaultKind.STATE,
        "forgets the seconds where only enable_recording is named",
        resets(_TIMEOUT, to=None, when=only("enable_recording")),
        f"behaviour.{_TIMEOUT}.unchanged",
    ),
    own(
        "pair-refused",
        FaultKind.STATE,
        "rejects enable_recording and webhook_timeout_secs together",
        rejects_together("enable_recording", _TIMEOUT),
        "response.200.status",
    ),
)

faults = offer(NAMES, OWN)
