"""Faults of the Telnyx mock: what it takes and refuses, and whom it lets in."""

from __future__ import annotations

from roomproof.mocks.faults.acceptance import empty, no_object, null, refuses, takes, takes_body, takes_media_type
from roomproof.mocks.faults.admission import almost, anybody, bearing, behind, lets_in, naming, nobody, some
from roomproof.mocks.faults.answers import finds_another_room, shows, shows_all
from roomproof.mocks.faults.fault import Fault, Kind
from roomproof.mocks.faults.telnyx.interface import fresh_name
from roomproof.mocks.faults.values import above, below, between, constant, exactly, holding, is_null, lacking, of, outside, where
from roomproof.mocks.telnyx import API_KEY

_GOOD_URL = "https://example.com/hook"

FAULTS: tuple[Fault, ...] = (
    Kind.LIMITS("max-51", "takes 51 participants", takes("max_participants", exactly(51), 50), "request.max_participants.maximum"),
    Kind.LIMITS(
        "max-64", "takes up to 64 participants", takes("max_participants", between(51, 64), 50), "request.max_participants.maximum"
    ),
    Kind.LIMITS(
        "max-unlimited", "takes any number of participants", takes("max_participants", above(50), 50), "request.max_participants.maximum"
    ),
    Kind.LIMITS(
        "max-capped",
        "takes too many participants and makes 50 of them",
        takes("max_participants", above(50), 50, shown=False),
        "request.max_participants.maximum",
    ),
    Kind.LIMITS("max-50-refused", "refuses 50 participants", refuses("max_participants", exactly(50)), "request.max_participants.maximum"),
    Kind.LIMITS("max-1", "takes 1 participant", takes("max_participants", exactly(1), 2), "request.max_participants.minimum"),
    Kind.LIMITS(
        "max-0",
        "takes 0 participants, as if that were no limit",
        takes("max_participants", exactly(0), 2),
        "request.max_participants.minimum",
    ),
    Kind.LIMITS("max-negative", "takes -1 participants", takes("max_participants", exactly(-1), 2), "request.max_participants.minimum"),
    Kind.LIMITS("max-2-refused", "refuses 2 participants", refuses("max_participants", exactly(2)), "request.max_participants.minimum"),
    Kind.LIMITS("timeout-31", "takes 31 seconds", takes("webhook_timeout_secs", exactly(31), 30), "request.webhook_timeout_secs.maximum"),
    Kind.LIMITS(
        "timeout-300",
        "takes up to 300 seconds",
        takes("webhook_timeout_secs", between(31, 300), 30),
        "request.webhook_timeout_secs.maximum",
    ),
    Kind.LIMITS(
        "timeout-30-refused", "refuses 30 seconds", refuses("webhook_timeout_secs", exactly(30)), "request.webhook_timeout_secs.maximum"
    ),
    Kind.LIMITS(
        "timeout-negative",
        "takes negative seconds",
        takes("webhook_timeout_secs", below(0), 0),
        "request.webhook_timeout_secs.observed-minimum",
    ),
    Kind.LIMITS(
        "limits-of-answers",
        "shows more participants and seconds than there can be",
        shows_all(where(above(0), lambda value: value + 100), "max_participants", "webhook_timeout_secs"),
        "response.data.max_participants.maximum",
        "response.data.webhook_timeout_secs.maximum",
    ),
    Kind.LIMITS(
        "no-participants", "shows rooms for nobody", shows("max_participants", constant(0)), "response.data.max_participants.minimum"
    ),
    Kind.TYPES("max-fraction", "takes half participants", takes("max_participants", of(float), 10), "request.max_participants.type"),
    Kind.TYPES(
        "max-boolean", "takes true for a number of participants", takes("max_participants", of(bool), 10), "request.max_participants.type"
    ),
    Kind.TYPES("timeout-list", "takes a list of seconds", takes("webhook_timeout_secs", of(list), 10), "request.webhook_timeout_secs.type"),
    Kind.TYPES(
        "recording-number", "takes a number for enable_recording", takes("enable_recording", of(int), True), "request.enable_recording.type"
    ),
    Kind.TYPES("name-object", "takes an object for a name", takes("unique_name", of(dict, list), fresh_name), "request.unique_name.type"),
    Kind.TYPES(
        "url-any-type",
        "takes any type for the address of webhooks",
        takes("webhook_event_url", outside(str), _GOOD_URL),
        "request.webhook_event_url.type",
    ),
    Kind.TYPES(
        "failover-any-type",
        "takes any type for the second address",
        takes("webhook_event_failover_url", outside(str), _GOOD_URL),
        "request.webhook_event_failover_url.type",
    ),
    Kind.TYPES("body-list", "takes a body that is no object", takes_body(no_object), "request.body.type"),
    Kind.FORMATS(
        "url-no-scheme",
        "takes an address without a scheme",
        takes("webhook_event_url", lacking("^[A-Za-z][^/]*:"), _GOOD_URL),
        "request.webhook_event_url.format",
    ),
    Kind.FORMATS(
        "failover-no-scheme",
        "takes a second address without a scheme",
        takes("webhook_event_failover_url", lacking("^[A-Za-z][^/]*:"), _GOOD_URL),
        "request.webhook_event_failover_url.format",
    ),
    Kind.FORMATS(
        "id-any-form",
        "takes ids that are no UUIDs for the room's",
        finds_another_room(404),
        "request.room_id.format",
        "behaviour.room_id.unknown-refused",
    ),
    Kind.NULLABILITY(
        "failover-null-refused",
        "refuses null for the second address",
        refuses("webhook_event_failover_url", is_null),
        "request.webhook_event_failover_url.nullable",
    ),
    Kind.NULLABILITY(
        "timeout-null-refused", "refuses null seconds", refuses("webhook_timeout_secs", is_null), "request.webhook_timeout_secs.nullable"
    ),
    Kind.NULLABILITY("max-null", "takes null participants", takes("max_participants", is_null, 10), "request.max_participants.null"),
    Kind.NULLABILITY(
        "recording-null", "takes null for enable_recording", takes("enable_recording", is_null, False), "request.enable_recording.null"
    ),
    Kind.NULLABILITY("name-null", "takes null for a name", takes("unique_name", is_null, fresh_name), "request.unique_name.null"),
    Kind.NULLABILITY(
        "url-null",
        "takes null for the address of webhooks",
        takes("webhook_event_url", is_null, _GOOD_URL),
        "request.webhook_event_url.null",
    ),
    Kind.NULLABILITY("body-null", "takes null for a body", takes_body(null), "request.body.null"),
    Kind.PRESENCE("body-absent", "takes an update without a body", takes_body(empty), "request.body.required"),
    Kind.CONTENT_TYPE("any-media-type", "takes a body of any media type", takes_media_type("application/json"), "request.body.media-type"),
    Kind.AUTHENTICATION(
        "anybody",
        "lets everybody in",
        lets_in(anybody),
        "behaviour.authentication.missing-refused",
        "behaviour.authentication.wrong-refused",
    ),
    Kind.AUTHENTICATION("nobody", "lets in who brings no credentials", lets_in(nobody), "behaviour.authentication.missing-refused"),
    Kind.AUTHENTICATION("any-token", "takes any token", lets_in(some("Bearer")), "behaviour.authentication.wrong-refused"),
    Kind.AUTHENTICATION(
        "token-begins",
        "looks at the first letters of a token only",
        lets_in(bearing(lambda token: token[:8] == API_KEY[:8])),
        "behaviour.authentication.wrong-refused",
    ),
    Kind.AUTHENTICATION(
        "token-longer",
        "takes a token with something behind it",
        lets_in(bearing(lambda token: token.startswith(API_KEY))),
        "behaviour.authentication.wrong-refused",
    ),
    Kind.AUTHENTICATION(
        "token-any-case",
        "takes a token in another case",
        lets_in(bearing(lambda token: token.lower() == API_KEY.lower())),
        "behaviour.authentication.wrong-refused",
    ),
    Kind.AUTHENTICATION(
        "any-scheme", "takes credentials of another scheme", lets_in(some("Basic")), "behaviour.authentication.wrong-refused"
    ),
    Kind.AUTHENTICATION(
        "token-almost",
        "takes a token in which one letter is another one",
        lets_in(bearing(almost(API_KEY))),
        "behaviour.authentication.wrong-refused",
    ),
    Kind.AUTHENTICATION(
        "token-in-basic",
        "takes the token for a password",
        lets_in(naming(lambda _, password: password == API_KEY)),
        "behaviour.authentication.wrong-refused",
    ),
    Kind.AUTHENTICATION(
        "token-any-scheme",
        "takes the token behind another scheme, and behind none",
        lets_in(behind(API_KEY, "", "Token")),
        "behaviour.authentication.wrong-refused",
    ),
    Kind.AUTHENTICATION(
        "scheme-alone", "takes the scheme without a token", lets_in(exactly("Bearer")), "behaviour.authentication.wrong-refused"
    ),
    Kind.RARE(
        "name-date",
        "refuses names that are dates",
        refuses("unique_name", holding(r"^\d{4}-\d\d-\d\d$")),
        "request.unique_name.accepted",
    ),
    Kind.RARE(
        "max-37",
        "refuses 37 participants, and no other number",
        refuses("max_participants", exactly(37)),
        "request.max_participants.accepted",
    ),
    Kind.RARE(
        "timeout-17",
        "refuses 17 seconds, and no other number",
        refuses("webhook_timeout_secs", exactly(17)),
        "request.webhook_timeout_secs.accepted",
    ),
    Kind.RARE("name-apostrophe", "refuses names with an apostrophe", refuses("unique_name", holding("'")), "request.unique_name.accepted"),
    Kind.RARE(
        "recording-true-refused", "refuses to record", refuses("enable_recording", exactly(True)), "request.enable_recording.accepted"
    ),
    Kind.RARE(
        "url-port-refused",
        "refuses addresses with a port",
        refuses("webhook_event_url", holding(r"://[^/]*:\d")),
        "request.webhook_event_url.accepted",
        "request.webhook_event_url.format",
    ),
    Kind.RARE(
        "failover-query-refused",
        "refuses second addresses with a query",
        refuses("webhook_event_failover_url", holding(r"\?")),
        "request.webhook_event_failover_url.accepted",
        "request.webhook_event_failover_url.format",
    ),
)
