"""`default-value`: a field of what is in the room has its default, if the room's own was never set."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from roomproof.judge.defaults import never_set
from roomproof.judge.evidence import Evidence
from roomproof.judge.judged_interaction import JudgedInteraction
from roomproof.judge.options import FieldPlace, read_options
from roomproof.judge.rule import Rule, Sight


@dataclass(frozen=True)
class DefaultValueOptions:
    """The default, any JSON value."""

    default: Any


def default_value(seen: JudgedInteraction) -> Iterator[Evidence]:
    """Looks at rooms whose creation was seen: a field of what is in the room has its default, if the room's
    own was never set.
    """
    for clause in RULE.clauses(seen.operation):
        yield from never_set(seen, clause, read_options(DefaultValueOptions, clause).default)


RULE = Rule(
    "default-value",
    default_value,
    sees=(Sight.OPERATION, Sight.CREATION),
    about=FieldPlace.ROOM,
    options=DefaultValueOptions,
    lost_with_creation=True,
    row="default",
)
