"""Faults of the CarrierX mock: what it takes and refuses, and whom it lets in."""

from __future__ import annotations

from typing import Any

from roomproof.mocks.carrierx import PASSWORD, USERNAME
from roomproof.mocks.faults.acceptance import empty, no_object, null, refuses, takes, takes_body, takes_media_type, takes_without
from roomproof.mocks.faults.admission import almost, anybody, behind, lets_in, naming, nobody, some
from roomproof.mocks.faults.answers import finds_another_room, shows
from roomproof.mocks.faults.carrierx.interface import CODE, FIXED, MEMBERS, ROLE, fresh_code
from roomproof.mocks.faults.fault import Fault, Kind, kebab
from roomproof.mocks.faults.values import constant, exactly, holding, is_null, lacking, missing, of, outside

Json = Any
_CODES = "*.request.access_codes"


def _fresh_entry(entry: Json) -> dict[str, Json]:
    """An entry that lacks nothing."""
    return {"access_code": fresh_code(entry), "role": "host", **(entry if isinstance(entry, dict) else {})}


FAULTS: tuple[Fault, ...] = (
    Kind.ENUMS("role-any", "takes any text for a role", takes(ROLE, of(str), "host"), f"{_CODES}.items.role.enum"),
    Kind.ENUMS("role-any-case", "takes roles in another case", takes(ROLE, lacking("^[a-z]+$"), "host"), f"{_CODES}.items.role.enum"),
    Kind.ENUMS(
        "role-participant-refused",
        "refuses the role participant",
        refuses(ROLE, exactly("participant")),
        f"{_CODES}.items.role.enum",
        f"{_CODES}.accepted",
    ),
    Kind.ENUMS(
        "role-of-answers", "shows a role that there is not", shows(ROLE, constant("guest")), "*.response.access_codes.items.role.enum"
    ),
    Kind.FORMATS(
        "code-letters", "takes codes with letters", takes(CODE, lacking("^[0-9]+$"), fresh_code), f"{_CODES}.items.access_code.pattern"
    ),
    Kind.FORMATS("code-empty", "takes empty codes", takes(CODE, exactly(""), fresh_code), f"{_CODES}.items.access_code.pattern"),
    Kind.FORMATS(
        "id-any-form",
        "takes ids that are no UUIDs for the room's",
        finds_another_room(404),
        "*.request.meeting_room_sid.format",
        "*.behaviour.meeting_room_sid.unknown-refused",
    ),
    Kind.TYPES("codes-object", "takes an object for the codes", takes("access_codes", outside(list), []), f"{_CODES}.type"),
    Kind.TYPES("code-number", "takes a number for a code", takes(CODE, outside(str), fresh_code), f"{_CODES}.items.access_code.type"),
    Kind.TYPES("role-number", "takes any type for a role", takes(ROLE, outside(str), "host"), f"{_CODES}.items.role.type"),
    Kind.TYPES(
        "entry-text", "takes a text for an entry of the codes", takes("access_codes.*", outside(dict), _fresh_entry), f"{_CODES}.items.type"
    ),
    Kind.TYPES("properties-any-type", "takes any type for properties", takes("properties", outside(dict), {}), "*.request.properties.type"),
    Kind.TYPES("name-number", "takes any type for a name", takes("name", outside(str), "x"), "*.request.name.type"),
    Kind.TYPES(
        "did-group-number", "takes any type for did_group_sid", takes("did_group_sid", outside(str), None), "*.request.did_group_sid.type"
    ),
    *(
        Kind.TYPES(
            f"{kebab(name)}-any-type",
            f"takes any type for {name}",
            takes(name, outside(str), "x", shown=False),
            f"replace-room.request.{name}.type",
        )
        for name in FIXED
    ),
    Kind.TYPES("body-list", "takes a body that is no object", takes_body(no_object, whole=True), "*.request.body.type"),
    Kind.NULLABILITY("codes-null", "takes null for the codes", takes("access_codes", is_null, []), f"{_CODES}.null"),
    Kind.NULLABILITY(
        "entry-null", "takes null for an entry of the codes", takes("access_codes.*", is_null, _fresh_entry), f"{_CODES}.items.null"
    ),
    Kind.NULLABILITY("code-null", "takes null for a code", takes(CODE, is_null, fresh_code), f"{_CODES}.items.access_code.null"),
    Kind.NULLABILITY("role-null", "takes null for a role", takes(ROLE, is_null, "host"), f"{_CODES}.items.role.null"),
    Kind.NULLABILITY("properties-null", "takes null for properties", takes("properties", is_null, {}), "*.request.properties.null"),
    Kind.NULLABILITY("name-null", "takes null for a name", takes("name", is_null, "x"), "*.request.name.null"),
    *(
        Kind.NULLABILITY(
            f"{kebab(name)}-null", f"takes null for {name}", takes(name, is_null, "x", shown=False), f"replace-room.request.{name}.null"
        )
        for name in FIXED
    ),
    Kind.NULLABILITY(
        "did-group-null-refused",
        "refuses null for did_group_sid",
        refuses("did_group_sid", is_null),
        "*.request.did_group_sid.nullable",
        "*.request.did_group_sid.accepted",
    ),
    Kind.NULLABILITY("body-null", "takes null for a body", takes_body(null, whole=True), "*.request.body.null"),
    *(
        Kind.PRESENCE(
            f"put-without-{kebab(name)}",
            f"takes a PUT without {name}",
            takes_without(name, "replace-room"),
            f"replace-room.request.{name}.required",
        )
        for name in MEMBERS
    ),
    Kind.PRESENCE(
        "entry-without-code",
        "takes an entry without a code",
        takes("access_codes.*", missing("access_code"), _fresh_entry),
        f"{_CODES}.items.access_code.required",
    ),
    Kind.PRESENCE(
        "entry-without-role",
        "takes an entry without a role",
        takes("access_codes.*", missing("role"), _fresh_entry),
        f"{_CODES}.items.role.required",
    ),
    Kind.PRESENCE("body-absent", "takes an update without a body", takes_body(empty, whole=True), "*.request.body.required"),
    Kind.CONTENT_TYPE(
        "any-media-type", "takes a body of any media type", takes_media_type("application/json"), "*.request.body.media-type"
    ),
    Kind.AUTHENTICATION("anybody", "lets everybody in", lets_in(anybody), "*.behaviour.authentication.*-refused"),
    Kind.AUTHENTICATION("nobody", "lets in who brings no credentials", lets_in(nobody), "*.behaviour.authentication.missing-refused"),
    Kind.AUTHENTICATION(
        "any-password", "takes any password", lets_in(naming(lambda user, _: user == USERNAME)), "*.behaviour.authentication.wrong-refused"
    ),
    Kind.AUTHENTICATION(
        "any-user",
        "takes any user who has the password",
        lets_in(naming(lambda _, password: password == PASSWORD)),
        "*.behaviour.authentication.wrong-refused",
    ),
    Kind.AUTHENTICATION(
        "password-begins",
        "looks at the first letters of a password only",
        lets_in(naming(lambda user, password: user == USERNAME and password[:8] == PASSWORD[:8])),
        "*.behaviour.authentication.wrong-refused",
    ),
    Kind.AUTHENTICATION(
        "password-almost",
        "takes a password in which one letter is another one",
        lets_in(naming(lambda user, password: user == USERNAME and almost(PASSWORD)(password))),
        "*.behaviour.authentication.wrong-refused",
    ),
    Kind.AUTHENTICATION(
        "user-almost",
        "takes a user in whom one letter is another one",
        lets_in(naming(lambda user, password: almost(USERNAME)(user) and password == PASSWORD)),
        "*.behaviour.authentication.wrong-refused",
    ),
    Kind.AUTHENTICATION(
        "password-as-token",
        "takes the password for a bearer token",
        lets_in(behind(PASSWORD, "Bearer")),
        "*.behaviour.authentication.wrong-refused",
    ),
    Kind.AUTHENTICATION(
        "any-scheme", "takes credentials of another scheme", lets_in(some("Bearer")), "*.behaviour.authentication.wrong-refused"
    ),
    Kind.AUTHENTICATION(
        "put-anybody", "lets everybody replace rooms", lets_in(anybody, "replace-room"), "replace-room.behaviour.authentication.*-refused"
    ),
    Kind.RARE(
        "codes-refused",
        "refuses more than two codes",
        refuses("access_codes", lambda codes: isinstance(codes, list) and len(codes) > 2),
        "*.request.access_codes.accepted",
    ),
    Kind.RARE("properties-refused", "refuses properties", refuses("properties", of(dict)), "*.request.properties.accepted"),
    Kind.RARE("name-apostrophe", "refuses names with an apostrophe", refuses("name", holding("'")), "*.request.name.accepted"),
    *(
        Kind.RARE(
            f"put-{kebab(name)}-refused",
            f"refuses a PUT that holds {name}",
            refuses(name, of(str), "replace-room"),
            f"replace-room.request.{name}.accepted",
            "replace-room.response.200.status",
        )
        for name in FIXED
    ),
)
