"""Operators on the body of a request as a whole: that there is one, of which type, what must be in it."""

from __future__ import annotations

from roomproof.contract.clause import Part
from roomproof_faults.border.acceptance import (
    accepts_body,
    accepts_media_type,
    accepts_without,
    empty,
    in_order,
    no_object,
    null,
    rejects_media_type,
)
from roomproof_faults.border.responses import rejected, says
from roomproof_faults.fault import FaultKind
from roomproof_faults.operators.operator import REJECTED, Breaches, Demand, operator


@operator(FaultKind.PRESENCE, Part.REQUEST, "required")
def body_or_field(demand: Demand) -> Breaches:
    if not demand.path:
        yield "absent", "accepts a request without a body", accepts_body(empty, demand.operations)
    elif len(demand.path) == 1 and demand.carrier == "body":
        yield (
            "absent",
            f"accepts a request without {demand.field}",
            accepts_without(demand.path[0], demand.operations),
        )


@operator(FaultKind.NULLABILITY, Part.REQUEST, "null")
def body_null(demand: Demand) -> Breaches:
    if not demand.path:
        yield "taken", "accepts null for a body", accepts_body(null, demand.operations)


@operator(FaultKind.TYPES, Part.REQUEST, "type")
def body_type(demand: Demand) -> Breaches:
    if not demand.path:
        yield "other", "accepts a body that is no object", accepts_body(no_object, demand.operations)


@operator(FaultKind.STATUS, Part.REQUEST, "type")
def mild_about_bodies(demand: Demand) -> Breaches:
    if not demand.path:
        accepting: dict[int, set[str]] = {}
        for id in demand.operations:
            documented = demand.api.operation(id).success.status
            accepting.setdefault(int(documented) if documented.isdigit() else 200, set()).add(id)
        mild = in_order(
            *(
                says(status, rejected(frozenset(on), 400, 422), keep=True)
                for status, on in sorted(accepting.items())
            )
        )
        told = " or ".join(map(str, sorted(accepting)))
        yield "accepting-status", f"answers wrong values with {told} and an error", mild


@operator(FaultKind.CONTENT_TYPE, Part.REQUEST, "media-type")
def media_type(demand: Demand) -> Breaches:
    yield "any", "accepts a body of any media type", accepts_media_type(demand.operations)


@operator(FaultKind.CONTENT_TYPE, Part.REQUEST, "media-type", also=REJECTED)
def media_type_rejected(demand: Demand) -> Breaches:
    right = str(demand.clause.options["media-type"])
    yield "refused", f"rejects bodies that are sent as {right}", rejects_media_type(right, demand.operations)
