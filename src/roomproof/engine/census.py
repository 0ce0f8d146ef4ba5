"""The census: which rooms are there before a run makes its first one. None of them is ever accepted for one
of the run's.
"""

from __future__ import annotations

from roomproof.engine.pages import MOST_PAGES, pages_of
from roomproof.engine.session import Session

SHARE = 10
"""Of the requests that a run may send at most, one in so many."""
FEWEST = 2


def take_census(session: Session) -> None:
    """Take note of the rooms that are there, where the contract has a way to list them.

    Where there are too many of them, or the list cannot be read, time and name have to tell which rooms are
    new. Raises CutShortError as a session does.
    """
    listing, id_field = session.contract.listing, session.contract.room.id
    if listing is None or listing.listing is None or session.subject.ours:
        return
    most = session.options.max_requests
    pages = MOST_PAGES if most is None else min(MOST_PAGES, max(most // SHARE, FEWEST))
    for page in pages_of(listing.listing, id_field, lambda query: session.page(listing, query), pages):
        session.target.meet((str(room[id_field]) for room in page.rooms), whole=page.is_last)
