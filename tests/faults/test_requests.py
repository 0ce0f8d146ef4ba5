"""Operators on requests: what a mock accepts, rejects, keeps and forgets with one of their faults, and does
not without.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest

Ask = Callable[[str, str], Any]
TELNYX, SIGNALWIRE, CARRIERX = "telnyx", "signalwire", "carrierx"
CODES = [{"access_code": "310577", "role": "host"}]


@pytest.mark.parametrize(
    ("provider", "fault", "method", "body"),
    [
        (TELNYX, "request.max_participants.maximum.one-above", "PATCH", {"max_participants": 51}),
        (TELNYX, "request.max_participants.maximum.above", "PATCH", {"max_participants": 5000}),
        (TELNYX, "request.max_participants.minimum.one-below", "PATCH", {"max_participants": 1}),
        (TELNYX, "request.max_participants.type.other", "PATCH", {"max_participants": "ten"}),
        (TELNYX, "request.max_participants.type.fraction", "PATCH", {"max_participants": 10.5}),
        (TELNYX, "request.max_participants.null.taken", "PATCH", {"max_participants": None}),
        (TELNYX, "request.webhook_event_url.format.other", "PATCH", {"webhook_event_url": "http://"}),
        (TELNYX, "request.webhook_event_url.format.no-scheme", "PATCH", {"webhook_event_url": "example.com"}),
        (SIGNALWIRE, "request.display_name.max-length.one-above", "PUT", {"display_name": 201 * "x"}),
        (
            SIGNALWIRE,
            "update-room.request.remove_after_seconds_elapsed.maximum.above",
            "PUT",
            {"remove_after_seconds_elapsed": 2**31},
        ),
        (SIGNALWIRE, "request.quality.enum.other-case", "PUT", {"quality": "1080P"}),
        (SIGNALWIRE, "request.join_from.any-of.no-zone", "PUT", {"join_from": "2031-03-04T05:06:07"}),
        (SIGNALWIRE, "request.join_from.any-of.impossible-day", "PUT", {"join_from": "2031-02-30T05:06:07Z"}),
        (
            CARRIERX,
            "request.access_codes.items.role.enum.other",
            "PATCH",
            {"access_codes": [{**CODES[0], "role": "guest"}]},
        ),
        (
            CARRIERX,
            "request.access_codes.items.access_code.pattern.empty",
            "PATCH",
            {"access_codes": [{**CODES[0], "access_code": ""}]},
        ),
        (
            CARRIERX,
            "request.access_codes.items.role.required.absent",
            "PATCH",
            {"access_codes": [{"access_code": "310577"}]},
        ),
    ],
)
def test_a_wrong_value_is_accepted_and_shown(
    ask: Ask, provider: str, fault: str, method: str, body: dict[str, Any]
) -> None:
    whole, faulty = ask(provider, ""), ask(provider, fault)

    response = faulty(method, body)

    assert 400 <= whole(method, body).status < 500
    assert response.status == 200
    assert {name: faulty.room(response)[name] for name in body} == body
    assert {name: faulty.room(faulty("GET"))[name] for name in body} == body


@pytest.mark.parametrize(
    ("provider", "fault", "method", "body"),
    [
        (TELNYX, "request.max_participants.maximum.refused", "PATCH", {"max_participants": 50}),
        (TELNYX, "request.webhook_timeout_secs.nullable.refused", "PATCH", {"webhook_timeout_secs": None}),
        (TELNYX, "request.enable_recording.accepted.true-refused", "PATCH", {"enable_recording": True}),
        (TELNYX, "request.unique_name.accepted.apostrophe-refused", "PATCH", {"unique_name": "O'Neill"}),
        (
            TELNYX,
            "request.webhook_event_url.format.port-refused",
            "PATCH",
            {"webhook_event_url": "https://example.com:81/"},
        ),
        (SIGNALWIRE, "request.display_name.max-length.in-bytes", "PUT", {"display_name": 150 * "\u00fc"}),
        (SIGNALWIRE, "request.quality.enum.1080p-refused", "PUT", {"quality": "1080p"}),
        (
            SIGNALWIRE,
            "request.remove_at.any-of.leap-day-refused",
            "PUT",
            {"remove_at": "2032-02-29T05:06:07Z"},
        ),
        (SIGNALWIRE, "request.body.media-type.refused", "PUT", {"quality": "1080p"}),
        (CARRIERX, "request.name.accepted.refused", "PATCH", {"name": "Anything"}),
    ],
)
def test_a_right_value_is_rejected(
    ask: Ask, provider: str, fault: str, method: str, body: dict[str, Any]
) -> None:
    whole, faulty = ask(provider, ""), ask(provider, fault)

    assert whole(method, body).status == 200
    assert 400 <= faulty(method, body).status < 500


@pytest.mark.parametrize(
    ("provider", "fault", "request_"),
    [
        (TELNYX, "request.body.type.other", {"raw": b"[]"}),
        (TELNYX, "request.body.null.taken", {"raw": b"null"}),
        (TELNYX, "request.body.required.absent", {"raw": b""}),
        (
            TELNYX,
            "request.body.media-type.any",
            {"body": {"max_participants": 9}, "media_type": "text/plain"},
        ),
        (TELNYX, "request.body.type.accepting-status", {"body": {"max_participants": []}}),
        (
            TELNYX,
            "behaviour.room_id.unknown-refused.200",
            {"body": {}, "to": "5e3b9c0e-2a3f-4a57-8f06-9d1c4f7ab299"},
        ),
        (
            TELNYX,
            "behaviour.authentication.missing-refused.nobody",
            {"body": {}, "headers": {"authorization": None}},
        ),
        (
            TELNYX,
            "behaviour.authentication.missing-refused.200",
            {"body": {}, "headers": {"authorization": None}},
        ),
        (
            TELNYX,
            "behaviour.authentication.wrong-refused.any-token",
            {"body": {}, "headers": {"authorization": "Bearer x"}},
        ),
        (
            TELNYX,
            "behaviour.authentication.wrong-refused.other-scheme",
            {"body": {}, "headers": {"authorization": "Basic eDp5"}},
        ),
        ("azure", "request.api-version.required.absent", {"body": {}, "query": ""}),
        ("azure", "request.api-version.enum.other", {"body": {}, "query": "api-version=1999-01-01"}),
    ],
)
def test_a_wrong_request_is_accepted(ask: Ask, provider: str, fault: str, request_: dict[str, Any]) -> None:
    whole, faulty = ask(provider, ""), ask(provider, fault)

    assert 400 <= whole("PATCH", **request_).status < 500
    assert faulty("PATCH", **request_).status == 200


@pytest.mark.parametrize(
    ("word", "user", "password"),
    [("any-password", "", "wrong"), ("password-empty", "", ""), ("any-user", "somebody", None)],
)
def test_credentials_that_come_near_are_accepted(
    ask: Ask, word: str, user: str, password: str | None
) -> None:
    faulty = ask(SIGNALWIRE, f"behaviour.authentication.wrong-refused.{word}")
    right = base64.b64decode(dict(faulty.scheme.headers("PUT", "", None))["Authorization"][6:]).decode()
    name, _, secret = right.partition(":")
    near = f"{user or name}:{secret if password is None else password}"
    headers = {"authorization": f"Basic {base64.b64encode(near.encode()).decode()}"}

    assert ask(SIGNALWIRE, "")("PUT", {}, headers=headers).status == 401
    assert faulty("PUT", {}, headers=headers).status == 200


@pytest.mark.parametrize(
    ("fault", "bodies", "field", "shown"),
    [
        ("behaviour.max_participants.echo.ignored", [{"max_participants": 20}], "max_participants", 10),
        ("behaviour.unique_name.echo.upper", [{"unique_name": "abc"}], "unique_name", "ABC"),
        ("behaviour.unique_name.echo.cut-at-64", [{"unique_name": 70 * "a"}], "unique_name", 64 * "a"),
        ("behaviour.webhook_event_url.echo.query-lost", [{"webhook_event_url": "https://a.example/?b"}],
        "webhook_event_url",
         "https://a.example/"),
        ("behaviour.webhook_timeout_secs.echo.zero-as-null", [{"webhook_timeout_secs": 0}],
        "webhook_timeout_secs", None),
        ("request.max_participants.maximum.capped", [{"max_participants": 99}], "max_participants", 50),
        ("behaviour.max_participants.unchanged.reset", [{"max_participants": 20}, {"enable_recording": True}],
         "max_participants", 10),
        ("behaviour.max_participants.unchanged.not-stored", [{"max_participants": 20}], "max_participants",
        10),
        ("behaviour.max_participants.unchanged.empty-resets", [{"max_participants": 20}, {}],
        "max_participants", 10),
        ("behaviour.max_participants.unchanged.lost-by-second",
         [{"max_participants": 20}, {"enable_recording": True}], "max_participants", 10),
        ("behaviour.max_participants.unchanged.8th-not-stored",
         [{"max_participants": number} for number in range(20, 28)], "max_participants", 26),
        ("behaviour.max_participants.unchanged.refused-applied",
         [{"max_participants": 20, "enable_recording": "no"}], "max_participants", 20),
        ("behaviour.max_participants.read-after-write.before", [{"max_participants": 20},
        {"max_participants": 30}],
         "max_participants", 20),
        ("behaviour.id.constant.of-body", [{"id": "another"}], "id", "another"),
        ("behaviour.webhook_event_url.echo.swapped-with-webhook-event-failover-url",
         [{"webhook_event_url": "https://a.example/", "webhook_event_failover_url": "https://b.example/"}],
         "webhook_event_url", "https://b.example/"),
    ],
)  # fmt: skip
def test_a_room_is_not_what_it_was_made(
    ask: Ask, fault: str, bodies: list[dict[str, Any]], field: str, shown: Any
) -> None:
    whole, faulty = ask(TELNYX, ""), ask(TELNYX, fault)

    for body in bodies:
        whole("PATCH", body), faulty("PATCH", body)

    assert faulty.room(faulty("GET"))[field] == shown
    assert whole.room(whole("GET"))[field] != shown


def test_a_setting_reaches_another_room(ask: Ask) -> None:
    faulty = ask(TELNYX, "behaviour.max_participants.unchanged.leaks")
    other = faulty.room(faulty("POST", {}, to=""))["id"]

    faulty("PATCH", {"max_participants": 20})

    assert faulty.room(faulty("GET", to=other))["max_participants"] == 20


def test_a_name_of_another_room_is_accepted_or_never_given_again(ask: Ask) -> None:
    taking, keeping = (
        ask(TELNYX, "behaviour.unique_name.unique.of-another"),
        ask(TELNYX, "behaviour.unique_name.unique.stays-taken"),
    )
    for faulty in (taking, keeping):
        other = faulty.room(faulty("POST", {}, to=""))["id"]
        faulty("PATCH", {"unique_name": "first"}, to=other)
        if faulty is keeping:
            faulty("PATCH", {"unique_name": "given up"}, to=other)

    assert taking("PATCH", {"unique_name": "first"}).status == 200
    assert keeping("PATCH", {"unique_name": "first"}).status == 422


def test_a_room_is_made_once_or_again(ask: Ask) -> None:
    one, faulty = (
        ask(TELNYX, "behaviour.id.server-generated.one-room"),
        ask("azure", "behaviour.repeatability.replayed-once.again"),
    )
    headers = {
        "repeatability-request-id": "4f1e8a55-0c9d-4f6b-8e17-6d0a7c1f93a4",
        "repeatability-first-sent": "Sat, 05 Jul 2025 10:00:00 GMT",
    }

    same = [one.room(one("POST", {"unique_name": name}, to=""))["id"] for name in ("a", "b")]
    others = [faulty("POST", {}, to="", headers=headers).json["id"] for _ in range(2)]

    assert same[0] == same[1]
    assert others[0] != others[1]


@pytest.mark.parametrize(
    ("word", "request_"),
    [
        ("unique-name-emoji", {"body": {"unique_name": "\U0001f600"}}),
        ("empty-body", {"body": {}}),
        ("max-participants-list", {"body": {"max_participants": []}}),
        ("unknown", {"body": {}, "to": "5e3b9c0e-2a3f-4a57-8f06-9d1c4f7ab299"}),
    ],
)
def test_a_request_is_answered_with_a_server_error(ask: Ask, word: str, request_: dict[str, Any]) -> None:
    faulty = ask(TELNYX, f"behaviour.any-input.no-server-error.{word}")

    assert ask(TELNYX, "")("PATCH", **request_).status < 500
    assert faulty("PATCH", **request_).status == 500
    assert faulty("PATCH", {"enable_recording": True}).status == 200
