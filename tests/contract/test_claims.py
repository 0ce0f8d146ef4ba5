"""Which clauses rest on which statement, as documents.yaml lists it, and whether the bundled claims hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from roomproof.contract.claims import ListedStatement
from roomproof.contract.documents import parse_documents
from roomproof.derive.saved_copies import assigned
from roomproof.derive.statements import read
from roomproof.derive.trace import trace
from roomproof.errors import ContractError
from roomproof.providers import contract_folders, load_contract

SAVED = Path("/work/shared/documents")
LISTED = """
documents:
  - title: "Meet: Update"
    kind: docusaurus
    digest: "00"
    statements:
      "Body > seats":
        field-00000000: meet.update.request.seats.accepted
        limit-00000000: [meet.update.request.seats.minimum, "meet.*.maximum"]
        sentence-00000000: {waived: it demands nothing}
        sentence-00000000-2:
    around:
      top: [heading-00000000]
"""


def test_statements_are_listed_with_their_claims() -> None:
    (document,) = parse_documents(LISTED, "documents.yaml")
    field, limit, waived, unsettled, heading = document.statements
    assert field == ListedStatement("Body > seats", "field-00000000", ("meet.update.request.seats.accepted",))
    assert [
        limit.claims_clause(f"meet.update.request.seats.{end}") for end in ("minimum", "maximum", "type")
    ] == [
        True,
        True,
        False,
    ]
    assert [one.is_settled for one in (waived, unsettled, heading)] == [True, False, True]
    assert (unsettled.form, heading.key) == ("sentence", "top#heading-00000000")


@pytest.mark.parametrize(
    ("statements", "complaint"),
    [
        ("[one]", "statements: write each place with its statements"),
        ("{Body: one}", "Body: write names of statements"),
        ("{Body: {one: a.b}}", "one: is no name of a statement"),
        ("{Body: {field-00000000: 7}}", "write a clause's id, a list of ids"),
        ("{Body: {field-00000000: {waived: ''}}}", "write a clause's id, a list of ids"),
        ("{Body: {field-00000000: [7]}}", "write a clause's id, a list of ids"),
    ],
)
def test_a_bad_list_is_rejected_with_what_to_write(statements: str, complaint: str) -> None:
    with pytest.raises(ContractError, match=complaint):
        parse_documents(f"documents: [{{title: one, statements: {statements}}}]", "documents.yaml")


def test_a_statement_is_listed_once() -> None:
    twice = (
        "documents: [{title: one, statements: {top: {field-00000000: a}}, around: {top: [field-00000000]}}]"
    )
    with pytest.raises(ContractError, match="top#field-00000000 is listed twice"):
        parse_documents(twice, "documents.yaml")


def test_the_bundled_claims_hold(provider: str) -> None:
    found = trace(load_contract(provider), {})
    assert found.documents
    assert not found.has_findings


@pytest.mark.skipif(not SAVED.is_dir(), reason="the saved documents are not here")
def test_the_saved_pages_say_what_is_claimed() -> None:
    pages = [read(path.read_text(), path.name) for path in sorted(SAVED.glob("*.txt"))]
    traced = []
    for contract in map(load_contract, contract_folders()):
        found = trace(contract, assigned(contract, pages))
        assert not found.has_findings
        traced += [one.file for one in found.documents if one.file]
    assert sorted(traced) == [page.name for page in pages]
