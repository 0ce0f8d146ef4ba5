"""Values that are sent as text: in a query, a path, a header or a form."""

from __future__ import annotations

import json
from typing import Any

import pytest

from roomproof.derive.drift.change import Impact
from roomproof.derive.drift.compare import differences
from roomproof.derive.specification import read_specification

Json = Any
SENDERS, READERS, HARMLESS = Impact.SENDERS, Impact.READERS, Impact.HARMLESS
TEXT, WHOLE_NUMBER, TRUTH = {"type": "string"}, {"type": "integer"}, {"type": "boolean"}
KINDS = {"type": "string", "enum": ["open", "closed"]}


def parameter(carrier: str, schema: Json) -> Json:
    return {"parameters": [{"name": "a", "in": carrier, "required": carrier == "path", "schema": schema}]}


def body(media: str, schema: Json) -> Json:
    return {"requestBody": {"content": {media: {"schema": {"properties": {"a": schema}}}}}}


def header(schema: Json) -> Json:
    return {"responses": {"200": {"description": "", "headers": {"X-A": {"schema": schema}}}}}


def told(old: Json, new: Json) -> list[tuple[str, Impact]]:
    roots = []
    for operation in (old, new):
        whole = {"responses": {"200": {"description": ""}}, **operation}
        text = json.dumps({"openapi": "3.0.3", "paths": {"/rooms/{a}": {"post": whole}}})
        roots.append(read_specification(text, "specification").root)
    return [(one.kind, one.impact) for one in differences(*roots).changes]


@pytest.mark.parametrize("carrier", ["query", "path", "header", "cookie"])
@pytest.mark.parametrize("narrow", [WHOLE_NUMBER, TRUTH, {"type": "number", "minimum": 3}])
def test_any_text_may_be_sent_where_a_number_was(carrier: str, narrow: Json) -> None:
    assert told(parameter(carrier, narrow), parameter(carrier, TEXT)) == [("type", HARMLESS)]
    assert told(parameter(carrier, TEXT), parameter(carrier, narrow))[0] == ("type", SENDERS)
    assert told(parameter(carrier, narrow), parameter(carrier, KINDS)) == [("type", SENDERS)]


def test_a_form_is_text_and_json_is_none() -> None:
    form, whole = "application/x-www-form-urlencoded", "application/json"
    assert told(body(form, WHOLE_NUMBER), body(form, TEXT)) == [("type", HARMLESS)]
    assert told(body(whole, WHOLE_NUMBER), body(whole, TEXT)) == [("type", SENDERS)]


def test_a_header_that_was_any_text_may_be_a_number() -> None:
    assert told(header(TEXT), header(WHOLE_NUMBER)) == [("type", HARMLESS)]
    assert told(header(WHOLE_NUMBER), header(TEXT)) == [("type", READERS)]


def test_one_value_is_a_list_of_one() -> None:
    def of(**more: Json) -> Json:
        return parameter("query", {"type": "array", "items": KINDS, **more})

    one = parameter("query", KINDS)
    assert told(one, of()) == [("type", HARMLESS)]
    assert told(one, of(minItems=2)) == [("type", HARMLESS), ("minItems", SENDERS)]
    assert told(of(), one) == [("type", SENDERS)]
    assert told(one, of(items={**KINDS, "enum": ["open"]})) == [
        ("type", HARMLESS),
        ("value-removed", SENDERS),
    ]
