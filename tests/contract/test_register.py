"""The register of clauses: one for each keyword of each schema and each line of prose, each with a source and
a check.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from roomproof.contract.clause import Level, Part
from roomproof.contract.model import Contract
from roomproof.judge.judge import Judge
from roomproof.judge.register import rule_of

Schema = tuple[str, str, str, Any]
GOLDEN = Path(__file__).parent / "clause_ids.txt"

# These keywords have no clause of their own: they only hold others, or say nothing of a value.
STRUCTURE = {"properties", "items", "additionalProperties", "propertyNames", "required", "default"}
ANNOTATIONS = {"title", "description", "summary", "example", "examples", "$comment"}
STEPS = {"items": "items", "additionalProperties": "values", "propertyNames": "keys"}
# A clause is named after its keyword in kebab case, whatever else the contract says.
WORD = r"[a-z0-9]+(?:-[a-z0-9]+)*"
FIELD = r"[A-Za-z0-9_-]+(?:\[[a-z_]+\])*"
ID = re.compile(
    rf"(?P<provider>{WORD})\.(?P<operation>{WORD})\.(?:request|behaviour|response(?:\.(?:default|"
    rf"[1-5](?:\d\d|XX)))?)\.(?:{FIELD}\.)*{WORD}"
)


def kebab(keyword: str) -> str:
    return re.sub("([A-Z])", r"-\1", keyword).lower()


def is_any_text(schema: Mapping[str, Any], carrier: str) -> bool:
    """Whatever stands in a path, a query or a header is a text."""
    return carrier != "body" and schema["type"] == "string"


def keyword_ids(
    schema: Mapping[str, Any], path: tuple[str, ...], prefix: str, carrier: str
) -> Iterator[tuple[str, Any]]:
    """Yield (id, keyword and value) of every clause that a schema must have
    (DESIGN, clause ids are for ever).
    """
    in_request = prefix.endswith(".request")
    where = f"{prefix}.{'.'.join(path) or 'body'}"
    for keyword in schema.keys() - STRUCTURE - ANNOTATIONS:
        if keyword in ("x-observed", "x-sample"):
            for inner in schema[keyword].keys() - {"required", "source"}:
                yield f"{where}.{keyword.removeprefix('x-')}-{kebab(inner)}", {inner: schema[keyword][inner]}
        elif not keyword.startswith("x-") and not (keyword == "type" and is_any_text(schema, carrier)):
            yield f"{where}.{kebab(keyword)}", {keyword: schema[keyword]}
    if carrier == "body" and "type" in schema:
        nullable = "null" in schema["type"] if isinstance(schema["type"], list) else False
        if not nullable:
            yield f"{where}.null", None
        elif in_request:
            yield f"{where}.nullable", None
    for holder in (schema, schema.get("x-observed", {}), schema.get("x-sample", {})):
        for name in holder.get("required", ()):
            yield (
                f"{'.'.join((prefix, *path, name))}.{'required' if in_request else 'present'}",
                {"required": [name]},
            )
    if "default" in schema and in_request and len(path) == 1 and carrier == "body":
        yield f"{where}.default", None
    for name, field in schema.get("properties", {}).items():
        if in_request and not path:
            yield f"{prefix}.{name}.accepted", None
        yield from keyword_ids(field, (*path, name), prefix, carrier)
    for keyword, step in STEPS.items():
        if isinstance(schema.get(keyword), dict):
            yield from keyword_ids(schema[keyword], (*path, step), prefix, carrier)


def expected_ids(provider: str, document: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    yield from (pair for item in document["paths"].values() for pair in operation_ids(provider, item))
    for item in document.get("x-observed-paths", {}).values():
        yield from operation_ids(provider, item, is_documented=False)


def operation_ids(
    provider: str, item: Mapping[str, Any], *, is_documented: bool = True
) -> Iterator[tuple[str, Any]]:
    for method in item.keys() & {"get", "post", "put", "patch", "delete"}:
        node, shared = item[method], item.get("parameters", [])
        operation = f"{provider}.{node['operationId']}"
        for parameter in [*shared, *node.get("parameters", [])]:
            # Of a call that no document has it is known that it may carry one.
            if is_documented and parameter.get("required") and parameter["in"] != "path":
                yield f"{operation}.request.{parameter['name']}.required", None
            yield from keyword_ids(
                parameter["schema"], (parameter["name"],), f"{operation}.request", parameter["in"]
            )
        body = node.get("requestBody", {})
        schema = next((media["schema"] for media in body.get("content", {}).values()), {})
        # The body of such a call is an example, unless its fields are known.
        if is_documented or "properties" in schema:
            if body.get("required"):
                yield f"{operation}.request.body.required", None
            for media in body.get("content", {}).values():
                yield f"{operation}.request.body.media-type", None
                yield from keyword_ids(media["schema"], (), f"{operation}.request", "body")
        for status, response in node["responses"].items():
            yield from response_ids(operation, status, response)
        for line in node.get("x-behaviours", ()):
            fields = line.get("fields")
            if fields == "all":
                fields = list(next(iter(body["content"].values()))["schema"]["properties"])
            yield from (
                (f"{operation}.behaviour.{name}.{line['rule']}", None) for name in fields or [line["path"]]
            )


def response_ids(operation: str, status: str, response: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    prefix = f"{operation}.response" if status.startswith("2") else f"{operation}.response.{status}"
    if status != "default":
        yield f"{operation}.response.{status}.status", None
    for name, header in response.get("headers", {}).items():
        if header.get("required"):
            yield f"{prefix}.{name}.present", None
        yield from keyword_ids(header["schema"], (name,), prefix, "header")
    for name, media in response.get("content", {}).items():
        yield f"{prefix}.body.media-type", None
        if name.endswith("json"):
            yield f"{prefix}.body.json", None
        yield from keyword_ids(media["schema"], (), prefix, "body")


def test_every_keyword_and_every_line_of_prose_has_a_clause_and_no_clause_comes_from_nowhere(
    provider: str, document: Mapping[str, Any], contract: Contract
) -> None:
    expected = [clause_id for clause_id, _ in expected_ids(provider, document)]
    assert sorted(expected) == sorted(contract.clauses)


def test_a_keyword_clause_demands_exactly_its_keyword(
    provider: str, document: Mapping[str, Any], contract: Contract
) -> None:
    for clause_id, schema in expected_ids(provider, document):
        if schema is not None:
            assert contract.clauses[clause_id].schema == schema


def test_that_a_parameter_or_header_is_a_text_has_no_clause_because_nothing_can_break_it(
    every_schema: list[Schema], provider: str, contract: Contract
) -> None:
    # Whatever stands in a path, a query or a header is a text; whether it reads as a number is a demand.
    carried = [one for one in every_schema if one[1] in ("path", "query")]
    assert carried
    for operation, carrier, name, schema in carried:
        clause = contract.clauses.get(f"{provider}.{operation}.request.{name}.type")
        has_clause = clause is not None and clause.options["in"] == carrier
        assert has_clause is (schema["type"] != "string"), (operation, name)


def test_a_default_without_a_clause_of_its_own_is_seen_in_a_list(
    every_schema: list[Schema], contract: Contract
) -> None:
    listed = {
        (clause.operation, clause.path[0], clause.options["default"])
        for clause in contract.clauses.values()
        if clause.rule == "listed-default"
    }
    for operation, carrier, _, schema in every_schema:
        # What a parameter is by default shows in nothing but what a list is like.
        for path, default in deep_defaults(schema, ()) if carrier != "query" else ():
            assert carrier == "request", "a default in a response says nothing"
            assert (operation, path[0], default) in listed


def deep_defaults(schema: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    if not isinstance(schema, dict):
        return
    if "default" in schema and len(path) != 1:
        yield path, schema["default"]
    for name, field in schema.get("properties", {}).items():
        yield from deep_defaults(field, (*path, name))
    for keyword, step in STEPS.items():
        yield from deep_defaults(schema.get(keyword), (*path, step))


def test_every_clause_has_a_complete_source_a_level_and_a_demand(contract: Contract) -> None:
    for clause in contract.clauses.values():
        assert clause.source.document, clause.id
        assert clause.source.section, clause.id
        assert clause.source.field, clause.id
        assert clause.level in Level, clause.id
        assert len(clause.demands.split()) >= 3, clause.id


def test_a_source_outside_of_the_documents_is_never_documented(contract: Contract) -> None:
    observed = [
        clause for clause in contract.clauses.values() if clause.source.document == "docs/observed.md"
    ]
    # The document of one provider shows no response and says only "OK"; that this is 200 is known from
    # elsewhere, that it is OK is not.
    assert [clause.id for clause in observed if clause.level is Level.DOCUMENTED] == []


def test_every_clause_has_a_rule(contract: Contract) -> None:
    Judge(contract)
    for clause in contract.clauses.values():
        assert rule_of(clause).part is clause.part, clause.id


def test_ids_follow_the_grammar(provider: str, contract: Contract) -> None:
    for clause in contract.clauses.values():
        match = ID.fullmatch(clause.id)
        assert match, clause.id
        assert (match["provider"], match["operation"]) == (provider, clause.operation)
        assert clause.id.split(".")[2] == clause.part.value
        assert clause.id.endswith(f".{clause.rule}")


def test_every_behaviour_speaks_of_something_that_the_contract_has(contract: Contract) -> None:
    for operation in contract.operations:
        body = set(operation.schema.get("properties", {}))
        room = room_fields(contract, operation.success.schema)
        for clause in operation.clauses:
            if clause.part is Part.BEHAVIOUR and clause.rule in (
                "echo",
                "unchanged",
                "date-only",
                "kept-or-default",
                "null-unchanged",
                "unique",
            ):
                assert clause.path[0] in body, clause.id
            if clause.part is Part.BEHAVIOUR and clause.rule in (
                "constant",
                "read-only",
                "default-now",
                "created-now",
                "default-from",
                "default-value",
                "fields-agree",
                "server-generated",
            ):
                assert clause.path[0] in room, clause.id


def room_fields(contract: Contract, schema: Any) -> set[str]:
    for step in contract.room.at:
        schema = (schema or {}).get("properties", {}).get(step)
    return set((schema or {}).get("properties", ()))


def test_ids_are_for_ever(every_contract: Mapping[str, Contract]) -> None:
    known = GOLDEN.read_text(encoding="utf-8").split()
    now = [clause_id for contract in every_contract.values() for clause_id in contract.clauses]
    removed, added = sorted(set(known) - set(now)), sorted(set(now) - set(known))
    assert not removed, (
        f"ids are for ever, since reports, deviations and cassettes refer to them; put back {removed}"
    )
    assert not added, f"add the new ids to {GOLDEN.name}, where they stay: {added}"
    assert known == sorted(known), f"sort {GOLDEN.name}"
