"""Faults of the SignalWire mock: what it takes and refuses, and whom it lets in."""

from __future__ import annotations

from roomproof.mocks.faults.acceptance import empty, no_object, null, refuses, takes, takes_body, takes_media_type
from roomproof.mocks.faults.admission import almost, anybody, behind, lets_in, naming, nobody, some
from roomproof.mocks.faults.answers import finds_another_room, shows, shows_all
from roomproof.mocks.faults.fault import Fault, Kind
from roomproof.mocks.faults.signalwire.interface import MOMENT, MOMENTS, SESSION, SETTINGS, SWITCHES, TEXTS
from roomproof.mocks.faults.values import above, below, between, constant, exactly, holding, is_null, lacking, longer, of, outside
from roomproof.mocks.signalwire import API_TOKEN, API_TOKEN_WITHOUT_SCOPE, PROJECT_ID

FAULTS: tuple[Fault, ...] = (
    Kind.LIMITS("members-301", "takes 301 members", takes("max_members", exactly(301), 300), "request.max_members.maximum"),
    Kind.LIMITS("members-unlimited", "takes any number of members", takes("max_members", above(300), 300), "request.max_members.maximum"),
    Kind.LIMITS("members-300-refused", "refuses 300 members", refuses("max_members", exactly(300)), "request.max_members.maximum"),
    Kind.LIMITS("members-0", "takes 0 members", takes("max_members", exactly(0), 1), "request.max_members.minimum"),
    Kind.LIMITS("members-negative", "takes fewer than 0 members", takes("max_members", below(0), 1), "request.max_members.minimum"),
    Kind.LIMITS("members-1-refused", "refuses 1 member", refuses("max_members", exactly(1)), "request.max_members.minimum"),
    Kind.LIMITS(
        "display-name-201",
        "takes display names of 201 characters",
        takes("display_name", longer(200, 201), "x"),
        "request.display_name.max-length",
    ),
    Kind.LIMITS(
        "display-name-unlimited",
        "takes display names of any length",
        takes("display_name", longer(200), "x"),
        "request.display_name.max-length",
    ),
    Kind.LIMITS(
        "display-name-cut",
        "takes display names of any length and cuts them",
        takes("display_name", longer(200), lambda text: text[:200], shown=False),
        "request.display_name.max-length",
    ),
    Kind.LIMITS(
        "display-name-in-bytes",
        "counts bytes of display names",
        refuses("display_name", lambda text: isinstance(text, str) and len(text) <= 200 < len(text.encode("utf-8", "replace"))),
        "request.display_name.accepted",
        "request.display_name.max-length",
    ),
    Kind.LIMITS(
        "description-3001",
        "takes descriptions of 3001 characters",
        takes("description", longer(3000, 3001), "x"),
        "request.description.max-length",
    ),
    Kind.LIMITS(
        "description-255",
        "refuses descriptions beyond 255 characters",
        refuses("description", longer(255)),
        "request.description.max-length",
        "request.description.accepted",
    ),
    Kind.LIMITS(
        "remove-after-beyond-int32",
        "takes more seconds than an int32 holds",
        takes("remove_after_seconds_elapsed", above(2**31 - 1), 1),
        "request.remove_after_seconds_elapsed.maximum",
    ),
    Kind.LIMITS(
        "remove-after-below-int32",
        "takes fewer seconds than an int32 holds",
        takes("remove_after_seconds_elapsed", below(-(2**31)), 1),
        "request.remove_after_seconds_elapsed.minimum",
    ),
    Kind.LIMITS(
        "remove-after-200001",
        "takes 200001 seconds and more",
        takes("remove_after_seconds_elapsed", between(200_001, 2**31 - 1), 1),
        "request.remove_after_seconds_elapsed.observed-maximum",
    ),
    Kind.LIMITS(
        "remove-after-0",
        "takes 0 seconds and fewer",
        takes("remove_after_seconds_elapsed", between(-(2**31), 0), 1),
        "request.remove_after_seconds_elapsed.observed-minimum",
    ),
    Kind.LIMITS(
        "members-of-answers",
        "shows more members than there can be",
        shows("max_members", lambda value: value + 300),
        "response.max_members.maximum",
    ),
    Kind.LIMITS("no-members", "shows rooms for nobody", shows("max_members", constant(0)), "response.max_members.minimum"),
    Kind.LIMITS(
        "remove-after-of-answers-high",
        "shows seconds beyond int32",
        shows("remove_after_seconds_elapsed", constant(2**31)),
        "response.remove_after_seconds_elapsed.maximum",
    ),
    Kind.LIMITS(
        "remove-after-of-answers-low",
        "shows seconds below int32",
        shows("remove_after_seconds_elapsed", constant(-(2**40))),
        "response.remove_after_seconds_elapsed.minimum",
    ),
    Kind.LIMITS(
        "texts-of-answers",
        "shows longer texts than there can be",
        shows_all(lambda text: f"{text}" + 3001 * "x", *TEXTS, "name"),
        *(f"response.{name}.max-length" for name in (*TEXTS, "name")),
    ),
    Kind.ENUMS("quality-4k", "takes the quality 4k", takes("quality", exactly("4k"), "720p"), "request.quality.enum"),
    Kind.ENUMS("quality-any", "takes any text for a quality", takes("quality", lacking("^(720|1080)p$"), "720p"), "request.quality.enum"),
    Kind.ENUMS(
        "quality-any-case", "takes qualities in another case", takes("quality", holding("^(720|1080)P$"), str.lower), "request.quality.enum"
    ),
    Kind.ENUMS(
        "quality-1080p-refused",
        "refuses the quality 1080p",
        refuses("quality", exactly("1080p")),
        "request.quality.enum",
        "request.quality.accepted",
    ),
    Kind.ENUMS("quality-of-answers", "shows a quality that there is not", shows("quality", constant("hd")), "response.quality.enum"),
    Kind.ENUMS("layout-any", "takes any text for a layout", takes("layout", of(str), "grid-responsive"), "request.layout.observed-enum"),
    Kind.ENUMS(
        "layout-of-answers", "shows a layout that there is not", shows("layout", constant("circle")), "response.layout.observed-enum"
    ),
    Kind.TYPES("members-fraction", "takes half members", takes("max_members", of(float), 10), "request.max_members.type"),
    Kind.TYPES(
        "remove-after-fraction",
        "takes half seconds",
        takes("remove_after_seconds_elapsed", of(float), 10),
        "request.remove_after_seconds_elapsed.type",
    ),
    *(
        Kind.TYPES(f"{name.replace('_', '-')}-number", f"takes a number for {name}", takes(name, of(int), True), f"request.{name}.type")
        for name in SWITCHES
    ),
    *(
        Kind.TYPES(
            f"{name.replace('_', '-')}-any-type", f"takes any type for {name}", takes(name, outside(str), "x"), f"request.{name}.type"
        )
        for name in TEXTS
    ),
    *(
        Kind.TYPES(
            f"{name.replace('_', '-')}-number", f"takes a number for {name}", takes(name, of(int, float), MOMENT), f"request.{name}.type"
        )
        for name in MOMENTS
    ),
    Kind.TYPES("quality-number", "takes a number for a quality", takes("quality", of(int), "720p"), "request.quality.type"),
    Kind.TYPES("layout-list", "takes a list of layouts", takes("layout", of(list), "5up"), "request.layout.type"),
    Kind.TYPES("body-list", "takes a body that is no object", takes_body(no_object), "request.body.type"),
    *(
        Kind.FORMATS(
            f"{name.replace('_', '-')}-any-text",
            f"takes any text for {name}",
            takes(name, lacking("^[0-9]{4}-"), MOMENT),
            f"request.{name}.any-of",
        )
        for name in MOMENTS
    ),
    Kind.FORMATS(
        "join-from-no-zone", "takes times without a zone", takes("join_from", holding("T[0-9:.]+$"), MOMENT), "request.join_from.any-of"
    ),
    Kind.FORMATS(
        "join-until-30-february",
        "takes days that no calendar has",
        takes("join_until", holding("-(02-(29|30|31)|(04|06|09|11)-31)"), MOMENT),
        "request.join_until.any-of",
    ),
    Kind.FORMATS(
        "id-any-form",
        "takes ids that are no UUIDs for the room's",
        finds_another_room(404),
        "request.id.format",
        "behaviour.id.unknown-refused",
    ),
    *(
        Kind.NULLABILITY(f"{name.replace('_', '-')}-null", f"takes null for {name}", takes(name, is_null, right), f"request.{name}.null")
        for name, right in SESSION.items()
        if name in SETTINGS
    ),
    Kind.NULLABILITY("description-null", "takes null for description", takes("description", is_null, "x"), "request.description.null"),
    Kind.NULLABILITY("body-null", "takes null for a body", takes_body(null), "request.body.null"),
    Kind.PRESENCE("body-absent", "takes an update without a body", takes_body(empty), "request.body.required"),
    Kind.CONTENT_TYPE("any-media-type", "takes a body of any media type", takes_media_type("application/json"), "request.body.media-type"),
    Kind.AUTHENTICATION(
        "anybody", "lets everybody in", lets_in(anybody), "behaviour.authentication.*-refused", "behaviour.authentication.scope-required"
    ),
    Kind.AUTHENTICATION("nobody", "lets in who brings no credentials", lets_in(nobody), "behaviour.authentication.missing-refused"),
    Kind.AUTHENTICATION(
        "any-password", "takes any password", lets_in(naming(lambda user, _: user == PROJECT_ID)), "behaviour.authentication.wrong-refused"
    ),
    Kind.AUTHENTICATION(
        "any-user",
        "takes any user who has the password",
        lets_in(naming(lambda _, password: password == API_TOKEN)),
        "behaviour.authentication.wrong-refused",
    ),
    Kind.AUTHENTICATION(
        "password-begins",
        "looks at the first letters of a password only",
        lets_in(naming(lambda user, password: user == PROJECT_ID and password[:8] == API_TOKEN[:8])),
        "behaviour.authentication.wrong-refused",
    ),
    Kind.AUTHENTICATION(
        "password-empty",
        "takes an empty password",
        lets_in(naming(lambda user, password: user == PROJECT_ID and not password)),
        "behaviour.authentication.wrong-refused",
    ),
    Kind.AUTHENTICATION(
        "password-almost",
        "takes a password in which one letter is another one",
        lets_in(naming(lambda user, password: user == PROJECT_ID and almost(API_TOKEN)(password))),
        "behaviour.authentication.wrong-refused",
    ),
    Kind.AUTHENTICATION(
        "password-as-token",
        "takes the password for a bearer token",
        lets_in(behind(API_TOKEN, "Bearer")),
        "behaviour.authentication.wrong-refused",
    ),
    Kind.AUTHENTICATION(
        "any-scheme", "takes credentials of another scheme", lets_in(some("Bearer")), "behaviour.authentication.wrong-refused"
    ),
    Kind.AUTHENTICATION(
        "no-scope",
        "takes a token without the scope",
        lets_in(naming(lambda _, password: password == API_TOKEN_WITHOUT_SCOPE)),
        "behaviour.authentication.scope-required",
    ),
    Kind.RARE(
        "remove-after-a-day",
        "refuses a day of seconds, and no other number",
        refuses("remove_after_seconds_elapsed", exactly(86_400)),
        "request.remove_after_seconds_elapsed.accepted",
    ),
    Kind.RARE("members-37", "refuses 37 members, and no other number", refuses("max_members", exactly(37)), "request.max_members.accepted"),
    Kind.RARE(
        "leap-day-refused",
        "refuses the 29th of February",
        refuses("remove_at", holding("-02-29")),
        "request.remove_at.accepted",
        "request.remove_at.any-of",
    ),
    Kind.RARE(
        "fraction-refused",
        "refuses fractions of a second",
        refuses("join_from", holding("[.][0-9]")),
        "request.join_from.accepted",
        "request.join_from.any-of",
    ),
    Kind.RARE(
        "offset-refused",
        "refuses times of another zone",
        refuses("join_until", holding("[+-][0-9:]{5}$")),
        "request.join_until.accepted",
        "request.join_until.any-of",
    ),
    Kind.RARE(
        "small-t-refused",
        "refuses a small t in times",
        refuses("remove_at", holding("t")),
        "request.remove_at.accepted",
        "request.remove_at.any-of",
    ),
    Kind.RARE(
        "layout-refused", "refuses the layout grid-responsive", refuses("layout", exactly("grid-responsive")), "request.layout.accepted"
    ),
    *(
        Kind.RARE(f"{name.replace('_', '-')}-refused", f"refuses {name} if true", refuses(name, exactly(True)), f"request.{name}.accepted")
        for name in SWITCHES
    ),
    Kind.RARE(
        "remove-after-4096",
        "refuses 4096 seconds and more",
        refuses("remove_after_seconds_elapsed", between(4096, 200_000)),
        "request.remove_after_seconds_elapsed.accepted",
    ),
)
