"""`filter`: a list that is filtered shows what fits, all of it, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from roomproof.contract.clause import Path, path_of, spoken, values_at
from roomproof.contract.parameters import as_text, read_text
from roomproof.contract.resource import Effect
from roomproof.judge.delay import is_over, longest
from roomproof.judge.equality import echoes
from roomproof.judge.evidence import Evidence, ShownValue, broken, kept, shown
from roomproof.judge.judged_interaction import JudgedInteraction
from roomproof.judge.options import QueryName, read_options
from roomproof.judge.rooms import RoomState
from roomproof.judge.rule import Rule, Scene, WantedRequest
from roomproof.judge.rules import listed
from roomproof.judge.walk import ListWalk, entries_of

MOST_WANTED = 2
"""So many values are asked for."""


@dataclass(frozen=True)
class FilterOptions:
    """The query parameter that filters, and the field of an entry that has to have its value."""

    parameter: QueryName
    field: str


def filter_(seen: JudgedInteraction) -> Iterator[Evidence]:
    """Asks for a list with a value of a room that is there: the room is shown, and nothing that has another
    value.
    """
    walk, query = seen.walk, seen.interaction.request.query
    # A recorder may have replaced what was asked for, or what the list shows.
    if walk is None or seen.is_second_hand:
        return
    for clause in RULE.clauses(seen.operation):
        options = read_options(FilterOptions, clause)
        wanted = query.get(options.parameter)
        if not wanted:
            continue
        path = path_of(options.field)
        choices = _choices(seen, options, wanted)
        entries = entries_of(seen.operation, seen.response.body)
        found = [values for entry in entries if (values := values_at(entry, path))]
        others = [values for values in found if not _fits(values, choices)]
        if others:
            received = ShownValue(others[0][0][1])
            text = (
                f"{spoken(path)} is to be {shown(wanted)}, and the list shows an entry in which it "
                f"is {received}"
            )
            yield broken(clause, text, expected=ShownValue(wanted), received=received)
            continue
        is_all = walk.shows_all and "," not in wanted and set(walk.filters) == {options.parameter}
        lacking = missing(seen, walk, partial(_has_value, path=path, wanted=wanted)) if is_all else None
        if lacking is not None:
            text = f"{lacking} has the {spoken(path)} {shown(wanted)}, and the list does not show it"
            yield broken(
                clause, text, expected=f"an entry {lacking}", received=f"{len(entries)} other entries"
            )
        elif found and any(_has_other(state, path, choices) for state in seen.rooms.existing.values()):
            # Of a list in which everything has the value nobody knows whether it was filtered.
            yield kept(clause)


def _has_other(state: RoomState, path: Path, choices: list[str]) -> bool:
    """Whether something that is there has another value than those that are asked for."""
    values = values_at(state.known, path)
    return bool(values) and not _fits(values, choices)


def _choices(seen: JudgedInteraction, options: FilterOptions, wanted: str) -> list[str]:
    """Return the values that a parameter asks for: several where its schema is that of an array."""
    schema = next((one.schema for one in seen.operation.parameters if one.name == options.parameter), {})
    return wanted.split(",") if schema.get("type") == "array" else [wanted]


def _fits(values: list[tuple[Path, Any]], choices: list[str]) -> bool:
    """Whether a value, or an item of one, is among those asked for, whatever the case of letters."""
    several = [value if isinstance(value, list) else [value] for _, value in values]
    texts = [as_text(item) for items in several for item in items]
    return any(_is_asked_for(text, choice) for text in texts for choice in choices)


def _is_asked_for(text: str, choice: str) -> bool:
    if text.strip().casefold() == choice.strip().casefold() or echoes(choice, text, None):
        return True
    one, other = (read_text({"type": "number"}, spelling.strip()) for spelling in (text, choice))
    return isinstance(one, float) and one == other


def missing(seen: JudgedInteraction, walk: ListWalk, has_to_fit: Callable[[RoomState], bool]) -> str | None:
    """Return the id of a room that is there for certain, has to fit what is asked for, and is not shown; else
    None. A `listed` clause may give the list time.
    """
    for state in seen.rooms.existing.values():
        is_certain = state.is_as_made and not state.may_be_gone and state.inside == seen.inside
        if not is_certain or state.own_id in walk.shown or not has_to_fit(state):
            continue
        if is_over(longest(listed.RULE, seen.contract), state.made_at, seen.interaction.at):
            return state.id
    return None


def _has_value(state: RoomState, path: Path, wanted: str) -> bool:
    return any(as_text(value) == wanted for _, value in values_at(state.known, path))


def _wants(scene: Scene) -> Iterator[WantedRequest]:
    for clause in RULE.clauses(scene.operation):
        options = read_options(FilterOptions, clause)
        values = (room.get(options.field) for room in scene.known())
        # Where several values can be asked for, a comma parts them.
        texts = dict.fromkeys(
            as_text(value)
            for value in values
            if isinstance(value, str | int) and value != "" and "," not in str(value)
        )
        for text in list(texts)[-MOST_WANTED:]:
            yield WantedRequest(
                f"only those whose {options.field} is {text}", query={options.parameter: text}
            )


RULE = Rule(
    "filter",
    filter_,
    effects=frozenset({Effect.LIST}),
    options=FilterOptions,
    wants=(_wants,),
    row="filtered list",
)
