"""`default-on-create`: a field that a create leaves out has its default in the response."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from roomproof.contract.clause import values_at
from roomproof.contract.resource import Effect
from roomproof.judge.equality import same_value
from roomproof.judge.evidence import Evidence, ShownValue, broken, kept, shown
from roomproof.judge.judged_interaction import JudgedInteraction, NoJson
from roomproof.judge.options import FieldPlace, read_options
from roomproof.judge.rule import Base, Rule, Scene, ShowingRequests, WantedRequest
from roomproof.judge.rules.replayed_once import is_replay


@dataclass(frozen=True)
class DefaultOnCreateOptions:
    """The default, any JSON value."""

    default: Any


def default_on_create(seen: JudgedInteraction) -> Iterator[Evidence]:
    """Makes a room without the field: the response shows the default."""
    room = seen.response.room
    if (
        not seen.response.accepted
        or room is None
        or not seen.sent_is_known
        or is_replay(seen)
        or _is_unread(seen.request.body)
    ):
        return
    for clause in RULE.clauses(seen.operation):
        if clause.path[0] in seen.request.sent:
            continue
        default = read_options(DefaultOnCreateOptions, clause).default
        for _, value in values_at(room, clause.path):
            if same_value(default, value):
                yield kept(clause)
            else:
                text = f"{clause.field} was not sent; it is {shown(value)}, documented is {shown(default)}"
                yield broken(clause, text, expected=ShownValue(default), received=ShownValue(value))


def _is_unread(body: Any) -> bool:
    """Whether a body is there in which nobody can tell what was sent: the server may have read it in another
    way.
    """
    return not isinstance(body, dict) and body is not NoJson.ABSENT


def _wants(_: Scene) -> Iterator[WantedRequest]:
    yield WantedRequest("what is required, and no more", base=Base.REQUIRED)


RULE = Rule(
    "default-on-create",
    default_on_create,
    effects=frozenset({Effect.CREATE}),
    about=FieldPlace.ROOM,
    options=DefaultOnCreateOptions,
    shown=ShowingRequests.BY_ACCEPTED,
    wants=(_wants,),
    lost_with_creation=True,
    row="default",
)
