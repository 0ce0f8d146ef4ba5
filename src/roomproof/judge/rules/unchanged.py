"""`unchanged`: a member that an update does not carry stays as it is."""

from __future__ import annotations

from collections.abc import Iterator

from roomproof.judge.evidence import Evidence
from roomproof.judge.memory import compared
from roomproof.judge.options import Place
from roomproof.judge.rule import Rule
from roomproof.judge.seen import Seen


def unchanged(seen: Seen) -> Iterator[Evidence]:
    """Compares every member that an update does not carry with the room as it was before."""
    if seen.sent_is_known:
        sent = seen.request.sent
        yield from compared(seen, RULE, lambda name: name not in sent, "the request does not carry it")


RULE = Rule("unchanged", unchanged, about=Place.BODY, row="left out")
