"""A broken contract gives one ContractError that says where and what to do, whatever is broken."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from roomproof.contract.read import read_contract
from roomproof.contract.references import resolve
from roomproof.contract.yaml_text import parse_yaml
from roomproof.errors import ContractError
from roomproof.judge.register import require_rules
from roomproof.providers import MAX_BYTES, load_contract, load_deviations

SMALL: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Small", "version": "1"},
    "servers": [{"url": "https://small.example"}],
    "x-provider": "small",
    "x-source": {"document": "Small", "section": "Rooms", "field": "page"},
    "x-room": {"parameter": "room_id", "id": "id"},
    "x-credentials": {"scheme": "bearer", "environment": {"token": "SMALL_TOKEN"}},
    "paths": {
        "/rooms/{room_id}": {
            "patch": {
                "operationId": "update-room",
                "parameters": [
                    {"name": "room_id", "in": "path", "required": True, "schema": {"type": "string"}}
                ],
                "requestBody": {
                    "content": {
                        "application/json": {
                            "schema": {"type": "object", "properties": {"size": {"type": "integer"}}}
                        }
                    }
                },
                "responses": {
                    "200": {
                        "description": "the room",
                        "content": {"application/json": {"schema": {"type": "object"}}},
                    }
                },
                "x-behaviours": [
                    {"path": "input", "rule": "no-server-error", "demands": "no server error for any input"}
                ],
            }
        }
    },
}
LISTED = {"call": "people", "member": "role"}
OPERATION = ("paths", "/rooms/{room_id}", "patch")
SCHEMA = (*OPERATION, "requestBody", "content", "application/json", "schema")


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, _data: Any) -> bool:
        return True


def as_yaml(value: Any) -> str:
    return yaml.dump(value, Dumper=_Dumper)


def changed(*way: str | int, to: Any) -> dict[str, Any]:
    """The small contract with one node replaced, or taken away where `to` is an ellipsis."""
    whole = deepcopy(SMALL)
    node: Any = whole
    for step in way[:-1]:
        node = node[step]
    if to is ...:
        del node[way[-1]]
    else:
        node[way[-1]] = to
    return whole


def rejection(raw: Any) -> str:
    with pytest.raises(ContractError) as caught:
        require_rules(read_contract(raw))
    return str(caught.value)


def rejection_of_file(path: Path, text: str | bytes, load: Callable[[Path], Any] = load_contract) -> str:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(ContractError) as caught:
        load(path)
    assert str(path) in str(caught.value)
    return str(caught.value)


def only_known_errors(read: Callable[[], Any]) -> None:
    """Whatever is read, it is read or rejected; any other exception would end the test."""
    with suppress(ContractError):
        read()


def test_the_small_contract_is_right() -> None:
    contract = read_contract(SMALL)
    assert list(contract.clauses) == [
        "small.update-room.request.body.media-type",
        "small.update-room.request.body.type",
        "small.update-room.request.body.null",
        "small.update-room.request.size.accepted",
        "small.update-room.request.size.type",
        "small.update-room.request.size.null",
        "small.update-room.response.200.status",
        "small.update-room.response.body.media-type",
        "small.update-room.response.body.json",
        "small.update-room.response.body.type",
        "small.update-room.response.body.null",
        "small.update-room.behaviour.input.no-server-error",
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("openapi: [3.1.0\nx: 1\n", "line 2"),
        ("openapi: 3.1.0\n  paths: {}\n", "line 2"),
        ("a: &a [1]\nb: *a\n", "aliases are not read"),
        ("a: !!python/object/apply:os.system [true]\n", "line 1"),
        ("a: !unknown 1\n", "line 1"),
        ("\tkey: 1\n", "line 1"),
        (b"\xff\xfe\x00", "UTF-8"),
        ("a: \x00\n", "not valid YAML"),
        ("[" * 5000, "line 1: nested more than"),
        ("[" * 500_000, "line 1: nested more than"),
        ("a: 1\nb: " + "{a: " * 5000, "line 2: nested more than"),
        ("a:\n  " + "- " * 5000 + "x", "line 2: nested more than"),
    ],
    ids=[
        *(
            "open bracket",
            "indentation",
            "alias",
            "python tag",
            "unknown tag",
            "tab",
            "no UTF-8",
            "null byte",
        ),
        *("deep", "very deep", "deep objects", "deep list"),
    ],
)
def test_text_that_is_no_yaml_is_rejected_with_file_and_line(
    text: str | bytes, says: str, tmp_path: Path
) -> None:
    assert says in rejection_of_file(tmp_path / "openapi.yaml", text)


def test_an_alias_bomb_does_not_go_off(tmp_path: Path) -> None:
    doubled = "".join(
        f"x-a{number}: &a{number} [*a{number - 1}, *a{number - 1}]\n" for number in range(1, 15)
    )
    assert "aliases are not read" in rejection_of_file(
        tmp_path / "openapi.yaml", f"{as_yaml(SMALL)}x-a0: &a0 [x, x]\n{doubled}"
    )


def test_a_huge_file_is_rejected_before_it_is_read(tmp_path: Path) -> None:
    assert str(MAX_BYTES) in rejection_of_file(tmp_path / "openapi.yaml", b" " * (MAX_BYTES + 1))


def test_a_missing_file_and_a_folder_are_rejected_by_name(tmp_path: Path) -> None:
    for path in (tmp_path / "nothing.yaml", tmp_path):
        with pytest.raises(ContractError, match="cannot be read"):
            load_contract(path)


def test_dates_stay_text() -> None:
    text = "day: 2025-03-13\nmoment: 2025-03-13T00:00:00Z\n"
    assert parse_yaml(text, "dates.yaml") == {"day": "2025-03-13", "moment": "2025-03-13T00:00:00Z"}


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (None, "openapi: 3.1.0"),
        ([], "openapi: 3.1.0"),
        ("text", "openapi: 3.1.0"),
        (changed("openapi", to="3.2.0"), "3.1"),
        ({"swagger": "2.0", **changed("openapi", to=...)}, "Swagger 2.0; convert it to OpenAPI"),
        (changed("x-provider", to=...), "x-provider"),
        (changed("x-room", to=...), "x-resource"),
        (changed("x-credentials", to=...), "x-credentials"),
        (changed("paths", to=...), "paths"),
        (changed("servers", to=...), "servers"),
        (changed(*SCHEMA, "properties", "size", to={"type": "integer", "minumum": 1}), "minumum"),
        (changed(*SCHEMA, "properties", "size", to={"patternProperties": {}}), "leave it out"),
        (changed(*SCHEMA, "properties", "size", to={"type": "integer", "x-level": "certain"}), "certain"),
        (changed(*SCHEMA, "properties", "size", to={"type": "integer", "x-levels": {"type": "certain"}}),
        "certain"),
        (changed(*SCHEMA, "properties", "size", to={"type": "integer", "x-source": "page 5"}), "x-source"),
        (changed(*SCHEMA, "properties", "size", to={"$ref": "#/components/schemas/Nothing"}),
        "points to nothing"),
        (changed(*SCHEMA, "properties", "size", to={"$ref": "other.yaml#/Size"}), "inside the file"),
        (changed(*SCHEMA, "properties", "size", to={"$ref": "#/x-provider"}), "object"),
        (changed(*SCHEMA, "properties", "size", to={"$ref": "#/paths"}), "leads back to itself"),
        (changed(*OPERATION, "x-behaviours", to=[{"rule": "echo"}]), "x-behaviours"),
        (changed(*OPERATION, "x-behaviours", to=["echo"]), "x-behaviours"),
        (changed(*OPERATION, "x-behaviours",
        to=SMALL["paths"]["/rooms/{room_id}"]["patch"]["x-behaviours"] * 2), "stands twice"),
    ],
    ids=[
        "nothing", "a list", "a text", "OpenAPI 3.2", "Swagger", "no provider", "no room", "no credentials",
        "no paths", "no servers",
        "misspelt keyword", "unread keyword", "unknown level", "unknown level of a keyword",
        "source in words", "dangling reference",
        "reference to another file", "reference to a text", "reference to itself", "incomplete behaviour",
        "behaviour in words",
        "clause twice",
    ],
)  # fmt: skip
def test_a_contract_without_meaning_is_rejected_by_what_is_wrong(raw: Any, says: str) -> None:
    assert says in rejection(raw)


def test_references_that_run_in_a_circle_are_rejected() -> None:
    raw = {**changed(*SCHEMA, to={"$ref": "#/components/schemas/One"}), "components": {"schemas": {
        "One": {"$ref": "#/components/schemas/Two"}, "Two": {"$ref": "#/components/schemas/One"},
    }}}  # fmt: skip
    assert "leads back to itself" in rejection(raw)


def test_what_stands_beside_a_reference_wins() -> None:
    root = {
        "$defs": {"Size": {"type": "integer", "minimum": 1}},
        "size": {"$ref": "#/$defs/Size", "minimum": 2},
    }
    assert resolve(root["size"], root) == {"type": "integer", "minimum": 2}


def test_a_reference_may_have_escaped_names() -> None:
    root = {"a/b": {"c~d": {"type": "string"}}}
    assert resolve({"$ref": "#/a~1b/c~0d"}, root) == {"type": "string"}


def every_way(node: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    fields = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [found for key, value in fields for found in ((*way, key), *every_way(value, (*way, key)))]


@pytest.mark.parametrize("value", [None, 7, "text", [], {"a": None}, ...], ids=repr)
def test_a_field_that_is_missing_or_of_the_wrong_kind_is_no_traceback(value: Any, tmp_path: Path) -> None:
    for way in every_way(SMALL):
        (path := tmp_path / "openapi.yaml").write_text(as_yaml(changed(*way, to=value)), encoding="utf-8")
        only_known_errors(lambda: load_contract(path))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(max_size=12) | st.sampled_from(["$ref", "type", "x-source"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)
OFTEN = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


@OFTEN
@given(st.text() | st.binary().map(lambda octets: octets.decode("latin-1")))
def test_no_text_whatever_gives_anything_but_a_contract_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "any.yaml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    only_known_errors(lambda: load_contract(path))
    only_known_errors(lambda: load_deviations(path))


@OFTEN
@given(st.sampled_from(every_way(SMALL)), JSON)
def test_no_value_anywhere_gives_anything_but_a_contract_error(
    tmp_path: Path, way: tuple[Any, ...], value: Any
) -> None:
    path = tmp_path / "any.yaml"
    path.write_text(as_yaml(changed(*way, to=value)), encoding="utf-8")
    only_known_errors(lambda: load_contract(path))


ENTRY = {
    "clause": "small.*",
    "witness": {"/response/status": {"const": 200}},
    "reason": "known",
    "evidence": "row 1",
    "seen": "2025-01-02",
    "expires": "2026-01-02",
}


def test_deviations_are_read_as_they_stand(tmp_path: Path) -> None:
    path = tmp_path / "deviations.yaml"
    path.write_text(as_yaml([ENTRY]), encoding="utf-8")
    (found,) = load_deviations(path)
    assert found.covers("small.update-room.request.size.type")
    assert not found.covers("other.update-room.request.size.type")
    assert (found.reason, found.evidence, found.seen, found.expires) == (
        "known",
        "row 1",
        date(2025, 1, 2),
        date(2026, 1, 2),
    )


def test_no_file_and_an_empty_file_are_no_deviations(tmp_path: Path) -> None:
    (tmp_path / "empty.yaml").write_text("# none\n", encoding="utf-8")
    assert load_deviations(tmp_path / "nothing.yaml") == load_deviations(tmp_path / "empty.yaml") == ()


@pytest.mark.parametrize(
    ("entries", "says"),
    [
        ({"clause": "x"}, "list of deviations"),
        ("text", "list of deviations"),
        ([ENTRY, {key: value for key, value in ENTRY.items() if key != "reason"}], "entry 2"),
        ([{**ENTRY, "because": "extra"}], "entry 1"),
        ([{**ENTRY, "witness": ["/response/status"]}], "entry 1"),
        ([{**ENTRY, "witness": {"response/status": {}}}], "starts with '/'"),
        ([None], "entry 1"),
        ([{key: value for key, value in ENTRY.items() if key != "expires"}], "expires"),
        ([{**ENTRY, "expires": "soon"}], "entry 1, expires: is a day"),
        ([{**ENTRY, "seen": "2025-02-30"}], "entry 1, seen: is a day"),
        ([{**ENTRY, "expires": "20260102"}], "entry 1, expires: is a day"),
        ([{**ENTRY, "expires": "2025-01-02"}], "expires 2025-01-02 is not after seen 2025-01-02"),
        ([{**ENTRY, "reason": " "}], "reason is a text"),
        ([{**ENTRY, "occurs": "often"}], "occurs is one of always, sometimes"),
    ],
    ids=[
        "one entry without a list",
        "text",
        "no reason",
        "unknown field",
        "counterexample as a list",
        "pointer without slash",
        "nothing",
        "no last day",
        "a last day in words",
        "no such day",
        "another form of day",
        "never good",
        "blank reason",
        "unknown frequency",
    ],
)
def test_an_incomplete_deviation_is_rejected_by_file_and_entry(
    entries: Any, says: str, tmp_path: Path
) -> None:
    assert says in rejection_of_file(tmp_path / "deviations.yaml", as_yaml(entries), load_deviations)


@pytest.mark.parametrize("field", sorted(ENTRY))
@pytest.mark.parametrize("value", [None, 7, [], {}, {"/a": 7}, {"/a": None}], ids=repr)
def test_a_deviation_of_the_wrong_kind_is_no_traceback(field: str, value: Any, tmp_path: Path) -> None:
    path = tmp_path / "deviations.yaml"
    path.write_text(as_yaml([{**ENTRY, field: value}]), encoding="utf-8")
    only_known_errors(
        lambda: [item.covers("small.update-room.request.size.type") for item in load_deviations(path)]
    )


@pytest.mark.parametrize(
    "schema", [{"minimum": "one"}, {"pattern": "("}, {"type": "text"}, {"enum": 1}], ids=repr
)
def test_a_keyword_whose_value_is_no_json_schema_is_rejected(schema: dict[str, Any]) -> None:
    rejection(changed(*SCHEMA, "properties", "size", to=schema))


def test_a_counterexample_whose_schema_is_none_is_rejected(tmp_path: Path) -> None:
    entry = {**ENTRY, "witness": {"/response/status": {"type": "nonsense"}}}
    rejection_of_file(tmp_path / "deviations.yaml", as_yaml([entry]), load_deviations)


def test_numbers_are_those_of_json() -> None:
    text = "whole: -12\nfraction: 2.5\npower: 1e3\ntime: 12:30\nlong: " + "59:" * 30_000 + "1\n"
    found = parse_yaml(text, "numbers.yaml")
    assert [found[name] for name in ("whole", "fraction", "power", "time")] == [-12, 2.5, 1000.0, "12:30"]
    assert isinstance(found["long"], str)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: {2.5: x}\n", "write it in quotation marks"),
        ("a: !!binary aGk=\n", "bytes is no value of JSON"),
        ("a: 99999999999999999999\n", "the number is larger"),
        ('a: "\\e[2J"\n', "holds the character"),
    ],
    ids=["number as a name", "bytes", "large number", "escape"],
)
def test_what_json_or_a_terminal_cannot_hold_is_rejected(text: str, says: str) -> None:
    with pytest.raises(ContractError, match=says):
        parse_yaml(text, "odd.yaml")


def test_references_that_double_at_each_step_do_not_go_off() -> None:
    chain = {
        f"c{one}": {"a": {"$ref": f"#/components/c{one + 1}"}, "b": {"$ref": f"#/components/c{one + 1}"}}
        for one in range(25)
    }
    with pytest.raises(ContractError, match="refer to less"):
        read_contract({**SMALL, "components": {**chain, "c25": {}}})


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (
            changed(*OPERATION, "operationId", to=5),
            "paths, /rooms/{room_id}, patch, operationId: 5 is not of type",
        ),
        (changed(*SCHEMA, "properties", "size", to={"type": "string", "pattern": r"\p{L}"}), "Python's re"),
        (changed(*SCHEMA, "properties", "size", to={"type": "string", "minLength": 10**12}), "minLength"),
        (
            changed(
                *OPERATION,
                "x-behaviours",
                to=[{"path": "w", "rule": "window", "demands": "x", "with": {"from": "a"}}],
            ),
            "until",
        ),
        (
            changed(
                *OPERATION,
                "x-behaviours",
                to=[{"path": "p", "rule": "listed-echo", "demands": "x", "with": LISTED}],
            ),
            "no list 'people'",
        ),
        (
            changed(
                *SCHEMA,
                "properties",
                "size",
                to={"type": "array", "minItems": 900, "items": {"minItems": 900, "items": {}}},
            ),
            "ask for more",
        ),
        (
            changed("x-support", to={"delete": {"method": "DELETE", "path": "/rooms/1"}}),
            "x-support, delete: its path names no room",
        ),
        (
            changed("x-support", to={"read": {"method": "GET", "path": "/rooms/{other}"}}),
            "x-support, read: its path names no room",
        ),
        (
            changed("x-support", to={"list": {"method": "DELETE", "path": "/rooms/1"}}),
            "x-support, list: its method is DELETE",
        ),
        (
            changed("x-support", to={"create": {"method": "PUT", "path": "/rooms/1"}}),
            "x-support, create: its method is PUT",
        ),
        (changed("x-support", to={"read": {"method": "GET", "path": "/rooms/{id}/../x"}}), "x-support"),
        (changed("x-support", to={"read": {"method": "GET", "path": "/rooms/{id}?x=1"}}), "x-support"),
    ],
    ids=[
        *(
            "wrong kind",
            "pattern of another language",
            "endless text",
            "half a window",
            "unknown list",
            "too many items",
        ),
        *(
            "deletes no room",
            "reads another",
            "deletes a list",
            "makes a room of a name",
            "dots in a path",
            "a query in a path",
        ),
    ],
)
def test_the_shape_of_a_contract_is_checked_by_place(raw: Any, says: str) -> None:
    assert says in rejection(raw)
