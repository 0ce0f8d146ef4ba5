"""`unchanged`: a field that an update does not carry stays as it is."""

from __future__ import annotations

from collections.abc import Iterator

from roomproof.judge.evidence import Evidence
from roomproof.judge.judged_interaction import JudgedInteraction
from roomproof.judge.memory import compared
from roomproof.judge.options import FieldPlace
from roomproof.judge.rule import Rule


def unchanged(seen: JudgedInteraction) -> Iterator[Evidence]:
    """Compares every field that an update does not carry with the room as it was before."""
    if seen.sent_is_known:
        sent = seen.request.sent
        yield from compared(seen, RULE, lambda name: name not in sent, "the request does not carry it")


RULE = Rule("unchanged", unchanged, about=FieldPlace.BODY, row="left out")
