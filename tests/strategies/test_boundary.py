from __future__ import annotations

import json
from calendar import isleap
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import combinations
from typing import Any

import pytest
from hypothesis import strategies as st

from roomproof.contract.formats import FORMATS
from roomproof_strategies import Sample, boundary, plain
from roomproof_strategies.boundary import UNLIMITED
from roomproof_strategies.plain import Plain
from roomproof_strategies.windows import moment

ANCHOR = datetime(2030, 5, 10, 12, 34, 56, tzinfo=UTC)
Schema = Mapping[str, Any]
Fits = Callable[[Any, Any], bool]


def body(**fields: Any) -> Schema:
    return {"type": "object", "properties": fields}


def samples(schema: Schema, **fields: Any) -> list[Sample]:
    if fields:
        return list(boundary(schema, **fields, anchor=ANCHOR))
    return list(_samples(json.dumps(schema)))


@cache
def _samples(schema: str) -> tuple[Sample, ...]:
    return tuple(boundary(json.loads(schema), anchor=ANCHOR))


def values(schema: Schema, rule: str | None = None) -> list[Any]:
    """What is sent as the field `v` by the samples that aim at it."""
    found = samples(body(v=schema))
    return [sample.value["v"] for sample in found if sample.path == ("v",) and rule in (None, sample.rule)]


def numbers(schema: Schema) -> list[int]:
    return [value for value in values(schema) if isinstance(value, int) and not isinstance(value, bool)]


def test_every_sample_validates(any_schema: Schema, fits: Fits) -> None:
    found = samples(any_schema)
    assert found
    for sample in found:
        assert sample.valid
        assert fits(any_schema, sample.value), sample


def test_samples_are_the_same_every_time(body_schema: Schema) -> None:
    assert samples(body_schema) == list(boundary(body_schema, anchor=ANCHOR))


def test_every_limit_of_a_contract_is_met_on_and_inside(body_schema: Schema) -> None:
    for name, field in body_schema["properties"].items():
        sent = [sample.value[name] for sample in samples(body_schema) if name in sample.value]
        if "enum" in field:
            assert [value for value in field["enum"] if value not in sent] == []
        for keyword, inside in (("minimum", 1), ("maximum", -1)):
            if keyword in field:
                assert {field[keyword], field[keyword] + inside} <= {
                    value for value in sent if isinstance(value, int)
                }
        if "maxLength" in field:
            assert {field["maxLength"], field["maxLength"] - 1} <= {len(value) for value in sent}
        if "null" in field.get("type", ()):
            assert None in sent


def test_every_field_alone_every_pair_all_and_none(body_schema: Schema) -> None:
    found = [sample for sample in samples(body_schema) if sample.rule == "accepted"]
    required, names = set(body_schema.get("required", ())), list(body_schema["properties"])
    shapes = [set(sample.value) for sample in found if sample.path == ()]
    assert shapes[0] == set(names)
    assert shapes.count(set(names)) >= 2
    assert all({*pair, *required} in shapes for pair in combinations(names, 2))
    assert required in shapes
    for name in names:
        assert next(set(sample.value) for sample in found if sample.path == (name,)) == {name, *required}


def test_one_sample_carries_one_field_beside_the_required_ones(body_schema: Schema) -> None:
    required = set(body_schema.get("required", ()))
    for sample in samples(body_schema):
        if sample.path and not (sample.path == ("participants",) and sample.rule == "accepted"):
            assert set(sample.value) == {sample.path[0], *required}


def test_the_first_sample_has_all_fields_and_no_default(body_schema: Schema) -> None:
    first = samples(body_schema)[0]
    assert set(first.value) == set(body_schema["properties"])
    for name, field in body_schema["properties"].items():
        assert "default" not in field or first.value[name] != field["default"]


def test_all_fields_come_twice_with_other_values() -> None:
    schema = body(a={"type": "boolean"}, b={"type": "integer"}, c={"type": "string"}, d={"enum": ["x", "y"]})
    one, two = (sample.value for sample in samples(schema) if sample.note.startswith("all fields"))
    assert all(one[name] != two[name] for name in "abcd")
    alone = {sample.path[0]: sample.value for sample in samples(schema) if sample.note == "this field alone"}
    assert alone["c"]["c"] not in (one["c"], two["c"])
    assert alone["b"]["b"] not in (one["b"], two["b"])


def test_the_smallest_object_leaves_room_for_one_more(sample_schemas: Mapping[str, Schema]) -> None:
    values = Plain({}, ANCHOR)
    assert set(values.least(sample_schemas["some-of"], ())) == {"a", "b"}
    assert set(values.least(sample_schemas["some-of"], (), beside="b")) == {"a"}
    assert set(values.least(sample_schemas["required"], (), beside="a")) == {"c"}


def test_names_of_map_fields_come_one_at_a_time(sample_schemas: Mapping[str, Schema]) -> None:
    found = [sample.value["m"] for sample in samples(sample_schemas["map"]) if sample.path == ("m", "keys")]
    assert found
    assert {len(value) for value in found} == {1}


def test_a_least_number_of_fields_is_kept_to(sample_schemas: Mapping[str, Schema]) -> None:
    found = samples(sample_schemas["some-of"])
    assert {frozenset(sample.value) for sample in found if sample.path == ()} == {
        frozenset(names) for names in ("ab", "ac", "bc", "abc")
    }
    for name in "abc":
        assert all(len(sample.value) == 2 for sample in found if sample.path == (name,))
        assert any(sample.path == (name,) for sample in found)


def test_the_first_samples_of_one_field_differ_from_the_all_sample() -> None:
    schema = body(a={"type": "string", "maxLength": 30}, b={"type": "string", "maxLength": 30})
    first = samples(schema)[0].value
    assert first["a"] != first["b"]
    alone = [sample.value for sample in samples(schema) if sample.note == "this field alone"]
    assert [set(value) for value in alone] == [{"a"}, {"b"}]
    assert alone[0]["a"] not in first.values()


def test_small_ranges_are_complete_and_large_ones_have_their_edges() -> None:
    assert set(numbers({"type": "integer", "minimum": 2, "maximum": 50})) == set(range(2, 51))
    assert set(numbers({"type": "integer", "exclusiveMinimum": 2, "exclusiveMaximum": 6})) == {3, 4, 5}
    assert set(range(31)) <= set(numbers({"type": "integer", "maximum": 30, "x-observed": {"minimum": 0}}))
    wide = set(numbers({"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1}))
    assert wide >= {-(2**31), 1 - 2**31, 2**31 - 2, 2**31 - 1, 0, -1, 1, 255, 256, 257, 65535, 65536}
    assert len(wide) < 300


def test_limits_come_before_long_enumerations() -> None:
    found = samples(body(v={"type": "integer", "minimum": 1, "maximum": 300}, w={"enum": ["a", "b"]}))
    assert [sample.value.get("v") for sample in found[1:5]] == [1, 2, 300, 299]
    assert found[-1].note.endswith("of all from 1 to 300")
    assert [sample.rule for sample in found].index("enum") < 10


def test_beyond_observed_and_unsettled_values_come_with_their_remark() -> None:
    schema = {
        "type": "integer",
        "maximum": 30,
        "x-observed": {"minimum": 0},
        "x-unsettled": {"reason": "thirty is odd", "schema": {"minimum": 30}},
    }
    notes = {sample.value["v"]: sample.note for sample in samples(body(v=schema)) if sample.path == ("v",)}
    assert notes[-1].startswith("beyond what real providers accept")
    assert notes[30].startswith("unsettled: thirty is odd")
    assert not notes[0].startswith(("beyond", "unsettled"))
    rules = {sample.value["v"]: sample.rule for sample in samples(body(v=schema)) if sample.path == ("v",)}
    assert rules[0] == "observed-minimum"


def test_lengths_are_counted_in_code_points_of_three_alphabets() -> None:
    found = values({"type": "string", "minLength": 2, "maxLength": 200})
    assert {len(text) for text in found if text.isascii()} >= {2, 3, 4, 5, 7, 8, 9, 127, 128, 129, 199, 200}
    for length in (2, 199, 200):
        of_length = [text for text in found if len(text) == length]
        assert any(text.isascii() for text in of_length)
        assert any("\u0301" in text for text in of_length)
        assert any(ord(text[0]) > 0xFFFF for text in of_length)
    free = values({"type": "string"})
    assert {len(text) for text in free} >= {0, 1, 2, 3, 63, 64, 65, 127, 128}
    assert max(map(len, free)) == UNLIMITED
    assert (
        sum(len(text) == UNLIMITED for text in free) == sum(len(text) == UNLIMITED - 1 for text in free) == 3
    )


def test_long_texts_reach_their_maximum() -> None:
    lengths = {len(text) for text in values({"type": "string", "maxLength": 3000})}
    assert lengths >= {1, 2, 3, 1023, 1024, 1025, 2047, 2048, 2049, 2999, 3000}


@pytest.mark.parametrize(
    "schema", [{"enum": ["a", "b", 3, None]}, {"type": ["boolean", "null"], "enum": [True, None]}]
)
def test_every_field_of_a_list_is_sent(schema: Schema) -> None:
    assert values(schema, "enum") == schema["enum"]


def test_null_and_truth_values() -> None:
    assert values({"type": ["boolean", "null"]})[:3] == [True, False, None]
    assert None not in values({"type": "boolean"})


def test_date_times_have_every_spelling() -> None:
    found = values({"type": "string", "format": "date-time"}, "format")
    day = "2030-05-10"
    on_day = [text for text in found if text.startswith(day)]
    for offset in ("Z", "z", "+00:00", "-00:00", "+05:30", "-08:00", "+14:00", "-14:00"):
        assert any(text.endswith(offset) for text in on_day), offset
    assert {len(text.split(".")[1].strip("Z")) for text in on_day if "." in text} == set(range(1, 10))
    assert any("t" in text for text in on_day)
    assert {f"{day}T00:00:00Z", f"{day}T23:59:59Z", "2030-05-31T23:59:59Z", "2032-02-29T12:00:00Z"} <= set(
        found
    )
    assert {text[5:10] for text in found if text[17:19] == "60"} == {"06-30", "12-31", "01-01"}
    assert {text[:4] for text in found} >= {"0001", "1970", "2038", "9999"}
    assert "2038-01-19T03:14:08Z" in found
    assert day not in found


@pytest.mark.parametrize("year", [2027, 2028, 2031])
def test_the_leap_day_is_a_future_one(year: int) -> None:
    anchor = datetime(year, 6, 1, tzinfo=UTC)
    schema = body(v={"type": "string", "format": "date-time"})
    leap = [
        sample for sample in boundary(schema, anchor=anchor) if sample.note == "29 February of a leap year"
    ]
    found = [time for sample in leap if (time := moment(sample.value["v"]))]
    assert len(found) == 1
    assert anchor < found[0] < anchor + timedelta(days=4 * 366)
    assert isleap(found[0].year)


def test_a_date_alone_only_where_it_is_allowed() -> None:
    both = values({"type": "string", "anyOf": [{"format": "date-time"}, {"format": "date"}]}, "any-of")
    assert "2030-05-10" in both
    assert "2030-05-10T12:34:56+05:30" in both


def test_urls_have_every_shape() -> None:
    found = values({"type": "string", "format": "uri"})
    assert {len(text) for text in found} >= {255, 256, 2048}
    schemes = ("http://", "https://", "HTTPS://", "ftp://", "custom+x.y://")
    for part in (*schemes, ":8443", "?a=1", "#", "user:secret@", "%7E", "xn--", "[2001:"):
        assert any(part in text for text in found), part
    assert all(text.isascii() for text in found)
    limited = values({"type": "string", "format": "uri", "maxLength": 300})
    assert {len(text) for text in limited} >= {299, 300}


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_every_format_has_samples(name: str) -> None:
    assert len(values({"type": "string", "format": name}, "format")) >= 3


def test_arrays_and_maps_have_every_size_at_their_limits() -> None:
    listed = values({"type": "array", "items": {"type": "integer"}, "minItems": 1, "maxItems": 4})
    assert {len(value) for value in listed} == {1, 2, 3, 4}
    unique = values({"type": "array", "items": {"type": "string"}, "uniqueItems": True})
    assert {len(value) for value in unique} == {0, 1, 2, 3}
    assert all(len(set(value)) == len(value) for value in unique)
    mapped = values(
        {
            "type": "object",
            "additionalProperties": {"type": "integer"},
            "minProperties": 1,
            "maxProperties": 3,
        }
    )
    assert {len(value) for value in mapped} == {1, 2, 3}


def test_what_lies_inside_is_reached() -> None:
    role = {"type": "string", "enum": ["host", "guest"]}
    schema = body(
        a={
            "type": "array",
            "minItems": 2,
            "items": {"type": "object", "required": ["code"], "properties": {"code": {}, "role": role}},
        },
        m={
            "type": "object",
            "propertyNames": {"maxLength": 9},
            "additionalProperties": {"type": "object", "properties": {"role": role}},
        },
        o={
            "type": "object",
            "properties": {"p": {"type": "object", "properties": {"q": {"type": "integer", "minimum": 1}}}},
        },
    )
    paths = {(sample.path, sample.rule) for sample in samples(schema)}
    assert {
        (("a", "items", "role"), "enum"),
        (("m", "values", "role"), "enum"),
        (("o", "p", "q"), "minimum"),
    } <= paths
    assert (("m", "keys"), "max-length") in paths
    for sample in samples(schema):
        if sample.path == ("a", "items", "role"):
            assert len(sample.value["a"]) == 2
            assert sample.value["a"][0]["role"] in role["enum"]
            assert "code" in sample.value["a"][0]
    nested = [
        sample.value for sample in samples(schema) if sample.path == ("o", "p") and sample.rule == "accepted"
    ]
    assert {"o": {"p": {}}} in nested


def test_fields_give_the_values_at_their_path() -> None:
    schema = body(
        m={"type": "object", "additionalProperties": {"type": "boolean"}},
        c={"type": "string"},
        d={"type": "boolean"},
    )
    found = samples(
        schema, fields={("m", "keys"): st.sampled_from(["k1", "k2"]), ("c",): st.integers(10, 99).map(str)}
    )
    assert {key for sample in found for key in sample.value.get("m", {})} == {"k1", "k2"}
    codes = {sample.value["c"] for sample in found if "c" in sample.value}
    assert len(codes) > 3
    assert all(code.isdigit() and len(code) == 2 for code in codes)


def test_nothing_is_looked_for_below_a_path_that_is_overridden() -> None:
    schema = body(o={"type": "object", "properties": {"p": {"type": "boolean"}}})
    found = samples(schema, fields={("o",): st.just({"p": True})})
    assert {sample.path for sample in found} == {(), ("o",)}
    assert all(sample.value.get("o", {"p": True}) == {"p": True} for sample in found)


def test_nullable_fields_are_null_together() -> None:
    nullable = {"type": ["integer", "null"]}
    schema = {**body(a=nullable, b=nullable, c=nullable, d={"type": "integer"}), "required": ["d"]}
    found = [sample.value for sample in samples(schema) if sample.note.startswith("null for")]
    assert [{name for name in "abc" if name in value} for value in found] == [
        {"a", "b"},
        {"a", "c"},
        {"b", "c"},
        {"a", "b", "c"},
    ]
    assert all(value[name] is None for value in found for name in value if name != "d")
    assert all(isinstance(value["d"], int) for value in found)


def test_plain_is_the_first_sample_or_another_one_like_it(body_schema: Schema) -> None:
    first, other = (plain(body_schema, anchor=ANCHOR, variant=variant) for variant in (0, 1))
    assert first == samples(body_schema)[0]
    assert set(other.value) == set(first.value)
    assert other.value != first.value


def test_values_can_be_sent_as_json(body_schema: Schema) -> None:
    for sample in samples(body_schema):
        assert json.loads(json.dumps(sample.value, ensure_ascii=False).encode()) == sample.value
