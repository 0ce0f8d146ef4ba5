"""`days`: a list that is filtered by days shows what lies in them, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Literal

from roomproof.contract.clause import Path, path_of, spoken, values_at
from roomproof.contract.formats import Instant, instant, is_date_time, midnight
from roomproof.contract.resource import Effect
from roomproof.judge.evidence import Evidence, ShownValue, broken, kept, shown
from roomproof.judge.judged_interaction import Json, JudgedInteraction
from roomproof.judge.options import QueryName, read_options
from roomproof.judge.rooms import RoomState
from roomproof.judge.rule import Rule, Scene, WantedRequest
from roomproof.judge.rules.filter import missing
from roomproof.judge.walk import entries_of

DAY = timedelta(days=1)
FAR = timedelta(days=3)
"""So far from the times of what is there are the days that are asked for: in which time zone a day begins no
document need say.
"""
LONG_AGO = "2001-02-03"


@dataclass(frozen=True)
class DaysOptions:
    """The query parameter that names a day, the field of an entry that holds a time, and whether this lies in
    that day, not before it (`from`), or not after it (`until`).
    """

    parameter: QueryName
    field: str
    lies: Literal["in", "from", "until"]


def days(seen: JudgedInteraction) -> Iterator[Evidence]:
    """Asks for a list of some days: it shows nothing of others, and lacks nothing that was made in them."""
    walk, query = seen.walk, seen.interaction.request.query
    if walk is None or seen.is_second_hand:
        return
    for clause in RULE.clauses(seen.operation):
        options = read_options(DaysOptions, clause)
        wanted = query.get(options.parameter)
        begin = None if wanted is None else instant(wanted) or midnight(wanted)
        if wanted is None or begin is None:
            continue
        way = path_of(options.field)
        text = f"{spoken(way)} is to lie {options.lies} {wanted}"
        entries = entries_of(seen.operation, seen.response.body)
        outside = [value for entry in entries for value in _outside(entry, way, options, begin)]
        if outside:
            received = ShownValue(outside[0])
            yield broken(clause, f"{text}, and the list shows {received}", expected=wanted, received=received)
            continue
        is_all = walk.shows_all and set(walk.filters) == {options.parameter}
        inside = partial(_lies_inside, way=way, options=options, begin=begin)
        lacking = missing(seen, walk, inside) if is_all else None
        if lacking is not None:
            text = f"{text}, as that of {lacking} does, and the list does not show it"
            others = f"{len(walk.shown)} other entries"
            yield broken(clause, text, expected=f"an entry {lacking}", received=others)
        elif any(
            True for one in seen.rooms.existing.values() for _ in _outside(one.known, way, options, begin)
        ):
            # Where nothing lies on other days nobody knows whether the list was filtered.
            yield kept(clause)


def _outside(shown_fields: Json, way: Path, options: DaysOptions, begin: Instant) -> Iterator[Json]:
    """Yield the times that lie clearly on other days than those that are asked for."""
    for _, value in values_at(shown_fields, way):
        at = instant(value) if isinstance(value, str) else None
        if at is None:
            continue
        is_before, is_after = begin - at > DAY, at - begin > 2 * DAY
        if (is_before and options.lies != "until") or (is_after and options.lies != "from"):
            yield value


def _lies_inside(state: RoomState, way: Path, options: DaysOptions, begin: Instant) -> bool:
    moments = [instant(value) for _, value in values_at(state.known, way) if isinstance(value, str)]
    ahead = [at - begin for at in moments if at is not None]
    if options.lies == "from":
        return any(distance > DAY for distance in ahead)
    return options.lies == "until" and any(distance < -DAY for distance in ahead)


def _wants(scene: Scene) -> Iterator[WantedRequest]:
    known = list(scene.known())
    for clause in RULE.clauses(scene.operation):
        options = read_options(DaysOptions, clause)
        outermost = _outermost(known, path_of(options.field), options)
        soon, before = ((outermost + distance).isoformat() for distance in (FAR, -FAR))
        asked = {"in": (LONG_AGO,), "from": (soon, before), "until": (LONG_AGO, soon)}[options.lies]
        for day in asked:
            note = f"only those whose {options.field} lies {options.lies} {shown(day)}"
            yield WantedRequest(note, query={options.parameter: day})


def _outermost(known: list[Mapping[str, Json]], way: Path, options: DaysOptions) -> date:
    """Return the day of what is known that a list of some days shows longest; today where nothing is."""
    times = (value for one in known for _, value in values_at(one, way) if isinstance(value, str))
    days_ = [date.fromisoformat(value[:10]) for value in times if is_date_time(value) and value[:2] == "20"]
    return (min if options.lies == "until" else max)(days_, default=datetime.now(UTC).date())


RULE = Rule(
    "days",
    days,
    effects=frozenset({Effect.LIST}),
    options=DaysOptions,
    wants=(_wants,),
    row="filtered list",
)
