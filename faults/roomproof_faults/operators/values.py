"""Operators on the values of a request: wrong ones that are accepted, right ones that are rejected."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import partial
from typing import Any

from roomproof.contract.clause import KEYS, Part
from roomproof.contract.parameters import as_text, read_text
from roomproof_faults.border.acceptance import accepts_header, accepts_instead, accepts_query, rejects
from roomproof_faults.border.exchange import Wrap
from roomproof_faults.border.responses import finds_another
from roomproof_faults.border.right import is_right, kinds_of, right, right_ones
from roomproof_faults.border.values import (
    ABSENT,
    Change,
    Test,
    between,
    constant,
    exactly,
    holding,
    is_null,
    lacking,
    longer,
    missing,
    of,
    sized,
)
from roomproof_faults.fault import FaultKind
from roomproof_faults.operators.operator import LIMITING, REJECTED, Breaches, Demand, operator

Json = Any
_JSON_TYPES: Mapping[str, tuple[type, ...]] = {
    "number": (int, float),
    "integer": (int,),
    "fraction": (float,),
    "boolean": (bool,),
    "string": (str,),
    "array": (list,),
    "object": (dict,),
}
_SPOKEN = {"string": "text", "array": "list"}
_TIMES = ("date-time", "date")
_WRONG_TEXTS: Mapping[str, Mapping[str, Test]] = {
    "date-time": {
        "other-text": lacking("^[0-9]{4}-"),
        "no-zone": holding("T[0-9:.]+$"),
        "no-time": holding("^[0-9-]{10}$"),
        "impossible-day": holding("-(02-(29|30|31)|(04|06|09|11)-31)"),
    },
    "uri": {"no-scheme": lacking("^[A-Za-z][^/]*:")},
    "http-date": {"other-text": lacking("GMT")},
}
"""Forms of a text that programs wrongly accept, by format."""
_RIGHT_TEXTS: Mapping[str, Mapping[str, Test]] = {
    "date-time": {
        "leap-day": holding("-02-29"),
        "fraction": holding("[.][0-9]"),
        "offset": holding("[+-][0-9:]{5}$"),
        "small-t": holding("t"),
    },
    "uri": {"port": holding(r"://[^/]*:\d"), "query": holding(r"\?")},
}
"""Forms of a text that programs wrongly reject, by format."""
_ONE = {"37": 37, "17": 17}
"""Numbers that a run can be expected to try only where there are few."""
_NUMBERS = {word: (f"{value} for {{}}, and no other number", exactly(value)) for word, value in
            {**_ONE, "a-day": 86_400}.items()}  # fmt: skip
_ENTRIES = {
    f"more-than-{count}": (f"more than {count} entries of {{}}", sized(count + 1, math.inf, list, dict))
    for count in (2, 3)
}
_REJECTED: Mapping[str, Mapping[str, tuple[str, Test]]] = {
    "boolean": {"true": ("true for {}", exactly(True))},
    "string": {
        "apostrophe": ("{} with an apostrophe", holding("'")),
        "date": ("{} that is a date", holding(r"^\d{4}-\d\d-\d\d$")),
    },
    "array": _ENTRIES,
    "object": _ENTRIES,
    "integer": {**_NUMBERS, "4096": ("numbers from 4096 to 200000 for {}", between(4096, 200_000))},
}
"""Right values that are rejected for no reason, by JSON type."""


def accepts(demand: Demand, wrong: Test, shown: bool = True, instead: Change | None = None) -> Wrap:
    """Accept wrong values of the field, wherever it is carried; the mock gets a right one `instead`."""

    def is_wrong(text: str) -> bool:
        return text != "" and wrong(read_text(demand.schema, text))

    if demand.carrier == "query":
        return accepts_query(demand.path[0], is_wrong, _text(demand), demand.operations)
    if demand.carrier == "header":
        return accepts_header(demand.path[0].lower(), is_wrong, partial(_text, demand), demand.operations)
    if demand.path[-1:] == (KEYS,):
        return _accepts_names(demand, wrong)
    return accepts_instead(
        demand.way, wrong, instead or _stand_in(demand), demand.on, shown and not _is_fixed(demand)
    )


def _text(demand: Demand) -> str:
    """A right value of a parameter."""
    return as_text(right(demand.schema))


def _stand_in(demand: Demand) -> Change:
    """What a wrong value is hidden behind: a right one, or nothing for a time, which must suit other ones."""
    required = len(demand.path) != 1 or demand.path[0] in demand.whole.get("required", ())
    times = any(branch.get("format") in _TIMES for branch in (demand.schema, *demand.schema.get("anyOf", ())))
    return lambda _: ABSENT if times and not required else right(demand.schema)


def _is_fixed(demand: Demand) -> bool:
    """Whether a request may name the field, and never changes it."""
    clauses = demand.api.operation(demand.clause.operation).clauses
    return any(one.rule in ("constant", "read-only") and one.path == demand.path for one in clauses)


def _accepts_names(demand: Demand, wrong: Test) -> Wrap:
    def without(fields: Json) -> Json:
        return {name: value for name, value in fields.items() if not wrong(name)}

    def any_wrong(fields: Json) -> bool:
        return isinstance(fields, dict) and any(map(wrong, fields))

    return accepts_instead(demand.way.rpartition(".")[0], any_wrong, without, demand.on)


@operator(FaultKind.LIMITS, Part.REQUEST, *LIMITING)
def other(demand: Demand) -> Breaches:
    """Whatever breaks this clause and no other one about the field."""
    if demand.carrier == "path":
        yield "other", f"accepts any text for {demand.field}", finds_another(demand.operations)
    elif demand.path or demand.rule != "type":
        what = f"accepts a value for {demand.field} that the rule {demand.clause.rule} forbids"
        yield "other", what, accepts(demand, _breaking(demand))


operator(FaultKind.TYPES, Part.REQUEST, "type")(other)
operator(FaultKind.ENUMS, Part.REQUEST, "enum", "const")(other)
operator(FaultKind.FORMATS, Part.REQUEST, "format", "pattern", "any-of", "one-of")(other)


def _breaking(demand: Demand) -> Test:
    schemas = [one.schema for one in demand.beside if one.schema is not None and one.rule != "required"]
    alone = demand.rule == "type" or not schemas

    def wrong(value: Json) -> bool:
        broken = value is not None and not is_right(demand.clause.schema, value)
        return broken and (alone or is_right({"allOf": schemas}, value))

    return wrong


@operator(FaultKind.TYPES, Part.REQUEST, "type")
def types(demand: Demand) -> Breaches:
    """Each JSON type that is not documented."""
    if not demand.path or demand.carrier != "body" or demand.path[-1] == KEYS or demand.is_form:
        return
    known = kinds_of(demand.schema)
    for name, python in _JSON_TYPES.items():
        if name not in known and not ("number" in known and name in ("integer", "fraction")):
            tested = (float,) if name == "number" and "integer" in known else python
            word = _SPOKEN.get(name, name)
            yield word, f"accepts a {word} for {demand.field}", accepts(demand, of(*tested))


@operator(FaultKind.NULLABILITY, Part.REQUEST, "null")
def null(demand: Demand) -> Breaches:
    if demand.path and demand.path[-1] != KEYS and demand.carrier == "body" and not demand.is_form:
        yield "taken", f"accepts null for {demand.field}", accepts(demand, is_null)


@operator(FaultKind.NULLABILITY, Part.REQUEST, "nullable")
def nullable(demand: Demand) -> Breaches:
    yield "refused", f"rejects null for {demand.field}", rejects(demand.way, is_null, demand.on)


@operator(FaultKind.LIMITS, Part.REQUEST, "maximum", "minimum", "exclusive-maximum", "exclusive-minimum")
def limits(demand: Demand) -> Breaches:
    """The number at a limit, the one beyond it, and all beyond it up to the next limit."""
    if demand.carrier != "body":
        return
    word, step = ("above", 1) if demand.rule.endswith("maximum") else ("below", -1)
    last = demand.value - step if demand.rule.startswith("exclusive") else demand.value
    ends = [next(iter(one.schema.values())) for one in demand.beside if one.keyword is demand.clause.keyword]
    far = min((end for end in ends if (end - last) * step > 0), default=math.inf * step, key=abs)
    beyond, field = between(*sorted((last + step, far))), demand.field
    # Where another rule is narrower, the limit itself is rejected by it.
    beside = {"allOf": [one.schema for one in demand.beside if one.schema is not None]}
    instead = constant(last) if is_right(beside, last) else _stand_in(demand)
    yield (
        f"one-{word}",
        f"accepts {last + step} for {field}",
        accepts(demand, exactly(last + step), instead=instead),
    )
    yield word, f"accepts numbers {word} {last} for {field}", accepts(demand, beyond, instead=instead)
    capped = accepts(demand, beyond, shown=False, instead=instead)
    yield "capped", f"accepts numbers {word} {last} for {field} as {last}", capped
    yield "refused", f"rejects {last} for {field}", rejects(demand.way, exactly(last), demand.on)


_SIZES = ("max-length", "min-length", "max-items", "min-items", "max-properties", "min-properties")


@operator(FaultKind.LIMITS, Part.REQUEST, *_SIZES)
def sizes(demand: Demand) -> Breaches:
    """The size beyond a limit, and all beyond it."""
    if demand.carrier != "body" or demand.path[-1:] == (KEYS,):
        return
    size, field = demand.value, demand.field
    up = demand.rule.startswith("max")
    word, beyond = ("above", sized(size + 1, math.inf)) if up else ("below", sized(0, size - 1))
    next_one = size + 1 if up else size - 1
    yield (
        f"one-{word}",
        f"accepts a size of {next_one} for {field}",
        accepts(demand, sized(next_one, next_one)),
    )
    yield word, f"accepts sizes {word} {size} for {field}", accepts(demand, beyond)
    if demand.rule == "max-length":
        cut = accepts(demand, beyond, shown=False, instead=lambda text: text[:size])
        yield "cut", f"accepts {field} of any length and cuts it after {size}", cut


@operator(FaultKind.LIMITS, Part.REQUEST, *_SIZES, also=REJECTED)
def sizes_rejected(demand: Demand) -> Breaches:
    """The size at a limit, and sizes that programs count in another way."""
    if demand.carrier != "body" or demand.path[-1:] == (KEYS,):
        return
    size, field, way, on = demand.value, demand.field, demand.way, demand.on
    yield "refused", f"rejects a size of {size} for {field}", rejects(way, sized(size, size), on)
    if demand.rule == "max-length":
        yield "in-bytes", f"counts the bytes of {field}", rejects(way, _more_bytes(size), on)
        if size > 255:
            yield "255-at-most", f"rejects {field} beyond 255 characters", rejects(way, longer(255), on)


def _more_bytes(size: int) -> Test:
    return lambda text: isinstance(text, str) and len(text) <= size < len(text.encode("utf-8", "replace"))


def _choices(demand: Demand) -> list[Json]:
    return demand.value if isinstance(demand.value, list) else [demand.value]


@operator(FaultKind.ENUMS, Part.REQUEST, "enum", "const")
def choices(demand: Demand) -> Breaches:
    """Texts in another case."""
    values = _choices(demand)
    if demand.carrier != "body":
        return
    spelt = {value.lower(): value for value in values if isinstance(value, str)}

    def other_case(value: Json) -> bool:
        return isinstance(value, str) and value not in values and value.lower() in spelt

    if spelt:
        case = accepts(demand, other_case, instead=lambda text: spelt[text.lower()])
        yield "other-case", f"accepts {demand.field} in another case", case


@operator(FaultKind.ENUMS, Part.REQUEST, "enum", "const", also=REJECTED)
def choices_rejected(demand: Demand) -> Breaches:
    for value in _choices(demand) if demand.carrier == "body" else ():
        word = re.sub("[^a-z0-9]+", "-", f"{value}".lower()).strip("-")
        yield (
            f"{word}-refused",
            f"rejects {value} for {demand.field}",
            rejects(demand.way, exactly(value), demand.on),
        )


@operator(FaultKind.FORMATS, Part.REQUEST, "pattern")
def empty_text(demand: Demand) -> Breaches:
    if demand.carrier == "body" and demand.path[-1:] != (KEYS,) and not is_right(demand.clause.schema, ""):
        yield "empty", f"accepts an empty text for {demand.field}", accepts(demand, exactly(""))


def _formats(demand: Demand) -> list[str]:
    branches = demand.value if isinstance(demand.value, list) else [demand.clause.schema]
    return [branch["format"] for branch in branches if isinstance(branch, dict) and "format" in branch] or [
        ""
    ]


@operator(FaultKind.FORMATS, Part.REQUEST, "format", "any-of")
def wrong_forms(demand: Demand) -> Breaches:
    """Texts of a wrong form that programs accept; what another branch allows is none."""
    formats = _formats(demand)
    for word, wrong in (
        _WRONG_TEXTS.get(formats[0], {}).items() if demand.carrier != "path" and demand.path else ()
    ):
        if not (word == "no-time" and "date" in formats):
            yield (
                word,
                f"accepts {demand.field} in the wrong form {word.replace('-', ' ')}",
                accepts(demand, wrong),
            )


@operator(FaultKind.RARE, Part.REQUEST, "format", "any-of", also=REJECTED)
def right_forms(demand: Demand) -> Breaches:
    """Texts of a right form that programs reject."""
    for word, good in (
        _RIGHT_TEXTS.get(_formats(demand)[0], {}).items() if demand.carrier == "body" and demand.path else ()
    ):
        what = f"rejects {demand.field} with a {word.replace('-', ' ')}"
        yield f"{word}-refused", what, rejects(demand.way, good, demand.on)


@operator(FaultKind.PRESENCE, Part.REQUEST, "required")
def required(demand: Demand) -> Breaches:
    """A nested object without a field, or a parameter that is not there; the body's own fields are in
    bodies.py.
    """
    if not demand.path or (demand.carrier == "body" and len(demand.path) == 1):
        return
    name = demand.path[-1]
    if demand.carrier == "query":
        wrap = accepts_query(name, lambda text: text == "", _text(demand), demand.operations)
    elif demand.carrier == "header":
        wrap = accepts_header(
            name.lower(), lambda text: text == "", partial(_text, demand), demand.operations
        )
    else:
        outer = demand.way.rpartition(".")[0]
        wrap = accepts_instead(
            outer, missing(name), lambda entry: {**entry, name: right(demand.schema)}, demand.on
        )
    yield "absent", f"accepts a request without {demand.field}", wrap


def _is_wide(schema: Json) -> bool:
    return bool(schema.get("maximum", math.inf) - schema.get("minimum", 0) > 1000)


@operator(FaultKind.RARE, Part.REQUEST, "accepted", also=REJECTED)
def accepted(demand: Demand) -> Breaches:
    """Right values that are rejected for no reason."""
    way, on = demand.way, demand.on
    yield "refused", f"refuses {demand.field}", rejects(way, lambda value: value is not None, on)
    for kind in kinds_of(demand.schema):
        for word, (what, test) in _REJECTED.get(kind, {}).items():
            rare = word in _ONE and _is_wide(demand.schema)
            if not rare and any(map(test, right_ones(demand.schema))):
                yield f"{word}-refused", f"refuses {what.format(demand.field)}", rejects(way, test, on)
