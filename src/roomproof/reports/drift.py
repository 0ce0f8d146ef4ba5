"""What changed between versions of a document, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rich.console import Console

from roomproof import __version__
from roomproof.derive.drift.change import Impact
from roomproof.derive.drift.drift import DriftChange, DriftStep
from roomproof.derive.drift.traffic import Sightings
from roomproof.reports.console import say
from roomproof.reports.markdown import code

DRIFT_VERSION = 1
STYLES = {Impact.SENDERS: "bold red", Impact.READERS: "bold red", Impact.HARMLESS: "dim"}
_SHOWN_OPERATIONS = 3
_SHOWN_HARMLESS = 8
_SHOWN_CLAUSES = 3


@dataclass(frozen=True, kw_only=True)
class TrafficReport:
    """How often recordings show what was, and what is now; times as RFC 3339 has them, empty where there are
    none.
    """

    old: int
    new: int
    last_old: str = ""
    last_new: str = ""


@dataclass(frozen=True, kw_only=True)
class ChangeReport:
    """One change: its stable id, where it is, whom it breaks, and the clauses that it concerns.

    `back_to` is the version whose state it brings back, empty where there was none; `old_at` and `new_at` are
    JSON pointers to where it is in both documents, empty where that has no place.
    """

    id: str
    operation: str
    side: str
    status: str
    carrier: str
    field: str
    kind: str
    impact: Impact
    text: str
    old: object
    new: object
    clauses: tuple[str, ...]
    back_to: str = ""
    traffic: TrafficReport | None = None
    old_at: str = ""
    new_at: str = ""


@dataclass(frozen=True, kw_only=True)
class StepOfVersions:
    """What changed from one version to the next, and how many operations are in both."""

    old: str
    new: str
    operations: int
    changes: tuple[ChangeReport, ...]


@dataclass(frozen=True, kw_only=True)
class DriftReport:
    """What changed through some versions; `breaking` counts the changes that a client would notice."""

    roomproof: str
    drift_version: int
    breaking: int
    harmless: int
    steps: tuple[StepOfVersions, ...]


@dataclass(frozen=True)
class AlikeChanges:
    """One change in several operations: a component that they share has changed."""

    impact: Impact
    where: str
    text: str
    operations: tuple[str, ...]
    clauses: tuple[str, ...]
    back_to: str
    traffic: str

    @property
    def named(self) -> str:
        """The operations, of many the first."""
        more = len(self.operations) - _SHOWN_OPERATIONS
        return ", ".join(self.operations[:_SHOWN_OPERATIONS]) + (f" and {more} more" if more > 0 else "")

    @property
    def sentence(self) -> str:
        """What changed, and where."""
        where = f"{self.where}: " if self.where else ""
        back = f" (as in {self.back_to} before)" if self.back_to else ""
        return f"{self.named}: {where}{self.text}{back}"

    @property
    def about(self) -> str:
        """The clauses that it concerns, in few words; nothing where it concerns none."""
        more = len(self.clauses) - _SHOWN_CLAUSES
        return ", ".join(self.clauses[:_SHOWN_CLAUSES]) + (f" and {more} more" if more > 0 else "")


def drift_report(steps: Iterable[DriftStep]) -> DriftReport:
    """Return what changed as the JSON report has it."""
    told = tuple(
        StepOfVersions(
            old=step.old, new=step.new, operations=step.operations, changes=tuple(map(_change, step.changes))
        )
        for step in steps
    )
    every = [change for step in told for change in step.changes]
    breaking = sum(change.impact.is_breaking for change in every)
    return DriftReport(
        roomproof=__version__,
        drift_version=DRIFT_VERSION,
        breaking=breaking,
        harmless=len(every) - breaking,
        steps=told,
    )


def _change(one: DriftChange) -> ChangeReport:
    change, place = one.change, one.change.place
    return ChangeReport(
        id=change.id,
        operation=place.operation,
        side=place.side.value,
        status=place.status,
        carrier=place.carrier,
        field=".".join((place.label, *place.way[1:]) if place.label else place.way),
        kind=change.kind,
        impact=change.impact,
        text=change.sentence,
        old=change.old,
        new=change.new,
        clauses=one.clauses,
        back_to=one.back_to,
        traffic=None if one.sightings is None else _traffic(one.sightings),
        old_at=one.old_at,
        new_at=one.new_at,
    )


def _traffic(seen: Sightings) -> TrafficReport:
    last = [at.isoformat(timespec="seconds") if at else "" for at in (seen.last_old, seen.last_new)]
    return TrafficReport(old=seen.old, new=seen.new, last_old=last[0], last_new=last[1])


def alike(step: StepOfVersions) -> list[AlikeChanges]:
    """Return the changes of a step, those which are one in several operations once, breaking ones first."""
    found: dict[tuple[Impact, str, str, str], list[ChangeReport]] = {}
    for change in step.changes:
        words = (
            change.side if change.side != "operation" else "",
            change.status,
            change.carrier,
            change.field,
        )
        where = " ".join(word for word in words if word and word != "body")
        found.setdefault((change.impact, where, change.text, change.back_to), []).append(change)
    told = [
        AlikeChanges(
            impact,
            where,
            text,
            tuple(dict.fromkeys(one.operation for one in some)),
            tuple(clause for one in some for clause in one.clauses),
            back_to,
            _seen(some),
        )
        for (impact, where, text, back_to), some in found.items()
    ]
    return sorted(told, key=lambda one: list(Impact).index(one.impact))


def _seen(changes: Iterable[ChangeReport]) -> str:
    """Return what recordings show of some changes, in words; nothing where nobody looked."""
    looked = [change.traffic for change in changes if change.traffic is not None]
    if not looked:
        return ""
    sums = {
        "what is new": (sum(one.new for one in looked), max(one.last_new for one in looked)),
        "what was before": (sum(one.old for one in looked), max(one.last_old for one in looked)),
    }
    told = [
        f"show {word} {times} {'time' if times == 1 else 'times'}" + (f", last at {last}" if last else "")
        for word, (times, last) in sums.items()
        if times
    ]
    return " and ".join(told) or "show nothing of it"


def show_drift(console: Console, report: DriftReport, *, every_change: bool) -> None:
    """Print the changes of each step: what breaks a client first, then what is harmless."""
    for step in report.steps:
        say(console, (f"{step.old} to {step.new}", "bold"), ": ", _counted(step))
        told = alike(step)
        breaking = [one for one in told if one.impact.is_breaking]
        harmless = told[len(breaking) :]
        shown = harmless if every_change else harmless[:_SHOWN_HARMLESS]
        for one in (*breaking, *shown):
            say(console, (one.impact.value, STYLES[one.impact]), " ", one.sentence)
            if one.about:
                say(console, f"  clauses {one.about}")
            if one.traffic:
                say(console, f"  recordings {one.traffic}")
        if len(shown) < len(harmless):
            say(
                console,
                f"... and {len(harmless) - len(shown)} more harmless ones; --verbose or --json shows them",
            )
    if len(report.steps) > 1:
        say(console, f"in all: {report.breaking} breaking, {report.harmless} harmless")


def _counted(step: StepOfVersions) -> str:
    compared = f"{step.operations} operation{'' if step.operations == 1 else 's'} compared"
    if not step.changes:
        return f"{compared}, nothing that a client would notice"
    breaking = sum(change.impact.is_breaking for change in step.changes)
    return f"{compared}, {breaking} breaking, {len(step.changes) - breaking} harmless"


def drift_markdown(report: DriftReport) -> str:
    """Return what changed as Markdown, a list for each step."""
    return "".join(_blocks(report))


def _blocks(report: DriftReport) -> Iterator[str]:
    yield f"# {report.breaking} breaking changes, {report.harmless} harmless\n\n"
    for step in report.steps:
        yield f"## {code(step.old)} to {code(step.new)}: {_counted(step)}\n\n"
        for one in alike(step):
            about = f"\\\n  clauses {code(one.about)}" if one.about else ""
            about += f"\\\n  recordings {one.traffic}" if one.traffic else ""
            yield f"- **{one.impact.value}** {code(one.sentence)}{about}\n"
        yield "\n"
