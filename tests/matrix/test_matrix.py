"""The comparison of providers says what their contracts say, no more and no less, and where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from roomproof.commands.init import write_start
from roomproof.contract.clause import Part, spoken
from roomproof.contract.fact import Fact
from roomproof.contract.matrix import Matrix, MatrixRow, MatrixSide, matrix
from roomproof.contract.model import Contract
from roomproof.contract.read import parse_contract
from roomproof.errors import ContractError
from roomproof.judge.register import row_of, rules
from roomproof.providers import contract_folders, load_contract
from roomproof.reports.matrix import document, markdown

CONTRACTS = {name: load_contract(folder / "openapi.yaml") for name, folder in contract_folders().items()}
MATRIX = matrix(list(CONTRACTS.values()), row_of)


def rows(of: Matrix, side: MatrixSide) -> Mapping[str, MatrixRow]:
    (section,) = (section for section in of.sections if section.side is side)
    return {row.title: row for row in section.rows}


def every_fact(of: Matrix) -> Iterator[tuple[str, str, Fact]]:
    for section in of.sections:
        for row in section.rows:
            for provider, said in row.cells.items():
                yield from ((row.title, provider, fact) for fact in said)


def texts(row: MatrixRow, provider: str) -> list[str]:
    return [fact.text for fact in row.cells[provider]]


def fields(schema: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    """Yield every schema below a body's, walked here a second time so that the package's own way is not
    trusted.
    """
    if path:
        yield path, schema
    for name, inner in schema.get("properties", {}).items():
        yield from fields(inner, (*path, name))
    for keyword, step in (("items", "[]"), ("additionalProperties", "{}"), ("propertyNames", "{keys}")):
        if isinstance(schema.get(keyword), dict):
            yield from fields(schema[keyword], (*path, step))


@pytest.mark.parametrize(
    "keyword", ["type", "minimum", "maximum", "minLength", "maxLength", "pattern", "format", "enum", "anyOf"]
)
def test_every_limit_is_that_of_the_contract_and_no_other(keyword: str) -> None:
    wanted = {
        (provider, operation.id, spoken(path)): schema[keyword]
        for provider, contract in CONTRACTS.items()
        for operation in contract.operations
        for path, schema in fields(operation.schema)
        if keyword in schema
    }
    shown = {
        (provider, fact.operation, fact.field): fact.value
        for row in rows(MATRIX, MatrixSide.VALUES).values()
        for provider, said in row.cells.items()
        for fact in said
        if fact.what == keyword
        and not CONTRACTS[provider].clauses[fact.clause].rule.startswith(("observed-", "sample-"))
    }
    assert shown == wanted
    assert wanted or keyword == "minLength"


def test_every_fact_has_a_source_and_the_clause_behind_it_says_the_same() -> None:
    for title, provider, fact in every_fact(MATRIX):
        assert fact.source.document, (title, provider, fact)
        if fact.clause:
            clause = CONTRACTS[provider].clauses[fact.clause]
            assert (clause.level, clause.source, clause.operation) == (
                fact.level,
                fact.source,
                fact.operation,
            )


def test_every_clause_about_values_and_behaviour_is_in_the_matrix() -> None:
    shown = {fact.clause for _, _, fact in every_fact(MATRIX)}
    clauses = [clause for contract in CONTRACTS.values() for clause in contract.clauses.values()]
    told = [
        clause
        for clause in clauses
        if clause.part is Part.BEHAVIOUR or (clause.part is Part.REQUEST and clause.schema and clause.path)
    ]
    in_body = [clause.id for clause in told if clause.options["in"] == "body"]
    assert [clause for clause in in_body if clause not in shown] == []


def test_fields_that_mean_the_same_stand_in_one_row() -> None:
    found = rows(MATRIX, MatrixSide.VALUES)["max participants"]
    assert found.concept == "max-participants"
    assert {provider: {fact.field for fact in said} for provider, said in found.cells.items()} == {
        "azure": set(),
        "carrierx": set(),
        "signalwire": {"max_members"},
        "telnyx": {"max_participants"},
    }
    assert texts(found, "telnyx") == 2 * ["integer", "at least 2", "at most 50", "default 10"]
    assert {one.operation for one in found.cells["telnyx"]} == {"create-room", "update-room"}


def test_what_most_providers_have_comes_first() -> None:
    counts = [
        sum(bool(said) for said in row.cells.values()) for row in rows(MATRIX, MatrixSide.VALUES).values()
    ]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] == 3


def small(provider: str, resources: str, paths: str) -> Contract:
    """A contract with only its operations."""
    return parse_contract(
        f"""
openapi: 3.1.0
info: {{title: Small, version: "1"}}
servers: [{{url: "https://{provider}.example"}}]
x-provider: {provider}
x-source: {{document: Small, section: "", field: ""}}
x-resource: {resources}
x-credentials: {{scheme: bearer, environment: {{token: {provider.upper()}_TOKEN}}}}
security: [{{bearer: []}}]
components: {{securitySchemes: {{bearer: {{type: http, scheme: bearer}}}}}}
paths:
{paths}
""",
        provider,
    )


HALLS = """
  /halls:
    get:
      operationId: halls
      x-list: {entries: [halls], size: per_page, page: {parameter: page, first: 1}}
      parameters:
        - {name: per_page, in: query, schema: {type: integer, maximum: 9}}
        - {name: page, in: query, schema: {type: integer}}
        - {name: named, in: query, schema: {type: string}}
      responses: {"200": {description: halls}}
      x-behaviours:
        - {path: filter, rule: filter, with: {parameter: named, field: name}, demands: of that name}
    post:
      operationId: build
      requestBody: {content: {application/json: {schema: {type: object, properties: {
        name: {type: string, x-concept: name}}}}}}
      responses: {"201": {description: a hall}}
  /halls/{hall}:
    parameters: [{name: hall, in: path, required: true, schema: {type: string}}]
    delete: {operationId: raze, responses: {"204": {description: gone}}}
"""
STUDIOS = """
  /studios:
    get:
      operationId: list
      x-list: {entries: [studios], size: limit, next: [next]}
      parameters:
        - {name: limit, in: query, schema: {type: integer, maximum: 50}}
        - {name: page_token, in: query, schema: {type: string}}
        - {name: title, in: query, schema: {type: string, x-concept: only-those-of-one-name}}
      responses: {"200": {description: studios}}
  /studios/{studio}:
    parameters: [{name: studio, in: path, required: true, schema: {type: string}}]
    delete: {operationId: delete, responses: {"204": {description: gone}}}
  /studios/{studio}/guests/{guest}:
    parameters:
      - {name: studio, in: path, required: true, schema: {type: string}}
      - {name: guest, in: path, required: true, schema: {type: string}}
    patch:
      operationId: tell-guest
      requestBody: {content: {application/json: {schema: {type: object, properties: {name: {type: string}}}}}}
      responses: {"200": {description: a guest}}
"""


def test_operations_and_what_they_ask_for_stand_side_by_side_whatever_they_are_called() -> None:
    one = small("one", "{hall: {parameter: hall, at: [], id: id, entries: [halls]}}", HALLS)
    studio = "studio: {parameter: studio, at: [], id: id, entries: [studios]}"
    other = small("other", f"{{{studio}, studioGuest: {{parameter: guest, at: [], id: id}}}}", STUDIOS)

    found = matrix([one, other], row_of)

    calls = rows(found, MatrixSide.CALLS)
    assert [*calls][:4] == ["create a room", "list rooms", "delete a room", "update studio guest"]
    assert texts(calls["list rooms"], "one") == ["GET /halls"]
    assert texts(calls["list rooms"], "other") == ["GET /studios"]
    assert texts(calls["create a room"], "other") == []
    asked = rows(found, MatrixSide.ASKED)
    for title, names in {
        "entries on a page": ("per_page", "limit"),
        "only those of one name": ("named", "title"),
        "number of a page": ("page", ""),
        "where a page begins": ("", "page_token"),
    }.items():
        said = [asked[title].cells[provider] for provider in ("one", "other")]
        assert tuple("".join(fact.field for fact in each) for each in said) == names
    assert {"name", "studio guest: name"} <= rows(found, MatrixSide.VALUES).keys()


def test_field_that_is_called_as_another_thing_stands_apart() -> None:
    paths = """
  /halls/{id}:
    patch:
      operationId: update-hall
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      requestBody:
        content:
          application/json:
            schema:
              type: object
              properties:
                label: {type: string, x-concept: name}
                name: {type: string}
      responses: {"200": {description: Updated}}
"""
    found = matrix([small("one", "{hall: {parameter: id, at: [], id: id}}", paths)], row_of)

    told = rows(found, MatrixSide.VALUES)
    assert {one.field for one in told["name"].cells["one"]} == {"label"}
    assert {one.field for one in told["name, as the field is called"].cells["one"]} == {"name"}


def test_what_an_update_means_is_told_apart() -> None:
    left_out = rows(MATRIX, MatrixSide.MEANING)["left out"]
    assert {(fact.operation, fact.what) for fact in left_out.cells["telnyx"]} == {
        ("update-room", "unchanged"),
        ("refresh-client-token", "required"),
    }
    assert {(fact.operation, fact.what) for fact in left_out.cells["signalwire"]} == {
        ("update-room", "kept-or-default"),
        ("create-room", "required"),
    }
    assert {(fact.operation, fact.what) for fact in left_out.cells["carrierx"]} == {
        ("update-room", "unchanged"),
        ("replace-room", "required"),
    }


def test_how_each_rejects() -> None:
    found = rows(MATRIX, MatrixSide.RESPONSES)
    assert [
        next(one.value for one in found[title].cells["telnyx"] if one.operation == "update-room")
        for title in ("without credentials", "unknown room", "rejected value")
    ] == [
        "401",
        "404",
        "422",
    ]
    assert set(texts(found["rejected value"], "carrierx")) == {"4xx, which one is not said"}
    assert "x-ms-error-code" in {fact.field for fact in found["a rejection holds"].cells["azure"]}


def test_every_rule_of_behaviour_has_a_row_with_a_title() -> None:
    """A rule without one would stand under its own name, which is no title."""
    known = {name for part, name in rules() if part is Part.BEHAVIOUR}
    assert len(known) > 10
    assert known & set(rows(MATRIX, MatrixSide.MEANING)) == {"unique"}


def test_json_has_the_source_of_every_fact() -> None:
    found = document(MATRIX)
    assert found["providers"] == ["azure", "carrierx", "signalwire", "telnyx"]
    assert [section["title"] for section in found["sections"]] == [
        "Calls",
        "What can be asked",
        "What can be set",
        "What it means",
        "Responses and rejections",
    ]
    (row,) = (row for row in found["sections"][2]["rows"] if row["concept"] == "max-participants")
    facts = {one["clause"]: one for one in row["cells"]["signalwire"]}
    assert facts["signalwire.update-room.request.max_members.maximum"] == {
        "operation": "update-room",
        "field": "max_members",
        "what": "maximum",
        "value": 300,
        "text": "at most 300",
        "level": "documented",
        "source": {"document": "SignalWire: Update a Room", "section": "Body", "field": "max_members"},
        "clause": "signalwire.update-room.request.max_members.maximum",
    }


def test_markdown_has_tables_of_one_width_and_a_note_for_every_number() -> None:
    text = markdown(MATRIX)
    table = [line.replace("\\|", "") for line in text.splitlines() if line.startswith("|")]
    assert {line.count("|") for line in table} == {len(CONTRACTS) + 2}
    used = {part.split("]")[0] for line in table for part in line.split("[^")[1:]}
    noted = [line[2:].split("]")[0] for line in text.splitlines() if line.startswith("[^")]
    assert sorted(used, key=int) == noted
    assert "max_members: integer, 1 to 300, default 20[^" in text


def test_a_provider_with_nothing_but_a_contract(tmp_path: Path) -> None:
    write_start(tmp_path / "acme")
    acme = load_contract(tmp_path / "acme" / "openapi.yaml")
    found = rows(matrix([acme, CONTRACTS["telnyx"]], row_of), MatrixSide.VALUES)["max_participants"]
    assert texts(found, "acme") == ["integer", "at least 2", "at most 50"]
    assert {fact.source.document for fact in found.cells["acme"]} == {"acme: Update a room"}


def concept_in(text: str, provider: str = "telnyx") -> Contract:
    old = "x-concept: max-participants"
    whole = (contract_folders()[provider] / "openapi.yaml").read_text(encoding="utf-8")
    assert old in whole
    return parse_contract(whole.replace(old, text), "openapi.yaml")


@pytest.mark.parametrize("word", ["Max-Participants", "max participants", "7", "[a]", '""', "max-"])
def test_a_concept_is_spelled_in_one_way(word: str) -> None:
    with pytest.raises(ContractError, match=r"max_participants: x-concept .*lower-case words joined by '-'"):
        concept_in(f"x-concept: {word}")


def test_two_fields_of_a_body_cannot_mean_the_same() -> None:
    with pytest.raises(
        ContractError, match="x-concept 'name' is that of unique_name and of max_participants"
    ):
        concept_in("x-concept: name")


def test_a_concept_makes_no_clause() -> None:
    assert list(concept_in("x-concept: anything-else").clauses) == list(CONTRACTS["telnyx"].clauses)
