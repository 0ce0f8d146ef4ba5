"""What changed between two recordings or two reports, for a terminal and as a JSON document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rich.console import Console
from rich.markup import escape

from roomproof import __version__
from roomproof.comparison.compare import ClauseChange, Comparison, ProviderComparison, Turn
from roomproof.comparison.fields import FieldChange
from roomproof.comparison.profile import Changes
from roomproof.legible import one_line
from roomproof.verdict import Verdict

COMPARISON_VERSION = 1

_STYLES = {
    Turn.BROKE: "bold red",
    Turn.WORSENED: "yellow",
    Turn.EASED: "cyan",
    Turn.FIXED: "green",
    Turn.NO_LONGER_EXERCISED: "magenta",
    Turn.NEWLY_EXERCISED: "dim",
    Turn.APPEARED: "dim",
    Turn.VANISHED: "dim",
}
_SHOWN = 30
"""Changes of one kind that a terminal shows; the document has all."""
_LONGEST = 400


def show_comparison(
    console: Console, comparison: Comparison, changes_by_provider: Mapping[str, Changes]
) -> None:
    """Print, provider by provider, which clauses changed their verdict and what the responses show; what is
    equal is not printed.
    """
    compared = {provider.provider: provider for provider in comparison.providers}
    for name in dict.fromkeys((*compared, *changes_by_provider)):
        console.print(f"[bold]{_legible(name)}[/]", highlight=False)
        lines = [*_clause_lines(compared.get(name)), *_change_lines(changes_by_provider.get(name))]
        for line in lines or ["no change"]:
            console.print(f"  {line}", highlight=False, soft_wrap=True)
    for names, which in ((comparison.only_before, "first"), (comparison.only_after, "second")):
        if names:
            console.print(f"only in the {which}: {', '.join(map(_legible, names))}", highlight=False)
    console.print(_sum(comparison, changes_by_provider), highlight=False)


def _sum(comparison: Comparison, changes_by_provider: Mapping[str, Changes]) -> str:
    counts = _turns(comparison)
    clauses = ", ".join(f"{counts[turn]} {turn.value}" for turn in Turn if counts[turn]) or "none changed"
    answers = sum(changes.count for changes in changes_by_provider.values())
    return f"clauses: {clauses}" + (f"; changes in responses: {answers}" if changes_by_provider else "")


def _turns(comparison: Comparison) -> dict[Turn, int]:
    every = [change.turn for provider in comparison.providers for change in provider.changes]
    return {turn: every.count(turn) for turn in Turn}


def _clause_lines(provider: ProviderComparison | None) -> Iterator[str]:
    if provider is None:
        return
    if provider.unfinished:
        yield f"[bold]{_legible(provider.unfinished)}[/]"
    if provider.contract_before != provider.contract_after:
        yield (
            f"[bold]another contract:[/] {_legible(provider.contract_before)}, now "
            f"{_legible(provider.contract_after)}"
        )
    for turn in Turn:
        yield from _bounded(
            [_clause_line(change) for change in provider.changes if change.turn is turn], turn.value
        )


def _clause_line(change: ClauseChange) -> str:
    words = [verdict.value for verdict in (change.before, change.after) if verdict is not None]
    return f"[{_STYLES[change.turn]}]{change.turn.value}[/] {_legible(change.id)} ({', now '.join(words)})"


def _change_lines(changes: Changes | None) -> Iterator[str]:
    if changes is None:
        return
    before, after = changes.before, changes.after
    yield (
        f"{before.interactions} interactions before, {after.interactions} after; {changes.aligned} "
        f"responses are to the same request,"
        f" {changes.alone_before} and {changes.alone_after} are not compared"
    )
    for counts, when in ((before, "before"), (after, "after")):
        if counts.foreign or counts.unanswered:
            yield f"{when}: {counts.foreign} belong to no operation, {counts.unanswered} have no response"
    yield from _bounded([_field_line(change) for change in changes.fields], "fields")
    yield from _bounded(
        [
            f"[bold]status[/] {_legible(moved.operation)}: {moved.before} -> {moved.after} for "
            f"{moved.requests} of {moved.of} requests,"
            f" such as {_legible(moved.example)}"
            for moved in changes.statuses
        ],
        "statuses",
    )
    yield from _bounded(
        [
            f"[bold]value[/] {_legible(value.operation)} {value.status} {_legible(value.path)}: "
            f"{_legible(value.before)} ->"
            f" {_legible(value.after)} in {value.answers} of {value.of} responses, such as to "
            f"{_legible(value.example)}"
            for value in changes.values
        ],
        "values",
    )
    if changes.volatile:
        paths = dict.fromkeys(field.path for field in changes.volatile)
        yield f"[dim]differ in every recording: {_legible(', '.join(paths))}[/]"


def _field_line(change: FieldChange) -> str:
    where = f"[bold]field[/] {_legible(change.operation)} {change.status} {_legible(change.path)}"
    seen = f"{change.seen_before} responses or items before, {change.seen_after} after"
    return f"{where} {change.what.value}: {_legible(change.before)} -> {_legible(change.after)} ({seen})"


def _bounded(lines: list[str], what: str) -> Iterator[str]:
    yield from lines[:_SHOWN]
    if len(lines) > _SHOWN:
        yield f"... and {len(lines) - _SHOWN} more: {what}; --json shows them all"


def _legible(text: str) -> str:
    """Return a text without what a terminal would obey, cut where it is long, and safe for rich."""
    return escape(one_line(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."))


@dataclass(frozen=True, kw_only=True)
class ClauseChangeReport:
    """A clause whose verdict changed; None where a report does not have the clause."""

    id: str
    change: Turn
    before: Verdict | None
    after: Verdict | None


@dataclass(frozen=True, kw_only=True)
class ProviderChangeReport:
    """What changed at one provider; what nobody knows of it is None."""

    provider: str
    contract_before: str | None
    contract_after: str | None
    unfinished: str
    clauses: tuple[ClauseChangeReport, ...]
    answers: Changes | None


@dataclass(frozen=True, kw_only=True)
class ComparisonReport:
    """Everything that is known of the changes; in JSON its fields stay what they are within a
    `comparison_version`.
    """

    roomproof: str
    comparison_version: int
    providers: tuple[ProviderChangeReport, ...]
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]
    summary: Mapping[str, int]


def comparison_document(
    comparison: Comparison,
    changes_by_provider: Mapping[str, Changes],
) -> ComparisonReport:
    """Return everything that is known of the changes."""
    compared = {provider.provider: provider for provider in comparison.providers}
    names = dict.fromkeys((*compared, *changes_by_provider))
    summary = {turn.value.replace(" ", "_"): count for turn, count in _turns(comparison).items()}
    answers = sum(changes.count for changes in changes_by_provider.values())
    return ComparisonReport(
        roomproof=__version__,
        comparison_version=COMPARISON_VERSION,
        providers=tuple(_provider(name, compared.get(name), changes_by_provider.get(name)) for name in names),
        only_before=comparison.only_before,
        only_after=comparison.only_after,
        summary={**summary, "answers": answers},
    )


def _provider(
    name: str,
    compared: ProviderComparison | None,
    changes: Changes | None,
) -> ProviderChangeReport:
    return ProviderChangeReport(
        provider=name,
        contract_before=compared.contract_before if compared else None,
        contract_after=compared.contract_after if compared else None,
        unfinished=compared.unfinished if compared else "",
        clauses=tuple(
            ClauseChangeReport(id=change.id, change=change.turn, before=change.before, after=change.after)
            for change in (compared.changes if compared else ())
        ),
        answers=changes,
    )
