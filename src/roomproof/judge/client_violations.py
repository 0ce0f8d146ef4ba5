"""What a client sent outside the contract: the other direction of judging, apart from all that is said of the
provider.

Only requests of others are held against the contract here. What roomproof sends itself is sent wrong on
purpose.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

from roomproof.contract.clause import Clause, Json, Level, Part, spoken
from roomproof.contract.model import Operation
from roomproof.interaction import Request, header, media_type
from roomproof.judge.compiled import RequestRules
from roomproof.judge.evidence import shown
from roomproof.judge.judged_interaction import Classification, NoJson, RequestPlace, Violation, is_second_hand
from roomproof.judge.placeholder import is_placeholder
from roomproof.judge.rooms import RoomState
from roomproof.judge.rules import pair_required, read_only
from roomproof.judge.undocumented_fields import UndocumentedField, undocumented_fields

MOST_LISTED = 200
"""So many different violations of a provider's contract are listed; further ones are counted with one of the
same clause.
"""
_LONGEST_NAME = 100
"""Names of more letters are no slip of a documented one."""
_MOST_NAMED = 12
"""So many documented fields are named beside one that is none."""
_NEAR = 0.75
"""How like a documented name another one is that is perhaps a slip of it (the ratio of difflib, 0 to 1)."""


@dataclass(frozen=True)
class ClientViolation:
    """One way in which a request is outside the contract.

    `where` it stands, `what` it is in words, `sent` the value as text, empty where something is missing;
    `demands` what the contract has there. `doubtful` tells that it is perhaps none. `alike` is the same for
    all those of a clause that are listed as one.
    """

    clause: Clause
    where: str
    what: str
    sent: str
    demands: str
    doubtful: bool = False
    alike: str = ""


def violations(
    operation: Operation, rules: RequestRules, request: Request, held: Classification, state: RoomState | None
) -> Iterator[ClientViolation]:
    """Yield what a client's request has outside the contract, given how it was classified and what its room
    was like before.

    Nothing is said of what roomproof sent, of what the documents leave open, or of a value that a recorder
    took out.
    """
    if not is_second_hand(request) or held.must_be_accepted:
        return
    for violation in held.violations:
        yield from _of_violation(violation, request, held)
    yield from _missing(operation, rules, request)
    yield from _read_only(operation, held, state)
    shown_before = state.known.keys() if state is not None else frozenset[str]()
    for field in undocumented_fields(operation.schema, held.sent):
        yield from _of_unlisted(operation, field, held, operation.answered | shown_before)


def _of_violation(violation: Violation, request: Request, held: Classification) -> Iterator[ClientViolation]:
    """Yield what the request itself breaks, whatever the rooms are like: an unknown room or a name that is
    taken is no fault of it.
    """
    where, sent = violation.where, violation.sent
    if where is None or _is_scrubbed(where, sent):
        return
    if where.part == "body" and violation.doubtful:
        return
    if (
        held.body is NoJson.MALFORMED
        and where == RequestPlace("body")
        and header(request.headers, "content-encoding") is not None
    ):
        return
    clause = violation.clause
    several = len(violation.fields) > 1
    if several and not {*violation.fields} <= held.sent.keys():
        return
    is_missing = clause.rule == "required" or several
    yield ClientViolation(
        clause,
        str(where),
        violation.what,
        "" if is_missing else shown(sent),
        clause.demands,
        violation.doubtful,
    )


def _is_scrubbed(where: RequestPlace, sent: Json) -> bool:
    texts = [*where.way, *([sent] if isinstance(sent, str) else ())]
    if isinstance(sent, dict | list):
        texts += [
            text
            for text in (*sent, *(sent.values() if isinstance(sent, dict) else ()))
            if isinstance(text, str)
        ]
    return any(map(is_placeholder, texts))


def _missing(operation: Operation, rules: RequestRules, request: Request) -> Iterator[ClientViolation]:
    """Yield what has to be there and is not. A recorder may have left it out; one that kept no header at all
    says nothing of any.
    """
    for parameter in rules.parameters:
        is_kept = bool(request.headers) or parameter.place != "header"
        if (
            parameter.required is not None
            and parameter.place != "path"
            and is_kept
            and parameter.sent_in(request, {}) is None
        ):
            yield _left_out(
                parameter.required, RequestPlace(parameter.place, parameter.name), f"no {parameter.name}"
            )
    if request.body and request.headers and rules.media is not None and media_type(request.headers) is None:
        yield _left_out(rules.media, RequestPlace("header", "Content-Type"), "a body without a media type")
    for clause in pair_required.RULE.clauses(operation):
        if what := pair_required.half_pair(clause, request):
            yield _left_out(clause, RequestPlace("header", pair_required.missing_header(clause)), what)


def _left_out(clause: Clause, where: RequestPlace, what: str) -> ClientViolation:
    return ClientViolation(clause, str(where), what, "", clause.demands, doubtful=True)


def _read_only(
    operation: Operation, held: Classification, state: RoomState | None
) -> Iterator[ClientViolation]:
    """Yield the read-only fields that get another value, and those that no document lists for this
    request.
    """
    known = state.known if state is not None and not state.uncertain else {}
    listed = operation.schema.get("properties", {})
    for clause in read_only.RULE.clauses(operation):
        name = clause.path[0]
        if name not in held.sent or _is_scrubbed(RequestPlace("body", way=(name,)), held.sent[name]):
            continue
        is_known = name in known
        if known.get(name) != held.sent[name] if is_known else name not in listed:
            where, sent = RequestPlace("body", way=(name,)), shown(held.sent[name])
            yield ClientViolation(
                clause,
                str(where),
                f"{name} {sent}, which is read-only",
                sent,
                clause.demands,
                doubtful=not is_known,
            )


def _of_unlisted(
    operation: Operation, field: UndocumentedField, held: Classification, answered: AbstractSet[str]
) -> Iterator[ClientViolation]:
    """Yield a field that no document lists for this request; `answered` are the names that responses have, by
    the documents or in fact.
    """
    name, where = field.way[-1], RequestPlace("body", way=field.way)
    fixed = [clause.path for clause in read_only.RULE.clauses(operation)]
    if field.way in fixed or _is_scrubbed(where, field.value):
        return
    sent, dotted = shown(field.value), ".".join(field.way)
    alike = spoken((*field.path, name))
    near = nearest(name, field.listed)
    clause = _clause_about(operation, (*field.path, near)) if near else None
    if near and clause:
        # A field that is sent, too, is not the one that was meant.
        hint = "" if len(field.way) == 1 and near in held.sent else f": perhaps {near} is meant"
        yield ClientViolation(
            clause,
            str(where),
            f"{dotted} is no documented field{hint}",
            sent,
            _named(field.listed),
            alike=alike,
        )
        return
    clause = operation.clause(Part.REQUEST, field.path, "type")
    levels = {
        found.level
        for found in (_clause_about(operation, (*field.path, other)) for other in field.listed)
        if found
    }
    # What only a sample lists is no whole list: a sample closes none.
    if clause is None or Level.DOCUMENTED not in levels:
        return
    # Who sends back what was read sends fields of the response, too, and no document says that this is wrong.
    is_answered = field.path == () and name in answered
    what = "a field of the response, not of the request" if is_answered else "no documented field"
    yield ClientViolation(
        clause, str(where), f"{dotted} is {what}", sent, _named(field.listed), is_answered, alike
    )


def _named(listed: tuple[str, ...]) -> str:
    """Return what the documents list in place of a field that they do not."""
    more = f" and {len(listed) - _MOST_NAMED} more" if len(listed) > _MOST_NAMED else ""
    return f"documented here are {', '.join(listed[:_MOST_NAMED])}{more}"


def _clause_about(operation: Operation, path: tuple[str, ...]) -> Clause | None:
    """Return the clause that stands for a field of the request: that it is accepted, else of which type it
    is.
    """
    return operation.clause(Part.REQUEST, path, "accepted") or operation.clause(Part.REQUEST, path, "type")


@lru_cache(4096)
def nearest(name: str, listed: tuple[str, ...]) -> str:
    """Return the listed name of which another one is perhaps a slip, in the spelling of words or of a letter;
    empty if there is none.
    """
    plain = {_letters(other): other for other in listed}
    found = (
        get_close_matches(_letters(name), list(plain), n=1, cutoff=_NEAR)
        if len(name) <= _LONGEST_NAME
        else []
    )
    return plain[found[0]] if found else ""


def _letters(name: str) -> str:
    return re.sub(r"[\W_]", "", name).lower()


@dataclass(frozen=True)
class InteractionOrigin:
    """Where an interaction stands: the file, the place in it ("line 12"), and when it took place, if that is
    known.
    """

    file: Path
    place: str = ""
    at: datetime | None = None

    def is_before(self, other: InteractionOrigin) -> bool:
        """Whether it is told as the first of two; what has no time comes last."""
        if self.at is not None and other.at is not None:
            return self.at < other.at
        return self.at is not None


@dataclass(frozen=True)
class ListedViolation:
    """A violation as it is listed: the first of its kind with its origin, and how often there was one."""

    violation: ClientViolation
    first: InteractionOrigin
    times: int = 1

    def and_(self, other: ListedViolation) -> ListedViolation:
        """Return both as one."""
        first = other if other.first.is_before(self.first) else self
        return ListedViolation(first.violation, first.first, self.times + other.times)


class ClientViolations:
    """Collects what a client sent outside a contract, each kind of it once. Two collections merge into
    one.
    """

    def __init__(self, *, strict: bool = False) -> None:
        """`strict` makes an error of every violation that is certain, but of what was only observed."""
        self._levels = (Level.DOCUMENTED, Level.STANDARD, Level.SAMPLE) if strict else (Level.DOCUMENTED,)
        self._listed: dict[tuple[str, str, bool], ListedViolation] = {}

    def note(self, found: Iterable[ClientViolation], origin: InteractionOrigin) -> None:
        """Count the violations of one interaction."""
        for violation in found:
            self._add(ListedViolation(violation, origin))

    def merge(self, other: ClientViolations) -> None:
        """Take over what another collection of the same contract holds."""
        for listed in other.listed():
            self._add(listed)

    def listed(self) -> tuple[ListedViolation, ...]:
        """Return them in the order in which they were first met."""
        return tuple(self._listed.values())

    def is_error(self, violation: ClientViolation) -> bool:
        """Whether a violation is an error, not only a warning: strictness follows the level and nothing else,
        as with verdicts.
        """
        return violation.clause.level in self._levels and not violation.doubtful

    def _add(self, one: ListedViolation) -> None:
        key = (one.violation.clause.id, one.violation.alike, one.violation.doubtful)
        if key not in self._listed and len(self._listed) >= MOST_LISTED:
            key = (one.violation.clause.id, "\0others", one.violation.doubtful)
        known = self._listed.get(key)
        self._listed[key] = one if known is None else known.and_(one)
