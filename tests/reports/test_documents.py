"""The documents that clauses rest on, in the report and on the page."""

from __future__ import annotations

from typing import Any

from roomproof.api import replay
from roomproof.providers import bundled, find_contract
from roomproof.report.document import report_from
from roomproof.reports.html import html


def test_every_clause_rests_on_one_of_the_documents() -> None:
    (provider,) = replay(bundled("cassettes") / "telnyx" / "mock").providers
    documents = provider.documents or ()
    assert sum(one.clauses for one in documents) == len(provider.clauses)
    assert sum(one.exercised for one in documents) == sum(one.is_proven for one in provider.clauses)
    known = {one.title: one.url for one in find_contract("telnyx")[0].documents}
    cited = {one.title: one.url for one in documents if one.title in known}
    assert cited
    assert cited.items() <= known.items()


def test_the_statements_of_a_document_are_counted() -> None:
    report = replay(bundled("cassettes") / "telnyx" / "mock")
    (provider,) = report.providers
    (page,) = [one for one in provider.documents or () if one.title == "Telnyx: Update a room"]
    (listed,) = [one for one in find_contract("telnyx")[0].documents if one.title == page.title]
    counted = [one for one in listed.statements if not one.around]
    assert page.statements is not None
    assert (page.statements.count, page.statements.waived) == (
        len(counted),
        sum(bool(one.waived) for one in counted),
    )
    assert 0 < page.statements.exercised <= page.statements.claimed < page.statements.count
    assert f"{len(counted)} statements: {page.statements.claimed} claimed" in html([report])


def test_a_clause_on_the_page_leads_to_its_document(calm: dict[str, Any]) -> None:
    provider = calm["providers"][0]
    source = provider["clauses"][0]["source"]["document"]
    listed = [{"title": source, "url": "", "clauses": 3, "exercised": 1}]
    page = html([report_from({**calm, "providers": [{**provider, "documents": listed}]})])
    anchor = f"document-{provider['provider']}-0"
    assert f'href="#{anchor}"' in page
    assert f'id="{anchor}"' in page


def test_the_page_leads_to_each_document_that_has_an_address(calm: dict[str, Any]) -> None:
    provider = calm["providers"][0]
    source = provider["clauses"][0]["source"]["document"]
    for address, is_link in (("https://docs.example/rooms", True), ("javascript:alert(1)", False)):
        listed = [{"title": source, "url": address, "clauses": 3, "exercised": 1}]
        page = html([report_from({**calm, "providers": [{**provider, "documents": listed}]})])
        assert (f'href="{address}"' in page) is is_link
        assert "1 of 3 clauses exercised" in page
