"""What every view tells of the client: what it sent outside the contract, apart from the verdicts on the
provider.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING

from roomproof.legible import one_line

if TYPE_CHECKING:
    # The options need no more of this module than its words, and whoever presses Tab waits for them.
    from roomproof.report.document import Report
    from roomproof.report.provider import ClientEntry, ProviderReport

TITLE = "Sent by the client outside the contract"
_LINE = "line "


class Client(StrEnum):
    """What becomes of what the client sent outside the contract: errors fail the run, it is shown and no
    more, it is not shown.
    """

    FAIL = "fail"
    WARN = "warn"
    OFF = "off"


def entries(provider: ProviderReport) -> list[ClientEntry]:
    """Return what the client sent outside a provider's contract, errors first."""
    return sorted(provider.client or (), key=lambda entry: not entry.is_error)


def all_entries(report: Report) -> Iterator[ClientEntry]:
    """Yield the same of each provider, one provider after the other."""
    return (entry for provider in report.providers for entry in entries(provider))


def fails(report: Report, entry: ClientEntry) -> bool:
    """Whether an entry fails the run: that was asked for, it is an error, and the baseline does not know
    it.
    """
    return report.client_fails and entry.is_error and not entry.known


def failing_entries(report: Report) -> list[ClientEntry]:
    """Return the entries for which the run fails."""
    return [entry for entry in all_entries(report) if fails(report, entry)]


def with_client(report: Report, asked: Client, earlier: Report | None) -> Report:
    """Return a report that tells of the client what was asked for; what an earlier report has, too, is
    `known`.
    """
    before = {_identity(entry) for entry in all_entries(earlier)} if earlier else set()
    hidden = asked is Client.OFF
    providers = (replace(one, client=None if hidden else _told_of(one, before)) for one in report.providers)
    return replace(report, providers=tuple(providers), client_fails=asked is Client.FAIL)


def _told_of(provider: ProviderReport, before: set[tuple[str, str]]) -> tuple[ClientEntry, ...] | None:
    if provider.client is None:
        return None
    return tuple(replace(entry, known=_identity(entry) in before) for entry in provider.client)


def _identity(entry: ClientEntry) -> tuple[str, str]:
    return entry.clause, entry.place


def often(entry: ClientEntry) -> str:
    """Return how often it was sent and where it stands first, if it stands in a file: `3 times, first in
    a.yaml, line 12`.
    """
    times, first = ("once", ", in") if entry.times == 1 else (f"{entry.times:,} times", ", first in")
    file, place = entry.first.file, entry.first.place
    return f"{times}{first} {file}" + (f", {place}" if place else "") if file else times


def told(entry: ClientEntry) -> list[str]:
    """Return what an entry says, a line each: what was sent, where, how often, what is demanded, who says
    so.
    """
    lines = [
        f"{entry.what}{doubt(entry)}",
        f"sent      {entry.place}, {often(entry)}",
        f"expected  {entry.demands}",
        f"source    {entry.source.words} ({entry.level})",
    ]
    return [one_line(line) for line in lines]


def sentence(entry: ClientEntry) -> str:
    """Return an entry in a line: what was sent, what is demanded, where, how often."""
    return f"{entry.what}{doubt(entry)}; {entry.demands} ({entry.place}, {often(entry)})"


def doubt(entry: ClientEntry) -> str:
    """Return why an entry is perhaps none, empty where it is certain."""
    if not entry.doubtful:
        return ""
    return ", as far as the recording shows" if not entry.sent else ", which is perhaps harmless"


def line_of(entry: ClientEntry) -> int | None:
    """Return the line of the file on which the first interaction stands, counted from 1; None where only its
    number is known.
    """
    number = entry.first.place.removeprefix(_LINE)
    return int(number) if number.isdecimal() and entry.first.place.startswith(_LINE) else None
