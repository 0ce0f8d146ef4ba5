"""What `roomproof check` finds in a contract: every kind of mistake, each with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from roomproof.checking.check import Checked, check
from roomproof.errors import ContractError
from roomproof.providers import bundled, load_contract

CONTRACT = """\
openapi: 3.1.0
info: {title: Meet, version: "1"}
servers:
  - url: https://api.example.com/v1
x-provider: meet
x-source: {document: "Meet: Rooms", section: "", field: ""}
x-resource: {parameter: id, at: [data], id: id}
x-credentials: {scheme: bearer, environment: {token: MEET_TOKEN}}
security:
  - bearer: []
components:
  securitySchemes:
    bearer: {type: http, scheme: bearer}
paths:
  /rooms/{id}:
    patch:
      operationId: update-room
      parameters:
        - {name: id, in: path, required: true, schema: {type: string}}
        - {name: dry, in: query, schema: {type: boolean}}
      requestBody:
        content:
          application/json:
            schema:
              type: object
              properties:
                name: {type: string, minLength: 1, maxLength: 50}
                seats: {type: integer, minimum: 2, maximum: 9}
                mode: {type: string, enum: [open, closed], default: open}
                tags: {type: array, items: {type: string}}
      responses:
        "200":
          description: The room
          content:
            application/json:
              schema:
                type: object
                properties:
                  data:
                    type: object
                    properties:
                      id: {type: string}
                      name: {type: string}
      x-behaviours:
        - {fields: [name], rule: echo, demands: it is shown}
  /rooms:
    get:
      operationId: list-rooms
      x-list: {entries: [data], key: id}
      responses:
        "200":
          description: The rooms
          content:
            application/json:
              schema:
                type: object
                properties:
                  data:
                    type: array
                    items: {type: object, properties: {id: {type: string}}}
"""
DOCUMENTS = 'documents:\n  - title: "Meet: Rooms"\n    url: https://example.com/rooms\n'
DEVIATION = """\
- clause: meet.update-room.request.name.max-length
  witness:
    /response/status: {const: 200}
  reason: it cuts
  evidence: seen
  seen: 2026-01-01
  expires: 2027-01-01
"""


def checked(folder: Path, contract: str = CONTRACT, **beside: str) -> Checked:
    """Check a contract with the files beside it."""
    for name, text in {"openapi": contract, **beside}.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return check(folder / "openapi.yaml")


def told(found: Checked) -> list[str]:
    """What is wrong, without the folder: `openapi.yaml:3: ...`."""
    return [str(one).removeprefix(f"{Path(found.file).parent}/") for one in found.mistakes]


def line_of(text: str, word: str) -> int:
    return text[: text.index(word)].count("\n") + 1


def test_a_contract_without_mistakes(tmp_path: Path) -> None:
    found = checked(tmp_path, documents=DOCUMENTS, deviations=DEVIATION)
    assert told(found) == []
    assert found.is_right
    assert found.clauses > 20


@pytest.mark.parametrize("provider", ["azure", "carrierx", "telnyx", "signalwire"])
def test_the_bundled_contracts_have_none(provider: str) -> None:
    assert check(bundled("contracts") / provider / "openapi.yaml").is_right


OBJECT = "              type: object\n"
CLOSED = "              additionalProperties: false\n"
NEEDS = "              required: [nam]\n"
REJECTED = [
    ("minimum: 2, maximum: 9", "minimum: 9, maximum: 2", "minimum 9 and maximum 2 leave no value"),
    (
        "minLength: 1, maxLength: 50",
        "minLength: 50, maxLength: 1",
        "minLength 50 and maxLength 1 leave no value",
    ),
    ("minimum: 2, maximum: 9", "exclusiveMinimum: 2, exclusiveMaximum: 3", "leave no value"),
    ("minimum: 2, maximum: 9", "minimum: 2.5, maximum: 2.75", "leave no value"),
    ("minimum: 2, maximum: 9", "minimum: 2, allOf: [{maximum: 1}]", "minimum 2 and maximum 1 leave no value"),
    (
        "type: array, items: {type: string}",
        "type: array, minItems: 3, maxItems: 2, items: {type: string}",
        "minItems 3",
    ),
    ("enum: [open, closed], default: open", "enum: [1, 2]", "all values of enum are rejected"),
    ("enum: [open, closed], default: open", "const: 5", "the value of const is rejected"),
    ("enum: [open, closed], default: open", "enum: [a], const: b", "the value of const is rejected"),
    ("enum: [open, closed], default: open", "allOf: [{enum: [a]}, {enum: [b]}]", "no value in common"),
    (
        "type: string, enum: [open, closed], default: open",
        "type: string, allOf: [{type: integer}]",
        "no value is of the types integer and string at once",
    ),
    (
        "type: array, items: {type: string}",
        "type: object, required: [a, b], maxProperties: 1",
        "2 fields are required, and maxProperties is 1",
    ),
    (
        "type: array, items: {type: string}",
        "type: object, minProperties: 1, additionalProperties: false",
        "only 0 fields are allowed",
    ),
    (
        "maxLength: 50",
        "anyOf: [{maxLenght: 5}]",
        "\"maxLenght\" has no meaning here (did you mean 'maxLength'?)",
    ),
    ("    patch:", "    pacth:", "\"pacth\" has no meaning here (did you mean 'patch'?)"),
    ("enum: [open, closed], default: open", "enum: []", "enum: [] has less than 1 item"),
    (OBJECT, OBJECT + CLOSED + NEEDS, "requires 'nam' and allows no such field"),
    ("operationId: list-rooms", "operationId: update-room", "operationId 'update-room' is that of PATCH"),
    ("{name: dry, in: query", "{name: id, in: path, required: true", "two parameters are called 'id'"),
    ("  /rooms:\n    get:", "  /rooms/{room}:\n    patch:", "PATCH /rooms/{room} is PATCH /rooms/{id}, too"),
    ("maxLength: 50", "maxLenght: 50", "keyword 'maxLenght' has no clause (did you mean 'maxLength'?)"),
    ("maxLength: 50", "pattern: '[a'", "pattern '[a'"),
    ("maxLength: 50", r"pattern: '\Aa\Z'", r"write ^ for \A and $ for \Z"),
    ("maxLength: 50", "format: dat-time", "format 'dat-time' is not known"),
    ("maxLength: 50", "x-level: sampel", 'x-level: "sampel" is not one of'),
    ("maxLength: 50", "x-sorce: {}", "'x-sorce' is not read (did you mean 'x-source'?)"),
    ("          description: The room\n", "", '"description" is a required property; add it'),
    (
        '        "200":\n          description: The rooms',
        '        "20":\n          description: The rooms',
        "write a status such as '200'",
    ),
    ("fields: [name], rule: echo", "fields: [nam], rule: echo", "has no field 'nam' (did you mean 'name'?)"),
    ("fields: [name], rule: echo", "fields: [name], rule: ecoh", "no check knows the rule 'ecoh'"),
    ("rule: echo, ", "rule: echo, level: documentd, ", '"documentd" is not one of'),
    ("parameter: id, at", "parameter: room, at", "no path has the parameter 'room'"),
    ("scheme: bearer, environment", "scheme: baerer, environment", "scheme 'baerer' is not known"),
    ("{token: MEET_TOKEN}", "{key: MEET_TOKEN}", "bearer needs the environment variables of token"),
    (
        "schema: {type: boolean}",
        "schema: {$ref: '#/components/schemas/Flag'}",
        "$ref '#/components/schemas/Flag' points to nothing",
    ),
    ("x-provider: meet\n", "", "has no x-provider"),
]
"""A part of the contract, what stands in its place, and what is told; reading the contract fails, too."""
OF_CHECK = [
    (
        "default: open",
        "default: shut",
        "default 'shut' is rejected by its own schema (enum: ['open', 'closed'])",
    ),
    ("default: open", "example: 1", "example 1 is rejected by its own schema"),
    ("enum: [open, closed]", "enum: [open, 5]", "enum: 5 is rejected (type: 'string')"),
    ("enum: [open, closed]", "enum: [open, open]", "enum: 'open' stands twice"),
    ("maxLength: 50", "pattern: '(?i)b'", "pattern: (?i is none of the signs of ECMA-262"),
    ("maxLength: 50", "pattern: '(?P<first>a)'", "write (?<"),
    ("maxLength: 50", "pattern: '/^a$/'", "the slashes around it belong to the pattern"),
    (OBJECT, OBJECT + NEEDS, "there is no field 'nam' under properties"),
    (
        "  /rooms:\n    get:",
        "  /rooms/{room}/log:\n    get:",
        "the parameter 'room' of the path is not declared",
    ),
    (
        "{name: dry, in: query",
        "{name: dry, in: path, required: true",
        "the parameter 'dry' does not stand in the path",
    ),
    ("in: path, required: true", "in: path", "the parameter 'id' of the path needs required: true"),
    ("  /rooms:\n", "  /rooms/:room/log:\n", "write /{room}"),
    ("  /rooms:\n", "  /rooms/<int:room>/log:\n", "write /{room}"),
    ("url: https://api.example.com/v1", "url: api.example.com/v1", "is no URL; write one like https://"),
    (
        "url: https://api.example.com/v1",
        "url: 'https://{region}.example.com'",
        "the variable 'region' of the server's URL",
    ),
    ("- bearer: []", "- beare: []", "no security scheme is called 'beare' (did you mean 'bearer'?)"),
    (
        "token: MEET_TOKEN",
        "token: OTHER_TOKEN",
        "the environment variable 'OTHER_TOKEN' does not begin with MEET_",
    ),
    (
        "        content:\n          application/json:",
        "        content:\n          json:",
        "'json' is no media type",
    ),
    ("entries: [data], key: id", "entries: [data], key: uid", "the entries have no field 'uid'"),
    ("entries: [data], key: id", "entries: [date], key: id", "date is no array in the response"),
    ("entries: [data], key: id", "entries: [data], key: ''", "nothing says what names an entry"),
    (
        "operationId: update-room\n",
        "operationId: update-room\n      x-source: {document: 'Meet: Room'}\n",
        "documents.yaml lists no document 'Meet: Room' (did you mean 'Meet: Rooms'?)",
    ),
    (
        "x-provider: meet\n",
        "x-provider: meet\nx-provider: meet\n",
        "'x-provider' stands twice in one mapping",
    ),
]
"""As above; such a contract can be read."""


@pytest.mark.parametrize(("old", "new", "message"), [*REJECTED, *OF_CHECK])
def test_a_mistake_is_told_alone_with_its_line(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in CONTRACT
    text = CONTRACT.replace(old, new, 1)
    found = told(checked(tmp_path, text, documents=DOCUMENTS))
    assert len(found) == 1, found
    assert message in found[0]
    place, line, *_ = found[0].split(":")
    assert place == "openapi.yaml"
    # What is missing at the root is told of the first line.
    first = 1 if "has no " in message and not new else line_of(CONTRACT, old)
    assert first - 1 <= int(line) <= first + max(old.count("\n"), new.count("\n")) + 1


@pytest.mark.parametrize(("old", "new"), [row[:2] for row in REJECTED])
def test_what_makes_a_run_wrong_is_not_read(tmp_path: Path, old: str, new: str) -> None:
    path = tmp_path / "openapi.yaml"
    path.write_text(CONTRACT.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ContractError):
        load_contract(path)


@pytest.mark.parametrize(("old", "new"), [row[:2] for row in OF_CHECK])
def test_what_does_not_is(tmp_path: Path, old: str, new: str) -> None:
    path = tmp_path / "openapi.yaml"
    path.write_text(CONTRACT.replace(old, new, 1), encoding="utf-8")
    assert load_contract(path).provider == "meet"


def test_all_are_told_at_once_in_the_order_of_lines(tmp_path: Path) -> None:
    text = CONTRACT
    for old, new in (
        ("url: https://api.example.com/v1", "url: api.example.com"),
        ("scheme: bearer, environment", "scheme: baerer, environment"),
        ("operationId: update-room", "operationId: update room"),
        ("{name: dry, in: query", "{nmae: dry, in: query"),
        ("maxLength: 50", "maxLenght: 50, maximun: 3"),
        ("minimum: 2, maximum: 9", "minimum: 9, maximum: 2, x-level: sampel"),
        ("enum: [open, closed]", "enum: [1]"),
        ("          description: The room\n", ""),
        ("rule: echo", "rule: ecoh"),
        ("entries: [data], key: id", "entires: [data], key: id"),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    found = told(checked(tmp_path, text, documents=DOCUMENTS + "  - {titel: x}\n", deviations="- {}\n"))
    lines = [int(one.split(":")[1]) for one in found if one.startswith("openapi.yaml")]
    assert lines == sorted(lines)
    for number, word in (
        (4, "no URL"), (8, "'baerer'"), (17, "letters and digits"), (20, '"name" is a required'),
        (27, "'maxLenght'"), (27, "'maximun'"), (28, "minimum 9"), (28, '"sampel"'), (29, "all values"),
        (32, '"description" is a required'), (44, "'ecoh'"), (48, "entires"),
    ):  # fmt: skip
        assert [one for one in found if one.startswith(f"openapi.yaml:{number}:") and word in one], (
            word,
            found,
        )
    assert any(one.startswith("documents.yaml:4: write a title") for one in found)
    assert any(one.startswith("deviations.yaml:1: needs exactly clause") for one in found)
    assert len(found) == 14, found


@pytest.mark.parametrize(
    ("old", "new"),
    [
        # The operation is named by a clause of another, the parameter by an option, the field by a line.
        ("name: {type: string, minLength: 1", "name: {typ: string, minLength: 1"),
        ("        - {name: id, in: path, required: true,", "        - {name: id, in: pfad, required: true,"),
        ("data:\n                    type: object", "data:\n                    typ: object"),
        ("properties:\n                  data:", "propertys:\n                  data:"),
    ],
)  # fmt: skip
def test_what_is_wrong_makes_nothing_else_wrong(tmp_path: Path, old: str, new: str) -> None:
    assert old in CONTRACT
    assert len(told(checked(tmp_path, CONTRACT.replace(old, new, 1), documents=DOCUMENTS))) == 1


def test_a_schema_that_several_refer_to_is_wrong_once(tmp_path: Path) -> None:
    shared = "components:\n  schemas:\n    Name: {type: string, minLength: 9, maxLength: 1, foo: 1}\n"
    text = CONTRACT.replace("components:\n", shared, 1)
    text = text.replace("{type: string, minLength: 1, maxLength: 50}", "{$ref: '#/components/schemas/Name'}")
    text = text.replace("name: {type: string}\n      x", "name: {$ref: '#/components/schemas/Name'}\n      x")
    assert text.count("$ref") == 2
    found = told(checked(tmp_path, text, documents=DOCUMENTS))
    assert [one.split(": ")[0] for one in found] == ["openapi.yaml:13", "openapi.yaml:13"]
    assert "'foo'" in "".join(found)
    assert "minLength 9" in "".join(found)


def test_a_mistake_in_another_file_is_told_there(tmp_path: Path) -> None:
    text = CONTRACT.replace("{type: string, minLength: 1, maxLength: 50}", "{$ref: 'parts.yaml#/Name'}")
    found = told(
        checked(tmp_path, text, documents=DOCUMENTS, parts="A: 1\nName:\n  type: string\n  foo: 1\n")
    )
    assert len(found) == 1
    assert found[0].startswith("parts.yaml:4: ")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "openapi.yaml:1: is no document of OpenAPI"),
        ("a: [", "openapi.yaml:2: is not valid YAML"),
        ("- 1", "is no document of OpenAPI"),
        ("swagger: '2.0'", "convert it to OpenAPI"),
        ("openapi: 3.1.0\n", "openapi.yaml:1: has no x-provider"),
        ("openapi: 3.1.0\npaths: 5\nservers: x\nx-provider: 3\nx-resource: []\n", "paths: 5 is not of type"),
        ("a: &b [*b]", "aliases are not read"),
    ],
)  # fmt: skip
def test_what_is_no_contract_at_all(tmp_path: Path, text: str, message: str) -> None:
    found = told(checked(tmp_path, text))
    assert any(message in one for one in found), found


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("name.max-length", "name.max-lenght", 1, "names no clause of the contract (did you mean"),
        (
            "/response/status",
            "/respones/status",
            3,
            "begins with neither /request nor /response (did you mean",
        ),
        ("/response/status", "/response/statu", 3, "a response has no 'statu' (did you mean 'status'?)"),
        ("/response/status", "/response/headers/X-Id", 3, "names of headers are in lower case; write x-id"),
        ("/response/status", "response/status", 3, "starts with '/'"),
        ("reason: it cuts", "reason: ''", 4, "reason is a text"),
        ("expires: 2027-01-01", "expires: 2025-01-01", 7, "is not after seen"),
        ("seen: 2026-01-01", "seen: yesterday", 6, "is a day, written like 2026-11-21"),
        ("  reason: it cuts\n", "", 1, "needs exactly clause"),
        ("const: 200", "minimum: x", 3, "is no JSON Schema"),
        ("  reason: it cuts\n", "  reason: it cuts\n  reason: again\n", 5, "'reason' stands twice"),
    ],
)
def test_a_mistake_of_a_deviation(tmp_path: Path, old: str, new: str, line: int, message: str) -> None:
    assert old in DEVIATION
    found = told(checked(tmp_path, documents=DOCUMENTS, deviations=DEVIATION.replace(old, new, 1)))
    assert len(found) == 1, found
    assert found[0].startswith(f"deviations.yaml:{line}: ")
    assert message in found[0]


def test_a_document_that_no_source_names_is_a_remark(tmp_path: Path) -> None:
    found = checked(tmp_path, documents=DOCUMENTS + '  - {title: "Meet: Old"}\n')
    assert told(found) == [
        "documents.yaml:4: remark: no source of the contract names the document 'Meet: Old'"
    ]
    assert found.is_right


def test_what_is_merely_odd_is_a_remark(tmp_path: Path) -> None:
    found = checked(tmp_path, CONTRACT.replace("[open, closed]", "[open, 'closed,']"), documents=DOCUMENTS)
    assert found.is_right
    assert "remark: enum: 'closed,' ends or begins with" in told(found)[0]


def test_a_parameter_of_an_operation_takes_the_place_of_that_of_its_path(tmp_path: Path) -> None:
    one = "{name: id, in: path, required: true, schema: {type: integer}}"
    shared = f"  /rooms/{{id}}:\n    parameters:\n      - {one}\n"
    (tmp_path / "openapi.yaml").write_text(CONTRACT.replace("  /rooms/{id}:\n", shared), encoding="utf-8")
    ids = [
        one for one in load_contract(tmp_path / "openapi.yaml").operations[0].parameters if one.name == "id"
    ]
    assert [one.schema for one in ids] == [{"type": "string"}]
