"""What a person sees of a report: a table of verdicts, the findings one by one, the sum, and what to do next.

On a terminal findings are panels, folded at its width; in a file or a pipe they are lines without borders,
which grep finds. What is to be copied, a clause id or a command, is never folded and has no border.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from pathlib import Path

from rich.box import ROUNDED, SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from roomproof.judge.seen_deviations import StaleReason
from roomproof.legible import one_line
from roomproof.report.document import Baseline, RecordingEntries, Report, UnmatchedRequests
from roomproof.report.finding import FindingReport
from roomproof.report.provider import ClauseCoverage, ProviderReport
from roomproof.reports.client import entries, fails, sentence
from roomproof.reports.console import say
from roomproof.reports.coverage import coverage_of
from roomproof.reports.entries import entry_counts, not_judged
from roomproof.reports.fields import field_remarks
from roomproof.reports.findings import findings
from roomproof.reports.shortfall import shortfalls
from roomproof.reports.terminal_accounts import show_accounts
from roomproof.verdict import Verdict

STYLES: Mapping[str, str] = {
    Verdict.FAIL: "bold red",
    Verdict.WARNING: "yellow",
    Verdict.DEVIATION: "cyan",
    Verdict.INCONCLUSIVE: "magenta",
    Verdict.PASS: "green",
    Verdict.UNEXERCISED: "dim",
}
_SINCE = {"new": "bold red", "known": "yellow", "healed": "green", "unexercised": "dim"}
_SHOWN_FAILS = 10
"""So many fails are shown in full, the others in a line each."""
_SHOWN_WARNINGS = 8
_SHOWN_CLIENT = 8
_SHOWN_FIELDS = 4
_ALL = "--verbose or --json shows them all"
_WIDEST = 110
"""Columns beyond which lines are hard to read."""
_MUCH = 50
"""Per cent of the documented clauses; a run that exercises fewer proves little."""


def show(console: Console, report: Report, *, every_finding: bool = False, full: Path | None = None) -> None:
    """Print a report: a row an operation, then what is broken, then the sum. `full` is where the whole report
    has been written.
    """
    show_accounts(console, report, everything=every_finding)
    for provider in report.providers:
        if provider.account and not every_finding and len(report.providers) > 1:
            continue
        say(console, (provider.label, "bold"), " ", _where(provider))
        _counts(console, provider)
        if provider.stopped:
            say(console, (f"{provider.provider} stopped early:", "bold"), " ", provider.stopped)
        if len(report.providers) > 1 and provider.clauses:
            say(console, str(coverage_of(provider.clauses)))
        for why, count in provider.unanswered.items():
            say(console, f"{_counted(count, 'request')} without a usable response: {why}")
        for remark in provider.remarks or ():
            say(console, ("rooms", "bold"), " ", remark)
        _findings(console, provider, report, every_finding=every_finding)
        _client(console, report, provider, every_entry=every_finding)
        _stale(console, provider, counts=report.strict_deviations)
        _observed(console, provider, every_field=every_finding)
        _rejudged(console, provider)
        for path in provider.regressions:
            again = f"pytest {Path(path).parent} --provider={provider.provider} --base-url=URL"
            say(console, f"kept {path}: `{again}` sends it again, to the server that you name")
    _entries(console, report.recording)
    _unmatched(console, report.unmatched, report.hints)
    _baseline(console, report.baseline)
    if not report.providers:
        say(console, "nothing was judged: nothing here belongs to a provider that has a contract")
        return
    for shortfall in shortfalls(report):
        say(console, ("not judged", STYLES["inconclusive"]), " ", str(shortfall))
    used = [(word, count) for word, count in report.summary.counts.items() if count]
    words = [part for word, count in used for part in (", ", (f"{count} {word}", STYLES[word]))][1:]
    exercised = coverage_of(report.clauses)
    say(
        console,
        f"{_counted(report.summary.clauses, 'clause')}: ",
        *words,
        f"; {exercised}",
        ", which proves little" if _is_little(exercised) else "",
    )
    _next(console, report, exercised, full)


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" + ("" if count == 1 else "s")


def _next(console: Console, report: Report, exercised: ClauseCoverage, full: Path | None) -> None:
    """Print what can be done about what was found, or about a run that proves little, in a line; nothing
    where there is nothing to do.
    """
    broken = [finding for finding, _ in findings(report, Verdict.FAIL, Verdict.WARNING)]
    where = f"; the whole report is in {full}" if full else ""
    if broken:
        say(
            console,
            ("next", "bold"),
            f": roomproof explain {broken[0].clause} tells what is demanded and where{where}",
        )
    elif _is_little(exercised):
        say(console, ("next", "bold"), f": --html PATH shows why the other clauses were not exercised{where}")


def _is_little(exercised: ClauseCoverage) -> bool:
    return bool(exercised.of) and exercised.share < _MUCH


def _where(provider: ProviderReport) -> str:
    """Return what was asked, how much and when; for recordings, when they were made."""
    asked = f"{_counted(provider.requests, 'request')} in {provider.seconds:.1f} s"
    if provider.recorded:
        first, last = provider.recorded.from_, provider.recorded.to
        return f"from {provider.target}, {asked}, recorded {first}" + (f" to {last}" if last != first else "")
    kept = f", kept in {provider.cassette}" if provider.cassette else ""
    return f"at {provider.target}, {asked}{kept}"


def _rejudged(console: Console, provider: ProviderReport) -> None:
    """Print what the recordings say otherwise than when they were made, and who has changed."""
    for change in provider.rejudged or ():
        same = "though the contract is the same: was the cassette altered?"
        why = same if change.same_contract else "since the contract has changed"
        now = f"was {change.before} when recorded, is {change.now} now"
        text = f"{change.clause} {now}, {why} ({change.cassette})"
        say(console, ("rejudged", "bold"), " ", text)


def _client(console: Console, report: Report, provider: ProviderReport, *, every_entry: bool) -> None:
    """Print what the client sent outside the contract, a line each, and why the run fails if it does for
    that.
    """
    listed = entries(provider)
    for entry in listed if every_entry else listed[:_SHOWN_CLIENT]:
        style = STYLES["fail"] if fails(report, entry) else STYLES["warning"]
        known = " (known since the baseline)" if entry.known else ""
        say(console, (f"client {entry.severity}", style), " ", entry.clause, f": {sentence(entry)}{known}")
    if len(listed) > _SHOWN_CLIENT and not every_entry:
        say(
            console,
            f"... and {len(listed) - _SHOWN_CLIENT} more that the client sent; {_ALL}",
        )
    if errors := sum(fails(report, entry) for entry in listed):
        are = "error of the client fails" if errors == 1 else "errors of the client fail"
        say(console, (f"{errors} {are} the run", STYLES["fail"]), ", as --client fail asks for")


def _observed(console: Console, provider: ProviderReport, *, every_field: bool) -> None:
    """Print which fields no document mentions, and which ones documents promise and no response has."""
    found = field_remarks(provider)
    for one in found if every_field else found[:_SHOWN_FIELDS]:
        say(console, (one.word, STYLES["inconclusive"]), " ", one.sentence)
    if len(found) > _SHOWN_FIELDS and not every_field:
        say(console, f"... and {len(found) - _SHOWN_FIELDS} more about fields; {_ALL}")


def _stale(console: Console, provider: ProviderReport, *, counts: bool) -> None:
    """Print the deviations that have to be looked at again: renew them with new evidence, or remove them."""
    for stale in provider.stale_deviations or ():
        gone = f"no longer seen, though it was last seen {stale.seen}"
        when = f"expired on {stale.expires}" if stale.why is StaleReason.EXPIRED else gone
        told = f"{stale.clause}: {when} ({stale.evidence}: {stale.reason}); renew or remove it"
        say(console, ("stale deviation", STYLES["fail"] if counts else STYLES["warning"]), " ", told)


def _baseline(console: Console, baseline: Baseline | None) -> None:
    if baseline is None:
        return
    since = {
        "new": baseline.new,
        "known": baseline.known,
        "healed": baseline.healed,
        "unexercised": baseline.unexercised,
    }
    for word, clauses in since.items():
        for clause in clauses:
            say(console, (word, _SINCE[word]), " ", clause)
    say(
        console,
        f"since {baseline.path}: ",
        ", ".join(f"{len(clauses)} {word}" for word, clauses in since.items()),
    )


def _entries(console: Console, recording: RecordingEntries | None) -> None:
    if recording is not None:
        say(console, entry_counts(recording))
        for line in not_judged(recording):
            say(console, line)


def _unmatched(console: Console, unmatched: UnmatchedRequests | None, hints: Collection[str]) -> None:
    if unmatched and unmatched.count:
        belong = "request belongs" if unmatched.count == 1 else "requests belong"
        say(console, f"{unmatched.count} {belong} to no operation of any contract:")
        for name, count in unmatched.requests.items():
            say(console, f"  {count} x {name}")
    for hint in hints:
        say(
            console,
            f"perhaps {hint}; what stands in a folder named like a provider is judged by its contract",
        )


def _counts(console: Console, provider: ProviderReport) -> None:
    """Print the clauses counted by operation, part and verdict: as a table, or where that has no room as
    lines.
    """
    rows: dict[str, Counter[str]] = {}
    for clause in provider.clauses:
        rows.setdefault(f"{clause.operation} {clause.id.split('.')[2]}", Counter())[clause.verdict] += 1
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
        words = [
            part
            for verdict in used
            if row[verdict]
            for part in (", ", (f"{row[verdict]} {verdict}", STYLES[verdict]))
        ][1:]
        say(console, f"{name}: ", *words)


def _findings(console: Console, provider: ProviderReport, report: Report, *, every_finding: bool) -> None:
    failing = (finding for finding in provider.findings if finding.verdict is Verdict.FAIL)
    fails = [finding for finding in failing if not report.is_known(finding.clause)]
    others = [finding for finding in provider.findings if finding.verdict is not Verdict.FAIL]
    shown_fails, shown_others = (
        (len(fails), len(others)) if every_finding else (_SHOWN_FAILS, _SHOWN_WARNINGS)
    )
    for finding in fails[:shown_fails]:
        _full(console, finding)
    for finding in (*fails[shown_fails:], *others[:shown_others]):
        _brief(console, finding)
    if len(others) > shown_others:
        say(
            console,
            f"... and {len(others) - shown_others} more warnings and deviations; {_ALL}",
        )


def _brief(console: Console, finding: FindingReport) -> None:
    """Print a finding in a line; on a terminal its sentence stands below, folded."""
    title = ((finding.verdict, STYLES[finding.verdict]), " ", finding.clause)
    known = f" (known: {finding.reason})" if finding.reason else ""
    if _borders(console):
        say(console, *title)
        told = Text(one_line(finding.summary + known))
        console.print(Padding(told, (0, 0, 0, 2)), width=min(console.width, _WIDEST))
    else:
        say(console, *title, f": {finding.summary}{known}")


def _full(console: Console, finding: FindingReport) -> None:
    """Print a finding as a panel; below it the commands that show it again, each unfolded, so that it can be
    copied whole.
    """
    title = ((finding.verdict, STYLES["fail"]), " ", (finding.clause, "bold"))
    if _borders(console):
        _panel(console, finding)
    else:
        say(console, *title)
        for line in (finding.summary, *(f"{name:9} {text}" for name, text in _rows(finding))):
            say(console, f"  {line}")
    for line in finding.recipe:
        say(console, line)
    if _borders(console):
        console.print()


def _rows(finding: FindingReport) -> list[tuple[str, str]]:
    rows = [
        ("expected", finding.expected),
        ("received", finding.received),
        ("source", finding.source.words),
    ]
    if finding.sequence:
        count = len(finding.sequence)
        rows.append(("steps", f"{count}, none can be left out; a room made anew has another id"))
    return rows


def _panel(console: Console, finding: FindingReport) -> None:
    """Print the panel; a title that is wider than its border stands above, since an id that is cut is of no
    use.
    """
    width = min(console.width, _WIDEST)
    title = Text.assemble((finding.verdict, STYLES["fail"]), " ", (one_line(finding.clause), "bold"))
    fits = title.cell_len <= width - 6
    if not fits:
        console.print(title, soft_wrap=True)
    rows = Table.grid(padding=(0, 2, 0, 0))
    for name, text in _rows(finding):
        rows.add_row(Text(name, "dim"), Text(one_line(text), overflow="fold"))
    inside = Table.grid()
    inside.add_row(Text(one_line(finding.summary), overflow="fold"))
    inside.add_row(rows)
    console.print(
        Panel(
            inside,
            box=ROUNDED,
            title=title if fits else None,
            title_align="left",
            border_style="red",
            width=width,
        )
    )


def _borders(console: Console) -> bool:
    return console.is_terminal and not console.is_dumb_terminal
