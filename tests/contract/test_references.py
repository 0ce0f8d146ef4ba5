"""A contract may stand in several files of its folder, and a schema may contain itself."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import find

from roomproof.contract.model import Contract
from roomproof.contract.references import LEVELS
from roomproof.errors import ContractError
from roomproof.providers import load_contract
from roomproof_strategies import valid

CONTRACT = """\
openapi: 3.1.0
info: {title: Acme rooms, version: "1"}
servers: [{url: "https://api.acme.example"}]
x-provider: acme
x-room: {parameter: room_id, id: id}
x-credentials: {scheme: bearer, environment: {token: ACME_TOKEN}}
paths:
  /rooms/{room_id}:
    patch:
      operationId: update-room
      parameters: [{name: room_id, in: path, required: true, schema: {type: string}}]
      requestBody:
        content:
          application/json:
            schema:
              $ref: REFERENCE
      responses:
        "200": {description: The room, content: {application/json: {schema: {type: object}}}}
"""
ANCHOR = datetime(2030, 1, 1, tzinfo=UTC)
LINE = 1 + CONTRACT.splitlines().index("              $ref: REFERENCE")
IN_ROOMS = "rooms.yaml#/components/schemas/Room"
ROOM = "components: {schemas: {Room: {type: object, properties: {size: {type: integer, maximum: 50}}}}}\n"


def read(folder: Path, reference: str, more: str = "", **files: str) -> Contract:
    """Read a contract whose body is a reference, with files beside it; `__` in a name stands for a folder."""
    for name, text in files.items():
        path = folder / f"{name.replace('__', '/')}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    path = folder / "openapi.yaml"
    path.write_text(CONTRACT.replace("REFERENCE", f'"{reference}"') + more, encoding="utf-8")
    return load_contract(path)


def schema_of(contract: Contract) -> Any:
    return contract.operations[0].body.schema


def rejection(folder: Path, reference: str, more: str = "", **files: str) -> str:
    with pytest.raises(ContractError) as caught:
        read(folder, reference, more, **files)
    return str(caught.value)


@pytest.mark.parametrize(
    ("reference", "files"),
    [
        (IN_ROOMS, {"rooms": ROOM}),
        ("./rooms.yaml#/components/schemas/Room", {"rooms": ROOM}),
        ("schemas/rooms.yaml#/components/schemas/Room", {"schemas__rooms": ROOM}),
        ("schemas/all.yaml#/Room", {"schemas__all": f"Room: {{$ref: '../{IN_ROOMS}'}}", "rooms": ROOM}),
        ("all.yaml#/A", {"all": f"A: {{$ref: '#/B'}}\nB: {{$ref: '{IN_ROOMS}'}}", "rooms": ROOM}),
        ("room.yaml", {"room": "{properties: {size: {$ref: '#/$defs/S'}}, type: object, "
                               "$defs: {S: {type: integer, maximum: 50}}}"}),
        (IN_ROOMS, {"rooms": json.dumps({"components": {"schemas": {"Room": {
            "type": "object", "properties": {"size": {"type": "integer", "maximum": 50}}}}}})}),
    ],
    ids=["beside", "with a dot", "below", "from below to beside", "through itself", "a schema", "JSON"],
)  # fmt: skip
def test_a_reference_to_a_file_is_followed(reference: str, files: dict[str, str], tmp_path: Path) -> None:
    contract = read(tmp_path, reference, **files)

    clause = contract.clauses["acme.update-room.request.size.maximum"]
    assert clause.schema == {"maximum": 50}
    assert contract.line(clause) == LINE - 1


def test_what_stands_in_another_file_counts_for_what_the_contract_is(tmp_path: Path) -> None:
    """Recordings and their verdicts are bound to it."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    one = read(tmp_path / "a", IN_ROOMS, rooms=ROOM)
    other = read(tmp_path / "b", IN_ROOMS, rooms=ROOM.replace("50", "51"))
    assert one.raw != other.raw


@pytest.mark.parametrize(
    "reference",
    ["../rooms.yaml#/Room", "/etc/passwd", "https://acme.example/rooms.yaml#/Room", "//acme.example/r.yaml",
     "file:///etc/passwd", "%2e%2e/rooms.yaml#/Room", "schemas/../../rooms.yaml#/Room",
     "link.yaml#/Room", "..\\\\rooms.yaml"],
)  # fmt: skip
def test_nothing_outside_of_the_contracts_folder_is_read(reference: str, tmp_path: Path) -> None:
    (tmp_path / "rooms.yaml").write_text("Room: {type: object}", encoding="utf-8")
    (folder := tmp_path / "acme").mkdir()
    (folder / "link.yaml").symlink_to(tmp_path / "rooms.yaml")

    said = rejection(folder, reference)

    assert f"openapi.yaml, line {LINE}: $ref " in said
    assert "only files beside the contract or below are read" in said


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({}, "cannot be read"),
        ({"rooms": "a: [1\nb: 2"}, "rooms.yaml, line 2: is not valid YAML"),
        ({"rooms": "a: &x 1\nb: *x"}, "rooms.yaml, line 2: YAML aliases are not read"),
        ({"rooms": "Room: {}"}, "$ref 'rooms.yaml#/components/schemas/Room' points to nothing"),
        (
            {"rooms": "components:\n\n  schemas: {Room: {$ref: 'no.yaml'}}"},
            "rooms.yaml, line 3: $ref 'no.yaml'",
        ),
        ({"rooms": f"components: {{schemas: {{Room: {{$ref: '{IN_ROOMS}'}}}}}}"}, "leads back to itself"),
    ],
    ids=["missing", "no YAML", "alias", "nothing there", "missing from there", "itself"],
)
def test_what_is_wrong_with_a_file_is_said(files: dict[str, str], says: str, tmp_path: Path) -> None:
    said = rejection(tmp_path, IN_ROOMS, **files)
    assert says in said
    assert f"line {LINE}" in said


def test_files_are_bounded_in_number(tmp_path: Path) -> None:
    chain = {f"f{number}": f"X: {{$ref: 'f{number + 1}.yaml#/X'}}" for number in range(60)}
    assert "more than 50 files" in rejection(tmp_path, "f0.yaml#/X", **chain)


def test_files_are_bounded_in_size(tmp_path: Path) -> None:
    large = {f"f{number}": f"X: {{$ref: 'f{number + 1}.yaml#/X'}}\n" + "#" * 1_500_000 for number in range(4)}
    assert "characters by then" in rejection(tmp_path, "f0.yaml#/X", **large)


TREE = """\
components:
  schemas:
    Tree:
      type: object
      required: [name]
      properties:
        name: {type: string, maxLength: 5}
        parts: {type: array, items: {$ref: "#/components/schemas/Tree"}}
        next: {$ref: "#/components/schemas/Tree"}
"""


def depth(value: Any) -> int:
    if not isinstance(value, dict):
        return 0
    return 1 + max(map(depth, [*value.get("parts", ()), value.get("next")]), default=0)


def test_a_schema_that_contains_itself_makes_clauses_for_some_levels_each_once(tmp_path: Path) -> None:
    contract = read(tmp_path, "#/components/schemas/Tree", TREE)

    ids = [clause_id for clause_id in contract.clauses if clause_id.endswith("name.max-length")]
    assert "acme.update-room.request.name.max-length" in ids
    assert max(clause_id.count("next") for clause_id in ids) == LEVELS - 1
    assert len(ids) == len(set(ids)) == 1 + 2 + 4


def test_bodies_of_such_a_schema_are_finite_and_reach_the_last_level(tmp_path: Path) -> None:
    schema = schema_of(read(tmp_path, "#/components/schemas/Tree", TREE))
    found = find(valid(schema, anchor=ANCHOR), lambda body: depth(body) == LEVELS)
    assert depth(found) == LEVELS


def test_two_schemas_that_contain_each_other_are_unfolded_too(tmp_path: Path) -> None:
    both = """\
components:
  schemas:
    A: {type: object, properties: {b: {$ref: "#/components/schemas/B"}, x: {type: integer}}}
    B: {type: object, properties: {a: {$ref: "#/components/schemas/A"}}}
"""
    contract = read(tmp_path, "#/components/schemas/A", both)
    assert "acme.update-room.request.b.a.x.type" in contract.clauses


@pytest.mark.parametrize(
    "schema",
    [
        "{$ref: '#/components/schemas/X'}",
        "{allOf: [{$ref: '#/components/schemas/X'}]}",
        "{type: object, anyOf: [{$ref: '#/components/schemas/X'}, {type: object}]}",
    ],
)
def test_a_schema_that_says_nothing_but_itself_is_rejected(schema: str, tmp_path: Path) -> None:
    said = rejection(tmp_path, "#/components/schemas/X", f"components: {{schemas: {{X: {schema}}}}}\n")
    assert "leads back to itself" in said
    assert "line " in said


def test_what_looks_like_a_reference_in_a_sample_is_none(tmp_path: Path) -> None:
    more = """\
components:
  schemas:
    Room:
      type: object
      example: {$ref: nowhere.yaml}
      properties:
        example: {$ref: "#/components/schemas/Size"}
        default: {const: {$ref: "#/nowhere"}}
    Size: {type: integer}
"""
    contract = read(tmp_path, "#/components/schemas/Room", more)
    assert "acme.update-room.request.example.type" in contract.clauses
    clause = contract.clauses["acme.update-room.request.default.const"]
    assert clause.schema == {"const": {"$ref": "#/nowhere"}}
