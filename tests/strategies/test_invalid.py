from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roomproof_strategies import Sample, invalid, mutations, valid
from roomproof_strategies.drawing import distinct
from roomproof_strategies.invalid import put
from roomproof_strategies.spots import Spot
from roomproof_strategies.valid import canonical

ANCHOR = datetime(2030, 5, 10, 12, 34, 56, tzinfo=UTC)
QUICK = settings(max_examples=15, derandomize=True, database=None, deadline=None)
Schema = Mapping[str, Any]
Aims = Callable[[Schema, Any], set[tuple[tuple[str, ...], str]]]


def body(**fields: Any) -> Schema:
    return {"type": "object", "properties": fields}


def samples(schema: Schema, **fields: Any) -> list[Sample]:
    if fields:
        return list(invalid(schema, **fields, anchor=ANCHOR))
    return list(_samples(json.dumps(schema)))


@cache
def _samples(schema: str) -> tuple[Sample, ...]:
    return tuple(invalid(json.loads(schema), anchor=ANCHOR))


def values(schema: Schema, rule: str) -> list[Any]:
    return [
        sample.value["v"]
        for sample in samples(body(v=schema))
        if (sample.path, sample.rule) == (("v",), rule)
    ]


def test_every_sample_breaks_just_what_it_names(any_schema: Schema, aims: Aims) -> None:
    found = samples(any_schema)
    assert found
    for sample in found:
        assert not sample.valid
        assert aims(any_schema, sample.value) == {(sample.path, sample.rule)}, sample


def test_every_mutation_breaks_just_what_it_names(any_schema: Schema, aims: Aims) -> None:
    # Health checks are on: filter_too_much or too_slow fail this test.
    @QUICK
    @given(mutations(any_schema, anchor=ANCHOR))
    def check(sample: Sample) -> None:
        assert not sample.valid
        assert aims(any_schema, sample.value) == {(sample.path, sample.rule)}

    check()


def test_samples_are_the_same_every_time(body_schema: Schema) -> None:
    assert samples(body_schema) == list(invalid(body_schema, anchor=ANCHOR))


def test_no_body_is_sent_twice(body_schema: Schema) -> None:
    counted = Counter((repr(sample.value), sample.path) for sample in samples(body_schema))
    assert counted.most_common(1)[0][1] == 1


def test_every_keyword_of_a_contract_is_broken(body_schema: Schema) -> None:
    rules = {(sample.path, sample.rule) for sample in samples(body_schema)}
    assert {((), "type"), ((), "null")} <= rules
    for name, field in body_schema["properties"].items():
        same = {keyword: keyword for keyword in ("type", "minimum", "maximum", "enum", "format")}
        for keyword, rule in {**same, "maxLength": "max-length", "anyOf": "any-of"}.items():
            assert keyword not in field or ((name,), rule) in rules
        assert "null" in field["type"] or ((name,), "null") in rules
    assert all(((name,), "required") in rules for name in body_schema.get("required", ()))


def test_every_limit_of_a_contract_is_passed_by_one(body_schema: Schema) -> None:
    sent = {
        name: [sample.value.get(name) for sample in samples(body_schema) if sample.path == (name,)]
        for name in body_schema["properties"]
    }
    for name, field in body_schema["properties"].items():
        for keyword, outside in (("minimum", -1), ("maximum", 1)):
            assert keyword not in field or field[keyword] + outside in sent[name]
        if "maxLength" in field:
            long = [
                text for text in sent[name] if isinstance(text, str) and len(text) == field["maxLength"] + 1
            ]
            assert any(text.isascii() for text in long)
            if "pattern" in field:
                # Of such a text nothing but the length is wrong.
                assert all(re.search(field["pattern"], text) for text in long)
                continue
            assert any("\u0301" in text for text in long)
            assert any(ord(text[0]) > 0xFFFF for text in long)


def test_numbers_lie_just_and_far_outside() -> None:
    schema = {"type": "integer", "minimum": 2, "maximum": 50}
    assert set(values(schema, "minimum")) >= {1, 0, -1, -998, -(2**31) - 1}
    assert set(values(schema, "maximum")) >= {51, 1050, 2**31, 2**63, 2**64}
    exclusive = {"type": "integer", "exclusiveMinimum": 2, "exclusiveMaximum": 50}
    assert {2, 1} <= set(values(exclusive, "exclusive-minimum"))
    assert {50, 51} <= set(values(exclusive, "exclusive-maximum"))
    assert values({"type": "integer", "multipleOf": 5}, "multiple-of")
    assert {2**31, 2**63} <= set(values({"type": "integer", "maximum": 2**31 - 1}, "maximum"))


def test_texts_are_too_long_in_code_points_only() -> None:
    found = values({"type": "string", "minLength": 3, "maxLength": 40}, "max-length")
    assert {len(text) for text in found} >= {41, 42, 82, 1040}
    assert set(map(len, values({"type": "string", "minLength": 3}, "min-length"))) == {0, 1, 2}


def test_closed_lists_have_near_misses() -> None:
    found = set(values({"type": "string", "enum": ["Attendee", "Consumer"]}, "enum"))
    assert found >= {
        "attendee",
        "ATTENDEE",
        " Attendee",
        "Attendee ",
        "Attende",
        "",
        "AttendeeConsumer",
        "Attendee,Consumer",
        "null",
    }
    assert [value for value in (2, 0) if value not in values({"enum": [1, "x"]}, "enum")] == []


def test_formats_have_near_misses() -> None:
    times = set(values({"type": "string", "format": "date-time"}, "format"))
    assert times >= {
        "2030-02-30T00:00:00Z",
        "2030-13-01T00:00:00Z",
        "2030-05-10",
        "2030-05-10T12:00:00",
        "2030-05-10 12:00:00Z",
    }
    assert {"", "tomorrow"} <= times
    assert times >= {
        "2030-05-10T24:00:00Z",
        "2030-05-10T12:60:00Z",
        "2030-05-10T12:00:61Z",
        "2030-05-10T12:00:00+24:00",
        "12:00:00Z",
    }
    assert "2030-02-29T00:00:00Z" in times
    assert "2030/05/10T12:00:00Z" in times
    urls = set(values({"type": "string", "format": "uri"}, "format"))
    assert urls >= {"example.com", "//room.example.com/hook", "https://", "", "not a url"}
    either = values({"type": "string", "anyOf": [{"format": "date-time"}, {"format": "date"}]}, "any-of")
    assert "2030-05-10" not in either
    assert {"2030-02-30", "2030-02-30T00:00:00Z"} <= set(either)


def test_the_common_year_has_no_29_february() -> None:
    found = invalid(
        body(v={"type": "string", "format": "date-time"}), anchor=datetime(2028, 1, 1, tzinfo=UTC)
    )
    assert "2029-02-29T00:00:00Z" in [sample.value["v"] for sample in found if isinstance(sample.value, dict)]


def test_patterns_have_near_misses() -> None:
    found = values({"type": "string", "pattern": "^[A-Za-z0-9_-]+$"}, "pattern")
    assert any(text.endswith("\n") and text[:-1].replace("-", "").isalnum() for text in found)
    assert any(" " in text for text in found)
    digits = values({"type": "string", "pattern": "^[0-9]{6}$"}, "pattern")
    assert {len(text) for text in digits if text.isascii() and text.isdigit()} >= {5, 7, 12}


@pytest.mark.parametrize("kind", ["string", "integer", "number", "boolean", "array", "object"])
def test_every_other_type_is_tried(kind: str) -> None:
    names = {"string": str, "integer": int, "number": float, "boolean": bool, "array": list, "object": dict}
    found = {type(value) for value in values({"type": kind}, "type")}
    expected = {
        python for name, python in names.items() if name != kind and {name, kind} != {"integer", "number"}
    }
    assert expected <= found
    assert values({"type": kind}, "null") == [None]


@pytest.mark.parametrize(
    ("schema", "taken", "rejected"),
    [
        ({"type": "integer", "minimum": 2, "maximum": 50}, ["10"], ["text", "", "true", [], 1.5]),
        ({"type": "number"}, ["1.5", "10"], ["text"]),
        ({"type": "boolean"}, ["true", "false", 0, 1], ["text", 10, "10", []]),
        ({"type": "string"}, [10, 1.5, True], [[], {}]),
        ({"type": "string", "format": "uri"}, [], [10, True, []]),
        ({"type": "string", "enum": ["10", "x"]}, [10], [1, True]),
    ],
)
def test_coercible_values_are_called_so(schema: Schema, taken: list[Any], rejected: list[Any]) -> None:
    notes = [
        (sample.value["v"], sample.note)
        for sample in samples(body(v=schema))
        if sample.path == ("v",) and sample.rule == "type"
    ]
    for wanted, told in ((taken, True), (rejected, False)):
        for value in wanted:
            found = [note for sent, note in notes if sent == value and type(sent) is type(value)]
            assert found, value
            assert found[0].endswith("coercible") is told, value


def test_the_body_itself_has_another_type() -> None:
    found = [sample.value for sample in samples(body(v={"type": "integer"})) if sample.path == ()]
    assert {type(value) for value in found} == {type(None), bool, int, float, str, list}


def test_sizes_are_passed() -> None:
    assert {len(value) for value in values({"type": "array", "items": {}, "minItems": 2}, "min-items")} == {
        0,
        1,
    }
    assert {len(value) for value in values({"type": "array", "maxItems": 3}, "max-items")} >= {4}
    unique = values({"type": "array", "items": {"type": "string"}, "uniqueItems": True}, "unique-items")
    assert len(unique[0]) == 2
    mapped = {
        "type": "object",
        "additionalProperties": {"type": "integer"},
        "minProperties": 2,
        "maxProperties": 3,
    }
    assert {len(value) for value in values(mapped, "min-properties")} == {0, 1}
    assert 4 in {len(value) for value in values(mapped, "max-properties")}
    closed = {"type": "object", "properties": {"a": {"type": "integer"}}, "additionalProperties": False}
    assert [{"A"}] == [set(value) for value in values(closed, "additional-properties") if "A" in value]


def test_required_fields_are_left_out_one_at_a_time() -> None:
    item = {
        "type": "object",
        "required": ["code", "role"],
        "properties": {"code": {"type": "string"}, "role": {"type": "string"}},
    }
    schema = {**body(a={"type": "array", "items": item}, b={"type": "null"}), "required": ["b"]}
    found = {sample.path: sample.value for sample in samples(schema) if sample.rule == "required"}
    assert set(found) == {("b",), ("a", "items", "code"), ("a", "items", "role")}
    assert set(found["a", "items", "code"]["a"][0]) == {"role"}


def test_names_of_map_fields_are_broken_too() -> None:
    schema = body(
        m={
            "type": "object",
            "propertyNames": {"pattern": "^[a-z]+$"},
            "additionalProperties": {"type": "integer"},
        }
    )
    found = [
        sample.value["m"]
        for sample in samples(schema)
        if (sample.path, sample.rule) == (("m", "keys"), "pattern")
    ]
    assert all(len(value) == 1 for value in found)
    assert "" in [key for value in found for key in value]


def test_unsettled_breaches_carry_their_remark() -> None:
    schema = {"type": "string", "format": "uri", "x-unsettled": {"reason": "unset", "schema": {"const": ""}}}
    notes = {sample.value["v"]: sample.note for sample in samples(body(v=schema)) if sample.rule == "format"}
    assert notes[""].startswith("unsettled: unset")


def test_mutations_are_varied_and_keep_the_rest(sample_schemas: Mapping[str, Schema]) -> None:
    schema = {
        **body(
            n={"type": "integer", "minimum": 2, "maximum": 50},
            s={"type": "string", "maxLength": 20},
            r={"enum": ["host", "guest"]},
            t={"type": "string", "format": "date-time"},
            codes=sample_schemas["array-objects"]["properties"]["codes"],
            m=sample_schemas["map"]["properties"]["m"],
        ),
        "required": ["n"],
    }
    mutated = mutations(schema, anchor=ANCHOR)
    found = list(distinct(lambda draw: draw(mutated), 800, lambda sample: canonical(sample.value), start=0))
    aims = {(sample.path, sample.rule) for sample in found}
    assert aims >= {
        (("n",), "minimum"), (("n",), "maximum"), (("n",), "type"), (("n",), "required"), (("s",),
        "max-length"), (("r",), "enum"),
        (("t",), "format"), ((), "type"),
    }  # fmt: skip
    below = {path[:2] for path, _ in aims if len(path) > 1}
    assert below == {("codes", "items"), ("m", "keys"), ("m", "values")}
    assert {
        "random number above the maximum",
        "random text that is too long",
        "random value of another type",
    } <= {s.note for s in found}
    assert any(len(sample.value) > 3 for sample in found if sample.path == ("n",))


@pytest.mark.parametrize(
    ("path", "body", "changed"),
    [
        ((), {"a": 1}, "new"),
        (("a",), {"a": 1, "b": 2}, {"a": "new", "b": 2}),
        (("c",), {"a": 1}, {"a": 1, "c": "new"}),
        (("l", "items"), {"l": [1, 2]}, {"l": ["new", 2]}),
        (("l", "items", "x"), {"l": [{"y": 1}]}, {"l": [{"y": 1, "x": "new"}]}),
        (("m", "values"), {"m": {"k": 1, "j": 2}}, {"m": {"k": "new", "j": 2}}),
        (("m", "values", "x"), {"m": {"k": {"x": 1}, "j": 2}}, {"m": {"k": {"x": "new"}, "j": 2}}),
        (("m", "keys"), {"m": {"k": 1, "j": 2}}, {"m": {"new": 1, "j": 2}}),
        (("m", "keys"), {"a": 1, "m": {}}, {"a": 1, "m": "smallest"}),
        (("l", "items"), {"a": 1, "l": []}, {"a": 1, "l": "smallest"}),
        (("m", "values"), {"a": 1, "m": None}, {"a": 1, "m": "smallest"}),
        (("o", "p", "q"), {"a": 1}, {"a": 1, "o": "smallest"}),
    ],
)
def test_a_value_is_put_where_it_belongs(path: tuple[str, ...], body: Any, changed: Any) -> None:
    spot = Spot(path, {}, lambda _value: {path[0]: "smallest", "other": 1})
    assert put(body, spot, "new") == changed


def test_fields_serve_the_rest_of_the_body() -> None:
    schema = {**body(c={"type": "string"}, n={"type": "integer"}), "required": ["c"]}
    fields = {("c",): st.just("given")}
    assert {sample.value["c"] for sample in samples(schema, fields=fields) if sample.path == ("n",)} == {
        "given"
    }

    @QUICK
    @given(mutations(schema, fields, anchor=ANCHOR))
    def check(sample: Sample) -> None:
        assert sample.path != ("n",) or sample.value["c"] == "given"

    check()


def test_a_schema_that_allows_all_has_nothing_to_break() -> None:
    assert samples({}) == []
    assert mutations({}, anchor=ANCHOR).is_empty
    assert not valid({}, anchor=ANCHOR).is_empty
