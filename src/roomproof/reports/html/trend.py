"""Several runs: how their verdicts went, and which clauses changed from one to the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from roomproof.comparison.compare import Turn, compare_reports
from roomproof.report.document import Report
from roomproof.reports.html.columns import Column, counted
from roomproof.verdict import Verdict


@dataclass(frozen=True)
class TrendChange:
    """A clause whose verdict changed; an empty verdict where one of the runs does not have the clause."""

    clause: str
    before: str
    after: str


@dataclass(frozen=True)
class TurnGroup:
    """The clauses that changed in one way."""

    turn: str
    kind: str
    changes: tuple[TrendChange, ...]


@dataclass(frozen=True)
class TrendStep:
    """What changed from the run before to a run, counted from 1."""

    run: int
    turned: tuple[TurnGroup, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Point:
    """One run of one provider: how many clauses have which verdict."""

    run: int
    started: str
    counts: dict[Verdict, int]


@dataclass(frozen=True)
class Trend:
    """All runs of one provider, in the order in which they were started."""

    provider: str
    points: tuple[Point, ...]


_KINDS = {
    Turn.BROKE: "fail",
    Turn.WORSENED: "warning",
    Turn.EASED: "deviation",
    Turn.FIXED: "pass",
    Turn.NO_LONGER_EXERCISED: "unexercised",
    Turn.NEWLY_EXERCISED: "pass",
    Turn.APPEARED: "unexercised",
    Turn.VANISHED: "unexercised",
}


def trends(columns: Sequence[Column]) -> tuple[Trend, ...]:
    """Return the runs of each provider."""
    names = dict.fromkeys(column.provider for column in columns)
    return tuple(
        Trend(name, tuple(_point(column) for column in columns if column.provider == name)) for name in names
    )


def _point(column: Column) -> Point:
    return Point(column.run, column.started, counted(clause.verdict for clause in column.node.clauses))


def changes(reports: Sequence[Report]) -> tuple[TrendStep, ...]:
    """Return what changed from each run to the next, the latest first. Raises UsageError for a report that
    cannot be compared.
    """
    steps = [_step(run, reports[run - 2], reports[run - 1]) for run in range(2, len(reports) + 1)]
    return tuple(reversed(steps))


def _step(run: int, before: Report, after: Report) -> TrendStep:
    compared = compare_reports(before, after)
    every = [change for provider in compared.providers for change in provider.changes]
    by_turn = {turn: [change for change in every if change.turn is turn] for turn in Turn}
    turned = tuple(
        TurnGroup(
            turn.value,
            _KINDS[turn],
            tuple(TrendChange(change.id, change.before or "", change.after or "") for change in found),
        )
        for turn, found in by_turn.items()
        if found
    )
    notes = [
        f"{provider.provider}: {provider.unfinished}"
        for provider in compared.providers
        if provider.unfinished
    ]
    notes += [f"only in the run before: {name}" for name in compared.only_before]
    notes += [f"not in the run before: {name}" for name in compared.only_after]
    return TrendStep(run, turned, tuple(notes))
