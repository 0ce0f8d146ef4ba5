"""`kept-or-default`: a field that a PUT leaves out is kept or has its default."""

from __future__ import annotations

from collections.abc import Iterator

from roomproof.judge.equality import same
from roomproof.judge.evidence import Evidence, ShownValue, broken, kept
from roomproof.judge.judged_interaction import JudgedInteraction
from roomproof.judge.memory import EMPTY, known_before, speaks_of_the_room
from roomproof.judge.options import FieldPlace
from roomproof.judge.rule import Rule, needs_new_room
from roomproof.judge.rules import default_from
from roomproof.judge.rules.default import default_of


def kept_or_default(seen: JudgedInteraction) -> Iterator[Evidence]:
    """Compares every field that a PUT leaves out with the room before and with the documented default."""
    known, room = known_before(seen), seen.response.room
    if not speaks_of_the_room(seen) or room is None or not seen.sent_is_known:
        return
    derived = default_from.origins(seen.operation)
    for clause in RULE.clauses(seen.operation):
        name = clause.path[0]
        if name in seen.request.sent or name not in known or name not in room:
            continue
        if derived.get(name) in seen.response.scrubbed:
            continue
        default = room.get(derived[name]) if name in derived else default_of(seen, name)
        allowed = [known[name], *([default] if default is not None else EMPTY)]
        if any(same(value, room[name]) for value in allowed):
            yield kept(clause)
        else:
            before, now = ShownValue(known[name]), ShownValue(room[name])
            text = f"{name} was left out; it was {before} and is now {now}, which is no documented default"
            yield broken(
                clause,
                text,
                expected=" or ".join(str(ShownValue(value)) for value in allowed[:2]),
                received=now,
            )


RULE = Rule(
    "kept-or-default", kept_or_default, about=FieldPlace.BODY, row="left out", unexercised=needs_new_room
)
