"""What a provider changed between two recordings: all of it, and nothing that it did not."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest

from roomproof.comparison.fields import FieldTurn, certain, descend
from roomproof.comparison.profile import Changes, Profile, compare_profiles
from roomproof.comparison.volatile import form, masked, masked_body
from roomproof.contract.clause import VALUES
from roomproof.engine.run import Options, Run, Subject
from roomproof.interaction import Credentials, Interaction, Request, Response, RoomKnowledge
from roomproof.providers import find_contract, find_special
from roomproof.targets.credentials import scheme_from, unscoped_from
from roomproof.targets.http import HttpTarget
from roomproof.targets.serve import mock_process
from roomproof.targets.target import UnsentRequest

Json = Any
PROVIDERS = ("azure", "carrierx", "signalwire", "telnyx")


class Collecting:
    """A target that keeps every interaction."""

    def __init__(self, target: HttpTarget) -> None:
        self.base_url, self.kept, self._target = target.base_url, list[Interaction](), target

    def send(self, unsent: UnsentRequest) -> Interaction:
        self.kept.append(self._target.send(unsent))
        return self.kept[-1]

    def close(self) -> None:
        self._target.close()


@cache
def recorded(provider: str, seed: int, max_examples: int = 10) -> tuple[Interaction, ...]:
    """A run against the built-in mock, on a real socket, as it was sent and answered."""
    contract, deviations = find_contract(provider)
    with mock_process(provider) as serving:
        scheme = scheme_from(contract.credentials, serving.environment)
        unscoped = unscoped_from(contract.credentials, scheme, serving.environment)
        target = Collecting(HttpTarget(serving.base_url))
        subject = Subject(
            contract, deviations, find_special(provider), target, scheme, unscoped, serving.room_id, ours=True
        )
        Run(subject, Options(max_examples=max_examples, seed=seed), lambda *_: None).verify()
    return tuple(target.kept)


def at_rest(interaction: Interaction) -> Interaction:
    """An interaction without how long a session had lasted by then: that is another time in each run."""
    response = interaction.response
    if response is None or b'"duration"' not in response.body:
        return interaction
    body = re.sub(rb'"duration": ?[0-9]+', b'"duration":60', response.body)
    return replace(interaction, response=replace(response, body=body))


def compared(provider: str, before: Iterable[Interaction], after: Iterable[Interaction]) -> Changes:
    known = isinstance(before, tuple) and before is recorded(provider, 0)
    profile = profile_of_the_first(provider) if known else profiled(provider, before)
    return compare_profiles(profile, profiled(provider, after))


def profiled(provider: str, stream: Iterable[Interaction]) -> Profile:
    profile = Profile(find_contract(provider)[0])
    for interaction in stream:
        profile.see(at_rest(interaction))
    return profile


@cache
def profile_of_the_first(provider: str) -> Profile:
    """What the first run shows, with which many others are compared."""
    return profiled(provider, recorded(provider, 0))


def told(changes: Changes) -> list[str]:
    """The changes in a few words each."""
    return [
        *(
            f"{change.operation} {change.status} {change.path} {change.what.value}"
            for change in changes.fields
        ),
        *(f"{change.operation} {change.before} -> {change.after}" for change in changes.statuses),
        *(
            f"{change.operation} {change.status} {change.path}: {change.before} -> {change.after}"
            for change in changes.values
        ),
    ]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_two_recordings_of_one_provider_show_no_change(provider: str) -> None:
    before, after = recorded(provider, 0), recorded(provider, 1, 15)

    changes = compared(provider, before, after)

    assert told(changes) == []
    assert changes.count == 0
    assert changes.before.interactions == len(before)
    assert changes.aligned > 0.85 * min(len(before), len(after))
    assert changes.aligned + changes.alone_after + changes.after.foreign + changes.after.unanswered == len(
        after
    )


def test_ids_and_times_are_named_as_volatile() -> None:
    changes = compared("telnyx", recorded("telnyx", 0), recorded("telnyx", 1, 15))

    volatile = {f"{item.operation} {item.path}" for item in changes.volatile}
    assert {
        "create-room data.id",
        "create-room data.created_at",
        "update-room data.updated_at",
        "update-room data.unique_name",
    } <= volatile
    assert "update-room data.max_participants" not in volatile


def sent_in(interaction: Interaction) -> dict[str, Json]:
    """The fields of the request's body; none if it is no JSON object."""
    try:
        value = json.loads(interaction.request.body or b"")
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


Change = Callable[[dict[str, Json], dict[str, Json]], None]


def in_rooms(change: Change) -> Callable[[Interaction], Interaction]:
    """A change to the room in every response that has one; it gets the room and what was sent."""

    def changed(interaction: Interaction) -> Interaction:
        response = interaction.response
        if response is None or response.status >= 300 or not response.body:
            return interaction
        if "/actions/" in interaction.request.path or "session" in interaction.request.path:
            # What stands beside rooms, or in them.
            return interaction
        body = json.loads(response.body)
        if isinstance(room := body.get("data", body), dict) and "items" not in room:
            change(room, sent_in(interaction))
        return replace(interaction, response=replace(response, body=json.dumps(body).encode()))

    return changed


def status(
    old: int, new: int, when: Callable[[dict[str, Json]], bool] = lambda _sent: True
) -> Callable[[Interaction], Interaction]:
    def changed(interaction: Interaction) -> Interaction:
        response = interaction.response
        moves = response is not None and response.status == old and when(sent_in(interaction))
        return (
            replace(interaction, response=Response(new, response.headers, response.body))
            if response and moves
            else interaction
        )

    return changed


def respelled(name: str, old: str, new: str) -> Callable[[Interaction], Interaction]:
    return in_rooms(
        lambda room, _sent: room.update({name: room[name].replace(old, new)}) if name in room else None
    )


def answered(name: str, sent: Json, said: Json) -> Callable[[Interaction], Interaction]:
    """Another value in the response to one value."""
    return in_rooms(
        lambda room, body: room.update({name: said}) if name in room and body.get(name) == sent else None
    )


def without_role(room: dict[str, Json], _sent: dict[str, Json]) -> None:
    for item in room.get("access_codes") or ():
        item.pop("role", None)


def wrong_codes(room: dict[str, Json], sent: dict[str, Json]) -> None:
    if sent.get("access_codes") and room.get("access_codes"):
        room["access_codes"][0]["access_code"] = "999999"


def rarely_without(name: str) -> Change:
    return lambda room, sent: room.pop(name, None) if len(json.dumps(sent)) % 5 == 0 else None


CHANGES: dict[tuple[str, str], tuple[Callable[[Interaction], Interaction], set[str]]] = {
    ("telnyx", "drops a field"): (
        in_rooms(lambda room, _: room.pop("max_participants", None)),
        {
            f"{where} data.max_participants vanished"
            for where in ("create-room 201", "get-room 200", "update-room 200")
        },
    ),
    ("telnyx", "renames a field"): (
        in_rooms(lambda room, _: room.update(kind=room.pop("record_type"))),
        {
            f"{where} {what}"
            for where in ("create-room 201", "get-room 200")
            for what in ("data.kind appeared", "data.record_type vanished")
        },
    ),
    ("telnyx", "answers numbers as text"): (
        in_rooms(lambda room, _: room.update(max_participants=str(room["max_participants"]))),
        {
            f"{where} data.max_participants changed type"
            for where in ("create-room 201", "get-room 200", "update-room 200")
        },
    ),
    ("telnyx", "answers null"): (
        in_rooms(lambda room, _: room.update(record_type=None)),
        {"create-room 201 data.record_type became null", "get-room 200 data.record_type became null"},
    ),
    ("telnyx", "spells times with an offset"): (
        respelled("created_at", "Z", "+00:00"),
        {
            f"{where} data.created_at changed format"
            for where in ("create-room 201", "get-room 200", "update-room 200")
        },
    ),
    ("telnyx", "numbers its rooms"): (
        in_rooms(lambda room, _: room.update(id=str(int(room["id"][-8:], 16)))),
        {
            f"{where} data.id changed format"
            for where in ("create-room 201", "get-room 200", "update-room 200")
        },
    ),
    ("telnyx", "has another constant"): (
        in_rooms(lambda room, _: room.update(record_type="video_room")),
        {
            f'{where} data.record_type: "room" -> "video_room"'
            for where in ("create-room 201", "get-room 200")
        },
    ),
    ("telnyx", "loses 41"): (
        answered("max_participants", 41, 40),
        {"update-room 200 data.max_participants: 41 -> 40"},
    ),
    ("telnyx", "rejects 50"): (
        status(200, 422, lambda sent: sent.get("max_participants") == 50),
        {"update-room 200 -> 422"},
    ),
    ("telnyx", "answers 400 for 422"): (
        status(422, 400),
        {
            f"{operation} 422 -> 400"
            for operation in (
                *("create-room", "update-room", "list-rooms", "get-room"),
                *("list-room-sessions", "list-sessions", "get-session"),
                *("create-client-token", "refresh-client-token"),
            )
        },
    ),
    ("azure", "answers 202"): (status(201, 202), {"create-room 201 -> 202"}),
    ("azure", "spells times with Z"): (
        respelled("createdAt", "+00:00", "Z"),
        {
            f"{where} createdAt changed format"
            for where in ("create-room 201", "get-room 200", "update-room 200")
        },
    ),
    ("carrierx", "drops a field of items"): (
        in_rooms(without_role),
        {
            "create-room 200 access_codes.items.role vanished",
            "update-room 200 access_codes.items.role vanished",
            "replace-room 200 access_codes.items.role vanished",
        },
    ),
    ("signalwire", "sometimes drops a field"): (
        in_rooms(rarely_without("updated_at")),
        {f"{name}-room 200 updated_at is sometimes missing" for name in ("create", "update")},
    ),
}


@pytest.mark.parametrize(("provider", "what"), CHANGES)
def test_a_change_is_told_and_nothing_else(provider: str, what: str) -> None:
    change, expected = CHANGES[provider, what]

    changes = compared(provider, recorded(provider, 0), map(change, recorded(provider, 1, 15)))

    assert set(told(changes)) == expected


def test_what_came_back_from_a_room_is_told_with_numbers_and_the_smallest_request() -> None:
    rejects = status(200, 422, lambda sent: sent.get("enable_recording") is True)

    changes = compared("telnyx", recorded("telnyx", 0), map(rejects, recorded("telnyx", 1, 15)))

    (moved,) = changes.statuses
    assert 1 < moved.requests < moved.of
    assert moved.example == 'PATCH /rooms/{room_id} {"enable_recording":true}'


def test_codes_that_are_not_the_ones_sent_are_told() -> None:
    changes = compared(
        "carrierx", recorded("carrierx", 0), map(in_rooms(wrong_codes), recorded("carrierx", 1, 15))
    )

    assert {change.path for change in changes.values} == {"access_codes.items.access_code"}
    assert any(change.after == '"999999"' for change in changes.values)


ROOM = "5e3b9c0e-2a3f-4a57-8f06-9d1c4f7ab210"
OTHER_ROOM = "11111111-2222-4333-8444-555555555555"


def patch(
    sent: Json,
    *,
    room: str = ROOM,
    status: int = 200,
    credentials: str = "valid",
    query: str = "",
    **fields: Json,
) -> Interaction:
    """An update of a room that is answered with these fields; None as `sent` is no body."""
    body = None if sent is None else json.dumps(sent).encode()
    headers = (("Content-Type", "application/json"), ("Authorization", "hidden"))
    request = Request(
        "PATCH",
        f"https://api.example/v2/rooms/{room}{query}",
        headers,
        body,
        Credentials(credentials),
        RoomKnowledge.EXISTS,
    )
    reply = {"errors": [fields]} if status >= 400 else {"data": {"id": room, **fields}}
    response = Response(status, (("Content-Type", "application/json"),), json.dumps(reply).encode())
    return Interaction(request, response, datetime(2025, 5, 1, tzinfo=UTC))


def changed(before: Sequence[Interaction], after: Sequence[Interaction]) -> list[str]:
    return told(compared("telnyx", before, after))


def test_a_room_that_was_left_otherwise_is_no_change() -> None:
    def stream(limit: int) -> list[Interaction]:
        first = patch({"max_participants": limit}, max_participants=limit, enable_recording=True)
        return [first, patch({"enable_recording": True}, max_participants=limit, enable_recording=True)]

    assert changed(stream(7), stream(8)) == []


def test_a_field_that_an_update_resets_is_a_change() -> None:
    set_ = patch({"max_participants": 7}, max_participants=7, enable_recording=True)
    kept = patch({"enable_recording": True}, max_participants=7, enable_recording=True)
    reset = patch({"enable_recording": True}, max_participants=10, enable_recording=True)

    assert changed([set_, kept], [set_, reset]) == ["update-room 200 data.max_participants: 7 -> 10"]


def test_what_a_room_was_before_the_recording_is_no_change() -> None:
    before = patch({"enable_recording": True}, max_participants=7, unique_name=None, enable_recording=True)
    after = patch({"enable_recording": True}, max_participants=9, unique_name="a name", enable_recording=True)

    assert changed([before], [after]) == changed([after], [before]) == []


def test_requests_are_aligned_by_what_they_are_and_not_by_where_they_stand() -> None:
    stream = [patch({"max_participants": limit}, max_participants=limit) for limit in range(2, 40)]
    rejecting = [
        patch({"max_participants": 20}, status=422, code="1") if limit == 20 else item
        for limit, item in enumerate(stream, 2)
    ]

    changes = compared("telnyx", stream, rejecting[::-1])

    assert [(moved.before, moved.after, moved.requests, moved.of) for moved in changes.statuses] == [
        (200, 422, 1, 38)
    ]


@pytest.mark.parametrize(
    ("before", "after", "aligned"),
    [
        (
            {"unique_name": "Room rp0a1b2c3d4e65f1-00aa11bb"},
            {"unique_name": "Room rp9f8e7d6c5b65f2-77cc22dd"},
            1,
        ),
        (
            {"webhook_event_url": f"https://a.example/{ROOM}"},
            {"webhook_event_url": f"https://a.example/{OTHER_ROOM}"},
            1,
        ),
        ({"unique_name": "abc"}, {"unique_name": "xyz"}, 0),
        ({"max_participants": 50}, {"max_participants": 51}, 0),
    ],
)
def test_only_volatile_texts_may_differ_between_aligned_requests(
    before: Json, after: Json, aligned: int
) -> None:
    changes = compared("telnyx", [patch(before, **before)], [patch(after, **after)])

    assert changes.aligned == aligned
    assert changes.alone_before == changes.alone_after == 1 - aligned
    assert told(changes) == []


@pytest.mark.parametrize(
    "other",
    [
        patch({}, status=401, credentials="wrong", code="1"),
        patch({}, status=422, query="?include_sessions=true", code="1"),
    ],
    ids=["credentials", "query"],
)
def test_requests_with_other_credentials_or_query_are_others(other: Interaction) -> None:
    changes = compared("telnyx", [patch({})], [other])

    assert (changes.aligned, told(changes)) == (0, [])


def test_a_name_that_some_unseen_room_may_have_moves_no_status() -> None:
    names: tuple[Json, Json] = (
        {"unique_name": "Room rp0a1b2c3d4e65f1"},
        {"unique_name": "Room rp9f8e7d6c5b65f2"},
    )

    assert changed([patch(names[0], **names[0])], [patch(names[1], status=422, code="1")]) == []
    assert changed([patch(names[0], **names[0])], [patch(names[0], status=422, code="1")]) == [
        "update-room 200 -> 422"
    ]


def test_the_room_in_the_path_is_no_part_of_what_a_request_is() -> None:
    before = patch({"enable_recording": True}, self="x", record_type="room")
    after = patch({"enable_recording": True}, room=OTHER_ROOM, self="x", record_type="room")

    assert changed([before], [after]) == []


def test_a_request_that_is_answered_both_ways_in_both_recordings_tells_nothing() -> None:
    good, bad = (
        patch({"max_participants": 5}, max_participants=5),
        patch({"max_participants": 5}, status=422, code="1"),
    )

    assert changed([good, bad, good], [good, bad, bad]) == []
    assert changed([good, good, good], [good, good, bad]) == ["update-room 200 -> 422"]


def test_a_lost_echo_is_told_even_if_it_looks_like_an_id() -> None:
    sent: Json = {"webhook_event_url": f"https://a.example/{ROOM}"}
    other: Json = {"webhook_event_url": f"https://a.example/{OTHER_ROOM}"}

    assert len(changed([patch(sent, **sent)], [patch(sent, **other)])) == 1
    assert changed([patch(sent, **sent)], [patch(other, **other)]) == []


def test_a_request_whose_fate_hangs_on_the_room_moves_no_status() -> None:
    def update(status: int) -> Interaction:
        sent = b'{"validUntil": "2025-05-01T00:05:00Z"}'
        headers = (("Content-Type", "application/merge-patch+json"), ("Authorization", "hidden"))
        request = Request(
            "PATCH",
            "https://api.example/rooms/99199690362660524?api-version=2025-03-13",
            headers,
            sent,
            Credentials.VALID,
        )
        return Interaction(request, Response(status, (), b"{}"), datetime(2025, 5, 1, tzinfo=UTC))

    changes = compared("azure", [update(200)], [update(400)])

    assert (changes.aligned, told(changes)) == (1, [])


@pytest.mark.parametrize("cut", [1, 60])
def test_a_recording_that_starts_late_or_ends_early_shows_no_change(cut: int) -> None:
    whole, other = recorded("telnyx", 0), recorded("telnyx", 1, 15)

    assert changed(whole[cut:], other) == changed(other, whole[:cut]) == []


def test_a_busy_provider_has_moved_no_status() -> None:
    assert (
        changed(
            [patch({"max_participants": 5}, max_participants=5)],
            [patch({"max_participants": 5}, status=503, code="1")],
        )
        == []
    )


def test_values_that_the_provider_sets_anew_each_time_are_volatile() -> None:
    def stream(start: int, constant: str) -> list[Interaction]:
        return [
            patch({"max_participants": 5}, max_participants=5, visits=start + number, maker=constant)
            for number in range(6)
        ]

    changes = compared("telnyx", stream(1, "a"), stream(70, "a"))
    assert told(changes) == []
    assert [item.path for item in changes.volatile] == ["data.visits"]
    assert changed(stream(1, "a"), stream(70, "b")) == ['update-room 200 data.maker: "a" -> "b"']


def test_a_value_that_only_now_differs_for_the_same_request_is_a_change() -> None:
    def stream(makers: str) -> list[Interaction]:
        return [patch({"max_participants": 5}, max_participants=5, maker=maker) for maker in makers]

    assert changed(stream("aaaa"), stream("aabc")) == ['update-room 200 data.maker: "a" -> "b"']
    assert changed(stream("aabc"), stream("aaaa")) == []


def test_two_rare_responses_are_too_few_to_miss_a_field() -> None:
    def stream(having: int, of: int) -> list[Interaction]:
        return [
            patch(
                {"max_participants": 2}, status=422, **({"hint": "x"} if number < having else {"code": "1"})
            )
            for number in range(of)
        ]

    assert changed(stream(2, 20), stream(0, 3)) == []
    assert "update-room 422 errors.items.hint vanished" in changed(stream(10, 20), stream(0, 20))


def test_how_much_is_enough() -> None:
    assert certain(5, 5, 1)
    assert certain(10, 20, 7)
    assert not certain(10, 20, 6)
    assert not certain(0, 20, 100)


def test_a_null_that_was_sent_is_no_change() -> None:
    before = [patch({"webhook_timeout_secs": 5}, webhook_timeout_secs=5)]
    after = [
        patch({"webhook_timeout_secs": 5}, webhook_timeout_secs=5),
        patch({"webhook_timeout_secs": None}, webhook_timeout_secs=None),
    ]

    assert changed(before, after) == []


def test_long_values_are_shown_cut() -> None:
    before, after = (patch({"enable_recording": True}, status=422, detail=letter * 5000) for letter in "ab")

    (change,) = compared("telnyx", [before], [after]).values

    assert len(change.before) < 200
    assert "5000" in change.before


def test_what_belongs_to_no_operation_and_what_has_no_response_is_counted() -> None:
    unknown_room_id = Interaction(Request("GET", "https://api.example/v2/calls"), Response(200))
    lost = replace(patch({}), response=None, failure="timeout")

    changes = compared("telnyx", [unknown_room_id, lost], [])

    assert (changes.before.foreign, changes.before.unanswered, changes.count) == (1, 1, 0)


def test_bodies_that_are_nested_beyond_reason_are_survived() -> None:
    deep = b"[" * 900 + b"]" * 900
    request = replace(patch({}).request, body=b'{"unique_name": ' + deep + b"}")
    hostile = Interaction(request, Response(200, (), b'{"data": {"id": "x", "unique_name": ' + deep + b"}}"))

    assert changed([hostile, hostile], [hostile]) == []


def test_a_map_is_told_from_an_object_by_the_schema_or_by_the_look_of_its_names() -> None:
    values = {"type": "string"}
    assert descend({"additionalProperties": values}, "anything") == (VALUES, values)
    assert descend({"properties": {"name": values}, "additionalProperties": {}}, "name") == ("name", values)
    assert descend({}, ROOM)[0] == VALUES
    assert descend({}, "created_at")[0] == "created_at"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"room {ROOM} is gone", "room <uuid> is gone"),
        ("2025-05-01T10:00:00.123Z", "<date>"),
        ("2025-05-01T10:00:00+02:00", "<date>"),
        ("until 2025-05-01", "until <date>"),
        ("Thu, 01 May 2025 10:00:00 GMT", "<http>"),
        ("rp0a1b2c3d4e65f1a2b3", "<run>"),
        ("99199690362660524", "<run>"),
        ("720p h264 conference2024 734251", "720p h264 conference2024 734251"),
        ("abc", "abc"),
        ("50", "50"),
    ],
)
def test_what_differs_in_every_recording_is_masked(text: str, expected: str) -> None:
    assert masked(text) == expected


def test_codes_are_masked_in_requests_only_and_keep_their_length() -> None:
    assert masked_body(b'{"code": "734251"}') == masked_body(b'{"code": "100000"}')
    assert masked_body(b'{"code": "734251"}') != masked_body(b'{"code": "7342510"}')
    assert masked_body(b'{"code": 734251}') != masked_body(b'{"code": 100000}')
    assert masked_body(b"no JSON 2025-05-01") == masked_body(b"no JSON 2026-06-02")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-05-01T10:00:00Z", "date-time with Z"),
        ("2025-05-01T10:00:00.123+00:00", "date-time with an offset and 3 digits of a second"),
        ("2025-05-01", "date"),
        (ROOM, "UUID"),
        ("123456", "digits"),
        ("https://a.example", "URI"),
        ("", "empty text"),
        ("Room 1", "text"),
    ],
)
def test_forms_of_texts(text: str, expected: str) -> None:
    assert form(text) == expected


def test_a_fraction_of_a_second_that_is_gone_is_told_one_that_is_shorter_once_is_not() -> None:
    def stream(*fractions: str) -> list[Interaction]:
        return [
            patch({}, updated_at=f"2025-05-01T10:00:0{number}{text}Z")
            for number, text in enumerate(fractions)
        ]

    assert changed(stream(*[".123"] * 4), stream(*[""] * 4)) == [
        "update-room 200 data.updated_at changed format"
    ]
    assert changed(stream(*[".123"] * 4), stream(".123", ".12", ".12", ".12")) == []


def test_a_change_names_what_it_is() -> None:
    (change,) = compared("telnyx", [patch({}, record_type="room")], [patch({}, record_type=3)]).fields

    assert (change.what, change.before, change.after, change.seen_before, change.seen_after) == (
        FieldTurn.TYPE,
        "string",
        "number",
        1,
        1,
    )


def test_what_goes_on_in_a_room_changes_by_itself() -> None:
    quiet = [patch({"max_participants": 5}, max_participants=5, call=None, colour=None)] * 3
    busy = [patch({"max_participants": 5}, max_participants=5, call=ROOM, colour="red")]

    changes = compared("telnyx", quiet, [*busy, *quiet])

    assert {change.path for change in changes.values} == {"data.colour"}
