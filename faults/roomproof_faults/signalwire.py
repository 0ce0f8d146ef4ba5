"""Faults of the SignalWire mock: short names for what operators make, and what is its own."""

from __future__ import annotations

import re

from roomproof_faults.border.acceptance import accepts_instead, rejects_together
from roomproof_faults.border.memory import drifts, only, resets, stores, together
from roomproof_faults.border.values import between, constant, exactly
from roomproof_faults.fault import FaultKind
from roomproof_faults.named import offer, own

_ROOM, _SESSION = "response.", "response.active_session."
_MOMENTS = ("join_from", "join_until", "remove_at")
_TEXTS = ("display_name", "description")
_SWITCHES = ("record_on_start", "enable_room_previews", "audio_video_sync")
_SECONDS = "remove_after_seconds_elapsed"
_SETTINGS = (*_TEXTS, "max_members", _SECONDS, "quality", *_MOMENTS, "layout", *_SWITCHES)
_NULL_ELSEWHERE = (*_TEXTS, *_MOMENTS, _SECONDS, "enable_room_previews")
"""What may be null in every response but that to an update."""
_MADE = ("id", "name", "fps", "created_at", "updated_at")


def _kebab(name: str) -> str:
    return name.replace("_", "-")


def _all(*names: str, rule: str, before: str = _ROOM) -> str:
    return " ".join(f"{before}{name}.{rule}" for name in names)


NAMES = {
    "members-301": "request.max_members.maximum.one-above",
    "members-unlimited": "request.max_members.maximum.above",
    "members-300-refused": "request.max_members.maximum.refused",
    "members-0": "request.max_members.minimum.one-below",
    "members-1-refused": "request.max_members.minimum.refused",
    "display-name-201": "request.display_name.max-length.one-above",
    "display-name-unlimited": "request.display_name.max-length.above",
    "display-name-cut": "request.display_name.max-length.cut",
    "display-name-in-bytes": "request.display_name.max-length.in-bytes",
    "description-3001": "request.description.max-length.one-above",
    "description-255": "request.description.max-length.255-at-most",
    "remove-after-beyond-int32": f"*.request.{_SECONDS}.maximum.above",
    "remove-after-below-int32": f"*.request.{_SECONDS}.minimum.below",
    "remove-after-200001": f"request.{_SECONDS}.observed-maximum.above",
    "remove-after-0": f"request.{_SECONDS}.observed-minimum.below",
    "members-of-answers": f"{_ROOM}max_members.maximum.other",
    "no-members": f"{_ROOM}max_members.minimum.other",
    "remove-after-of-answers-high": f"{_ROOM}{_SECONDS}.maximum.other",
    "remove-after-of-answers-low": f"{_ROOM}{_SECONDS}.minimum.other",
    "texts-of-answers": _all(*_TEXTS, "name", rule="max-length.other"),
    "quality-any": "request.quality.enum.other",
    "quality-any-case": "request.quality.enum.other-case",
    "quality-1080p-refused": "request.quality.enum.1080p-refused",
    "quality-of-answers": f"{_ROOM}quality.enum.other",
    "layout-any": "request.layout.observed-enum.other",
    "layout-of-answers": f"{_ROOM}layout.observed-enum.other",
    "members-fraction": "request.max_members.type.fraction",
    "remove-after-fraction": f"request.{_SECONDS}.type.fraction",
    **{f"{_kebab(name)}-number": f"request.{name}.type.integer" for name in _SWITCHES},
    **{f"{_kebab(name)}-any-type": f"request.{name}.type.other" for name in _TEXTS},
    **{f"{_kebab(name)}-number": f"request.{name}.type.number" for name in _MOMENTS},
    "quality-number": "request.quality.type.integer",
    "layout-list": "request.layout.type.list",
    "body-list": "request.body.type.other",
    **{f"{_kebab(name)}-any-text": f"request.{name}.any-of.other-text" for name in _MOMENTS},
    "join-from-no-zone": "request.join_from.any-of.no-zone",
    "join-until-30-february": "request.join_until.any-of.impossible-day",
    "id-any-form": "request.id.format.other",
    **{f"{_kebab(name)}-null": f"request.{name}.null.taken" for name in _SETTINGS},
    "body-null": "request.body.null.taken",
    "body-absent": "request.body.required.absent",
    "any-media-type": "request.body.media-type.any",
    "anybody": _all(
        "missing-refused",
        "wrong-refused",
        "scope-required",
        rule="anybody",
        before="behaviour.authentication.",
    ),
    "nobody": "behaviour.authentication.missing-refused.nobody",
    "any-scheme": "behaviour.authentication.wrong-refused.other-scheme",
    **{
        name: f"behaviour.authentication.wrong-refused.{name}"
        for name in (
            "any-password",
            "any-user",
            "password-begins",
            "password-empty",
            "password-almost",
            "password-as-token",
        )
    },
    "no-scope": "behaviour.authentication.scope-required.unscoped",
    "remove-after-a-day": f"request.{_SECONDS}.accepted.a-day-refused",
    "members-37": "request.max_members.accepted.37-refused",
    "leap-day-refused": "request.remove_at.any-of.leap-day-refused",
    "fraction-refused": "request.join_from.any-of.fraction-refused",
    "offset-refused": "request.join_until.any-of.offset-refused",
    "small-t-refused": "request.remove_at.any-of.small-t-refused",
    "layout-refused": "request.layout.observed-enum.grid-responsive-refused",
    **{f"{_kebab(name)}-refused": f"request.{name}.accepted.true-refused" for name in _SWITCHES},
    "remove-after-4096": f"request.{_SECONDS}.accepted.4096-refused",
    "byte-order-mark": "response.body.json.byte-order-mark",
    **{
        f"{_kebab(name)}-type": f"{'*.' if name in _NULL_ELSEWHERE else ''}{_ROOM}{name}.type.other"
        for name in (*_MADE, *_SETTINGS)
    },
    **{
        f"{_kebab(name)}-format": f"{_ROOM}{name}.format.other"
        for name in ("id", *_MOMENTS, "created_at", "updated_at")
    },
    "name-with-blanks": f"{_ROOM}name.pattern.other",
    "settings-null": _all(*_SETTINGS, rule="null.shown"),
    "made-by-provider-null": _all(*_MADE, rule="null.shown"),
    "settings-absent": _all(*_SETTINGS, rule="present.absent"),
    "made-by-provider-absent": _all(*_MADE, rule="present.absent"),
    "session-types": f"{_SESSION}*.type.other",
    "session-nulls": f"{_SESSION}*.null.shown",
    "session-times": _all(*_MOMENTS, "start_time", "end_time", rule="format.other", before=_SESSION),
    "session-ids": _all("id", "room_id", rule="format.other", before=_SESSION),
    "session-quality": (
        f"{_SESSION}quality.enum.other "
        f"{_SESSION}layout.observed-enum.other {_SESSION}status.observed-enum.other"
    ),
    "session-fps": f"{_SESSION}fps.enum.other",
    "session-limits": f"{_SESSION}{_SECONDS}.maximum.other {_SESSION}display_name.max-length.other",
    "session-display-name": f"{_SESSION}display_name.max-length.other",
    "session-seconds-low": f"{_SESSION}{_SECONDS}.minimum.other",
    "session-elsewhere": "behaviour.active_session.room_id.fields-agree.other",
    "session-defaults": "behaviour.active_session.display_name.default-from.other"
    " behaviour.active_session.layout.default-value.other",
    "session-text": f"{_SESSION}type.text",
    "session-null": f"{_SESSION}null.shown",
    "answer-list": "response.body.type.list",
    "answer-null": "response.body.null.shown",
    "answer-cut": "response.body.type.cut",
    "answer-html": "response.body.media-type.html",
    "status-202": "response.200.status.202",
    "status-204": "response.200.status.204",
    "unknown-200": "behaviour.id.unknown-refused.200",
    "invalid-200": "request.body.type.accepting-status",
    "unauthenticated-200": "behaviour.authentication.missing-refused.200",
    "crash-emoji": "behaviour.any-input.no-server-error.display-name-emoji",
    "crash-percent": "behaviour.any-input.no-server-error.description-percent",
    "crash-long": "behaviour.any-input.no-server-error.description-very-long",
    "crash-date": "behaviour.any-input.no-server-error.remove-at-date",
    "crash-far-year": "behaviour.any-input.no-server-error.join-until-far-year",
    "crash-times": "behaviour.any-input.no-server-error.all-times",
    "crash-invalid": "behaviour.any-input.no-server-error.max-members-text",
    "crash-unknown": "behaviour.any-input.no-server-error.unknown",
    "members-default": "request.max_members.default.other",
    "quality-default": "request.quality.default.other",
    "layout-default": "request.layout.default.other",
    "display-name-default": "behaviour.display_name.default-from.other",
    "members-ignored": "behaviour.max_members.echo.ignored",
    **{
        f"{_kebab(name)}-ignored": f"behaviour.{name}.echo.ignored"
        for name in (*_SWITCHES, "quality", "layout", _SECONDS)
    },
    "names-swapped": "behaviour.display_name.echo.swapped-with-description",
    "times-swapped": "behaviour.join_from.echo.swapped-with-join-until",
    "answer-before": "behaviour.*.echo.answered-before",
    "display-name-title": "behaviour.display_name.echo.title",
    "description-one-line": "behaviour.description.echo.one-line",
    **{f"{_kebab(name)}-noon": f"behaviour.{name}.date-only.noon" for name in _MOMENTS},
    "zone-lost": "behaviour.remove_at.echo.zone-lost",
    **{f"{_kebab(name)}-reset": f"behaviour.{name}.kept-or-default.reset" for name in _SETTINGS},
    "empty-changes": "behaviour.max_members.kept-or-default.empty-resets",
    "refused-applied": "behaviour.*.kept-or-default.refused-applied",
    "id-changes": "behaviour.id.constant.never-the-same",
    "one-room": "behaviour.id.server-generated.one-room",
    "id-of-body": "behaviour.id.constant.of-body",
    "name-of-body": "behaviour.name.constant.of-body",
    "created-moves": "behaviour.created_at.constant.moves",
    "quality-lost-by-second": "behaviour.quality.kept-or-default.lost-by-second",
    "layout-10th-lost": "behaviour.layout.echo.10th-lost",
    "read-before": "behaviour.*.read-after-write.before",
    "read-of-members": "behaviour.max_members.read-after-write.default",
    "members-leak": "behaviour.max_members.kept-or-default.leaks",
    "display-name-leaks": "behaviour.display_name.kept-or-default.leaks",
    "join-until-month-end": "behaviour.join_until.echo.month-end",
    "members-299-lost": "behaviour.max_members.echo.one-below-limit-lost",
    "display-name-128": "behaviour.display_name.echo.cut-at-128",
    "description-astral": "behaviour.description.echo.astral",
}


def _named_after(display_name: str) -> str:
    return re.sub("[^A-Za-z0-9_-]", "-", display_name)[:100] or "-"


OWN = (
    own(
        "members-negative",
        FaultKind.LIMITS,
        "accepts fewer than 0 members",
        accepts_instead("max_members", between(-(2**63), -1), 1),
        "request.max_members.minimum",
    ),
    own(
        "quality-4k",
        FaultKind.ENUMS,
        "accepts the quality 4k",
        accepts_instead("quality", exactly("4k"), "720p"),
        "request.quality.enum",
    ),
    own(
        "members-capped",
        FaultKind.ECHO,
        "keeps more than 250 members as 250",
        stores("max_members", constant(250), between(251, 300)),
        "behaviour.max_members.echo",
    ),
    own(
        "name-of-display-name",
        FaultKind.IDENTITY,
        "accepts the display name for the name",
        drifts(
            "name",
            lambda moment: _named_after(moment.sent["display_name"]),
            lambda moment: isinstance(moment.sent.get("display_name"), str),
        ),
        "behaviour.name.constant",
    ),
    own(
        "members-lost-by-pair",
        FaultKind.STATE,
        "changes max_members where quality and layout are sent together",
        resets("max_members", to=6, when=together("quality", "layout")),
        "behaviour.max_members.kept-or-default",
    ),
    own(
        "members-by-layout",
        FaultKind.STATE,
        "changes max_members where only layout is named",
        resets("max_members", to=6, when=only("layout")),
        "behaviour.max_members.kept-or-default",
    ),
    own(
        "pair-refused",
        FaultKind.STATE,
        "rejects record_on_start and layout together",
        rejects_together("record_on_start", "layout"),
        "response.200.status",
    ),
    own(
        "remove-after-an-hour",
        FaultKind.RARE,
        "keeps an hour of seconds as a minute",
        stores(_SECONDS, constant(60), exactly(3600)),
        f"behaviour.{_SECONDS}.echo",
    ),
)

faults = offer(NAMES, OWN)
