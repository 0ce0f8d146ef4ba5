"""Operators on what shows only in a list of a room's own, as who was invited to it does."""

from __future__ import annotations

from typing import Any

from roomproof.contract.clause import Part
from roomproof_faults.border.acceptance import accepts_instead
from roomproof_faults.border.exchange import FaultyRequest, FaultyResponse, Wrap
from roomproof_faults.border.interface import schema_at
from roomproof_faults.border.responses import changing
from roomproof_faults.border.values import Change, constant, exactly, missing, of
from roomproof_faults.fault import FaultKind
from roomproof_faults.operators.operator import Breaches, Demand, operator

Json = Any


def _choices(demand: Demand) -> list[Json]:
    """The values that the listed field may have."""
    name = demand.clause.options["member"]
    schema = schema_at(demand.schema, ("{}",)) or schema_at(demand.schema, ("[]",))
    return list(schema_at(schema, (name,)).get("enum", ("other", "another")))


def _lists(change: Change) -> Wrap:
    """Change the entries of each list that is read below a room."""

    def changed(call: FaultyRequest, reply: FaultyResponse) -> FaultyResponse:
        below = call.method == "GET" and call.effect is None and reply.ok and isinstance(reply.document, dict)
        return reply.with_document(_entries_changed(reply.document, change)) if below else reply

    return changing(changed)


def _entries_changed(document: Json, change: Change) -> Json:
    if isinstance(document, list):
        return [change(entry) if isinstance(entry, dict) else entry for entry in document]
    return {
        name: _entries_changed(inner, change) if isinstance(inner, list) else inner
        for name, inner in document.items()
    }


@operator(FaultKind.ECHO, Part.BEHAVIOUR, "listed-echo")
def listed_otherwise(demand: Demand) -> Breaches:
    name, field_name, choices = demand.path[0], demand.clause.options["member"], _choices(demand)
    for choice, other in zip(choices, choices[-1:] + choices[:-1], strict=True):
        wrap = accepts_instead(
            f"{name}.*.{field_name}", exactly(choice), constant(other), demand.on, shown=False
        )
        yield f"{choice}-as-{other}".lower(), f"makes each {choice} in {name} a {other}", wrap
    lost = accepts_instead(
        name, of(dict), lambda entries: dict(list(entries.items())[:-1]), demand.on, shown=False
    )
    yield "last-lost", f"forgets the last one of {name}", lost
    shown = _lists(lambda entry: {**entry, field_name: choices[0]})
    yield "one-for-all", f"lists all {name} with {choices[0]} for {field_name}", shown


@operator(FaultKind.DEFAULTS, Part.BEHAVIOUR, "listed-default")
def other_listed_default(demand: Demand) -> Breaches:
    name, field_name = demand.path[0], demand.clause.options["member"]
    other = next(choice for choice in _choices(demand) if choice != demand.clause.options["default"])
    given = accepts_instead(
        f"{name}.*", missing(field_name), lambda entry: {**entry, field_name: other}, demand.on, shown=False
    )
    yield "other", f"makes {name} without {field_name} a {other}", given
