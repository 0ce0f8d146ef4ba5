"""Forms in which schemas and what stands around them are written: which mean the same, and which do not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from roomproof.derive.drift.change import Impact
from roomproof.derive.drift.compare import differences
from roomproof.derive.specification import read_specification

Json = Any
SENDERS, READERS, HARMLESS = Impact.SENDERS, Impact.READERS, Impact.HARMLESS
CAT = {"type": "object", "required": ["claws"], "properties": {"kind": {}, "claws": {"type": "integer"}}}
DOG = {"type": "object", "properties": {"kind": {}, "bark": {"type": "string"}}}
FISH = {"type": "object", "properties": {"kind": {}, "fins": {"type": "integer"}}}
COMPONENTS = {"Cat": CAT, "Dog": DOG, "Fish": FISH, "Pet": {"oneOf": [CAT, DOG]}}
SCHEMES = {
    "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
    "header": {"type": "apiKey", "in": "header", "name": "Authorization"},
    "bearer": {"type": "http", "scheme": "bearer"},
    "oauth": {"type": "oauth2", "flows": {}},
}


def ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def sent_and_answered(schema: Json, **operation: Json) -> Json:
    """Return a specification whose one operation has a schema in its request and in its response."""
    content = {"application/json": {"schema": schema}}
    return {
        "openapi": "3.1.0",
        "paths": {
            "/rooms": {
                "post": {
                    "parameters": [{"name": "sort", "in": "query", "schema": {"type": "string"}}],
                    "requestBody": {"content": content},
                    "responses": {"200": {"content": content}},
                    **operation,
                }
            }
        },
        "components": {"schemas": COMPONENTS, "securitySchemes": SCHEMES},
    }


def around(**operation: Json) -> Json:
    return sent_and_answered({}, **operation)


def told(old: Json, new: Json) -> set[tuple[str, str, str, Impact]]:
    """Return each change: the side, the way, the kind, and whom it breaks."""
    roots = [read_specification(json.dumps(one), "specification").root for one in (old, new)]
    return {
        (one.place.side.value, ".".join(one.place.way), one.kind, one.impact)
        for one in differences(*roots).changes
    }


ALIKE = [
    ("one alternative twice", {"oneOf": [CAT, DOG, DOG]}, {"oneOf": [DOG, CAT]}),
    ("alternatives of alternatives", {"oneOf": [ref("Pet"), FISH]}, {"oneOf": [CAT, DOG, FISH]}),
    ("keywords beside a reference", {**ref("Dog"), "required": ["bark"]}, {**DOG, "required": ["bark"]}),
    (
        "fields beside a reference",
        {**ref("Dog"), "properties": {"age": {"type": "integer"}}},
        {"allOf": [DOG, {"properties": {"age": {"type": "integer"}}}]},
    ),
    ("a reference into a list", {"$ref": "#/components/schemas/Pet/oneOf/1"}, DOG),
    (
        "an escaped reference",
        {"type": "object", "properties": {"a": {"$ref": "#/paths/%2Frooms/post/parameters/0/schema"}}},
        {"type": "object", "properties": {"a": {"type": "string"}}},
    ),
    (
        "alternatives of other types",
        {"anyOf": [{"type": "string", "maxLength": 5}, {"type": "array", "items": {"type": "integer"}}]},
        {"type": ["array", "string"], "maxLength": 5, "items": {"type": "integer"}},
    ),
    (
        "values beside any text",
        {"anyOf": [{"type": "string"}, {"type": "string", "enum": ["a", "b"]}, {"type": "object"}]},
        {"anyOf": [{"type": "string"}, {"type": "string", "enum": ["b", "c"]}, {"type": "object"}]},
    ),
    (
        "null beside several alternatives",
        {"oneOf": [CAT, DOG], "nullable": True},
        {"oneOf": [DOG, {"type": "null"}, CAT]},
    ),
    (
        "null beside allOf",
        {"allOf": [ref("Dog")], "nullable": True},
        {"anyOf": [ref("Dog"), {"type": "null"}]},
    ),
    (
        "null in one part of several",
        {"allOf": [DOG, {"type": "object", "nullable": True}]},
        DOG,
    ),
    ("every type", {"type": ["string", "number", "boolean", "array", "object", "null"]}, {}),
    ("a pattern of any text", {"type": "string", "pattern": "^.*$"}, {"type": "string"}),
    (
        "members of a class in another order",
        {"type": "string", "pattern": r"^[A-Za-z0-9_\-]{1,}\d\/$"},
        {"type": "string", "pattern": "^[-_0-9a-zA-Z]+[0-9]/$"},
    ),
    ("whole steps of whole numbers", {"type": "integer", "multipleOf": 1}, {"type": "integer"}),
    ("the usual size of numbers", {"type": "integer", "format": "int64"}, {"type": "integer"}),
    ("a number as a number", {"type": "number", "default": 1.0}, {"type": "number", "default": 1}),
    (
        "a text read as true",
        {"type": "string", "enum": [True, "no"]},
        {"type": "string", "enum": ["true", "no"]},
    ),
    ("fields that are open anyway", {**DOG, "unevaluatedProperties": True}, DOG),
    (
        "fields that are closed",
        {**DOG, "unevaluatedProperties": False},
        {**DOG, "additionalProperties": False},
    ),
    ("a not by another name", {"not": ref("Dog")}, {"not": {**DOG, "description": "It barks"}}),
]


@pytest.mark.parametrize(("old", "new"), [row[1:] for row in ALIKE], ids=[row[0] for row in ALIKE])
def test_another_form_of_a_schema_is_no_change(old: Json, new: Json) -> None:
    assert told(sent_and_answered(old), sent_and_answered(new)) == set()
    assert told(sent_and_answered(new), sent_and_answered(old)) == set()


TWO = {"anyOf": [{"required": ["a"]}, {"required": ["b"]}], "oneOf": [CAT, DOG]}
NAMED = {
    "oneOf": [CAT, DOG],
    "discriminator": {"propertyName": "kind", "mapping": {"cat": "#/c", "dog": "#/d"}},
}
TEXT = {"type": "string"}
OTHER = [
    (
        "null",
        {"oneOf": [CAT, DOG]},
        {"oneOf": [CAT, DOG, {"type": "null"}]},
        "",
        "became-nullable",
        HARMLESS,
        READERS,
    ),
    (
        "in the second of two unions",
        TWO,
        {**TWO, "oneOf": [CAT, {**DOG, "required": ["bark"]}]},
        "bark",
        "became-required",
        SENDERS,
        HARMLESS,
    ),
    (
        "another field tells the kind",
        NAMED,
        {**NAMED, "discriminator": {"propertyName": "type"}},
        "",
        "discriminator",
        SENDERS,
        READERS,
    ),
    (
        "another name of a kind",
        NAMED,
        {**NAMED, "discriminator": {"propertyName": "kind", "mapping": {"CAT": "#/c", "dog": "#/d"}}},
        "",
        "discriminator",
        SENDERS,
        READERS,
    ),
    (
        "a field that nothing describes",
        {"type": "object"},
        {"type": "object", "required": ["a"]},
        "a",
        "became-required",
        SENDERS,
        HARMLESS,
    ),
    ("not", TEXT, {**TEXT, "not": {"enum": ["admin"]}}, "", "not", SENDERS, HARMLESS),
    (
        "other fields by pattern",
        {"patternProperties": {"^a": TEXT}},
        {"patternProperties": {"^b": TEXT}},
        "",
        "patternProperties",
        SENDERS,
        READERS,
    ),
    (
        "const",
        {**TEXT, "enum": ["a", "b"]},
        {**TEXT, "enum": ["a", "b"], "const": "a"},
        "",
        "value-removed",
        SENDERS,
        HARMLESS,
    ),
    (
        "a step that is no other's",
        {"type": "integer", "multipleOf": 2},
        {"type": "integer", "multipleOf": 3},
        "",
        "multipleOf",
        SENDERS,
        READERS,
    ),
    (
        "one more type",
        {"type": "string", "maxLength": 5},
        {"anyOf": [{"type": "string", "maxLength": 5}, {"type": "array"}]},
        "",
        "type",
        HARMLESS,
        READERS,
    ),
]


@pytest.mark.parametrize(
    ("old", "new", "way", "kind", "sending", "reading"),
    [row[1:] for row in OTHER],
    ids=[row[0] for row in OTHER],
)
def test_another_schema_is_one_change_of_each_side(
    old: Json, new: Json, way: str, kind: str, sending: Impact, reading: Impact
) -> None:
    expected = {("request", way, kind, sending), ("response", way, kind, reading)}
    assert told(sent_and_answered(old), sent_and_answered(new)) == expected


def test_a_field_that_is_read_only_or_write_only_now_is_gone_from_one_side() -> None:
    old, read, written = (
        sent_and_answered({"type": "object", "properties": {"id": {"type": "string", **more}}})
        for more in ({}, {"readOnly": True}, {"writeOnly": True})
    )
    assert told(old, read) == {("request", "id", "became-read-only", SENDERS)}
    assert told(old, written) == {("response", "id", "became-write-only", READERS)}


SECURITY = [
    ("one more way", [{"key": []}], [{"key": []}, {"bearer": []}], HARMLESS),
    ("one way less", [{"key": []}, {"bearer": []}], [{"key": []}], SENDERS),
    ("nothing is enough, too", [{"key": []}], [{}, {"key": []}], HARMLESS),
    ("nothing is not enough", [{}, {"key": []}], [{"key": []}], SENDERS),
    ("from nothing to what is not needed", [], [{}, {"key": []}], HARMLESS),
    ("one more scope", [{"oauth": ["read"]}], [{"oauth": ["read", "write"]}], SENDERS),
    ("one scope less", [{"oauth": ["read", "write"]}], [{"oauth": ["read"]}], HARMLESS),
    ("both at once", [{"key": []}], [{"key": [], "bearer": []}], SENDERS),
    ("what is in the header", [{"header": []}], [{"bearer": []}], HARMLESS),
]


@pytest.mark.parametrize(
    ("old", "new", "impact"), [row[1:] for row in SECURITY], ids=[row[0] for row in SECURITY]
)
def test_security_breaks_those_whose_way_is_not_enough_any_more(old: Json, new: Json, impact: Impact) -> None:
    assert told(around(security=old), around(security=new)) == {("operation", "", "security", impact)}


def test_a_scheme_that_no_document_describes_is_compared_with_nothing() -> None:
    assert told(around(security=[{"nowhere": []}]), around(security=[{"key": []}])) == set()


def answered(*media_types: str, status: str = "200", schema: Json = None) -> Json:
    content = {one: {"schema": schema or {}} for one in media_types}
    return around(responses={status: {"content": content}})


def test_a_media_type_is_not_gone_where_a_range_has_it() -> None:
    old, new = answered("application/json"), answered("*/*")
    assert {impact for *_, impact in told(old, new) | told(new, old)} == {HARMLESS}
    assert (("response", "", "media-type text/csv", READERS)) in told(answered("text/csv"), old)


def test_the_body_of_a_picture_has_no_schema() -> None:
    binary = {"type": "string", "format": "binary"}
    assert told(answered("image/png", schema=binary), answered("image/png")) == set()


def test_a_status_of_a_range_is_compared_with_the_range() -> None:
    def response(status: str, maximum: int) -> Json:
        return answered("application/json", status=status, schema={"type": "integer", "maximum": maximum})

    assert told(response("2XX", 5), response("201", 5)) == set()
    assert told(response("2XX", 5), response("201", 9)) == {("response", "", "maximum", READERS)}
    assert told(response("201", 5), response("2XX", 9)) == {("response", "", "maximum", READERS)}


def test_an_address_that_a_variable_still_allows_has_not_moved() -> None:
    def at(**variable: Json) -> Json:
        server = {"url": "https://rooms.example/{version}", "variables": {"version": variable}}
        return around(servers=[server])

    assert told(at(default="v1"), at(default="v2", enum=["v1", "v2"])) == set()
    assert {kind for _, _, kind, _ in told(at(default="v1"), at(default="v2"))} == {"server-path"}


def test_a_server_that_is_listed_still_has_not_moved() -> None:
    def at(*paths: str) -> Json:
        return {**around(), "servers": [{"url": f"https://example.com{path}"} for path in paths]}

    assert told(at("/v2"), at("/sandbox", "/v2")) == set()
    assert told(at("/v2"), at("/v3")) == {("operation", "", "server-path", SENDERS)}


def test_what_contains_itself_in_an_alternative_is_compared_to_its_end() -> None:
    def tree(maximum: int) -> Json:
        leaf = {"type": "integer", "maximum": maximum}
        document = sent_and_answered(ref("Tree"))
        both = {"oneOf": [ref("Tree"), leaf, {"type": "array", "items": ref("Tree")}]}
        return {**document, "components": {"schemas": {"Tree": both}}}

    assert told(tree(5), tree(5)) == set()
    assert ("request", "", "maximum", SENDERS) in told(tree(5), tree(4))


def levels(count: int, maximum: int) -> Json:
    """Return a specification whose components hold the next one in eight fields each."""
    fields: Json = {}
    for level in range(count):
        inner = {f"field{number}": ref(f"Level{level + 1}") for number in range(8)}
        fields[f"Level{level}"] = {"type": "object", "properties": inner}
    last = {f"Level{count}": {"type": "string", "maxLength": maximum}}
    return {**sent_and_answered(ref("Level0")), "components": {"schemas": {**fields, **last}}}


def test_a_component_that_a_thousand_ways_lead_to_is_told_at_a_few_places() -> None:
    found = told(levels(9, 5), levels(9, 4))
    assert {(side, kind, impact) for side, _, kind, impact in found} == {
        ("request", "maxLength", SENDERS),
        ("response", "maxLength", HARMLESS),
    }
    assert len(found) <= 20


def test_components_that_all_hold_one_another_are_compared() -> None:
    """Where fields may be expanded, a hundred components lead to one another."""

    def clique(maximum: int) -> Json:
        names = [f"Part{number}" for number in range(25)]
        fields = {name.lower(): {"anyOf": [{"type": "string"}, ref(name)]} for name in names}
        last = {"size": {"type": "integer", "maximum": maximum}}
        schemas = {name: {"type": "object", "properties": {**fields, **last}} for name in names}
        return {**sent_and_answered(ref("Part0")), "components": {"schemas": schemas}}

    found = told(clique(5), clique(4))
    assert ("request", "size", "maximum", SENDERS) in found
    assert {kind for _, _, kind, _ in found} == {"maximum"}


def test_an_operation_without_responses_says_nothing_of_them() -> None:
    assert told(answered("application/json"), around(responses=None)) == set()


def test_other_formats_have_no_fields_in_common() -> None:
    """A JSON by another name is compared, a form and a JSON are not."""
    old = answered("application/json", schema={"type": "integer", "maximum": 5})
    renamed = answered("application/vnd.room+json", schema={"type": "integer", "maximum": 9})
    assert ("response", "", "maximum", READERS) in told(old, renamed)
    other = answered("multipart/form-data", schema={"type": "integer", "maximum": 9})
    assert {kind.split()[0] for _, _, kind, _ in told(old, other)} == {"media-type"}


def test_what_a_dynamic_reference_leads_to_is_compared_with_nothing() -> None:
    old, new = {"type": "array", "items": {"$dynamicRef": "#item"}}, {"type": "array", "items": DOG}
    assert told(sent_and_answered(old), sent_and_answered(new)) == set()


def sentences(old: Json, new: Json) -> list[str]:
    roots = [read_specification(json.dumps(one), "specification").root for one in (old, new)]
    return [one.sentence for one in differences(*roots).changes if one.impact is SENDERS]


def test_sentences_tell_what_is_other() -> None:
    old, new = around(security=[{"oauth": ["read"]}]), around(security=[{"oauth": ["read", "write"]}])
    assert sentences(old, new) == [
        "the ways to prove who asks were oauth2 (read) and are oauth2 (read write)"
    ]
    any_number, above = (
        sent_and_answered({"type": "number"}),
        sent_and_answered({"type": "number", "exclusiveMinimum": 0}),
    )
    assert sentences(any_number, above) == ["minimum was not stated and is more than 0"]


def with_kinds(*kinds: str, maximum: int = 5, discriminator: Json = None) -> Json:
    """Return a specification of rooms, of which some are of a kind of their own."""
    base: Json = {"type": "object", "properties": {"kind": {"type": "string"}, "name": {"type": "string"}}}
    if discriminator is not None:
        base["discriminator"] = discriminator
    own = {"type": "object", "properties": {"seats": {"type": "integer", "maximum": maximum}}}
    schemas = {"Room": base, **{kind: {"allOf": [ref("Room"), own]} for kind in kinds}}
    document = sent_and_answered({"type": "array", "items": ref("Room")})
    return {**document, "components": {"schemas": schemas}}


def test_kinds_of_a_component_are_alternatives_of_it() -> None:
    """They have it in their allOf, and it says which field tells the kind."""
    by_kind = {"propertyName": "kind"}
    old = with_kinds("Hall", discriminator=by_kind)
    assert told(old, old) == set()
    assert told(old, with_kinds("Hall", maximum=4, discriminator=by_kind)) == {
        ("request", "[].seats", "maximum", SENDERS),
        ("response", "[].seats", "maximum", HARMLESS),
    }


def test_to_name_the_field_that_tells_the_kind_is_no_new_kind() -> None:
    plain, named = with_kinds("Hall"), with_kinds("Hall", discriminator={"propertyName": "kind"})
    assert told(plain, named) == set()
    assert told(named, plain) == set()


def test_alternatives_of_the_same_fields_are_told_apart_by_their_kind() -> None:
    def events(**more: Json) -> Json:
        kinds = [
            {"type": "object", "properties": {"type": {"const": kind}, "at": {"type": "string"}, **more}}
            for kind in ("opened", "closed", "moved")
        ]
        return {"oneOf": kinds[::-1] if more else kinds}

    assert told(sent_and_answered(events()), sent_and_answered(events(by={"type": "string"}))) == {
        ("request", "by", "added", HARMLESS),
        ("response", "by", "added", HARMLESS),
    }


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("[a-z]", "[az-]"),
        ("a+", r"a\+"),
        ("[0-9]{2}", "[0-9]{2,}"),
        ("[^a]", "[a^]"),
        (r"\D", r"\d"),
        ("a.b", r"a\.b"),
    ],
)
def test_patterns_of_other_texts_are_other_patterns(one: str, other: str) -> None:
    old, new = ({"type": "string", "pattern": pattern} for pattern in (one, other))
    assert ("request", "", "pattern", SENDERS) in told(sent_and_answered(old), sent_and_answered(new))


def test_a_pattern_is_told_as_it_is_written() -> None:
    plain, either = (
        {"type": "string"},
        {"anyOf": [{"type": "string", "pattern": r"^\d+$"}, {"type": "integer"}]},
    )
    assert r"the pattern was not stated and is ^\d+$" in sentences(
        sent_and_answered(plain), sent_and_answered(either)
    )


def test_a_field_may_be_sent_where_any_field_of_its_form_may() -> None:
    values = {"type": "object", "additionalProperties": {"type": "string"}}
    named = {**values, "properties": {"a": {"type": "string"}}}
    old, new = sent_and_answered(values), sent_and_answered(named)
    assert told(old, new) == {("response", "a", "added", HARMLESS)}
    assert told(new, old) == {("response", "a", "removed", READERS)}
    number = sent_and_answered({**values, "properties": {"a": {"type": "integer"}}, "required": ["a"]})
    assert told(old, number) == {
        ("request", "a", "type", SENDERS),
        ("request", "a", "became-required", SENDERS),
        ("response", "a", "added", HARMLESS),
    }


def test_what_other_fields_are_goes_with_their_being_allowed() -> None:
    closed = sent_and_answered({**DOG, "additionalProperties": False})
    opened = sent_and_answered({**DOG, "additionalProperties": {"type": "string"}})
    assert told(closed, opened) == {("request", "", "opened", HARMLESS), ("response", "", "opened", HARMLESS)}
    assert told(opened, closed) == {("request", "", "closed", SENDERS), ("response", "", "closed", HARMLESS)}


def test_to_describe_a_field_that_had_to_be_there_is_no_new_demand() -> None:
    bare, described = (
        {"type": "object", "required": ["a"], **more} for more in ({}, {"properties": {"a": {}}})
    )
    found = told(sent_and_answered(bare), sent_and_answered(described))
    assert found == {("request", "a", "added", HARMLESS), ("response", "a", "added", HARMLESS)}


def test_one_of_several_fields_that_must_be_there_is_an_alternative() -> None:
    def either(*names: str) -> Json:
        fields = {"a": {"type": "string"}, "b": {"type": "string"}}
        return {"type": "object", "properties": fields, "anyOf": [{"required": [name]} for name in names]}

    assert told(sent_and_answered(either("a", "b")), sent_and_answered(either("b", "a"))) == set()
    assert told(sent_and_answered(either("a", "b")), sent_and_answered(either("a"))) != set()


@pytest.mark.parametrize("junk", [None, True, 5, "x", [], [None], {}, {"$ref": 5}, {"$ref": "#/nowhere"}])
@pytest.mark.parametrize(
    "where",
    [
        ("paths", "/rooms"),
        ("paths", "/rooms", "post", "parameters"),
        ("paths", "/rooms", "post", "requestBody", "content", "application/json", "schema"),
        ("components", "schemas", "Cat", "properties", "claws"),
        ("components", "schemas", "Pet", "oneOf"),
        ("components", "schemas", "Dog"),
        ("components", "securitySchemes"),
    ],
)
def test_junk_in_a_document_is_as_if_it_were_not_there(where: tuple[str, ...], junk: Json) -> None:
    fields = {"a": {"anyOf": [ref("Cat"), ref("Dog")]}, "b": ref("Pet"), "c": ref("Dog")}
    document = sent_and_answered({"type": "object", "properties": fields}, security=[{"key": []}])
    broken = json.loads(json.dumps(document))
    around_it = broken
    for step in where[:-1]:
        around_it = around_it[step]
    around_it[where[-1]] = junk
    told(document, broken)
    told(broken, document)
