"""What a person sees: a progress bar while it runs, a table of verdicts, the findings one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from roomproof.reports.legible import legible
from roomproof.reports.report import curl_lines
from roomproof.verify.run import Progress as OnRequest

_STYLES = {"fail": "bold red", "warning": "yellow", "deviation": "cyan", "inconclusive": "magenta", "pass": "green", "unexercised": "dim"}
_SHOWN_WARNINGS = 8


@contextmanager
def progress(console: Console, expected: dict[str, int]) -> Iterator[OnRequest]:
    """Show a bar a provider; the number of requests is an estimate until the provider is done. Quiet where no one looks."""
    columns = (TextColumn("{task.description:12}"), BarColumn(), MofNCompleteColumn(), TextColumn("requests"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
        tasks = {provider: bars.add_task(provider, total=total) for provider, total in expected.items()}

        def on_request(provider: str, requests: int) -> None:
            total = max(requests, expected[provider])
            bars.update(tasks[provider], completed=requests, total=total)

        yield on_request


def show(console: Console, report: dict[str, Any], *, every_warning: bool = False) -> None:
    """Print a report: a row an operation, then what is broken, then the sum."""
    for provider in report["providers"]:
        console.print(f"[bold]{_plain(provider['provider'])}[/] {_plain(_where(provider))}", highlight=False, soft_wrap=True)
        console.print(_table(provider))
        if provider.get("stopped"):
            console.print(f"[bold]{_plain(provider['provider'])} stopped early:[/] {_plain(provider['stopped'])}")
        _findings(console, provider, every_warning=every_warning)
        _rejudged(console, provider)
        for path in provider.get("regressions", ()):
            console.print(f"kept {_plain(path)}: pytest sends it again from now on", highlight=False, soft_wrap=True)
    _unmatched(console, report.get("unmatched"))
    summary = report["summary"]
    if not report["providers"]:
        console.print("nothing here belongs to a provider that has a contract")
        return
    words = ", ".join(f"[{_STYLES[word]}]{summary[word]} {word}[/]" for word in _STYLES if summary[word])
    console.print(f"{summary['clauses']} clauses: {words}")


def _where(provider: dict[str, Any]) -> str:
    """Return what was asked, how much and when; for recordings, when they were made."""
    asked = f"{provider['requests']} requests in {provider['seconds']:.1f} s"
    if "recorded" in provider:
        first, last = provider["recorded"]["from"], provider["recorded"]["to"]
        return f"from {provider['target']}, {asked}, recorded {first}" + (f" to {last}" if last != first else "")
    kept = f", kept in {provider['cassette']}" if "cassette" in provider else ""
    return f"at {provider['target']}, {asked}{kept}"


def _rejudged(console: Console, provider: dict[str, Any]) -> None:
    """Print what the recordings say otherwise than when they were made, and who has changed."""
    for change in provider.get("rejudged", ()):
        why = "though the contract is the same: was the cassette altered?" if change["same_contract"] else "since the contract has changed"
        text = f"{change['clause']} was {change['before']} when recorded, is {change['now']} now, {why} ({change['cassette']})"
        console.print(f"[bold]rejudged[/] {_plain(text)}", highlight=False, soft_wrap=True)


def _unmatched(console: Console, unmatched: dict[str, Any] | None) -> None:
    if unmatched and unmatched["count"]:
        console.print(f"{unmatched['count']} requests belong to no operation of any contract:")
        for name, count in unmatched["requests"].items():
            console.print(f"  {count} x {_plain(name)}", highlight=False, soft_wrap=True)


def _table(provider: dict[str, Any]) -> Table:
    """Return the clauses counted by operation, part and verdict; verdicts that nothing has take no room."""
    rows: dict[str, Counter[str]] = {}
    for clause in provider["clauses"]:
        rows.setdefault(f"{clause['operation']} {clause['id'].split('.')[2]}", Counter())[clause["verdict"]] += 1
    used = [verdict for verdict in _STYLES if any(row[verdict] for row in rows.values())]
    table = Table(box=SIMPLE_HEAD)
    table.add_column("clauses")
    for verdict in used:
        table.add_column(verdict, justify="right", style=_STYLES[verdict])
    for name, row in rows.items():
        table.add_row(name, *(str(row[verdict] or "") for verdict in used))
    return table


def _findings(console: Console, provider: dict[str, Any], *, every_warning: bool) -> None:
    fails = [finding for finding in provider["findings"] if finding["verdict"] == "fail"]
    others = [finding for finding in provider["findings"] if finding["verdict"] != "fail"]
    for finding in fails:
        _full(console, finding)
    for finding in others if every_warning else others[:_SHOWN_WARNINGS]:
        style = _STYLES[finding["verdict"]]
        console.print(f"[{style}]{finding['verdict']}[/] {_plain(finding['clause'])}: {_plain(finding['summary'])}", highlight=False)
    if len(others) > _SHOWN_WARNINGS and not every_warning:
        console.print(f"... and {len(others) - _SHOWN_WARNINGS} more warnings and deviations; --verbose or --json shows them all")


def _plain(text: str) -> str:
    """Return a text of anybody's so that neither rich nor the terminal obeys it."""
    return escape(legible(text))


def _full(console: Console, finding: dict[str, Any]) -> None:
    source = ", ".join(part for part in finding["source"].values() if part)
    console.print(f"[bold red]fail[/] [bold]{_plain(finding['clause'])}[/]", highlight=False)
    lines = [
        finding["summary"],
        f"expected  {finding['expected']}",
        f"received  {finding['received']}",
        f"source    {source}",
        *([f"steps     {len(finding['sequence'])}, none can be left out; a room made anew has another id"] if finding["sequence"] else []),
    ]
    console.print(Padding("\n".join(_plain(line) for line in lines), (0, 0, 0, 2)), highlight=False)
    # Unfolded, so that each can be copied as one command.
    for line in curl_lines(finding):
        console.print(_plain(line), highlight=False, soft_wrap=True)
