"""What the judge remembers of rooms: what was told, what must stay, what a rejected or unanswered request
leaves unknown.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from roomproof.interaction import Credentials, Interaction, Request, Response, RoomKnowledge
from roomproof.judge.evidence import Outcome
from roomproof.judge.judge import Judge
from roomproof.judge.rooms import MOST_VALUES
from roomproof.providers import find_contract
from roomproof.verdict import Verdict

OTHER = "8b61621f-62e0-4aad-ab11-9fd19e272e73"
THIRD = "9b61621f-62e0-4aad-ab11-9fd19e272e73"
NOW = datetime(2030, 6, 1, 12, tzinfo=UTC)
DATE = ("Date", "Sat, 01 Jun 2030 12:00:00 GMT")
ID = ("Request-Id", "0f8fad5b-d9cb-469f-a165-70867728950e")
SENT = ("First-Sent", "Sat, 01 Jun 2030 12:00:00 GMT")
Broken = Callable[..., set[str]]


def test_a_right_conversation_breaks_nothing(talk: Any, broken: Broken) -> None:
    talk.create(
        {}, {"id": THIRD, "size": 4, "opens": "2030-06-01T12:00:00Z", "closes": "2030-11-28T12:00:00Z"}
    )
    talk.patch({"size": 5}, {"size": 5, "mode": "open"})
    talk.patch({"mode": "closed"}, {"size": 5, "mode": "closed"})
    talk.say(
        "PATCH",
        f"/rooms/{talk_room()}",
        {"size": 0},
        {"error": "too small"},
        422,
        answered=(("X-Error", "refused"),),
    )
    talk.patch({"flag": True}, {"size": 5, "mode": "closed", "flag": True})
    evidence = [item for item, _ in talk.heard]
    assert broken(evidence) == broken(evidence, Outcome.WARN) == set()


def test_a_lost_value_breaks_its_echo_and_nothing_else(talk: Any, broken: Broken) -> None:
    assert broken(talk.patch({"size": 5, "mode": "closed"}, {"size": 6, "mode": "closed"})) == {
        "behaviour.size.echo"
    }


def test_what_no_page_has_inside_a_value_need_not_come_back(
    mini_raw: Any, talk_about: Any, broken: Broken
) -> None:
    del mini_raw["components"]["schemas"]["Changes"]["properties"]["pair"]["items"]["additionalProperties"]
    talk = talk_about(mini_raw)
    assert broken(talk.patch({"pair": [{"left": 1, "right": 2}]}, {"pair": [{"left": 1}]})) == set()
    assert broken(talk.patch({"pair": [{"left": 1}]}, {"pair": [{"left": 2}]})) == {"behaviour.pair.echo"}


def test_a_value_that_is_not_in_the_response_is_lost_too(talk: Any, broken: Broken) -> None:
    assert broken(talk.patch({"size": 5}, {})) == {"behaviour.size.echo"}


def test_a_field_that_was_not_sent_stays(talk: Any, broken: Broken) -> None:
    talk.patch({"size": 5}, {"size": 5, "mode": "open"})
    assert broken(talk.patch({"size": 6}, {"size": 6, "mode": "closed"})) == {"behaviour.mode.unchanged"}


def test_what_is_unknown_before_cannot_be_seen_to_change(talk: Any, broken: Broken) -> None:
    evidence = talk.patch({"size": 5}, {"size": 5, "mode": "closed"})
    assert "behaviour.mode.unchanged" not in broken(evidence) | broken(evidence, Outcome.PASS)


def test_a_change_of_one_room_that_shows_in_another_is_seen(talk: Any, broken: Broken) -> None:
    talk.patch({"size": 5}, {"size": 5})
    talk.patch({"size": 7}, {"size": 7}, room_id=OTHER)
    assert broken(talk.patch({"mode": "open"}, {"size": 7, "mode": "open"})) == {"behaviour.size.unchanged"}


def test_a_rejected_request_that_changes_the_room_all_the_same_is_seen(talk: Any, broken: Broken) -> None:
    talk.patch({"size": 5}, {"size": 5, "mode": "open"})
    talk.patch({"size": 10, "mode": "closed"}, None, status=422)
    assert broken(talk.patch({"flag": True}, {"size": 5, "mode": "closed", "flag": True})) == {
        "behaviour.mode.unchanged"
    }


def test_a_stranger_whose_request_is_rejected_but_carried_out_is_seen(talk: Any, broken: Broken) -> None:
    talk.patch({"size": 5}, {"size": 5})
    talk.patch({"size": 6}, None, status=401, credentials=Credentials.MISSING)
    assert broken(talk.patch({"flag": True}, {"size": 6, "flag": True})) == {"behaviour.size.unchanged"}


def test_a_read_shows_what_the_room_is_like_now(talk: Any, broken: Broken) -> None:
    talk.patch({"size": 5}, {"size": 5})
    talk.say("GET", f"/rooms/{talk_room()}", response={"room": {"id": talk_room(), "size": 8}})
    assert broken(talk.patch({"flag": True}, {"size": 8, "flag": True})) == set()


def talk_room() -> str:
    return "7b61621f-62e0-4aad-ab11-9fd19e272e73"


@pytest.mark.parametrize("status", [500, 502])
def test_after_a_server_error_nobody_knows_whether_the_room_changed(
    status: int, talk: Any, broken: Broken
) -> None:
    talk.patch({"size": 5}, {"size": 5})
    assert broken(talk.patch({"size": 6}, None, status=status)) >= {"behaviour.input.no-server-error"}
    assert broken(talk.patch({"flag": True}, {"size": 6, "flag": True})) == set()
    assert broken(talk.patch({"flag": True}, {"size": 7, "flag": True})) == {"behaviour.size.unchanged"}


def test_after_a_lost_connection_nobody_knows_whether_the_room_changed(talk: Any, broken: Broken) -> None:
    talk.patch({"size": 5}, {"size": 5})
    request = Request(
        "PATCH", f"https://mini.example/api/rooms/{talk_room()}?api=1", (), b'{"size":6}', Credentials.VALID
    )
    evidence = talk.hear(Interaction(request, None, NOW, "connection reset"))
    assert {item.outcome for item in evidence} == {Outcome.INCONCLUSIVE}
    assert broken(talk.patch({"flag": True}, {"size": 6, "flag": True})) == set()


@pytest.mark.parametrize("status", [429, 503])
def test_a_provider_too_busy_to_answer_proves_nothing(status: int, talk: Any) -> None:
    evidence = talk.patch({"size": 5}, None, status=status)
    assert {item.outcome for item in evidence} == {Outcome.INCONCLUSIVE}
    verdicts = talk.verdicts.verdicts()
    assert verdicts["mini.update-room.response.200.status"] is Verdict.INCONCLUSIVE
    assert Verdict.FAIL not in verdicts.values()
    assert verdicts["mini.update-room.behaviour.input.no-server-error"] is Verdict.UNEXERCISED


def test_an_interaction_of_no_operation_says_nothing(talk: Any) -> None:
    assert talk.say("GET", "/weather", response={"room": {"id": 5}}) == []


def test_what_no_interaction_tested_stays_unexercised(talk: Any) -> None:
    assert set(talk.verdicts.verdicts().values()) == {Verdict.UNEXERCISED}
    talk.patch({"size": 5}, {"size": 5})
    verdicts = talk.verdicts.verdicts()
    assert verdicts["mini.update-room.behaviour.size.echo"] is Verdict.PASS
    assert verdicts["mini.update-room.request.size.maximum"] is Verdict.UNEXERCISED
    assert verdicts["mini.update-room.behaviour.mode.echo"] is Verdict.UNEXERCISED
    assert verdicts["mini.create-room.response.201.status"] is Verdict.UNEXERCISED


def test_the_id_in_the_response_is_that_of_the_path(talk: Any, broken: Broken) -> None:
    assert broken(
        talk.say(
            "PATCH",
            f"/rooms/{OTHER}",
            {"flag": True},
            {
                "room": {
                    "id": talk_room(),
                    "name": "n",
                    "created": "2030-06-01T12:00:00Z",
                    "owner": "o",
                    "flag": True,
                }
            },
        )
    ) == {"behaviour.id.constant"}


def test_an_id_in_capitals_is_the_same_id(talk: Any, broken: Broken) -> None:
    assert broken(talk.patch({"flag": True}, {"flag": True, "id": talk_room().upper()})) == set()


def test_the_time_of_creation_may_be_spelled_otherwise_but_not_move(talk: Any, broken: Broken) -> None:
    talk.patch({"flag": True}, {"flag": True})
    assert broken(talk.patch({"flag": True}, {"flag": True, "created": "2030-06-01T14:00:00+02:00"})) == set()
    assert broken(talk.patch({"flag": True}, {"flag": True, "created": "2030-06-01T14:00:01+02:00"})) == {
        "behaviour.created.constant"
    }


def test_a_null_that_is_taken_keeps_the_value(talk: Any, broken: Broken) -> None:
    talk.patch({"size": 5}, {"size": 5})
    assert "behaviour.size.null-unchanged" in broken(talk.patch({"size": None}, {"size": 5}), Outcome.PASS)
    assert "behaviour.size.null-unchanged" in broken(talk.patch({"size": None}, {"size": 4}), Outcome.WARN)


def test_a_read_only_field_may_be_rejected_or_ignored_but_never_accepted(talk: Any, broken: Broken) -> None:
    body = {"topic": "abc", "owner": "thief"}
    talk.put({"topic": "abc", "owner": "nobody"}, {"topic": "abc"})
    assert "behaviour.owner.read-only" in broken(
        talk.put(body, {"topic": "abc", "owner": "nobody"}), Outcome.PASS
    )
    assert "behaviour.owner.read-only" in broken(
        talk.say("PUT", f"/rooms/{talk_room()}", body, {}, 422), Outcome.PASS
    )
    assert "behaviour.owner.read-only" in broken(talk.put(body, {"topic": "abc", "owner": "thief"}))


@pytest.mark.parametrize(("size", "outcome"), [(7, Outcome.PASS), (4, Outcome.PASS), (1, Outcome.FAIL)])
def test_what_a_put_leaves_out_is_kept_or_falls_back_to_its_default(
    size: int, outcome: Outcome, talk: Any, broken: Broken
) -> None:
    talk.put({"topic": "abc", "owner": "nobody", "size": 7}, {"topic": "abc", "size": 7})
    evidence = talk.put({"topic": "abc", "owner": "nobody"}, {"topic": "abc", "size": size})
    assert "behaviour.size.kept-or-default" in broken(evidence, outcome)


@pytest.fixture
def settings_talk(mini_raw: Any, talk_about: Any) -> Any:
    """A conversation about rooms with settings: an object that both kinds of update may carry."""
    rooms = mini_raw["paths"]["/rooms/{room_id}"]
    settings = {"settings": {"type": "object"}}
    mini_raw["components"]["schemas"]["Changes"]["properties"] |= settings
    replacing = rooms["put"]["requestBody"]["content"]["application/json"]["schema"]
    replacing["properties"] = {**replacing["properties"], **settings}
    rooms["put"]["x-behaviours"] += [
        {"path": "settings", "rule": "echo", "demands": "accepted settings are answered"}
    ]
    return talk_about(mini_raw)


WHOLE = {"topic": "abc", "owner": "nobody"}
OLD = {"theme": {"colour": "blue", "size": 3}, "speed": 5, "loud": False}


@pytest.mark.parametrize(
    ("sent", "answered", "left"),
    [
        ({"tone": 1}, {"tone": 1}, ""),
        ({"tone": 1}, {"tone": 1, **OLD}, "settings.theme, settings.speed"),
        ({"theme": {"size": 3}}, {"theme": {"size": 3, "colour": "blue"}}, "settings.theme.colour"),
        ({"theme": {"size": 3}}, {"theme": {"size": 3, "colour": "white"}, "speed": 1}, ""),
        ({"tone": 1}, {"tone": 1, "added": True}, ""),
        ({"tone": 1}, {"tone": 1, "loud": False}, ""),
    ],
    ids=[
        "replaced",
        "merged",
        "merged deep down",
        "defaults of the server",
        "added by the server",
        "an empty value",
    ],
)
def test_what_a_put_replaces_holds_nothing_that_was_told_before(
    sent: Any, answered: Any, left: str, settings_talk: Any
) -> None:
    settings_talk.put({**WHOLE, "settings": OLD}, {"topic": "abc", "settings": OLD})
    evidence = settings_talk.put({**WHOLE, "settings": sent}, {"topic": "abc", "settings": answered})
    (echo,) = (item for item in evidence if item.clause == "mini.replace-room.behaviour.settings.echo")
    assert echo.outcome is (Outcome.FAIL if left else Outcome.PASS)
    assert echo.summary.endswith(left)


def test_what_the_server_always_adds_may_stay_under_a_put(settings_talk: Any, broken: Broken) -> None:
    for number in (1, 2):
        told = {f"tone{number}": 1}
        assert (
            broken(
                settings_talk.put(
                    {**WHOLE, "settings": told}, {"topic": "abc", "settings": {**told, "added": 7}}
                )
            )
            == set()
        )


def test_a_patch_may_merge(settings_talk: Any, broken: Broken) -> None:
    settings_talk.patch({"settings": OLD}, {"settings": OLD})
    assert broken(settings_talk.patch({"settings": {"tone": 1}}, {"settings": {**OLD, "tone": 1}})) == set()


def test_after_a_doubtful_request_a_put_may_leave_what_was_told(settings_talk: Any, broken: Broken) -> None:
    settings_talk.put({**WHOLE, "settings": OLD}, {"topic": "abc", "settings": OLD})
    settings_talk.say("PUT", f"/rooms/{talk_room()}", {**WHOLE, "settings": {}}, None, 502)
    told = {"topic": "abc", "settings": {"tone": 1, **OLD}}
    assert "behaviour.settings.echo" not in broken(
        settings_talk.put({**WHOLE, "settings": {"tone": 1}}, told)
    )


def test_a_date_alone_becomes_midnight(talk: Any, broken: Broken) -> None:
    assert "behaviour.day.date-only" in broken(
        talk.patch({"day": "2030-09-01"}, {"day": "2030-09-01T00:00:00Z"}), Outcome.PASS
    )
    assert "behaviour.day.date-only" in broken(
        talk.patch({"day": "2030-09-01"}, {"day": "2030-09-01T12:00:00Z"})
    )


# New rooms.

FRESH = {"id": THIRD, "size": 4, "opens": "2030-06-01T12:00:00Z", "closes": "2030-11-28T12:00:00Z"}


def made(
    talk: Any,
    body: dict[str, Any],
    response: dict[str, Any],
    headers: tuple[tuple[str, str], ...] = (),
    status: int = 201,
) -> Any:
    shown = {"room": {"id": THIRD, "name": "n", "created": "2030-06-01T12:00:00Z", "owner": "o", **response}}
    request = Request(
        "POST",
        "https://mini.example/api/rooms?api=1",
        (("Content-Type", "application/json"), *headers),
        json.dumps(body).encode(),
        Credentials.VALID,
    )
    return talk.hear(
        Interaction(
            request,
            Response(status, (DATE, ("Content-Type", "application/json")), json.dumps(shown).encode()),
            NOW,
        )
    )


def test_a_new_room_has_the_documented_defaults(talk: Any, broken: Broken) -> None:
    evidence = made(talk, {}, FRESH)
    assert broken(evidence) == set()
    assert broken(evidence, Outcome.PASS) >= {
        "request.size.default", "behaviour.opens.default-now", "behaviour.closes.default-now",
        "behaviour.created.created-now", "behaviour.id.server-generated",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("response", "clause"),
    [
        ({"size": 5}, "request.size.default"),
        ({"opens": "2030-06-02T12:00:00Z"}, "behaviour.opens.default-now"),
        ({"closes": "2030-11-27T12:00:00Z"}, "behaviour.closes.default-now"),
        ({"closes": "2031-06-01T12:00:00Z"}, "behaviour.closes.default-now"),
        (
            {
                "created": "2030-06-01T11:00:00Z",
                "opens": "2030-06-01T11:00:00Z",
                "closes": "2030-11-28T11:00:00Z",
            },
            "behaviour.created.created-now",
        ),
    ],
    ids=str,
)
def test_a_new_room_with_another_default_is_seen(
    response: dict[str, Any], clause: str, talk: Any, broken: Broken
) -> None:
    assert broken(made(talk, {}, {**FRESH, **response})) == {clause}


@pytest.mark.parametrize(
    ("closes", "outcome"),
    [
        ("2030-11-28T12:00:00Z", {Outcome.PASS}),
        ("2030-12-28T12:00:00Z", set()),
        ("2030-12-01T12:00:00Z", {Outcome.FAIL}),
    ],
    ids=["180 days from now", "180 days from the time that was sent", "neither"],
)
def test_a_default_counts_from_now_and_from_a_time_that_was_sent_proves_nothing(
    closes: str, outcome: set[Outcome], talk: Any
) -> None:
    opens = "2030-07-01T12:00:00Z"
    evidence = made(talk, {"opens": opens}, {**FRESH, "opens": opens, "closes": closes})
    assert {item.outcome for item in evidence if item.clause.endswith("closes.default-now")} == outcome


def test_a_default_is_not_demanded_of_what_was_sent_once(talk: Any, broken: Broken) -> None:
    made(talk, {"size": 5}, {**FRESH, "size": 5})
    evidence = talk.patch({"flag": True}, {**FRESH, "size": 5, "flag": True}, room_id=THIRD)
    assert "request.size.default" not in broken(evidence) | broken(evidence, Outcome.PASS)


def test_a_default_still_stands_in_a_room_that_was_updated_otherwise(talk: Any, broken: Broken) -> None:
    made(talk, {}, FRESH)
    evidence = talk.patch({"flag": True}, {**FRESH, "flag": True, "size": 5}, room_id=THIRD)
    assert "request.size.default" in broken(evidence)


@pytest.mark.parametrize(
    "unseen",
    [
        ("PATCH", "", {"size": 7}, 502),
        ("PATCH", "", {"size": 7}, 503),
        ("PATCH", "", {"size": 7}, 200),
        ("POST", "/resize", {}, 200),
    ],
    ids=["server error", "busy", "no room in the response", "a call of no contract"],
)
def test_no_default_is_demanded_of_what_may_have_been_set_unseen(
    unseen: Any, talk: Any, broken: Broken
) -> None:
    method, below, body, status = unseen
    made(talk, {}, FRESH)
    talk.say(method, f"/rooms/{THIRD}{below}", body, None, status)
    evidence = talk.patch({"flag": True}, {**FRESH, "flag": True, "size": 7}, room_id=THIRD)
    assert "request.size.default" not in broken(evidence)


def test_the_default_of_a_room_made_by_a_supporting_call_is_seen(talk: Any, broken: Broken) -> None:
    evidence = talk.say("POST", "/imports", {}, {"room": {"id": THIRD, "size": 5}})
    assert "request.size.default" in broken(evidence)


def test_an_id_of_the_senders_choice_is_seen(talk: Any, broken: Broken) -> None:
    assert "behaviour.id.server-generated" in broken(made(talk, {"id": THIRD}, FRESH))


def test_an_id_given_twice_is_seen(talk: Any, broken: Broken) -> None:
    made(talk, {}, FRESH)
    assert "behaviour.id.server-generated" in broken(made(talk, {}, FRESH))


# Repeated requests.


def test_a_repeated_request_is_answered_with_the_same_room(talk: Any, broken: Broken) -> None:
    first = made(talk, {"size": 5}, {**FRESH, "size": 5}, (ID, SENT))
    again = made(talk, {"size": 5}, {**FRESH, "size": 5}, (ID, SENT))
    assert "behaviour.repeats.replayed-once" not in broken(first) | broken(first, Outcome.PASS)
    assert "behaviour.repeats.replayed-once" in broken(again, Outcome.PASS)
    assert broken(again) == set()


@pytest.mark.parametrize("repeat", [2, 3])
def test_a_request_carried_out_again_is_seen_at_whichever_repeat(
    repeat: int, talk: Any, broken: Broken
) -> None:
    for _ in range(repeat - 1):
        made(talk, {}, FRESH, (ID, SENT))
    assert "behaviour.repeats.replayed-once" in broken(made(talk, {}, {**FRESH, "id": OTHER}, (ID, SENT)))


@pytest.mark.parametrize(
    ("size", "right"),
    [(5, True), (6, True), (7, False)],
    ids=["as it was", "as it is now", "as it never was"],
)
def test_a_repeat_shows_the_room_as_it_was_or_as_it_is_now(
    size: int, right: bool, talk: Any, broken: Broken
) -> None:
    made(talk, {"size": 5}, {**FRESH, "size": 5}, (ID, SENT))
    talk.patch({"size": 6}, {**FRESH, "name": "n", "owner": "o", "size": 6}, room_id=THIRD)
    again = broken(made(talk, {"size": 5}, {**FRESH, "size": size}, (ID, SENT)))
    assert again == (set() if right else {"behaviour.repeats.replayed-once"})


def test_a_repeat_that_is_rejected_is_seen(talk: Any, broken: Broken) -> None:
    made(talk, {}, FRESH, (ID, SENT))
    assert "behaviour.repeats.replayed-once" in broken(made(talk, {}, {}, (ID, SENT), status=409))


def test_another_id_and_another_body_are_no_repeats(talk: Any, broken: Broken) -> None:
    made(talk, {}, FRESH, (ID, SENT))
    other = ("Request-Id", "1f8fad5b-d9cb-469f-a165-70867728950e")
    for evidence in (
        made(talk, {}, {**FRESH, "id": OTHER}, (other, SENT)),
        made(talk, {"size": 5}, {**FRESH, "size": 5, "id": talk_room()}, (ID, SENT)),
    ):
        assert "behaviour.repeats.replayed-once" not in broken(evidence) | broken(evidence, Outcome.PASS)


def test_half_a_pair_of_headers_must_be_rejected(talk: Any, broken: Broken) -> None:
    assert "behaviour.repeats.pair-required" in broken(made(talk, {}, FRESH, (ID,)))
    assert "behaviour.repeats.pair-required" in broken(made(talk, {}, {}, (ID,), status=400), Outcome.PASS)


# Lists of a room's fields.


@pytest.mark.parametrize(
    ("listed", "fails"),
    [
        ([{"who": "g1", "role": "host"}, {"who": "g2", "role": "listener"}], set()),
        (
            [{"who": "g1", "role": "listener"}, {"who": "g2", "role": "listener"}],
            {"behaviour.guests.listed-echo"},
        ),
        ([{"who": "g1", "role": "host"}, {"who": "g2", "role": "host"}], {"behaviour.guests.listed-default"}),
        ([{"who": "g1", "role": "host"}, {"who": "g2"}], {"behaviour.guests.listed-default"}),
        ([], {"behaviour.guests.listed-echo", "behaviour.guests.listed-default"}),
        (None, {"behaviour.guests.listed-echo", "behaviour.guests.listed-default"}),
    ],
    ids=["right", "another role", "another default", "no role", "empty", "no list"],
)
def test_a_list_shows_how_a_room_was_made(listed: Any, fails: set[str], talk: Any, broken: Broken) -> None:
    guests = {"g1": {"role": "host"}, "g2": {}}
    made(talk, {"guests": guests}, {**FRESH, "guests": guests})
    assert broken(talk.say("GET", f"/rooms/{THIRD}/guests", response={"guests": listed})) == fails


def test_a_list_that_is_rejected_says_nothing(talk: Any) -> None:
    made(talk, {"guests": {"g1": {}}}, FRESH)
    evidence = talk.say("GET", f"/rooms/{THIRD}/guests", response={}, status=404)
    assert [item for item in evidence if "create-room" in item.clause] == []


# Rooms that do not exist.


def test_an_unknown_room_that_is_updated_all_the_same_is_seen_and_not_remembered(
    talk: Any, broken: Broken
) -> None:
    assert broken(talk.patch({"size": 5}, {"size": 5}, room=RoomKnowledge.NONE)) == {
        "behaviour.room_id.unknown-refused"
    }
    assert talk.judge.rooms.states == {}


def test_a_deleted_room_that_is_updated_all_the_same_is_seen(talk: Any, broken: Broken) -> None:
    talk.patch({"size": 5}, {"size": 5})
    talk.say("DELETE", f"/rooms/{talk_room()}", status=204)
    assert "behaviour.room_id.unknown-refused" in broken(talk.patch({"size": 6}, {"size": 6}))


def test_a_long_stream_needs_no_more_memory_than_a_short_one(talk: Any) -> None:
    rooms = talk.judge.rooms
    for number in range(3 * MOST_VALUES):
        rooms.accept("update-room", {"name": f"room {number}", "flag": True})
    assert [len(values) for values in rooms.accepted.values()] == [MOST_VALUES, 1]
    assert rooms.was_accepted("update-room", "name", f"room {3 * MOST_VALUES - 1}")
    assert not rooms.was_accepted("update-room", "name", "room 0")


def test_the_same_stream_always_says_the_same(talk: Any, talk_about: Any, mini_raw: Any) -> None:
    for size in (5, 6, 10):
        talk.patch({"size": size}, {"size": size, "mode": "open" if size < 6 else "closed"})
    again = talk_about(mini_raw)
    for interaction in dict.fromkeys(interaction for _, interaction in talk.heard):
        again.hear(interaction)
    assert [item for item, _ in again.heard] == [item for item, _ in talk.heard]


@pytest.mark.parametrize(("made", "is_new"), [("theirs", False), ("new", True)])
def test_a_create_that_is_answered_with_a_room_of_the_list_has_made_none(made: str, is_new: bool) -> None:
    judge, base = Judge(find_contract("telnyx")[0]), "https://api.telnyx.com/v2/rooms"
    listed = Response(200, (), b'{"data":[{"id":"theirs"}]}')
    judge.see(Interaction(Request("GET", base, (), None, Credentials.VALID), listed))

    created = Response(201, (), json.dumps({"data": {"id": made}}).encode())
    request = Request(
        "POST", base, (("Content-Type", "application/json"),), b'{"unique_name":"a"}', Credentials.VALID
    )
    told = judge.see(Interaction(request, created))

    (evidence,) = (item for item in told if item.clause == "telnyx.update-room.behaviour.id.server-generated")
    assert (evidence.outcome is Outcome.PASS) is is_new


NAMED = "11111111-2222-4333-8444-555555555555"


@pytest.mark.parametrize(("status", "blamed"), [(422, {"enable_recording.accepted"}), (200, set())])
def test_a_name_that_has_to_be_new_is_not_to_blame_beside_what_was_never_accepted(
    status: int, blamed: set[str]
) -> None:
    judge, url = Judge(find_contract("telnyx")[0]), f"https://api.telnyx.com/v2/rooms/{NAMED}"

    def update(body: dict[str, Any], status: int) -> set[str]:
        shown = {"data": {"id": NAMED, **body}} if status == 200 else {"errors": []}
        headers = (("Content-Type", "application/json"),)
        request = Request(
            "PATCH", url, headers, json.dumps(body).encode(), Credentials.VALID, RoomKnowledge.EXISTS
        )
        told = judge.see(Interaction(request, Response(status, headers, json.dumps(shown).encode())))
        bad = (item.clause for item in told if item.outcome is not Outcome.PASS)
        return {name.removeprefix("telnyx.update-room.request.") for name in bad if ".request." in name}

    update({"unique_name": "one"}, 200)

    assert update({"unique_name": "two", "enable_recording": True}, status) == blamed
