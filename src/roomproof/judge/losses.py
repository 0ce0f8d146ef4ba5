"""Requests that a server never answers, though it answers their neighbours: lost on the way, or more than it
can bear?
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b

from roomproof.contract.model import Operation
from roomproof.interaction import Interaction, Loss, Request, media_type
from roomproof.judge.blame import blame, clause_of_success, clauses_of_field
from roomproof.judge.evidence import Evidence, broken
from roomproof.judge.judged_interaction import Classification, RejectionReason, Violation
from roomproof.judge.rooms import Rooms
from roomproof.judge.rules import no_server_error

LARGEST = 100_000
"""Bytes of a body; of a larger one a server may have had enough before it was whole."""
MOST = 200
"""So many requests are remembered: a long stream is to need no more memory than a short one."""
TIMES: Mapping[Loss, int] = {Loss.DROPPED: 4, Loss.BROKEN: 4, Loss.LATE: 3}
"""So often the same request has to stay without a response, others answered in between, until it is not the
way: at a loss of 3 % of all requests, which is much, that happens by chance once in a million. Who waits in
vain loses much time, so that there are but a few of these in a run, and it is enough to have waited three
times.
"""
COMMON = 0.05
"""The share of the answered requests that were lost at first; where so many are, nothing follows from a
loss.
"""


@dataclass
class Losses:
    """Remembers which requests of a stream got no usable response, and how often."""

    _responses: int = 0
    _recovered: int = 0
    _lost: dict[bytes, tuple[int, int]] = field(default_factory=dict)

    def note_response(self, request: Request) -> None:
        """Note that a request was answered: what was lost before was lost on the way."""
        self._responses += 1
        if self._lost:
            self._recovered += self._lost.pop(_key(request), None) is not None

    def is_every_time(self, request: Request, loss: Loss) -> bool:
        """Note a request that was lost; whether that was its fate each of several TIMES, others being
        answered in between.
        """
        if len(request.body or b"") > LARGEST:
            return False
        key = _key(request)
        times, responses = self._lost.pop(key, (0, -1))
        # Twice in a row, with no response in between, may be a server that is away for a moment.
        self._lost[key] = (times + (responses < self._responses), self._responses)
        if len(self._lost) > MOST:
            del self._lost[next(iter(self._lost))]
        return self._lost[key][0] >= TIMES[loss] and self._recovered <= COMMON * self._responses


def _key(request: Request) -> bytes:
    """Return what tells a request from others, whenever and however often it is signed and sent."""
    parts = (request.method, request.url, request.credentials.value, media_type(request.headers) or "")
    return blake2b(
        b"\0".join((*(part.encode() for part in parts), request.body or b"")), digest_size=16
    ).digest()


_HOW = {
    Loss.DROPPED: "the server closes the connection on",
    Loss.BROKEN: "the server gives no usable response to",
    Loss.LATE: "the server never answers",
}


def unbearable(
    operation: Operation, request: Classification, interaction: Interaction, rooms: Rooms, loss: Loss
) -> Iterator[Evidence]:
    """Yield that a server cannot bear a request, which is no better than a server error (RFC 9110, 15.6), and
    breaks what it aims at.
    """
    what = f"{_HOW[loss]} a request with {request.told}, each time, and answers the requests in between"
    received = f"{interaction.failure}, each time"
    for clause in no_server_error.RULE.clauses(operation):
        yield broken(clause, what, expected="a response with a status below 500", received=received)
    if request.must_be_accepted:
        yield from _unaccepted(operation, request, rooms, what, received)
    for violation in _sole_violations(operation, request, rooms):
        text = f"{what}, although {violation.clause.demands}"
        yield broken(
            violation.clause,
            text,
            expected="a rejection (status 4xx)",
            received=received,
            doubtful=violation.doubtful,
        )


def _unaccepted(
    operation: Operation, request: Classification, rooms: Rooms, what: str, received: str
) -> Iterator[Evidence]:
    """Yield that what a valid request aims at is not accepted."""
    expected, blamed = f"status {operation.success.status}", blame(operation, request, rooms)
    if blamed.field:
        for clause in clauses_of_field(operation, request, rooms, blamed):
            yield broken(clause, f"{what}, although {clause.demands}", expected=expected, received=received)
    elif blamed.is_only_fragile:
        for clause in blamed.fragile:
            yield broken(clause, what, expected=expected, received=received, lenient=True)
    else:
        success, suspects = clause_of_success(operation, request), (*blamed.fragile, *blamed.suspects)
        explaining = tuple(clause.id for clause in suspects) if blamed.fields else ()
        yield broken(
            success,
            what,
            expected=expected,
            received=received,
            lenient=bool(blamed.fragile),
            suspects=explaining,
        )


def _sole_violations(operation: Operation, request: Classification, rooms: Rooms) -> list[Violation]:
    """Return the reasons to reject a request that are the only ones, where nothing else in it can be what the
    server cannot bear.

    Whose credentials are wrong is rejected whatever else there is.
    """
    unauthenticated = [
        violation
        for violation in request.violations
        if violation.rejection is RejectionReason.UNAUTHENTICATED
    ]
    alone = unauthenticated or [
        violation for violation in request.violations if not request.other_reason(violation)
    ]
    new = {name for name, value in request.sent.items() if not rooms.was_accepted(operation.id, name, value)}
    return [violation for violation in alone if new <= {*violation.fields}]
