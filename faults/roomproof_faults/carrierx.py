"""Faults of the CarrierX mock: short names for what operators make, and what is its own."""

from __future__ import annotations

from roomproof_faults.border.memory import keeps, only, resets, stores, together
from roomproof_faults.border.values import Change, altered, constant, exactly, where
from roomproof_faults.fault import FaultKind, kebab
from roomproof_faults.named import offer, own

_ROOM, _ENTRY = "response.", "request.access_codes.items"
_SETTINGS = ("access_codes", "properties", "did_group_sid", "name")
_FIXED = ("account_sid", "meeting_room_sid")
_CRASH, _WRONG = "behaviour.any-input.no-server-error", "behaviour.authentication.wrong-refused"

NAMES = {
    "role-any": f"{_ENTRY}.role.enum.other",
    "role-any-case": f"{_ENTRY}.role.enum.other-case",
    "role-participant-refused": f"{_ENTRY}.role.enum.participant-refused",
    "role-of-answers": f"{_ROOM}access_codes.items.role.enum.other",
    "code-letters": f"{_ENTRY}.access_code.pattern.other",
    "code-empty": f"{_ENTRY}.access_code.pattern.empty",
    "id-any-form": "request.meeting_room_sid.format.other",
    "codes-object": "request.access_codes.type.other",
    "code-number": f"{_ENTRY}.access_code.type.other",
    "role-number": f"{_ENTRY}.role.type.other",
    "entry-text": f"{_ENTRY}.type.other",
    "properties-any-type": "request.properties.type.other",
    "name-number": "request.name.type.other",
    "did-group-number": "request.did_group_sid.type.other",
    **{f"{kebab(name)}-any-type": f"request.{name}.type.other" for name in _FIXED},
    "body-list": "request.body.type.other",
    "codes-null": "request.access_codes.null.taken",
    "entry-null": f"{_ENTRY}.null.taken",
    "code-null": f"{_ENTRY}.access_code.null.taken",
    "role-null": f"{_ENTRY}.role.null.taken",
    **{f"{kebab(name)}-null": f"request.{name}.null.taken" for name in ("properties", "name", *_FIXED)},
    "did-group-null-refused": "request.did_group_sid.nullable.refused",
    "body-null": "request.body.null.taken",
    **{f"put-without-{kebab(name)}": f"request.{name}.required.absent" for name in (*_SETTINGS, *_FIXED)},
    "entry-without-code": f"{_ENTRY}.access_code.required.absent",
    "entry-without-role": f"{_ENTRY}.role.required.absent",
    "body-absent": "request.body.required.absent",
    "any-media-type": "request.body.media-type.any",
    "anybody": f"behaviour.authentication.missing-refused.anybody {_WRONG}.anybody",
    "nobody": "behaviour.authentication.missing-refused.nobody",
    **{
        name: f"{_WRONG}.{name}"
        for name in (
            "any-password",
            "any-user",
            "password-begins",
            "password-almost",
            "user-almost",
            "password-as-token",
        )
    },
    "any-scheme": f"{_WRONG}.other-scheme",
    "put-anybody": (
        f"replace-room.behaviour.authentication.missing-refused.anybody replace-room.{_WRONG}.anybody"
    ),
    "codes-refused": "request.access_codes.accepted.more-than-2-refused",
    "properties-refused": "request.properties.accepted.refused",
    "name-apostrophe": "request.name.accepted.apostrophe-refused",
    **{f"put-{kebab(name)}-refused": f"request.{name}.accepted.refused" for name in _FIXED},
    "byte-order-mark": "response.body.json.byte-order-mark",
    **{f"{kebab(name)}-type": f"{_ROOM}{name}.type.other" for name in (*_SETTINGS, *_FIXED)},
    "access-codes-access-code-type": f"{_ROOM}access_codes.items.access_code.type.other",
    "access-codes-role-type": f"{_ROOM}access_codes.items.role.type.other",
    "entry-shown-as-text": f"{_ROOM}access_codes.items.type.text",
    "did-group-of-answers": f"{_ROOM}did_group_sid.type.constant",
    **{f"{kebab(name)}-format": f"{_ROOM}{name}.format.other" for name in _FIXED},
    "code-of-answers": f"{_ROOM}access_codes.items.access_code.pattern.other",
    **{f"{kebab(name)}-absent": f"{_ROOM}{name}.present.absent" for name in (*_SETTINGS, *_FIXED)},
    "entry-empty": f"{_ROOM}access_codes.items.*.present.absent",
    "settings-null": f"{_ROOM}access_codes.null.shown {_ROOM}properties.null.shown {_ROOM}name.null.shown",
    "ids-null": f"{_ROOM}account_sid.null.shown {_ROOM}meeting_room_sid.null.shown",
    "entry-members-null": (
        f"{_ROOM}access_codes.items.access_code.null.shown {_ROOM}access_codes.items.role.null.shown"
    ),
    "entries-null": f"{_ROOM}access_codes.items.null.shown",
    "answer-list": "response.body.type.list",
    "answer-null": "response.body.null.shown",
    "answer-cut": "response.body.type.cut",
    "answer-html": "response.body.media-type.html",
    "status-202": "response.200.status.202",
    "put-201": "replace-room.response.200.status.201",
    "patch-204": "update-room.response.200.status.204",
    "unknown-200": "behaviour.meeting_room_sid.unknown-refused.200",
    "invalid-200": "request.body.type.accepting-status",
    "unauthenticated-200": "behaviour.authentication.missing-refused.200",
    "crash-emoji": f"{_CRASH}.name-emoji",
    "crash-quote": f"{_CRASH}.name-quote",
    "crash-empty-properties": f"{_CRASH}.properties-empty",
    "crash-many-codes": f"{_CRASH}.access-codes-many",
    "crash-whole-patch": f"update-room.{_CRASH}.all-fields",
    "crash-invalid": f"{_CRASH}.name-list",
    "crash-unknown": f"{_CRASH}.unknown",
    **{
        f"{kebab(name)}-ignored": f"behaviour.{name}.echo.ignored"
        for name in ("access_codes", "properties", "name")
    },
    "did-group-null-lost": "behaviour.did_group_sid.echo.null-as-text",
    "put-name-ignored": "replace-room.behaviour.name.echo.ignored",
    "last-code-lost": "behaviour.access_codes.echo.last-lost",
    "answer-before": "behaviour.*.echo.answered-before",
    "name-upper": "behaviour.name.echo.upper",
    "name-one-blank": "behaviour.name.echo.one-blank",
    "put-merges-properties": "replace-room.behaviour.properties.echo.merged",
    "access-codes-reset": "behaviour.access_codes.unchanged.reset",
    "properties-reset": "behaviour.properties.unchanged.reset",
    "did-group-sid-reset": "behaviour.did_group_sid.unchanged.changed",
    "name-reset": "behaviour.name.unchanged.reset",
    "name-not-stored": "behaviour.name.unchanged.not-stored",
    "refused-applied": "behaviour.*.unchanged.refused-applied",
    "sid-changes": "behaviour.meeting_room_sid.constant.never-the-same",
    "one-room": "behaviour.meeting_room_sid.server-generated.one-room",
    "account-changes": "behaviour.account_sid.constant.moves",
    **{f"{kebab(name)}-of-body": f"behaviour.{name}.read-only.of-body" for name in _FIXED},
    "code-of-another": "behaviour.access_codes.unique.of-another",
    "name-lost-by-second": "behaviour.name.unchanged.lost-by-second",
    "properties-9th-not-stored": "behaviour.properties.unchanged.9th-not-stored",
    "code-stays-taken": "behaviour.access_codes.unique.stays-taken",
    "read-before": "behaviour.*.read-after-write.before",
    "name-leaks": "behaviour.name.unchanged.leaks",
    "properties-leak": "behaviour.properties.unchanged.leaks",
    "properties-shallow": "behaviour.properties.echo.shallow",
    "properties-falsy": "behaviour.properties.echo.falsy-lost",
    "name-literal": "behaviour.name.echo.literal",
    "name-cut-at-64": "behaviour.name.echo.cut-at-64",
    "name-astral": "behaviour.name.echo.astral",
}


def _of_entries(change: Change, field_name: str) -> Change:
    return lambda codes: altered(codes, ("*", field_name), change)


OWN = (
    own(
        "put-codes-not-stored",
        FaultKind.UPDATE,
        "answers a PUT with the new codes and does not store them",
        keeps("access_codes", layer="later", on=frozenset({"replace-room"})),
        "behaviour.access_codes.unchanged",
    ),
    own(
        "roles-lost",
        FaultKind.ECHO,
        "makes listeners participants",
        stores("access_codes", _of_entries(where(exactly("listener"), constant("participant")), "role")),
        "behaviour.access_codes.echo",
    ),
    own(
        "code-zeros-lost",
        FaultKind.NORMALISATION,
        "drops zeros in front of codes",
        stores("access_codes", _of_entries(lambda code: code.lstrip("0") or "0", "access_code")),
        "behaviour.access_codes.echo",
    ),
    own(
        "name-lost-by-pair",
        FaultKind.STATE,
        "forgets the name where properties and did_group_sid are sent together",
        resets("name", to="", when=together("properties", "did_group_sid")),
        "behaviour.name.unchanged",
    ),
    own(
        "properties-by-name",
        FaultKind.STATE,
        "forgets the properties where only the name is named",
        resets("properties", to={}, when=only("name")),
        "behaviour.properties.unchanged",
    ),
)

faults = offer(NAMES, OWN)
