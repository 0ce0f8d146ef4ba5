"""What the client sent outside the contract: found in requests of others, with its clause and place, and
never where nobody can say.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from roomproof.interaction import Credentials, Headers, Interaction, Request, Response
from roomproof.judge.client_violations import MOST_LISTED, ClientViolations, InteractionOrigin, nearest

ROOM = "7b61621f-62e0-4aad-ab11-9fd19e272e73"
JSON: Headers = (("Content-Type", "application/json"),)
ID = ("Request-Id", "0f8fad5b-d9cb-469f-a165-70867728950e")


def sent(
    talk: Any, body: Any, *, method: str = "PATCH", path: str = f"/rooms/{ROOM}", query: str = "?api=1",
        headers: Headers = JSON,
    credentials: Credentials = Credentials.UNKNOWN,
) -> tuple[Any, ...]:  # fmt: skip
    """What is outside the contract in a request that somebody else recorded."""
    text = body if isinstance(body, bytes | None) else json.dumps(body).encode()
    request = Request(method, f"https://mini.example/api{path}{query}", headers, text, credentials)
    talk.hear(Interaction(request, Response(422, JSON, b'{"error": "no"}')))
    return tuple(talk.judge.violations)


def told(found: tuple[Any, ...]) -> list[tuple[str, str, bool]]:
    return [(one.clause.id.split(".", 2)[2], one.where, one.doubtful) for one in found]


@pytest.mark.parametrize(
    ("body", "clause", "where"),
    [
        ({"size": 10}, "request.size.maximum", "body /size"),
        ({"size": "4"}, "request.size.type", "body /size"),
        ({"size": None}, "request.size.null", "body /size"),
        ({"tags": ["a", "e"]}, "request.tags.items.enum", "body /tags/1"),
        ({"pair": [{}]}, "request.pair.items.left.required", "body /pair/0/left"),
        ({"sice": 4}, "request.size.accepted", "body /sice"),
        ({"colour": "red"}, "request.body.type", "body /colour"),
        ([], "request.body.type", "body"),
        (b"{oops", "request.body.type", "body"),
    ],
    ids=str,
)
def test_a_value_a_name_and_a_form_that_the_documents_exclude(
    body: Any, clause: str, where: str, talk: Any
) -> None:
    assert told(sent(talk, body)) == [(clause, where, False)]


def test_what_was_sent_is_shown_and_what_the_documents_have_there(talk: Any) -> None:
    (size,) = sent(talk, {"size": 10})
    assert (size.what, size.sent, size.demands) == ("size 10", "10", "size is at most 9")
    (slip,) = sent(talk, {"sice": 4})
    assert slip.what == "sice is no documented field: perhaps size is meant"
    assert "size" in slip.demands


def test_a_path_a_query_and_a_media_type(talk: Any) -> None:
    size = {"size": 4}
    assert told(sent(talk, size, path="/rooms/one")) == [("request.room_id.format", "path room_id", False)]
    assert told(sent(talk, size, query="?api=2")) == [("request.api.enum", "query api", False)]
    text = (("Content-Type", "text/plain; charset=utf-8"),)
    assert told(sent(talk, size, headers=text)) == [("request.body.media-type", "header Content-Type", False)]


def test_what_a_recorder_may_have_left_out_is_doubtful(talk: Any) -> None:
    size = {"size": 4}
    assert told(sent(talk, size, query="")) == [("request.api.required", "query api", True)]
    assert told(sent(talk, size, headers=(("Accept", "*/*"),))) == [
        ("request.body.media-type", "header Content-Type", True)
    ]
    half = sent(talk, {}, method="POST", path="/rooms", headers=(*JSON, ID))
    assert told(half) == [("behaviour.repeats.pair-required", "header First-Sent", True)]


def test_a_recording_without_any_header_or_body_says_nothing_of_them(talk: Any) -> None:
    assert sent(talk, {"size": 4}, headers=()) == ()
    assert sent(talk, None) == ()


@pytest.mark.parametrize(
    "value", ["REDACTED", "<TOPIC>", "[FILTERED]", "***", "{{topic}}", "xxxxxxxx", "${TOPIC}"]
)
def test_a_value_that_a_recorder_took_out_is_no_evidence(value: str, talk: Any) -> None:
    assert sent(talk, {"topic": value, "size": value, "link": value, value: 1}) == ()
    assert sent(talk, {"size": 4}, path=f"/rooms/{value}", headers=(("Content-Type", value),)) == ()


@pytest.mark.parametrize(
    "body",
    [{"size": 4}, {"note": None}, {"day": "2030-09-01T00:00:00Z"}, {"day": "2001-01-01"}, {"name": ""}],
    ids=["documented", "nullable", "future", "past", "empty"],
)
def test_what_is_documented_or_left_open_is_no_violation(body: Any, talk: Any) -> None:
    assert sent(talk, body) == ()


def test_a_name_that_is_taken_and_a_room_that_is_gone_are_no_violations(talk: Any) -> None:
    other = "9b61621f-62e0-4aad-ab11-9fd19e272e73"
    talk.patch({"name": "first"}, {"name": "first"}, room_id=other)
    assert sent(talk, {"name": "first"}) == ()
    talk.say("DELETE", f"/rooms/{other}", status=204)
    assert sent(talk, {"size": 4}, path=f"/rooms/{other}") == ()


def test_what_roomproof_sent_itself_is_wrong_on_purpose(talk: Any) -> None:
    assert sent(talk, {"size": 10, "sice": 4}, credentials=Credentials.VALID) == ()


def test_a_read_only_field_is_one_only_with_another_value(talk: Any) -> None:
    def put(owner: str) -> list[tuple[str, str, bool]]:
        return told(sent(talk, {"topic": "abc", "owner": owner}, method="PUT"))

    assert put("thief") == [], "nobody knows what the room had"
    talk.patch({"size": 4}, {"size": 4})
    assert put("nobody") == []
    assert put("thief") == [("behaviour.owner.read-only", "body /owner", False)]


def test_a_request_to_which_no_response_belongs_is_judged_and_nothing_is_learned(talk: Any) -> None:
    def now(
        body: dict[str, Any], path: str = f"/rooms/{ROOM}", *, room_is_known: bool = True
    ) -> list[tuple[str, str, bool]]:
        request = Request("PUT", f"https://mini.example/api{path}?api=1", JSON, json.dumps(body).encode())
        return told(talk.judge.violations_of(request, room_is_known=room_is_known))

    talk.patch({"size": 4}, {"size": 4})
    before = talk.judge.violations
    assert now({"topic": "abc", "owner": "nobody", "size": 10}) == [
        ("request.size.maximum", "body /size", False)
    ]
    assert now({"topic": "abc", "owner": "thief"}) == [("behaviour.owner.read-only", "body /owner", False)]
    assert now({"topic": "abc", "owner": "thief"}, room_is_known=False) == []
    assert now({"size": 10}, "/elsewhere") == []
    assert talk.judge.violations is before


def test_a_field_of_the_response_that_is_sent_back_is_perhaps_harmless(talk: Any) -> None:
    assert told(sent(talk, {"created": "2030-06-01T12:00:00Z"})) == [
        ("request.body.type", "body /created", True)
    ]


def test_an_undocumented_field_that_the_room_has_is_perhaps_only_sent_back(talk: Any) -> None:
    assert told(sent(talk, {"colour": "red"})) == [("request.body.type", "body /colour", False)]
    talk.patch({"size": 4}, {"size": 4, "colour": "red"})
    assert told(sent(talk, {"colour": "red"})) == [("request.body.type", "body /colour", True)]
    assert told(sent(talk, {"sice": 4})) == [("request.size.accepted", "body /sice", False)]


def test_a_sample_closes_no_list_of_fields(mini_raw: Any, talk_about: Any) -> None:
    schema = mini_raw["components"]["schemas"]["Changes"]["properties"]
    schema["box"] = {"type": "object", "x-level": "sample", "properties": {"left": {"type": "integer"}}}
    talk = talk_about(mini_raw)
    assert sent(talk, {"box": {"wholly": 1}}) == ()
    assert told(sent(talk, {"box": {"lefft": 1}})) == [("request.box.left.type", "body /box/lefft", False)]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("maxSize", "max_size"),
        ("MAX-SIZE", "max_size"),
        ("max_sise", "max_size"),
        ("topics", "topic"),
        ("colour", ""),
        ("x" * 1000, ""),
    ],
)
def test_the_name_that_was_meant_is_near_in_spelling(name: str, meant: str) -> None:
    assert nearest(name, ("max_size", "topic", "owner")) == meant


def collected(talk: Any, bodies: list[Any], first: int = 0) -> ClientViolations:
    found = ClientViolations()
    for number, body in enumerate(bodies, first):
        sent(talk, body)
        found.note(talk.judge.violations, InteractionOrigin(Path("a.yaml"), f"line {number}"))
    return found


def test_like_ones_are_listed_once_with_the_first(talk: Any) -> None:
    listed = collected(talk, [{"size": 10}, {"size": 4}, {"size": 11}, {"size": "4"}]).listed()
    assert [(one.violation.sent, one.times, one.first.place) for one in listed] == [
        ("10", 2, "line 0"),
        ('"4"', 1, "line 3"),
    ]


def test_however_many_names_a_client_makes_up_the_list_stays_short(talk: Any) -> None:
    listed = collected(
        talk, [{f"unknown-{number * 7919}": 1} for number in range(MOST_LISTED + 100)]
    ).listed()
    assert len(listed) == MOST_LISTED + 1
    assert sum(one.times for one in listed) == MOST_LISTED + 100


BODIES = st.lists(
    st.sampled_from([{"size": 10}, {"size": "4"}, {"sice": 1}, {"colour": 1}, {"size": 4}]), max_size=12
)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bodies=BODIES, cut=st.integers(0, 12))
def test_two_collections_merge_into_what_one_would_have(talk: Any, bodies: list[Any], cut: int) -> None:
    both, second = collected(talk, bodies[:cut]), collected(talk, bodies[cut:], first=min(cut, len(bodies)))
    both.merge(second)
    assert both.listed() == collected(talk, bodies).listed()


@pytest.mark.parametrize(
    ("level", "usual", "strict"),
    [("documented", 1, 1), ("standard", 0, 1), ("sample", 0, 1), ("observed", 0, 0)],
)
def test_an_error_is_what_the_level_says(
    level: str, usual: int, strict: int, mini_raw: Any, talk_about: Any
) -> None:
    mini_raw["components"]["schemas"]["Changes"]["properties"]["flag"]["x-level"] = level
    (found,) = sent(talk_about(mini_raw), {"flag": 7})
    assert [ClientViolations(strict=is_strict).is_error(found) for is_strict in (False, True)] == [
        usual,
        strict,
    ]
