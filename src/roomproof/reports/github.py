"""GitHub Actions: annotations as workflow commands, and the summary of a step as Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from roomproof.legible import one_line, shortened
from roomproof.report.document import Report
from roomproof.report.finding import FindingReport
from roomproof.report.provider import ContractLine
from roomproof.reports import client
from roomproof.reports.findings import findings, stale, stopped, told
from roomproof.reports.markdown import blocks
from roomproof.reports.shortfall import shortfalls
from roomproof.verdict import Verdict

MOST_ANNOTATIONS = 10
"""GitHub shows so many errors and so many warnings of a step, and drops the others."""
MOST_BYTES = 1024 * 1024
"""GitHub takes so many bytes as the summary of a step, and drops a longer one whole."""
_REST = 200
"""Bytes that are kept for the sentence about what was left out."""
_LONGEST = 1_000


def workflow_commands(report: Report) -> list[str]:
    """Return the annotations as workflow commands, a line each.

    Errors are fails, runs that stopped early, and what could not be judged; warnings are warnings, fails that
    the baseline knows, and stale deviations, which are errors where they fail the run; and so is what the
    client sent outside the contract.
    """
    errors = [_command("error", f"{name} stopped early", [one_line(why)]) for name, why in stopped(report)]
    errors += [_command("error", "not judged", [str(shortfall)]) for shortfall in shortfalls(report)]
    warnings: list[str] = []
    for finding, where in findings(report, Verdict.FAIL):
        kind, same_kind = ("warning", warnings) if report.is_known(finding.clause) else ("error", errors)
        same_kind.append(_annotation(kind, finding, where))
    kind, same_kind = ("error", errors) if report.strict_deviations else ("warning", warnings)
    same_kind += [_command(kind, f"deviation {clause}", [why]) for clause, why in stale(report)]
    warnings += [_annotation("warning", *found) for found in findings(report, Verdict.WARNING)]
    for entry in client.all_entries(report):
        kind, same_kind = ("error", errors) if client.fails(report, entry) else ("warning", warnings)
        line = client.line_of(entry)
        place = None if line is None else ContractLine(entry.first.file, line)
        same_kind.append(_command(kind, f"client {entry.clause}", client.told(entry), place))
    return [*_bounded("error", errors), *_bounded("warning", warnings)]


def _bounded(kind: str, commands: list[str]) -> Iterator[str]:
    """Yield as many commands as are shown; if there are more, the last one says how many."""
    if len(commands) <= MOST_ANNOTATIONS:
        yield from commands
        return
    yield from commands[: MOST_ANNOTATIONS - 1]
    more = len(commands) - MOST_ANNOTATIONS + 1
    yield _command(
        kind,
        f"{more} more",
        ["GitHub shows ten a step: the step's summary and the JSON report have the others"],
    )


def _annotation(kind: str, finding: FindingReport, place: ContractLine | None) -> str:
    return _command(kind, f"{finding.verdict} {finding.clause}", told(finding), place)


def _command(kind: str, title: str, lines: list[str], place: ContractLine | None = None) -> str:
    where = {"file": place.file, "line": str(place.line)} if place else {}
    properties = ",".join(f"{name}={_property(value)}" for name, value in {**where, "title": title}.items())
    return f"::{kind} {properties}::{_data(chr(10).join(shortened(line, _LONGEST) for line in lines))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def step_summary(report: Report, most_bytes: int) -> str:
    """Return a report as Markdown of at most so many bytes: whole blocks, the most important first."""
    shown, size, left_out = [], 0, 0
    for block in blocks(report):
        length = len(block.encode("utf-8", "backslashreplace"))
        if left_out or size + length > most_bytes - _REST:
            left_out += 1
            continue
        shown.append(block)
        size += length
    rest = f"\n{left_out} more: the JSON report has them, a summary holds no more.\n" if left_out else ""
    return "".join(shown) + (rest if size + len(rest) <= most_bytes else "")


def silence(marker: str) -> tuple[str, str]:
    """Return the lines between which GitHub takes nothing for a command; the marker is one that nobody can
    guess.
    """
    return f"::stop-commands::{marker}", f"::{marker}::"
