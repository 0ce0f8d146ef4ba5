"""A whole run makes no more rooms than it has to: a create need not try all that a change of a room tries."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from random import Random
from typing import Any

import pytest

from roomproof.auth.bearer import Bearer
from roomproof.engine.case import Case
from roomproof.engine.plan import MOST_ROOMS, plan
from roomproof.engine.run import Options, Run, Subject
from roomproof.providers import find_special, load_contract


def bodies(operation: str, *, is_one_of_several: bool, provider: str = "signalwire") -> list[Case]:
    contract, target = load_contract(provider), type("Nobody", (), {"base_url": "https://rooms.example"})()
    nobody: Any = target
    subject = Subject(contract, (), find_special(provider), nobody, Bearer("token"), None, None, ours=True)
    session = Run(subject, Options(), lambda _: None).session
    found = next(one for one in contract.operations if one.id == operation)
    return list(plan(session.bench(found), Random(0), is_one_of_several=is_one_of_several))


def values(cases: Iterable[Case], name: str) -> set[str]:
    """The values of a field, as texts."""
    sent = [json.loads(case.body) for case in cases if case.body and case.body[:1] == b"{" and case.valid]
    return {json.dumps(body[name]) for body in sent if isinstance(body, dict) and name in body}


def test_a_create_among_other_operations_makes_fewer_rooms() -> None:
    alone, among = (bodies("create-room", is_one_of_several=several) for several in (False, True))
    assert len(alone) > MOST_ROOMS > 2 * len(among)
    # What no change of a room has is tried all the same, and so is each word of a list.
    assert {text for text in values(alone, "meta") if "Room" not in text} <= values(among, "meta")
    assert len(values(among, "layout")) == 13
    assert {"1", "300"} <= values(among, "max_members") < values(alone, "max_members")


def test_each_aim_is_still_taken() -> None:
    alone, among = (
        Counter(case.aim for case in bodies("create-room", is_one_of_several=several))
        for several in (False, True)
    )
    assert set(among) == set(alone)


@pytest.mark.parametrize(
    ("provider", "operation"), [("signalwire", "update-room"), ("carrierx", "update-meeting-room")]
)
def test_what_changes_a_room_is_never_thinned(provider: str, operation: str) -> None:
    contract = load_contract(provider)
    names = [one.id for one in contract.telling if one.effect.changes]
    name = operation if operation in names else names[0]
    both = [len(bodies(name, is_one_of_several=several, provider=provider)) for several in (False, True)]
    assert both[0] == both[1]
