"""Requests on which a server closes the connection without a response: lost on the way, or more than the server can bear?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b

from roomproof.contract.clause import Part
from roomproof.contract.model import Operation
from roomproof.interaction import Interaction, Request
from roomproof.judge.evidence import Evidence, broken
from roomproof.judge.seen import Classification

LARGEST = 100_000
"""Bytes of a body; of a larger one a server may have had enough before it was whole."""
MOST = 200
"""So many requests are remembered: a long stream is to need no more memory than a short one."""


@dataclass
class Drops:
    """Remembers the requests of a stream that got no response since the connection was closed, and whether others got one since."""

    _answers: int = 0
    _dropped: dict[bytes, int] = field(default_factory=dict)

    def note_answer(self) -> None:
        """Note that a request was answered."""
        self._answers += 1

    def is_repeated(self, request: Request) -> bool:
        """Note a request whose connection was closed; whether the same one had that fate before, and another was answered since."""
        if len(request.body or b"") > LARGEST:
            return False
        key = blake2b(b"\0".join((request.method.encode(), request.url.encode(), request.body or b"")), digest_size=16).digest()
        answers_then = self._dropped.pop(key, self._answers)
        self._dropped[key] = self._answers
        if len(self._dropped) > MOST:
            del self._dropped[next(iter(self._dropped))]
        return answers_then < self._answers


def dropped(operation: Operation, request: Classification, interaction: Interaction) -> Iterator[Evidence]:
    """Yield that a server cannot bear a request: it is no better than an answer with a server error (RFC 9110, 15.6)."""
    for clause in operation.by_rule.get((Part.BEHAVIOUR, "no-server-error"), ()):
        what = request.told
        text = f"the server closes the connection on a request with {what}, each time, and answers the requests in between"
        yield broken(clause, text, expected="a response with a status below 500", received=interaction.failure)
