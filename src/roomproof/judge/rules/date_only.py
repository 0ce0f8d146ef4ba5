"""`date-only`: a date without a time means midnight UTC of that day."""

from __future__ import annotations

from collections.abc import Iterator

from roomproof.contract.formats import instant, midnight
from roomproof.judge.evidence import Evidence, ShownValue, broken, kept, shown
from roomproof.judge.judged_interaction import JudgedInteraction
from roomproof.judge.memory import speaks_of_the_room
from roomproof.judge.options import FieldPlace
from roomproof.judge.rule import HiddenBy, Rule, ShowingRequests


def date_only(seen: JudgedInteraction) -> Iterator[Evidence]:
    """Sends a date without a time: the response says midnight UTC of that day."""
    if not speaks_of_the_room(seen) or seen.response.room is None:
        return
    for clause in RULE.clauses(seen.operation):
        name = clause.path[0]
        value = seen.request.sent.get(name)
        if isinstance(value, str) and midnight(value) is not None and name in seen.response.room:
            got = seen.response.room[name]
            if isinstance(got, str) and instant(got) == midnight(value):
                yield kept(clause)
            else:
                text = f"{name} {shown(value)} becomes {shown(got)} instead of midnight UTC"
                yield broken(clause, text, expected=f"{value}T00:00:00Z", received=ShownValue(got))


RULE = Rule(
    "date-only",
    date_only,
    about=FieldPlace.BODY,
    shown=ShowingRequests.BY_FIELD,
    hidden_by=HiddenBy.CHANGES,
    row="converted",
)
