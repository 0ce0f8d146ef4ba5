"""What a person sees of a report: a table of verdicts, the findings one by one, the sum, and what to do next.

On a terminal findings are panels, folded at its width; in a file or a pipe they are lines without borders, which grep finds. What is to be
copied, a clause id or a command, is never folded and has no border.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from pathlib import Path
from typing import Any

from rich.box import ROUNDED, SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from roomproof.legible import one_line
from roomproof.reports.client import entries, fails, sentence
from roomproof.reports.console import say
from roomproof.reports.entries import entry_counts, not_judged
from roomproof.reports.exercised import Exercised, exercised_in, exercised_of
from roomproof.reports.report import recipe
from roomproof.reports.shortfall import shortfalls

STYLES = {"fail": "bold red", "warning": "yellow", "deviation": "cyan", "inconclusive": "magenta", "pass": "green", "unexercised": "dim"}
_SINCE = {"new": "bold red", "known": "yellow", "healed": "green", "unexercised": "dim"}
_SHOWN_FAILS = 10
"""So many fails are shown in full, the others in a line each."""
_SHOWN_WARNINGS = 8
_SHOWN_CLIENT = 8
_WIDEST = 110
"""Columns beyond which lines are hard to read."""
_MUCH = 50
"""Per cent of the documented clauses; a run that exercises fewer proves little."""


def show(console: Console, report: dict[str, Any], *, every_finding: bool = False, full: Path | None = None) -> None:
    """Print a report: a row an operation, then what is broken, then the sum. `full` is where the whole report has been written."""
    for provider in report["providers"]:
        say(console, (provider["provider"], "bold"), " ", _where(provider))
        _counts(console, provider)
        if provider.get("stopped"):
            say(console, (f"{provider['provider']} stopped early:", "bold"), " ", provider["stopped"])
        if len(report["providers"]) > 1 and provider["clauses"]:
            say(console, str(exercised_of(provider["clauses"])))
        for why, count in provider.get("unanswered", {}).items():
            say(console, f"{_counted(count, 'request')} without a usable answer: {why}")
        for remark in provider.get("remarks", ()):
            say(console, ("rooms", "bold"), " ", remark)
        _findings(console, provider, report.get("baseline", {}).get("known", ()), every_finding=every_finding)
        _client(console, report, provider, every_entry=every_finding)
        _stale(console, provider, counts=report.get("strict_deviations", False))
        _rejudged(console, provider)
        for path in provider.get("regressions", ()):
            again = f"pytest {Path(path).parent} --provider={provider['provider']} --base-url=URL"
            say(console, f"kept {path}: `{again}` sends it again, to the server that you name")
    _entries(console, report.get("recording"))
    _unmatched(console, report.get("unmatched"), report.get("hints", ()))
    _baseline(console, report.get("baseline"))
    if not report["providers"]:
        say(console, "nothing was judged: nothing here belongs to a provider that has a contract")
        return
    for shortfall in shortfalls(report):
        say(console, ("not judged", STYLES["inconclusive"]), " ", str(shortfall))
    summary = report["summary"]
    used = [word for word in STYLES if summary[word]]
    words = [part for word in used for part in (", ", (f"{summary[word]} {word}", STYLES[word]))][1:]
    exercised = exercised_in(report)
    say(
        console,
        f"{_counted(summary['clauses'], 'clause')}: ",
        *words,
        f"; {exercised}",
        ", which proves little" if _is_little(exercised) else "",
    )
    _next(console, report, exercised, full)


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" + ("" if count == 1 else "s")


def _next(console: Console, report: dict[str, Any], exercised: Exercised, full: Path | None) -> None:
    """Print what can be done about what was found, or about a run that proves little, in a line; nothing where there is nothing to do."""
    broken = [finding for provider in report["providers"] for finding in provider["findings"] if finding["verdict"] in ("fail", "warning")]
    where = f"; the whole report is in {full}" if full else ""
    if broken:
        say(console, ("next", "bold"), f": roomproof explain {broken[0]['clause']} tells what is demanded and where{where}")
    elif _is_little(exercised):
        say(console, ("next", "bold"), f": --html PATH shows why the other clauses were not exercised{where}")


def _is_little(exercised: Exercised) -> bool:
    return bool(exercised.of) and exercised.share < _MUCH


def _where(provider: dict[str, Any]) -> str:
    """Return what was asked, how much and when; for recordings, when they were made."""
    asked = f"{_counted(provider['requests'], 'request')} in {provider['seconds']:.1f} s"
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
        say(console, ("rejudged", "bold"), " ", text)


def _client(console: Console, report: dict[str, Any], provider: dict[str, Any], *, every_entry: bool) -> None:
    """Print what the client sent outside the contract, a line each, and why the run fails if it does for that."""
    listed = [entry for _, entry in entries({"providers": [provider]})]
    for entry in listed if every_entry else listed[:_SHOWN_CLIENT]:
        style = STYLES["fail"] if fails(report, entry) else STYLES["warning"]
        known = " (known since the baseline)" if entry.get("known") else ""
        say(console, (f"client {entry['severity']}", style), " ", entry["clause"], f": {sentence(entry)}{known}")
    if len(listed) > _SHOWN_CLIENT and not every_entry:
        say(console, f"... and {len(listed) - _SHOWN_CLIENT} more that the client sent; --verbose or --json shows them all")
    if errors := sum(fails(report, entry) for entry in listed):
        are = "error of the client fails" if errors == 1 else "errors of the client fail"
        say(console, (f"{errors} {are} the run", STYLES["fail"]), ", as --client fail asks for")


def _stale(console: Console, provider: dict[str, Any], *, counts: bool) -> None:
    """Print the deviations that have to be looked at again: renew them with new evidence, or remove them."""
    for stale in provider.get("stale_deviations", ()):
        when = f"expired on {stale['expires']}" if stale["why"] == "expired" else f"no longer seen, though it was last seen {stale['seen']}"
        told = f"{stale['clause']}: {when} ({stale['evidence']}: {stale['reason']}); renew or remove it"
        say(console, ("stale deviation", STYLES["fail"] if counts else STYLES["warning"]), " ", told)


def _baseline(console: Console, baseline: dict[str, Any] | None) -> None:
    if baseline is None:
        return
    for word, style in _SINCE.items():
        for clause in baseline[word]:
            say(console, (word, style), " ", clause)
    say(console, f"since {baseline['path']}: ", ", ".join(f"{len(baseline[word])} {word}" for word in _SINCE))


def _entries(console: Console, recording: dict[str, Any] | None) -> None:
    if recording is not None:
        say(console, entry_counts(recording))
        for line in not_judged(recording):
            say(console, line)


def _unmatched(console: Console, unmatched: dict[str, Any] | None, hints: Collection[str]) -> None:
    if unmatched and unmatched["count"]:
        belong = "request belongs" if unmatched["count"] == 1 else "requests belong"
        say(console, f"{unmatched['count']} {belong} to no operation of any contract:")
        for name, count in unmatched["requests"].items():
            say(console, f"  {count} x {name}")
    for hint in hints:
        say(console, f"perhaps {hint}; what stands in a folder named like a provider is judged by its contract")


def _counts(console: Console, provider: dict[str, Any]) -> None:
    """Print the clauses counted by operation, part and verdict: as a table, or where that has no room as lines."""
    rows: dict[str, Counter[str]] = {}
    for clause in provider["clauses"]:
        rows.setdefault(f"{clause['operation']} {clause['id'].split('.')[2]}", Counter())[clause["verdict"]] += 1
    used = [verdict for verdict in STYLES if any(row[verdict] for row in rows.values())]
    table = Table(box=SIMPLE_HEAD)
    table.add_column("clauses", no_wrap=True)
    for verdict in used:
        table.add_column(verdict, justify="right", style=STYLES[verdict], no_wrap=True)
    for name, row in rows.items():
        table.add_row(Text(one_line(name)), *(str(row[verdict] or "") for verdict in used))
    if console.measure(table, options=console.options.update(max_width=_WIDEST * 2)).maximum <= console.width:
        console.print(table)
        return
    for name, row in rows.items():
        words = [part for verdict in used if row[verdict] for part in (", ", (f"{row[verdict]} {verdict}", STYLES[verdict]))][1:]
        say(console, f"{name}: ", *words)


def _findings(console: Console, provider: dict[str, Any], known: Collection[str], *, every_finding: bool) -> None:
    fails = [finding for finding in provider["findings"] if finding["verdict"] == "fail" and finding["clause"] not in known]
    others = [finding for finding in provider["findings"] if finding["verdict"] != "fail"]
    shown_fails, shown_others = (len(fails), len(others)) if every_finding else (_SHOWN_FAILS, _SHOWN_WARNINGS)
    for finding in fails[:shown_fails]:
        _full(console, finding)
    for finding in (*fails[shown_fails:], *others[:shown_others]):
        _brief(console, finding)
    if len(others) > shown_others:
        say(console, f"... and {len(others) - shown_others} more warnings and deviations; --verbose or --json shows them all")


def _brief(console: Console, finding: dict[str, Any]) -> None:
    """Print a finding in a line; on a terminal its sentence stands below, folded."""
    title = ((finding["verdict"], STYLES[finding["verdict"]]), " ", finding["clause"])
    known = f" (known: {finding['reason']})" if finding.get("reason") else ""
    if _borders(console):
        say(console, *title)
        console.print(Padding(Text(one_line(finding["summary"] + known)), (0, 0, 0, 2)), width=min(console.width, _WIDEST))
    else:
        say(console, *title, f": {finding['summary']}{known}")


def _full(console: Console, finding: dict[str, Any]) -> None:
    """Print a finding as a panel; below it the commands that show it again, each unfolded, so that it can be copied whole."""
    title = ((finding["verdict"], STYLES["fail"]), " ", (finding["clause"], "bold"))
    if _borders(console):
        _panel(console, finding)
    else:
        say(console, *title)
        for line in (finding["summary"], *(f"{name:9} {text}" for name, text in _rows(finding))):
            say(console, f"  {line}")
    for line in recipe(finding):
        say(console, line)
    if _borders(console):
        console.print()


def _rows(finding: dict[str, Any]) -> list[tuple[str, str]]:
    rows = [
        ("expected", finding["expected"]),
        ("received", finding["received"]),
        ("source", ", ".join(part for part in finding["source"].values() if part)),
    ]
    if finding["sequence"]:
        rows.append(("steps", f"{len(finding['sequence'])}, none can be left out; a room made anew has another id"))
    return rows


def _panel(console: Console, finding: dict[str, Any]) -> None:
    """Print the panel; a title that is wider than its border stands above, since an id that is cut is of no use."""
    width = min(console.width, _WIDEST)
    title = Text.assemble((finding["verdict"], STYLES["fail"]), " ", (one_line(finding["clause"]), "bold"))
    fits = title.cell_len <= width - 6
    if not fits:
        console.print(title, soft_wrap=True)
    rows = Table.grid(padding=(0, 2, 0, 0))
    for name, text in _rows(finding):
        rows.add_row(Text(name, "dim"), Text(one_line(text), overflow="fold"))
    inside = Table.grid()
    inside.add_row(Text(one_line(finding["summary"]), overflow="fold"))
    inside.add_row(rows)
    console.print(Panel(inside, box=ROUNDED, title=title if fits else None, title_align="left", border_style="red", width=width))


def _borders(console: Console) -> bool:
    return console.is_terminal and not console.is_dumb_terminal
