"""Scrubbed values of somebody else's recording: no evidence on what stood there, and the rest is judged as
ever.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from roomproof.interaction import Credentials, Headers, Interaction, Request, Response
from roomproof.judge.evidence import Outcome

ROOM = "7b61621f-62e0-4aad-ab11-9fd19e272e73"
NOW = datetime(2030, 6, 1, 12, tzinfo=UTC)
SHOWN = {"id": ROOM, "name": "first", "created": "2030-06-01T12:00:00Z", "owner": "nobody"}
JSON: Headers = (("Content-Type", "application/json"),)
PLACEHOLDERS = ["REDACTED", "<NAME>", "[FILTERED]", "***", "{{x}}", "Sanitized", "https://<HOST>/x"]


def recorded(
    body: Any, status: int = 200, *, room_id: str = ROOM, method: str = "PATCH", headers: Headers = JSON,
        answered: Headers = JSON,
    path: str | None = None, shown: Any = None, **fields: Any,
) -> Interaction:  # fmt: skip
    """An interaction as somebody else recorded it; `fields` are those of the room in the response, `shown` a
    whole response instead.
    """
    url = f"https://mini.example/api{path or f'/rooms/{room_id}'}?api=1"
    sent = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
    response = (
        shown
        if isinstance(shown, bytes)
        else json.dumps({"room": {**SHOWN, **fields}} if shown is None else shown).encode()
    )
    return Interaction(
        Request(method, url, headers, sent, Credentials.UNKNOWN), Response(status, answered, response), NOW
    )


def verdicts(talk: Any, broken: Any, *interactions: Interaction) -> set[str]:
    """The clauses that the last of some interactions breaks, by a fail or a warning."""
    evidence = [talk.hear(interaction) for interaction in interactions][-1]
    return broken(evidence) | broken(evidence, Outcome.WARN)


@pytest.mark.parametrize("text", PLACEHOLDERS)
def test_a_scrubbed_value_of_a_response_says_nothing(text: str, talk: Any, broken: Any) -> None:
    scrubbed = recorded({"size": 5}, size=5, name=text, created=text, owner=text, mode=text, guests=text)
    assert verdicts(talk, broken, recorded({"size": 4}, size=4, mode="open"), scrubbed) == set()


@pytest.mark.parametrize("text", PLACEHOLDERS)
def test_a_scrubbed_value_of_a_request_breaks_nothing_and_the_others_do(
    text: str, talk: Any, broken: Any
) -> None:
    sent = {"size": text, "mode": text, "day": text, "topic": text, "flag": text}
    assert verdicts(talk, broken, recorded(sent, size=5, mode="open", topic="abc", flag=True)) == set()
    assert verdicts(talk, broken, recorded(sent, 422, shown={"error": "no"})) <= {
        "response.422.X-Error.present"
    }
    assert verdicts(talk, broken, recorded({**sent, "size": 10}, size=10)) == {"request.size.maximum"}


def test_what_is_readable_of_an_accepted_request_was_accepted(talk: Any, broken: Any) -> None:
    evidence = talk.hear(recorded({"size": 9, "topic": "<TOPIC>"}, size=9, topic="<TOPIC>"))
    assert broken(evidence, Outcome.PASS) >= {"request.size.maximum", "behaviour.size.echo"}
    assert not any("topic" in name for name in broken(evidence, Outcome.PASS) if "request" in name)


def test_a_field_that_was_scrubbed_once_is_not_known_any_more(talk: Any, broken: Any) -> None:
    first, scrubbed = (
        recorded({"size": 5}, size=5, mode="open"),
        recorded({"size": 6}, size=6, mode="REDACTED"),
    )
    assert verdicts(talk, broken, first, scrubbed, recorded({"size": 7}, size=7, mode="closed")) == set()


@pytest.mark.parametrize("room_id", ["<ROOM_ID>", "{{room_id}}", "${ROOM}", "FAKE_ROOM_1"])
def test_one_placeholder_for_one_room_keeps_its_identity(room_id: str, talk: Any, broken: Any) -> None:
    first = recorded({"size": 5}, room_id=room_id, id=room_id, size=5, mode="open")
    changed = recorded({"flag": True}, room_id=room_id, id=room_id, size=6, mode="open", flag=True)
    assert verdicts(talk, broken, first, changed) == {"behaviour.size.unchanged"}


@pytest.mark.parametrize(
    "room_id", ["REDACTED", "***", "Sanitized", "<UUID>", "00000000-0000-0000-0000-000000000000"]
)
def test_a_placeholder_for_anything_is_no_room(room_id: str, talk: Any, broken: Any) -> None:
    first = recorded({"size": 5, "name": "x"}, room_id=room_id, id=room_id, size=5, name="x")
    another = recorded({"flag": True, "name": "x"}, room_id=room_id, id=room_id, size=6, flag=True, name="x")
    assert verdicts(talk, broken, first, another) == set()
    assert verdicts(talk, broken, recorded({"size": 10}, room_id=room_id, id=room_id, size=10)) == {
        "request.size.maximum"
    }


def test_a_placeholder_that_turns_out_to_be_two_rooms_is_none(talk: Any, broken: Any) -> None:
    first = recorded({"size": 5}, room_id="<ROOM_ID>", id="<ROOM_ID>", size=5)
    another = recorded(
        {"flag": True}, room_id="<ROOM_ID>", id="<ROOM_ID>", size=6, flag=True, created="2030-06-02T12:00:00Z"
    )
    assert verdicts(talk, broken, first, another) == set()
    assert (
        verdicts(
            talk, broken, recorded({"flag": False}, room_id="<ROOM_ID>", id="<ROOM_ID>", size=7, flag=False)
        )
        == set()
    )


def test_two_rooms_that_are_made_with_one_placeholder_are_two(talk: Any, broken: Any) -> None:
    made = [
        recorded({"name": name}, 201, method="POST", path="/rooms", id="<ROOM_ID>", name=name, size=4)
        for name in "ab"
    ]
    assert "behaviour.id.server-generated" not in verdicts(talk, broken, *made)


def test_a_room_with_its_id_in_one_place_and_a_placeholder_in_another_is_no_two_rooms(
    talk: Any, broken: Any
) -> None:
    first = recorded({"name": "x"}, name="x")
    assert verdicts(talk, broken, first, recorded({"name": "x"}, room_id="<ROOM_ID>", name="x")) == set()


def test_one_id_in_two_cases_is_one_room(talk: Any, broken: Any) -> None:
    first = recorded({"name": "x", "size": 5}, name="x", size=5)
    assert (
        verdicts(talk, broken, first, recorded({"name": "x"}, room_id=ROOM.upper(), name="x", size=5))
        == set()
    )
    assert verdicts(
        talk, broken, recorded({"flag": True}, room_id=ROOM.upper(), name="x", size=6, flag=True)
    ) == {"behaviour.size.unchanged"}


@pytest.mark.parametrize("body", [b"REDACTED", b'"<BODY>"', b"<scrubbed>", b'{"size": {{size}}}'])
def test_a_body_that_was_scrubbed_as_a_whole_is_not_there(body: bytes, talk: Any, broken: Any) -> None:
    assert verdicts(talk, broken, recorded(body, size=5)) == set()
    assert verdicts(talk, broken, recorded({"size": 5}, shown=body)) == set()


def test_a_media_type_that_was_scrubbed_says_nothing(talk: Any, broken: Any) -> None:
    hidden: Headers = (("Content-Type", "REDACTED"),)
    assert verdicts(talk, broken, recorded({"size": 5}, headers=hidden, answered=hidden, size=5)) == set()


@pytest.mark.parametrize(
    ("status", "media", "body"),
    [
        (200, "text/html", b"<!DOCTYPE html><html><body>Welcome to our hotel</body></html>"), (302,
        "text/html", b"<html>moved</html>"),
        (304, "application/json", b""), (307, "application/json", b"{}"), (403, "text/html",
        b"<html>blocked</html>"),
        (407, "application/json", b"{}"), (413, "text/html", b"\n<html>too large</html>"), (502, "text/html",
        b"<center>502</center>"),
        (504, "text/html", b"<head></head>"), (511, "text/plain", b"sign in"), (521, "text/plain", b"down"),
        (530, "text/plain", b"1016"),
    ],
)  # fmt: skip
def test_what_somebody_between_says_is_not_the_word_of_the_provider(
    status: int, media: str, body: bytes, talk: Any, broken: Any
) -> None:
    answered: Headers = (("Content-Type", media),)
    talk.hear(recorded({"size": 5}, size=5, mode="open"))
    assert verdicts(talk, broken, recorded({"size": 6}, status, answered=answered, shown=body)) == set()
    assert verdicts(talk, broken, recorded({"flag": True}, size=6, mode="open", flag=True)) == set(), (
        "it may have been carried out"
    )


@pytest.mark.parametrize(("status", "body"), [(500, b"<html>oops</html>"), (500, b"{}"), (502, b"{}")])
def test_a_server_error_of_the_provider_is_one(status: int, body: bytes, talk: Any, broken: Any) -> None:
    assert "behaviour.input.no-server-error" in verdicts(
        talk, broken, recorded({"size": 6}, status, shown=body)
    )


@pytest.mark.parametrize("status", [402, 404, 409, 412, 423])
def test_a_rejection_for_the_state_of_things_needs_no_cause_in_the_recording(
    status: int, talk: Any, broken: Any
) -> None:
    assert broken(talk.hear(recorded({"size": 6}, status, shown={"error": "not now"}))) == set()
