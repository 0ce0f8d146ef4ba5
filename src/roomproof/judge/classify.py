"""Classify a request by itself: must it be accepted, must it be rejected and why, or do the documents leave
it open?
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from roomproof.contract.clause import Clause, Level, values_at
from roomproof.contract.formats import is_date_time
from roomproof.contract.keywords import Edge
from roomproof.contract.model import Operation
from roomproof.interaction import Interaction
from roomproof.judge import leniency
from roomproof.judge.carried import carrier_violations, left_out, open_parameters, undocumented, unread
from roomproof.judge.compiled import RequestRules
from roomproof.judge.evidence import shown
from roomproof.judge.judged_interaction import (
    Classification,
    NoJson,
    Question,
    RejectionReason,
    RequestPlace,
    Violation,
    is_second_hand,
    sent_body,
)
from roomproof.judge.moments import order_questions
from roomproof.judge.placeholder import is_scrubbed
from roomproof.judge.rooms import Rooms, RoomState
from roomproof.judge.rule import ReadableRequest
from roomproof.judge.silence import silences
from roomproof.judge.undocumented_fields import undocumented_fields
from roomproof.judge.validators import ClauseValidator, PlaceValidator

Json = Any
Pointer = tuple[str, ...]
Held = list[tuple[PlaceValidator, list[tuple[Pointer, Json]]]]
"""The values that a body holds where clauses speak of values, each with its way there."""
_WHOLE_BODY = ""
"""Stands for a body that is no object, among the names of fields."""
_UNREAD = {NoJson.DISPUTED: "parsers differ on this text", NoJson.VAST: f"the body is {NoJson.VAST.value}"}
"""Why nobody can say what a body holds that is JSON all the same."""


def classify(
    operation: Operation,
    rules: RequestRules,
    interaction: Interaction,
    parameters: Mapping[str, str],
    rooms: Rooms,
    state: RoomState | None,
    around: RoomState | None = None,
) -> Classification:
    """Return what the contract says of a request, given what is known of the rooms when it is sent.

    `around` is the room in which that stands which its path names.
    """
    request = interaction.request
    carried = rules.carried(request, parameters)
    body = sent_body(operation, request)
    sent = body if isinstance(body, dict) else {}
    scrubbed = (
        frozenset(name for name, value in sent.items() if is_scrubbed(value))
        if is_second_hand(request)
        else frozenset()
    )
    readable = {name: value for name, value in sent.items() if name not in scrubbed} if scrubbed else sent
    held = _readable(_held(rules, body)) if scrubbed else _held(rules, body)
    open_pointers = dict(_open_regions(rules, body))
    broken = [*_broken_values(rules, held, open_pointers), *_missing_fields(rules, body)]
    beyond_samples = [violation for violation, _ in broken if leniency.is_limit_of_a_sample(violation.clause)]
    asked = ReadableRequest(
        operation, rules, request, parameters, sent, readable, rooms, state, interaction.at, around
    )
    violations = [
        *(violation for rejects, clause in rules.rejecting for violation in rejects(asked, clause)),
        *carrier_violations(operation, rules, request, carried, body),
        *(violation for violation, _ in broken if not leniency.is_limit_of_a_sample(violation.clause)),
    ]
    doubtful: set[str] = {pointer[0] for _, pointer in broken if pointer}
    unsettled = [Question(why, pointer[:1]) for pointer, why in open_pointers.items()]
    beyond = "is more than the samples show, and a sample closes no list"
    unsettled += [Question(f"{violation.what} {beyond}", violation.fields) for violation in beyond_samples]
    unsettled += map(Question, open_parameters(carried))
    known = {clause.path[0] for settles, clause in rules.settling if settles(asked, clause)}
    texts = _open_texts(rules, held, interaction.at, doubtful)
    unsettled += (question for question in texts if not known.intersection(question.fields))
    unsettled += map(Question, left_out(rules, request, body) if is_second_hand(request) else ())
    unsettled += (question for asks, clause in rules.asking for question in asks(asked, clause))
    unsettled += map(Question, silences(operation, rules, request, (state, around), body, violations))
    unsettled += map(Question, undocumented(operation, rules, request))
    unsettled += [Question(_UNREAD[body])] if isinstance(body, NoJson) and body in _UNREAD else []
    unknown = [field.way for field in undocumented_fields(operation.schema, sent)]
    doubtful.update(pointer[0] for pointer in unknown if len(pointer) > 1)
    unsettled += [Question(f"{_named(pointer)} is no documented field", pointer[:1]) for pointer in unknown]
    unsettled += order_questions(operation, sent, state)
    # Of what was accepted nobody asks whether it had to be: what is readable of it was accepted all the same.
    hidden = tuple(unread(request, carried, scrubbed))
    if violations or unsettled:
        return Classification(
            body, sent, tuple(violations), tuple(unsettled), (), {}, (), frozenset(doubtful), scrubbed, hidden
        )
    edges = _edges(
        rules,
        [_WHOLE_BODY] if isinstance(body, list) else [name for name in readable if name in rules.accepted],
        held,
    )
    fragile, inside = tuple(_fragile(rules, held)), tuple(_inside(rules, held))
    return Classification(body, sent, (), (), fragile, edges, inside, frozenset(doubtful), scrubbed, hidden)


def _readable(held: Held) -> Held:
    """Return what a body holds without the values that a recorder has made unreadable."""
    return [
        (place, [(pointer, value) for pointer, value in values if not is_scrubbed(value)])
        for place, values in held
    ]


def _held(rules: RequestRules, body: Json) -> Held:
    return [] if isinstance(body, NoJson) else list(rules.values.held(body))


def _broken_values(
    rules: RequestRules, held: Held, open_pointers: Mapping[Pointer, str]
) -> Iterator[tuple[Violation, Pointer]]:
    wrong_type: set[Pointer] = set()
    for place, values in held:
        for pointer, value in values:
            if value is None:
                clause = rules.nulls.get(place.path) or _first_without_null(
                    place.items, place.path in rules.nullable
                )
                if clause is not None:
                    what = f"{_named(pointer)} null"
                    yield (
                        Violation(
                            clause,
                            RejectionReason.INVALID,
                            what,
                            lenient=True,
                            where=RequestPlace("body", way=pointer),
                        ),
                        pointer,
                    )
                continue
            if place.keeps(value):
                continue
            for item in place.items:
                if pointer in wrong_type or item.keeps(value):
                    continue
                if item.clause.rule == "type":
                    wrong_type.add(pointer)
                # Of what the documents leave open, or of what cannot be changed, nobody says that it must be
                # rejected.
                is_open = pointer in open_pointers and item.clause.rule != "type"
                is_ignored = pointer != () and pointer[0] in rules.ignored
                lenient = _is_lenient(item.clause, value, place.items)
                what = f"{_named(pointer)} {shown(value)}"
                where = RequestPlace("body", way=pointer)
                yield (
                    Violation(
                        item.clause,
                        RejectionReason.INVALID,
                        what,
                        lenient,
                        is_open or is_ignored,
                        where,
                        value,
                    ),
                    pointer,
                )


def _missing_fields(rules: RequestRules, body: Json) -> Iterator[tuple[Violation, Pointer]]:
    if isinstance(body, NoJson):
        return
    for fields in rules.fields:
        objects = [
            (pointer, value) for pointer, value in values_at(body, fields.path) if isinstance(value, dict)
        ]
        for clause in fields.clauses:
            for pointer, value in objects:
                if clause.path[-1] not in value:
                    way = (*pointer, clause.path[-1])
                    yield (
                        Violation(
                            clause,
                            RejectionReason.INVALID,
                            f"no {'.'.join(way)}",
                            where=RequestPlace("body", way=way),
                        ),
                        (),
                    )


def _first_without_null(items: list[ClauseValidator], nullable: bool) -> Clause | None:
    """Return a clause that null breaks where no type speaks of null."""
    return None if nullable else next((item.clause for item in items if not item.allows_null()), None)


def _named(pointer: tuple[str, ...]) -> str:
    return ".".join(pointer) or "the body"


def _is_lenient(clause: Clause, value: Json, items: list[ClauseValidator]) -> bool:
    """Whether to accept a value is harmless: it is read as one that keeps every other clause."""
    if clause.rule == "type":
        read = leniency.coerced(value, clause.schema["type"])
        return read is not None and all(item.keeps(read) for item in items)
    if clause.rule == "format":
        return leniency.is_near_format(value, clause.schema["format"])
    if clause.rule in ("any-of", "one-of"):
        alternatives = next(iter(clause.schema.values()))
        return any(
            leniency.is_near_format(value, schema.get("format", ""))
            for schema in alternatives
            if isinstance(schema, dict)
        )
    return False


def _open_regions(rules: RequestRules, body: Json) -> Iterator[tuple[Pointer, str]]:
    """Yield the values whose acceptance the contract says is open, each with the reason."""
    if isinstance(body, NoJson):
        return
    for region in rules.open:
        for pointer, value in values_at(body, region.path):
            if region.matches.is_valid(value):
                yield pointer, region.reason


def _open_texts(
    rules: RequestRules, held: Held, at: datetime | None, doubtful: set[str]
) -> Iterator[Question]:
    """Yield why the acceptance of texts and date-times is open, whatever the contract; note whose echo is
    doubtful too.
    """
    for place, values in held:
        for pointer, value in values:
            if not isinstance(value, str):
                continue
            if leniency.may_be_restored(value):
                doubtful.update(pointer[:1])
            reasons = [*leniency.open_questions(value, has_length_limit=place.path in rules.limited)]
            reasons += leniency.open_date_time(value, at) if is_date_time(value) else ()
            # Of a body that is a list, or a map, what stands in it has one name, whichever of it it is.
            yield from (Question(why, place.path[:1]) for why in reasons)


def _fragile(rules: RequestRules, held: Held) -> Iterator[Clause]:
    """Yield the clauses of values that no document says to be valid: those of a spelling, and a null, that
    only a lower level allows.
    """
    for place, values in held:
        for _, value in values:
            if (
                value is None
                and place.path in rules.nullable
                and rules.nullable[place.path].level is not Level.DOCUMENTED
            ):
                yield rules.nullable[place.path]
            if isinstance(value, str) and leniency.is_only_standard(value):
                yield from (item.clause for item in place.items if item.clause.rule in ("format", "any-of"))


def _edges(rules: RequestRules, names: list[str], held: Held) -> dict[str, tuple[Clause, ...]]:
    """Return, by field, the clauses whose limit, list or form it sits on; they are what its acceptance
    proves.
    """
    edges: dict[str, list[Clause]] = {name: [] for name in names}
    for place, values in held:
        name = _WHOLE_BODY if _WHOLE_BODY in edges else place.path[0] if place.path else None
        if name is None or name not in edges:
            continue
        found = edges[name]
        for _, value in values:
            if value is not None:
                found += [item.clause for item in place.items if sits_on(item.clause, value)]
            elif place.path in rules.nullable:
                found.append(rules.nullable[place.path])
    return {name: tuple(clauses) for name, clauses in edges.items()}


def _inside(rules: RequestRules, held: Held) -> Iterator[Clause]:
    """Yield the clauses without an edge that values keep: to accept these shows what the clauses allow."""
    for place, values in held:
        for item in place.items:
            if item.clause.id in rules.without_edge and any(value is not None for _, value in values):
                yield item.clause


def sits_on(clause: Clause, value: Json) -> bool:
    """Whether a value is one at the limit that a clause draws, or one of its list or form: to accept it shows
    what the clause allows.
    """
    keyword = clause.keyword
    if keyword is None or keyword.edge is Edge.NONE:
        return False
    if keyword.edge is Edge.LIMIT and keyword.end is not None:
        return bool(keyword.end.kind.measured(value) == clause.schema[keyword.name])
    return keyword.edge is Edge.EACH or (isinstance(value, list) and len(value) > 1)
