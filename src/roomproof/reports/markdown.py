"""Markdown for people: a table of verdicts, then what is broken. What a provider said stands in code spans
and blocks only.

Written for GitHub Flavored Markdown; nothing in a code span or block is markup, a link, a mention or HTML
(CommonMark 0.31, 6.1, 4.5).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from roomproof.legible import legible, one_line, shortened
from roomproof.report.document import Report
from roomproof.report.finding import FindingReport
from roomproof.report.provider import ClientEntry, ContractLine, ProviderReport
from roomproof.reports.client import TITLE, all_entries, doubt, fails, often
from roomproof.reports.coverage import coverage_of
from roomproof.reports.entries import entry_counts, not_judged
from roomproof.reports.fields import field_remarks
from roomproof.reports.findings import findings, remarks, stale, stopped, told
from roomproof.reports.shortfall import shortfalls
from roomproof.verdict import Verdict

_LONGEST = 2_000
"""Characters of one line; longer ones are cut, the JSON report has them whole."""


def markdown(report: Report) -> str:
    """Return a report as Markdown."""
    return "".join(blocks(report))


def blocks(report: Report) -> Iterator[str]:
    """Yield the report's blocks in order of importance, each complete by itself: the sum, fails, then
    warnings and deviations.
    """
    yield _top(report)
    for name, why in stopped(report):
        yield f"**{code(name)} stopped early:** {code(why)}\n\n"
    for shortfall in shortfalls(report):
        yield f"**Not judged:** {code(str(shortfall))}\n\n"
    for name, remark in remarks(report):
        yield f"**{code(name)}, about rooms:** {code(remark)}\n\n"
    for finding, place in findings(report, Verdict.FAIL):
        yield _fail(finding, place, known=report.is_known(finding.clause))
    for number, (clause, why) in enumerate(stale(report)):
        yield (
            "## Deviations to look at again\n\n" if number == 0 else ""
        ) + f"- {code(clause)}\\\n  {code(why)}\n"
    for word, title in ((Verdict.WARNING, "Warnings"), (Verdict.DEVIATION, "Known deviations")):
        for number, (finding, _) in enumerate(findings(report, word)):
            yield (f"## {title}\n\n" if number == 0 else "") + _item(finding)
    of_fields = [(node.provider, one) for node in report.providers for one in field_remarks(node)]
    for number, (name, one) in enumerate(of_fields):
        title = "## Fields that documents and responses do not share\n\n" if number == 0 else ""
        yield f"{title}- {code(name)}, {one.word}: {code(one.sentence)}\n"
    for number, entry in enumerate(all_entries(report)):
        yield (f"## {TITLE}\n\n" if number == 0 else "") + _client_item(
            entry, is_failing=fails(report, entry)
        )


def _top(report: Report) -> str:
    used = (f"{count} {word}" for word, count in report.summary.counts.items() if count)
    counts = ", ".join(used) or "nothing was judged"
    rows = [
        _row(["provider", *Verdict, "requests", "documented clauses exercised"]),
        "|---|" + "---:|" * (len(Verdict) + 2),
    ]
    for provider in report.providers:
        words = [clause.verdict for clause in provider.clauses]
        exercised = coverage_of(provider.clauses)
        numbers = (
            *(words.count(word) for word in Verdict),
            provider.requests,
            f"{exercised.documented} of {exercised.of}",
        )
        rows.append(_row([_plain(provider.provider), *map(str, numbers)]))
    asked = [f"- {code(one.provider)}: {code(one.target)}{_when(one)}" for one in report.providers]
    asked += _entries(report)
    title = f"# roomproof: {counts}; {coverage_of(report.clauses)}"
    return "\n".join((title, "", *rows, "", *asked, "", ""))


def _entries(report: Report) -> Iterator[str]:
    """Yield what became of the entries of recordings, as items of a list."""
    if report.recording:
        yield f"- {entry_counts(report.recording)}"
        yield from (f"- {code(line)}" for line in not_judged(report.recording))


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _when(provider: ProviderReport) -> str:
    if provider.recorded:
        return f", recorded {code(provider.recorded.from_)} to {code(provider.recorded.to)}"
    return "" if provider.started is None else f", {code(provider.started)}"


def _fail(finding: FindingReport, place: ContractLine | None, *, known: bool) -> str:
    where = [f"contract  {one_line(str(place))}"] if place else []
    lines = [shortened(line, _LONGEST) for line in (*told(finding), *where)]
    since = ", known since the baseline" if known else ""
    title = f"## fail {code(finding.clause)}{since}"
    return f"{title}\n\n{fenced(chr(10).join(lines), 'text')}{fenced(_recipe(finding), 'sh')}\n"


def _item(finding: FindingReport) -> str:
    # A backslash at the end of a line is a line break (CommonMark 0.31, 6.7).
    texts = (finding.clause, finding.summary, finding.reason)
    return "- " + "\\\n  ".join(code(text) for text in texts if text) + "\n"


def _client_item(entry: ClientEntry, *, is_failing: bool) -> str:
    word = f"**{entry.severity}, which fails the run** " if is_failing else f"{entry.severity} "
    texts = (entry.clause, f"{entry.what}{doubt(entry)}", entry.demands, f"{entry.place}, {often(entry)}")
    return f"- {word}" + "\\\n  ".join(map(code, texts)) + "\n"


def _recipe(finding: FindingReport) -> str:
    """Return the lines that show a finding again; one that is cut would do something else, so it is left
    out.
    """
    lines = (legible(line) for line in finding.recipe)
    return "\n".join(
        line if len(line) <= _LONGEST else "# a line of this length stands in the JSON report only"
        for line in lines
    )


def code(text: str) -> str:
    """Return a text as a code span (CommonMark 0.31, 6.1): its fence is longer than any row of backticks in
    it.
    """
    line = shortened(one_line(text), _LONGEST) or " "
    pad = " " if line[0] in "` " or line[-1] in "` " else ""
    fence = "`" * (_longest_row(line) + 1)
    return f"{fence}{pad}{line}{pad}{fence}"


def fenced(text: str, language: str) -> str:
    """Return a text as a fenced code block (CommonMark 0.31, 4.5)."""
    fence = "`" * max(3, _longest_row(text) + 1)
    return f"{fence}{language}\n{text}\n{fence}\n"


def _plain(text: str) -> str:
    """Return a text for a table's cell: all ASCII punctuation escaped."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", one_line(text))


def _longest_row(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)
