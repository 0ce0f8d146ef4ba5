"""`counted`: what a list tells of its pages and of how many entries there are agrees with what it shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from roomproof.contract.clause import path_of, values_at
from roomproof.contract.resource import Effect
from roomproof.judge.evidence import Evidence, ShownValue, broken, kept
from roomproof.judge.judged_interaction import Json, JudgedInteraction
from roomproof.judge.options import read_options
from roomproof.judge.rule import Rule
from roomproof.judge.walk import ListWalk


@dataclass(frozen=True)
class CountedOptions:
    """The ways to the number of the page, its size, the number of all entries and that of all pages."""

    page: str | None = None
    size: str | None = None
    entries: str | None = None
    pages: str | None = None


def counted(seen: JudgedInteraction) -> Iterator[Evidence]:
    """Turns the pages of a list: the number and the size of a page are those that were asked for, and there
    are as many entries and pages as it says.
    """
    walk = seen.walk
    if walk is None or seen.is_second_hand:
        return
    for clause in RULE.clauses(seen.operation):
        options = read_options(CountedOptions, clause)
        found = [one for one in _compared(seen, walk, options) if one[1] is not None]
        wrong = next((one for one in found if one[1] != one[2]), None)
        if wrong is not None:
            name, told, counts = wrong
            text = f"{name} is {told}, and should be {counts}"
            yield broken(clause, text, expected=ShownValue(counts), received=ShownValue(told))
        elif found:
            yield kept(clause)


def _compared(
    seen: JudgedInteraction, walk: ListWalk, options: CountedOptions
) -> Iterator[tuple[str, int | None, int]]:
    """Yield the numbers of a response that something is known of: which, what it is, what it should be."""
    body, listing = seen.response.body, seen.operation.listing
    told = {way: _number(body, way) for way in (options.size, options.entries) if way}
    size, entries = told.get(options.size or ""), told.get(options.entries or "")
    if options.page and listing is not None and listing.page is not None and listing.page.step == 1:
        text = seen.interaction.request.query.get(listing.page.parameter, str(listing.page.first))
        if text.isdecimal() and len(text) < 10:
            yield options.page, _number(body, options.page), int(text)
    if options.size and walk.size is not None:
        yield options.size, size, walk.size
    are_fewer = entries is not None and entries < len(walk.shown)
    if options.entries and (walk.shows_all or are_fewer):
        yield options.entries, entries, len(walk.shown)
    # Whether no entries are one page or none, nobody says.
    if options.pages and size and entries:
        yield options.pages, _number(body, options.pages), -(-entries // size)


def _number(body: Json, way: str) -> int | None:
    values = [value for _, value in values_at(body, path_of(way))]
    return values[0] if values and type(values[0]) is int else None


RULE = Rule(
    "counted", counted, effects=frozenset({Effect.LIST}), options=CountedOptions, row="counts of a list"
)
