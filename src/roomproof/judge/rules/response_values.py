"""Response clauses of values: every value of a response keeps the keywords of its schema."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from roomproof.contract.clause import Clause, Part, Path
from roomproof.contract.parameters import read_text
from roomproof.interaction import header
from roomproof.judge.answers import MOST_VALUES, documented_response, documented_rules
from roomproof.judge.compiled import ResponseRules
from roomproof.judge.equality import echoes
from roomproof.judge.evidence import Evidence, ShownValue, broken, kept, unproven
from roomproof.judge.judged_interaction import NOT_HERE, JudgedInteraction, NoJson
from roomproof.judge.kind import by_received_type
from roomproof.judge.rule import VALUES, Rule
from roomproof.judge.validators import PlaceValidator


def values_returned(seen: JudgedInteraction) -> Iterator[Evidence]:
    """Holds every value of every response, body and header, against the clause's keyword."""
    spec = documented_response(seen)
    if spec is None:
        return
    rules = documented_rules(seen, spec.status)
    for place in rules.header_values:
        value = header(seen.response.response.headers, place.path[-1])
        if value is not None and not seen.is_unread(value):
            name, read = place.path[-1], read_text(_schema_of(place), value)
            yield from (_judged(item.clause, item.keeps(read), value, name) for item in place.items)
    if isinstance(seen.response.body, NoJson):
        yield from _unreadable(rules, seen.response.body)
        yield from _unread(rules, seen.response.body)
        return
    for place, values in rules.values.held(seen.response.body):
        for pointer, value in values[:MOST_VALUES]:
            if seen.is_unread(value):
                continue
            if value is not None and place.keeps(value):
                yield from place.kept
            else:
                yield from _one_by_one(seen, place, pointer, value)


def _schema_of(place: PlaceValidator) -> dict[str, Any]:
    """Return what tells the type of a header's value."""
    return next((dict(item.clause.schema) for item in place.items if item.clause.rule == "type"), {})


def _one_by_one(
    seen: JudgedInteraction, place: PlaceValidator, pointer: Path, value: Any
) -> Iterator[Evidence]:
    """Yield what a value says of each clause about its place; one of a wrong type breaks no other clause."""
    wrong_type = False
    for item in place.items:
        if value is None and item.clause.rule != "null":
            continue
        keeps = item.keeps(value)
        if not keeps and wrong_type:
            continue
        wrong_type = wrong_type or (item.clause.rule == "type" and not keeps)
        if keeps:
            yield kept(item.clause)
        elif not _was_told(seen, pointer, value):
            yield _judged(item.clause, False, value, ".".join(pointer))


def _unreadable(rules: ResponseRules, body: NoJson) -> Iterator[Evidence]:
    """A body that holds no JSON value has no type at all; one that only some parsers read may be a faithful
    echo.
    """
    if body in (*NOT_HERE, NoJson.DISPUTED):
        return
    for place in rules.values:
        for item in place.items:
            if not place.path and item.clause.rule == "type":
                text = f"the body of the response is {body.value}, where JSON is documented"
                received = f"a body that is {body.value}"
                yield broken(item.clause, text, expected="a JSON value", received=received)


def _unread(rules: ResponseRules, body: NoJson) -> Iterator[Evidence]:
    """What every readable body shows is unproven; where a recorder left it out, that is no doubt about the
    provider.
    """
    if body is not NoJson.UNRECORDED:
        why = f"the body of the response is {body.value}"
        for place in rules.values:
            if rules.is_always_there(place.path):
                yield from (unproven(item.clause, why) for item in place.items)
        for fields in rules.present:
            if rules.is_always_there(fields.path):
                yield from (unproven(clause, why) for clause in fields.clauses)


def _was_told(seen: JudgedInteraction, pointer: tuple[str, ...], value: Any) -> bool:
    """Whether a value only repeats what was sent and accepted: then the accepting was judged, the repeating
    is right.
    """
    at, room = seen.resource.at, seen.response.room
    if value is None or room is None or pointer[: len(at)] != at or len(pointer) == len(at):
        return False
    name = pointer[len(at)]
    told = seen.request.sent if name in seen.request.sent or seen.state is None else seen.state.told
    return name in told and echoes(told[name], room.get(name), None)


def _judged(clause: Clause, keeps: bool, value: Any, name: str) -> Evidence:
    if keeps:
        return kept(clause)
    told = ShownValue(value)
    return broken(
        clause,
        f"the response's {name or 'body'} is {told}, but {clause.demands}",
        expected=clause.demands,
        received=told,
    )


RULE = Rule(VALUES, values_returned, Part.RESPONSE, hangs_on_history=False, kind=by_received_type)
