"""The documents of a provider: which a source names, where they stand, and what another one says instead."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from roomproof.contract.clause import Disagreement, Source
from roomproof.contract.documents import Document, parse_documents, url_of
from roomproof.contract.model import Contract
from roomproof.contract.read import read_contract
from roomproof.errors import ContractError
from roomproof.providers import load_contract

LISTED = """
documents:
  - {title: "Meet: Update", url: "https://meet.example/docs/update", version: "2", retrieved: "2026-02-01"}
  - {title: "Meet: specification"}
"""
CONTRACT = """
openapi: 3.1.0
info: {title: meet, version: "1"}
servers: [{url: https://meet.example}]
x-provider: meet
x-source: {document: "Meet: Update", section: Body, field: ""}
x-resource: {parameter: room, at: [], id: id}
x-credentials: {scheme: bearer, environment: {token: MEET_TOKEN}}
paths:
  /rooms/{room}:
    patch:
      operationId: update
      parameters: [{name: room, in: path, required: true, schema: {type: string}}]
      requestBody:
        content:
          application/json:
            schema:
              type: object
              properties:
                seats:
                  type: integer
                  maximum: 50
                  x-disagreements:
                    maximum: {says: at most 100, source: {document: "Meet: specification", section: Room}}
      responses:
        "200": {description: updated, content: {application/json: {schema: {type: object}}}}
      x-behaviours:
        - path: any-input
          rule: no-server-error
          source: {document: RFC 9110, section: "15.6", field: any-input}
          demands: no request is answered with a server error
          disagreement: {says: status 500 is possible, source: {document: "Meet: specification"}}
"""


def contract_of(text: str = CONTRACT) -> Contract:
    return read_contract(yaml.safe_load(text))


def test_documents_are_listed_with_what_is_known_of_them() -> None:
    update, specification = parse_documents(LISTED, "documents.yaml")
    assert update == Document("Meet: Update", "https://meet.example/docs/update", "2", "2026-02-01")
    assert specification == Document("Meet: specification")


@pytest.mark.parametrize(
    ("source", "url"),
    [
        (Source("Meet: Update", "Body", "seats"), "https://meet.example/docs/update"),
        (Source("Meet: specification", "Room", "seats"), ""),
        (Source("Another", "Body", "seats"), ""),
        (Source("RFC 9110", "15.6", "5xx"), "https://www.rfc-editor.org/rfc/rfc9110#section-15.6"),
        (Source("RFC 8259", "", ""), "https://www.rfc-editor.org/rfc/rfc8259"),
    ],
)
def test_a_source_leads_to_the_address_of_its_document(source: Source, url: str) -> None:
    assert url_of(source, parse_documents(LISTED, "documents.yaml")) == url


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("- title: one", "is no list of documents"),
        ("documents: [one]", "entry 1: write a title"),
        ("documents: [{url: https://a.example}]", "entry 1: write a title"),
        ("documents: [{title: one, link: there}]", "entry 1: write a title"),
        ("documents: [{title: one, version: 2}]", "put numbers and dates in quotes"),
        ("documents: [{title: one, url: 'javascript:alert(1)'}]", "does not begin with https"),
        ("documents: [{title: one, retrieved: yesterday}]", "is no day like"),
        ("documents: [{title: one}, {title: one}]", "two documents have the title 'one'"),
    ],
)
def test_a_bad_list_of_documents_is_rejected_with_what_to_write(text: str, complaint: str) -> None:
    with pytest.raises(ContractError, match=complaint) as raised:
        parse_documents(text, "documents.yaml")
    assert str(raised.value).startswith("documents.yaml")


def test_documents_beside_a_contract_belong_to_it(tmp_path: Path) -> None:
    (tmp_path / "openapi.yaml").write_text(CONTRACT, encoding="utf-8")
    (tmp_path / "documents.yaml").write_text(LISTED, encoding="utf-8")
    contract = load_contract(tmp_path)
    clause = contract.clauses["meet.update.request.seats.maximum"]
    assert contract.url(clause.source) == "https://meet.example/docs/update"


def test_what_another_document_says_stands_with_the_clause_that_it_is_about() -> None:
    clauses = contract_of().clauses
    maximum = clauses["meet.update.request.seats.maximum"]
    assert maximum.schema == {"maximum": 50}
    assert maximum.disagreement == Disagreement("at most 100", Source("Meet: specification", "Room", "seats"))
    crash = clauses["meet.update.behaviour.any-input.no-server-error"]
    assert crash.disagreement == Disagreement(
        "status 500 is possible", Source("Meet: specification", "", "any-input")
    )
    told = {one.id for one in clauses.values() if one.disagreement is not None}
    assert told == {maximum.id, crash.id}


def test_a_disagreement_with_a_keyword_that_is_not_there_is_rejected() -> None:
    with pytest.raises(ContractError, match="there is no 'minimum' to disagree with"):
        contract_of(CONTRACT.replace("maximum: {says", "minimum: {says"))


def test_every_source_of_a_bundled_contract_is_a_listed_document(provider: str) -> None:
    contract = load_contract(provider)
    titles = {document.title for document in contract.documents}
    sources = [clause.source for clause in contract.clauses.values()]
    sources += [clause.disagreement.source for clause in contract.clauses.values() if clause.disagreement]
    named = {source.document for source in sources}
    unlisted = {name for name in named - titles if not name.startswith("RFC ")}
    assert unlisted <= {"docs/observed.md"}
