"""Operators that answer with a server error: over values, over bodies, in the place of a rejection."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from roomproof.contract.clause import Part
from roomproof_faults.border.exchange import FaultyRequest, FaultyResponse, When
from roomproof_faults.border.responses import crashes, crashes_at, rejected, says
from roomproof_faults.border.right import kinds_of, right_ones
from roomproof_faults.border.values import Test, always, exactly, holding, is_null, longer, sized
from roomproof_faults.fault import FaultKind, kebab
from roomproof_faults.operators.memory import is_time
from roomproof_faults.operators.operator import Breaches, Demand, operator

Json = Any
_Values = Mapping[str, tuple[str, Test]]
_TEXTS: _Values = {
    "emoji": ("an emoji", holding("[\U0001f000-\U0010ffff]")),
    "quote": ("a quotation mark", holding("[\"']")),
    "percent": ("a percent sign", holding("%")),
    "long": ("more than 200 code points", longer(200)),
    "very-long": ("more than 2000 code points", longer(2000)),
}
_TIMES: _Values = {
    "fraction": ("seven digits of a fraction", holding("[.][0-9]{7}")),
    "offset": ("an offset of half an hour", holding(":30$")),
    "date": ("a date alone", holding("^[0-9-]{10}$")),
    "far-year": ("a year after 2100", holding("^(2[1-9]|[3-9])")),
}
_OTHERS: Mapping[str, _Values] = {
    "object": {
        "empty": ("nothing in it", sized(0, 0, dict)),
        "many": ("more than 20 entries", sized(21, math.inf, dict)),
    },
    "array": {
        "empty": ("nothing in it", sized(0, 0, list)),
        "many": ("more than 3 entries", sized(4, math.inf, list)),
    },
    "boolean": {"true": ("true", exactly(True))},
}
_WRONG_TYPES: Mapping[str, tuple[type, ...]] = {"list": (list,), "text": (str,), "number": (int, float)}
_SPOKEN = {"string": "text", "array": "list", "integer": "number", "number": "number"}


@operator(FaultKind.CRASH, Part.BEHAVIOUR, "no-server-error")
def over_values(demand: Demand) -> Breaches:
    """One value of one field."""
    for name, schema in demand.whole.get("properties", {}).items():
        known = _OTHERS.get(kinds_of(schema)[0], {})
        if "string" in kinds_of(schema) and "enum" not in schema:
            known = _TIMES if is_time(schema) else _TEXTS
        for word, (what, test) in known.items():
            if any(map(test, right_ones(schema))):
                broken = crashes_at(name, test, demand.on)
                yield f"{kebab(name)}-{word}", f"fails over {name} with {what}", broken


@operator(FaultKind.CRASH, Part.BEHAVIOUR, "no-server-error")
def over_bodies(demand: Demand) -> Breaches:
    """No field at all, all of them, all times, all nulls."""
    fields: Mapping[str, Json] = demand.whole.get("properties", {})
    times = [name for name, schema in fields.items() if is_time(schema)]
    nullable = [name for name, schema in fields.items() if "null" in kinds_of(schema)]

    def sent_together(names: list[str], test: Test = always) -> When:
        def when(call: FaultyRequest, reply: FaultyResponse) -> bool:
            here = reply.ok and call.operation in demand.operations and set(names) <= set(call.sent)
            return here and all(test(call.sent[name]) for name in names)

        return when

    def nothing_sent(call: FaultyRequest, reply: FaultyResponse) -> bool:
        return reply.ok and call.operation in demand.operations and call.updates and not call.sent

    yield "empty-body", "fails over an empty update", crashes(nothing_sent)
    yield "all-fields", "fails where all fields are sent at once", crashes(sent_together(list(fields)))
    if len(times) > 1:
        yield "all-times", "fails where all times are sent", crashes(sent_together(times))
    if len(nullable) > 1:
        yield (
            "all-null",
            "fails where all nullable fields are null",
            crashes(sent_together(nullable, is_null)),
        )


@operator(FaultKind.CRASH, Part.BEHAVIOUR, "no-server-error")
def in_place_of_rejections(demand: Demand) -> Breaches:
    """A value of the wrong type, and an id that names no room."""
    if any(demand.api.operation(one).names_one for one in demand.operations):
        yield "unknown", "fails over an unknown id", says(500, rejected(demand.operations, 404))
    for name, schema in demand.whole.get("properties", {}).items():
        for word, types in _WRONG_TYPES.items():
            if word not in [_SPOKEN.get(kind) for kind in kinds_of(schema)]:
                what = f"fails over a {word} for {name} in place of rejecting it"
                yield f"{kebab(name)}-{word}", what, crashes(_rejected(demand, name, types))


def _rejected(demand: Demand, name: str, types: tuple[type, ...]) -> When:
    over_body = rejected(demand.operations, 400, 422)
    return lambda call, reply: over_body(call, reply) and type(call.sent.get(name)) in types
