"""`listed-echo`: every entry with which a room is made is listed as it was sent."""

from __future__ import annotations

from collections.abc import Iterator

from roomproof.judge.evidence import Evidence
from roomproof.judge.judged_interaction import JudgedInteraction
from roomproof.judge.listing import ListedOptions, compared, made_with
from roomproof.judge.options import FieldPlace, read_options
from roomproof.judge.rule import Rule, Sight


def listed_echo(seen: JudgedInteraction) -> Iterator[Evidence]:
    """Makes a room with list entries, and reads the list: every entry is there as it was sent."""
    for clause in RULE.clauses(seen.operation):
        options = read_options(ListedOptions, clause)
        for key, entry in made_with(seen, clause).items():
            if isinstance(entry, dict) and isinstance(entry.get(options.member), str):
                yield from compared(seen, clause, options, key, entry[options.member])


RULE = Rule(
    "listed-echo",
    listed_echo,
    sees=(Sight.LISTING,),
    about=FieldPlace.BODY,
    options=ListedOptions,
    row="shown in the response",
)
