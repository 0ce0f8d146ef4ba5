"""`listed-default`: an entry that leaves a field out when a room is made is listed with its default."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from roomproof.judge.evidence import Evidence
from roomproof.judge.judged_interaction import JudgedInteraction
from roomproof.judge.listing import ListedOptions, compared, made_with
from roomproof.judge.options import FieldPlace, read_options
from roomproof.judge.rule import Rule, Sight


@dataclass(frozen=True, kw_only=True)
class ListedDefaultOptions(ListedOptions):
    """The default, any JSON value, besides."""

    default: Any


def listed_default(seen: JudgedInteraction) -> Iterator[Evidence]:
    """Makes a room with a list entry that leaves the field out, and reads the list: the entry has the
    default.
    """
    for clause in RULE.clauses(seen.operation):
        options = read_options(ListedDefaultOptions, clause)
        for key, entry in made_with(seen, clause).items():
            if isinstance(entry, dict) and options.member not in entry:
                yield from compared(seen, clause, options, key, options.default)


RULE = Rule(
    "listed-default",
    listed_default,
    sees=(Sight.LISTING,),
    about=FieldPlace.BODY,
    options=ListedDefaultOptions,
    row="default",
)
