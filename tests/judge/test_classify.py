"""What a request is, before anybody looks at the response: to be accepted, to be rejected and why, or left
open by the documents.
"""

from __future__ import annotations

from typing import Any

import pytest

from roomproof.interaction import Credentials, RoomKnowledge
from roomproof.judge.judged_interaction import Question, RejectionReason

FAR = "2030-09-01T00:00:00"


@pytest.mark.parametrize(
    "body",
    [
        {"size": 1}, {"size": 9}, {"size": 4.0}, {"flag": False}, {"note": None}, {"note": "12345"},
        {"mode": "open"}, {"tags": ["a"]},
        {"tags": ["a", "b", "c"]}, {"day": "2030-09-01"}, {"day": f"{FAR}Z"}, {"day": f"{FAR}+02:00"},
        {"link": "https://example.com/hook"},
        {"volume": 0.5}, {"pin": "none"}, {"name": "Room 5"}, {"size": 4, "flag": True, "mode": "closed"},
    ],
    ids=str,
)  # fmt: skip
def test_what_is_documented_must_be_accepted(body: dict[str, Any], talk: Any) -> None:
    assert talk.classified(body).must_be_accepted


@pytest.mark.parametrize(
    ("body", "clause", "what"),
    [
        ({"size": 0}, "size.minimum", "size 0"),
        ({"size": 10}, "size.maximum", "size 10"),
        ({"size": []}, "size.type", "size []"),
        ({"size": 4.5}, "size.type", "size 4.5"),
        ({"mode": "Open"}, "mode.enum", 'mode "Open"'),
        ({"kind": "rooms"}, "kind.const", 'kind "rooms"'),
        ({"note": "123456"}, "note.max-length", 'note "123456"'),
        ({"topic": "a_b"}, "topic.pattern", 'topic "a_b"'),
        ({"tags": []}, "tags.min-items", "tags []"),
        ({"tags": ["a", "a"]}, "tags.unique-items", "tags ['a', 'a']"),
        ({"tags": ["e"]}, "tags.items.enum", 'tags.0 "e"'),
        ({"pair": [{"left": 1}, {"left": 4}]}, "pair.items.left.maximum", "pair.1.left 4"),
        ({"pair": [{}]}, "pair.items.left.required", "no pair.0.left"),
        ({"link": "example.com"}, "link.format", 'link "example.com"'),
        ({"day": "soon"}, "day.any-of", 'day "soon"'),
        ({"pin": 10}, "pin.one-of", "pin 10"),
        ({"share": 4}, "share.all-of", "share 4"),
        ({"grade": 8}, "grade.observed-maximum", "grade 8"),
        ([], "body.type", "the body []"),
        ("text", "body.type", 'the body "text"'),
    ],
    ids=str,
)
def test_what_is_excluded_must_be_rejected_for_the_clause_that_it_breaks(
    body: Any, clause: str, what: str, talk: Any
) -> None:
    (violation,) = talk.classified(body).violations
    assert violation.clause.id == f"mini.update-room.request.{clause}"
    assert (violation.rejection, violation.what, violation.lenient) == (RejectionReason.INVALID, what, False)


def test_a_field_that_a_closed_object_does_not_list_must_be_rejected(mini_raw: Any, talk_about: Any) -> None:
    mini_raw["components"]["schemas"]["Changes"]["additionalProperties"] = False
    talk = talk_about(mini_raw)
    (whole,) = talk.classified({"size": 4, "colour": "red"}).violations
    (inner,) = talk.classified({"pair": [{"left": 1, "right": 2}]}).violations
    assert whole.clause.id == "mini.update-room.request.body.additional-properties"
    assert inner.clause.id == "mini.update-room.request.pair.items.additional-properties"
    assert talk.classified({"size": 4, "colour": "red"}).unsettled == ()


def test_a_field_that_an_open_object_does_not_list_may_get_either_response(
    mini_raw: Any, talk_about: Any
) -> None:
    del mini_raw["components"]["schemas"]["Changes"]["properties"]["pair"]["items"]["additionalProperties"]
    found = talk_about(mini_raw).classified({"pair": [{"left": 1, "right": 2}]})
    assert found.violations == ()
    assert found.unsettled == (Question("pair.0.right is no documented field", ("pair",)),)


def test_a_value_of_the_wrong_type_breaks_its_type_and_nothing_else(talk: Any) -> None:
    assert [item.clause.rule for item in talk.classified({"topic": {"x": 1}}).violations] == ["type"]


def test_every_wrong_field_is_a_violation_of_its_own(talk: Any) -> None:
    found = talk.classified({"size": 10, "mode": "ajar", "flag": True}).violations
    assert [item.clause.id.split(".", 3)[3] for item in found] == ["size.maximum", "mode.enum"]


@pytest.mark.parametrize(
    ("body", "clause"),
    [
        ({"size": "4"}, "size.type"),
        ({"size": True}, "size.type"),
        ({"flag": "true"}, "flag.type"),
        ({"flag": 1}, "flag.type"),
        ({"name": 5}, "name.type"),
        ({"size": None}, "size.null"),
        ({"day": "2030-09-01 00:00:00Z"}, "day.any-of"),
        ({"link": "https://b\u00fccher.example/"}, "link.format"),
        (b"{", "body.type"),
        (None, "body.required"),
    ],
    ids=str,
)
def test_to_take_what_others_read_without_harm_is_lenient(body: Any, clause: str, talk: Any) -> None:
    (violation,) = talk.classified(body).violations
    assert violation.clause.id == f"mini.update-room.request.{clause}"
    assert violation.lenient


@pytest.mark.parametrize(
    "body",
    [{"size": "10"}, {"size": "four"}, {"flag": "maybe"}, {"flag": 2}, {"day": "2030-13-01 00:00Z"}],
    ids=str,
)
def test_to_take_what_nobody_reads_as_a_documented_value_is_not_lenient(
    body: dict[str, Any], talk: Any
) -> None:
    (violation,) = talk.classified(body).violations
    assert not violation.lenient


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ({}, "an empty update may be rejected"),
        ({"name": "x" * 65}, "no length is given"),
        ({"name": "x" * 300}, "no length is documented"),
        ({"name": " padded "}, "white space"),
        ({"name": "a\u0000b"}, "control"),
        ({"name": "a\u200bb"}, "control, format"),
        ({"colour": "red"}, "colour is no documented field"),
        ({"day": "2016-12-31T23:59:60Z"}, "leap second"),
        ({"day": "9999-12-31T00:00:00Z"}, "few systems hold every year"),
        ({"day": "2030-05-31T00:00:00Z"}, "in the past"),
    ],
    ids=str,
)
def test_what_the_documents_leave_open_may_get_either_response(
    body: dict[str, Any], why: str, talk: Any
) -> None:
    found = talk.classified(body)
    assert found.violations == ()
    assert not found.must_be_accepted
    assert any(why in question.why for question in found.unsettled), found.unsettled


def test_open_are_only_values_of_the_documented_type(talk: Any) -> None:
    # `maxProperties: 0` and `minLength: 65` hold for every value that is no object, no text: JSON Schema
    # ignores them there.
    assert not talk.classified([]).violations[0].lenient
    assert not talk.classified({"name": {}}).violations[0].lenient


@pytest.mark.parametrize(
    ("credentials", "rule"),
    [
        (Credentials.MISSING, "missing-refused"),
        (Credentials.WRONG, "wrong-refused"),
        (Credentials.UNSCOPED, "scope-required"),
    ],
)
def test_a_sender_without_the_right_to_ask_must_be_rejected(
    credentials: Credentials, rule: str, talk: Any
) -> None:
    (violation,) = talk.classified({"size": 4}, credentials=credentials).violations
    assert (violation.clause.rule, violation.rejection) == (rule, RejectionReason.UNAUTHENTICATED)


@pytest.mark.parametrize("headers", [(), (("Authorization", "hidden"),)], ids=["filtered", "hidden"])
def test_nothing_is_demanded_of_credentials_that_a_recording_does_not_tell(headers: Any, talk: Any) -> None:
    found = talk.classified({"size": 4}, credentials=Credentials.UNKNOWN, headers=headers)
    assert found.violations == ()
    assert found.must_be_accepted


def test_a_room_that_is_known_not_to_exist_must_be_rejected(talk: Any) -> None:
    (violation,) = talk.classified({"size": 4}, room=RoomKnowledge.NONE).violations
    assert (violation.clause.rule, violation.rejection) == ("unknown-refused", RejectionReason.UNKNOWN_ROOM)


def test_a_deleted_room_does_not_exist(talk: Any) -> None:
    talk.patch({"size": 4}, {"size": 4})
    talk.say("DELETE", "/rooms/7b61621f-62e0-4aad-ab11-9fd19e272e73", status=204)
    (violation,) = talk.classified({"size": 4}).violations
    assert violation.clause.rule == "unknown-refused"


def test_a_room_whose_deletion_was_rejected_is_still_there(talk: Any) -> None:
    talk.patch({"size": 4}, {"size": 4})
    talk.say("DELETE", "/rooms/7b61621f-62e0-4aad-ab11-9fd19e272e73", status=403)
    assert talk.classified({"size": 4}).must_be_accepted


def test_a_name_that_another_room_has_must_be_rejected_until_that_room_is_gone(talk: Any) -> None:
    other = "8b61621f-62e0-4aad-ab11-9fd19e272e73"
    talk.patch({"name": "taken"}, {"name": "taken"}, room_id=other)
    assert [item.clause.rule for item in talk.classified({"name": "taken"}).violations] == ["unique"]
    assert talk.classified({"name": "free"}).must_be_accepted
    talk.say("DELETE", f"/rooms/{other}", status=204)
    assert talk.classified({"name": "taken"}).must_be_accepted


def test_a_room_may_keep_its_own_name(talk: Any) -> None:
    talk.patch({"name": "mine"}, {"name": "mine"})
    assert talk.classified({"name": "mine"}).must_be_accepted


def test_edges_are_the_clauses_whose_limit_a_value_sits_on(talk: Any) -> None:
    edges = {
        name: {clause.rule for clause in found}
        for name, found in talk.classified({"size": 9, "note": "12345", "flag": True}).edges.items()
    }
    assert edges == {"size": {"maximum"}, "note": {"max-length"}, "flag": set()}


def test_a_spelling_that_only_the_standard_has_is_fragile(talk: Any) -> None:
    assert [clause.rule for clause in talk.classified({"day": f"{FAR}.5+02:00"}).fragile] == ["any-of"]
    assert talk.classified({"day": f"{FAR}Z"}).fragile == ()


@pytest.mark.parametrize(
    "link",
    [
        "HTTPS://example.com/hook", "https://EXAMPLE.com/hook", "https://me:x@example.com/",
        "https://[2001:db8::1]/hook", "https://localhost/",
        "https://192.0.2.10/hook", "https://example.com:/hook", "https://example.com/hook#end",
        "https://example.com/%7Ehook",
        "https://example.com/a%2fb", "wss://example.com/hook", "urn:example:room",
    ],
)  # fmt: skip
def test_a_uri_that_only_rfc_3986_allows_is_fragile(link: str, talk: Any) -> None:
    request = talk.classified({"link": link})
    assert request.must_be_accepted
    assert [clause.rule for clause in request.fragile] == ["format"]


@pytest.mark.parametrize(
    ("limit", "value"),
    [
        ({"enum": ["open", "closed"], "x-levels": {"enum": "sample"}}, "ajar"),
        ({"pattern": "^[0-9]+$", "x-levels": {"pattern": "sample"}}, "a1"),
        ({"maxLength": 3, "x-levels": {"maxLength": "sample"}}, "abcd"),
        ({"x-sample": {"enum": ["open", "closed"]}}, "ajar"),
    ],
    ids=str,
)
def test_a_sample_closes_no_list(limit: dict[str, Any], value: str, mini_raw: Any, talk_about: Any) -> None:
    mini_raw["components"]["schemas"]["Changes"]["properties"]["mode"] = {"type": "string", **limit}
    talk = talk_about(mini_raw)
    request = talk.classified({"mode": value})
    assert (request.violations, request.must_be_accepted) == ((), False)
    why = f'mode "{value}" is more than the samples show, and a sample closes no list'
    assert request.unsettled == (Question(why, ("mode",)),)


def test_a_sample_shows_of_which_type_a_value_is(mini_raw: Any, talk_about: Any) -> None:
    mini_raw["components"]["schemas"]["Changes"]["properties"]["mode"] = {
        "type": "string",
        "x-level": "sample",
    }
    (violation,) = talk_about(mini_raw).classified({"mode": []}).violations
    assert violation.clause.rule == "type"


@pytest.mark.parametrize(("level", "fragile"), [("documented", []), ("sample", ["nullable"])])
def test_a_null_that_only_a_sample_allows_is_fragile(
    level: str, fragile: list[str], mini_raw: Any, talk_about: Any
) -> None:
    mini_raw["components"]["schemas"]["Changes"]["properties"]["note"]["x-levels"] = {"nullable": level}
    request = talk_about(mini_raw).classified({"note": None})
    assert request.must_be_accepted
    assert [clause.rule for clause in request.fragile] == fragile


@pytest.mark.parametrize(
    "link",
    [
        "https://example.com",
        "http://example.com:8443/hook",
        "https://a-b.example.com/a%20b/?x=1&y=%C3%A9",
        "https://example.com?x",
    ],
)
def test_a_uri_as_pages_show_them_is_not_fragile(link: str, talk: Any) -> None:
    assert talk.classified({"link": link}).fragile == ()


def test_a_null_that_no_alternative_allows_need_not_be_accepted(mini_raw: Any, talk_about: Any) -> None:
    mini_raw["components"]["schemas"]["Changes"]["properties"]["pin"] = {
        "oneOf": [{"type": "integer"}, {"const": "none"}]
    }
    assert not talk_about(mini_raw).classified({"pin": None}).must_be_accepted


@pytest.mark.parametrize("credentials", [Credentials.MISSING, Credentials.WRONG, Credentials.UNSCOPED])
def test_a_sender_without_rights_need_not_be_heard_whatever_the_page_leaves_out(
    credentials: Credentials, mini_raw: Any, talk_about: Any
) -> None:
    update = mini_raw["paths"]["/rooms/{room_id}"]["patch"]
    update["x-behaviours"] = [line for line in update["x-behaviours"] if line.get("path") != "token"]
    assert not talk_about(mini_raw).classified({"size": 4}, credentials=credentials).must_be_accepted
