"""What a person reads of a clause: what it demands, how bad it is to break it, where it comes from, how it is
tested, how it stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rich.console import Console
from rich.table import Table
from rich.text import Text

from roomproof.contract.clause import Clause, Level
from roomproof.contract.deviation import Deviation
from roomproof.judge.evidence import Outcome, severity
from roomproof.legible import one_line
from roomproof.reports.console import say
from roomproof.reports.last import LastVerdict
from roomproof.reports.terminal import STYLES

_WIDEST = 110
_MOST_STATEMENTS = 4
_LONGEST = 200
"""Characters of a body that are shown."""

_LOWER = "broken means warning, with --strict fail"
MEANS: Mapping[Level, tuple[str, str]] = {
    Level.DOCUMENTED: ("the document says it", "broken means fail"),
    Level.STANDARD: ("a standard that the document invokes says it", _LOWER),
    Level.SAMPLE: ("only a sample in the document shows it", _LOWER),
    Level.OBSERVED: (
        "the documents are silent; real providers do it, or it is the silence itself",
        "broken means warning",
    ),
}
"""Where a clause of a level comes from, and what its breach means for the verdict."""


@dataclass(frozen=True)
class ExampleBody:
    """A body that a run sends, as JSON, and what it is."""

    body: str
    note: str


@dataclass(frozen=True)
class ClauseExplanation:
    """A clause with everything about it; `url` is the address of its source, empty where it has none,
    `where` its place in the contract, `statements` the places of the documents' statements that it rests on;
    `kept` and `broken` are bodies that do either.
    """

    clause: Clause
    url: str
    tested: str
    where: str
    statements: tuple[str, ...]
    deviations: tuple[Deviation, ...]
    kept: ExampleBody | None
    broken: ExampleBody | None
    last: LastVerdict | None


def show_explained(console: Console, explained: ClauseExplanation) -> None:
    """Print what is known of one clause; on a terminal folded beside its headings, else a line each."""
    say(console, (explained.clause.id, "bold"))
    rows = list(_rows(explained))
    if not console.is_terminal:
        for name, text, _ in rows:
            say(console, f"  {name:10} {text}")
        return
    table = Table.grid(padding=(0, 1, 0, 0))
    for name, text, style in rows:
        table.add_row(Text(f"  {name}", "dim"), Text(one_line(text), style, overflow="fold"))
    console.print(table, width=min(console.width, _WIDEST))


def _rows(explained: ClauseExplanation) -> Iterator[tuple[str, str, str]]:
    clause = explained.clause
    yield "demands", clause.demands, "bold"
    yield "level", f"{clause.level}: {_meaning(clause)}", ""
    source = clause.source
    yield (
        "source",
        replace(source, section=source.section and f"section {source.section}").words,
        "",
    )
    if explained.url:
        yield "", explained.url, ""
    for number, place in enumerate(explained.statements[:_MOST_STATEMENTS]):
        yield "" if number else "said at", place, ""
    if (more := len(explained.statements) - _MOST_STATEMENTS) > 0:
        yield "", f"and {more} more statements", ""
    if clause.disagreement is not None:
        other = clause.disagreement
        yield "disagrees", f"{other.source.words} says: {other.says}; a run judges by the source above", ""
    yield "tested", explained.tested, ""
    for name, sent in (("kept by", explained.kept), ("broken by", explained.broken)):
        if sent is not None:
            yield (
                name,
                f"{sent.body if len(sent.body) <= _LONGEST else sent.body[:_LONGEST] + '...'} ({sent.note})",
                "",
            )
    for item in explained.deviations:
        yield (
            "deviation",
            f"{item.reason}, seen {item.seen} ({item.evidence}): no fail where {_pattern(item)}",
            STYLES["deviation"],
        )
    yield "contract", explained.where, ""
    last = explained.last
    if last is None:
        yield "verdict", f"not known here; `roomproof verify {clause.id.partition('.')[0]}` finds out", ""
    else:
        when = f" on {last.started}" if last.started else ""
        why = f": {last.summary}" if last.summary else ""
        yield (
            "verdict",
            f"{last.verdict} over {last.cases} cases{when}, {last.target}{why}",
            STYLES.get(last.verdict, ""),
        )


def _meaning(clause: Clause) -> str:
    origin, consequence = MEANS[clause.level]
    by_itself = clause.level is not Level.DOCUMENTED and severity(clause) is Outcome.FAIL
    return f"{origin}; {'broken means fail, by the rule itself' if by_itself else consequence}"


def _pattern(deviation: Deviation) -> str:
    return " and ".join(
        f"{pointer} {'is absent' if schema is False else schema}"
        for pointer, schema in deviation.witness.items()
    )


def show_list(console: Console, clauses: Sequence[Clause], last: Mapping[str, LastVerdict]) -> None:
    """Print a line a clause, with the verdict of the last run where there is one, and their number."""
    for clause in clauses:
        word = last[clause.id].verdict if clause.id in last else "-"
        say(
            console,
            (f"{word:12} ", STYLES.get(word, "dim")),
            f"{clause.id}  ",
            (f"{clause.level}: {clause.demands}", "dim"),
        )
    say(console, f"{len(clauses)} clauses")
