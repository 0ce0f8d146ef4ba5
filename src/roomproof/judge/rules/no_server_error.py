"""`no-server-error`: nothing that is sent is answered with a 5xx status."""

from __future__ import annotations

from collections.abc import Iterator

from roomproof.judge.evidence import Evidence, broken, kept
from roomproof.judge.judged_interaction import JudgedInteraction
from roomproof.judge.kind import by_crash
from roomproof.judge.rule import Rule, ShowingRequests
from roomproof.judge.wanted import strangers, unknown_rooms


def no_server_error(seen: JudgedInteraction) -> Iterator[Evidence]:
    """Watches every response to every request, valid or not, for a 5xx status."""
    status = seen.response.response.status
    for clause in RULE.clauses(seen.operation):
        if status < 500:
            yield kept(clause)
        else:
            text = f"a server error answers a request with {seen.request.told}"
            yield broken(clause, text, expected="a status below 500", received=f"status {status}")


RULE = Rule(
    "no-server-error",
    no_server_error,
    shown=ShowingRequests.BY_ANY,
    wants=(strangers, unknown_rooms),
    # By a 5xx status the server itself says that it erred (RFC 9110, 15.6): no document has to say so.
    fails_at_any_level=True,
    row="any input",
    kind=by_crash,
)
