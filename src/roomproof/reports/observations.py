"""What `roomproof probe` found out: a table a provider for people, one JSON document for everything else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from roomproof import __version__
from roomproof.engine.probing import Observation, ProbeResult
from roomproof.legible import one_line
from roomproof.report.finding import LimitReport
from roomproof.reports.console import open_console
from roomproof.reports.limits import limit_of
from roomproof.reports.secrets import cleaned

OBSERVATIONS_VERSION = 1
_WIDE = 200
"""Columns of the table where no terminal sets them: for files and pipes."""


@dataclass(frozen=True, kw_only=True)
class ObservationReport:
    """One response to one question: `documented` is what documents say, None where they are silent."""

    provider: str
    operation: str
    field: str
    what: str
    documented: float | None
    observed: str
    requests: int
    at: str
    limit: LimitReport | None = None


@dataclass(frozen=True, kw_only=True)
class ObservedProvider:
    """What was observed of one provider, and what became of the run."""

    provider: str
    contract_version: str
    target: str
    started: str
    requests: int
    seconds: float
    stopped: str
    left_behind: tuple[str, ...]
    remarks: tuple[str, ...]
    observations: tuple[ObservationReport, ...]


@dataclass(frozen=True, kw_only=True)
class Observations:
    """All that was observed; in JSON its fields stay what they are within an `observations_version`."""

    roomproof: str
    observations_version: int
    providers: tuple[ObservedProvider, ...]


def observations_document(probed: Iterable[ProbeResult]) -> Observations:
    """Return what was observed of some providers."""
    return Observations(
        roomproof=__version__,
        observations_version=OBSERVATIONS_VERSION,
        providers=tuple(map(_provider, probed)),
    )


def _provider(probed: ProbeResult) -> ObservedProvider:
    result, observations = probed.result, probed.observations
    contract, secrets = result.subject.contract, result.subject.secrets
    return ObservedProvider(
        provider=contract.provider,
        contract_version=contract.version,
        target=cleaned(result.subject.target.base_url, secrets),
        started=result.started.isoformat(timespec="seconds"),
        requests=result.requests,
        seconds=round(result.seconds, 3),
        stopped=cleaned(result.stopped, secrets),
        left_behind=cleaned(result.left_behind, secrets),
        remarks=tuple(cleaned(remark, secrets) for remark in result.remarks),
        observations=tuple(_observation(contract.provider, item, secrets) for item in observations),
    )


def _observation(provider: str, observation: Observation, secrets: tuple[str, ...]) -> ObservationReport:
    return ObservationReport(
        provider=provider,
        operation=observation.operation,
        field=observation.field,
        what=observation.what,
        documented=observation.documented,
        observed=cleaned(observation.observed, secrets),
        requests=observation.requests,
        at=observation.at.isoformat(timespec="seconds"),
        limit=limit_of(observation.limit) if observation.limit else None,
    )


def show_observations(console: Console, document: Observations) -> None:
    """Print what was observed: for each provider a table of its own, a row an observation."""
    wide = console if console.is_terminal else open_console(_WIDE)
    for provider in document.providers:
        where = f"at {provider.target}, {provider.requests} requests in {provider.seconds:.1f} s"
        console.print(
            f"[bold]{escape(one_line(provider.provider))}[/] {escape(one_line(where))}",
            highlight=False,
            soft_wrap=True,
        )
        wide.print(_table(provider.observations))
        if provider.stopped:
            console.print(
                f"[bold]{escape(provider.provider)} stopped early:[/] {escape(provider.stopped)}",
                soft_wrap=True,
            )
        for remark in provider.remarks:
            console.print(f"[bold]rooms[/] {escape(remark)}", highlight=False, soft_wrap=True)
    count = sum(len(provider.observations) for provider in document.providers)
    console.print(f"{count} observations; they say what was seen, not what is right")


def _table(observations: Iterable[ObservationReport]) -> Table:
    table = Table(
        "operation",
        "field",
        "asked",
        Column("documented", justify="right"),
        "observed",
        Column("requests", justify="right"),
    )
    table.box = SIMPLE_HEAD
    for item in observations:
        documented = "-" if item.documented is None else str(item.documented)
        texts = (item.operation, item.field, item.what, documented, item.observed)
        table.add_row(*(escape(one_line(text)) for text in texts), str(item.requests))
    return table
