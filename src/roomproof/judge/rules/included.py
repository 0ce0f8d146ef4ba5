"""`included`: a field is in the response where a query parameter asks for it, and holds nothing where it is
asked to be left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from roomproof.contract.resource import Effect
from roomproof.judge.evidence import Evidence, ShownValue, broken, kept
from roomproof.judge.judged_interaction import JudgedInteraction
from roomproof.judge.options import QueryName, read_options
from roomproof.judge.rule import Rule, Scene, WantedRequest
from roomproof.judge.walk import entries_of

ASKED, LEFT_OUT = "true", "false"


@dataclass(frozen=True)
class IncludedOptions:
    """The query parameter, a boolean, and the field of a room that it asks for.

    `if_any` tells that the field may be missing although it is asked for, where there is nothing to show;
    `known_by` is a field of the room that is not null where there is something.
    """

    parameter: QueryName
    field: str
    if_any: bool = False
    known_by: str | None = None

    def must_show(self, room: Mapping[str, Any]) -> bool:
        """Whether the field has to hold something in a room, where it is asked for."""
        return self.known_by is not None and room.get(self.known_by) is not None


def included(seen: JudgedInteraction) -> Iterator[Evidence]:
    """Asks for a field and asks to leave it out: it is there, and it holds nothing."""
    if not seen.response.accepted or seen.request.violations or seen.is_second_hand:
        return
    for clause in RULE.clauses(seen.operation):
        options = read_options(IncludedOptions, clause)
        asked = seen.interaction.request.query.get(options.parameter)
        for room in _shown(seen) if asked in (ASKED, LEFT_OUT) else ():
            value = room.get(options.field)
            if asked == LEFT_OUT and value:
                text = f"{options.parameter} is false, and {options.field} is shown"
                yield broken(clause, text, expected="nothing", received=ShownValue(value))
            elif asked == ASKED and not value and (options.must_show(room) or _is_missing(options, room)):
                text = f"{options.parameter} is true, and there is no {options.field}"
                yield broken(clause, text, expected=options.field, received="none")
            elif asked == ASKED and options.field in room:
                yield kept(clause)


def _is_missing(options: IncludedOptions, room: Mapping[str, Any]) -> bool:
    return options.field not in room and not options.if_any


def _shown(seen: JudgedInteraction) -> list[Mapping[str, Any]]:
    if seen.operation.effect is Effect.LIST:
        return entries_of(seen.operation, seen.response.body)
    return [seen.response.room] if seen.response.room is not None else []


def _wants(scene: Scene) -> Iterator[WantedRequest]:
    for clause in RULE.clauses(scene.operation):
        options = read_options(IncludedOptions, clause)
        for text in (ASKED, LEFT_OUT):
            note = f"{options.parameter} is {text}"
            yield WantedRequest(note, query={options.parameter: text})


RULE = Rule(
    "included",
    included,
    effects=frozenset({Effect.READ, Effect.LIST}),
    options=IncludedOptions,
    wants=(_wants,),
    row="shown if asked for",
)
