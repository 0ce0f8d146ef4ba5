"""Requests on which a server closes the connection without a response: lost on the way, or more than the server can bear?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b

from roomproof.contract.clause import Part
from roomproof.contract.model import Operation
from roomproof.interaction import Interaction, Request, media_type
from roomproof.judge.evidence import Evidence, broken
from roomproof.judge.seen import Classification

LARGEST = 100_000
"""Bytes of a body; of a larger one a server may have had enough before it was whole."""
MOST = 200
"""So many requests are remembered: a long stream is to need no more memory than a short one."""
TIMES = 4
"""So often the same request has to be dropped, others answered in between, until it is not the network: at a loss of 3 % of all
requests, which is much, that happens by chance once in a million."""


@dataclass
class Drops:
    """Remembers which requests of a stream got no response since the connection was closed, and how often."""

    _answers: int = 0
    _dropped: dict[bytes, tuple[int, int]] = field(default_factory=dict)

    def note_answer(self, request: Request) -> None:
        """Note that a request was answered: what was dropped before was lost on the way."""
        self._answers += 1
        if self._dropped:
            self._dropped.pop(_key(request), None)

    def is_every_time(self, request: Request) -> bool:
        """Note a request whose connection was closed; whether that was its fate each of TIMES times, others being answered in between."""
        if len(request.body or b"") > LARGEST:
            return False
        key = _key(request)
        times, answers = self._dropped.pop(key, (0, -1))
        # Twice in a row, with no answer in between, may be a server that is away for a moment.
        self._dropped[key] = (times + (answers < self._answers), self._answers)
        if len(self._dropped) > MOST:
            del self._dropped[next(iter(self._dropped))]
        return self._dropped[key][0] >= TIMES


def _key(request: Request) -> bytes:
    """Return what tells a request from others, whenever and however often it is signed and sent."""
    parts = (request.method, request.url, request.credentials.value, media_type(request.headers) or "")
    return blake2b(b"\0".join((*(part.encode() for part in parts), request.body or b"")), digest_size=16).digest()


def dropped(operation: Operation, request: Classification, interaction: Interaction) -> Iterator[Evidence]:
    """Yield that a server cannot bear a request: it is no better than an answer with a server error (RFC 9110, 15.6)."""
    for clause in operation.by_rule.get((Part.BEHAVIOUR, "no-server-error"), ()):
        what = request.told
        text = f"the server closes the connection on a request with {what}, each time, and answers the requests in between"
        yield broken(clause, text, expected="a response with a status below 500", received=interaction.failure)
