"""Boundaries: which values of limited fields were tried, and what the provider did with each; observations,
no verdicts.

A response counts for a value only where nothing else in the request can explain it: what is accepted is
accepted whatever else was wrong, but a rejection counts only where the value alone, or a limit that it
breaks, can be the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as member
from enum import IntFlag
from itertools import pairwise

from roomproof.contract.clause import Clause, Level, Part, Path, values_at
from roomproof.contract.keywords import End, SizeKind
from roomproof.contract.model import Contract, Operation
from roomproof.contract.once import once_per_contract
from roomproof.judge.judged_interaction import JudgedInteraction, NoJson
from roomproof.judge.obstacles import NOT_ABOUT_VALUES
from roomproof.judge.register import rule_of
from roomproof.judge.rules import window

KEPT = 60
"""So many tried values of one boundary are told: those next to its limits, the outermost, and those where the
response changes.
"""
_MOST = 4 * KEPT
_CONFLICT = 409


class BoundaryReply(IntFlag):
    """How a value was answered; one that was answered in several ways has several."""

    ACCEPTED = 1
    REJECTED = 2
    SERVER_ERROR = 4


DAYS = "days"
"""What is measured of a window: its length in days."""


@dataclass
class Boundary:
    """One limited field of one operation: its limits, the clauses that give them, the values that were
    tried.
    """

    operation: str
    field: str
    path: Path
    what: str
    documented: dict[str, float] = member(default_factory=dict)
    observed: dict[str, float] = member(default_factory=dict)
    clauses: list[str] = member(default_factory=list)
    tried: dict[float, BoundaryReply] = member(default_factory=dict)
    left_out: int = 0

    def limit(self, clause: Clause, end: str, value: float) -> None:
        """Add a limit; one that only real providers show is kept apart from what the documents say."""
        (self.observed if clause.level is Level.OBSERVED else self.documented)[end] = value
        if clause.id not in self.clauses:
            self.clauses.append(clause.id)

    def note(self, value: float, reply: BoundaryReply) -> None:
        """Add how a value was answered. Only so many are kept, however long the stream is."""
        self.tried[value] = self.tried.get(value, BoundaryReply(0)) | reply
        if len(self.tried) > _MOST:
            self._thin()

    def merge(self, other: Boundary) -> None:
        """Take over what was tried elsewhere."""
        self.left_out += other.left_out
        for value, reply in other.tried.items():
            self.note(value, reply)

    def _thin(self) -> None:
        kept = self.telling
        self.left_out += len(self.tried) - len(kept)
        self.tried = {value: self.tried[value] for value in kept}

    @property
    def telling(self) -> list[float]:
        """The values that are told, in ascending order."""
        return _telling(self.tried, (*self.documented.values(), *self.observed.values()))


def _telling(tried: Mapping[float, BoundaryReply], limits: Iterable[float]) -> list[float]:
    """Return at most KEPT values in ascending order: turns of the response and the ends first, then what is
    nearest to a limit.
    """
    values = sorted(tried)
    if len(values) <= KEPT:
        return values
    turns = {side for pair in pairwise(values) if tried[pair[0]] != tried[pair[1]] for side in pair}
    ends = tuple(limits)
    ranked = sorted(
        values,
        key=lambda value: (
            value not in (values[0], values[-1]),
            value not in turns,
            min((abs(value - end) for end in ends), default=0),
            value,
        ),
    )
    return sorted(ranked[:KEPT])


_Place = tuple[str, Path, str]


@dataclass(frozen=True)
class _Limits:
    """The limited fields of a contract, in its order, as yet without a value; of each operation those whose
    size is limited.
    """

    every: Mapping[_Place, Boundary]
    sizes: Mapping[str, list[tuple[Path, SizeKind, _Place]]]


@once_per_contract
def _limits_of(contract: Contract) -> _Limits:
    every: dict[_Place, Boundary] = {}
    return _Limits(every, {one.id: list(_sizes(one, every)) for one in contract.operations})


def _sizes(operation: Operation, every: dict[_Place, Boundary]) -> Iterator[tuple[Path, SizeKind, _Place]]:
    """Yield the places of an operation whose sizes are limited, and add all that is limited to a map."""
    for clause in operation.clauses:
        if rule_of(clause) is window.RULE:
            boundary = every.setdefault(*_untried(clause, DAYS))
            boundary.limit(clause, "minimum", 0)
            boundary.limit(clause, "maximum", window.window_options(clause).max_days)
        elif (found := _limit_of(clause)) is not None:
            end, value = found
            place, new = _untried(clause, end.kind.told)
            boundary = every.setdefault(place, new)
            if not boundary.clauses:
                yield clause.path, end.kind, place
            boundary.limit(clause, end.key, value)


def _untried(clause: Clause, what: str) -> tuple[_Place, Boundary]:
    name = " to ".join(window.RULE.fields(clause)) if what == DAYS else clause.field
    return (clause.operation, clause.path, what), Boundary(clause.operation, name, clause.path, what)


class Boundaries:
    """Collects, for every limited field of a contract, which values were tried and how they were answered."""

    def __init__(self, contract: Contract) -> None:
        self._limits = _limits_of(contract)
        self._tried: dict[_Place, Boundary] = {}

    def note(self, seen: JudgedInteraction) -> None:
        """Add what an interaction shows; call it before the judge has learned from the response what the room
        is like now.
        """
        reply = _reply(seen)
        if reply is None:
            return
        for path, kind, place in self._limits.sizes[seen.operation.id]:
            self._note_values(seen, reply, path, kind, place)
        sent = {} if seen.request.scrubbed else seen.request.sent
        for clause, days in window.lengths(seen.operation, sent, seen.state, seen.interaction.at):
            fields = window.RULE.fields(clause)
            if reply is BoundaryReply.ACCEPTED or _explains(seen, fields, {clause.path}):
                self._at((clause.operation, clause.path, DAYS)).note(_rounded(days), reply)

    def _note_values(
        self, seen: JudgedInteraction, reply: BoundaryReply, path: Path, kind: SizeKind, place: _Place
    ) -> None:
        if isinstance(seen.request.body, NoJson):
            return
        values = values_at(seen.request.body, path)
        if not values or (seen.is_second_hand and path[0] in seen.request.scrubbed):
            return
        sizes = {size for _, value in values if (size := kind.measured(value)) is not None}
        if not sizes or any(
            violation.clause.path == path and _limit_of(violation.clause) is None
            for violation in seen.request.violations
        ):
            return
        if reply is BoundaryReply.ACCEPTED or (len(values) == 1 and _explains(seen, path[:1], {path})):
            for size in sizes:
                self._at(place).note(size, reply)

    def _at(self, place: _Place) -> Boundary:
        """Return a limited field with what was tried of it, as soon as something is."""
        if place not in self._tried:
            self._tried[place] = replace(self._limits.every[place], tried={})
        return self._tried[place]

    def merge(self, other: Boundaries) -> None:
        """Take over what another collector of the same contract has seen."""
        for place, boundary in other._tried.items():
            self._at(place).merge(boundary)

    @property
    def found(self) -> Iterable[Boundary]:
        """Every limited field in the order of the contract, those of which nothing was tried as well."""
        return [self._tried.get(place, untried) for place, untried in self._limits.every.items()]


def _limit_of(clause: Clause) -> tuple[End, float] | None:
    """Return the end that a clause about a request's body limits, and its value; None if it is no limit."""
    if clause.part is not Part.REQUEST or clause.options.get("in", "body") != "body" or not clause.path:
        return None
    keyword = clause.keyword
    return None if keyword is None or keyword.end is None else (keyword.end, clause.schema[keyword.name])


def _reply(seen: JudgedInteraction) -> BoundaryReply | None:
    status = seen.response.response.status
    if seen.response.accepted:
        return BoundaryReply.ACCEPTED
    if status in NOT_ABOUT_VALUES or status == _CONFLICT:
        return None
    return (
        BoundaryReply.REJECTED
        if seen.response.rejected
        else BoundaryReply.SERVER_ERROR
        if status >= 500
        else None
    )


def _rounded(days: float) -> float:
    """Return days to about a quarter of an hour, whole ones as whole numbers."""
    return int(days) if (days := round(days, 2)).is_integer() else days


def _explains(seen: JudgedInteraction, fields: tuple[str, ...], paths: set[Path]) -> bool:
    """Whether some fields alone can be why a request was rejected: of every other one the value was accepted
    before.
    """
    if seen.request.violations:
        return all(violation.clause.path in paths for violation in seen.request.violations)
    return not seen.request.unsettled and len(tuple(_never_accepted(seen, fields))) == 0


def _never_accepted(seen: JudgedInteraction, fields: tuple[str, ...]) -> Iterator[str]:
    for name, value in seen.request.sent.items():
        if name not in fields and not seen.rooms.was_accepted(seen.operation.id, name, value):
            yield name
