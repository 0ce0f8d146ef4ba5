"""The pages of a list of rooms, as a contract says that they follow one another: by a link to the next one,
or by a number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from roomproof.contract.model import Operation
from roomproof.contract.parameters import as_text
from roomproof.contract.resource import Listing
from roomproof.interaction import BUSY, Interaction
from roomproof.judge.judged_interaction import read_response

Json = Any
MOST_PAGES = 100
"""So many pages are asked for: ten thousand rooms fit, where a page holds 100."""


@dataclass(frozen=True)
class Page:
    """A page as it came, the rooms with an id on it, and whether there is no other one."""

    interaction: Interaction
    rooms: list[Mapping[str, Json]]
    is_last: bool


def pages_of(
    listing: Listing, id_field: str, ask: Callable[[Mapping[str, str]], Interaction], most: int = MOST_PAGES
) -> Iterator[Page]:
    """Yield the pages of a list, so many at most, as `ask` brings the one of a query; it ends with what is no
    page, or shows nothing new.

    The last page is one without a next one, or an empty one: some providers give the same page again and
    again.
    """
    query: Mapping[str, str] | None = first_page(listing)
    known: set[str] = set()
    for number in range(1, most + 1):
        interaction = ask(query or {})
        rooms = _rooms_on(listing, interaction, id_field)
        if rooms is None:
            return
        ids = {str(room[id_field]) for room in rooms}
        query = _next_page(listing, interaction, number, len(known | ids))
        yield Page(interaction, rooms, is_last=not ids or (query is None and listing.next is not None))
        if query is None or not ids - known:
            return
        known |= ids


def first_page(listing: Listing) -> Mapping[str, str]:
    """Return the query of the first page."""
    return {**listing.query, **({listing.page.parameter: str(listing.page.first)} if listing.page else {})}


def largest_pages(operation: Operation, listing: Listing) -> dict[str, str]:
    """Return the query that asks for the largest pages which the contract allows, none where it tells of no
    limit.
    """
    schema = next(
        (one.schema for one in operation.parameters if one.name == listing.size and one.place == "query"), {}
    )
    return {listing.size: as_text(schema["maximum"])} if "maximum" in schema else {}


def _next_page(
    listing: Listing, interaction: Interaction, pages: int, rooms: int
) -> Mapping[str, str] | None:
    """Return the query of the page after so many pages with so many rooms, None where there is no other one.

    Of a link only the query is followed: wherever it leads, credentials go to the server that was asked. What
    is counted in rooms, as a step of more than one is, goes on after those that came: a provider may give
    fewer on a page than were asked for.
    """
    if page := listing.page:
        past = pages if page.step == 1 else rooms
        return {**first_page(listing), page.parameter: str(page.first + past)}
    if interaction.response is None:
        return None
    found = listing.next_query(read_response(interaction.response.body))
    # A link has all that a page is asked for with; a cursor stands beside it.
    return {**listing.query, **found} if found and listing.cursor else found


def _rooms_on(listing: Listing, interaction: Interaction, id_field: str) -> list[Mapping[str, Json]] | None:
    """Return the rooms on a page that have an id, None where a response is no page."""
    response = interaction.response
    if response is None or response.status in BUSY or not 200 <= response.status < 300:
        return None
    found = listing.shown(read_response(response.body))
    if found is None:
        return None
    return [
        entry for entry in found if isinstance(entry, dict) and isinstance(entry.get(id_field), str | int)
    ]
