"""Which clauses a run is about, and which cases it needs for them.

What is left out is left out when it would be sent, never when it is drawn: the same seed draws the same cases with and without a
selection. A case is needed for a clause if its request can say something of it; of clauses that hang on what a room went through,
and of the answers to requests that are carried out, each case may.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase

from roomproof.contract.clause import Clause, Part
from roomproof.contract.model import Contract, Operation
from roomproof.judge.evidence import Outcome, severity
from roomproof.judge.seen import Refusal, read_json
from roomproof.verdict import Verdict, Verdicts
from roomproof.verify.case import Case, Seat

_BY_CREDENTIALS = frozenset(("missing-refused", "wrong-refused", "scope-required"))
_BY_HEADERS = frozenset(("replayed-once", "pair-required"))
_BY_MEMBER = frozenset(("echo", "date-only", "unique"))
_BY_BODY = frozenset(("type", "null", "required", "media-type"))
"""Rules of the whole body that only bodies of another form can break."""


class Selection:
    """The clauses that a run is about: those that match a pattern, in which `*` stands for anything, all without any pattern."""

    def __init__(self, contract: Contract, patterns: tuple[str, ...] = (), *, strict: bool = False) -> None:
        self._patterns = patterns
        self._strict = strict
        self._clauses = [clause for clause in contract.clauses.values() if self.covers(clause.id)]
        self._operations = {clause.operation for clause in self._clauses}

    @property
    def is_everything(self) -> bool:
        """Whether a run is about all clauses."""
        return not self._patterns

    def covers(self, clause_id: str) -> bool:
        """Whether a run is about a clause."""
        return covers(self._patterns, clause_id)

    def wants_operation(self, operation: Operation) -> bool:
        """Whether a run is about a clause of an operation."""
        return operation.id in self._operations

    def wants(self, case: Case) -> bool:
        """Whether a case can say something of a clause that the run is about."""
        return self.is_everything or any(_is_about(clause, case) for clause in self._clauses if clause.operation == case.operation.id)

    def is_settled(self, verdicts: Verdicts) -> bool:
        """Whether each clause that was selected is broken already, as badly as it can be: nothing more has to be sent to see it."""
        return all(self._worst(clause) in _broken(verdicts, clause) for clause in self._clauses)

    def _worst(self, clause: Clause) -> Verdict:
        return Verdict.FAIL if severity(clause) is Outcome.FAIL or self._strict else Verdict.WARNING


def covers(patterns: tuple[str, ...], clause_id: str) -> bool:
    """Whether a clause is among those that were asked for: it matches a pattern, or there is none."""
    return not patterns or any(fnmatchcase(clause_id, pattern) for pattern in patterns)


def _broken(verdicts: Verdicts, clause: Clause) -> frozenset[Verdict]:
    record = verdicts.records.get(clause.id)
    return frozenset(record.broken if record else ())


def _is_about(clause: Clause, case: Case) -> bool:
    if clause.part is Part.RESPONSE:
        when = next((spec.when for spec in case.operation.responses if spec.status == clause.status), "")
        return _BY_REFUSAL.get(when, _any)(case)
    return _asks(clause, case) if clause.part is Part.REQUEST else _does(clause, case)


def _asks(clause: Clause, case: Case) -> bool:
    place = clause.options.get("in", "body")
    if place != "body":
        return _BY_PLACE.get(place, _any)(case)
    # A stranger is refused, and so is a request about no room or with another broken member, whatever this one holds.
    if _is_stranger(case) or _is_to_nobody(case) or (clause.path and case.aim not in ("", clause.path[0])):
        return False
    body = read_json(case.body)
    if not isinstance(body, dict):
        return not clause.path
    if clause.path:
        return (clause.path[0] in body) != (clause.rule == "required" and len(clause.path) == 1)
    return clause.rule not in _BY_BODY or case.media_type != case.operation.body.media_type


def _does(clause: Clause, case: Case) -> bool:
    if clause.rule in _BY_CREDENTIALS:
        return _is_stranger(case)
    if clause.rule == "unknown-refused":
        return _is_to_nobody(case)
    if clause.rule in _BY_HEADERS:
        return bool(case.headers)
    members = {clause.options["from"], clause.options["until"]} if clause.rule == "window" else set(clause.path[:1])
    body = read_json(case.body)
    return clause.rule not in (*_BY_MEMBER, "window") or (isinstance(body, dict) and not members.isdisjoint(body))


def _any(_: Case) -> bool:
    return True


def _is_stranger(case: Case) -> bool:
    return case.proof is not None


def _is_to_nobody(case: Case) -> bool:
    return case.seat is Seat.NOBODY or case.path_id is not None


def _has_other_query(case: Case) -> bool:
    return bool(case.without_query or case.query)


_BY_REFUSAL: Mapping[str, Callable[[Case], bool]] = {Refusal.UNAUTHENTICATED: _is_stranger, Refusal.UNKNOWN_ROOM: _is_to_nobody}
_BY_PLACE: Mapping[str, Callable[[Case], bool]] = {"query": _has_other_query, "path": _is_to_nobody}
