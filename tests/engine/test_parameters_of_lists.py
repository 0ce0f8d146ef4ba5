"""Parameters of lists: which values of them a run can make up, and which only a link can tell."""

from __future__ import annotations

import re
from random import Random
from typing import Any

import pytest

from roomproof.auth.bearer import Bearer
from roomproof.contract.model import Operation
from roomproof.contract.read import read_contract
from roomproof.contract.yaml_text import parse_yaml
from roomproof.engine.asking import asking
from roomproof.engine.run import Options, Run, Subject
from roomproof_strategies import Special

CONTRACT = """
openapi: 3.1.0
info: {title: Halls, version: "1"}
servers: [{url: "https://halls.example"}]
x-provider: halls
x-source: {document: Halls, section: "", field: ""}
x-resource: {parameter: hall, at: [], id: id, entries: [halls]}
x-credentials: {scheme: bearer, environment: {token: HALLS_TOKEN}}
paths:
  /halls:
    get:
      operationId: list
      x-list: {next: [next], size: page_size}
      parameters:
        - {name: page_size, in: query, schema: {type: integer, minimum: 1, maximum: 50}}
        - name: page_number
          in: query
          schema: {type: integer, minimum: 0}
        - {name: opens_after, in: query, schema: {type: string, anyOf: [{format: date-time}, {format: date}]}}
      responses: {"200": {description: halls}}
      x-behaviours: []
  /halls/{hall}:
    get:
      operationId: read
      parameters: [{name: hall, in: path, required: true, schema: {type: string}}]
      responses: {"200": {description: one}}
"""
OPEN = (
    "schema: {type: integer, minimum: 0, "
    "x-unsettled: {reason: by links, schema: {type: integer, exclusiveMinimum: 0}}}"
)
FILTER = (
    "[{path: opens_after, rule: days, with: {parameter: opens_after, field: opens, lies: from}, "
    "demands: later}]"
)


def asked(text: str) -> dict[str, set[str]]:
    """The values that are asked for, by parameter."""
    contract = read_contract(parse_yaml(text, "halls.yaml"))
    target: Any = type("Nobody", (), {"base_url": "https://halls.example"})()
    subject = Subject(contract, (), Special(), target, Bearer("token"), None, None, ours=True)
    session = Run(subject, Options(), lambda _: None).session
    operation: Operation = contract.operations[0]
    found: dict[str, set[str]] = {}
    for case in asking(session.bench(operation), Random(0)):
        for name, value in case.query.items():
            found.setdefault(name, set()).add(value)
    return found


def test_no_value_of_what_may_be_a_cursor_is_made_up() -> None:
    assert asked(CONTRACT).keys() == {"page_size"}


def test_of_a_cursor_those_values_are_tried_that_the_contract_does_not_leave_open() -> None:
    found = asked(CONTRACT.replace("schema: {type: integer, minimum: 0}", OPEN))
    assert found.keys() == {"page_size", "page_number"}
    assert {"0", "-1", "text"} <= found["page_number"]
    assert not [text for text in found["page_number"] if re.fullmatch("[1-9][0-9]*", text)]


def test_what_a_clause_says_to_filter_is_no_cursor() -> None:
    found = asked(CONTRACT.replace("x-behaviours: []", f"x-behaviours: {FILTER}"))
    assert found.keys() == {"page_size", "opens_after"}


@pytest.mark.parametrize(("name", "is_cursor"), [("opens_after", False), ("page_number", True)])
def test_a_page_that_begins_with_a_filter_is_a_first_one(name: str, is_cursor: bool) -> None:
    text = CONTRACT.replace("x-behaviours: []", f"x-behaviours: {FILTER}")
    listing = read_contract(parse_yaml(text, "halls.yaml")).operations[0].listing
    assert listing is not None
    assert listing.may_be_cursor(name) is is_cursor
