"""`listed-echo`: every entry with which a room is made, or which a request changes, is listed as it was
sent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from roomproof.contract.clause import Clause
from roomproof.contract.resource import Effect
from roomproof.judge.evidence import Evidence, kept
from roomproof.judge.judged_interaction import JudgedInteraction
from roomproof.judge.listing import ListedOptions, compared, made_with, wrong
from roomproof.judge.options import FieldPlace, read_options
from roomproof.judge.rooms import ToldEntries
from roomproof.judge.rule import Rule, Sight
from roomproof.judge.walk import ListWalk

_TELLING = frozenset({Effect.CREATE, Effect.READ, Effect.UPDATE, Effect.REPLACE, Effect.ACTION})


def listed_echo(seen: JudgedInteraction) -> Iterator[Evidence]:
    """Makes a room with list entries, or changes them, and reads the list: every entry is there as it was
    sent.

    Of a change, one that was sent as null is not there any more, and one that was not sent still is
    (RFC 7396).
    """
    for clause in RULE.clauses(seen.operation):
        options = read_options(ListedOptions, clause)
        told = _told(seen) if seen.operation.effect is Effect.ACTION else None
        entries = made_with(seen, clause) if told is None else _entries(told, clause)
        for key, entry in entries.items():
            if isinstance(entry, dict) and isinstance(entry.get(options.member), str):
                yield from compared(seen, clause, options, key, entry[options.member])
        if told is not None and seen.walk is not None and seen.asked and seen.asked.id == options.call:
            yield from _others(seen, clause, seen.walk, told)


def _told(seen: JudgedInteraction) -> ToldEntries | None:
    told = seen.around.told_entries if seen.around is not None else None
    return told if told is not None and told.sent.operation == seen.operation.id else None


def _entries(told: ToldEntries, clause: Clause) -> Mapping[str, Any]:
    entries = told.fields.get(clause.path[0])
    return entries if isinstance(entries, dict) else {}


def _others(seen: JudgedInteraction, clause: Clause, walk: ListWalk, told: ToldEntries) -> Iterator[Evidence]:
    """Compare the ids that a list shows with those of before, and with those that were to go."""
    entries = _entries(told, clause)
    for key in [key for key, entry in entries.items() if entry is None]:
        if key in walk.page:
            text = f"{key} was sent as null, and the list shows it"
            yield from wrong(seen, clause, text, "no such entry", key)
        elif walk.shows_all and key not in walk.shown:
            yield kept(clause)
    if not told.kept or not walk.shows_all:
        return
    lost = sorted(told.kept - walk.shown)
    if lost:
        text = f"{lost[0]} was there before, and a request that does not name it took it away"
        yield from wrong(seen, clause, text, lost[0], "no such entry")
    else:
        yield kept(clause)


RULE = Rule(
    "listed-echo",
    listed_echo,
    effects=_TELLING,
    sees=(Sight.LISTING,),
    about=FieldPlace.BODY,
    options=ListedOptions,
    row="shown in the response",
)
