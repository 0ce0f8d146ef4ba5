"""The census: which rooms are there before a run makes its first one. None of them is ever taken for one of the run's."""

from __future__ import annotations

from collections.abc import Mapping

from roomproof.verify.pages import MOST_PAGES, first_page, next_page, rooms_on
from roomproof.verify.session import Session

SHARE = 10
"""Of the requests that a run may send at most, one in so many."""
FEWEST = 2


def take_census(session: Session) -> None:
    """Take note of the rooms that are there, where the contract has a way to list them.

    Where there are too many of them, or the list cannot be read, time and name have to tell which rooms are new. Raises CutShortError
    as a session does.
    """
    listing, id_member = session.contract.listing, session.contract.room.id
    if listing is None or session.subject.ours:
        return
    most = session.options.max_requests
    pages = MOST_PAGES if most is None else min(MOST_PAGES, max(most // SHARE, FEWEST))
    query: Mapping[str, str] | None = first_page(listing)
    known: set[str] = set()
    for number in range(1, pages + 1):
        interaction = session.page(listing, query or {})
        found = rooms_on(listing, interaction, id_member)
        if found is None:
            return
        rooms = {str(room[id_member]) for room in found}
        query = next_page(listing, interaction, number, len(known | rooms))
        # The last page is one without a next one, or an empty one: some providers give the same page again and again.
        session.target.meet(rooms, whole=not rooms or (query is None and "next" in listing.options))
        if query is None or not rooms - known:
            return
        known |= rooms
