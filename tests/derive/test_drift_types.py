"""Keywords of a type that one of two versions does not allow: they come, or go, with the type."""

from __future__ import annotations

import json
from typing import Any

import pytest

from roomproof.derive.drift.change import Impact
from roomproof.derive.drift.compare import differences
from roomproof.derive.specification import read_specification

Json = Any
SENDERS, READERS, HARMLESS = Impact.SENDERS, Impact.READERS, Impact.HARMLESS
TEXT, WHOLE_NUMBER, NULL = {"type": "string"}, {"type": "integer"}, {"type": "null"}
SHORT = {"type": "string", "maxLength": 5}
TEXTS = {"type": "array", "items": TEXT, "maxItems": 3}
ROOM = {"type": "object", "properties": {"id": TEXT}, "required": ["id"]}
ANY_OF_TWO = {"anyOf": [{"type": "string", "enum": ["a"]}, ROOM]}


def sent_and_answered(schema: Json, version: str = "3.1.0") -> Json:
    content = {"application/json": {"schema": {"type": "object", "properties": {"field": schema}}}}
    operation = {
        "requestBody": {"content": content},
        "responses": {"200": {"description": "", "content": content}},
    }
    document = {"openapi": version, "info": {"title": "Rooms"}, "paths": {"/rooms": {"post": operation}}}
    return read_specification(json.dumps(document), "specification").root


def changes(old: Json, new: Json, version: str = "3.1.0") -> list[tuple[str, str, Impact]]:
    found = differences(sent_and_answered(old, version), sent_and_answered(new, version)).changes
    assert all(one.place.way[:1] == ("field",) for one in found)
    return [(one.place.side.value, ".".join((*one.place.way[1:], one.kind)), one.impact) for one in found]


ONE_MORE_TYPE = [
    (TEXT, {"type": ["string", "array"], "items": TEXT, "maxItems": 3}),
    (TEXT, {"type": ["string", "array"], "prefixItems": [TEXT], "uniqueItems": True, "minItems": 1}),
    (TEXT, {"anyOf": [TEXT, TEXTS]}),
    (TEXT, {"oneOf": [TEXTS, {"type": "integer", "minimum": 3}, TEXT]}),
    (TEXT, {"type": ["string", "integer"], "minimum": 2, "multipleOf": 3, "format": "int32"}),
    (TEXT, {"type": ["string", "object"], "properties": {"id": TEXT}, "required": ["id"]}),
    (TEXT, {"type": ["string", "object"], "additionalProperties": False, "minProperties": 1}),
    (TEXT, {"type": ["string", "object"], "additionalProperties": WHOLE_NUMBER}),
    (TEXT, {"type": ["string", "object"], "patternProperties": {"a": TEXT}, "propertyNames": SHORT}),
    (WHOLE_NUMBER, {"type": ["integer", "string"], "maxLength": 4, "pattern": "^a", "format": "date"}),
    ({"type": "integer", "minimum": 2}, {"type": ["integer", "string"], "minimum": 2, "minLength": 4}),
    (
        {"type": "integer", "exclusiveMinimum": 1},
        {"type": ["integer", "string"], "exclusiveMinimum": 1, "minLength": 4},
    ),
    (TEXTS, {**TEXTS, "type": ["array", "string"], "enum": None, "minLength": 2}),
    ({"type": "string", "enum": ["a"]}, {"type": ["string", "integer"], "enum": ["a", 1, 2]}),
    ({"type": "string", "const": "a"}, {"enum": ["a", 1]}),
    (
        {"type": ["string", "null"], "maxLength": 5},
        {"type": ["string", "array", "null"], "maxLength": 5, **{key: TEXTS[key] for key in ("maxItems",)}},
    ),
]


@pytest.mark.parametrize(("less", "more"), ONE_MORE_TYPE)
def test_what_is_said_of_a_new_type_is_part_of_its_being_new(less: Json, more: Json) -> None:
    more = {key: value for key, value in more.items() if value is not None}
    assert changes(less, more) == [("request", "type", HARMLESS), ("response", "type", READERS)]
    assert changes(more, less) == [("request", "type", SENDERS), ("response", "type", HARMLESS)]


ONE_MORE_ALTERNATIVE = [
    (TEXT, {"oneOf": [TEXT, ROOM]}),
    (
        {"type": ["string", "array"], "maxLength": 5, "maxItems": 3},
        {"oneOf": [SHORT, {"type": "array", "maxItems": 3}, ROOM]},
    ),
    ({"type": ["string", "null"]}, {"anyOf": [TEXT, ROOM, NULL]}),
    ({"type": "string", "enum": ["a"]}, ANY_OF_TWO),
    (ROOM, ANY_OF_TWO),
]


@pytest.mark.parametrize(("less", "more"), ONE_MORE_ALTERNATIVE)
def test_an_alternative_of_another_type_is_one_change(less: Json, more: Json) -> None:
    assert changes(less, more) == [
        ("request", "alternative-added", HARMLESS),
        ("response", "alternative-added", READERS),
    ]
    assert changes(more, less) == [
        ("request", "alternative-removed", SENDERS),
        ("response", "alternative-removed", HARMLESS),
    ]


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        (SHORT, {"type": ["string", "array"], "maxLength": 4, "items": TEXT}, "maxLength"),
        (TEXT, {"type": ["string", "array"], "maxLength": 5, "items": TEXT}, "maxLength"),
        (TEXT, {"type": ["string", "integer"], "enum": ["a", 1]}, "enum-added"),
        (WHOLE_NUMBER, {"type": "number", "maximum": 5}, "maximum"),
        ({"type": "string", "enum": ["a", "b"]}, {"enum": ["a", 1]}, "value-removed"),
    ],
)
def test_what_is_said_of_a_type_that_stays_is_compared(old: Json, new: Json, kind: str) -> None:
    assert changes(old, new) == [
        ("request", "type", HARMLESS),
        ("request", kind, SENDERS),
        ("response", "type", READERS),
        ("response", kind, HARMLESS),
    ]


def test_a_keyword_of_a_type_that_is_not_allowed_says_nothing() -> None:
    assert changes({**TEXT, "minimum": 4, "maxItems": 3, "required": ["a"]}, TEXT) == []
    assert changes({**WHOLE_NUMBER, "maxLength": 4, "format": "date"}, WHOLE_NUMBER) == []
    assert changes({"type": ["string", "integer"], "enum": ["a"]}, {**TEXT, "enum": ["a"]}) == []


def test_null_is_a_type_of_which_no_keyword_speaks() -> None:
    null = [("request", "became-nullable", HARMLESS), ("response", "became-nullable", READERS)]
    assert changes(SHORT, {**SHORT, "type": ["string", "null"]}) == null
    assert changes(SHORT, {**SHORT, "nullable": True}, "3.0.3") == null
    assert changes(SHORT, {"anyOf": [SHORT, {"allOf": [NULL]}]}) == null
    assert changes(NULL, {**SHORT, "type": ["string", "null"]}) == [
        ("request", "type", HARMLESS),
        ("response", "type", READERS),
    ]
    assert changes({**SHORT, "nullable": True}, {**TEXTS, "nullable": True}, "3.0.3") == [
        ("request", "type", SENDERS),
        ("response", "type", READERS),
    ]


def test_a_field_of_no_type_has_the_one_of_which_its_keywords_speak() -> None:
    for whole in (SHORT, {"type": "string", "pattern": "^a"}, {"type": "number", "minimum": 2}, TEXTS, ROOM):
        bare = {key: value for key, value in whole.items() if key != "type"}
        assert changes(bare, whole) == changes(whole, bare) == []


@pytest.mark.parametrize("narrow", [TEXT, TEXTS, ROOM, {"oneOf": [TEXTS, ROOM]}, ANY_OF_TWO])
def test_from_any_value_to_some_types_and_back(narrow: Json) -> None:
    assert changes({}, narrow)[0] == ("request", "type", SENDERS)
    assert changes(narrow, {})[0] == ("request", "type", HARMLESS)
    assert {row for row in changes({}, narrow) if row[0] == "response" and row[2] is not HARMLESS} == set()
    assert ("response", "type", READERS) in changes(narrow, {})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"anyOf": [ROOM, {"allOf": [NULL]}]}, {"anyOf": [ROOM, NULL]}),
        ({"anyOf": [TEXT, WHOLE_NUMBER, {"allOf": [NULL]}]}, {"type": ["string", "integer", "null"]}),
        ({"anyOf": [WHOLE_NUMBER, {"type": "number"}, {"type": "number"}]}, {"type": "number"}),
        ({"anyOf": [SHORT, WHOLE_NUMBER, {"type": "number"}]}, {**SHORT, "type": ["string", "number"]}),
        ({"anyOf": [TEXT, {**TEXT, "format": "date"}, ROOM]}, {"anyOf": [ROOM, TEXT]}),
        ({"oneOf": [SHORT, ROOM]}, {**ROOM, "type": ["string", "object"], "maxLength": 5}),
        ({"type": ["number", "integer"], "minimum": 1}, {"type": "number", "minimum": 1}),
    ],
)
def test_an_alternative_that_adds_no_value_is_no_change(one: Json, other: Json) -> None:
    assert changes(one, other) == []
    assert changes(other, one) == []


def test_whole_numbers_of_their_own_limits_are_an_alternative_beside_numbers() -> None:
    numbers = {"type": "number", "maximum": 5}
    assert changes(numbers, {"anyOf": [numbers, WHOLE_NUMBER]})


def test_an_alternative_of_whole_numbers_that_are_numbers_now_is_wider() -> None:
    assert changes({"oneOf": [WHOLE_NUMBER, ROOM]}, {"oneOf": [{"type": "number"}, ROOM]}) == [
        ("request", "type", HARMLESS),
        ("response", "type", READERS),
    ]


def test_the_default_of_several_alternatives_is_compared() -> None:
    either = {"oneOf": [SHORT, ROOM]}
    assert changes({**either, "default": "a"}, {**either, "default": "b"}) == [
        ("request", "default", SENDERS),
    ]
