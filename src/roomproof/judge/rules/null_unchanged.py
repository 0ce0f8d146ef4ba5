"""`null-unchanged`: a field that is sent as null keeps its value, if that is accepted at all."""

from __future__ import annotations

from collections.abc import Iterator

from roomproof.judge.evidence import Evidence
from roomproof.judge.judged_interaction import JudgedInteraction
from roomproof.judge.memory import compared
from roomproof.judge.options import FieldPlace
from roomproof.judge.rule import HiddenBy, Rule


def null_unchanged(seen: JudgedInteraction) -> Iterator[Evidence]:
    """Sends null where no document allows it: if it is accepted, the field keeps its value."""
    sent = seen.request.sent
    yield from compared(seen, RULE, lambda name: sent.get(name, ...) is None, "it was sent as null")


RULE = Rule("null-unchanged", null_unchanged, about=FieldPlace.BODY, hidden_by=HiddenBy.CHANGES, row="null")
