"""Boundaries: which values of limited members were tried, and what the provider did with each; observations, no verdicts.

An answer counts for a value only where nothing else in the request can explain it: what is accepted is accepted whatever
else was wrong, but a refusal counts only where the value alone, or a limit that it breaks, can be the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as member
from enum import IntFlag
from itertools import pairwise

from roomproof.contract.clause import Clause, Level, Part, Path, values_at
from roomproof.contract.keywords import End, Kind
from roomproof.contract.model import Contract, Operation
from roomproof.judge.obstacles import NOT_ABOUT_VALUES
from roomproof.judge.register import rule_of
from roomproof.judge.rules import window
from roomproof.judge.seen import NoJson, Seen

KEPT = 60
"""So many tried values of one boundary are told: those next to its limits, the outermost, and those where the answer changes."""
_MOST = 4 * KEPT
_CONFLICT = 409


class Reply(IntFlag):
    """How a value was answered; one that was answered in several ways has several."""

    ACCEPTED = 1
    REFUSED = 2
    SERVER_ERROR = 4


DAYS = "days"
"""What is measured of a window: its length in days."""


@dataclass
class Boundary:
    """One limited member of one operation: its limits, the clauses that give them, the values that were tried."""

    operation: str
    field: str
    path: Path
    what: str
    documented: dict[str, float] = member(default_factory=dict)
    observed: dict[str, float] = member(default_factory=dict)
    clauses: list[str] = member(default_factory=list)
    tried: dict[float, Reply] = member(default_factory=dict)
    left_out: int = 0

    def limit(self, clause: Clause, end: str, value: float) -> None:
        """Add a limit; one that only real providers show is kept apart from what the documents say."""
        (self.observed if clause.level is Level.OBSERVED else self.documented)[end] = value
        if clause.id not in self.clauses:
            self.clauses.append(clause.id)

    def note(self, value: float, reply: Reply) -> None:
        """Add how a value was answered. Only so many are kept, however long the stream is."""
        self.tried[value] = self.tried.get(value, Reply(0)) | reply
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


def _telling(tried: Mapping[float, Reply], limits: Iterable[float]) -> list[float]:
    """Return at most KEPT values in ascending order: turns of the answer and the ends first, then what is nearest to a limit."""
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


class Boundaries:
    """Collects, for every limited member of a contract, which values were tried and how they were answered."""

    def __init__(self, contract: Contract) -> None:
        self._found: dict[tuple[str, Path, str], Boundary] = {}
        self._limited: dict[str, list[tuple[Path, Kind, Boundary]]] = {}
        for operation in contract.operations:
            self._read(operation)

    def _read(self, operation: Operation) -> None:
        limited = self._limited.setdefault(operation.id, [])
        for clause in operation.clauses:
            if rule_of(clause) is window.RULE:
                boundary = self._boundary(clause, DAYS)
                boundary.limit(clause, "minimum", 0)
                boundary.limit(clause, "maximum", window.window_options(clause).max_days)
            elif (found := _limit_of(clause)) is not None:
                end, value = found
                boundary = self._boundary(clause, end.kind.told)
                if not boundary.clauses:
                    limited.append((clause.path, end.kind, boundary))
                boundary.limit(clause, end.key, value)

    def _boundary(self, clause: Clause, what: str) -> Boundary:
        name = " to ".join(window.RULE.fields(clause)) if what == DAYS else clause.field
        return self._found.setdefault((clause.operation, clause.path, what), Boundary(clause.operation, name, clause.path, what))

    def note(self, seen: Seen) -> None:
        """Add what an interaction shows; call it before the judge has learned from the answer what the room is like now."""
        reply = _reply(seen)
        if reply is None:
            return
        for path, kind, boundary in self._limited[seen.operation.id]:
            self._note_values(seen, reply, path, kind, boundary)
        sent = {} if seen.request.scrubbed else seen.request.sent
        for clause, days in window.lengths(seen.operation, sent, seen.state, seen.interaction.at):
            members = window.RULE.fields(clause)
            if reply is Reply.ACCEPTED or _explains(seen, members, {clause.path}):
                self._found[clause.operation, clause.path, DAYS].note(_rounded(days), reply)

    def _note_values(self, seen: Seen, reply: Reply, path: Path, kind: Kind, boundary: Boundary) -> None:
        if isinstance(seen.request.body, NoJson):
            return
        values = values_at(seen.request.body, path)
        if not values or (seen.is_second_hand and path[0] in seen.request.scrubbed):
            return
        sizes = {size for _, value in values if (size := kind.measured(value)) is not None}
        if not sizes or any(obstacle.clause.path == path and _limit_of(obstacle.clause) is None for obstacle in seen.request.obstacles):
            return
        if reply is Reply.ACCEPTED or (len(values) == 1 and _explains(seen, path[:1], {path})):
            for size in sizes:
                boundary.note(size, reply)

    def merge(self, other: Boundaries) -> None:
        """Take over what another collector of the same contract has seen."""
        for key, boundary in other._found.items():
            self._found[key].merge(boundary)

    @property
    def found(self) -> Iterable[Boundary]:
        """Every limited member in the order of the contract, those of which nothing was tried as well."""
        return self._found.values()


def _limit_of(clause: Clause) -> tuple[End, float] | None:
    """Return the end that a clause about a request's body limits, and its value; None if it is no limit."""
    if clause.part is not Part.REQUEST or clause.options.get("in", "body") != "body" or not clause.path:
        return None
    keyword = clause.keyword
    return None if keyword is None or keyword.end is None else (keyword.end, clause.schema[keyword.name])


def _reply(seen: Seen) -> Reply | None:
    status = seen.answer.response.status
    if seen.answer.accepted:
        return Reply.ACCEPTED
    if status in NOT_ABOUT_VALUES or status == _CONFLICT:
        return None
    return Reply.REFUSED if seen.answer.refused else Reply.SERVER_ERROR if status >= 500 else None


def _rounded(days: float) -> float:
    """Return days to about a quarter of an hour, whole ones as whole numbers."""
    return int(days) if (days := round(days, 2)).is_integer() else days


def _explains(seen: Seen, members: tuple[str, ...], paths: set[Path]) -> bool:
    """Whether some members alone can be why a request was refused: of every other one the value was accepted before."""
    if seen.request.obstacles:
        return all(obstacle.clause.path in paths for obstacle in seen.request.obstacles)
    return not seen.request.unsettled and len(tuple(_never_accepted(seen, members))) == 0


def _never_accepted(seen: Seen, members: tuple[str, ...]) -> Iterator[str]:
    for name, value in seen.request.sent.items():
        if name not in members and not seen.rooms.was_accepted(seen.operation.id, name, value):
            yield name
