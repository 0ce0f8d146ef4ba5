"""What a request carries beside the values of its body: parameters, media type, a body at all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from roomproof.contract.model import Operation
from roomproof.interaction import Request, media_type
from roomproof.judge.compiled import CarriedParameters, ParameterRules, RequestRules
from roomproof.judge.evidence import shown
from roomproof.judge.judged_interaction import (
    NoJson,
    Question,
    RejectionReason,
    RequestPlace,
    Violation,
    is_second_hand,
)
from roomproof.judge.placeholder import is_placeholder

Json = Any


def unread(request: Request, carried: CarriedParameters, scrubbed: frozenset[str]) -> Iterator[Question]:
    """Yield which values of a request nobody can read, so that a rejection may be about them."""
    yield from (Question(f"the recording has no readable {name}", (name,)) for name in sorted(scrubbed))
    for parameter, value in carried:
        if value is not None and parameter.is_unread(value, second_hand=is_second_hand(request)):
            yield Question(f"the recording has no readable {parameter.name}")


def carrier_violations(
    operation: Operation, rules: RequestRules, request: Request, carried: CarriedParameters, body: Json
) -> Iterator[Violation]:
    """Yield why a request has to be rejected for its parameters, its media type, or a body that is none."""
    for parameter, value in carried:
        yield from _parameter_violations(parameter, value, request, has_body=operation.body is not None)
    media = media_type(request.headers)
    is_unread = is_second_hand(request) and (media is None or is_placeholder(media))
    known = operation.body.media_types if operation.body is not None else ()
    if request.body and rules.media is not None and media not in known and not is_unread:
        what = f"a body sent as {media or 'no media type'}"
        yield Violation(
            rules.media,
            RejectionReason.UNREADABLE,
            what,
            lenient=True,
            where=RequestPlace("header", "Content-Type"),
            sent=media,
        )
    if (
        body is NoJson.MALFORMED
        and rules.body_type is not None
        and (media not in known or media == operation.media_type)
    ):
        what = "a body that is no JSON"
        yield Violation(
            rules.body_type,
            RejectionReason.UNREADABLE,
            what,
            lenient=True,
            where=RequestPlace("body"),
            sent=_text(request),
        )
    elif body is NoJson.ABSENT and rules.body_required is not None:
        yield Violation(rules.body_required, RejectionReason.UNREADABLE, "no body", lenient=True)


def _parameter_violations(
    parameter: ParameterRules, value: str | None, request: Request, *, has_body: bool
) -> Iterator[Violation]:
    kind = RejectionReason.UNKNOWN_ROOM if parameter.place == "path" else RejectionReason.UNREADABLE
    if parameter.place == "query" and value is not None and not has_body:
        # Where there is no body, what a document calls invalid is a parameter.
        kind = RejectionReason.INVALID
    if value is None:
        if parameter.required is not None and not is_second_hand(request):
            yield Violation(parameter.required, kind, f"no {parameter.name}")
    elif parameter.is_unread(value, second_hand=is_second_hand(request)) or parameter.open_reason(value):
        return
    elif not parameter.value.keeps(read := parameter.read(value)):
        # A recorder may have put a word of its own in the place of a header's value.
        doubtful = parameter.place == "header" and is_second_hand(request)
        broken = (item.clause for item in parameter.value.items if not item.keeps(read))
        what, where = f"{parameter.name} {shown(read)}", RequestPlace(parameter.place, parameter.name)
        yield from (
            Violation(clause, kind, what, doubtful=doubtful, where=where, sent=value) for clause in broken
        )


def open_parameters(carried: CarriedParameters) -> Iterator[str]:
    """Yield what the documents leave open about the values of parameters (`x-unsettled`)."""
    for parameter, value in carried:
        reason = None if value is None else parameter.open_reason(value)
        if reason is not None:
            yield f"{parameter.name} {shown(value)}: {reason}"


def undocumented(operation: Operation, rules: RequestRules, request: Request) -> Iterator[str]:
    """Yield what a request carries that its operation does not have, or has in a form that no clause here
    speaks of.
    """
    if request.body and operation.body is None:
        yield "no document says what follows from a body"
    media, body = media_type(request.headers), operation.body
    if body is not None and media in body.media_types and media not in (body.media_type, *body.alike):
        yield f"what a body sent as {media} holds is not looked at"
    if rules.queries:
        yield from (
            f"no document has the query parameter {name}"
            for name in request.query
            if name not in rules.queries
        )


def _text(request: Request) -> str:
    return (request.body or b"").decode("utf-8", "replace")


def left_out(rules: RequestRules, request: Request, body: Json) -> Iterator[str]:
    """Yield what a second-hand request lacks: whether it was sent nobody knows, so nobody knows whether it
    had to be accepted.
    """
    if body is NoJson.UNRECORDED:
        yield "the recording has no body"
    elif (media := media_type(request.headers)) is None or is_placeholder(media):
        yield "the recording has no Content-Type"
    for parameter in rules.parameters:
        if parameter.required is not None and parameter.sent_in(request, {}) is None:
            yield f"the recording has no {parameter.name}"
