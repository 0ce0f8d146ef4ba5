"""A walk through the pages of a list: which entries the pages so far have shown, and whether these are
all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from roomproof.contract.model import Operation
from roomproof.contract.resource import Listing, value_at
from roomproof.interaction import Request, Response

Json = Any


@dataclass(frozen=True)
class ListWalk:
    """A page of a list, and those before it. `page` are the ids on it in their order, `earlier` those of the
    pages before.

    `number` counts pages from 1. `shows_all` tells that all entries that the request asks for have been shown
    by now; `filters` are the parameters that may leave others out. `link` is the query of the next page,
    where the response has a link to it, and `path` where that leads to, `before` the
    ids on the page before; `size` how many entries were asked for, None where the request
    leaves that to the provider. `asked` is what the request said of anything but pages.
    """

    page: tuple[str, ...]
    earlier: frozenset[str]
    number: int
    shows_all: bool
    filters: Mapping[str, str]
    link: Mapping[str, str] | None
    size: int | None
    asked: Mapping[str, str]
    path: str = ""
    before: frozenset[str] = frozenset()

    @property
    def shown(self) -> frozenset[str]:
        """The ids on all pages so far."""
        return self.earlier | set(self.page)

    @property
    def is_whole(self) -> bool:
        """Whether the pages so far have shown all entries that there are."""
        return self.shows_all and not self.filters


def walked(
    operation: Operation,
    request: Request,
    response: Response,
    body: Json,
    before: ListWalk | None,
) -> ListWalk | None:
    """Return the walk that a page is part of, given the page before it; None where a response shows no page.

    What is no first page, and does not follow the one before, is a page of nobody knows which number: nothing
    is whole then.
    """
    listing = operation.listing
    entries = None if listing is None else listing.shown(body)
    if listing is None or entries is None:
        return None
    page = tuple(
        str(entry[listing.key]) for entry in entries if isinstance(entry, dict) and listing.key in entry
    )
    told = _told(operation, request)
    is_first = _is_first(listing, request)
    previous = None if is_first or before is None else before
    if previous is not None and not _follows(listing, request, told, previous):
        previous = None
    number = previous.number + 1 if previous is not None else 1
    earlier = previous.shown if previous is not None else frozenset[str]()
    filters = previous.filters if previous is not None else _filters(operation, listing, told)
    shows_all = (is_first or previous is not None) and len(page) == len(entries)
    shows_all = shows_all and _is_last(listing, page, response, body)
    link, size = listing.next_query(body), _size(listing, request)
    # Of no entries at all, or of a size that is none, nobody knows how many there are.
    shows_all = shows_all and (size != 0 if size is not None else listing.size not in request.query)
    path, last = _path(listing, request, body), frozenset(previous.page if previous is not None else ())
    return ListWalk(
        page, earlier, number, shows_all, filters, link, size, _beside_pages(listing, told), path, last
    )


def entries_of(operation: Operation, body: Any) -> list[Mapping[str, Any]]:
    """Return the entries of the list that a response of an operation shows, none where it shows no list."""
    shown = operation.listing.shown(body) if operation.listing is not None else None
    return [entry for entry in shown or () if isinstance(entry, dict)]


def _is_first(listing: Listing, request: Request) -> bool:
    if listing.page is not None:
        return request.query.get(listing.page.parameter, str(listing.page.first)) == str(listing.page.first)
    return not any(listing.may_be_cursor(name) for name in request.query)


def _told(operation: Operation, request: Request) -> dict[str, str]:
    """Return what a request says by its query, and by headers and cookies that the contract knows."""
    headers = {one.name.lower() for one in operation.parameters if one.place == "header"}
    cookies = {one.name for one in operation.parameters if one.place == "cookie"}
    told = {name.lower(): value for name, value in request.headers if name.lower() in headers}
    return told | {name: value for name, value in request.cookies.items() if name in cookies} | request.query


def _beside_pages(listing: Listing, told: Mapping[str, str]) -> dict[str, str]:
    parameter = listing.page.parameter if listing.page is not None else ""
    return {name: value for name, value in told.items() if name != parameter}


def _follows(listing: Listing, request: Request, told: Mapping[str, str], before: ListWalk) -> bool:
    """Whether a page is the next one of the same list: with another order or size it is another list."""
    if listing.page is not None:
        past = before.number if listing.page.step == 1 else len(before.shown)
        is_next = request.query.get(listing.page.parameter, "") == str(listing.page.first + past)
        return is_next and _beside_pages(listing, told) == before.asked
    link = before.link
    if link is None or any(request.query.get(name) != value for name, value in link.items()):
        return False
    return all(name in link or before.asked.get(name) == value for name, value in told.items())


def _is_last(listing: Listing, page: tuple[str, ...], response: Response, body: Json) -> bool:
    if any(name.lower() == "link" and "next" in value.lower() for name, value in response.headers):
        # It leads to a next page, wherever the contract looks for one (RFC 8288, 3.3).
        return False
    if listing.next is not None:
        # What is there and no link that can be followed, as a bare cursor is, leads on nevertheless.
        return not value_at(body, listing.next)
    if not listing.tells_pages:
        return not listing.size and not _leads_on(listing, body, len(page))
    # A page that is not full may be one that the provider makes as small as it likes; the empty one ends
    # every list.
    return not page


def _leads_on(listing: Listing, body: Json, count: int) -> bool:
    """Whether something beside the entries may tell of more of them, of a list of whose pages a contract says
    nothing: whatever is not empty there, but the number of the entries.
    """
    for step in listing.entries:
        beside = [value for name, value in body.items() if name != step]
        if any(value is True or (value and value != count) for value in beside):
            return True
        body = body[step]
    return False


def _path(listing: Listing, request: Request, body: Json) -> str:
    """Return the path to which the link to the next page leads; empty where there is none, or nobody can read
    it.
    """
    link = listing.link(body)
    if link is None or listing.next_query(body) is None:
        return ""
    try:
        return urlsplit(urljoin(request.url, link)).path
    except ValueError:
        return ""


def _size(listing: Listing, request: Request) -> int | None:
    text = request.query.get(listing.size, "") if listing.size else ""
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _filters(operation: Operation, listing: Listing, told: Mapping[str, str]) -> dict[str, str]:
    """Return the parameters that may leave entries out: those of the contract, but for those of pages, those
    that can have one value only, and those with which the contract asks for all entries.
    """
    known = {one.name: one for one in operation.parameters}
    known |= {name.lower(): one for name, one in known.items() if one.place == "header"}
    may_filter = {name for name, one in known.items() if not (one.required and _has_one_value(one.schema))}
    may_filter |= {*listing.query, *listing.find}
    may_filter |= {clause.options.get("parameter", "") for clause in operation.clauses}
    may_filter -= {listing.size, listing.page.parameter if listing.page else ""}
    sent = {name: value for name, value in told.items() if name in may_filter}
    return {name: value for name, value in sent.items() if listing.query.get(name) != value}


def _has_one_value(schema: Mapping[str, Json]) -> bool:
    return "const" in schema or len(schema.get("enum", ())) == 1
