"""Operators on the body of a request as a whole: that there is one, of which type, what must be in it."""

from __future__ import annotations

from roomproof.contract.clause import Part
from roomproof_faults.border.acceptance import (
    empty,
    no_object,
    null,
    refuses_media_type,
    takes_body,
    takes_media_type,
    takes_without,
)
from roomproof_faults.border.answers import refused, says
from roomproof_faults.fault import Kind
from roomproof_faults.operators.operator import REJECTED, Breaches, Demand, operator


@operator(Kind.PRESENCE, Part.REQUEST, "required")
def body_or_member(demand: Demand) -> Breaches:
    if not demand.path:
        yield "absent", "takes a request without a body", takes_body(empty, demand.operations)
    elif len(demand.path) == 1 and demand.carrier == "body":
        yield (
            "absent",
            f"takes a request without {demand.field}",
            takes_without(demand.path[0], demand.operations),
        )


@operator(Kind.NULLABILITY, Part.REQUEST, "null")
def body_null(demand: Demand) -> Breaches:
    if not demand.path:
        yield "taken", "takes null for a body", takes_body(null, demand.operations)


@operator(Kind.TYPES, Part.REQUEST, "type")
def body_type(demand: Demand) -> Breaches:
    if not demand.path:
        yield "other", "takes a body that is no object", takes_body(no_object, demand.operations)


@operator(Kind.STATUS, Part.REQUEST, "type")
def mild_about_bodies(demand: Demand) -> Breaches:
    if not demand.path:
        documented = demand.api.operation(demand.clause.operation).success.status
        status = int(documented) if documented.isdigit() else 200
        mild = says(status, refused(demand.operations, 400, 422), keep=True)
        yield "accepting-status", f"answers wrong values with {status} and an error", mild


@operator(Kind.CONTENT_TYPE, Part.REQUEST, "media-type")
def media_type(demand: Demand) -> Breaches:
    yield "any", "takes a body of any media type", takes_media_type(demand.operations)


@operator(Kind.CONTENT_TYPE, Part.REQUEST, "media-type", also=REJECTED)
def media_type_refused(demand: Demand) -> Breaches:
    right = str(demand.clause.options["media-type"])
    yield "refused", f"refuses bodies that are sent as {right}", refuses_media_type(right, demand.operations)
