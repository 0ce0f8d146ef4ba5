"""Which clauses a run is about, and which cases it needs for them.

What is left out is left out when it would be sent, never when it is drawn: the same seed draws the same cases
with and without a selection. A case is needed for a clause if its request can say something of it. What a
response shows of a field, and what a room keeps of it, hangs on what is sent of this field, and on which
others are sent with it: of the cases that do not carry the field each set of fields is needed a few times,
whatever their values.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from roomproof.contract.clause import Clause, Part, Path, is_named_by
from roomproof.contract.model import Contract, Operation
from roomproof.engine.case import Case, Seat
from roomproof.judge.evidence import Outcome, severity
from roomproof.judge.judged_interaction import RejectionReason, read_json
from roomproof.judge.register import rule_of
from roomproof.judge.rule import ShowingRequests
from roomproof.verdict import Verdict, Verdicts

_BY_BODY = frozenset(("type", "null", "required", "media-type"))
"""Rules of the whole body that only bodies of another form can break."""
EACH = 3
"""How many cases are needed that carry the same fields, of those that do not carry the one in question."""


class Selection:
    """The clauses that a run is about: those that match a pattern, in which `*` stands for anything, all
    without any pattern.
    """

    def __init__(self, contract: Contract, patterns: tuple[str, ...] = (), *, strict: bool = False) -> None:
        self._patterns = patterns
        self._strict = strict
        self._clauses = [clause for clause in contract.clauses.values() if self.covers(clause.id)]
        self._operations = {clause.operation for clause in self._clauses}
        self._at = contract.room.at
        self._asked: Counter[tuple[object, ...]] = Counter()

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
        """Whether a case can say something of a clause that the run is about, and is not one of too many that
        say the same.
        """
        if self.is_everything:
            return True
        kind = _kind(case)
        self._asked[kind] += 1
        told = _CaseReach(case, self._asked[kind] <= EACH, self._at)
        return any(told.is_about(clause) for clause in self._clauses if clause.operation == case.operation.id)

    @property
    def wants_sequences(self) -> bool:
        """Whether a clause hangs on what a room went through: then random sequences are needed, too."""
        return self.is_everything or any(rule_of(clause).hangs_on_history for clause in self._clauses)

    def is_settled(self, verdicts: Verdicts) -> bool:
        """Whether each clause that was selected is broken already, as badly as it can be: nothing more has to
        be sent to see it.
        """
        return all(self._worst(clause) in verdicts.broken_as(clause.id) for clause in self._clauses)

    def _worst(self, clause: Clause) -> Verdict:
        return Verdict.FAIL if severity(clause) is Outcome.FAIL or self._strict else Verdict.WARNING


def covers(patterns: tuple[str, ...], clause_id: str) -> bool:
    """Whether a clause is among those that were asked for: it matches a pattern, or there is none."""
    return not patterns or any(is_named_by(clause_id, pattern) for pattern in patterns)


def _kind(case: Case) -> tuple[object, ...]:
    """Return what cases have in common that differ in values only."""
    body = read_json(case.body)
    fields = frozenset(body) if isinstance(body, dict) else type(body)
    return case.operation.id, case.seat, case.valid, case.proof is None, case.path_id is None, fields


@dataclass(frozen=True)
class _CaseReach:
    """A case about to be sent: which clauses can its response, or what comes of it, say something of?

    `is_new`: few of its kind were sent before. `at` is the way to the room in a response.
    """

    case: Case
    is_new: bool
    at: Path

    @cached_property
    def body(self) -> Any:
        """What the case sends, or why it is no JSON."""
        return read_json(self.case.body)

    @property
    def has_invalid_credentials(self) -> bool:
        """Whether it comes with other credentials than the run's own."""
        return self.case.proof is not None

    @property
    def is_to_unknown_room(self) -> bool:
        """Whether it is about a room that does not exist."""
        return self.case.seat is Seat.UNKNOWN or self.case.path_id is not None

    @property
    def may_be_accepted(self) -> bool:
        """Whether nothing is known that has it rejected."""
        is_right = not (self.has_invalid_credentials or self.is_to_unknown_room or self.case.aim)
        # A request that has no body, since none belongs to it, is as good as one with a right body.
        return is_right and (isinstance(self.body, dict) or self.case.operation.body is None)

    def carries(self, names: Container[str]) -> bool:
        """Whether it sends one of some fields."""
        return isinstance(self.body, dict) and any(name in names for name in self.body)

    def is_about(self, clause: Clause) -> bool:
        """Whether it can say something of a clause of its operation."""
        if clause.part is Part.RESPONSE:
            return self._shows(clause)
        return self._asks(clause) if clause.part is Part.REQUEST else self._does(clause)

    def _shows(self, clause: Clause) -> bool:
        if clause.status.startswith("2"):
            # Which of several fields is to blame for a rejection nobody knows, so it is the status that is
            # wrong.
            if clause.rule == "status":
                return self.may_be_accepted
            named = clause.path[len(self.at) :] if clause.path[: len(self.at)] == self.at else ()
            return self.may_be_accepted and (self.is_new or self.carries(named[:1]))
        when = next((spec.when for spec in self.case.operation.responses if spec.status == clause.status), "")
        if when == RejectionReason.UNAUTHENTICATED:
            return self.has_invalid_credentials
        if when == RejectionReason.UNKNOWN_ROOM:
            return self.is_to_unknown_room
        return not self.case.valid or self.has_invalid_credentials or self.is_to_unknown_room

    def _asks(self, clause: Clause) -> bool:
        place = clause.options.get("in", "body")
        if place != "body":
            return (
                bool(self.case.without or self.case.query)
                if place == "query"
                else place != "path" or self.is_to_unknown_room
            )
        # A request with invalid credentials is rejected, and so is a request about no room or with another
        # broken field, whatever this one holds.
        if (
            self.has_invalid_credentials
            or self.is_to_unknown_room
            or (clause.path and self.case.aim not in ("", clause.path[0]))
        ):
            return False
        if not isinstance(self.body, dict):
            return not clause.path
        if clause.path:
            return (clause.path[0] in self.body) != (clause.rule == "required" and len(clause.path) == 1)
        return clause.rule not in _BY_BODY or self.case.media_type != self.case.operation.media_type

    def _does(self, clause: Clause) -> bool:
        rule = rule_of(clause)
        carries = self.carries(rule.fields(clause))
        return {
            ShowingRequests.BY_ANY: True,
            ShowingRequests.BY_STRANGERS: self.has_invalid_credentials,
            ShowingRequests.BY_UNKNOWN_ROOMS: self.is_to_unknown_room,
            ShowingRequests.BY_HEADERS: bool(self.case.headers),
            ShowingRequests.BY_ACCEPTED: self.may_be_accepted and (self.is_new or carries),
            ShowingRequests.BY_FIELD: carries,
            ShowingRequests.BY_FIELD_OR_WITHOUT: self.is_new or carries,
        }[rule.shown]
