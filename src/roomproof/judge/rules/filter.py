"""`filter`: a list that is filtered shows what fits, all of it, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from roomproof.contract.clause import Path, path_of, spoken, values_at
from roomproof.contract.formats import Instant, instant, is_plain_date_time, midnight
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
APART = timedelta(days=2)
"""So far from the time of a room are those that are asked for: what counts of the day that is asked for no
document need say.
"""
_DAY = 86_400 * 10**9
Values = list[tuple[Path, Any]]
Fits = Callable[[Values], bool | None]
"""Whether the values of an entry's field are among those asked for; None where nobody can say."""


@dataclass(frozen=True)
class FilterOptions:
    """The query parameter that filters, and the field of an entry that has to have its value; with `compare`
    a time that is not before it (`at-least`), or not after it (`at-most`).
    """

    parameter: QueryName
    field: str
    compare: Literal["at-least", "at-most"] | None = None


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
        wanted, path = query.get(options.parameter), path_of(options.field)
        if not wanted:
            continue
        fits = _test(seen, options, wanted)
        entries = entries_of(seen.operation, seen.response.body)
        found = [values for entry in entries if (values := values_at(entry, path))]
        others = [values for values in found if fits(values) is False]
        told = f"{options.compare.replace('-', ' ')} " if options.compare is not None else ""
        if others:
            received = ShownValue(others[0][0][1])
            text = (
                f"{spoken(path)} is to be {told}{shown(wanted)}, and the list shows an entry in which it "
                f"is {received}"
            )
            yield broken(clause, text, expected=ShownValue(wanted), received=received)
            continue
        is_all = walk.shows_all and "," not in wanted and set(walk.filters) == {options.parameter}
        missing = _missing(seen, walk, wanted, options) if is_all else None
        if missing is not None:
            text = f"{missing} has the {spoken(path)} {told}{shown(wanted)}, and the list does not show it"
            yield broken(
                clause, text, expected=f"an entry {missing}", received=f"{len(entries)} other entries"
            )
        elif found and any(_has_other(state, path, fits) for state in seen.rooms.existing.values()):
            # Of a list in which everything has the value nobody knows whether it was filtered.
            yield kept(clause)


def _has_other(state: RoomState, path: Path, fits: Fits) -> bool:
    """Whether something that is there has another value than those that are asked for."""
    values = values_at(state.known, path)
    return bool(values) and fits(values) is False


def _test(seen: JudgedInteraction, options: FilterOptions, wanted: str) -> Fits:
    """Return what tells whether values are among those that a query asks for."""
    if options.compare is not None:
        asked, outward = _moment(wanted), 1 if options.compare == "at-least" else -1
        return lambda values: _is_beyond(values, asked, outward)
    choices = _choices(seen, options, wanted)
    return lambda values: _fits(values, choices)


def _moment(value: Any) -> Instant | None:
    return (instant(value) or midnight(value)) if isinstance(value, str) else None


def _is_beyond(values: Values, asked: Instant | None, outward: int) -> bool | None:
    """Whether times are later than one that is asked for, or earlier (`outward` -1).

    Of the same day nobody can say it, for documents speak of dates; nor of what is no time, such as a null.
    """
    times = [moment for _, value in values if (moment := _moment(value)) is not None]
    if (
        asked is None
        or not times
        or any(one.nanoseconds // _DAY == asked.nanoseconds // _DAY for one in times)
    ):
        return None
    return all((one > asked) is (outward > 0) for one in times)


def _choices(seen: JudgedInteraction, options: FilterOptions, wanted: str) -> list[str]:
    """Return the values that a parameter asks for: several where its schema is that of an array."""
    schema = next((one.schema for one in seen.operation.parameters if one.name == options.parameter), {})
    return wanted.split(",") if schema.get("type") == "array" else [wanted]


def _fits(values: Values, choices: list[str]) -> bool:
    """Whether a value, or an item of one, is among those asked for, whatever the case of letters."""
    several = [value if isinstance(value, list) else [value] for _, value in values]
    texts = [as_text(item) for items in several for item in items]
    return any(_is_asked_for(text, choice) for text in texts for choice in choices)


def _is_asked_for(text: str, choice: str) -> bool:
    if text.strip().casefold() == choice.strip().casefold() or echoes(choice, text, None):
        return True
    one, other = (read_text({"type": "number"}, spelling.strip()) for spelling in (text, choice))
    return isinstance(one, float) and one == other


def _missing(seen: JudgedInteraction, walk: ListWalk, wanted: str, options: FilterOptions) -> str | None:
    """Return the id of a room that is there for certain, has the value, and is not shown; else None."""
    here, path = seen.inside, path_of(options.field)
    fits = _test(seen, options, wanted)
    for state in seen.rooms.existing.values():
        is_certain = state.is_as_made and not state.may_be_gone and state.inside == here
        if (
            not is_certain
            or state.own_id in walk.shown
            or not _has_to_fit(values_at(state.known, path), options, wanted, fits)
        ):
            continue
        if _is_old_enough(seen, state):
            return state.id
    return None


def _has_to_fit(values: Values, options: FilterOptions, wanted: str, fits: Fits) -> bool:
    """Whether a room is surely among those asked for: its value is the very text, or clearly on the right
    side.
    """
    if options.compare is not None:
        return fits(values) is True
    return any(as_text(value) == wanted for _, value in values)


def _is_old_enough(seen: JudgedInteraction, state: RoomState) -> bool:
    """Whether a room is so old that the list has to show it: a `listed` clause may give it time."""
    return is_over(longest(listed.RULE, seen.contract), state.made_at, seen.interaction.at)


def _wants(scene: Scene) -> Iterator[WantedRequest]:
    for clause in RULE.clauses(scene.operation):
        options = read_options(FilterOptions, clause)
        values = [room.get(options.field) for room in scene.known()]
        if options.compare is not None:
            yield from _wanted_times(values, options)
            continue
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


def _wanted_times(values: list[Any], options: FilterOptions) -> Iterator[WantedRequest]:
    """Yield two requests: for a time by which the outermost room is to be shown, and one by which it is
    not.
    """
    times = sorted(
        datetime.fromisoformat(value).astimezone(UTC)
        for value in values
        if isinstance(value, str) and is_plain_date_time(value) and instant(value) and value[:2] == "20"
    )
    outward = 1 if options.compare == "at-least" else -1
    for text in dict.fromkeys(times[-1:] if outward > 0 else times[:1]):
        for asked in (text - outward * APART, text + outward * APART):
            spelled = asked.strftime("%Y-%m-%dT%H:%M:%SZ")
            note = f"only those whose {options.field} is {options.compare} {spelled}"
            yield WantedRequest(note, query={options.parameter: spelled})


RULE = Rule(
    "filter",
    filter_,
    effects=frozenset({Effect.LIST}),
    options=FilterOptions,
    wants=(_wants,),
    row="filtered list",
)
