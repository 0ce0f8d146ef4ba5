"""A read says something of the last update if it comes late enough, and if nothing came in between."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from roomproof.interaction import Credentials, Interaction, Request
from roomproof.judge.evidence import Evidence, Outcome

NOW = datetime(2030, 6, 1, 12, tzinfo=UTC)
ROOM = "7b61621f-62e0-4aad-ab11-9fd19e272e73"
OTHER = "0c8f7a31-5a0e-4d58-9d0b-6a3d3c1f2b44"
BASE = {"id": ROOM, "name": "first", "created": "2030-06-01T12:00:00Z", "owner": "nobody"}


class Reader:
    """Updates a room of the miniature, whose contract gives it two seconds, and reads it at some second."""

    def __init__(self, talk: Any) -> None:
        self.talk = talk

    def update(
        self, sent: Mapping[str, Any], second: float = 0, room_id: str = ROOM, status: int = 200, **shown: Any
    ) -> None:
        response = {**sent, **shown} if status == 200 else None
        self.talk.patch(sent, response, status, room_id, at=NOW + timedelta(seconds=second))

    def read(
        self,
        second: float = 10,
        credentials: Credentials = Credentials.VALID,
        status: int = 200,
        **shown: Any,
    ) -> list[Evidence]:
        response = {"room": {**BASE, **shown}} if status == 200 else None
        at = NOW + timedelta(seconds=second)
        return list(
            self.talk.say("GET", f"/rooms/{ROOM}", None, response, status, credentials=credentials, at=at)
        )


@pytest.fixture
def reader(mini_raw: Any, talk_about: Callable[[Any], Any]) -> Reader:
    behaviours = mini_raw["paths"]["/rooms/{room_id}"]["patch"]["x-behaviours"]
    next(line for line in behaviours if line["rule"] == "read-after-write")["with"] = {"within-seconds": 2}
    return Reader(talk_about(mini_raw))


def said(evidence: list[Evidence], field: str = "size") -> list[Outcome]:
    return [
        item.outcome
        for item in evidence
        if item.clause == f"mini.update-room.behaviour.{field}.read-after-write"
    ]


def test_a_late_read_proves_that_an_update_was_stored_or_not(reader: Reader) -> None:
    reader.update({"size": 3})
    reader.read(0.1, size=3)

    assert said(reader.read(3, size=3)) == [Outcome.PASS]
    assert said(reader.read(4, size=4)) == [Outcome.FAIL]


def test_a_read_that_comes_early_says_nothing(reader: Reader) -> None:
    reader.update({"size": 3})
    reader.read(0.5, size=4)

    assert said(reader.read(2.4, size=4)) == []
    assert said(reader.read(2.5, size=4)) == [Outcome.FAIL]


def test_the_seconds_count_from_the_response_which_the_next_request_dates(reader: Reader) -> None:
    reader.update({"size": 3})

    assert said(reader.read(60, size=4)) == [], "the update may have been answered a moment ago"
    assert said(reader.read(62, size=4)) == [Outcome.FAIL]


def test_the_last_update_counts(reader: Reader) -> None:
    reader.update({"size": 3})
    reader.update({"size": 5}, second=1)
    reader.read(2)

    assert said(reader.read(10, size=5)) == [Outcome.PASS]
    assert said(reader.read(11, size=3)) == [Outcome.FAIL]


def test_an_update_of_another_field_shows_the_rest_too(reader: Reader) -> None:
    reader.update({"flag": True}, size=3)
    reader.read(1)

    assert said(reader.read(size=4)) == [Outcome.FAIL]


def test_a_rejected_update_is_none_and_another_room_is_another_room(reader: Reader) -> None:
    reader.update({"size": 3})
    reader.update({"size": 99}, second=1, status=422)
    reader.update({"size": 7}, second=2, room_id=OTHER)

    assert said(reader.read(size=7)) == [Outcome.FAIL]
    assert said(reader.read(11, size=3)) == [Outcome.PASS]


def test_what_may_have_changed_a_room_unseen_ends_what_is_known(reader: Reader) -> None:
    reader.update({"size": 3})
    reader.update({"size": 4}, second=1, status=500)

    assert said(reader.read(size=4)) == []


def test_a_replacement_is_no_update_of_this_operation(reader: Reader) -> None:
    reader.update({"size": 3})
    reader.talk.put({"topic": "abc", "owner": "nobody", "size": 5}, {"size": 5})
    reader.read(1)

    assert said(reader.read(size=3)) == []


@pytest.mark.parametrize(
    "read", [{"credentials": Credentials.UNKNOWN, "size": 4}, {"second": 2, "name": "no size at all"}]
)
def test_a_read_by_others_or_too_early_says_nothing(reader: Reader, read: Mapping[str, Any]) -> None:
    reader.update({"size": 3})
    reader.read(1)

    assert said(reader.read(**read)) == []


@pytest.mark.parametrize(
    ("read", "why"),
    [({"status": 404}, "status 404 answers the read"), ({"name": "x"}, "the read shows no size")],
)
def test_a_late_read_that_shows_nothing_leaves_it_open(
    reader: Reader, read: Mapping[str, Any], why: str
) -> None:
    reader.update({"size": 3})
    reader.read(1)
    evidence = reader.read(**read)

    assert said(evidence) == [Outcome.INCONCLUSIVE]
    assert why in {item.summary for item in evidence}


def test_a_read_that_is_lost_leaves_it_open(reader: Reader) -> None:
    reader.update({"size": 3})
    reader.read(1)
    lost = Request("GET", f"https://mini.example/api/rooms/{ROOM}?api=1", (), None, Credentials.VALID)

    assert said(reader.talk.hear(Interaction(lost, None, NOW, "no whole answer within 15 s"))) == [
        Outcome.INCONCLUSIVE
    ]


@pytest.mark.parametrize(
    ("field", "answered", "read"),
    [
        ("note", None, ""),
        ("note", "", None),
        ("day", "2030-07-01T12:00:00Z", "2030-07-01T14:00:00+02:00"),
        ("day", "2030-07-01T12:00:00.250Z", "2030-07-01T12:00:00Z"),
        ("size", 3, 3.0),
    ],
)
def test_another_spelling_is_the_same(reader: Reader, field: str, answered: Any, read: Any) -> None:
    reader.update({field: answered})
    reader.read(1)

    assert said(reader.read(**{field: read}), field) == [Outcome.PASS]


@pytest.mark.parametrize(
    ("field", "answered", "read"),
    [
        ("note", "abc", None),
        ("note", "abc", ""),
        ("day", "2030-07-01T12:00:00Z", "2030-07-01T12:00:00+02:00"),
        ("size", 1, True),
        ("size", 0, None),
    ],
)
def test_another_value_is_another_one(reader: Reader, field: str, answered: Any, read: Any) -> None:
    reader.update({field: answered})
    reader.read(1)

    assert said(reader.read(**{field: read}), field) == [Outcome.FAIL]
