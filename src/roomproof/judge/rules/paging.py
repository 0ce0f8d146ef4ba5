"""`paging`: pages of a list show each entry once, no more of them than were asked for, and lead to the next
page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from urllib.parse import unquote

from roomproof.contract.resource import Effect
from roomproof.judge.evidence import Evidence, ShownValue, broken, kept, shown
from roomproof.judge.judged_interaction import JudgedInteraction
from roomproof.judge.rule import Circumstances, Rule
from roomproof.judge.rules import listed
from roomproof.judge.walk import ListWalk

_NO_PAGE = (400, 404, 422)
"""Status codes that say of a link that it leads to no page."""


def paging(seen: JudgedInteraction) -> Iterator[Evidence]:
    """Turns the pages of a list, small ones too: no entry comes twice, no page is larger than asked for,
    links lead on.
    """
    walk = seen.walk
    for clause in RULE.clauses(seen.operation):
        if walk is None:
            before = seen.rooms.walks.get(seen.interaction.request.path)
            # A cursor may have run out, and who asks may have lost the right to.
            is_rejected = (
                seen.response.rejected
                and not seen.request.violations
                and seen.response.response.status in _NO_PAGE
            )
            if before is not None and not seen.is_second_hand and _is_linked(seen, before) and is_rejected:
                received = f"status {seen.response.response.status}"
                yield broken(
                    clause,
                    "the link to the next page leads to none",
                    expected="a page",
                    received=received,
                )
            continue
        if _leads_astray(seen, walk):
            received = f"a link to {shown(walk.path)}"
            yield broken(
                clause,
                "the link to the next page leads to no list of these",
                expected="a link to the list",
                received=received,
            )
            continue
        if walk.page and set(walk.page) == walk.before:
            # Some providers give the last page again for each number past it: then all entries were shown.
            missing = listed.missing(seen, walk) if not walk.filters and not seen.is_second_hand else None
            if missing is not None:
                text = f"page {walk.number} shows what the page before it shows, and none shows {missing}"
                yield broken(clause, text, expected="the next entries", received="the same entries")
            continue
        repeats = [one for one in walk.page if one in walk.earlier]
        twice = [one for one, times in Counter(walk.page).items() if times > 1]
        if walk.size is not None and len(walk.page) > walk.size:
            text = f"a page of {walk.size} entries at most has {len(walk.page)}"
            yield broken(
                clause, text, expected=f"at most {walk.size} entries", received=f"{len(walk.page)} entries"
            )
        elif twice and not seen.is_second_hand:
            text = f"a page shows {shown(twice[0])} twice"
            yield broken(clause, text, expected="each entry once", received="the same entry twice")
        elif repeats and not seen.is_second_hand:
            text = f"page {walk.number} shows {shown(repeats[0])}, which a page before it shows, too"
            yield broken(
                clause,
                text,
                expected="entries that no page before it shows",
                received=ShownValue(repeats[0]),
            )
        elif walk.number > 1 and walk.page:
            yield kept(clause)


def _leads_astray(seen: JudgedInteraction, walk: ListWalk) -> bool:
    """Whether a link leads to something else than the list, whatever stands before the path of the
    contract.
    """
    if not walk.path or seen.is_second_hand:
        return False
    found = seen.contract.match(seen.interaction.request.method, walk.path)
    if found is None or found[0].id != seen.operation.id:
        return True
    return any(unquote(value) != unquote(seen.parameters.get(name, "")) for name, value in found[1].items())


def _is_linked(seen: JudgedInteraction, before: ListWalk) -> bool:
    query = seen.interaction.request.query
    return before.link is not None and all(query.get(name) == value for name, value in before.link.items())


def _unexercised(known: Circumstances) -> str:
    operation = known.contract.by_id(known.clause.operation)
    listing = operation.listing if operation is not None else None
    if listing is not None and not listing.tells_pages:
        return "the contract does not say how one page follows another (x-list: next, last or page)"
    return "no list had a second page"


RULE = Rule("paging", paging, effects=frozenset({Effect.LIST}), row="pages", unexercised=_unexercised)
