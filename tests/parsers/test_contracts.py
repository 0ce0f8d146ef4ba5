"""Contracts: what can be read can be judged by, drawn from and shown; all else is a ContractError."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from roomproof.cassettes.attribution import Attribution
from roomproof.cassettes.past import digest
from roomproof.contract.matrix import matrix
from roomproof.contract.model import Contract
from roomproof.contract.read import parse_contract
from roomproof.errors import ContractError
from roomproof.interaction import Interaction, Request, Response
from roomproof.judge.judge import Judge
from roomproof.judge.register import require_rules, row_of
from roomproof.providers import contract_folders
from roomproof.reports.matrix import document, markdown
from roomproof_strategies import boundary, invalid, plain
from roomproof_strategies.plain import some
from roomproof_strategies.valid import valid

from .hostile import PATTERNS, as_text, ends_in, examples, texts

ANCHOR = datetime(2030, 6, 1, 12, tzinfo=UTC)
TEXTS = [(folder / "openapi.yaml").read_text(encoding="utf-8") for folder in contract_folders().values()]
TREES = [yaml.safe_load(text) for text in TEXTS]
SMALL = {
    "openapi": "3.1.0",
    "info": {"title": "Small", "version": "1"},
    "servers": [{"url": "https://small.example/v1"}],
    "x-provider": "small",
    "x-source": {"document": "Small", "section": "Rooms", "field": "page"},
    "x-room": {"parameter": "room_id", "at": ["data"], "id": "id"},
    "x-credentials": {"scheme": "bearer", "environment": {"token": "SMALL_TOKEN"}},
    "x-support": {"create": {"method": "POST", "path": "/rooms", "body": {"name": "{serial}"}}},
    "security": [{"bearer": []}],
    "paths": {
        "/rooms/{room_id}": {
            "patch": {
                "operationId": "update-room",
                "parameters": [
                    {
                        "name": "room_id",
                        "in": "path",
                        "required": True,
                        "schema": {"type": "string", "format": "uuid"},
                    },
                    {
                        "name": "version",
                        "in": "query",
                        "required": True,
                        "schema": {"type": "string", "enum": ["1"]},
                    },
                ],
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Room"}}},
                },
                "responses": {
                    "200": {
                        "description": "the room",
                        "content": {"application/json": {"schema": {"type": "object", "required": ["data"]}}},
                    },
                    "422": {"description": "refused", "x-when": "invalid"},
                },
                "x-behaviours": [
                    {"path": "input", "rule": "no-server-error", "demands": "no server error for any input"},
                    {
                        "fields": "all",
                        "rule": "echo",
                        "demands": "a value that was accepted stands in the response",
                    },
                    {
                        "path": "window",
                        "rule": "window",
                        "with": {"from": "from", "until": "until", "max-days": 180},
                        "demands": "ends",
                    },
                ],
            }
        }
    },
    "components": {
        "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        "schemas": {
            "Room": {
                "type": "object",
                "required": ["size"],
                "properties": {
                    "size": {
                        "type": "integer",
                        "minimum": 2,
                        "maximum": 50,
                        "default": 10,
                        "x-concept": "max-participants",
                    },
                    "ratio": {"type": "number", "exclusiveMinimum": 0, "multipleOf": 0.5},
                    "name": {
                        "type": ["string", "null"],
                        "minLength": 1,
                        "maxLength": 40,
                        "pattern": "^[a-z ]+$",
                    },
                    "from": {"type": "string", "anyOf": [{"format": "date-time"}, {"format": "date"}]},
                    "until": {"type": "string", "format": "date-time"},
                    "codes": {
                        "type": "array",
                        "minItems": 1,
                        "uniqueItems": True,
                        "items": {
                            "type": "object",
                            "required": ["role"],
                            "properties": {"role": {"type": "string", "enum": ["host", "guest"]}},
                        },
                    },
                    "people": {
                        "type": "object",
                        "propertyNames": {"pattern": "^[0-9]+$"},
                        "additionalProperties": {"type": "boolean"},
                        "x-unsettled": {"reason": "not said", "schema": {"minProperties": 9}},
                    },
                },
            }
        },
    },
}
_FEW = st.sampled_from([0, 1, 2, 3, 5, 40, 300, 70_000, 2**31 - 1])
_BOUNDS = st.sampled_from([0, 1, -1, 2, 2.5, 10, 1e300, 2**31, -(2**62), 0.1])
_FIELDS = st.sampled_from([None, True, 0, 1, 2.5, "a", "720p", "", [], {}, [1], {"a": 1}])


def _nodes(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Return a strategy for schemas whose keywords are of the right kinds, whatever they amount to
    together.
    """
    kinds = st.sampled_from(["string", "integer", "number", "boolean", "array", "object", "null"])
    keywords: dict[str, st.SearchStrategy[Any]] = {
        "type": kinds | st.lists(kinds, min_size=1, max_size=3, unique=True),
        "enum": st.lists(_FIELDS, min_size=1, max_size=3, unique_by=repr),
        "const": _FIELDS,
        **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), _BOUNDS),
        "multipleOf": st.sampled_from([1, 2, 7, 0.5, 0.1, 1e-9, 1e300]),
        **dict.fromkeys(
            ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"), _FEW
        ),
        "pattern": st.sampled_from(["^[a-z]+$", "^.{3}$", "x", *PATTERNS]),
        "format": st.sampled_from(["date-time", "date", "uuid", "uri", "http-date", "email"]),
        "uniqueItems": st.booleans(),
        "properties": st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
        "required": st.lists(st.sampled_from("abcd"), max_size=2, unique=True),
        **dict.fromkeys(
            ("items", "additionalProperties", "propertyNames", "not", "x-observed", "x-sample"), inner
        ),
        **{name: st.lists(inner, min_size=1, max_size=2) for name in ("anyOf", "oneOf", "allOf")},
        "default": _FIELDS,
        "x-unsettled": st.fixed_dictionaries({"reason": st.just("not said"), "schema": inner}),
    }
    chosen = st.lists(st.sampled_from(sorted(keywords)), max_size=4, unique=True)
    return chosen.flatmap(lambda names: st.fixed_dictionaries({name: keywords[name] for name in names}))


SCHEMAS: st.SearchStrategy[dict[str, Any]] = st.recursive(
    _nodes(st.just({})), lambda inner: _nodes(inner | st.booleans()), max_leaves=4
)


def with_field(schema: dict[str, Any]) -> str:
    """Return the small contract with one more field of the body."""
    whole = deepcopy(SMALL)
    whole["components"]["schemas"]["Room"]["properties"]["extra"] = schema
    return as_text(whole)


_ID = "7b61621f-62e0-4aad-ab11-9fd19e272e73"


def use(contract: Contract) -> None:
    """Do with a contract what every command does."""
    require_rules(contract)
    digest(contract, ())
    compared = matrix([contract], row_of)
    document(compared)
    markdown(compared)
    attribution, judge = (
        Attribution({contract.provider: contract}, contract_folders()["telnyx"], None),
        Judge(contract),
    )
    for operation in contract.operations:
        schema = operation.schema or {"type": "object"}
        drawn = [
            plain(schema, anchor=ANCHOR).value,
            *(sample.value for sample in islice(boundary(schema, anchor=ANCHOR), 40)),
        ]
        drawn += [sample.value for sample in islice(invalid(schema, anchor=ANCHOR), 40)]
        drawn += some(valid(schema, anchor=ANCHOR), 1)
        url = f"https://small.example/v1{operation.path}".replace("{" + contract.room.parameter + "}", _ID)
        for value in drawn[:10]:
            body = as_text(value).encode()
            response = Response(
                (operation.success.status == "201" and 201) or 200,
                (("Content-Type", "application/json"),),
                body,
            )
            request = Request(
                operation.method, url, (("Content-Type", operation.media_type or "text/plain"),), body
            )
            attribution.contract_of(request)
            list(judge.see(Interaction(request, response, ANCHOR)))


def read(text: str) -> None:
    use(parse_contract(text, "openapi.yaml"))


def test_the_valid_ones_are_read_and_used() -> None:
    for text in (as_text(SMALL), *TEXTS):
        read(text)


@examples(100)
@given(texts([SMALL], [as_text(SMALL)]))
def test_a_small_contract_that_was_changed(text: str) -> None:
    ends_in(ContractError, lambda: read(text))


@examples(15)
@given(SCHEMAS)
def test_a_field_with_any_schema(schema: dict[str, Any]) -> None:
    ends_in(ContractError, lambda: read(with_field(schema)))


@examples(40)
@given(texts(TREES, TEXTS))
def test_a_bundled_contract_that_was_changed(text: str) -> None:
    ends_in(ContractError, lambda: parse_contract(text, "openapi.yaml"))


def with_fields(fields: dict[str, Any], *behaviours: dict[str, Any]) -> str:
    """Return the small contract, a line a field, with other fields of the body and more behaviours."""
    whole = deepcopy(SMALL)
    whole["components"]["schemas"]["Room"].update(properties=fields, required=[])
    operation = whole["paths"]["/rooms/{room_id}"]["patch"]
    operation["x-behaviours"] = [operation["x-behaviours"][0], *behaviours]
    return yaml.safe_dump(whole, sort_keys=False)


ECHO = {"fields": "all", "rule": "echo", "demands": "a value that was accepted stands in the response"}
TOO_MUCH = {
    "values": (with_fields({}) + "x-more: [" + "a," * 210_000 + "]\n", "more than 200000 values"),
    "clauses": (
        with_fields({f"f{number}": {} for number in range(150)}, *(dict(ECHO) for _ in range(140))),
        "more than 20000 clauses",
    ),
    "a name in every id": (
        with_fields({"n" * 200_000: {"properties": {"a": {"type": "string"}}}}),
        "more than 100000 characters",
    ),
    "ids": (
        with_fields(
            {"n" * 99_000: {"properties": {f"f{number}": {"type": "string"} for number in range(250)}}}
        ),
        "more than 20000000 characters by then",
    ),
    "texts in a list": (
        with_fields(
            {"a": {"type": "array", "minItems": 1000, "items": {"type": "string", "minLength": 1_000_000}}}
        ),
        "minLength asks for more than 20000000 characters",
    ),
    "texts side by side": (
        with_fields({f"f{number}": {"type": "string", "minLength": 1_000_000} for number in range(30)}),
        "minLength asks for more than 20000000 characters",
    ),
}


@pytest.mark.parametrize(("text", "problem"), TOO_MUCH.values(), ids=TOO_MUCH)
def test_what_would_take_all_memory_is_rejected_with_its_line(text: str, problem: str) -> None:
    """A few lines that stand for more than a machine holds: each ended in a MemoryError, or took minutes."""
    with pytest.raises(ContractError, match=rf"^openapi\.yaml, line \d+: .*{problem}"):
        parse_contract(text, "openapi.yaml")
