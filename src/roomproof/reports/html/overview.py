"""The top of a page: whether to release, the verdict of each provider, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from roomproof.contract.clause import Level
from roomproof.judge.seen_deviations import StaleReason
from roomproof.report.document import Report
from roomproof.report.provider import ClauseCoverage, ProviderReport
from roomproof.reports.coverage import coverage_of
from roomproof.reports.html.client import ClientRow
from roomproof.reports.html.columns import Column, counted, moment
from roomproof.reports.html.findings import FindingView, Heap
from roomproof.reports.shortfall import Shortfall, shortfalls
from roomproof.verdict import Verdict

_FIRST = 5
"""So many fails are named on top; the others are counted."""


@dataclass(frozen=True)
class Card:
    """One provider's last run in short. `kind` is the verdict whose colour and sign it has."""

    provider: str
    kind: str
    word: str
    counts: dict[Verdict, int]
    target: str
    version: str
    started: str
    facts: tuple[str, ...]
    fails: int


@dataclass(frozen=True)
class Todo:
    """Something to do next; `link` is the anchor where to look, `code` what stands there as it is."""

    kind: str
    text: str
    link: str = ""
    code: str = ""


@dataclass(frozen=True)
class Overview:
    """The headline, its kind, a card a provider, what to do next."""

    kind: str
    headline: str
    cards: tuple[Card, ...]
    todos: tuple[Todo, ...]


def overview(
    reports: Sequence[Report],
    columns: Sequence[Column],
    heaps: Sequence[Heap],
    known: frozenset[str],
    sent: Sequence[ClientRow] = (),
) -> Overview:
    """Return the top of the page for some runs, of which the last counts; what is `known` since a baseline
    does not keep from a release.

    `sent` is what clients sent outside the contract.
    """
    last = {column.provider: column.node for column in columns if column.is_last}
    latest = {node.provider: node for report in reports for node in report.providers}
    # A provider whose newest run has no verdicts is not proven by an older one.
    nodes = [node if not node.clauses else last[name] for name, node in latest.items()]
    cards = tuple(_card(node, known) for node in nodes)
    fails = [
        finding for heap in heaps if heap.verdict == "fail" for finding in heap.findings if not finding.known
    ]
    exercised = coverage_of(clause for node in nodes for clause in node.clauses)
    kind, headline = _headline(cards, shortfalls(reports[-1]), exercised)
    failing = sum(one.kind == "fail" for one in sent)
    if failing and kind != "fail":
        are = "error of the client fails" if failing == 1 else "errors of the client fail"
        kind, headline = (
            "fail",
            f"{failing:,} {are} the run. Of the provider: {headline[0].lower()}{headline[1:]}",
        )
    todos = [*_of_clients(sent, failing), *_todos(nodes, fails, reports[-1])]
    return Overview(kind, headline, cards, tuple(sorted(todos, key=lambda todo: todo.kind != "fail")))


def _of_clients(sent: Sequence[ClientRow], failing: int) -> Iterator[Todo]:
    if sent:
        ways = "one way" if len(sent) == 1 else f"{len(sent):,} ways"
        text = f"the client is outside the contract in {ways}" + (
            f", {failing:,} of them fail the run" if failing else ""
        )
        yield Todo("fail" if failing else "warning", text, "client")


def _card(node: ProviderReport, known: frozenset[str]) -> Card:
    fails = {clause.id for clause in node.clauses if clause.verdict is Verdict.FAIL}
    counts = counted(clause.verdict for clause in node.clauses)
    documented = [clause for clause in node.clauses if clause.level is Level.DOCUMENTED]
    if not node.clauses:
        kind, word = "inconclusive", "not verified"
    elif fails - known:
        kind, word = "fail", "breaks its contract"
    elif node.stopped:
        kind, word = "inconclusive", "nothing fails so far, cut short"
    elif fails:
        kind, word = "warning", "fails as before, nothing new"
    elif not counts.get(Verdict.PASS):
        kind, word = "inconclusive", "nothing proven"
    elif any(clause.verdict is Verdict.INCONCLUSIVE for clause in documented):
        kind, word = "inconclusive", "nothing fails, not all of it could be judged"
    elif counts.get(Verdict.WARNING):
        kind, word = "warning", "keeps its contract, with warnings"
    else:
        kind, word = "pass", "keeps its contract"
    return Card(
        node.provider, kind, word, counts, node.target, node.contract_version or "",
        moment(node.started or ""), tuple(_facts(node)), len(fails - known),
    )  # fmt: skip


def _facts(node: ProviderReport) -> Iterator[str]:
    yield f"{node.requests:,} {'request' if node.requests == 1 else 'requests'} in {node.seconds:.1f} s"
    if node.clauses:
        yield str(coverage_of(node.clauses))
    if node.recorded:
        first, last = moment(node.recorded.from_), moment(node.recorded.to)
        yield f"recorded {first}" + (f" to {last}" if first != last else "")
    if node.cassette:
        yield f"kept in {node.cassette}"


def _headline(
    cards: Sequence[Card], missing: Sequence[Shortfall], exercised: ClauseCoverage
) -> tuple[str, str]:
    broken = [card for card in cards if card.kind == "fail"]
    open_ = [card for card in cards if card.kind == "inconclusive"]
    names = _listed([card.provider for card in broken or open_])
    if broken:
        fails = sum(card.fails for card in broken)
        return (
            "fail",
            f"Do not release: {fails:,} {'clause fails' if fails == 1 else 'clauses fail'} at {names}",
        )
    if not cards:
        return "inconclusive", "Not proven: no provider was verified"
    if open_:
        return (
            "inconclusive",
            f"Not proven: {names} {'was' if len(open_) == 1 else 'were'} not verified to the end",
        )
    if missing:
        return "inconclusive", "Not proven: not all that was asked for could be judged"
    if any(card.counts.get(Verdict.FAIL) for card in cards):
        return "warning", "Nothing new fails: what fails did so in the baseline"
    warnings = sum(card.counts.get(Verdict.WARNING, 0) for card in cards)
    if warnings:
        return (
            "warning",
            f"Nothing fails: {warnings:,} warning{'' if warnings == 1 else 's'} to look at; {exercised}",
        )
    return "pass", f"Nothing fails; {exercised}"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""


def _by_turns(fails: Sequence[FindingView]) -> list[FindingView]:
    """Return fails so that each provider's first comes before anybody's second."""
    turns: dict[str, int] = {}
    ranked = []
    for finding in fails:
        turns[finding.provider] = turns.get(finding.provider, 0) + 1
        ranked.append((turns[finding.provider], finding))
    return [finding for _, finding in sorted(ranked, key=lambda pair: pair[0])]


def _todos(nodes: Sequence[ProviderReport], fails: Sequence[FindingView], report: Report) -> Iterator[Todo]:
    yield from (
        Todo("fail", finding.summary, finding.clause, finding.clause) for finding in _by_turns(fails)[:_FIRST]
    )
    if len(fails) > _FIRST:
        yield Todo("fail", f"and {len(fails) - _FIRST:,} more that fail", "findings")
    for shortfall in shortfalls(report):
        yield Todo("inconclusive", f"Not judged: {shortfall}", "coverage")
    for node in nodes:
        name, counts = node.provider, counted(clause.verdict for clause in node.clauses)
        if node.stopped:
            yield Todo("inconclusive", f"{name} stopped early: {node.stopped}. Then run it again.")
        yield from (Todo("warning", f"{name}: {remark}") for remark in node.remarks or ())
        for stale in node.stale_deviations or ():
            why = f"expired on {stale.expires}" if stale.why is StaleReason.EXPIRED else "no longer seen"
            yield Todo("deviation", f"stale deviation, {why}: renew or remove it", stale.clause, stale.clause)
        if doubtful := counts.get(Verdict.INCONCLUSIVE):
            yield Todo("inconclusive", f"{name}: {doubtful:,} inconclusive: see why", "coverage")
        for change in node.rejudged or ():
            yield Todo(
                "warning",
                f"was {change.before} when recorded, is {change.now} now",
                change.clause,
                change.clause,
            )
    warnings = sum(clause.verdict is Verdict.WARNING for node in nodes for clause in node.clauses)
    gaps = sum(clause.verdict is Verdict.UNEXERCISED for node in nodes for clause in node.clauses)
    if since := report.baseline:
        told = f"{len(since.new):,} new, {len(since.known):,} known, {len(since.healed):,} healed"
        yield Todo("deviation", f"since the baseline {since.path}: {told}")
    if warnings:
        yield Todo(
            "warning", f"{warnings:,} {'warning' if warnings == 1 else 'warnings'} to decide on", "warning"
        )
    if gaps:
        yield Todo("unexercised", f"{gaps:,} clauses were not exercised: see why", "coverage")
    if report.unmatched and report.unmatched.count:
        foreign = f"{report.unmatched.count:,} recorded requests belong to no contract"
        yield Todo("unexercised", foreign, "coverage")
