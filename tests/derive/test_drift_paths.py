"""Paths of two documents, and the parameters in them: which are the same."""

from __future__ import annotations

import json
from typing import Any

from roomproof.derive.drift.change import Change
from roomproof.derive.drift.compare import differences
from roomproof.derive.specification import read_specification

Json = Any
TEXT = {"type": "string"}


def in_document(paths: Json) -> Json:
    document = {"openapi": "3.1.0", "info": {"title": "Rooms", "version": "1"}, "paths": paths}
    return read_specification(json.dumps(document), "specification").root


def operations(*paths: str, described: bool = True) -> Json:
    def item(path: str) -> Json:
        names = [step.strip("{}") for step in path.split("/") if step.startswith("{")]
        parameters = [{"name": name, "in": "path", "required": True, "schema": TEXT} for name in names]
        return {
            "get": {
                "parameters": parameters if described else [],
                "responses": {"200": {"description": ""}},
            }
        }

    return in_document({path: item(path) for path in paths})


def of_paths(old: Json, new: Json) -> list[Change]:
    return list(differences(old, new).changes)


def test_a_parameter_of_the_path_is_there_whether_it_is_described_or_not() -> None:
    whole, bare = operations("/rooms/{id}"), operations("/rooms/{id}", described=False)
    assert of_paths(bare, whole) == []
    assert of_paths(whole, bare) == []


def test_a_parameter_of_no_place_in_the_path_is_none() -> None:
    def described(name: str) -> Json:
        parameter = {"name": name, "in": "path", "required": True, "schema": TEXT}
        operation = {"parameters": [parameter], "responses": {"200": {"description": ""}}}
        return in_document({"/rooms": {"get": operation}})

    assert of_paths(described("id"), described("room_id")) == []


def test_other_names_in_two_paths_of_one_form_are_no_change() -> None:
    old, new = operations("/rooms/{name}", "/rooms/{id}"), operations("/rooms/{title}", "/rooms/{room_id}")
    assert of_paths(old, new) == []
    assert of_paths(old, operations("/rooms/{name}", "/rooms/{room_id}")) == []


def test_a_path_whose_parameter_has_a_name_for_each_method_is_one() -> None:
    old, new = operations("/rooms/{id}"), operations("/rooms/{id}", "/rooms/{room_id}")
    old["paths"]["/rooms/{id}"]["put"] = new["paths"]["/rooms/{room_id}"]["put"] = {}
    del new["paths"]["/rooms/{room_id}"]["get"]
    assert of_paths(old, new) == of_paths(new, old) == []


def test_one_more_path_of_a_form_is_new_and_the_other_stays() -> None:
    old, new = operations("/rooms/{room_id}"), operations("/rooms/{id}", "/rooms/{name}")
    assert [(one.kind, one.place.shown_path) for one in of_paths(old, new)] == [("added", "/rooms/{name}")]
