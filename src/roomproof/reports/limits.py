"""What was found out about limits, as a report has it: where one really lies, what was tried around each."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import replace

from roomproof.judge.boundaries import Boundaries, Boundary
from roomproof.judge.boundaries import BoundaryReply as Tried
from roomproof.limit import Limit, LimitReply
from roomproof.report.finding import LimitReport, TurnReport, UnclearReport
from roomproof.report.provider import BoundaryReport, TriedReport


def limit_of(limit: Limit) -> LimitReport:
    """Return where a limit lies; of responses that follow no single border the turns, and no border."""
    border, upper = limit.border, limit.outward > 0
    single = not border.turns
    end = limit.value(border.accepted) if single and border.accepted is not None else None
    beyond = {reply: limit.value(position) for reply, position in limit.rejections.items()} if single else {}
    turns = (TurnReport(value=limit.value(at), reply=reply.value) for at, reply in border.turns)
    unclear = (UnclearReport(value=limit.value(at), why=why) for at, why in border.unclear.items())
    return LimitReport(
        documented=limit.documented,
        not_monotonous=tuple(turns),
        accepted_up_to=end if upper else None,
        accepted_down_to=None if upper else end,
        refused_from=beyond.get(LimitReply.REJECTED),
        server_error_from=beyond.get(LimitReply.SERVER_ERROR),
        exact=border.exact or not single,
        unclear=tuple(unclear),
        requests=len(border.known),
    )


def boundaries_of(
    boundaries: Boundaries | None, about: Container[str] | None = None
) -> tuple[BoundaryReport, ...]:
    """Return every limited field in the order of the contract, those of which nothing was tried as well; with
    `about` only those that these clauses limit.
    """
    told = map(_boundary, boundaries.found) if boundaries else ()
    if about is None:
        return tuple(told)
    mine = (
        replace(one, clauses=tuple(clause for clause in one.clauses or () if clause in about)) for one in told
    )
    return tuple(one for one in mine if one.clauses)


def _boundary(boundary: Boundary) -> BoundaryReport:
    telling = boundary.telling
    return BoundaryReport(
        operation=boundary.operation,
        field=boundary.field,
        what=boundary.what,
        documented=boundary.documented,
        observed=boundary.observed,
        clauses=tuple(boundary.clauses),
        tried=tuple(_tried(value, boundary.tried[value]) for value in telling),
        left_out=boundary.left_out + len(boundary.tried) - len(telling),
    )


def _tried(value: float, reply: Tried) -> TriedReport:
    if reply is Tried.ACCEPTED or reply is Tried.REJECTED:
        return TriedReport(value=value, accepted=reply is Tried.ACCEPTED)
    each = (one.name.lower().replace("_", " ") for one in Tried if reply & one and one.name)
    return TriedReport(value=value, accepted=None, why=" and ".join(each))
