"""`null-unchanged`: a member that is sent as null keeps its value, if that is accepted at all."""

from __future__ import annotations

from collections.abc import Iterator

from roomproof.judge.evidence import Evidence
from roomproof.judge.memory import compared
from roomproof.judge.options import Place
from roomproof.judge.rule import HiddenBy, Rule
from roomproof.judge.seen import Seen


def null_unchanged(seen: Seen) -> Iterator[Evidence]:
    """Sends null where no page allows it: if it is taken, the member keeps its value."""
    sent = seen.request.sent
    yield from compared(seen, RULE, lambda name: sent.get(name, ...) is None, "it was sent as null")


RULE = Rule("null-unchanged", null_unchanged, about=Place.BODY, hidden_by=HiddenBy.CHANGES, row="null")
