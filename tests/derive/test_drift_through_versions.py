"""Several versions, the clauses that a change concerns, and what recordings show of it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from roomproof.contract.model import Contract
from roomproof.derive.drift.drift import DriftChange, drift, with_traffic
from roomproof.derive.drift.version import Version, of_contract
from roomproof.errors import ContractError
from roomproof.interaction import Interaction, Request, Response
from roomproof.providers import find_contract
from roomproof.reports.drift import alike, drift_report

AT = datetime(2026, 11, 30, 12, tzinfo=UTC)


def version(name: str, **room: Any) -> Version:
    """Return a version whose room has some fields."""
    schema = {"type": "object", "properties": room}
    content = {"application/json": {"schema": schema}}
    operation = {"requestBody": {"content": content}, "responses": {"200": {"content": content}}}
    return Version(name, {"openapi": "3.1.0", "paths": {"/rooms/{room_id}": {"patch": operation}}})


def interaction(sent: Any, status: int, shown: Any, at: datetime = AT) -> Interaction:
    request = Request("PATCH", "https://api.example.com/v2/rooms/7", (), json.dumps(sent).encode())
    return Interaction(request, Response(status, (), json.dumps(shown).encode()), at=at)


def only(old: Version, new: Version, *seen: Interaction, side: str) -> DriftChange:
    """Return the one change of a side, with what interactions show of it."""
    (step,) = with_traffic(drift([old, new]), seen)
    (found,) = [one for one in step.changes if one.change.place.side.value == side]
    return found


def counts(change: DriftChange) -> tuple[int, int]:
    assert change.sightings is not None
    return change.sightings.old, change.sightings.new


SMALL, LARGE = {"type": "integer", "maximum": 50}, {"type": "integer", "maximum": 64}


def test_a_change_that_is_taken_back_is_told_as_such() -> None:
    versions = [version("a", size=SMALL), version("b", size=LARGE), version("c", size=SMALL)]
    first, second = drift(versions)
    assert [one.back_to for one in first.changes] == ["", ""]
    assert [one.back_to for one in second.changes] == ["a", "a"]


def test_a_field_that_comes_back_is_told_as_such() -> None:
    with_mode = version("a", size=SMALL, mode={})
    _, second = drift([with_mode, version("b", size=SMALL), version("c", size=SMALL, mode={})])
    assert {one.back_to for one in second.changes} == {"a"}


def test_the_clauses_of_a_change_are_those_of_its_place_and_its_rule() -> None:
    contract, _ = find_contract("telnyx")
    other = json.loads(json.dumps(of_contract(contract, "telnyx").root))
    for node in _nodes(other):
        if node.get("maximum") == 50 and node.get("minimum") == 2:
            node["maximum"] = 64
    (step,) = drift([of_contract(contract, "telnyx"), Version("next", other, is_whole=False)], contract)
    told = {clause for one in step.changes for clause in one.clauses}
    assert "telnyx.update-room.request.max_participants.maximum" in told
    assert {clause.rpartition(".")[2] for clause in told} == {"maximum"}


def _nodes(node: Any) -> list[dict[str, Any]]:
    inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return ([node] if isinstance(node, dict) else []) + [one for item in inner for one in _nodes(item)]


@pytest.mark.parametrize("provider", ["azure", "carrierx", "signalwire", "telnyx"])
def test_a_contract_is_no_other_than_itself(provider: str) -> None:
    contract: Contract = find_contract(provider)[0]
    (step,) = drift([of_contract(contract, "one"), of_contract(contract, "two")], contract)
    assert step.changes == ()


def test_a_value_that_only_the_new_limit_allows_shows_it_where_it_was_accepted() -> None:
    old, new = version("a", size=SMALL), version("b", size=LARGE)
    accepted, rejected = interaction({"size": 60}, 200, {}), interaction({"size": 60}, 400, {})
    told = interaction({"size": 40}, 200, {})
    assert counts(only(old, new, accepted, told, side="request")) == (0, 1)
    assert counts(only(old, new, rejected, told, side="request")) == (1, 0)
    assert counts(only(old, new, interaction({}, 200, {"size": 60}), side="response")) == (0, 1)


def test_a_field_that_is_gone_shows_by_whether_responses_have_it() -> None:
    old, new = version("a", size=SMALL, mode={"type": "string"}), version("b", size=SMALL)
    later = AT.replace(hour=13)
    seen = [interaction({}, 200, {"mode": "x"}), interaction({}, 200, {}, later), interaction({}, 404, {})]
    found = only(old, new, *seen, side="response")
    assert counts(found) == (1, 1)
    assert found.sightings is not None
    assert (found.sightings.last_old, found.sightings.last_new) == (AT, later)


def test_another_operation_shows_nothing() -> None:
    request = Request("PATCH", "https://api.example.com/v2/doors/7", (), b'{"size": 60}')
    other = Interaction(request, Response(200, (), b"{}"), at=AT)
    assert counts(only(version("a", size=SMALL), version("b", size=LARGE), other, side="request")) == (0, 0)


def test_a_change_of_what_operations_share_is_told_once() -> None:
    def both(name: str, size: Any) -> Version:
        root = json.loads(json.dumps(version(name, size=size).root))
        root["paths"]["/rooms"] = {"patch": root["paths"]["/rooms/{room_id}"]["patch"]}
        return Version(name, root)

    (step,) = drift_report(drift([both("a", SMALL), both("b", LARGE)])).steps
    told = alike(step)
    assert len(told) == 2
    assert all(one.operations == ("PATCH /rooms/{room_id}", "PATCH /rooms") for one in told)
    assert [one.impact.is_breaking for one in told] == [True, False]


@pytest.mark.parametrize("level", ["sample", "observed"])
def test_a_null_that_only_a_sample_or_a_provider_shows_is_no_word_of_a_document(level: str) -> None:
    contract = find_contract("azure")[0]

    def with_null(*types: str, **more: Any) -> Version:
        schema = {"type": "object", "properties": {"size": {"type": list(types), **more}}}
        operation = {"requestBody": {"content": {"application/json": {"schema": schema}}}}
        return of_contract(replace(contract, raw={"paths": {"/rooms": {"post": operation}}}), " ".join(types))

    shown, plain = with_null("integer", "null", **{"x-levels": {"nullable": level}}), with_null("integer")
    assert drift([shown, plain])[0].changes == drift([plain, shown])[0].changes == ()
    (change,) = drift([plain, with_null("integer", "null")])[0].changes
    assert change.change.kind == "became-nullable"


def test_components_that_refer_to_one_another_without_end_are_an_error() -> None:
    schemas = {
        f"Room{level}": {"allOf": [{"$ref": f"#/components/schemas/Room{level + 1}"}]}
        for level in range(5000)
    }
    schema = {"$ref": "#/components/schemas/Room0"}
    operation = {"requestBody": {"content": {"application/json": {"schema": schema}}}}
    deep = Version("deep", {"paths": {"/rooms": {"post": operation}}, "components": {"schemas": schemas}})
    with pytest.raises(ContractError, match="write them flat"):
        drift([deep, deep])


@pytest.mark.parametrize(
    ("keyword", "was", "now"), [("pattern", "^a+$", "["), ("type", "string", "file"), ("maxLength", 5, -1)]
)
def test_a_keyword_that_means_nothing_shows_nothing(keyword: str, was: Any, now: Any) -> None:
    old, new = version("a", code={keyword: was}), version("b", code={keyword: now})
    assert counts(only(old, new, interaction({"code": "aaa"}, 200, {}), side="request")) == (0, 0)
