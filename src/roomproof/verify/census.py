"""The census: which rooms are there before a run makes its first one. None of them is ever taken for one of the run's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from roomproof.contract.model import SupportCall
from roomproof.interaction import BUSY, Interaction
from roomproof.judge.seen import read_answer
from roomproof.verify.session import Session

Json = Any
MOST_PAGES = 50
"""So many pages are asked for: ten thousand rooms fit, where a page holds 250."""
SHARE = 10
"""Of the requests that a run may send at most, one in so many."""
FEWEST = 2


def take_census(session: Session) -> None:
    """Take note of the rooms that are there, where the contract has a way to list them.

    Where there are too many of them, or the list cannot be read, time and name have to tell which rooms are new. Raises CutShortError
    as a session does.
    """
    listing = session.contract.listing
    if listing is None or session.subject.ours:
        return
    most = session.options.max_requests
    pages = MOST_PAGES if most is None else min(MOST_PAGES, max(most // SHARE, FEWEST))
    query: Mapping[str, str] | None = _first(listing)
    known: set[str] = set()
    for number in range(1, pages + 1):
        interaction = session.page(listing, query or {})
        rooms = _rooms_in(session, listing, interaction)
        if rooms is None:
            return
        query = _next(listing, interaction, number)
        # The last page is one without a next one, or an empty one: some providers give the same page again and again.
        session.target.meet(rooms, whole=not rooms or (query is None and "next" in listing.options))
        if query is None or not set(rooms) - known:
            return
        known.update(rooms)


def _rooms_in(session: Session, listing: SupportCall, interaction: Interaction) -> list[str] | None:
    """Return the ids on a page, None where an answer is no page."""
    response = interaction.response
    if response is None or response.status in BUSY or not 200 <= response.status < 300:
        return None
    found = _at(read_answer(response.body), listing.options.get("at", ()))
    entries = found if isinstance(found, list) else None
    return None if entries is None else list(_ids(entries, session.contract.room.id))


def _ids(entries: list[Json], name: str) -> Iterator[str]:
    for entry in entries:
        if isinstance(entry, dict) and isinstance(entry.get(name), str | int):
            yield str(entry[name])


def _first(listing: SupportCall) -> Mapping[str, str]:
    page = listing.options.get("page")
    return {**listing.options.get("query", {}), **({page["parameter"]: str(page.get("first", 1))} if page else {})}


def _next(listing: SupportCall, interaction: Interaction, number: int) -> Mapping[str, str] | None:
    """Return the query of the page after the one of a number, None where that was the last one.

    Of a link only the query is followed: wherever it leads, credentials go to the server that was asked.
    """
    page = listing.options.get("page")
    if page:
        return {**_first(listing), page["parameter"]: str(page.get("first", 1) + number * page.get("step", 1))}
    if "next" not in listing.options or interaction.response is None:
        return None
    link = _at(read_answer(interaction.response.body), listing.options["next"])
    try:
        return dict(parse_qsl(urlsplit(link).query)) or None if isinstance(link, str) else None
    except ValueError:
        return None


def _at(node: Json, way: tuple[str, ...]) -> Json:
    for step in way:
        node = node.get(step) if isinstance(node, dict) else None
    return node
