"""Operators on what a provider keeps of a field: echo, what an update leaves alone, what a read shows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from roomproof.contract.clause import Part
from roomproof.contract.resource import Effect
from roomproof_faults.border import memory
from roomproof_faults.border.memory import keeps, nth, resets, sets, stores
from roomproof_faults.border.responses import read, shows
from roomproof_faults.border.right import MOMENT, is_right, kinds_of, right_ones
from roomproof_faults.border.values import (
    Change,
    at_clock_change,
    constant,
    exactly,
    holding,
    is_moment,
    is_null,
    of,
    read_as_number,
    shifted,
    trimmed_below,
    where,
    without_falsy,
)
from roomproof_faults.fault import FaultKind, kebab
from roomproof_faults.operators.operator import Breaches, Demand, operator

Json = Any
Changes = Mapping[str, tuple[str, Change]]
_COUNTS = (8, 9, 10, 11)
"""The updates that get lost: later ones than a short test sends."""
_TEXTS: Changes = {
    "lower": ("keeps {} in small letters", str.lower),
    "upper": ("keeps {} in capitals", str.upper),
    "title": ("capitalises {}", str.title),
    "as-number": ("reads {} as a number where it looks like one", read_as_number),
    "ascii": ("drops what is not ASCII from {}", lambda text: text.encode("ascii", "ignore").decode()),
    "escaped": ("escapes {} for HTML", lambda text: text.replace("&", "&amp;").replace("<", "&lt;")),
    "one-blank": ("puts one blank for many in {}", lambda text: " ".join(text.split())),
    "one-line": ("puts {} on one line", lambda text: re.sub("[\\n\\t]", " ", text)),
}
_URLS: Changes = {
    "query-lost": ("drops the query of {}", lambda url: url.partition("?")[0]),
    "http": ("turns https into http in {}", lambda url: url.replace("https://", "http://")),
    "other-host": ("puts www. before the host of {}", lambda url: re.sub("://(?!www[.])", "://www.", url)),
    "port-lost": ("drops the port of {}", lambda url: re.sub(r":\d+", "", url)),
}
_ZONED = holding("[+-](0[1-9]|1[0-9]):..$")
_TIMES: Changes = {
    "zone-lost": (
        "accepts {} of any zone for UTC",
        where(_ZONED, lambda text: re.sub("([.][0-9]+)?[+-][0-9:]{5}$", "Z", text)),
    ),
    "seconds-lost": (
        "rounds {} down to minutes",
        where(holding("T..:..:(0[1-9]|[1-5])"), lambda text: re.sub("(T..:..):..", r"\1:00", text)),
    ),
    "day-begins": (
        "moves {} to the beginning of its day",
        where(is_moment, lambda text: text[:10] + "T00:00:00Z"),
    ),
}
_RARE_TEXTS: Changes = {
    "cut-at-64": ("cuts {} after 64 code points", lambda text: text[:64]),
    "cut-at-128": ("cuts {} after 128 code points", lambda text: text[:128]),
    "astral": (
        "replaces what is beyond the basic plane in {}",
        lambda text: re.sub("[\U00010000-\U0010ffff]", "?", text),
    ),
    "literal": (
        "reads {} that is no text elsewhere as none",
        where(exactly("undefined", "None", "NaN"), constant("")),
    ),
}
_RARE_TIMES: Changes = {
    "clock-change": ("loses an hour of {} where clocks change", where(at_clock_change, shifted(-1 / 24))),
    "night": (
        "keeps a night of {} that is another one in UTC as the next",
        where(holding("T00:30:00[+]05:45$"), shifted(1)),
    ),
    "month-end": (
        "keeps {} in the last second of April as the first one",
        where(holding("-04-30T23:59:59"), lambda text: text.replace("T23:59:59", "T00:00:00")),
    ),
}
_RARE_OBJECTS: Changes = {
    "shallow": ("empties what lies three levels deep in {}", trimmed_below(2)),
    "falsy-lost": ("drops empty values from {}", without_falsy),
}


def is_time(schema: Json) -> bool:
    """Whether a schema takes date-times."""
    return any(branch.get("format") == "date-time" for branch in (schema, *schema.get("anyOf", ())))


def unset(schema: Json) -> Json:
    """Return what stands in a room where a field was never set, as far as its schema tells."""
    if "default" in schema:
        return schema["default"]
    kinds = kinds_of(schema)
    if "null" in kinds:
        return None
    if is_time(schema):
        return MOMENT
    if schema.get("format") == "uri":
        return "https://lost.example/"
    nothing: dict[str, Json] = {"boolean": False, "array": [], "object": {}, "string": ""}
    return nothing.get(kinds[0], schema.get("minimum", 0))


def changed(schema: Json) -> Json:
    """Return a right value that is not the one of a room where the field was never set."""
    kinds = kinds_of(schema)
    if "enum" in schema:
        return next(value for value in reversed(schema["enum"]) if value != unset(schema))
    if "integer" in kinds or "number" in kinds:
        low, high = schema.get("minimum", 0), schema.get("maximum", 1000)
        return next(
            number for number in (60, 12, 7, low, high) if low <= number <= high and number != unset(schema)
        )
    if is_time(schema) or schema.get("format") == "uri":
        return MOMENT if is_time(schema) else "https://other.example/"
    if "boolean" in kinds:
        return not unset(schema)
    return [] if "array" in kinds else {"other": True} if "object" in kinds else "none"


def _others(demand: Demand) -> list[str]:
    """The other fields of the body, those behind this one first."""
    names = list(demand.whole.get("properties", {}))
    at = names.index(demand.path[0]) if demand.path[0] in names else 0
    return names[at + 1 :] + names[:at]


def _kept(demand: Demand, texts: Changes, urls: Changes, times: Changes, objects: Changes) -> Breaches:
    schema, name = demand.schema, demand.path[0]
    if "enum" in schema or not {"string", "object"} & set(kinds_of(schema)):
        return
    suited = objects if "object" in kinds_of(schema) else times if is_time(schema) else texts
    for word, (what, change) in (urls if schema.get("format") == "uri" else suited).items():
        sent = [value for value in right_ones(schema) if type(value) in (str, dict)]
        if any(repr(change(value)) != repr(value) for value in sent):
            yield word, what.format(name), stores(name, change, of(str, dict), demand.on)


@operator(FaultKind.NORMALISATION, Part.BEHAVIOUR, "echo")
def normalised(demand: Demand) -> Breaches:
    yield from _kept(demand, _TEXTS, _URLS, _TIMES, {})


@operator(FaultKind.RARE, Part.BEHAVIOUR, "echo")
def kept_otherwise_at_times(demand: Demand) -> Breaches:
    yield from _kept(demand, _RARE_TEXTS, {}, _RARE_TIMES, _RARE_OBJECTS)
    name, high = demand.path[0], demand.schema.get("maximum")
    if high is not None:
        lost = stores(name, constant(high), exactly(high - 1), demand.on)
        yield "one-below-limit-lost", f"keeps {high - 1} for {name} as {high}", lost


@operator(FaultKind.ECHO, Part.BEHAVIOUR, "echo")
def kept_otherwise(demand: Demand) -> Breaches:
    name, on, kinds = demand.path[0], demand.on, kinds_of(demand.schema)
    if "null" in kinds:
        yield "null-as-text", f"keeps null for {name} as a text", stores(name, constant("none"), is_null, on)
        if is_right(demand.schema, 0):
            yield "zero-as-null", f"keeps 0 for {name} as null", stores(name, constant(None), exactly(0), on)
    if "array" in kinds:
        yield (
            "last-lost",
            f"forgets the last entry of {name}",
            stores(name, lambda items: items[:-1], of(list), on),
        )
    if creating := _with_effect(demand, Effect.CREATE):
        ignored = stores(name, constant(unset(demand.schema)), on=creating)
        yield "ignored-at-creation", f"ignores {name} in a creation", ignored


def _with_effect(demand: Demand, effect: Effect) -> frozenset[str]:
    return frozenset(one for one in demand.operations if demand.api.operation(one).effect is effect)


@operator(FaultKind.ECHO, Part.BEHAVIOUR, "echo")
def ignored(demand: Demand) -> Breaches:
    """The value that was there before, now or always."""
    name, on, kinds = demand.path[0], demand.on, kinds_of(demand.schema)
    yield "ignored", f"ignores {name} in an update", keeps(name, on=on)
    for word, value, kind in (("true", True, "boolean"), ("false", False, "boolean"), ("null", None, "null")):
        if kind in kinds:
            kept = keeps(name, memory.sending(name, exactly(value)), on=on)
            yield f"{word}-ignored", f"ignores {word} for {name} in an update", kept
    yield (
        "answered-before",
        f"answers with {name} as it was before the update",
        keeps(name, layer="now", on=on),
    )


@operator(FaultKind.STATE, Part.BEHAVIOUR, "echo")
def lost_at_last(demand: Demand) -> Breaches:
    name = demand.path[0]
    for count in _COUNTS:
        yield f"{count}th-lost", f"loses the {count}th update of {name}", keeps(name, nth(count, name))


@operator(FaultKind.ECHO, Part.BEHAVIOUR, "echo")
def swapped(demand: Demand) -> Breaches:
    """Two fields of one type mixed up where both are sent."""
    name, fields = demand.path[0], demand.whole.get("properties", {})
    for other in (other for other in _others(demand) if _likeness(fields[other]) == _likeness(demand.schema)):
        what = f"swaps {name} and {other} where both are sent"
        yield f"swapped-with-{kebab(other)}", what, memory.swaps(name, other)


def _likeness(schema: Json) -> tuple[str, bool, bool, Json]:
    return kinds_of(schema)[0], is_time(schema), "enum" in schema, schema.get("format")


@operator(FaultKind.UPDATE, Part.BEHAVIOUR, "echo")
def merged(demand: Demand) -> Breaches:
    """What a PUT replaces (RFC 9110, 9.3.4), and no other update needs to."""
    replacing = _with_effect(demand, Effect.REPLACE)
    if replacing and "object" in kinds_of(demand.schema):
        name = demand.path[0]
        yield "merged", f"puts new fields of {name} beside the old ones", memory.merges(name, replacing)


@operator(FaultKind.UPDATE, Part.BEHAVIOUR, "unchanged", "kept-or-default")
def not_left_alone(demand: Demand) -> Breaches:
    """Another value where an update does not name the field."""
    name, on, to = demand.path[0], demand.on, _away(demand)
    yield "reset", f"resets {name} where an update does not name it", resets(name, to, on=on)
    other = changed(demand.schema)
    if other != to:
        yield "changed", f"changes {name} where an update does not name it", resets(name, other, on=on)
    yield "empty-resets", f"an empty update resets {name}", resets(name, to, memory.bare, on)


def _away(demand: Demand) -> Json:
    """What a field is reset to: where its default is right, too, something else."""
    return changed(demand.schema) if demand.clause.rule == "kept-or-default" else unset(demand.schema)


@operator(FaultKind.STATE, Part.BEHAVIOUR, "unchanged", "kept-or-default")
def not_left_alone_at_times(demand: Demand) -> Breaches:
    name, on, to, others = demand.path[0], demand.on, _away(demand), _others(demand)
    second = resets(name, to, memory.every(2), on)
    yield "lost-by-second", f"resets {name} by the second update that does not name it", second
    if others:
        alone = resets(name, to, memory.only(others[0]), on)
        yield f"lost-by-{kebab(others[0])}", f"resets {name} where only {others[0]} is named", alone
    if len(others) > 1:
        pair = resets(name, to, memory.together(*others[:2]), on)
        words = " and ".join(others[:2])
        yield (
            f"lost-by-{kebab('-and-'.join(others[:2]))}",
            f"resets {name} where {words} are sent together",
            pair,
        )


@operator(FaultKind.UPDATE, Part.BEHAVIOUR, "unchanged", "kept-or-default", also=("read-after-write",))
def not_stored(demand: Demand) -> Breaches:
    name = demand.path[0]
    yield "not-stored", f"answers with the new {name} and does not store it", keeps(name, layer="later")
    yield "refused-applied", f"stores {name} of an update that it rejects", memory.applies_in_part(name)


@operator(FaultKind.STATE, Part.BEHAVIOUR, "unchanged", "kept-or-default", also=("read-after-write",))
def not_stored_at_times(demand: Demand) -> Breaches:
    name, to = demand.path[0], unset(demand.schema)
    for count in _COUNTS:
        what = f"answers the {count}th update of {name} with the new value and does not store it"
        yield f"{count}th-not-stored", what, keeps(name, nth(count, name), "later")
    yield "leaks", f"sets {name} in all rooms", memory.leaks(name)
    forgotten = sets(
        name, lambda _: to, lambda moment: moment.is_new and bool(moment.sent.get(name)), "later"
    )
    yield "forgotten-after-creation", f"forgets the {name} that rooms are made with", forgotten


@operator(FaultKind.UPDATE, Part.BEHAVIOUR, "null-unchanged")
def null_resets(demand: Demand) -> Breaches:
    name, to = demand.path[0], unset(demand.schema)
    yield "resets", f"accepts null for another {name}", stores(name, constant(to), is_null, demand.on)


@operator(FaultKind.STATE, Part.BEHAVIOUR, "read-after-write")
def read_otherwise(demand: Demand) -> Breaches:
    """A read that shows something else than the last update did."""
    name = demand.path[0]
    yield "before", f"shows in reads what {name} was before its last update", memory.reads_before(name)
    yield "null", f"shows {name} as null in reads", shows(constant(None), name, when=read)
    if "default" in demand.schema:
        default = shows(constant(demand.schema["default"]), name, when=read)
        yield "default", f"shows the default of {name} in reads", default


@operator(FaultKind.NORMALISATION, Part.BEHAVIOUR, "date-only")
def noon(demand: Demand) -> Breaches:
    name, is_date = demand.path[0], holding("^[0-9-]{10}$")
    late = where(of(str), lambda moment: re.sub("T00:00:00", "T12:00:00", moment))
    shown = shows(late, name, when=lambda call, _: is_date(call.sent.get(name)))
    yield "noon", f"accepts a date for noon of that day in {name}", shown
