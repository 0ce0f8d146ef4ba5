"""Which values of limited fields were tried, and what the provider did with each."""

from __future__ import annotations

import json
from typing import Any

from roomproof.interaction import Credentials
from roomproof.json_data import as_json
from roomproof.judge.boundaries import KEPT, Boundaries
from roomproof.reports.limits import boundaries_of


def boundary(collected: Boundaries, field: str, operation: str = "update-room") -> dict[str, Any]:
    """Return what was collected of one field, as the report has it."""
    (found,) = (one for one in boundaries_of(collected) if (one.operation, one.field) == (operation, field))
    return json.loads(as_json(found))


def tried(collected: Boundaries, field: str, operation: str = "update-room") -> dict[float, Any]:
    return {item["value"]: item["accepted"] for item in boundary(collected, field, operation)["tried"]}


def test_every_limited_field_is_there_with_its_limits_and_their_clauses(talk: Any) -> None:
    size = boundary(talk.judge.boundaries, "size")
    assert (size["what"], size["documented"], size["tried"]) == ("value", {"minimum": 1, "maximum": 9}, [])
    assert size["clauses"] == [
        "mini.update-room.request.size.minimum",
        "mini.update-room.request.size.maximum",
    ]
    assert boundary(talk.judge.boundaries, "note")["documented"] == {"maximum": 5}
    # What only real providers show is no word of a document, and a sample draws no limit.
    grade = boundary(talk.judge.boundaries, "grade")
    assert (grade["documented"], grade["observed"]) == ({}, {"maximum": 7})


def test_numbers_lengths_and_items_are_told_with_their_responses_in_ascending_order(talk: Any) -> None:
    talk.patch({"size": 12}, {"size": 12})
    talk.patch({"size": 9}, {"size": 9})
    talk.patch({"size": 13}, status=400)
    talk.patch({"note": "123456"}, status=422)
    talk.patch({"tags": ["a", "b"]}, {"tags": ["a", "b"]})
    assert list(tried(talk.judge.boundaries, "size").items()) == [(9, True), (12, True), (13, False)]
    assert tried(talk.judge.boundaries, "note") == {6: False}
    assert tried(talk.judge.boundaries, "tags") == {2: True}


def test_a_rejection_that_something_else_explains_says_nothing_of_the_value(talk: Any) -> None:
    talk.patch({"size": 5}, status=401, credentials=Credentials.MISSING)
    talk.patch({"size": 5}, status=404)
    talk.patch({"size": 5, "mode": "no such mode"}, status=400)
    talk.patch({"size": 5, "flag": True}, status=400)
    talk.patch({"size": "5"}, status=400)
    assert tried(talk.judge.boundaries, "size") == {}


def test_a_rejection_counts_where_every_other_value_was_accepted_before(talk: Any) -> None:
    talk.patch({"flag": True}, {"flag": True})
    talk.patch({"size": 5, "flag": True}, status=400)
    assert tried(talk.judge.boundaries, "size") == {5: False}


def test_a_server_error_and_a_change_of_mind_are_neither_yes_nor_no(talk: Any) -> None:
    talk.patch({"size": 10}, status=500)
    talk.patch({"size": 9}, {"size": 9})
    talk.patch({"size": 9}, status=400)
    assert boundary(talk.judge.boundaries, "size")["tried"] == [
        {"value": 9, "accepted": None, "why": "accepted and rejected"},
        {"value": 10, "accepted": None, "why": "server error"},
    ]


def test_a_window_is_measured_in_days(talk: Any) -> None:
    talk.create({"opens": "2030-07-01T00:00:00Z", "closes": "2030-07-11T00:00:00Z"}, {})
    talk.create({"opens": "2030-07-01T00:00:00Z", "closes": "2032-07-11T12:00:00Z"}, {}, 400)
    window = boundary(talk.judge.boundaries, "opens to closes", "create-room")
    assert (window["what"], {item["value"]: item["accepted"] for item in window["tried"]}) == (
        "days",
        {10: True, 741.5: False},
    )


def test_two_streams_are_one_when_merged(talk: Any, mini: Any) -> None:
    other = type(talk)(mini)
    talk.patch({"size": 9}, {"size": 9})
    other.patch({"size": 9}, status=400)
    other.patch({"size": 2}, {"size": 2})
    talk.judge.boundaries.merge(other.judge.boundaries)
    assert tried(talk.judge.boundaries, "size") == {2: True, 9: None}


def test_of_a_long_stream_the_telling_values_are_kept_and_the_others_counted(talk: Any) -> None:
    for number in range(-1000, 1000):
        accepted = number <= 64
        talk.patch({"size": number}, {"size": number} if accepted else None, 200 if accepted else 400)
    size = boundary(talk.judge.boundaries, "size")
    values = [item["value"] for item in size["tried"]]
    assert (len(values), len(values) + size["left_out"]) == (KEPT, 2000)
    assert {-1000, 1, 9, 10, 64, 65, 999} <= set(values)
