"""A pass only where something was proven: both sides of a limit, a rejection that has one reason, a response
that can be read.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from roomproof.interaction import Credentials, Interaction, Request, Response, RoomKnowledge
from roomproof.judge.evidence import Outcome
from roomproof.verdict import Verdict, Verdicts

ROOM = "7b61621f-62e0-4aad-ab11-9fd19e272e73"
OTHER = "8b61621f-62e0-4aad-ab11-9fd19e272e73"
NOW = datetime(2030, 6, 1, 12, tzinfo=UTC)
UPDATE, REPLACE = "mini.update-room", "mini.replace-room"
MAXIMUM = f"{UPDATE}.request.size.maximum"
SERVER_ERROR = f"{UPDATE}.behaviour.input.no-server-error"
WHOLE = {"topic": "abc", "owner": "nobody"}
Broken = Callable[..., set[str]]


def reject(talk: Any, body: Any, status: int = 422, **more: Any) -> Any:
    rejected = (("X-Error", "refused"),)
    return talk.say("PATCH", f"/rooms/{ROOM}", body, {"error": "no"}, status, answered=rejected, **more)


# Both sides of a limit.


def test_a_limit_whose_values_were_only_accepted_is_not_proven(talk: Any) -> None:
    talk.patch({"size": 9}, {"size": 9})
    assert talk.verdicts.verdicts()[MAXIMUM] is Verdict.UNEXERCISED
    reject(talk, {"size": 10})
    assert talk.verdicts.verdicts()[MAXIMUM] is Verdict.PASS


def test_a_limit_beyond_which_everything_was_rejected_is_not_proven_either(talk: Any) -> None:
    talk.patch({"size": 5}, {"size": 5})
    reject(talk, {"size": 10})
    assert talk.verdicts.verdicts()[MAXIMUM] is Verdict.UNEXERCISED


@pytest.mark.parametrize(
    ("rule", "inside", "outside"),
    [
        ("mode.enum", {"mode": "open"}, {"mode": "ajar"}),
        ("topic.pattern", {"topic": "a b"}, {"topic": "a_b"}),
        ("link.format", {"link": "https://example.com/a"}, {"link": "example"}),
        ("volume.exclusive-minimum", {"volume": 0.5}, {"volume": 0}),
        ("volume.multiple-of", {"volume": 0.5}, {"volume": 0.7}),
        ("tags.unique-items", {"tags": ["a", "b"]}, {"tags": ["a", "a"]}),
        ("share.all-of", {"share": 1}, {"share": 4}),
        ("pin.one-of", {"pin": 1}, {"pin": 11}),
        ("grade.observed-maximum", {"grade": 7}, {"grade": 8}),
    ],
)
def test_what_divides_values_is_proven_from_both_sides(
    rule: str, inside: Any, outside: Any, talk: Any
) -> None:
    talk.patch(inside, inside)
    assert talk.verdicts.verdicts()[f"{UPDATE}.request.{rule}"] is Verdict.UNEXERCISED
    reject(talk, outside)
    assert talk.verdicts.verdicts()[f"{UPDATE}.request.{rule}"] is Verdict.PASS


def test_a_limit_that_an_observed_one_shuts_off_is_proven_by_any_value_inside(
    talk_about: Any, mini_raw: Any
) -> None:
    size = mini_raw["components"]["schemas"]["Changes"]["properties"]["size"]
    mini_raw["components"]["schemas"]["Changes"]["properties"]["size"] = {
        **size,
        "x-observed": {"maximum": 5},
    }
    talk = talk_about(mini_raw)
    talk.patch({"size": 5}, {"size": 5})
    reject(talk, {"size": 10})
    assert talk.verdicts.verdicts()[MAXIMUM] is Verdict.PASS


@pytest.mark.parametrize("body", [{"size": "ten"}, {"flag": None}, [], b"no JSON"])
def test_who_rejects_everything_has_looked_at_nothing(body: Any, talk: Any) -> None:
    for _ in range(2):
        reject(talk, body)
        reject(talk, {"size": 4}, credentials=Credentials.MISSING, status=401)
    assert Verdict.PASS not in {
        verdict
        for name, verdict in talk.verdicts.verdicts().items()
        if ".request." in name or "token" in name
    }
    talk.patch({"size": 4}, {"size": 4})
    assert talk.verdicts.verdicts()[f"{UPDATE}.behaviour.token.missing-refused"] is Verdict.PASS


# A rejection proves only what nothing else explains.


def test_a_redirect_is_no_documented_rejection(talk: Any, broken: Broken) -> None:
    assert broken(reject(talk, {"size": 10}, 302)) == {"response.422.status"}


def rejected(talk: Any, clause: str) -> set[Outcome]:
    return {item.outcome for item, _ in talk.heard if item.clause == clause}


def test_a_rejection_is_laid_to_a_made_up_id_that_rode_along(talk: Any) -> None:
    talk.say("PUT", f"/rooms/{ROOM}", {"topic": "too long", "owner": "made up"}, None, 422)
    assert rejected(talk, f"{REPLACE}.request.topic.max-length") == {Outcome.INCONCLUSIVE}


def test_a_rejection_counts_where_a_read_showed_the_id_that_rode_along(talk: Any) -> None:
    talk.say("GET", f"/rooms/{ROOM}", response={"room": {"id": ROOM, "owner": "nobody"}})
    talk.say("PUT", f"/rooms/{ROOM}", {"topic": "too long", "owner": "nobody"}, None, 422)
    assert rejected(talk, f"{REPLACE}.request.topic.max-length") == {Outcome.PASS}


def test_a_room_that_answers_to_another_word_than_its_id_is_known_by_its_id(talk: Any) -> None:
    talk.say("GET", "/rooms/some-name", response={"room": {"id": ROOM, "owner": "nobody"}})
    assert list(talk.judge.rooms.states) == [ROOM]


def test_a_rejection_is_not_that_of_a_value_where_another_field_is_open(talk: Any) -> None:
    reject(talk, {"size": 10, "name": "x" * 70})
    assert rejected(talk, MAXIMUM) == {Outcome.INCONCLUSIVE}
    reject(talk, {"size": 10, "name": "fine"})
    assert rejected(talk, MAXIMUM) == {Outcome.INCONCLUSIVE, Outcome.PASS}


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(302, "inconclusive"), (304, "inconclusive"), (415, "inconclusive"), (422, "pass")],
)
def test_a_status_proves_a_rejection_only_if_it_is_one_of_the_value(
    status: int, outcome: str, talk: Any
) -> None:
    reject(talk, {"size": 10}, status=status)
    assert rejected(talk, MAXIMUM) == {Outcome(outcome)}


@pytest.mark.parametrize(
    ("status", "outcome"), [(401, "pass"), (422, "pass"), (409, "inconclusive"), (405, "inconclusive")]
)
def test_a_sender_is_turned_away_only_by_a_status_that_can_mean_it(
    status: int, outcome: str, talk: Any
) -> None:
    reject(talk, {"size": 4}, status=status, credentials=Credentials.MISSING)
    assert rejected(talk, f"{UPDATE}.behaviour.token.missing-refused") == {Outcome(outcome)}


@pytest.mark.parametrize(("status", "outcome"), [(404, "pass"), (422, "inconclusive")])
def test_an_unknown_room_is_rejected_by_a_status_of_its_own_or_for_no_other_reason(
    status: int, outcome: str, talk: Any
) -> None:
    reject(talk, {"size": 10}, status=status, room=RoomKnowledge.NONE)
    assert rejected(talk, f"{UPDATE}.behaviour.room_id.unknown-refused") == {Outcome(outcome)}


def test_a_bad_end_of_a_window_is_the_reason_and_the_window_is_not(talk: Any) -> None:
    talk.say("POST", "/rooms", {"opens": "2030-07-01T12:00:00Z", "closes": "soon"}, None, 422)
    assert rejected(talk, "mini.create-room.request.closes.format") == {Outcome.PASS}


@pytest.mark.parametrize("status", [400, 411, 415])
def test_a_body_that_is_missing_may_be_rejected_for_its_length_or_its_type(status: int, talk: Any) -> None:
    talk.say("PATCH", f"/rooms/{ROOM}", None, {"error": "no"}, status)
    assert rejected(talk, f"{UPDATE}.request.body.required") == {Outcome.PASS}


# Names that are taken.


def conflict(talk: Any, body: Any, **more: Any) -> Any:
    return talk.patch(body, None, status=409, **more)


def test_a_conflict_is_excused_where_a_new_name_may_be_that_of_another_room(
    talk: Any, broken: Broken
) -> None:
    talk.patch({"name": "mine"}, {"name": "mine"})
    assert broken(conflict(talk, {"name": "new"})) == set()


@pytest.mark.parametrize("body", [{"flag": True}, {"name": "mine"}], ids=["no name", "the room's own"])
def test_no_other_conflict_is_excused(body: Any, talk: Any, broken: Broken) -> None:
    talk.patch({"name": "mine"}, {"name": "mine"})
    assert broken(conflict(talk, body)) != set()


def test_a_name_that_another_room_gave_up_is_free(talk: Any, broken: Broken) -> None:
    talk.patch({"name": "mine"}, {"name": "mine"})
    talk.patch({"name": "passed on"}, {"name": "passed on"}, room_id=OTHER)
    talk.patch({"name": "another"}, {"name": "another"}, room_id=OTHER)
    assert broken(conflict(talk, {"name": "passed on"})) == {"request.name.accepted"}


def test_the_name_of_a_room_that_was_deleted_is_free(talk: Any, broken: Broken) -> None:
    talk.patch({"name": "passed on"}, {"name": "passed on"}, room_id=OTHER)
    talk.say("DELETE", f"/rooms/{OTHER}", status=204)
    assert broken(conflict(talk, {"name": "passed on"})) == {"request.name.accepted"}


def test_a_conflict_proves_nothing_about_another_field(talk: Any) -> None:
    conflict(talk, {"size": 10, "name": "new"})
    assert rejected(talk, MAXIMUM) == {Outcome.INCONCLUSIVE}


@pytest.mark.parametrize("status", [400, 409, 422])
def test_in_a_recording_a_name_may_be_that_of_a_room_which_is_not_in_it(status: int, talk: Any) -> None:
    talk.patch({"name": "mine"}, {"name": "mine"}, credentials=Credentials.UNKNOWN)
    evidence = reject(talk, {"name": "new"}, status, credentials=Credentials.UNKNOWN)
    assert {Outcome.FAIL, Outcome.WARN}.isdisjoint(item.outcome for item in evidence)


def test_in_a_recording_a_name_that_was_given_up_may_have_been_taken_since(talk: Any) -> None:
    for name in ("alpha", "beta"):
        talk.patch({"name": name}, {"name": name}, credentials=Credentials.UNKNOWN)
    evidence = reject(talk, {"name": "alpha"}, credentials=Credentials.UNKNOWN)
    assert {Outcome.FAIL, Outcome.WARN}.isdisjoint(item.outcome for item in evidence)


@pytest.mark.parametrize("status", [401, 409, 429, 503])
def test_a_recording_in_which_a_request_had_no_luck_at_first_leaves_no_doubt(status: int, talk: Any) -> None:
    body, sender = {"link": "https://example.com/a", "name": "new"}, {"credentials": Credentials.UNKNOWN}
    reject(talk, body, status, **sender)
    talk.patch(body, body, **sender)
    assert Verdict.INCONCLUSIVE not in talk.verdicts.verdicts().values()


def test_an_update_that_documents_no_body_need_not_show_what_it_accepted(
    mini_raw: Any, talk_about: Any
) -> None:
    del mini_raw["paths"]["/rooms/{room_id}"]["patch"]["responses"]["200"]["content"]
    mini_raw["paths"]["/rooms/{room_id}"]["patch"]["x-behaviours"] = [
        {"fields": ["size"], "rule": "echo", "demands": "it is answered"}
    ]
    del mini_raw["paths"]["/rooms/{room_id}"]["put"]
    talk = talk_about(mini_raw)
    talk.say("PATCH", f"/rooms/{ROOM}", {"size": 5})
    assert talk.verdicts.verdicts()[f"{UPDATE}.behaviour.size.echo"] is Verdict.UNEXERCISED


# Blame.

OFFSET = "2030-09-01T12:00:00+02:00"


def test_a_spelling_that_only_the_standard_has_is_blamed_alone(talk: Any) -> None:
    talk.patch({"flag": True}, {"flag": True})
    evidence = reject(talk, {"day": OFFSET, "flag": True})
    assert [
        (item.clause, item.outcome) for item in evidence if item.outcome in (Outcome.FAIL, Outcome.WARN)
    ] == [(f"{UPDATE}.request.day.any-of", Outcome.WARN)]


def test_a_spelling_is_not_blamed_for_a_field_that_was_never_accepted(talk: Any) -> None:
    reject(talk, {"day": OFFSET, "flag": True})
    talk.patch({"day": OFFSET}, {"day": OFFSET})
    reject(talk, {"flag": True})
    broken = {finding.clause.id: finding.verdict for finding in talk.verdicts.findings()}
    assert broken == {f"{UPDATE}.request.flag.accepted": Verdict.FAIL}


def test_of_a_spelling_and_a_new_field_neither_is_blamed_for_certain(talk: Any) -> None:
    reject(talk, {"day": OFFSET, "flag": True})
    assert {finding.verdict for finding in talk.verdicts.findings()} == {Verdict.WARNING}


# Responses that cannot be read.


def answered(talk: Any, body: bytes, sent: bytes = b'{"size":5}', status: int = 200) -> Any:
    headers = (("Content-Type", "application/json"),)
    request = Request(
        "PATCH", f"https://mini.example/api/rooms/{ROOM}?api=1", headers, sent, Credentials.VALID
    )
    return talk.hear(Interaction(request, Response(status, headers, body), NOW))


RESPONSE = b'{"room":{"id":"%s","name":"n","created":"2030-06-01T12:00:00Z","owner":"o","size":%s}}'


def test_a_byte_order_mark_is_told_and_the_response_judged_all_the_same(talk: Any, broken: Broken) -> None:
    evidence = answered(talk, b"\xef\xbb\xbf" + RESPONSE % (ROOM.encode(), b"6"))
    assert broken(evidence, Outcome.WARN) == {"response.body.json"}
    assert broken(evidence) == {"behaviour.size.echo"}


@pytest.mark.parametrize(
    "body",
    [
        b'{"room":{},"room":{"id":"a"}}',
        b'{"room":{"id":"a","size":1,"size":1}}',
        b'{"room":{"tags":[{"a":1,"\\u0061":2}]}}',
    ],
    ids=["outside", "inside", "spelled otherwise"],
)
def test_a_name_that_stands_twice_in_an_object_is_told(body: bytes, talk: Any, broken: Broken) -> None:
    assert "response.body.json" in broken(answered(talk, body), Outcome.WARN)


def test_names_are_compared_in_one_pass(talk: Any, broken: Broken) -> None:
    many = b",".join(b'"%d":0' % number for number in range(50_000))
    assert "response.body.json" in broken(answered(talk, b'{"room":{%s,"49999":1}}' % many), Outcome.WARN)


def test_one_name_in_two_objects_stands_once_in_each(talk: Any, broken: Broken) -> None:
    body = RESPONSE % (ROOM.encode(), b'5,"pair":[{"left":1},{"left":1}]')
    assert "response.body.json" in broken(answered(talk, body), Outcome.PASS)


@pytest.mark.parametrize(
    "body", [b'{"room":{"name":"\\ud800"}}', b"[" * 200 + b"]" * 200], ids=["lone surrogate", "deep"]
)
def test_what_an_unreadable_response_would_have_shown_is_inconclusive(body: bytes, talk: Any) -> None:
    answered(talk, body)
    verdicts = talk.verdicts.verdicts()
    assert verdicts[f"{UPDATE}.response.room.id.present"] is Verdict.INCONCLUSIVE
    assert verdicts[f"{UPDATE}.behaviour.size.echo"] is Verdict.INCONCLUSIVE
    assert verdicts[f"{UPDATE}.response.body.json"] is Verdict.WARNING


@pytest.mark.parametrize("body", [b"null", b"[]", b'"text"', b'{"room":null}', b'{"Room":{"size":5}}'])
def test_a_response_of_another_shape_shows_no_echo(body: bytes, talk: Any) -> None:
    answered(talk, body)
    assert talk.verdicts.verdicts()[f"{UPDATE}.behaviour.size.echo"] is Verdict.INCONCLUSIVE


@pytest.mark.parametrize(
    "body", [b"", b"null", b'{"room":null}', b'{"ROOM":{"ID":"1"}}', b"[" * 200 + b"]" * 200], ids=str
)
def test_what_a_new_room_would_have_shown_is_inconclusive_where_the_create_shows_none(
    body: bytes, talk: Any
) -> None:
    made = Request("POST", "https://mini.example/api/imports?api=1", (), b'{"name":"x"}', Credentials.VALID)
    talk.hear(Interaction(made, Response(201, (("Content-Type", "application/json"),), body), NOW))
    verdicts = talk.verdicts.verdicts()
    assert verdicts[f"{UPDATE}.request.size.default"] is Verdict.INCONCLUSIVE
    assert verdicts[f"{UPDATE}.behaviour.name.unique"] is Verdict.INCONCLUSIVE


def test_a_text_on_which_parsers_differ_is_no_fail_even_when_strict(talk: Any) -> None:
    strict = Verdicts(talk.contract, strict=True)
    for item in answered(talk, b'{"room":{"name":"\\ud800"}}'):
        strict.add(item, talk.heard[-1][1])
    assert strict.verdicts()[f"{UPDATE}.response.body.json"] is Verdict.WARNING
