"""A list whose next page is asked for by a cursor that the page before it tells."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import pytest

from roomproof.contract.resource import Listing
from roomproof.engine.pages import pages_of
from roomproof.interaction import Interaction, Request, Response

Json = object
ROOMS = [{"id": str(number)} for number in range(5)]


def listing(**changes: object) -> Listing:
    told = {"entries": ("rooms",), "key": "id", "query": {"size": "2"}, "next": ("meta", "next")}
    return Listing(**{**told, "size": "size", "cursor": "after", **changes})  # type: ignore[arg-type]


def asked(queries: list[dict[str, str]], end: Json) -> Callable[[Mapping[str, str]], Interaction]:
    def ask(query: Mapping[str, str]) -> Interaction:
        queries.append(dict(query))
        start, size = int(query.get("after", 0)), int(query["size"])
        following: Json = start + size if start + size < len(ROOMS) else end
        body = {"rooms": ROOMS[start : start + size], "meta": {"next": following}}
        request = Request("GET", "http://127.0.0.1/rooms", (), None)
        return Interaction(
            request,
            Response(200, (("Content-Type", "application/json"),), json.dumps(body).encode()),
            at=datetime.now(UTC),
        )

    return ask


@pytest.mark.parametrize("end", [None, ""])
def test_each_page_is_asked_for_by_the_cursor_of_the_one_before(end: Json) -> None:
    queries: list[dict[str, str]] = []
    pages = [*pages_of(listing(), "id", asked(queries, end))]
    assert queries == [{"size": "2"}, {"size": "2", "after": "2"}, {"size": "2", "after": "4"}]
    assert [len(page.rooms) for page in pages] == [2, 2, 1]
    assert [page.is_last for page in pages] == [False, False, True]


def test_a_cursor_is_no_link() -> None:
    body = {"meta": {"next": "/rooms?after=7"}}
    assert listing().next_query(body) == {"after": "/rooms?after=7"}
    assert listing().link(body) is None
    assert listing(cursor="").next_query(body) == {"after": "7"}


def test_no_other_parameter_may_be_the_cursor() -> None:
    assert listing().may_be_cursor("after")
    assert not listing().may_be_cursor("page_token")
    assert listing(cursor="").may_be_cursor("page_token")


def test_the_cursor_may_be_what_names_the_last_entry_of_a_page() -> None:
    """Nothing tells then that there is no further page, but the empty one after the last."""
    queries: list[dict[str, str]] = []

    def ask(query: Mapping[str, str]) -> Interaction:
        queries.append(dict(query))
        start = int(query.get("after", -1)) + 1
        body = json.dumps({"rooms": ROOMS[start : start + 2]}).encode()
        media = (("Content-Type", "application/json"),)
        request = Request("GET", "http://127.0.0.1/rooms", (), None)
        return Interaction(request, Response(200, media, body), at=datetime.now(UTC))

    pages = [*pages_of(listing(next=None, last=("id",)), "id", ask)]
    assert [query.get("after") for query in queries] == [None, "1", "3", "4"]
    assert [len(page.rooms) for page in pages] == [2, 2, 1, 0]
    assert [page.is_last for page in pages] == [False, False, False, True]


@pytest.mark.parametrize("entry", [{}, {"id": None}, {"id": ["a"]}, "a", None])
def test_what_names_no_entry_is_no_cursor(entry: Json) -> None:
    assert listing(next=None, last=("id",)).next_query({"rooms": [entry]}) is None
