"""The rooms that are there before a run makes one are met page by page, in a bounded number of requests to
the server that was asked.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from roomproof.engine.census import take_census
from roomproof.engine.pages import MOST_PAGES
from roomproof.engine.session import Options, Session, Subject
from roomproof.interaction import Interaction, Request, Response
from roomproof.journal.journal import Journal
from roomproof.providers import find_contract, find_mock, find_special
from roomproof.targets.credentials import scheme_from
from roomproof.targets.target import UnsentRequest

Json = Any
Answer = Callable[[dict[str, str]], Json]


class Account:
    """A provider that answers a query with a page, or with a status."""

    base_url = "http://127.0.0.1:1/v2"

    def __init__(self, response: Answer) -> None:
        self.response = response
        self.asked: list[UnsentRequest] = []

    def send(self, unsent: UnsentRequest) -> Interaction:
        self.asked.append(unsent)
        page = self.response(dict(unsent.query))
        request = Request(unsent.method, self.base_url + unsent.path)
        return Interaction(
            request, Response(page) if isinstance(page, int) else Response(200, (), json.dumps(page).encode())
        )

    def close(self) -> None:
        pass


def censused(provider: str, response: Answer, **options: Any) -> tuple[Account, set[str]]:
    """The account after a census, and the ids that were met."""
    contract, deviations = find_contract(provider)
    mock, account, journal = find_mock(provider), Account(response), Journal()
    scheme = scheme_from(contract.credentials, mock.environment)
    subject = Subject(
        contract, deviations, find_special(provider), account, scheme, None, mock.room_id, journal
    )
    take_census(Session(subject, Options(**options), lambda *_: None))
    return account, journal.there


def numbered(count: int, size: int, first: int = 1) -> Answer:
    def response(query: dict[str, str]) -> Json:
        held = min(size, int(query["page[size]"]))
        begun = (int(query["page[number]"]) - first) * held
        return {"data": [{"id": str(room)} for room in range(count)[begun : begun + held]]}

    return response


def linked(count: int, size: int, wrap: Callable[[int], str], name: str) -> Answer:
    def response(query: dict[str, str]) -> Json:
        at = int(query.get("skip", 0))
        more = {"nextLink": wrap(at + size), "links": {"next": wrap(at + size)}} if at + size < count else {}
        return {name: [{"id": str(room)} for room in range(at, min(at + size, count))], **more}

    return response


def test_ten_thousand_rooms_are_met_page_by_page() -> None:
    account, met = censused("telnyx", numbered(10_000, 250))
    assert len(met) == 10_000
    assert len(account.asked) == 41


@pytest.mark.parametrize(("provider", "name"), [("azure", "value"), ("signalwire", "data")])
def test_of_a_link_to_the_next_page_only_the_query_is_followed(provider: str, name: str) -> None:
    account, met = censused(
        provider, linked(90, 25, lambda skip: f"https://evil.example/steal?skip={skip}", name)
    )
    assert len(met) == 90
    assert {unsent.path for unsent in account.asked} == {"/rooms"}
    assert [unsent.query.get("skip") for unsent in account.asked] == [None, "25", "50", "75"]


@pytest.mark.parametrize("response", [
    lambda _: {"data": [{"id": "1"}]}, linked(9, 3, lambda _: "?skip=0", "data"), linked(9, 3,
    lambda _: "http://[", "data"),
    lambda _: {"data": [], "links": 1}, lambda _: {"data": [{"id": {}}, 1, None]}, lambda _: [],
    lambda _: {"data": {}}, lambda _: 403,
    lambda _: 503, lambda _: {"data": [{"id": "x" * 100}], "links": {"next": "?" + "&" * 1000}},
])  # fmt: skip
@pytest.mark.parametrize("provider", ["telnyx", "signalwire"])
def test_a_list_that_never_ends_or_is_none_costs_few_requests(provider: str, response: Answer) -> None:
    account, _ = censused(provider, response, backoff=())
    assert len(account.asked) <= 2


@pytest.mark.parametrize(("most", "pages"), [(None, MOST_PAGES), (100, 10), (5, 2)])
def test_an_account_without_end_is_met_in_part(most: int | None, pages: int) -> None:
    account, met = censused("telnyx", numbered(10**9, 20), max_requests=most)
    assert len(account.asked) == pages
    assert len(met) == 20 * pages


def test_the_query_that_every_request_needs_goes_with_each_page() -> None:
    account, _ = censused(
        "azure", linked(60, 25, lambda skip: f"https://x.example/rooms?skip={skip}", "value")
    )
    assert {unsent.query["api-version"] for unsent in account.asked} == {"2025-03-13"}


def test_a_provider_that_gives_fewer_rooms_on_a_page_than_were_asked_for_hides_none() -> None:
    def response(query: dict[str, str]) -> Json:
        at = int(query["offset"])
        return {"items": [{"meeting_room_sid": str(room)} for room in range(95)[at : at + 10]]}

    account, met = censused("carrierx", response)
    assert len(met) == 95
    assert len(account.asked) == 11
