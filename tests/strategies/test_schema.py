from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from roomproof_strategies import boundary, invalid, mutations, plain, scales, valid
from roomproof_strategies.schema import (
    alternatives,
    complement,
    ecma,
    flatten,
    integer_range,
    limits,
    merge,
    types,
)

Fits = Callable[[Any, Any], bool]
ANCHOR = datetime(2030, 6, 1, 12, tzinfo=UTC)
VALUES = (
    None,
    True,
    0,
    5,
    6,
    7,
    5.5,
    "",
    "abcde",
    "abcdef",
    "http://x",
    [],
    [1],
    [1, 2],
    {},
    {"a": 1},
    {"a": 1, "b": 2},
)


@pytest.mark.parametrize(
    "region",
    [
        True,
        False,
        {"minLength": 6},
        {"type": "string", "minLength": 6},
        {"maxLength": 0},
        {"type": "integer", "minimum": 6},
        {"exclusiveMaximum": 6},
        {"maximum": 5},
        {"exclusiveMinimum": 6},
        {"maxProperties": 0},
        {"minItems": 2},
        {"type": "array", "maxItems": 0},
        {"const": ""},
        {"not": {"pattern": "^http"}},
        {"type": "string", "not": {"pattern": "^http"}},
        {"not": {"type": "null"}},
        {"type": "string", "minLength": 2, "maxLength": 5},
        {"anyOf": [{"const": ""}, {"type": "string", "minLength": 6}, {"type": "array"}]},
    ],
)
def test_a_complement_holds_what_the_region_does_not(region: Any, fits: Fits) -> None:
    outside = complement(region)
    for value in VALUES:
        if fits(outside, value):
            assert not fits(region, value), value
        else:
            # An integer region leaves out the fractions beside it, which nobody misses.
            assert fits(region, value) or isinstance(value, float), value


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"minimum": 1, "maximum": 6}, {"minimum": 6, "type": "integer"}),
        ({"type": ["string", "null"]}, {"type": "string", "maxLength": 5}),
        ({"type": "number"}, {"type": ["integer", "string"]}),
        ({"enum": [5, "", None]}, {"enum": ["", 5, 7]}),
        ({"pattern": "^a"}, {"pattern": "e$"}),
        ({"anyOf": [{"type": "array"}, {"const": 5}]}, {"anyOf": [{"maxItems": 1}]}),
        ({"not": {"const": 5}}, {"not": {"const": 6}}),
        ({"items": {"minimum": 2}}, {"items": {"maximum": 1}}),
        (
            {"properties": {"a": {"minimum": 1}}},
            {"properties": {"a": {"maximum": 0}, "b": True}, "required": ["b"]},
        ),
    ],
)
def test_a_merge_demands_what_both_demand(first: dict[str, Any], second: dict[str, Any], fits: Fits) -> None:
    for value in VALUES:
        both = fits(first, value) and fits(second, value)
        assert fits(merge(first, second), value) == both, value
        assert fits(flatten({"allOf": [first, second]}, settled=False), value) == both, value


def test_a_settled_node_keeps_to_what_is_observed_and_sampled() -> None:
    schema = {
        "type": "integer",
        "maximum": 9,
        "x-observed": {"minimum": 0, "source": {}},
        "x-sample": {"maximum": 5},
    }
    assert flatten(schema, settled=True) == {"type": "integer", "maximum": 5, "minimum": 0}
    assert flatten(schema, settled=False) == {"type": "integer", "maximum": 9}


def test_alternatives_carry_what_stands_beside_them() -> None:
    found = alternatives(
        {"type": "string", "anyOf": [{"format": "date"}, {"oneOf": [{"maxLength": 3}, {"minLength": 9}]}]},
        settled=True,
    )
    assert found == [
        {"type": "string", "format": "date"},
        {"type": "string", "maxLength": 3},
        {"type": "string", "minLength": 9},
    ]


def test_limits_name_their_level() -> None:
    schema = {
        "maximum": 30,
        "x-observed": {"minimum": 0},
        "x-unsettled": {"reason": "", "schema": {"anyOf": [{"minimum": 20}, {"not": {"maximum": 25}}]}},
        "anyOf": [{"minimum": 1}],
    }
    found = set(limits(schema, {"minimum", "maximum"}))
    assert found == {("maximum", 30), ("minimum", 1), ("observed-minimum", 0), ("type", 20), ("type", 25)}


def test_patterns_are_read_as_ecma_262_has_them() -> None:
    assert not ecma("^a+$").search("aa\n")
    assert ecma(r"^a\$[$]$").search("a$$")
    assert not ecma(r"^\d$").search("\u0661")


def test_types_put_null_last_and_follow_the_keywords() -> None:
    assert types({"type": ["null", "string"]}) == ("string", "null")
    assert types({"maxLength": 3}) == ("string",)
    assert set(types({})) == {"string", "integer", "boolean", "array", "object", "null"}


NEVER_READ: list[tuple[dict[str, Any], str]] = [
    (
        {"type": "string", "maxLenght": 3},
        "the schema: the keyword 'maxLenght' is not read (did you mean 'maxLength'?)",
    ),
    ({"type": "object", "patternProperties": {}}, "the schema: the keyword 'patternProperties' is not read"),
    (
        {"type": "object", "properties": {"a": {"minumum": 3}}},
        "the schema, a: the keyword 'minumum' is not read (did you mean 'minimum'?)",
    ),
    (
        {"type": "array", "items": {"anyOf": [{}, {"if": {}}]}},
        "the schema, items, anyOf 1: the keyword 'if' is not read",
    ),
    (
        {"type": "integer", "x-observed": {"maximun": 3, "source": {}}},
        "the schema, x-observed: the keyword 'maximun' is not read",
    ),
    (
        {"x-unsettled": {"reason": "", "schema": {"not": {"contains": {}}}}},
        "x-unsettled, not: the keyword 'contains' is not read",
    ),
    ({"$ref": "#/$defs/a"}, "the schema: the keyword '$ref' is not read; resolve it first"),
]


@pytest.mark.parametrize(
    "draw",
    [
        lambda schema: valid(schema, anchor=ANCHOR),
        lambda schema: next(boundary(schema, anchor=ANCHOR)),
        lambda schema: next(invalid(schema, anchor=ANCHOR)),
        lambda schema: plain(schema, anchor=ANCHOR),
        lambda schema: mutations(schema, anchor=ANCHOR),
        lambda schema: next(scales(schema, anchor=ANCHOR)),
    ],
    ids=["valid", "boundary", "invalid", "plain", "mutations", "scales"],
)
@pytest.mark.parametrize(("schema", "says"), NEVER_READ, ids=[says[-40:] for _, says in NEVER_READ])
def test_a_keyword_that_is_not_read_is_no_keyword_to_pass_over(
    schema: dict[str, Any], says: str, draw: Any
) -> None:
    with pytest.raises(ValueError, match=re.escape(says)):
        draw(schema)


def test_what_limits_no_value_is_passed_over() -> None:
    schema = {
        "type": "boolean",
        "title": "t",
        "description": "d",
        "default": True,
        "deprecated": True,
        "readOnly": True,
        "x-other": {"a": 1},
    }
    assert {sample.value for sample in boundary(schema, anchor=ANCHOR)} == {True, False}


def test_ranges_and_names() -> None:
    assert integer_range({"exclusiveMinimum": 2, "maximum": 7.5}) == (3, 7)
    assert integer_range({"minimum": 1.5, "exclusiveMaximum": 7}) == (2, 6)
    assert integer_range({}) == (None, None)
