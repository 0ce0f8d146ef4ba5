"""Fields that agree, defaults below the first level, and constants that a request carries although no
document lists them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from roomproof.judge.evidence import Outcome

Broken = Callable[..., set[str]]

ROOM = "7b61621f-62e0-4aad-ab11-9fd19e272e73"
THIRD = "9b61621f-62e0-4aad-ab11-9fd19e272e73"


def test_what_a_request_carries_although_no_document_lists_it_may_change_what_is_constant(
    mini_raw: Any, talk_about: Any, broken: Broken
) -> None:
    constant = next(
        line
        for line in mini_raw["paths"]["/rooms/{room_id}"]["patch"]["x-behaviours"]
        if line["rule"] == "constant"
    )
    constant["with"] = {"when-sent": "open"}
    talk, moved = talk_about(mini_raw), {"created": "2031-01-01T00:00:00Z"}
    talk.patch({"flag": True}, {"flag": True})

    carried = talk.patch({"flag": True, **moved}, {"flag": True, **moved})
    alone = talk.patch({"flag": True}, {"flag": True})

    assert broken(carried, Outcome.WARN) == {"behaviour.created.constant"}
    assert "behaviour.created.constant" in broken(alone)


@pytest.mark.parametrize(
    ("shown", "outcome"),
    [
        ({"call": {"room_id": ROOM}}, Outcome.PASS),
        ({"call": {"room_id": ROOM.upper()}}, Outcome.PASS),
        ({"call": {"room_id": THIRD}}, Outcome.FAIL),
        ({"call": {"room_id": None}}, None),
        ({"call": {}}, None),
        ({"call": None}, None),
        ({}, None),
    ],
    ids=str,
)
def test_fields_that_hold_the_same_value_agree(
    shown: dict[str, Any], outcome: Outcome | None, talk: Any
) -> None:
    evidence = talk.patch({"flag": True}, {"flag": True, **shown})
    found = {item.outcome for item in evidence if item.clause.endswith("call.room_id.fields-agree")}
    assert found == ({outcome} if outcome else set())


@pytest.mark.parametrize(
    ("active", "calls", "outcome"),
    [
        ("b", [{"id": "a", "live": False}, {"id": "b", "live": True}], Outcome.PASS),
        ("a", [{"id": "a", "live": True}, {"id": "b", "live": True}], Outcome.PASS),
        ("a", [{"id": "a", "live": False}, {"id": "b", "live": True}], Outcome.WARN),
        ("a", [{"id": "b", "live": False}], None),
        ("a", [], None),
        ("a", "none", None),
        (None, [{"id": "b", "live": True}], Outcome.WARN),
        (None, [{"id": "b", "live": False}], None),
        (None, [{"live": True}], None),
    ],
    ids=str,
)
def test_a_field_agrees_with_one_of_the_entries_that_are_meant(
    active: Any, calls: Any, outcome: Outcome | None, talk: Any
) -> None:
    evidence = talk.patch({"flag": True}, {"flag": True, "active_call": active, "calls": calls})
    found = {item.outcome for item in evidence if item.clause.endswith("active_call.fields-agree")}
    assert found == ({outcome} if outcome else set())


def test_a_default_below_the_first_level_is_demanded_until_the_field_is_set(
    talk: Any, broken: Broken
) -> None:
    talk.say("POST", "/imports", {}, {"room": {"id": THIRD}})
    call = {"room_id": THIRD, "mode": "closed"}
    before = talk.patch({"flag": True}, {"flag": True, "call": call}, room_id=THIRD)
    talk.patch({"mode": "closed"}, {"mode": "closed"}, room_id=THIRD)
    after = talk.patch({"flag": True}, {"flag": True, "mode": "closed", "call": call}, room_id=THIRD)

    assert "behaviour.call.mode.default-value" in broken(before)
    assert "behaviour.call.mode.default-value" not in broken(after)
