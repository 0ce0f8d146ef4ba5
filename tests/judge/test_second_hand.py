"""Recordings by others: what a recorder may have left out or made unreadable is never held against the
provider.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from roomproof.interaction import Credentials, Headers, Interaction, Request, Response
from roomproof.judge.evidence import Outcome

ROOM = "7b61621f-62e0-4aad-ab11-9fd19e272e73"
NEW = "9b61621f-62e0-4aad-ab11-9fd19e272e73"
NOW = datetime(2030, 6, 1, 12, tzinfo=UTC)
SHOWN = {"id": ROOM, "name": "first", "created": "2030-06-01T12:00:00Z", "owner": "nobody"}
JSON: Headers = (("Content-Type", "application/json"),)
ID = ("Request-Id", "0f8fad5b-d9cb-469f-a165-70867728950e")
SENT = ("First-Sent", "Sat, 01 Jun 2030 12:00:00 GMT")
LATER = ("First-Sent", "Sat, 01 Jun 2030 13:00:00 GMT")
Broken = Callable[..., set[str]]


def recorded(
    body: Any, response: Any, status: int = 200, *, method: str = "PATCH", path: str = f"/rooms/{ROOM}",
        query: str = "?api=1",
    headers: Headers = JSON, answered: Headers = JSON, credentials: Credentials = Credentials.UNKNOWN,
        at: datetime | None = NOW,
) -> Interaction:  # fmt: skip
    """An interaction as somebody else recorded it; no `body`, no `response`: the recording has none."""
    sent = None if body is None else json.dumps(body).encode()
    request = Request(method, f"https://mini.example/api{path}{query}", headers, sent, credentials)
    return Interaction(
        request, Response(status, answered, b"" if response is None else json.dumps(response).encode()), at
    )


def room(**fields: Any) -> dict[str, Any]:
    return {"room": {**SHOWN, **fields}}


def made(body: Any, room_id: str, *headers: tuple[str, str]) -> Interaction:
    shown = room(id=room_id, size=4, opens="2030-06-01T12:00:00Z", closes="2030-11-28T12:00:00Z")
    return recorded(body, shown, 201, method="POST", path="/rooms", headers=(*JSON, *headers))


def spoken_of(talk: Any, interaction: Interaction, broken: Broken) -> set[str]:
    """The clauses of which an interaction says anything, good or bad."""
    evidence = talk.hear(interaction)
    return {clause for outcome in Outcome for clause in broken(evidence, outcome)}


@pytest.mark.parametrize("status", [401, 403, 407])
def test_a_rejected_sender_may_have_had_no_right_to_ask(status: int, talk: Any, broken: Broken) -> None:
    talk.patch({"size": 5}, {"size": 5})
    error = {"error": "who are you?"}
    assert broken(talk.hear(recorded({"size": 4}, error, status))) == set()
    assert spoken_of(talk, recorded({"size": 10}, error, status), broken).isdisjoint(
        {"request.size.maximum", "response.422.status"}
    )
    replaced = recorded({"topic": "abc", "owner": "thief"}, error, status, method="PUT")
    assert "behaviour.owner.read-only" not in spoken_of(talk, replaced, broken)
    assert broken(talk.hear(recorded({"size": 4}, error, status, credentials=Credentials.VALID))) != set()


@pytest.mark.parametrize("status", [404, 410])
def test_a_room_that_nobody_saw_may_not_be_there(status: int, talk: Any, broken: Broken) -> None:
    assert broken(talk.hear(recorded({"size": 4}, {"error": "no such room"}, status))) == set()
    talk.hear(recorded({"size": 5}, room(size=5)))
    assert broken(talk.hear(recorded({"size": 4}, {"error": "no such room"}, status))) != set()


def test_values_are_judged_as_ever(talk: Any, broken: Broken) -> None:
    assert broken(talk.hear(recorded({"size": 10}, room(size=10)))) >= {"request.size.maximum"}
    assert broken(talk.hear(recorded({"size": 5}, room(size=6)))) == {"behaviour.size.echo"}
    assert "request.size.maximum" in broken(talk.hear(recorded({"size": 9}, room(size=9))), Outcome.PASS)


@pytest.mark.parametrize(
    ("missing", "reason"),
    [
        ({"headers": ()}, "no Content-Type"),
        ({"query": ""}, "no api"),
        ({"body": None}, "no body"),
    ],
    ids=["media type", "query parameter", "body"],
)
def test_what_a_request_lacks_may_have_been_sent(
    missing: dict[str, Any], reason: str, talk: Any, broken: Broken
) -> None:
    given = {"body": {"size": 5}, **missing}
    for response, status in ((room(size=5), 200), ({"error": "x"}, 400)):
        evidence = talk.hear(
            recorded(
                given["body"],
                response,
                status,
                **{key: value for key, value in missing.items() if key != "body"},
            )
        )
        assert broken(evidence) == broken(evidence, Outcome.WARN) == set(), reason


def test_half_a_pair_of_headers_may_have_been_a_whole_one(talk: Any, broken: Broken) -> None:
    clause = "behaviour.repeats.pair-required"
    assert clause not in spoken_of(talk, made({}, NEW, ID), broken)
    assert clause in broken(talk.create({}, {"id": ROOM}, headers=(ID,)))


def test_a_header_that_was_made_unreadable_says_nothing(talk: Any, broken: Broken) -> None:
    assert "request.Request-Id.format" not in spoken_of(
        talk, made({}, NEW, ("Request-Id", "hidden"), SENT), broken
    )


def test_a_header_that_may_have_been_made_unreadable_is_at_most_a_warning(talk: Any, broken: Broken) -> None:
    evidence = talk.hear(made({}, NEW, ("Request-Id", "gone"), SENT))
    assert broken(evidence) == set()
    assert "request.Request-Id.format" in broken(evidence, Outcome.WARN)


def test_unlike_requests_with_one_made_up_id_are_no_repeats(talk: Any, broken: Broken) -> None:
    clause = "behaviour.repeats.replayed-once"
    talk.hear(made({}, NEW, ID, SENT))
    assert clause not in spoken_of(talk, made({}, ROOM, ID, LATER), broken)
    assert clause not in spoken_of(talk, made({}, ROOM, ID), broken)
    assert clause in broken(talk.hear(made({}, ROOM, ID, SENT)))


def test_an_id_without_its_time_makes_no_repeat(talk: Any, broken: Broken) -> None:
    talk.hear(made({}, NEW, ID))
    assert "behaviour.repeats.replayed-once" not in spoken_of(talk, made({}, ROOM, ID), broken)


def test_after_an_unknown_body_any_field_may_have_changed(talk: Any, broken: Broken) -> None:
    talk.hear(made({}, ROOM))
    assert broken(talk.hear(recorded(None, room(size=7, mode="open")))) == set()
    assert broken(talk.hear(recorded({"flag": True}, room(size=7, mode="open", flag=True)))) == set()
    assert broken(talk.hear(recorded({"flag": True}, room(size=8, mode="open", flag=True)))) == {
        "behaviour.size.unchanged"
    }


def test_a_put_of_an_unknown_body_may_have_set_anything(talk: Any, broken: Broken) -> None:
    talk.hear(
        recorded({"topic": "abc", "owner": "nobody", "size": 5}, room(topic="abc", size=5), method="PUT")
    )
    assert broken(talk.hear(recorded(None, room(topic="abc", size=7), method="PUT"))) == set()


def test_an_id_stays_the_same_whatever_the_unknown_body_was(talk: Any, broken: Broken) -> None:
    assert broken(talk.hear(recorded(None, room(id=NEW)))) == {"behaviour.id.constant"}


def test_a_room_made_of_an_unknown_body_has_no_defaults(talk: Any, broken: Broken) -> None:
    first = made(None, NEW)
    assert "request.size.default" not in spoken_of(talk, first, broken)
    later = recorded({"flag": True}, room(id=NEW, size=7, flag=True), path=f"/rooms/{NEW}")
    assert "request.size.default" not in spoken_of(talk, later, broken)


def test_a_response_whose_body_was_not_recorded_says_nothing_of_the_body(talk: Any, broken: Broken) -> None:
    assert spoken_of(talk, recorded({"size": 5}, None), broken) >= {"request.size.accepted"}
    assert broken(talk.hear(recorded({"size": 5}, None))) == set()
    assert broken(talk.hear(recorded({"size": 5}, None, answered=(*JSON, ("Content-Length", "0"))))) == {
        "response.body.type"
    }


def test_a_repeat_whose_response_was_not_recorded_says_nothing(talk: Any, broken: Broken) -> None:
    talk.hear(made({}, NEW, ID, SENT))
    again = recorded({}, None, 201, method="POST", path="/rooms", headers=(*JSON, ID, SENT))
    assert "behaviour.repeats.replayed-once" not in spoken_of(talk, again, broken)


def test_a_list_that_was_not_recorded_says_nothing(talk: Any) -> None:
    talk.hear(made({"guests": {"g1": {"role": "host"}}}, NEW))
    evidence = talk.hear(recorded(None, None, method="GET", path=f"/rooms/{NEW}/guests"))
    assert [item.clause for item in evidence] == ["mini.guests.response.2XX.status"]


def test_headers_that_were_not_kept_say_nothing_and_one_that_is_not_among_them_little(
    talk: Any, broken: Broken
) -> None:
    media, code = "response.body.media-type", "response.422.X-Error.present"
    assert media not in spoken_of(talk, recorded({"size": 5}, room(size=5), answered=()), broken)
    assert media in broken(
        talk.hear(recorded({"size": 5}, room(size=5), answered=(("Date", "x"),))), Outcome.WARN
    )
    assert media in broken(
        talk.hear(recorded({"size": 5}, room(size=5), answered=(("Content-Type", "text/html"),)))
    )
    assert media in broken(
        talk.hear(recorded({"size": 5}, room(size=5), answered=(), credentials=Credentials.VALID))
    )
    rejected = {"error": "too large"}
    assert code not in spoken_of(talk, recorded({"size": 10}, rejected, 422, answered=()), broken)
    assert code in broken(talk.hear(recorded({"size": 10}, rejected, 422)), Outcome.WARN)
    assert code in broken(talk.hear(recorded({"size": 10}, rejected, 422, credentials=Credentials.VALID)))


def test_of_a_request_sent_nobody_knows_when_any_time_may_be_past(talk: Any, broken: Broken) -> None:
    rejected = {"error": "too late"}
    assert broken(talk.hear(recorded({"day": "2030-09-01T00:00:00Z"}, rejected, 422, at=None))) == set()
    assert "request.day.any-of" in broken(talk.hear(recorded({"day": "2030-09-01T00:00:00Z"}, rejected, 422)))


@pytest.mark.parametrize(("status", "proves"), [(422, True), (404, False), (410, False)])
def test_a_room_that_has_gone_says_nothing_of_the_values_that_are_sent_to_it(
    status: int, proves: bool, talk: Any, broken: Broken
) -> None:
    talk.patch({"size": 5}, {"size": 5})
    evidence = talk.hear(recorded({"size": 10}, {"error": "no"}, status, credentials=Credentials.VALID))
    assert ("request.size.maximum" in broken(evidence, Outcome.PASS)) == proves
